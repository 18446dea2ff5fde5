"""The path of a run in space: what is in front, what is behind, its shadow, and where it leaves the box."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.artist import Artist

from gdanim.losses.base import Array
from gdanim.theme import blend
from gdanim.timeline import Moment
from gdanim.views.base import at
from gdanim.views.marks import Dots, Points, Stroke
from gdanim.views.space import FLOOR, Flags, in_box, within
from gdanim.views.trail import Exit, Trail

if TYPE_CHECKING:
    from gdanim.views.surface import Surface

PARTS = 8  # into which a step is cut to see what of it is hidden
MOST = 500  # of all steps together
DIM = 0.45  # share of the background in the colour of what is behind
DOTTED = (0.12, 0.3)  # on and off, in sizes of text
Parted = tuple[Points, Points, Flags]  # shadow and places (T, parts + 1, 2), which are hidden (T, parts)


class Flight(Trail):
    """A run's iterates in space, joined by straight lines.

    What the surface hides is dotted and dim, and has no dots, nor a halo, which would look as if it were
    in front; what is outside the box is not drawn.
    """

    def __init__(self, view: Surface, run: int) -> None:
        super().__init__(view, run)
        self._surface = view
        scene, sizes = view.scene, view.scene.sizes
        theme, dots = scene.theme, tuple(part * sizes.text for part in DOTTED)
        style = scene.styles[run]
        thin = 0.5 * sizes.line
        dim = blend(style.before, theme.background, DIM)
        self._behind = Stroke(view.axes, dim, width=thin, dashes=dots)
        self._shadow, self._drop = (
            Stroke(view.axes, theme.muted, width=0.7 * thin, dashes=dots, guide=True) for _ in range(2)
        )
        self._foot = Dots(view.axes, theme.muted, size=0.35 * sizes.ball)
        self._hollow = Dots(
            view.axes,
            theme.background + "00",
            size=0.8 * sizes.ball,
            marker=style.marker,
            edge=style.now,
            width=thin,
        )
        self._space: Array | None = None
        self._cut: Parted | None = None
        self._seen: Flags | None = None
        self.exit = Leaving(view, run, self.path, self.space)

    def forget(self) -> None:
        super().forget()
        self._cut = self._seen = None

    def space(self) -> Array:
        """The iterates in the box: (T+1, 3), also beyond it."""
        if self._space is None:
            self._space = self._surface.unit(np.column_stack([self._run.theta, self._run.loss]))
        return self._space

    def ball(self, moment: Moment) -> Artist:
        """The ball, hollow where it is behind the surface; none outside the box."""
        moment = self._surface.scene.underway(moment)
        place = at(self.space(), moment)[None]
        if not in_box(place)[0]:
            return self._ball.to(np.zeros((0, 2)))
        if moment.fraction == 0.0:
            seen = self._in_front()[min(moment.k, self._run.iterations)]
        else:
            seen = not self._surface.hidden(place)[0]
        ball = self._ball if seen else self._hollow
        return ball.to(self._surface.pixels(place))

    def update(self, moment: Moment) -> Iterable[Artist]:
        yield from super().update(moment)
        place = at(self.space(), self._surface.scene.underway(moment))[None]
        if self._alone and in_box(place)[0]:
            ends = np.vstack([place, floored(place)])
            pixels = self._surface.pixels(ends)
            yield self._drop.to(pixels)
            yield self._foot.to(pixels[1:])

    def _piece(self, line: Stroke, dots: Dots, first: int, last: int) -> Iterable[Artist]:
        left = self.exit.left
        last = min(last if left is None else min(last, left - 1), self._run.iterations)
        if last < first:
            return
        if last > first or first < self._run.iterations:
            these = slice(first, min(last, self._run.iterations - 1) + 1)
            shadow, pixels, hidden = self._steps()
            begun = 0.0 if self._alone else float(self._along()[first])
            yield from self._lines(line, (shadow[these], pixels[these], hidden[these]), begun)
        yield dots.to(self.path()[first : last + 1][self._in_front()[first : last + 1]])

    def _leaving(self, moment: Moment) -> Iterable[Artist]:
        k, left = moment.k, self.exit.left
        underway = self._surface.scene.underway(moment)
        if k >= self._run.iterations or (left is not None and k >= left) or underway.fraction == 0.0:
            return
        line, dots = self._fading[0] if self._alone else self._settled
        here = self.space()[k : k + 1]
        begun = 0.0 if self._alone else float(self._along()[k])
        yield from self._lines(line, self._parted(here, at(self.space(), underway)[None]), begun)
        if self._in_front()[k]:
            yield dots.to(self.path()[k : k + 1])

    def _lines(self, line: Stroke, steps: Parted, begun: float) -> Iterable[Artist]:
        """Steps: their shadow, what is behind, what is in front, with dashes as of a length `begun` on."""
        shadow, pixels, hidden = steps
        if self._alone:
            yield self._shadow.to(stretches(shadow, np.ones(hidden.shape, dtype=bool)))
        yield self._behind.to(stretches(pixels, hidden))
        yield line.to(stretches(pixels, ~hidden), begun)

    def _in_front(self) -> Flags:
        """Which iterates are in the box and not hidden: (T+1,)."""
        if self._seen is None:
            self._seen = in_box(self.space())
            self._seen[self._seen] = ~self._surface.hidden(self.space()[self._seen])
        return self._seen

    def _steps(self) -> Parted:
        """All steps in parts."""
        if self._cut is None:
            self._cut = self._parted(self.space()[:-1], self.space()[1:])
        return self._cut

    def _parted(self, a: Array, b: Array) -> Parted:
        """Steps from a to b, (T, 3) each, as far as they are in the box, in parts."""
        parts = min(PARTS, max(1, MOST // max(1, len(a))))
        enter, leave = within(a, b)
        shares = enter[:, None] + np.linspace(0, 1, parts + 1) * (leave - enter)[:, None]
        shares[~(leave > enter)] = np.nan
        with np.errstate(invalid="ignore", over="ignore"):
            places = a[:, None] + shares[..., None] * (b - a)[:, None]
        middles = (places[:, :-1] + places[:, 1:]) / 2
        hidden = self._surface.hidden(middles.reshape(-1, 3)).reshape(middles.shape[:2])
        flat, under = (
            self._surface.pixels(p.reshape(-1, 3)).reshape(*p.shape[:2], 2) for p in (places, floored(places))
        )
        return under, flat, hidden


class Leaving(Exit):
    """An arrow where the path left the box for good.

    Args:
        space: (T+1, 3), the path in the box.
    """

    def __init__(
        self, view: Surface, run: int, path: Callable[[], Points], space: Callable[[], Array]
    ) -> None:
        super().__init__(view, run, path)
        self._surface, self._space = view, space

    def _look(self) -> None:
        self._looked = True
        space, box, size = self._space(), self._surface.axes.bbox, self._surface.scene.sizes.text
        inside = in_box(space)
        if inside[-1] or not inside.any():
            return
        last = int(np.flatnonzero(inside)[-1])
        inner, outer = space[last], space[last + 1]
        _, share = within(inner[None], outer[None])
        border = inner + np.clip(share[0], 0.0, 1.0) * np.nan_to_num(outer - inner, posinf=1e9, neginf=-1e9)
        tip, start = self._surface.pixels(np.array([border, inner]))
        way = tip - start
        if np.hypot(*way) < 1e-6:  # it left from the border itself
            way = self._surface.pixels(np.array([outer]))[0] - start
        along = way / max(float(np.hypot(*way)), 1e-9)
        self._left = last + 1
        self._arrow.to(tip - 3 * size * along, tip)
        words = f"$k$ = {last + 1}"
        middle, aside = tip - 1.5 * size * along, self._surface.scene.glyphs.width(words) / 2 + size
        places = [
            (
                min(max(middle[0] + x * aside, box.x0 + aside), box.x1 - aside),
                min(max(middle[1] + y * size, box.y0 + size), box.y1 - 1.5 * size),
            )
            for x in (1, -1)
            for y in (0.6, -1.2, 2.0, -2.6)
        ]
        self._label.to(words, min(places, key=lambda place: self._covered(words, place)))

    def _covered(self, words: str, place: tuple[float, float]) -> int:
        """How much of the path and of its arrow a label would cover."""
        left, low, right, high = self._label.to(words, place).box
        path = np.vstack(
            [self._path()[: self._left], np.linspace(self._arrow.ends[0], self._arrow.ends[1], 12)]
        )
        dense = np.linspace(path[:-1], path[1:], PARTS).reshape(-1, 2)
        x, y = dense[np.isfinite(dense).all(axis=1)].T
        return int(((x >= left) & (x <= right) & (y >= low) & (y <= high)).sum())


def floored(points: Array) -> Array:
    """The points (..., 3) let fall onto the floor."""
    under = points.copy()
    under[..., 2] = np.where(np.isfinite(points[..., 2]), FLOOR, np.nan)
    return under


def stretches(points: Points, drawn: Flags) -> Points:
    """A line along points (steps, parts + 1, 2) of the parts (steps, parts) that are drawn.

    Where it is broken stands a row of NaN, which renderers leave out.
    """
    ends = np.stack([points[:, :-1], points[:, 1:]], axis=2).reshape(-1, 2, 2)
    there = drawn.ravel() & np.isfinite(ends).all(axis=(1, 2))
    goes_on = np.concatenate([[False], there[:-1]])  # from the part before, whose end is its beginning
    rows = np.concatenate([np.full((len(ends), 1, 2), np.nan), ends], axis=1)
    kept = np.stack([there & ~goes_on, there & ~goes_on, there], axis=1)
    found: Points = rows[kept]
    return found[1:]
