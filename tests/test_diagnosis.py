"""Every outcome on a case where theory says which it has to be."""

import json
import re
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

from gdanim import Spec, trace
from gdanim.diagnosis import Outcome
from gdanim.diagnosis.evidence import reversing
from gdanim.lang import en
from gdanim.losses import make_loss
from gdanim.numbers import as_json, table
from gdanim.optimizers import OPTIMIZERS, make_optimizer
from gdanim.text import LANGUAGES, Text
from gdanim.verdict import verdict
from gdanim.views.arithmetic import EXPONENT, addition, arithmetic, printed
from gdanim.views.fonts import face_path
from gdanim.views.glyphs import Glyphs

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
    # beside the ridge w2 grows by 1 + 2η at every step: it is at the saddle so far
    ({"loss": "saddle", "start": (1.5, 1e-9), "iterations": 60}, "lingering-saddle", None),
    ({"loss": "w1*w2", "start": (1.0, 1.0), "iterations": 200}, "saddle", None),
    ({"loss": "double-well", "start": (0.0,)}, "maximum", None),
    (
        {
            "loss": "double-well",
            "start": (0.3,),
            "optimizer": "newton",
            "learning_rate": 0.1,
            "iterations": 60,
        },
        "lingering-maximum",
        None,
    ),
    # steps of 1.4 that happen to end at the top of a wave
    ({"loss": "wavy", "learning_rate": 0.387922, "iterations": 8}, "swinging", None),
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
    ({"loss": "himmelblau", "iterations": 20}, "nearing", "descending"),
    # w1² − w2² has no floor: off the ridge w2 grows by 1 + 2η at every step
    ({"loss": "saddle", "iterations": 60}, "unbounded", None),
    ({"loss": "saddle", "iterations": 5000}, "unbounded", None),
    ({"loss": "monkey-saddle", "iterations": 300}, "unbounded", None),
    ({"loss": "exp(-w)", "start": (0.0,), "learning_rate": 0.1, "iterations": 300}, "descending", None),
    ({"loss": "inflection", "start": (0.0,)}, "plateau", None),
    ({"loss": "inflection", "iterations": 300}, "plateau", None),
    ({"loss": "bowl", "optimizer": "adagrad", "learning_rate": 0.05, "iterations": 200}, "shrinking", None),
    # 50 times as many steps of 0.003/√k are a fifth of the way at most
    (
        {
            "loss": "rosenbrock",
            "optimizer": "adagrad",
            "start": (-2.0, 2.0),
            "learning_rate": 0.003,
            "iterations": 100,
        },
        "died-out",
        None,
    ),
    ({"iterations": 0}, "start", None),
    # log w leaves the real numbers at 0, and not because a number is too large
    ({"loss": "log(w)", "start": (1.0,), "learning_rate": 0.3, "iterations": 30}, "left", None),
    ({"noise": 1.0, "iterations": 200}, "noisy", None),
    # noise takes it off the top and into a minimum
    ({"loss": "double-well", "start": (0.0,), "noise": 0.1, "iterations": 200}, "noisy", None),
    ({"loss": "pit", "noise": 3.0, "iterations": 3}, "noise-led", None),
    ({"noise": 0.5, "iterations": 6}, "noisy-descending", None),
    ({"noise": 1e-300, "iterations": 20}, "descending", None),
    ({"noise": 1e-300, "learning_rate": 1.0}, "bouncing", None),
    ({"learning_rate": 0.0}, "frozen", None),
    ({"loss": "w1*w2*w3", "start": (1e-200, 1e-200, 1.0), "learning_rate": 1e-20}, "still", None),
    # 1 − ηλ is −1.1 along w2 and 0.3 along w1, whatever the loss has done so far
    ({"loss": "bowl:condition=3", "start": (-2.5, 0.01), "learning_rate": 0.7}, "growing", None),
    (
        {"loss": "bowl:condition=3", "start": (-2.5, 0.01), "learning_rate": 0.7, "iterations": 3},
        "unstable",
        None,
    ),
    ({"loss": "absolute"}, "trapped", None),
    # L-BFGS takes no step where one promises less than 1e-9
    (
        {
            "loss": "quadratic:curvature=0.3883",
            "optimizer": "lbfgs",
            "start": (3.53124,),
            "learning_rate": 0.967488,
            "iterations": 5,
        },
        "falling",
        None,
    ),
    ({"loss": "bowl:condition=3", "start": (-2.5, 0.0), "learning_rate": 0.7}, "converged", None),
    ({"loss": "bowl:condition=4", "start": (-2.5, 0.01), "learning_rate": 0.5}, "stalling", None),
    (
        {"loss": "bowl:condition=4", "start": (0.0, 1.0), "learning_rate": 0.5, "iterations": 1},
        "bouncing",
        None,
    ),
    # the slope of a bounded loss may be as steep as it likes: one step up is not a way out
    ({"loss": "plateau", "start": (0.298,), "learning_rate": 2.246, "iterations": 1}, "rising", None),
    ({"loss": "huber", "start": (0.5,), "learning_rate": 3.0, "iterations": 1}, "rising", None),
    ({"loss": "absolute", "start": (1.5,), "learning_rate": 9.0, "iterations": 2}, "level", None),
    ({"loss": "absolute", "start": (1.6,), "learning_rate": 9.0, "iterations": 20}, "bouncing", None),
    ({"optimizer": "momentum", "learning_rate": 3.0, "iterations": 1}, "rising", None),
    ({"optimizer": "momentum", "learning_rate": 0.2, "iterations": 1}, "falling", None),
    ({"optimizer": "adam", "learning_rate": 3.0, "iterations": 1}, "falling", None),
    ({"optimizer": "momentum", "learning_rate": 1.85, "iterations": 300}, "converged", "oscillating"),
    ({"optimizer": "momentum", "learning_rate": 1.95, "iterations": 300}, "diverged", None),
    ({"optimizer": "adam", "learning_rate": 0.1, "iterations": 200}, "close", None),
    # 8η > 2 at ±1: two steps there are never shorter than the last two
    ({"loss": "double-well", "start": (0.9,), "learning_rate": 0.27, "iterations": 9}, "unsettled", None),
    ({"loss": "cliff", "learning_rate": 0.3, "iterations": 3}, "above", None),
    ({"learning_rate": 1.2, "schedule": "exponential:decay=0.3", "iterations": 2}, "recovering", None),
    ({"loss": "absolute", "learning_rate": 0.9, "noise": 0.1, "iterations": 31}, "noisy-on", None),
    ({"schedule": "cosine"}, "rate-gone", None),
    ({"loss": "exp(-w)", "optimizer": "newton", "learning_rate": 1.0, "iterations": 60}, "vanished", None),
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
    sentence = verdict(run.outcome, Text(lang), float(run.rates.max()))
    assert not re.search(r"[{}]", sentence)
    known = get_font(face_path("normal")).get_charmap()
    assert all(ord(character) in known for character in sentence)


@pytest.mark.parametrize(
    "kind", sorted({key.split(".")[1] for key in en.WORDS if key.startswith("outcome.")})
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_caption_fits_on_a_small_picture(kind: str, lang: str) -> None:
    """640 pixels wide, text of 12, margins of 1.4 times that; with numbers as long as they are in use."""
    facts: dict[str, Any] = dict.fromkeys(("limit", "best", "condition", "eigenvalue", "gap"), -0.01234)
    facts |= dict.fromkeys(("share", "left", "slope", "sigma"), 12.34)
    outcome = Outcome(kind, 12345, parameter="w12", **facts)
    if kind != "overflow":
        assert Glyphs(12.0).width(verdict(outcome, Text(lang), 0.05678)) <= 640 - 2 * 1.4 * 12


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_compared_can_be_told_apart(lang: str) -> None:
    """The numbers as they are printed, read again, stand as the sign between them says."""
    text, rng = Text(lang), np.random.default_rng(5)
    for _ in range(300):
        limit = 10 ** rng.uniform(-5, 5)
        rate = limit * (1 + 10 ** rng.uniform(-13, 0))
        for kind, below, above in (("diverged", limit, rate), ("oscillating", rate, limit)):
            sentence = verdict(Outcome(kind, 3, limit=below), text, above)
            shown = re.findall(r"η = (\S+) [<>] 2/λₘₐₓ = (\S+)", sentence)
            first, second = (printed(text, number) for number in shown[0])
            assert first > second if ">" in sentence else first < second


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_equality_holds_with_the_numbers_that_are_printed(lang: str) -> None:
    text, rng = Text(lang), np.random.default_rng(6)
    signs = []
    for _ in range(2000):
        theta, slope = (round(x, int(rng.integers(0, 5))) for x in rng.normal(0, 10 ** rng.uniform(-1, 4), 2))
        rate = round(10 ** rng.uniform(-4, 0), int(rng.integers(1, 7)))
        for line in (
            arithmetic(text, theta, rate, slope, theta - rate * slope).words,
            addition(text, theta, theta - rate * slope).words,
        ):
            plain = line.replace("\N{MINUS SIGN}", "-").replace(text.decimal, ".").replace("·", "*")
            plain = re.sub(r"×?10([⁻⁰¹²³⁴-⁹]+)", lambda m: "e" + m[1].translate(EXPONENT), plain)
            left, right = re.split("[=≈]", re.sub(r"(^|[ (*-])e", r"\g<1>1e", plain))
            numbers = re.sub(r"[\d.]+(e-?\d+)?", lambda m: f"Fraction('{m[0]}')", left)
            same = eval(numbers, {"Fraction": Fraction}) == Fraction(right.strip())
            assert same == ("=" in line), line
            signs.append(same)
    assert 0.05 < np.mean(signs) < 0.95


def test_the_notebooks_arithmetic_is_an_equality_and_a_rounded_rate_is_none() -> None:
    assert arithmetic(Text("en"), 5.0, 0.1, 6.0, 4.4).words == "5.000 − 0.1·6.000 = 4.400"
    assert arithmetic(Text("en"), 12.0, 0.12345, 20.0, 9.531).words == "12.000 − 0.1235·20.000 ≈ 9.531"


@pytest.mark.parametrize("name", [n for n in OPTIMIZERS if n not in ("newton", "lbfgs")])
def test_what_is_said_of_an_optimizer_is_so(name: str) -> None:
    """Plain: every step is −η g. Fading: a constant gradient's 3,000th step is shorter than its 1,500th.
    Normed: 3,000 gradients of a hundredth later the steps are longer than a hundredth."""
    optimizer = make_optimizer(name, make_loss("bowl"))
    theta = np.array([30.0, -20.0])
    g = np.random.default_rng(0).uniform(1, 2, (4, 2))
    state, steps = optimizer.init(theta), []
    for slope in g:
        step, state = optimizer.update(slope, state, theta, 7.0)
        steps.append(step)
    assert optimizer.plain == np.allclose(steps, -7.0 * g)
    if name == "backtracking":
        return

    def lengths(gradients: list[float]) -> list[float]:
        theta, state, found = np.zeros(2), optimizer.init(np.zeros(2)), []
        for gradient in gradients:
            step, state = optimizer.update(np.full(2, gradient), state, theta, 0.1)
            found.append(float(np.abs(step).max()))
        return found

    constant = lengths([1.0] * 3000)
    assert optimizer.fading == (constant[-1] < 0.9 * constant[1500])
    shrunk = lengths([1.0] * 50 + [0.01] * 3000)
    assert optimizer.normed == (shrunk[-1] > 0.02 * shrunk[49])


@pytest.mark.parametrize(
    "name", ["gd", "momentum", "momentum:momentum=0.5,dampening=0.3", "nesterov", "nesterov:momentum=0.4"]
)
def test_an_optimizers_limit_is_where_it_stops_settling(name: str) -> None:
    loss = make_loss("quadratic:curvature=3")
    optimizer = make_optimizer(name, loss)
    assert optimizer.limit is not None
    for factor, settles in ((0.99, True), (1.01, False)):
        theta, state = np.array([3.0]), optimizer.init(np.array([3.0]))
        for _ in range(4000):
            step, state = optimizer.update(loss.gradient(theta), state, theta, factor * optimizer.limit / 3)
            theta = theta + step
            if not abs(theta[0]) < 1e6:
                break
        assert (abs(theta[0] - 2) < 1e-6) == settles
        (run,) = trace(
            Spec(
                "quadratic:curvature=3",
                optimizer=(name,),
                learning_rate=factor * optimizer.limit / 3,
                iterations=900,
            )
        )
        assert (run.outcome.kind == "converged") == settles
        assert (run.outcome.kind == "diverged") != settles


def test_no_warning_of_a_number_that_overflows_is_seen() -> None:
    """Norms, squares and differences of what is near the end of the floats; warnings are errors here."""
    losses = [make_loss(name) for name in ("rosenbrock", "cliff", "exp(w^2)", "1/w")]
    for optimizer, loss, rate in product(OPTIMIZERS, losses, (1e-300, 1e3, 1e150, 1e300)):
        for noise in (0.0, 1e-300, 1e200):
            spec = Spec(optimizer=(optimizer,), learning_rate=(rate,), noise=noise, iterations=12)
            (run,) = trace(spec, loss)
            assert verdict(run.outcome, Text("en"), rate)


def test_each_of_several_runs_has_its_sentence_in_the_language_asked() -> None:
    runs = trace(Spec(learning_rate=(0.1, 1.1), iterations=20))
    lines = list(table(runs, Text("pt")))
    assert "Ainda descendo após 20 iterações" in lines
    assert "Diverge a partir de k = 1, porque η = 1,1 > 2/λₘₐₓ = 1" in lines
    (answer,) = as_json(runs, Text("pt"))
    assert [run["outcome"]["sentence"] for run in json.loads(answer)["runs"]] == [
        verdict(run.outcome, Text("pt"), run.learning_rate) for run in runs
    ]
    assert "Still descending after 20 iterations" in list(table(runs))


def test_where_it_is_trapped_is_the_step_from_which_it_goes_to_and_fro() -> None:
    """|w − 1| from 3.3 with η = ½: 2.8, 2.3, 1.8, 1.3, 0.8, and from then on 1.3, 0.8."""
    (run,) = trace(Spec(loss="absolute", start=(3.3,), learning_rate=0.5, iterations=20))
    assert run.theta[4:8, 0].tolist() == pytest.approx([1.3, 0.8, 1.3, 0.8])
    assert (run.outcome.kind, run.outcome.step) == ("trapped", 4)


@pytest.mark.parametrize("iterations", [6, 8, 9])
@pytest.mark.parametrize("seed", range(6))
def test_so_few_noisy_steps_are_not_said_to_stay_about_a_minimum(iterations: int, seed: int) -> None:
    for sigma in (0.05, 0.5, 5.0):
        (run,) = trace(Spec(start=(2.0,), noise=sigma, iterations=iterations, seed=seed))
        assert run.outcome.kind != "noisy"


@pytest.mark.parametrize(
    ("steps", "turning"),
    [
        ([1, -1, 1, -1, 1], True),
        ([1, 1, 1, 1, 1], False),
        ([1, -1, -1, -1, -1], False),
        ([1, -1, 1, 1, -1], True),
        ([-1, -1, -1, 1, 1, -1], False),
    ],
)
def test_steps_are_compared_with_the_one_before(steps: list[float], turning: bool) -> None:
    """In two dimensions, by the angle between them: most have to turn back."""
    for direction in ([1.0, 0.0], [0.6, -0.8]):
        assert reversing(np.outer(steps, direction)) is turning


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop", "momentum", "nesterov"])
@pytest.mark.parametrize("loss", ["quadratic", "log-cosh"])
def test_far_from_the_minimum_it_still_descends_whatever_the_optimizer(optimizer: str, loss: str) -> None:
    """The next steps, of a longer run of the same, do lead down."""
    settings: dict[str, Any] = {"loss": loss, "optimizer": optimizer, "learning_rate": 0.003}
    (run,) = trace(Spec(**settings, iterations=8))
    (longer,) = trace(Spec(**settings, iterations=16))
    assert (np.diff(longer.loss) < 0).all()
    assert run.outcome.kind == "descending"


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"loss": "double-well", "start": (0.0,)}, "maximum"),
        ({"loss": "saddle", "start": (0.0, 0.0)}, "saddle"),
        ({"loss": "w1^2/2 - w2^2 + w2^4", "start": (1.0, 0.0), "learning_rate": 1.0}, "saddle"),
    ],
)
def test_where_the_gradient_vanishes_uphill_is_no_minimum(settings: dict[str, Any], kind: str) -> None:
    (run,) = trace(Spec(**settings, iterations=8))
    assert not run.gradient[-1].any()
    assert run.outcome.kind == kind


def test_of_noisy_steps_only_those_that_have_come_lower_than_ever_are_said_to_fall() -> None:
    kinds = set()
    for seed in range(40):
        (run,) = trace(Spec(start=(2.6,), noise=1.0, iterations=3, learning_rate=0.1, seed=seed))
        kinds.add(run.outcome.kind)
        if run.outcome.kind == "falling":
            assert run.loss[-1] == run.loss.min() < run.loss[0]
        elif run.outcome.kind == "noisy-on":
            assert run.loss[-1] > run.loss.min()
    assert kinds >= {"falling", "noisy-on"}
