"""A loss of two parameters as a surface in space: what is behind it is hidden, and heights have numbers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection

from gdanim.losses.base import Array
from gdanim.theme import blend, ramp
from gdanim.timeline import Moment, spread
from gdanim.views.base import Scene
from gdanim.views.edges import BOTTOM, Edges, Words, fitted
from gdanim.views.flight import Flight
from gdanim.views.landscape import levels_of, sampled
from gdanim.views.marks import Dots, Label, Points
from gdanim.views.space import AZIMUTH, ELEVATION, HEIGHT, STEEPER, Camera, Flags, Heights, heights_at, in_box
from gdanim.views.trail import Traced
from gdanim.views.window import near

GRIDS = (45, 89, 133)  # points along each side; odd, so that there is one in the middle
FLAT = 0.02  # of the height: so far the middle of a face may be from the surface, in all but a few
FEW = 0.02
PAD = 0.03  # of the base, around the box
# From where a path may be seen, the usual first.
FROM = tuple(
    (AZIMUTH + turn, high) for high in (ELEVATION, STEEPER) for turn in (0.0, 34.0, 90.0, 124.0, 180.0, -90.0)
)
LOOKED_AT = 120  # places of the paths
ENOUGH = 0.9  # of what is to be seen: with so much a picture is not turned
SIDES = 25  # from which a turning box is looked at, to see how much room it needs


class Surface(Traced):
    """Seen from a fixed camera; with `orbit` it turns by so many degrees over the animation.

    An orthographic projection, the quadrilaterals drawn from the back to the front (painter's
    algorithm). Where the loss spans decades, heights are logarithms; the numbers are those of L.
    """

    coloured = True

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        self.trails = [Flight(self, run) for run in range(len(scene.runs))]
        axes.set_axis_off()
        self._turning = scene.spec.orbit != 0
        box, asked = np.array(scene.window), scene.spec.zlim
        shown = [run.loss[near(run.theta, box[:, 0], box[:, 1])] for run in scene.runs]
        for grid in GRIDS[: 2 if self._turning else None]:
            x, y, values = sampled(scene.ground, scene.window[0], scene.window[1], grid)
            self.heights = Heights(values, scene.floor, np.concatenate(shown), asked)
            if self._smooth(x, y):
                break
        self._levels = levels_of(scene.ground, values if asked is None else values.clip(*asked)).values
        values[(values > self.heights.top) | (values < self.heights.base)] = np.nan
        self.faces = self.unit(np.stack([*np.meshgrid(x, y), values], axis=-1))
        self._colours = self._colour(values)
        self._faces = PolyCollection([], linewidths=0.25, antialiaseds=False, zorder=1)
        width = 0.06 * scene.sizes.text
        self._edges = LineCollection([], colors=scene.theme.muted, linewidths=width, zorder=0.5)
        for collection in (self._edges, self._faces):
            collection.set_animated(self._turning)
            axes.add_collection(collection, autolim=False)
        self.azimuth, self.elevation = FROM[0] if self._turning else self._best_side()
        self._frame()
        theme, size = scene.theme, scene.sizes.text
        look = {"size": 0.55 * size, "marker": "D", "width": 1.76 / 9 * size}
        self._minima = Dots(None, theme.background, edge=theme.ink, **look)  # type: ignore[arg-type]
        dim = blend(theme.muted, theme.background, 0.3)
        self._behind = Dots(None, theme.background + "00", edge=dim, **{**look, "width": 0.1 * size})  # type: ignore[arg-type]
        self._turn(self.azimuth)

    def _smooth(self, x: Array, y: Array) -> bool:
        """Whether faces between these places follow the loss, or it is finer than they are."""
        with np.errstate(all="ignore"):
            corners = np.stack(np.meshgrid(x, y), axis=-1)
            middles = (corners[:-1, :-1] + corners[1:, 1:]) / 2
            heights, there = (
                self.heights.of(np.asarray(self.scene.ground.value(places))) for places in (corners, middles)
            )
            faces = (heights[:-1, :-1] + heights[1:, :-1] + heights[1:, 1:] + heights[:-1, 1:]) / 4
            wrong = np.abs(there - faces) > FLAT * HEIGHT
        return float(np.mean(wrong & np.isfinite(there - faces))) <= FEW

    def _best_side(self) -> tuple[float, float]:
        """The side from which most of the paths is seen, and their ends; the usual one if it will do."""
        points, weights = [], []
        for run in self.scene.runs:
            path = self.unit(np.column_stack([run.theta, run.loss]))
            path = path[in_box(path)]
            if len(path):
                chosen = path[spread(len(path), LOOKED_AT // len(self.scene.runs))]
                points += [chosen, path[:1], path[-1:]]
                weights += [np.full(len(chosen), 1 / len(chosen)), np.ones(2)]
        if not points:
            return FROM[0]
        places, weight = self.lifted(np.vstack(points)), np.concatenate(weights)
        best, most = FROM[0], 0.0
        for side in FROM:
            hidden = Camera(*side).hidden(places, self.faces[..., 2])
            share = float(weight[~hidden].sum() / weight.sum())
            if share > most + 0.02:
                best, most = side, share
            if most > ENOUGH:
                break
        return best

    def _frame(self) -> None:
        """Limits under which the box fills the panel from every side, with room for numbers and names."""
        axes, panel, size = self.axes, self.axes.get_window_extent(), self.scene.sizes.text
        room = (max(panel.width, 1.0), max(panel.height, 1.0))
        turned = np.linspace(0.0, self.scene.spec.orbit, SIDES if self._turning else 1)
        cameras = [Camera(self.azimuth + angle, self.elevation) for angle in turned]
        solid = np.vstack([self.faces.reshape(-1, 3), BOTTOM, [(0.0, 0.0, HEIGHT)]])
        solid = solid[np.isfinite(solid).all(axis=1)]
        seen = np.vstack([camera.flat(solid) for camera in cameras])
        places = [seen.min(axis=0) - PAD, seen.max(axis=0) + PAD]
        boxes = [np.zeros(4), np.zeros(4)]
        scale = fitted(np.array(places), np.array(boxes), (room[0] - 4 * size, room[1] - 3 * size))[0]
        self.edges = Edges(self.scene, self.heights, scale, cameras[0])
        self.tick_values = ([], self.edges.losses)
        for camera in cameras:
            for words in self.edges.words(camera):
                x, y = words.aside
                places.append(camera.flat(words.place))
                boxes.append(np.array([x - words.half, y - 0.3 * size, x + words.half, y + 0.9 * size]))
        _, x, y = fitted(np.array(places), np.array(boxes), room)
        axes.set(xlim=x, ylim=y)

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
        """Minima, and the numbers and names along the edges of the box."""
        scene = self.scene
        minima = self.lifted(
            self.unit(np.array([(*m.theta, m.value) for m in scene.loss.minima]).reshape(-1, 3))
        )
        minima = minima[in_box(minima)]
        behind = self.hidden(minima)
        yield self._behind.to(self.pixels(minima[behind]))
        yield self._minima.to(self.pixels(minima[~behind]))
        for words in self.edges.words(self.camera):
            yield self._written(words)

    def _written(self, words: Words) -> Label:
        """A number or a name, where it belongs from this side."""
        scene, size = self.scene, self.scene.sizes.text
        x, y = self.pixels(words.place[None])[0] + words.aside
        if words.name:
            # not across the panel's edge
            x = max(x, self.axes.bbox.x0 + words.half)
            y = min(y, max(y, self.axes.bbox.y1 + 0.3 * size))
            return Label(scene.glyphs, scene.theme.ink, anchor="centre").to(words.words, (x, y))
        return Label(scene.small, scene.theme.muted, anchor="centre").to(words.words, (x, y))

    def spot(self, theta: Array, loss: Array) -> Points:
        return self.pixels(self.unit(np.column_stack([theta, loss])))

    def pixels(self, points: Array) -> Points:
        """(m, 3) of the box → (m, 2) pixels."""
        flat = self.camera.flat(points)
        return self.to_pixels(flat[:, 0], flat[:, 1])

    def hidden(self, points: Array) -> Flags:
        """Which points (m, 3) of the box are behind the surface."""
        return self.camera.hidden(points, self.faces[..., 2])

    def lifted(self, points: Array) -> Array:
        """Points (..., 3) of the box; those under the surface as it is drawn are set onto it.

        A step jumps over a ridge that lies between two iterates, and does not bore through it; and in a
        narrow valley the surface, being flat between its places, stands a little over the loss.
        """
        over, heights = points.copy(), heights_at(self.faces[..., 2], points[..., 0], points[..., 1])
        with np.errstate(invalid="ignore"):
            over[..., 2] = np.where(points[..., 2] < heights, heights, points[..., 2])
        return over

    def unit(self, points: Array) -> Array:
        """Parameters and loss (..., 3) → the box of base 1 × 1 around 0, and beyond it."""
        result = np.empty_like(points)
        for axis, (low, high) in enumerate(self.scene.window):
            result[..., axis] = (points[..., axis] - low) / (high - low) - 0.5
        result[..., 2] = self.heights.of(points[..., 2])
        return result

    def _colour(self, values: Array) -> Array:
        """A face's colour: its level, the ramp being the contours' own."""
        corners = np.stack([values[:-1, :-1], values[1:, :-1], values[1:, 1:], values[:-1, 1:]])
        mean = np.nan_to_num(corners.mean(axis=0), nan=self.heights.top)
        return np.asarray(np.searchsorted(self._levels, mean))

    def _turn(self, azimuth: float) -> None:
        """Project the faces and put them in the order from back to front."""
        self.camera = camera = Camera(azimuth, self.elevation)
        theme = self.scene.theme
        flat = camera.flat(self.faces)
        faces = np.stack([flat[:-1, :-1], flat[1:, :-1], flat[1:, 1:], flat[:-1, 1:]], axis=2)
        middle = (self.faces[:-1, :-1] + self.faces[1:, 1:]) / 2
        nearness = middle[..., :2] @ camera.towards[:2]
        known = np.isfinite(faces).all(axis=(2, 3)).ravel()
        order = np.argsort(nearness.ravel(), kind="stable")
        order = order[known[order]]
        colours = np.array(ramp(theme, len(self._levels) + 1))[self._colours.ravel()[order]]
        edges = {colour: blend(colour, theme.ink, 0.08) for colour in set(colours.tolist())}
        self._faces.set_verts(list(faces.reshape(-1, 4, 2)[order]))
        self._faces.set_facecolor(colours.tolist())
        self._faces.set_edgecolor([edges[colour] for colour in colours.tolist()])
        self._edges.set_segments(self.edges.lines(camera))
