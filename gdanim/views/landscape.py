"""A loss of two parameters on a grid, and the levels at which it is told apart."""

from __future__ import annotations

import numpy as np

from gdanim.losses.base import Array, Loss

LEVELS = 10  # few, so that a GIF stays small
DECADES = 2.3  # from this spread of values on, levels are log-spaced


def sampled(
    loss: Loss, x: tuple[float, float], y: tuple[float, float], count: int
) -> tuple[Array, Array, Array]:
    """A loss of two parameters on a grid: (count,), (count,) and (count, count), rows along y.

    What is not finite is masked by NaN.
    """
    xs: Array = np.linspace(*x, count, dtype=np.float64)
    ys: Array = np.linspace(*y, count, dtype=np.float64)
    with np.errstate(all="ignore"):
        values = np.broadcast_to(loss.value(np.stack(np.meshgrid(xs, ys), axis=-1)), (count, count)).astype(
            np.float64
        )
    values[~np.isfinite(values)] = np.nan
    return xs, ys, values


def levels_of(loss: Loss, values: Array) -> Array:
    """Levels between the lowest and the highest value: even ones, or log-spaced over decades."""
    known = [m.value for m in loss.minima]
    low, high = float(np.nanmin([np.nanmin(values), *known])), float(np.nanmax(values))
    if not high > low:
        return np.array([low, low + 1.0])
    above = values[np.isfinite(values)] - low
    near, far = np.quantile(above[above > 0], [0.02, 0.98])
    if np.log10(far / near) > DECADES:
        return np.asarray(low + np.geomspace(near, far, LEVELS))
    return np.asarray(low + np.linspace(0, far, LEVELS + 1)[1:])
