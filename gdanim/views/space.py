"""A landscape in a box, seen from a camera: where points stand on the picture, and which are behind it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from matplotlib.ticker import MaxNLocator

from gdanim.losses.base import Array

Flags = npt.NDArray[np.bool_]
AZIMUTH, ELEVATION = -62.0, 38.0  # degrees, where the camera stands
HEIGHT = 0.62  # of the surface, its base being 1 × 1
FLOOR = -0.14  # how high the floor lies on which the shadow falls
STEEP = 6.0  # high above middle values by this factor, heights are logarithms
LARGEST = 1e4  # times what most values span: what is higher is not shown
SLACK = 1e-9  # outside the box by less is inside
ALONG = 140  # places at which a line of sight is compared with the surface
CLOSE, HERE = 0.012, 0.08  # of the base: nearer to the surface than this is on it, so far from where it is
TOUCH = 0.002  # the same farther on along a line of sight


class Heights:
    """How high a loss stands in the box: evenly, or by log(1 + (L − lowest)/small) where it spans decades.

    Args:
        values: of the surface, NaN where there are none.
        lowest: the lowest loss shown.
        path: losses that must be shown besides.
        asked: the lowest and the highest loss of the box, whatever there is.
    """

    def __init__(
        self, values: Array, lowest: float, path: Array, asked: tuple[float, float] | None = None
    ) -> None:
        if asked is not None:
            (self.base, self.top), self.log, self._small = asked, False, 1.0
            return
        self.base = float(np.nanmin([np.nanmin(values), lowest]))
        middle, high = np.nanquantile(values, [0.5, 0.98]) - self.base
        self.log = bool(high > STEEP * middle)
        self._small = max(float(middle), 1e-6 * float(high)) / STEEP or 1.0
        most = float(np.nanmax(values)) - self.base
        most = most if most <= LARGEST * high else float(high)
        self.top = self.base + max(most, float(path.max(initial=self.base)) - self.base, 1e-300)

    def of(self, loss: Array | float) -> Array:
        """Losses (...) → heights (...): 0 at the lowest, HEIGHT at the top, and on beyond."""
        above, span = np.asarray(loss) - self.base, self.top - self.base
        if self.log:
            with np.errstate(divide="ignore", invalid="ignore"):
                above, span = np.log1p(above / self._small), float(np.log1p(span / self._small))
        return np.asarray(HEIGHT * above / span)

    def ticks(self, gap: float) -> list[float]:
        """Round losses whose heights are `gap` apart at least, from the bottom to the top."""
        count = max(1, int(HEIGHT / gap))
        if not self.log:
            return self._even(gap, min(count + 2, 7))
        largest = max(abs(self.base), abs(self.top))
        powers = 10.0 ** np.arange(np.floor(np.log10(self._small)) - 1, np.floor(np.log10(largest)) + 1)
        wanted = [0.0, *(sign * factor * p for factor in (1, 5, 2) for p in powers[::-1] for sign in (1, -1))]
        kept: list[float] = []
        for value in wanted:
            if self._shown(value) and all(abs(self.of(value) - self.of(other)) >= gap for other in kept):
                kept.append(float(value))
        return sorted(kept)

    def _even(self, gap: float, most: int) -> list[float]:
        """The same at even steps, at most so many of them."""
        values, step = np.array([self.base, self.top]), self.top - self.base
        for bins in range(most, 0, -1):
            locator = MaxNLocator(nbins=bins, steps=[1, 2, 2.5, 5, 10])
            values = np.asarray(locator.tick_values(self.base, self.top))
            step = float(values[1] - values[0])
            if HEIGHT * step / (self.top - self.base) >= gap:
                break
        return [0.0 if abs(v) < 1e-9 * step else float(v) for v in values if self._shown(float(v))]

    def _shown(self, value: float) -> bool:
        slack = 1e-9 * (self.top - self.base)
        return self.base - slack <= value <= self.top + slack


class Camera:
    """An orthographic projection of the box −½ … ½, −½ … ½, 0 … HEIGHT, from an azimuth in degrees."""

    def __init__(self, azimuth: float = AZIMUTH) -> None:
        turn, tilt = np.radians(azimuth), np.radians(ELEVATION)
        self.across = np.array([-np.sin(turn), np.cos(turn), 0.0])
        away = np.array([-np.cos(turn), -np.sin(turn), 0.0])
        self.up = away * np.sin(tilt) + np.array([0.0, 0.0, np.cos(tilt)])
        self.towards = np.array([*(-away[:2] * np.cos(tilt)), np.sin(tilt)])  # the camera, of length 1

    def flat(self, points: Array) -> Array:
        """(..., 3) → (..., 2), the middle of the box at 0."""
        points = points - np.array([0.0, 0.0, HEIGHT / 2])
        return np.stack([points @ self.across, points @ self.up], axis=-1)

    def hidden(self, points: Array, surface: Array) -> Flags:
        """Which points (m, 3) of the box are behind a surface, or under it: (m,).

        A point is seen if the line from it to the camera does not cross the surface.

        Args:
            surface: (rows, columns), heights over even steps of −½ … ½ along y and x; NaN for holes.
        """
        reach = np.hypot(*self.towards[:2])
        along = np.linspace(0.0, np.sqrt(2) / reach, ALONG)[1:]
        with np.errstate(invalid="ignore"):
            line = points[:, None] + along[:, None] * self.towards
            above = line[..., 2] - heights_at(surface, line[..., 0], line[..., 1])
            first = points[:, 2] - heights_at(surface, points[:, 0], points[:, 1])
            over = first >= -CLOSE  # what is on the surface is not under it
            slack = np.where(along < HERE, CLOSE, TOUCH)
            crossed = np.where(over[:, None], above < -slack, above > slack)
        return np.asarray(crossed.any(axis=1))


def heights_at(surface: Array, x: Array, y: Array) -> Array:
    """The surface over places (...) by bilinear interpolation: (...); NaN beside it and in holes."""
    rows, columns = surface.shape
    u, v = (x + 0.5) * (columns - 1), (y + 0.5) * (rows - 1)
    inside = (u >= -SLACK) & (u <= columns - 1 + SLACK) & (v >= -SLACK) & (v <= rows - 1 + SLACK)
    u, v = np.where(inside, u, 0.0), np.where(inside, v, 0.0)
    i, j = (np.clip(c, 0, most - 2).astype(np.intp) for c, most in ((u, columns), (v, rows)))
    u, v = u - i, v - j
    near = surface[j, i] * (1 - u) + surface[j, i + 1] * u
    far = surface[j + 1, i] * (1 - u) + surface[j + 1, i + 1] * u
    return np.where(inside, near * (1 - v) + far * v, np.nan)


def in_box(points: Array) -> Flags:
    """Which points (..., 3) lie in the box."""
    with np.errstate(invalid="ignore"):
        sides = (np.abs(points[..., :2]) <= 0.5 + SLACK).all(axis=-1)
        return np.asarray(sides & (points[..., 2] >= -SLACK) & (points[..., 2] <= HEIGHT + SLACK))


def within(a: Array, b: Array) -> tuple[Array, Array]:
    """From which share of the way on, and up to which, the ways from points a to b (m, 3) are in the box.

    (m,), (m,), from 0 to 1; 1 and 0 where a way is never inside.
    """
    low, high = np.array([-0.5, -0.5, 0.0]) - SLACK, np.array([0.5, 0.5, HEIGHT]) + SLACK
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.stack([(low - a) / (b - a), (high - a) / (b - a)])
        still = b == a
        inside = (a >= low) & (a <= high)
        enter = np.where(still, np.where(inside, 0.0, np.inf), shares.min(axis=0)).max(axis=-1)
        leave = np.where(still, np.where(inside, 1.0, -np.inf), shares.max(axis=0)).min(axis=-1)
    enter, leave = np.maximum(enter, 0.0), np.minimum(leave, 1.0)
    known = (leave >= enter) & np.isfinite(a).all(axis=-1) & np.isfinite(b).all(axis=-1)
    return np.where(known, enter, 1.0), np.where(known, leave, 0.0)
