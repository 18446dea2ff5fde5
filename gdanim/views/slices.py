"""What a partial derivative is: one parameter moves, the others stand still."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.losses.base import Array
from gdanim.text import abridged
from gdanim.timeline import Moment
from gdanim.views.base import Scene, View, at, ball_of
from gdanim.views.glyphs import widest
from gdanim.views.marks import Label, Stroke
from gdanim.views.symbols import inline, symbol

MOST = 4  # parameters that are held, by name
POINTS = 120  # of the curve that is drawn anew in every frame


class Slice(View):
    """L along one parameter, the others held where the ball is, with the tangent there.

    Args:
        which: the number of the parameter that moves.
        ceiling: the highest loss shown.
    """

    def __init__(self, axes: Axes, scene: Scene, which: int, ceiling: float) -> None:
        super().__init__(axes, scene)
        theme, sizes = scene.theme, scene.sizes
        self._which = which
        names = scene.loss.parameters
        others = [symbol(name) for i, name in enumerate(names) if i != which]
        held = "held" if len(others) > 1 else "held_one"
        held = scene.text(held, names=f"${', '.join(abridged(others, MOST))}$") if others else ""
        self._grid = grid_of(scene, which)
        span = ceiling - scene.floor
        self.set_axes(
            scene.window[which],
            (scene.floor - 0.08 * span, ceiling),
            f"${symbol(names[which])}$",
            "$L$" + (f"   ({held})" if held else ""),
        )
        self._curve = Stroke(axes, theme.curve, width=1.2 * sizes.line)
        self._tangent = Stroke(axes, theme.now, width=0.9 * sizes.line)
        self._ball = ball_of(axes, scene, 0)
        self._partial = f"${inline(names[which], len(names))}$ = "
        self._inside = Label(scene.glyphs, theme.now, clip=axes, halo=theme.background, places=16)
        self._above = Label(scene.glyphs, theme.now)
        slopes = widest(scene.glyphs, scene.text, scene.runs[0].gradient[:, which])
        self._room = sum(map(scene.glyphs.width, (self.names[1], self._partial))) + slopes + 1.5 * sizes.text

    def update(self, moment: Moment) -> Iterable[Artist]:
        scene, which = self.scene, self._which
        theta = at(scene.runs[0].theta, moment.standing)
        curve = along(scene, which, theta)
        with np.errstate(all="ignore"):
            height = float(scene.loss.value(theta))
            slope = float(scene.loss.gradient(theta)[which])
        yield self._curve.to(self.to_pixels(self._grid, np.nan_to_num(curve, nan=0.0)))
        ball = self.to_pixels(theta[which], height)
        angle = self.angle(slope)
        reach = 4.0 * scene.sizes.text * np.array([np.cos(angle), np.sin(angle)])
        yield self._tangent.to(np.vstack([ball - reach, ball + reach]))
        yield self._ball.to(ball)
        box, size = self.axes.bbox, scene.sizes.text
        words = self._partial + scene.text.fixed(slope)
        right = box.x1 - scene.glyphs.width(words)
        if self._room <= box.width:  # beside the name, where no curve passes
            yield self._above.to(words, (right, box.y1 + 0.6 * size))
        else:
            yield self._inside.to(words, (right - 0.3 * size, box.y1 - 1.1 * size))


def grid_of(scene: Scene, which: int) -> Array:
    """Values of the parameter that moves: (POINTS,)."""
    return np.linspace(*scene.window[which], POINTS, dtype=np.float64)


def along(scene: Scene, which: int, theta: Array) -> Array:
    """The loss along the parameter that moves, from theta: (POINTS,)."""
    points = np.repeat(theta[None], POINTS, axis=0)
    points[:, which] = grid_of(scene, which)
    with np.errstate(all="ignore"):
        return np.asarray(np.broadcast_to(scene.loss.value(points), (POINTS,)))


def ceiling_of(scene: Scene) -> float:
    """A loss up to which most of every slice at the start is seen, within three times the path's own.

    One for all of them, so that a slope in one panel compares with a slope in another.
    """
    slices = (along(scene, which, scene.runs[0].theta[0]) for which in scene.chosen)
    most = max(float(np.nanquantile(values[np.isfinite(values)], 0.9)) for values in slices)
    return max(scene.ceiling, min(most, scene.floor + 3 * (scene.ceiling - scene.floor)))


class Slices(View):
    """A slice along each of two parameters, side by side, on one scale of L."""

    def __init__(self, axes: Axes, scene: Scene, *more: Axes) -> None:
        super().__init__(axes, scene)
        places = (axes, *more)
        chosen, ceiling = zip(places, scene.chosen, strict=True), ceiling_of(scene)
        self.slices = [Slice(place, scene, which, ceiling) for place, which in chosen]

    @property
    def margins(self) -> list[float]:
        return [part.margin for part in self.slices]

    def still(self) -> Iterable[Artist]:
        return chain.from_iterable(part.still() for part in self.slices)

    def update(self, moment: Moment) -> Iterable[Artist]:
        return chain.from_iterable(part.update(moment) for part in self.slices)
