"""What is known of a finished descent: its own numbers, the curvature, and what theory says of the two."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gdanim.diagnosis.curvature import DENSE, Curvature, constant_curvature, curvature_at
from gdanim.losses.base import Array, Loss
from gdanim.optimizers.base import Optimizer

TOLERANCE = 1e-5  # of the first gradient's length: so short a gradient has vanished
UNHEARD = 1e-2  # of that: noise that cannot be told from none
CURVED = 1e-6  # of the largest eigenvalue: smaller ones count as none
AROUND = 0.5  # of the way gone: as far ahead a minimum is looked for
RUN_OUT = 0.01  # of the highest learning rate: nothing more will move
STALLED = 1e-2  # of the way gone: what is left of it, near a minimum
SMALL_STRIDE = 3e-3  # of the same: steps of so many η get out of where the gradient has vanished
NEWTON_STEPS = 4
MET = 0.05  # of the way there: so short a Newton step has found it
LOCAL = 1e-2  # of the limit: as far from it η has to be, where the loss is a quadratic only nearly
CYCLE = 1e-7  # of a step: two iterates as near as that are the same
SQUARES = (1e-290, 1e290)  # between which they are exact enough
REVERSING = 0.5  # share of the steps that turn back
Mask = npt.NDArray[np.bool_]


class Ahead(NamedTuple):
    """A minimum that the end of a descent is in the basin of.

    Attributes:
        theta: where it is.
        curvature: there.
        distance: from the last iterate.
    """

    theta: Array
    curvature: Curvature
    distance: float


class Evidence:
    """The numbers of a descent, worked out when they are asked for.

    Args:
        theta, values, gradient, rates: (T+1, n), (T+1,), (T+1, n), (T+1,), up to the last finite iterate.
        coming: learning rates at some steps after the last, which only a schedule makes differ.
        optimizer: what may be concluded about it.
        noise: standard deviation of what the gradients were off by, in each component, at the last.
        sampled: of gradients of some rows of the data, how far they are off along a direction, (n,) → float.
        beyond: the iterate after the last, where the run ended early.
    """

    def __init__(
        self,
        loss: Loss,
        theta: Array,
        values: Array,
        gradient: Array,
        *,
        rates: Array,
        coming: Array,
        optimizer: Optimizer,
        noise: float = 0.0,
        sampled: Callable[[Array], float] | None = None,
        beyond: Array | None = None,
    ) -> None:
        self.loss, self.theta, self.values, self.gradient = loss, theta, values, gradient
        self.optimizer, self.sigma, self.sampled, self.beyond = optimizer, noise, sampled, beyond
        self.last = len(values) - 1
        self.half = self.last // 2
        self.rates, self.rate = rates, float(rates.max())
        highest = float(coming.max())
        self.constant = self.rate == float(rates.min()) == highest == float(coming.min())
        falling = highest <= rates[-1] and bool((rates[1:] <= rates[:-1]).all())
        self.final = float(rates[-1]) if falling else max(self.rate, highest)
        self.run_out = highest <= RUN_OUT * self.rate
        self.first, self.now = float(values[0]), float(values[-1])
        self.top = float(values.max())
        best = min((m.value for m in loss.minima), default=None)
        self.gap = None if best is None else max(0.0, self.now - best)
        self.floor = float(values.min()) if best is None else min(best, self.now)
        self.scale = max(self.top - self.floor, 1e-300)
        self.begun = max(0.0, self.first - self.floor) or self.scale  # what it had to go, wherever it went
        self.size = float(np.linalg.norm([high - low for low, high in loss.domain]))
        self.spread = noise * theta.shape[1] ** 0.5  # what noise adds to the gradient's length
        self.noisy = sampled is not None or self.spread > UNHEARD * TOLERANCE * length(gradient[0])
        self.plain = optimizer.plain and self.constant and not self.noisy  # theory's own case
        with np.errstate(all="ignore"):
            self.slope = loss.gradient(theta[-1]) if noise or sampled is not None else gradient[-1]
        self.steep = length(self.slope)

    @cached_property
    def norms(self) -> Array:
        """Lengths of the gradients, (T+1,)."""
        return _lengths(self.gradient)

    @cached_property
    def steps(self) -> Array:
        return np.asarray(np.diff(self.theta, axis=0))

    @cached_property
    def lengths(self) -> Array:
        """Lengths of the steps, (T,)."""
        return _lengths(self.steps)

    @cached_property
    def gone(self) -> float:
        """How far from its end the descent has been."""
        return float(_lengths(self.theta - self.theta[-1]).max())

    @cached_property
    def small(self) -> Mask:
        """At which iterates the gradient has vanished."""
        return np.asarray(self.norms <= TOLERANCE * self.norms[0])

    @property
    def above_since(self) -> int:
        """The iterate from which on the loss is above its start."""
        below = np.flatnonzero(self.values <= self.first)
        return min(1 + int(below[-1]), self.last)

    @property
    def rising(self) -> bool:
        """Whether the loss is above its start and nowhere higher than now."""
        return self.now > self.first and self.now >= self.top

    @property
    def rises(self) -> Array:
        """The iterates after which the loss is higher, though it had fallen to there."""
        up = np.diff(self.values) > 1e-9 * self.scale
        return np.asarray(np.flatnonzero(up & (np.maximum.accumulate(self.values) > self.values)[:-1]))

    @cached_property
    def quadratic(self) -> Curvature | None:
        """The curvature, where it is everywhere the same."""
        return constant_curvature(self.loss, self.theta[0])

    @cached_property
    def curvature(self) -> Curvature | None:
        """At the end."""
        return self.quadratic or curvature_at(self.loss, self.theta[-1])

    @property
    def convex(self) -> bool:
        """Whether the loss curves upwards in every direction at the end."""
        return self.curvature is not None and convex(self.curvature)

    @cached_property
    def bent(self) -> bool:
        """Whether it curves downwards in some direction at the end, by more than differences are off."""
        if self.curvature is None:
            return False
        moved = max(length(self.theta[-1] - self.theta[0]), 1e-3 * self.size)
        return -self.curvature.low > max(
            CURVED * abs(self.curvature.high), CURVED * self.scale / moved / moved
        )

    @cached_property
    def beside(self) -> bool:
        """Whether a Newton step leads from the end to a point without a gradient, and is short."""
        move = None if self.curvature is None else self.curvature.newton_step(self.slope)
        return move is not None and length(move) <= STALLED * self.gone

    @property
    def beside_a_minimum(self) -> bool:
        """Whether there is a minimum ahead, and little is left of the way to it."""
        return self.ahead is not None and self.ahead.distance <= STALLED * self.way

    @property
    def close_to_a_minimum(self) -> bool:
        """Whether of the way from the start to the minimum little is left, and of the loss too."""
        if self.ahead is None or not self.beside_a_minimum:
            return False
        lowest = float(self.loss.value(self.ahead.theta))
        return self.now - lowest <= STALLED * (self.first - lowest)

    @cached_property
    def way(self) -> float:
        """How far the descent has been from its end, or its start from the minimum ahead, if that is less:
        a first step far out makes nothing near."""
        if self.ahead is None:
            return self.gone
        return min(self.gone, length(self.theta[0] - self.ahead.theta))

    def restless(self, share: float) -> bool:
        """Whether steps that do not shrink with the gradient may get to a share of the way gone."""
        return self.optimizer.normed and self.final > share * self.way

    @cached_property
    def held(self) -> bool:
        """Whether nothing at all moves the descent in the directions in which it curves downwards."""
        if self.curvature is None or self.curvature.vectors is None or self.sigma:
            return False
        down = self.curvature.values < -CURVED * np.abs(self.curvature.values).max()
        return not any((self.gradient * way).sum(axis=1).any() for way in self.curvature.vectors.T[down])

    @cached_property
    def ahead(self) -> Ahead | None:
        """The minimum that Newton's method finds from the end, no farther than a share of the way gone."""
        here, curvature, step = self.theta[-1], self.curvature, 0.0
        for _ in range(NEWTON_STEPS):
            if curvature is None or not convex(curvature):
                return None
            move = curvature.newton_step(self.slope if here is self.theta[-1] else self.loss.gradient(here))
            if move is None:
                return None
            here, step = here + move, length(move)
            distance = length(here - self.theta[-1])
            if not distance <= AROUND * self.gone:
                return None
            curvature = self.quadratic or curvature_at(self.loss, here)
            if step <= MET * distance or self.quadratic or distance <= 1e-8 * self.gone:
                return Ahead(here, curvature, distance) if curvature and convex(curvature) else None
        return None

    @cached_property
    def fate(self) -> str | None:
        """What theory says will happen: "grows", "settles", "neutral", "falls"; None where it is silent.

        On a quadratic of curvature λ, gradient descent multiplies what is left by 1 − ηλ at each step,
        in each eigen-direction by itself; momentum has a limit of its own. Near a minimum every
        smooth loss is a quadratic, nearly.

        Source: Nocedal and Wright (2006), Numerical Optimization, section 3.3; Polyak (1964).
        """
        curvature, margin = self.quadratic, 0.0
        if curvature is not None:
            margin = curvature.precision
        elif self.ahead is not None:
            curvature, margin = self.ahead.curvature, LOCAL
        if curvature is None or self.optimizer.limit is None:
            return None
        values, limit = curvature.values, self.optimizer.limit
        used = self.gradient[0] if self.quadratic else self.slope
        active = np.ones_like(values, dtype=bool) if self.sigma else curvature.along(used) > 0
        reach = values[active]
        down = reach < -margin * np.abs(values).max()
        grows = self.constant and bool((self.rate * reach > limit * (1 + margin)).any())
        if down.any():
            return None if grows else "falls"
        if grows:
            return "grows"
        if (self.final * reach < limit * (1 - margin)).all():
            return "settles"
        exact = self.quadratic is not None and self.constant and self.optimizer.plain
        return "neutral" if exact and not self.noisy else None

    @property
    def all_neutral(self) -> bool:
        """Whether it is at the limit in every direction that it moves in."""
        curvature = self.quadratic
        if curvature is None:
            return False
        active = curvature.values[curvature.along(self.gradient[0]) > 0]
        return bool((np.abs(self.rate * active / 2 - 1) <= curvature.precision).all())

    @property
    def reason(self) -> float | None:
        """2/λmax, where it is what decides: gradient descent with one rate, on a quadratic or near a minimum,
        which moves in the steepest direction too."""
        curvature = self.quadratic or (self.ahead.curvature if self.ahead else None)
        if not self.plain or curvature is None or not curvature.high > 0:
            return None
        used = self.gradient[0] if self.quadratic else self.slope
        return 2 / curvature.high if curvature.along(used)[-1] > 0 else None

    @property
    def best(self) -> float | None:
        """2/(λmin + λmax), the learning rate that is best for such a curvature, where theory holds."""
        curvature = self.quadratic or (self.ahead.curvature if self.ahead else None)
        if not self.plain or curvature is None or not convex(curvature):
            return None
        return 2 / (curvature.low + curvature.high)

    @property
    def calm(self) -> bool:
        """Whether the last steps are short beside the way gone, and no longer than those before."""
        few = max(3, self.last // 10)
        if self.last < few + 2:
            return False
        recent = self.lengths[-few:].max()
        return bool(recent <= 1e-2 * self.gone and recent <= self.lengths[self.half :].max())

    def turns_back(self, since: int, until: int | None = None) -> bool:
        """Whether most steps between two iterates turn back on the one before."""
        steps = self.steps[since:until]
        steps = steps[self.lengths[since:until] > 0]
        return len(steps) >= 3 and reversing(steps)

    @cached_property
    def cycles(self) -> int | None:
        """The iterate from which on it goes between two points, and stays with them; None where it does not.

        A step's Jacobian is I − ηH; of two in a row no eigenvalue may be longer than 1.
        """
        n = self.theta.shape[1]
        if self.last < 4 or n > DENSE or not self.plain or not self.lengths[-1] > 0:
            return None
        near = CYCLE * self.lengths[-1]
        if not np.abs(self.theta[-1] - self.theta[-3]).max() <= near:
            return None
        apart = np.flatnonzero(~(np.abs(self.theta[2:] - self.theta[:-2]).max(axis=1) <= near))
        since = int(apart[-1]) + 1 if len(apart) else 0
        if since > self.half:
            return None
        a, b = (np.eye(n) - self.rate * self.loss.hessian(point) for point in self.theta[-2:])
        if not (np.isfinite(a).all() and np.isfinite(b).all()):
            return None
        return since if np.abs(np.linalg.eigvals(a @ b)).max() <= 1 + 1e-6 else None


def convex(curvature: Curvature) -> bool:
    """Whether all eigenvalues are positive, by more than they are off."""
    return curvature.low > CURVED * max(curvature.high, 0.0) and curvature.high > 0


def reversing(steps: Array) -> bool:
    """Whether most of at least two steps, (m, n), turn back on the one before."""
    return bool((np.einsum("ij,ij->i", steps[1:], steps[:-1]) < 0).mean() >= REVERSING)


def length(vector: Array) -> float:
    """Euclid's, of (n,)."""
    return float(_lengths(vector[None])[0])


def _lengths(vectors: Array) -> Array:
    """Euclid's, (m, n) → (m,), where squares overflow or vanish too."""
    squares = np.einsum("ij,ij->i", vectors, vectors)
    tiny = squares <= SQUARES[0]
    if squares.max(initial=0.0) < SQUARES[1] and not (tiny.any() and vectors[tiny].any()):
        return np.asarray(np.sqrt(squares))
    largest = np.abs(vectors).max(axis=1, initial=0.0)
    scaled = vectors / np.where(largest > 0, largest, 1.0)[:, None]
    return np.asarray(largest * np.sqrt(np.einsum("ij,ij->i", scaled, scaled)))
