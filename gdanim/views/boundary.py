"""Two features and two classes: the data, and what a model thinks of the plane at this moment."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from contourpy import contour_generator
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from gdanim.losses.base import Array
from gdanim.losses.learned import Learned, sample_of
from gdanim.theme import BASINS, Theme, blend
from gdanim.timeline import Moment
from gdanim.views.base import Scene, View, at
from gdanim.views.fit import DRAWN, lettered_names
from gdanim.views.marks import Dots, Label, Mark, Points, Stroke

CELL = 5.0  # pixels between the places where the model is asked; between them it is interpolated
MOST_CELLS = 96  # along a side
SHADES = 13  # from one class to the other, the middle one without colour
FAINT, STRONG = 0.9, 0.5  # share of the background where the model is unsure, and where it is sure
HUES = (BASINS[0], BASINS[3])
MARKERS = ("o", "s")
COUNTED = 5_000  # rows at most of which it is counted how many are right
PAD = 0.08  # of the range of the data, to either side


class Shade(Mark):
    """A panel filled with the colours of probabilities; it has no colour where they are one half."""

    def __init__(self, axes: Axes, theme: Theme) -> None:
        super().__init__(axes, theme.background)
        middle = SHADES // 2
        colours = np.full((SHADES + 1, 4), 255, np.uint8)  # of a probability of 1 the last but one again
        for i in range(SHADES + 1):
            share = min(i, SHADES - 1) / middle - 1.0
            kept = FAINT + (STRONG - FAINT) * abs(share) if share else 1.0
            colours[i, :3] = np.round(255 * np.array(to_rgb(blend(HUES[share > 0], theme.background, kept))))
        self._colours = colours.view(np.uint32)[:, 0]
        self.probabilities: Array = np.zeros((2, 2))

    def to(self, probabilities: Array) -> Shade:
        """Show these: (rows upwards, columns), evenly from border to border."""
        self.probabilities = probabilities
        return self

    def image(self) -> npt.NDArray[np.uint8]:
        """(height, width, 4), the lowest row first."""
        assert self.clip is not None
        width, height = (round(length) for length in self.clip.bbox.size)
        coarse = np.clip(SHADES * self.probabilities, 0, SHADES).astype(np.float32)
        fine = finer(coarse, height, width)
        found: npt.NDArray[np.uint8] = self._colours[fine.astype(np.uint8)].view(np.uint8)
        return found.reshape(height, width, 4)

    def draw(self, renderer: Any) -> None:
        assert self.clip is not None
        box = self.clip.bbox
        renderer.draw_image(self._context(renderer), round(box.x0), round(box.y0), self.image())


def finer(numbers: npt.NDArray[np.float32], height: int, width: int) -> npt.NDArray[np.float32]:
    """Numbers at even places from border to border → those in the middles of pixels, by straight lines.

    >>> finer(np.array([[0.0, 8.0], [0.0, 8.0]], np.float32), 1, 4).tolist()
    [[1.0, 3.0, 5.0, 7.0]]
    """
    # Not as products of matrices, which would start threads for it.
    for wanted in (height, width):
        left, share = _between(numbers.shape[0], wanted)
        steps = np.diff(numbers, axis=0)[left]
        steps *= share
        steps += numbers[left]
        numbers = np.ascontiguousarray(steps.T)
    return numbers


@lru_cache(32)
def _between(known: int, wanted: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32]]:
    """Which known number stands before the middle of each pixel, and how far on the way to the next it is."""
    place = (np.arange(wanted) + 0.5) / wanted * (known - 1)
    left = np.minimum(place.astype(np.intp), known - 2)
    return left, (place - left).astype(np.float32)[:, None]


class Boundary(View):
    """The data, the probability of the second class over the plane, and the line where it is one half.

    Each class has a colour and a marker of its own; what share of all rows the model gets right at the
    iterate stands above.
    """

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        sizes, theme = scene.sizes, scene.theme
        self._loss = cast(Learned, scene.loss)
        table = self._loss.table
        self._run = scene.runs[0]
        low, high = table.features.min(axis=0), table.features.max(axis=0)
        pad = np.where(high > low, PAD * (high - low), 1.0)
        (x0, y0), (x1, y1) = (low - pad).tolist(), (high + pad).tolist()
        names = lettered_names(scene)
        self.set_axes((x0, x1), (y0, y1), names[0], names[1])
        self._limits = (x0, x1), (y0, y1)
        self._shade = Shade(axes, theme)
        self._half = Stroke(axes, theme.now, width=1.2 * sizes.line, halo=theme.background)
        shown = sample_of(len(table), DRAWN)
        self._rows = len(shown)
        points, kinds = table.features[shown], table.values[shown]
        self._points = [points[kinds == kind] for kind in (0, 1)]
        self._dots = [
            Dots(
                axes,
                blend(hue, "#000000", 0.35),
                size=1.5 * sizes.dot,
                marker=marker,
                edge="#ffffff",
                width=0.18 * sizes.dot,
            )
            for hue, marker in zip(HUES, MARKERS, strict=True)
        ]
        self._right = Label(scene.small, theme.muted, anchor="right")
        self._grid: Array | None = None
        self._cells = (0, 0)

    def update(self, moment: Moment) -> Iterable[Artist]:
        scene, box = self.scene, self.axes.bbox
        theta = at(self._run.theta, scene.underway(moment))
        places = self._places()
        probabilities = self._probabilities(theta, places).reshape(self._cells)
        yield self._shade.to(probabilities)
        yield self._half.to(self._line(probabilities))
        for points, dots in zip(self._points, self._dots, strict=True):
            yield dots.to(self.to_pixels(*points.T))
        words = self.said(min(moment.k, self._run.iterations))
        if words:
            yield self._right.to(words, (box.x1, box.y1 + 0.6 * scene.sizes.text))

    def _line(self, probabilities: Array) -> Points:
        """Where they are one half, (p, 2) pixels, with a gap after every line."""
        (x0, x1), (y0, y1) = self._limits
        rows, columns = self._cells
        found = contour_generator(z=probabilities).lines(0.5)
        gap = np.full((1, 2), np.nan)
        lines = np.concatenate([part for line in found for part in (np.asarray(line), gap)] or [gap])
        share = lines / (columns - 1, rows - 1)
        return self.to_pixels(x0 + share[:, 0] * (x1 - x0), y0 + share[:, 1] * (y1 - y0))

    def said(self, k: int) -> str:
        """What share of all rows is right at iterate k, and how many are drawn where that is not all."""
        text, table = self.scene.text, self._loss.table
        parts = []
        if len(table) <= COUNTED:
            parts.append(text("right", share=text.fixed(100 * self.accuracy(k), 1)))
        if self._rows < len(table):
            rows = f"{len(table):,}".replace(",", "\N{THIN SPACE}")
            parts.append(text("sample.drawn", shown=self._rows, rows=rows))
        room = self.axes.bbox.width - self.scene.glyphs.width(self.names[1]) - self.scene.sizes.text
        while parts and self.scene.small.width("   ".join(parts)) > room:
            parts.pop(0)
        return "   ".join(parts)

    def accuracy(self, k: int) -> float:
        """The share of all rows to whose class iterate k gives more than one half."""
        table = self._loss.table
        found = self._probabilities(self._run.theta[k], table.features) > 0.5
        return float((found == (table.values == 1)).mean())

    def _probabilities(self, theta: Array, features: Array) -> Array:
        """Of the second class, (m,)."""
        return self._loss.predict(theta, features)

    def _places(self) -> Array:
        """Where the model is asked, (rows · columns, 2); once the layout stands."""
        if self._grid is None:
            box = self.axes.bbox
            columns, rows = (int(np.clip(length / CELL, 8, MOST_CELLS)) for length in (box.width, box.height))
            x, y = np.meshgrid(np.linspace(*self._limits[0], columns), np.linspace(*self._limits[1], rows))
            self._grid, self._cells = np.column_stack([x.ravel(), y.ravel()]), (rows, columns)
        return self._grid
