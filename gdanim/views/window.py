"""What part of the landscape a figure shows: decided once, from the whole of every path."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gdanim.descent import Trajectory
from gdanim.errors import GdanimError
from gdanim.losses.base import Array, Loss
from gdanim.planes import AWAY
from gdanim.spec import Spec

SAMPLED = 400  # points at which a curve is looked at
LOOKED_AT = 80  # points along each axis at which limits are looked at
SHARE = 0.35  # of a curve that is shown at least
LEAST = 3.0  # how far the picture of a formula reaches to either side of its minimum, at least


def window_of(
    loss: Loss, runs: Sequence[Trajectory], spec: Spec | None = None
) -> tuple[tuple[float, float], ...]:
    """Limits for each parameter that hold starts, paths, and the minima they go to.

    A path that runs far off the landscape does not stretch it: the view stays where the lesson is.

    Args:
        spec: whose xlim and ylim are the limits of the two parameters that are shown.
    """
    starts = [run.theta[0] for run in runs]
    ends = [run.theta[-1] for run in runs if run.outcome.kind not in AWAY]
    landmarks = np.array([*starts, *ends, *(np.array(m.theta) for m in loss.minima[:1])])
    low, high = _ground(loss, landmarks)
    reach = 0.35 * (high - low)
    for run in runs:
        far = 1 if run.outcome.kind == "diverged" else 3
        inside = run.theta[near(run.theta, low - far * reach, high + far * reach)]
        low = np.minimum(low, inside.min(axis=0))
        high = np.maximum(high, inside.max(axis=0))
    pad = 0.06 * (high - low)
    window = list(zip((low - pad).tolist(), (high + pad).tolist(), strict=True))
    if spec is not None:
        for i, limits in zip(spec.chosen(loss.parameters), (spec.xlim, spec.ylim), strict=False):
            window[i] = limits or window[i]
    return tuple(window)


def check_window(loss: Loss, runs: Sequence[Trajectory], spec: Spec) -> None:
    """Refuse limits that were asked for where the loss is no finite number in all of the window.

    Raises:
        GdanimError: there is nothing to be drawn.
    """
    if not spec.xlim and not spec.ylim:
        return
    chosen, window = spec.chosen(loss.parameters), window_of(loss, runs, spec)
    lines = [np.linspace(*window[i], LOOKED_AT, dtype=np.float64) for i in chosen]
    theta = np.broadcast_to(runs[0].theta[0], (*[LOOKED_AT] * len(lines), len(loss.parameters))).copy()
    theta[..., chosen] = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1)
    with np.errstate(all="ignore"):
        values = np.asarray(loss.value(theta))
    if not np.isfinite(values).any():
        raise GdanimError(
            "between these limits the loss is nowhere a finite number, and there is nothing to draw",
            where=["xlim" if spec.xlim else "ylim"],
        )


def _ground(loss: Loss, landmarks: Array) -> tuple[Array, Array]:
    """Limits of what is worth seeing, and the landmarks: (m, n) → (n,), (n,).

    Of a formula nobody has said what that is. Where it has one minimum, as far as is known, that is in the
    middle, and the landmarks are on the picture.
    """
    if loss.framed or len(loss.minima) != 1:
        low, high = np.array(loss.domain, dtype=np.float64).T
        return np.minimum(low, landmarks.min(axis=0)), np.maximum(high, landmarks.max(axis=0))
    centre = np.array(loss.minima[0].theta)
    reach = np.maximum(np.abs(landmarks - centre).max(axis=0), LEAST)
    return centre - reach, centre + reach


def near(theta: Array, low: Array, high: Array) -> npt.NDArray[np.bool_]:
    """Which points (..., n) lie in a box."""
    return np.asarray(((theta >= low) & (theta <= high)).all(axis=-1))


def limits_of(
    loss: Loss,
    runs: Sequence[Trajectory],
    window: tuple[tuple[float, float], ...],
    zlim: tuple[float, float] | None = None,
) -> tuple[float, float]:
    """Lowest and highest loss shown: of the path inside the window and the minima, or what is asked for."""
    if zlim is not None:
        return zlim
    box = np.array(window)
    values = [m.value for m in loss.minima if near(np.array(m.theta), box[:, 0], box[:, 1])]
    for run in runs:
        inside = run.loss[near(run.theta, box[:, 0], box[:, 1])]
        values += [float(inside.min()), float(inside.max())] if inside.size else []
    if len(window) == 1:  # also where the path is short, the curve is to be seen
        grid: Array = np.linspace(*window[0], SAMPLED, dtype=np.float64)[:, None]
        with np.errstate(all="ignore"):
            curve = np.asarray(loss.value(grid))
        if np.isfinite(curve).any():
            curve = curve[np.isfinite(curve)]
            values += [float(np.quantile(curve, SHARE)), *([] if values else [float(curve.min())])]
    values = values or [float(run.loss[0]) for run in runs]
    floor, ceiling = min(values), max(values)
    if ceiling <= floor:
        ceiling = floor + max(1.0, 1e-3 * abs(floor))  # enough for an axis also where numbers are large
    return floor, ceiling + 0.1 * (ceiling - floor)
