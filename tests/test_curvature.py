"""Eigenvalues against those that are known, and how little is asked of a large loss for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gdanim.descent import descend
from gdanim.diagnosis.curvature import DENSE, PRODUCTS, constant_curvature, curvature_at, lanczos
from gdanim.losses import make_loss
from gdanim.losses.base import Array, Loss


class Large(Loss):
    """½ Σ λᵢ wᵢ², turned by a Householder reflection; counts what it is asked for, and has no Hessian."""

    def __init__(self, eigenvalues: Array) -> None:
        n = len(eigenvalues)
        self.eigenvalues, self.calls = eigenvalues, 0
        self.name, self.parameters = "large", tuple(f"w{i}" for i in range(n))
        self.start, self.domain = (1.0,) * n, ((-2.0, 2.0),) * n
        mirror = np.random.default_rng(1).normal(size=n)
        self.mirror = mirror / np.linalg.norm(mirror)

    def turned(self, theta: Array) -> Array:
        return np.asarray(theta - 2 * (theta @ self.mirror)[..., None] * self.mirror)

    def value(self, theta: Array) -> Array:
        return np.asarray((self.eigenvalues * self.turned(theta) ** 2).sum(axis=-1) / 2)

    def gradient(self, theta: Array) -> Array:
        self.calls += 1
        return self.turned(self.eigenvalues * self.turned(theta))

    def hessian(self, theta: Array) -> Array:
        raise AssertionError("a dense Hessian of a large loss")


def spectrum(n: int, highest: float = 10.0) -> Array:
    """One eigenvalue that stands out at each end, the rest between."""
    return np.concatenate([[0.2], np.random.default_rng(2).uniform(1.0, 3.0, n - 2), [highest]])


@pytest.mark.parametrize("n", [DENSE + 1, 1000])
def test_the_outermost_eigenvalues_of_a_large_loss(n: int) -> None:
    loss = Large(spectrum(n))
    for found in (curvature_at(loss, np.ones(n)), constant_curvature(loss, np.ones(n))):
        assert found is not None
        assert found.vectors is None
        assert found.high == pytest.approx(10.0, rel=1e-5)


def test_what_cannot_be_found_is_not_said() -> None:
    crowded = np.linspace(-1.0, 1.0, 4000) ** 3
    found = lanczos(lambda v: np.roll(crowded, 7) * v, 4000)
    assert found is None or found.high == pytest.approx(1.0, rel=1e-3)
    assert lanczos(lambda v: np.full_like(v, np.inf), 100) is None


@pytest.mark.parametrize(("rate", "kind"), [(0.19, "descending"), (0.21, "unstable"), (0.4, "diverged")])
def test_a_large_descent_is_judged_by_few_gradients(rate: float, kind: str) -> None:
    loss = Large(spectrum(1000))
    run = descend(loss, learning_rate=rate, iterations=5)
    assert run.outcome.kind == kind
    assert loss.calls <= 6 + 2 + 4 * (2 * PRODUCTS + 2)
    if kind == "diverged":
        assert run.outcome.limit == pytest.approx(0.2, rel=1e-4)


def test_a_very_large_descent_asks_for_no_more() -> None:
    loss = Large(spectrum(50_000))
    assert descend(loss, learning_rate=0.4, iterations=5).outcome.kind == "diverged"
    assert loss.calls <= 6 + 2 + 4 * (2 * PRODUCTS + 2)


QUADRATIC: list[tuple[str, Any]] = [
    ("quadratic:curvature=3", [3.0]),
    ("bowl:condition=7,rotation=30", [1.0, 7.0]),
    ("saddle", [-2.0, 2.0]),
    ("matyas", [0.04, 1.0]),
    ("booth", [2.0, 18.0]),
    ("(w1-w2)^2", [0.0, 4.0]),
]


@pytest.mark.parametrize(("name", "eigenvalues"), QUADRATIC)
def test_a_quadratic_is_known_for_one(name: str, eigenvalues: list[float]) -> None:
    loss = make_loss(name)
    found = constant_curvature(loss, np.array(loss.start) * 1.7)
    assert found is not None
    assert found.values == pytest.approx(eigenvalues, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize(
    "name",
    ["huber", "absolute", "log-cosh", "plateau", "rastrigin", "wavy", "two-wells", "w^2 + 1e-3*sin(w)"],
)
def test_nothing_else_is(name: str) -> None:
    loss = make_loss(name)
    assert constant_curvature(loss, np.array(loss.start)) is None
