"""Descent: from a loss, an optimizer and a start to a trajectory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from gdanim.diagnosis import Diagnosis, Evidence, Outcome
from gdanim.losses.base import Array, Loss
from gdanim.optimizers import Optimizer, Schedule, factors_of, make_optimizer
from gdanim.optimizers.base import Step, from_function
from gdanim.runs import RUN_OPTIONS
from gdanim.sources import Batches, Source, batch_of, source_of, spread_of
from gdanim.spec import OPTIONS
from gdanim.starts import checked_start, start_of

BLOCK = 64  # iterations between looks for an overflow; looking costs as much as a step
LARGEST_BLOCK = 2**20  # learning rates that are laid out at a time


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Where a descent went; frozen, arrays read-only.

    Attributes:
        theta: (T+1, n), the iterates.
        loss: (T+1,), the loss at each.
        gradient: (T+1, n), the gradient that was used at each, noise included.
        rates: (T+1,), the learning rate at each; NaN where it is not known.
        learning_rate: the step size η that the schedule starts from; NaN where it is not known.
        parameters: names of theta's components.
        optimizer: its name, with its options where they are not the defaults; empty where it is not known.
        plain: whether every step is −η times the gradient, as in plain gradient descent.
        schedule: the schedule's name, with its options.
        noise: standard deviation of what was added to the gradient.
        batch_size: how many rows of the data each gradient is of; 0 where it is of all, or there are none.
        seed: of the noise and the batches.
        recorded: the name of a path that was recorded elsewhere; empty for one that was computed.
        label: what tells this run from others beside it; empty where there are none.
        drawn: standard deviation of the numbers that it starts from; 0 where these are not drawn.
        measures: what else says how good each iterate is, such as the accuracy: name → (T+1,).
        outcome: how it ended. Divergence is an outcome; the arrays end at the last finite point.
    """

    theta: Array
    loss: Array
    gradient: Array
    rates: Array
    learning_rate: float
    parameters: tuple[str, ...]
    optimizer: str
    plain: bool
    outcome: Outcome
    schedule: str = "constant"
    noise: float = 0.0
    batch_size: int = 0
    seed: int = 0
    recorded: str = ""
    label: str = ""
    drawn: float = 0.0
    measures: Mapping[str, Array] = field(default_factory=dict)

    @property
    def iterations(self) -> int:
        """T, the number of updates."""
        return len(self.loss) - 1

    @property
    def noisy(self) -> bool:
        """Whether the gradients that were used are not those of the loss."""
        return bool(self.noise or self.batch_size)

    @property
    def seeded(self) -> bool:
        """Whether the seed changes it."""
        return self.noisy or bool(self.drawn)


def descend(
    loss: Loss,
    optimizer: Optimizer | Step | str = "gd",
    *,
    start: Sequence[float] | Array | float | None = None,
    learning_rate: float | None = None,
    iterations: int = 20,
    schedule: Schedule | str = "constant",
    noise: float = 0.0,
    batch_size: int | None = None,
    seed: int = 0,
) -> Trajectory:
    """Run an optimizer down a loss.

    Args:
        optimizer: a pair of functions, a function of gradient, theta and learning rate that returns a
            step, or `NAME:KEY=VALUE,…`.
        start: theta at iterate 0, n numbers; the loss's own when None.
        learning_rate: the step size η; the loss's own when None.
        iterations: T, the number of updates.
        schedule: step → factor on the learning rate, or `NAME:KEY=VALUE,…`.
        noise: standard deviation of what is added to every component of every gradient.
        batch_size: of how many rows of the data each gradient is; all when None.
        seed: of the noise, and of the batches.

    Raises:
        GdanimError: the start has the wrong length, the loss is not finite there, or a number makes no
            sense.

    >>> from gdanim.losses import make_loss
    >>> path = descend(make_loss("quadratic"), start=5, learning_rate=0.1)
    >>> bool(abs(path.theta[20, 0] - (2 + 3 * 0.8**20)) < 1e-12)
    True
    """
    count = OPTIONS["iterations"].value(iterations)
    descent = prepared(
        loss,
        optimizer,
        start=start,
        learning_rate=RUN_OPTIONS["learning_rate"].value(learning_rate),
        iterations=count,
        schedule=schedule,
        noise=RUN_OPTIONS["noise"].value(noise),
        batch_size=RUN_OPTIONS["batch_size"].value(batch_size),
        seed=RUN_OPTIONS["seed"].value(seed),
    )
    return descend_together(loss, [descent], count)[0]


class Descent(NamedTuple):
    """One descent that is about to be made.

    Attributes:
        name, optimizer: of the optimizer, and itself.
        start: (n,).
        learning_rate: the step size η.
        schedule_name, factors: the schedule's name, and its factor at each iterate, (T+1,).
        coming: its factors at some steps after the last; not finite where it goes no further.
        source: where its gradients come from.
        drawn, seed: the deviation and the seed of a start that is drawn.
    """

    name: str
    optimizer: Optimizer
    start: Array
    learning_rate: float
    schedule_name: str
    factors: Array
    coming: Array
    source: Source
    drawn: float = 0.0
    seed: int = 0


def prepared(
    loss: Loss,
    optimizer: Optimizer | Step | str,
    *,
    start: Sequence[float] | Array | float | None,
    learning_rate: float | None,
    iterations: int,
    schedule: Schedule | str,
    noise: float,
    seed: int,
    batch_size: int | None = None,
    init: float | None = None,
) -> Descent:
    """Find out what a descent needs; what makes no sense is refused here, before anything is computed."""
    named = isinstance(schedule, str)
    factors, coming = factors_of(schedule, iterations)
    if isinstance(optimizer, str):
        name, pair = optimizer.strip().rstrip(":"), make_optimizer(optimizer, loss)
    else:
        name = getattr(optimizer, "__name__", "custom")
        pair = optimizer if isinstance(optimizer, Optimizer) else from_function(optimizer)
    if init is not None:
        start = start_of(loss, init, seed)
    usual = loss.learning_rate if pair.usual is None else pair.usual
    return Descent(
        name=name,
        optimizer=pair,
        start=checked_start(loss, loss.start if start is None else start),
        learning_rate=usual if learning_rate is None else learning_rate,
        schedule_name=str(schedule).strip().rstrip(":") if named else "custom",
        factors=factors,
        coming=coming,
        source=source_of(noise, seed, batch_of(loss, batch_size)),
        drawn=init or 0.0,
        seed=seed,
    )


def descend_together(loss: Loss, descents: Sequence[Descent], iterations: int) -> list[Trajectory]:
    """A trajectory for each descent; those that share optimizer and source descend by broadcasting."""
    groups: dict[Any, list[int]] = {}
    for number, descent in enumerate(descents):
        key = (descent.name, descent.source) if descent.name != "custom" else number
        groups.setdefault(key, []).append(number)
    found: dict[int, Trajectory] = {}
    for numbers in groups.values():
        batch = [descents[number] for number in numbers]
        found.update(zip(numbers, _descend(loss, batch, iterations), strict=True))
    return [found[number] for number in range(len(descents))]


def _descend(loss: Loss, batch: Sequence[Descent], iterations: int) -> list[Trajectory]:
    """The same for descents of one optimizer and one source."""
    optimizer, starts = batch[0].optimizer, np.array([descent.start for descent in batch])
    rates = np.array([descent.factors * descent.learning_rate for descent in batch])
    theta = np.empty((iterations + 1, *starts.shape))
    gradient = np.empty_like(theta)
    theta[0], state = starts, optimizer.init(starts)
    sample, update, add = batch[0].source.of(loss), optimizer.update, np.add
    with np.errstate(all="ignore"):
        here, reached, length = theta[0], 0, max(1, min(BLOCK, LARGEST_BLOCK // starts.size))
        while reached < iterations and np.isfinite(here).all(axis=-1).any():
            block = slice(reached, min(reached + length, iterations))
            # In theta's shape: to broadcast them costs more than the product itself.
            etas = np.repeat(rates.T[block, :, None], starts.shape[1], axis=2)
            for slope, there, eta in zip(gradient[block], theta[1:][block], etas, strict=True):
                sample(here, slope)
                step, state = update(slope, state, here, eta)
                here = add(here, step, there)
            reached = block.stop
        sample(theta[reached], gradient[reached])
        # From here on each run by itself, (R, T+1, n), in one piece of memory.
        theta = np.ascontiguousarray(theta[: reached + 1].swapaxes(0, 1))
        gradient = np.ascontiguousarray(gradient[: reached + 1].swapaxes(0, 1))
        values = np.asarray(loss.value(theta))
        # One look at all runs; a sum tells it, but where it overflows itself.
        whole = bool(np.isfinite(values.sum() + (theta.sum() + gradient.sum())))
    return [
        _trajectory(loss, *each, whole) for each in zip(batch, theta, values, gradient, rates, strict=True)
    ]


def _trajectory(
    loss: Loss,
    descent: Descent,
    theta: Array,
    values: Array,
    gradient: Array,
    rates: Array,
    whole: bool,
) -> Trajectory:
    """One run's arrays up to its last finite point, frozen; `whole` where all is known to be finite."""
    asked = len(rates) - 1
    count = len(values) if whole else _finite(theta, values, gradient)
    beyond = theta[count].copy() if count < len(values) else None
    theta, values, gradient, rates = _frozen(count, theta, values, gradient, rates)
    source = descent.source
    batch_size = source.size if isinstance(source, Batches) else 0
    seen = Evidence(
        loss,
        theta,
        values,
        gradient,
        rates=rates,
        coming=descent.coming * descent.learning_rate,
        optimizer=descent.optimizer,
        noise=spread_of(source, loss, theta[-1]),
        sampled=partial(spread_of, source, loss, theta[-1]) if batch_size else None,
        beyond=beyond,
    )
    return Trajectory(
        theta=theta,
        loss=values,
        gradient=gradient,
        rates=rates,
        learning_rate=float(descent.learning_rate),
        parameters=loss.parameters,
        optimizer=descent.name,
        plain=descent.optimizer.plain,
        schedule=descent.schedule_name,
        noise=source.deviation,
        batch_size=batch_size,
        seed=descent.seed if descent.drawn else source.seed,
        drawn=descent.drawn,
        measures=loss.measures(theta, values),
        outcome=Diagnosis(seen).outcome(asked),
    )


def recorded(loss: Loss, theta: Array, name: str) -> Trajectory:
    """The trajectory of a path that was recorded elsewhere, with the loss and its gradient along it.

    Args:
        theta: (T+1, n).
        name: what the path is called.

    Raises:
        GdanimError: the loss or its gradient is not finite at the path's beginning.
    """
    checked_start(loss, theta[0])
    asked, unknown = len(theta) - 1, np.full(len(theta), np.nan)
    with np.errstate(all="ignore"):
        values, gradient = np.asarray(loss.value(theta)), loss.gradient(theta)
    count = _finite(theta, values, gradient)
    beyond = theta[count].copy() if count <= asked else None
    theta, values, gradient, rates = _frozen(count, theta.copy(), values, gradient, unknown)
    # Of an optimizer that is not known nothing is concluded, nor of its learning rate.
    constant = np.ones(len(theta))
    optimizer = from_function(lambda g, theta, eta: -eta * g)
    seen = Evidence(
        loss, theta, values, gradient, rates=constant, coming=constant, optimizer=optimizer, beyond=beyond
    )
    return Trajectory(
        theta=theta,
        loss=values,
        gradient=gradient,
        rates=rates,
        learning_rate=np.nan,
        parameters=loss.parameters,
        optimizer="",
        plain=False,
        recorded=name,
        measures=loss.measures(theta, values),
        outcome=Diagnosis(seen).outcome(asked),
    )


def _finite(theta: Array, values: Array, gradient: Array) -> int:
    """How many iterates are finite in all they have."""
    finite = np.isfinite(values) & np.isfinite(theta).all(axis=-1) & np.isfinite(gradient).all(axis=-1)
    return len(values) if finite.all() else int(np.argmin(finite))


def _frozen(count: int, *arrays: Array) -> tuple[Array, ...]:
    """The first rows of each, read-only; copied where there are more, so that these can be forgotten."""
    parts = tuple(array if count == len(array) else array[:count].copy() for array in arrays)
    for part in parts:
        part.flags.writeable = False
    return parts
