"""A loss from any formula: text → Python's syntax tree → a graph → numpy code, node by node.

Nothing of the text is ever evaluated: `grammar` has found nothing but arithmetic before a node is made,
and the code consists of names and numbers of our own.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np

from gdanim.errors import GdanimError
from gdanim.losses.base import Array, Loss
from gdanim.losses.compiled import Code, compiled
from gdanim.losses.grammar import CONSTANTS, OPERATORS, ordered_parameters
from gdanim.losses.graph import Graph, Node, directional, gradient, needed
from gdanim.losses.lettering import as_typed, derivatives, expressions
from gdanim.losses.mathtext import numeral, symbol
from gdanim.losses.minima import find_minima
from gdanim.losses.operations import share
from gdanim.losses.reading import Source, plain
from gdanim.losses.statements import LOSS, Statement, single, statements

LONG = 1000  # lines of code for a gradient; of a longer formula no minima are looked for
LARGEST = 8_000_000  # numbers held at a time while a loss is worked out in many places: 64 MB
STEPS = ("sign", "step", "equal")  # what a loss may depend on although its derivative is 0


class Formula(Loss):
    """A loss with exact derivatives of first and second order, worked out on its graph.

    Attributes:
        statements: as they were typed, the loss last.
        constants: the values of letters that are not parameters.
        graph: of the loss and its derivatives.
        output: the node of the loss itself.
        inputs: the node of each parameter.
        most: how many numbers are worked out at once; more are taken in parts.
    """

    framed = False
    source = "a formula"

    def __init__(
        self,
        text: str,
        statements: Sequence[Statement],
        constants: Mapping[str, float],
        output: Node,
        slopes: dict[Node, Node],
    ) -> None:
        inputs = list(slopes)
        self.name = text
        self.parameters = tuple(node.name for node in inputs)
        self.statements, self.constants = tuple(statements), dict(constants)
        self.graph, self.output, self.inputs = output.graph, output, inputs
        self._slopes = list(slopes.values())
        n = len(inputs)
        self._places = range(n)
        self.most = max(n, n * (LARGEST // self._gradient.arrays))
        self.domain = ((-4.0, 4.0),) * n
        self.start = _start(self, n)
        self.learning_rate = _rate(self)
        self.minima = () if self._is_long else find_minima(self)

    def value(self, theta: Array) -> Array:
        if theta.size > self.most:
            return np.asarray(self._in_parts(self.value, theta))
        return np.asarray(self._value.function(*[theta[..., i] for i in self._places])[0])

    def gradient(self, theta: Array) -> Array:
        if theta.size > self.most:
            return self._in_parts(self.gradient, theta)
        gradient = np.empty_like(theta)
        for i, partial in enumerate(self._gradient.function(*[theta[..., i] for i in self._places])):
            gradient[..., i] = partial
        return gradient

    def product(self, theta: Array, direction: Array) -> Array:
        """∇²L(theta) times a direction, exact: (..., n), (..., n) → (..., n); as dear as a few gradients."""
        columns = [np.asarray(vector)[..., i] for vector in (theta, direction) for i in self._places]
        found = self._product.function(*columns)
        product = np.empty((*np.broadcast(columns[0], columns[-1]).shape, len(found)))
        for i, each in enumerate(found):
            product[..., i] = each
        return product

    def hessian(self, theta: Array) -> Array:
        """∇²L at theta, exact: (..., n) → (..., n, n), symmetric."""
        rows = self.product(np.asarray(theta)[..., None, :], np.eye(len(self.parameters)))
        with np.errstate(all="ignore"):
            return np.asarray(0.5 * rows + 0.5 * np.swapaxes(rows, -1, -2))

    @property
    def _is_long(self) -> bool:
        """Whether second derivatives would keep one waiting."""
        return len(self._gradient.lines) > LONG

    @cached_property
    def formula(self) -> str:  # type: ignore[override]
        return as_typed(self.statements[-1].tree, {} if self.names_parts else self.constants)

    @cached_property
    def equations(self) -> tuple[str, ...]:
        if not self.names_parts:
            return (f"L = {self.formula}",)
        *before, last = self.statements
        name = f"L = {symbol(last.name)}" if last.name not in ("", LOSS) else "L"
        return (
            *(f"{symbol(each.name)} = {as_typed(each.tree, {})}" for each in before),
            f"{name} = {self.formula}",
            *(f"{symbol(letter)} = {numeral(value)}" for letter, value in self.constants.items()),
        )

    @property
    def names_parts(self) -> bool:
        """Whether it was written as statements, with names of their own."""
        return bool(self.statements[-1].name) or len(self.statements) > 1

    @cached_property
    def gradient_formula(self) -> tuple[str, ...]:  # type: ignore[override]
        return derivatives(self._slopes)

    @cached_property
    def gradient_expression(self) -> tuple[str, ...]:
        return expressions(self._slopes)

    @cached_property
    def _value(self) -> Code:
        return compiled([self.output], self.inputs)

    @cached_property
    def _gradient(self) -> Code:
        return compiled(where_real(self.output, self._slopes), self.inputs)

    @cached_property
    def _product(self) -> Code:
        along = [self.graph.input(f"direction of {name}") for name in self.parameters]
        dots = directional(self._slopes, dict(zip(self.inputs, along, strict=True)))
        return compiled(where_real(self.output, dots), [*self.inputs, *along])

    def _in_parts(self, function: Callable[[Array], Array], theta: Array) -> Array:
        """The function of many points, a part at a time where memory would run short."""
        rows = theta.reshape(-1, theta.shape[-1])
        done = [function(part) for part in np.array_split(rows, -(-rows.size // self.most))]
        return np.concatenate(done).reshape(*theta.shape[:-1], *done[0].shape[1:])


def where_real(output: Node, nodes: list[Node]) -> list[Node]:
    """The nodes, not finite where the output is not: log(w) has no slope at -1, and 1/w a value."""
    if not any(map(_is_hidden, needed([output]))):
        return nodes
    return [output.graph.apply("where_finite", node, output) for node in nodes]


def _is_hidden(node: Node) -> bool:
    """Whether the derivative may be a number where the node is none."""
    if node.op == "log" or (node.op == "pow" and not node.args[1].is_number):
        return True
    flat = node.op in STEPS or (node.op == "mul" and 0.0 in (arg.value for arg in node.args if arg.is_number))
    return flat and not node.total


def parse(text: str, *, constants: Mapping[str, float], parameters: tuple[str, ...] = ()) -> Formula:
    """The loss that a formula describes.

    Args:
        text: arithmetic, or statements of which the last is the loss.
        constants: values of letters that are not parameters.
        parameters: in order; when empty, all other names in natural order (w2 before w10).

    Raises:
        GdanimError: anything but arithmetic, with a caret under the place; nothing was evaluated.

    >>> loss = parse("w1**2 + lam*w2^2", constants={"lam": 10.0})
    >>> loss.parameters, loss.gradient(np.array([1.0, 2.0])).tolist()
    (('w1', 'w2'), [2.0, 40.0])
    """
    read = read_formula(text, constants=constants, parameters=parameters)
    slopes = dict(zip(read.inputs, read.slopes(), strict=True))
    return Formula(text, read.statements, read.constants, read.output, slopes)


class Read(NamedTuple):
    """A formula that has been read.

    Attributes:
        statements: as they were typed, the output last.
        constants: values of letters that are neither parameters nor columns.
        output: its node.
        inputs: the node of each parameter, in order.
        columns: the node of each column of data that is in it, by name.
    """

    statements: list[Statement]
    constants: dict[str, float]
    output: Node
    inputs: list[Node]
    columns: dict[str, Node]

    def slopes(self) -> list[Node]:
        """The derivative of the output by each parameter.

        Raises:
            GdanimError: it does not depend on one of them.
        """
        reached = set(needed([self.output]))
        slopes = gradient(self.output, self.inputs)
        for node, slope in zip(self.inputs, slopes, strict=True):
            flat = slope.is_number and slope.value == 0 and not any(other.op in STEPS for other in reached)
            if node not in reached or flat:
                raise GdanimError(f"the formula does not depend on '{node.name}', worked out", where=["loss"])
        return slopes


def read_formula(
    text: str,
    *,
    constants: Mapping[str, float],
    parameters: tuple[str, ...] = (),
    columns: Sequence[str] = (),
    several: bool = False,
) -> Read:
    """A formula as nodes; the same rules as for `parse`.

    Args:
        columns: names that stand for data, where they are in the formula.
        several: whether it may be several statements also where there are columns.
    """
    values = {plain(name): value for name, value in constants.items()}
    order = tuple(map(plain, parameters))
    one = columns and not several
    letters = {*values, *columns}
    parts = [single(text, {*letters, *order})] if one else statements(text, letters, order)
    named = {part.name for part in parts}
    found = {name for part in parts for name in part.names} - named
    names = ordered_parameters(found - set(columns), values, order)
    graph = Graph()
    inputs = [graph.input(name) for name in names]
    data = {name: graph.input(name) for name in columns if name in found}
    known = {name: graph.number(value) for name, value in {**CONSTANTS, **values}.items()}
    known |= {**dict(zip(names, inputs, strict=True)), **data}
    for part in parts:
        output = known[part.name] = build(part.tree, part.source, known, graph)
    return Read(parts, values, output, inputs, data)


def build(tree: ast.expr, source: Source | None, names: Mapping[str, Node], graph: Graph) -> Node:
    """The node of a checked tree, without recursion: a long sum is a deep tree.

    Args:
        source: of the tree, to refuse what is a real number nowhere; None where that has been done.
    """
    done: list[Node] = []
    waiting: list[tuple[ast.expr, bool]] = [(tree, False)]
    while waiting:
        node, ready = waiting.pop()
        match node:
            case ast.Constant(value=int() | float() as value):
                done.append(graph.number(float(value)))
                continue
            case ast.Name(id=name):
                done.append(names[name])
                continue
            case ast.UnaryOp(operand=operand):
                parts = [operand]
            case ast.BinOp(left=left, right=right):
                parts = [left, right]
            case ast.Call(args=arguments):
                parts = arguments
        if not ready:
            waiting.append((node, True))
            waiting += [(part, False) for part in reversed(parts)]
            continue
        arguments_of = done[len(done) - len(parts) :]
        del done[len(done) - len(parts) :]
        result = _combined(node, arguments_of, graph)
        done.append(result if source is None else _real(result, node, arguments_of, source))
    return done[0]


def _combined(node: ast.expr, args: list[Node], graph: Graph) -> Node:
    match node:
        case ast.UnaryOp(op=op):
            return -args[0] if isinstance(op, ast.USub) else args[0]
        case ast.BinOp(op=op):
            return graph.apply(OPERATORS[type(op)], *args)
        case ast.Call(func=ast.Name(id="softmax")):
            return share(int(args[0].value) - 1, tuple(args[1:]))
        case ast.Call(func=ast.Name(id=name)):
            return graph.apply({"ln": "log"}.get(name, name), *args)
    raise AssertionError(node)


def _real(result: Node, node: ast.expr, args: list[Node], source: Source) -> Node:
    """The result; what is a real number nowhere is refused, since the whole formula is none then."""
    if isinstance(node, ast.BinOp):
        by_zero = isinstance(node.op, ast.Div) and args[1].is_number and args[1].value == 0
        if by_zero:
            raise source.error("this divides by zero everywhere", node.right)
        varies = isinstance(node.op, ast.Pow) and args[0].is_number and not args[1].is_number
        if varies and args[0].value <= 0:
            raise source.error("a power that varies needs a positive number below it", node)
    if result.is_number and not math.isfinite(result.value):
        why = "is not a real number" if math.isnan(result.value) else "is beyond 1.8e308"
        raise source.error(f"this {why}", node)
    return result


def _start(loss: Formula, n: int) -> tuple[float, ...]:
    """A start that shows something: the first of a few where the loss and its gradient are finite."""
    usual = np.array([3.0]) if n == 1 else np.array([(-2.5, 2.0)[i % 2] for i in range(n)])
    for scale, positive in product((1.0, 0.5, 0.25, 0.1), (False, True)):
        start = scale * (np.abs(usual) if positive else usual)
        if np.isfinite(loss.value(start)) and np.isfinite(loss.gradient(start)).all():
            return tuple(start.tolist())
    return tuple(usual.tolist())


def _rate(loss: Formula) -> float:
    """A learning rate that suits the curvature at the start, in one digit, at most 0.1."""
    # Differences of the gradient do for one digit, where exact ones would keep one waiting.
    with np.errstate(all="ignore"):
        hessian = (Loss.hessian if loss._is_long else Formula.hessian)(loss, np.array(loss.start))
    if not np.isfinite(hessian).all():
        return 0.1
    try:
        steepest = float(np.abs(np.linalg.eigvalsh(hessian)).max())
    except np.linalg.LinAlgError:
        return 0.1
    return min(0.1, float(f"{1 / steepest:.0e}")) if steepest > 0 else 0.1
