"""A function as its author wrote it, called as it can be: found out by trying, and checked."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from gdanim.errors import GdanimError
from gdanim.losses.base import Array

NEAR = 0.01  # how far from the start a function is tried


class Plain:
    """A function as its author wrote it, made to broadcast: (..., n) → (..., *tail).

    Args:
        name: for messages.
        parameters: n names.
        tail: the shape of what it returns for one point: () or (n,).
    """

    def __init__(
        self, function: Callable[..., Any], name: str, parameters: tuple[str, ...], tail: tuple[int, ...]
    ) -> None:
        if not callable(function):
            raise GdanimError(f"{name} is {type(function).__name__}, not a function", where=["loss"])
        self._function, self._name, self._parameters, self._tail = function, name, parameters, tail
        self._apart = False  # whether it takes w1, …, wn and not theta
        self._broadcasts = False

    def settle(self, start: Array) -> None:
        """Find out how it is called: with theta or its components, one point at a time or many."""
        near, problems = around(start), []
        ways = [way for way in (True, False) if self._can_be_called(apart=way)]
        for broadcasts in (True, False):
            for self._apart in ways:
                try:
                    if self._works(start, near, broadcasts=broadcasts):
                        return
                except GdanimError as error:
                    problems.append(error)
        if not problems:
            n = len(self._parameters)
            problem = f"{self._name} can be called neither with theta nor with {n} numbers"
            raise GdanimError(problem, where=["loss"])
        # Called in a way that it is not meant to be, it fails for its arguments, which says nothing.
        raise min(problems, key=lambda error: isinstance(error.__cause__, TypeError | IndexError))

    def _works(self, start: Array, near: Array, *, broadcasts: bool) -> bool:
        self._broadcasts = False
        with np.errstate(all="ignore"):
            once, again = (self._one(start, start=True) for _ in range(2))
            if not np.array_equal(once, again, equal_nan=True):
                raise self._error("gives another value each time it is called", start)
            self._broadcasts = broadcasts and self._agrees(near)
        return self._broadcasts is broadcasts

    def __call__(self, theta: Array) -> Array:
        theta = np.asarray(theta, dtype=np.float64)
        with np.errstate(all="ignore"):
            if self._broadcasts:
                try:
                    return self._result(self._call(theta), theta)
                except Exception:  # what failed for many is said of one
                    pass
            flat = theta.reshape(-1, theta.shape[-1])
            each = [self._one(point) for point in flat]
        return np.array(each, dtype=np.float64).reshape(theta.shape[:-1] + self._tail)

    def _can_be_called(self, *, apart: bool) -> bool:
        """Whether its signature has room for theta, or for each of its components."""
        n = len(self._parameters)
        try:
            parameters = inspect.signature(self._function).parameters.values()
        except (TypeError, ValueError):  # a builtin without one
            return n == 1 or not apart
        positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        needed = [p for p in positional if p.default is p.empty]
        if n == 1:
            return True
        return len(needed) == n if apart else len(needed) <= 1

    def _call(self, theta: Array) -> Any:
        theta = theta.copy()  # which the function may change
        if not self._apart:
            return self._function(theta)
        return self._function(*(theta[..., i] for i in range(theta.shape[-1])))

    def _agrees(self, points: Array) -> bool:
        """Whether many points at once give what each gives by itself."""
        each = self(points)
        try:
            together = self._result(self._call(points), points)
        except Exception:  # it takes one point at a time
            return False
        return bool(np.allclose(together, each, rtol=1e-9, atol=1e-12, equal_nan=True))

    def _one(self, point: Array, *, start: bool = False) -> Array:
        """At one point; not a number where arithmetic has no answer, except at the start."""
        try:
            return self._result(self._call(point), point)
        except GdanimError:
            raise
        except Exception as error:
            if isinstance(error, ArithmeticError | ValueError) and not start:
                return np.full(self._tail, np.nan)
            problem = f"raises {type(error).__name__}" + (f" ({error})" if str(error) else "")
            raise self._error(problem, point) from error

    def _result(self, result: Any, theta: Array) -> Array:
        """What was returned, as an array (..., *tail)."""
        wanted = theta.shape[:-1] + self._tail
        if isinstance(result, tuple | list) and self._tail and self._apart and theta.ndim > 1:
            result = np.stack(np.broadcast_arrays(*result), axis=-1)
        array = np.asarray(result)
        if result is None or array.dtype.kind not in "fiubO":
            kind = (
                "nothing"
                if result is None
                else f"{array.dtype} numbers"
                if array.dtype.kind == "c"
                else "text"
            )
            raise self._error(f"returns {kind}, not {self._wanted()}", theta)
        if array.shape != wanted and array.shape in (
            (*wanted, 1),
            wanted[:-1] if self._tail == (1,) else None,
        ):
            array = array.reshape(wanted)
        if array.shape != wanted:
            shape = f"an array of shape {array.shape}" if array.ndim else "one number"
            raise self._error(f"returns {shape}, not {self._wanted()}", theta)
        return np.asarray(array, dtype=np.float64)

    def _wanted(self) -> str:
        n = len(self._parameters)
        return "one number" if not self._tail or n == 1 else f"{n} numbers"

    def _error(self, problem: str, theta: Array) -> GdanimError:
        place = f" at {place_of(self._parameters, theta)}" if theta.ndim == 1 else ""
        return GdanimError(f"{self._name} {problem}{place}", where=["loss"])


def around(start: Array) -> Array:
    """Six different points near the start: (2, 3, n)."""
    n = start.size
    turns = np.cos(np.arange(1, 6 * n + 1) ** 1.5).reshape(2, 3, n)
    return np.asarray(start + NEAR * np.maximum(1.0, np.abs(start)) * turns)


def place_of(parameters: tuple[str, ...], theta: Array) -> str:
    shown = [f"{p} = {x:g}" for p, x in zip(parameters, theta, strict=True)]
    return ", ".join(shown[:4] + ["…"] * (len(shown) > 4))


def listed(numbers: Array) -> str:
    shown = [f"{x:.6g}" for x in numbers[:4]] + ["…"] * (len(numbers) > 4)
    return ", ".join(shown)
