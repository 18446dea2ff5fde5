"""Contours of a loss of two parameters: the path, the gradient and its two components."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.losses.base import Array
from gdanim.theme import blend, ramp
from gdanim.timeline import Moment
from gdanim.views.base import Scene, at
from gdanim.views.landscape import levels_of, sampled
from gdanim.views.marks import Arrow, Label, Points, Stroke
from gdanim.views.plane import Plane
from gdanim.views.symbols import used

GRID = 160  # points along each side
FIELD = 14  # arrows along the longer side


class Contour(Plane):
    """Filled levels; at the ball −∇L and its components; with `field` the gradient field.

    Arrows have the true direction. Their length grows with the gradient's, but slowly, since
    gradients span decades.
    """

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        theme, sizes = scene.theme, scene.sizes
        x, y, values = sampled(scene.loss, axes.get_xlim(), axes.get_ylim(), GRID)
        levels = levels_of(scene.loss, values)
        colours = ramp(theme, len(levels) + 1)
        axes.contourf(x, y, values, levels=levels, colors=colours, extend="both", zorder=0.2)
        edges = [blend(colour, theme.ink, 0.1) for colour in colours[:-1]]
        axes.contour(x, y, values, levels=levels, colors=edges, linewidths=0.05 * sizes.text, zorder=0.3)
        if scene.spec.field:
            self._draw_field()
        width = 1.2 * sizes.line
        self._arrow = Arrow(axes, theme.now, width=width, head=sizes.head, halo=theme.background)
        self._parts = [Arrow(axes, theme.ink, width=0.8 * width, head=0.8 * sizes.head) for _ in range(2)]
        self._labels = [Label(scene.small, theme.ink, anchor="centre", clip=axes, places=9) for _ in range(2)]
        self._nabla = Label(
            scene.small, theme.now, anchor="centre", clip=axes, halo=theme.background, places=9
        )
        noise = scene.runs[0].noise
        self._words = [f"$-{used(name, 2, noise)}$" for name in scene.loss.parameters]
        self._whole = "$-g$" if noise else r"$-\nabla L$"
        with np.errstate(over="ignore"):
            self._steepest = max(float(np.linalg.norm(run.gradient, axis=1).max()) for run in scene.runs)
        self._cut = [
            Stroke(axes, theme.ink, width=0.4 * sizes.line, dashes=(64 / 9, 64 / 9), guide=True)
            for _ in range(2)
        ]

    def explain(self, moment: Moment) -> Iterable[Artist]:
        scene, box = self.scene, self.axes.bbox
        ball = at(self.trails[0].path(), moment)
        if not (box.x0 <= ball[0] <= box.x1 and box.y0 <= ball[1] <= box.y1):
            return  # the path has left, and an arrow says where
        if any(kind.cuts for kind in scene.kinds):
            yield self._cut[0].to(np.array([(box.x0, ball[1]), (box.x1, ball[1])]))
            yield self._cut[1].to(np.array([(ball[0], box.y0), (ball[0], box.y1)]))
        run = scene.runs[0]
        if run.noise:  # the gradient that the step uses is that of the iterate
            gradient = run.gradient[min(moment.k, run.iterations)]
        else:
            gradient = scene.loss.gradient(at(run.theta, moment))
        vector = self.vector(-gradient)
        size = scene.sizes.text
        for axis, (arrow, label) in enumerate(zip(self._parts, self._labels, strict=True)):
            part = np.zeros(2)
            part[axis] = vector[axis]
            yield arrow.to(ball, ball + part)
            if abs(vector[axis]) > 1.2 * size:
                yield self._inside(label, self._words[axis], ball + part + self._aside(axis, vector))
        yield self._arrow.to(ball, ball + vector)
        length = np.hypot(*vector)
        if length > 2.0 * size:
            half = self.scene.small.width(self._whole) / 2 + 0.4 * size
            along = np.abs(vector) / length
            beyond = vector / length * (along[0] * half + along[1] * 1.1 * size)
            place = ball + vector + beyond - np.array([0.0, 0.35 * size])
            yield self._inside(self._nabla, self._whole, place)

    def _aside(self, axis: int, vector: Points) -> Points:
        """Where a component's name stands from its arrow's head: on the side away from the sum."""
        size = self.scene.sizes.text
        if axis == 0:
            return np.array([-np.sign(vector[0]) * 0.8 * size, (0.55 if vector[1] <= 0 else -1.25) * size])
        half = self.scene.small.width(self._words[1]) / 2 + 0.6 * size
        return np.array([half if vector[0] <= 0 else -half, -0.35 * size - np.sign(vector[1]) * 0.4 * size])

    def _inside(self, label: Label, words: str, place: Points) -> Artist:
        """A label kept inside the panel."""
        box, half = self.axes.bbox, self.scene.small.width(words) / 2
        x = min(max(place[0], box.x0 + half + 2), box.x1 - half - 2)
        return label.to(words, (x, min(max(place[1], box.y0 + 4), box.y1 - self.scene.sizes.text)))

    def vector(self, downhill: Array) -> Points:
        """The direction on the picture, its length in pixels a slowly growing one."""
        largest = float(np.abs(downhill).max())
        if largest == 0.0 or self._steepest == 0.0:
            return np.zeros(2)
        downhill = downhill / largest  # whose square does not overflow
        length = float(np.linalg.norm(downhill))
        drawn = downhill / length * self.units()
        share = min(1.0, largest / self._steepest * length)
        reach = 6.0 * self.scene.sizes.text * share**0.3
        return np.asarray(drawn / np.hypot(*drawn) * reach)

    def _draw_field(self) -> None:
        """Arrows of equal length along −∇L."""
        scene, box = self.scene, self.axes.get_window_extent()
        step = max(box.width, box.height) / FIELD
        counts = [max(2, int(extent / step)) for extent in (box.width, box.height)]
        limits = (self.axes.get_xlim(), self.axes.get_ylim())
        x, y = (
            low + (np.arange(count) + 0.5) / count * (high - low)
            for (low, high), count in zip(limits, counts, strict=True)
        )
        grid = np.stack(np.meshgrid(x, y), axis=-1)
        with np.errstate(all="ignore"):
            field = -scene.loss.gradient(grid)
            scale = [box.width / (limits[0][1] - limits[0][0]), box.height / (limits[1][1] - limits[1][0])]
            field = field * scale
            field = np.nan_to_num(field / np.linalg.norm(field, axis=-1, keepdims=True))
        self.axes.quiver(
            grid[..., 0],
            grid[..., 1],
            field[..., 0],
            field[..., 1],
            color=scene.theme.field,
            angles="uv",
            pivot="mid",
            units="dots",
            scale_units="dots",
            scale=1 / (0.6 * step),
            width=0.09 * scene.sizes.text,
            zorder=0.4,
        )
