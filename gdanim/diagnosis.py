"""What a descent did, read off its trajectory and the curvature: facts, to be put into words elsewhere."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gdanim.losses.base import Array, Loss

TOLERANCE = 1e-5  # of the first gradient's length: so short a gradient has vanished
STALLED = 1e-2  # of the longest gradient: a descent that is not getting anywhere
FAR_BELOW = 0.1  # of the best learning rate: below this, a descent crawls
FLAT = 10.0  # times as far as the landscape is wide: where the slope would lead down to the minimum
STILL = 2e-3  # of the range of the loss: less than this is nothing gained
RAVINE = 5.0  # condition number from which on reversing steps are a zig-zag across a valley
REVERSING = 0.5  # share of the steps that turn back
HUGE = 1e100  # a loss above this is about to overflow
DIED_OUT = 0.1  # of the first step's length, while the gradient is still longer than that
LONGER = 2.0  # times as long: steps that grow
BENT = 0.7  # times the curvature: about as much
CURVED = 1e-6  # of the largest eigenvalue: smaller ones count as none


@dataclass(frozen=True)
class Outcome:
    """How a descent ended.

    Attributes:
        kind: "start", "converged", "nearing", "descending", "crawling", "oscillating", "bouncing",
            "zigzagging", "overshooting", "diverged", "unbounded", "left", "saddle", "plateau",
            "local-minimum", "died-out" or "noisy".
        step: the iterate from which on it holds.
        manner: of what converged: "in one step" or "oscillating"; None where it went straight.
        overflow: whether the numbers ran out, so that the trajectory ends early.
        limit: 2/λmax, from which on gradient descent does not converge.
        best: 2/(λmin + λmax), the learning rate that is best for such a curvature.
        condition: λmax/λmin.
        eigenvalue: the smallest eigenvalue of the Hessian.
        gap: how much higher the loss is than at the best known minimum.
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

    def facts(self) -> dict[str, Any]:
        """The attributes that are known, as plain data."""
        return {key: value for key, value in asdict(self).items() if value is not None}


class Diagnosis:
    """What can be said of a finished descent.

    Args:
        theta, values, gradient: (T+1, n), (T+1,), (T+1, n), up to the last finite iterate.
        learning_rate: η, the largest where a schedule moves it.
        optimizer: its name; what theory says of η holds for "gd" only.
    """

    def __init__(
        self,
        loss: Loss,
        theta: Array,
        values: Array,
        gradient: Array,
        *,
        learning_rate: float,
        optimizer: str,
    ) -> None:
        self.theta, self.values, self.rate, self.optimizer = theta, values, learning_rate, optimizer
        self.loss, self.gradient = loss, gradient
        self.last = len(values) - 1
        self.steps = np.diff(theta, axis=0)
        self.plain = optimizer == "gd"
        best = min((m.value for m in loss.minima), default=None)
        with np.errstate(all="ignore"):  # a run that diverges has numbers whose squares overflow
            self.norms = np.linalg.norm(gradient, axis=1)
            self.growing = self.last > 0 and values[-1] > values[0] and values[-1] >= values.max()
            eigenvalues = self._eigenvalues(theta[-1])
            self.low, self.high = float(eigenvalues[0]), float(eigenvalues[-1])
            self.steepest = max(self.high, float(self._eigenvalues(theta[0])[-1]))
            self.gap = None if best is None else float(values[-1] - best)
            self.scale = max(1e-12, float(values.max() - (values.min() if best is None else best)))

    def outcome(self, asked: int, *, noisy: bool = False) -> Outcome:
        """Say what happened.

        Args:
            asked: how many iterations were wanted; T is smaller after an overflow.
            noisy: whether noise was added to the gradients, which hides what the rest would show.
        """
        with np.errstate(all="ignore"):
            away = self.running_away(overflow=self.last < asked)
            if away is not None:
                return away
            if self.last < asked or self.growing:
                return self.diverged(overflow=self.last < asked)
            if self.last == 0:
                return Outcome("converged" if self.norms[0] == 0 else "start", 0)
            if noisy:
                return Outcome("noisy", self.last)
            return (
                self.stationary()
                or self.died_out()
                or self.turning_back()
                or self.overshooting()
                or self.slow()
                or Outcome("nearing" if self._nearing() else "descending", self.last)
            )

    def _eigenvalues(self, theta: Array) -> Array:
        with np.errstate(all="ignore"):
            hessian = self.loss.hessian(theta)
        if not np.isfinite(hessian).all():
            return np.zeros(1)
        return np.asarray(np.linalg.eigvalsh(hessian), dtype=np.float64)

    @property
    def convex(self) -> bool:
        """Whether the loss curves upwards in every direction at the end."""
        return self.low > CURVED * max(self.high, 0.0) and self.high > 0

    @property
    def best(self) -> float | None:
        return 2 / (self.low + self.steepest) if self.convex and self.plain else None

    @property
    def condition(self) -> float | None:
        return self.high / self.low if self.convex else None

    def diverged(self, *, overflow: bool) -> Outcome:
        if overflow and not self.growing and self.values.max() < HUGE:
            return Outcome("left", self.last)  # the next loss is no number, and not for its size
        below = np.flatnonzero(self.values <= self.values[0])
        step = min(1 + int(below[-1]), self.last)
        high = float(self._eigenvalues(self.theta[0])[-1])
        limit = 2 / high if self.plain and high > 0 and self.rate > 2 / high else None
        return Outcome("diverged", step, overflow=overflow, limit=limit)

    def running_away(self, *, overflow: bool) -> Outcome | None:
        """Far outside its landscape the loss falls with ever longer steps, and no minimum is known."""
        half = self.last // 2
        if self.gap is not None or not self.values[-1] < self.values[half]:
            return None
        low, high = np.array(self.loss.domain).T
        beyond = np.maximum(low - self.theta, self.theta - high).max(axis=1)
        lengths = self._lengths
        if beyond[-1] > (high - low).max() and lengths[-1] > LONGER * lengths[half]:
            return Outcome("unbounded", int(np.argmax(beyond > 0)), overflow=overflow)
        return None

    def stationary(self) -> Outcome | None:
        """The gradient has vanished: at a minimum, a saddle, or on a plateau."""
        small = self.norms <= TOLERANCE * max(self.norms[0], TOLERANCE)
        moved = float(np.linalg.norm(self.theta[-1] - self.theta[0]))
        bent = -self.low > max(CURVED * abs(self.high), CURVED * self.scale / max(moved, 1e-100) ** 2)
        if bent and (small[-1] or self._beside_a_stationary_point()):
            return Outcome("saddle", self.last, eigenvalue=self.low)
        far = self.gap is not None and self.gap > 0.05 * self.scale
        if far and not small[-1] and self._nearing():
            return Outcome("local-minimum", self._arrival(), gap=self.gap)
        if far and self._standing_still() and not (small[-1] and self.convex and self.condition):
            return Outcome("plateau", self.last, gap=self.gap)
        if not small[-1]:
            return None
        since = self.last - int(np.argmin(small[::-1])) + 1 if not small.all() else 0
        if self.gap is not None and self.gap > 1e-4 * self.scale and self.convex:
            return Outcome("local-minimum", since, gap=self.gap)
        manner = "in one step" if since == 1 else "oscillating" if self._reversals(since) else None
        return Outcome("converged", since, manner=manner, best=self.best, condition=self.condition)

    def _nearing(self) -> bool:
        """Whether what is left of the way to a minimum is short beside what has been gone.

        Where a Newton step leads, the loss has to curve as much: it flattens towards an inflection.
        """
        if not (self.convex and self._beside_a_stationary_point()):
            return False
        return float(self._eigenvalues(self.theta[-1] - self._newton_step)[0]) >= BENT * self.low

    def _arrival(self) -> int:
        """The iterate from which on all are close to the last."""
        away = np.linalg.norm(self.theta - self.theta[-1], axis=1)
        return int(np.flatnonzero(away > STALLED * away.max())[-1]) + 1

    def _beside_a_stationary_point(self) -> bool:
        """Whether a Newton step would be short beside the way that has been gone."""
        gone = np.linalg.norm(self.theta[-1] - self.theta[0])
        return bool(np.linalg.norm(self._newton_step) <= STALLED * gone)

    @cached_property
    def _newton_step(self) -> Array:
        hessian = self.loss.hessian(self.theta[-1])
        return np.asarray(np.linalg.pinv(hessian, hermitian=True) @ self.gradient[-1])

    def _standing_still(self) -> bool:
        """So flat that the slope would take far too long a way to the best known minimum, and the later
        half has led down by nothing."""
        half = self.last // 2
        gained = float(self.values[half] - self.values[-1])
        flat = self.gap is not None and self.gap > FLAT * self.norms[-1] * self._size()
        return flat and abs(gained) < STILL * self.scale and not self._reversals(self.last)

    def _size(self) -> float:
        """Of the landscape, or how far away its best minimum is."""
        low, high = np.array(self.loss.domain).T
        best = min(self.loss.minima, key=lambda m: m.value)
        return float(max(np.linalg.norm(high - low), np.linalg.norm(self.theta[-1] - np.array(best.theta))))

    def _reversals(self, until: int) -> bool:
        """Whether most steps up to an iterate turn back on the one before."""
        steps = self.steps[:until][self._lengths[:until] > 0]
        return len(steps) >= 3 and reversing(steps)

    @cached_property
    def _lengths(self) -> Array:
        return np.asarray(np.linalg.norm(self.steps, axis=1))

    def died_out(self) -> Outcome | None:
        """AdaGrad's sum of squares only grows, and its steps shrink with it."""
        lengths = self._lengths
        shrunk = lengths[-1] < DIED_OUT * lengths[0] and self.norms[-1] > DIED_OUT * self.norms[0]
        return Outcome("died-out", self.last) if self.optimizer == "adagrad" and shrunk else None

    def turning_back(self) -> Outcome | None:
        """Most of the later steps turn back on the one before."""
        half = self.last // 2
        if self.last < 3 or not reversing(self.steps[half:]):
            return None
        limit = 2 / self.high if self.plain and self.high > 0 else None
        below = limit if limit is not None and self.rate < limit else None
        if (
            self.values[-1] >= self.values[half] * (1 - 1e-9)
            and np.ptp(self.norms[half:]) <= 1e-6 * self.norms[0]
        ):
            return Outcome("bouncing", half, limit=limit)
        if self.condition is not None and self.condition >= RAVINE:
            return Outcome("zigzagging", self.last, condition=self.condition, limit=below)
        return Outcome("oscillating", self.last, limit=below, best=self.best)

    def overshooting(self) -> Outcome | None:
        """The loss has risen again on the way."""
        rises = np.flatnonzero(np.diff(self.values) > 1e-9 * self.scale)
        return Outcome("overshooting", int(rises[0])) if len(rises) else None

    def slow(self) -> Outcome | None:
        """The learning rate is far below the best for this curvature."""
        if self.best is None or self.rate >= FAR_BELOW * self.best:
            return None
        return Outcome("crawling", self.last, best=self.best, condition=self.condition)


def reversing(steps: Array) -> bool:
    """Whether most of at least two steps, (m, n), turn back on the one before."""
    return bool(((steps[1:] * steps[:-1]).sum(axis=1) < 0).mean() >= REVERSING)
