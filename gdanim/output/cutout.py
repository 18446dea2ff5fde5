"""A GIF without a ground: each pixel is there or not, and what goes is cleared away before the next frame."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gdanim.output.gif import RGB, GifPlugin
from gdanim.output.palette import Pixels, packed

HALF = 128  # coverage from which on a pixel is there
CLEAR = 2  # disposal: make the frame's rectangle transparent when its time is up
LEAST = 2  # centiseconds; viewers slow down frames that last less


class Box(NamedTuple):
    """A rectangle of rows and columns, the ends not among them."""

    top: int
    bottom: int
    left: int
    right: int

    @classmethod
    def around(cls, mask: npt.NDArray[np.bool_]) -> Box:
        """What holds all that is true."""
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        return cls(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)

    def with_(self, other: Box) -> Box:
        """What holds both.

        >>> Box(0, 2, 0, 2).with_(Box(1, 3, 4, 5))
        Box(top=0, bottom=3, left=0, right=5)
        """
        return Box(
            min(self.top, other.top),
            max(self.bottom, other.bottom),
            min(self.left, other.left),
            max(self.right, other.right),
        )

    @property
    def area(self) -> int:
        """How many pixels it has."""
        return (self.bottom - self.top) * (self.right - self.left)


class CutoutPlugin(GifPlugin):
    """Writes a GIF whose ground is transparent.

    A GIF has no half transparent pixels: one that is covered by half or more has its mark's own colour, and
    any other is not there. So no edge has a colour of a ground on which it does not lie, and none is smooth.
    The palette keeps an index for what is not there.
    """

    _box = Box(0, 0, 0, 0)  # of the pending frame

    def write(self, ndimage: Any, *, seconds: float = 0.1) -> None:
        """Append a frame: (height, width, 4) RGBA, uint8; shown for `seconds`."""
        indices = self._cut(ndimage)
        if not self._indices.size:
            self._begin(*indices.shape)
            self._await(indices, Box(0, indices.shape[0], 0, indices.shape[1]))
        else:
            changed = indices != self._indices
            if changed.any():
                self._follow(indices, changed)
        self._delay += self._clock.tick(seconds)

    def _cut(self, pixels: Pixels) -> Pixels:
        there = pixels[..., 3] >= HALF
        assert self._palette.transparent is not None
        indices = np.full(there.shape, self._palette.transparent, np.uint8)
        indices[there] = self._palette.indices(packed(pixels)[there] & RGB)
        return indices

    def _await(self, indices: Pixels, box: Box) -> None:
        """Show these, by a rectangle of them, when the frame before has been written."""
        self._indices, self._box = indices, box
        self._pending = (box.left, box.top, self._part(box))

    def _part(self, box: Box) -> bytes:
        return self._encode(self._indices[box.top : box.bottom, box.left : box.right])

    def _follow(self, indices: Pixels, changed: npt.NDArray[np.bool_]) -> None:
        """Write the pending frame, so that what is not there in these is cleared away, and await these."""
        box, gone = Box.around(changed), changed & (indices == self._palette.transparent)
        if gone.any():
            cleared = Box.around(gone)
            both = cleared.with_(self._box)
            if 2 * cleared.area < both.area and self._delay >= 2 * LEAST:
                # The same once more, as small as what goes, for the last of its time.
                self._delay -= LEAST
                self._flush()
                self._delay = LEAST
            else:
                cleared = both
            self._await(self._indices, cleared)
            self._disposal = CLEAR
            box = box.with_(cleared)
        self._flush()
        self._disposal = self._usual
        self._await(indices, box)
