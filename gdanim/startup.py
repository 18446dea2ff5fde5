"""Making a short run shorter while its modules load."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

# Read by numpy and its libraries when they load, and left alone where they are set already. Threads
# for products of large matrices, and memory in pages of 2 MB, cost more than our arrays are worth.
SETTINGS = {"OPENBLAS_NUM_THREADS": "1", "NUMPY_MADVISE_HUGEPAGE": "0"}


def prepare() -> None:
    """Make the settings, before numpy is loaded; for a process that is ours alone."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)


@contextmanager
def loading() -> Iterator[None]:
    """Load modules, and make what stays, without looking for garbage: a tenth of a short run.

    For a process that is ours alone: what is made is kept for good, and the settings stay.
    """
    prepare()
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


def leave_out_docstrings() -> None:
    """Keep matplotlib from writing the docstrings of what it draws with, a third of its loading.

    They list every property of every class. For a process that only draws, and before it loads more
    of matplotlib than its beginnings.
    """
    from matplotlib import artist

    module: Any = artist
    module.kwdoc = lambda _: ""
    module.Artist._update_set_signature_and_docstring = classmethod(lambda cls: None)


def load_fonts() -> None:
    """Load matplotlib's list of the fonts that there are, made and kept where there is none yet."""
    import matplotlib.font_manager  # noqa: F401


@contextmanager
def room_for_matplotlib() -> Iterator[None]:
    """A folder for what matplotlib keeps, removed at the end, where its own cannot be written.

    It would make one itself, warn, and remove it only where the interpreter ends in its own time.
    Nothing is done where matplotlib is loaded already.
    """
    if "matplotlib" in sys.modules or all(writable(folder) for folder in matplotlib_folders()):
        yield
        return
    import logging  # seldom needed, all three
    import shutil
    import tempfile

    before = os.environ.get("MPLCONFIGDIR")
    log = logging.getLogger("matplotlib")
    level = log.level
    folder = None
    try:
        with suppress(OSError):  # with no room anywhere, matplotlib says so
            folder = os.environ["MPLCONFIGDIR"] = tempfile.mkdtemp(prefix="gdanim-")
            log.setLevel(logging.ERROR)  # that it makes a list of fonts
        yield
    finally:
        log.setLevel(level)
        if before is None:
            os.environ.pop("MPLCONFIGDIR", None)
        else:
            os.environ["MPLCONFIGDIR"] = before
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def matplotlib_folders() -> list[str]:
    """Where matplotlib keeps what is set and what it has found out."""
    given = os.environ.get("MPLCONFIGDIR")
    if given:
        return [given]
    home = os.path.expanduser("~")
    if not sys.platform.startswith(("linux", "freebsd")):
        return [os.path.join(home, ".matplotlib")]
    return [
        os.path.join(os.environ.get(variable) or os.path.join(home, usual), "matplotlib")
        for variable, usual in (("XDG_CONFIG_HOME", ".config"), ("XDG_CACHE_HOME", ".cache"))
    ]


def writable(folder: str) -> bool:
    """Whether a folder, made where it is not there yet as matplotlib would, takes files."""
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)
