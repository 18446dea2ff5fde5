"""The descent alone: 12 runs × 10,000 steps on rosenbrock beside the bare loop over the same formulas."""

from __future__ import annotations

import statistics
import time

import numpy as np

from gdanim import Spec, trace
from gdanim.losses.base import Array
from gdanim.minimised import loss_of

RATES = tuple(float(rate) for rate in np.linspace(1e-4, 8e-4, 12))
STEPS = 10_000
START = (-1.5, 2.0)


def ours() -> Array:
    spec = Spec(loss="rosenbrock", start=START, learning_rate=RATES, iterations=STEPS)
    return np.array([run.theta[-1] for run in trace(spec, loss_of(spec))])


def bare() -> Array:
    """One loop for all twelve, as a careful user would write it: nothing but numpy and the formulas."""
    eta = np.array(RATES)
    path = np.empty((STEPS + 1, 12, 2))
    path[0] = START
    for k in range(STEPS):
        x, y = path[k, :, 0], path[k, :, 1]
        rise = y - x * x
        path[k + 1, :, 0] = x - eta * (-400 * x * rise - 2 * (1 - x))
        path[k + 1, :, 1] = y - eta * (200 * rise)
    return np.asarray(path[-1])


def one_by_one() -> Array:
    """Twelve loops, as in the notebook."""
    ends = []
    for rate in RATES:
        w = np.array(START)
        path = [w]
        for _ in range(STEPS):
            x, y = w
            rise = y - x * x
            w = w - rate * np.array([-400 * x * rise - 2 * (1 - x), 200 * rise])
            path.append(w)
        ends.append(w)
    return np.array(ends)


def main(pairs: int) -> None:
    np.testing.assert_allclose(ours(), bare(), rtol=1e-9)
    np.testing.assert_allclose(ours(), one_by_one(), rtol=1e-9)
    for name, other in (("broadcasting", bare), ("one run after the other", one_by_one)):
        ratios = []
        for _ in range(pairs):
            start = time.perf_counter()
            ours()
            middle = time.perf_counter()
            other()
            ratios.append((middle - start) / (time.perf_counter() - middle))
        row = f"12 × 10,000 steps / bare loop, {name}"
        print(f"{row:58} × {statistics.median(ratios):.2f}   reach ≤ 1.5")
