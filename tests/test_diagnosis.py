"""Every outcome on a case where theory says which it has to be."""

import re
from typing import Any

import pytest

from gdanim import Spec, trace
from gdanim.lang import en
from gdanim.text import LANGUAGES, Text
from gdanim.verdict import verdict
from gdanim.views.glyphs import face_path

# A quadratic of curvature c: L = c/2 (w − 2)²; 1/c hits in one step, 2/c is the limit.
C = 5.0
QUADRATIC = f"quadratic:curvature={C}"

CASES: list[tuple[dict[str, Any], str, str | None]] = [
    ({"loss": QUADRATIC, "learning_rate": 0.02 / C, "iterations": 50}, "crawling", None),
    ({"loss": QUADRATIC, "learning_rate": 0.4 / C, "iterations": 8}, "descending", None),
    ({"loss": QUADRATIC, "learning_rate": 0.4 / C, "iterations": 60}, "converged", None),
    ({"loss": QUADRATIC, "learning_rate": 1 / C, "iterations": 5}, "converged", "in one step"),
    ({"loss": QUADRATIC, "learning_rate": 1.9 / C, "iterations": 30}, "oscillating", None),
    ({"loss": QUADRATIC, "learning_rate": 1.9 / C, "iterations": 200}, "converged", "oscillating"),
    ({"loss": QUADRATIC, "learning_rate": 2 / C, "iterations": 30}, "bouncing", None),
    ({"loss": QUADRATIC, "learning_rate": 2.02 / C, "iterations": 30}, "diverged", None),
    ({"loss": QUADRATIC, "learning_rate": 6 / C, "iterations": 900}, "diverged", None),
    # κ = 30, η just under 2/λmax: across the valley it turns back at every step
    ({"loss": "bowl:condition=30", "learning_rate": 0.065, "iterations": 25}, "zigzagging", None),
    ({"optimizer": "momentum", "learning_rate": 0.05, "iterations": 20}, "overshooting", None),
    # on the ridge of w1² − w2² gradient descent goes to the saddle and stays
    ({"loss": "saddle", "start": (1.5, 0.0), "iterations": 100}, "saddle", None),
    ({"loss": "saddle", "start": (1.5, 1e-9), "iterations": 60}, "saddle", None),
    ({"loss": "pit", "start": (-2.4, 1.9), "iterations": 50}, "plateau", None),
    ({"loss": "easom", "start": (0.6, 0.7), "iterations": 30}, "plateau", None),
    ({"loss": "inflection", "iterations": 100}, "plateau", None),
    ({"loss": "two-wells", "iterations": 200}, "local-minimum", None),
    ({"loss": "wavy", "iterations": 100}, "local-minimum", None),
    ({"loss": "wavy", "iterations": 20}, "local-minimum", None),
    (
        {"loss": "x^4 - 3*x^2 + x", "start": (2.0,), "learning_rate": 0.02, "iterations": 25},
        "local-minimum",
        None,
    ),
    ({"loss": "himmelblau", "iterations": 20}, "nearing", None),
    # w1² − w2² has no floor: off the ridge w2 grows by 1 + 2η at every step
    ({"loss": "saddle", "iterations": 60}, "unbounded", None),
    ({"loss": "saddle", "iterations": 5000}, "unbounded", None),
    ({"loss": "monkey-saddle", "iterations": 300}, "unbounded", None),
    ({"loss": "exp(-w)", "start": (0.0,), "learning_rate": 0.1, "iterations": 300}, "crawling", None),
    ({"loss": "inflection", "iterations": 300}, "plateau", None),
    ({"loss": "bowl", "optimizer": "adagrad", "learning_rate": 0.05, "iterations": 200}, "died-out", None),
    ({"iterations": 0}, "start", None),
    # log w leaves the real numbers at 0, and not because a number is too large
    ({"loss": "log(w)", "start": (1.0,), "learning_rate": 0.3, "iterations": 30}, "left", None),
    ({"noise": 1.0, "iterations": 200}, "noisy", None),
    # a slope that leads to the minimum in reasonable time is no plateau
    ({"loss": "log-cosh", "start": (1000.0,), "iterations": 3}, "descending", None),
    ({"loss": "rosenbrock", "iterations": 20}, "descending", None),
    # all but flat, and bent the wrong way by next to nothing
    ({"loss": "pit", "start": (-20.4, 2.0), "iterations": 50}, "plateau", None),
    ({"loss": "himmelblau", "iterations": 200}, "converged", None),
    ({"loss": "(a-1)^2 + (b+2)^2", "learning_rate": 0.3, "iterations": 60}, "converged", None),
]


@pytest.mark.parametrize(("settings", "kind", "manner"), CASES, ids=str)
def test_the_outcome_is_what_theory_says(settings: dict[str, Any], kind: str, manner: str | None) -> None:
    (run,) = trace(Spec(**settings))
    assert (run.outcome.kind, run.outcome.manner) == (kind, manner)


def test_every_outcome_has_a_case_and_words() -> None:
    kinds = {key.split(".")[1] for key in en.WORDS if key.startswith("outcome.")} - {"overflow"}
    assert {kind for _, kind, _ in CASES} == kinds


def test_the_numbers_behind_it_are_exact() -> None:
    (run,) = trace(Spec(loss=QUADRATIC, learning_rate=2.02 / C, iterations=30))
    assert run.outcome.limit == pytest.approx(2 / C, rel=1e-8)
    (run,) = trace(Spec(loss="bowl:condition=30", learning_rate=0.065, iterations=25))
    assert run.outcome.condition == pytest.approx(30, rel=1e-6)
    (run,) = trace(Spec(loss="matyas", learning_rate=0.01, iterations=50))
    assert run.outcome.best == pytest.approx(2 / (0.04 + 1.0), rel=1e-6)
    (run,) = trace(Spec(loss="saddle", start=(1.5, 0.0), iterations=100))
    assert run.outcome.eigenvalue == pytest.approx(-2.0, rel=1e-6)
    (run,) = trace(Spec(loss="two-wells", iterations=200))
    assert run.outcome.gap == pytest.approx(0.29414648102826285 + 0.30542848374391596, rel=1e-6)


def test_converged_names_the_first_iterate_that_is_near_enough() -> None:
    (run,) = trace(Spec(loss=QUADRATIC, learning_rate=0.4 / C, iterations=60))
    step = run.outcome.step
    # |g| shrinks by 0.6 a step; 1e-5 of the first is passed at k = ⌈ln 1e5 / −ln 0.6⌉
    assert step == 23


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("settings", "kind", "manner"), CASES, ids=str)
def test_the_sentence_has_its_numbers_and_glyphs(
    settings: dict[str, Any], kind: str, manner: str | None, lang: str
) -> None:
    from matplotlib.font_manager import get_font

    (run,) = trace(Spec(**settings))
    sentence = verdict(run.outcome, Text(lang), run.learning_rate)
    assert not re.search(r"[{}]", sentence)
    known = get_font(face_path("normal")).get_charmap()
    assert all(ord(character) in known for character in sentence)
