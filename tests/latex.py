"""A reader of mathtext that reads as people do, and refuses what may be read in two ways.

Written from how formulas are read, and not from how they are set, for the tests of what sets them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

TOKEN = re.compile(r"\\[A-Za-z]+|\\,|\d+\.?\d*|rate|[A-Za-z]|[-+/^_(){}|,]|\s+")
FUNCTIONS: dict[str, Callable[..., float]] = {
    **{"\\" + name: getattr(math, name) for name in ("sin", "cos", "tanh", "exp", "log")},
    r"\max": max,
    r"\min": min,
    r"\arctan": math.atan,
    r"\sigma": lambda x: 1 / (1 + math.exp(-x)),
    "ReLU": lambda x: max(0.0, x),
}
CLOSES = {")", "}", ",", "+", "-", r"\right", ""}


class AmbiguousError(Exception):
    """May be read in two ways."""


class Reader:
    """Works a formula out while reading it.

    Args:
        values: of names as mathtext has them: w, w_1, \\theta.
    """

    def __init__(self, text: str, values: dict[str, float]) -> None:
        found = TOKEN.findall(text)
        assert "".join(found) == text, f"unread characters in {text}"
        self.tokens: list[str] = [token for token in found if not token.isspace()]
        self.values = values
        self.bars = 0

    def result(self) -> float:
        value = self.sum()
        assert not self.tokens, self.tokens
        return value

    @property
    def next(self) -> str:
        return str(self.tokens[0]) if self.tokens else ""

    def take(self, expected: str = "") -> str:
        token = self.tokens.pop(0)
        assert not expected or token == expected, (token, expected)
        return token

    def sum(self) -> float:
        sign = self.take() if self.next in ("+", "-") else "+"
        value = self.term() if sign == "+" else -self.term()
        while self.next in ("+", "-"):
            sign = self.take()
            value = value + self.term() if sign == "+" else value - self.term()
        return value

    def term(self) -> float:
        """A product, over one power at most: what would follow that could be under the line or not."""
        value = self.product()
        if self.next == "/":
            self.take()
            value = value / self.power()
            if self.next not in CLOSES and not (self.next == "|" and self.bars):
                raise AmbiguousError(self.next)
        return value

    def product(self) -> float:
        number, value = self.bare_number(), self.power()
        while True:
            if self.next == r"\,":
                self.take()
            if self.next == r"\cdot":
                self.take()
                if self.next == "-":
                    raise AmbiguousError("two signs")
            elif self.next in {*CLOSES, "/"} or (self.next == "|" and self.bars):
                return value
            elif self.next[0].isdigit() or (number and self.next == r"\frac"):
                raise AmbiguousError(self.next)
            number, value = self.bare_number(), value * self.power()

    def bare_number(self) -> bool:
        return self.next[0].isdigit() and self.tokens[1:2] != ["^"]

    def power(self) -> float:
        value = self.base()
        if self.next == "^":
            self.take()
            value = value ** self.script()
        return value

    def script(self) -> float:
        if self.next == "{":
            return self.braced()
        token = self.take()
        return float(token) if token.isdigit() else self.values[token]

    def braced(self) -> float:
        self.take("{")
        bars, self.bars = self.bars, 0
        value = self.sum()
        self.bars = bars
        self.take("}")
        return value

    def base(self) -> float:
        token = self.take()
        if token[0].isdigit():
            return float(token)
        if token == r"\frac":
            above = self.braced()
            return above / self.braced()
        if token == r"\sqrt":
            return math.sqrt(self.braced())
        if token == r"\mathrm":
            self.take("{")
            token = ""
            while self.next != "}":
                token += self.take()
            self.take("}")
            return abs(self.arguments()[0]) if token == "abs" else FUNCTIONS[token](*self.arguments())
        if token == r"\left" or token in ("(", "|"):
            return self.bracketed(self.take() if token == r"\left" else token, tall=token == r"\left")
        if token in FUNCTIONS and (token != r"\sigma" or self.next in ("(", r"\left")):
            raised = 1.0
            if self.next == "^":
                self.take()
                raised = self.script()
            return float(FUNCTIONS[token](*self.arguments()) ** raised)
        if self.next == "_":
            self.take()
            token += "_" + self.take()
        return self.values[token]

    def bracketed(self, opening: str, *, tall: bool) -> float:
        bars, self.bars = self.bars, 1 if opening == "|" else 0
        value = self.sum()
        self.bars = bars
        if tall:
            self.take(r"\right")
        self.take("|" if opening == "|" else ")")
        return abs(value) if opening == "|" else value

    def arguments(self) -> list[float]:
        tall = self.next == r"\left"
        if tall:
            self.take()
        self.take("(")
        bars, self.bars = self.bars, 0
        values = [self.sum()]
        while self.next == ",":
            self.take()
            values.append(self.sum())
        self.bars = bars
        if tall:
            self.take(r"\right")
        self.take(")")
        return values
