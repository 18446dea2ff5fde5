"""Digits: patterns of 8 × 8 pixels, drawn for this and put a little aside and disturbed in each row."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from gdanim.calls import Limits, NotNegative
from gdanim.data.base import Array, Table
from gdanim.data.made import Rows, Seed

SIDE = 8  # pixels
# 6 × 6 each, so that they can be moved by a pixel to every side.
DRAWN = """
.####. ..##.. .####. .####. ...##. ###### ..###. ###### .####. .####.
##..## .###.. ##..## ....## ..###. ##.... .##... ....## ##..## ##..##
##..## ..##.. ...##. ..###. .#.##. #####. #####. ...##. .####. ##..##
##..## ..##.. ..##.. ....## ###### ....## ##..## ..##.. ##..## .#####
##..## ..##.. .##... ##..## ...##. ##..## ##..## .##... ##..## ...##.
.####. .####. ###### .####. ...##. .####. .####. .##... .####. .###..
"""
Classes = Annotated[int, Limits(2, 11)]


def prototypes() -> Array:
    """The ten digits in the middle of their pictures, (10, 8, 8), the upper row first; ink is 1.

    >>> print("\\n".join("".join("-#"[int(ink)] for ink in row) for row in prototypes()[7]))
    --------
    -######-
    -----##-
    ----##--
    ---##---
    --##----
    --##----
    --------
    """
    lines = [line.split() for line in DRAWN.split("\n") if line]
    found = np.zeros((10, SIDE, SIDE))
    for row, parts in enumerate(lines, 1):
        for digit, part in enumerate(parts):
            found[digit, row, 1:-1] = [sign == "#" for sign in part]
    return found


def digits(n: Rows = 300, noise: NotNegative = 0.2, classes: Classes = 10, seed: Seed = 0) -> Table:
    """Digits of 8 × 8 pixels, up to a pixel aside, with noise on each: 64 features from 0, paper, to 1."""
    rng = np.random.default_rng(seed)
    kind = np.arange(n) % classes
    down, right = rng.integers(-1, 2, (2, n))
    shapes = prototypes()
    pictures = np.stack(
        [np.roll(shapes[k], (d, r), axis=(0, 1)) for k, d, r in zip(kind, down, right, strict=True)]
    )
    pictures = (pictures + rng.normal(0.0, noise, pictures.shape)).clip(0.0, 1.0)
    columns = tuple(f"x{row}_{column}" for row in range(1, SIDE + 1) for column in range(1, SIDE + 1))
    names = tuple(map(str, range(min(classes, n))))
    return Table("digits", columns, pictures.reshape(n, -1), "digit", kind.astype(np.float64), names)
