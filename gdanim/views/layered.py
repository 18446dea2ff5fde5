"""A graph laid out in layers from left to right, with few crossings; nothing is drawn.

Source: Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical System Structures"
(1981): layers by the longest path, an edge over several layers bends in each, the order within a layer by
sweeps of barycentres.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

SWEEPS = 12
BEND = 0.35  # height that a passing edge takes, beside 1 for a node


class Item(NamedTuple):
    """What stands in a layer: a vertex, or the place where an edge passes through the layer."""

    vertex: int = -1
    edge: int = -1
    layer: int = -1


class Layered(NamedTuple):
    """Where everything stands.

    Attributes:
        layers: from the left, each from the top.
        heights: of the middle of each item, downwards from 0 at the graph's top; as long as `layers`.
        tall: from the top to the bottom of the whole.
    """

    layers: tuple[tuple[Item, ...], ...]
    heights: tuple[tuple[float, ...], ...]
    tall: float

    def vertices(self) -> dict[int, tuple[int, float]]:
        """Vertex → its layer and height."""
        return {
            item.vertex: (column, height)
            for column, (items, heights) in enumerate(zip(self.layers, self.heights, strict=True))
            for item, height in zip(items, heights, strict=True)
            if item.edge < 0
        }

    def bends(self) -> dict[int, list[tuple[int, float]]]:
        """Edge → the layers and heights through which it passes, from the left."""
        found: dict[int, list[tuple[int, float]]] = {}
        for column, (items, heights) in enumerate(zip(self.layers, self.heights, strict=True)):
            for item, height in zip(items, heights, strict=True):
                if item.edge >= 0:
                    found.setdefault(item.edge, []).append((column, height))
        return found


def layered(
    count: int, edges: Sequence[tuple[int, int]], size: Callable[[int], float] = lambda _: 1.0
) -> Layered:
    """Lay out `count` vertices whose edges lead from lower numbers to higher ones.

    What nothing leads to stands in the layer before the first that uses it. The same graph is always laid
    out in the same way.

    Args:
        edges: (source, target), source < target.
        size: vertex → the height that it takes.

    >>> layered(4, [(0, 2), (1, 2), (2, 3)]).heights
    ((0.5, 1.5), (1.0,), (1.0,))
    """
    column = _columns(count, edges)
    layers: list[list[Item]] = [[] for _ in range(max(column) + 1)]
    for vertex in range(count):
        layers[column[vertex]].append(Item(vertex))
    near: dict[Item, tuple[list[Item], list[Item]]] = {Item(v): ([], []) for v in range(count)}
    for edge, (source, target) in enumerate(edges):
        path = [Item(source)]
        for between in range(column[source] + 1, column[target]):
            path.append(Item(edge=edge, layer=between))
            layers[between].append(path[-1])
            near[path[-1]] = ([], [])
        path.append(Item(target))
        for before, after in pairwise(path):
            near[before][1].append(after)
            near[after][0].append(before)
    layers = _ordered(layers, near)
    sizes = {item: size(item.vertex) if item.edge < 0 else BEND for item in near}
    heights = _heights(layers, near, sizes)
    low = min(heights[item] - sizes[item] / 2 for item in near)
    tall = max(heights[item] + sizes[item] / 2 for item in near) - low
    return Layered(
        tuple(tuple(items) for items in layers),
        tuple(tuple(heights[item] - low for item in items) for items in layers),
        tall,
    )


def _columns(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The layer of each vertex: the longest way to it; leaves next to what uses them."""
    column = [0] * count
    for source, target in sorted(edges, key=lambda edge: edge[1]):
        column[target] = max(column[target], column[source] + 1)
    reached = {target for _, target in edges}
    for vertex in range(count):
        uses = [column[target] for source, target in edges if source == vertex]
        if vertex not in reached and uses:
            column[vertex] = min(uses) - 1
    return column


def crossings(layers: Sequence[Sequence[Item]], after: Callable[[Item], Sequence[Item]]) -> int:
    """How many pairs of edges between neighbouring layers cross."""
    total = 0
    for items, following in pairwise(layers):
        place = {item: i for i, item in enumerate(following)}
        ends = [place[other] for item in items for other in sorted(after(item), key=place.__getitem__)]
        total += sum(a > b for i, a in enumerate(ends) for b in ends[i + 1 :])
    return total


def _ordered(layers: list[list[Item]], near: dict[Item, tuple[list[Item], list[Item]]]) -> list[list[Item]]:
    """The order within each layer with the fewest crossings that sweeps to and fro have found."""
    best, fewest = [list(items) for items in layers], crossings(layers, lambda item: near[item][1])
    layers = [list(items) for items in layers]
    for sweep in range(SWEEPS):
        side = sweep % 2  # neighbours before, going right; neighbours after, going left
        for items in layers[1:] if side == 0 else layers[-2::-1]:
            place = {item: i for layer in layers for i, item in enumerate(layer)}
            middles = {}
            for i, item in enumerate(items):
                others = near[item][side]
                middle = sum(place[other] for other in others) / len(others) if others else i
                middles[item] = (middle, i)
            items.sort(key=middles.__getitem__)
        found = crossings(layers, lambda item: near[item][1])
        if found < fewest:
            best, fewest = [list(items) for items in layers], found
    return best


def _heights(
    layers: list[list[Item]], near: dict[Item, tuple[list[Item], list[Item]]], sizes: dict[Item, float]
) -> dict[Item, float]:
    """The height of each: as near to the middle of its neighbours as the others of its layer allow."""
    heights: dict[Item, float] = {}
    for items in layers:
        top = -sum(sizes[item] for item in items) / 2
        for item in items:
            heights[item] = top + sizes[item] / 2
            top += sizes[item]
    for sweep in range(SWEEPS):
        side = sweep % 2
        for items in layers if side == 0 else layers[::-1]:
            wanted = []
            for item in items:
                others = near[item][side] or near[item][1 - side]
                wanted.append(sum(heights[o] for o in others) / len(others) if others else heights[item])
            heights |= zip(items, _apart(wanted, [sizes[item] for item in items]), strict=True)
    return heights


def _apart(wanted: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """The heights nearest to those wanted (least squares) at which none overlaps the next.

    By pooling adjacent violators (Barlow and others, 1972).

    >>> _apart([0.0, 0.0], [1.0, 1.0]), _apart([0.0, 5.0], [1.0, 1.0])
    ([-0.5, 0.5], [0.0, 5.0])
    """
    offsets = [0.0]
    for before, after in pairwise(sizes):
        offsets.append(offsets[-1] + (before + after) / 2)
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        total, count = want - offset, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            before, members = pools.pop()
            total, count = total + before, count + members
        pools.append((total, count))
    levels = [total / count for total, count in pools for _ in range(count)]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]
