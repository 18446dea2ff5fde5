"""The runs' names at the ends of their lines, kept apart from each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.artist import Artist

from gdanim.losses.base import Array
from gdanim.timeline import Moment
from gdanim.views.base import View
from gdanim.views.marks import Label, Points, Stroke
from gdanim.views.styles import Style

APART = 1.4  # of two names, in sizes of their text
MOST = 0.42  # of the panel's width that names may take; longer ones stand in the legend only
GAP = 1.3  # from the end of a line to its name, in sizes of text
LEVEL = 0.3  # of the distance of two names, within which lines are as good as level
AWAY = 0.4  # so many sizes of text from its line, a name is joined to it


class EndNames:
    """Beside the balls of a view whose lines all end at the same iterate.

    Args:
        view: the panel, whose x axis counts iterates.
        names: one a line; they are left out where there is no room for all of them.
        styles: of these lines; those of the scene's runs when None.

    Attributes:
        share: how much wider the panel has to be than its lines for names to stand beside their ends.
    """

    def __init__(self, view: View, names: Sequence[str], styles: Sequence[Style] | None = None) -> None:
        self._view, self._names = view, names
        styles = view.scene.styles if styles is None else styles
        scene, box = view.scene, view.axes.get_window_extent()
        self._small = scene.small
        self._widths = [scene.small.width(name) for name in names]
        self._step = APART * scene.small.size
        taken = max(self._widths) + (GAP + 0.3) * scene.sizes.text
        room = box.width - 2 * scene.sizes.text  # where the numbers beside the axes are wide
        self.shown = len(names) > 1 and taken <= MOST * room and len(names) * self._step <= box.height
        self.share = taken / (room - taken) if self.shown else 0.0
        sizes = scene.sizes
        self._labels = [Label(scene.small, style.words) for style in styles]
        self._links = [Stroke(None, style.before, width=max(1.0, 0.35 * sizes.line)) for style in styles]

    def update(self, moment: Moment, ends: Points) -> Iterable[Artist]:
        """Names beside the ends (lines, 2), in pixels; none for what is outside or has stopped.

        Of several runs there is one line each, or as many lines each after those of all runs.
        """
        if not self.shown:
            return
        box, size = self._view.axes.bbox, self._view.scene.sizes.text
        runs = self._view.scene.runs
        last = [runs[i % len(runs)].iterations for i in range(len(ends))]
        there = [
            i
            for i, (x, y) in enumerate(ends)
            if box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1 and moment.k <= last[i]
        ]
        if not there:
            return
        low = box.y0 + 0.3 * self._small.size
        heights = spread(ends[there, 1], self._step, low, box.y1 - 0.5 * self._small.size)
        for i, height in zip(there, heights, strict=True):
            x, y = ends[i]
            left = x + GAP * size
            if abs(height - y) > AWAY * size:
                yield self._links[i].to(np.array([(x + 0.65 * size, y), (left - 0.2 * size, height)]))
            yield self._labels[i].to(self._names[i], (left, height - 0.35 * self._small.size))


def spread(heights: Array, step: float, low: float, high: float) -> Array:
    """Heights (m,) moved as little as it takes to stand at least `step` apart, inside low … high.

    The mean of pushing upwards and of pushing downwards, each of which keeps the distance and the order.

    >>> spread(np.array([5.0, 5.0, 50.0]), 10.0, 0.0, 100.0).tolist()
    [0.0, 10.0, 50.0]
    """
    # Those that are as good as level keep their order, so that names do not change places all the time.
    order = np.argsort(np.round(heights / (LEVEL * step)), kind="stable")
    count = np.arange(len(heights)) * step
    wanted = np.maximum.accumulate(heights[order])
    up = np.maximum.accumulate(wanted - count) + count
    down = np.minimum.accumulate((wanted - count)[::-1])[::-1] + count
    places = (up + down) / 2
    places = np.maximum.accumulate(np.maximum(places, low) - count) + count
    ceiling = high - count[::-1]
    places = np.minimum(places, ceiling)
    result: Array = np.empty(len(places))
    result[order] = places
    return result
