"""The descent alone: 12 runs × 10,000 steps on rosenbrock beside the bare loop over the same formulas.

Seen on two cores: × 1.42, that is 8.6 µs a step of all twelve, of which their diagnosis is one. A further run
costs 0.2 to 0.3 µs a step, its diagnosis included; a further parameter what its derivative costs, for one run
as for twelve: 1.6 µs a step on the quadratic, 6 on rosenbrock.
"""

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
    further()


def further() -> None:
    """What a step costs more for each further run, and for each further parameter."""
    for name in ("quadratic", "rosenbrock"):
        one, more, wide = (_microseconds(name, *each) for each in ((1, 2), (12, 2), (1, 12)))
        runs, parameters = (more - one) / 11, (wide - one) / 10
        row = f"a step on {name}, and a further run, parameter"
        print(f"{row:58} {one:.2f} µs, {runs:.2f} µs, {parameters:.2f} µs")


def _microseconds(name: str, runs: int, parameters: int) -> float:
    """Of a step of so many runs with so many parameters, diagnosis included; the best of three."""
    rates = tuple(float(rate) for rate in np.linspace(1e-5, 2e-5, runs))
    start = tuple(START[i % 2] for i in range(parameters))
    spec = Spec(loss=name, start=start, learning_rate=rates, iterations=STEPS)
    loss, seconds = loss_of(spec), []
    for _ in range(3):
        begun = time.perf_counter()
        trace(spec, loss)
        seconds.append(time.perf_counter() - begun)
    return 1e6 * min(seconds) / STEPS
