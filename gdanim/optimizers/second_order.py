"""Methods that look at more than one gradient: curvature, or the loss along the step."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import numpy.typing as npt

from gdanim.calls import Count, Limits, Share
from gdanim.losses.base import Array, Loss
from gdanim.optimizers.base import Optimizer, State, dot

Pair = tuple[Array, Array, Array]  # y, s, 1/yᵀs
NONE: tuple[Pair, ...] = ()
Halvings = Annotated[int, Limits(1, 1001)]  # a line search that takes for ever is none


def newton(loss: Loss) -> Optimizer:
    """Newton's method: θ ← θ − η H⁻¹ g, with η = 1 unless given; where H is singular, its pseudoinverse.

    It goes to the nearest point where the gradient vanishes, be it a minimum or not.

    Source: Nocedal and Wright (2006), Numerical Optimization, eq. 2.15.
    """

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        flat, slopes = theta.reshape(-1, theta.shape[-1]), g.reshape(-1, theta.shape[-1])
        hessians = np.array([loss.hessian(point) for point in flat])
        finite = np.isfinite(hessians).all(axis=(1, 2))
        # All at once: for matrices as small as these, a call costs ten times what it does.
        inverses = np.linalg.pinv(np.where(finite[:, None, None], hessians, 0.0), hermitian=True)
        steps = -np.array([inverse @ slope for inverse, slope in zip(inverses, slopes, strict=True)])
        steps[~finite] = np.nan
        return eta * steps.reshape(theta.shape), state

    return Optimizer(lambda theta: None, update, halts=True, usual=1.0, cost=125.0)


def backtracking(loss: Loss, shrink: Share = 0.5, c: Share = 1e-4, most: Halvings = 40) -> Optimizer:
    """Gradient descent with a line search: from t = η down by `shrink`, until the step helps enough.

    That is until L(θ − t g) ≤ L(θ) − c t |g|².

    Source: Armijo (1966), Minimization of Functions Having Lipschitz Continuous First Partial
    Derivatives; Nocedal and Wright (2006), Numerical Optimization, algorithm 3.1.
    """

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        here, steep = loss.value(theta)[..., None], dot(g, g)
        t = np.broadcast_to(eta, theta.shape)[..., :1]
        for _ in range(most):
            short = loss.value(theta - t * g)[..., None] <= here - c * t * steep
            if short.all():
                break
            t = np.where(short, t, shrink * t)
        return -t * g, state

    return Optimizer(lambda theta: None, update, usual=1.0, cost=4.0)


def lbfgs(history: Count = 100) -> Optimizer:
    """L-BFGS with a fixed step: θ ← θ − η H g, H from the last differences of θ and g (two loops).

    The first step is η min(1, 1/|g|₁) long, as in PyTorch; there is no line search.

    Source: Nocedal (1980), Updating Quasi-Newton Matrices with Limited Storage; Nocedal and Wright
    (2006), Numerical Optimization, algorithm 7.4.
    """
    stop_gradient, stop_change, least_curvature = 1e-7, 1e-9, 1e-10

    def init(theta: Array) -> State:
        return None

    def update(g: Array, state: State, theta: Array, eta: float) -> tuple[Array, State]:
        if state is None:
            t = 1.0 / np.maximum(1.0, np.abs(g).sum(axis=-1, keepdims=True)) * eta
            direction, pairs, scale = -g, NONE, np.ones_like(t)
        else:
            last, step, pairs, scale = state
            y = g - last
            ys = dot(y, step)
            good = ys > least_curvature
            pairs = (*pairs, (np.where(good, y, 0.0), np.where(good, step, 0.0), _inverse(ys, good)))
            pairs = pairs[-history:]
            scale = np.where(good, ys * _inverse(dot(y, y), good), scale)
            direction, t = _two_loops(g, pairs, scale), eta
        moves = (np.abs(g).max(axis=-1, keepdims=True) > stop_gradient) & (dot(g, direction) <= -stop_change)
        step = np.where(moves, t * direction, 0.0)
        return step, (g, step, pairs, scale)

    return Optimizer(init, update, usual=1.0, cost=20.0)


def _inverse(value: Array, good: npt.NDArray[np.bool_]) -> Array:
    return np.where(good, 1.0 / np.where(good, value, 1.0), 0.0)


def _two_loops(g: Array, pairs: tuple[Pair, ...], scale: Array) -> Array:
    """−H g, where H is given by pairs (y, s, 1/yᵀs) and the scale of its diagonal."""
    q, alphas = -g, []
    for y, s, rho in reversed(pairs):
        alphas.append(dot(s, q) * rho)
        q = q - alphas[-1] * y
    r = q * scale
    for (y, s, rho), alpha in zip(pairs, reversed(alphas), strict=True):
        r = r + s * (alpha - dot(y, r) * rho)
    return r
