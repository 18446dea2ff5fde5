"""Frames drawn by other processes, in memory shared with this one, which encodes them meanwhile."""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from mmap import mmap
from typing import TYPE_CHECKING

from gdanim.errors import FAILED, GdanimError
from gdanim.startup import leave_out_docstrings, loading
from gdanim.timeline import Moment

# Nothing heavy is loaded before the processes are there: matplotlib takes longer than all the rest,
# and is loaded by whoever draws while the others load what they need.
if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from gdanim.output.palette import Pixels
    from gdanim.render import Picture

AHEAD = 3  # frames under way in each process; memory stays flat
MOST_PAINTERS = 8
MOST_MEMORY = 2**29  # bytes shared with all of them
FEW = 8  # frames; for less it does not pay to start a process
PATIENCE = 5.0  # seconds in which a process may end by itself
INTERRUPTS = (signal.SIGINT, signal.SIGTERM)

Draw = Callable[[Iterable[Moment]], "Iterator[Pixels]"]
Paint = Callable[[], "Picture"]


@contextmanager
def drawing(paint: Paint, pixels: tuple[int, int], painters: int) -> Iterator[Draw]:
    """What draws the frames of moments, in order; each is valid until the next.

    Args:
        paint: makes the Picture.
        pixels: width and height of a frame.
        painters: how many processes draw beside this one; 0 for none.

    Raises:
        GdanimError: from the drawing, for what a Picture refuses.
    """
    started: list[Painter] = []
    try:
        # What is refused here, be it memory or processes, is drawn by those that there are.
        with _uninterrupted(), suppress(OSError):
            for _ in range(painters):
                started.append(Painter(paint, pixels))
        yield partial(_drawn_by, started) if started else partial(_drawn_here, paint)
    finally:
        with _uninterrupted():
            for painter in started:
                painter.stop()
            for painter in started:
                painter.join()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Interrupts wait while processes are started and noted, or stopped."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def painters_for(pixels: tuple[int, int], frames: int, heavy: bool) -> int:
    """How many processes should draw beside this one: 0 where none can.

    One for most, since a frame takes about as long to encode as to draw; for what takes longer as many
    as there are processors, while each has some frames to draw and there is memory for them.
    """
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
    if processors == 1 or not _can_fork():
        return 0
    if not heavy:
        return 1
    width, height = pixels
    memory = MOST_MEMORY // (4 * Painter.SLOTS * width * height)
    return max(1, min(processors, MOST_PAINTERS, frames // FEW, memory))


def _can_fork() -> bool:
    """A fork copies the calling thread only, and what another one holds stays locked for ever."""
    if "multiprocessing.process" in sys.modules:
        from multiprocessing import current_process

        if current_process().daemon:  # may not have children
            return False
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def _drawn_here(paint: Paint, moments: Iterable[Moment]) -> Iterator[Pixels]:
    picture = paint()
    for moment in moments:
        yield picture.frame(moment)


def _drawn_by(painters: list[Painter], moments: Iterable[Moment]) -> Iterator[Pixels]:
    """The frames, asked for in turn from each and in time."""
    waiting: deque[Painter] = deque()
    for number, moment in enumerate(moments):
        painter = painters[number % len(painters)]
        painter.ask(moment)
        waiting.append(painter)
        if len(waiting) > AHEAD * len(painters):
            yield waiting.popleft().receive()
    for painter in painters:
        painter.finish()
    while waiting:
        yield waiting.popleft().receive()


class ElsewhereError(Exception):
    """Shows where in the other process an error came from."""


class Painter:
    """A process that draws frames into memory shared with it; to be made while interrupts are blocked.

    Args:
        paint: makes its Picture.
        pixels: width and height of a frame.
    """

    SLOTS = AHEAD + 2  # those under way, and the one last received

    def __init__(self, paint: Paint, pixels: tuple[int, int]) -> None:
        import multiprocessing  # where everything is drawn here it is not needed

        width, height = pixels
        self._shape = (self.SLOTS, height, width, 4)
        self._memory = mmap(-1, 4 * self.SLOTS * width * height)
        self._asked = self._received = 0
        context = multiprocessing.get_context("fork")
        self._end, other = context.Pipe()
        self._process = context.Process(target=self._work, args=(paint, other), daemon=True)
        self._process.start()
        other.close()

    def ask(self, moment: Moment) -> None:
        """Have a frame drawn."""
        # If it has given up, what it sent last says why.
        _tell(self._end, (self._asked % self.SLOTS, moment))
        self._asked += 1

    def finish(self) -> None:
        """Let the process end when it has drawn what it was asked for."""
        _tell(self._end, None)

    def receive(self) -> Pixels:
        """The frame that was asked for first, valid until the next is received.

        Raises:
            GdanimError: a Picture refused, or the process was ended.
            Exception: any other that was raised in drawing it, with its trace as the cause.
        """
        try:
            failure: tuple[Exception, str] | None = self._end.recv()
        except (EOFError, ConnectionResetError):
            raise GdanimError(
                "the process that draws the frames was ended from outside; perhaps memory ran out, and a"
                " smaller size needs less",
                exit_code=FAILED,
            ) from None
        if failure is not None:
            error, trace = failure
            raise error from ElsewhereError(f"\n{trace}")
        slot = self._received % self.SLOTS
        self._received += 1
        frame: Pixels = self._frames[slot]
        return frame

    @cached_property
    def _frames(self) -> Pixels:
        """The memory as frames, (SLOTS, height, width, 4)."""
        import numpy as np

        return np.frombuffer(self._memory, np.uint8).reshape(self._shape)

    def stop(self) -> None:
        """Have the process end, whatever it is doing."""
        self._end.close()
        self._process.terminate()

    def join(self) -> None:
        """Wait until it has."""
        self._process.join(PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _work(self, paint: Paint, end: Connection) -> None:
        """What the process does: draw what is asked for, until nobody is there to ask."""
        self._end.close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to answer
        # Not simply killed: matplotlib holds a lock while it writes down what fonts there are.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTS)
        try:
            with loading():
                leave_out_docstrings()
                picture = paint()
            for slot, moment in _requests(end):
                self._frames[slot] = picture.frame(moment)
                _tell(end, None)
        except Exception as error:
            _tell(end, _failure(error))


def _requests(end: Connection) -> Iterator[tuple[int, Moment]]:
    """What is asked for, until the asker has finished or gone."""
    with suppress(EOFError, ConnectionResetError):
        yield from iter(end.recv, None)


def _tell(end: Connection, message: object) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):
        end.send(message)


def _failure(error: Exception) -> tuple[Exception, str]:
    """An error with its trace, or, where it cannot be sent, one that says the same."""
    import pickle
    import traceback

    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}"), traceback.format_exc()
    return error, traceback.format_exc()
