"""What a partial derivative is: one parameter moves, the others stand still."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import chain

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.losses.base import Array
from gdanim.text import abridged
from gdanim.timeline import Moment
from gdanim.views.base import Scene, View, ball_of
from gdanim.views.glyphs import widest
from gdanim.views.marks import Label, Stroke
from gdanim.views.outline import broken, cut
from gdanim.views.symbols import inline, symbol

MOST = 4  # parameters that are held, by name
BAND = 1.6  # sizes of text: the height of a line in the panel
POINTS = 120  # of the curve that is drawn anew in every frame
CLOSE = np.geomspace(1e-5, 0.06, 24)  # of the panel's width: how far from the ball there are more
NEARER: Array = np.concatenate([-CLOSE[::-1], [0.0], CLOSE])


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
        name = "$L$" + (f"   ({held})" if held else "")
        self._partial = f"${inline(names[which], len(names))}$ = "
        self._label = Label(scene.glyphs, theme.now, halo=theme.ground)
        box, width = axes.get_window_extent(), scene.glyphs.width
        slopes = widest(scene.glyphs, scene.text, scene.runs[0].gradient[:, which])
        # The slope's number stands beside the name, else in a band of the panel that the curve leaves free,
        # without a name of its own where that is too long; in a narrower panel nowhere.
        self._beside = width(name) + width(self._partial) + slopes + 1.5 * sizes.text <= box.width
        room = box.width - 0.5 * sizes.text
        if not self._beside and width(self._partial) + slopes > room:
            self._partial = ""
        self._inside = not self._beside and slopes <= room
        self._most, span = ceiling, ceiling - scene.floor
        band = BAND * sizes.text / max(box.height - BAND * sizes.text, 1.0) if self._inside else 0.0
        low = scene.floor - 0.08 * span
        limits = low, ceiling + band * (ceiling - low)
        self.set_axes(scene.window[which], limits, f"${symbol(names[which])}$", name)
        self._curve = Stroke(axes, theme.curve, width=1.2 * sizes.line)
        self._tangent = Stroke(axes, theme.now, width=0.9 * sizes.line, guide=True)
        self._ball = ball_of(axes, scene, 0)

    def update(self, moment: Moment) -> Iterable[Artist]:
        scene, which = self.scene, self._which
        k = min(moment.k, scene.runs[0].iterations)  # what is shown is the iterate, while others are underway
        theta = scene.runs[0].theta[k]
        grid = grid_of(scene, which, float(theta[which]))
        curve = along(scene, which, theta, grid)
        grid, curve = broken(grid, curve, partial(along, scene, which, theta), self._most - scene.floor)
        height, slope = float(scene.runs[0].loss[k]), float(scene.exact_gradient[k, which])
        yield self._curve.to(
            self.to_pixels(*(cut(grid, curve, self._most) if self._inside else (grid, curve)))
        )
        ball = self.to_pixels(theta[which], height)
        angle = self.angle(slope)
        reach = 4.0 * scene.sizes.text * np.array([np.cos(angle), np.sin(angle)])
        yield self._tangent.to(np.vstack([ball - reach, ball + reach]))
        yield self._ball.to(ball)
        box, size = self.axes.bbox, scene.sizes.text
        words = self._partial + scene.text.fixed(slope)
        right = box.x1 - scene.glyphs.width(words)
        above = box.y1 + (0.6 if self._beside else -1.1) * size
        if self._beside or self._inside:
            yield self._label.to(words, (right - (0.0 if self._beside else 0.3 * size), above))


def grid_of(scene: Scene, which: int, here: float) -> Array:
    """Values of the parameter that moves, more of them near the ball: (m,), ascending."""
    low, high = scene.window[which]
    near = here + (high - low) * NEARER
    near = near[(near > low) & (near < high)]
    return np.sort(np.concatenate([np.linspace(low, high, POINTS, dtype=np.float64), near]))


def along(scene: Scene, which: int, theta: Array, grid: Array) -> Array:
    """The loss along the parameter that moves, from theta, at values of it: (m,) → (m,).

    Where it is drawn of a sample of rows it is shifted so as to be at theta what it is of all.
    """
    points = np.repeat(theta[None], len(grid), axis=0)
    points[:, which] = grid
    with np.errstate(all="ignore"):
        values = np.asarray(np.broadcast_to(scene.cut.value(points), grid.shape))
        return (
            values if scene.cut is scene.loss else values + (scene.loss.value(theta) - scene.cut.value(theta))
        )


def ceiling_of(scene: Scene) -> float:
    """A loss up to which most of every slice at the start is seen, within three times the path's own.

    One for all of them, so that a slope in one panel compares with a slope in another.
    """
    start = scene.runs[0].theta[0]
    slices = (along(scene, i, start, np.linspace(*scene.window[i], POINTS)) for i in scene.chosen)
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
