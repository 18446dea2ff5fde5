"""Marks of a net: edges as wide as their weights, and what a node makes of a plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.colors import to_rgb
from matplotlib.path import Path

from gdanim.losses.base import Array
from gdanim.theme import DATA, Theme, blend, readable
from gdanim.views.marks import PIXELS, Box, Mark, Points

SHADES = 17  # of a plane, from low to high
CELLS = 28  # along a side of a plane at most
DASHES = (0.45, 0.3)  # of what is negative, on and off, in sizes of text


def sign_colour(theme: Theme, sign: int) -> str:
    """Of a weight's sign, as data on the background."""
    return readable(theme.pair[sign > 0], theme, DATA)


class Wires(Mark):
    """Straight edges, each as wide as its weight's size, dashed and of another colour where it is negative.

    Args:
        most: width in pixels of a weight that is as large as `scale`; wider none becomes.
        scale: such a weight.
        size: of text, in pixels.
    """

    def __init__(self, theme: Theme, lines: Sequence[Points], most: float, scale: float, size: float) -> None:
        super().__init__(None, sign_colour(theme, 1))
        self._most, self._scale = most, scale
        self._paths = [Path(line) for line in lines]
        self._down = Mark(None, sign_colour(theme, -1))
        self.dashes = self._down._dashes = (DASHES[0] * size, DASHES[1] * size)
        self.weights: Array = np.zeros(len(lines))

    def to(self, weights: Array) -> Wires:
        """Show these, one for each edge."""
        self.weights = weights
        return self

    def widths(self) -> Array:
        """Of the edges, in pixels."""
        return np.asarray(self._most * np.minimum(np.abs(self.weights) / self._scale, 1.0))

    def draw(self, renderer: Any) -> None:
        contexts = self._context(renderer), self._down._context(renderer)
        for path, width, weight in zip(self._paths, self.widths().tolist(), self.weights, strict=True):
            if width > 0.0:
                context = contexts[bool(weight < 0.0)]
                context.set_linewidth(width)
                renderer.draw_path(context, path, PIXELS)


class Planes(Mark):
    """Squares that are filled with values from −1, the low colour, to 1, the high one."""

    def __init__(self, theme: Theme, boxes: Sequence[Box]) -> None:
        super().__init__(None, theme.background)
        colours = np.full((SHADES, 4), 255, np.uint8)
        for i in range(SHADES):
            share = 2.0 * i / (SHADES - 1) - 1.0
            mixed = blend(theme.background, theme.pair[share > 0], abs(share))
            colours[i, :3] = np.round(255 * np.array(to_rgb(mixed)))
        self._colours = colours.view(np.uint32)[:, 0]
        ends = [(round(b[0]) + 1, round(b[1]) + 1, round(b[2]) - 1, round(b[3]) - 1) for b in boxes]
        self.boxes = [(x, y, max(1, right - x), max(1, top - y)) for x, y, right, top in ends]
        side = max((max(width, height) for *_, width, height in self.boxes), default=1)
        self.cells = min(side, CELLS)
        self._taken = {n: np.arange(n) * self.cells // n for _, _, *lengths in self.boxes for n in lengths}
        self.values: list[Array] = []

    def to(self, values: list[Array]) -> Planes:
        """Fill as many of the squares, in order: each (cells, cells), the lowest row first."""
        self.values = values
        return self

    def image(self, number: int) -> npt.NDArray[np.uint8]:
        """(height, width, 4) of a square, the lowest row first."""
        _, _, width, height = self.boxes[number]
        shares = np.clip((SHADES / 2) * (1.0 + self.values[number]), 0, SHADES - 1).astype(np.intp)
        taken = self._colours[shares][self._taken[height]][:, self._taken[width]]
        found: npt.NDArray[np.uint8] = np.ascontiguousarray(taken).view(np.uint8).reshape(height, width, 4)
        return found

    def draw(self, renderer: Any) -> None:
        context = self._context(renderer)
        for number in range(len(self.values)):
            x, y, *_ = self.boxes[number]
            renderer.draw_image(context, x, y, self.image(number))
