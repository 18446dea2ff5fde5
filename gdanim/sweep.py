"""Sweep: one descent at many learning rates at once, for its losses alone."""

from __future__ import annotations

import numpy as np

from gdanim.descent import Trajectory
from gdanim.losses.base import Array, Loss
from gdanim.optimizers import make_optimizer
from gdanim.sources import source_of

FAR_OUT = 1e50  # a parameter beyond this is about to overflow


def sweep(loss: Loss, run: Trajectory, rates: Array, factors: Array) -> Array:
    """The loss along descents that differ from a run in their learning rate only.

    Args:
        rates: (R,), the learning rates; all descend at once.
        factors: (T+1,), the schedule's factor at each iterate.

    Returns:
        (T+1, R). From where numbers overflow on it is infinite, with the sign of where it went; where
        the loss has no value, outside its domain, it is NaN from there on.
    """
    optimizer, sample = (
        make_optimizer(run.optimizer, loss),
        source_of(run.noise, run.seed, run.batch_size).of(loss),
    )
    theta = np.repeat(run.theta[:1], len(rates), axis=0)
    state = optimizer.init(theta)
    values, far = np.empty((len(factors), len(rates))), np.zeros((len(factors), len(rates)), dtype=bool)
    with np.errstate(all="ignore"):
        for k, factor in enumerate(factors):
            values[k] = loss.value(theta)
            far[k] = ~(np.abs(theta).max(axis=1) < FAR_OUT)
            if k + 1 < len(factors):
                slope = np.empty_like(theta)  # a new one, since a state may keep it
                sample(theta, slope)
                step, state = optimizer.update(slope, state, theta, rates[:, None] * factor)
                theta = theta + step
    gone = np.isnan(values)
    for column in np.flatnonzero(gone.any(axis=0)):
        k = int(gone[:, column].argmax())
        rose = k > 0 and values[k - 1, column] >= values[0, column]
        values[k:, column] = (np.inf if rose else -np.inf) if far[k, column] else np.nan
    return values
