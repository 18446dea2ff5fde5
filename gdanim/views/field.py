"""The gradient field as arrows, as fine as it takes for them to tell what is so."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gdanim.losses.base import Array, Loss

COUNTS = (14, 28)  # arrows along the longer side; the finer ones where the direction turns much
WITHIN = 5  # places along each side of an arrow's cell where the direction is looked at
STEADY = 0.8  # length of the mean of the cell's directions: from here on one arrow stands for them
TURNING = 0.1  # share of cells with less, from which on the arrows are finer


class Field(NamedTuple):
    """Directions (rows, columns, 2) of length 1 on the picture at places (rows, columns, 2), 0 for none.

    Attributes:
        step: pixels from one to the next.
        whole: whether there is an arrow wherever there is a gradient.
    """

    places: Array
    directions: Array
    step: float
    whole: bool


def field_of(loss: Loss, box: Array, size: tuple[float, float]) -> Field:
    """−∇L over a box (2, 2) on a panel of `size` pixels; no arrow where its cell has no one direction."""
    for count in COUNTS:
        step = max(size) / count
        counts = [max(2, int(extent / step)) for extent in size]
        places, directions, mean = _sampled(loss, box, size, counts)
        turning = (mean < STEADY) & directions.any(axis=-1)
        if turning.mean() < TURNING:
            break
    return Field(places, np.where(turning[..., None], 0.0, directions), step, not turning.any())


def _sampled(
    loss: Loss, box: Array, size: tuple[float, float], counts: list[int]
) -> tuple[Array, Array, Array]:
    """Places, directions in their middle, and the length of the mean of each cell's directions."""
    fine = [(np.arange(n * WITHIN) + 0.5) / (n * WITHIN) for n in counts]
    grid = np.stack(
        np.meshgrid(*(low + part * (high - low) for (low, high), part in zip(box, fine, strict=True))), -1
    )
    with np.errstate(all="ignore"):
        field = -loss.gradient(grid) * (np.array(size) / (box[:, 1] - box[:, 0]))
        field = np.nan_to_num(field / np.linalg.norm(field, axis=-1, keepdims=True))
    columns, rows = counts
    cells = field.reshape(rows, WITHIN, columns, WITHIN, 2)
    mean = np.linalg.norm(cells.mean(axis=(1, 3)), axis=-1)
    half = WITHIN // 2
    return grid[half::WITHIN, half::WITHIN], cells[:, half, :, half], mean
