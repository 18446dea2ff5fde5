"""Writers that are imageio's plugins too."""

from __future__ import annotations

from typing import Any

from imageio.core.v3_plugin_api import PluginV3

from gdanim.output.writer import Writer


class Plugin(Writer, PluginV3):
    """A writer that `imageio.v3.imopen` opens.

    imageio closes a plugin however its block ended, and once more when it is taken down: here that
    finishes the file only where the block ended well.
    """

    _over = True  # nothing to finish or abandon: it was not opened

    def __init__(self, request: Any) -> None:
        super().__init__(request)
        self._over = False

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
