"""Which minimum each start leads to, for this optimizer and this learning rate."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from gdanim.descent import arrivals
from gdanim.losses.base import Array, Loss
from gdanim.theme import BASINS, blend
from gdanim.views.base import Scene
from gdanim.views.plane import Plane

GRID = 240  # starts along each side
SLOWER = {"newton": 48, "lbfgs": 64, "backtracking": 120}  # the same for optimizers that take longer
RESTED = 1e-3  # of the usual gradient: less than this is a standstill
NEAR = 0.05  # of the window: so close to a minimum counts as having arrived


class Basins(Plane):
    """A colour for each minimum, grey for what comes to rest nowhere, and the shown path on it."""

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        x, y = axes.get_xlim(), axes.get_ylim()
        run = scene.runs[0]
        count = SLOWER.get(run.optimizer.partition(":")[0], GRID)
        grid = np.stack(np.meshgrid(np.linspace(*x, count), np.linspace(*y, count)), axis=-1)
        last = arrivals(scene.loss, run, grid)
        tolerance = NEAR * min(x[1] - x[0], y[1] - y[0])
        basin = nearest_minimum(scene.loss.minima, last, tolerance)
        basin = with_unlisted(scene.loss, grid, last, basin, tolerance)
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


def with_unlisted(loss: Loss, starts: Array, last: Array, basin: Array, tolerance: float) -> Array:
    """The same with a number for each further place where starts have come to rest."""
    with np.errstate(all="ignore"):
        steep = np.median(np.linalg.norm(loss.gradient(starts), axis=-1))
        rested = np.linalg.norm(loss.gradient(last), axis=-1) <= RESTED * steep
    other = rested & (basin < 0) & np.isfinite(last).all(axis=-1)
    if not other.any():
        return basin
    cells = np.round(last[other] / (2 * tolerance))
    rows, columns = (np.unique(cells[:, axis], return_inverse=True)[1].ravel() for axis in (0, 1))
    basin = basin.copy()
    basin[other] = len(loss.minima) + rows + 3 * columns  # so that neighbours differ in colour
    return basin
