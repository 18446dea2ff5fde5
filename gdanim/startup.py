"""Making a short run shorter while its modules load."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# Read by numpy and its libraries when they load, and left alone where they are set already. Threads
# for products of large matrices, and memory in pages of 2 MB, cost more than our arrays are worth.
SETTINGS = {"OPENBLAS_NUM_THREADS": "1", "NUMPY_MADVISE_HUGEPAGE": "0"}


@contextmanager
def loading() -> Iterator[None]:
    """Load modules, and make what stays, without looking for garbage: a tenth of a short run.

    For a process that is ours alone: what is made is kept for good, and the settings stay.
    """
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
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
