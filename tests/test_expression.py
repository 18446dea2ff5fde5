"""A formula is read, or refused with a caret under the place; nothing is ever evaluated."""

import builtins
import subprocess
import sys
import unicodedata
from typing import Literal

import numpy as np
import pytest

from gdanim import GdanimError, Spec, trace
from gdanim.losses import is_formula, make_loss
from gdanim.losses.expression import parse
from gdanim.losses.grammar import FUNCTIONS


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("w1**2 + 10*w2**2", ("w1", "w2")),
        ("sin(3*x) + x^2/4", ("x",)),
        ("w10^2 + w2^2 + w1^2 + b^2", ("b", "w1", "w2", "w10")),
        ("(a-1)^2 + 100*(b-a^2)^2", ("a", "b")),
        ("-x^2 + x^4", ("x",)),
    ],
)
def test_parameters_are_found_in_natural_order(text: str, parameters: tuple[str, ...]) -> None:
    assert make_loss(text).parameters == parameters


def test_parameters_and_constants_can_be_given() -> None:
    loss = make_loss("lam*w^2 + e1*v", constants={"lam": 0.1, "e1": 2.0}, parameters=("w", "v"))
    assert loss.parameters == ("w", "v")
    np.testing.assert_allclose(loss.gradient(np.array([3.0, 1.0])), [0.6, 2.0])


def test_a_caret_binds_as_a_power_does() -> None:
    loss = make_loss("3*w^2 - w^2*2")
    assert float(loss.value(np.array([5.0]))) == 25.0
    assert float(make_loss("-w^2").value(np.array([3.0]))) == -9.0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_its_derivative(name: str) -> None:
    arguments = ["0.3*w + 0.2", "0.1*w", "0.2*w"][: FUNCTIONS[name][1]]
    arguments = ["2", *arguments] if name == "softmax" else arguments
    loss = make_loss(f"{name}({', '.join(arguments)})")
    theta = np.array([[0.4], [1.1], [1.9]])
    step = 1e-6
    wanted = (loss.value(theta + step) - loss.value(theta - step)) / (2 * step)
    np.testing.assert_allclose(loss.gradient(theta)[:, 0], np.broadcast_to(wanted, 3), atol=1e-8)


def test_the_hessian_is_exact() -> None:
    loss = make_loss("w1^3*w2 + exp(w2)")
    x, y = 0.7, -0.3
    np.testing.assert_allclose(
        loss.hessian(np.array([x, y])), [[6 * x * y, 3 * x**2], [3 * x**2, np.exp(y)]], rtol=1e-14
    )


def test_minima_are_found() -> None:
    places = [m.theta[0] for m in make_loss("(w^2 - 1)^2 + 0.3*w").minima]
    assert places == pytest.approx([-1.0355787140888537, 0.96014955551910552], abs=1e-9)
    (only,) = make_loss("(a-1)^2 + 100*(b-a^2)^2").minima
    assert only.theta == pytest.approx((1.0, 1.0), abs=1e-8)


@pytest.mark.parametrize(
    ("text", "words", "column"),
    [
        ("sine(w)", "unknown function 'sine'; did you mean 'sin'?", 0),
        ("w + qqq(w)", "unknown function 'qqq'; known are sin", 4),
        ("1 + w.__class__", "an attribute has no place", 4),
        ("w + w[0]", "a subscript has no place", 4),
        ("__import__('os')", "unknown function '__import__'", 0),
        ("w + (lambda: 1)()", "a call of anything but a named function", 4),
        ("w + (lambda: 1)", "a lambda has no place", 5),
        ("w * 'a'", "anything but a number has no place", 4),
        ("[w for w in (1,)]", "a comprehension has no place", 0),
        ("w if w else 1", "if/else has no place", 0),
        ("w == 1", "a comparison has no place", 0),
        ("w and 1", "and/or has no place", 0),
        ("w % 2", "this operator has no place", 0),
        ("(w, 2)", "a comma has no place", 0),
        ("w + True", "anything but a number", 4),
        ("w + 9**9**9**9", "this is beyond 1.8e308", 7),
        ("w + ((9^60)^60)^60", "this is beyond 1.8e308", 6),
        ("w*1e999", "a number above 1.8e308", 2),
        ("sin + w", "'sin' is a function; write sin", 0),
        ("sin(w, 2)", "sin takes 1 argument, not 2", 0),
        ("w*__x", "'__x' cannot name a parameter", 2),
        ("w +", "this is not arithmetic", 3),
        ("w + ½", "'½' has no meaning", 4),
        ("w*größe½ + 1", "'½' has no meaning", 7),
        ("w*größe + sin", "'größe' is in neither --parameters nor --let", 2),
        ("größe(w)", "unknown function 'größe'", 0),
        ("max(w, *[1])", "a star has no place", 7),
        ("sin(x=w)", "a call of anything but a named function", 0),
    ],
)
def test_what_is_not_arithmetic_is_refused_with_a_caret(
    monkeypatch: pytest.MonkeyPatch, text: str, words: str, column: int
) -> None:
    for name in ("eval", "exec", "compile"):
        original = getattr(builtins, name)
        if name != "compile":  # ast.parse compiles to a tree, and to no code
            monkeypatch.setattr(builtins, name, lambda *_, **__: pytest.fail("evaluated"))
        assert callable(original)
    with pytest.raises(GdanimError, match=words) as caught:
        make_loss(text)
    sentence, shown, caret = str(caught.value).splitlines()
    assert shown == f"    {text}"
    assert abs(caret.index("^") - 4 - column) <= 1
    assert caught.value.exit_code == 2
    assert sentence.startswith("loss: ")


@pytest.mark.parametrize(
    "text",
    [
        "1 + 2",
        "",
        " ",
        "w" + "+w" * 2000,
        "sin(" * 101 + "w" + ")" * 101,
        "-" * 3000 + "w",
        "1/(w-w)",
        "w-w+1",
        "0*w",
    ],
)
def test_too_long_too_deep_or_empty_is_refused(text: str) -> None:
    with pytest.raises(GdanimError, match="loss: "):
        make_loss(text)


def test_letters_that_do_not_fit_are_named() -> None:
    with pytest.raises(GdanimError, match="let: 'lam' is not in the formula"):
        make_loss("w^2", constants={"lam": 1.0})
    with pytest.raises(GdanimError, match="parameters: 'v' is no parameter"):
        make_loss("w^2", parameters=("v",))
    with pytest.raises(GdanimError, match="parameters: 'b' is neither named nor given a value"):
        make_loss("a^2 + b", parameters=("a",))


@pytest.mark.parametrize(
    ("text", "start"), [("log(w)", -1.0), ("1/w", 0.0), ("sqrt(w)", -4.0), ("exp(exp(exp(w)))", 9.0)]
)
def test_not_real_or_not_finite_at_the_start_says_where(text: str, start: float) -> None:
    with pytest.raises(GdanimError, match=f"start: the loss or its gradient is not finite at w = {start:g}"):
        trace(Spec(loss=text, start=(start,)))


def at(text: str, *theta: float, **constants: float) -> tuple[float, list[float]]:
    loss = make_loss(text, constants=constants)
    return float(loss.value(np.array(theta))), loss.gradient(np.array(theta)).tolist()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sin(exp(1e6))*w", "beyond 1.8e308"),
        ("w+exp(exp(1e12))", "beyond 1.8e308"),
        ("sin(log(-1))*w^2", "not a real number"),
        ("sqrt(-1)*w", "not a real number"),
        ("(-2)^w", "a power that varies needs a positive number"),
        ("1/2x", "'2x' after / can be read in two ways"),
        ("w^2x", "'2x' after \\^ can be read in two ways"),
        ("√2x", "can be read in two ways"),
        ("xy", "did you mean 'x\\*y'"),
        ("wx1 + 1", "did you mean 'w\\*x1'"),
        ("mse", "the loss of that name is quadratic"),
        ("Pi*w", "did you mean 'pi'"),
        ("Quadratic + w", "the loss of that name is quadratic"),
        ("sinx", "did you mean 'sin\\(x\\)'"),
        ("sin w", "write sin\\(w\\)"),
        ("arctan(w)", "did you mean 'atan'"),
        ("w(w+1)", "a product is written with \\*"),
        ("softmax(3, a, b)", "1 to 2"),
        ("max(select, 2)", "'select' is in neither"),
        ("w # v", "'#' has no meaning"),
        ("-" * 3000 + "w", "nested too deeply"),
    ],
)
def test_what_is_meant_otherwise_or_is_real_nowhere_is_refused(text: str, words: str) -> None:
    with pytest.raises(GdanimError, match=words):
        make_loss(text)


def test_powers_that_explode_are_refused() -> None:
    for a, b in ((99999.0, 99999999.0), (1e12, 64.0)):
        with pytest.raises(GdanimError, match=r"beyond 1\.8e308"):
            make_loss("w + a^b", constants={"a": a, "b": b})


@pytest.mark.parametrize(
    ("text", "theta", "value", "gradient"),
    [
        ("softplus(w)", 1000.0, 1000.0, 1.0),
        ("log(1 + exp(w))", 1000.0, 1000.0, 1.0),
        ("sigmoid(w)", -1000.0, 0.0, 0.0),
        ("sigmoid(w)", 1000.0, 1.0, 0.0),
        ("1/(1 + exp(w))", 800.0, 0.0, 0.0),
        ("log(cosh(w))", 800.0, 800 - np.log(2), 1.0),
        ("logcosh(w)", 1e-5, 5e-11, 1e-5),
        ("logsumexp(w, w, 3)", 900.0, 900 + np.log(2), 1.0),
        ("log(exp(w) + exp(2*w))", 500.0, 1000.0, 2.0),
        ("-log(sigmoid(w))", -900.0, 900.0, -1.0),
        ("softmax(1, w, 0)", 900.0, 1.0, 0.0),
        ("log(softmax(1, w, 1000))", -500.0, -1500.0, 1.0),
        ("log(softmax(1, 1e9, 1e9, w))", -1.0, -np.log(2.0), 0.0),
        ("tanh(w)", 800.0, 1.0, 0.0),
    ],
)
def test_named_functions_do_not_overflow(text: str, theta: float, value: float, gradient: float) -> None:
    found, (slope,) = at(text, theta)
    assert found == pytest.approx(value, rel=1e-10, abs=1e-300)
    assert slope == pytest.approx(gradient, rel=1e-10, abs=1e-300)


def test_vanishing_gradients_keep_their_digits() -> None:
    assert at("sigmoid(w)", 40.0)[1] == pytest.approx([4.248354255291589e-18], rel=1e-12)
    assert at("softmax(1, w, 1, 1)", 40.0)[1] == pytest.approx([2.309609e-17], rel=1e-6)
    nested = make_loss("sigmoid(" * 12 + "w" + ")" * 12)
    assert 0 < nested.gradient(np.array([1.0]))[0] < 1e-7


def test_the_slope_of_a_power_by_its_exponent_is_0_at_0_as_pytorch_has_it() -> None:
    loss = make_loss("w^v", parameters=("w", "v"))
    for w, v, slope in (
        (0.0, 2.0, 0.0),
        (0.0, 0.5, 0.0),
        (0.3, 2.0, -0.10835755238933424),
        (2.0, -1.0, 0.34657359027997264),
    ):
        assert loss.gradient(np.array([w, v]))[1] == pytest.approx(slope, rel=1e-15)
    assert not np.isfinite(loss.gradient(np.array([0.0, -1.0]))).all()
    assert not np.isfinite(loss.gradient(np.array([-1.0, 0.5]))).all()
    assert r"\log(w)" in loss.gradient_formula[1]


NAMES = ["größe", "prêmio", "é", "ñ1", "årets_pris", "число", "数量", "Größe_2"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_may_have_any_letters(name: str) -> None:
    plainly = make_loss("(2w + 1)^2 + sin(w*v) + w", parameters=("w", "v"))
    forms: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")
    for form in forms:
        text = unicodedata.normalize(form, f"(2{name} + 1)^2 + sin({name}*v) + {name}")
        loss = make_loss(text, parameters=(unicodedata.normalize(form, name), "v"))
        assert loss.parameters == (name, "v")
        at = np.array([0.3, -1.2])
        assert loss.value(at) == plainly.value(at)
        np.testing.assert_array_equal(loss.gradient(at), plainly.gradient(at))
        valued = make_loss(text, constants={unicodedata.normalize(form, name): 2.0}, parameters=("v",))
        assert valued.value(np.array([1.0])) == 27.0 + np.sin(2.0)
        named = make_loss(unicodedata.normalize(form, f"{name} = w + v; L = {name}^2"))
        assert named.value(np.array([1.0, 2.0])) == 9.0
    for wrong, column in ((f"{name} + v)", len(name) + 4), (f"{name}*v + qq", len(name) + 5)):
        with pytest.raises(GdanimError) as caught:
            make_loss(wrong, parameters=(name, "v"))
        assert caught.value.problem.splitlines()[-1].index("^") == 4 + column


def test_one_letter_with_an_accent_need_not_be_given() -> None:
    assert make_loss("é^2 + (ñ1 - 1)^2").parameters == ("é", "ñ1")


def test_kinks_have_the_derivatives_of_pytorch() -> None:
    assert at("abs(w) + sign(w) + relu(w)", 0.0) == (0.0, [0.0])
    assert at("max(a, b, c)", 1.0, 1.0, 0.0) == (1.0, [0.5, 0.5, 0.0])  # as torch.amax
    assert at("min(w, 2*w)", 0.0) == (0.0, [1.5])


def test_what_is_complex_is_not_finite_nor_its_slope() -> None:
    for text in ("log(w)", "abs(log(w))", "sqrt(w)", "w^0.5", "sign(log(w))*w", "asin(w - 3)", "w^w"):
        value, (slope,) = at(text, -1.5)
        assert not np.isfinite(value), text
        assert not np.isfinite(slope), text


def test_a_valley_through_one_point_has_no_strict_minimum() -> None:
    assert make_loss("(3*w+b-2)^2").minima == ()
    assert make_loss("abs(w1/w2)").minima == ()
    (only,) = make_loss("1e8*(w-1)^2").minima
    assert only.theta == pytest.approx((1.0,), abs=1e-12)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("3x^2 + 2(x+1) - 2x", "3*x**2 + 2*(x+1) - 2*x"),
        ("2e·x + 1e3x", "2*e*x + 1e3*x"),
        ("√(x² + 1) − √x", "sqrt(x**2 + 1) - sqrt(x)"),
        ("√√x × x⁻² ÷ x¹⁰", "sqrt(sqrt(x)) * x**(-2) / x**10"),
        ("2sin(3x)^2", "2*sin(3*x)**2"),
        ("x^2^0.5", "x**(2**0.5)"),
        ("2π x".replace(" ", "*"), "2*pi*x"),
    ],
)
def test_mathematics_is_read_as_meant(text: str, same: str) -> None:
    assert at(text, 1.7) == at(same, 1.7)


def test_greek_letters_are_names() -> None:
    assert make_loss("θ² + β₁ + lambda^2 + λ").parameters == ("beta1", "lambda", "theta")
    assert make_loss("θ^2 + λ", constants={"λ": 2.0}).parameters == ("theta",)


def test_parameters_may_be_named_like_anything() -> None:
    names = ("select", "t0", "p1", "exp", "nan", "array", "numpy", "lambda")
    loss = make_loss("+".join(f"{i}*{name}^2" for i, name in enumerate(names, 1)), parameters=names)
    np.testing.assert_allclose(loss.gradient(np.ones(8)), 2 * np.arange(1, 9))
    with pytest.raises(GdanimError, match="parameters: 'w' is named twice"):
        make_loss("a*w^2", parameters=("w", "a", "w"))


@pytest.mark.parametrize("name", ["Three Hump Camel", "THREE_HUMP_CAMEL", "three-hump-camel", "Quadratic"])
def test_losses_are_found_whatever_their_case(name: str) -> None:
    assert make_loss(name).name in ("three-hump-camel", "quadratic")


@pytest.mark.parametrize(
    "text",
    [
        "w+" * 1999 + "w",
        "w*" * 1999 + "w",
        "w^" * 1000 + "2",
        "softmax(1" + ",x" * 900 + ")",
        "max(x" + ",x,w" * 900 + ")",
        "sigmoid(" * 100 + "w" + ")" * 100,
        "+".join(f"w{i}^2" for i in range(100)),
        "+".join(f"log(1+exp(-{i}w-{i % 7}v))" for i in range(170)),
        "min(cos(0.1+1e-3),(min(w1,w3))^(w2-w))",
    ],
)
def test_long_and_deep_formulas_take_work_in_proportion(text: str) -> None:
    loss = parse(text, constants={})
    assert len(loss.graph.nodes) < 10 * len(text) + 100
    assert loss.formula
    assert len(loss.gradient_formula) == len(loss.parameters)


def test_sympy_is_not_loaded() -> None:
    code = "import sys; from gdanim.losses import make_loss; make_loss('w^2').gradient_formula"
    subprocess.run([sys.executable, "-c", f"{code}; assert 'sympy' not in sys.modules"], check=True)


def test_many_points_are_worked_out_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    theta = np.random.default_rng(0).normal(size=(7, 11, 2))
    whole = parse("w1^2*sin(w2) + w2", constants={})
    parts = parse("w1^2*sin(w2) + w2", constants={})
    monkeypatch.setattr(parts, "most", 10)
    np.testing.assert_array_equal(parts.value(theta), whole.value(theta))
    np.testing.assert_array_equal(parts.gradient(theta), whole.gradient(theta))


@pytest.mark.parametrize(
    ("text", "formula", "gradient"),
    [
        ("sigmoid(w)^2", r"\sigma(w)^2", (r"2\sigma(w)^2\sigma(-w)",)),
        ("w1^2 + 10*w2^2", "w_1^2 + 10w_2^2", ("2w_1", "20w_2")),
        ("(w-2)^2", "(w - 2)^2", ("2(w - 2)",)),
        ("max(a, b)", r"\max(a, b)", (r"\ldots", r"\ldots")),
    ],
)
def test_formulas_are_shown_as_typed(text: str, formula: str, gradient: tuple[str, ...]) -> None:
    loss = make_loss(text)
    assert (loss.formula, loss.gradient_formula) == (formula, gradient)
    assert make_loss("a*w^2", constants={"a": 0.1}).formula == "0.1w^2"


def test_names_are_not_formulas() -> None:
    assert not is_formula("three-hump-camel")
    assert not is_formula("quadratik")
    assert not is_formula("bowl:rotation=30")
    for text in ("w", "w-2", "x^2", "2*w", "-w", "sin(w)"):
        assert is_formula(text)


@pytest.mark.parametrize(
    ("text", "w", "value"),
    [("√abs(w)+1", -4.0, 3.0), ("√abs((w)*(w+2))*w", -4.0, -4 * 8**0.5), ("1 + √(w+(3))*2", 6.0, 7.0)],
)
def test_a_root_ends_where_its_bracket_closes(text: str, w: float, value: float) -> None:
    assert float(make_loss(text).value(np.array([w]))) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "words"),
    [("log2(w)", r"did you mean 'log\(…\)/log\(2\)'"), ("pow(w, 2)", r"did you mean 'a\^b'")],
)
def test_a_function_that_is_written_otherwise_is_said(text: str, words: str) -> None:
    with pytest.raises(GdanimError, match=words):
        make_loss(text)


@pytest.mark.parametrize("text", ["xy_ + 1", "x__y*2"])
def test_a_word_that_is_no_product_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(GdanimError) as caught:
        make_loss(text)
    assert "did you mean 'x*y" not in str(caught.value)


@pytest.mark.parametrize("at", [1000.0, 2.0])
@pytest.mark.parametrize(
    ("text", "shift"), [("log(0.5 + exp(w))", 0.5), ("log(0.25 + exp(w))", 0.25), ("log(3 + exp(w))", 3.0)]
)
def test_logarithms_of_sums_with_any_number_do_not_overflow(text: str, shift: float, at: float) -> None:
    wanted = at + np.log1p(shift * np.exp(-at))
    assert float(make_loss(text).value(np.array([at]))) == pytest.approx(wanted, rel=1e-12)


def test_products_in_logarithms_do_not_overflow() -> None:
    loss = make_loss("log(0.5*exp(w) + 0.25)")
    assert float(loss.value(np.array([1000.0]))) == pytest.approx(1000 + np.log(0.5), rel=1e-12)
    assert float(loss.gradient(np.array([1000.0]))[0]) == pytest.approx(1.0)


def test_a_letter_alone_comes_before_its_numbers() -> None:
    assert make_loss("w1^2 + w0*w + w10^2 + b*w2").parameters == ("b", "w", "w0", "w1", "w2", "w10")


@pytest.mark.parametrize("text", ["x y", "(w) w", "a b c"])
def test_a_product_without_its_sign_is_said(text: str) -> None:
    with pytest.raises(GdanimError, match=r"this is not arithmetic; write a product with \*: x\*y\n"):
        make_loss(text)
