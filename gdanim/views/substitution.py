"""An expression with this frame's numbers in it, on one line: 20·(−0.393)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from gdanim.losses.base import Array
from gdanim.text import MINUS, Text

TOKEN = re.compile(r"\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|[^\W\d]\w*|\^-?\d+(?![\d.e(])| *[-+] *|\S")
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
POWERS = set("⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
WORDS = {"pi": "π", "sqrt": "√", "*": "·"}
DIGITS = 6  # of the expression's own numbers, at most


class Substitution:
    """An expression whose parameters are replaced by numbers, as they are printed.

    Args:
        expression: in the grammar of `--loss`, such as `20*w2`.
        parameters: names in the order of theta.

    Attributes:
        exact: whether the expression's own numbers are written with all their digits.

    >>> from gdanim.text import Text
    >>> Substitution("4*w*(w^2 - 1)", ["w"], Text("en")).put(np.array([-0.3934]))
    '4·(−0.393)·((−0.393)² − 1)'
    >>> Substitution("max(w, 2)/3.5", ["w"], Text("pt")).put(np.array([0.5]))
    'max(0,500; 2)/3,5'
    """

    def __init__(self, expression: str, parameters: Sequence[str], text: Text) -> None:
        self._text = text
        self.exact = True
        self._parts: list[str | tuple[int, bool]] = []  # words; or a parameter, and whether it may be bare
        tokens = TOKEN.findall(expression)
        for i, token in enumerate(tokens):
            if token in parameters:
                first = i == 0 or tokens[i - 1] in ("(", ",")
                raised = i + 1 < len(tokens) and tokens[i + 1].startswith("^")
                self._parts.append((list(parameters).index(token), first and not raised))
            else:
                self._parts.append(self._written(token))

    def put(self, theta: Array) -> str:
        """The expression at theta, (n,)."""
        return "".join(
            part if isinstance(part, str) else self._number(float(theta[part[0]]), part[1])
            for part in self._parts
        )

    def rounded(self, theta: Array) -> Array:
        """The theta that a reader takes from what is printed, (n,)."""
        return np.array([self._read(float(value)) for value in theta])

    def _number(self, value: float, bare: bool) -> str:
        shown = self._text.fixed(value)
        powered = not POWERS.isdisjoint(shown)
        return f"({shown})" if powered or (shown.startswith(MINUS) and not bare) else shown

    def _read(self, value: float) -> float:
        shown = self._text.fixed(value)
        if not POWERS.isdisjoint(shown):
            return float(f"{value:.2e}")
        return float(shown.replace(MINUS, "-").replace(self._text.decimal, "."))

    def _written(self, token: str) -> str:
        if token[0].isdigit() or token[0] == ".":
            number = float(token)
            self.exact = self.exact and float(f"{number:.{DIGITS}g}") == number
            shown = self._text.short(number, DIGITS)
            return shown if POWERS.isdisjoint(shown) else f"({shown})"
        if len(token) > 1 and token[0] == "^":
            return token[1:].translate(RAISED)
        if token == ",":
            return "; " if self._text.decimal == "," else ", "
        return WORDS.get(token, token.replace("-", MINUS))
