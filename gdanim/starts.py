"""Where a descent starts: what is asked for, as numbers that can be started from, or by chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gdanim.errors import GdanimError
from gdanim.losses.base import Array, Loss
from gdanim.runs import RUN_OPTIONS

FEW = 6  # parameters that a message names


def start_of(loss: Loss, deviation: float, seed: int) -> Array:
    """Where a descent starts by chance: (n,) numbers about 0, the same for the same seed."""
    return np.random.default_rng(seed).normal(0.0, deviation, len(loss.parameters))


def checked_start(loss: Loss, start: Sequence[float] | Array | float) -> Array:
    """The start as an array of n finite numbers at which the loss and its gradient are finite too."""
    origin = np.array(RUN_OPTIONS["start"].value(start), dtype=np.float64)
    n = len(loss.parameters)
    names = ", ".join(loss.parameters) if n <= FEW else f"{loss.parameters[0]} … {loss.parameters[-1]}"
    if origin.shape != (n,):
        several = "; to compare starts, repeat --start" if n == 1 else ""
        raise GdanimError(
            f"{loss.name} takes {n} number{'s' if n > 1 else ''} ({names}), not {origin.size}{several}",
            where=["start"],
        )
    with np.errstate(all="ignore"):
        value, slope = loss.value(origin), loss.gradient(origin)
    if not (np.isfinite(value) and np.isfinite(slope).all()):
        pairs = [f"{p} = {x:g}" for p, x in zip(loss.parameters, origin, strict=True)]
        place = ", ".join(pairs if n <= FEW else [*pairs[:FEW], "…"])
        fault = loss.fault(origin)
        raise GdanimError(
            f"the loss or its gradient is not finite at {place}{', ' + fault if fault else ''}",
            where=["start", "data"] if fault else ["start"],
        )
    return origin
