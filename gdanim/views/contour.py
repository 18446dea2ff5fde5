"""Contours of a loss of two parameters: the path, the gradient and its two components."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.losses.base import Array
from gdanim.theme import blend, ramp
from gdanim.timeline import Moment, grown
from gdanim.views.base import Scene, at
from gdanim.views.clearance import AROUND, NEAR
from gdanim.views.field import Field, field_of
from gdanim.views.landscape import levels_of, sampled, with_wells
from gdanim.views.levels import Number, numbered
from gdanim.views.marks import Arrow, Dots, Label, Points, Stroke
from gdanim.views.plane import Plane
from gdanim.views.space import Flags
from gdanim.views.steady import lasting
from gdanim.views.symbols import used

GRID = 160  # points along each side
PARTED = 0.8  # sizes of text: a component that is shorter is not seen beside its vector
NAMED, STEPPED = 2.0, 2.5  # sizes of text: a gradient's arrow, or a step, that is shorter has no name
EDGE = 4.0  # pixels between an arrow's head and the panel's edge
FOLLOWED = 120  # iterates whose arrows numbers keep clear of
NABLA = r"$-\nabla L$"


class Contour(Plane):
    """Filled levels; at the ball −∇L and its components; with `field` the gradient field.

    Arrows of the gradient have the true direction; their length grows with the gradient's, but slowly,
    since gradients span decades. Dashed, to scale, stands the step that is made. With noise the arrow is
    −g, by which the step is made, and a thinner one beside it is −∇L without the noise.
    """

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        theme, sizes = scene.theme, scene.sizes
        x, y, values = sampled(scene.ground, axes.get_xlim(), axes.get_ylim(), GRID)
        self.levels = with_wells(
            levels_of(scene.ground, values), scene.ground, axes.get_xlim(), axes.get_ylim()
        )
        levels = self.levels.values
        self._colours = colours = ramp(theme, len(levels) + 1)
        axes.contourf(x, y, values, levels=levels, colors=colours, extend="both", zorder=0.2)
        edges = [blend(colour, theme.ink, 0.1) for colour in colours[:-1]]
        self._lines = axes.contour(
            x, y, values, levels=levels, colors=edges, linewidths=0.05 * sizes.text, zorder=0.3
        )
        self._field = self._draw_field() if scene.spec.field else None
        width = 1.2 * sizes.line
        self._arrow = Arrow(axes, theme.now, width=width, head=sizes.head, halo=theme.background)
        self._parts = [Arrow(axes, theme.ink, width=0.8 * width, head=0.8 * sizes.head) for _ in range(2)]
        self._labels = [
            Label(scene.small, theme.ink, anchor="centre", clip=axes, places=NEAR) for _ in range(2)
        ]
        self._nabla = Label(
            scene.small, theme.now, anchor="centre", clip=axes, halo=theme.background, places=AROUND
        )
        noise = scene.runs[0].noisy
        self._exact = Arrow(
            axes, theme.muted, width=0.7 * width, head=0.9 * sizes.head, halo=theme.background
        )
        self._exact_name = Label(
            scene.small, theme.muted, anchor="centre", clip=axes, halo=theme.background, places=NEAR
        )
        self._delta_words = r"$\Delta w$"
        self._words = [f"$-{used(name, 2, noise)}$" for name in scene.loss.parameters]
        self._whole = "$-g$" if noise else NABLA
        self._slopes = scene.exact_gradient if scene.alone and noise else None
        gradients = [run.gradient for run in scene.runs] + ([] if self._slopes is None else [self._slopes])
        with np.errstate(over="ignore"):
            self._steepest = max(float(np.linalg.norm(one, axis=1).max()) for one in gradients)
        self._ghost = Stroke(
            axes, theme.ink, width=0.5 * sizes.line, dashes=(0.35 * sizes.text, 0.25 * sizes.text)
        )
        ring = 0.5 * sizes.ball
        self._next = Dots(axes, theme.background + "00", size=ring, edge=theme.ink, width=0.4 * sizes.line)
        self._delta = Label(scene.small, theme.ink, anchor="centre", clip=axes, places=AROUND)
        self._cut = [
            Stroke(axes, theme.ink, width=0.4 * sizes.line, dashes=(64 / 9, 64 / 9), guide=True)
            for _ in range(2)
        ]

    def still(self) -> Iterable[Artist]:
        scene = self.scene
        yield from super().still()
        for number in self.numbers():
            ground = blend(self._colours[number.level], self._colours[number.level + 1], 0.5)
            label = Label(scene.small, scene.theme.ink, anchor="centre", clip=self.axes, halo=ground)
            yield label.to(number.words, number.place)
        yield from self.notes([(words, "") for words in self.said])

    @property
    def said(self) -> list[list[str]]:
        """What must be known to read the panel aright, in full and in short."""
        text, notes = self.scene.text, list[list[str]]()
        if self.scene.alone and self._steepest:
            arrows = self._whole if self._slopes is None else f"{self._whole}, {NABLA}"
            notes.append([text("contour.length", arrow=arrows)])
        if self.levels.log:
            notes.append([text("contour.log"), text("contour.log.short")])
        if self._field is not None and not self._field.whole:
            notes.append([text("contour.field"), text("contour.field.short")])
        return notes

    def numbers(self) -> list[Number]:
        """The numbers on some level lines, clear of paths, arrows and minima."""
        scene, box, size = self.scene, self.axes.bbox, self.scene.sizes.text
        lines = [
            np.vstack([self.to_pixels(*part.T) for part in parts if len(part)] or [np.zeros((0, 2))])
            for parts in self._lines.allsegs
        ]
        minima = np.array([m.theta for m in scene.loss.minima]).reshape(-1, 2)
        taken = [self.to_pixels(*minima.T)] if len(minima) else []
        for trail in self.trails:
            path = trail.path()[:FOLLOWED]
            taken.append(np.linspace(path[:-1], path[1:], 9).reshape(-1, 2) if len(path) > 1 else path)
        if scene.alone:
            taken.append(self._swept())
        around = np.vstack(taken) if taken else np.zeros((0, 2))
        margin = 4 * size
        near = (around > (box.x0 - margin, box.y0 - margin)) & (around < (box.x1 + margin, box.y1 + margin))
        words = scene.text.apart(self.levels.values.tolist())
        panel = (box.x0, box.y0, box.x1, box.y1)
        return numbered(lines, words, around[near.all(axis=1)], panel, scene.small)

    def _swept(self) -> Points:
        """Places over which arrows and their names pass: (p, 2) pixels."""
        size = self.scene.sizes.text
        half = self.scene.small.width(max(self._words, key=len)) / 2 + size
        places, path = [], self.trails[0].path()[:FOLLOWED]
        for ball, vector in zip(path, self._downhill[:FOLLOWED], strict=True):
            ends = np.array([vector, [vector[0], 0.0], [0.0, vector[1]]])
            beyond = ends + np.sign(ends) * np.array([half, size])
            for end in (*ends, *beyond):
                places.append(ball + np.linspace(0, 1, 6)[:, None] * end)
            sides = np.array([(-half, 0.0), (half, 0.0)])
            places += [ball + ends[2] + sides, ball + vector + sides]
        if self._noiseless is not None:
            for ball, vector in zip(path, self._noiseless, strict=False):
                places.append(ball + np.linspace(0, 1.2, 7)[:, None] * vector)
        return np.vstack(places)

    def _step(self, k: int, share: float) -> Iterable[Artist]:
        """The step from iterate k, to scale, `share` of it, and its name."""
        path, run, size = self.trails[0].path(), self.scene.runs[0], self.scene.sizes.text
        if k >= run.iterations:
            return
        here, there = path[k], path[k] + share * (path[k + 1] - path[k])
        step = there - here
        length = float(np.hypot(*step))
        if length < 0.5 * self.scene.sizes.ball:
            return  # it does not come out from under the ball
        yield self._ghost.to(np.vstack([here, there]))
        if share == 1.0:
            yield self._next.to(there[None])
        if length < STEPPED * size or not self._step_names[k]:
            return
        # Beside its middle; where that is taken, it gives way.
        across = np.array([-step[1], step[0]]) / length
        half = self.scene.small.width(self._delta_words) / 2 + 0.5 * size
        aside = across * (abs(across[0]) * half + abs(across[1]) * size) - (0.0, 0.35 * size)
        yield self._delta.to(self._delta_words, (here + there) / 2 + aside)

    def explain(self, moment: Moment) -> Iterable[Artist]:
        scene, box = self.scene, self.axes.bbox
        share = grown(moment.fraction) if scene.told else 1.0
        moment = moment.standing  # the iterate that the arrows explain, while the ball is on its way
        ball = at(self.trails[0].path(), moment)
        if not (box.x0 <= ball[0] <= box.x1 and box.y0 <= ball[1] <= box.y1):
            return  # the path has left, and an arrow says where
        if any(kind.cuts for kind in scene.kinds):
            yield self._cut[0].to(np.array([(box.x0, ball[1]), (box.x1, ball[1])]))
            yield self._cut[1].to(np.array([(ball[0], box.y0), (ball[0], box.y1)]))
        k = min(moment.k, scene.runs[0].iterations)
        vector = self._fitted(ball, self._downhill[k])
        exact = None if self._noiseless is None else self._noiseless[k]
        yield from self._components(ball, vector)
        if exact is not None:
            yield self._exact.to(ball, ball + self._fitted(ball, exact))
        yield self._arrow.to(ball, ball + vector)
        # Names in this order: that of the gradient gives way last.
        yield from self._named(self._nabla, self._whole, ball, vector)
        if exact is not None:
            yield from self._named(self._exact_name, NABLA, ball, self._fitted(ball, exact))
        if self._part_names[k]:
            yield from self._parts_named(ball, vector)
        if share:
            yield from self._step(moment.k, share)

    def _components(self, ball: Points, vector: Points) -> Iterable[Artist]:
        """The arrows along the axes, where the gradient's own is not one of them."""
        if self._parted(vector):
            for axis, arrow in enumerate(self._parts):
                yield arrow.to(ball, ball + vector * np.eye(2)[axis])

    def _parts_named(self, ball: Points, vector: Points) -> Iterable[Artist]:
        """The names of the components."""
        for axis, label in enumerate(self._labels if self._parted(vector) else ()):
            place = ball + vector * np.eye(2)[axis] + self._aside(axis, vector)
            yield self._inside(label, self._words[axis], place)

    def _parted(self, vector: Points) -> bool:
        """Whether both components come out from under the ball."""
        return bool(np.abs(vector).min() > PARTED * self.scene.sizes.text)

    def _fitted(self, ball: Points, vector: Points) -> Points:
        """A vector shortened so that its head stays inside the panel, where there is any room."""
        box = self.axes.bbox
        room = np.where(vector > 0, (box.x1, box.y1) - ball, ball - (box.x0, box.y0)) - EDGE
        with np.errstate(divide="ignore", invalid="ignore"):
            share = float(np.nanmin(np.where(vector == 0, np.inf, room / np.abs(vector))))
        return vector * min(1.0, max(share, 0.3))

    def _named(self, label: Label, words: str, ball: Points, vector: Points) -> Iterable[Artist]:
        """The name of an arrow, beyond its head; none where the arrow is short."""
        length, size = float(np.hypot(*vector)), self.scene.sizes.text
        if length > NAMED * size:
            half = self.scene.small.width(words) / 2 + 0.4 * size
            along = np.abs(vector) / length
            beyond = vector / length * (along[0] * half + along[1] * 1.1 * size)
            yield self._inside(label, words, ball + vector + beyond - np.array([0.0, 0.35 * size]))

    def _aside(self, axis: int, vector: Points) -> Points:
        """Where a component's name stands from its arrow's head: on the side away from the sum."""
        size = self.scene.sizes.text
        if axis == 0:
            return np.array([-np.sign(vector[0]) * 0.8 * size, (0.55 if vector[1] <= 0 else -1.25) * size])
        half = self.scene.small.width(self._words[1]) / 2 + 0.6 * size
        return np.array([half if vector[0] <= 0 else -half, -0.35 * size - np.sign(vector[1]) * 0.4 * size])

    def _inside(self, label: Label, words: str, place: Points) -> Label:
        """A label kept inside the panel."""
        box, half = self.axes.bbox, self.scene.small.width(words) / 2
        x = min(max(place[0], box.x0 + half + 2), box.x1 - half - 2)
        return label.to(words, (x, min(max(place[1], box.y0 + 4), box.y1 - self.scene.sizes.text)))

    def vectors(self, downhill: Array) -> Points:
        """Directions (T+1, 2) as arrows on the picture, (T+1, 2) pixels, whose length grows, but slowly."""
        largest = np.abs(downhill).max(axis=1, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            downhill = downhill / largest  # whose square does not overflow
            length = np.linalg.norm(downhill, axis=1, keepdims=True)
            drawn = downhill / length * self.units()
            share = np.minimum(1.0, largest / self._steepest * length)
            reach = 6.0 * self.scene.sizes.text * share**0.3
            arrows = drawn / np.hypot(drawn[:, :1], drawn[:, 1:]) * reach
        return np.where(largest > 0.0, arrows, 0.0)

    @cached_property
    def _downhill(self) -> Points:
        """The arrows of a run that is alone, (T+1, 2) pixels; to be asked for once the layout stands."""
        return self.vectors(-self.scene.runs[0].gradient)

    @cached_property
    def _noiseless(self) -> Points | None:
        """The same of ∇L, where the run's own gradient is noisy."""
        return None if self._slopes is None else self.vectors(-self._slopes)

    @cached_property
    def _part_names(self) -> Flags:
        """At which iterates the components have their names, (T+1,)."""
        return lasting(np.abs(self._downhill).min(axis=1) > PARTED * self.scene.sizes.text)

    @cached_property
    def _step_names(self) -> Flags:
        """At which iterates the step has its name, (T,)."""
        return lasting(np.hypot(*np.diff(self.trails[0].path(), axis=0).T) > STEPPED * self.scene.sizes.text)

    def _draw_field(self) -> Field:
        """Arrows of equal length along −∇L."""
        scene, panel = self.scene, self.axes.get_window_extent()
        box = np.array([self.axes.get_xlim(), self.axes.get_ylim()])
        field = field_of(scene.ground, box, (panel.width, panel.height))
        self.axes.quiver(
            *(field.places[..., axis] for axis in (0, 1)),
            *(field.directions[..., axis] for axis in (0, 1)),
            color=scene.theme.field,
            angles="uv",
            pivot="mid",
            units="dots",
            scale_units="dots",
            scale=1 / (0.6 * field.step),
            width=0.09 * scene.sizes.text * (1.0 if field.step > 1.5 * scene.sizes.text else 0.7),
            zorder=0.4,
        )
        return field
