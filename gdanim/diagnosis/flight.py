"""Ways out: downhill without a floor, so far that nothing leads back, or up into the ends of the numbers."""

from __future__ import annotations

import numpy as np

from gdanim.diagnosis.evidence import Evidence
from gdanim.diagnosis.outcome import Outcome
from gdanim.losses.base import Array

HUGE = 1e100  # a loss above this is about to overflow
HIGHER = 1e3  # times as high as the start: no swing, but a way out
LONGER = 2.0  # times as long: steps that grow
LOST = 1e3  # of the landscape's size away
STRIDE = 10.0  # times η: steps of what divides by its gradients' length are seldom longer
NO_WAY_BACK = 1e4  # times as many iterations do not lead back


def outside(seen: Evidence) -> tuple[Array, float]:
    """How far outside its landscape each iterate is, (T+1,), negative inside; and how wide that is."""
    low, high = np.array(seen.loss.domain).T
    return np.asarray(np.maximum(low - seen.theta, seen.theta - high).max(axis=1)), float((high - low).max())


def running_away(seen: Evidence, *, overflow: bool = False) -> Outcome | None:
    """Far outside its landscape the loss falls with ever longer steps, and has no floor ahead."""
    if seen.gap is not None or seen.last < 2 or not seen.now < seen.values[seen.half]:
        return None
    beyond, widest = outside(seen)
    longer = seen.lengths[-1] > LONGER * seen.lengths[seen.half] and seen.lengths[-1] > seen.lengths[-2]
    if beyond[-1] <= widest or not longer:
        return None
    if not (overflow or (not seen.optimizer.normed and no_floor(seen))):
        return None
    return Outcome("unbounded", int(np.argmax(beyond > 0)), overflow=overflow)


def no_floor(seen: Evidence) -> bool:
    """Whether the loss falls on and on where the last step points."""
    ahead = seen.size * 2.0 ** np.arange(0, 30)[:, None] * seen.steps[-1] / seen.lengths[-1]
    values = np.asarray(seen.loss.value(seen.theta[-1] + ahead))
    return bool((np.diff(values, prepend=seen.now) < 0).all())


def lost(seen: Evidence) -> Outcome | None:
    """So far away, after steps that grew, that steps of some η do not lead back, however many."""
    if not (seen.optimizer.normed or seen.optimizer.fading) or not seen.gone > LOST * seen.size:
        return None
    beyond, _ = outside(seen)
    stride = max(float(seen.lengths[-1]), STRIDE * seen.final)
    if not beyond[-1] > NO_WAY_BACK * seen.last * stride:
        return None
    inside = np.flatnonzero(beyond <= 0)
    since = 1 + int(inside[-1]) if len(inside) else 1
    return Outcome("diverged", seen.above_since if seen.now > seen.first else since)


def far_out(seen: Evidence) -> bool:
    """Many landscapes away, and high above the start."""
    beyond, widest = outside(seen)
    return bool(beyond[-1] > LOST * widest) and high_above(seen)


def high_above(seen: Evidence) -> bool:
    """Whether the loss is so many times as high as at the start, from the lowest that is known."""
    return bool(seen.now - seen.floor > HIGHER * (seen.first - seen.floor))


def explodes(seen: Evidence) -> bool:
    """Whether steps that grow with the gradient have led to where the numbers are about to end."""
    by_slope = seen.optimizer.limit is not None
    by_slope |= seen.optimizer.normed and bool(seen.lengths[-1] > LOST * STRIDE * seen.final)
    return by_slope and seen.now > HUGE


def out_of_bounds(seen: Evidence) -> bool:
    """Far outside the landscape and far above the start, with steps that grow with the gradient."""
    if seen.optimizer.limit is None:
        return False
    beyond, widest = outside(seen)
    far = beyond[-1] > widest and high_above(seen)
    return bool(far) and seen.last > 2 and bool(seen.lengths[-1] > LONGER * seen.lengths[seen.half])
