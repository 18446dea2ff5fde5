"""A graph, or a part of one, laid out on a panel: where its nodes and edges stand, in pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import NamedTuple

import numpy as np

from gdanim.losses.backprop import Backprop
from gdanim.views.layered import Layered, layered
from gdanim.views.marks import Box, Points

GAP = 1.8  # least width between columns, in sizes of text
WIDEST_GAP = 9.0
PAD, ABOVE = 0.45, 0.18  # between a node's outline and its text, beside it and above
LINE = 1.25  # of text
APART = 0.3  # least room between one node and the next below it
SPREAD = 1.9  # how much more than it needs a node's place may have


class Look(NamedTuple):
    """How much nodes say.

    Attributes:
        formulas: whether operations have their formula, and not their name alone.
        named: whether what comes back is written ∂L/∂z = −0.324, and not as a number alone.
    """

    formulas: bool
    named: bool


LOOKS = (Look(True, True), Look(True, False), Look(False, True), Look(False, False))


class Texts(NamedTuple):
    """What a node may say, and how wide that becomes, in pixels.

    Attributes:
        head, name: with its formula, and without; "w" for a leaf in both.
        value, back: widths of the widest value and ∂L/∂ there are.
        slope: ∂L/∂z, as it is set.
    """

    head: str
    name: str
    slope: str
    head_width: float
    name_width: float
    slope_width: float
    value: float
    back: float
    leaf: bool
    live: bool


class Place(NamedTuple):
    """Where a node stands, in pixels.

    Attributes:
        box: its outline.
        whole: that and what is written under it.
        head, value, back: the middles of these texts' baselines; of a leaf, whose head and value are one,
            both are the same.
    """

    box: Box
    whole: Box
    head: tuple[float, float]
    value: tuple[float, float]
    back: tuple[float, float]


class Plate:
    """Some vertices of a graph and the links between them, in a rectangle.

    Attributes:
        look: how much nodes say.
        places: vertex → where it stands.
        lines: link → its polyline from source to target, (m, 2).
        fits: whether there is room for it.
    """

    def __init__(
        self,
        graph: Backprop,
        vertices: Sequence[int],
        links: Sequence[int],
        texts: Callable[[int], Texts],
        look: Look,
        size: float,
        room: Box,
    ) -> None:
        self.look, self._size, self._texts = look, size, texts
        self._line = ceil(LINE * size)  # whole, so that lines are equally far apart on the picture
        self.vertices, self.links = list(vertices), list(links)
        number = {vertex: i for i, vertex in enumerate(self.vertices)}
        edges = [(number[graph.links[i].source], number[graph.links[i].target]) for i in self.links]
        tall = [self._tall(texts(vertex)) for vertex in self.vertices]
        need = layered(len(number), edges, lambda i: tall[i])
        left, bottom, right, top = room
        spread = min(SPREAD, max(1.0, (top - bottom) / need.tall))
        self._layered = layered(len(number), edges, lambda i: spread * tall[i]) if spread > 1 else need
        if self._layered.tall > top - bottom:
            self._layered = need
        self._columns = self._widths()
        self.fits = need.tall <= top - bottom and self._gap(right - left) >= GAP * size
        self.places: dict[int, Place] = {}
        self.lines: dict[int, Points] = {}
        self._put(room, edges)

    def _inner(self, texts: Texts) -> float:
        """Width of what stands in a node."""
        if texts.leaf:
            return texts.name_width + texts.value
        return max(texts.head_width if self.look.formulas else texts.name_width, texts.value)

    def _wide(self, texts: Texts) -> float:
        back = texts.back + (texts.slope_width if self.look.named else 0.0) if texts.live else 0.0
        return max(self._inner(texts) + 2 * PAD * self._size, back)

    def _lines_in(self, texts: Texts) -> int:
        return 1 if texts.leaf else 2

    def _tall(self, texts: Texts) -> float:
        lines = self._lines_in(texts) + texts.live
        return lines * self._line + (2 * ABOVE + APART) * self._size

    def _widths(self) -> list[float]:
        return [
            max((self._wide(self._texts(self.vertices[i.vertex])) for i in items if i.edge < 0), default=0.0)
            for items in self._layered.layers
        ]

    def _gap(self, width: float) -> float:
        """Room between two columns."""
        left = width - sum(self._columns)
        return min(WIDEST_GAP * self._size, left / max(1, len(self._columns) - 1)) if left > 0 else -1.0

    def _put(self, room: Box, edges: Sequence[tuple[int, int]]) -> None:
        left, bottom, right, top = room
        gap = self._gap(right - left)
        whole = sum(self._columns) + gap * (len(self._columns) - 1)
        x, middles = left + (right - left - whole) / 2, []
        for wide in self._columns:
            middles.append(x + wide / 2)
            x += wide + gap
        found: Layered = self._layered
        y = top - (top - bottom - found.tall) / 2
        stand = found.vertices()
        for i, vertex in enumerate(self.vertices):
            column, down = stand[i]
            texts, wide = self._texts(vertex), self._columns[column]
            self.places[vertex] = self._place(texts, middles[column], y - down, wide)
        bends = found.bends()
        for i, (source, target) in enumerate(edges):
            a, b = self.places[self.vertices[source]].box, self.places[self.vertices[target]].box
            points = [(a[2], (a[1] + a[3]) / 2)]
            for column, down in bends.get(i, []):
                half = self._columns[column] / 2
                points += [(middles[column] - half, y - down), (middles[column] + half, y - down)]
            self.lines[self.links[i]] = np.array([*points, (b[0], (b[1] + b[3]) / 2)])

    def _place(self, texts: Texts, x: float, y: float, wide: float) -> Place:
        """A node whose whole block has its middle here; all of a column are as wide as the widest."""
        size, line = self._size, self._line
        under = line if texts.live else 0.0
        inner = self._lines_in(texts) * line + 2 * ABOVE * size
        top = y + (inner + under) / 2
        half = wide / 2
        first = top - (ABOVE + 0.95) * size
        box = (x - half, top - inner, x + half, top)
        whole = (x - half, top - inner - under, x + half, top)
        value = first if texts.leaf else first - line
        return Place(box, whole, (x, first), (x, value), (x, top - inner - 1.02 * size))
