"""A formula as a graph: nodes that share what they have in common, and their derivatives as further nodes.

Equal nodes are one, so that a derivative is found in a time linear in the size of the formula, and so is
its own derivative. Numbers are floating point throughout.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gdanim.losses.operations import OPERATIONS


class Node:
    """A number, an input, or an operation on other nodes.

    Nodes of one graph are written with the operators of Python: `x * y + 2.0`.

    Attributes:
        graph: the graph it belongs to.
        index: its place in the order in which nodes can be worked out; arguments come before.
        op: "number", "input", or a name of OPERATIONS.
        args: what it is worked out from.
        value: of a number.
        name: of an input.
        total: whether it is a real number wherever the inputs are.
    """

    __slots__ = ("args", "graph", "index", "name", "op", "total", "value")

    def __init__(self, graph: Graph, op: str, args: tuple[Node, ...], value: float, name: str) -> None:
        self.graph: Graph = graph
        self.index: int = len(graph.nodes)
        self.op: str = op
        self.args: tuple[Node, ...] = args
        self.value: float = value
        self.name: str = name
        self.total: bool = op in ("number", "input") or (
            all(arg.total for arg in args) and OPERATIONS[op].total(*args)
        )

    @property
    def is_number(self) -> bool:
        return self.op == "number"

    def __add__(self, other: Node | float) -> Node:
        return self.graph.apply("add", self, other)

    def __sub__(self, other: Node | float) -> Node:
        return self.graph.apply("sub", self, other)

    def __mul__(self, other: Node | float) -> Node:
        return self.graph.apply("mul", self, other)

    def __truediv__(self, other: Node | float) -> Node:
        return self.graph.apply("div", self, other)

    def __pow__(self, other: Node | float) -> Node:
        return self.graph.apply("pow", self, other)

    def __neg__(self) -> Node:
        return self.graph.apply("neg", self)

    def __radd__(self, other: float) -> Node:
        return self.graph.apply("add", other, self)

    def __rsub__(self, other: float) -> Node:
        return self.graph.apply("sub", other, self)

    def __rmul__(self, other: float) -> Node:
        return self.graph.apply("mul", other, self)

    def __rtruediv__(self, other: float) -> Node:
        return self.graph.apply("div", other, self)

    def __repr__(self) -> str:
        inside = ", ".join(map(repr, self.args))
        return f"{self.value:g}" if self.is_number else self.name or f"{self.op}({inside})"


class Graph:
    """Nodes in the order in which they can be worked out.

    >>> graph = Graph()
    >>> x = graph.input("x")
    >>> y = graph.apply("sin", x * x)
    >>> y is graph.apply("sin", x * x), gradient(y, [x])
    (True, [mul(2, mul(cos(mul(x, x)), x))])
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._known: dict[tuple[object, ...], Node] = {}

    def number(self, value: float) -> Node:
        # -0.0 equals 0.0 and is another number; so are two nan.
        return self._node((repr(value),), "number", (), value=value)

    def input(self, name: str) -> Node:
        return self._node(("input", name), "input", (), name=name)

    def apply(self, op: str, *arguments: Node | float) -> Node:
        """The operation on these, or what it is worth: a number, an argument, a more exact form."""
        args = tuple(a if isinstance(a, Node) else self.number(float(a)) for a in arguments)
        operation = OPERATIONS[op]
        if all(arg.is_number for arg in args):
            return self.number(operation.evaluate(*(arg.value for arg in args)))
        simpler = operation.simplify(*args)
        if simpler is not None:
            return simpler
        order = [arg.index for arg in args]
        return self._node((op, *(sorted(order) if operation.commutes else order)), op, args)

    def _node(
        self, key: tuple[object, ...], op: str, args: tuple[Node, ...], *, value: float = 0.0, name: str = ""
    ) -> Node:
        node = self._known.get(key)
        if node is None:
            node = self._known[key] = Node(self, op, args, value, name)
            self.nodes.append(node)
        return node


def needed(outputs: Iterable[Node]) -> list[Node]:
    """All that the outputs are worked out from, and themselves, in an order in which that can be done."""
    found: dict[int, Node] = {}
    waiting = list(outputs)
    while waiting:
        node = waiting.pop()
        if node.index not in found:
            found[node.index] = node
            waiting += node.args
    return [found[index] for index in sorted(found)]


def gradient(output: Node, inputs: Sequence[Node]) -> list[Node]:
    """∂output/∂input for every input, by one walk from the output back (reverse mode).

    Kinks have the derivatives that PyTorch takes: 0 for abs, sign and relu; max and min share theirs
    evenly between the arguments that tie.
    """
    graph = output.graph
    adjoints: dict[Node, Node] = {output: graph.number(1.0)}
    for node in reversed(needed([output])):
        adjoint = adjoints.get(node)
        if adjoint is None or node.op in ("number", "input"):
            continue
        for arg, partial in partials(node):
            term = adjoint * partial
            known = adjoints.get(arg)
            adjoints[arg] = term if known is None else term + known  # so that sums keep their order
    zero = graph.number(0.0)
    return [adjoints.get(node, zero) for node in inputs]


def directional(outputs: Sequence[Node], directions: dict[Node, Node]) -> list[Node]:
    """How fast each output changes where every input changes at the rate of its direction (forward mode)."""
    dots = dict(directions)
    for node in needed(outputs):
        if node.op in ("number", "input"):
            continue
        dot: Node | None = None
        for arg, partial in partials(node):
            if arg in dots:
                term = dots[arg] * partial
                dot = term if dot is None else dot + term
        if dot is not None:
            dots[node] = dot
    zero = outputs[0].graph.number(0.0)
    return [dots.get(node, zero) for node in outputs]


def partials(node: Node) -> list[tuple[Node, Node]]:
    """(argument, ∂node/∂argument) for every argument that is not a number, where that is not 0."""
    slopes = OPERATIONS[node.op].partials(node, *node.args)
    return [
        (arg, slope)
        for arg, slope in zip(node.args, slopes, strict=True)
        if not (arg.is_number or (slope.is_number and slope.value == 0))
    ]
