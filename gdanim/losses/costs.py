"""Costs: how wrong a model's output is in one row; the loss is their mean over the data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

from gdanim.calls import Limits
from gdanim.losses.base import Array
from gdanim.losses.compiled import Code, compiled
from gdanim.losses.graph import Graph, Node, gradient

Delta = Annotated[float, Limits(1e-6, 1e6)]


class Cost(NamedTuple):
    """What one row adds to the loss.

    Attributes:
        name: as `--cost` takes it.
        node: output, target → cost, as nodes of a graph, from which values and derivatives come.
        formula: the same as mathtext, of ŷ (or the probability p) and y.
        slope: its derivative by the output, as mathtext.
        curvature: the largest second derivative by the output, 0 where it has none.
        probable: whether the output is the logit of a probability, and the target a class, 0 or 1.
        delta: of huber, up to which error it is a square.
    """

    name: str
    node: Callable[[Node, Node], Node]
    formula: str
    slope: str
    curvature: float
    probable: bool = False
    delta: float = 0.0

    def targets(self, values: Array) -> Array:
        """What `node` takes for the target: of a class, 0 or 1, the sign that its logit should not have."""
        return 1.0 - 2.0 * values if self.probable else values


def squared() -> Cost:
    """(ŷ − y)²: the mean of the squared errors."""
    return Cost("squared", lambda p, y: (p - y) ** 2.0, r"(\hat{y} - y)^2", r"2(\hat{y} - y)", 2.0)


def absolute() -> Cost:
    """|ŷ − y|: what lies far off pulls no harder than what lies near."""

    def node(p: Node, y: Node) -> Node:
        return p.graph.apply("abs", p - y)

    return Cost("absolute", node, r"|\hat{y} - y|", r"\mathrm{sign}(\hat{y} - y)", 0.0)


def huber(delta: Delta = 1.0) -> Cost:
    """(ŷ − y)²/2 up to an error of delta, and delta·(|ŷ − y| − delta/2) beyond."""

    def node(p: Node, y: Node) -> Node:
        size = p.graph.apply("abs", p - y)
        near = p.graph.apply("min", size, delta)
        return near * (size - 0.5 * near)

    size = f"{delta:g}"
    huber = r"\mathrm{huber}" + ("" if delta == 1.0 else f"_{{{size}}}")
    slope = rf"\min(\max(\hat{{y}} - y, -{size}), {size})"
    return Cost("huber", node, huber + r"(\hat{y} - y)", slope, 1.0, delta=delta)


def cross_entropy() -> Cost:
    """−log of the probability that the model gives to the class that is right: two classes, from logits.

    With p = σ(z) it is −log p for class 1 and −log(1 − p) for class 0; both are softplus(±z), which
    neither overflows nor loses digits however large z is.
    """

    def node(z: Node, sign: Node) -> Node:
        return z.graph.apply("softplus", sign * z)

    formula = r"-y\,\log p - (1 - y)\,\log(1 - p)"
    return Cost("cross-entropy", node, formula, "(p - y)", 0.25, probable=True)


def of_classes() -> Cost:
    """−log of the probability of the right class, of any number of classes; its output is one for each."""
    return cross_entropy()._replace(formula=r"-\log p_y")


def by_output(cost: Cost) -> tuple[Code, Code]:
    """The code for the cost of a row, and for its derivative, both of a model's output and the target."""
    graph = Graph()
    output, target = graph.input("output"), graph.input("target")
    node = cost.node(output, target)
    return compiled([node], [output, target]), compiled(gradient(node, [output]), [output, target])


COSTS: dict[str, Callable[..., Any]] = {
    "squared": squared,
    "absolute": absolute,
    "huber": huber,
    "cross-entropy": cross_entropy,
}
