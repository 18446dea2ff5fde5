"""Where a descent's gradients come from: exact, with noise, or from some rows of the data at a time.

A source owns its random numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
import numpy.typing as npt

from gdanim.errors import GdanimError
from gdanim.losses.base import Array, Loss

if TYPE_CHECKING:
    from gdanim.losses.learned import Learned

# theta (R, n) of runs that descend together, and where the gradients that are used there go, (R, n).
Sample = Callable[[Array, Array], None]


class Source(Protocol):
    """Where gradients come from; equal sources give equal gradients.

    Attributes:
        deviation: standard deviation of what is added to every component; 0 where nothing is.
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


@dataclass(frozen=True)
class Batches:
    """The gradient as some rows of the data have it: every row once, in a random order, then all anew.

    Rows at the end that are too few for a batch are left for another time. All runs that descend
    together meet the same rows.

    Args:
        size: rows of a batch.
        deviation: standard deviation of normal noise on top of it.
        seed: a run with the same seed meets the same rows.
    """

    size: int
    deviation: float = 0.0
    seed: int = 0

    def of(self, loss: Loss) -> Sample:
        learned, deviation = cast("Learned", loss), self.deviation
        draws = self.draws(len(learned.table), len(loss.parameters))

        def sample(theta: Array, out: Array) -> None:
            rows, noise = next(draws)
            out[:] = learned.sampled_gradient(theta, rows)
            if deviation:
                out += noise

        return sample

    def draws(self, count: int, parameters: int) -> Iterator[tuple[npt.NDArray[np.int64], Array]]:
        """The rows of one gradient after another, of so many rows, and the noise on it; without end."""
        rng, waiting = np.random.default_rng(self.seed), np.empty(0, dtype=np.int64)
        noise: Array = np.zeros(parameters)
        while True:
            if len(waiting) < self.size:
                waiting = rng.permutation(count)
            rows, waiting = waiting[: self.size], waiting[self.size :]
            yield rows, rng.normal(0.0, self.deviation, parameters) if self.deviation else noise


def source_of(noise: float, seed: int, batch_size: int = 0) -> Source:
    """The source that adds so much noise, and takes so many rows at a time; 0 for all of them.

    >>> source_of(0.0, 3), source_of(0.1, 3)
    (Exact(deviation=0.0, seed=0), Noisy(deviation=0.1, seed=3))
    """
    if batch_size:
        return Batches(batch_size, noise, seed)
    return Noisy(noise, seed) if noise else Exact()


def batch_of(loss: Loss, size: int | None) -> int:
    """Rows of a batch of a loss's data; 0 for all of them.

    Raises:
        GdanimError: the loss has no data, or not so many rows.
    """
    if size is None:
        return 0
    if loss.table is None:
        raise GdanimError("takes rows of data, and the loss has none; see --data", where=["batch_size"])
    if size > len(loss.table):
        raise GdanimError(
            f"a batch of {size:,} is more than the {len(loss.table):,} rows there are", where=["batch_size"]
        )
    return size if size < len(loss.table) else 0


def spread_of(source: Source, loss: Loss, theta: Array, along: Array | None = None) -> float:
    """The standard deviation of a source's gradients at theta (n,).

    Args:
        along: the direction in which, (n,), of whatever length; where it is None that of a component is
            found, root mean square.
    """
    if not isinstance(source, Batches):
        return source.deviation
    return float(np.hypot(cast("Learned", loss).spread(theta, source.size, along), source.deviation))
