"""Optimizer: a pair of pure functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from gdanim.errors import GdanimError
from gdanim.losses.base import Array

State = Any
Step = Callable[[Array, Array, float], Any]  # gradient (n,), theta (n,), learning rate → step (n,)


class Optimizer(NamedTuple):
    """How a descent steps; both functions are pure and broadcast over leading axes of theta.

    Attributes:
        init: theta0 (..., n) → state.
        update: gradient (..., n), state, theta (..., n), learning rate → step (..., n), state; the
            next theta is theta + step. The learning rate is a number, or one for each run in theta's shape.
        plain: whether every step is −η times the gradient.
        fading: whether it divides by something that only grows, so that its steps die out.
        normed: whether its steps need not shrink with the gradient, by which they are divided in some
            way; near a minimum they may grow again, up to some times η.
        limit: on a quadratic it settles in a direction of curvature λ where ηλ is less, and runs away
            where it is more; None where there is no such number.
        halts: whether every point without a gradient attracts it, saddles and maxima too.
        usual: the learning rate that is meant where none is given; None where that is the loss's.
        cost: how many times as long as one of plain descent a step takes, about, of many runs at once; what
            descends many times by itself looks at fewer starts or learning rates for it.
        state_names: what its docstring calls each part of the state after the count of steps, in their
            order; none where the state is not numbers alone.
    """

    init: Callable[[Array], State]
    update: Callable[[Array, State, Array, float], tuple[Array, State]]
    plain: bool = False
    fading: bool = False
    normed: bool = False
    limit: float | None = None
    halts: bool = False
    usual: float | None = None
    cost: float = 1.0
    state_names: tuple[str, ...] = ()


def from_function(step: Step) -> Optimizer:
    """An optimizer without a state from a plain function.

    Args:
        step: gradient (n,), theta (n,), learning rate → what is added to theta, (n,). It is called for
            one run at a time, since what it does with several is not known.

    Raises:
        GdanimError: while it descends, where `step` raises or does not return n numbers.

    >>> sign = from_function(lambda gradient, theta, eta: -eta * np.sign(gradient))
    >>> sign.update(np.array([4.0, -9.0]), None, np.zeros(2), 0.5)[0].tolist()
    [-0.5, 0.5]
    """

    def one(g: Array, theta: Array, eta: float) -> Array:
        try:
            result = step(g.copy(), theta.copy(), eta)
            numbers = np.asarray(result)
        except Exception as error:
            problem = f"the optimizer raises {type(error).__name__} ({error})"
            raise GdanimError(problem, where=["optimizer"]) from error
        if result is None or numbers.dtype.kind not in "fiu" or numbers.size != theta.size:
            kind = "nothing" if result is None else f"{numbers.dtype} of shape {numbers.shape}"
            problem = f"the optimizer returns {kind}, not one number for each of {theta.size} parameters"
            raise GdanimError(problem, where=["optimizer"])
        return np.asarray(numbers, dtype=np.float64).reshape(theta.shape)

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        n = theta.shape[-1]
        rates = np.broadcast_to(eta, theta.shape)[..., 0].reshape(-1)
        runs = zip(g.reshape(-1, n), theta.reshape(-1, n), rates, strict=True)
        return np.array([one(a, b, float(rate)) for a, b, rate in runs]).reshape(theta.shape), state

    return Optimizer(lambda theta: None, update)


def zeros(count: int) -> Callable[[Array], State]:
    """An `init` whose state is so many arrays of zeros, and a count of steps, 0."""

    def init(theta: Array) -> State:
        return (0, *(np.zeros_like(theta) for _ in range(count)))

    return init


def dot(a: Array, b: Array) -> Array:
    """Scalar products along the last axis, kept: (..., n) → (..., 1)."""
    return np.asarray((a * b).sum(axis=-1, keepdims=True))
