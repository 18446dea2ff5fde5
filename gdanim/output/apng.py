"""APNG: an animation of PNGs, lossless.

Format: W3C (third edition 2025), Portable Network Graphics Specification, 11.3.5 and 12.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING

from gdanim.output.changes import MILLISECONDS, ChangesWriter
from gdanim.output.palette import Pixels
from gdanim.output.png import RGBA, chunk, compressed, header
from gdanim.output.writer import Writer

if TYPE_CHECKING:
    from gdanim.formats import Job

KEEP = 0  # leave the picture for the next frame to change
REPLACE, OVER = 0, 1  # put a frame in place of what was there; lay what is not transparent over it


class ApngWriter(ChangesWriter):
    """Writes an APNG frame by frame; its first frame is what programs show that know PNG only."""

    longest = 0xFFFF

    def _begin(self, height: int, width: int) -> None:
        self._frames = self._numbers = 0
        self._file.write(header(width, height, RGBA, self._metadata))
        self._control = self._file.tell()
        self._file.write(self._extent())

    def _extent(self) -> bytes:
        return chunk(b"acTL", struct.pack(">II", self._frames, self._loop))

    def _encode(self, pixels: Pixels) -> bytes:
        return compressed(pixels)

    def _put(self, box: tuple[int, int, int, int], data: bytes, delay: int) -> None:
        left, top, width, height = box
        how = REPLACE if self._clear else OVER
        where = struct.pack(">IIIII", self._number(), width, height, left, top)
        self._file.write(chunk(b"fcTL", where + struct.pack(">HHBB", delay, MILLISECONDS, KEEP, how)))
        if self._frames == 0:
            self._file.write(chunk(b"IDAT", data))
        else:
            self._file.write(chunk(b"fdAT", struct.pack(">I", self._number()) + data))
        self._frames += 1

    def _number(self) -> int:
        """Parts of the animation are numbered through."""
        self._numbers += 1
        return self._numbers - 1

    def _end(self) -> None:
        self._file.write(chunk(b"IEND", b""))
        self._file.seek(self._control)
        self._file.write(self._extent())


def opened(path: Path, job: Job) -> Writer:
    """What writes an APNG there."""
    return ApngWriter(path, job.loop, job.metadata, clear=job.clear)
