"""A loss from a plain Python function, with its gradient or with central differences in its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gdanim.errors import GdanimError
from gdanim.losses.base import Array, Loss, Minimum, names
from gdanim.losses.mathtext import symbol
from gdanim.losses.plain import Plain, around, listed, place_of

EPSILON = float(np.finfo(np.float64).eps)
SLOPE_STEP, CURVE_STEP = EPSILON ** (1 / 3), EPSILON ** (1 / 4)  # where rounding and curvature weigh the same
AGREE = 1e-3  # of a gradient's length: as near as central differences must come to it
MOST_NAMED = 2  # arguments that a formula writes out


class Function(Loss):
    """A loss from a function of one's own.

    Args:
        f: theta (n,) → a number, or arrays (..., n) → (...); also w1, …, wn → a number, and for one
            parameter w → a number. Which of these it is, is found out by trying.
        start: theta at iterate 0, n numbers, or one.
        gradient: as `f`, n numbers in place of one; central differences when None.
        parameters: the names of theta's components; w, or w1 … wn.
        domain: lowest and highest value worth seeing, for each parameter or one pair for all; around the
            start and the minima when None.
        minima: those that are known: theta each, or (theta, value).
        learning_rate: the step size η.
        name: for titles and messages; the function's own.

    Raises:
        GdanimError: `f` or `gradient` raises at the start or does not return what it should, `gradient`
            is not the gradient of `f`, or the numbers do not belong together.

    >>> loss = Function(lambda w: (w - 2) ** 2, start=5)
    >>> float(loss.value(np.array([3.0]))), loss.numerical, loss.formula
    (1.0, True, 'f(w)')
    """

    source = "a function"

    def __init__(
        self,
        f: Callable[..., Any],
        start: float | Sequence[float] | Array,
        *,
        gradient: Callable[..., Any] | None = None,
        parameters: Sequence[str] | None = None,
        domain: Sequence[Any] | None = None,
        minima: Sequence[Any] = (),
        learning_rate: float = 0.1,
        name: str | None = None,
    ) -> None:
        self.name = name or _name(f)
        origin = _numbers(start, "start")
        self.start, n = tuple(origin.tolist()), origin.size
        self.parameters = _parameters(parameters, n)
        self.learning_rate = float(_numbers(learning_rate, "learning_rate")[0])
        if self.learning_rate <= 0:
            raise GdanimError(f"must be positive, not {learning_rate:g}", where=["learning_rate"])
        self._f = Plain(f, self.name, self.parameters, ())
        self._f.settle(origin)
        self.numerical = gradient is None
        self._gradient = None
        if gradient is not None:
            self._gradient = Plain(gradient, f"the gradient of {self.name}", self.parameters, (n,))
            self._gradient.settle(origin)
            self._check_gradient(origin)
        self.minima = tuple(self._minimum(m) for m in minima)
        places = np.array([origin, *(np.array(m.theta) for m in self.minima)])
        self.domain = _domain(domain, places)
        self.formula, self.gradient_formula = _formulas(self.name, self.parameters, self.numerical)

    def value(self, theta: Array) -> Array:
        return self._f(theta)

    def gradient(self, theta: Array) -> Array:
        return self._central(theta) if self._gradient is None else self._gradient(theta)

    def hessian(self, theta: Array) -> Array:
        """∇²L at theta: (n,) → (n, n); without a gradient by second differences of the loss."""
        if not self.numerical:
            return super().hessian(theta)
        point = np.asarray(theta, dtype=np.float64)
        shifts = np.diag(CURVE_STEP * np.maximum(1.0, np.abs(point)))
        steps = shifts.diagonal()
        pairs = shifts[:, None] + shifts[None, :], shifts[:, None] - shifts[None, :]
        (out, across), here = (
            (self.value(point + p) + self.value(point - p) for p in pairs),
            self.value(point),
        )
        rows = (out - across) / (4 * np.outer(steps, steps))
        single = (self.value(point + shifts) + self.value(point - shifts) - 2 * here) / steps**2
        np.fill_diagonal(rows, single)
        return np.asarray((rows + rows.T) / 2)

    def _central(self, theta: Array) -> Array:
        point = np.asarray(theta, dtype=np.float64)[..., None, :]
        shifts = SLOPE_STEP * np.maximum(1.0, np.abs(point)) * np.eye(point.shape[-1])
        after, before = point + shifts, point - shifts
        with np.errstate(all="ignore"):
            width = (after - before).diagonal(axis1=-2, axis2=-1)  # as it is in doubles
            return np.asarray((self._f(after) - self._f(before)) / width)

    def _check_gradient(self, origin: Array) -> None:
        """Refuse a gradient that is another function's; a kink may stand at a point, not at all of them."""
        near = around(origin).reshape(-1, origin.size)
        given, wanted = self.gradient(near), self._central(near)
        with np.errstate(all="ignore"):
            size = np.linalg.norm(wanted, axis=-1)
            far = np.linalg.norm(given - wanted, axis=-1) > AGREE * size + np.sqrt(EPSILON) * (
                1 + np.abs(self._f(near))
            )
        if far.all():
            raise GdanimError(
                f"the gradient of {self.name} is not that of {self.name}: at"
                f" {place_of(self.parameters, near[0])} it gives {listed(given[0])}, and central differences"
                f" {listed(wanted[0])}",
                where=["loss"],
            )

    def _minimum(self, given: Any) -> Minimum:
        pair = isinstance(given, Sequence) and len(given) == 2 and np.ndim(given[0]) == 1
        theta, value = given if pair else (given, None)
        point = _numbers(theta, "minima")
        if point.size != len(self.start):
            n = len(self.start)
            problem = f"a minimum of {self.name} has {n} number{'s' if n > 1 else ''}, not {point.size}"
            raise GdanimError(problem, where=["minima"])
        found = float(self.value(point))
        if value is not None and not np.isclose(found, value, rtol=1e-6, atol=1e-9):
            place = place_of(self.parameters, point)
            raise GdanimError(f"{self.name} is {found:g} at {place}, not {value:g}", where=["minima"])
        return Minimum(tuple(point.tolist()), found)


def _name(f: Callable[..., Any]) -> str:
    name = getattr(f, "__name__", "")
    return name if name.isidentifier() else "f"  # <lambda>, and objects that have none


def _numbers(given: Any, what: str) -> Array:
    """One number or several as (n,)."""
    try:
        numbers = np.atleast_1d(np.asarray(given, dtype=np.float64))
    except (TypeError, ValueError):
        numbers = np.array([np.nan])
    if numbers.ndim != 1 or not numbers.size or not np.isfinite(numbers).all():
        raise GdanimError(f"must be a finite number or a sequence of them, not {given!r}", where=[what])
    return numbers


def _parameters(given: Sequence[str] | None, n: int) -> tuple[str, ...]:
    if given is None:
        return names(n)
    found = (given,) if isinstance(given, str) else tuple(given)
    bad = [p for p in found if not (isinstance(p, str) and re.fullmatch(r"[^\W\d_]\w*", p))]
    if len(found) != n or len(set(found)) != n or bad:
        raise GdanimError(
            f"must be {n} different name{'s' if n > 1 else ''}, one for each number of the start",
            where=["parameters"],
        )
    return found


def _domain(given: Sequence[Any] | None, places: Array) -> tuple[tuple[float, float], ...]:
    """As given, or as far around the start and the minima as they are from 0, at least 1."""
    if given is None:
        low, high = places.min(axis=0), places.max(axis=0)
        reach = np.maximum(1.0, np.maximum(np.abs(places[0]), high - low))
        return tuple(zip((low - reach).tolist(), (high + reach).tolist(), strict=True))
    n = places.shape[1]
    try:
        limits = np.broadcast_to(np.asarray(given, dtype=np.float64), (n, 2))
    except (TypeError, ValueError):
        limits = np.full((n, 2), np.nan)
    if not np.isfinite(limits).all() or not (limits[:, 0] < limits[:, 1]).all():
        raise GdanimError(
            f"must be a pair (lowest, highest), or {n} of them, not {given!r}", where=["domain"]
        )
    return tuple((float(a), float(b)) for a, b in limits)


def _formulas(name: str, parameters: tuple[str, ...], numerical: bool) -> tuple[str, tuple[str, ...]]:
    """f(w1, w2), and its central differences or its partial derivatives, as mathtext."""
    f = name if len(name) == 1 else r"\mathrm{" + name.replace("_", r"\_") + "}"
    f = f if re.fullmatch(r"\w+", name, re.ASCII) else "f"
    symbols, dots = [symbol(parameter) for parameter in parameters], r"\ldots"
    few = len(symbols) <= MOST_NAMED
    formula = f"{f}({', '.join(symbols if few else [*symbols[:MOST_NAMED], dots])})"

    def shifted(i: int, sign: str) -> str:
        moved = f"{symbols[i]} {sign} h"
        return f"{f}({', '.join([*symbols[:i], moved, *symbols[i + 1 :]] if few else [dots, moved, dots])})"

    d = "d" if len(symbols) == 1 else r"\partial "
    slopes = (
        rf"\frac{{{shifted(i, '+')} - {shifted(i, '-')}}}{{2h}}" if numerical else f"{d}{f}/{d}{s}"
        for i, s in enumerate(symbols)
    )
    return formula, tuple(slopes)
