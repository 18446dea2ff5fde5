"""PNG: one frame as a file, lossless, with the same bytes whatever wrote others before.

Format: W3C (2003; third edition 2025), Portable Network Graphics Specification.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

from gdanim.metadata import NOTHING, Metadata
from gdanim.output.marking import png_texts
from gdanim.output.palette import Pixels

SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGB, RGBA = 2, 6  # the colour types, 8 bits a channel
# Flat colours compress best as they are: with the filters that suit photographs these files are a fifth
# larger, and at level 9 they take four times as long for a tenth less.
LEVEL, MEMORY = 6, 9
DOTS = round(72 / 0.0254)  # a metre: a pixel is a point, as in the other stills


def chunk(kind: bytes, data: bytes) -> bytes:
    """One part of a file: length, kind, data and check sum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(width: int, height: int, colours: int, metadata: Metadata = NOTHING) -> bytes:
    """What stands first: signature, size, what made it, resolution, and what it says of itself."""
    size = struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0)
    made = chunk(b"tEXt", b"Software\0gdanim")
    told = b"".join(chunk(b"iTXt", text) for text in png_texts(metadata))
    return SIGNATURE + chunk(b"IHDR", size) + made + chunk(b"pHYs", struct.pack(">IIB", DOTS, DOTS, 1)) + told


def compressed(channels: npt.NDArray[np.uint8]) -> bytes:
    """Rows (height, width, channels), each after the number of its filter, which is none."""
    height, width, depth = channels.shape
    rows = np.zeros((height, 1 + width * depth), np.uint8)
    rows[:, 1:].reshape(height, width, depth)[...] = channels
    squeeze = zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS, MEMORY)
    return squeeze.compress(rows) + squeeze.flush()


def png_of(pixels: Pixels, metadata: Metadata = NOTHING) -> bytes:
    """A frame (height, width, 4), RGBA, as a file; where it is opaque its colours only."""
    height, width = pixels.shape[:2]
    opaque = bool((pixels[..., 3] == 255).all())
    data = compressed(pixels[..., :3] if opaque else pixels)
    return (
        header(width, height, RGB if opaque else RGBA, metadata) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )
