"""How far rounding may carry a formula's value and derivatives: a running error analysis of their own tree.

A derivative is written out as a further tree, by rules that are not gdanim's. Every node then has its exact
value and a bound: what the bounds of its arguments can change in it, and the rounding of its own. So terms
of 10^12 that cancel are allowed what rounding leaves of 10^12, and nothing else is.

Source: Higham (2002), Accuracy and Stability of Numerical Algorithms, section 3.3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

from tests.exact import FUNCTIONS, OutOfRangeError, mp

Tree = tuple[Any, ...]
UNIT = mp.mpf(10) ** -15  # of a result: some units in the last place, for the few operations it may take
HALF_A_UNIT = mp.mpf(2) ** -53
# So much may be lost where a result vanishes; what multiplies it, multiplies that.
UNDERFLOW = mp.mpf("1e-290")
TURN = 0.5  # of an angle: what is rounded by more is not known at all
WHOLE = 2**53  # smaller whole numbers are exact; so is the exponent of a derivative of w^3
ZERO, ONE, TWO = ("number", "0"), ("number", "1"), ("number", "2")

# What derivatives consist of besides; those that have an index take it before their arguments.
FURTHER: dict[str, Callable[..., Any]] = {
    **FUNCTIONS,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "sum": lambda a, b: a + b,  # of a derivative's terms, in whatever order they are added
    "softmax": lambda k, *values: mp.exp(max(values[k] - FUNCTIONS["logsumexp"](*values), -10000)),
    "step": lambda x: mp.mpf(x > 0),
    "is max": lambda k, *values: mp.mpf(values[k] == max(values)) / values.count(max(values)),
    "is min": lambda k, *values: mp.mpf(values[k] == min(values)) / values.count(min(values)),
}
INDEXED = ("softmax", "is max", "is min")
RULES: dict[str, Callable[[Tree, Tree], Tree]] = {  # the node, its argument → its derivative
    "sin": lambda y, x: ("cos", x),
    "cos": lambda y, x: ("neg", ("sin", x)),
    "tan": lambda y, x: ("+", ONE, ("*", y, y)),
    "asin": lambda y, x: ("/", ONE, _root(x)),
    "acos": lambda y, x: ("neg", ("/", ONE, _root(x))),
    "atan": lambda y, x: ("/", ONE, ("+", ONE, ("*", x, x))),
    "sinh": lambda y, x: ("cosh", x),
    "cosh": lambda y, x: ("sinh", x),
    "tanh": lambda y, x: ("/", ONE, ("*", ("cosh", x), ("cosh", x))),
    "exp": lambda y, x: y,
    "log": lambda y, x: ("/", ONE, x),
    "ln": lambda y, x: ("/", ONE, x),
    "sqrt": lambda y, x: ("/", ONE, ("*", TWO, y)),
    "abs": lambda y, x: ("sign", x),
    "relu": lambda y, x: ("step", x),
    "sigmoid": lambda y, x: ("*", y, ("sigmoid", ("neg", x))),
    "softplus": lambda y, x: ("sigmoid", x),
    "logcosh": lambda y, x: ("tanh", x),
}


def _root(x: Tree) -> Tree:
    return ("sqrt", ("*", ("-", ONE, x), ("+", ONE, x)))


def indexed(tree: Tree, chosen: Sequence[int]) -> Tree:
    """The tree with the argument that each softmax is for, in the order of the text, as its index."""
    remaining = iter(chosen)

    def with_index(part: Tree) -> Tree:
        op, *children = part
        if op in ("number", "name"):
            return part
        index = [next(remaining)] if op == "softmax" else []
        return (op, *index, *map(with_index, children))

    return with_index(tree)


class Derivatives:
    """Trees of derivatives; what they have in common is one object."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], tuple[Tree, Tree | None]] = {}

    def of(self, tree: Tree, name: str) -> Tree:
        """∂tree/∂name."""
        return self._or_none(tree, name) or ZERO

    def _or_none(self, tree: Tree, name: str) -> Tree | None:
        """The same; None where it does not depend on the name."""
        key = id(tree), name
        if key not in self._known:
            terms = [term for term in self._terms(tree, name) if term is not None]
            total = None if not terms else terms[0]
            for term in terms[1:]:
                total = ("sum", total, term)
            self._known[key] = tree, total  # with the tree, so that nothing else gets its id
        return self._known[key][1]

    def _terms(self, tree: Tree, name: str) -> list[Tree | None]:
        op, *args = tree
        if op == "number":
            return []
        if op == "name":
            return [ONE] if args[0] == name else []
        if op in INDEXED:
            args = args[1:]
        slopes = [self._or_none(arg, name) for arg in args]
        return [
            None if slope is None else ("*", partial, slope)
            for slope, partial in zip(slopes, partials(tree, args), strict=True)
        ]


def partials(tree: Tree, args: Sequence[Tree]) -> list[Tree]:
    """∂tree/∂argument for each."""
    op = tree[0]
    if op in ("+", "-", "sum"):
        return [ONE, ("neg", ONE) if op == "-" else ONE]
    if op == "neg":
        return [("neg", ONE)]
    if op in ("sign", "step", "is max", "is min"):
        return [ZERO for _ in args]
    if op == "*":
        return [args[1], args[0]]
    if op == "/":
        return [("/", ONE, args[1]), ("neg", ("/", tree, args[1]))]
    if op == "^":
        return [("*", args[1], ("^", args[0], ("-", args[1], ONE))), ("*", tree, ("log", args[0]))]
    if op in ("max", "min"):
        return [(f"is {op}", k, *args) for k in range(len(args))]
    if op == "softmax":
        chosen = tree[1]
        products: list[Tree] = [("*", tree, ("softmax", j, *args)) for j in range(len(args))]
        others = products[:chosen] + products[chosen + 1 :]
        partial = reduce(lambda a, b: ("+", a, b), others)
        return [partial if j == chosen else ("neg", each) for j, each in enumerate(products)]
    if op == "logsumexp":
        return [("softmax", k, *args) for k in range(len(args))]
    return [RULES[op](tree, args[0])]


class Running(NamedTuple):
    """A node's exact value, and how far rounding may carry the value that is worked out.

    Attributes:
        size: of the terms that it is the sum of, all taken as positive: 1 + 10⁻⁸ − 1 is right to 10⁻¹⁶ only.
    """

    value: Any
    bound: Any
    size: Any


class Bounds:
    """Running bounds at a point.

    Args:
        point: what each name is worth.
        inexact: names whose worth is rounded itself.
    """

    def __init__(self, point: Mapping[str, Any], inexact: Sequence[str] = ("pi", "e")) -> None:
        self._point, self._inexact = point, inexact
        self._known: dict[int, tuple[Tree, Running]] = {}

    def of(self, tree: Tree) -> Running:
        """The bound of a tree.

        Raises:
            OutOfRangeError: it is no real number there, or rounding decides whether it is.
        """
        if id(tree) not in self._known:
            self._known[id(tree)] = tree, self._worked_out(tree)
        return self._known[id(tree)][1]

    def _worked_out(self, tree: Tree) -> Running:
        op, *args = tree
        if op == "number":
            value = mp.mpf(args[0])
            return Running(value, abs(mp.mpf(float(value)) - value), abs(value))
        if op == "name":
            value = self._point[args[0]]
            bound = UNIT * abs(value) if args[0] in self._inexact else mp.mpf(0)
            return Running(value, bound, abs(value))
        index = [args.pop(0)] if op in INDEXED else []
        parts = [self.of(arg) for arg in args]
        places = [part.value for part in parts]
        value = _real(op, *index, *places)
        exact = abs(value) < WHOLE and value == int(value) and not any(part.bound for part in parts)
        size = abs(value)
        if op == "sum":
            size = sum(part.size for part in parts)
        elif op == "*":
            size = parts[0].size * parts[1].size
        elif op == "logsumexp":  # the largest of them is added at the end
            size = max(map(abs, [value, *places]))
        elif op == "softmax" and value:  # e to a difference, which is rounded before
            size *= 1 + HALF_A_UNIT / UNIT * abs(mp.log(value))
        bound = mp.mpf(0) if exact else UNIT * (size if op in ("sum", "softmax", "logsumexp") else abs(value))
        if value and abs(value) < UNDERFLOW:
            bound = UNDERFLOW
        for k, part in enumerate(parts):
            if part.bound:
                moved = (
                    _real(op, *index, *places[:k], part.value + sign * part.bound, *places[k + 1 :])
                    for sign in (1, -1)
                )
                bound += max(abs(each - value) for each in moved)
        if op in ("sin", "cos", "tan") and parts[0].bound > TURN:  # it may be anywhere on its way round
            if op == "tan":
                raise OutOfRangeError
            bound = mp.mpf(2)
        if op == "*":  # both at once: of what is 0 beside what rounding may choose, nothing else is seen
            bound += parts[0].bound * parts[1].bound
        return Running(value, bound, size)


def _real(op: str, *args: Any) -> Any:
    try:
        value = FURTHER[op](*args)
    except (ZeroDivisionError, ValueError, OverflowError):
        raise OutOfRangeError from None
    if not mp.isfinite(value) or isinstance(value, mp.mpc):
        raise OutOfRangeError
    return value
