"""What a recorded path is, and what its readers hand over."""

from __future__ import annotations

import re
from typing import NamedTuple

from gdanim.losses.base import Array

LARGEST = 64 * 2**20  # bytes of a file, and of an array that comes out of one
NAME = re.compile(r"[^\W\d]\w*")  # of a parameter
Parameters = tuple[str, ...] | None


class Path(NamedTuple):
    """The iterates of one run.

    Attributes:
        theta: (T+1, n), finite and read-only.
        names: of its n columns; w, or w1 … wn, where neither the file nor the loss has any.
        label: the run's, or the file's name without its suffix.
    """

    theta: Array
    names: tuple[str, ...]
    label: str


class Run(NamedTuple):
    """A path as the file has it: (T+1, n), the names of its columns if any, a label or ""."""

    theta: Array
    names: Parameters
    label: str
