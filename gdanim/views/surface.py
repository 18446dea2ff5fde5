"""A loss of two parameters as a surface in space: what is behind it is hidden, and heights have numbers."""

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
from gdanim.views.flight import Flight
from gdanim.views.landscape import levels_of, sampled
from gdanim.views.marks import Dots, Label, Points
from gdanim.views.space import AZIMUTH, ELEVATION, FLOOR, HEIGHT, Camera, Flags, Heights, in_box
from gdanim.views.symbols import symbol
from gdanim.views.trail import Traced
from gdanim.views.window import near

GRID = 45  # points along each side; odd, so that there is one in the middle
PAD = 0.03  # of the base, around the box
SIDES = 25  # from which a turning box is looked at, to see how much room it needs
TURNS = (0, 34, -90, 90, -56, 124, 180, -146)  # of the camera, the usual side first; along no side of the box
LOOKED = 60  # iterates of a run that are looked for from each side
LAST = 0.5  # what a hidden last iterate counts beside all others together
BOTTOM = np.array([(-0.5, -0.5, FLOOR), (0.5, -0.5, FLOOR), (0.5, 0.5, FLOOR), (-0.5, 0.5, FLOOR)])
TICK = 0.02  # of the base


class Surface(Traced):
    """Seen from a fixed camera; with `orbit` it turns by so many degrees over the animation.

    The camera stands where it usually does, or, where hills hide a part of the paths from there, on the side
    from which they hide least.

    Attributes:
        azimuth: degrees, where the camera stands at first.

    An orthographic projection, the quadrilaterals drawn from the back to the front (painter's
    algorithm). Where the loss spans decades, heights are logarithms; the numbers are those of L.
    """

    coloured = True

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        self.trails = [Flight(self, run) for run in range(len(scene.runs))]
        axes.set_axis_off()
        self._turning = scene.spec.orbit != 0
        x, y, values = sampled(scene.ground, scene.window[0], scene.window[1], GRID)
        box, asked = np.array(scene.window), scene.spec.zlim
        self._levels = levels_of(scene.ground, values if asked is None else values.clip(*asked)).values
        shown = [run.loss[near(run.theta, box[:, 0], box[:, 1])] for run in scene.runs]
        self.heights = Heights(values, scene.floor, np.concatenate(shown), asked)
        values[(values > self.heights.top) | (values < self.heights.base)] = np.nan
        self._space = self.unit(np.stack([*np.meshgrid(x, y), values], axis=-1))
        self.azimuth = AZIMUTH if self._turning else self._side()
        self._colours = self._colour(values)
        self._faces = PolyCollection([], linewidths=0.25, antialiaseds=False, zorder=1)
        width = 0.06 * scene.sizes.text
        self._edges = LineCollection([], colors=scene.theme.muted, linewidths=width, zorder=0.5)
        for collection in (self._edges, self._faces):
            collection.set_animated(self._turning)
            axes.add_collection(collection, autolim=False)
        self._frame()
        theme, size = scene.theme, scene.sizes.text
        look = {"size": 0.55 * size, "marker": "D", "width": 1.76 / 9 * size}
        self._minima = Dots(None, theme.background, edge=theme.ink, **look)  # type: ignore[arg-type]
        dim = blend(theme.muted, theme.background, 0.3)
        self._behind = Dots(None, theme.background + "00", edge=dim, **{**look, "width": 0.1 * size})  # type: ignore[arg-type]
        self._turn(self.azimuth)

    def _side(self) -> float:
        """The azimuth from which least of the paths is hidden, the usual one if that is no worse."""
        hidden = list[float]()
        places = []
        for run in self.scene.runs:
            space = self.unit(np.column_stack([run.theta, run.loss]))
            space = space[in_box(space)]
            places.append(space[:: -max(1, len(space) // LOOKED)])  # the last one first
        for turn in TURNS:
            camera = Camera(AZIMUTH + turn)
            unseen = [camera.hidden(points, self._space[..., 2]) for points in places if len(points)]
            hidden.append(sum(float(one.mean()) + LAST * bool(one[0]) for one in unseen))
            if not hidden[-1]:
                break
        return AZIMUTH + TURNS[int(np.argmin(np.round(hidden, 2)))]

    def _frame(self) -> None:
        """Limits under which the box fills the panel from every side, with room for the numbers."""
        axes, panel, size = self.axes, self.axes.get_window_extent(), self.scene.sizes.text
        turned = np.linspace(0.0, self.scene.spec.orbit, SIDES if self._turning else 1)
        solid = np.vstack([self._space.reshape(-1, 3), BOTTOM, [(0.0, 0.0, HEIGHT)]])
        solid = solid[np.isfinite(solid).all(axis=1)]
        seen = np.vstack([Camera(self.azimuth + angle).flat(solid) for angle in turned])
        (left, low), (right, high) = seen.min(axis=0) - PAD, seen.max(axis=0) + PAD
        below = 1.4 * size  # for the names
        height = max(panel.height - below, 1.0)
        gap = 1.7 * size / (height / (high - low) * np.cos(np.radians(ELEVATION)))
        self.tick_values = ([], self.heights.ticks(gap))
        room = min(super().margin + 0.5 * size, 0.4 * panel.width)
        scale = min((panel.width - room) / (right - left), height / (high - low))
        # What is too much stands at either side.
        wide, tall = (panel.width - room) / scale - (right - left), height / scale - (high - low)
        axes.set(
            xlim=(left - wide / 2 - room / scale, right + wide / 2),
            ylim=(low - tall / 2 - below / scale, high + tall / 2),
        )

    @property
    def margin(self) -> float:
        return 0.0

    def still(self) -> Iterable[Artist]:
        if not self._turning:
            yield from self._landmarks()

    def settle(self, k: int) -> Iterable[Artist]:
        return () if self._turning else super().settle(k)

    def update(self, moment: Moment) -> Iterable[Artist]:
        if self._turning:
            share = (moment.k + moment.fraction) / max(1, self.scene.iterations)
            self._turn(self.azimuth + self.scene.spec.orbit * share)
            yield from (self._edges, self._faces)
            yield from self._landmarks()
            for trail in self.trails:
                trail.forget()
                yield from trail.whole(moment)
        yield from super().update(moment)

    def _landmarks(self) -> Iterable[Artist]:
        """Minima, the numbers of L, and the parameters' names beside the edges that face the camera."""
        scene, size = self.scene, self.scene.sizes.text
        minima = self.unit(np.array([(*m.theta, m.value) for m in scene.loss.minima]).reshape(-1, 3))
        minima = minima[in_box(minima)]
        behind = self.hidden(minima)
        yield self._behind.to(self.pixels(minima[behind]))
        yield self._minima.to(self.pixels(minima[~behind]))
        for axis, name in enumerate(scene.loss.parameters):
            edge = np.array([[0.0, 0.0, FLOOR]])
            edge[0, 1 - axis] = 0.57 * float(np.sign(self._camera.towards[1 - axis]) or 1.0)
            x, y = self.pixels(edge)[0]
            label = Label(scene.glyphs, scene.theme.ink, anchor="centre")
            yield label.to(f"${symbol(name)}$", (x, y - 0.9 * size))
        corner = self._corner()
        for value, words in zip(self.tick_values[1], scene.text.apart(self.tick_values[1]), strict=True):
            x, y = self.pixels(np.array([[*corner, float(self.heights.of(value))]]))[0]
            number = Label(scene.small, scene.theme.muted, anchor="right")
            yield number.to(words, (x - 0.9 * size, y - 0.33 * size))
        x, y = self.pixels(np.array([[*corner, HEIGHT]]))[0]
        name = r"$L$ (log)" if self.heights.log else "$L$"
        left = max(x - 0.5 * scene.glyphs.width(name), self.axes.bbox.x0)
        above, top = y + 0.9 * size, self.axes.bbox.y1
        if above + 0.9 * size > top:  # not across the panel's edge
            above = max(above, top + 0.3 * size)
        yield Label(scene.glyphs, scene.theme.ink).to(name, (left, above))

    def spot(self, theta: Array, loss: Array) -> Points:
        return self.pixels(self.unit(np.column_stack([theta, loss])))

    def pixels(self, points: Array) -> Points:
        """(m, 3) of the box → (m, 2) pixels."""
        flat = self._camera.flat(points)
        return self.to_pixels(flat[:, 0], flat[:, 1])

    def hidden(self, points: Array) -> Flags:
        """Which points (m, 3) of the box are behind the surface."""
        return self._camera.hidden(points, self._space[..., 2])

    def unit(self, points: Array) -> Array:
        """Parameters and loss (..., 3) → the box of base 1 × 1 around 0, and beyond it."""
        result = np.empty_like(points)
        for axis, (low, high) in enumerate(self.scene.window):
            result[..., axis] = (points[..., axis] - low) / (high - low) - 0.5
        result[..., 2] = self.heights.of(points[..., 2])
        return result

    def _corner(self) -> Array:
        """The corner of the base (2,) that stands farthest left, beside which nothing is."""
        corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
        return np.asarray(corners[np.argmin(np.round(corners @ self._camera.across[:2], 9))])

    def _colour(self, values: Array) -> Array:
        """A face's colour: its level, the ramp being the contours' own."""
        corners = np.stack([values[:-1, :-1], values[1:, :-1], values[1:, 1:], values[:-1, 1:]])
        mean = np.nan_to_num(corners.mean(axis=0), nan=self.heights.top)
        return np.asarray(np.searchsorted(self._levels, mean))

    def _turn(self, azimuth: float) -> None:
        """Project the faces and put them in the order from back to front."""
        self._camera = camera = Camera(azimuth)
        theme = self.scene.theme
        flat = camera.flat(self._space)
        faces = np.stack([flat[:-1, :-1], flat[1:, :-1], flat[1:, 1:], flat[:-1, 1:]], axis=2)
        middle = (self._space[:-1, :-1] + self._space[1:, 1:]) / 2
        nearness = middle[..., :2] @ camera.towards[:2]
        known = np.isfinite(faces).all(axis=(2, 3)).ravel()
        order = np.argsort(nearness.ravel(), kind="stable")
        order = order[known[order]]
        colours = np.array(ramp(theme, len(self._levels) + 1))[self._colours.ravel()[order]]
        edges = {colour: blend(colour, theme.ink, 0.08) for colour in set(colours.tolist())}
        self._faces.set_verts(list(faces.reshape(-1, 4, 2)[order]))
        self._faces.set_facecolor(colours.tolist())
        self._faces.set_edgecolor([edges[colour] for colour in colours.tolist()])
        self._edges.set_segments(self._axes_lines())

    def _axes_lines(self) -> list[Array]:
        """The outline of the floor, and the axis of L with its ticks, flat."""
        flat, corner = self._camera.flat, self._corner()
        axis = flat(np.array([(*corner, FLOOR), (*corner, HEIGHT)]))
        ticks = [flat(np.array([*corner, float(self.heights.of(value))])) for value in self.tick_values[1]]
        return [
            flat(np.vstack([BOTTOM, BOTTOM[:1]])),
            axis,
            *(np.array([tick, tick - np.array([TICK, 0.0])]) for tick in ticks),
        ]
