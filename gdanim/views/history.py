"""The loss against the iteration."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.losses.base import Array
from gdanim.timeline import Moment
from gdanim.views.base import Scene, View, at, ball_of
from gdanim.views.ends import EndNames
from gdanim.views.legend import name_of
from gdanim.views.marks import Points, Stroke, lengths

DEEPEST = 1e-12  # of the first loss; deeper than that, a log scale shows rounding
PIXELS_APART = 4  # how far the ends of a settled stretch of the line stand from each other, at least


class History(View):
    """L at every iterate so far.

    Lines settle in stretches, so that a frame costs the same at any k. Compared runs are shown on a
    log scale, as what L lies above the best known minimum where that is known.
    """

    counts = True

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        sizes, last = scene.sizes, max(1, scene.iterations)
        self._values, low, high, name = self._heights()
        self.names_at = EndNames(self, [name_of(scene, run) for run in scene.runs])
        end = (1.03 + self.names_at.share) * last
        self.set_axes((-0.03 * last, end), (low, high), scene.text("iteration") + " $k$", name)
        self.stretch = max(1, round(PIXELS_APART * last / max(1.0, axes.bbox.width)))
        width = 1.2 * sizes.line
        pens = [(style.before, style.dashed(sizes.text)) for style in scene.styles]
        self.settled = [Stroke(axes, colour, width=width, dashes=dashes) for colour, dashes in pens]
        self.lines = [Stroke(axes, colour, width=width, dashes=dashes) for colour, dashes in pens]
        self._lengths: dict[int, Points] = {}
        self.balls = [ball_of(axes, scene, run) for run in range(len(scene.runs))]

    def settle(self, k: int) -> Iterable[Artist]:
        if k and k % self.stretch == 0:
            for run, stroke in enumerate(self.settled):
                begun = k - self.stretch
                yield stroke.to(self._line(self._values[run], begun, k), self._along(run, begun))

    def ticks(self, which: str, limits: tuple[float, float], most: float) -> list[float]:
        last = float(max(1, self.scene.iterations))
        return super().ticks(which, (limits[0], min(limits[1], last)) if which == "x" else limits, most)

    def update(self, moment: Moment) -> Iterable[Artist]:
        ends = []
        for run, (line, ball) in enumerate(zip(self.lines, self.balls, strict=True)):
            values = self._values[run]
            last = len(values) - 1
            k = min(moment.k, last)
            begun = k - k % self.stretch
            now = self.to_pixels(k + (moment.fraction if k < last else 0.0), float(at(values, moment)))
            yield line.to(np.vstack([self._line(values, begun, k), now]), self._along(run, begun))
            yield ball.to(now)
            ends.append(now[0])
        yield from self.names_at.update(moment, np.array(ends))

    def _along(self, run: int, k: int) -> float:
        """How far along its line iterate k stands, in pixels; dashes count from there."""
        if not self.scene.styles[run].dashes:
            return 0.0
        if run not in self._lengths:
            self._lengths[run] = lengths(self._line(self._values[run], 0, len(self._values[run])))
        return float(self._lengths[run][min(k, len(self._lengths[run]) - 1)])

    def _line(self, values: Array, first: int, last: int) -> Points:
        part = values[first : last + 1]
        return self.to_pixels(np.arange(first, first + len(part), dtype=np.float64), part)

    def _heights(self) -> tuple[list[Array], float, float, str]:
        """What is drawn of each run, its limits, and its name."""
        scene = self.scene
        span = scene.ceiling - scene.floor
        plain = [run.loss for run in scene.runs]
        if scene.alone:
            return plain, scene.floor - 0.06 * span, scene.ceiling, "$L$"
        best = min((m.value for m in scene.loss.minima), default=0.0)
        lowest = min(float(run.loss.min()) for run in scene.everyone) - best
        if lowest < -1e-12 * max(1.0, abs(best)):  # lower than what is known: nothing to take logs of
            return plain, scene.floor - 0.06 * span, scene.ceiling, "$L$"
        top = max(float(run.loss[0]) - best for run in scene.everyone)
        top = top if top > 0 else 1.0
        floor = top * DEEPEST
        values = [np.maximum(run.loss - best, floor) for run in scene.runs]
        low = max(min(float(v.min()) for v in values), floor)
        high = min(max(float(v.max()) for v in values), max(scene.ceiling - best, 2 * top))
        beyond = f" {'−' if best > 0 else '+'} {scene.text.short(abs(best))}" if best else ""
        name = f"$L${beyond} (log)"
        self.axes.set_yscale("log")
        return values, low / 2, high * 2, name
