"""A sample of the yardstick: no more verdicts contradicted than are allowed, and most of them say something.

What counts as contradicted stands in tests/yardstick.py, kind by kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.yardstick import ALLOWED, Case, Setting, Verdicts, case_of, judge, judged

COUNT = 400
SEED = 20
# What these say is only that the loss is lower or higher than before, or that something moves to and fro.
CAUTIOUS = ("start", "vanished", "level", "noisy-on", "swinging", "falling", "rising", "above", "still")


@pytest.fixture(scope="module")
def verdicts() -> Verdicts:
    return judged(COUNT, SEED)


def test_verdicts_are_not_contradicted_by_running_on(verdicts: Verdicts) -> None:
    assert len(verdicts.complaints) <= ALLOWED * COUNT / 1000, [
        (case.short.outcome.kind, complaint, case.setting) for case, complaint in verdicts.complaints
    ]


def test_none_is_on_quadratics_and_bowls(verdicts: Verdicts) -> None:
    assert not [(case.setting, complaint) for case, complaint in verdicts.complaints if case.quadratic]


def test_most_verdicts_say_something(verdicts: Verdicts) -> None:
    """Of runs of four steps and more; fewer decide nothing."""
    vague = sum(verdicts.decided[kind] for kind in CAUTIOUS)
    assert vague <= verdicts.decided.total() / 5
    assert len(verdicts.kinds) >= 20


def near_a_minimum(rng: np.random.Generator) -> Setting:
    """RMSprop that throws a start beside a minimum far out."""
    optimizer, loss = "rmsprop", str(rng.choice(["double-well", "x^4-x^2", "quadratic"]))
    start = (round(rng.uniform(0.5, 1.5), 3),)
    return Setting(loss, optimizer, start, round(10 ** rng.uniform(-1, 1), 3), 50, "constant", 0.0, 0)


def in_weak_noise(rng: np.random.Generator) -> Setting:
    loss, start = (("quadratic", (5.0,)), ("bowl", (-2.5, 1.5)))[rng.integers(2)]
    rate, sigma = (round(10 ** rng.uniform(-2, low), 4) for low in (-1, 0.3))
    return Setting(
        loss, "gd", start, rate, int(rng.integers(20, 120)), "constant", sigma, int(rng.integers(999))
    )


def by_adagrad(rng: np.random.Generator) -> Setting:
    loss = str(rng.choice(["double-well", "x^3-x", "quadratic"]))
    start, rate = (round(rng.uniform(-2.4, 2.4), 3),), round(10 ** rng.uniform(-2, 1), 3)
    return Setting(loss, "adagrad", start, rate, int(rng.integers(5, 60)), "constant", 0.0, 0)


def down_a_wave(rng: np.random.Generator) -> Setting:
    start, rate = (round(rng.uniform(-4, 4), 3),), round(rng.uniform(0.1, 1), 3)
    return Setting("wavy", "lbfgs", start, rate, 20, "constant", 0.0, 0)


def thrown_out(rng: np.random.Generator) -> Setting:
    start, rate = (round(rng.uniform(-2.5, 2.5), 3),), round(10 ** rng.uniform(-1.5, 0.5), 3)
    return Setting("double-well", "radam", start, rate, int(rng.integers(5, 50)), "constant", 0.0, 0)


def one_newton_step(rng: np.random.Generator) -> Setting:
    start, loss = (
        tuple(np.round(rng.uniform(-3, 3, 2), 3).tolist()),
        f"bowl:condition={rng.uniform(1, 300):.4g}",
    )
    return Setting(loss, "newton", start, 1.0, int(rng.integers(1, 6)), "constant", 0.0, 0)


CLASSES = [near_a_minimum, in_weak_noise, by_adagrad, down_a_wave, thrown_out, one_newton_step]


@pytest.mark.parametrize("draw", CLASSES, ids=lambda draw: str(draw.__name__))
def test_what_was_often_false_holds_for_runs_of_its_class(
    draw: Callable[[np.random.Generator], Setting],
) -> None:
    rng = np.random.default_rng(8)
    wrong = []
    for _ in range(60):
        case = case_of(draw(rng))
        complaint = judge(case)
        if complaint:
            wrong.append((case.short.outcome.kind, complaint, case.setting))
    assert not wrong


def test_newton_converges_in_one_step_on_every_bowl() -> None:
    rng = np.random.default_rng(9)
    for _ in range(40):
        outcome = case_of(one_newton_step(rng)).short.outcome
        assert (outcome.kind, outcome.step, outcome.manner) == ("converged", 1, "in one step")


# Each of these was once said of a run, and was false.
ONCE_FALSE = [
    ("oscillating", Setting("bowl:condition=3", "gd", (-2.5, 0.01), 0.7, 20, "constant", 0.0, 0)),
    ("diverged", Setting("plateau", "gd", (0.298,), 2.246, 1, "constant", 0.0, 0)),
    ("diverged", Setting("absolute", "gd", (1.5,), 9.0, 1, "constant", 0.0, 0)),
    ("diverged", Setting("quadratic", "momentum", (5.0,), 1.5, 1, "constant", 0.0, 0)),
    ("saddle", Setting("wavy", "gd", (4.6,), 0.387922, 8, "constant", 0.0, 0)),
    ("saddle", Setting("saddle", "gd", (1.5, 1e-9), 0.1, 60, "constant", 0.0, 0)),
    ("descending", Setting("quadratic", "gd", (5.0,), 0.0, 20, "constant", 0.0, 0)),
    ("converged", Setting("quadratic", "adam", (5.0,), 3.0, 1, "constant", 0.0, 0)),
    ("descending", Setting("absolute", "gd", (1.5,), 9.0, 2, "constant", 0.0, 0)),
    ("close", Setting("double-well", "rmsprop", (0.9,), 3.0, 50, "constant", 0.0, 0)),
    ("close", Setting("x^4-x^2", "rmsprop", (0.9,), 3.03, 50, "constant", 0.0, 0)),
    ("noisy", Setting("quadratic", "gd", (5.0,), 0.02, 100, "constant", 0.05, 0)),
    ("noisy", Setting("quadratic", "gd", (5.0,), 0.026, 80, "constant", 0.066, 197)),
    ("died-out", Setting("double-well", "adagrad", (0.1,), 6.1, 20, "constant", 0.0, 0)),
    ("died-out", Setting("double-well", "adagrad", (-2.0,), 0.19, 10, "constant", 0.0, 0)),
    ("died-out", Setting("x^3-x", "adagrad", (-0.23,), 6.12, 5, "constant", 0.0, 0)),
    ("plateau", Setting("wavy", "lbfgs", (1.34,), 0.7, 20, "constant", 0.0, 0)),
    ("still", Setting("double-well", "radam", (-2.39,), 0.185, 50, "constant", 0.0, 0)),
    ("rising", Setting("himmelblau", "gd", (-3.0, -3.0), 0.5, 5, "constant", 0.026, 569)),
]


@pytest.mark.parametrize(("kind", "setting"), ONCE_FALSE, ids=str)
def test_the_yardstick_notices_what_was_false(kind: str, setting: Setting) -> None:
    """The judge of the kind that was said complains, and that of what is said now does not."""
    case: Case = case_of(setting)
    assert case.short.outcome.kind != kind
    assert judge(case) is None
    outcome = replace(case.short.outcome, kind=kind)
    assert judge(case._replace(short=replace(case.short, outcome=outcome))) is not None
