"""The loss of one parameter as a curve: ball, path, tangent, step and where it leads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.heights import beside_a_curve
from gdanim.losses.base import Array, Minimum
from gdanim.text import digits_of
from gdanim.timeline import Moment, grown
from gdanim.views.base import Scene
from gdanim.views.clearance import ITS_OWN, NEAR
from gdanim.views.marks import Arrow, Box, Dots, Label, Mark, Points, Stroke, overlap
from gdanim.views.outline import broken
from gdanim.views.symbols import inline, symbol, used
from gdanim.views.trail import Traced

CLEARED, LIFTED = 2.0, 3.5  # sizes of text by which a name is moved, at most, to leave the curve free


class CutArrow(Mark):
    """An arrow that points out of the panel: its shaft runs to the border, broken before it."""

    def __init__(self, axes: Axes, scene: Scene) -> None:
        theme, sizes = scene.theme, scene.sizes
        super().__init__(axes, theme.now)
        self._box, self._size = axes.bbox, sizes.text
        self._shaft = Stroke(axes, theme.now, width=1.3 * sizes.line)
        self._gap = Stroke(axes, theme.ground, width=0.4 * sizes.text)
        self._edges = [Stroke(axes, theme.now, width=0.6 * sizes.line) for _ in range(2)]

    def to(self, tail: Points, tip: Points) -> CutArrow:
        """Point from a place inside the panel to one left or right of it, both in pixels."""
        away = 1.0 if tip[0] > tail[0] else -1.0
        border = np.array([self._box.x1 if away > 0 else self._box.x0, tail[1]])
        self._shaft.to(np.vstack([tail, border + np.array([away * self._size, 0.0])]))
        inset = min(1.1 * self._size, 0.5 * abs(border[0] - tail[0]))
        slant = np.array([0.2, 0.55]) * self._size
        middle = border - np.array([away * inset, 0.0])
        self._gap.to(np.vstack([middle - slant, middle + slant]))
        for side, edge in zip((-0.2, 0.2), self._edges, strict=True):
            place = middle + np.array([side * self._size, 0.0])
            edge.to(np.vstack([place - slant, place + slant]))
        return self

    def draw(self, renderer: Any) -> None:
        for stroke in (self._shaft, self._gap, *self._edges):
            stroke.draw(renderer)


class Curve(Traced):
    """L(w) with the ball, the slope there, and the step that follows from it.

    The tangent at the iterate has the gradient for its slope; the arrow on the axis is the step that
    leads to the next iterate, −η·dL/dw in plain gradient descent, and a ring on the curve is where.
    """

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        theme, sizes, loss = scene.theme, scene.sizes, scene.loss
        low, high = scene.window[0]
        height = round(axes.get_window_extent().height)
        bottom, self.lane, top = beside_a_curve(
            scene.floor, scene.ceiling, height, sizes.text, scene.alone
        )  # the lane is the step arrow's height
        self.set_axes(
            (low, high),
            (bottom, top),
            f"${symbol(loss.parameters[0])}$",
            f"$L({symbol(loss.parameters[0])})$",
        )

        def along(w: Array) -> Array:
            return np.asarray(np.broadcast_to(loss.value(w[:, None]), w.shape))

        grid: Array = np.linspace(low, high, 600, dtype=np.float64)
        with np.errstate(all="ignore"):
            self._outline = broken(grid, along(grid), along, scene.ceiling - scene.floor)
            axes.plot(
                *self._outline,
                color=theme.curve,
                linewidth=0.84375 * sizes.line,
                solid_capstyle="round",
            )
        for minimum in loss.minima:
            if low <= minimum.theta[0] <= high:
                self.diamond((*minimum.theta, minimum.value), 0.6 * sizes.text)
        self.minima: list[Label] = []
        # A name's halo may interrupt what only leads the eye.
        self.tangent = Stroke(axes, theme.now, width=0.8 * sizes.line, guide=True)
        self.drop = Stroke(
            axes,
            theme.now,
            width=0.5 * sizes.line,
            dashes=(4 / 9 * sizes.text, 1.6 / 3 * sizes.text),
            guide=True,
        )
        self.arrow = Arrow(axes, theme.now, width=1.3 * sizes.line, head=sizes.head)
        self.cut = CutArrow(axes, scene)
        self.ghost = Dots(axes, theme.ground, size=0.7 * sizes.ball, edge=theme.now, width=0.55 * sizes.line)
        d = inline(loss.parameters[0], 1)
        g = used(loss.parameters[0], 1, scene.runs[0].noisy)
        step = rf"-\eta \cdot {g}" if scene.runs[0].plain else rf"\Delta {symbol(loss.parameters[0])}"
        self._step_name = scene.text("step", step=f"${step}$")
        self._slope_name = scene.text("gradient", derivative=f"${d}$")
        self._step_width = scene.glyphs.width(self._step_name)
        self.slope = Label(scene.glyphs, theme.now, clip=axes, halo=theme.ground, places=NEAR)
        self.step = Label(scene.glyphs, theme.now, clip=axes, places=ITS_OWN)

    def still(self) -> Iterable[Artist]:
        yield from super().still()
        self.minima = list(self._named_minima())
        if not self.scene.alone:
            yield from self.minima

    def update(self, moment: Moment) -> Iterable[Artist]:
        yield from super().update(moment)
        yield from self.standing()

    def standing(self) -> Iterable[Artist]:
        return self.minima if self.scene.alone else ()

    def stage(self) -> dict[str, Any]:
        return {**super().stage(), "lane": self.lane}

    def _named_minima(self) -> Iterable[Label]:
        """The minima's names, each under its own; of all but the best only what has room to itself."""
        scene, size, box, theme = self.scene, self.scene.sizes.text, self.axes.bbox, self.scene.theme
        name = symbol(scene.loss.parameters[0])
        lane = float(self.to_pixels(0.0, self.lane)[0, 1])
        placed: list[Label] = []
        for minimum in sorted(scene.loss.minima, key=lambda m: m.value):
            place = self.to_pixels(minimum.theta[0], minimum.value)[0]
            least = minimum.theta[0]
            words = f"{scene.text('minimum')} ${name}$ = {scene.text.short(least, digits_of(least))}"
            half = scene.small.width(words) / 2
            x = min(max(place[0], box.x0 + half + 3), box.x1 - half)
            curve = self._heights(x - half, x + half)
            y = max(float(curve.min(initial=place[1])), place[1] - CLEARED * size) - 1.5 * size
            if lane + 0.9 * size > max(y, place[1] - 1.2 * size):
                continue  # no room between the minimum and the step
            label = Label(
                scene.small,
                theme.muted,
                anchor="centre",
                clip=self.axes,
                halo=theme.ground,
                places=ITS_OWN,
            )
            label.to(words, (x, max(y, lane + 0.9 * size)))
            crossed = ((label.box[1] < curve) & (curve < label.box[3])).any()
            others = [other for other in scene.loss.minima if other is not minimum]
            taken = any(overlap(label.box, other.box) for other in placed)
            if not placed or not (crossed or taken or self._beside(label.box, others)):
                placed.append(label)
        return placed

    def _beside(self, box: Box, minima: Sequence[Minimum]) -> bool:
        """Whether a name would be read as that of one of these."""
        size, (left, low, right, high) = self.scene.sizes.text, box
        places = self.to_pixels(np.array([m.theta[0] for m in minima]), np.array([m.value for m in minima]))
        near = (places > (left - 2 * size, low - 0.5 * size)) & (
            places < (right + 2 * size, high + 0.5 * size)
        )
        return bool(near.all(axis=1).any())

    def ticks(self, which: str, limits: tuple[float, float], most: float) -> list[float]:
        """Only numbers that losses can have: none where the step's arrow stands."""
        low = self.scene.floor - 1e-9 * (limits[1] - limits[0])
        return [value for value in super().ticks(which, limits, most) if which == "x" or value >= low]

    def explain(self, moment: Moment) -> Iterable[Artist]:
        """Tangent and step of a run that is alone; nothing once it has left the picture."""
        run, scene = self.scene.runs[0], self.scene
        k, box = min(moment.k, run.iterations), self.axes.bbox
        here = run.theta[k]
        ball = self.trails[0].path()[k]
        if not (box.x0 <= ball[0] <= box.x1 and box.y0 <= ball[1] <= box.y1):
            return
        angle = self.angle(float(scene.exact_gradient[k, 0]))
        reach = 4.2 * scene.sizes.text * np.array([np.cos(angle), np.sin(angle)])
        yield self.tangent.to(np.vstack([ball - reach, ball + reach]))
        share = grown(moment.fraction) if scene.told else 1.0
        going = k < run.iterations and share > 0.0
        if going:
            yield self.drop.to(np.vstack([ball, self.to_pixels(here[0], self.lane)]))
            yield from self._step(float(here[0]), float(run.theta[k + 1, 0]), share)
        yield self._slope(ball, angle)
        if going and share == 1.0:
            yield self.ghost.to(self.trails[0].path()[k + 1][None])

    def spot(self, theta: Array, loss: Array) -> Points:
        return self.to_pixels(theta[:, 0], loss)

    def _step(self, theta: float, following: float, share: float) -> Iterable[Artist]:
        """The arrow along the axis, `share` of it; its name behind it, before it, or under it."""
        tail, tip = self.to_pixels(np.array([theta, following]), self.lane)
        box, size = self.axes.bbox, self.scene.sizes.text
        there = tail + share * (tip - tail)
        inside = box.x0 <= there[0] <= box.x1
        yield self.arrow.to(tail, there) if inside else self.cut.to(tail, there)
        tip[0] = min(max(tip[0], box.x0), box.x1)
        leftwards = bool(tip[0] <= tail[0])
        gap, width = 0.7 * size, self._step_width
        low, high = sorted((float(tail[0]), float(tip[0])))
        after, before = high + gap, low - gap - width
        for left in (after, before) if leftwards else (before, after):
            if box.x0 <= left and left + width <= box.x1:
                yield self.step.to(self._step_name, (left, tail[1] - 0.3 * size))
                return
        left = min(max((low + high - width) / 2, box.x0), box.x1 - width)
        yield self.step.to(self._step_name, (left, tail[1] - 1.5 * size))

    def _slope(self, ball: Points, angle: float) -> Artist:
        """Says that the tangent's slope is the gradient: over the ball, aside where it is steep."""
        size, steep = self.scene.sizes.text, float(np.sin(angle))
        width = self.scene.glyphs.width(self._slope_name)
        box = self.axes.bbox
        top = float(box.y1) - 1.1 * size
        high = min(float(ball[1]) + (1.6 - 0.8 * abs(steep)) * size, top)
        aside = 0.5 * width * steep + 0.9 * size * steep
        places = []
        for side in (aside, -aside, 0.6 * width, -0.6 * width):
            left = min(max(ball[0] - 0.5 * width - side, box.x0), box.x1 - width)
            curve = self._heights(left - 2, left + width + 2)
            above = float(curve.max(initial=0.0)) + 0.7 * size
            places.append((left, high, curve))
            if high < above < min(high + LIFTED * size, top):
                places.append((left, above, curve))
        free = (
            (left, y)
            for left, y, curve in places
            if not ((y - 0.5 * size < curve) & (curve < y + 1.1 * size)).any()
        )
        return self.slope.to(self._slope_name, next(free, places[0][:2]))

    def _heights(self, left: float, right: float) -> Points:
        """How high the curve stands between two places, all in pixels."""
        x, y = self._outline_pixels
        y = y[slice(*np.searchsorted(x, (left, right)))]
        return np.asarray(y[np.isfinite(y)])

    @cached_property
    def _outline_pixels(self) -> Points:
        """(2, m); not to be asked for before the layout stands."""
        return self.to_pixels(*self._outline).T
