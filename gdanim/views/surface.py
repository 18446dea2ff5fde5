"""A loss of two parameters as a surface in space, the path on it and never behind it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection

from gdanim.losses.base import Array
from gdanim.theme import blend, ramp
from gdanim.timeline import Moment
from gdanim.views.base import Scene
from gdanim.views.landscape import levels_of, sampled
from gdanim.views.marks import Dots, Label, Points
from gdanim.views.symbols import symbol
from gdanim.views.trail import Traced

GRID = 44  # points along each side
AZIMUTH, ELEVATION = -62.0, 38.0  # degrees, where the camera stands
STEEP = 6.0  # high above middle values by this factor, heights are logarithms
HEIGHT = 0.62  # of the surface, its base being 1 × 1


class Surface(Traced):
    """Seen from a fixed camera; with `orbit` it turns by so many degrees over the animation.

    An orthographic projection, the quadrilaterals drawn from the back to the front (painter's
    algorithm). Where the loss spans decades, heights are logarithms.
    """

    coloured = True

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        axes.set_axis_off()
        axes.set_aspect("equal", adjustable="box")
        self._azimuth = AZIMUTH
        self._turning = scene.spec.orbit != 0
        x, y, values = sampled(scene.loss, scene.window[0], scene.window[1], GRID)
        self._levels = levels_of(scene.loss, values)
        self._base = float(np.nanmin([np.nanmin(values), scene.floor]))
        middle, high = np.nanquantile(values, [0.5, 0.98]) - self._base
        self._log = bool(high > STEEP * middle)
        self._top = float(np.nanmax(values)) if not self._log else self._base + float(high)
        self._small = max(float(middle), 1e-6 * float(high)) / STEEP
        corners = np.stack([*np.meshgrid(x, y), values], axis=-1)
        self._space = self._unit(corners)
        self._colours = self._colour(values)
        self._faces = PolyCollection([], linewidths=0.25, antialiaseds=False, zorder=1)
        self._base_edge = LineCollection(
            [], colors=scene.theme.muted, linewidths=0.06 * scene.sizes.text, zorder=0.5
        )
        for collection in (self._base_edge, self._faces):
            collection.set_animated(self._turning)
        axes.add_collection(self._base_edge, autolim=False)
        axes.add_collection(self._faces, autolim=False)
        reach = 0.5 * np.sqrt(2) + 0.06
        lift = HEIGHT * np.cos(np.radians(ELEVATION))
        tall = reach * np.sin(np.radians(ELEVATION)) + lift / 2
        axes.set(xlim=(-reach, reach), ylim=(-tall - 0.04, tall + 0.04))
        theme = scene.theme
        self._minima = Dots(
            None,
            theme.background,
            size=0.55 * scene.sizes.text,
            marker="D",
            edge=theme.ink,
            width=1.76 / 9 * scene.sizes.text,
        )
        self._turn(AZIMUTH)

    @property
    def margin(self) -> float:
        return 0.0

    def still(self) -> Iterable[Artist]:
        box, size = self.axes.bbox, self.scene.sizes.text
        label = r"$\log L$" if self._log else "$L$"
        yield Label(self.scene.glyphs, self.scene.theme.ink).to(label, (box.x0 + size, box.y1 - size))
        if not self._turning:
            yield from self._landmarks()

    def settle(self, k: int) -> Iterable[Artist]:
        return () if self._turning else super().settle(k)

    def update(self, moment: Moment) -> Iterable[Artist]:
        if self._turning:
            share = (moment.k + moment.fraction) / max(1, self.scene.iterations)
            self._turn(AZIMUTH + self.scene.spec.orbit * share)
            yield from (self._base_edge, self._faces)
            yield from self._landmarks()
            for trail in self.trails:
                trail.forget()
                yield from trail.whole(moment)
        yield from super().update(moment)

    def _landmarks(self) -> Iterable[Artist]:
        """Minima, and the parameters' names beside the edges that face the camera."""
        scene = self.scene
        inside = [
            (*m.theta, m.value)
            for m in scene.loss.minima
            if all(a <= t <= b for t, (a, b) in zip(m.theta, scene.window, strict=True))
        ]
        if inside:
            yield self._minima.to(self._place(np.array(inside)))
        for axis, name in enumerate(scene.loss.parameters):
            edge = np.zeros((1, 3))
            edge[0, 1 - axis] = 0.57 * self._near_side(1 - axis)
            x, y = self.to_pixels(*self._flat(edge)[0])[0]
            label = Label(scene.glyphs, scene.theme.ink, anchor="centre")
            yield label.to(f"${symbol(name)}$", (x, y - 0.9 * scene.sizes.text))

    def spot(self, theta: Array, loss: Array) -> Points:
        return self._place(np.column_stack([theta, loss]))

    def _place(self, points: Array) -> Points:
        """(m, 3) parameters and loss → (m, 2) pixels."""
        flat = self._flat(self._unit(points))
        return self.to_pixels(flat[:, 0], flat[:, 1])

    def _unit(self, points: Array) -> Array:
        """Parameters and loss → a box of base 1 × 1 around 0 and the surface's height."""
        result = np.empty_like(points)
        for axis, (low, high) in enumerate(self.scene.window):
            result[..., axis] = (points[..., axis] - low) / (high - low) - 0.5
        above, span = np.maximum(points[..., 2] - self._base, 0.0), max(self._top - self._base, 1e-300)
        if self._log:
            above, span = np.log1p(above / self._small), float(np.log1p(span / self._small))
        result[..., 2] = HEIGHT * np.minimum(above / span, 1.0)
        return result

    def _flat(self, points: Array) -> Array:
        """Orthographic projection of (..., 3) → (..., 2)."""
        turn, tilt = np.radians(self._azimuth), np.radians(ELEVATION)
        across = -points[..., 0] * np.sin(turn) + points[..., 1] * np.cos(turn)
        away = -points[..., 0] * np.cos(turn) - points[..., 1] * np.sin(turn)
        up = (points[..., 2] - HEIGHT / 2) * np.cos(tilt) + away * np.sin(tilt)
        return np.stack([across, up], axis=-1)

    def _near_side(self, axis: int) -> float:
        """The sign of the side of the base that faces the camera."""
        turn = np.radians(self._azimuth)
        return float(np.sign((np.cos(turn), np.sin(turn))[axis]) or 1.0)

    def _colour(self, values: Array) -> Array:
        """A face's colour: its level, the ramp being the contours' own."""
        corners = np.stack([values[:-1, :-1], values[1:, :-1], values[1:, 1:], values[:-1, 1:]])
        level = np.searchsorted(self._levels, np.nan_to_num(corners.mean(axis=0), nan=self._top))
        return np.asarray(level)

    def _turn(self, azimuth: float) -> None:
        """Project the faces and put them in the order from back to front."""
        self._azimuth = azimuth
        theme = self.scene.theme
        flat = self._flat(self._space)
        faces = np.stack([flat[:-1, :-1], flat[1:, :-1], flat[1:, 1:], flat[:-1, 1:]], axis=2)
        turn = np.radians(azimuth)
        middle = (self._space[:-1, :-1] + self._space[1:, 1:]) / 2
        nearness = middle[..., 0] * np.cos(turn) + middle[..., 1] * np.sin(turn)
        known = np.isfinite(faces).all(axis=(2, 3)).ravel()
        order = np.argsort(nearness.ravel(), kind="stable")
        order = order[known[order]]
        colours = np.array(ramp(theme, len(self._levels) + 1))[self._colours.ravel()[order]]
        edges = {colour: blend(colour, theme.ink, 0.08) for colour in set(colours.tolist())}
        self._faces.set_verts(list(faces.reshape(-1, 4, 2)[order]))
        self._faces.set_facecolor(colours.tolist())
        self._faces.set_edgecolor([edges[colour] for colour in colours.tolist()])
        base = np.array([(-0.5, -0.5, 0), (0.5, -0.5, 0), (0.5, 0.5, 0), (-0.5, 0.5, 0), (-0.5, -0.5, 0)])
        self._base_edge.set_segments([self._flat(base)])
