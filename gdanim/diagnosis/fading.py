"""Steps that die out: the learning rate has run out, or AdaGrad divides by ever more."""

from __future__ import annotations

import numpy as np

from gdanim.diagnosis.evidence import Evidence, length
from gdanim.diagnosis.outcome import Outcome

SHRUNK = 0.1  # of the first step's length, while the gradient is still longer than that
LONG = 50.0  # times as many iterations: what they do not reach is out of reach
REACHED = 0.2  # of the way to a minimum, by then
SOON = 2.0  # times the way: so far would as many steps again lead, at the present slope


def died_out(seen: Evidence) -> Outcome | None:
    """The learning rate has run out, or steps that only shrink have shrunk more than the gradient."""
    if seen.run_out:
        return Outcome("rate-gone", seen.last)
    share, left = seen.lengths[-1] / seen.lengths[0], seen.norms[-1] / seen.norms[0]
    later = seen.lengths[seen.half :]
    if not (seen.optimizer.fading and share < SHRUNK < left and (later[1:] < later[:-1]).all()):
        return None
    way = way_left(seen)
    if way is None or covered(seen, seen.last) < SOON * way:
        gone = way is not None and covered(seen, LONG * seen.last) < REACHED * way
        kind = "died-out" if gone else "shrinking"
        return Outcome(kind, seen.last, share=float(100 * share), left=float(100 * left))
    return None


def way_left(seen: Evidence) -> float | None:
    """How far the next minimum is, or, where none is in sight downhill, the nearest that is known."""
    if seen.ahead is not None:
        return seen.ahead.distance
    known = [length(np.array(m.theta) - seen.theta[-1]) for m in seen.loss.minima]
    return min(known) if known and seen.convex else None


def covered(seen: Evidence, steps: float) -> float:
    """How far AdaGrad's next steps lead at most, if the slope stays as it is.

    Σⱼ η|g|/√(s + j g²) over j = 1 … N is less than 2η(√(s + N g²) − √s)/|g|, in each parameter.
    """
    s, g = (seen.gradient[:-1] ** 2).sum(axis=0), np.abs(seen.slope)
    far = 2 * seen.final * steps * g / np.maximum(np.sqrt(s + steps * g * g) + np.sqrt(s), 1e-300)
    return length(far)
