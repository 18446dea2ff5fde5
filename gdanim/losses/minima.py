"""The minima of a loss that nobody has listed: looked for on a grid, polished by Newton's method."""

from __future__ import annotations

import numpy as np

from gdanim.losses.base import Array, Loss, Minimum

POINTS = {1: 400, 2: 60}  # along each parameter; with more parameters none are looked for
MOST = 12
NEWTON_STEPS = 30
TOLERANCE = 1e-10


def find_minima(loss: Loss) -> tuple[Minimum, ...]:
    """The local minima inside the loss's domain that a grid shows, the lowest first.

    A minimum is a point where the gradient vanishes and the Hessian is positive definite; one in a
    kink or on a flat floor is not found.
    """
    n = len(loss.parameters)
    if n not in POINTS:
        return ()
    axes = [np.linspace(low, high, POINTS[n]) for low, high in loss.domain]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    with np.errstate(all="ignore"):
        values = np.broadcast_to(loss.value(grid), grid.shape[:-1])
        found = [_polish(loss, grid[tuple(place)]) for place in _lowest(values)]
    low, high = np.array(loss.domain).T
    minima: list[Minimum] = []
    for theta in found:
        if theta is None or (theta < low).any() or (theta > high).any():
            continue
        if all(np.abs(theta - m.theta).max() > 1e-6 for m in minima):
            minima.append(Minimum(tuple(theta.tolist()), float(loss.value(theta))))
    return tuple(sorted(minima, key=lambda m: m.value)[:MOST])


def _lowest(values: Array) -> Array:
    """Indices of grid points no higher than any neighbour, borders left out: (m, n)."""
    inner = (slice(1, -1),) * values.ndim
    lowest = np.isfinite(values[inner])
    for axis in range(values.ndim):
        for shift in (-1, 1):
            lowest &= values[inner] <= np.roll(values, shift, axis)[inner]
    places = np.argwhere(lowest) + 1
    order = np.argsort(values[tuple(places.T)], kind="stable")
    return np.asarray(places[order][: 4 * MOST])


def _polish(loss: Loss, theta: Array) -> Array | None:
    """The stationary point near theta, if it is a minimum."""
    for _ in range(NEWTON_STEPS):
        slope, hessian = loss.gradient(theta), loss.hessian(theta)
        if not (np.isfinite(slope).all() and np.isfinite(hessian).all()):
            return None
        if np.linalg.eigvalsh(hessian)[0] <= 0:
            return None
        if np.abs(slope).max() < TOLERANCE:
            return theta
        theta = theta - np.linalg.solve(hessian, slope)
    return None
