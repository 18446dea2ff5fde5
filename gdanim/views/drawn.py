"""A plate with its marks: what of a graph stands still, and what a beat adds to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from matplotlib.artist import Artist

from gdanim.lesson import Beat, Lesson
from gdanim.losses.backprop import Sweep
from gdanim.views.base import Scene
from gdanim.views.clearance import Segments
from gdanim.views.glyphs import Glyphs
from gdanim.views.marks import Arrow, Box, Label, Stroke, overlap
from gdanim.views.plate import Plate, Texts

ALONG = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)  # of an edge, where its local derivative may stand


class Drawn:
    """The marks of a plate.

    Args:
        slopes: how wide the widest local derivative of each link is, in pixels.
        number: how numbers are written.

    Attributes:
        still: what is the same in every frame.
    """

    def __init__(
        self,
        plate: Plate,
        lesson: Lesson,
        scene: Scene,
        texts: Mapping[int, Texts],
        glyphs: Glyphs,
        slopes: Mapping[int, float],
        number: Callable[[float], str],
    ) -> None:
        self.plate, self._lesson, self._scene = plate, lesson, scene
        self._texts, self._glyphs, self._number = texts, glyphs, number
        self._slopes = slopes
        theme, size = scene.theme, glyphs.size
        self._thin, self._thick = max(1.0, 0.09 * size), max(1.8, 0.2 * size)
        self.still: list[Artist] = list(self._quiet())
        self._values = {v: Label(glyphs, self._ink(v), anchor="centre") for v in plate.places}
        self._backs = {v: Label(glyphs, theme.now, anchor="centre") for v in plate.places}
        self._walked = {i: self._stroke(i, theme.before, self._thick) for i in plate.links}
        self._forward = {i: self._stroke(i, theme.ink, self._thick) for i in plate.links}
        self._now = {i: self._stroke(i, theme.now, self._thick, least=1) for i in plate.links}
        self._arrow = Arrow(None, theme.now, width=self._thick, head=0.75 * size)
        self._frames = {v: self._outline(v, theme.ink) for v in plate.places}
        self._slope = Label(glyphs, theme.ink)
        self._edges = Segments(list(plate.lines.values()))
        self._spots = {i: self._spot(i) for i in plate.links}
        self._k = -1

    def update(self, number: int, beat: Beat | None, k: int, sweep: Sweep) -> Iterator[Artist]:
        """What there is to see at a beat of iterate k."""
        self._write(k, sweep)
        lesson, link = self._lesson, -1 if beat is None else beat.link
        told = beat.what if beat is not None else ""
        for i, stroke in self._walked.items():
            if lesson.product.get(i, number + 1) <= number and i != link:
                yield stroke
        if beat is not None and told == "value" and beat.vertex in lesson.graph.operations:
            yield from (self._forward[i] for i in lesson.graph.into(beat.vertex) if i in self._forward)
        if link in self._now:
            yield self._now[link]
            points = self.plate.lines[link]
            yield self._arrow.to(points[1], points[0])
            if told != "sum" and self._spots[link] is not None:
                yield self._slope.to(self._number(float(sweep.slopes[link])), self._spots[link] or (0, 0))
        if beat is not None and beat.vertex in self._frames and told in ("value", "sum", "update"):
            yield self._frames[beat.vertex]
        for v, label in self._values.items():
            if lesson.value[v] <= number:
                yield label
        for v, label in self._backs.items():
            if lesson.adjoint.get(v, number + 1) <= number:
                yield label

    def _write(self, k: int, sweep: Sweep) -> None:
        """Bring all numbers to iterate k; while it is told, none of them changes."""
        if k == self._k:
            return
        self._k = k
        for v, place in self.plate.places.items():
            texts = self._texts[v]
            value = self._number(float(sweep.values[v]))
            self._values[v].to(texts.name + value if texts.leaf else value, place.value)
            back = self._number(float(sweep.adjoints[v]))
            words = texts.slope + back if self.plate.look.named else back
            self._backs[v].to(words, place.back)

    def _quiet(self) -> Iterator[Artist]:
        theme, size = self._scene.theme, self._glyphs.size
        for i in self.plate.links:
            points = self.plate.lines[i]
            if len(points) > 2:
                yield Stroke(None, theme.curve, width=self._thin).to(points[:-1])
            yield Arrow(None, theme.curve, width=self._thin, head=0.55 * size).to(points[-2], points[-1])
        for v, place in self.plate.places.items():
            yield self._outline(v, theme.curve, self._thin)
            texts = self._texts[v]
            words = texts.head if self.plate.look.formulas else texts.name
            if not texts.leaf:  # whose name stands before its value
                yield Label(self._glyphs, self._ink(v), anchor="centre").to(words, place.head)

    def _ink(self, vertex: int) -> str:
        """Quieter for what no derivative comes back to."""
        return self._scene.theme.ink if self._texts[vertex].live else self._scene.theme.muted

    def _outline(self, vertex: int, colour: str, width: float = 0.0) -> Stroke:
        left, low, right, high = self.plate.places[vertex].box
        cut = 0.35 * self._glyphs.size if not self._texts[vertex].leaf else 0.0
        corners = [(left, low), (right, low), (right, high), (left, high), (left, low)]
        if cut:
            across, up = (left, left + cut, right - cut, right), (low, low + cut, high - cut, high)
            order = ((1, 0), (2, 0), (3, 1), (3, 2), (2, 3), (1, 3), (0, 2), (0, 1), (1, 0))
            corners = [(across[i], up[j]) for i, j in order]
        return Stroke(None, colour, width=width or self._thick).to(np.array(corners))

    def _stroke(self, link: int, colour: str, width: float, least: int = 0) -> Stroke:
        return Stroke(None, colour, width=width).to(self.plate.lines[link][least:])

    def _spot(self, link: int) -> tuple[float, float] | None:
        """The left end of a baseline beside an edge where a number covers nothing."""
        width, size = self._slopes[link], self._glyphs.size
        points = self.plate.lines[link]
        a, b = points[-2], points[-1]
        for share in ALONG:
            x, y = a + share * (b - a)
            for below in (0.4, -1.1):
                for left in (x - width / 2, x + 0.3 * size, x - width - 0.3 * size):
                    spot = (left, y + below * size)
                    if self._free((left - 3, spot[1] - 0.35 * size, left + width + 3, spot[1] + size)):
                        return spot
        return None

    def _free(self, box: Box) -> bool:
        if any(overlap(box, place.whole) for place in self.plate.places.values()):
            return False
        return not self._edges.cross(box)
