"""What stands around the panels of a grid: whose run it is above, and what came of it below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.artist import Artist

from gdanim.timeline import Moment
from gdanim.verdict import verdicts
from gdanim.views.base import View
from gdanim.views.marks import Dots, Label

ROOMY = 11.0  # sizes of text: marks are smaller in a panel that is lower or narrower
SMALLEST = 0.75
NAME = 2.6  # sizes of text that a name's marker and gaps take


def share_of(width: float, height: float, text: float) -> float:
    """How large marks are in a panel of that many pixels, beside what they usually are.

    >>> share_of(400, 300, 14.0), share_of(400, 70, 14.0)
    (1.0, 0.75)
    """
    return max(SMALLEST, min(1.0, min(width, height) / (ROOMY * text)))


class Frame:
    """The run's marker and name above its panel, and the verdict on it below, as long as there is room for.

    Args:
        view: the panel of one run.
        run: its number.
        names: of all runs of the grid; they are of one size, so that none is without.
    """

    def __init__(self, view: View, run: int, names: Sequence[str]) -> None:
        self._view, self._name, self._names = view, names[run], names
        scene, style = view.scene, view.scene.styles[0]
        view.small = True
        view.named_above = scene.glyphs.width(self._name) + NAME * scene.sizes.text
        self._run, self._colour = scene.runs[0], style.words
        self._dot = Dots(None, style.now, size=0.8 * 0.95 * scene.sizes.text, marker=style.marker)
        self._verdict = Label(scene.small, style.words)

    def still(self) -> Iterable[Artist]:
        """What stands above; asked for once the layout stands. Names without room are in the legend only."""
        scene, box = self._view.scene, self._view.axes.bbox
        size = scene.sizes.text
        y, right = box.y1 + 0.6 * size, box.x1 + 0.4 * size
        room = right - box.x0 - scene.glyphs.width(self._view.names[1]) - NAME * size
        for glyphs in (scene.glyphs, scene.small):
            if max(map(glyphs.width, self._names)) <= room:
                yield Label(glyphs, self._colour, anchor="right").to(self._name, (right, y))
                right -= glyphs.width(self._name) + 0.4 * size
                break
        yield self._dot.to(np.array([(right - 0.5 * size, y + 0.35 * size)]))

    def update(self, moment: Moment) -> Iterable[Artist]:
        """The verdict, once it holds."""
        outcome, scene, box = self._run.outcome, self._view.scene, self._view.axes.bbox
        if moment.k < outcome.step:
            return
        said = verdicts(outcome, scene.text, float(self._run.rates.max()))
        # Apart from that of the panel beside it, as long as there are words so short.
        for room in (box.width, box.width + 0.4 * scene.sizes.text):
            for words in said:
                if scene.small.width(words) <= room:
                    yield self._verdict.to(words, (box.x0, box.y0 - 2.35 * scene.sizes.text))
                    return
