"""Standard streams that are closed, or take nothing."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress


class Tolerant(io.TextIOWrapper):
    """Drops what cannot be said: that is no reason to fail."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            return super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


def complete_streams() -> None:
    """Give every standard stream that is closed a descriptor, lest a file of ours be taken for it.

    What is written to standard output is still refused; what is said on standard error is dropped,
    as it is where there is no room for it.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:  # what is opened takes the lowest number that is free: this one
            os.open(os.devnull, os.O_WRONLY if number == 2 else os.O_RDONLY)
    if sys.stdin is None:
        sys.stdin = open(0, closefd=False)  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = Tolerant(
        io.BufferedWriter(io.FileIO(2, "w", closefd=False)),
        encoding=getattr(sys.stderr, "encoding", "utf-8"),
        errors="backslashreplace",
        line_buffering=True,
    )
