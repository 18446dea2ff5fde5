"""WebP: an animation, lossless, each changed rectangle compressed by libwebp through Pillow.

libwebp's own encoder of animations can lose frames that are lossless (Pillow, issue 8720), and Pillow
gives it a list of all of them; the container is a few numbers around pictures that stand for themselves.
Format: Google (2012 …), WebP Container Specification.
"""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, WebPImagePlugin  # noqa: F401 - saving needs the second

from gdanim.output.changes import ChangesWriter
from gdanim.output.marking import xmp
from gdanim.output.palette import Pixels
from gdanim.output.writer import Writer

if TYPE_CHECKING:
    from gdanim.formats import Job

# Half of the bytes of quality 0 and method 0; more of either takes longer, and makes nothing smaller.
EFFORT = {"lossless": True, "method": 1, "quality": 30}
ANIMATED, MARKED, ALPHA = 0x02, 0x04, 0x10
REPLACE = 0x02  # a frame is not laid over what was there
GROUND = b"\xff\xff\xff\xff"
FIRST = 12  # bytes of the head of a file


class WebpWriter(ChangesWriter):
    """Writes a WebP frame by frame."""

    longest = 0xFFFFFF
    even = True

    def _begin(self, height: int, width: int) -> None:
        self._file.write(b"RIFF\0\0\0\0WEBP")
        self._told = xmp(self._metadata)
        flags = ANIMATED | ALPHA | (MARKED if self._told else 0)
        canvas = bytes([flags, 0, 0, 0]) + _three(width - 1) + _three(height - 1)
        self._file.write(_chunk(b"VP8X", canvas))
        self._file.write(_chunk(b"ANIM", GROUND + struct.pack("<H", self._loop)))

    def _encode(self, pixels: Pixels) -> bytes:
        file = BytesIO()
        Image.fromarray(pixels).save(file, "WEBP", **EFFORT)
        return file.getvalue()[FIRST:]

    def _put(self, box: tuple[int, int, int, int], data: bytes, delay: int) -> None:
        left, top, width, height = box
        places = (left // 2, top // 2, width - 1, height - 1, delay)
        how = bytes([REPLACE * self._clear])
        self._file.write(_chunk(b"ANMF", b"".join(map(_three, places)) + how + data))

    def _end(self) -> None:
        if self._told:
            self._file.write(_chunk(b"XMP ", self._told))
        size = self._file.tell() - 8
        self._file.seek(4)
        self._file.write(struct.pack("<I", size))


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def opened(path: Path, job: Job) -> Writer:
    """What writes a WebP there."""
    return WebpWriter(path, job.loop, job.metadata, clear=job.clear)
