"""Where a descent's gradients come from: exact, or with noise; a source owns its random numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gdanim.losses.base import Array, Loss

# theta (R, n) of runs that descend together, and where the gradients that are used there go, (R, n).
Sample = Callable[[Array, Array], None]


class Source(Protocol):
    """Where gradients come from; equal sources give equal gradients.

    Attributes:
        deviation: standard deviation of every component from the exact one; 0 where it is exact, and
            theory may say what a run does.
        seed: of its random numbers.
    """

    @property
    def deviation(self) -> float: ...

    @property
    def seed(self) -> int: ...

    def of(self, loss: Loss) -> Sample:
        """What gives one gradient after another, from the first random number on."""
        ...


@dataclass(frozen=True)
class Exact:
    """The loss's own gradient."""

    deviation: float = 0.0
    seed: int = 0

    def of(self, loss: Loss) -> Sample:
        return loss.write_gradient


@dataclass(frozen=True)
class Noisy:
    """The loss's own gradient with normal noise on every component, the same for all runs at a time.

    Args:
        deviation: the noise's standard deviation, in units of the gradient.
        seed: a run with the same seed meets the same noise.
    """

    deviation: float
    seed: int = 0

    def of(self, loss: Loss) -> Sample:
        rng, exact, deviation = np.random.default_rng(self.seed), loss.write_gradient, self.deviation

        def sample(theta: Array, out: Array) -> None:
            exact(theta, out)
            out += rng.normal(0.0, deviation, theta.shape[-1])

        return sample


def source_of(noise: float, seed: int) -> Source:
    """The source that adds so much noise.

    >>> source_of(0.0, 3), source_of(0.1, 3)
    (Exact(deviation=0.0, seed=0), Noisy(deviation=0.1, seed=3))
    """
    return Noisy(noise, seed) if noise else Exact()
