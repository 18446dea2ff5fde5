r"""A formula's syntax tree as mathtext, as it was typed.

Terms keep their order and their brackets; only brackets that precedence makes needless go. What comes
out is the part of LaTeX that matplotlib sets, and where it can be the simpler part that glyphs set.
"""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

DIGITS = 6  # significant ones that are shown of a number
DEEPEST_SCRIPT = 2  # exponents in exponents; a smaller one could not be read
# How strongly what was set holds together: a part that holds less than its place asks stands in brackets.
SUM, SIGNED, QUOTIENT, PRODUCT, FRACTION, POWER, ATOM = range(7)
HATTED = {"yhat": r"\hat{y}"}
WORDS = re.compile(r"[^\W\d_]{2}")
GREEK = frozenset(
    re.findall(
        r"\w+",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon"
        " phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega",
    )
)
# Functions with a sign of their own; any other is its name, upright.
UPRIGHT = {
    **{name: "\\" + name for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "ln")},
    "asin": r"\arcsin",
    "acos": r"\arccos",
    "atan": r"\arctan",
}
SIGNS = {"max": r"\max", "min": r"\min", "exp": r"\exp", "sigmoid": r"\sigma", "relu": r"\mathrm{ReLU}"}
ENDS_IN_NUMBER = re.compile(r"(?<![_^\d.A-Za-z])[\d.]+(\^(\d|\{-?\d+\}))?$")
ENDS_IN_NAME = re.compile(r"([A-Za-z]|_(\w|\{\w+\}))(\^(\w|\{[^{}]*\}))?$")
FUNCTION = re.compile(r"\\(?!frac|sqrt|left)[A-Za-z]+(\{\w+\})?(\^\d|\^\{\d+\})?(\(|\\left\()")


class Part(NamedTuple):
    """What was set: its text, how strongly it holds together, and whether it begins or ends with a word."""

    text: str
    level: int
    first_word: bool = False
    last_word: bool = False


def mathtext(tree: ast.expr) -> str:
    r"""The mathtext of a formula, without the dollars.

    Args:
        tree: numbers, names, + − * / **, signs and calls of named functions.

    Raises:
        ValueError: any other node; `grammar` has refused it before.

    >>> mathtext(ast.parse("(w1**2 + 2*w2 - 11)**2 + exp(-4*w1)/5", mode="eval").body)
    '(w_1^2 + 2w_2 - 11)^2 + e^{-4w_1}/5'
    >>> mathtext(ast.parse("1/2*w*sin(3*pi*w)**2", mode="eval").body)
    '\\frac{1}{2}w\\,\\sin^2(3\\pi w)'
    """
    return _part(tree, 0).text


def symbol(parameter: str) -> str:
    """The mathtext of a parameter: w1 is w with index 1; indices that are words have commas between.

    >>> symbol("w1"), symbol("w12"), symbol("a_b_c"), symbol("theta"), symbol("e_cat_1")
    ('w_1', 'w_{12}', 'a_{bc}', '\\\\theta', 'e_{cat,1}')
    """
    stem, _, rest = parameter.partition("_")
    name = stem.rstrip("0123456789")
    index = stem[len(name) :] + rest.replace("_", "," if WORDS.search(rest) else "")
    name = HATTED.get(name, "\\" + name if name in GREEK else name)
    if not index:
        return name
    return f"{name}_{index}" if len(index) == 1 else f"{name}_{{{index}}}"


def numeral(value: float, digits: int = DIGITS) -> str:
    r"""A number in mathtext, rounded for show; what is not 0 never becomes 0.

    >>> numeral(0.5), numeral(5e8), numeral(1e-6), numeral(1 / 3), numeral(-3.0)
    ('0.5', '5\\cdot 10^{8}', '10^{-6}', '0.333333', '-3')
    """
    mantissa, e, exponent = f"{value + 0.0:.{digits}g}".partition("e")
    if not e:
        return mantissa
    power = f"10^{{{int(exponent)}}}"
    return {"1": power, "-1": f"-{power}"}.get(mantissa, rf"{mantissa}\cdot {power}")


def _part(node: ast.expr, script: int, *, factor: bool = False) -> Part:
    """Set a node.

    Args:
        script: how many exponents it stands in.
        factor: whether it is multiplied, so that a quotient must hold together.
    """
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return _number(value)
        case ast.Name(id=name):
            word = name.rstrip("0123456789").partition("_")[0]
            long = len(word) > 1 and word not in GREEK
            return Part(symbol(name), ATOM, long, long)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as op, operand=operand):
            inner = _part(operand, script, factor=factor)
            text = _at_least(inner, QUOTIENT)
            return Part(("-" if isinstance(op, ast.USub) else "+") + text, SIGNED, False, inner.last_word)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            return _sum(_part(left, script), op, _part(right, script))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product(_part(left, script, factor=True), _part(right, script, factor=True))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _quotient(left, right, script, factor)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(left, right, script)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if arguments:
            return _call(name, arguments, script)
    raise ValueError(f"{type(node).__name__} is not arithmetic")


def _number(value: float) -> Part:
    text = numeral(value)
    if text.startswith("-"):
        return Part(text, SIGNED)
    return Part(text, PRODUCT if "cdot" in text else POWER if "^" in text else ATOM)


def _sum(left: Part, op: ast.operator, right: Part) -> Part:
    # Brackets on the right were typed, since sums are read from the left; a second sign needs them.
    text = _at_least(right, QUOTIENT)
    return Part(f"{left.text} {'+' if isinstance(op, ast.Add) else '-'} {text}", SUM)


def _product(left: Part, right: Part) -> Part:
    first = left.text if left.level == SIGNED else _at_least(left, PRODUCT)
    second = _at_least(right, FRACTION)
    bracketed = second != right.text
    text = first + _between(left, right, first, second) + second
    level = SIGNED if left.level == SIGNED else PRODUCT
    return Part(text, level, left.first_word, right.last_word and not bracketed)


def _between(left: Part, right: Part, first: str, second: str) -> str:
    """What stands between two factors: nothing, unless they would be read as something else."""
    word = (left.last_word and first == left.text) or (right.first_word and second == right.text)
    if (
        word
        or re.match(r"[\d.]", second)
        or right.level == SIGNED
        or (second.startswith(r"\frac") and ENDS_IN_NUMBER.search(first))  # not a mixed number
        or (re.match(r"\||\\left\|", second) and "|" in first)
        or (re.match(r"\(|\\left\(", second) and re.search(r"(\\sigma|σ)$", first))  # not the sigmoid
    ):
        return r" \cdot "
    if FUNCTION.match(second) and ENDS_IN_NAME.search(first):
        return r"\,"
    return " " if re.search(r"\\[A-Za-z]+$", first) and second[0].isalpha() else ""


def _quotient(above: ast.expr, below: ast.expr, script: int, factor: bool) -> Part:
    r"""a/b on the line where that is read as meant, \frac where it is not or where it holds more."""
    negative, above = _unsigned(above)
    sign = "-" if negative else ""
    top, bottom = _part(above, script), _part(below, script)
    if script:
        text = f"{_at_least(top, PRODUCT)}/{_at_least(bottom, POWER)}"
        return Part(sign + (_bracketed(text) if factor else text), _level(sign, ATOM if factor else QUOTIENT))
    on_the_line = (
        not factor
        and top.level >= PRODUCT
        and (bottom.level == SUM or bottom.level >= POWER)
        and r"\frac" not in top.text + bottom.text
    )
    if on_the_line:
        text = f"{top.text}/{_at_least(bottom, POWER)}"
        return Part(sign + text, _level(sign, QUOTIENT), top.first_word and not sign, bottom.last_word)
    return Part(rf"{sign}\frac{{{top.text}}}{{{bottom.text}}}", _level(sign, FRACTION))


def _unsigned(node: ast.expr) -> tuple[bool, ast.expr]:
    """Whether a product or quotient begins with a minus, and what it is without."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return True, operand
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() as op, right=right):
            negative, left = _unsigned(left)
            return negative, ast.BinOp(left, op, right)
    return False, node


def _level(sign: str, level: int) -> int:
    return SIGNED if sign else level


def _power(base: ast.expr, exponent: ast.expr, script: int) -> Part:
    raised = _part(exponent, script + 1).text
    up = f"^{raised}" if len(raised) == 1 else f"^{{{raised}}}"
    match base, exponent:
        case ast.Call(func=ast.Name(id=name), args=[argument]), ast.Constant(value=int() as count) if (
            name in UPRIGHT and count > 1
        ):
            return Part(f"{UPRIGHT[name]}{up}{_bracketed(_part(argument, script).text)}", ATOM)
    below = _part(base, script)
    text = _at_least(below, ATOM)
    return Part(text + up, POWER, below.first_word and text == below.text)


def _call(name: str, arguments: list[ast.expr], script: int) -> Part:
    if len(arguments) == 1:
        if name == "exp" and script < DEEPEST_SCRIPT:
            return Part(f"e^{{{_part(arguments[0], script + 1).text}}}", POWER)
        inside = _part(arguments[0], script).text  # once: calls may be nested a hundred deep
        if name == "sqrt":
            return Part(rf"\sqrt{{{inside}}}", FRACTION)
        if name == "abs" and "|" not in inside:
            return Part(rf"\left|{inside}\right|" if r"\frac" in inside else f"|{inside}|", ATOM)
    else:
        inside = ", ".join(_part(a, script).text for a in arguments)
        match name, arguments[0]:
            case "softmax", ast.Constant(value=int() as place):  # the share of one of the others
                inside = inside.partition(", ")[2]
                return Part(rf"\mathrm{{softmax}}_{{{place}}}" + _bracketed(inside), ATOM)
    head = UPRIGHT.get(name) or SIGNS.get(name) or r"\mathrm{" + name.replace("_", r"\_") + "}"
    return Part(head + _bracketed(inside), ATOM)


def _at_least(part: Part, level: int) -> str:
    return part.text if part.level >= level else _bracketed(part.text)


def _bracketed(text: str) -> str:
    return rf"\left({text}\right)" if r"\frac" in text else f"({text})"
