"""Data of our own: seeded, of any size, made anew each time from the same random numbers."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from gdanim.calls import Limits, NotNegative
from gdanim.data.base import Array, Table

Rows = Annotated[int, Limits(2, 1_000_001)]
Seed = Annotated[int, Limits(0, 2**32)]
Classes = Annotated[int, Limits(2, 7)]
NAMES = "ABCDEF"


def line(n: Rows = 24, noise: NotNegative = 0.5, seed: Seed = 0) -> Table:
    """y = 2x + 1 with noise: what a straight line fits."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2.0, 3.0, n)
    return _numbers("line", x, 2.0 * x + 1.0 + rng.normal(0.0, noise, n))


def sine(n: Rows = 40, noise: NotNegative = 0.1, seed: Seed = 0) -> Table:
    """y = sin x over one period with noise: what no straight line fits."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-np.pi, np.pi, n)
    return _numbers("sine", x, np.sin(x) + rng.normal(0.0, noise, n))


def blobs(n: Rows = 120, noise: NotNegative = 0.9, classes: Classes = 2, seed: Seed = 0) -> Table:
    """A round cloud for each class, around the corners of a polygon: a line parts two of them."""
    rng = np.random.default_rng(seed)
    kind = np.arange(n) % classes
    angle = np.pi * (0.25 + 2.0 * kind / classes)
    centre = 1.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _classes("blobs", centre + rng.normal(0.0, noise, (n, 2)), kind, classes)


def moons(n: Rows = 200, noise: NotNegative = 0.1, seed: Seed = 0) -> Table:
    """Two half circles, each around the other's end: no line parts them."""
    rng = np.random.default_rng(seed)
    kind = np.arange(n) % 2
    angle = np.pi * rng.uniform(0.0, 1.0, n)
    x = np.where(kind == 0, np.cos(angle), 1.0 - np.cos(angle))
    y = np.where(kind == 0, np.sin(angle), 0.5 - np.sin(angle))
    return _classes("moons", np.stack([x, y], axis=1) + rng.normal(0.0, noise, (n, 2)), kind)


def circles(n: Rows = 200, noise: NotNegative = 0.08, seed: Seed = 0) -> Table:
    """A circle within a circle."""
    rng = np.random.default_rng(seed)
    kind = np.arange(n) % 2
    angle = 2.0 * np.pi * rng.uniform(0.0, 1.0, n)
    radius = np.where(kind == 0, 1.0, 0.5)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return _classes("circles", points + rng.normal(0.0, noise, (n, 2)), kind)


def xor(n: Rows = 120, noise: NotNegative = 0.2, seed: Seed = 0) -> Table:
    """Four clouds in the corners of a square, those across from each other of one class."""
    rng = np.random.default_rng(seed)
    corner = np.arange(n) % 4
    signs = np.stack([1.0 - 2.0 * (corner // 2), 1.0 - 2.0 * (corner % 2)], axis=1)
    points = signs + rng.normal(0.0, noise, (n, 2))
    return _classes("xor", points, (signs[:, 0] != signs[:, 1]).astype(np.int64))


def spiral(n: Rows = 200, noise: NotNegative = 0.02, classes: Classes = 2, seed: Seed = 0) -> Table:
    """An arm for each class, wound once around the middle: the hardest of them."""
    rng = np.random.default_rng(seed)
    kind = np.arange(n) % classes
    way = np.sqrt(rng.uniform(0.02, 1.0, n))
    angle = 2.0 * np.pi * (way + kind / classes)
    points = 1.5 * np.stack([way * np.cos(angle), way * np.sin(angle)], axis=1)
    return _classes("spiral", points + rng.normal(0.0, noise, (n, 2)), kind, classes)


def _numbers(name: str, x: Array, y: Array) -> Table:
    return Table(name, ("x",), x[:, None], "y", y)


def _classes(name: str, points: Array, kind: Any, classes: int = 2) -> Table:
    return Table(
        name, ("x1", "x2"), points, "class", kind.astype(np.float64), tuple(NAMES[: min(classes, len(kind))])
    )
