"""Descent: from a loss, an optimizer and a start to a trajectory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdanim.diagnosis import Outcome, diagnose
from gdanim.errors import GdanimError
from gdanim.losses import make_loss
from gdanim.losses.base import Array, Loss
from gdanim.optimizers import Optimizer, gd
from gdanim.spec import Spec

CHECK_EVERY = 64  # iterations between looks for an overflow; looking costs as much as a step


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Where a descent went; frozen, arrays read-only.

    Attributes:
        theta: (T+1, n), the iterates.
        loss: (T+1,), the loss at each.
        gradient: (T+1, n), the gradient at each.
        learning_rate: the step size η.
        parameters: names of theta's components.
        optimizer: its name.
        label: what tells this run from others beside it.
        outcome: how it ended. Divergence is an outcome; the arrays end at the last finite point.
    """

    theta: Array
    loss: Array
    gradient: Array
    learning_rate: float
    parameters: tuple[str, ...]
    optimizer: str
    label: str
    outcome: Outcome

    @property
    def iterations(self) -> int:
        """T, the number of updates."""
        return len(self.loss) - 1


def descend(
    loss: Loss,
    optimizer: Optimizer | None = None,
    *,
    start: tuple[float, ...] | Array | None = None,
    learning_rate: float | None = None,
    iterations: int = 20,
    name: str = "gd",
    label: str = "",
) -> Trajectory:
    """Run an optimizer down a loss.

    Args:
        optimizer: gradient descent when None.
        start: theta at iterate 0, n numbers; the loss's own when None.
        learning_rate: the step size η; the loss's own when None.
        iterations: T, the number of updates.
        name, label: carried into the trajectory.

    Raises:
        GdanimError: the start has the wrong length, or the loss is not finite there.

    >>> from gdanim.losses import make_loss
    >>> path = descend(make_loss("quadratic"), start=(5.0,), learning_rate=0.1)
    >>> bool(abs(path.theta[20, 0] - (2 + 3 * 0.8**20)) < 1e-12)
    True
    """
    optimizer = optimizer or gd()
    rate = loss.learning_rate if learning_rate is None else learning_rate
    origin = _checked_start(loss, loss.start if start is None else start)
    theta = np.empty((iterations + 1, origin.size))
    gradient = np.empty_like(theta)
    theta[0], state = origin, optimizer.init(origin)
    reached = iterations
    with np.errstate(all="ignore"):
        for k in range(iterations):
            gradient[k] = slope = loss.gradient(theta[k])
            step, state = optimizer.update(slope, state, theta[k], rate)
            theta[k + 1] = theta[k] + step
            if k % CHECK_EVERY == 0 and not np.isfinite(theta[k + 1]).all():
                reached = k + 1
                break
        gradient[reached] = loss.gradient(theta[reached])
        values = np.asarray(loss.value(theta[: reached + 1]))
    finite = np.isfinite(values)
    for part in (theta, gradient):
        finite &= np.isfinite(part[: reached + 1]).all(axis=-1)
    count = len(values) if finite.all() else int(np.argmin(finite))
    arrays = theta[:count].copy(), values[:count].copy(), gradient[:count].copy()
    for array in arrays:
        array.flags.writeable = False
    return Trajectory(
        *arrays,
        learning_rate=rate,
        parameters=loss.parameters,
        optimizer=name,
        label=label,
        outcome=diagnose(loss, arrays[0], arrays[1], rate, iterations),
    )


def loss_of(spec: Spec) -> Loss:
    """The loss that a Spec names, with as many parameters as its start has numbers."""
    return make_loss(
        spec.loss,
        dimension=None if spec.start is None else len(spec.start),
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
    run = descend(
        loss or loss_of(spec),
        start=spec.start,
        learning_rate=spec.learning_rate,
        iterations=spec.iterations,
    )
    return (run,)


def arrivals(loss: Loss, run: Trajectory, starts: Array, iterations: int = 100) -> Array:
    """Where many starts are after so many iterations of a run's optimizer and learning rate.

    Args:
        starts: (..., n); all descend at once.

    Returns:
        (..., n), not finite where a start diverges.
    """
    optimizer = gd()
    with np.errstate(all="ignore"):
        theta, state = np.array(starts, dtype=np.float64), optimizer.init(starts)
        for _ in range(iterations):
            step, state = optimizer.update(loss.gradient(theta), state, theta, run.learning_rate)
            theta += step
    return theta


def _checked_start(loss: Loss, start: tuple[float, ...] | Array) -> Array:
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
