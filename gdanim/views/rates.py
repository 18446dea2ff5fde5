"""The loss after so many iterations against the learning rate: where the best one is, and where the cliff."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.descent import Trajectory
from gdanim.diagnosis.curvature import constant_curvature
from gdanim.losses.base import Array, Loss
from gdanim.optimizers import factors_of, make_optimizer
from gdanim.sweep import sweep
from gdanim.theme import blend
from gdanim.timeline import Moment
from gdanim.views.base import Scene, View, at, ball_of
from gdanim.views.marks import Arrow, Dots, Label, Stroke

RATES = 400  # learning rates of a curve
LONG = 1000  # iterations of plain descent beyond which there are fewer
FEWER, LEAST = 4, 24  # so many times fewer, and so many, there are at the least
NUMBERS = 4_000_000  # kept, of all iterates of all curves: 32 MB
CLOSE = 1e-3  # how close to a cliff's rate others are
WIDE = 40.0  # so many times the least rate the largest is on a linear axis, at most
BEYOND = 1.25  # of the largest rate or the cliff, what a linear axis shows
AROUND = 10.0  # times the rates up and down, where theory names no cliff
DEEPEST = 1e-12  # of the first loss; deeper than that, a log scale shows rounding
DEEP = 1e-6  # of the same: so deep a log scale goes where no run comes lower
HIGH = 0.72  # of the height is up to the loss at the start
OFF = 1e9  # times the limits: off the picture, and still a number to draw


class Setting(NamedTuple):
    """What runs share that differ in their learning rate only."""

    optimizer: str
    schedule: str
    start: tuple[float, ...]
    noise: float
    batch_size: int
    seed: int

    @classmethod
    def of(cls, run: Trajectory) -> Setting:
        start = tuple(run.theta[0].tolist())
        seed = run.seed if run.noisy else 0
        return cls(run.optimizer, run.schedule, start, run.noise, run.batch_size, seed)


class Span(NamedTuple):
    """The learning rates of an axis."""

    low: float
    high: float
    log: bool

    def points(self, count: int) -> Array:
        """So many of them, evenly on the axis."""
        space = np.geomspace if self.log else np.linspace
        return np.asarray(space(self.low, self.high, count), dtype=np.float64)


class Curve:
    """The loss against the rate at every iterate, of one setting.

    Attributes:
        rates: (R,), ascending; those of the setting's runs are among them.
        values: (T+1, R), the loss; infinite where it has overflowed, NaN where there is none.
        columns: run → its column.
        own: run → that column, (T+1,), as it was computed, while `values` becomes what is drawn.
    """

    def __init__(self, scene: Scene, runs: Sequence[int], points: Array) -> None:
        first = scene.runs[runs[0]]
        own = [scene.runs[run].learning_rate for run in runs]
        self.rates = np.unique(np.concatenate([points, own]))
        factors, _ = factors_of(first.schedule, scene.spec.iterations)
        self.values = sweep(scene.loss, first, self.rates, factors[: scene.iterations + 1])
        self.columns = {run: int(np.searchsorted(self.rates, r)) for run, r in zip(runs, own, strict=True)}
        for run, column in self.columns.items():  # its own numbers, to the last bit
            loss = scene.runs[run].loss
            self.values[: len(loss), column] = loss
        self.own = {run: self.values[:, column].copy() for run, column in self.columns.items()}


class Rates(View):
    """L after k iterations against the learning rate, and the runs on it.

    The curve is that of the iterate shown, so that the runs are on it in every frame and the cliff is
    seen to rise. What is above or below the panel has an arrow at its border.
    """

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        sizes, theme = scene.sizes, scene.theme
        self.limit = limit_of(scene.loss, scene.runs)
        span = span_of([run.learning_rate for run in scene.runs], self.limit, scene.loss.learning_rate)
        self.curves = self._sweeps(span)
        low, high, name = self._heights()
        if span.log:
            axes.set_xscale("log")
        rate = scene.text("learning_rate") + r" $\eta$"
        self.set_axes((span.low, span.high), (low, high), rate, name)
        if self.limit is not None:
            line = [self.limit, self.limit], [low, high]
            dashes = (0, (4, 2.5))
            axes.plot(*line, color=theme.muted, linewidth=0.7 * sizes.line, linestyle=dashes, zorder=1)
        alone = len(self.curves) == 1
        colours = [theme.curve if alone else scene.styles[min(c.columns)].before for c in self.curves]
        self.strokes = [Stroke(axes, colour, width=1.2 * sizes.line) for colour in colours]
        self.balls = [ball_of(axes, scene, run) for run in range(len(scene.runs))]
        self.arrows = [
            Arrow(axes, style.now, width=sizes.line, head=1.2 * sizes.head) for style in scene.styles
        ]

    def still(self) -> Iterable[Artist]:
        return chain(super().still(), self._cliff())

    def update(self, moment: Moment) -> Iterable[Artist]:
        moment = self.scene.underway(moment)
        now = [at(curve.values, moment) for curve in self.curves]
        for curve, stroke, values in zip(self.curves, self.strokes, now, strict=True):
            yield stroke.to(self.to_pixels(curve.rates, values))
        for curve in self.curves:
            for run, values in curve.own.items():
                yield from self._run(run, float(at(values, moment)))

    def _run(self, run: int, value: float) -> Iterator[Dots | Arrow]:
        """Its ball, or an arrow to where it is; nothing where it has no loss."""
        rate = self.scene.runs[run].learning_rate
        low, high = self.axes.get_ylim()
        if low <= value <= high:
            yield self.balls[run].to(self.to_pixels(rate, value))
        elif value == value:
            border, inwards = (high, -3.0) if value > high else (low, 3.0)
            (tip,) = self.to_pixels(rate, border)
            yield self.arrows[run].to((tip[0], tip[1] + inwards * self.scene.sizes.text), tip)

    def _sweeps(self, span: Span) -> list[Curve]:
        """A curve for each setting."""
        scene = self.scene
        groups: dict[Setting, list[int]] = {}
        for number, run in enumerate(scene.runs):
            groups.setdefault(Setting.of(run), []).append(number)
        curves = []
        for setting, runs in groups.items():
            cost = make_optimizer(setting.optimizer, scene.loss).cost
            count = count_of(cost, scene.iterations, len(groups))
            points = span.points(count)
            if self.limit is not None and count < RATES:  # so that it still rises at the line of the cliff
                points = np.append(points, [self.limit * (1 - CLOSE), self.limit * (1 + CLOSE)])
            curves.append(Curve(scene, runs, points))
        return curves

    def _heights(self) -> tuple[float, float, str]:
        """Limits of the loss, and its name; the curves' values become what is drawn of them."""
        scene = self.scene
        best = min((m.value for m in scene.loss.minima), default=0.0)
        start = max(float(run.loss[0]) for run in scene.runs) - best
        last = np.concatenate([curve.values[-1] for curve in self.curves]) - best
        last = last[np.isfinite(last)]
        lowest = min(float(np.nanmin(curve.values)) for curve in self.curves) - best
        known = lowest >= -1e-12 * max(1.0, abs(best))
        own = min(float(run.loss[-1]) for run in scene.runs) - best
        deep = min([*last[last > 0], start], default=start)
        if known and start > 0 and min(deep, max(own, 0.0)) < 1e-2 * start:
            wanted = min(DEEP * start, own / 3 if own > 0 else start)
            low = max(deep, wanted, DEEPEST * start) / 2
            high = max(10 * start, low * (start / low) ** (1 / HIGH))
            self._draw(best, low / OFF, high * OFF)
            self.axes.set_yscale("log")
            beyond = f" {'−' if best > 0 else '+'} {scene.text.short(abs(best))}" if best else ""
            return low, high, scene.text("after", loss=f"$L${beyond}") + " (log)"
        floor, reach = scene.floor, scene.ceiling - scene.floor
        foot = min(floor, lowest + best) if lowest + best > floor - reach else floor
        top = max(start + best, scene.floor + 0.1 * reach)
        low, high = foot - 0.06 * (top - foot), foot + (top - foot) / HIGH
        for curve in self.curves:
            curve.values = without_leaps(curve.values, low, high)
        self._draw(0.0, low - OFF * (high - low), high + OFF * (high - low))
        return low, high, scene.text("after", loss="$L$")

    def _draw(self, best: float, low: float, high: float) -> None:
        for curve in self.curves:
            curve.values = np.clip(curve.values - best, low, high)
            curve.own = {run: np.clip(values - best, low, high) for run, values in curve.own.items()}

    def _cliff(self) -> Iterable[Artist]:
        """2/λmax beside its line, where no curve passes: up to there no loss is above that of the start."""
        if self.limit is None:
            return
        scene, box, size = self.scene, self.axes.bbox, self.scene.sizes.text
        words = f"2/λₘₐₓ = {scene.text.short(self.limit)}"
        (x, _), gap = self.to_pixels(self.limit, self.axes.get_ylim()[1])[0], 0.5 * size
        left = x - gap - scene.small.width(words) >= box.x0
        colour = blend(scene.theme.muted, scene.theme.ink, 0.4)
        label = Label(scene.small, colour, anchor="right" if left else "left", halo=scene.theme.ground)
        yield label.to(words, (x - gap if left else x + gap, box.y1 - 1.1 * size))


def count_of(cost: float, iterations: int, curves: int) -> int:
    """How many learning rates a curve has, so that what it adds to a figure stays short.

    Args:
        cost: of the optimizer, how many times as long as one of plain descent a step takes.

    >>> [count_of(1.0, iterations, 1) for iterations in (20, 1000, 2000, 10_000)]
    [400, 400, 200, 100]
    >>> count_of(125.0, 20, 1), count_of(125.0, 200, 1), count_of(1.0, 10_000, 12)
    (36, 24, 100)
    """
    usual, long = round(RATES / math.sqrt(cost)), LONG / math.sqrt(cost)
    wanted = min(usual, int(usual * long / max(1, iterations)), NUMBERS // (curves * (iterations + 1)))
    return max(usual // FEWER, LEAST, wanted)


def limit_of(loss: Loss, runs: Sequence[Trajectory]) -> float | None:
    """2/λmax, where it is the cliff of some run: plain steps with one rate, on a quadratic with a minimum.

    Source: Nocedal and Wright (2006), Numerical Optimization, section 3.3.
    """
    for run in runs:
        if not run.plain or run.schedule.partition(":")[0] != "constant":
            continue
        curvature = constant_curvature(loss, run.theta[0])
        if curvature is None or not curvature.low + curvature.precision * curvature.high >= 0:
            continue
        if curvature.high > 0 and curvature.along(run.gradient[0])[-1] > 0:
            return 2 / curvature.high
    return None


def without_leaps(values: Array, low: float, high: float) -> Array:
    """Values (T+1, R), NaN where they and those beside them are not between the limits.

    So no line is drawn across a panel where one rate falls without end and the next rises.

    >>> without_leaps(np.array([[0.5, -2.0, -3.0, 9.0, 9.0, 0.5]]), 0.0, 1.0).tolist()
    [[0.5, -2.0, nan, nan, 9.0, 0.5]]
    """
    off = ~((values >= low) & (values <= high))
    padded = np.pad(off, ((0, 0), (1, 1)), constant_values=True)
    return np.where(off & padded[:, :-2] & padded[:, 2:], np.nan, values)


def span_of(rates: Sequence[float], limit: float | None, usual: float) -> Span:
    """Learning rates that hold those of the runs and the cliff, log-spaced where they span much.

    >>> span_of([0.05, 0.3], 0.32, 0.1), span_of([0.001, 0.1], 1.0, 0.1)
    (Span(low=0.0, high=0.4, log=False), Span(low=0.0005, high=2.0, log=True))
    """
    shown = [rate for rate in (*rates, limit or 0.0) if rate > 0] or [usual]
    least, most = min(shown), max(shown)
    if min(rates) <= 0 or (limit is not None and most * BEYOND <= WIDE * least):
        return Span(0.0, most * BEYOND, log=False)
    reach = AROUND if limit is None else 2.0
    return Span(least / reach, most * reach, log=True)
