"""Which minimum each start leads to, for this optimizer and this learning rate."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from gdanim.descent import arrivals
from gdanim.losses.base import Array
from gdanim.theme import BASINS, blend
from gdanim.views.base import Scene
from gdanim.views.plane import Plane

GRID = 240  # starts along each side
NEAR = 0.05  # of the window: so close to a minimum counts as having arrived


class Basins(Plane):
    """A colour for each minimum, grey for what arrives nowhere, and the shown path on it."""

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        x, y = axes.get_xlim(), axes.get_ylim()
        grid = np.stack(np.meshgrid(np.linspace(*x, GRID), np.linspace(*y, GRID)), axis=-1)
        run = scene.runs[0]
        last = arrivals(scene.loss, run, grid)
        basin = nearest_minimum(scene.loss.minima, last, NEAR * min(x[1] - x[0], y[1] - y[0]))
        theme = scene.theme
        shades = [blend(colour, theme.background, 0.62) for colour in BASINS]
        colours = np.array([to_rgb(theme.grid), *(to_rgb(shade) for shade in shades)])
        index = np.where(basin < 0, 0, 1 + basin % len(BASINS))
        axes.imshow(
            colours[index],
            extent=(*x, *y),
            origin="lower",
            aspect=axes.get_aspect(),
            interpolation="nearest",
            zorder=0.2,
        )


def nearest_minimum(minima: tuple, theta: Array, tolerance: float) -> Array:  # type: ignore[type-arg]
    """For each point (..., n) the number of the minimum it has come to, −1 for none."""
    if not minima:
        return np.full(theta.shape[:-1], -1)
    places = np.array([minimum.theta for minimum in minima])
    with np.errstate(all="ignore"):
        distances = np.linalg.norm(theta[..., None, :] - places, axis=-1)
    distances[~np.isfinite(distances)] = np.inf
    nearest = distances.argmin(axis=-1)
    return np.where(distances.min(axis=-1) <= tolerance, nearest, -1)
