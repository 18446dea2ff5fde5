"""Where the nodes and edges of a net stand on a panel, in pixels, and how much the nodes say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from gdanim.losses.neurons import ONE, Wired
from gdanim.views.marks import Box, Points

LINE = 1.3  # of text, in its size
PAD = 0.45  # between an outline and what stands in it
UNIT = 1.5  # height and width of the node that is 1
TIGHT, LOOSE = 0.35, 4.0  # least and most room between nodes of a layer
GAP, WIDEST_GAP = 3.0, 15.0  # between layers
LARGEST = 6.5  # side of a node with a plane in it


class Says(IntEnum):
    """How much a node says: all with names; its value, with the derivative under it; nothing."""

    ALL = 0
    VALUE = 1
    NOTHING = 2


class Widths(NamedTuple):
    """How wide a vertex's name, values and derivatives are at most, in pixels; 0 where it has none."""

    name: float
    value: float
    back: float


class Row(NamedTuple):
    """A vertex in a node.

    Attributes:
        name, value, back: the left end, the right end and the right end of their baselines; in a node that
            says its value alone these are middles. None where there is no room.
    """

    vertex: int
    name: tuple[float, float] | None
    value: tuple[float, float] | None
    back: tuple[float, float] | None


class Node(NamedTuple):
    """A node: of a neuron, an input, 1, or of what the loss is worked out from.

    Attributes:
        vertex: its value's; −1 − layer for the 1 that stands before a layer's biases.
        box: its outline.
        whole: that, and what is written under it.
        rows: what it says.
        table: whether its rows have names.
    """

    vertex: int
    box: Box
    whole: Box
    rows: tuple[Row, ...]
    table: bool


class Wiring:
    """A net in a rectangle.

    Args:
        widths: of a vertex's texts.
        size: of the text, in pixels.
        planes: whether nodes have a picture in them.

    Attributes:
        nodes: by vertex.
        lines: of each of the net's weights, from its source to its target, (2, 2).
        ends: from each of the last layer's nodes to what the loss is worked out from, (2, 2).
        says: how much the nodes say.
    """

    def __init__(
        self, net: Wired, widths: Callable[[int], Widths], size: float, room: Box, *, planes: bool = False
    ) -> None:
        self._net, self._widths, self._size, self._planes = net, widths, size, planes
        self.nodes: dict[int, Node] = {}
        for self.says in (*([] if planes else [Says.ALL]), Says.VALUE, Says.NOTHING):
            self._columns = self._filled()
            self._side = self._largest(room)
            if self._fits(room):
                break
        self._put(room)
        self.lines: list[Points] = [self._line(i) for i in range(len(net.weights))]
        last = self.nodes[net.cost[-1]].box
        boxes = [self.nodes[neuron.value].box for neuron in net.layers[-1]]
        ends = [((b[2], (b[1] + b[3]) / 2), (last[0], (last[1] + last[3]) / 2)) for b in boxes]
        self.ends = [np.array(pair) for pair in ends]

    def unit_of(self, weight: int) -> int:
        """The vertex of the node that an edge begins at."""
        edge = self._net.weights[weight]
        return edge.source if edge.source != ONE else -1 - (self._layer(edge.target) - 1)

    def _layer(self, sums: int) -> int:
        return next(i for i, layer in enumerate(self._net.layers, 1) if any(n.sum == sums for n in layer))

    def _filled(self) -> list[list[tuple[int, ...]]]:
        """For each column what each of its nodes speaks of, its own vertex last; (−1 − layer,) for 1."""
        net = self._net
        columns: list[list[tuple[int, ...]]] = [[(v,) for v in net.inputs]]
        for layer in net.layers:
            columns.append([(n.sum, n.value) if n.sum != n.value else (n.value,) for n in layer])
        for number, layer in enumerate(net.layers):
            sums = {neuron.sum for neuron in layer}
            if any(edge.source == ONE and edge.target in sums for edge in net.weights):
                columns[number].append((-1 - number,))
        graph = net.graph
        used = [arg for v in net.cost for arg in graph.vertices[v].args]
        letters = [v for v in dict.fromkeys(used) if v < graph.operations.start]
        return [*columns, [(*letters, *self._shown_again(), *net.cost)]]

    def _shown_again(self) -> list[int]:
        """The net's outputs, where their nodes have no room for numbers with names."""
        return [] if self.says != Says.NOTHING else [neuron.value for neuron in self._net.layers[-1]]

    def _largest(self, room: Box) -> float:
        """The side of a node that does not say all, so that the fullest layer has room."""
        height, size = room[3] - room[1], self._size
        found = LARGEST * size
        for nodes in self._columns[:-1]:
            count = sum(len(node) > 0 and node[-1] >= 0 for node in nodes)
            units = (len(nodes) - count) * (UNIT + TIGHT) * size
            found = min(found, (height - units) / count - (TIGHT + self._under) * size)
        return found

    @property
    def _under(self) -> float:
        """Height of what is written under a node, in sizes of text."""
        return LINE if self.says == Says.VALUE else 0.0

    def _fits(self, room: Box) -> bool:
        size = self._size
        wide = sum(map(self._wide, self._columns)) + GAP * size * (len(self._columns) - 1)
        tall = max(sum(map(self._tall, nodes)) + TIGHT * size * (len(nodes) - 1) for nodes in self._columns)
        least = (2.2 if self._planes else LINE) * size if self.says == Says.VALUE else 0.0
        return wide <= room[2] - room[0] and tall <= room[3] - room[1] + 1e-6 and self._side >= least

    def _tables(self, node: tuple[int, ...]) -> bool:
        """Whether a node has rows with names."""
        return self.says == Says.ALL or node[-1] == self._net.cost[-1]

    def _tall(self, node: tuple[int, ...]) -> float:
        """With what is written under it."""
        if node[-1] < 0:
            return UNIT * self._size
        if self._tables(node):
            return (LINE * len(node) + PAD) * self._size
        return self._box_height() + self._under * self._size

    def _box_height(self) -> float:
        return self._side if self._planes or self.says == Says.NOTHING else min(self._side, 1.7 * self._size)

    def _wide(self, nodes: Sequence[tuple[int, ...]]) -> float:
        """Of a column."""
        return max(self._node_width(node) for node in nodes)

    def _node_width(self, node: tuple[int, ...]) -> float:
        size = self._size
        if node[-1] < 0:
            return UNIT * size
        if self._tables(node):
            return sum(self._parts(node)) + 2 * PAD * size
        widths = self._widths(node[-1])
        if self._planes:
            under = widths.value + widths.back + 0.5 * size if self.says == Says.VALUE else 0.0
            return max(self._side, under)
        if self.says == Says.NOTHING:
            return self._side
        return max(widths.value + 2 * PAD * size, widths.back)

    def _parts(self, node: tuple[int, ...]) -> tuple[float, float, float]:
        """Widths of the names, the values and the derivatives in a node, with the room between them."""
        found = [self._widths(vertex) for vertex in node]
        back = max(each.back for each in found)
        return (
            max(each.name for each in found),
            max(each.value for each in found),
            back + 0.7 * self._size if back else 0.0,
        )

    def _put(self, room: Box) -> None:
        left, low, right, high = room
        size = self._size
        wide = [self._wide(nodes) for nodes in self._columns]
        gap = min(WIDEST_GAP * size, (right - left - sum(wide)) / (len(wide) - 1))
        x = left + (right - left - sum(wide) - gap * (len(wide) - 1)) / 2
        for nodes, width in zip(self._columns, wide, strict=True):
            tall = [self._tall(node) for node in nodes]
            apart = min(LOOSE * size, max(0.0, (high - low - sum(tall)) / len(nodes)))
            y = high - (high - low - sum(tall) - apart * (len(nodes) - 1)) / 2
            for node, height in zip(nodes, tall, strict=True):
                self.nodes[node[-1]] = self._node(node, x + width / 2, y, height, width)
                y -= height + apart
            x += width + gap

    def _node(self, node: tuple[int, ...], x: float, top: float, height: float, column: float) -> Node:
        size = self._size
        if node[-1] < 0:
            half = UNIT * size / 2
            box = (x - half, top - 2 * half, x + half, top)
            return Node(node[-1], box, box, (), False)
        if self._tables(node):
            return self._table(node, x, top, height, column)
        tall = self._box_height()
        half = (tall if self._planes or self.says == Says.NOTHING else column) / 2
        box = (x - half, top - tall, x + half, top)
        if self.says == Says.NOTHING:
            return Node(node[-1], box, box, (Row(node[-1], None, None, None),), False)
        under = top - tall - 0.98 * size
        widths = self._widths(node[-1])
        if self._planes:
            both = widths.value + widths.back + (0.5 * size if widths.back else 0.0)
            value, back = (x - both / 2 + widths.value / 2, under), (x + both / 2 - widths.back / 2, under)
        else:
            value, back = (x, (top + top - tall) / 2 - 0.36 * size), (x, under)
        row = Row(node[-1], None, value, back if widths.back else None)
        wide = max(half, self._node_width(node) / 2)
        whole = (x - wide, top - height, x + wide, top)
        return Node(node[-1], box, whole, (row,), False)

    def _table(self, node: tuple[int, ...], x: float, top: float, height: float, column: float) -> Node:
        size, half = self._size, column / 2
        name, value, back = self._parts(node)
        left = x - half + PAD * size
        rows = []
        for i, vertex in enumerate(node):
            y = top - (PAD / 2 + LINE * i + 0.98) * size
            has_back = self._widths(vertex).back > 0
            ends = (left + name + value, y), ((left + name + value + back, y) if has_back else None)
            rows.append(Row(vertex, (left, y), *ends))
        box = (x - half, top - height, x + half, top)
        return Node(node[-1], box, box, tuple(rows), True)

    def _line(self, weight: int) -> Points:
        """From the right side of its source to the left side of its target."""
        edge = self._net.weights[weight]
        target = next(n.value for layer in self._net.layers for n in layer if n.sum == edge.target)
        a, b = self.nodes[self.unit_of(weight)].box, self.nodes[target].box
        return np.array([(a[2], (a[1] + a[3]) / 2), (b[0], (b[1] + b[3]) / 2)])
