"""A formula is read, or refused with a caret under the place; nothing is ever evaluated."""

import builtins

import numpy as np
import pytest

from gdanim import GdanimError, Spec, trace
from gdanim.losses import is_formula, make_loss
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
    call = f"{name}(0.3*w + 0.2, 0.1*w)" if FUNCTIONS[name][1] == 2 else f"{name}(0.3*w + 0.2)"
    loss = make_loss(call)
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
        ("w + 2j", "a complex number", 4),
        ("w^65", "an exponent above 64", 2),
        ("w^2^2", "a power in an exponent", 2),
        ("w + 9**9**9**9", "a power in an exponent", 7),
        ("w + ((9^60)^60)^60", "a number above 1e.12 is not read", 6),
        ("w*1e13", "a number above 1e.12", 2),
        ("w*1e999", "a number above 1e.12", 2),
        ("sin + w", "'sin' is a function; write sin", 0),
        ("sin(w, 2)", "sin takes 1 argument, not 2", 0),
        ("w*__x", "'__x' cannot name a parameter", 2),
        ("2w", "write a product with \\*", 1),
        ("w +", "this is not arithmetic", 3),
        ("w + é", "'é' has no meaning", 4),
        ("w²", "'²' has no meaning in a formula; write .2", 1),
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
        "w" + "+w" * 300,
        "sin(" * 40 + "w" + ")" * 40,
        "-" * 200 + "w",
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


def test_names_are_not_formulas() -> None:
    assert not is_formula("three-hump-camel")
    assert not is_formula("quadratik")
    assert not is_formula("bowl:rotation=30")
    for text in ("w", "w-2", "x^2", "2*w", "-w", "sin(w)"):
        assert is_formula(text)
