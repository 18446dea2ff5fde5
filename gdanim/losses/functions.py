"""The functions of formulas on numpy arrays, in forms that neither overflow nor lose digits."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np


def logcosh(x: Any) -> Any:
    """log cosh x without overflow, and with all its digits near 0."""
    size = np.abs(x)
    near = 0.5 * np.log1p(np.sinh(np.minimum(size, 1.0)) ** 2)
    return np.where(size < 1.0, near, size + np.log1p(np.exp(-2.0 * size)) - math.log(2.0))


def log_or_0(x: Any) -> Any:
    """log x, and 0 for 0: what a power's slope by its exponent is multiplied by, as PyTorch has it."""
    return np.where(x == 0.0, 0.0, np.log(x))


def sigmoid(x: Any) -> Any:
    """1/(1 + e^(−x)); where e^(−x) overflows that is 0, as it should be."""
    return 1.0 / (1.0 + np.exp(-x))


def softmax(x: Any, *others: Any) -> Any:
    """e^x / (e^x + Σ e^others), where nothing that overflows is divided by what does."""
    return 1.0 / (1.0 + sum(np.exp(other - x) for other in others))


# Coefficients of the error function, the highest power first, above and below the line: near 0, and of
# 1 − erf x times e^(x²) farther out.
NEAR = (
    (0.185777706184603153, 3.1611237438705656, 113.864154151050156, 377.485237685302021, 3209.37758913846947),
    (1.0, 23.6012909523441209, 244.024637934444173, 1282.61652607737228, 2844.23683343917062),
)
OUT = (
    (
        *(2.15311535474403846e-8, 0.564188496988670089, 8.88314979438837594, 66.1191906371416295),
        *(298.635138197400131, 881.95222124176909, 1712.04761263407058, 2051.07837782607147),
        1230.33935479799725,
    ),
    (
        *(1.0, 15.7449261107098347, 117.693950891312499, 537.181101862009858, 1621.38957456669019),
        *(3290.79923573345963, 4362.61909014324716, 3439.36767414372164, 1230.33935480374942),
    ),
)
CLOSE, DONE = 0.46875, 6.0  # up to which each holds; from DONE on 1 − erf x is rounding


def erf(x: Any) -> Any:
    """The error function, 2/√π ∫₀ˣ e^(−t²) dt, to the last digit or two; math has it for numbers only.

    Source: Cody (1969), Rational Chebyshev Approximations for the Error Function.

    >>> erf(np.array([0.0, 0.3, -1.0, 40.0])).round(12).tolist(), round(math.erf(0.3), 12)
    ([0.0, 0.328626759459, -0.84270079295, 1.0], 0.328626759459)
    """
    size = np.minimum(np.abs(x), DONE)
    near = x * _quotient(NEAR, np.minimum(size, CLOSE) ** 2)
    out = np.copysign(1.0 - np.exp(-size * size) * _quotient(OUT, size), x)
    return np.where(size <= CLOSE, near, out)


def _quotient(parts: tuple[tuple[float, ...], tuple[float, ...]], x: Any) -> Any:
    """One polynomial over another."""
    above, below = (np.full_like(x, part[0]) for part in parts)
    for a, b in zip(parts[0][1:], parts[1][1:], strict=True):
        above *= x
        above += a
        below *= x
        below += b
    return above / below


def _several(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *arguments: reduce(function, arguments)


# What the code of an operation may call, besides the signs of arithmetic.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log")},
    **{name: getattr(np, name) for name in ("arcsin", "arccos", "arctan", "sqrt", "abs", "sign")},
    "logcosh": logcosh,
    "log_or_0": log_or_0,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "softplus": lambda x: np.logaddexp(0.0, x),
    "logsumexp": _several(np.logaddexp),
    "maximum": _several(np.maximum),
    "minimum": _several(np.minimum),
    "relu": lambda x: np.maximum(x, 0.0),
    "step": lambda x: np.heaviside(x, 0.0),
    "equal": lambda a, b: np.equal(a, b) * 1.0,
}
