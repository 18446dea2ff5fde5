"""Two parameters seen from above: what contours and basins have in common."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from gdanim.losses.base import Array
from gdanim.views.base import Scene
from gdanim.views.marks import Points
from gdanim.views.symbols import symbol
from gdanim.views.trail import Traced

EQUAL = 4.0  # up to this ratio of the two ranges a unit is as long along either axis
WIDEN = 1.8  # how far a range is widened to fill the panel


class Plane(Traced):
    """The paths on the plane of the two parameters, with the minima."""

    coloured = True

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        x, y = self._limits()
        self.set_axes(x, y, *(f"${symbol(name)}$" for name in scene.loss.parameters))
        for minimum in scene.loss.minima:
            if x[0] <= minimum.theta[0] <= x[1] and y[0] <= minimum.theta[1] <= y[1]:
                self.diamond(minimum.theta, 0.55 * scene.sizes.text)

    def spot(self, theta: Array, loss: Array) -> Points:
        return self.to_pixels(theta[:, 0], theta[:, 1])

    def _limits(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The window, widened to the panel's shape where a unit is to be as long along either axis."""
        window = [np.array(limits) for limits in self.scene.window]
        spans = [float(high - low) for low, high in window]
        if not 1 / EQUAL <= spans[0] / spans[1] <= EQUAL:
            (a, b), (c, d) = window
            return (a, b), (c, d)
        box = self.axes.get_window_extent()
        shape = (box.width / box.height) / (spans[0] / spans[1])
        wider = 0 if shape > 1 else 1
        middle, half = window[wider].mean(), spans[wider] / 2 * min(max(shape, 1 / shape), WIDEN)
        window[wider] = np.array([middle - half, middle + half])
        self.axes.set_aspect("equal", adjustable="box")
        (a, b), (c, d) = window
        return (float(a), float(b)), (float(c), float(d))
