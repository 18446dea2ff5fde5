"""Frames drawn ahead by other processes, handed over in order."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gdanim.output.palette import Pixels
from gdanim.render import Picture
from gdanim.timeline import Moment

if TYPE_CHECKING:
    from concurrent.futures import Future

AHEAD = 2  # frames under way for each process; memory stays flat

_picture: Picture | None = None  # what the workers draw; they have it from the fork


def frames(picture: Picture, moments: Sequence[Moment]) -> Iterator[Pixels]:
    """The frames of these moments, in order; each valid until the next.

    A picture whose frames are costly is drawn by as many processes as there are processors, where
    processes can be forked; any other here, since handing a frame over takes longer than drawing it.
    """
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if not picture.costly or not hasattr(os, "fork") or count < 2 or len(moments) < 2 * count:
        for moment in moments:
            yield picture.frame(moment)
    else:
        yield from _drawn_by_others(picture, moments, count)


def _drawn_by_others(picture: Picture, moments: Sequence[Moment], count: int) -> Iterator[Pixels]:
    """The same, by so many processes."""
    import multiprocessing  # not needed by most runs, and as long to load as ten frames to draw
    from concurrent.futures import ProcessPoolExecutor

    global _picture
    _picture = picture
    context = multiprocessing.get_context("fork")
    shape = picture.pixels.shape
    with ProcessPoolExecutor(count, mp_context=context, initializer=_ignore_interrupts) as pool:
        waiting: deque[Future[bytes]] = deque()
        try:
            for moment in moments:
                waiting.append(pool.submit(_frame, moment))
                if len(waiting) > AHEAD * count:
                    yield _pixels(waiting.popleft().result(), shape)
            while waiting:
                yield _pixels(waiting.popleft().result(), shape)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _frame(moment: Moment) -> bytes:
    assert _picture is not None
    return _picture.frame(moment).tobytes()


def _pixels(data: bytes, shape: Any) -> Pixels:
    return np.frombuffer(data, np.uint8).reshape(shape)


def _ignore_interrupts() -> None:
    """Ctrl-C is for the parent to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
