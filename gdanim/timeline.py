"""Which iterate each frame shows, and for how long: pure functions, nothing drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gdanim.errors import GdanimError

ITERATES_PER_SECOND = 2.0  # the notebook's pace
MOST_STRIDE = 100  # iterates drawn at once; one line of many that cross takes longer than several
MOST_FRAMES = 10_000  # hours of them at the notebook's pace
SMOOTH_FPS = 50.0  # more than an eye needs


class Moment(NamedTuple):
    """A point of the descent: `fraction` of the way (0 ≤ fraction < 1) from iterate k to k + 1."""

    k: int
    fraction: float = 0.0


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
    return tuple(Moment(index // per_iterate, ease(index % per_iterate / per_iterate)) for index in indices)
