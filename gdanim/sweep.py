"""Sweep: one descent at many learning rates at once, for its losses alone."""

from __future__ import annotations

import numpy as np

from gdanim.descent import Trajectory
from gdanim.losses.base import Array, Loss
from gdanim.optimizers import make_optimizer
from gdanim.sources import source_of

TOGETHER = 16_384  # numbers of parameters, of all rates and some iterates, whose losses are found at once
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
    block = max(1, TOGETHER // theta.size)
    with np.errstate(all="ignore"):
        for first in range(0, len(factors), block):
            visited = []
            for factor in factors[first : first + block]:
                visited.append(theta)
                slope = np.empty_like(theta)  # a new one, since a state may keep it
                sample(theta, slope)
                step, state = optimizer.update(slope, state, theta, rates[:, None] * factor)
                theta = theta + step
            points = np.concatenate(visited)  # at once, since a call costs more than what it does
            values[first : first + block] = loss.value(points).reshape(len(visited), -1)
            inside = np.abs(points).max(axis=1) < FAR_OUT
            far[first : first + block] = ~inside.reshape(len(visited), -1)
    gone = np.isnan(values)
    for column in np.flatnonzero(gone.any(axis=0)):
        k = int(gone[:, column].argmax())
        rose = k > 0 and values[k - 1, column] >= values[0, column]
        values[k:, column] = (np.inf if rose else -np.inf) if far[k, column] else np.nan
    return values
