"""The plane on which a loss of many parameters is seen: of the paths' main directions, or two parameters'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gdanim.descent import Trajectory
from gdanim.losses.base import Array, Loss
from gdanim.losses.flat import Flat

AWAY = ("diverged", "unstable", "growing", "unbounded", "rising", "left")  # outcomes that go nowhere
REACH = 3.0  # widths of the domain that such a path is followed from where it starts
NOTHING = 1e-14  # of the variance, or of squares that are rounded: less is none
SAME = 1e-6  # components that differ by less are equally large
NARROW = 1 / 3  # of the longer side that the shorter one is, at least
PAD = 0.3  # of the longer side, around the paths
LETTERS = ("v", "d", "p", "q", "s")


@dataclass(frozen=True)
class Plane:
    """A plane through parameter space, with all runs projected onto it.

    Attributes:
        loss: the loss on it.
        runs: θ as coordinates on the plane, the loss as high as the plane is there, the gradient's component
            in it; how each run ended is that of the run itself.
        share: of the paths' variance, what lies in the plane; None for the plane of two parameters.
        held: whether its origin is where a descent ended, else where the first one starts.
        along: where no path leaves one line, the number of the parameter towards which the plane spreads
            besides.
        still: whether no path moves at all.
    """

    loss: Flat
    runs: tuple[Trajectory, ...]
    share: float | None
    ended: bool
    along: int | None = None
    still: bool = False


def plane_of(loss: Loss, runs: Sequence[Trajectory], axes: Sequence[str] = ()) -> Plane:
    """The plane through the last iterate of the run that ends lowest, or the first start if none arrives.

    It is that of two parameters where they are named, the others being held at that point. Else its
    directions are the main ones of all iterates: the two right singular vectors of largest singular value,
    of iterates less their mean. The largest component of a direction is positive, the first of equally large
    ones.

    Args:
        axes: names of two parameters; none for the main directions.

    Source: Li, Xu, Taylor, Studer and Goldstein (2018), Visualizing the Loss Landscape of Neural Nets,
    section 7.2.
    """
    arrived = [run for run in runs if run.outcome.kind not in AWAY]
    if arrived:
        origin = min(arrived, key=lambda run: float(run.loss[-1])).theta[-1].copy()
    else:
        origin = runs[0].theta[0].copy()
    if axes:
        chosen = [loss.parameters.index(name) for name in axes]
        origin[chosen] = 0.0  # so that coordinates on the plane are the parameters themselves
        domain = tuple(loss.domain[i] for i in chosen)
        flat = Flat(loss, origin, np.eye(len(origin))[chosen], tuple(axes), domain, loss.framed)
        return Plane(flat, projected(flat, runs), None, bool(arrived))
    points = np.concatenate([_followed(loss, run) for run in runs])
    basis, share, along, still = main_directions(points)
    letter = next((x for x in LETTERS if not any(p.startswith(x) for p in loss.parameters)), LETTERS[0])
    domain = _domain(loss, (points - origin) @ basis.T)
    flat = Flat(loss, origin, basis, (f"{letter}1", f"{letter}2"), domain)
    return Plane(flat, projected(flat, runs), share, bool(arrived), along, still)


def projected(flat: Flat, runs: Sequence[Trajectory]) -> tuple[Trajectory, ...]:
    """The runs as they are on a plane."""
    found = []
    for run in runs:
        place = flat.coordinates(run.theta)
        with np.errstate(all="ignore"):
            height = np.asarray(flat.value(place))
            slope = np.asarray(run.gradient @ flat.basis.T)
        found.append(replace(run, theta=place, loss=height, gradient=slope, parameters=flat.parameters))
    return tuple(found)


def main_directions(points: Array) -> tuple[Array, float, int | None, bool]:
    """Two orthonormal directions (2, n) of points (m, n), and their share of the variance, from 0 to 1.

    Where the points are on a line, also the number of the parameter towards which the second one leads;
    and whether they are all one point.
    """
    n = points.shape[1]
    scale = float(np.abs(points).max()) or 1.0
    away = points / scale
    away = away - away.mean(axis=0)
    values, vectors = np.linalg.eigh(away.T @ away)
    values, vectors = values[::-1].clip(0.0), vectors[:, ::-1].T
    total = float(values.sum())
    still = total <= NOTHING**2 * len(points) or float(np.ptp(points, axis=0).max()) == 0.0
    first = np.eye(n)[0] if still else _signed(vectors[0])
    if not still and values[1] > NOTHING * values[0]:
        return np.stack([first, _signed(vectors[1])]), float((values[0] + values[1]) / total), None, False
    along = 1 if still else int(np.abs(first).round(9).argmin())
    across = np.eye(n)[along] - first[along] * first
    return np.stack([first, across / np.linalg.norm(across)]), 1.0, along, still


def _signed(direction: Array) -> Array:
    """The direction or its opposite, whichever has a positive largest component."""
    size = np.abs(direction)
    largest = int(np.flatnonzero(size >= (1.0 - SAME) * size.max())[0])
    return direction if direction[largest] > 0 else -direction


def _followed(loss: Loss, run: Trajectory) -> Array:
    """The iterates that count for the main directions: all, or of a run that goes nowhere the first ones."""
    if run.outcome.kind not in AWAY:
        return run.theta
    widths = np.array([high - low for low, high in loss.domain])
    inside = (np.abs(run.theta - run.theta[0]) <= REACH * widths).all(axis=1)
    return run.theta[: int(inside.argmin())] if not inside.all() else run.theta


def _domain(loss: Loss, places: Array) -> tuple[tuple[float, float], ...]:
    """Around the paths on the plane, (m, 2), and some of what is beside them; not too narrow."""
    low, high = places.min(axis=0), places.max(axis=0)
    longest = float((high - low).max()) or float(np.median([b - a for a, b in loss.domain]))
    half = np.maximum(high - low, NARROW * longest) / 2 + PAD * longest
    middle = (low + high) / 2
    return tuple(zip((middle - half).tolist(), (middle + half).tolist(), strict=True))
