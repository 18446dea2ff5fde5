"""A loss of two parameters on a grid, and the levels at which it is told apart."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.ticker import MaxNLocator

from gdanim.arrivals import FLAT, newton_steps
from gdanim.losses.base import SEEN, Array, Loss

LEVELS = 10  # few, so that a GIF stays small
DECADES = 2.3  # from this spread of values on, levels are log-spaced
COARSE = 54  # points along each side where passes between wells are looked for
MANY = 12  # wells; of more no line can be seen around each
MORE = 4  # levels at most that are added for wells
HIGHEST = 1e240  # a little beyond, matplotlib's filled contours end
ROUNDING = 1e-13  # of the lowest loss: what differs by less has no levels between
POLISHED = 8  # Newton steps
RIM = (0.15, 0.9)  # of a well's depth: between these there is to be a level


class Levels(NamedTuple):
    """Round losses at which lines are drawn, rising; `log` where log-spaced above the lowest loss."""

    values: Array
    log: bool


def sampled(
    loss: Loss, x: tuple[float, float], y: tuple[float, float], count: int
) -> tuple[Array, Array, Array]:
    """A loss of two parameters on a grid: (count,), (count,) and (count, count), rows along y.

    What is not finite, or nearly so, is masked by NaN. Where much is worked out for a point, `count` is half.
    """
    count = count if count**2 * loss.work <= SEEN else count // 2
    xs: Array = np.linspace(*x, count, dtype=np.float64)
    ys: Array = np.linspace(*y, count, dtype=np.float64)
    with np.errstate(all="ignore"):
        values = np.broadcast_to(loss.value(np.stack(np.meshgrid(xs, ys), axis=-1)), (count, count)).astype(
            np.float64
        )
    values[~(np.abs(values) < HIGHEST)] = np.nan
    return xs, ys, values


def levels_of(loss: Loss, values: Array) -> Levels:
    """Levels between the lowest and the highest value: even ones, or log-spaced over decades."""
    known = [m.value for m in loss.minima]
    low, high = float(np.nanmin([np.nanmin(values), *known])), float(np.nanmax(values))
    if not high - low > ROUNDING * abs(low):
        return Levels(np.array([low, low + max(1.0, 1e-3 * abs(low))]), False)
    above = values[np.isfinite(values)] - low
    near, far = (float(part) for part in np.quantile(above[above > 0], [0.02, 0.98]))
    log = bool(np.log10(far / near) > DECADES)
    found = _log_spaced(low, near, far) if log else _even(low, far)
    # Where numbers are large and differ little there may be no round ones between them.
    found = found[(found > low) & (found < high)]
    if len(found) < 2 or not (np.diff(found) > 0).all():
        found = low + np.linspace(0, far, LEVELS + 1)[1:]
    return Levels(found, log)


def _even(low: float, far: float) -> Array:
    """Multiples of a round step."""
    locator = MaxNLocator(nbins=LEVELS, steps=[1, 2, 2.5, 5, 10])
    values = np.asarray(locator.tick_values(low, low + far), dtype=np.float64)
    return values.round(max(0, 12 - int(np.floor(np.log10(max(abs(values).max(), 1e-300))))))


def _log_spaced(low: float, near: float, far: float) -> Array:
    """Log-spaced above the lowest value, each rounded as far as one can tell it from the lowest."""
    above = np.geomspace(near, far, LEVELS)
    digits = -np.floor(np.log10(above)).astype(int)
    rounded = [round(low + float(a), int(d)) for a, d in zip(above, digits, strict=True)]
    return np.unique(np.array(rounded))


def with_wells(levels: Levels, loss: Loss, x: tuple[float, float], y: tuple[float, float]) -> Levels:
    """The levels, and some more where no line would close around a well alone; the deepest wells first."""
    places = wells(loss, x, y)
    if not 2 <= len(places) <= MANY:
        return levels
    values = np.asarray(loss.value(places))
    brims = np.array(passes(loss, places, x, y))
    found = levels.values.tolist()
    more = len(found) + MORE
    for i in np.argsort(values - brims, kind="stable").tolist():
        low, high = (float(values[i] + share * (brims[i] - values[i])) for share in RIM)
        if len(found) < more and np.isfinite(high) and not any(low < level < high for level in found):
            found.append(round_between(low, high))
    return Levels(np.unique(found), levels.log)


def round_between(low: float, high: float) -> float:
    """A number between two, with as few digits as it takes.

    >>> round_between(2.1, 11.9), round_between(-47.3, -45.1)
    (7.0, -46.0)
    """
    middle = (low + high) / 2
    if not high - low > ROUNDING * abs(low):
        return middle
    digits = -int(np.floor(np.log10(high - low)))
    tried = (round(middle, digits + more) for more in range(3))
    return next((value for value in tried if low < value < high), middle)


def wells(loss: Loss, x: tuple[float, float], y: tuple[float, float]) -> Array:
    """The minima inside a window that a coarse grid shows: (m, 2), polished by Newton's method.

    A minimum has a positive definite Hessian; what a grid shows in a narrow valley has none nearby.
    """
    xs, ys, values = sampled(loss, x, y, COARSE)
    low = np.where(np.isfinite(values), values, np.inf)
    core = low[1:-1, 1:-1]
    lowest, inner = np.isfinite(core), len(xs) - 2
    for rows, columns in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1), (2, 2)):
        lowest &= core <= low[rows : rows + inner, columns : columns + inner]
    row, column = np.nonzero(lowest)
    cell = np.array([xs[1] - xs[0], ys[1] - ys[0]])
    places = start = np.column_stack([xs[column + 1], ys[row + 1]])
    if not len(places):
        return places
    with np.errstate(all="ignore"):
        for _ in range(POLISHED):
            steps, least, _ = newton_steps(loss, places, loss.gradient(places))
            places = places - steps
        stays = (np.abs(places - start) <= 2 * cell).all(axis=1)
        found = places[stays & (least > FLAT) & (np.abs(steps) <= 0.01 * cell).all(axis=1)]
    kept: list[Array] = []
    for place in found:
        if not kept or (np.abs(np.array(kept) - place) > 0.5 * cell).any(axis=1).all():
            kept.append(place)
    return np.array(kept).reshape(-1, 2)


def passes(loss: Loss, places: Array, x: tuple[float, float], y: tuple[float, float]) -> list[float]:
    """For each well's minimum (m, 2), how high it is filled when it first flows over into another's.

    By flooding a grid from its lowest point upwards, wells being united where they meet; inf where none is
    met.
    """
    xs, ys, values = sampled(loss, x, y, COARSE)
    flat = np.where(np.isfinite(values), values, np.inf).ravel()
    own = np.abs(ys - places[:, 1:]).argmin(axis=1) * len(xs) + np.abs(xs - places[:, :1]).argmin(axis=1)
    inside: dict[int, set[int]] = {int(point): {number} for number, point in enumerate(own)}
    brims = [np.inf] * len(places)
    parent = [-1] * flat.size

    def top(point: int) -> int:
        while parent[point] != point:
            parent[point] = parent[parent[point]]
            point = parent[point]
        return point

    for point in np.argsort(flat, kind="stable").tolist():
        parent[point] = point
        for other in _beside(point, len(xs)):
            if parent[other] < 0 or (theirs := top(other)) == (ours := top(point)):
                continue
            mine, others = inside.get(ours, set()), inside.get(theirs, set())
            if mine and others:
                for number in mine | others:
                    brims[number] = min(brims[number], float(flat[point]))
            parent[theirs] = ours
            inside[ours] = mine | others
        if len(inside.get(top(point), ())) == len(places):
            break
    return brims


def _beside(point: int, side: int) -> list[int]:
    """The points of the coarse grid beside one, left and right, below and above."""
    column = point % side
    sides = [point - 1] * (column > 0) + [point + 1] * (column < side - 1)
    return sides + [other for other in (point - side, point + side) if 0 <= other < side**2]
