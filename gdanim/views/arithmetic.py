"""The update worked out in numbers: what is printed, and with how many digits it is true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from gdanim.descent import Trajectory
from gdanim.text import MANY_DIGITS, MINUS, Text
from gdanim.timeline import spread

POWER = re.compile("×?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$")  # as text writes it
EXPONENT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
DECIMALS = (3, 4, 5, 6)  # of theta, its change and the gradient, the fewest that are right
MOST_DIGITS = 6  # of a learning rate
SIGNIFICANT = range(4, 10)  # digits of the gradient where decimals are too few
SMALL = 0.1  # parameters that never get so far have fewer than three digits in three decimals
LOOKED_AT = 1000  # iterates of two parameters for which digits are chosen; more would only cost time


class Digits(NamedTuple):
    """How many digits the numbers of an update have.

    Attributes:
        operands: decimals of what is reckoned with: theta, its change, the gradient.
        result: decimals of what comes out. With fewer than the operands', it is what they give, rounded.
        rate: significant digits of η, at most.
        slope: decimals of the gradient, where they are not the operands'.
        significant: digits of the gradient where it has no decimals, being small beside η; 0 where it has.
    """

    operands: int = 3
    result: int = 3
    rate: int = 4
    slope: int | None = None
    significant: int = 0

    @property
    def slopes(self) -> int:
        """Decimals of the gradient."""
        return self.operands if self.slope is None else self.slope

    def factor(self, text: Text, slope: float) -> str:
        """The gradient, as it is written."""
        if self.significant:
            return text.significant(slope, self.significant)
        return text.fixed(slope, self.slopes)


PLAIN = Digits()


class Worked(NamedTuple):
    """An update in numbers.

    Attributes:
        words: as it is printed; the sign is = where it holds exactly with the numbers as they are printed.
        right: whether they give the number after the sign, rounded to its last digit.
    """

    words: str
    right: bool


def arithmetic(
    text: Text, theta: float, rate: float, slope: float, following: float, digits: Digits = PLAIN
) -> Worked:
    """`5.000 − 0.1·6.000 = 4.400`; the sign is ≈ where that is not so with the numbers as they are printed.

    >>> arithmetic(Text("en"), 5.0, 0.1, 6.0, 4.4).words
    '5.000 − 0.1·6.000 = 4.400'
    >>> arithmetic(Text("en"), 2.50331648, 0.1, 1.00663296, 2.402653184, Digits(operands=4))
    Worked(words='2.5033 − 0.1·1.0066 ≈ 2.403', right=True)
    >>> arithmetic(Text("pt"), -1.0, 0.1, -6.0, -0.4).words
    '−1,000 − 0,1·(−6,000) = −0,400'
    """
    here, factor = text.fixed(theta, digits.operands), digits.factor(text, slope)
    eta = text.short(rate, digits.rate)
    worked = printed(text, here) - printed(text, eta) * printed(text, factor)
    brackets = f"({factor})" if factor.startswith(MINUS) else factor
    return _worked(text, f"{here} {MINUS} {eta}·{brackets}", worked, following, digits)


def addition(text: Text, theta: float, following: float, digits: Digits = PLAIN) -> Worked:
    """`5.000 − 0.600 = 4.400`, for steps that are not simply −η times the gradient.

    >>> addition(Text("en"), 5.0, 4.4).words, addition(Text("en"), -1.0, 0.5).words
    ('5.000 − 0.600 = 4.400', '−1.000 + 1.500 = 0.500')
    """
    step = following - theta
    here, change = (text.fixed(value, digits.operands) for value in (theta, abs(step)))
    sign = -1 if step < 0 else 1
    worked = printed(text, here) + sign * printed(text, change)
    return _worked(text, f"{here} {MINUS if step < 0 else '+'} {change}", worked, following, digits)


def update(text: Text, run: Trajectory, k: int, i: int, digits: Digits = PLAIN) -> Worked:
    """The step of parameter i from iterate k to the next, in numbers."""
    here, there = float(run.theta[k, i]), float(run.theta[k + 1, i])
    if run.plain:
        return arithmetic(text, here, float(run.rates[k]), float(run.gradient[k, i]), there, digits)
    return addition(text, here, there, digits)


def digits_for(text: Text, run: Trajectory, shown: tuple[int, ...], most: int = DECIMALS[-1]) -> Digits:
    """The fewest digits with which the updates of the parameters shown are right at every iterate.

    Where η is large a gradient needs significant digits, and where 9 are too few the result has fewer.
    Where nothing helps, those with which the fewest are wrong.

    Args:
        most: decimals of the operands, at most.
    """
    looked_at = 2 * LOOKED_AT // max(2, len(shown))
    steps = [(k, i) for k in spread(run.iterations, looked_at) for i in shown]
    rate = rate_digits(run)
    choices = [Digits(operands=d, rate=rate) for d in DECIMALS if d <= most]
    choices += [Digits(operands=d, rate=MOST_DIGITS) for d in DECIMALS if rate < MOST_DIGITS and d <= most]
    best, fewest = choices[0], len(steps) + 1
    for digits in choices:
        wrong = _wrong(text, run, steps, digits, fewest)
        if wrong < fewest:
            best, fewest = digits, wrong
        if fewest == 0:
            return _finer(text, run, steps, best, most)
    if run.plain:
        for digits in _longer(rate, most):
            if all(update(text, run, k, i, digits).right for k, i in steps):
                return digits
    return best


def _finer(text: Text, run: Trajectory, steps: list[tuple[int, int]], digits: Digits, most: int) -> Digits:
    """The same, with more digits of what comes out where three decimals show next to nothing of it."""
    sizes: dict[int, float] = {}
    for k, i in steps:
        sizes[i] = max(sizes.get(i, 0.0), abs(float(run.theta[k + 1, i])))
    if not any(0.0 < size < SMALL for size in sizes.values()):
        return digits
    for result in range(DECIMALS[-1], digits.result, -1):
        for operands in range(max(result, digits.operands), most + 1):
            finer = digits._replace(operands=operands, result=result)
            if _wrong(text, run, steps, finer, 1) == 0:
                return finer
    return digits


def are_right(text: Text, run: Trajectory, shown: tuple[int, ...], digits: Digits) -> bool:
    """Whether the updates of the parameters shown are right at every iterate with these digits."""
    steps = [(k, i) for k in spread(run.iterations, LOOKED_AT) for i in shown]
    return _wrong(text, run, steps, digits, 1) == 0


def _wrong(text: Text, run: Trajectory, steps: list[tuple[int, int]], digits: Digits, most: int) -> int:
    """How many updates are not right, counted up to `most`."""
    wrong = 0
    for k, i in steps:
        wrong += not update(text, run, k, i, digits).right
        if wrong >= most:
            break
    return wrong


def _longer(rate: int, most: int) -> Iterator[Digits]:
    """Digits with which the gradient has significant ones; the fewest first, then with a shorter result."""
    for result in (3, 2, 1, 0):
        for slope in SIGNIFICANT:
            for operands in DECIMALS:
                if operands <= most and slope <= most + 3:
                    yield Digits(operands, result, max(rate, slope), significant=slope)


def rate_digits(run: Trajectory) -> int:
    """Digits of η as it is written where it stands still: all, where these are few, and four otherwise.

    >>> from gdanim import Spec, trace
    >>> [rate_digits(trace(Spec(learning_rate=eta))[0]) for eta in (0.1, 0.12345, 1 / 3)]
    [4, 5, 4]
    """
    rates = {float(rate) for rate in run.rates[:: max(1, len(run.rates) // LOOKED_AT)]}
    few = (n for n in range(PLAIN.rate, MANY_DIGITS + 1) if all(float(f"{r:.{n}g}") == r for r in rates))
    return next(few, PLAIN.rate)


def printed(text: Text, shown: str) -> Decimal:
    """The number that a reader takes from what is printed.

    >>> printed(Text("pt"), "−1,23×10⁻²"), printed(Text("en"), "10⁶"), printed(Text("en"), "10.5")
    (Decimal('-0.0123'), Decimal('1E+6'), Decimal('10.5'))
    """
    plain = shown.replace(MINUS, "-").replace(text.decimal, ".")
    mantissa, power = POWER.sub("", plain), POWER.search(plain)
    if power is None:
        return Decimal(plain)
    exponent = power[1].translate(EXPONENT)
    return Decimal(f"{mantissa}{'' if mantissa.strip('-') else '1'}e{exponent}")


def _worked(text: Text, left: str, worked: Decimal, following: float, digits: Digits) -> Worked:
    """The sum with what comes out; where that is too small for its terms to tell, it is 0.000."""
    tiny = abs(following) < 0.5 * 10**-digits.result
    words = ""
    for value in (following, 0.0) if tiny else (following,):
        right = text.fixed(value, digits.result)
        there = printed(text, right)
        words = f"{left} {'=' if worked == there else '≈'} {right}"
        if 2 * abs(worked - there) <= Decimal(1).scaleb(int(there.as_tuple().exponent)):
            return Worked(words, right=True)
    return Worked(words, right=False)
