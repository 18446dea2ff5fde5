"""Two features and some classes: the data, and what a model thinks of the plane at this moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

import numpy as np
from contourpy import contour_generator
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.losses.base import Array
from gdanim.losses.functions import sigmoid
from gdanim.losses.learned import Learned, sample_of
from gdanim.losses.nets import shares
from gdanim.timeline import Moment
from gdanim.views.base import Scene, View, at
from gdanim.views.fit import DRAWN, lettered_names
from gdanim.views.held import held_in_words
from gdanim.views.marks import Dots, Label, Points, Stroke
from gdanim.views.shades import MARKERS, OUTLINE, Shade, Shares, marker_colour

CELL = 5.0  # pixels between the places where the model is asked; between them it is interpolated
MOST_CELLS = 96  # along a side
PAD = 0.08  # of the range of the data, to either side
FARTHEST = 1e100  # a logit: differences of those beyond overflow
ROUNDED = 1e-12  # what is left of 0 by rounding, which would draw lines where there are none
REFINED = 5  # times that a place on a line is put right
MOST_WIDENED = 3.5  # times the range of a feature that one scale for both shows
GAP = 0.7  # between the names of classes, in sizes of text


Limits = tuple[tuple[float, float], tuple[float, float]]


class Boundary(View):
    """The data, the most probable class over the plane and how sure it is, and the lines between classes.

    Each class has a colour and a marker of its own, and rows that are held out are not filled; what share
    of all rows the model gets right at the iterate stands above. Features in one unit have one scale, so that
    circles are round, unless that left the data too little of the panel.
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
        self._limits = (x0, x1), (y0, y1)
        if table.alike:
            box = axes.get_window_extent()
            self._limits = on_one_scale(self._limits, box.width / box.height)
        self.set_axes(*self._limits, names[0], names[1])
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
        colour, light = marker_colour(number, self._classes, self.scene.theme), OUTLINE
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
        probabilities, margins = self._found(theta, places)
        yield self._shade.to(probabilities.reshape(*self._cells, *probabilities.shape[1:]))
        yield self._half.to(self._lines(theta, margins.reshape(*self._cells, *margins.shape[1:])))
        for points, dots in zip(self._points, self._dots, strict=True):
            yield dots.to(self.to_pixels(*points.T))
        words = self.said(min(moment.k, self._run.iterations))
        if words:
            yield self._right.to(words, (box.x1 - self.named_above, box.y1 + 0.6 * scene.sizes.text))

    def _found(self, theta: Array, places: Array) -> tuple[Array, Array]:
        """The probability at each place of the second class, or of each, and by what margin it leads.

        The margin is the logit, of several classes the logits: unlike probabilities these are nowhere flat,
        and what lies between two places is where they say.
        """
        with np.errstate(all="ignore"):
            z = np.clip(self._loss.output(theta, places), -FARTHEST, FARTHEST)
            if z.ndim > 1 and z.shape[-1] > 2:
                return shares(z, axis=-1), z
            margin = z[..., 1] - z[..., 0] if z.ndim > 1 else z
            if not self._loss.cost.probable:
                return z, z - 0.5
            return np.asarray(sigmoid(margin)), margin

    def _lines(self, theta: Array, margins: Array) -> Points:
        """Where two classes are equally probable, and none is more so: (p, 2) pixels, gaps between lines."""
        lines = level_lines(margins, 0.0) if margins.ndim == 2 else lines_between(margins)
        if margins.ndim == 2:
            there = np.isfinite(lines[:, 0])
            lines[there] = refined(
                lines[there], margins, lambda places: self._found(theta, self._in_data(places))[1]
            )
        return self.to_pixels(*self._in_data(lines).T)

    def _in_data(self, places: Points) -> Points:
        """Places in the grid, (p, 2) in columns and rows, as values of the features."""
        (x0, x1), (y0, y1) = self._limits
        rows, columns = self._cells
        return np.asarray(np.array([x0, y0]) + places / (columns - 1, rows - 1) * (x1 - x0, y1 - y0))

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


def on_one_scale(limits: Limits, shape: float) -> Limits:
    """The limits of two axes, one widened until a unit is as long on both; as they are if by too much.

    Args:
        shape: width of the panel beside its height.

    >>> on_one_scale(((0.0, 1.0), (0.0, 1.0)), 2.0)
    ((-0.5, 1.5), (0.0, 1.0))
    >>> on_one_scale(((0.0, 2.0), (0.0, 1.0)), 1.0)
    ((0.0, 2.0), (-0.5, 1.5))
    >>> on_one_scale(((0.0, 1.0), (0.0, 9.0)), 2.0)
    ((0.0, 1.0), (0.0, 9.0))
    """
    (x0, x1), (y0, y1) = limits
    wide, high = x1 - x0, y1 - y0
    across, up = max(1.0, shape * high / wide), max(1.0, wide / shape / high)
    if max(across, up) > MOST_WIDENED:
        return limits
    more, higher = (across - 1.0) * wide / 2, (up - 1.0) * high / 2
    return (x0 - more, x1 + more), (y0 - higher, y1 + higher)


def level_lines(numbers: Array, level: float) -> Points:
    """Where numbers (rows, columns) have this value, (p, 2) places in them, with a gap after every line."""
    numbers = np.where(np.abs(numbers - level) < ROUNDED, level, numbers)
    found = contour_generator(z=numbers).lines(level)
    gap = np.full((1, 2), np.nan)
    return np.concatenate([part for line in found for part in (np.asarray(line), gap)] or [gap])


def refined(places: Points, numbers: Array, at: Callable[[Points], Array]) -> Points:
    """Places on the edges of a grid where a function is 0, moved along these to where it is so indeed.

    By the Illinois method (Dowell and Jarratt, 1971), which also comes closer where the function is a step.

    Args:
        places: (p, 2) columns and rows, as they lie on straight lines between the grid's numbers.
        numbers: (rows, columns), of the function.
        at: the function, (p, 2) → (p,).
    """
    whole = np.round(places)  # as one of a place's two coordinates is, but for rounding
    places = np.where(np.abs(places - whole) < 1e-9, whole, places)
    ends = np.stack([np.floor(places), np.ceil(places)])
    values = np.stack([numbers[end[:, 1].astype(np.intp), end[:, 0].astype(np.intp)] for end in ends])
    for _ in range(REFINED):
        between = values[0] - values[1]
        share = np.divide(values[0], between, np.full(len(places), 0.5), where=between != 0.0)
        places = ends[0] + np.nan_to_num(share, nan=0.5)[:, None] * (ends[1] - ends[0])
        found = at(places)
        first = (found > 0.0) == (values[0] > 0.0)  # then the place takes that of the first end
        values = np.stack([np.where(first, found, 0.5 * values[0]), np.where(first, 0.5 * values[1], found)])
        ends = np.stack(
            [np.where(first[:, None], places, ends[0]), np.where(first[:, None], ends[1], places)]
        )
    return places


def lines_between(numbers: Array) -> Points:
    """The same where the two largest of some numbers (rows, columns, classes) are equal; each line once."""
    parts = []
    for number in range(numbers.shape[-1]):
        others = numbers.copy()
        others[..., number] = -np.inf
        rival = others.argmax(axis=-1)
        highest = np.take_along_axis(others, rival[..., None], axis=-1)[..., 0]
        lines = level_lines(numbers[..., number] - highest, 0.0)
        there = np.isfinite(lines[:, 0])
        x, y = np.round(np.where(there[:, None], lines, 0.0)).astype(np.int64).T
        # A line between two classes is drawn by the one that comes first, and a little beyond its end.
        own = there & (rival[y, x] > number)
        kept = own | np.append(own[1:], False) | np.append(False, own[:-1])
        parts.append(np.where(kept[:, None], lines, np.nan))
    return np.concatenate(parts)
