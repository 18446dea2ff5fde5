"""What a descent did, read off its trajectory and the curvature: facts, to be put into words elsewhere.

Of the future only what theory, or a step that is the same for ever, makes sure is said.
"""

from __future__ import annotations

import numpy as np

from gdanim.diagnosis import standing
from gdanim.diagnosis.curvature import curvature_at
from gdanim.diagnosis.evidence import SMALL_STRIDE, STALLED, Evidence, reversing
from gdanim.diagnosis.outcome import Outcome

__all__ = ["Diagnosis", "Evidence", "Outcome", "reversing"]

FAR_BELOW = 0.1  # of the best learning rate: below this, a descent crawls
RAVINE = 5.0  # condition number from which on reversing steps are a zig-zag across a valley
HUGE = 1e100  # a loss above this is about to overflow
FAR_OUT = 1e50  # and with parameters above this
HIGHER = 1e3  # times as high as the start: no swing, but a way out
DIED_OUT = 0.1  # of the first step's length, while the gradient is still longer than that
STRIDE = 1e-2  # of the way gone: steps of so many η get out of what is close to a minimum
LONG_STRIDE = 5e-2  # of the same: they wander as far as that
FEW = 4  # steps, which decide nothing
LONGER = 2.0  # times as long: steps that grow


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
                return self.running_away(overflow=True) or self.ended()
            if seen.last == 0:
                return standing.stationary(seen, 0) if seen.steep == 0 else Outcome("start", 0)
            return (
                self.running_away()
                or standing.at_rest(seen)
                or (self.noisy() if seen.noisy else None)
                or standing.vanished(seen)
                or self.foretold()
                or self.higher()
                or self.near()
                or standing.flat(seen)
                or self.died_out()
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
        return Outcome("diverged", self._above_since(), overflow=True, limit=self._limit_passed())

    def _above_since(self) -> int:
        below = np.flatnonzero(self.seen.values <= self.seen.first)
        return min(1 + int(below[-1]), self.seen.last)

    def _limit_passed(self) -> float | None:
        limit = self.seen.reason
        return limit if limit is not None and self.seen.fate == "grows" and self.seen.rate > limit else None

    def running_away(self, *, overflow: bool = False) -> Outcome | None:
        """Far outside its landscape the loss falls with ever longer steps, and has no floor ahead."""
        seen, half = self.seen, self.seen.half
        if seen.gap is not None or seen.last < 2 or not seen.now < seen.values[half]:
            return None
        low, high = np.array(seen.loss.domain).T
        beyond = np.maximum(low - seen.theta, seen.theta - high).max(axis=1)
        longer = seen.lengths[-1] > LONGER * seen.lengths[half] and seen.lengths[-1] > seen.lengths[-2]
        if beyond[-1] <= (high - low).max() or not longer or not (overflow or self._no_floor()):
            return None
        return Outcome("unbounded", int(np.argmax(beyond > 0)), overflow=overflow)

    def _no_floor(self) -> bool:
        """Whether the loss falls on and on where the last step points."""
        seen = self.seen
        ahead = seen.size * 2.0 ** np.arange(0, 30)[:, None] * seen.steps[-1] / seen.lengths[-1]
        values = np.asarray(seen.loss.value(seen.theta[-1] + ahead))
        return bool((np.diff(values, prepend=seen.now) < 0).all())

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
                return Outcome("diverged", self._above_since(), limit=self._limit_passed())
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
        sure = seen.constant and not seen.noisy and seen.gap is not None
        if seen.rising and sure and self._out_of_bounds():
            return Outcome("diverged", self._above_since())
        kind = "rising" if seen.rising else "above" if seen.now > seen.first else "level"
        return Outcome(kind, seen.last)

    def _out_of_bounds(self) -> bool:
        """Far outside the landscape and far above the start, with steps that grow."""
        seen = self.seen
        low, high = np.array(seen.loss.domain).T
        beyond = float(np.maximum(low - seen.theta[-1], seen.theta[-1] - high).max())
        far = beyond > (high - low).max() and seen.now - seen.floor > HIGHER * (seen.first - seen.floor)
        return far and seen.last > 2 and bool(seen.lengths[-1] > LONGER * seen.lengths[seen.half])

    def near(self) -> Outcome | None:
        """What is left of the way to a minimum is short beside what has been gone."""
        seen = self.seen
        if not seen.beside_a_minimum:
            return None
        higher = seen.gap is not None and seen.gap > 0.05 * seen.scale
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

    def died_out(self) -> Outcome | None:
        """The learning rate has run out, or steps that only shrink have shrunk more than the gradient."""
        seen = self.seen
        if seen.run_out:
            return Outcome("rate-gone", seen.last)
        share, left = seen.lengths[-1] / seen.lengths[0], seen.norms[-1] / seen.norms[0]
        if seen.optimizer.fading and share < DIED_OUT < left:
            return Outcome("died-out", seen.last, share=float(100 * share), left=float(100 * left))
        return None

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
        if len(rises):
            return Outcome("overshooting", int(rises[0]))
        if seen.values[1] > seen.first and seen.last < FEW:
            return Outcome("recovering", 0)
        if seen.fate == "settles" and self._far_too_slow():
            return Outcome("crawling", seen.last, best=seen.best, condition=standing.condition(seen))
        return Outcome("descending" if self._goes_on() else "falling", seen.last)

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
        if seen.last < FEW or seen.small[-1]:
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
                return Outcome("diverged", self._above_since())
        later = seen.half + (seen.last - seen.half) // 2 if seen.last >= 2 * FEW else seen.half
        early = float(seen.values[seen.half if later > seen.half else 0 : later + 1].mean())
        late = float(seen.values[later:].mean())
        if self._about_a_minimum():
            return Outcome("noisy", seen.last)
        if seen.steep <= seen.sigma:
            return Outcome("noise-led", seen.last, slope=seen.steep, sigma=seen.sigma)
        if late < early and seen.now < early and seen.fate != "grows":
            return Outcome("noisy-descending", seen.last)
        return self.higher() or Outcome("noisy-on", seen.last)

    def _about_a_minimum(self) -> bool:
        """As near a minimum as the noise lets it come."""
        seen = self.seen
        if seen.ahead is None or not seen.convex or seen.last < 10 or seen.restless(LONG_STRIDE):
            return False
        third, fourth = np.array_split(seen.values[seen.half :], 2)
        trend = float(third.mean() - fourth.mean())
        return abs(trend) <= 0.02 * seen.scale and seen.steep <= 2 * seen.spread
