"""A process that carries out jobs: what it does when it begins, and not to outlive who asks."""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import threading
import warnings
from multiprocessing.connection import wait

from gdanim.interrupts import SIGNALS
from gdanim.startup import prepare


def begin(folder: str) -> None:
    """Make this process one that works for another, in a folder that the other removes."""
    for number in SIGNALS:  # which reach all processes of a terminal; the other ends this one
        signal.signal(number, signal.SIG_IGN)
    prepare()
    warnings.simplefilter("ignore", RuntimeWarning)  # as in the command itself
    tempfile.tempdir = folder
    os.chdir(folder)  # where no name is that of a file
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    """End this process when the one that asks has ended, however that was."""
    wait([sentinel])
    os._exit(1)
