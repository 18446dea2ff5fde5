"""Where many starts come to: to which minimum, nowhere yet, or away."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gdanim.descent import Trajectory
from gdanim.losses.base import Array, Loss
from gdanim.optimizers import make_optimizer

UNDERWAY, LEFT, ELSEWHERE = -1, -2, -3
WORK = 8_000_000  # steps of all starts together
MOST = 3000  # steps of one start
FEW = 2e-3  # of the starts: so few may be underway when nobody is waited for any more
NEAR = 2e-3  # of the window: so far from a minimum one has arrived there, if one comes ever nearer
ABOUT = 0.02  # of the window: so near one stays to a minimum in a kink, or comes to one of no curvature
FAR = 50.0  # windows away nobody is followed any more
SMALL = 1e-3  # of the usual gradient
FLAT = 1e-7  # of the largest curvature: less is none
TINY = 1e-9  # of the window, and of the usual gradient: by less nothing moves
POLISHED = 12  # Newton steps
EARLY = (1, 2, 4)  # steps after which it is only looked who has gone

Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Arrivals(NamedTuple):
    """Where starts have come to.

    Attributes:
        fate: (...), for each start the number of its minimum, or UNDERWAY; LEFT where it diverges or goes
            away from the window; ELSEWHERE where it rests, but in no separate minimum.
        minima: (m, n): those the loss lists, then those that starts have come to besides.
        steps: after so many nobody was followed any more.
    """

    fate: Whole
    minima: Array
    steps: int


def arrivals(loss: Loss, run: Trajectory, starts: Array, box: Array, *, work: int = WORK) -> Arrivals:
    """Descend from many starts by a run's optimizer, learning rate and schedule, until nearly all are there.

    A start has arrived in a minimum when at two looks in a row the gradient is small, the Hessian is
    positive definite, the Newton step H⁻¹g, which says how far the minimum is, is short and has not
    grown, and the learning rate lets it settle there; in a listed minimum without such a Hessian, a kink,
    when it stays near to it.

    Args:
        starts: (..., n); all descend at once, without noise.
        box: (n, 2), lowest and highest value of each parameter's window.
        work: steps of all starts together after which the descent is stopped.
    """
    flock = _Flock(loss, starts.reshape(-1, starts.shape[-1]), box)
    with np.errstate(all="ignore"):
        steps = flock.descend(run, work)
        fate, minima = flock.told_apart()
    return Arrivals(fate.reshape(starts.shape[:-1]), minima, steps)


class _Flock:
    """Starts on their way; who has come to an end is not followed further.

    Args:
        starts: (N, n).
        box: (n, 2).
    """

    def __init__(self, loss: Loss, starts: Array, box: Array) -> None:
        self.loss = loss
        self.middle, self.width = box.mean(axis=1), box[:, 1] - box[:, 0]
        self.ends = np.array(starts, dtype=np.float64)
        self.fate = np.full(len(starts), UNDERWAY)
        self.there = np.zeros(len(starts), dtype=bool)
        self.known = self._apart(np.array([m.theta for m in loss.minima]).reshape(-1, starts.shape[1]))
        with np.errstate(all="ignore"):
            steep = np.linalg.norm(loss.gradient(self.ends), axis=1)
        steep = steep[np.isfinite(steep)]
        self.usual = float(np.median(steep)) if steep.size else 0.0
        self.kinks = self._kinks()

    def _kinks(self) -> Array:
        """The listed minima at which the Hessian says nothing: it has no curvature, or more than there is."""
        if not len(self.known):
            return self.known
        with np.errstate(all="ignore"):
            _, least, largest = newton_steps(self.loss, self.known, np.zeros_like(self.known))
        smooth = (least > FLAT) & (largest * NEAR * self.width.min() <= 10 * self.usual)
        return np.asarray(self.known[~smooth])

    def descend(self, run: Trajectory, work: int) -> int:
        """Let all descend; how many steps were made."""
        optimizer = make_optimizer(run.optimizer, self.loss)
        count = len(self.ends)
        alive, theta = np.arange(count), self.ends.copy()
        state, before, step = optimizer.init(theta), np.full(count, np.inf), np.zeros_like(theta)
        look, k, least = 0, 0, work // MOST  # a step of few starts costs as much as one of some more
        while k < MOST and work > 0 and len(alive) > FEW * count:
            rate = float(run.rates[min(k, run.iterations)])
            if rate == 0.0 and k >= run.iterations:
                break  # the schedule has come to its end
            step, state = optimizer.update(self.loss.gradient(theta), state, theta, rate)
            theta, k, work = theta + step, k + 1, work - max(len(theta), least)
            if k in EARLY:
                self._note(alive, theta, self._gone(theta), LEFT)
            elif k >= look + max(8, look // 8 * 2):
                look = k
                most = np.inf if optimizer.limit is None or rate == 0.0 else optimizer.limit / rate
                before = self._look(alive, theta, step, before, most)
            else:
                continue
            going = (self.fate[alive] == UNDERWAY) & ~self.there[alive]
            if going.sum() < 0.9 * len(alive):
                state = _of(state, going)
                alive, theta, step, before = alive[going], theta[going], step[going], before[going]
        self._note(alive, theta, self._gone(theta) | self._going_away(theta, step), LEFT)
        return k

    def _note(self, alive: Whole, theta: Array, which: Flags, fate: int) -> None:
        """Those have this fate, if they have no other."""
        which = which & (self.fate[alive] == UNDERWAY) & ~self.there[alive]
        self.fate[alive[which]] = fate
        self.ends[alive[which]] = theta[which]

    def _gone(self, theta: Array) -> Flags:
        """Who is nowhere, or too far away to be followed."""
        return np.asarray(~(np.abs((theta - self.middle) / self.width).max(axis=1) < FAR))

    def _going_away(self, theta: Array, step: Array) -> Flags:
        """Who has left the window behind and goes on."""
        away = (theta - self.middle) / self.width
        return np.asarray((np.abs(away).max(axis=1) > 1.0) & ((away / self.width * step).sum(axis=1) > 0))

    def _look(self, alive: Whole, theta: Array, step: Array, before: Array, most: float) -> Array:
        """Note who has come to an end; how far each is from a minimum close by, in windows, else inf.

        Args:
            most: the curvature from which on nobody can settle.
        """
        gradient = self.loss.gradient(theta)
        slope = np.linalg.norm(gradient, axis=1)
        stride = np.abs(step / self.width).max(axis=1)
        out = self._gone(theta) | ~np.isfinite(slope)
        distance, still = np.full(len(theta), np.inf), (theta + step == theta).all(axis=1)
        slow = np.flatnonzero((stride <= NEAR) & (slope <= SMALL * self.usual) & ~out)
        if slow.size:
            newton, least, largest = newton_steps(self.loss, theta[slow], gradient[slow])
            short = np.abs(newton / self.width).max(axis=1)
            distance[slow] = np.where((least > FLAT) & (short <= NEAR) & (largest < most), short, np.inf)
            level = (least <= FLAT) & (short <= NEAR) & (slope[slow] <= TINY * self.usual)
            still[slow] |= level & (stride[slow] <= TINY)
        if len(self.kinks):
            near = nearest(theta / self.width, self.kinks / self.width)[1]
            distance[near <= ABOUT] = 0.0
        close = np.isfinite(distance)
        arrived = close & (distance <= before + TINY) & np.isfinite(before) & ~self.there[alive]
        self._note(alive, theta, out, LEFT)
        self._note(alive, theta, still & ~close, ELSEWHERE)
        arrived &= self.fate[alive] == UNDERWAY
        self.there[alive[arrived]] = True
        self.ends[alive[arrived]] = theta[arrived]
        return distance

    def told_apart(self) -> tuple[Whole, Array]:
        """Each start's fate, and the minima that were come to."""
        if not self.there.any():
            return self.fate, self.known
        ends = self.ends[self.there]
        cells = np.floor((ends - self.middle) / self.width / (2 * NEAR)).astype(np.int64)
        code = cells @ (4 * int(FAR / NEAR)) ** np.arange(cells.shape[1])
        _, first, which = np.unique(code, return_index=True, return_inverse=True)
        places = self._polished(ends[first])
        minima = self._apart(
            np.vstack([self.known, places[np.lexsort(np.round(places / self.width / NEAR).T)]])
        )
        self.fate[self.there] = nearest(places / self.width, minima / self.width)[0][which.ravel()]
        return self.fate, minima

    def _apart(self, places: Array) -> Array:
        """The places that are not as good as the same as an earlier one: (m, n) → (≤ m, n)."""
        kept: list[Array] = []
        for place in places:
            if not kept or np.abs((np.array(kept) - place) / self.width).max(axis=1).min() > 2 * NEAR:
                kept.append(place)
        return np.array(kept).reshape(-1, places.shape[1])

    def _polished(self, places: Array) -> Array:
        """The stationary points near to places, (m, n); a place itself where there is none as near."""
        found = places
        for _ in range(POLISHED):
            found = found - newton_steps(self.loss, found, self.loss.gradient(found))[0]
        close = np.abs((found - places) / self.width).max(axis=1) <= 2 * NEAR
        found = np.where(close[:, None], found, places)
        if len(self.kinks):
            index, far = nearest(places / self.width, self.kinks / self.width)
            found = np.where(far[:, None] <= ABOUT, self.kinks[index], found)
        return found


def newton_steps(loss: Loss, theta: Array, gradient: Array) -> tuple[Array, Array, Array]:
    """H⁺g at many points, their least curvatures as shares of the largest, and these.

    H is the Hessian by central differences of the gradient, H⁺ its pseudoinverse.

    Args:
        theta, gradient: (m, n).

    Returns:
        (m, n), (m,) from −1 to 1, and (m,): NaN, −1 and inf where the Hessian is not finite.
    """
    m, n = theta.shape
    size = np.cbrt(np.finfo(np.float64).eps) * np.maximum(1.0, np.abs(theta))
    hessian = np.empty((m, n, n))
    for axis in range(n):
        shift = np.zeros_like(theta)
        shift[:, axis] = size[:, axis]
        difference = loss.gradient(theta + shift) - loss.gradient(theta - shift)
        hessian[:, axis] = difference / (2 * size[:, axis, None])
    known = np.isfinite(hessian).all(axis=(1, 2))
    steps, least, most = np.full((m, n), np.nan), np.full(m, -1.0), np.full(m, np.inf)
    values, vectors = np.linalg.eigh((hessian[known] + hessian[known].transpose(0, 2, 1)) / 2)
    largest = np.abs(values).max(axis=1, keepdims=True)
    inverse = np.where(np.abs(values) > FLAT * largest, 1 / values, 0.0)
    parts = (vectors.transpose(0, 2, 1) @ gradient[known][..., None])[..., 0]
    steps[known] = (vectors @ (inverse * parts)[..., None])[..., 0]
    least[known] = np.where(largest[:, 0] > 0, values[:, 0] / largest[:, 0], 0.0)
    most[known] = largest[:, 0]
    return steps, least, most


def nearest(points: Array, places: Array) -> tuple[Whole, Array]:
    """For each point (m, n) the number of the nearest of places (p, n), and how far it is, (m,)."""
    best, index = np.full(len(points), np.inf), np.zeros(len(points), dtype=np.int64)
    for number, place in enumerate(places):
        distance = np.abs(points - place).max(axis=1)
        closer = distance < best
        best[closer], index[closer] = distance[closer], number
    return index, best


def _of(state: Any, going: Flags) -> Any:
    """An optimizer's state of some starts: of each array in it the rows of these."""
    if isinstance(state, np.ndarray):
        return state[going] if state.ndim and len(state) == len(going) else state
    if isinstance(state, dict):
        return {key: _of(value, going) for key, value in state.items()}
    if isinstance(state, (tuple, list)):
        parts = [_of(part, going) for part in state]
        return type(state)(*parts) if hasattr(state, "_fields") else type(state)(parts)
    return state
