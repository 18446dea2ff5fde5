"""A formula as it is shown: as typed, and never to be read as another."""

import ast
import math
import random
from decimal import Decimal

import pytest
from matplotlib.mathtext import MathTextParser

from gdanim.losses.mathtext import mathtext, numeral, symbol
from tests.latex import FUNCTIONS, AmbiguousError, Reader

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


VALUES = {"w": 1.3, "w1": 0.7, "v": 2.1, "theta": 1.9, "sigma": 0.4, "rate": 0.6, "pi": math.pi, "e": math.e}
CALLS = {
    **{name: FUNCTIONS["\\" + name] for name in ("sin", "cos", "tanh", "exp", "log", "max", "min")},
    "atan": math.atan,
    "sqrt": math.sqrt,
    "abs": abs,
    "sigmoid": FUNCTIONS[r"\sigma"],
    "relu": FUNCTIONS["ReLU"],
}
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Mult, ast.Div, ast.Pow)


def tree(rng: random.Random, depth: int) -> ast.expr:
    """Any formula, of so many levels at most."""
    kind = rng.random() if depth else rng.choice([0.0, 0.1])
    if kind < 0.1:
        return ast.Constant(rng.choice([1, 2, 3, 10, 0.5, 1.25, 2e-7, 1e6, 2.5e8]))
    if kind < 0.25:
        return ast.Name(rng.choice(list(VALUES)), ast.Load())
    if kind < 0.35:
        return ast.UnaryOp(rng.choice([ast.USub(), ast.USub(), ast.UAdd()]), tree(rng, depth - 1))
    if kind < 0.5:
        name = rng.choice(list(CALLS))
        arguments = [tree(rng, depth - 1) for _ in range(2 if name in ("max", "min") else 1)]
        return ast.Call(ast.Name(name, ast.Load()), arguments, [])
    operator = rng.choice(OPERATORS)()
    right = (
        ast.Constant(rng.choice([2, 3, -1, 0.5])) if isinstance(operator, ast.Pow) and kind < 0.8 else None
    )
    return ast.BinOp(tree(rng, depth - 1), operator, right or tree(rng, depth - 1))


class Floats(ast.NodeTransformer):
    """Powers of powers of whole numbers take for ever."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        assert isinstance(node.value, int | float)
        return ast.Constant(float(node.value))


def worked_out(node: ast.expr) -> float | None:
    """Its value; None where it has none, or none to be compared."""
    tree = Floats().visit(ast.Expression(ast.parse(ast.unparse(node), mode="eval").body))
    code = compile(ast.fix_missing_locations(tree), "formula", "eval")
    try:
        value = eval(code, {"__builtins__": {}, **CALLS, **VALUES})
    except (ArithmeticError, ValueError, TypeError):
        return None
    return value if isinstance(value, int | float) and 1e-200 < abs(value) < 1e200 else None


def test_what_is_shown_is_read_as_what_was_typed() -> None:
    """Random formulas, read back by a reader that refuses what may be read in two ways."""
    rng, read = random.Random(8), 0
    values = {symbol(name): value for name, value in VALUES.items()}
    for _ in range(6000):
        node = tree(rng, rng.randint(1, 5))
        wanted = worked_out(node)
        if wanted is None:
            continue
        text = mathtext(node)
        assert Reader(text, values).result() == pytest.approx(wanted, rel=1e-6), (ast.unparse(node), text)
        read += 1
    assert read > 2000


@pytest.mark.parametrize("text", ["w/2w", "w/2/v", r"2\frac{w}{2}", "w2", r"w \cdot -v"])
def test_the_reader_refuses_what_may_be_read_in_two_ways(text: str) -> None:
    with pytest.raises(AmbiguousError):
        Reader(text, {"w": 1.0, "v": 2.0}).result()
