"""What part of the landscape a figure shows: decided once, from the whole of every path."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gdanim.descent import Trajectory
from gdanim.losses.base import Array, Loss

SAMPLED = 400  # points at which a curve is looked at
SHARE = 0.35  # of a curve that is shown at least


def window_of(loss: Loss, runs: Sequence[Trajectory]) -> tuple[tuple[float, float], ...]:
    """Limits for each parameter that hold starts, minima near them, and the paths.

    A path that runs far off the landscape does not stretch it: the view stays where the lesson is.
    """
    starts = np.array([run.theta[0] for run in runs])
    landmarks = np.vstack([starts, *(np.array([m.theta]) for m in loss.minima[:1])])
    domain = np.array(loss.domain, dtype=np.float64)
    low = np.minimum(domain[:, 0], landmarks.min(axis=0))
    high = np.maximum(domain[:, 1], landmarks.max(axis=0))
    reach = 0.35 * (high - low)
    for run in runs:
        if run.outcome.kind != "diverged":
            inside = run.theta[near(run.theta, low - 3 * reach, high + 3 * reach)]
        else:
            inside = run.theta[near(run.theta, low - reach, high + reach)]
        low = np.minimum(low, inside.min(axis=0))
        high = np.maximum(high, inside.max(axis=0))
    pad = 0.06 * (high - low)
    return tuple(zip((low - pad).tolist(), (high + pad).tolist(), strict=True))


def near(theta: Array, low: Array, high: Array) -> npt.NDArray[np.bool_]:
    """Which points (..., n) lie in a box."""
    return np.asarray(((theta >= low) & (theta <= high)).all(axis=-1))


def limits_of(
    loss: Loss, runs: Sequence[Trajectory], window: tuple[tuple[float, float], ...]
) -> tuple[float, float]:
    """Lowest and highest loss shown: all of a path inside the window, and the minima."""
    box = np.array(window)
    values = [m.value for m in loss.minima if near(np.array(m.theta), box[:, 0], box[:, 1])]
    for run in runs:
        inside = run.loss[near(run.theta, box[:, 0], box[:, 1])]
        values += [float(inside.min()), float(inside.max())]
    if len(window) == 1:  # also where the path is short, the curve is to be seen
        grid: Array = np.linspace(*window[0], SAMPLED, dtype=np.float64)[:, None]
        with np.errstate(all="ignore"):
            curve = np.asarray(loss.value(grid))
        values.append(float(np.quantile(curve[np.isfinite(curve)], SHARE)))
    floor, ceiling = min(values), max(values)
    if ceiling <= floor:
        ceiling = floor + max(1.0, 1e-3 * abs(floor))  # enough for an axis also where numbers are large
    return floor, ceiling + 0.1 * (ceiling - floor)
