"""The views by name, and how they are arranged."""

from __future__ import annotations

from gdanim.errors import GdanimError, unknown
from gdanim.losses.base import Loss
from gdanim.views.base import Scene, View
from gdanim.views.basins import Basins
from gdanim.views.contour import Contour
from gdanim.views.curve import Curve
from gdanim.views.gradient import Gradient
from gdanim.views.history import History
from gdanim.views.slices import Slices
from gdanim.views.surface import Surface

__all__ = ["VIEWS", "Scene", "View", "arrangement"]

GRIDS = ("curve", "contour")
VIEWS: dict[str, type[View]] = {
    "curve": Curve,
    "contour": Contour,
    "surface": Surface,
    "slices": Slices,
    "gradient": Gradient,
    "basins": Basins,
    "history": History,
}


def arrangement(layout: str, loss: Loss, runs: int = 1, grid: bool = False) -> list[list[str]]:
    """Rows of views from `a+b/c`: + stands side by side, / below. The loss's own for "".

    Raises:
        GdanimError: an unknown view, or one that cannot show a loss of so many parameters or so many
            runs.
    """
    n = len(loss.parameters)
    if grid and runs > 1:
        layout = layout or ("curve" if n == 1 else "contour")
        if layout not in GRIDS:
            raise GdanimError(
                f"a grid shows one view, {' or '.join(GRIDS)}, and not '{layout}'", where=["grid"]
            )
    if not layout and runs > 1 and n > 2:
        layout = "history"
    layout = layout or ("curve+history" if n == 1 else "contour+history" if n == 2 else "slices/history")
    rows = [[name.strip() for name in row.split("+")] for row in layout.split("/")]
    for name in (name for row in rows for name in row):
        if name not in VIEWS:
            raise unknown("view", name, VIEWS, where="view")
        least, most = VIEWS[name].parameters
        if not least <= n <= most:
            able = [view for view, kind in VIEWS.items() if kind.parameters[0] <= n <= kind.parameters[1]]
            raise GdanimError(
                f"'{name}' cannot show a loss of {n} parameter{'s' if n > 1 else ''}; {', '.join(able)} can",
                where=["view"],
            )
        if runs > 1 and not VIEWS[name].compares:
            able = [view for view, kind in VIEWS.items() if kind.compares]
            raise GdanimError(
                f"'{name}' shows one run, and there are {runs}; {', '.join(able)} compare", where=["view"]
            )
    return rows
