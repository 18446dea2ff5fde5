"""What a descent did, read off its trajectory: a fact, to be put into words elsewhere."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gdanim.losses.base import Array, Loss


@dataclass(frozen=True)
class Outcome:
    """How a descent ended.

    Attributes:
        kind: "finished" or "diverged".
        step: the iterate from which on it holds.
        overflow: whether the numbers ran out, so that the trajectory ends early.
        limit: 2/λmax, above which gradient descent diverges; None where that is not the reason.
    """

    kind: str
    step: int
    overflow: bool = False
    limit: float | None = None

    def sentence(self) -> str:
        """What happened, in English.

        >>> Outcome("diverged", 3, limit=1.0).sentence()
        'diverged from k = 3 on, because the learning rate is above 2/λmax = 1'
        """
        if self.kind == "finished":
            return f"finished after {self.step} iteration{'s' if self.step != 1 else ''}"
        why = (
            "" if self.limit is None else (f", because the learning rate is above 2/λmax = {self.limit:.4g}")
        )
        ended = "; the trajectory ends at its last finite point" if self.overflow else ""
        return f"diverged from k = {self.step} on{why}{ended}"

    def facts(self) -> dict[str, Any]:
        """The attributes that are known, as plain data."""
        return {key: value for key, value in asdict(self).items() if value is not None}


def diagnose(loss: Loss, theta: Array, values: Array, learning_rate: float, asked: int) -> Outcome:
    """Say what happened.

    Args:
        theta: (T+1, n), the finite iterates.
        values: (T+1,), their losses.
        asked: how many iterations were wanted; T is smaller after an overflow.
    """
    last = len(values) - 1
    overflow = last < asked
    growing = last > 0 and values[-1] > values[0] and values[-1] >= values.max()
    if not (overflow or growing):
        return Outcome("finished", last)
    step = 1 + int(np.flatnonzero(values <= values[0])[-1])
    curvature = float(np.linalg.eigvalsh(loss.hessian(theta[0]))[-1])
    limit = 2 / curvature if curvature > 0 and learning_rate > 2 / curvature else None
    return Outcome("diverged", min(step, last), overflow, limit)
