"""A formula's loss and derivatives as mathtext: the loss as it was typed, the derivatives from the graph."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce

from gdanim.losses.graph import Node, needed
from gdanim.losses.mathtext import mathtext
from gdanim.losses.written import unparsed

LONGEST = 120  # nodes of a derivative that is written
UNWRITTEN = ("equal", "where_finite")  # max and min have no derivative that arithmetic can write


def as_typed(tree: ast.expr, constants: Mapping[str, float]) -> str:
    """The mathtext of the loss, with the values of letters that are not parameters."""
    with deep():
        return mathtext(_Valued(constants).visit(tree) if constants else tree)


def derivatives(slopes: Sequence[Node]) -> tuple[str, ...]:
    r"""The mathtext of each derivative, as the graph has it; \ldots for one that is too long to be read.

    >>> from gdanim.losses.graph import Graph, gradient
    >>> x = Graph().input("x")
    >>> derivatives(gradient(3.0 * (x - 2.0) ** 2.0, [x]))
    ('6(x - 2)',)
    """
    return tuple(r"\ldots" if tree is None else mathtext(tree) for tree in map(_derivative, slopes))


def expressions(slopes: Sequence[Node]) -> tuple[str, ...]:
    """Each derivative as `--loss` reads it; "" for one that is too long to be read.

    >>> from gdanim.losses.graph import Graph, gradient
    >>> x = Graph().input("x")
    >>> expressions(gradient(3.0 * (x - 2.0) ** 2.0, [x]))
    ('6*(x - 2)',)
    """
    return tuple("" if tree is None else unparsed(tree) for tree in map(_derivative, slopes))


def _derivative(slope: Node) -> ast.expr | None:
    nodes = needed([slope])
    sizes: dict[int, int] = {}
    for node in nodes:  # what is shared is written as often as it occurs
        sizes[node.index] = 1 + sum(sizes[arg.index] for arg in node.args)
    if sizes[slope.index] > LONGEST or any(node.op in UNWRITTEN for node in nodes):
        return None
    return _tree(slope)


def _tree(node: Node) -> ast.expr:
    """The syntax tree of a node."""
    if node.is_number:
        return _number(node.value)
    if not node.args:
        return ast.Name(id=node.name)
    if node.op in ("mul", "div", "neg"):
        negative, tree = _product(node)
        return ast.UnaryOp(op=ast.USub(), operand=tree) if negative else tree
    if node.op in ("add", "sub"):
        negative, right = _product(node.args[1])
        minus = negative != (node.op == "sub")
        return ast.BinOp(left=_tree(node.args[0]), op=ast.Sub() if minus else ast.Add(), right=right)
    args = [_tree(arg) for arg in node.args]
    if node.op == "pow":
        return ast.BinOp(left=args[0], op=ast.Pow(), right=args[1])
    if node.op == "softmax":  # of which the graph has the chosen argument first
        args = [ast.Constant(value=1), *args]
    return ast.Call(func=ast.Name(id=node.op.removesuffix("_or_0")), args=args, keywords=[])


def _product(node: Node) -> tuple[bool, ast.expr]:
    """Whether a product is negative, and its size: one number first, one fraction for all that divides."""
    number, above, below = 1.0, list[Node](), list[Node]()
    waiting = [(node, False)]
    while waiting:
        factor, divides = waiting.pop()
        if factor.op == "neg":
            number = -number
            waiting.append((factor.args[0], divides))
        elif factor.op in ("mul", "div"):
            waiting.append((factor.args[1], divides != (factor.op == "div")))
            waiting.append((factor.args[0], divides))
        elif factor.is_number:
            number = number / factor.value if divides and factor.value else number * factor.value
        else:
            (below if divides else above).append(factor)
    factors = _powers(above)
    if abs(number) != 1.0 or not factors:
        factors.insert(0, _number(abs(number)))
    tree = reduce(_times, factors)
    if below:
        tree = ast.BinOp(left=tree, op=ast.Div(), right=reduce(_times, _powers(below)))
    return number < 0, tree


def _powers(factors: list[Node]) -> list[ast.expr]:
    """Equal factors as a power of one."""
    return [
        _tree(node)
        if count == 1
        else ast.BinOp(left=_tree(node), op=ast.Pow(), right=ast.Constant(value=count))
        for node, count in Counter(factors).items()
    ]


def _times(a: ast.expr, b: ast.expr) -> ast.expr:
    return ast.BinOp(left=a, op=ast.Mult(), right=b)


def _number(value: float) -> ast.expr:
    number = ast.Constant(value=int(abs(value)) if float(value).is_integer() else abs(value))
    return ast.UnaryOp(op=ast.USub(), operand=number) if value < 0 else number


class _Valued(ast.NodeTransformer):
    def __init__(self, constants: Mapping[str, float]) -> None:
        self._constants = constants

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self._constants:
            return node
        return _number(self._constants[node.id])


@contextmanager
def deep() -> Iterator[None]:
    """A long sum is a deep tree."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 20_000))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
