"""Animations of changed rectangles in full colour: what APNG and WebP have in common."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from gdanim.metadata import NOTHING, Metadata
from gdanim.output.palette import Codes, Pixels, packed
from gdanim.output.writer import Writer
from gdanim.timeline import Clock

MILLISECONDS = 1000  # in a second; a delay is a whole number of them


class ChangesWriter(Writer):
    """Writes of each frame the rectangle that changed, all but the changed pixels of it transparent.

    A frame equal to the one before lengthens that one's time. Memory is two frames.

    Attributes:
        longest: milliseconds that one frame can last; one that lasts longer is written again.
        even: whether a rectangle begins at even places only.

    Args:
        path: of the file, which there may be already.
        loop: how often it plays; 0 for ever.
        metadata: what the file says of itself.
        clear: whether pixels may be transparent; then a rectangle replaces what was there.
    """

    longest: int
    even = False

    def __init__(self, path: Path, loop: int, metadata: Metadata = NOTHING, *, clear: bool = False) -> None:
        self._loop, self._metadata, self._clear = loop, metadata, clear
        self._clock = Clock(MILLISECONDS)
        self._shown: Codes | None = None
        self._pending: tuple[tuple[int, int, int, int], bytes] | None = None
        self._delay = 0
        self._file: IO[bytes] = path.open("wb")

    def write(self, ndimage: Any, *, seconds: float) -> None:
        """Append a frame: (height, width, 4) RGBA, uint8, opaque; shown for `seconds`."""
        frame = packed(ndimage)
        if self._shown is None:
            self._begin(*frame.shape)
            self._hand_over(frame, 0, 0)
            self._shown = frame.copy()
        else:
            changed = frame != self._shown
            rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
            if len(rows):
                self._flush()
                top, left = int(rows[0]), int(columns[0])
                if self.even:
                    top, left = top // 2 * 2, left // 2 * 2
                box = (slice(top, int(rows[-1]) + 1), slice(left, int(columns[-1]) + 1))
                shown = frame[box] if self._clear else np.where(changed[box], frame[box], np.uint32(0))
                self._hand_over(shown, left, top)
                self._shown[box] = frame[box]
        self._delay += self._clock.tick(seconds)

    def _hand_over(self, codes: npt.NDArray[np.uint32], left: int, top: int) -> None:
        height, width = codes.shape
        pixels = np.ascontiguousarray(codes).view(np.uint8).reshape(height, width, 4)
        self._pending = ((left, top, width, height), self._encode(pixels))

    def _flush(self) -> None:
        """Write the pending frame, now that its time is known."""
        while self._pending is not None:
            delay = min(self._delay, self.longest)
            self._put(*self._pending, delay)
            self._delay -= delay
            if not self._delay:
                self._pending = None

    def _finish(self) -> None:
        self._flush()
        self._end()
        self._file.close()

    def _abandon(self) -> None:
        with suppress(OSError):  # what is still to be written may find no room
            self._file.close()

    def _begin(self, height: int, width: int) -> None:
        """Write what stands first."""
        raise NotImplementedError

    def _encode(self, pixels: Pixels) -> bytes:
        """A rectangle, (height, width, 4) RGBA, compressed."""
        raise NotImplementedError

    def _put(self, box: tuple[int, int, int, int], data: bytes, delay: int) -> None:
        """Write a frame: its left, top, width and height, what is compressed, and its milliseconds."""
        raise NotImplementedError

    def _end(self) -> None:
        """Write what stands last, and what could not be known at first."""
        raise NotImplementedError
