"""The gradient's numbers: what one works out from what is printed is what is printed."""

import math
import re
from typing import Any

import numpy as np
import pytest

from gdanim.losses import LOSSES, make_loss
from gdanim.text import Text
from gdanim.timeline import Moment
from gdanim.views.gradient import Gradient
from gdanim.views.substitution import Substitution
from tests.pictures import picture

FORMULAS = (
    "w1^2 + 4*w2^2 + w1*w2",
    "exp(-a)*sin(b) + a^2/2 + 3e-7*b",
    "x^-2 + 2^y + x^y/3",
    "sqrt(a+4)*b - 0.1*b",
)
LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
NAMES: dict[str, Any] = {
    "sin": math.sin,
    "cos": math.cos,
    "exp": math.exp,
    "log": math.log,
    "tanh": math.tanh,
    "root": math.sqrt,
    "max": max,
    "min": min,
    "sign": lambda x: (x > 0) - (x < 0),
}


def worked_out(shown: str, text: Text) -> float:
    """What a reader works out, who reads powers and products as in a book."""
    plain = shown.replace("−", "-")
    if text.decimal == ",":
        plain = plain.replace(",", ".").replace(";", ",")
    plain = re.sub(r"×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "e" + m[1].translate(LOWERED), plain)
    plain = re.sub(r"\b10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "1e" + m[1].translate(LOWERED), plain)
    plain = re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: f"**({m[0].translate(LOWERED)})", plain)
    plain = plain.replace("·", "*").replace("^", "**").replace("π", "math.pi").replace("√", "root")
    return float(eval(plain, {"math": math, "__builtins__": {}}, NAMES))


@pytest.mark.parametrize("lang", ["en", "pt"])
@pytest.mark.parametrize("name", [*LOSSES, *FORMULAS])
def test_what_is_worked_out_from_the_printed_numbers_is_the_derivative(name: str, lang: str) -> None:
    loss, text, rng = make_loss(name), Text(lang), np.random.default_rng(5)
    for expression, which in zip(loss.gradient_expression, range(len(loss.parameters)), strict=True):
        worked = Substitution(expression, loss.parameters, text)
        for scale in (1.0, 1.0, 1e-3, 1e-5):
            theta = scale * rng.uniform(-2.0, 2.0, len(loss.parameters))
            theta = np.abs(theta) if name in FORMULAS else theta
            rounded = worked.rounded(theta)
            np.testing.assert_allclose(rounded, theta, atol=0.00051, rtol=0.006)
            rtol = 1e-9 if worked.exact else 1e-4
            found = worked_out(worked.put(theta), text)
            assert found == pytest.approx(float(loss.gradient(rounded)[which]), rel=rtol, abs=1e-9)


def view_of(**settings: Any) -> Gradient:
    (view,) = picture(view="gradient", **settings).views
    assert isinstance(view, Gradient)
    list(view.still())
    return view


def texts(artists: Any) -> list[str]:
    return [artist.text for artist in artists]


def test_the_numbers_of_the_frame_stand_in_the_formula() -> None:
    view = view_of(loss="bowl:condition=20", start=(-2.5, -0.393), learning_rate=0.05)
    first, second, vector = texts(view.update(Moment(0)))
    assert first == "= −2.500"
    assert second == "= 20·(−0.393) = −7.860"
    assert vector.endswith("= (−2.500, −7.860)")


def test_equals_is_said_only_where_it_is_so() -> None:
    view = view_of(loss="himmelblau", size=(900, 500))
    (run,) = view.scene.runs
    signs = set()
    for k in range(run.iterations + 1):
        for i, line in enumerate(texts(view.update(Moment(k)))[:2]):
            numbers, sign, result = re.fullmatch(r"= (.*) ([=≈]) (\S+)", line).groups()  # type: ignore[union-attr]
            signs.add(sign)
            same = view.scene.text.fixed(worked_out(numbers, view.scene.text)) == result
            assert same == (sign == "=")
            assert result == view.scene.text.fixed(float(run.gradient[k, i]))
    assert signs == {"=", "≈"}


@pytest.mark.parametrize("lang", ["en", "pt"])
@pytest.mark.parametrize("size", [(640, 480), (1280, 720)])
@pytest.mark.parametrize(
    "loss", ["himmelblau", "goldstein-price", "rastrigin", "abs(a) + max(a, b)", "w1^2 + 1e5*w2^2"]
)
def test_no_line_is_longer_than_its_room_and_nothing_is_left_out_silently(
    loss: str, size: tuple[int, int], lang: str
) -> None:
    settings: dict[str, Any] = {"start": tuple([1.2, 2.0, 0.5, -0.7] * 3)} if loss == "rastrigin" else {}
    view = view_of(loss=loss, size=size, lang=lang, **settings)
    box = view.axes.bbox
    for artists in (view.still(), view.update(Moment(0)), view.update(Moment(24))):
        for label in artists:
            left, low, right, high = label.box  # type: ignore[attr-defined]
            assert box.x0 - 3 <= left < right <= box.x1 + 3
            assert box.y0 - 3 <= low < high <= box.y1 + 3
    still, moving = texts(view.still()), texts(view.update(Moment(0)))
    for line in [*still, *moving]:
        assert "…" not in line or "(" in line or line.startswith("… ")
    n, written = len(view.scene.loss.parameters), len(moving) - 1
    assert (view.scene.text("rest", count=n - written) in still) == (written < n)


def test_many_components_are_written_as_many_as_fit() -> None:
    start = tuple([1.2, 2.0, 0.5, -0.7] * 3)
    small, large = (view_of(loss="rastrigin", start=start, size=size) for size in ((640, 480), (1280, 1280)))
    assert 3 < len(texts(small.update(Moment(0)))) - 1 < len(texts(large.update(Moment(0)))) - 1 <= 12


def test_slopes_in_the_slices_compare() -> None:
    (view,) = picture(loss="bowl:condition=20", view="slices").views
    first, second = (part.axes.get_ylim() for part in view.slices)  # type: ignore[attr-defined]
    assert first == second
