"""A formula as it is shown: as typed, and never to be read as another."""

import ast
from decimal import Decimal

import pytest
from matplotlib.mathtext import MathTextParser

from gdanim.losses.mathtext import mathtext, numeral, symbol

SHOWN = {
    # numbers, names, signs
    "2": "2",
    "0.1 + 0.2": "0.1 + 0.2",
    "w + 1/3.0": "w + 1/3",
    "0.123456789*w": "0.123457w",
    "1e-9*w": "10^{-9}w",
    "2.5e8*w": r"2.5\cdot 10^{8}w",
    "3*1e-7*w": r"3 \cdot 10^{-7}w",
    "w*2.5e8": r"w(2.5\cdot 10^{8})",
    "1e6**2": "(10^{6})^2",
    "w12 + w_1": "w_{12} + w_1",
    "theta*w + alpha_1": r"\theta w + \alpha_1",
    "pi*w + e": r"\pi w + e",
    "-w": "-w",
    "+w": "+w",
    "--w": "-(-w)",
    # sums: order and brackets as typed
    "b - a": "b - a",
    "a + (b + c)": "a + (b + c)",
    "(a + b) + c": "a + b + c",
    "a - (b - c)": "a - (b - c)",
    "a + -b": "a + (-b)",
    "-(a + b)": "-(a + b)",
    "a - -2*b": "a - (-2b)",
    # products
    "2*w": "2w",
    "w*2": r"w \cdot 2",
    "2*3": r"2 \cdot 3",
    "w1*w2": "w_1w_2",
    "3*(w + 1)": "3(w + 1)",
    "(w + 1)*(w - 1)": "(w + 1)(w - 1)",
    "(2*w)*v": "2wv",
    "a*(b*c)": "a(bc)",
    "w*-2": r"w \cdot (-2)",
    "-2*w": "-2w",
    "-(w - 1)*v": "-(w - 1)v",
    "rate*w": r"rate \cdot w",
    "2*rate": r"2 \cdot rate",
    "(rate + 1)*w": "(rate + 1)w",
    "abs(a)*abs(b)": r"|a| \cdot |b|",
    "sigma*(w + 1)": r"\sigma \cdot (w + 1)",
    "w*sin(w)": r"w\,\sin(w)",
    "w1**2*sin(w1)": r"w_1^2\,\sin(w_1)",
    "cos(a)*cos(b)": r"\cos(a)\cos(b)",
    # powers
    "w1**2": "w_1^2",
    "w**10": "w^{10}",
    "w**-1": "w^{-1}",
    "w**0.5": "w^{0.5}",
    "w**(1/2)": "w^{1/2}",
    "-w**2": "-w^2",
    "(-w)**2": "(-w)^2",
    "(2*w)**2": "(2w)^2",
    "(a**b)**c": "(a^b)^c",
    "a**b**c": "a^{b^c}",
    "(w + 1)**2": "(w + 1)^2",
    "sin(3*pi*w1)**2": r"\sin^2(3\pi w_1)",
    "sin(w)**-1": r"\sin(w)^{-1}",
    "exp(w)**2": "(e^{w})^2",
    "sqrt(w)**2": r"(\sqrt{w})^2",
    "abs(w)**2": "|w|^2",
    # e and exp
    "exp(-4*w)": "e^{-4w}",
    "e**(-4*w)": "e^{-4w}",
    "2*exp(-(a**2 + b**2))": "2e^{-(a^2 + b^2)}",
    "exp(-exp(-w))": "e^{-e^{-w}}",
    "exp(exp(exp(w)))": r"e^{e^{\exp(w)}}",
    "exp(-(w - pi)**2/2)": r"e^{-(w - \pi)^2/2}",
    "exp((a + b)/(c*d))": "e^{(a + b)/(cd)}",
    # quotients
    "w/5": "w/5",
    "-w/5": "-w/5",
    "-(w/5)": "-w/5",
    "w**2/(1 + w**2)": "w^2/(1 + w^2)",
    "2*w/(1 + w**2)**2": "2w/(1 + w^2)^2",
    "(a + b)/2": r"\frac{a + b}{2}",
    "-(a + b)/c": r"-\frac{a + b}{c}",
    "a/(b*c)": r"\frac{a}{bc}",
    "a/b/c": r"\frac{a/b}{c}",
    "a/(b/c)": r"\frac{a}{b/c}",
    "1/2*(a**2 + 10*b**2)": r"\frac{1}{2}(a^2 + 10b^2)",
    "-(a/b)*c": r"-\frac{a}{b}c",
    "2*(1/w)": r"2 \cdot \frac{1}{w}",
    "a*(b/c)": r"a\frac{b}{c}",
    "(1/(1 + w))**2": "(1/(1 + w))^2",
    "((a + b)/c)**2": r"\left(\frac{a + b}{c}\right)^2",
    # functions
    "sqrt(w + 1)": r"\sqrt{w + 1}",
    "2*sqrt(w)*v": r"2\sqrt{w}v",
    "abs(w - 1)": "|w - 1|",
    "abs(abs(w) - 1)": r"\mathrm{abs}(|w| - 1)",
    "abs((a + b)/c)": r"\left|\frac{a + b}{c}\right|",
    "sigmoid(w)*(1 - sigmoid(w))": r"\sigma(w)(1 - \sigma(w))",
    "log(cosh(w))": r"\log(\cosh(w))",
    "ln(w) + tanh(w) + sinh(w) + tan(w)": r"\ln(w) + \tanh(w) + \sinh(w) + \tan(w)",
    "asin(w) - acos(w) + atan(w)": r"\arcsin(w) - \arccos(w) + \arctan(w)",
    "max(0, w)**2 + min(a, b)": r"\max(0, w)^2 + \min(a, b)",
    "relu(w) + softplus(w)": r"\mathrm{ReLU}(w) + \mathrm{softplus}(w)",
    "sign(w - 1)": r"\mathrm{sign}(w - 1)",
    "log((a + b)/c)": r"\log\left(\frac{a + b}{c}\right)",
}


def shown(formula: str) -> str:
    return mathtext(ast.parse(formula, mode="eval").body)


@pytest.mark.parametrize("formula", SHOWN)
def test_every_kind_of_node_is_shown_as_typed(formula: str) -> None:
    assert shown(formula) == SHOWN[formula]


def test_matplotlib_sets_all_of_it() -> None:
    parser = MathTextParser("agg")
    for formula in SHOWN.values():
        parser.parse(f"${formula}$")


@pytest.mark.parametrize(
    "formula", ["w.real", "w[0]", "a < b", "f(x=1)", "'w'", "True", "1j", "f()", "a % b"]
)
def test_what_is_not_arithmetic_is_refused(formula: str) -> None:
    with pytest.raises(ValueError, match="is not arithmetic"):
        shown(formula)


@pytest.mark.parametrize("value", [5e-324, 1e-300, -1e-12, 1e300, 0.1 + 0.2, 2 / 3])
def test_a_number_that_is_not_0_is_not_shown_as_0(value: float) -> None:
    shown = numeral(value).replace(r"\cdot 10^", "e").replace("10^", "1e").replace("{", "").replace("}", "")
    assert Decimal(shown) != 0
    assert Decimal(shown) == pytest.approx(Decimal(value), rel=Decimal("6e-6"), abs=Decimal(0))


def test_symbols() -> None:
    names = ["w", "w1", "w10", "w_1", "a_b_c", "theta", "Sigma2", "lam"]
    assert [symbol(name) for name in names] == [
        "w", "w_1", "w_{10}", "w_1", "a_{bc}", r"\theta", r"\Sigma_2", "lam"
    ]  # fmt: skip
