"""What draws and encodes, loaded at once: the process of which all workers are copies imports this."""

from __future__ import annotations

import gc

from gdanim.startup import leave_out_docstrings, prepare, room_for_matplotlib

prepare()
with room_for_matplotlib():
    leave_out_docstrings()
    import gdanim.animation
    import gdanim.output.gif
    import gdanim.output.palette
    import gdanim.recipe
    import gdanim.render  # noqa: F401

gc.freeze()
