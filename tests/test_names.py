"""Header and legend: what is said of all is true of all, and a number that is printed is the number."""

import re
from pathlib import Path
from typing import Any

import pytest

from gdanim.views.header import subtitle
from gdanim.views.legend import Legend
from tests.pictures import picture

RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def said(**settings: Any) -> tuple[list[str], list[str], list[str]]:
    """The header's parts but the loss, the legend's names, and the labels of the verdicts."""
    shown = picture(**settings)
    names = shown.strip.names if isinstance(shown.strip, Legend) else []
    labels = [run.label for run in shown.scene.runs]
    return [lengths[0].replace("$\\eta$", "η") for lengths in subtitle(shown.scene)[1:]], names, labels


def test_nothing_but_a_start_is_shared_with_a_recorded_path(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("w1,w2\n-1,1\n-0.5,0.5\n0,0\n")
    known: dict[str, Any] = {"loss": "bowl", "path": str(path)}
    header, names, labels = said(run=("gd lr=0.06 start=-1,1",), **known)
    assert header == ["Start = −1, 1"]  # the path's own as well
    assert names == ["p", r"gradient descent  $\eta$ = 0.06"]
    assert labels == ["p", "gd lr=0.06"]
    header, names, labels = said(run=("gd lr=0.06 start=-1,2 noise=1",), **known)
    assert header == []
    assert names == ["p", r"gradient descent  $\eta$ = 0.06  start −1, 2  σ = 1, seed 0"]
    assert labels == ["p", "gd lr=0.06 start=-1,2 noise=1 seed=0"]


@pytest.mark.parametrize(
    ("lang", "names"), [("en", ["no noise", "σ = 2, seed 3"]), ("pt", ["sem ruído", ""])]
)
def test_noise_that_one_run_has_is_not_in_the_header(lang: str, names: list[str]) -> None:
    header, found, labels = said(run=("gd lr=0.1", "gd lr=0.1 noise=2 seed=3"), lang=lang)
    assert not any("noise" in part or "ruído" in part for part in header)
    assert found[0] == names[0]
    assert found[1].startswith(names[1])
    assert labels == ["noise=0", "noise=2 seed=3"]
    header, found, _ = said(run=("gd noise=1 seed=3", "gd noise=2 seed=3"))
    assert header[-1].endswith("+ noise, seed 3")
    assert found == ["σ = 1", "σ = 2"]


@pytest.mark.parametrize(
    ("start", "rate"),
    [(10003.0, 0.1), (99.996, 1 / 3), (1234.5, 0.1234567), (5.0, 1e-7), (1e4, 2.5), (1 / 7, 0.12345678)],
)
def test_a_start_and_a_rate_are_the_numbers_that_were_given(start: float, rate: float) -> None:
    header, _, _ = said(loss="(x-10000)^2/1e5", start=(start,), learning_rate=rate, iterations=1)
    for part, value in zip(header, (rate, start), strict=True):
        sign, number = re.fullmatch(r".* (=|≈) (\S+)", part).groups()  # type: ignore[union-attr]
        number = re.sub(r"^10(?=[⁻⁰-⁹¹²³])", "1×10", number)
        read = float(re.sub("×10(.+)", lambda m: "e" + m[1].translate(RAISED), number))
        assert (sign == "=") == (read == value) == (float(f"{value:.7g}") == value)
        assert read == pytest.approx(value, rel=5e-4)


def test_rates_that_differ_late_have_labels_that_differ() -> None:
    assert said(learning_rate=(0.1234567, 0.1234568))[2] == ["lr=0.1234567", "lr=0.1234568"]
