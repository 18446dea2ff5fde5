"""Traced: an array of symbols, which numpy's functions take for one of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from gdanim.symbols.node import Node, Tape, UntracedError
from gdanim.symbols.operations import MEANT

Nodes = Any  # an array of nodes: numpy knows its shape, and mypy no more of it


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """An array whose numbers are not known yet; what is done with it is recorded on its tape.

    It refuses whatever asks for a number: a branch on it, `float`, `math.sqrt`.

    >>> tape = Tape()
    >>> w = symbols(tape, "w", (2,))
    >>> [node.op for node in np.where(w > 0, np.sin(w), 0.0).nodes]
    ['where', 'where']
    """

    def __init__(self, tape: Tape, nodes: Nodes) -> None:
        self.tape, self.nodes = tape, nodes

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.nodes.shape)

    @property
    def ndim(self) -> int:
        return int(self.nodes.ndim)

    @property
    def size(self) -> int:
        return int(self.nodes.size)

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.float64)

    def __len__(self) -> int:
        return len(self.nodes)

    def __getitem__(self, key: Any) -> Traced:
        return Traced(self.tape, _array(self.nodes[key]))

    def __setitem__(self, key: Any, value: Any) -> None:
        self.nodes[key] = nodes_of(self.tape, value)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """For `np.asarray`: an array of objects, each a symbol."""
        found = np.empty(self.shape, dtype=object)
        for place in np.ndindex(self.shape):
            found[place] = Traced(self.tape, _array(self.nodes[place]))
        return found

    def _refuse(self, *_: object) -> Any:
        raise UntracedError("a branch or a function asks for the value of what is not known yet")

    __bool__ = __float__ = __int__ = __index__ = __complex__ = __round__ = _refuse

    def sum(self, axis: Any = None, keepdims: bool = False) -> Traced:
        return self._reduced("add", axis, keepdims)

    def prod(self, axis: Any = None, keepdims: bool = False) -> Traced:
        return self._reduced("multiply", axis, keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Traced:
        return self._reduced("maximum", axis, keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Traced:
        return self._reduced("minimum", axis, keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Traced:
        total = self.sum(axis, keepdims)
        found: Traced = total / (self.size / max(1, total.size))
        return found

    def all(self, axis: Any = None, keepdims: bool = False) -> Traced:
        return self._reduced("logical_and", axis, keepdims)

    def any(self, axis: Any = None, keepdims: bool = False) -> Traced:
        return self._reduced("logical_or", axis, keepdims)

    def copy(self) -> Traced:
        return Traced(self.tape, self.nodes.copy())

    def reshape(self, *shape: Any) -> Traced:
        return Traced(self.tape, self.nodes.reshape(*shape))

    def _reduced(self, op: str, axis: Any, keepdims: bool) -> Traced:
        """One after the other along an axis, or along all."""
        places = range(self.ndim) if axis is None else np.atleast_1d(axis).tolist()
        axes = sorted(place % self.ndim for place in places)
        kept = [length for i, length in enumerate(self.shape) if i not in axes]
        rows = np.moveaxis(self.nodes, axes, range(len(axes))).reshape(-1, *kept)
        if not len(rows):
            raise UntracedError(f"{op} of nothing")
        found = reduce(lambda a, b: _mapped(self.tape, op, [a, b]), rows[1:], _array(rows[0]))
        if keepdims:
            found = found.reshape([1 if i in axes else length for i, length in enumerate(self.shape)])
        return Traced(self.tape, found)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **settings: Any) -> Traced:
        op, (out,) = MEANT.get(ufunc.__name__, ufunc.__name__), settings.pop("out", (None,))
        if (
            method == "reduce"
            and len(inputs) == 1
            and out is None
            and settings.keys() <= {"axis", "keepdims"}
        ):
            return self._reduced(op, settings.get("axis", 0), settings.get("keepdims", False))
        if method != "__call__" or settings:
            raise UntracedError(f"numpy's {ufunc.__name__}.{method} with {', '.join(settings) or 'that'}")
        if op == "positive":
            return self.copy()
        found = _mapped(self.tape, op, [nodes_of(self.tape, value) for value in inputs])
        if out is None:
            return Traced(self.tape, found)
        if not isinstance(out, Traced):
            raise UntracedError("a symbol is written into an array of numbers")
        out.nodes[...] = found
        return out

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: Sequence[Any], settings: dict[str, Any]
    ) -> Traced:
        if function in SHAPING:
            given = [lowered(self.tape, arg) for arg in args]
            return Traced(self.tape, _array(function(*given, **settings)))
        known = FUNCTIONS.get(function)
        if known is None:
            raise UntracedError(f"numpy's {function.__name__} has no JavaScript here")
        found = known(self.tape, *args, **settings)
        return found if isinstance(found, Traced) else Traced(self.tape, found)


class Count(Traced):
    """A whole number from 1 up that is not known yet, such as the number of steps so far."""

    def _known(self, other: Any, below: bool, op: str) -> Any:
        """What a comparison with a number under 1 comes to: that is below."""
        if isinstance(other, (int, float)) and other < 1:
            return below
        return Traced(self.tape, _mapped(self.tape, op, [self.nodes, nodes_of(self.tape, other)]))

    def __eq__(self, other: object) -> Any:
        return self._known(other, False, "equal")

    def __ne__(self, other: object) -> Any:
        return self._known(other, True, "not_equal")

    def __gt__(self, other: Any) -> Any:
        return self._known(other, True, "greater")

    def __ge__(self, other: Any) -> Any:
        return self._known(other, True, "greater_equal")

    def __lt__(self, other: Any) -> Any:
        return self._known(other, False, "less")

    def __le__(self, other: Any) -> Any:
        return self._known(other, False, "less_equal")

    __hash__ = None  # type: ignore[assignment]


def symbols(tape: Tape, name: str, shape: tuple[int, ...] = ()) -> Traced:
    """Inputs: `name`, or `name[0]`, `name[1]` … in an array of one axis."""
    if not shape:
        return Traced(tape, _array(tape.input(name)))
    return Traced(tape, _array([tape.input(f"{name}[{i}]") for i in range(shape[0])]))


def nodes_of(tape: Tape, value: Any) -> Nodes:
    """The nodes of symbols, numbers, or arrays of either."""
    if isinstance(value, Traced):
        return value.nodes
    given = value if isinstance(value, np.ndarray) else np.asarray(value)
    found = np.empty(given.shape, dtype=object)
    for place in np.ndindex(given.shape):
        each = given[place]
        found[place] = each.nodes[()] if isinstance(each, Traced) else tape.number(each)
    return found


def lowered(tape: Tape, given: Any) -> Any:
    """An argument with nodes in place of symbols and arrays, also inside a list."""
    if isinstance(given, (Traced, np.ndarray)):
        return nodes_of(tape, given)
    if isinstance(given, (list, tuple)) and any(isinstance(each, (Traced, np.ndarray)) for each in given):
        return [nodes_of(tape, each) for each in given]
    return given


def _array(nodes: Any) -> Nodes:
    """An array of objects, also where it is one."""
    if isinstance(nodes, np.ndarray):
        return nodes
    found = np.empty(np.shape(nodes) if isinstance(nodes, list) else (), dtype=object)
    found[...] = nodes
    return found


def _mapped(tape: Tape, op: str, arrays: Sequence[Nodes]) -> Nodes:
    """An operation number by number, by numpy's broadcasting."""
    spread: list[Nodes] = list(np.broadcast_arrays(*map(_array, arrays)))
    found = np.empty(spread[0].shape, dtype=object)
    for place in np.ndindex(found.shape):
        found[place] = tape.apply(op, *(array[place] for array in spread))
    return found


def _filled(tape: Tape, like: Any, value: Any, dtype: Any = None) -> Nodes:
    return np.broadcast_to(nodes_of(tape, value), np.shape(nodes_of(tape, like))).copy()


def _where(tape: Tape, *args: Any) -> Nodes:
    if len(args) != 3:
        raise UntracedError("where without what is taken")
    return _mapped(tape, "where", [nodes_of(tape, arg) for arg in args])


def _clip(tape: Tape, x: Any, low: Any = None, high: Any = None) -> Nodes:
    found = nodes_of(tape, x)
    for op, limit in (("maximum", low), ("minimum", high)):
        found = found if limit is None else _mapped(tape, op, [found, nodes_of(tape, limit)])
    return found


def _method(name: str) -> Callable[..., Traced]:
    def reduced(tape: Tape, x: Any, *args: Any, **settings: Any) -> Traced:
        found: Traced = getattr(Traced(tape, nodes_of(tape, x)), name)(*args, **settings)
        return found

    return reduced


# What only moves numbers about is done by numpy itself, on arrays of nodes.
SHAPING: set[Callable[..., Any]] = {
    *(np.stack, np.concatenate, np.broadcast_to, np.reshape, np.moveaxis, np.swapaxes, np.expand_dims),
    *(np.squeeze, np.transpose, np.ravel, np.repeat, np.copy),
}
FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.where: _where,
    np.clip: _clip,
    np.full_like: _filled,
    np.zeros_like: lambda tape, like, **settings: _filled(tape, like, 0.0, **settings),
    np.ones_like: lambda tape, like, **settings: _filled(tape, like, 1.0, **settings),
    np.empty_like: lambda tape, like, **settings: _filled(tape, like, np.nan, **settings),
    **{getattr(np, name): _method(name) for name in ("sum", "prod", "max", "min", "mean", "all", "any")},
}

__all__ = ["Count", "Node", "Traced", "nodes_of", "symbols"]
