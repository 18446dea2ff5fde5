"""Signals that ask a run to end: when they may, and when they have to wait."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # Ctrl-C, a polite end, a terminal that was closed
MOMENT = 0.001  # seconds
MOST_NAMES = 8  # that a sentence has

# What has been put in place since the process began: the names, as a sentence has them.
written: list[str] = []


def sentence() -> str:
    """What to say when a run has been interrupted."""
    if not written:
        return "Interrupted; nothing was written."
    names = written if len(written) <= MOST_NAMES else [*written[:3], f"{len(written) - 3} more files"]
    return f"Interrupted; {' and '.join(names)} {'was' if len(names) == 1 else 'were'} written."


class Stopped(BaseException):  # as KeyboardInterrupt, which is no error either
    """The run was asked to end.

    Attributes:
        number: the signal that asked.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Stopping:
    """What answers SIGNALS in the command line's process: the first raises Stopped, once.

    Those that follow change nothing, so that none of them cuts short what is tidied up after the first.
    """

    def __init__(self) -> None:
        self._held = 0
        self._waiting: int | None = None
        self._raised = False

    def install(self) -> None:
        """Answer from now on. What a parent had this process ignore stays ignored, as with nohup."""
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._came)
        sys.unraisablehook = self._again(sys.unraisablehook)

    def ignore(self) -> None:
        """Answer no more."""
        self._raised = True

    @contextmanager
    def held(self) -> Iterator[None]:
        """Stopped waits until the block has ended."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            if self._waiting is not None and not self._held:
                self._came(self._waiting)

    def _came(self, number: int, _: object = None) -> None:
        if self._raised:
            return
        if self._held:
            self._waiting = number
            return
        self._raised = True
        raise Stopped(number)

    def _again(self, others: Callable[[Any], object]) -> Callable[[Any], object]:
        """Raise anew, a moment later, what was lost where nothing can be raised.

        As while an object is taken down.
        """

        def hook(lost: Any) -> None:
            if not isinstance(lost.exc_value, Stopped):
                others(lost)
                return
            number = lost.exc_value.number
            self._raised = False
            if hasattr(signal, "setitimer"):
                signal.signal(signal.SIGALRM, lambda *_: self._came(number))
                signal.setitimer(signal.ITIMER_REAL, MOMENT)

        return hook


STOPPING = Stopping()


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Signals wait while a block is carried out that must not be left half-way.

    Blocking alone would not do for the command line: threads of libraries take signals too.
    """
    with STOPPING.held():
        if not hasattr(signal, "pthread_sigmask"):
            yield
            return
        before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
