"""Each partial derivative worked out in numbers: what is printed, and with how many digits it is true."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np

from gdanim.descent import Trajectory
from gdanim.losses.base import Array, Loss
from gdanim.text import Text
from gdanim.timeline import spread
from gdanim.views.arithmetic import DECIMALS, LOOKED_AT, MOST_DIGITS, Digits, are_right, printed, rate_digits
from gdanim.views.substitution import Substitution, rounded

RESULTS = (3, 2, 1, 0)  # decimals of a derivative, the most that are right
SIGNIFICANT = (3, 2, 1)  # digits of one that none of them shows rightly
FEW = 0.05  # of the iterates may have fewer digits than the others, rather than that none has any decimals
SURE = 1 + 1e-9  # times half a unit: what floats leave of a number that lies in the middle of two
SAME = 1e-12  # of a number: what floats leave of it


class Line(NamedTuple):
    """A derivative in numbers.

    Attributes:
        pieces: of what is worked out, 20·(−0.393); none where the result says all.
        sign: = where the pieces give the result exactly, or, where there are none, it is exact; otherwise ≈.
        result: as it is printed.
        right: whether the pieces give the result, rounded to its last digit.
        exact: whether the result is the derivative itself, and not rounded.
    """

    pieces: list[str]
    sign: str
    result: str
    right: bool
    exact: bool


class Slopes:
    """A run's partial derivatives in numbers, in the digits with which every iterate's are right.

    Of the decimals of a result the most are taken with which any of the parameters' decimals, from three to
    six, are right at every iterate; of these the fewest. Where they do for the update under the panels too,
    it takes the same.

    Args:
        shown: indices of the parameters whose updates are shown elsewhere.

    Attributes:
        worked: the expressions, None for one that is not written.
        operands, result: decimals of the parameters, and of the derivatives.
        update: the digits of the updates, None where those of the derivatives do not suit them.
    """

    def __init__(self, loss: Loss, run: Trajectory, text: Text, shown: tuple[int, ...]) -> None:
        self._loss, self._run, self._text = loss, run, text
        expressions = loss.gradient_expression or ("",) * len(loss.parameters)
        self.worked = [Substitution(one, loss.parameters, text) if one else None for one in expressions]
        self.operands, self.result, self.update = self._chosen(shown)
        self._places = lru_cache(1)(self._placed)

    def gradient(self, k: int) -> Array:
        """∇L at iterate k, without noise: (n,)."""
        if self._run.noisy or self._run.recorded:
            return self._loss.gradient(self._run.theta[k])
        return np.asarray(self._run.gradient[k])

    def line(self, i: int, k: int) -> Line:
        """The derivative by parameter i at iterate k."""
        text, worked, value = self._text, self.worked[i], float(self.gradient(k)[i])
        if worked is None:
            result = text.fixed(value, self.result)
            exact = _exact(text, result, value)
            return Line([], _sign(exact), result, right=True, exact=exact)
        shown, places = self._places(k)
        given = worked.exactly(places)
        found = float(worked.worked(np.array(places, np.float64)) if given is None else given)
        results = (one for one in self._results(value) if _gives(found, printed(text, one)))
        chosen = next(results, None)
        result = text.fixed(value, self.result) if chosen is None else chosen
        there, exact = printed(text, result), _exact(text, result, value)
        if worked.alone and given == there:
            return Line([], _sign(exact), result, right=True, exact=exact)
        pieces = worked.pieces(shown)
        return Line(pieces, _sign(given == there), result, right=chosen is not None, exact=exact)

    def _placed(self, k: int) -> tuple[list[str], list[Decimal]]:
        """The parameters at iterate k as they are printed, and what a reader takes from that."""
        shown = [self._text.fixed(float(value), self.operands) for value in self._run.theta[k]]
        return shown, [printed(self._text, one) for one in shown]

    def _results(self, value: float) -> Iterator[str]:
        """A derivative as it may be printed, the most digits first; what is too small to tell is 0.000."""
        text = self._text
        for decimals in range(self.result, -1, -1):
            yield text.fixed(value, decimals)
            if abs(value) < 0.5 * 10**-decimals:
                yield text.fixed(0.0, decimals)
        for digits in SIGNIFICANT:
            yield text.short(value, digits)

    def _chosen(self, shown: tuple[int, ...]) -> tuple[int, int, Digits | None]:
        """Decimals of parameters and derivatives, and digits of the update, where the same do for it."""
        run, text = self._run, self._text
        places = [i for i, worked in enumerate(self.worked) if worked is not None]
        looked = spread(run.iterations + 1, LOOKED_AT)
        thetas = run.theta[looked]
        slopes = np.array([self.gradient(k) for k in looked])[:, places]
        found: dict[int, Array] = {}
        best, fewest = (DECIMALS[0], RESULTS[0]), slopes.size + 1
        for result in RESULTS:
            wrong: dict[int, int] = {}
            wanted = _wanted(text, slopes, result)
            for operands in DECIMALS:
                if operands not in found:
                    place = rounded(text, thetas, operands)
                    columns = [one.worked(place) for one in self.worked if one is not None]
                    found[operands] = np.array(columns).reshape(len(places), len(looked)).T
                wrong[operands] = slopes.size - int(_all_give(found[operands], *wanted).sum())
            least = min(wrong, key=lambda operands: wrong[operands])
            if wrong[least] == 0:
                update = self._of_update(shown, [one for one in DECIMALS if not wrong[one]], result)
                return (least if update is None else update.operands), result, update
            if wrong[least] < fewest:
                best, fewest = (least, result), wrong[least]
            if result < 2 and fewest <= FEW * slopes.size:
                break
        return *best, self._of_update(shown, [best[0]], best[1])

    def _of_update(self, shown: tuple[int, ...], operands: list[int], result: int) -> Digits | None:
        """Digits with which the updates are right that have some of these for the parameters, or None."""
        rates = sorted({rate_digits(self._run), MOST_DIGITS})
        for slope, one, rate in product(range(result, DECIMALS[-1] + 1), operands, rates):
            digits = Digits(one, rate=rate, slope=slope)
            if are_right(self._text, self._run, shown, digits):
                return digits
        return None


def _sign(exact: bool) -> str:
    return "=" if exact else "≈"


def _exact(text: Text, shown: str, value: float) -> bool:
    """Whether nothing of a value is rounded as it is printed."""
    return abs(float(printed(text, shown)) - value) <= SAME * abs(value)


def _gives(found: float, there: Decimal) -> bool:
    """Whether a number is another, rounded to its last digit."""
    return 2 * abs(found - float(there)) <= SURE * 10.0 ** int(there.as_tuple().exponent)


def _wanted(text: Text, slopes: Array, decimals: int) -> tuple[Array, Array, Array]:
    """What is printed of derivatives, the unit of its last digit, and that of 0.000 where it may be that."""
    shown = [printed(text, text.fixed(float(value), decimals)) for value in slopes.ravel()]
    units = [10.0 ** int(one.as_tuple().exponent) for one in shown]
    tiny = np.where(np.abs(slopes) < 0.5 * 10**-decimals, 10.0**-decimals, 0.0)
    return np.array(list(map(float, shown))).reshape(slopes.shape), np.reshape(units, slopes.shape), tiny


def _all_give(found: Array, there: Array, units: Array, tiny: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray((2 * abs(found - there) <= SURE * units) | (2 * abs(found) <= SURE * tiny))
