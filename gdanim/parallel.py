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
from gdanim.spec import Spec
from gdanim.startup import leave_out_docstrings, loading
from gdanim.timeline import Moment

# Nothing heavy is loaded before the processes are there: matplotlib takes longer than all the rest,
# and is loaded by whoever draws while the others load what they need.
if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from gdanim.descent import Trajectory
    from gdanim.losses.base import Loss
    from gdanim.output.palette import Pixels
    from gdanim.render import Picture

AHEAD = 3  # frames under way in each process; memory stays flat
INTERRUPTS = (signal.SIGINT, signal.SIGTERM)

Traced = Callable[[], "tuple[Loss, tuple[Trajectory, ...]]"]
Draw = Callable[[Iterable[Moment]], "Iterator[Pixels]"]
Paint = Callable[[], "Picture"]


@contextmanager
def drawing(spec: Spec, traced: Traced) -> Iterator[Draw]:
    """What draws the frames of moments, in order; each is valid until the next.

    They are drawn by other processes where there are processors for it and a process can be forked
    safely, and here otherwise.

    Args:
        traced: the loss and the runs; each process asks for them itself.

    Raises:
        GdanimError: from the drawing, for what a Picture refuses.
    """
    paint = partial(_picture, spec, traced)
    count = _painters(spec)
    if count == 0:
        yield partial(_drawn_here, paint)
        return
    painters: list[Painter] = []
    try:
        with _uninterrupted():
            for _ in range(count):
                painters.append(Painter(paint, spec.pixels))
        yield partial(_drawn_by, painters)
    finally:
        for painter in painters:
            painter.stop()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Interrupts wait until every process is known to be stopped, and answers them in its own way."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _painters(spec: Spec) -> int:
    """How many processes draw beside this one: 0 where none can.

    One for most, since a frame takes about as long to encode as to draw; as many as there are
    processors for a turning surface, which is drawn anew for every frame.
    """
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
    if processors == 1 or not _can_fork():
        return 0
    return processors if spec.orbit and "surface" in spec.view else 1


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


def _picture(spec: Spec, traced: Traced) -> Picture:
    with loading():
        from gdanim.render import Picture

        return Picture(spec, *traced())


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
        self._send((self._asked % self.SLOTS, moment))
        self._asked += 1

    def finish(self) -> None:
        """Let the process end when it has drawn what it was asked for."""
        self._send(None)

    def _send(self, request: tuple[int, Moment] | None) -> None:
        with suppress(BrokenPipeError):  # it has given up; why is told by what it sent last
            self._end.send(request)

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
        """End the process, whatever it is doing."""
        self._process.terminate()
        self._process.join()
        self._end.close()

    def _work(self, paint: Paint, end: Connection) -> None:
        """What the process does: draw what is asked for, until nobody is there to ask."""
        self._end.close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to answer
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTS)
        try:
            with loading():
                leave_out_docstrings()
            picture = paint()
            for slot, moment in iter(end.recv, None):
                self._frames[slot] = picture.frame(moment)
                end.send(None)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            pass
        except Exception as error:
            import traceback

            end.send((error, traceback.format_exc()))
