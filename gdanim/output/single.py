"""Stills: one picture, written at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdanim.metadata import Metadata
from gdanim.output.marking import svg_marked
from gdanim.output.writer import Writer

if TYPE_CHECKING:
    from gdanim.formats import Job

HEAD = 1024  # bytes among which an SVG says that it is one


class StillWriter(Writer):
    """Writes a still that was drawn as a file's bytes, or a frame as PNG.

    Args:
        path: of the file.
        metadata: what it says of itself; a PDF says so already.
    """

    def __init__(self, path: Path, metadata: Metadata) -> None:
        self._path, self._metadata = path, metadata

    def write(self, ndimage: Any, *, seconds: float = 0.0) -> None:
        """Write it: a file's bytes, or a frame (height, width, 4), RGBA, uint8, opaque."""
        if not isinstance(ndimage, bytes):
            from gdanim.output.png import png_of

            ndimage = png_of(ndimage, self._metadata)
        elif b"<svg" in ndimage[:HEAD]:
            ndimage = svg_marked(ndimage, self._metadata)
        self._path.write_bytes(ndimage)

    def _finish(self) -> None:
        """It is whole when it is written."""

    def _abandon(self) -> None:
        """There is nothing to let go of."""


def opened(path: Path, job: Job) -> Writer:
    """What writes a still there."""
    return StillWriter(path, job.still)
