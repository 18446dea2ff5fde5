"""The gradient's numbers: what one works out from what is printed is what is printed."""

import re
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from mpmath import mp

from gdanim import Spec, trace
from gdanim.losses import LOSSES, make_loss
from gdanim.text import LANGUAGES, Text
from gdanim.timeline import Moment
from gdanim.views.gradient import Gradient
from gdanim.views.marks import Label, overlap
from gdanim.views.substitution import Substitution, rounded
from tests.pictures import ink, picture

FORMULAS = (
    "w1^2 + 4*w2^2 + w1*w2",
    "exp(-a)*sin(b) + a^2/2 + 3e-7*b",
    "x^-2 + 2^y + x^y/3",
    "sqrt(a+4)*b - 0.1*b",
    "sin(a*b)+0.1*a^2+0.1*b^2",
)
UNWRITTEN = "abs(a) + max(a, b)"
mp.dps = 50
RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
PLANE = [name for name in LOSSES if len(make_loss(name).parameters) == 2]
CURVES = [name for name in LOSSES if len(make_loss(name).parameters) == 1]
NAMES: dict[str, Any] = {
    **{name: getattr(mp, name) for name in ("sin", "cos", "exp", "log", "tanh", "sign")},
    "max": max,
    "min": min,
    "root": mp.sqrt,
    "pi": mp.pi,
    "N": mp.mpf,
    "__builtins__": {},
}
POWER = "[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+"
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?")


def worked_out(shown: str, decimal: str) -> Any:
    """What a reader works out, who reads powers and products as in a book: to 50 digits."""
    plain = shown.replace("−", "-")
    if decimal == ",":
        plain = plain.replace(",", ".").replace(";", ",")
    plain = re.sub(f"×10({POWER})", lambda m: "e" + m[1].translate(RAISED), plain)
    plain = re.sub(rf"(?<![\d.])10({POWER})", lambda m: "1e" + m[1].translate(RAISED), plain)
    plain = NUMBER.sub(lambda m: f"N('{m[0]}')", plain)
    plain = re.sub(POWER, lambda m: f"**({m[0].translate(RAISED)})", plain)
    plain = plain.replace("·", "*").replace("^", "**").replace("π", "pi").replace("√", "root")
    return eval(plain, NAMES)


def unit(shown: str, decimal: str) -> Any:
    """That of the last digit of a number as it is printed."""
    mantissa, _, power = shown.partition("×10")
    if mantissa.lstrip("−").startswith("10") and re.search(POWER, mantissa):
        mantissa, power = "1", mantissa.lstrip("−")[2:]
    return mp.mpf(10) ** (int(power.translate(RAISED) or 0) - len(mantissa.partition(decimal)[2]))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", [*LOSSES, *FORMULAS])
def test_what_is_worked_out_from_the_printed_numbers_is_the_derivative(name: str, lang: str) -> None:
    loss, text, rng = make_loss(name), Text(lang), np.random.default_rng(5)
    for expression, which in zip(loss.gradient_expression, range(len(loss.parameters)), strict=True):
        worked = Substitution(expression, loss.parameters, text)
        for scale, decimals in ((1.0, 3), (1.0, 6), (1e-3, 4), (1e-5, 3)):
            theta = scale * rng.uniform(-2.0, 2.0, len(loss.parameters))
            theta = np.abs(theta) if name in FORMULAS else theta
            places = rounded(text, theta, decimals)
            np.testing.assert_allclose(places, theta, atol=0.51 * 10.0**-decimals, rtol=0.006)
            found = float(worked_out(worked.put(theta, decimals), text.decimal))
            # Numbers of the formula's own are printed with six digits.
            assert found == pytest.approx(float(loss.gradient(places)[which]), rel=1e-4, abs=1e-9)
            assert found == pytest.approx(float(worked.worked(places)), rel=1e-9, abs=1e-12)


def check_frame(view: Gradient, k: int) -> None:
    """All that a frame of the panel says is so: worked out, rounded, and which of both the signs say."""
    run, decimal = view.scene.runs[0], view.scene.text.decimal
    rows = [row for row, _ in view.placed if row.component is not None]
    lines: dict[int, list[str]] = {}
    for row, words in zip(rows, texts(view.update(Moment(k))), strict=True):
        lines.setdefault(row.component or 0, []).append(words)
    results = {}
    for i in range(len(run.parameters)):
        whole = " ".join(filter(None, lines[i]))
        shown, sign, result = re.fullmatch(r"(?:= )?(.*?) ?([=≈]) (\S+)", whole).groups()  # type: ignore[union-attr]
        value, half = worked_out(result, decimal), unit(result, decimal) / 2
        slope = mp.mpf(float(run.gradient[k, i]))
        results[i] = result, sign == "=" and abs(slope - value) <= 1e-12 * abs(slope)
        assert abs(slope - value) <= half, whole
        if not shown:
            assert (sign == "=") == (abs(slope - value) <= 1e-12 * abs(slope)), whole
            continue
        assert "…" not in shown
        given = worked_out(shown, decimal)
        assert abs(given - value) <= half * (1 + mp.mpf("1e-9")), whole
        same = abs(given - value) < mp.mpf("1e-35")
        assert sign == "≈" or same, whole
        assert sign == "=" or not same or re.search("[a-zπ√^/]", shown), whole
    if len(run.parameters) > 1:
        separator = "; " if decimal == "," else ", "
        sign = "=" if all(exact for _, exact in results.values()) else "≈"
        vector = separator.join(result for result, _ in results.values())
        assert " ".join(lines[-1]) == rf"$\nabla L$ {sign} ({vector})"
    else:
        assert -1 not in lines


@pytest.mark.parametrize("name", [*PLANE, *CURVES, *FORMULAS, UNWRITTEN])
def test_with_the_numbers_as_printed_one_gets_the_derivative_as_printed(name: str) -> None:
    lang = "pt" if len(name) % 2 else "en"
    for share in (0.1, 1.0, 1.5):
        rate = share * make_loss(name).learning_rate
        view = view_of(loss=name, learning_rate=rate, iterations=20, size=(1600, 900), lang=lang)
        for k in range(view.scene.runs[0].iterations + 1):
            check_frame(view, k)


@pytest.mark.parametrize("name", ["bowl", "rosenbrock", "himmelblau", "cliff", "two-wells"])
def test_most_digits_are_taken_with_which_that_is_so_and_no_more(name: str) -> None:
    slopes = view_of(loss=name).scene.slopes
    assert slopes is not None
    loss, (run,) = make_loss(name), trace(Spec(loss=name, iterations=24))

    def wrong(operands: int, result: int) -> int:
        """By rounding alone: how many derivatives of printed numbers are not the printed ones."""
        found = loss.gradient(np.round(run.theta, operands))
        near = np.abs(found - np.round(run.gradient, result)) <= 0.5 * 10.0**-result * (1 + 1e-9)
        return int((~near & (np.abs(run.gradient) < 999)).sum())

    few = 0.05 * run.gradient.size if slopes.result < 2 else 0
    assert wrong(slopes.operands, slopes.result) <= few
    assert all(wrong(3, result) for result in range(slopes.result, 4))  # three would not have done
    assert all(wrong(operands, finer) for finer in range(slopes.result + 1, 4) for operands in (3, 4, 5, 6))


@pytest.mark.parametrize("name", ["himmelblau", "rosenbrock", "beale", "quadratic", "two-wells"])
def test_the_same_number_has_the_same_digits_under_the_panels(name: str) -> None:
    shown = picture(loss=name, view="gradient+history", size=(1600, 700))
    slopes, (run,) = shown.scene.slopes, shown.scene.runs
    assert slopes is not None
    assert slopes.update is not None
    for k in range(run.iterations):
        below = " ".join(texts(shown.strip.update(Moment(k))))
        for i, value in enumerate(run.theta[k]):
            operand = shown.scene.text.fixed(float(value), slopes.operands)
            assert f"{operand} " in below
            assert any(operand in piece for piece in slopes.line(i, k).pieces)
        for i in range(len(run.parameters)):
            left, right, size = printed_update(below, i)
            assert abs(left - right) <= size / 2 * (1 + mp.mpf("1e-30"))
    assert shown.strip.digits.slopes == slopes.result  # type: ignore[union-attr]


def printed_update(below: str, i: int) -> tuple[Any, Any, Any]:
    """What the update of a parameter gives as it is printed, what is said to come out, its last unit."""
    updates = re.findall(r"(?<== )(\S+ − \S+) [=≈] (\S+)|(?:^| )(−?[\d.]+ − \S+·\S+) [=≈] (\S+)", below)
    whole = [[part for part in update if part] for update in updates]
    return worked_out(whole[i][0], "."), worked_out(whole[i][1], "."), unit(whole[i][1], ".")


def view_of(**settings: Any) -> Gradient:
    (view,) = picture(view="gradient", **settings).views
    assert isinstance(view, Gradient)
    list(view.still())
    return view


def texts(artists: Any) -> list[str]:
    return [artist.text for artist in artists]


def check_room(view: Gradient) -> None:
    """Nothing stands beyond the panel, and no line on another, in any frame."""
    box = view.axes.bbox
    still = list(view.still())
    for k in range(view.scene.runs[0].iterations + 1):
        boxes = []
        for label in [*still, *view.update(Moment(k))]:
            assert isinstance(label, Label)
            if label.mask.size:
                left, low, right, high = label.box
                assert box.x0 - 3 <= left < right <= box.x1 + 3, label.text
                assert box.y0 - 3 <= low < high <= box.y1 + 3, label.text
                boxes.append(ink(label))
        for a, b in combinations(boxes, 2):
            assert not overlap(a, b)


def components(view: Gradient) -> int:
    """How many are worked out."""
    return len({row.component for row, _ in view.placed} - {None, -1})


def test_the_numbers_of_the_frame_stand_in_the_formula() -> None:
    view = view_of(loss="bowl:condition=20", start=(-2.5, -0.393), iterations=0)
    first, second, vector = texts(view.update(Moment(0)))
    assert first == "= −2.500"
    assert second == "= 20·(−0.393) = −7.860"
    assert vector.endswith("= (−2.500, −7.860)")


def test_one_derivative_is_no_vector_and_a_rounded_one_not_said_to_be_exact() -> None:
    view = view_of(loss="cliff")
    assert texts(view.still()) == ["$dL/dw$ = $1 - 4e^{-4w}$"]
    (line,) = texts(view.update(Moment(0)))
    assert re.fullmatch(r"= 1 − 4·exp\(−4·\(−0\.50*\)\) ≈ −28\.556", line)


def test_what_is_rounded_away_is_said_of_the_vector_too() -> None:
    view = view_of(loss=UNWRITTEN, start=(-0.5, 2.0))
    assert texts(view.update(Moment(0))) == ["= −1.000", "= 1.000", r"$\nabla L$ = (−1.000, 1.000)"]
    view = view_of(loss="bowl", start=(-2.50004, 1.2))
    first, _, vector = texts(view.update(Moment(0)))
    assert first.endswith("≈ −2.500")
    assert vector.startswith(r"$\nabla L$ ≈ (−2.500, ")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", [(640, 480), (1280, 720)])
@pytest.mark.parametrize(
    "loss", ["himmelblau", "goldstein-price", "rastrigin", "abs(a) + max(a, b)", "w1^2 + 1e5*w2^2"]
)
def test_no_line_is_longer_than_its_room_and_nothing_is_left_out_silently(
    loss: str, size: tuple[int, int], lang: str
) -> None:
    settings: dict[str, Any] = {"start": tuple([1.2, 2.0, 0.5, -0.7] * 3)} if loss == "rastrigin" else {}
    view = view_of(loss=loss, size=size, lang=lang, **settings)
    check_room(view)
    still, moving = texts(view.still()), texts(view.update(Moment(0)))
    reasons = [words for words in still if words.startswith("(")]
    n, written = len(view.scene.loss.parameters), components(view)
    for line in [*still, *moving]:
        assert "…" not in line or "(" in line or line.startswith("… ") or reasons
    assert not any(view.scene.text("too_long") in line for line in [*still, *moving]) or n > 2
    assert (view.scene.text("rest", count=n - written) in still) == (written < n)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", [(640, 480), (1280, 720)])
@pytest.mark.parametrize("name", [*PLANE, FORMULAS[-1], UNWRITTEN])
def test_beside_another_panel_too_every_line_has_its_room(
    name: str, size: tuple[int, int], lang: str
) -> None:
    view = picture(loss=name, view="gradient+history", size=size, lang=lang, iterations=12).views[0]
    assert isinstance(view, Gradient)
    check_room(view)
    assert components(view) == 2
    shown = [*texts(view.still()), *texts(view.update(Moment(5)))]
    left_out = any(view.scene.text("too_long").split()[0] in line for line in shown)
    long = {"goldstein-price", "beale", "ackley", "easom", "levi13"}  # the longest there are
    assert not left_out or name in long


def test_many_components_are_written_as_many_as_fit() -> None:
    start = tuple([1.2, 2.0, 0.5, -0.7] * 3)
    small, large = (view_of(loss="rastrigin", start=start, size=size) for size in ((640, 480), (1280, 1280)))
    assert 3 < components(small) < components(large) <= 12


def test_slopes_in_the_slices_compare() -> None:
    (view,) = picture(loss="bowl:condition=20", view="slices").views
    first, second = (part.axes.get_ylim() for part in view.slices)  # type: ignore[attr-defined]
    assert first == second
