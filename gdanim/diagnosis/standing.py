"""Where a descent that hardly moves has come to: a minimum, a saddle, a maximum, a plateau."""

from __future__ import annotations

import numpy as np

from gdanim.diagnosis import flight
from gdanim.diagnosis.evidence import CURVED, SMALL_STRIDE, Evidence
from gdanim.diagnosis.outcome import Outcome

FLAT = 10.0  # times as far as the landscape is wide: where the slope would lead down to the minimum
STILL = 2e-3  # of the range of the loss: less than this is nothing gained
ASIDE = (0.01, -0.01, 0.05, -0.05)  # of the landscape's size: where it is looked at beside a flat spot
LOCAL_GAP = 1e-4  # of the loss at the start: as much higher is another minimum than the best
LEFT = 1e-6  # of the way down: more than this is not rounding
ROUNDING = 1e-12  # of the curvature: less than this is none
LEAVING = 0.5  # as much steeper, in logarithms, as many steps again may make it
AGAIN = 50.0  # times as many iterations: for so long the slope has to lead down by less than the gap


def at_rest(seen: Evidence) -> Outcome | None:
    """Not even the last bit moves any more, though there is a slope."""
    theta = seen.theta[seen.half :]
    if seen.steep == 0 or (theta[-2:] != theta[-1]).any() or (theta != theta[-1]).any():
        return None
    if flight.far_out(seen):
        return Outcome("diverged", seen.above_since)
    moving = np.flatnonzero(seen.lengths)
    since = int(moving[-1]) + 1 if len(moving) else 0
    if seen.rate == 0:
        return Outcome("frozen", 0)
    if seen.small[-1] and since and seen.convex:
        return None
    if seen.close_to_a_minimum and seen.ahead is not None:
        best = min((m.value for m in seen.loss.minima), default=None)
        gap = 0.0 if best is None else float(seen.loss.value(seen.ahead.theta)) - best
        return Outcome("local-minimum", since, gap=seen.gap) if gap > LOCAL_GAP * seen.begun else None
    return flat(seen) or Outcome("still", since)


def vanished(seen: Evidence) -> Outcome | None:
    """The gradient has vanished, or there is nothing left of it where it curves downwards."""
    calm = seen.calm and not seen.restless(SMALL_STRIDE)
    inert = seen.optimizer.plain or seen.optimizer.halts  # where there is no gradient they stay
    halted = seen.lengths[-1] == 0 and not seen.restless(SMALL_STRIDE)
    if not (calm or halted or (inert and (seen.steep == 0 or seen.small[-1]))):
        return unstable_point(seen) if seen.bent and seen.calm else None
    if seen.bent:
        return unstable_point(seen)
    if seen.steep > 0 and not (seen.small[-1] and seen.fate in (None, "settles")):
        return None
    known = seen.steep > 0 and seen.quadratic is not None and seen.gap is not None
    if known and (seen.gap or 0.0) > LEFT * seen.begun:
        return None  # small beside what it was in a steep direction, and all that leads along a flat one
    since = seen.last - int(np.argmin(seen.small[::-1])) + 1 if not seen.small.all() else 0
    return stationary(seen, since)


def unstable_point(seen: Evidence) -> Outcome | None:
    """At a saddle or a maximum: held there, or only so far."""
    assert seen.curvature is not None
    if seen.steep > 0 and not seen.beside:
        return None
    kind = "maximum" if seen.curvature.high <= CURVED * -seen.curvature.low else "saddle"
    plain = seen.plain and seen.rate * seen.curvature.high < 2
    stuck = seen.steep == 0 and not seen.sigma
    stuck |= seen.held and (plain or seen.calm)
    stuck |= seen.optimizer.halts and bool(seen.small[-1]) and not seen.sigma
    return Outcome(kind if stuck else f"lingering-{kind}", seen.last, eigenvalue=seen.curvature.low)


def stationary(seen: Evidence, since: int) -> Outcome:
    """What kind of point the gradient has vanished at."""
    if seen.curvature is None:
        return Outcome("vanished", since)
    if seen.bent:
        return unstable_point(seen) or Outcome("vanished", since)
    far = seen.gap is not None and seen.gap > LOCAL_GAP * seen.begun
    lowest, strictly = lowest_around(seen)
    if far and strictly:
        return Outcome("local-minimum", since, gap=seen.gap)
    if far or not lowest or (since == 0 and not strictly):  # where it has not moved it has not converged
        return flat(seen) or Outcome("vanished", since)
    turned = seen.turns_back(0, since)
    manner = "in one step" if since == 1 else "oscillating" if turned else None
    return Outcome("converged", since, manner=manner, best=seen.best, condition=condition(seen))


def lowest_around(seen: Evidence) -> tuple[bool, bool]:
    """Whether the loss is nowhere lower beside the end, and whether it curves upwards everywhere there.

    In directions in which it hardly curves, and where Newton's method finds no minimum, it has to fall
    towards the end from both sides.
    """
    if seen.curvature is None or seen.curvature.vectors is None:
        return seen.convex, seen.convex
    directions, distances = seen.curvature.vectors.T, seen.size * np.array(ASIDE)
    points = seen.theta[-1] + distances[:, None, None] * directions
    slopes = np.einsum("sij,ij->si", seen.loss.gradient(points), directions) / distances[:, None]
    bend = float(np.abs(slopes).max())
    flat = seen.curvature.values <= CURVED * bend
    if seen.steep > 0 and not seen.beside_a_minimum:
        flat[:] = True
    uphill = bool((slopes[:, flat] >= -ROUNDING * bend).all()) and bend > 0
    return uphill, seen.convex and not flat.any()


def condition(seen: Evidence) -> float | None:
    curvature = seen.curvature
    return curvature.high / curvature.low if curvature is not None and seen.convex else None


def flat(seen: Evidence) -> Outcome | None:
    """So flat that the slope would take far too long a way to the best known minimum, and the later
    half has led down by nothing."""
    if seen.gap is None or not seen.gap > 0.05 * seen.scale or (seen.steep > 0 and seen.beside_a_minimum):
        return None
    gained = abs(float(seen.values[seen.half]) - seen.now)
    best = min(seen.loss.minima, key=lambda m: m.value)
    size = max(seen.size, float(np.linalg.norm(seen.theta[-1] - np.array(best.theta))))
    soon = AGAIN * seen.last * seen.final * seen.steep * seen.steep if seen.plain else 0.0
    steep = max(FLAT * seen.steep * size, soon)
    if not (seen.gap > steep and gained < STILL * seen.scale) or seen.turns_back(0):
        return None
    bent = -seen.curvature.low if seen.bent and seen.curvature is not None else 0.0
    if not seen.optimizer.plain or seen.final * bent * seen.last < LEAVING:  # it gets steeper by e to that
        return Outcome("plateau", seen.last, gap=seen.gap)
    return None
