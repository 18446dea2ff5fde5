"""Two features and some classes: the data, and what a model thinks of the plane at this moment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import numpy as np
from contourpy import contour_generator
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.losses.base import Array
from gdanim.losses.learned import Learned, sample_of
from gdanim.theme import blend
from gdanim.timeline import Moment
from gdanim.views.base import Scene, View, at
from gdanim.views.fit import DRAWN, lettered_names
from gdanim.views.held import held_in_words
from gdanim.views.marks import Dots, Label, Points, Stroke
from gdanim.views.shades import MARKERS, Shade, Shares, hues

CELL = 5.0  # pixels between the places where the model is asked; between them it is interpolated
MOST_CELLS = 96  # along a side
PAD = 0.08  # of the range of the data, to either side
GAP = 0.7  # between the names of classes, in sizes of text


class Boundary(View):
    """The data, the most probable class over the plane and how sure it is, and the lines between classes.

    Each class has a colour and a marker of its own, and rows that are held out are not filled; what share
    of all rows the model gets right at the iterate stands above.
    """

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        sizes, theme = scene.sizes, scene.theme
        self._loss = cast(Learned, scene.loss)
        table = self._loss.table
        self._run = scene.runs[0]
        features = table.features
        if table.held is not None:
            features = np.concatenate([features, table.held.features])
        low, high = features.min(axis=0), features.max(axis=0)
        pad = np.where(high > low, PAD * (high - low), 1.0)
        (x0, y0), (x1, y1) = (low - pad).tolist(), (high + pad).tolist()
        names = lettered_names(scene)
        self.set_axes((x0, x1), (y0, y1), names[0], names[1])
        self._limits = (x0, x1), (y0, y1)
        self._classes = len(table.classes)
        several = self._classes > 2
        self._shade = Shares(axes, theme, self._classes) if several else Shade(axes, theme)
        self._half = Stroke(axes, theme.now, width=1.2 * sizes.line, halo=theme.background)
        shown = sample_of(len(table), DRAWN)
        self._rows = len(shown)
        self._points = [table.features[shown][table.values[shown] == c] for c in range(self._classes)]
        self._dots = [self._dots_of(c, axes) for c in range(self._classes)]
        if table.held is not None:
            some = sample_of(len(table.held), DRAWN)
            self._points += [
                table.held.features[some][table.held.values[some] == c] for c in range(self._classes)
            ]
            self._dots += [self._dots_of(c, axes, held=True) for c in range(self._classes)]
        self._right = Label(scene.small, theme.muted, anchor="right")
        self._grid: Array | None = None
        self._cells = (0, 0)

    def _dots_of(self, number: int, axes: Axes | None, held: bool = False) -> Dots:
        """Rows of a class; filled, or as rings."""
        size = self.scene.sizes.dot
        colour, light = blend(hues(self._classes)[number], "#000000", 0.35), "#ffffff"
        return Dots(
            axes,
            light if held else colour,
            size=1.5 * size,
            marker=MARKERS[number],
            edge=colour if held else light,
            width=(0.3 if held else 0.18) * size,
        )

    def still(self) -> Iterable[Artist]:
        """Also which marker stands for which class, and what is not filled, where there is room."""
        yield from super().still()
        scene, box = self.scene, self.axes.bbox
        size, small = scene.sizes.text, scene.small
        table = self._loss.table
        names: list[tuple[Dots, str]] = [
            (self._dots_of(number, None), name.replace("$", "")) for number, name in enumerate(table.classes)
        ]
        if table.held is not None:
            names.append((self._dots_of(0, None, held=True), held_in_words(scene)))
        y = box.y1 + 0.6 * size
        x = box.x0 + scene.glyphs.width(self.names[1]) + 1.2 * size
        widths = [small.width(name) + (0.7 + GAP) * size for _, name in names]
        if x + sum(widths) > box.x1 - self._said_width():
            return
        for (dots, name), width in zip(names, widths, strict=True):
            yield dots.to(np.array([(x, y + 0.35 * size)]))
            yield Label(small, scene.theme.muted).to(name, (x + 0.6 * size, y))
            x += width

    def update(self, moment: Moment) -> Iterable[Artist]:
        scene, box = self.scene, self.axes.bbox
        theta = at(self._run.theta, scene.underway(moment))
        places = self._places()
        found = self._loss.predict(theta, places)
        probabilities = found.reshape(*self._cells, *found.shape[1:])
        yield self._shade.to(probabilities)
        yield self._half.to(self._lines(probabilities))
        for points, dots in zip(self._points, self._dots, strict=True):
            yield dots.to(self.to_pixels(*points.T))
        words = self.said(min(moment.k, self._run.iterations))
        if words:
            yield self._right.to(words, (box.x1 - self.named_above, box.y1 + 0.6 * scene.sizes.text))

    def _lines(self, probabilities: Array) -> Points:
        """Where two classes are equally probable, and none is more so: (p, 2) pixels, gaps between lines."""
        (x0, x1), (y0, y1) = self._limits
        rows, columns = self._cells
        lines = level_lines(probabilities, 0.5) if probabilities.ndim == 2 else lines_between(probabilities)
        share = lines / (columns - 1, rows - 1)
        return self.to_pixels(x0 + share[:, 0] * (x1 - x0), y0 + share[:, 1] * (y1 - y0))

    def said(self, k: int) -> str:
        """What share of all rows is right at iterate k, and how many are drawn where that is not all."""
        parts = [self._share(k), *self._drawn()]
        room = self.axes.bbox.width - self.scene.glyphs.width(self.names[1]) - self.scene.sizes.text
        while parts and self.scene.small.width("   ".join(parts)) > room - self.named_above:
            parts.pop(0)
        return "   ".join(parts)

    def _share(self, k: int) -> str:
        """What share is right."""
        return self.scene.text("right", share=self.scene.text.fixed(100 * self.accuracy(k), 1))

    def _drawn(self) -> list[str]:
        text, rows = self.scene.text, f"{len(self._loss.table):,}".replace(",", "\N{THIN SPACE}")
        return (
            [text("sample.drawn", shown=self._rows, rows=rows)] if self._rows < len(self._loss.table) else []
        )

    def _said_width(self) -> float:
        """Pixels that what stands above on the right takes at most."""
        widest = self.scene.text("right", share=self.scene.text.fixed(100.0, 1))
        return self.scene.small.width("   ".join([widest, *self._drawn()])) + self.named_above

    def accuracy(self, k: int) -> float:
        """The share of all rows to whose class iterate k gives the most."""
        known = self._run.measures.get("accuracy")
        if known is None:
            known = self._loss.accuracy(self._run.theta[k][None])
            return float(known[0])
        return float(known[k])

    def _places(self) -> Array:
        """Where the model is asked, (rows · columns, 2); once the layout stands."""
        if self._grid is None:
            box = self.axes.bbox
            columns, rows = (int(np.clip(length / CELL, 8, MOST_CELLS)) for length in (box.width, box.height))
            x, y = np.meshgrid(np.linspace(*self._limits[0], columns), np.linspace(*self._limits[1], rows))
            self._grid, self._cells = np.column_stack([x.ravel(), y.ravel()]), (rows, columns)
        return self._grid


def level_lines(numbers: Array, level: float) -> Points:
    """Where numbers (rows, columns) have this value, (p, 2) places in them, with a gap after every line."""
    found = contour_generator(z=numbers).lines(level)
    gap = np.full((1, 2), np.nan)
    return np.concatenate([part for line in found for part in (np.asarray(line), gap)] or [gap])


def lines_between(shares: Array) -> Points:
    """The same where the two largest shares (rows, columns, classes) are equal; each line once."""
    parts = []
    for number in range(shares.shape[-1]):
        others = shares.copy()
        others[..., number] = -1.0
        rival = others.argmax(axis=-1)
        highest = np.take_along_axis(others, rival[..., None], axis=-1)[..., 0]
        lines = level_lines(shares[..., number] - highest, 0.0)
        there = np.isfinite(lines[:, 0])
        x, y = np.round(np.where(there[:, None], lines, 0.0)).astype(np.int64).T
        # A line between two classes is drawn by the one that comes first, and a little beyond its end.
        own = there & (rival[y, x] > number)
        kept = own | np.append(own[1:], False) | np.append(False, own[:-1])
        parts.append(np.where(kept[:, None], lines, np.nan))
    return np.concatenate(parts)
