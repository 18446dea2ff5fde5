"""A loss along one parameter as a line: broken where it has a pole, ended where it leaves a panel."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gdanim.losses.base import Array


def broken(x: Array, y: Array, value: Callable[[Array], Array], span: float) -> tuple[Array, Array]:
    """A line (m,), (m,) with NaN where a pole parts it: where half-way it is not between its ends.

    Args:
        value: the loss at values of the parameter, (p,) → (p,).
        span: steps that are smaller are no leaps.

    >>> x = np.array([-1.0, -0.4, 0.5, 1.0])
    >>> broken(x, 1 / x, lambda x: 1 / x, 2.0)[1].tolist()
    [-1.0, -2.5, nan, 2.0, 1.0]
    """
    with np.errstate(all="ignore"):
        leaps = np.flatnonzero(np.abs(np.diff(y)) > span)
        if not len(leaps):
            return x, y
        middle = (x[leaps] + x[leaps + 1]) / 2
        there, ends = value(middle), np.sort(np.stack([y[leaps], y[leaps + 1]]), axis=0)
        poles = ~((ends[0] <= there) & (there <= ends[1]))
    return np.insert(x, leaps[poles] + 1, middle[poles]), np.insert(y, leaps[poles] + 1, np.nan)


def cut(x: Array, y: Array, most: float) -> tuple[Array, Array]:
    """A line (m,), (m,) that ends where it goes through a height; NaN where it is above.

    >>> [part.tolist() for part in cut(np.array([0.0, 1.0]), np.array([0.0, 4.0]), 1.0)]
    [[0.0, 0.25, 1.0], [0.0, 1.0, nan]]
    """
    above = ~(y <= most)
    passed = np.flatnonzero(np.isfinite(y[:-1]) & np.isfinite(y[1:]) & (above[:-1] != above[1:]))
    share = (most - y[passed]) / (y[passed + 1] - y[passed])
    crossing = x[passed] + share * (x[passed + 1] - x[passed])
    shown = np.where(above, np.nan, y)
    return np.insert(x, passed + 1, crossing), np.insert(shown, passed + 1, most)
