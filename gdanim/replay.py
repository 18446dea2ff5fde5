"""Replay: what an optimizer remembers at every iterate, found by doing a run's updates again."""

from __future__ import annotations

import numpy as np

from gdanim.descent import Trajectory
from gdanim.losses.base import Array, Loss
from gdanim.optimizers import OPTIMIZERS, make_optimizer

States = dict[str, Array]


def states_of(loss: Loss, run: Trajectory) -> States:
    """Each named part of the optimizer's state, as it is when the run has come to an iterate.

    Returns:
        name → (T+1, n), or (T+1,) for a part that all parameters share; row k after k updates, so that
        row 0 is what the optimizer begins with. Empty where nothing is remembered that has a name.

    >>> from gdanim import Spec, trace
    >>> from gdanim.losses import make_loss
    >>> run = trace(Spec(optimizer="momentum", iterations=2))[0]
    >>> states_of(make_loss("quadratic"), run)["v"].ravel().round(3).tolist()
    [0.0, 6.0, 10.2]
    """
    names = state_names(loss, run)
    if not names:
        return {}
    optimizer = make_optimizer(run.optimizer, loss)
    state = optimizer.init(run.theta[:1])
    kept = [state[1:]]
    with np.errstate(all="ignore"):
        for k in range(run.iterations):
            here, rate = slice(k, k + 1), float(run.rates[k])
            _, state = optimizer.update(run.gradient[here], state, run.theta[here], rate)
            kept.append(state[1:])
    parts = zip(names, zip(*kept, strict=True), strict=True)
    return {
        name: np.array([np.asarray(value).squeeze(0) if np.ndim(value) else value for value in values])
        for name, values in parts
    }


def state_names(loss: Loss, run: Trajectory) -> tuple[str, ...]:
    """What a run's optimizer remembers that has a name."""
    if run.optimizer.partition(":")[0] not in OPTIMIZERS:  # recorded, or a function of one's own
        return ()
    return make_optimizer(run.optimizer, loss).state_names
