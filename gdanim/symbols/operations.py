"""What symbols can be put together from: a row for each of numpy's functions, and its JavaScript.

Arithmetic and √ are the same to the last bit in either; other functions may differ in it. Where numpy
and JavaScript disagree about what no real number is, or have another name, a helper does as numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Operation(NamedTuple):
    """A function of numbers.

    Attributes:
        script: its JavaScript, in which {0}, {1} … are the arguments.
        function: numpy's, for numbers and arrays.
        truth: whether the result is true or false, and no number.
        helper: what JavaScript has no function for, in full; "" where it has one.
        logical: whether the arguments are true or false.
    """

    script: str
    function: Callable[..., Any]
    truth: bool = False
    helper: str = ""
    logical: bool = False


def _maths(name: str, script: str = "") -> Operation:
    return Operation(f"Math.{script or name}({{0}})", getattr(np, name))


def _compared(name: str, sign: str) -> Operation:
    return Operation(f"({{0}} {sign} {{1}})", getattr(np, name), truth=True)


POWER = """function power(a, b) {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : Math.pow(a, b);
}"""
LOGADDEXP = """function logaddexp(a, b) {
  return a === b ? a + Math.LN2 : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}"""
HEAVISIDE = """function heaviside(x, h) {
  return x > 0 ? 1 : x < 0 ? 0 : x === 0 ? h : NaN;
}"""
COPYSIGN = """function copysign(a, b) {
  return b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a);
}"""

OPERATIONS: dict[str, Operation] = {
    "add": Operation("({0} + {1})", np.add),
    "subtract": Operation("({0} - {1})", np.subtract),
    "multiply": Operation("({0} * {1})", np.multiply),
    "divide": Operation("({0} / {1})", np.divide),
    "negative": Operation("(-{0})", np.negative),
    "square": Operation("({0} * {0})", np.square),
    "power": Operation("power({0}, {1})", np.power, helper=POWER),
    "absolute": _maths("absolute", "abs"),
    "sign": _maths("sign"),
    "sqrt": _maths("sqrt"),
    "exp": _maths("exp"),
    "expm1": _maths("expm1"),
    "log": _maths("log"),
    "log1p": _maths("log1p"),
    "sin": _maths("sin"),
    "cos": _maths("cos"),
    "tan": _maths("tan"),
    "arcsin": _maths("arcsin", "asin"),
    "arccos": _maths("arccos", "acos"),
    "arctan": _maths("arctan", "atan"),
    "sinh": _maths("sinh"),
    "cosh": _maths("cosh"),
    "tanh": _maths("tanh"),
    "maximum": Operation("Math.max({0}, {1})", np.maximum),
    "minimum": Operation("Math.min({0}, {1})", np.minimum),
    "logaddexp": Operation("logaddexp({0}, {1})", np.logaddexp, helper=LOGADDEXP),
    "heaviside": Operation("heaviside({0}, {1})", np.heaviside, helper=HEAVISIDE),
    "copysign": Operation("copysign({0}, {1})", np.copysign, helper=COPYSIGN),
    "greater": _compared("greater", ">"),
    "greater_equal": _compared("greater_equal", ">="),
    "less": _compared("less", "<"),
    "less_equal": _compared("less_equal", "<="),
    "equal": _compared("equal", "==="),
    "not_equal": _compared("not_equal", "!=="),
    "isfinite": Operation("Number.isFinite({0})", np.isfinite, truth=True),
    "logical_and": Operation("({0} && {1})", np.logical_and, truth=True, logical=True),
    "logical_or": Operation("({0} || {1})", np.logical_or, truth=True, logical=True),
    "logical_not": Operation("(!{0})", np.logical_not, truth=True, logical=True),
    "where": Operation("({0} ? {1} : {2})", np.where),
}
# What is the same for true and false, and for nothing else.
MEANT = {"bitwise_and": "logical_and", "bitwise_or": "logical_or", "invert": "logical_not"}
