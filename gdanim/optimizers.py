"""Optimizers as pairs of pure functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from gdanim.losses.base import Array

State = Any


class Optimizer(NamedTuple):
    """How a descent steps; both functions broadcast over leading axes of theta.

    Attributes:
        init: theta0 → state.
        update: gradient, state, theta, learning_rate → step, state; the next theta is theta + step.
    """

    init: Callable[[Array], State]
    update: Callable[[Array, State, Array, float], tuple[Array, State]]


def gd() -> Optimizer:
    """Gradient descent: theta ← theta − η ∇L.

    Source: Cauchy (1847), Méthode générale pour la résolution des systèmes d'équations simultanées.
    """
    return Optimizer(
        init=lambda theta: None,
        update=lambda gradient, state, theta, learning_rate: (-learning_rate * gradient, state),
    )
