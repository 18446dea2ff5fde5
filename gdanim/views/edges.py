"""What stands along the edges of a box in space: numbers of L and of both parameters, and their names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from matplotlib.ticker import MaxNLocator

from gdanim.losses.base import Array
from gdanim.views.base import Scene
from gdanim.views.glyphs import Glyphs
from gdanim.views.space import FLOOR, HEIGHT, Camera, Heights
from gdanim.views.symbols import symbol

TICK = 0.02  # of the base
GAP = 0.9  # sizes of text from an edge to its numbers
MOST = 4  # steps between the numbers of a parameter
CORNERS = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
BOTTOM = np.column_stack([CORNERS, np.full(4, FLOOR)])


class Words(NamedTuple):
    """A number or a name beside the box.

    Attributes:
        place: of the box's edge, (3,).
        aside: where the middle of its baseline stands from there, (2,) pixels.
        half: of its width, in pixels.
    """

    words: str
    name: bool
    place: Array
    aside: Array
    half: float


class Edges:
    """The axis of L at the corner that stands farthest left, those of the parameters on the near side.

    Args:
        pixels: that a side of the base takes, about.
        camera: how high it stands.
    """

    def __init__(self, scene: Scene, heights: Heights, pixels: float, camera: Camera) -> None:
        self._scene, self._heights = scene, heights
        self._names = [f"${symbol(name)}$" for name in scene.loss.parameters[:2]]
        size = scene.sizes.text
        rising = pixels * camera.up[2]
        self.losses = heights.ticks(1.7 * size / rising)
        self.values = [self._round(limits, pixels) for limits in scene.window]

    def _round(self, limits: tuple[float, float], pixels: float) -> list[float]:
        """Round values of a parameter, so far apart that their numbers have room from every side."""
        low, high = limits
        for bins in range(MOST, 0, -1):
            ticks = MaxNLocator(nbins=bins, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
            slack = 1e-9 * (high - low)
            values = [float(v) for v in ticks if low - slack <= v <= high + slack]
            step = float(ticks[1] - ticks[0])
            values = [0.0 if abs(v) < 1e-9 * step else v for v in values]
            wide = max(map(self._scene.small.width, self._scene.text.apart(values)), default=0)
            if pixels * step / (high - low) > 1.4 * wide + self._scene.sizes.text or bins == 1:
                break
        return values

    def lines(self, camera: Camera) -> list[Array]:
        """The outline of the floor and the axis of L, with their ticks, flat."""
        flat, corner = camera.flat, left_corner(camera)
        axis = flat(np.array([(*corner, FLOOR), (*corner, HEIGHT)]))
        rising = [flat(np.array([*corner, float(self._heights.of(value))])) for value in self.losses]
        found = [flat(np.vstack([BOTTOM, BOTTOM[:1]])), axis]
        found += [np.array([tick, tick - np.array([TICK, 0.0])]) for tick in rising]
        for axis_number, values in enumerate(self.values):
            away = self._away(camera, axis_number)
            for value in values:
                tick = flat(self._on_floor(camera, axis_number, value))
                found.append(np.array([tick, tick + TICK * away]))
        return found

    def words(self, camera: Camera) -> Iterator[Words]:
        """The names and numbers, those of L last."""
        scene, size = self._scene, self._scene.sizes.text
        for axis, values in enumerate(self.values):
            away, middle = self._away(camera, axis), float(np.mean(scene.window[axis]))
            written = scene.text.apart(values)
            reach = GAP * size - 0.5 * size  # beyond the tick
            for value, words in zip(values, written, strict=True):
                place = self._on_floor(camera, axis, value)
                yield self._beside(words, False, place, away, reach)
            half = max(map(scene.small.width, written), default=0) / 2
            beyond = reach + 2 * (half * abs(away[0]) + 0.4 * size * abs(away[1])) + 0.4 * size
            yield self._beside(self._names[axis], True, self._on_floor(camera, axis, middle), away, beyond)
        corner, offset = left_corner(camera), self._heights.origin
        numbers = scene.text.apart([value - offset for value in self.losses])
        for value, words in zip(self.losses, numbers, strict=True):
            half = scene.small.width(words) / 2
            place = np.array([*corner, float(self._heights.of(value))])
            yield Words(words, False, place, np.array([-GAP * size - half, -0.33 * size]), half)
        half = scene.glyphs.width(self.name) / 2
        yield Words(self.name, True, np.array([*corner, HEIGHT]), np.array([0.0, 0.9 * size]), half)

    @property
    def name(self) -> str:
        """What the upright axis shows."""
        origin, known = self._heights.origin, [m.value for m in self._scene.loss.minima]
        if not self._heights.log:
            return "$L$"
        if origin == 0.0:
            return "$L$ (log)"
        if known and abs(origin - min(known)) <= 1e-9 * max(1.0, abs(origin)):
            return "$L$ − $L$* (log)"
        sign = "−" if origin > 0 else "+"
        return f"$L$ {sign} {self._scene.text.short(abs(origin))} (log)"

    def _beside(self, words: str, name: bool, place: Array, away: Array, reach: float) -> Words:
        """Words whose box stands clear of the line through a place by so many pixels."""
        size = self._scene.sizes.text
        glyphs: Glyphs = self._scene.glyphs if name else self._scene.small
        half = glyphs.width(words) / 2
        distance = reach + 0.3 * size + half * abs(away[0]) + 0.4 * size * abs(away[1])
        return Words(words, name, place, distance * away - np.array([0.0, 0.35 * size]), half)

    def _on_floor(self, camera: Camera, axis: int, value: float) -> Array:
        """Where a value of a parameter stands, on the edge of the floor that faces the camera: (3,)."""
        low, high = self._scene.window[axis]
        place = np.array([0.0, 0.0, FLOOR])
        place[axis] = (value - low) / (high - low) - 0.5
        place[1 - axis] = 0.5 * (np.sign(camera.towards[1 - axis]) or 1.0)
        return place

    def _away(self, camera: Camera, axis: int) -> Array:
        """The direction on the picture that leads straight away from the edge of a parameter: (2,)."""
        ends = np.array([(-0.5, 0.0, 0.0), (0.5, 0.0, 0.0), (0.0, 0.0, 0.0)])
        side = np.zeros(3)
        ends[:2] = np.roll(ends[:2], axis, axis=1)
        side[1 - axis] = np.sign(camera.towards[1 - axis]) or 1.0
        (a, b, middle), beyond = camera.flat(ends), camera.flat(side)
        along = (b - a) / np.hypot(*(b - a))
        across = np.array([-along[1], along[0]])
        return np.asarray(across if across @ (beyond - middle) > 0 else -across)


def left_corner(camera: Camera) -> Array:
    """The corner of the base (2,) that stands farthest left, beside which nothing is."""
    return np.asarray(CORNERS[np.argmin(np.round(CORNERS @ camera.across[:2], 9))])


def fitted(
    places: Array, boxes: Array, room: tuple[float, float]
) -> tuple[float, tuple[float, float], tuple[float, float]]:
    """How large a picture may be so that all fits: pixels a unit, and the limits of x and of y.

    Args:
        places: (m, 2), units.
        boxes: (m, 4), how far what stands there reaches to the left, down, to the right and up from its
            place, whatever the scale: pixels.
        room: width and height, in pixels.
    """
    scale = np.inf
    for axis in (0, 1):
        apart = places[:, None, axis] - places[None, :, axis]
        taken = boxes[:, None, 2 + axis] - boxes[None, :, axis]
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = min(scale, float(np.where(apart > 1e-9, (room[axis] - taken) / apart, np.inf).min()))
    scale = max(scale, 1.0)
    limits = []
    for axis in (0, 1):
        low = float((scale * places[:, axis] + boxes[:, axis]).min())
        high = float((scale * places[:, axis] + boxes[:, 2 + axis]).max())
        spare = (room[axis] - (high - low)) / 2  # at either side
        limits.append(((low - spare) / scale, (high + spare) / scale))
    return scale, limits[0], limits[1]
