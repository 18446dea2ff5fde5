"""What all writers are: they know success from failure."""

from __future__ import annotations

from typing import Any


class Writer:
    """Writes an animation frame by frame, or a still at once, until it is finished or abandoned."""

    _over = False  # whether there is nothing left to finish or abandon

    def write(self, ndimage: Any, *, seconds: float) -> None:
        """Append a frame: (height, width, 4) RGBA, uint8, opaque; shown for `seconds`.

        Raises:
            OSError: what the system refuses.
        """
        raise NotImplementedError

    def finish(self) -> None:
        """Make the file whole.

        Raises:
            OSError: what the system refuses.
        """
        if not self._over:
            self._finish()
            self._over = True

    def abandon(self) -> None:
        """Let go of the file, which may be of no use then, at once; nothing after `finish`."""
        if not self._over:
            self._over = True
            self._abandon()

    def _finish(self) -> None:
        raise NotImplementedError

    def _abandon(self) -> None:
        raise NotImplementedError
