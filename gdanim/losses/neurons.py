"""Neurons in a computation graph: sums of weights times values, each with what an activation makes of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from gdanim.errors import GdanimError
from gdanim.losses.backprop import LETTER, OPERATION, PARAMETER, Backprop

ONE = -1  # the source of a bias, which is the weight of 1


class Weight(NamedTuple):
    """An edge of a net.

    Attributes:
        factor: the vertex of the weight: a parameter, or a letter, which is held.
        source: the vertex of what it multiplies; ONE for a bias.
        target: the vertex of the sum.
        links: those of the graph that it stands for: from the weight to the sum, and from the source.
    """

    factor: int
    source: int
    target: int
    links: tuple[int, ...]


class Neuron(NamedTuple):
    """A node of a net.

    Attributes:
        sum: the vertex of its weighted sum.
        value: that of what the activation makes of it; the same where there is none.
        layer: from 1 on.
    """

    sum: int
    value: int
    layer: int


class Wired:
    """A graph seen as a net in layers.

    Attributes:
        inputs: vertices of the letters that weights multiply, in order.
        layers: the neurons of each layer, from the first after the inputs.
        weights: the edges, by target, each sum's in the order of its terms.
        cost: the operations after the last layer, the loss last.

    Raises:
        GdanimError: it is no net in layers.

    >>> from gdanim.losses.backprop import backprop
    >>> from gdanim.losses.expression import parse
    >>> net = Wired(backprop(parse("z = w*x + b; h = tanh(z); L = (h - 1)^2", constants={"x": 2.0})))
    >>> net.layers, [weight.source for weight in net.weights], net.cost
    ([[Neuron(sum=3, value=4, layer=1)]], [2, -1], [5])
    """

    def __init__(self, graph: Backprop) -> None:
        self.graph = graph
        self._names = {vertex.name: i for i, vertex in enumerate(graph.vertices)}
        self.weights: list[Weight] = []
        self.inputs: list[int] = []
        self.layers: list[list[Neuron]] = []
        self.cost: list[int] = []
        self._neurons: dict[int, Neuron] = {}  # by value
        taken: set[int] = set()
        for vertex in graph.operations:
            edges = self._edges(vertex)
            if edges:
                taken |= {vertex, self._add(vertex, edges)}
            elif vertex not in taken:
                self.cost.append(vertex)
        self._check()

    def layer_of(self, vertex: int) -> int:
        """In which layer a value stands; 0 for what is no neuron's."""
        return self._neurons[vertex].layer if vertex in self._neurons else 0

    @property
    def width(self) -> int:
        """How many neurons or inputs the widest layer has."""
        return max(len(self.inputs), *map(len, self.layers))

    def _add(self, vertex: int, edges: list[Weight]) -> int:
        """A neuron whose sum this is; its value."""
        layers = {self.layer_of(edge.source) for edge in edges if edge.source != ONE}
        if len(layers) > 1:
            raise _no_net(self.graph, vertex, "comes from several layers")
        layer = layers.pop() + 1
        value = self._activated(vertex)
        self.layers += [[] for _ in range(layer - len(self.layers))]
        self._neurons[value] = Neuron(vertex, value, layer)
        self.layers[layer - 1].append(self._neurons[value])
        self.weights += edges
        self.inputs += [e.source for e in edges if layer == 1 and e.source not in (ONE, *self.inputs)]
        return value

    def _activated(self, vertex: int) -> int:
        """What an activation makes of a sum, where that is all that it is used for; else the sum itself."""
        users = {link.target for link in self.graph.links if link.source == vertex}
        if len(users) == 1:
            (user,) = users
            match self.graph.trees[user]:
                case ast.Call(args=[ast.Name()]):
                    return user
        return vertex

    def _edges(self, vertex: int) -> list[Weight]:
        """The terms of a weighted sum; [] for anything else."""
        found, kinds = [], self.graph.vertices
        into = {self.graph.links[i].source: i for i in self.graph.into(vertex)}
        for term in _terms(self.graph.trees[vertex]):
            match term:
                case ast.Name(id=name) if self._is(name, PARAMETER, LETTER):
                    factor, source = self._names[name], ONE
                case ast.BinOp(left=ast.Name(id=a), op=ast.Mult(), right=ast.Name(id=b)):
                    factor, source = self._weight_and_value(a, b)
                    if factor < 0:
                        return []
                case _:
                    return []
            links = (into[factor], into[source]) if source != ONE else (into[factor],)
            found.append(Weight(factor, source, vertex, links))
        sources = [edge.source for edge in found]
        once = len(set(sources)) == len(sources) and len({e.factor for e in found}) == len(found)
        live = any(kinds[edge.factor].kind == PARAMETER for edge in found if edge.source != ONE)
        return found if live and once else []

    def _weight_and_value(self, a: str, b: str) -> tuple[int, int]:
        """Which of two factors is the weight; (−1, −1) where neither is."""
        for factor, source in ((a, b), (b, a)):
            multiplied = not self._is(source, PARAMETER) and (
                self._is(source, LETTER) or self._names.get(source, ONE) in self._neurons
            )
            held = self._is(factor, LETTER) and self._is(source, OPERATION)
            if multiplied and (self._is(factor, PARAMETER) or held):
                return self._names[factor], self._names[source]
        return -1, -1

    def _is(self, name: str, *kinds: str) -> bool:
        return name in self._names and self.graph.vertices[self._names[name]].kind in kinds

    def _check(self) -> None:
        """Refuse what is no net in layers whose last one the loss is worked out from."""
        graph = self.graph
        if not self.cost or self.cost[-1] != graph.operations[-1] or not self.layers:
            raise _no_net(graph, graph.operations[-1], "is something else")
        last = {neuron.value for neuron in self.layers[-1]}
        for vertex in self.cost:
            for arg in graph.vertices[vertex].args:
                kind = graph.vertices[arg].kind
                if kind == PARAMETER or (kind == OPERATION and arg not in last and arg not in self.cost):
                    raise _no_net(graph, vertex, "is something else")
        used = {edge.source for edge in self.weights}
        for neuron in (each for layer in self.layers[:-1] for each in layer):
            if neuron.value not in used:
                raise _no_net(graph, neuron.value, "leads to no other")


def _terms(tree: ast.expr) -> Iterator[ast.expr]:
    """The terms of a sum, from left to right."""
    waiting = [tree]
    while waiting:
        match waiting.pop():
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                waiting += (right, left)
            case term:
                yield term


def _no_net(graph: Backprop, vertex: int, why: str) -> GdanimError:
    return GdanimError(
        "'network' shows layers of weighted sums, such as z = w*x + b; h = tanh(z); L = (h - t)^2, and"
        f" '{graph.vertices[vertex].name}' {why}; see --view graph",
        where=["view"],
    )
