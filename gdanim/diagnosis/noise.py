"""What noise leaves to be said of a descent: whether it goes on down, or wanders about a minimum."""

from __future__ import annotations

import numpy as np

from gdanim.diagnosis.evidence import Evidence
from gdanim.diagnosis.outcome import Outcome
from gdanim.losses.base import Array

LONG_STRIDE = 5e-2  # of the way gone: steps of so many η wander as far as that
ENOUGH = 10  # steps, fewer show no wandering
QUARTERS = 8  # steps from which on the last quarter is compared with the one before
ABOUT = 3.0  # times the spread that noise upholds: what is farther away is not there for the noise
TREND = 1.0  # of the loss's own spread: between two quarters a smooth fall makes 1.7
ABOVE = 4.0  # times the loss that noise upholds: from so high, it goes on down
RISING = 0.25  # of the steps: noise about a minimum leads up as often as down
STEADY = 0.5  # times as long as before: steps that noise upholds
DROWNED = 0.1  # of the slope: weaker noise moves nothing about


def along(seen: Evidence) -> float:
    """The noise's standard deviation along the gradient, which is what may outweigh |∇L|.

    Noise that is added is as strong in every direction; of batches it is not.
    """
    return seen.sigma if seen.sampled is None or not seen.steep else seen.sampled(seen.slope)


def wanders(seen: Evidence) -> bool:
    """Whether it is as near a minimum as the noise lets it come: on both sides of it in the later half,
    in each direction, and no nearer at the end than before."""
    if seen.ahead is None or not seen.convex or seen.last < ENOUGH or seen.restless(LONG_STRIDE):
        return False
    vectors = seen.ahead.curvature.vectors
    assert vectors is not None  # or no minimum would have been found
    away = (seen.theta[seen.half :] - seen.ahead.theta) @ vectors
    typical = np.sqrt((away * away).mean(axis=0))
    if not ((away.min(axis=0) < 0) & (away.max(axis=0) > 0) & (np.abs(away[-1]) <= ABOUT * typical)).all():
        return False
    upheld = spreads(seen)
    level = seen.steep <= 2 * seen.spread if upheld is None else bool((typical <= ABOUT * upheld).all())
    rises = (np.diff(seen.values[seen.half :]) > 0).mean() >= RISING
    third, fourth = np.array_split(seen.lengths[seen.half :], 2)
    moves = fourth.mean() >= STEADY * third.mean()
    if not (by_rule(seen) and rises and moves):
        return False
    early, late, spread = quarters(seen)
    return level and abs(early - late) <= TREND * spread


def descends(seen: Evidence) -> bool:
    """Whether it goes down, by more than it moves to and fro, from far above what noise upholds."""
    early, late, spread = quarters(seen)
    if not (late < early and seen.now < early) or early - late < TREND * spread:
        return False
    if not by_rule(seen):
        return False
    told = seen.optimizer.limit is not None and (seen.quadratic is not None or seen.ahead is not None)
    if told and seen.fate not in ("settles", "falls"):
        return False
    upheld = spreads(seen)
    if upheld is None or seen.ahead is None:
        short = seen.ahead is None or bool(seen.ahead.distance > seen.lengths[-1])
        return seen.last >= QUARTERS and short
    left = late - float(seen.loss.value(seen.ahead.theta))
    return left > ABOVE * float((seen.ahead.curvature.values * upheld * upheld).sum()) / 2


def by_rule(seen: Evidence) -> bool:
    """Whether the steps are the gradients, added up or divided by their size: what looks along the step,
    or takes curvature from differences, does other things with noise."""
    return seen.optimizer.limit is not None or seen.optimizer.normed or seen.optimizer.fading


def quarters(seen: Evidence) -> tuple[float, float, float]:
    """The mean loss of the third quarter and of the last, and how far the loss spreads in both; of few
    steps, those of the halves."""
    half = seen.half if seen.last >= QUARTERS else 0
    later = half + (seen.last - half) // 2
    early, late = seen.values[half : later + 1], seen.values[later:]
    return float(early.mean()), float(late.mean()), float(seen.values[half:].std())


def spreads(seen: Evidence) -> Array | None:
    """How far noise keeps gradient descent from a minimum, in each eigen-direction; None for any other.

    Of w ← (1 − ηλ) w − ηξ with ξ of variance σ², the variance settles at ησ²/(λ(2 − ηλ)).
    """
    if seen.ahead is None or not (seen.optimizer.plain and seen.constant):
        return None
    bent = seen.rate * seen.ahead.curvature.values
    if not (bent < 2).all():
        return None
    return np.asarray(seen.rate * seen.sigma / np.sqrt(bent * (2 - bent)))


def so_far(seen: Evidence) -> Outcome:
    """What the numbers show, and no more."""
    if seen.now < seen.first and seen.now <= seen.values.min():
        return Outcome("falling", seen.last)
    if seen.spread < DROWNED * seen.steep and len(seen.rises):
        return Outcome("overshooting", int(seen.rises[0]))
    return Outcome("noisy-on", seen.last)
