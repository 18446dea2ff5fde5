"""What all writers are: imageio plugins that know success from failure."""

from __future__ import annotations

from typing import Any

from imageio.core.v3_plugin_api import PluginV3


class Writer(PluginV3):
    """Writes an animation frame by frame into a file, until it is finished or abandoned.

    imageio closes a plugin however its block ended, and once more when it is taken down: here that
    finishes the file only where the block ended well.
    """

    _over = True  # nothing to finish or abandon: it was not opened, or that is done

    def __init__(self, request: Any) -> None:
        super().__init__(request)
        self._over = False

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

    def close(self) -> None:
        """`finish`, for imageio."""
        self.finish()

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        if kind is None:
            self.finish()
        else:
            self.abandon()

    def __del__(self) -> None:
        self.abandon()

    def _finish(self) -> None:
        raise NotImplementedError

    def _abandon(self) -> None:
        raise NotImplementedError
