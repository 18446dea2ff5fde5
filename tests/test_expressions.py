"""What a named loss is as text against what it is as numpy code: one is read with mpmath, to 30 digits."""

import ast

import mpmath
import numpy as np
import pytest

from gdanim.losses import LOSSES, make_loss
from gdanim.losses.base import Loss
from gdanim.losses.written import added, expanded, literal, scaled, shift, shown

OPTIONS = [
    "bowl:condition=30,rotation=25",
    "bowl:condition=1",
    "bowl:condition=0.3333333333333333,rotation=-100.1",
    "bowl:rotation=90",
    "bowl:rotation=180",
    "bowl:condition=1000000.5,rotation=0.001",
    "huber:delta=0.1234567890123",
    "absolute:centre=-2.000000001",
    "absolute:centre=0",
    "quadratic:centre=0,curvature=1",
    "quadratic:centre=-1.25,curvature=-3.123456789012",
    "quadratic:curvature=-2",
    "quadratic:curvature=0",
]
ANY = ["quadratic", "rosenbrock", "styblinski-tang", "rastrigin", "ackley", "griewank"]
CASES = [
    *((call, None) for call in [*LOSSES, *OPTIONS]),
    *((name, n) for name in ANY for n in (1, 2, 3, 7) if (name, n) != ("rosenbrock", 1)),
    ("quadratic:centre=0.1,curvature=-1", 3),
]
FUNCTIONS = {
    **{name: getattr(mpmath, name) for name in ("sin", "cos", "tanh", "cosh", "exp", "log", "sqrt", "sign")},
    "abs": abs,
    "min": min,
    "max": max,
    "pi": mpmath.pi,
    "e": mpmath.e,
}


class Exact(ast.NodeTransformer):
    """Numbers as mpmath's, exactly the doubles that the literals stand for."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Call(ast.Name("number", ast.Load()), [node], [])


def value(expression: str, **parameters: float) -> float:
    """Python's own reading of the expression."""
    tree = Exact().visit(ast.parse(expression.replace("^", "**"), mode="eval"))
    code = compile(ast.fix_missing_locations(tree), "expression", "eval", dont_inherit=True)
    with mpmath.workdps(30):
        names = {**FUNCTIONS, **{name: mpmath.mpf(x) for name, x in parameters.items()}}
        return float(eval(code, {"__builtins__": {}, "number": mpmath.mpf, **names}))


def points(loss: Loss) -> list[dict[str, float]]:
    low, high = np.array(loss.domain).T
    drawn = np.random.default_rng(11).uniform(low, high, (12, len(low)))
    return [dict(zip(loss.parameters, row, strict=True)) for row in drawn.tolist()]


@pytest.mark.parametrize(("call", "dimension"), CASES)
def test_an_expression_is_what_the_code_works_out(call: str, dimension: int | None) -> None:
    loss = make_loss(call, dimension=dimension)
    assert len(loss.gradient_expression) == len(loss.parameters) == len(loss.gradient_formula)
    for point in points(loss):
        theta = np.array(list(point.values()))
        wanted = float(loss.value(theta))
        assert value(loss.expression, **point) == pytest.approx(wanted, rel=1e-11, abs=1e-12)
        slopes = loss.gradient(theta)
        found = [value(expression, **point) for expression in loss.gradient_expression]
        # Where large terms cancel, the code has that many digits less than mpmath.
        np.testing.assert_allclose(found, slopes, rtol=1e-10, atol=1e-12 * max(1, np.abs(slopes).max()))


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_written_as_a_formula_is_that_loss(name: str) -> None:
    loss = make_loss(name)
    typed = make_loss(loss.expression)
    assert typed.parameters == loss.parameters
    theta = np.array([list(point.values()) for point in points(loss)])
    np.testing.assert_allclose(typed.value(theta), loss.value(theta), rtol=1e-9, atol=1e-11)


def test_the_formulas_come_from_the_expressions() -> None:
    beale = make_loss("beale")
    assert beale.formula == shown(beale.expression)
    assert beale.gradient_formula == tuple(map(shown, beale.gradient_expression))


def test_formulas_of_losses_in_pieces_are_complete() -> None:
    huber = make_loss("huber:delta=0.5")
    assert huber.formula == r"m(|w| - m/2), m = \min(|w|, 0.5)"
    assert huber.gradient_formula == (r"\max(-0.5, \min(w, 0.5))",)
    assert make_loss("goldstein-price").formula == (
        "AB, A = 1 + s^2(3s^2 - 20s + 36), B = 30 + d^2(3d^2 - 16d + 18), s = w_1 + w_2 + 1, d = 2w_1 - 3w_2"
    )


def test_numbers_are_whole_in_the_expression_and_rounded_in_the_formula() -> None:
    loss = make_loss("quadratic:centre=0.123456789,curvature=4e-9")
    assert loss.expression == "2e-09*(w - 0.123456789)^2"
    assert loss.formula == r"2\cdot 10^{-9}(w - 0.123457)^2"
    bowl = make_loss("bowl:condition=1.000001,rotation=30")
    assert "0w_1w_2" not in bowl.formula
    assert bowl.formula == r"0.5w_1^2 - 4.33013\cdot 10^{-7}w_1w_2 + 0.5w_2^2"


def test_sums_and_multiples() -> None:
    assert added([scaled(-1, "a"), scaled(-0.5, "b"), scaled(1, "c")]) == "-a - 0.5*b + c"
    assert shift("w", -0.1) == "(w + 0.1)"
    assert [literal(x) for x in (0.1 + 0.2, -0.0, 1e15)] == ["0.30000000000000004", "0", "1000000000000000.0"]


def test_a_definition_may_use_those_after_it() -> None:
    assert expanded("a*b; a = s + 1; b = s^2; s = w1 - w2") == "(w1 - w2 + 1)*(w1 - w2)^2"
