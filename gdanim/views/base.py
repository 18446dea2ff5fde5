"""View: one panel of the figure, and what all panels know of the scene."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import LogLocator, MaxNLocator

from gdanim.descent import Trajectory
from gdanim.lesson import Telling
from gdanim.losses.base import Array, Loss
from gdanim.planes import Plane
from gdanim.spec import Spec
from gdanim.text import Text
from gdanim.theme import Theme
from gdanim.timeline import Moment, ease, moved
from gdanim.views import Kind
from gdanim.views.glyphs import Glyphs
from gdanim.views.marks import FAR, Dots, Label, Points
from gdanim.views.slopes import Slopes
from gdanim.views.styles import Sizes, Style

DPI = 72.0  # so that a point, matplotlib's unit of lengths, is a pixel on whatever it draws
GROUND = 6400  # points at which a picture of the loss knows it at least
LINE = 400  # the same along the lines of one iterate
TRAIL = 8  # iterates over which the path behind the ball fades to its final colour


@dataclass(frozen=True)
class Scene:
    """What every panel draws from.

    Attributes:
        runs: one trajectory a compared run.
        iterations: how many were asked for; a run that overflowed has fewer.
        styles: how each run is told from the others.
        spec: what was asked for, from which views read their options.
        kinds: of all panels, since some show more beside others.
        stride: how many iterates settle at once.
        everyone: all runs of the figure, where a panel shows only some.
        between: whether there are frames between iterates.
        window: lowest and highest value shown of each parameter.
        ceiling: the highest loss shown.
        lesson: how backpropagation is told, where a view shows it.
        plane: on which a loss of many parameters is seen, where a view shows it from above.
        glyphs, small: kept characters for text that moves, and smaller ones for text that stays.
    """

    loss: Loss
    runs: tuple[Trajectory, ...]
    styles: tuple[Style, ...]
    spec: Spec
    kinds: tuple[Kind, ...]
    window: tuple[tuple[float, float], ...]
    floor: float
    ceiling: float
    stride: int
    text: Text
    theme: Theme
    sizes: Sizes
    glyphs: Glyphs
    small: Glyphs
    everyone: tuple[Trajectory, ...] = ()
    between: bool = False
    lesson: Telling | None = None
    plane: Plane | None = None

    @property
    def chosen(self) -> tuple[int, ...]:
        """Indices of the parameters to show where there is room for two only."""
        return self.spec.chosen(self.loss.parameters)

    @property
    def alone(self) -> bool:
        """Whether the figure is about one run, which can be explained in full."""
        return len(self.everyone) == 1

    @property
    def iterations(self) -> int:
        """The last iterate any run reached."""
        return max(run.iterations for run in self.everyone)

    @property
    def told(self) -> bool:
        """Whether frames between two iterates tell the step, one thing after another."""
        return self.alone and self.between

    @cached_property
    def exact_gradient(self) -> Array:
        """The gradient at each iterate of a run that is alone, without noise, of all rows: (T+1, n)."""
        run = self.runs[0]
        if not run.noisy:
            return run.gradient
        with np.errstate(all="ignore"):
            return self.loss.gradient(run.theta)

    @cached_property
    def ground(self) -> Loss:
        """The loss as it is drawn from above and as a surface: of a sample of rows where they are many."""
        return self.loss.glimpse(GROUND)

    @cached_property
    def cut(self) -> Loss:
        """The loss as it is drawn along lines through each iterate: of a sample where rows are many."""
        return self.loss.glimpse(LINE * (1 + self.iterations))

    @cached_property
    def slopes(self) -> Slopes | None:
        """The partial derivatives in numbers, where a panel of the figure shows them."""
        if not any(kind.substitutes for kind in self.kinds):
            return None
        return Slopes(self.loss, self.runs[0], self.text, self.chosen)

    def underway(self, moment: Moment) -> Moment:
        """The iterate, and how far the balls are from it on their way to the next.

        That of a run that is alone waits until slope and arrow have been seen.
        """
        return Moment(moment.k, moved(moment.fraction) if self.alone else ease(moment.fraction))

    def only(self, run: int, share: float = 1.0) -> Scene:
        """The scene with one of the runs, its marks smaller by a share."""
        sizes = self.sizes.smaller(share)
        return replace(self, runs=(self.runs[run],), styles=(self.styles[run],), sizes=sizes)


class View:
    """One panel. `__init__` draws what never moves, `update` moves what moves.

    A frame may depend on its moment only, never on the frames before it: `update` keeps no history.
    What a moment leaves behind for good, `settle` hands over once, to be drawn into the kept layer.
    It is asked at every multiple of the scene's stride, in order; what is younger `update` draws.
    """

    counts: ClassVar[bool] = False  # whether its x axis counts iterations
    coloured: ClassVar[bool] = False  # whether marks lie on colours, from which a halo sets them off

    def __init__(self, axes: Axes, scene: Scene) -> None:
        self.axes = axes
        self.scene = scene
        self.tick_values: tuple[list[float], list[float]] = ([], [])
        self.names = ("", "")
        self.small = False  # one of many panels, whose x axis has its name at its end to save a line
        self.named_above = 0.0  # pixels that the run's name takes, above on the right
        self._to_pixels: tuple[Array, bool, bool] | None = None

    def settle(self, k: int) -> Iterable[Artist]:
        """What stays on the picture from iterate k on; drawn once, before the next call."""
        return ()

    def update(self, moment: Moment) -> Iterable[Artist]:
        """Move everything that moves to where it belongs at this moment."""
        raise NotImplementedError

    def standing(self) -> Iterable[Artist]:
        """What stands in every frame, and is drawn in each so as to lie above what moves."""
        return ()

    def stage(self) -> dict[str, Any]:
        """Where a page draws what moves, in pixels from the picture's left and top.

        `box`: the panel's left, top, right and bottom; `x` and `y`: factor and summand that make a pixel
        of a number; `shape`: how it is drawn; and what else that has to know.
        """
        matrix, _, logy = self._affine()
        box, height = self.axes.bbox, self.axes.figure.bbox.height
        return {
            "shape": type(self).__name__.lower(),
            "box": [box.x0, height - box.y1, box.x1, height - box.y0],
            "x": [matrix[0, 0], matrix[0, 2]],
            "y": [-matrix[1, 1], height - matrix[1, 2]],
            "log": logy,
        }

    def to_pixels(self, x: Array | float, y: Array | float) -> Points:
        """Data coordinates → (m, 2) pixels; to be called once the layout stands."""
        matrix, logx, logy = self._affine()
        x = np.log10(x) if logx else x
        y = np.log10(y) if logy else y
        points = np.empty((max(np.size(x), np.size(y)), 2))
        with np.errstate(over="ignore"):
            points[:, 0] = matrix[0, 0] * x + matrix[0, 2]
            points[:, 1] = matrix[1, 1] * y + matrix[1, 2]
        return points.clip(-FAR, FAR)

    def units(self) -> Points:
        """(2,): how many pixels a unit of x takes, and one of y; where no axis is a log one."""
        return np.asarray(self._affine()[0].diagonal()[:2])

    def angle(self, slope: float) -> float:
        """The angle on the picture of a line with this slope, in radians."""
        x, y = self.units()
        return float(np.arctan2(slope * y, x))

    def _affine(self) -> tuple[Array, bool, bool]:
        """The affine part of transData, kept, since asking the axes for it costs more than using it."""
        if self._to_pixels is None:
            axes = self.axes
            matrix = (axes.transLimits + axes.transAxes).get_matrix()
            self._to_pixels = matrix, axes.get_xscale() == "log", axes.get_yscale() == "log"
        return self._to_pixels

    def diamond(self, place: Sequence[float], size: float) -> None:
        """Mark a known minimum at data coordinates, for good; `size` in pixels."""
        theme, size = self.scene.theme, self.scene.sizes.share * size
        self.axes.plot(
            *([value] for value in place),
            marker="D",
            markersize=size,
            color=theme.background if self.coloured else theme.ground,
            markeredgecolor=theme.ink,
            markeredgewidth=0.2 * size,
            linestyle="none",
        )

    def set_axes(self, x: tuple[float, float], y: tuple[float, float], xlabel: str, ylabel: str) -> None:
        """Limits, grid, and where the numbers and names beside the axes will stand.

        Numbers are the language's. y's name stands above its axis, unturned.
        """
        axes, theme, size = self.axes, self.scene.theme, self.scene.sizes.text
        axes.set(xlim=x, ylim=y, facecolor=theme.ground)
        axes.xaxis.set_visible(False)
        axes.yaxis.set_visible(False)
        for side, spine in axes.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set(color=theme.muted, linewidth=max(1.0, 0.07 * size))
        box = axes.get_window_extent()
        self.tick_values = (
            self.ticks("x", x, box.width / (5.5 * size)),
            self.ticks("y", y, box.height / (3.5 * size)),
        )
        self.names = (xlabel, ylabel)
        lines = [[(v, y[0]), (v, y[1])] for v in self.tick_values[0]]
        lines += [[(x[0], v), (x[1], v)] for v in self.tick_values[1]]
        width = max(1.0, 0.06 * size)
        axes.add_collection(
            LineCollection(lines, colors=theme.grid, linewidths=width, zorder=0), autolim=False
        )

    def ticks(self, which: str, limits: tuple[float, float], most: float) -> list[float]:
        """Round values inside the limits; powers of ten on a log axis."""
        low, high = limits
        scale = self.axes.get_xscale() if which == "x" else self.axes.get_yscale()
        count = max(2, int(min(most, 7)))
        if scale == "log":
            powers, finer = (
                [float(v) for v in locator.tick_values(low, high) if low <= v <= high]
                for locator in (LogLocator(numticks=count), LogLocator(subs=(1.0, 2.0, 5.0), numticks=count))
            )
            return powers if len(powers) > 2 else finer or powers  # of two, no number can be read off
        whole = which == "x" and self.counts
        locator = MaxNLocator(nbins=count, steps=[1, 2, 2.5, 5, 10], integer=whole)
        slack = 1e-9 * (high - low)
        values = [v for v in locator.tick_values(low, high) if low - slack <= v <= high + slack]
        step = values[1] - values[0] if len(values) > 1 else 1.0
        return [0.0 if abs(v) < 1e-9 * step else float(v) for v in values]

    def tick_name(self, which: str, value: float) -> str:
        """How a number beside an axis is written."""
        values = self.tick_values[which == "y"]
        words = self.scene.text.apart(values)
        return words[values.index(value)] if value in values else self.scene.text.short(value, 6)

    @property
    def margin(self) -> float:
        """Pixels that the numbers left of the axes take."""
        texts = (self.tick_name("y", value) for value in self.tick_values[1])
        return max(map(self.scene.small.width, texts), default=0) + 0.5 * self.scene.sizes.text

    @property
    def margins(self) -> list[float]:
        """The margin of each of its axes."""
        return [self.margin]

    def still(self) -> Iterable[Artist]:
        """What never moves and is text; asked for once the layout stands."""
        scene, box = self.scene, self.axes.bbox
        theme, size = scene.theme, scene.sizes.text
        low = 0.9 * size

        def small(anchor: str) -> Label:
            return Label(scene.small, theme.muted, anchor=anchor)

        right = end = box.x1 + 0.5 * size
        if self.small:
            end -= scene.glyphs.width(self.names[0]) + 0.5 * size
        for value in self.tick_values[0]:
            x, number = self.to_pixels(value, self.axes.get_ylim()[0])[0, 0], self.tick_name("x", value)
            half = scene.small.width(number) / 2
            if not self.small or x + half <= end:
                x = min(x, scene.spec.rendered[0] - half - 1)  # what stands at the end stays on the picture
                yield small("centre").to(number, (x, box.y0 - 1.4 * low))
        for value in self.tick_values[1]:
            y = self.to_pixels(self.axes.get_xlim()[0], value)[0]
            yield small("right").to(self.tick_name("y", value), (box.x0 - 0.5 * low, y[1] - 0.37 * low))
        name = Label(scene.glyphs, theme.ink, anchor="right" if self.small else "centre")
        middle = ((box.x0 + box.x1) / 2, box.y0 - 2.4 * size)
        yield name.to(self.names[0], (right, box.y0 - 1.4 * low) if self.small else middle)
        yield Label(scene.glyphs, theme.ink).to(self.names[1], (box.x0, box.y1 + 0.6 * size))


def ball_of(axes: Axes, scene: Scene, run: int, coloured: bool = False) -> Dots:
    """The ball of a run: its colour now, its marker, and an outline that sets it off from its path."""
    style, sizes = scene.styles[run], scene.sizes
    return Dots(
        axes,
        style.now,
        size=sizes.ball,
        marker=style.marker,
        edge=scene.theme.background if coloured else scene.theme.ground,
        width=0.64 / 3 * sizes.text * sizes.share,
    )


def at(values: Array, moment: Moment) -> Array:
    """Value on the straight line between per-iterate rows: (T+1, …) → (…); past the end, the last."""
    last = len(values) - 1
    k = min(moment.k, last)
    if moment.fraction == 0.0 or k >= last:
        return np.asarray(values[k])
    return np.asarray(values[k] + moment.fraction * (values[k + 1] - values[k]))
