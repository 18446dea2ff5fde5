"""A sample of the yardstick: no more verdicts contradicted than are allowed, and most of them say something.

What counts as contradicted stands in tests/yardstick.py, kind by kind.
"""

from __future__ import annotations

from dataclasses import replace

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
    vague = sum(verdicts.kinds[kind] for kind in CAUTIOUS)
    assert vague <= COUNT / 4
    assert len(verdicts.kinds) >= 20


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
]


@pytest.mark.parametrize(("kind", "setting"), ONCE_FALSE, ids=str)
def test_the_yardstick_notices_what_was_false(kind: str, setting: Setting) -> None:
    """The judge of the kind that was said complains, and that of what is said now does not."""
    case: Case = case_of(setting)
    assert case.short.outcome.kind != kind
    assert judge(case) is None
    outcome = replace(case.short.outcome, kind=kind)
    assert judge(case._replace(short=replace(case.short, outcome=outcome))) is not None
