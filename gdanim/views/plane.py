"""Two parameters seen from above: what contours and basins have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.losses.base import Array
from gdanim.views.base import Scene
from gdanim.views.marks import Dots, Label, Points
from gdanim.views.symbols import symbol
from gdanim.views.trail import Traced

EQUAL = 4.0  # up to this ratio of the two ranges a unit is as long along either axis
INDENT = 1.1  # sizes of text from a note's square to its words
WIDEN = 1.8  # how far a range is widened to fill the panel


class Plane(Traced):
    """The paths on the plane of the two parameters, with the minima."""

    marks_minima: ClassVar[bool] = True  # whether the listed minima are marked
    coloured = True

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        x, y = self._limits()
        self.set_axes(x, y, *(f"${symbol(name)}$" for name in scene.loss.parameters))
        for minimum in scene.loss.minima if self.marks_minima else ():
            if x[0] <= minimum.theta[0] <= x[1] and y[0] <= minimum.theta[1] <= y[1]:
                self.diamond(minimum.theta, 0.55 * scene.sizes.text)

    def notes(self, notes: Sequence[tuple[Sequence[str], str]]) -> Iterable[Artist]:
        """Words in small, from the right: above the panel as far as there is room, the rest below it.

        Where not all find room in full, all are short; what does not even then is left out.

        Args:
            notes: words in full and in short, and the colour of a square before them, "" for none.
        """
        scene, size = self.scene, self.scene.sizes.text
        for length in (0, 1):
            chosen = [(words[min(length, len(words) - 1)], colour) for words, colour in notes]
            places = self._places(chosen)
            if None not in places:
                break
        for (words, colour), place in zip(chosen, places, strict=True) if notes else ():
            if place is None:
                continue
            x, y = place
            if colour:
                edge = scene.theme.muted
                patch = Dots(None, colour, size=0.8 * size, marker="s", edge=edge, width=0.07 * size)
                yield patch.to(np.array([(x + 0.4 * size, y + 0.35 * size)]))
            yield Label(scene.small, scene.theme.muted).to(words, (x + (INDENT * size if colour else 0.0), y))

    def _places(self, notes: Sequence[tuple[str, str]]) -> list[tuple[float, float] | None]:
        """Where notes begin; None where there is no room beside the names above and below the panel."""
        scene, box, size = self.scene, self.axes.bbox, self.scene.sizes.text
        above = box.x0 + scene.glyphs.width(self.names[1]) + size
        middle, half = (box.x0 + box.x1) / 2, scene.glyphs.width(self.names[0]) / 2 + size
        low = box.y0 - 2.4 * size
        rows = [
            [box.y1 + 0.6 * size, above, box.x1 - self.named_above],
            [low, middle + half, box.x1],
            [low, box.x0, middle - half],
        ][: 1 if self.small else 3]
        places: list[tuple[float, float] | None] = []
        for words, colour in notes:
            width = scene.small.width(words) + (INDENT * size if colour else 0.0) + 0.2 * size
            row = next((row for row in rows if row[2] - width >= row[1]), None)
            places.append(None if row is None else (row[2] - width, row[0]))
            if row is not None:
                row[2] -= width + size
        return places

    def spot(self, theta: Array, loss: Array) -> Points:
        return self.to_pixels(theta[:, 0], theta[:, 1])

    def _limits(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The window, widened to the panel's shape where a unit is to be as long along either axis."""
        window = [np.array(limits) for limits in self.scene.window]
        spans = [float(high - low) for low, high in window]
        if not 1 / EQUAL <= spans[0] / spans[1] <= EQUAL:
            (a, b), (c, d) = window
            return (a, b), (c, d)
        box = self.axes.get_window_extent()
        shape = (box.width / box.height) / (spans[0] / spans[1])
        wider = 0 if shape > 1 else 1
        asked = (self.scene.spec.xlim, self.scene.spec.ylim)[wider]  # is shown as it is, the panel narrower
        widened = min(max(shape, 1 / shape), WIDEN) if asked is None else 1.0
        middle, half = window[wider].mean(), spans[wider] / 2 * widened
        window[wider] = np.array([middle - half, middle + half])
        self.axes.set_aspect("equal", adjustable="box")
        (a, b), (c, d) = window
        return (float(a), float(b)), (float(c), float(d))
