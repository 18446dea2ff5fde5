"""Measures: what says how good the iterates of a run are beside their loss, worked out when it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from gdanim.losses.base import Array


class Measures(Mapping[str, Array]):
    """Functions of theta by their names; each is asked once, and only where somebody wants to know.

    Args:
        functions: name → (..., n) → (...).
        theta: (..., n).

    >>> measures = Measures({"size": lambda theta: np.abs(theta).max(axis=-1)}, np.array([[1.0, -2.0]]))
    >>> list(measures), measures["size"].tolist()
    (['size'], [2.0])
    """

    def __init__(self, functions: Mapping[str, Callable[[Array], Array]], theta: Array) -> None:
        self._functions, self._theta = functions, theta
        self._found: dict[str, Array] = {}

    def __getitem__(self, name: str) -> Array:
        if name not in self._found:
            with np.errstate(all="ignore"):
                self._found[name] = np.asarray(self._functions[name](self._theta))
        return self._found[name]

    def __contains__(self, name: object) -> bool:
        return name in self._functions  # without working it out

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)
