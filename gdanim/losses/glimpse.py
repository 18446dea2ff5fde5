"""A glimpse: the loss of a model on a sample of its rows, from which a landscape is drawn in time."""

from __future__ import annotations

from gdanim.losses.base import Array, Loss
from gdanim.losses.learned import Learned, sample_of


class Glimpse(Loss):
    """A model's loss over a sample of its rows, evenly spread over all of them, for pictures.

    The minima that it lists are those of the loss over all rows.

    Args:
        loss: over all rows.
        rows: how many of them.
    """

    def __init__(self, loss: Learned, rows: int) -> None:
        self.whole, self.rows = loss, sample_of(len(loss.table), rows)
        self.sampled = len(self.rows)
        self.name, self.parameters, self.table = loss.name, loss.parameters, loss.table
        self.formula, self.gradient_formula = loss.formula, loss.gradient_formula
        self.start, self.minima = loss.start, loss.minima
        self.domain = getattr(loss, "domain", ())  # not known yet where it is looked for

    @property
    def work(self) -> int:
        return len(self.rows) * self.whole.arrays

    def value(self, theta: Array) -> Array:
        return self.whole.mean(theta, self.rows)

    def gradient(self, theta: Array) -> Array:
        return self.whole.mean_slope(theta, self.rows)
