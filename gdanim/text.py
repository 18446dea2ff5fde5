"""Words per language and numbers per locale."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from importlib import import_module

from gdanim.errors import unknown

LANGUAGES = ("en", "pt", "es", "fr", "de")
MANY = 8  # numbers of a point that are written out
MANY_DIGITS = 7  # of a number that was given, where these are all it has
MINUS = "\N{MINUS SIGN}"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def abridged(parts: Sequence[str], most: int) -> list[str]:
    """The parts, and dots between the first ones and the last where they are many.

    >>> abridged(["1", "2", "3", "4"], most=3)
    ['1', '2', '…', '4']
    """
    return list(parts) if len(parts) <= most else [*parts[: most - 1], "…", parts[-1]]


def digits_of(value: float, least: int = 4, most: int = MANY_DIGITS) -> int:
    """The significant digits that a number has, from `least` to `most`; `least` where it has more.

    >>> digits_of(0.1), digits_of(10003.0), digits_of(1 / 3), digits_of(1234.567)
    (4, 5, 4, 7)
    """
    return next((n for n in range(least, most + 1) if float(f"{value:.{n}g}") == value), least)


class Text:
    """One language's words and its way to write numbers.

    >>> Text("pt").short(-0.5)
    '−0,5'
    """

    def __init__(self, lang: str) -> None:
        if lang not in LANGUAGES:
            raise unknown("language", lang, LANGUAGES, where="lang")
        module = import_module(f"gdanim.lang.{lang}")
        self.lang = lang
        self.name: str = module.NAME
        self.words: dict[str, str] = module.WORDS
        self.decimal: str = module.DECIMAL

    def __call__(self, key: str, **parts: object) -> str:
        """The words for `key`, with `parts` put in."""
        return self.words[key].format(**parts)

    @property
    def separator(self) -> str:
        """What stands between two numbers: a comma, or a semicolon where the comma is the decimal sign.

        >>> Text("en").separator, Text("de").separator
        (', ', '; ')
        """
        return self("sign.semicolon") if self.decimal == "," else ", "

    def short(self, value: float, digits: int = 4) -> str:
        """At most `digits` significant digits, as short as it goes.

        >>> Text("en").short(0.1), Text("en").short(3.2e12), Text("en").short(-1e-9)
        ('0.1', '3.2×10¹²', '−10⁻⁹')
        """
        return self._localise(f"{value + 0.0:.{digits}g}")

    def apart(self, values: Sequence[float], digits: int = 6) -> list[str]:
        """Numbers with so many significant digits, or as many more as tell them apart.

        >>> Text("en").apart([0.5, 2.0]), Text("en").apart([1000010.0, 1000020.0])
        (['0.5', '2'], ['1.00001×10⁶', '1.00002×10⁶'])
        """
        for more in range(digits, 17):
            words = [self.short(value, more) for value in values]
            if len(set(words)) == len(set(values)):
                break
        return words

    def fixed(self, value: float, decimals: int = 3) -> str:
        """`decimals` places where that shows the value, a power of ten where it does not.

        >>> Text("en").fixed(4.4), Text("en").fixed(0.00001), Text("en").fixed(1234567.0)
        ('4.400', '1.00×10⁻⁵', '1.23×10⁶')
        >>> Text("en").fixed(1234567.0, decimals=5)
        '1.2346×10⁶'
        """
        size, value = abs(value), value + 0.0  # −0 is 0
        if size == 0 or 0.5 * 10**-decimals <= size < 99999.5:
            places = decimals if size < 999.5 else max(0, decimals - 2)
            return self._localise(f"{value:.{places}f}")
        return self._localise(f"{value:.{max(2, decimals - 1)}e}")

    def loss(self, value: float) -> str:
        """Three decimals, and what they show in fewer than three digits in three digits.

        >>> [Text("en").loss(value) for value in (9.0, 0.4567, 0.00065789, 1e-5)]
        ['9.000', '0.457', '0.000658', '1.00×10⁻⁵']
        """
        return self.significant(value, 3) if 1e-4 <= abs(value) < 0.0995 else self.fixed(value)

    def significant(self, value: float, digits: int) -> str:
        """As many significant digits, zeros at the end among them; a power of ten for what is tiny or large.

        >>> Text("en").significant(0.00215968, 4), Text("pt").significant(-20.0, 4)
        ('0.002160', '−20,00')
        >>> [Text("en").significant(value, 3) for value in (1.5e-7, 0.0, 123.4)]
        ['1.50×10⁻⁷', '0', '123']
        """
        if value == 0:
            return "0"
        mantissa, e, exponent = f"{value:#.{digits}g}".partition("e")
        return self._localise(mantissa.rstrip(".") + e + exponent)

    def point(self, values: Iterable[float], most: int = MANY) -> str:
        """Numbers with commas between, or semicolons where the comma is the decimal sign; dots for many.

        In up to seven digits, and after an ≈ where that is not all that one of them has.

        >>> Text("pt").point([0.5, 10003.0]), Text("en").point([1, 2, 3, 4], most=3)
        ('0,5; 10003', '1, 2, …, 4')
        >>> Text("en").point([1 / 3])
        '≈ 0.3333'
        """
        numbers = [float(value) for value in values]
        digits = [digits_of(number) for number in numbers]
        all_told = all(float(f"{x:.{n}g}") == x for x, n in zip(numbers, digits, strict=True))
        shown = abridged([self.short(x, n) for x, n in zip(numbers, digits, strict=True)], most)
        return ("" if all_told else "≈ ") + self.separator.join(shown)

    def equal(self, *values: float, most: int = MANY) -> str:
        """The numbers of a point after the sign that is right.

        >>> Text("en").equal(10003.0), Text("en").equal(1 / 3)
        ('= 10003', '≈ 0.3333')
        """
        point = self.point(values, most)
        return point if point.startswith("≈") else f"= {point}"

    def math(self, formula: str) -> str:
        """A mathtext formula with the language's decimal sign."""
        return formula if self.decimal == "." else re.sub(r"(\d)\.(\d)", r"\1{,}\2", formula)

    def _localise(self, text: str) -> str:
        mantissa, e, exponent = text.partition("e")
        mantissa = mantissa.replace("-", MINUS).replace(".", self.decimal)
        if not e:
            return mantissa
        power = "10" + str(int(exponent)).translate(_SUPERSCRIPTS)
        if mantissa.lstrip(MINUS) == "1":
            return mantissa.replace("1", power)
        return f"{mantissa}×{power}"
