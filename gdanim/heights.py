"""How high losses are drawn: on which axis, between which limits, and measured from where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gdanim.descent import Trajectory
from gdanim.errors import GdanimError
from gdanim.losses.base import Array, Loss

DECADES = 2.0  # by which the loss of a run that is alone falls before its axis is a log one
DEEPEST = 1e-16  # of the first loss; what lies deeper is drawn at the foot of a log axis
ROUNDING = 16 * float(np.finfo(np.float64).eps)  # of the lowest loss: what a difference from it cannot tell
NAMED = 9.0  # sizes of text: in a panel that is lower, what minima are called would push the curve up
FOOT, BELOW = 0.1, 0.05  # of a log axis's length: from its lowest number to its foot, and below that


class LogAxis(NamedTuple):
    """What a log axis shows.

    Attributes:
        values: (T+1,) for each run: L − lowest, or the foot where that is 0.
        limits: of the axis.
        lowest: L*, from which the loss is measured; 0 where no minimum is known.
        least: the least number that stands beside the axis.
        foot: where 0 is drawn; None where nothing comes so low.
        exact: whether everything at the foot is 0, and not only as good as.
    """

    values: list[Array]
    limits: tuple[float, float]
    lowest: float
    least: float
    foot: float | None
    exact: bool


def lowest_of(loss: Loss, runs: Sequence[Trajectory]) -> float | None:
    """The loss from which a log axis can measure; None where there is none.

    That is the best known minimum's, or 0 where none is known that is as low as the runs come.
    """
    reached = min(float(run.loss.min()) for run in runs)
    if loss.held is not None:  # whose loss is another one, with another minimum
        return 0.0 if reached >= 0.0 else None
    if loss.minima:
        best = min(m.value for m in loss.minima)
        if reached - best >= -ROUNDING * max(1.0, abs(best)):
            return best
    positive = reached > 0.0 or (reached == 0.0 and not loss.minima)
    return 0.0 if positive else None


def check_log(loss: Loss, runs: Sequence[Trajectory]) -> None:
    """Refuse a log axis for losses that have no place on one.

    Raises:
        GdanimError: why.
    """
    lowest = lowest_of(loss, runs)
    if lowest is None:
        reached = min(float(run.loss.min()) for run in runs)
        raise GdanimError(
            f"a log axis has no place for L = {reached:.4g}, and no minimum is known to measure it from",
            where=["log"],
        )
    if on_a_log_axis(runs, runs, lowest, lowest) is None:
        raise GdanimError("the loss is that of the minimum throughout: no log axis shows it", where=["log"])


def falls_far(run: Trajectory, lowest: float) -> bool:
    """Whether a run's loss ends more than two decades lower than it began, and not at once.

    Of a loss that is 9 and then 0 there is nothing to see on a log axis.
    """
    above = run.loss - lowest
    seen = above[above > ROUNDING * abs(lowest)]
    deep = above[0] * 10**-DECADES
    return bool(above[-1] < deep) and bool(((seen < deep) & (seen > DEEPEST * above[0])).any())


def on_a_log_axis(
    runs: Sequence[Trajectory], everyone: Sequence[Trajectory], lowest: float, ceiling: float
) -> LogAxis | None:
    """Losses above the lowest on a log axis that suits all runs of the figure; None where all are 0.

    Args:
        runs: those whose values are wanted.
        ceiling: the highest loss shown elsewhere.
    """

    def above(run: Trajectory) -> Array:
        values = run.loss - lowest
        return np.where(values > ROUNDING * abs(lowest), values, 0.0)

    heights = {id(run): above(run) for run in (*everyone, *runs)}
    top = max(float(heights[id(run)][0]) for run in everyone)
    positive = np.concatenate([values[values > 0.0] for values in heights.values()])
    if not positive.size:
        return None
    top = top or float(positive.max())
    high = min(float(positive.max()), max(ceiling - lowest, 2 * top))
    least = float(positive[positive >= DEEPEST * top].min(initial=high))
    least = min(least, high / 10)
    sunk = np.concatenate([values[values < least] for values in heights.values()])
    if not sunk.size:
        return LogAxis([heights[id(run)] for run in runs], (least / 2, 2 * high), lowest, least, None, True)
    length = np.log10(2 * high / least) / (1 - FOOT - BELOW)
    foot = least * 10 ** -(FOOT * length)
    values = [np.where(heights[id(run)] < least, foot, heights[id(run)]) for run in runs]
    bottom = foot * 10 ** -(BELOW * length)
    return LogAxis(values, (bottom, 2 * high), lowest, least, foot, not sunk.any())


def beside_a_curve(
    floor: float, ceiling: float, height: float, text: float, alone: bool
) -> tuple[float, float, float]:
    """The L axis of a curve: its lower limit, the height of the step's arrow, and its upper limit.

    Under the curve stand the minima's names, and under these the step of a run that is alone.

    Args:
        height: of the panel, in pixels.
        text: size of text, in pixels.
    """
    names, steps = (2.4 if height > NAMED * text else 1.2) * text, 0.0
    if alone:
        names, steps = max(0.09 * height, 2.9 * text), max(0.07 * height, 1.7 * text)
    unit = (ceiling - floor) / max(height - names - steps, 0.5 * height)
    lane = floor - names * unit
    return lane - steps * unit, lane, ceiling
