"""Optimizer: a pair of pure functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from gdanim.losses.base import Array

State = Any
Step = Callable[[Array, Array, float], Array]  # gradient (n,), theta (n,), learning rate → step (n,)


class Optimizer(NamedTuple):
    """How a descent steps; both functions are pure and broadcast over leading axes of theta.

    Attributes:
        init: theta0 (..., n) → state.
        update: gradient (..., n), state, theta (..., n), learning rate → step (..., n), state; the
            next theta is theta + step.
    """

    init: Callable[[Array], State]
    update: Callable[[Array, State, Array, float], tuple[Array, State]]


def from_function(step: Step) -> Optimizer:
    """An optimizer without a state from a function: gradient, theta, learning rate → step."""
    return Optimizer(lambda theta: None, lambda g, state, theta, eta: (step(g, theta, eta), state))


def zeros(count: int) -> Callable[[Array], State]:
    """An `init` whose state is so many arrays of zeros, and a count of steps, 0."""

    def init(theta: Array) -> State:
        return (0, *(np.zeros_like(theta) for _ in range(count)))

    return init


def dot(a: Array, b: Array) -> Array:
    """Scalar products along the last axis, kept: (..., n) → (..., 1)."""
    return np.asarray((a * b).sum(axis=-1, keepdims=True))
