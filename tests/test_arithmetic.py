"""The update in numbers: a reader who works it out gets what is printed, in every frame."""

import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from gdanim import Spec, trace
from gdanim.text import Text
from gdanim.timeline import Moment
from gdanim.views.arithmetic import DECIMALS, Digits, digits_for, update
from gdanim.views.glyphs import Glyphs
from gdanim.views.marks import Label
from gdanim.views.readout import Readout
from tests.pictures import picture

RUNS: list[dict[str, Any]] = [
    {"learning_rate": 0.1},
    {"learning_rate": 1.1},
    {"learning_rate": 0.9},
    {"learning_rate": 1 / 3},
    {"start": 1e5},
    {"loss": "wavy"},
    {"loss": "himmelblau", "iterations": 30},
    {"loss": "bowl:condition=30", "learning_rate": 0.03, "iterations": 60},
    {"optimizer": "adam"},
    {"loss": "himmelblau", "optimizer": "momentum", "learning_rate": 0.002},
    {"schedule": "cosine", "lang": "pt"},
    {"loss": "w1^2 + 4*w2^2 + w1*w2", "noise": 0.3},
]


def worked_out(words: str, decimal: str) -> tuple[Fraction, Fraction, Fraction]:
    """What is left of the sign, what is right of it, the unit of its last digit; as a reader has them."""
    plain = words.replace("\N{MINUS SIGN}", "-").replace(decimal, ".").replace("·", "*")
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    plain = re.sub(r"(?<!×)10([⁻⁰-⁹¹²³]+)", r"1×10\1", plain)
    plain = re.sub(r"×10([⁻⁰-⁹¹²³]+)", lambda m: f"e{m[1].translate(raised)}", plain)
    left, right = re.split("[=≈]", plain)
    value = eval(re.sub(r"[\d.]+(e-?\d+)?", lambda m: f"Fraction('{m[0]}')", left), {"Fraction": Fraction})
    mantissa, _, exponent = right.strip().partition("e")
    places = len(mantissa.partition(".")[2])
    return value, Fraction(right.strip()), Fraction(10) ** (int(exponent or 0) - places)


@pytest.mark.parametrize("settings", RUNS, ids=str)
def test_with_the_numbers_as_printed_one_gets_the_number_as_printed(settings: dict[str, Any]) -> None:
    spec = Spec(**settings)
    (run,) = trace(spec)
    text, shown = Text(spec.lang), tuple(range(len(run.parameters)))
    digits = digits_for(text, run, shown)
    for k in range(run.iterations):
        for i in shown:
            words = update(text, run, k, i, digits).words
            left, right, unit = worked_out(words, text.decimal)
            assert abs(left - right) <= unit / 2, words
            assert (left == right) == ("=" in words), words
            assert abs(right - Fraction(float(run.theta[k + 1, i]))) <= unit / 2, words


def test_no_fewer_digits_would_do_and_one_wrong_frame_is_found() -> None:
    (run,) = trace(Spec(learning_rate=0.1, start=(5.0,)))
    text = Text("en")
    assert digits_for(text, run, (0,)) == Digits(operands=4)
    wrong = [k for k in range(20) if not update(text, run, k, 0, Digits()).right]
    assert 8 in wrong
    assert update(text, run, 8, 0, Digits(operands=4)).words == "2.5033 − 0.1·1.0066 ≈ 2.403"
    fewer = digits_for(text, run, (0,), most=3)  # a result with fewer digits is true, and takes less room
    assert (fewer.operands, fewer.result) == (3, 2)
    assert all(update(text, run, k, 0, fewer).right for k in range(20))


def test_digits_are_chosen_of_few_and_a_longer_rate_only_where_it_helps() -> None:
    (run,) = trace(Spec(learning_rate=1 / 3, start=(90.0,), iterations=3))
    digits = digits_for(Text("en"), run, (0,))
    assert digits.operands in DECIMALS
    assert update(Text("en"), run, 0, 0, digits).right


@pytest.mark.parametrize("settings", [{"learning_rate": 1.1}, {"loss": "himmelblau"}, {"schedule": "cosine"}])
def test_numbers_begin_beside_their_names_in_every_frame(settings: dict[str, Any]) -> None:
    shown = picture(size=(960, 540), **settings)
    readout = shown.strip
    assert isinstance(readout, Readout)
    names = [label for label in readout.still if label.position[1] == readout.still[0].position[1]]
    ends = [label.position[0] + label.mask.shape[1] for label in names]
    size, sign = names[0].size, Glyphs(names[0].size).width("−")
    lefts = []
    for k in range(shown.scene.iterations):
        written = [mark for mark in readout.update(Moment(k)) if isinstance(mark, Label)]
        numbers = [label for label in written if label.position[1] == names[0].position[1]]
        assert len(numbers) == len(names) >= 4
        for number, end in zip(numbers, ends, strict=True):
            assert 0 < number.position[0] - end < 2 * size
        for number, name in zip(numbers, names[1:], strict=False):
            assert number.position[0] + number.mask.shape[1] + size < name.position[0]
        lefts.append([number.position[0] + ("−" in number.text) * sign for number in numbers])
    assert np.ptp(lefts, axis=0).max() == 0  # digits do not move aside for a sign


def test_with_noise_the_readout_has_the_slope_with_and_without_it() -> None:
    shown = picture(size=(960, 540), noise=2.0)
    run, readout = shown.scene.runs[0], shown.strip
    assert isinstance(readout, Readout)
    names = [label.text for label in readout.still]
    assert {"$g$", "$dL/dw$"} <= set(names)
    digits = digits_for(Text("en"), run, (0,)).operands
    for k in (0, 7):
        numbers = [label.text for label in readout.update(Moment(k)) if isinstance(label, Label)]
        exact = 2 * (float(run.theta[k, 0]) - 2)  # of (w − 2)²
        for name, value in (("$g$", float(run.gradient[k, 0])), ("$dL/dw$", exact)):
            assert numbers[names.index(name)] == Text("en").fixed(value, digits)
    plain = picture(size=(960, 540)).strip
    assert isinstance(plain, Readout)
    assert sum(label.text == "$dL/dw$" for label in plain.still) == 1


LARGE: list[dict[str, Any]] = [
    {"loss": "x^2/100000", "start": (500.0,), "learning_rate": 20001.5, "iterations": 8},
    {"loss": "1e-6*x^2", "start": (1234.5678,), "learning_rate": 123456.789, "iterations": 5},
    {
        "loss": "1e-6*(x^2+y^2)",
        "start": (1000.0, 500.0),
        "learning_rate": 2e5,
        "schedule": "cosine",
        "iterations": 8,
    },
]


@pytest.mark.parametrize("settings", LARGE, ids=str)
@pytest.mark.parametrize("size", [(640, 480), (960, 540)])
def test_where_the_rate_is_large_every_frame_gives_what_it_prints(
    settings: dict[str, Any], size: tuple[int, int]
) -> None:
    shown = picture(size=size, **settings)
    readout = shown.strip
    assert isinstance(readout, Readout)
    for k in range(settings["iterations"]):
        written = [mark.text for mark in readout.update(Moment(k)) if isinstance(mark, Label)]
        worked = [words for words in written if re.search("[=≈] [−\\d]", words)]
        assert len(worked) == len(settings["start"])
        for words in worked:
            left, right, unit = worked_out(words, ".")
            assert abs(left - right) <= unit / 2, words


@pytest.mark.parametrize("power", range(-6, 7))
def test_from_a_tiny_rate_to_a_large_one_every_update_gives_what_it_prints(power: int) -> None:
    random, text = np.random.default_rng(power + 6), Text("en")
    for _ in range(8):
        rate = float(10.0 ** (power + random.uniform(-0.5, 0.5)))
        curvature, start = float(random.uniform(0.01, 1.05) / rate), float(10 ** random.uniform(-2, 4))
        loss = f"{curvature!r}*x^2"
        (run,) = trace(Spec(loss=loss, start=(start,), learning_rate=rate, iterations=12))
        digits = digits_for(text, run, (0,))
        for k in range(run.iterations):
            words = update(text, run, k, 0, digits).words
            left, right, unit = worked_out(words, ".")
            assert abs(left - right) <= unit / 2, words
            assert (left == right) == ("=" in words), words
            assert abs(right - Fraction(float(run.theta[k + 1, 0]))) <= max(unit / 2, Fraction(1, 2000)), (
                words
            )
