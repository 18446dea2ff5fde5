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


def sigmoid(x: Any) -> Any:
    """1/(1 + e^(−x)); where e^(−x) overflows that is 0, as it should be."""
    return 1.0 / (1.0 + np.exp(-x))


def softmax(x: Any, *others: Any) -> Any:
    """e^x / (e^x + Σ e^others), where nothing that overflows is divided by what does."""
    return 1.0 / (1.0 + sum(np.exp(other - x) for other in others))


def _several(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *arguments: reduce(function, arguments)


# What the code of an operation may call, besides the signs of arithmetic.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp", "log")},
    **{name: getattr(np, name) for name in ("arcsin", "arccos", "arctan", "sqrt", "abs", "sign")},
    "logcosh": logcosh,
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
