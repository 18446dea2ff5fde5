"""Stills: one picture, written at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdanim.output.writer import Writer

if TYPE_CHECKING:
    from gdanim.formats import Job


class StillWriter(Writer):
    """Writes a still that was drawn as a file's bytes, or a frame as PNG."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, ndimage: Any, *, seconds: float = 0.0) -> None:
        """Write it: a file's bytes, or a frame (height, width, 4), RGBA, uint8, opaque."""
        if not isinstance(ndimage, bytes):
            from gdanim.output.png import png_of

            ndimage = png_of(ndimage)
        self._path.write_bytes(ndimage)

    def _finish(self) -> None:
        """It is whole when it is written."""

    def _abandon(self) -> None:
        """There is nothing to let go of."""


def opened(path: Path, job: Job) -> Writer:
    """What writes a still there."""
    return StillWriter(path)
