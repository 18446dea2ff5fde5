"""View: one panel of the figure, and what all panels know of the scene."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator

from gdanim.descent import Trajectory
from gdanim.losses.base import Array, Loss
from gdanim.text import Text
from gdanim.theme import Theme
from gdanim.timeline import Moment
from gdanim.views.glyphs import Glyphs
from gdanim.views.marks import FAR, Arrow, Label, Points

DPI = 128.0  # a power of two, so that no pixel is lost on the way to inches and back
SAMPLED = 400  # points at which a curve is looked at
SHARE = 0.35  # of a curve that is shown at least
TRAIL = 8  # iterates over which the path behind the ball fades to its final colour


class Sizes(NamedTuple):
    """Lengths in rendered pixels, all from the size of text."""

    text: float
    line: float
    ball: float
    dot: float
    head: float

    @classmethod
    def of(cls, text: float) -> Sizes:
        return cls(text=text, line=0.13 * text, ball=0.95 * text, dot=0.42 * text, head=0.75 * text)


@dataclass(frozen=True)
class Scene:
    """What every panel draws from.

    Attributes:
        runs: one trajectory a compared run.
        iterations: how many were asked for; a run that overflowed has fewer.
        window: lowest and highest value shown of each parameter.
        ceiling: the highest loss shown.
        glyphs, small: kept characters for text that moves, and a smaller set.
    """

    loss: Loss
    runs: tuple[Trajectory, ...]
    window: tuple[tuple[float, float], ...]
    floor: float
    ceiling: float
    text: Text
    theme: Theme
    sizes: Sizes
    glyphs: Glyphs
    small: Glyphs

    @property
    def iterations(self) -> int:
        """The last iterate any run reached."""
        return max(run.iterations for run in self.runs)


class View:
    """One panel. `__init__` draws what never moves, `update` moves what moves.

    A frame may depend on its moment only, never on the frames before it: `update` keeps no history.
    What a moment leaves behind for good, `settle` hands over once, to be drawn into the kept layer.
    """

    def __init__(self, axes: Axes, scene: Scene) -> None:
        self.axes = axes
        self.scene = scene
        self._to_pixels: tuple[Array, bool, bool] | None = None

    def settle(self, k: int) -> Iterable[Artist]:
        """What stays on the picture from iterate k on; drawn once, before the next call."""
        return ()

    def update(self, moment: Moment) -> Iterable[Artist]:
        """Move everything that moves to where it belongs at this moment."""
        raise NotImplementedError

    def pixels(self, x: Array | float, y: Array | float) -> Points:
        """Data coordinates → (m, 2) pixels; to be called once the layout stands."""
        if self._to_pixels is None:
            # The affine part of transData, kept: asking the axes for it costs more than using it.
            axes = self.axes
            matrix = (axes.transLimits + axes.transAxes).get_matrix()
            self._to_pixels = matrix, axes.get_xscale() == "log", axes.get_yscale() == "log"
        matrix, logx, logy = self._to_pixels
        x = np.log10(x) if logx else x
        y = np.log10(y) if logy else y
        points = np.empty((max(np.size(x), np.size(y)), 2))
        with np.errstate(over="ignore"):
            points[:, 0] = matrix[0, 0] * x + matrix[0, 2]
            points[:, 1] = matrix[1, 1] * y + matrix[1, 2]
        return points.clip(-FAR, FAR)

    def path(self, run: Trajectory) -> Points:
        """Where a run's iterates stand on this panel: (T+1, 2) pixels."""
        raise NotImplementedError

    def frame(self, x: tuple[float, float], y: tuple[float, float], xlabel: str, ylabel: str) -> None:
        """Limits, grid, and where the numbers and names beside the axes will stand.

        Numbers are the language's. y's name stands above its axis, unturned.
        """
        axes, theme, size = self.axes, self.scene.theme, self.scene.sizes.text
        axes.set(xlim=x, ylim=y, facecolor=theme.background)
        axes.xaxis.set_visible(False)
        axes.yaxis.set_visible(False)
        points = 72 / DPI
        for side, spine in axes.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set(color=theme.muted, linewidth=max(1.0, 0.07 * size) * points)
        box = axes.get_window_extent()
        self._ticks = (
            self.ticks("x", x, box.width / (5.5 * size)),
            self.ticks("y", y, box.height / (3.5 * size)),
        )
        self._names = (xlabel, ylabel)
        lines = [[(v, y[0]), (v, y[1])] for v in self._ticks[0]]
        lines += [[(x[0], v), (x[1], v)] for v in self._ticks[1]]
        width = max(1.0, 0.06 * size) * points
        axes.add_collection(
            LineCollection(lines, colors=theme.grid, linewidths=width, zorder=0), autolim=False
        )

    def ticks(self, which: str, limits: tuple[float, float], most: float) -> list[float]:
        """Round values inside the limits."""
        low, high = limits
        locator = MaxNLocator(nbins=max(2, int(min(most, 7))), steps=[1, 2, 2.5, 5, 10])
        slack = 1e-9 * (high - low)
        values = [v for v in locator.tick_values(low, high) if low - slack <= v <= high + slack]
        step = values[1] - values[0] if len(values) > 1 else 1.0
        return [0.0 if abs(v) < 1e-9 * step else float(v) for v in values]

    @property
    def margin(self) -> float:
        """Pixels that the numbers left of the axes take."""
        texts = (self.scene.text.short(value, 6) for value in self._ticks[1])
        return max(map(self.scene.small.width, texts), default=0) + 0.5 * self.scene.sizes.text

    def still(self) -> Iterable[Artist]:
        """What never moves and is text; asked for once the layout stands."""
        scene, box = self.scene, self.axes.bbox
        theme, size = scene.theme, scene.sizes.text
        low = 0.9 * size

        def small(anchor: str) -> Label:
            return Label(scene.small, theme.muted, anchor=anchor)

        for value in self._ticks[0]:
            x = self.pixels(value, self.axes.get_ylim()[0])[0]
            yield small("centre").to(scene.text.short(value, 6), (x[0], box.y0 - 1.4 * low))
        for value in self._ticks[1]:
            y = self.pixels(self.axes.get_xlim()[0], value)[0]
            yield small("right").to(scene.text.short(value, 6), (box.x0 - 0.5 * low, y[1] - 0.37 * low))
        name = Label(scene.glyphs, theme.ink, anchor="centre")
        yield name.to(self._names[0], ((box.x0 + box.x1) / 2, box.y0 - 2.4 * size))
        yield Label(scene.glyphs, theme.ink).to(self._names[1], (box.x0, box.y1 + 0.6 * size))


class Exit:
    """An arrow where the path left the picture, with the iterate at which it did.

    Args:
        view: the panel; its axes must stand where they will when `update` is first called.
    """

    def __init__(self, view: View, run: int = 0) -> None:
        scene = view.scene
        self._view, self._run = view, scene.runs[run]
        theme, sizes = scene.theme, scene.sizes
        self._arrow = Arrow(view.axes, theme.now, width=sizes.line, head=1.2 * sizes.head)
        self._label = Label(scene.glyphs, theme.now, anchor="centre", halo=theme.background)
        self._left: int | None = None
        self._looked = False

    def update(self, moment: Moment) -> Iterable[Artist]:
        """The arrow, once the path has gone and does not come back."""
        if not self._looked:
            self._look()
        if self._left is None or moment.k < self._left:
            return
        yield self._arrow
        yield self._label

    def _look(self) -> None:
        """Find the last step that starts inside the picture, if the path ends outside."""
        self._looked = True
        box, size = self._view.axes.bbox, self._view.scene.sizes.text
        path = self._view.path(self._run)
        outside = ~_near(path, np.array([box.x0, box.y0]), np.array([box.x1, box.y1]))
        if not outside[-1] or outside.all():
            return
        last = int(np.flatnonzero(~outside)[-1])
        inner, outer = path[last : last + 2]
        with np.errstate(all="ignore"):
            reach = np.where(outer > inner, (box.x1, box.y1), (box.x0, box.y0)) - inner
            share = float(np.nanmin(np.where(outer == inner, np.inf, reach / (outer - inner))))
        tip = inner + share * (outer - inner)
        along = (outer - inner) / np.hypot(*(outer - inner))
        self._left = last + 1
        tail = tip - 3 * size * along
        self._arrow.to(tail, tip)
        words = f"$k$ = {last + 1}"
        x, y = (tail + tip) / 2
        aside = self._view.scene.glyphs.width(words) / 2 + 1.2 * size
        x += aside if box.x1 - x > x - box.x0 else -aside
        self._label.to(words, (x, min(max(y, box.y0 + size), box.y1 - 1.5 * size)))


def at(values: Array, moment: Moment) -> Array:
    """Linear in-between value of per-iterate rows: (T+1, …) → (…); past the end, the last."""
    last = len(values) - 1
    k = min(moment.k, last)
    if moment.fraction == 0.0 or k >= last:
        return np.asarray(values[k])
    return np.asarray(values[k] + moment.fraction * (values[k + 1] - values[k]))


def window_of(loss: Loss, runs: Sequence[Trajectory]) -> tuple[tuple[float, float], ...]:
    """Limits for each parameter that hold starts, minima near them, and the paths.

    A path that runs far off the landscape does not stretch it: the view stays where the lesson is.
    """
    starts = np.array([run.theta[0] for run in runs])
    landmarks = np.vstack([starts, *(np.array([m.theta]) for m in loss.minima[:1])])
    domain = np.array(loss.domain, dtype=np.float64)
    low = np.minimum(domain[:, 0], landmarks.min(axis=0))
    high = np.maximum(domain[:, 1], landmarks.max(axis=0))
    reach = 0.35 * (high - low)
    for run in runs:
        if run.outcome.kind != "diverged":
            inside = run.theta[_near(run.theta, low - 3 * reach, high + 3 * reach)]
        else:
            inside = run.theta[_near(run.theta, low - reach, high + reach)]
        low = np.minimum(low, inside.min(axis=0))
        high = np.maximum(high, inside.max(axis=0))
    pad = 0.06 * (high - low)
    return tuple(zip((low - pad).tolist(), (high + pad).tolist(), strict=True))


def _near(theta: Array, low: Array, high: Array) -> npt.NDArray[np.bool_]:
    return np.asarray(((theta >= low) & (theta <= high)).all(axis=-1))


def limits_of(
    loss: Loss, runs: Sequence[Trajectory], window: tuple[tuple[float, float], ...]
) -> tuple[float, float]:
    """Lowest and highest loss shown: all of a path inside the window, and the minima."""
    box = np.array(window)
    values = [m.value for m in loss.minima if _near(np.array(m.theta), box[:, 0], box[:, 1])]
    for run in runs:
        inside = run.loss[_near(run.theta, box[:, 0], box[:, 1])]
        values += [float(inside.min()), float(inside.max())]
    if len(window) == 1:  # also where the path is short, the curve is to be seen
        grid = np.linspace(*window[0], SAMPLED)[:, None]
        with np.errstate(all="ignore"):
            curve = np.asarray(loss.value(grid))
        values.append(float(np.quantile(curve[np.isfinite(curve)], SHARE)))
    floor, ceiling = min(values), max(values)
    if ceiling <= floor:
        ceiling = floor + 1.0
    return floor, ceiling + 0.1 * (ceiling - floor)
