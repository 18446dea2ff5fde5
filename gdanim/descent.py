"""Descent: from a loss, an optimizer and a start to a trajectory."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np

from gdanim.diagnosis import Diagnosis, Outcome
from gdanim.errors import GdanimError
from gdanim.losses import make_loss
from gdanim.losses.base import Array, Loss
from gdanim.optimizers import Optimizer, Schedule, make_optimizer, make_schedule
from gdanim.optimizers.schedules import constant
from gdanim.spec import Spec

CHECK_EVERY = 64  # iterations between looks for an overflow; looking costs as much as a step


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Where a descent went; frozen, arrays read-only.

    Attributes:
        theta: (T+1, n), the iterates.
        loss: (T+1,), the loss at each.
        gradient: (T+1, n), the gradient that was used at each, noise included.
        rates: (T+1,), the learning rate at each.
        learning_rate: the step size η that the schedule starts from.
        parameters: names of theta's components.
        optimizer: its name, with its options where they are not the defaults.
        noise: standard deviation of what was added to the gradient.
        label: what tells this run from others beside it; empty where there are none.
        outcome: how it ended. Divergence is an outcome; the arrays end at the last finite point.
    """

    theta: Array
    loss: Array
    gradient: Array
    rates: Array
    learning_rate: float
    parameters: tuple[str, ...]
    optimizer: str
    noise: float
    label: str
    outcome: Outcome

    @property
    def iterations(self) -> int:
        """T, the number of updates."""
        return len(self.loss) - 1

    @property
    def plain(self) -> bool:
        """Whether every step is −η times the gradient, as in no optimizer but gradient descent."""
        return self.optimizer == "gd"


def descend(
    loss: Loss,
    optimizer: Optimizer | str = "gd",
    *,
    start: tuple[float, ...] | Array | None = None,
    learning_rate: float | None = None,
    iterations: int = 20,
    schedule: Schedule | None = None,
    noise: float = 0.0,
    seed: int = 0,
) -> Trajectory:
    """Run an optimizer down a loss.

    Args:
        optimizer: a pair of functions, or `NAME:KEY=VALUE,…`.
        start: theta at iterate 0, n numbers; the loss's own when None.
        learning_rate: the step size η; the loss's own when None.
        iterations: T, the number of updates.
        schedule: step → factor on the learning rate; constant when None.
        noise: standard deviation of what is added to every component of every gradient.
        seed: of the noise.

    Raises:
        GdanimError: the start has the wrong length, or the loss is not finite there.

    >>> from gdanim.losses import make_loss
    >>> path = descend(make_loss("quadratic"), start=(5.0,), learning_rate=0.1)
    >>> bool(abs(path.theta[20, 0] - (2 + 3 * 0.8**20)) < 1e-12)
    True
    """
    name = optimizer if isinstance(optimizer, str) else "custom"
    pair = make_optimizer(optimizer, loss) if isinstance(optimizer, str) else optimizer
    origin = checked_start(loss, loss.start if start is None else start)
    rate = loss.learning_rate if learning_rate is None else learning_rate
    runs = Batch(loss, name, pair, origin[None], np.array([rate]), ("",))
    return runs.descend(iterations, schedule or constant(), noise, seed)[0]


class Batch(NamedTuple):
    """Runs of one optimizer, which descend together by broadcasting.

    Attributes:
        starts: (R, n).
        rates: (R,).
        labels: R of them.
    """

    loss: Loss
    name: str
    optimizer: Optimizer
    starts: Array
    rates: Array
    labels: tuple[str, ...]

    def descend(self, iterations: int, schedule: Schedule, noise: float, seed: int) -> list[Trajectory]:
        """A trajectory for each run; every run meets the same noise."""
        factors = np.array([_factor(schedule, k) for k in range(iterations + 1)])
        theta = np.empty((iterations + 1, *self.starts.shape))
        gradient = np.empty_like(theta)
        rng, shape = np.random.default_rng(seed), self.starts.shape[1:]
        theta[0], state = self.starts, self.optimizer.init(self.starts)
        etas, reached = factors[:, None, None] * self.rates[:, None], iterations
        slope_at, update = self.loss.gradient, self.optimizer.update
        with np.errstate(all="ignore"):
            here = theta[0]
            for k in range(iterations):
                slope = slope_at(here)
                if noise:
                    slope = slope + rng.normal(0.0, noise, shape)
                gradient[k] = slope
                step, state = update(slope, state, here, etas[k])
                there = theta[k + 1]
                here = np.add(here, step, out=there)
                if k % CHECK_EVERY == 0 and not np.isfinite(here).all(axis=-1).any():
                    reached = k + 1
                    break
            last = self.loss.gradient(theta[reached])
            gradient[reached] = last + rng.normal(0.0, noise, shape) if noise else last
            values = np.asarray(self.loss.value(theta[: reached + 1]))
        return [
            self._trajectory(
                run,
                theta[: reached + 1, run],
                values[:, run],
                gradient[: reached + 1, run],
                factors * self.rates[run],
                noise,
            )
            for run in range(len(self.starts))
        ]

    def _trajectory(
        self, run: int, theta: Array, values: Array, gradient: Array, rates: Array, noise: float
    ) -> Trajectory:
        """One run's arrays up to its last finite point, frozen."""
        asked = len(rates) - 1
        finite = np.isfinite(values) & np.isfinite(theta).all(axis=-1) & np.isfinite(gradient).all(axis=-1)
        count = len(values) if finite.all() else int(np.argmin(finite))
        theta, values, gradient, rates = (part[:count].copy() for part in (theta, values, gradient, rates))
        for array in (theta, values, gradient, rates):
            array.flags.writeable = False
        diagnosis = Diagnosis(
            self.loss,
            theta,
            values,
            gradient,
            learning_rate=float(rates.max()),
            optimizer=self.name.partition(":")[0],
        )
        return Trajectory(
            theta=theta,
            loss=values,
            gradient=gradient,
            rates=rates,
            learning_rate=float(self.rates[run]),
            parameters=self.loss.parameters,
            optimizer=self.name,
            noise=noise,
            label=self.labels[run],
            outcome=diagnosis.outcome(asked, noisy=noise > 0),
        )


def _factor(schedule: Schedule, k: int) -> float:
    try:
        factor = float(schedule(k))
    except (ZeroDivisionError, OverflowError):
        factor = float("nan")
    if not 0 <= factor < float("inf"):
        raise GdanimError(
            f"at step {k} the learning rate would not be a finite number from 0 up; choose other options",
            where=["schedule"],
        )
    return factor


def loss_of(spec: Spec) -> Loss:
    """The loss that a Spec names, with as many parameters as its start has numbers."""
    return make_loss(
        spec.loss,
        dimension=None if spec.starts[0] is None else len(spec.starts[0]),
        constants=dict(spec.let),
        parameters=spec.parameters,
    )


def trace(spec: Spec, loss: Loss | None = None) -> tuple[Trajectory, ...]:
    """The trajectories behind a Spec, one for each run it compares.

    Args:
        loss: what `loss_of` made of the Spec, where that is at hand.

    >>> [round(float(run.theta[-1, 0]), 3) for run in trace(Spec(iterations=1))]
    [4.4]
    """
    loss = loss or loss_of(spec)
    schedule = make_schedule(spec.schedule, spec.iterations)
    runs: list[Trajectory] = []
    for name in (call.strip().rstrip(":") for call in spec.optimizers):
        optimizer = make_optimizer(name, loss)
        pairs = list(product(spec.starts, spec.learning_rates))
        starts = [checked_start(loss, loss.start if start is None else start) for start, _ in pairs]
        rates = [loss.learning_rate if rate is None else rate for _, rate in pairs]
        labels = tuple(label(spec, name, *pair) for pair in zip(starts, rates, strict=True))
        batch = Batch(loss, name, optimizer, np.array(starts), np.array(rates), labels)
        runs += batch.descend(spec.iterations, schedule, spec.noise, spec.seed)
    return tuple(runs)


def label(spec: Spec, optimizer: str, start: Array, rate: float) -> str:
    """What tells a run from the others: only what differs.

    >>> label(Spec(learning_rate=(0.1, 0.5)), "gd", np.array([5.0]), 0.5)
    'lr=0.5'
    """
    parts = []
    if len(spec.optimizers) > 1:
        parts.append(optimizer)
    if len(spec.learning_rates) > 1:
        parts.append(f"lr={rate:g}")
    if len(spec.starts) > 1:
        parts.append("start=" + ",".join(f"{x:g}" for x in start))
    return " ".join(parts)


def arrivals(loss: Loss, run: Trajectory, starts: Array, iterations: int = 100) -> Array:
    """Where many starts are after so many iterations of a run's optimizer and learning rate.

    Args:
        starts: (..., n); all descend at once.

    Returns:
        (..., n), not finite where a start diverges.
    """
    optimizer = make_optimizer(run.optimizer, loss)
    with np.errstate(all="ignore"):
        theta, state = np.array(starts, dtype=np.float64), optimizer.init(starts)
        for k in range(iterations):
            rate = float(run.rates[min(k, run.iterations)])
            step, state = optimizer.update(loss.gradient(theta), state, theta, rate)
            theta += step
    return theta


def checked_start(loss: Loss, start: tuple[float, ...] | Array) -> Array:
    """The start as an array of n finite numbers at which the loss and its gradient are finite too."""
    origin = np.asarray(start, dtype=np.float64)
    n = len(loss.parameters)
    names = ", ".join(loss.parameters)
    if origin.shape != (n,):
        raise GdanimError(
            f"{loss.name} takes {n} number{'s' if n > 1 else ''} ({names}), not {origin.size}",
            where=["start"],
        )
    with np.errstate(all="ignore"):
        value, slope = loss.value(origin), loss.gradient(origin)
    if not (np.isfinite(value) and np.isfinite(slope).all()):
        place = ", ".join(f"{p} = {x:g}" for p, x in zip(loss.parameters, origin, strict=True))
        raise GdanimError(f"the loss or its gradient is not finite at {place}", where=["start"])
    return origin
