"""The loss against the iteration."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.losses.base import Array
from gdanim.timeline import Moment
from gdanim.views.base import Scene, View, at, ball_of
from gdanim.views.marks import Points, Stroke

DEEPEST = 1e-12  # of the first loss; deeper than that, a log scale shows rounding
PIXELS_APART = 4  # how far the ends of a settled stretch of the line stand from each other, at least


class History(View):
    """L at every iterate so far.

    Lines settle in stretches, so that a frame costs the same at any k. Compared runs are shown on a
    log scale, as what L lies above the best known minimum where that is known.
    """

    counts = True

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        sizes, last = scene.sizes, max(1, scene.iterations)
        self._values, low, high, name = self._heights()
        self.set_axes((-0.03 * last, 1.03 * last), (low, high), scene.text("iteration") + " $k$", name)
        stretch = PIXELS_APART * last / max(1.0, axes.bbox.width)
        self.stretch = scene.stride * max(1, round(stretch / scene.stride))
        width = 1.2 * sizes.line
        self.settled = [Stroke(axes, style.before, width=width) for style in scene.styles]
        self.lines = [Stroke(axes, style.before, width=width) for style in scene.styles]
        self.balls = [ball_of(axes, scene, run) for run in range(len(scene.runs))]

    def settle(self, k: int) -> Iterable[Artist]:
        if k and k % self.stretch == 0:
            for values, stroke in zip(self._values, self.settled, strict=True):
                yield stroke.to(self._line(values, k - self.stretch, k))

    def update(self, moment: Moment) -> Iterable[Artist]:
        for values, line, ball in zip(self._values, self.lines, self.balls, strict=True):
            last = len(values) - 1
            k = min(moment.k, last)
            begun = k - k % self.stretch
            now = self.to_pixels(k + (moment.fraction if k < last else 0.0), float(at(values, moment)))
            yield line.to(np.vstack([self._line(values, begun, k), now]))
            yield ball.to(now)

    def _line(self, values: Array, first: int, last: int) -> Points:
        part = values[first : last + 1]
        return self.to_pixels(np.arange(first, first + len(part), dtype=np.float64), part)

    def _heights(self) -> tuple[list[Array], float, float, str]:
        """What is drawn of each run, its limits, and its name."""
        scene = self.scene
        span = scene.ceiling - scene.floor
        plain = [run.loss for run in scene.runs]
        if scene.alone:
            return plain, scene.floor - 0.06 * span, scene.ceiling, "$L$"
        best = min((m.value for m in scene.loss.minima), default=0.0)
        lowest = min(float(run.loss.min()) for run in scene.everyone) - best
        if lowest < -1e-12 * max(1.0, abs(best)):  # lower than what is known: nothing to take logs of
            return plain, scene.floor - 0.06 * span, scene.ceiling, "$L$"
        top = max(float(run.loss[0]) - best for run in scene.everyone)
        top = top if top > 0 else 1.0
        floor = top * DEEPEST
        values = [np.maximum(run.loss - best, floor) for run in scene.runs]
        low = max(min(float(v.min()) for v in values), floor)
        high = min(max(float(v.max()) for v in values), max(scene.ceiling - best, 2 * top))
        beyond = f" {'−' if best > 0 else '+'} {scene.text.short(abs(best))}" if best else ""
        name = f"$L${beyond} (log)"
        self.axes.set_yscale("log")
        return values, low / 2, high * 2, name
