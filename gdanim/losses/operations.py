"""What a formula can be put together from: each operation's numpy code, derivative and stable forms.

To add one: a row in OPERATIONS, and in `grammar.FUNCTIONS` where it can be typed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gdanim.losses.functions import FUNCTIONS

if TYPE_CHECKING:
    from gdanim.losses.graph import Node


WIDE = 8  # arguments; beyond these the derivatives of softmax would outgrow the formula
Partials = Callable[..., "list[Node]"]
Simplify = Callable[..., "Node | None"]


class Operation(NamedTuple):
    """One kind of node.

    Attributes:
        function: arrays or numbers → the result.
        code: the same as text, in which {0}, {1} … are the arguments and {all} is every one.
        partials: result, arguments → ∂result/∂argument for each; of one that is a number it is not asked.
        simplify: arguments → the same in a simpler or more exact form, None where there is none.
        total: arguments → whether it is a real number whenever they are.
        commutes: whether the order of the arguments does not matter, to the last bit.
    """

    function: Callable[..., Any]
    code: str
    partials: Partials
    simplify: Simplify = lambda *_: None
    total: Callable[..., bool] = lambda *_: True
    commutes: bool = False

    def evaluate(self, *values: float) -> float:
        """The result for numbers; nan or inf where it is none."""
        with np.errstate(all="ignore"):
            return float(self.function(*map(np.float64, values)))


def _is(node: Node, value: float) -> bool:
    return node.is_number and node.value == value


def _never(*_: Any) -> bool:
    return False


def _add(a: Node, b: Node) -> Node | None:
    if _is(a, 0.0):
        return b
    if _is(b, 0.0):
        return a
    if a is b:
        return 2.0 * a
    if b.op == "neg":
        return a - b.args[0]
    return b - a.args[0] if a.op == "neg" else None


def _sub(a: Node, b: Node) -> Node | None:
    if _is(b, 0.0):
        return a
    if _is(a, 0.0):
        return -b
    if a is b and a.total:
        return a.graph.number(0.0)
    if b.op == "neg":
        return a + b.args[0]
    if _is(a, 1.0) and b.op == "sigmoid":
        return _function("sigmoid", -b.args[0])
    return None


def _mul(a: Node, b: Node) -> Node | None:
    if b.is_number:
        a, b = b, a
    if a.is_number:
        if a.value == 0.0 and b.total:
            return a.graph.number(0.0)
        if abs(a.value) == 1.0:
            return b if a.value == 1.0 else -b
        if b.op == "mul" and b.args[0].is_number and _plain(a.value * b.args[0].value):
            return (a * b.args[0]) * b.args[1]
    for x, y in ((a, b), (b, a)):
        if x.op == "neg":
            return -(x.args[0] * y)
        if x.op == "div" and _is(x.args[0], 1.0):
            return y / x.args[1]
        if x.op == "mul" and not y.is_number and _moves(x.args[0]):
            return x.args[0] * (x.args[1] * y)
    return None


def _moves(node: Node) -> bool:
    """Whether this is a number that may change its place in a product: none then overflows much sooner."""
    return node.is_number and 1e-6 <= abs(node.value) <= 1e6


def _plain(value: float) -> bool:
    """Whether a product of numbers has neither overflowed nor lost digits to underflow."""
    return 1e-290 < abs(value) < 1e290


def _div(a: Node, b: Node) -> Node | None:
    if _is(b, 1.0):
        return a
    if _is(b, -1.0):
        return -a
    if b.op == "exp":
        return a * _function("exp", -b.args[0])
    if a.op == "mul" and not b.is_number and _moves(a.args[0]):
        return a.args[0] * (a.args[1] / b)
    total = _log_of_sum(b)
    if total is None:
        return None
    # a/(1 + e^x) and softmax, where e^x overflows
    if a.op == "exp" and total.op == "logsumexp" and a.args[0] in total.args:
        return share(total.args.index(a.args[0]), total.args)
    if a.op == "exp" and a.args[0] is total.args[0]:
        return _function("sigmoid", a.args[0])
    if a.op == "exp":
        return _function("exp", a.args[0] - total)
    if total.op == "softplus":
        return a * _function("sigmoid", -total.args[0])
    return a * _function("exp", -total)


def _pow(a: Node, b: Node) -> Node | None:
    if _is(b, 1.0):
        return a
    if _is(b, 0.0) and a.total:
        return a.graph.number(1.0)
    if _is(a, math.e):
        return _function("exp", b)
    return None


def _neg(a: Node) -> Node | None:
    if a.op == "neg":
        return a.args[0]
    return a.args[1] - a.args[0] if a.op == "sub" else None


def _log(a: Node) -> Node | None:
    if a.op == "exp":
        return a.args[0]
    if a.op == "cosh":
        return _function("logcosh", a.args[0])
    if a.op == "sigmoid":
        return -_function("softplus", -a.args[0])
    if a.op == "softmax":  # of differences, so that log(1/2) keeps its digits where e^1000000 is halved
        chosen, *others = a.args
        return -_function("logsumexp", a.graph.number(0.0), *(other - chosen for other in others))
    return _log_of_sum(a)


def _log_of_sum(node: Node) -> Node | None:
    """log of a sum of exponentials and positive numbers, as `logsumexp`; None for any other node."""
    logs: list[Node] = []
    waiting = [node] if node.op == "add" else []
    while waiting:
        for term in waiting.pop().args:
            if term.op == "add":
                waiting.append(term)
                continue
            log = _log_of_term(term)
            if log is None:
                return None
            logs.append(log)
    return node.graph.apply("logsumexp", *logs) if logs else None


def _log_of_term(term: Node) -> Node | None:
    if term.is_number and term.value > 0:
        return term.graph.number(math.log(term.value))
    if term.op == "exp":
        return term.args[0]
    if term.op == "mul" and term.args[1].op == "exp" and term.args[0].is_number and term.args[0].value > 0:
        return term.args[1].args[0] + math.log(term.args[0].value)
    return None


def _logsumexp(*args: Node) -> Node | None:
    if len(args) == 1:
        return args[0]
    if len(args) == 2 and (_is(args[0], 0.0) or _is(args[1], 0.0)):
        return _function("softplus", args[1] if _is(args[0], 0.0) else args[0])
    return None


def _function(op: str, *args: Node) -> Node:
    return args[0].graph.apply(op, *args)


def share(chosen: int, args: tuple[Node, ...]) -> Node:
    """e^a / Σ e^args, where a is the chosen one of the arguments."""
    others = sorted((*args[:chosen], *args[chosen + 1 :]), key=lambda other: other.index)
    if len(others) == 1 and (_is(args[chosen], 0.0) or _is(others[0], 0.0)):
        return _function("sigmoid", args[chosen] - others[0])
    return _function("softmax", args[chosen], *others)


def _softmax_partials(y: Node, *args: Node) -> list[Node]:
    """s(1 − s), where 1 − s is the sum of the other shares: it keeps its digits where s is nearly 1."""
    if len(args) > WIDE:
        return [
            y * (1.0 - y),
            *(-(y * p) for p in _logsumexp_partials(_function("logsumexp", *args), *args)[1:]),
        ]
    shares = [share(k, args) for k in range(1, len(args))]
    return [y * reduce(lambda a, b: a + b, shares), *(-(y * each) for each in shares)]


def _logsumexp_partials(y: Node, *args: Node) -> list[Node]:
    if len(args) > WIDE:
        return [_function("exp", arg - y) for arg in args]
    return [share(i, args) for i in range(len(args))]


def _power_partials(y: Node, a: Node, b: Node) -> list[Node]:
    # 0^b is 0 for every b > 0, although log 0 is none
    return [b * a ** (b - 1.0), b if b.is_number else y * _function("log_or_0", a)]


def _extreme_partials(y: Node, *args: Node) -> list[Node]:
    """1 for the argument that is the largest, shared evenly between those that tie."""
    ties = [_function("equal", arg, y) for arg in args]
    count = reduce(lambda a, b: a + b, ties)
    return [tie / count for tie in ties]


def _numbers(node: Node, *values: float) -> list[Node]:
    return [node.graph.number(value) for value in values]


def _whole_power(a: Node, b: Node) -> bool:
    return b.is_number and b.value >= 0 and b.value == int(b.value)


def _by_a_number(a: Node, b: Node) -> bool:
    return b.is_number and b.value != 0


def _f(name: str, derivative: Callable[[Node, Node], Node], **settings: Any) -> Operation:
    """A function of one argument: (result, argument) → derivative."""
    return Operation(FUNCTIONS[name], name + "({0})", lambda y, x: [derivative(y, x)], **settings)


def _n(name: str, partials: Partials, **settings: Any) -> Operation:
    """A function of any number of arguments."""
    return Operation(FUNCTIONS[name], name + "({all})", partials, **settings)


OPERATIONS: dict[str, Operation] = {
    "add": Operation(np.add, "{0} + {1}", lambda y, a, b: _numbers(y, 1.0, 1.0), _add, commutes=True),
    "sub": Operation(np.subtract, "{0} - {1}", lambda y, a, b: _numbers(y, 1.0, -1.0), _sub),
    "mul": Operation(np.multiply, "{0} * {1}", lambda y, a, b: [b, a], _mul, commutes=True),
    "div": Operation(np.divide, "{0} / {1}", lambda y, a, b: [1.0 / b, -y / b], _div, _by_a_number),
    "pow": Operation(np.power, "{0} ** {1}", _power_partials, _pow, _whole_power),
    "neg": Operation(np.negative, "-{0}", lambda y, x: _numbers(y, -1.0), _neg),
    "sin": _f("sin", lambda y, x: _function("cos", x)),
    "cos": _f("cos", lambda y, x: -_function("sin", x)),
    "tan": _f("tan", lambda y, x: 1.0 + y * y, total=_never),
    "asin": _f("arcsin", lambda y, x: 1.0 / _function("sqrt", (1.0 - x) * (1.0 + x)), total=_never),
    "acos": _f("arccos", lambda y, x: -1.0 / _function("sqrt", (1.0 - x) * (1.0 + x)), total=_never),
    "atan": _f("arctan", lambda y, x: 1.0 / (1.0 + x * x)),
    "sinh": _f("sinh", lambda y, x: _function("cosh", x)),
    "cosh": _f("cosh", lambda y, x: _function("sinh", x)),
    # 1 - tanh² would lose all digits where tanh is nearly 1
    "tanh": _f("tanh", lambda y, x: (1.0 / _function("cosh", x)) ** 2.0),
    "exp": _f("exp", lambda y, x: y),
    "log": _f("log", lambda y, x: 1.0 / x, simplify=_log, total=_never),
    "log_or_0": _f("log_or_0", lambda y, x: 1.0 / x, simplify=_log, total=_never),
    "sqrt": _f("sqrt", lambda y, x: 0.5 / y, total=_never),
    "abs": _f("abs", lambda y, x: _function("sign", x)),
    "sign": _f("sign", lambda y, x: x.graph.number(0.0)),
    "step": _f("step", lambda y, x: x.graph.number(0.0)),
    "relu": _f("relu", lambda y, x: _function("step", x)),
    "sigmoid": _f("sigmoid", lambda y, x: y * _function("sigmoid", -x)),
    "softplus": _f("softplus", lambda y, x: _function("sigmoid", x)),
    "logcosh": _f("logcosh", lambda y, x: _function("tanh", x)),
    "logsumexp": _n("logsumexp", _logsumexp_partials, simplify=_logsumexp),
    "softmax": _n("softmax", _softmax_partials),
    "max": _n("maximum", _extreme_partials),
    "min": _n("minimum", _extreme_partials),
    "equal": _n("equal", lambda y, a, b: _numbers(y, 0.0, 0.0)),
    # a derivative is none where the loss itself is none: log(w) has no slope at -1
    "where_finite": Operation(
        lambda x, y: x + y * 0.0, "{0} + {1} * 0.0", lambda y, a, b: _numbers(y, 1.0, 0.0)
    ),
}
