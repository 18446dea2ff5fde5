"""Schedules: the learning rate at step k."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi
from typing import Annotated

from gdanim.calls import Count, Limits, NotNegative

Schedule = Callable[[int], float]  # k → the factor on the learning rate


def constant() -> Schedule:
    """Always the same."""
    return lambda k: 1.0


def step(every: Count = 10, factor: NotNegative = 0.5) -> Schedule:
    """Multiplied by `factor` every so many steps."""
    return lambda k: factor ** (k // max(1, every))


def exponential(decay: NotNegative = 0.95) -> Schedule:
    """Multiplied by `decay` at every step."""
    return lambda k: decay**k


def inverse_time(decay: NotNegative = 0.1) -> Schedule:
    """1/(1 + decay·k).

    Source: Robbins and Monro (1951), A Stochastic Approximation Method.
    """
    return lambda k: 1.0 / (1.0 + decay * k)


def cosine(iterations: int, end: NotNegative = 0.0) -> Schedule:
    """Half a cosine from 1 to `end`.

    Source: Loshchilov and Hutter (2017), SGDR, eq. 5.
    """
    return lambda k: end + (1 - end) * (1 + cos(pi * min(k / max(1, iterations), 1.0))) / 2


def warmup_cosine(iterations: int, warmup: Annotated[int, Limits(0)] = 5, end: NotNegative = 0.0) -> Schedule:
    """Up in a line over `warmup` steps, then half a cosine down.

    Source: Goyal et al. (2017), Accurate, Large Minibatch SGD, section 2.2, and SGDR.
    """
    down = cosine(max(1, iterations - warmup), end)
    return lambda k: (k + 1) / (warmup + 1) if k < warmup else down(k - warmup)


def cyclic(period: Count = 20, low: NotNegative = 0.1) -> Schedule:
    """A triangle wave between `low` and 1.

    Source: Smith (2017), Cyclical Learning Rates for Training Neural Networks.
    """

    def factor(k: int) -> float:
        phase = k % max(2, period) / max(2, period)
        return low + (1 - low) * (1 - abs(2 * phase - 1))

    return factor
