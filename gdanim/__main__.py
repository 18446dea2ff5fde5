"""The command's first and last moments; `python -m gdanim` is `gdanim`.

Here nothing is imported that takes time before there is an answer to its interruption.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # as typing's, which takes a while to load
if TYPE_CHECKING:
    from typing import NoReturn

INTERRUPTED = 130


def console() -> NoReturn:
    """The console script: the command line, and out without taking down every module.

    That would be a tenth of a short run; what was registered to be done at the end is done.
    """
    code = INTERRUPTED
    try:
        code = answering()
    except KeyboardInterrupt:  # from before there was a better answer
        say("Interrupted; nothing was written.\n")
    os._exit(code)


def answering() -> int:
    """The command line with an answer to all that may come meanwhile; the exit code."""
    from gdanim.streams import complete_streams

    complete_streams()
    from gdanim.interrupts import STOPPING, Stopped, sentence

    try:
        STOPPING.install()
        if not sys.warnoptions:
            import warnings

            # That a number overflows is for the picture to say, or for nobody.
            warnings.simplefilter("ignore", RuntimeWarning)
        from gdanim.cli import main
        from gdanim.startup import prepare

        prepare()
        code = main()
    except Stopped as stop:
        code = 128 + stop.number
        say(f"{sentence()}\n")
    STOPPING.ignore()
    return leave(code)


def say(sentence: str) -> None:
    """Say it, if anybody listens."""
    try:  # noqa: SIM105 - suppress would have to be imported
        os.write(2, sentence.encode())
    except OSError:
        pass


def leave(code: int) -> int:
    """Do what was registered for the end; the exit code, a failure where output finds no room."""
    import atexit

    try:
        sys.stdout.flush()
    except OSError:  # what was printed has nowhere to go
        code = code or 1
    sys.stderr.flush()
    atexit._run_exitfuncs()
    return code


if __name__ == "__main__":
    console()
