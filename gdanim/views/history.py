"""The loss against the iteration."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.timeline import Moment
from gdanim.views.base import Scene, View, at
from gdanim.views.marks import Dots, Points, Stroke

PIXELS_APART = 4  # how far the ends of a settled stretch of the line stand from each other, at least


class History(View):
    """L at every iterate so far; the line settles in stretches, so that a frame costs the same at any k."""

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        theme, sizes = scene.theme, scene.sizes
        last = max(1, scene.iterations)
        span = scene.ceiling - scene.floor
        self.frame(
            (-0.03 * last, 1.03 * last),
            (scene.floor - 0.06 * span, scene.ceiling),
            scene.text("iteration") + " $k$",
            "$L$",
        )
        self.stretch = max(1, round(PIXELS_APART * last / max(1.0, axes.bbox.width)))
        self.settled = Stroke(axes, theme.before, width=1.2 * sizes.line)
        self.line = Stroke(axes, theme.before, width=1.2 * sizes.line)
        self.ball = Dots(axes, theme.now, size=sizes.ball, edge=theme.background, width=0.12 * sizes.text)

    def settle(self, k: int) -> Iterable[Artist]:
        if k and k % self.stretch == 0:
            yield self.settled.to(self._line(k - self.stretch, k))

    def update(self, moment: Moment) -> Iterable[Artist]:
        run = self.scene.runs[0]
        k = min(moment.k, run.iterations)
        begun = k - k % self.stretch
        now = self.pixels(k + moment.fraction, float(at(run.loss, moment)))
        yield self.line.to(np.vstack([self._line(begun, k), now]))
        yield self.ball.to(now)

    def _line(self, first: int, last: int) -> Points:
        loss = self.scene.runs[0].loss[first : last + 1]
        return self.pixels(np.arange(first, first + len(loss), dtype=np.float64), loss)
