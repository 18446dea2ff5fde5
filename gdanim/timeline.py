"""Which iterate each frame shows, and for how long: pure functions, nothing drawn."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gdanim.errors import GdanimError

ITERATES_PER_SECOND = 2.0  # the notebook's pace
MOST_STRIDE = 100  # iterates drawn at once; one line of many that cross takes longer than several
MOST_FRAMES = 10_000  # hours of them at the notebook's pace
SMOOTH_FPS = 50.0  # more than an eye needs
HOLD = 2.0  # seconds that the last frame stays longer
BEATS_PER_SECOND, QUICK_BEATS = 1.0, 4.0  # of the first iterate, which is read, and of those after it
SLOPE, ARROW = 0.25, 0.5  # when, between two iterates, the arrow begins to grow, and the ball to move


class Moment(NamedTuple):
    """A point of the descent: `fraction` of the time (0 ≤ fraction < 1) between iterate k and k + 1.

    Descent jumps. What is seen in between tells the step: until `SLOPE` the slope at iterate k, until
    `ARROW` the arrow of the step that grows from it, then the ball that goes where the arrow points.
    Where an iterate is told in beats, `beat` counts them; until it is updated, its fraction is 0.
    """

    k: int
    fraction: float = 0.0
    beat: int = 0

    @property
    def standing(self) -> Moment:
        """The iterate that this moment is about: what its numbers, slope and arrow belong to."""
        return Moment(self.k)


class Frame(NamedTuple):
    moment: Moment
    seconds: float


@dataclass(frozen=True)
class Timeline:
    """What the frames show, and for how long each.

    Args:
        moments: what the frames show, in order.
        durations: of each, in seconds.
        fps: frames per second, but for those that pause.
        whole: how many frames there would be, were none left out.
    """

    moments: tuple[Moment, ...]
    durations: tuple[float, ...]
    fps: float
    whole: int

    def __len__(self) -> int:
        return len(self.moments)

    def __iter__(self) -> Iterator[Frame]:
        return map(Frame, self.moments, self.durations)

    @property
    def seconds(self) -> float:
        """Length of the whole, in seconds."""
        return math.fsum(self.durations)

    @property
    def between(self) -> bool:
        """Whether there are frames between iterates."""
        return any(moment.fraction for moment in self.moments)

    def sample(self, count: int) -> list[Moment]:
        """At most `count` moments spread over the whole, the first and the last among them.

        >>> [m.k for m in plan(iterations=20).sample(3)]
        [0, 10, 20]
        """
        chosen = spread(len(self.moments), count)
        return [self.moments[index] for index in chosen]

    @property
    def stride(self) -> int:
        """How many iterates may be drawn at once; 1 but where there are too many to see each.

        >>> plan(iterations=9_999).stride, plan(iterations=500_000).stride
        (1, 50)
        """
        return max(1, min(self.moments[-1].k // max(MOST_FRAMES, len(self.moments)), MOST_STRIDE))


def plan(
    *,
    iterations: int,
    fps: float | None = None,
    tween: int = 0,
    step_seconds: float | None = None,
    seconds: float | None = None,
    pauses: Mapping[int, float] | None = None,
    hold: float = HOLD,
    fastest: float = SMOOTH_FPS,
    beats: Sequence[float] = (),
    told: bool = False,
) -> Timeline:
    """Lay the iterates 0 … iterations out in time.

    Between two iterates stand `tween` further frames, or with both `step_seconds` and `fps` as many as
    these ask for. An iterate takes `step_seconds`; without that half a second (less smoothly where that
    would need more than `fastest` frames a second), or as long as its frames take at the given `fps`.
    With `seconds` the whole, hold and pauses included, takes that long: at the given `fps`, or at the rate
    that shows every frame, or at `fastest` where that is not enough. Frames for which there is no time, or
    of which there would be more than 10,000, are left out evenly; never the last, nor one that pauses.

    An iterate that is told in beats has a frame for each, and then those of `tween`. Where nothing is said
    of time, a beat of the first iterate takes a second, and any other a quarter of one.

    Args:
        step_seconds: how long an iterate takes, with the frames between it and the next.
        seconds: length of the whole, in seconds.
        pauses: iterate → how long it takes in all; where it is the last, without any `hold`.
        hold: how much longer the last frame stays on, in seconds.
        fastest: frames per second that are not exceeded where `fps` does not say how many.
        beats: the fraction of each beat that an iterate is told in, if any.
        told: whether frames between tell the step. An iterate that pauses then stands where slope and
            arrow are all there and the ball has not moved, and otherwise at its beginning.

    Raises:
        GdanimError: no time is left for the frames, or two of these contradict each other.

    >>> timeline = plan(iterations=20)
    >>> len(timeline), timeline.seconds
    (21, 12.5)
    >>> plan(iterations=3, step_seconds=1.5, pauses={0: 4.0}).durations
    (4.0, 1.5, 1.5, 3.5)
    """
    pauses = {k: pause for k, pause in (pauses or {}).items() if k <= iterations}
    if iterations in pauses:
        hold = 0.0
    story = _story(beats, tween, _frames_an_iterate(fps, tween, step_seconds, seconds, len(beats)))
    per_iterate = len(story)
    total = iterations * per_iterate + 1
    stand = int(ARROW * per_iterate) if told else 0
    kept = {min(k * per_iterate + stand, total - 1): k for k in pauses}  # frame that stands → iterate
    rate, chosen = fps, spread(total, MOST_FRAMES, kept)
    if step_seconds is not None:
        moving = iterations * step_seconds
        if fps is None:
            chosen = spread(total, min(MOST_FRAMES, int(moving * fastest * (1 + 1e-9)) + 1), kept)
        rate = max(1, len(chosen) - 1) / (moving or step_seconds)
    elif seconds is not None:
        moving = _moving(seconds, hold, pauses)
        wanted = total if fps is None else max(1, round(moving * fps))
        if fps is None and total / moving > fastest:
            wanted = max(1, int(moving * fastest))
        chosen = spread(total, wanted, kept)
        usual = sum(index // per_iterate not in pauses for index in chosen)
        if not usual:
            raise GdanimError(
                f"every iterate that is shown has its pause, and {seconds:g} s are something else",
                where=["seconds"],
            )
        rate = usual / moving
    elif rate is None:
        rate = min(QUICK_BEATS if beats else ITERATES_PER_SECOND * per_iterate, fastest)
    durations = [1 / rate] * len(chosen)
    if beats and fps is step_seconds is seconds is None:
        first = bisect_left(chosen, min(per_iterate, total - 1))
        durations[:first] = [1 / BEATS_PER_SECOND] * first
    durations[-1] += hold
    places = {bisect_left(chosen, index): k for index, k in kept.items()}
    _pause(durations, [index // per_iterate for index in chosen], places, pauses, fastest)
    moments = _moments(chosen, story)
    for place, k in places.items():
        if moments[place].fraction:
            moments[place] = Moment(k, ARROW)  # where frames are few none has just the whole arrow
    return Timeline(tuple(moments), tuple(durations), rate, total)


def _frames_an_iterate(
    fps: float | None, tween: int, step_seconds: float | None, seconds: float | None, beats: int
) -> int:
    """How many frames an iterate has, with those between it and the next."""
    least = max(1, beats) + tween
    if step_seconds is None:
        return least
    if seconds is not None:
        raise GdanimError(
            "says how long an iterate takes, and --seconds how long the whole does; leave one of them out",
            where=["step_seconds"],
        )
    if fps is None:
        return least
    frames = max(1, round(fps * step_seconds))
    if beats and frames != least:
        raise GdanimError(
            f"{step_seconds:g} s at {fps:g} frames a second are {frames} frames, and an iterate is told in"
            f" {least}; leave --step-seconds or --fps out",
            where=["step_seconds"],
        )
    if tween and frames != least:
        raise GdanimError(
            f"{step_seconds:g} s at {fps:g} frames a second are {frames} frames, and with {tween} between two"
            f" iterates there are {tween + 1}; leave one of --step-seconds, --fps and --tween out",
            where=["step_seconds"],
        )
    return frames


def _moving(seconds: float, hold: float, pauses: Mapping[int, float]) -> float:
    """The time that is left of the whole for frames that do not pause."""
    left = seconds - hold - sum(pauses.values())
    if left > 0:
        return left
    held = f"the last is held for {hold:g} s" if hold else ""
    paused = f"the pauses take {sum(pauses.values()):g} s" if pauses else ""
    shorter = "shorter pauses" if pauses else "a shorter hold"
    raise GdanimError(
        f"{seconds:g} s leaves no time for the frames, since {' and '.join(filter(None, (held, paused)))};"
        f" allow more seconds or {shorter}",
        where=["seconds"],
    )


def _pause(
    durations: list[float],
    iterates: Sequence[int],
    places: Mapping[int, int],
    pauses: Mapping[int, float],
    fastest: float,
) -> None:
    """Let the frames of iterates that pause take that long together, those at `places` the longest."""
    for place, k in places.items():
        first, end, pause = bisect_left(iterates, k), bisect_right(iterates, k), pauses[k]
        usual = durations[place]
        standing = pause - (end - first - 1) * usual
        if standing >= usual:
            durations[place] = standing
        elif (end - first) / pause <= fastest * (1 + 1e-9):
            durations[first:end] = [pause / (end - first)] * (end - first)
        else:
            raise GdanimError(
                f"{pause:g} s are too short for the {end - first} frames of iterate {k}; give it"
                f" {(end - first) / fastest:.3g} s or more",
                where=["pause"],
            )


def spread(total: int, count: int, kept: Collection[int] = ()) -> list[int]:
    """At most `count` of the indices 0 … total − 1, evenly spread, the ends among them; and those kept.

    >>> spread(5, 3), spread(3, 9), spread(7, 1), spread(9, 2, {5})
    ([0, 2, 4], [0, 1, 2], [6], [0, 5, 8])
    """
    if count >= total:
        return list(range(total))
    last = total - 1
    chosen = [last] if count == 1 else [round(i * last / (count - 1)) for i in range(count)]
    return sorted({*chosen, *kept}) if kept else chosen


def ease(fraction: float) -> float:
    """Smoothstep 3x² − 2x³: starts and arrives at rest.

    >>> ease(0.0), ease(0.5), ease(1.0)
    (0.0, 0.5, 1.0)
    """
    return fraction * fraction * (3.0 - 2.0 * fraction)


def grown(fraction: float) -> float:
    """How much of the step's arrow there is, `fraction` of the time after an iterate.

    >>> grown(0.25), grown(0.375), grown(0.5), grown(0.9)
    (0.0, 0.5, 1.0, 1.0)
    """
    return ease(min(max((fraction - SLOPE) / (ARROW - SLOPE), 0.0), 1.0))


def moved(fraction: float) -> float:
    """How far the ball is on its way to the next iterate.

    >>> moved(0.0), moved(0.5), moved(0.75)
    (0.0, 0.0, 0.5)
    """
    return ease(max((fraction - ARROW) / (1.0 - ARROW), 0.0))


class Clock:
    """Turns seconds into whole ticks, carrying the remainder over."""

    def __init__(self, per_second: float) -> None:
        self.per_second = per_second
        self._seconds = 0.0
        self._ticks = 0

    def tick(self, seconds: float) -> int:
        """Whole ticks for the next `seconds`."""
        self._seconds += seconds
        before, self._ticks = self._ticks, round(self._seconds * self.per_second)
        return self._ticks - before


def _story(beats: Sequence[float], tween: int, frames: int) -> list[tuple[float, int]]:
    """The fraction and the beat of each frame of an iterate."""
    if not beats:
        return [(i / frames, 0) for i in range(frames)]
    told = [(fraction, beat) for beat, fraction in enumerate(beats)]
    last, left = beats[-1], 1.0 - beats[-1]
    return told + [(last + left * i / (tween + 1), len(beats) - 1) for i in range(1, tween + 1)]


def _moments(indices: list[int], story: list[tuple[float, int]]) -> list[Moment]:
    n = len(story)
    return [Moment(index // n, *story[index % n]) for index in indices]
