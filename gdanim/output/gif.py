"""GIF: an imageio plugin that streams changed rectangles.

Every frame holds only the rectangle that changed, unchanged pixels in it transparent where that is
smaller. A frame equal to the one before lengthens that one's delay. Memory is one frame.
Format: CompuServe (1990), Graphics Interchange Format, Version 89a.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import imageio.v3 as iio
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile  # noqa: F401 - encoding needs the second

from gdanim.metadata import NOTHING, Metadata
from gdanim.output.marking import gif_comments
from gdanim.output.palette import Codes, Palette, Pixels, packed
from gdanim.output.plugin import Plugin
from gdanim.output.writer import Writer
from gdanim.timeline import Clock

if TYPE_CHECKING:
    from gdanim.formats import Job

Bits = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
RGB = np.uint32(0xFFFFFF)
CENTISECONDS = 100  # in a second; a delay is a whole number of them
LONGEST = 0xFFFF
# Unchanged pixels between changed ones are written as they are where the gap is this short: the
# compressor then meets the same strings more often (2 % smaller files).
GAP = 8
MOSTLY = 0.25  # changed share of a rectangle from which on it may be smaller without transparency
HEADER = 13  # bytes before the colour table
KEEP = 1  # disposal: leave the picture as it is for the next frame to change


class GifPlugin(Plugin):
    """Writes a GIF frame by frame.

    Args:
        request: imageio's, for a file that can seek.
        palette: its colours; it may be shared with other GIFs of the same frames.
        loop: how often it plays; 0 for ever.
        metadata: what the file says of itself.
    """

    _disposal = _usual = KEEP  # what happens to the pending frame when its time is up

    def __init__(
        self, request: Any, *, palette: Palette, loop: int = 0, metadata: Metadata = NOTHING
    ) -> None:
        super().__init__(request)
        self._pending: tuple[int, int, bytes] | None = None
        self._file = request.get_file()
        self._palette = palette
        self._loop = loop
        self._metadata = metadata
        self._clock = Clock(CENTISECONDS)
        self._shown: Codes | None = None
        self._changed: Bits = np.zeros((0, 0), bool)
        self._indices: Pixels = np.zeros((0, 0), np.uint8)
        self._delay = 0

    def write(self, ndimage: Any, *, seconds: float = 0.1) -> None:
        """Append a frame: (height, width, 4) RGBA, uint8, opaque; shown for `seconds`."""
        frame = packed(ndimage)
        if self._shown is None:
            self._begin(*frame.shape)
            self._indices = self._palette.indices(frame & RGB)
            self._shown, self._changed = frame.copy(), np.empty(frame.shape, bool)
            self._pending = (0, 0, self._encode(self._indices))
        else:
            np.not_equal(frame, self._shown, out=self._changed)
            places = np.flatnonzero(self._changed)
            if len(places):
                self._flush()
                self._change(frame, places)
        self._delay += self._clock.tick(seconds)

    def _finish(self) -> None:
        """Write what is pending and the final colour table."""
        self._flush()
        self._file.write(b";")
        self._file.seek(HEADER)
        self._file.write(self._palette.table())
        self.request.finish()

    def _abandon(self) -> None:
        with suppress(OSError):  # what is still to be written may find no room
            self.request.finish()

    def _begin(self, height: int, width: int) -> None:
        """Header, colour table (filled in at the end), the number of plays, and what it says of itself."""
        self._file.write(b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF7, 0, 0))
        self._file.write(self._palette.table())
        if self._loop != 1:
            # The extension counts repetitions after the first play; 0 is for ever.
            repeats = 0 if self._loop == 0 else min(self._loop - 1, 0xFFFF)
            self._file.write(b"!\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<HB", repeats, 0))
        self._file.write(gif_comments(self._metadata))

    def _change(self, frame: Codes, places: Places) -> None:
        """Encode what changed since the frame before: the pixels at these places of the flat picture.

        Only what moves has changed, so that places are far fewer than the pixels around them.
        """
        assert self._shown is not None
        rows, columns = np.divmod(places, frame.shape[1])
        top, left, right = int(rows[0]), int(columns.min()), int(columns.max()) + 1
        box = (slice(top, int(rows[-1]) + 1), slice(left, right))
        colours, indices = frame.reshape(-1)[places], self._indices.reshape(-1)
        entries = self._palette.indices(colours & RGB)
        different = entries != indices[places]
        indices[places] = entries
        self._shown.reshape(-1)[places] = colours
        area, transparent = self._indices[box], self._palette.transparent
        if transparent is None:
            data = self._encode(area)
        else:
            within = ((rows - top) * (right - left) + (columns - left))[different]
            shown = _close_gaps(within)
            kept = np.full(area.shape, transparent, np.uint8)
            kept.reshape(-1)[shown] = area[np.divmod(shown, right - left)]
            data = self._encode(kept)
            if len(within) > MOSTLY * area.size:
                data = min(data, self._encode(area), key=len)
        self._pending = (left, top, data)

    def _encode(self, indices: Pixels) -> bytes:
        """Size and LZW data of one image block."""
        bits = max(2, int(indices.max()).bit_length())
        image = Image.fromarray(np.ascontiguousarray(indices))
        data: bytes = image.tobytes("gif", "L", bits, 0)
        height, width = indices.shape
        return struct.pack("<HHBB", width, height, 0, bits) + data + b"\0"

    def _flush(self) -> None:
        """Write the pending frame, now that its delay is known."""
        if self._pending is None:
            return
        x, y, data = self._pending
        transparent = self._palette.transparent
        flags = self._disposal << 2 | (transparent is not None)
        while True:
            delay = min(self._delay, LONGEST)
            control = struct.pack("<BHBB", flags, delay, transparent or 0, 0)
            self._file.write(b"!\xf9\x04" + control)
            self._file.write(b"," + struct.pack("<HH", x, y) + data)
            self._delay -= delay
            if not self._delay:
                return


def opened(path: Path, job: Job) -> Writer:
    """What writes a GIF there."""
    from gdanim.output.cutout import CutoutPlugin  # which is made of this one

    kind = CutoutPlugin if job.clear else GifPlugin
    writer: Writer = iio.imopen(
        path, "w", plugin=kind, palette=job.palette(), loop=job.loop, metadata=job.metadata
    )
    return writer


def _close_gaps(places: Places) -> Places:
    """Ascending places, then those between two of them that are at most GAP apart.

    >>> _close_gaps(np.array([2, 5, 20])).tolist()
    [2, 5, 20, 3, 4]
    """
    gaps = np.diff(places)
    short = gaps <= GAP
    between = [places[:-1][short & (gaps > offset)] + offset for offset in range(1, GAP)]
    return np.concatenate([places, *between])
