"""What the functions of formulas are worth in 80 digits, without any code of gdanim's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath

mp = mpmath.mp.clone()
mp.dps = 80


class OutOfRangeError(Exception):
    """Not a real number, or one that a double does not hold, somewhere on the way."""


def _small(x: Any, bound: float = 1e5) -> Any:
    """An argument whose function can be worked out in a short time."""
    if abs(x) > bound:
        raise OutOfRangeError
    return x


def _beside(a: Any, b: Any) -> Any:
    """b, where 80 digits hold its central differences beside a."""
    if max(abs(a), abs(b), 1) > 1e25 * max(min(abs(a), abs(b)), 1):
        raise OutOfRangeError
    return b


def _power(a: Any, b: Any) -> Any:
    if a == 0 and b == 0:
        return mp.mpf(1)
    if b != int(b) if abs(b) < 1e9 else True:
        _small(b * mp.log(abs(a)) if a else b)
        return mp.power(a, b)
    return mp.power(a, int(_small(b, 1e4)))


def _logsumexp(*values: Any) -> Any:
    largest = max(values)
    for value in values:
        _beside(largest, value)
    return largest + mp.log(mp.fsum(mp.exp(max(x - largest, -10000)) for x in values))


def _within(bound: float, name: str) -> Callable[[Any], Any]:
    return lambda x: getattr(mp, name)(_small(x, bound))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "+": lambda a, b: a + _beside(a, b),
    "-": lambda a, b: a - _beside(a, b),
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": _power,
    "neg": lambda x: -x,
    **{name: _within(1e25, name) for name in ("sin", "cos", "tan")},
    **{name: _within(1e5, name) for name in ("exp", "sinh", "cosh", "tanh")},
    **{name: getattr(mp, name) for name in ("asin", "acos", "atan", "log", "sqrt", "sign")},
    "ln": mp.log,
    "abs": abs,
    "max": max,
    "min": min,
    "relu": lambda x: max(x, mp.mpf(0)),
    "sigmoid": lambda x: 1 / (1 + mp.exp(-_small(x))),
    "softplus": lambda x: _logsumexp(mp.mpf(0), x),
    "logcosh": lambda x: _logsumexp(x, -x) - mp.log(2),
    "logsumexp": _logsumexp,
    "softmax": lambda i, *values: mp.exp(_small(values[i] - _logsumexp(*values))),
}
