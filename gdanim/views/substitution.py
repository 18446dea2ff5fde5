"""An expression with this frame's numbers in it, 20·(−0.393), and what a reader gets who works it out."""

from __future__ import annotations

import decimal
import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from gdanim.losses.base import Array
from gdanim.losses.functions import FUNCTIONS
from gdanim.text import MINUS, Text
from gdanim.views.arithmetic import printed

TOKEN = re.compile(r"\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|[^\W\d]\w*|\^-?\d+(?![\d.e(])| *[-+] *|\S")
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
POWERS = set("⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
WORDS = {"pi": "π", "sqrt": "√", "*": "·"}
DIGITS = 6  # of the expression's own numbers, at most
DECIMALS = 3  # of the parameters, unless others are asked for
SIGNS = {" + ", f" {MINUS} "}  # before which a line may be broken
PRECISE = decimal.Context(prec=150, traps=[decimal.Inexact, decimal.InvalidOperation, decimal.DivisionByZero])


def _only_at(place: float, value: int) -> Callable[[Decimal], Decimal]:
    """A function of which decimals hold one value only."""

    def function(x: Decimal) -> Decimal:
        if x != Decimal(place):
            raise decimal.Inexact
        return Decimal(value)

    return function


# What decimals hold exactly; a function that is not here gives nothing that can be written out.
EXACT: dict[str, Any] = {
    **{name: _only_at(0, 0) for name in ("sin", "tan", "sinh", "tanh", "asin", "atan", "logcosh")},
    **{name: _only_at(0, 1) for name in ("cos", "cosh")},
    "exp": Decimal.exp,
    "log": Decimal.ln,
    "sqrt": Decimal.sqrt,
    "abs": abs,
    "max": max,
    "min": min,
    "sign": lambda x: Decimal((x > 0) - (x < 0)),
    "relu": lambda x: max(x, Decimal(0)),
}
FLOATS: dict[str, Any] = {
    **FUNCTIONS,
    **{name: FUNCTIONS[f"arc{name[1:]}"] for name in ("asin", "acos", "atan")},
    "max": FUNCTIONS["maximum"],
    "min": FUNCTIONS["minimum"],
    "ln": FUNCTIONS["log"],
    "softmax": lambda place, *x: FUNCTIONS["softmax"](
        x[int(place) - 1], *(other for i, other in enumerate(x) if i != int(place) - 1)
    ),
    "pi": math.pi,
}


class Substitution:
    """An expression whose parameters are replaced by numbers, as they are printed.

    Args:
        expression: in the grammar of `--loss`, such as `20*w2`.
        parameters: names in the order of theta.

    Attributes:
        alone: whether it is but one number.
        exact: whether its own numbers are written with all their digits.

    >>> from gdanim.text import Text
    >>> Substitution("4*w*(w^2 - 1)", ["w"], Text("en")).put(np.array([-0.3934]))
    '4·(−0.393)·((−0.393)² − 1)'
    >>> Substitution("max(w, 2)/3.5", ["w"], Text("pt")).put(np.array([0.5]))
    'max(0,500; 2)/3,5'
    """

    def __init__(self, expression: str, parameters: Sequence[str], text: Text) -> None:
        self._text = text
        self._parts: list[str | tuple[int, bool]] = []  # words; or a parameter, and whether it may be bare
        self._constants: list[Decimal] = []  # its own numbers, as they are printed
        code, names = [], list(parameters)
        tokens = TOKEN.findall(expression)
        for i, token in enumerate(tokens):
            if token in names:
                first = i == 0 or tokens[i - 1] in ("(", ",")
                raised = i + 1 < len(tokens) and tokens[i + 1].startswith("^")
                self._parts.append((names.index(token), first and not raised))
                code.append(f"P[{names.index(token)}]")
            else:
                self._parts.append(self._written(token))
                code.append(self._coded(token))
        self.alone = len(tokens) == 1
        numbers = [float(token) for token in tokens if token[0].isdigit() or token[0] == "."]
        self.exact = numbers == [float(number) for number in self._constants]
        self._code = compile("".join(code), "<derivative>", "eval")
        self._floats: dict[str, Any] = FLOATS | {"N": [float(n) for n in self._constants]}
        self._decimals: dict[str, Any] = EXACT | {"N": self._constants}

    def put(self, theta: Array, decimals: int | None = None) -> str:
        """The expression at theta, (n,); with the text's own decimals unless others are asked for."""
        return "".join(self.pieces([_fixed(self._text, float(value), decimals) for value in theta]))

    def rounded(self, theta: Array, decimals: int | None = None) -> Array:
        """The theta that a reader takes from what is printed, (n,)."""
        return rounded(self._text, theta, decimals)

    def pieces(self, shown: Sequence[str]) -> list[str]:
        """The same of numbers as they are printed, in the pieces that `breaks` and `widths` speak of."""
        return [part if isinstance(part, str) else _put(shown[part[0]], part[1]) for part in self._parts]

    def breaks(self) -> dict[int, int]:
        """The pieces that a line may begin with: signs between terms, and how deep in brackets each is."""
        depth, found = 0, {}
        for i, part in enumerate(self._parts):
            if isinstance(part, str):
                depth += part.count("(") - part.count(")")
                if part in SIGNS:
                    found[i] = depth
        return found

    def widths(self, measure: Callable[[str], int], thetas: Array, decimals: int = DECIMALS) -> list[int]:
        """The most room that each piece takes at any of the thetas, (T, n)."""
        kept: dict[str | tuple[int, bool], int] = {}
        for part in self._parts:
            if part not in kept:
                texts = (
                    {part}
                    if isinstance(part, str)
                    else {_put(self._text.fixed(float(v), decimals), part[1]) for v in thetas[:, part[0]]}
                )
                kept[part] = max(map(measure, texts))
        return [kept[part] for part in self._parts]

    def worked(self, rounded: Array) -> Array:
        """What comes out with numbers as they are printed, (…, n) → (…): to the precision of floats."""
        with np.errstate(all="ignore"):
            places = [rounded[..., i] for i in range(rounded.shape[-1])]
            return np.asarray(eval(self._code, self._floats, {"P": places}) + np.zeros(rounded.shape[:-1]))

    def exactly(self, places: Sequence[Decimal]) -> Decimal | None:
        """What comes out with these numbers for the parameters, where decimals hold it."""
        try:
            with decimal.localcontext(PRECISE):
                return Decimal(eval(self._code, self._decimals, {"P": places}))
        except (ArithmeticError, NameError):  # rounded, without a value, or not a function of decimals
            return None

    def _coded(self, token: str) -> str:
        """A token that is no parameter, as Python has it."""
        if token[0].isdigit() or token[0] == ".":
            self._constants.append(printed(self._text, self._text.short(float(token), DIGITS)))
            return f"N[{len(self._constants) - 1}]"
        return token.replace("^", "**")

    def _written(self, token: str) -> str:
        if token[0].isdigit() or token[0] == ".":
            shown = self._text.short(float(token), DIGITS)
            return shown if POWERS.isdisjoint(shown) else f"({shown})"
        if len(token) > 1 and token[0] == "^":
            return token[1:].translate(RAISED)
        if token == ",":
            return self._text.separator
        return WORDS.get(token, token.replace("-", MINUS))


def _put(shown: str, bare: bool) -> str:
    """A number in its place, in brackets where it has a sign or a power."""
    powered = not POWERS.isdisjoint(shown)
    return f"({shown})" if powered or (shown.startswith(MINUS) and not bare) else shown


def _fixed(text: Text, value: float, decimals: int | None) -> str:
    return text.fixed(value) if decimals is None else text.fixed(value, decimals)


def rounded(text: Text, theta: Array, decimals: int | None) -> Array:
    """The numbers that a reader takes from what is printed, of the same shape."""
    flat = [float(printed(text, _fixed(text, float(value), decimals))) for value in theta.ravel()]
    return np.array(flat).reshape(theta.shape)
