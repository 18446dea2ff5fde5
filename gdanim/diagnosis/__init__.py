"""What a descent did, read off its trajectory and the curvature: facts, to be put into words elsewhere.

Of the future only what theory, or a step that is the same for ever, makes sure is said.
"""

from __future__ import annotations

import numpy as np

from gdanim.diagnosis import fading, flight, noise, standing
from gdanim.diagnosis.curvature import curvature_at
from gdanim.diagnosis.evidence import SMALL_STRIDE, STALLED, Evidence, reversing
from gdanim.diagnosis.flight import HIGHER, HUGE
from gdanim.diagnosis.outcome import Outcome
from gdanim.losses.base import Array

__all__ = ["Diagnosis", "Evidence", "Outcome", "reversing"]

FAR_BELOW = 0.1  # of the best learning rate: below this, a descent crawls
RAVINE = 5.0  # condition number from which on reversing steps are a zig-zag across a valley
FAR_OUT = 1e50  # and with parameters above this
DROWNED = 1e-2  # of the slope: weaker noise changes nothing
STRIDE = 1e-2  # of the way gone: steps of so many η get out of what is close to a minimum
LITTLE = 0.05  # of what the loss fell: rises together less than that are not worth a word
FEW = 4  # steps, which decide nothing


class Diagnosis:
    """What can be said of a finished descent, by what is known of it."""

    def __init__(self, seen: Evidence) -> None:
        self.seen = seen

    def outcome(self, asked: int) -> Outcome:
        """Say what happened.

        Args:
            asked: how many iterations were wanted; T is smaller after an overflow.
        """
        seen = self.seen
        with np.errstate(all="ignore"):  # a run that diverges has numbers whose squares overflow
            if seen.last < asked:
                return flight.running_away(seen, overflow=True) or self.ended()
            if seen.last == 0:
                return standing.stationary(seen, 0) if seen.steep == 0 else Outcome("start", 0)
            return (
                flight.running_away(seen)
                or flight.lost(seen)
                or standing.at_rest(seen)
                or (self.noisy() if seen.noisy else None)
                or standing.vanished(seen)
                or self.foretold()
                or self.higher()
                or self.near()
                or standing.flat(seen)
                or fading.died_out(seen)
                or self.turning_back()
                or self.passing()
            )

    def ended(self) -> Outcome:
        """The next point has no loss: outside the domain, or because a number is too large."""
        seen, beyond = self.seen, self.seen.beyond
        if beyond is not None and np.abs(beyond).max() < FAR_OUT and seen.top < HUGE:
            value = float(seen.loss.value(beyond))
            if value != np.inf:  # it, or the gradient, is no number there, and not for being large
                return Outcome("left", seen.last)
        return Outcome("diverged", seen.above_since, overflow=True, limit=self._limit_passed())

    def _limit_passed(self) -> float | None:
        limit = self.seen.reason
        return limit if limit is not None and self.seen.fate == "grows" and self.seen.rate > limit else None

    def foretold(self) -> Outcome | None:
        """Theory says that it does not settle."""
        seen = self.seen
        if seen.fate in (None, "neutral") and seen.cycles is not None:
            return Outcome("trapped" if seen.cycles else "bouncing", seen.cycles, limit=seen.reason)
        if seen.fate == "grows":
            if seen.quadratic is None:
                return Outcome("unsettled", seen.last, limit=self._limit_passed())
            if seen.now < seen.first:
                kind = "unstable" if seen.now <= seen.values.min() else "growing"
                limit, parameter = self._limit_passed(), self._steepest_parameter()
                return Outcome(kind, seen.last, limit=limit, parameter=parameter)
            if seen.rising and (seen.plain or seen.now > HIGHER * seen.first):
                return Outcome("diverged", seen.above_since, limit=self._limit_passed())
        if seen.fate == "neutral":
            if seen.all_neutral:
                return Outcome("bouncing", 0, limit=seen.reason)
            return Outcome("stalling", seen.last, limit=seen.reason, parameter=self._steepest_parameter())
        return None

    def _steepest_parameter(self) -> str | None:
        curvature = self.seen.quadratic
        if curvature is None or curvature.vectors is None or len(curvature.values) == 1:
            return None
        share = np.abs(curvature.vectors[:, -1])
        return self.seen.loss.parameters[int(share.argmax())] if share.max() > 1 - 1e-9 else None

    def higher(self) -> Outcome | None:
        """The loss is no lower than at the start."""
        seen = self.seen
        if abs(seen.now - seen.first) <= 1e-9 * seen.scale and seen.top > seen.now:
            return Outcome("level", seen.last)
        if seen.now < seen.first:
            return None
        sure = seen.constant and seen.gap is not None and seen.spread <= DROWNED * seen.steep
        if seen.rising and ((sure and flight.out_of_bounds(seen)) or flight.explodes(seen)):
            return Outcome("diverged", seen.above_since)
        kind = "rising" if seen.rising else "above" if seen.now > seen.first else "level"
        return Outcome(kind, seen.last)

    def near(self) -> Outcome | None:
        """What is left of the way to a minimum is short beside what has been gone."""
        seen = self.seen
        if not seen.close_to_a_minimum:
            return None
        higher = seen.gap is not None and seen.gap > 0.05 * seen.begun
        if seen.calm and seen.restless(SMALL_STRIDE if higher else STRIDE):
            return Outcome("close", seen.last)
        if not (seen.fate == "settles" and (seen.plain or seen.calm)) and not (
            seen.calm and seen.optimizer.limit is None
        ):
            return None
        if higher:
            return Outcome("local-minimum", self._arrival(), gap=seen.gap)
        falls = bool((np.diff(seen.values[seen.half :]) < 0).all())
        turned = seen.turns_back(seen.half)
        if turned and seen.plain:
            return None
        return Outcome("nearing", seen.last, manner="descending" if falls else None)

    def _arrival(self) -> int:
        """The iterate from which on all are close to the last."""
        seen = self.seen
        away = np.linalg.norm(seen.theta - seen.theta[-1], axis=1)
        return int(np.flatnonzero(away > STALLED * away.max())[-1]) + 1

    def turning_back(self) -> Outcome | None:
        """Most of the later steps turn back on the one before."""
        seen = self.seen
        if seen.last < 3 or not seen.turns_back(seen.half):
            return None
        falls = seen.now < seen.values[seen.half]
        if not (seen.fate == "settles" and falls and (seen.quadratic or self._shrinks())):
            return Outcome("swinging", seen.last)
        limit, condition = seen.reason, standing.condition(seen)
        below = limit if limit is not None and seen.rate < limit else None
        if condition is not None and condition >= RAVINE:
            return Outcome("zigzagging", seen.last, condition=condition, limit=below)
        return Outcome("oscillating", seen.last, limit=below, best=seen.best)

    def _shrinks(self) -> bool:
        """Whether each of the later steps is shorter than the one before, and the loss lower."""
        seen = self.seen
        later, loss = seen.lengths[seen.half :], seen.values[seen.half :]
        return bool((later[1:] < later[:-1]).all() and (loss[1:] < loss[:-1]).all())

    def passing(self) -> Outcome:
        """It is on its way."""
        seen = self.seen
        rises = seen.rises
        if len(rises) and not self._by_little(rises):
            return Outcome("overshooting", int(rises[0]))
        if seen.values[1] > seen.first and seen.last < FEW:
            return Outcome("recovering", 0)
        if seen.fate == "settles" and self._far_too_slow():
            return Outcome("crawling", seen.last, best=seen.best, condition=standing.condition(seen))
        return Outcome("descending" if self._goes_on() else "falling", seen.last)

    def _by_little(self, rises: Array) -> bool:
        """Whether it is as low as never before, and all that it rose is little beside what it fell."""
        seen = self.seen
        risen = float(np.diff(seen.values)[rises].sum())
        return seen.now <= float(seen.values.min()) and risen < LITTLE * (seen.first - seen.now)

    def _far_too_slow(self) -> bool:
        """Whether the learning rate is far below the best at the end, and for the curvature at the start."""
        seen = self.seen
        if seen.best is None or seen.rate >= FAR_BELOW * seen.best:
            return False
        first = seen.quadratic or curvature_at(seen.loss, seen.theta[0])
        return first is not None and seen.rate * first.high < 2 * FAR_BELOW

    def _goes_on(self) -> bool:
        """Whether the next step leads down too: known of plain steps, and likely of ones that are shorter
        than the way to the next minimum."""
        seen = self.seen
        if not seen.now < seen.values[-2]:
            return False
        if seen.optimizer.plain and not seen.noisy:
            return bool(seen.loss.value(seen.theta[-1] - seen.rates[-1] * seen.slope) <= seen.now)
        if seen.last < FEW or seen.small[-1] or seen.lengths[-1] > flight.LONGER * seen.lengths[-2]:
            return False
        move = seen.curvature.newton_step(seen.slope) if seen.curvature is not None and seen.convex else None
        return move is None or bool(np.linalg.norm(move) > seen.lengths[-1])

    def noisy(self) -> Outcome | None:
        """What noise leaves to be said; None where the rest is as without."""
        seen = self.seen
        if seen.fate == "grows" and seen.quadratic is not None:
            if seen.now < seen.first:
                return Outcome("unstable" if seen.now <= seen.values.min() else "growing", seen.last)
            if seen.rising and seen.now > HIGHER * seen.first:
                return Outcome("diverged", seen.above_since)
        if noise.wanders(seen):
            return Outcome("noisy", seen.last)
        if seen.steep <= (sigma := noise.along(seen)):
            return Outcome("noise-led", seen.last, slope=seen.steep, sigma=sigma)
        if noise.descends(seen):
            return Outcome("noisy-descending", seen.last)
        return self.higher() or noise.so_far(seen)
