"""The minima of a loss that nobody has listed: looked for on a grid, polished by Newton's method."""

from __future__ import annotations

import numpy as np

from gdanim.losses.base import Array, Loss, Minimum

POINTS = {1: 400, 2: 60}  # along each parameter; with more parameters none are looked for
MOST = 12
NEWTON_STEPS = 30
SETTLED = 1e-12  # a step so small, against theta, is rounding
FLAT = 1e-9  # a curvature so small, against the largest, counts as none
ASIDE = 1e-4  # how far from a minimum the loss is looked at to see that it rises


def find_minima(loss: Loss) -> tuple[Minimum, ...]:
    """The local minima inside the loss's domain that a grid shows, the lowest first.

    A minimum is a point where the gradient vanishes and the Hessian is positive definite, with the loss
    no lower beside it; one in a kink, or in a valley with a flat floor, is not found.

    Args:
        loss: whose value, gradient and Hessian broadcast over leading axes.
    """
    n = len(loss.parameters)
    if n not in POINTS:
        return ()
    low, high = np.array(loss.domain).T
    axes = [np.linspace(a, b, POINTS[n]) for a, b in loss.domain]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    with np.errstate(all="ignore"):
        values = np.broadcast_to(loss.value(grid), grid.shape[:-1])
        found = _polished(loss, grid[tuple(_lowest(values).T)])
        inside = found[((found >= low) & (found <= high)).all(axis=-1)]
        inside = _zeroed(loss, inside)
        heights = np.asarray(loss.value(inside))
    minima: list[Minimum] = []
    for theta, value in zip(inside, heights, strict=True):
        if all(np.abs(theta - m.theta).max() > 1e-6 for m in minima):
            minima.append(Minimum(tuple(theta.tolist()), float(value)))
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


def _polished(loss: Loss, theta: Array) -> Array:
    """The minima that Newton's method reaches from each of these points: (m, n) → (k, n), k ≤ m."""
    settled = np.empty((0, theta.shape[-1]))
    for _ in range(NEWTON_STEPS):
        if not len(theta):
            break
        slope, hessian = loss.gradient(theta), loss.hessian(theta)
        finite = np.isfinite(slope).all(axis=-1) & np.isfinite(hessian).all(axis=(-1, -2))
        theta, slope, hessian = theta[finite], slope[finite], hessian[finite]
        curvatures = np.linalg.eigvalsh(hessian)
        curved = curvatures[:, 0] > FLAT * curvatures[:, -1]
        theta, slope, hessian = theta[curved], slope[curved], hessian[curved]
        step = np.linalg.solve(hessian, slope[..., None])[..., 0]
        gain = (step * slope).sum(axis=-1)  # twice what the step would win
        done = (np.abs(step) <= SETTLED * (1.0 + np.abs(theta))).all(axis=-1)
        done &= gain <= SETTLED * (1.0 + np.abs(loss.value(theta)))
        settled = np.concatenate([settled, theta[done]])
        theta = (theta - step)[~done]
    return np.asarray(settled[_rises(loss, settled)])


def _zeroed(loss: Loss, theta: Array) -> Array:
    """The minima, (m, n), with 0 where a component is that but for rounding, and the loss is no higher."""
    for i in range(theta.shape[-1]):
        tiny = np.abs(theta[:, i]) <= SETTLED * (1.0 + np.abs(theta).max(axis=-1))
        zero = theta.copy()
        zero[tiny, i] = 0.0
        before, after = np.asarray(loss.value(theta)), np.asarray(loss.value(zero))
        theta = np.where((after <= before + 4 * np.spacing(np.abs(before)))[:, None], zero, theta)
    return theta


def _rises(loss: Loss, theta: Array) -> Array:
    """Whether the loss is nowhere lower a little aside of each point: (m, n) → (m,)."""
    shifts = ASIDE * np.concatenate([np.eye(theta.shape[-1]), -np.eye(theta.shape[-1])])
    here = np.asarray(loss.value(theta))
    aside = np.asarray(loss.value(theta[:, None, :] + shifts))
    return np.asarray((aside >= here[:, None] - 1e-12 * np.abs(here[:, None])).all(axis=-1))
