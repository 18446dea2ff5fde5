"""Which iterate each frame shows, and for how long: pure functions, nothing drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gdanim.errors import GdanimError

ITERATES_PER_SECOND = 2.0  # the notebook's pace
MOST_FRAMES = 10_000  # hours of them at the notebook's pace
SMOOTH_FPS = 50.0  # more than an eye needs
SLOPE, ARROW = 0.25, 0.5  # when, between two iterates, the arrow begins to grow, and the ball to move


class Moment(NamedTuple):
    """A point of the descent: `fraction` of the time (0 ≤ fraction < 1) between iterate k and k + 1.

    Descent jumps. What is seen in between tells the step: until `SLOPE` the slope at iterate k, until
    `ARROW` the arrow of the step that grows from it, then the ball that goes where the arrow points.
    """

    k: int
    fraction: float = 0.0

    @property
    def standing(self) -> Moment:
        """The iterate that this moment is about: what its numbers, slope and arrow belong to."""
        return Moment(self.k)


class Frame(NamedTuple):
    moment: Moment
    seconds: float


@dataclass(frozen=True)
class Timeline:
    """Evenly spaced frames, the last of them held.

    Args:
        moments: what the frames show, in order.
        fps: frames per second.
        hold: seconds by which the last frame stays longer than the others.
    """

    moments: tuple[Moment, ...]
    fps: float
    hold: float

    def __len__(self) -> int:
        return len(self.moments)

    def __iter__(self) -> Iterator[Frame]:
        last = len(self.moments) - 1
        for index, moment in enumerate(self.moments):
            yield Frame(moment, 1 / self.fps + (self.hold if index == last else 0.0))

    @property
    def seconds(self) -> float:
        """Length of the whole, in seconds."""
        return len(self.moments) / self.fps + self.hold

    def sample(self, count: int) -> list[Moment]:
        """At most `count` moments spread over the whole, the first and the last among them.

        >>> [m.k for m in plan(iterations=20).sample(3)]
        [0, 10, 20]
        """
        chosen = spread(len(self.moments), count)
        return [self.moments[index] for index in chosen]


def plan(
    *,
    iterations: int,
    fps: float | None = None,
    tween: int = 0,
    seconds: float | None = None,
    hold: float = 2.0,
    fastest: float = SMOOTH_FPS,
) -> Timeline:
    """Lay the iterates 0 … iterations out in time.

    Between two iterates stand `tween` further frames. Without `fps` an iterate takes half a second
    (less smoothly where that would need more than `fastest` frames a second). With `seconds` the whole,
    hold included, takes that long: at the given `fps`, or at the rate that shows every frame,
    or at `fastest` where that is not enough; frames are then left out evenly, never the last. So they are
    where there would be more than 10,000 and nothing says how long it should take.

    Args:
        seconds: length of the whole, in seconds.
        hold: how much longer the last frame stays on, in seconds.
        fastest: frames per second that are not exceeded where `fps` does not say how many.

    Raises:
        GdanimError: no time is left for the frames.

    >>> timeline = plan(iterations=20)
    >>> len(timeline), timeline.seconds
    (21, 12.5)
    """
    per_iterate = tween + 1
    total = iterations * per_iterate + 1
    if seconds is None:
        rate = fps if fps is not None else min(ITERATES_PER_SECOND * per_iterate, fastest)
        return Timeline(_moments(spread(total, MOST_FRAMES), per_iterate), rate, hold)
    moving = seconds - hold
    if moving <= 0:
        raise GdanimError(
            f"{seconds:g} s leaves no time for the frames, since the last is held for {hold:g} s;"
            " allow more seconds or a shorter hold",
            where=["seconds"],
        )
    wanted = total if fps is None else max(1, round(moving * fps))
    if fps is None and total / moving > fastest:
        wanted = max(1, int(moving * fastest))
    chosen = spread(total, wanted)
    return Timeline(_moments(chosen, per_iterate), len(chosen) / moving, hold)


def spread(total: int, count: int) -> list[int]:
    """At most `count` of the indices 0 … total − 1, evenly spread, the ends among them.

    >>> spread(5, 3), spread(3, 9), spread(7, 1)
    ([0, 2, 4], [0, 1, 2], [6])
    """
    if count >= total:
        return list(range(total))
    if count == 1:
        return [total - 1]
    return [round(i * (total - 1) / (count - 1)) for i in range(count)]


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


def _moments(indices: range | list[int], per_iterate: int) -> tuple[Moment, ...]:
    return tuple(Moment(index // per_iterate, index % per_iterate / per_iterate) for index in indices)
