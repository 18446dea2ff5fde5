"""Squares: each residual as a square on the picture, whose area is then as its squared error."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.path import Path

from gdanim.views.marks import PIXELS, Mark, Points

OPACITY = 0.16
CODES = (Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY)


class Squares(Mark):
    """A square beside each of some upright sticks, which is one of its sides.

    It stands to the right of its stick, where the panel has room for it; else to the left.
    """

    def __init__(self, axes: Axes, colour: str, *, width: float) -> None:
        super().__init__(axes, colour, width=width)
        self._fill = (*self.colour[:3], OPACITY)
        self.corners: Points = np.zeros((0, 5, 2))

    def to(self, sticks: Points) -> Squares:
        """Stand beside these: (m, 2, 2) pixels, from the data to the curve."""
        assert self.clip is not None
        sticks = sticks[np.isfinite(sticks).all(axis=(1, 2))]
        x, (low, high) = sticks[:, 0, 0], np.sort(sticks[:, :, 1], axis=1).T
        side = high - low
        left = np.where(x + side > self.clip.bbox.x1, x - side, x)
        # All around the same way, so that what two of them cover is filled too.
        corners = [(left, low), (left, high), (left + side, high), (left + side, low), (left, low)]
        self.corners = np.stack([np.stack(corner, axis=1) for corner in corners], axis=1)
        return self

    def draw(self, renderer: Any) -> None:
        if len(self.corners):
            path = Path(self.corners.reshape(-1, 2), np.tile(CODES, len(self.corners)))
            renderer.draw_path(self._context(renderer), path, PIXELS, self._fill)
