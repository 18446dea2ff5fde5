"""Paths against torch.optim's, kept as numbers, and against the papers' algorithms worked by hand."""

import json
from itertools import pairwise
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdanim import GdanimError, Spec, descend, trace
from gdanim.losses import make_loss
from gdanim.losses.base import Array
from gdanim.optimizers import OPTIMIZERS, SCHEDULES, make_optimizer, make_schedule

PATHS = json.loads((Path(__file__).parent / "data" / "torch_paths.json").read_text())["paths"]
BY_HAND = {"lion", "yogi", "adabelief", "newton", "backtracking"}
W = make_loss("bowl:condition=4")  # gradient (w1, 4 w2)
START = (1.0, -0.5)


@pytest.mark.parametrize("path", PATHS, ids=lambda p: f"{p['optimizer']} on {p['loss']}")
def test_the_path_equals_torch_optims(path: dict[str, Any]) -> None:
    run = descend(
        make_loss(path["loss"]),
        path["optimizer"],
        start=tuple(path["start"]),
        learning_rate=path["learning_rate"],
        iterations=100,
    )
    np.testing.assert_allclose(run.theta[:: path["every"]], path["theta"], rtol=1e-10, atol=1e-10)


def test_every_optimizer_is_checked_against_one_or_the_other() -> None:
    checked = {path["optimizer"].partition(":")[0] for path in PATHS} | BY_HAND
    assert checked == set(OPTIMIZERS)
    losses = {(path["optimizer"], path["loss"]) for path in PATHS}
    assert len(losses) == 3 * len({path["optimizer"] for path in PATHS})


def three(name: str, learning_rate: float) -> Array:
    return descend(W, name, start=START, learning_rate=learning_rate, iterations=3).theta


def by_hand(rule: Any) -> Array:
    """Three steps of one parameter after the other, in plain floats."""
    columns = []
    for start, curvature in zip(START, (1.0, 4.0), strict=True):
        w, path = start, [start]
        memory: dict[str, float] = {}
        for k in (1, 2, 3):
            w = rule(w, curvature * w, memory, k)
            path.append(w)
        columns.append(path)
    return np.array(columns).T


def sign(x: float) -> float:
    return (x > 0) - (x < 0)


def test_lion_by_hand() -> None:
    def rule(w: float, g: float, memory: dict[str, float], k: int) -> float:
        m = memory.get("m", 0.0)
        memory["m"] = 0.99 * m + 0.01 * g
        return w - 0.1 * sign(0.9 * m + 0.1 * g)

    np.testing.assert_allclose(three("lion", 0.1), by_hand(rule), rtol=1e-14)


def test_yogi_by_hand() -> None:
    def rule(w: float, g: float, memory: dict[str, float], k: int) -> float:
        m = memory["m"] = 0.9 * memory.get("m", 0.0) + 0.1 * g
        v = memory.get("v", 0.0)
        v = memory["v"] = v - 0.001 * sign(v - g**2) * g**2
        return w - 0.1 * m / (sqrt(v) + 1e-3)

    np.testing.assert_allclose(three("yogi", 0.1), by_hand(rule), rtol=1e-13)


def test_adabelief_by_hand() -> None:
    def rule(w: float, g: float, memory: dict[str, float], k: int) -> float:
        m = memory["m"] = 0.9 * memory.get("m", 0.0) + 0.1 * g
        s = memory["s"] = 0.999 * memory.get("s", 0.0) + 0.001 * (g - m) ** 2 + 1e-8
        return w - 0.1 * (m / (1 - 0.9**k)) / (sqrt(s / (1 - 0.999**k)) + 1e-8)

    np.testing.assert_allclose(three("adabelief", 0.1), by_hand(rule), rtol=1e-13)


def test_newton_by_hand() -> None:
    """Half the way to the minimum of a quadratic with η = ½, all of it with η = 1."""
    half = np.array(START) * 0.5 ** np.arange(4)[:, None]
    np.testing.assert_allclose(three("newton", 0.5), half, rtol=1e-8)
    np.testing.assert_allclose(three("newton", 1.0)[1:], 0, atol=1e-9)


def test_backtracking_by_hand() -> None:
    w, path = np.array(START), [np.array(START)]
    for _ in range(3):
        g, t = w * [1, 4], 2.0
        value = 0.5 * (w[0] ** 2 + 4 * w[1] ** 2)
        while True:
            new = w - t * g
            if 0.5 * (new[0] ** 2 + 4 * new[1] ** 2) <= value - 1e-4 * t * (g @ g):
                break
            t /= 2
        w = new
        path.append(w)
    np.testing.assert_allclose(three("backtracking", 2.0), path, rtol=1e-14)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_updates_are_pure_and_broadcast(name: str) -> None:
    loss = make_loss("himmelblau")
    optimizer = make_optimizer(name, loss)
    starts = np.array([[[-0.5, -1.0], [1.0, 0.5]], [[2.0, 3.0], [-3.0, 2.0]]])
    theta, state = starts.copy(), optimizer.init(starts)
    alone, own = starts[1, 0].copy(), optimizer.init(starts[1, 0])
    for _ in range(4):
        gradient = loss.gradient(theta)
        before = gradient.copy(), theta.copy()
        step, new = optimizer.update(gradient, state, theta, 0.01)
        again, _ = optimizer.update(gradient, state, theta, 0.01)
        assert np.array_equal(step, again)
        assert np.array_equal(gradient, before[0])
        assert np.array_equal(theta, before[1])
        one, own = optimizer.update(loss.gradient(alone), own, alone, 0.01)
        np.testing.assert_allclose(step[1, 0], one, rtol=1e-13, atol=1e-15)
        theta, state, alone = theta + step, new, alone + one


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_goes_down(name: str) -> None:
    rate = {"adadelta": 1.0, "newton": 0.5, "lbfgs": 0.1}.get(name, 0.05)
    run = descend(W, name, start=START, learning_rate=rate, iterations=60)
    assert run.loss[-1] < run.loss[0]


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_start_and_end_where_they_should(name: str) -> None:
    factors = [make_schedule(name, 40)(k) for k in range(41)]
    assert max(factors) <= 1.0
    assert min(factors) >= 0.0
    expected = {
        "constant": (1, 1),
        "step": (1, 0.5**4),
        "exponential": (1, 0.95**40),
        "inverse-time": (1, 1 / 5),
        "cosine": (1, 0),
        "warmup-cosine": (1 / 6, 0),
        "cyclic": (0.1, 0.1),
    }
    assert (factors[0], factors[-1]) == pytest.approx(expected[name], abs=1e-12)
    if name in ("step", "exponential", "inverse-time", "cosine"):
        assert all(b <= a for a, b in pairwise(factors))


def test_the_schedule_is_in_the_trace() -> None:
    (run,) = trace(Spec(learning_rate=0.2, schedule="step:every=2,factor=0.1", iterations=4))
    assert run.rates.tolist() == pytest.approx([0.2, 0.2, 0.02, 0.02, 0.002])
    steps = np.diff(run.theta[:, 0])
    assert steps.tolist() == pytest.approx((-run.rates[:-1] * run.gradient[:-1, 0]).tolist())


def test_noise_is_repeatable_and_seed_zero_is_a_seed() -> None:
    def path(seed: int) -> list[float]:
        (run,) = trace(Spec(noise=0.5, seed=seed))
        return list(run.theta[:, 0])

    assert path(0) == path(0)
    assert path(0) != path(1)
    assert path(0) != list(trace(Spec())[0].theta[:, 0])
    (run,) = trace(Spec(noise=2.0, iterations=4000, learning_rate=1e-9, start=(2.0,)))
    assert np.std(run.gradient) == pytest.approx(2.0, rel=0.05)


def test_compared_runs_are_a_product_and_meet_the_same_noise() -> None:
    runs = trace(
        Spec(
            loss="himmelblau",
            optimizer=("gd", "adam"),
            learning_rate=(0.01, 0.02),
            start=((0.0, 0.0), (1.0, 1.0)),
            noise=0.1,
        )
    )
    assert len(runs) == 8
    assert [run.label for run in runs][1:3] == ["gd lr=0.02 start=0,0", "gd lr=0.01 start=1,1"]
    alone = trace(Spec(loss="himmelblau", optimizer="adam", learning_rate=0.02, start=(1.0, 1.0), noise=0.1))[
        0
    ]
    assert np.array_equal(runs[-1].theta, alone.theta)
    assert {run.iterations for run in runs} == {20}  # a gradient each


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            {"optimizer": "sgd"},
            "optimizer: unknown optimizer 'sgd'; did you mean 'gd'. gdanim list optimizers shows all",
        ),
        (
            {"optimizer": "momentum:momentun=1"},
            "unknown option 'momentun'.*did you mean 'momentum'",
        ),
        ({"schedule": "cosin"}, "schedule: unknown schedule 'cosin'.*did you mean 'cosine'"),
        ({"optimizer": "adam:beta1=1"}, "option 'beta1' of adam must be from 0 up, under 1, not 1"),
        ({"schedule": "step:every=0"}, "option 'every' of step must be from 1 up, not 0"),
        ({"schedule": "exponential:decay=2", "iterations": 3000}, "schedule: at step 1024 the learning"),
        ({"schedule": "exponential:decay=-2"}, "option 'decay' of exponential must be from 0 up"),
        ({"noise": -1.0}, "noise: must be from 0 up"),
        ({"seed": -1}, "seed: must be from 0 up"),
        ({"learning_rate": tuple(0.1 * k for k in range(13))}, "13 runs are too many"),
        ({"start": ((1.0,), (1.0, 2.0))}, "start: compared starts must have equally many numbers"),
    ],
)
def test_what_cannot_be_run_says_why(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(GdanimError, match=words):
        trace(Spec(**settings))


@pytest.mark.parametrize("name", ["newton", "lbfgs", "backtracking", "adadelta"])
def test_optimizers_that_need_no_rate_have_their_own(name: str) -> None:
    for loss in ("bowl", "rosenbrock"):
        run = trace(Spec(loss=loss, optimizer=name, iterations=1))[0]
        assert run.learning_rate == 1.0
    assert trace(Spec(optimizer=name, learning_rate=0.25, iterations=1))[0].learning_rate == 0.25


def test_newton_comes_to_the_minimum_of_a_bowl_in_one_step() -> None:
    np.testing.assert_allclose(
        trace(Spec(loss="bowl", optimizer="newton", iterations=1))[0].theta[1], 0, atol=1e-8
    )
