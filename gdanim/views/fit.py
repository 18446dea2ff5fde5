"""Data of one feature, what a model makes of them at this moment, and how far it is off."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.descent import Trajectory
from gdanim.losses.base import Array
from gdanim.losses.learned import Learned, sample_of
from gdanim.sources import Batches
from gdanim.timeline import Moment
from gdanim.views.base import Scene, View, at
from gdanim.views.held import DRAWN as RINGS
from gdanim.views.held import held_in_words, rings
from gdanim.views.marks import Arrow, Dots, Label, Place, Points, Stroke
from gdanim.views.squares import Squares

DRAWN, STICKS = 200, 60  # rows at most, and how many of them have their residuals drawn
FINE = 160  # places along the curve
PAD = 0.06  # of the range of the data, to either side
BEYOND = 0.6  # of the same: so far the picture reaches for the curves of the first and the last iterate
CLASSES = (-0.12, 1.12)  # limits of a probability


class Fit(View):
    """The data as dots, the curve of the model at this moment, and the residuals as sticks.

    Where a run is alone, the curve it started with stays, dashed, and of batches the rows of the step are
    lit. A square has a stick for its side, so that its area is the squared error. Of classes the curve is the
    probability of the second one, and the dots stand at 0 and 1. A curve that is off the panel has an arrow
    at the border behind which it is. Rows that are held out are rings.
    """

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        theme, sizes = scene.theme, scene.sizes
        self._loss = loss = cast(Learned, scene.loss)
        table = loss.table
        m = len(table)
        shown = sample_of(m, DRAWN)
        self._held = table.held
        self._x, self._y = table.features[shown], table.values[shown]
        self._few = sample_of(len(shown), STICKS)
        held = np.zeros((0, 1)) if table.held is None else table.held.features
        low, high = self._padded(np.concatenate([table.features[:, 0], held[:, 0]]))
        self._grid: Array = np.linspace(low, high, FINE)[:, None]
        name, target = lettered_names(scene)
        if loss.cost.probable:
            name_y, limits = f"$p$ = P({target} = {table.classes[1]})", CLASSES
        else:
            name_y, limits = target, self._heights()
        self.set_axes((low, high), limits, name, name_y)
        axes.plot(
            self._x[:, 0],
            self._y,
            linestyle="none",
            marker="o",
            markersize=1.15 * sizes.dot,
            color=theme.curve,
            markeredgecolor=theme.ground,
            markeredgewidth=0.12 * sizes.dot,
            zorder=1,
        )
        self._ring = rings(axes, scene, theme.ink, 1.15 * sizes.dot)
        self._sticks = Stroke(axes, scene.styles[0].before, width=0.45 * sizes.line)
        self._squares = Squares(axes, scene.styles[0].before, width=0.3 * sizes.line)
        self._lit = Stroke(axes, scene.styles[0].now, width=sizes.line)
        self._dots = Dots(axes, scene.styles[0].now, size=1.4 * sizes.dot)
        run = scene.runs[0]
        batched = len(scene.runs) == 1 and run.batch_size and run.iterations and not run.recorded
        self._steps = rows_lit(run, m, shown[self._few]) if batched else None
        self._first = Stroke(
            axes,
            theme.before,
            width=0.6 * sizes.line,
            dashes=(0.6 * sizes.text, 0.4 * sizes.text),
        )
        self._curves = [
            Stroke(axes, style.now, width=1.4 * sizes.line, dashes=style.dashed(sizes.text))
            for style in scene.styles
        ]
        self._pointers = [
            Arrow(axes, style.now, width=sizes.line, head=sizes.head, halo=theme.ground)
            for style in scene.styles
        ]

    def ticks(self, which: str, limits: tuple[float, float], most: float) -> list[float]:
        """Of a probability none under 0 or over 1."""
        if which == "y" and self._loss.cost.probable:
            return [0.0, 0.5, 1.0]
        return super().ticks(which, limits, most)

    def still(self) -> Iterable[Artist]:
        yield from super().still()
        scene, box = self.scene, self.axes.bbox
        if self._held is not None:
            rows = sample_of(len(self._held), RINGS)
            places = self.to_pixels(self._held.features[rows, 0], self._held.values[rows])
            yield self._ring.to(places)
        taken = scene.glyphs.width(self.names[1]) + scene.sizes.text + self.named_above
        ring = scene.sizes.text if self._held is not None else 0.0
        for word in self.said:
            width = scene.small.width(word) + ring
            if width + taken <= box.width:
                x, y = box.x1 - self.named_above, box.y1 + 0.6 * scene.sizes.text
                yield Label(scene.small, scene.theme.muted, anchor="right").to(word, (x, y))
                if ring:
                    dot = rings(None, scene, scene.theme.ink, 1.15 * scene.sizes.dot)
                    yield dot.to(np.array([(x - width + 0.4 * ring, y + 0.35 * scene.sizes.text)]))
                return

    @property
    def said(self) -> list[str]:
        """What marks are, and what is left out, in full and in short."""
        left_out, text = self._left_out, self.scene.text
        told = [text("lit.rows")] if self._steps is not None else []
        told += [text("squares")] if self.scene.spec.squares else []
        if told:
            whole = "   ".join(told)
            left_out = [*(f"{whole}   {words}" for words in left_out), whole, *left_out, *told]
        if self._held is None:
            return left_out
        ring = held_in_words(self.scene)
        return [f"{ring}   {words}" for words in left_out] + [ring]

    @property
    def _left_out(self) -> list[str]:
        """What is left out, in full and in short."""
        shown, rows, sticks = len(self._x), len(self._loss.table), len(self._few)
        if shown < rows:
            counts = {"shown": shown, "rows": f"{rows:,}".replace(",", "\N{THIN SPACE}"), "sticks": sticks}
            keys = ("sample", "sample.short") if len(self.scene.runs) == 1 else ("sample.short",)
            return [self.scene.text(key, **counts) for key in keys]
        if sticks < rows and len(self.scene.runs) == 1:
            return [self.scene.text(key, sticks=sticks) for key in ("sticks", "sticks.short")]
        return []

    def settle(self, k: int) -> Iterable[Artist]:
        if k == 0 and self.scene.alone:
            yield self._first.to(self._curve(self.scene.runs[0].theta[0]))

    def update(self, moment: Moment) -> Iterable[Artist]:
        moment = self.scene.underway(moment)
        thetas = [at(run.theta, moment) for run in self.scene.runs]
        if len(thetas) == 1:
            yield from self._distances(thetas[0], moment.k)
        for run, (theta, stroke) in enumerate(zip(thetas, self._curves, strict=True)):
            curve = self._curve(theta)
            yield stroke.to(curve)
            if side := self.off_panel(curve):
                yield self._pointers[run].to(*self._pointed(run, side))

    def off_panel(self, curve: Points) -> int:
        """1 where all of a curve (m, 2) lies above the panel, −1 where all lies below, and 0 else."""
        heights, box = curve[~np.isnan(curve[:, 1]), 1], self.axes.bbox
        if not heights.size:
            return 0
        return int((heights > box.y1).all()) - int((heights < box.y0).all())

    def _pointed(self, run: int, side: int) -> tuple[Place, Place]:
        """Tail and tip of the arrow at the border behind which a run's curve lies."""
        box, size = self.axes.bbox, self.scene.sizes.text
        x = box.x0 + (run + 1) / (len(self._curves) + 1) * box.width
        edge = box.y1 if side > 0 else box.y0
        return (x, edge - side * 2.2 * size), (x, edge - side * 0.2 * size)

    def _distances(self, theta: Array, k: int) -> Iterable[Artist]:
        """The sticks, with their squares where these are asked for; those of the step's rows are lit."""
        sticks = self._residuals(theta)
        if self.scene.spec.squares:
            yield self._squares.to(sticks.reshape(-1, 3, 2)[:, :2])
        if self._steps is None or k >= len(self._steps):
            yield self._sticks.to(sticks)
            return
        lit = np.unpackbits(self._steps[k], count=len(self._few)).astype(bool)
        each = sticks.reshape(-1, 3, 2)
        yield self._sticks.to(each[~lit].reshape(-1, 2))
        yield self._lit.to(each[lit].reshape(-1, 2))
        yield self._dots.to(each[lit, 0])

    def _curve(self, theta: Array) -> Points:
        """What the model says along the axis, (FINE, 2) pixels; broken where it is no number."""
        return self._in_pixels(self._grid, self._loss.predict(theta, self._grid))

    def _residuals(self, theta: Array) -> Points:
        """From each dot to the curve: (3 s, 2) pixels, with a gap after every two."""
        x, y = self._x[self._few], self._y[self._few]
        there = self._in_pixels(x, self._loss.predict(theta, x))
        sticks = np.full((len(there), 3, 2), np.nan)
        sticks[:, 0] = self.to_pixels(x[:, 0], y)
        sticks[:, 1] = there
        return sticks.reshape(-1, 2)

    def _in_pixels(self, x: Array, y: Array) -> Points:
        with np.errstate(invalid="ignore"):
            return self.to_pixels(x[:, 0], np.asarray(y))

    def _heights(self) -> tuple[float, float]:
        """The data, and of the first and the last curve what is not too far away."""
        held = np.zeros(0) if self._held is None else self._held.values
        low, high = self._padded(np.concatenate([self._y, held]))
        reach = BEYOND * (high - low)
        for run in self.scene.everyone:
            for theta in (run.theta[0], run.theta[-1]):
                curve = self._loss.predict(theta, self._x)
                curve = curve[np.isfinite(curve)]
                if curve.size:
                    low = min(low, max(float(curve.min()) - 0.05 * reach, low - reach))
                    high = max(high, min(float(curve.max()) + 0.05 * reach, high + reach))
        return low, high

    @staticmethod
    def _padded(values: Array) -> tuple[float, float]:
        low, high = float(values.min()), float(values.max())
        pad = PAD * (high - low) or max(1.0, 0.1 * abs(low))
        return low - pad, high + pad


def rows_lit(run: Trajectory, count: int, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """Of each step which of some rows its gradient is of, as bits: (T, rows/8)."""
    draws = Batches(run.batch_size, run.noise, run.seed).draws(count, len(run.parameters))
    each = [np.packbits(np.isin(rows, next(draws)[0])) for _ in range(run.iterations)]
    return np.array(each, dtype=np.uint8).reshape(run.iterations, -1)


def lettered_names(scene: Scene) -> list[str]:
    """The features, and after them the target, as they are named beside axes."""
    table = cast(Learned, scene.loss).table
    *columns, target = (name.replace("$", "") for name in (*table.columns, table.target))
    if table.standardized:
        columns = [scene.text("standard", column=column) for column in columns]
    return [*columns, target]
