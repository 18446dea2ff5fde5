"""What came of a descent, as plain facts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """How a descent ended.

    Attributes:
        kind: the words for it are outcome.KIND in gdanim/lang.
        step: the iterate from which on it holds.
        manner: of what converged: "in one step" or "oscillating"; of what is near a minimum:
            "descending"; None where there is nothing to add.
        overflow: whether the numbers ran out, so that the trajectory ends early.
        limit: 2/λmax, from which on gradient descent does not converge.
        best: 2/(λmin + λmax), the learning rate that is best for such a curvature.
        condition: λmax/λmin.
        eigenvalue: the smallest eigenvalue of the Hessian.
        gap: how much higher the loss is than at the best known minimum.
        share, left: of the first, how long the last step and the last gradient are.
        slope, sigma: how long the exact gradient is, and the noise's deviation along it.
        parameter: that moves in the direction in which it does not settle, where that is one alone.
    """

    kind: str
    step: int
    manner: str | None = None
    overflow: bool = False
    limit: float | None = None
    best: float | None = None
    condition: float | None = None
    eigenvalue: float | None = None
    gap: float | None = None
    share: float | None = None
    left: float | None = None
    slope: float | None = None
    sigma: float | None = None
    parameter: str | None = None

    @property
    def alarming(self) -> bool:
        """Whether a picture says it unasked: the run diverges, or will."""
        return self.kind in ("diverged", "unstable", "growing")

    def facts(self) -> dict[str, Any]:
        """The attributes that are known, as plain data."""
        return {key: value for key, value in asdict(self).items() if value is not None}
