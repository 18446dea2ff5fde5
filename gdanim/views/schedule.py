"""The learning rate against the iteration."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.losses.base import Array
from gdanim.timeline import Moment
from gdanim.views.base import Scene, View, ball_of

DECADES = 1.5  # that rates span at least on a log axis; one with a rate of 0 is never one
FOOT = 0.06  # of the greatest: room for a ball that stands at 0


class Schedule(View):
    """ηₖ at every iterate, and the ball at the one whose step is taken.

    A step from k to k+1 has one learning rate, so the line is level from k to k+1, and jumps there.
    """

    counts = True

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        last = max(1, scene.iterations)
        low, high, log = limits_of(np.concatenate([run.rates for run in scene.runs]))
        if log:
            axes.set_yscale("log")
        words = scene.text("iteration") + " $k$", r"$\eta_k$" + (" (log)" if log else "")
        self.set_axes((-0.03 * last, 1.03 * last), (low, high), *words)
        for run, style in zip(scene.runs, scene.styles, strict=True):
            width = 1.2 * scene.sizes.line
            dashes = style.dashed(scene.sizes.text)
            line = "-" if dashes is None else (0, tuple(length / width for length in dashes))
            axes.plot(*stairs(run.rates), color=style.before, linewidth=width, linestyle=line, zorder=1)
        self.balls = [ball_of(axes, scene, run) for run in range(len(scene.runs))]

    def update(self, moment: Moment) -> Iterable[Artist]:
        moment = self.scene.underway(moment)
        for run, ball in zip(self.scene.runs, self.balls, strict=True):
            k = min(moment.k, run.iterations)
            along = moment.fraction if k < run.iterations else 0.0
            yield ball.to(self.to_pixels(k + along, float(run.rates[k])))


def stairs(rates: Array) -> tuple[Array, Array]:
    """The corners of a line that is level between iterates: (T+1,) → x and y, (2T+1,) each.

    >>> [part.tolist() for part in stairs(np.array([0.4, 0.2]))]
    [[0.0, 1.0, 1.0], [0.4, 0.4, 0.2]]
    """
    k = np.arange(len(rates), dtype=np.float64)
    return np.repeat(k, 2)[1:], np.repeat(rates, 2)[:-1]


def limits_of(rates: Array) -> tuple[float, float, bool]:
    """Least and greatest learning rate of an axis that shows all of some, and whether it is a log one.

    >>> limits_of(np.array([0.0, 0.5])), limits_of(np.array([0.01, 1.0]))
    ((-0.03, 0.55, False), (0.005, 2.0, True))
    """
    least, most = float(rates.min()), float(rates.max())
    if least > 0 and np.log10(most / least) >= DECADES:
        return least / 2, 2 * most, True
    return (-FOOT * most, 1.1 * most, False) if most else (-FOOT, 1.0, False)
