"""Formulas as statements: what they define, how they are written, and what is refused."""

import numpy as np
import pytest

from gdanim.errors import GdanimError
from gdanim.losses import make_loss
from gdanim.losses.expression import Formula

NEURON = "z = w*x + b; h = tanh(z); L = (v*h - t)^2"
LETTERS = {"x": 1.0, "t": 0.5}


def made(text: str, letters: dict[str, float] | None = None, parameters: tuple[str, ...] = ()) -> Formula:
    loss = make_loss(text, constants=letters or {}, parameters=parameters)
    assert isinstance(loss, Formula)
    return loss


def test_statements_are_the_formula_with_its_names_put_in() -> None:
    loss = made(NEURON, LETTERS, ("w", "b", "v"))
    whole = made("(v*tanh(w*x + b) - t)^2", LETTERS, ("w", "b", "v"))
    points = np.random.default_rng(3).normal(size=(50, 3))
    np.testing.assert_array_equal(loss.value(points), whole.value(points))
    np.testing.assert_array_equal(loss.gradient(points), whole.gradient(points))
    assert (loss.parameters, loss.start) == (whole.parameters, whole.start)


@pytest.mark.parametrize(
    ("text", "letters", "equations"),
    [
        (
            NEURON,
            {"x": 1.0, "t": 0.5},
            ["z = wx + b", r"h = \tanh(z)", "L = (vh - t)^2", "x = 1", "t = 0.5"],
        ),
        ("z = w - 2; z^2", {}, ["z = w - 2", "L = z^2"]),
        ("L = (w - 2)^2", {}, ["L = (w - 2)^2"]),
        ("J = (w - 2)^2", {}, ["L = J = (w - 2)^2"]),
        ("θ₁ = a*w; L = θ₁²", {"a": 3.0}, [r"\theta_1 = aw", r"L = \theta_1^2", "a = 3"]),
        ("net_h1 = w; λ = net_h1^2; λ", {}, ["net_{h1} = w", r"\lambda = net_{h1}^2", r"L = \lambda"]),
        ("a*w^2", {"a": 3.0}, ["L = 3w^2"]),  # without statements as ever
    ],
)
def test_statements_are_written_as_typed(text: str, letters: dict[str, float], equations: list[str]) -> None:
    assert list(made(text, letters).equations) == equations


@pytest.mark.parametrize(
    ("text", "words", "place"),
    [
        ("z = w-2; z^2; ", "no statement after the last ;", 12),
        ("z = w-2;; z^2", "no statement before this ;", 8),
        ("; z^2", "no statement before this ;", 0),
        ("z = h-2; h = w; z^2", "'h' is used before it is defined", 4),
        ("z = z-2; z^2", "'z' is defined by itself", 4),
        ("z = w-2; z = w; z^2", "'z' is defined twice", 9),
        ("z = w-2; h = w; z^2", "'h' is defined and not used", 9),
        ("z = w-2; Z^2 + w", "was it meant where the formula has 'Z'?", 0),
        ("x = w-2; x^2", "'x' is defined here and by --let", 0),
        ("p = w-2; p^2", "'p' is defined here and by --parameters", 0),
        ("w - 2; z^2", "begins with a name and =", 0),
        ("z = w = 2; z^2", "has one =", 6),
        ("z == w; z^2", "a comparison has no place", 0),
        ("w <= 2", "a comparison has no place", 0),
        ("= w; z^2", "a name is missing before the =", 0),
        ("z = ; w^2", "a formula is missing after the =", 2),
        ("z = w; L = ", "a formula is missing after the =", 9),
        ("2z = w; L = z", "stands one name, and not '2z'", 0),
        ("f(w) = w^2", "write name = formula, without its arguments", 0),
        ("sin = w; L = w", "'sin' cannot be defined; it is a function", 0),
        ("e = w; L = e", "'e' cannot be defined; it is a number of mathematics", 0),
        ("class = w; L = class", "'class' cannot be defined; Python reserves it", 0),
        ("a__b = w; L = w", "'a__b' cannot be defined", 0),
        ("L = w; L^2", "'L' is the loss, which the last statement defines", 0),
        ("net1 = w; nett1^2", "did you mean 'net1'?", 10),
        ("z = w + ; z^2", "this is not arithmetic", 7),
        ("z = w*x;  h = foo; z^2 + h", "'foo' is in neither", 14),
        ("z = 1; z^2", "no parameter to descend along", None),
        ("z = w - w; L = z + v", "does not depend on 'w'", None),
    ],
)
def test_what_is_refused_has_a_caret_in_the_whole(text: str, words: str, place: int | None) -> None:
    parameters = ("p",) if text.startswith("p") else ()
    with pytest.raises(GdanimError) as caught:
        made(text, {"x": 1.0} if "x" in text else {}, parameters)
    first, *shown = str(caught.value).split("\n")
    assert words in first
    if place is None:
        assert not shown
    else:
        assert [line[4:] for line in shown] == [text.strip(), " " * place + "^"]


def test_numbers_and_messages_of_a_long_whole_stay_within_a_line() -> None:
    text = "z = w*w; " + "L = z" + " + z" * 60 + " + foo"
    with pytest.raises(GdanimError, match="'foo' is in neither") as caught:
        made(text)
    shown, caret = str(caught.value).split("\n")[1:]
    assert shown[caret.index("^") :].startswith("foo")
    assert len(shown) < 110
