"""Backpropagation over a formula's parts: values forward, then ∂L/∂node back along every edge.

For a node y with the arguments a₁, a₂ …, each edge has its local derivative ∂y/∂aᵢ, and carries back the
product ∂L/∂y · ∂y/∂aᵢ. What comes back to a node along all its edges is added up: that is its ∂L/∂a.
Source: Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors" (1986).
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from gdanim.errors import GdanimError
from gdanim.losses.base import Array, Loss
from gdanim.losses.compiled import Code, compiled
from gdanim.losses.expression import Formula, build, parse
from gdanim.losses.grammar import CONSTANTS
from gdanim.losses.graph import Graph, Node, gradient
from gdanim.losses.lettering import deep, derivatives, expressions
from gdanim.losses.mathtext import mathtext, symbol
from gdanim.losses.parts import Part, parts_of
from gdanim.losses.written import shown

LOOKED_AT = 100  # iterates that are checked; more would only cost time
# Derivatives as they are taught; what is worked out keeps more digits.
TAUGHT = {"tanh": "1 - tanh({0})^2", "sigmoid": "sigmoid({0})*(1 - sigmoid({0}))"}
PARAMETER, LETTER, OPERATION = "parameter", "letter", "operation"


class Vertex(NamedTuple):
    """A node of the graph.

    Attributes:
        kind: PARAMETER, LETTER (a value that --let gives) or OPERATION.
        args: the indices of what it is worked out from.
        formula: the same as mathtext; "" for what is not worked out.
        live: whether it depends on a parameter, so that a derivative comes back to it.
    """

    name: str
    kind: str
    args: tuple[int, ...]
    formula: str
    live: bool


class Link(NamedTuple):
    """An edge: `target` is worked out from `source`.

    Attributes:
        formula: ∂target/∂source as mathtext.
        expression: the same as `--loss` reads it, of the target's arguments; "" for a long one.
        live: whether a derivative comes back along it.
    """

    source: int
    target: int
    formula: str
    expression: str
    live: bool


class Sweep(NamedTuple):
    """Numbers of a forward and a backward sweep, for V nodes and E edges.

    Attributes:
        values: (..., V), of the nodes.
        slopes: (..., E), the local derivative of each edge's target by its source; 0 where none is needed.
        products: (..., E), what each edge carries back: ∂L/∂target · ∂target/∂source.
        adjoints: (..., V), ∂L/∂node: the sum of what comes back; 1 for the loss itself.
    """

    values: Array
    slopes: Array
    products: Array
    adjoints: Array


class Backprop:
    """A formula's computation graph.

    Attributes:
        vertices: every node after those that it is worked out from; the loss last.
        links: grouped by target, in the order of the vertices.
        parameters: the vertex of each parameter.
        trees: the arithmetic of each operation, of its arguments.

    Args:
        more: functions of one number that no formula has, with the derivative after the value.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        parameters: Sequence[str],
        letters: Mapping[str, float],
        more: Mapping[str, Code] | None = None,
    ) -> None:
        used = {name for part in parts for name in part.names}
        leaves = [*((name, PARAMETER) for name in parameters), *((n, LETTER) for n in letters if n in used)]
        self.vertices = [Vertex(name, kind, (), "", kind == PARAMETER) for name, kind in leaves]
        self.links: list[Link] = []
        self.parameters = tuple(range(len(parameters)))
        self.trees: dict[int, ast.expr] = {}
        self._letters = [letters[vertex.name] for vertex in self.vertices if vertex.kind == LETTER]
        self._codes: list[Code] = []
        self._more = more or {}
        self._first: list[int] = []  # for each operation the index of its first link
        index = {vertex.name: i for i, vertex in enumerate(self.vertices)}
        for part in parts:
            args = tuple(index[name] for name in part.names if name not in CONSTANTS or name in index)
            self._add(part, args, letters)
            index[part.name] = len(self.vertices) - 1

    def _add(self, part: Part, args: tuple[int, ...], letters: Mapping[str, float]) -> None:
        names = [self.vertices[arg].name for arg in args]
        graph = Graph()
        inputs = [graph.input(name) for name in names]
        known = {name: graph.number(value) for name, value in CONSTANTS.items()}
        known |= dict(zip(names, inputs, strict=True))
        match part.tree:
            case ast.Call(func=ast.Name(id=function), args=[ast.Name(id=name)]) if function in self._more:
                slopes: list[Node] = []
                self._codes.append(self._more[function])
                written = [(rf"\mathrm{{{function}}}'({symbol(name)})", "")]
            case _:
                output = build(part.tree, None, known, graph)
                slopes = gradient(output, inputs)
                self._codes.append(compiled([output, *slopes], inputs))
                written = list(zip(derivatives(slopes), expressions(slopes), strict=True))
        self._first.append(len(self.links))
        target = len(self.vertices)
        self.trees[target] = part.tree
        live = any(self.vertices[arg].live for arg in args)
        self.vertices.append(Vertex(part.name, OPERATION, args, mathtext(part.tree), live))
        match part.tree:
            case ast.Call(func=ast.Name(id=function), args=[ast.Name(id=name)]) if function in TAUGHT:
                taught = TAUGHT[function].format(name)
                written = [(shown(taught), taught)]
        self.links += [
            Link(arg, target, formula, expression, self.vertices[arg].live)
            for arg, (formula, expression) in zip(args, written, strict=True)
        ]

    @property
    def operations(self) -> range:
        """The vertices that are worked out, in order."""
        return range(len(self.vertices) - len(self._codes), len(self.vertices))

    def into(self, target: int) -> range:
        """The links to what a vertex is worked out from."""
        first = self._first[target - self.operations.start] if target in self.operations else 0
        return range(first, first + len(self.vertices[target].args))

    def out_of(self, source: int) -> list[int]:
        """The live links along which something comes back to a vertex, in the order in which it does."""
        return self._back.get(source, [])

    @cached_property
    def _back(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for i, link in enumerate(self.links):
            if link.live:
                found.setdefault(link.source, []).append(i)
        return {v: sorted(links, key=lambda i: (-self.links[i].target, i)) for v, links in found.items()}

    def work(self, vertex: int, arguments: Array) -> tuple[Any, ...]:
        """An operation by itself: its arguments, (m,) → its value and its m local derivatives."""
        return self._codes[vertex - self.operations.start].function(*arguments)

    def check(self, path: Array) -> None:
        """Refuse a path, (T+1, n), on which a part overflows though the loss does not, as in log(1 + e^w)."""
        for k in range(0, len(path), max(1, len(path) // LOOKED_AT)):
            sweep = self.sweep(path[k])
            values, adjoints = np.isfinite(sweep.values), np.isfinite(sweep.adjoints)
            if not (values.all() and adjoints.all()):
                name = self.vertices[int((adjoints if values.all() else values).argmin())].name
                raise GdanimError(
                    f"worked out part by part, '{name}' is beyond the range of numbers at iterate {k}, though"
                    " the loss is not; another view shows it, or a start nearer to 0",
                    where=["view"],
                )

    def sweep(self, theta: Array) -> Sweep:
        """Forward, then back: (..., n) → the numbers of both sweeps."""
        shape, count = theta.shape[:-1], len(self.vertices)
        values = np.empty((*shape, count))
        slopes = np.zeros((*shape, len(self.links)))
        values[..., : len(self.parameters)] = theta
        values[..., len(self.parameters) : self.operations.start] = self._letters
        for target, code in zip(self.operations, self._codes, strict=True):
            found = code.function(*[values[..., arg] for arg in self.vertices[target].args])
            values[..., target] = found[0]
            for i, slope in zip(self.into(target), found[1:], strict=True):
                slopes[..., i] = slope if self.links[i].live else 0.0
        adjoints, products = np.zeros_like(values), np.zeros_like(slopes)
        adjoints[..., -1] = 1.0
        with np.errstate(all="ignore"):
            for target in reversed(self.operations):
                for i in self.into(target):
                    if self.links[i].live:
                        products[..., i] = adjoints[..., target] * slopes[..., i]
                        adjoints[..., self.links[i].source] += products[..., i]
        return Sweep(values, slopes, products, adjoints)


def backprop(loss: Loss) -> Backprop:
    """The computation graph of a loss that arithmetic describes.

    Raises:
        GdanimError: a loss that is a function of Python, of which no formula is known.

    >>> graph = backprop(parse("z = w*x; L = (z - 1)^2", constants={"x": 2.0}))
    >>> [(v.name, v.formula) for v in graph.vertices]
    [('w', ''), ('x', ''), ('z', 'wx'), ('L', '(z - 1)^2')]
    >>> [link.formula for link in graph.links if link.live]
    ['x', '2(z - 1)']
    >>> graph.sweep(np.array([3.0])).adjoints.tolist()
    [20.0, 0.0, 10.0, 1.0]
    """
    if not isinstance(loss, Formula):
        if loss.table is not None:
            raise GdanimError(
                f"a graph is drawn of one formula, and the loss is the mean over {len(loss.table):,} rows of"
                " data; write it for one of them, as --loss '(a*x + b - y)^2' --let x=1 --let y=3",
                where=["view"],
            )
        if not loss.expression:
            raise GdanimError(
                f"a graph is drawn of a formula, and of {loss.name} none is known", where=["view"]
            )
        definitions = loss.expression.split(";")
        loss = parse("; ".join(reversed(definitions)), constants={}, parameters=loss.parameters)
    with deep():
        parts = parts_of(loss.statements, [*loss.parameters, *loss.constants])
        return Backprop(parts, loss.parameters, loss.constants)
