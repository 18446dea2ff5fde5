"""Frames drawn by other processes, in memory shared with this one, which encodes them meanwhile."""

from __future__ import annotations

import errno
import os
import signal
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from mmap import mmap
from typing import TYPE_CHECKING, Any, NamedTuple

from gdanim.errors import FAILED, GdanimError
from gdanim.interrupts import SIGNALS, uninterrupted
from gdanim.metadata import NOTHING, Metadata
from gdanim.startup import leave_out_docstrings, load_fonts, loading, room_for_matplotlib
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
FEW = 8  # frames that take long to draw; for less it does not pay to start a process
MANY = 100  # of those that do not, where what draws them is loaded
PATIENCE = 5.0  # seconds in which a process may end by itself
# What ends a painter, at once and without a word; nobody else sends it.
ENOUGH = getattr(signal, "SIGUSR1", signal.SIGTERM)


class Still(NamedTuple):
    """A moment as a picture on its own, asked for in place of a frame: it comes as a file's bytes.

    Attributes:
        format: svg, pdf or png.
        metadata: what the file says of itself, where whoever draws it has to know.
    """

    moment: Moment
    format: str
    metadata: Metadata = NOTHING


class Ground:
    """What is the same of any run, asked for in place of a frame: it comes as `Picture.ground` has it."""


Wanted = Moment | Still | Ground
Draw = Callable[[Iterable[Wanted]], Iterator[Any]]  # pixels of a moment, and bytes of the others
Paint = Callable[[], "Picture"]


@contextmanager
def drawing(paint: Paint, pixels: tuple[int, int], painters: int) -> Iterator[Draw]:
    """What draws the frames of moments, and stills, in order; each frame is valid until the next.

    Args:
        paint: makes the Picture; each process makes its own.
        pixels: width and height of a frame.
        painters: how many processes draw beside this one; 0 to draw here. Fewer do where the system
            refuses more, and none where forking is not safe.

    Raises:
        GdanimError: from the drawing, for what a Picture refuses.
    """
    working: list[Painter] = []
    with room_for_matplotlib():
        try:
            if painters and drawn_before():
                import gdanim.render  # noqa: F401 - once for them, and for all that follow
            # What is refused here, be it memory or processes, is drawn by those that there are.
            with uninterrupted(), suppress(OSError):
                for _ in range(painters if painters and can_fork() else 0):
                    working.append(Painter(paint, pixels))
            yield partial(_drawn_by, working) if working else partial(_drawn_here, paint)
        finally:
            with uninterrupted():
                for painter in working:
                    painter.stop()
                for painter in working:
                    painter.join()


def drawn_before() -> bool:
    """Whether this process has drawn another figure.

    For the first it is quicker to have matplotlib loaded by the process that draws, while this one
    loads what encodes.
    """
    return "gdanim.output.palette" in sys.modules


def painters_for(pixels: tuple[int, int], frames: int, *, heavy: bool) -> int:
    """How many processes should draw beside this one.

    None where there is one processor, or where all is loaded and a few frames are drawn sooner than a
    process is started. One for most, since a frame takes about as long to encode as to draw. Where
    every frame is drawn anew, as many as there are processors, while each has some frames to draw
    and there is memory for them.

    Args:
        pixels: width and height of a frame.
        frames: how many there are to draw.
        heavy: whether drawing takes far longer than encoding.
    """
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
    if processors == 1:
        return 0
    if not heavy:
        return 0 if drawn_before() and frames < MANY else 1
    width, height = pixels
    memory = MOST_MEMORY // (4 * Painter.SLOTS * width * height)
    return max(1, min(processors, MOST_PAINTERS, frames // FEW, memory))


def can_fork() -> bool:
    """Whether a forked process can draw, and whether this one should have any.

    A fork copies the calling thread only, and what another one holds stays locked for ever. A worker
    of a pool draws by itself: its fellows have the other processors.
    """
    if "multiprocessing.process" in sys.modules:
        from multiprocessing import current_process, parent_process

        if current_process().daemon or parent_process() is not None:
            return False
    return python_threads() == 1 and (threads_here() == 1 or _threads_at_a_fork() == 1)


def python_threads() -> int:
    """How many threads Python knows of."""
    return len(sys._current_frames())


def threads_here() -> int:
    """How many threads this process has, Python's and others; 0 where that cannot be found out."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 0


def _threads_at_a_fork() -> int:
    """How many threads are left when a process is forked.

    The library that multiplies numpy's matrices ends its own before every fork, and starts them again
    when it needs them. Others stay, and what these hold is not known.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that there are threads: it is asked how many
        child = os.fork()
    if child == 0:
        os._exit(0)
    threads = threads_here()
    os.kill(child, signal.SIGKILL)  # should it be the one that finds something locked
    os.waitpid(child, 0)
    return threads


def _painted(paint: Paint) -> Picture:
    try:
        return paint()
    except OSError as error:  # as where matplotlib finds no folder for its fonts
        if error.errno in (errno.EMFILE, errno.ENFILE):
            raise  # it is of no importance which file was one too many
        raise GdanimError(f"cannot draw: {error}", exit_code=FAILED) from error


def _made(picture: Picture, wanted: Wanted) -> Pixels | bytes:
    if not isinstance(wanted, Still):
        return picture.frame(wanted) if isinstance(wanted, Moment) else picture.ground()
    from io import BytesIO

    file = BytesIO()
    picture.save(wanted.moment, file, wanted.format, wanted.metadata)
    return file.getvalue()


def _drawn_here(paint: Paint, wanted: Iterable[Wanted]) -> Iterator[Pixels | bytes]:
    picture = _painted(paint)
    for one in wanted:
        yield _made(picture, one)


def _drawn_by(painters: list[Painter], wanted: Iterable[Wanted]) -> Iterator[Pixels | bytes]:
    """What is wanted, asked for in turn from each and in time."""
    waiting: deque[Painter] = deque()
    for number, one in enumerate(wanted):
        painter = painters[number % len(painters)]
        painter.ask(one)
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
        before = signal.pthread_sigmask(signal.SIG_BLOCK, (ENOUGH,))
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            other.close()

    def ask(self, wanted: Wanted) -> None:
        """Have a frame or a still drawn."""
        # If it has given up, what it sent last says why.
        _tell(self._end, (self._asked % self.SLOTS, wanted))
        self._asked += 1

    def finish(self) -> None:
        """Let the process end when it has drawn what it was asked for."""
        _tell(self._end, None)

    def receive(self) -> Pixels | bytes:
        """What was asked for first; a frame is valid until the next is received.

        Raises:
            GdanimError: a Picture refused, or the process was ended.
            Exception: any other that was raised in drawing it, with its trace as the cause.
        """
        try:
            answer: tuple[Exception, str] | bytes | None = self._end.recv()
        except (EOFError, ConnectionResetError):
            raise GdanimError(
                "the process that draws the frames was ended from outside; perhaps memory ran out, and a"
                " smaller size needs less",
                exit_code=FAILED,
            ) from None
        if isinstance(answer, tuple):
            error, trace = answer
            raise error from ElsewhereError(f"\n{trace}")
        slot = self._received % self.SLOTS
        self._received += 1
        if answer is not None:
            return answer
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
        if self._process.is_alive() and self._process.pid:
            os.kill(self._process.pid, ENOUGH)

    def join(self) -> None:
        """Wait until it has."""
        self._process.join(PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _work(self, paint: Paint, end: Connection) -> None:
        """What the process does: draw what is asked for, until nobody is there to ask."""
        self._end.close()
        for number in SIGNALS:  # they are for the parent to answer, also where the whole group gets them
            signal.signal(number, signal.SIG_IGN)
        try:
            with loading():
                leave_out_docstrings()
                load_fonts()
                # Not sooner: matplotlib holds a lock while it writes down what fonts there are.
                signal.pthread_sigmask(signal.SIG_UNBLOCK, (*SIGNALS, ENOUGH))
                picture = _painted(paint)
            for slot, wanted in _requests(end):
                made = _made(picture, wanted)
                if isinstance(made, bytes):
                    _tell(end, made)
                else:
                    self._frames[slot] = made
                    _tell(end, None)
        except Exception as error:
            _tell(end, _failure(error))


def _requests(end: Connection) -> Iterator[tuple[int, Wanted]]:
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
