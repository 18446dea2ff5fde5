"""The loss against the iteration."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.heights import ROUNDING, LogAxis, beside_a_curve, falls_far, lowest_of, on_a_log_axis
from gdanim.losses.base import Array
from gdanim.timeline import Moment
from gdanim.views.base import Scene, View, at, ball_of
from gdanim.views.ends import EndNames
from gdanim.views.held import THIN, ring_of, style_of, with_held
from gdanim.views.legend import name_of
from gdanim.views.marks import Label, Points, Stroke, lengths
from gdanim.views.styles import Style
from gdanim.views.trail import Exit

HIGHEST = 3.0  # times the range of the loss that is minimised: so far the axis goes for that of other rows
CLOSE = 1.9  # sizes of text: marks that are nearer have their names on either side
PIXELS_APART = 4  # how far the ends of a settled stretch of the line stand from each other, at least


class History(View):
    """L at every iterate so far.

    Lines settle in stretches, so that a frame costs the same at any k. Compared runs, and one that falls
    by more than two decades, are shown on a log scale: what L lies above the best known minimum where one
    is known. Where a line leaves for good, an arrow says so. The loss of rows that are held out has a line
    of its own, thin and dashed, and its own name.

    Attributes:
        log: what the log axis shows; None where the axis is linear.
    """

    counts = True

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        sizes, last = scene.sizes, max(1, scene.iterations)
        self._shown, self._everything = with_held(scene.runs), with_held(scene.everyone)
        self._held = len(self._shown) > len(scene.runs)
        self.log = self._logged()
        # Beside a curve it has the curve's own L axis, so that the balls stand level.
        self._level = any(kind.heights for kind in scene.kinds) and len(scene.kinds) > 1 and not self._held
        self._values, limits, name = self._heights()
        styles = [*scene.styles]
        if self._held:
            styles += [style_of(scene, run) for run in range(len(scene.runs))]
        self.names_at, self._named = self._end_names(styles)
        end = (1.03 + self.names_at.share) * last
        self.set_axes((-0.03 * last, end), limits, scene.text("iteration") + " $k$", name)
        stretch = PIXELS_APART * last / max(1.0, axes.bbox.width)
        self.stretch = scene.stride * max(1, round(stretch / scene.stride))
        widths = [1.2 * sizes.line * (1.0 if i < len(scene.runs) else THIN) for i in range(len(styles))]
        pens = [
            (style.before, width, style.dashed(sizes.text))
            for style, width in zip(styles, widths, strict=True)
        ]
        self.settled = [Stroke(axes, colour, width=width, dashes=dashes) for colour, width, dashes in pens]
        self.lines = [Stroke(axes, colour, width=width, dashes=dashes) for colour, width, dashes in pens]
        self._dashed = [bool(style.dashes) for style in styles]
        self._lengths: dict[int, Points] = {}
        self.balls = [ball_of(axes, scene, run) for run in range(len(scene.runs))]
        if self._held:
            self.balls += [ring_of(axes, scene, run) for run in range(len(scene.runs))]
        self._exits = [
            Exit(self, 0, partial(self._line, values, 0, len(values)), named=False, style=style)
            for values, style in zip(self._values, styles, strict=True)
        ]

    def _end_names(self, styles: Sequence[Style]) -> tuple[EndNames, int]:
        """The names at the ends of lines, and how many lines have one: those held out where there is room."""
        scene = self.scene
        names = [name_of(scene, run) for run in scene.runs]
        if self._held:
            held = [scene.text("history.held.of", name=name) for name in names]
            if scene.alone:
                names, held = [scene.text("history.learned")], [scene.text("history.held")]
            every = EndNames(self, [*names, *held], styles)
            if every.shown or scene.alone:
                return every, len(styles)
        return EndNames(self, names), len(names)

    def still(self) -> Iterable[Artist]:
        """Also what a thin line is, where it has no name at its end, and losses that are worth knowing."""
        yield from super().still()
        yield from self._marks()
        if self._held and not (self._named == len(self.lines) and self.names_at.shown):
            box, size = self.axes.bbox, self.scene.sizes.text
            words = self.scene.text("history.thin")
            taken = self.scene.glyphs.width(self.names[1]) + size + self.named_above
            if self.scene.small.width(words) + taken <= box.width:
                label = Label(self.scene.small, self.scene.theme.muted, anchor="right")
                yield label.to(words, (box.x1 - self.named_above, box.y1 + 0.6 * size))

    def settle(self, k: int) -> Iterable[Artist]:
        if k and k % self.stretch == 0:
            for run, stroke in enumerate(self.settled):
                begun = k - self.stretch
                yield stroke.to(self._line(self._values[run], begun, k), self._along(run, begun))

    def update(self, moment: Moment) -> Iterable[Artist]:
        moment, ends = self.scene.underway(moment), []
        for run, (line, ball, exit) in enumerate(zip(self.lines, self.balls, self._exits, strict=True)):
            values = self._values[run]
            last = len(values) - 1
            k = min(moment.k, last)
            begun = k - k % self.stretch
            now = self.to_pixels(k + (moment.fraction if k < last else 0.0), float(at(values, moment)))
            yield line.to(np.vstack([self._line(values, begun, k), now]), self._along(run, begun))
            yield from exit.update(moment)
            yield ball.to(now)
            ends.append(now[0])
        yield from self.names_at.update(moment, np.array(ends[: self._named]))

    def stage(self) -> dict[str, Any]:
        """On a log axis also what the loss is measured from, and where what is as good as nothing stands."""
        if self.log is None:
            return super().stage()
        _, _, lowest, least, foot, exact = self.log
        zero = ROUNDING * abs(lowest)
        return {
            **super().stage(),
            "lowest": lowest,
            "zero": zero,
            "least": least,
            "foot": foot,
            "exact": exact or foot is None,
        }

    def _marks(self) -> Iterable[Artist]:
        """Losses that are worth knowing beside that of a run, where they are within the limits."""
        scene, box = self.scene, self.axes.bbox
        low, size = self.axes.get_ylim()[0], scene.small.size
        heights = {
            name: float(self.to_pixels(0.0, height)[0, 1])
            for name, value in scene.loss.marks.items()
            if (height := value if self.log is None else value - self.log.lowest) > low
        }
        heights = {name: y for name, y in heights.items() if y < box.y1}
        end = box.x1  # or where the runs' names begin
        if self.names_at.shown:
            end = float(self.to_pixels(float(max(1, scene.iterations)), 1.0)[0, 0])
        for name, y in heights.items():
            line = Stroke(
                self.axes, scene.theme.muted, width=max(1.0, 0.07 * size), dashes=(0.4 * size, 0.3 * size)
            )
            yield line.to(np.array([(box.x0, y), (end, y)]))
            words = scene.text(f"mark.{name}")
            label = Label(scene.small, scene.theme.muted, anchor="right", halo=scene.theme.ground)
            yield label.to(words, self._clear(words, y, heights.values(), end))

    def _clear(self, words: str, y: float, heights: Collection[float], end: float) -> tuple[float, float]:
        """Where words about a height end: over it or under it, as far right as no line of a run is there."""
        size, near = self.scene.small.size, CLOSE * self.scene.small.size
        over, under = y + 0.4 * size, y - 1.2 * size
        crowded = any(0 < other - y < near for other in heights)
        if not self.names_at.shown:
            return float(end) - 0.2 * size, under if crowded else over
        width, first = self.scene.small.width(words), end - size
        lines = [self._line(values, 0, len(values)) for values in self._values]
        free = [under] if crowded else [over]
        free += [under] if not crowded and not any(0 < y - other < near for other in heights) else []
        for foot in free:
            for place in np.arange(first, self.axes.bbox.x0 + width, -size).tolist():
                parts = [p[np.abs(p[:, 0] - place + width / 2) < width / 2 + size, 1] for p in lines]
                apart = (p.max() < foot - 0.6 * size or p.min() > foot + 1.6 * size for p in parts if len(p))
                if all(apart):
                    return place, foot
        return first, free[0]

    def _along(self, run: int, k: int) -> float:
        """How far along its line iterate k stands, in pixels; dashes count from there."""
        if not self._dashed[run]:
            return 0.0
        if run not in self._lengths:
            self._lengths[run] = lengths(self._line(self._values[run], 0, len(self._values[run])))
        return float(self._lengths[run][min(k, len(self._lengths[run]) - 1)])

    def _line(self, values: Array, first: int, last: int) -> Points:
        part = values[first : last + 1]
        return self.to_pixels(np.arange(first, first + len(part), dtype=np.float64), part)

    def ticks(self, which: str, limits: tuple[float, float], most: float) -> list[float]:
        """Only numbers that losses can have: none under the lowest, none between it and the foot."""
        if which == "x":  # beyond the last iterate stand the runs' names
            last = float(max(1, self.scene.iterations))
            return super().ticks(which, (limits[0], min(limits[1], last)), most)
        low = self.scene.floor if self.log is None else self.log.least * (1 - 1e-9)
        if self.log is None:
            low -= 1e-9 * (limits[1] - limits[0])
            return [value for value in super().ticks(which, limits, most) if not self._level or value >= low]
        found = super().ticks(which, (low, limits[1]), most)
        return found if self.log.foot is None else [self.log.foot, *found]

    def tick_name(self, which: str, value: float) -> str:
        if which == "y" and self.log is not None and value == self.log.foot:
            return "0" if self.log.exact else "≈ 0"
        return super().tick_name(which, value)

    def _heights(self) -> tuple[list[Array], tuple[float, float], str]:
        """What is drawn of each run, its limits, and its name."""
        scene = self.scene
        if self.log is not None:
            self.axes.set_yscale("log")
            return self.log.values, self.log.limits, self._log_name(self.log.lowest)
        floor, ceiling = scene.floor, scene.ceiling
        if self._held and scene.spec.zlim is None:
            held = np.concatenate([run.loss for run in self._everything[len(scene.everyone) :]])
            highest = floor + HIGHEST * (ceiling - floor)
            floor = min(floor, float(held.min()))
            ceiling = max(ceiling, min(float(held.max()) + 0.1 * (float(held.max()) - floor), highest))
        span = ceiling - floor
        limits = (floor - 0.06 * span, ceiling)
        if self._level:
            height = self.axes.get_window_extent().height
            low, _, high = beside_a_curve(
                scene.floor, scene.ceiling, round(height), scene.sizes.text, scene.alone
            )
            limits = (low, high)
        return [run.loss for run in self._shown], limits, "$L$"

    def _log_name(self, lowest: float) -> str:
        """What is shown on a log axis, and the loss it is measured from where there is room for that."""
        if not lowest:
            return "$L$ (log)"
        name, where = "$L$ − $L$* (log)", f",  $L$* = {self.scene.text.short(lowest)}"
        roomy = self.scene.glyphs.width(name + where) <= self.axes.get_window_extent().width
        return name + where if roomy else name

    def _logged(self) -> LogAxis | None:
        """The log axis, where one is asked for, or suits the runs and nothing is asked for."""
        scene, asked = self.scene, self.scene.spec.log
        lowest = lowest_of(scene.loss, self._everything)
        if lowest is None or asked is False:
            return None
        if asked is None and scene.alone and not falls_far(scene.runs[0], lowest):
            return None
        log = on_a_log_axis(self._shown, self._everything, lowest, scene.ceiling)
        if log is None or scene.spec.zlim is None:
            return log
        low, high = (limit - lowest for limit in scene.spec.zlim)
        if high <= 0.0:
            return None
        return log._replace(limits=(low if low > 0 else min(log.limits[0], high / 10), high))
