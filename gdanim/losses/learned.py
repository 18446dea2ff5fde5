"""Learned: a model with its data as a loss, the mean of a cost over all rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from gdanim.data import Table
from gdanim.errors import GdanimError
from gdanim.losses.base import SEEN, Array, Loss, Minimum
from gdanim.losses.costs import Cost
from gdanim.losses.functions import sigmoid
from gdanim.losses.measures import Measures

# Numbers held at a time: few, since what stays in the cache is worked out ten times as fast.
LARGEST = 1_000_000
PART = 1 << 15  # numbers of one array at a time
ALONE = 1 << 17  # the same at one point, where a call costs as much as some thousand numbers
LARGE_RATE = 4.0  # from which one is looked for where the curvature is not known
TRIED, HALVED = 25, 40  # steps that try a learning rate, and how often it is halved at most
TRIED_ON, SPREAD_OVER = 2000, 1000  # rows at most that try it, and over which batches spread
CLIMB = 1e3  # times the loss at the start: higher is not worth seeing
NEWTON_STEPS, SETTLED = 60, 1e-10
MOST_NEWTON = 20  # parameters up to which a minimum is looked for by Newton's method
LOOKED_AT = 6400  # points that are as many as a landscape has
ROWS = 1024  # taken at a time where the points are many too
FEWEST = 200  # rows, of which it shows the loss even so
Rows = Any  # a slice of the rows, or the numbers of some, (b,)


class Learned(Loss):
    """The mean of a cost over the rows of a table: L(θ) = 1/m Σ cost(output(θ, xᵢ), yᵢ) + Σ decayⱼ θⱼ².

    Attributes:
        table: the data.
        cost: of one row.
        model: what the model is as mathtext, ŷ = … or p = σ(z), z = ….
        decay: (n,), of each parameter; 0 where it is not held back.
        arrays: how many numbers the work on one row holds at a time.

    What a model adds is `output`, `costs` and `slopes`, and `take` for what it keeps of its table.
    """

    source = "a model and its data"
    table: Table
    cost: Cost
    model: str
    decay: Array
    arrays: int

    def output(self, theta: Array, features: Array) -> Array:
        """What the model says before any probability is made of it: (..., n), (m, d) → (..., m)."""
        raise NotImplementedError

    def costs(self, theta: Array, rows: Rows) -> Array:
        """The sum of the costs of some rows: (R, n) → (R,)."""
        raise NotImplementedError

    def slopes(self, theta: Array, rows: Rows) -> Array:
        """The gradient of that sum: (R, n) → (R, n)."""
        raise NotImplementedError

    def take(self) -> None:
        """Lay out what is worked with of the table.

        Raises:
            GdanimError: it cannot be that of other rows.
        """
        raise GdanimError(f"of what {self.name} learns from no rows can be held out", where=["test"])

    def of(self, table: Table) -> Learned:
        """The same model and cost of other rows, of which no minimum is known."""
        other = copy(self)
        other.table, other.held, other.minima = table, None, ()
        other.take()
        return other

    def measures(self, theta: Array, loss: Array) -> Mapping[str, Array]:
        """The loss of the rows that are held out, and of classes what share is right; worked out when read.

        Also where that overflows: it is infinite then.
        """
        found = {}
        if isinstance(self.held, Learned):
            found["L_test"] = self.held.value
        if self.cost.probable:
            found["accuracy"] = self.accuracy
            if isinstance(self.held, Learned):
                found["accuracy_test"] = self.held.accuracy
        return Measures(found, theta)

    def said(self, theta: Array, features: Array) -> npt.NDArray[np.int64]:
        """The number of the most probable class, of equal ones the first: (..., n), (m, d) → (..., m)."""
        found = self.predict(theta, features)
        if found.ndim > theta.ndim:
            return np.asarray(found.argmax(axis=-1))
        return np.asarray(found > 0.5).astype(np.int64)

    def accuracy(self, theta: Array) -> Array:
        """The share of the rows whose class is the most probable one: (..., n) → (...)."""
        flat = self._flat(theta)
        right = np.zeros(len(flat))
        for points, rows in self._parts(len(flat), len(self.table)):
            said = self.said(flat[points], self.table.features[rows])
            right[points] += (said == self.table.values[rows]).sum(axis=-1)
        return np.asarray((right / len(self.table)).reshape(np.shape(theta)[:-1]))

    def predict(self, theta: Array, features: Array) -> Array:
        """ŷ, or the probability of the second class: (..., n), (m, d) → (..., m)."""
        with np.errstate(all="ignore"):
            output = self.output(theta, features)
            return np.asarray(sigmoid(output) if self.cost.probable else output)

    def value(self, theta: Array) -> Array:
        return self.mean(theta)

    def gradient(self, theta: Array) -> Array:
        return self.mean_slope(theta)

    def mean(self, theta: Array, chosen: Rows = None) -> Array:
        """L of the rows of these numbers alone, (b,), or of all: (..., n) → (...)."""
        flat = self._flat(theta)
        total, count = np.zeros(len(flat)), self._count(chosen)
        with np.errstate(all="ignore"):
            for points, rows in self._parts(len(flat), count):
                total[points] += self.costs(flat[points], rows if chosen is None else chosen[rows])
            total = total / count + self._penalty(flat)
        return np.asarray(total.reshape(np.shape(theta)[:-1]))

    def mean_slope(self, theta: Array, chosen: Rows = None) -> Array:
        """Its gradient: (..., n) → (..., n)."""
        flat = self._flat(theta)
        total, count = np.zeros(flat.shape), self._count(chosen)
        with np.errstate(all="ignore"):
            for points, rows in self._parts(len(flat), count):
                total[points] += self.slopes(flat[points], rows if chosen is None else chosen[rows])
            total = total / count + self._pull(flat)
        return np.asarray(total.reshape(np.shape(theta)))

    def _count(self, chosen: Rows) -> int:
        return len(self.table) if chosen is None else len(chosen)

    @property
    def work(self) -> int:
        return len(self.table) * self.arrays

    def glimpse(self, points: int) -> Loss:
        from gdanim.losses.glimpse import Glimpse  # which is of this class

        rows = max(FEWEST, SEEN // (points * self.arrays))
        return self if points * self.work <= SEEN or rows >= len(self.table) else Glimpse(self, rows)

    def write_gradient(self, theta: Array, out: Array) -> None:
        if theta.size // theta.shape[-1] * len(self.table) * self.arrays > PART:
            out[:] = self.gradient(theta)
            return
        np.divide(self.slopes(theta, slice(None)), len(self.table), out)
        out += self._pull(theta)

    def sampled_gradient(self, theta: Array, rows: Rows) -> Array:
        """The gradient as some rows alone have it: (R, n), (b,) → (R, n)."""
        with np.errstate(all="ignore"):
            return np.asarray(self.slopes(theta, rows) / len(rows) + self._pull(theta))

    def fault(self, theta: Array) -> str:
        table = self.table
        with np.errstate(all="ignore"):
            for row in range(len(table)):
                one = slice(row, row + 1)
                found = [*self.costs(theta[None], one), *self.slopes(theta[None], one).ravel()]
                if not np.isfinite(found).all():
                    pairs = zip(table.columns, table.features[row].tolist(), strict=True)
                    # Where some rows are held out, those that are left have other numbers.
                    place = f"in row {row + 1}" if table.held is None else "in a row"
                    return f"{place}, where {', '.join(f'{name} = {x:g}' for name, x in pairs)}"
        return ""

    def spread(self, theta: Array, size: int, along: Array | None = None) -> float:
        """How far a gradient of so many rows is off along a direction (n,): the standard deviation.

        Where there is none, in a component, root mean square. Rows are drawn without putting them back. Of
        many rows a sample is looked at.
        """
        m = len(self.table)
        chosen = sample_of(m, SPREAD_OVER)
        with np.errstate(all="ignore"):
            each = np.concatenate([self.slopes(theta[None], chosen[i : i + 1]) for i in range(len(chosen))])
        if along is not None:
            each = each @ (along / np.linalg.norm(along))
        share = (m - size) / max(m - 1, 1) / size
        return float(np.sqrt(each.var(axis=0).mean() * share))

    def _penalty(self, theta: Array) -> Array:
        """Σ decayⱼ θⱼ², (R, n) → (R,); also where the square of a parameter that is not held overflows."""
        return np.asarray(np.square(theta * np.sqrt(self.decay)).sum(axis=-1))

    def _pull(self, theta: Array) -> Array:
        """Its gradient."""
        return np.asarray(2.0 * self.decay * theta)

    def _flat(self, theta: Array) -> Array:
        return np.asarray(theta, dtype=np.float64).reshape(-1, len(self.parameters))

    def _parts(self, points: int, m: int) -> Iterator[tuple[slice, slice]]:
        """Points and m rows, so few at a time that memory does not run short."""
        most = max(1, min(ALONE if points == 1 else PART, LARGEST // self.arrays))
        rows = min(m, most, max(ROWS, most // max(1, points)))
        together = max(1, most // rows)
        for i in range(0, points, together):
            for j in range(0, m, rows):
                yield slice(i, i + together), slice(j, j + rows)

    def settle(self) -> None:
        """Find out a learning rate, minima and a domain, once all else is known."""
        origin = np.array(self.start)
        with np.errstate(all="ignore"):
            self.learning_rate = self._rate(origin)
            self.minima = self._known_minima(origin)
            self.domain = self._domain(origin)
        if self.table.held is not None:
            self.held = self.of(self.table.held)

    def _known_minima(self, origin: Array) -> tuple[Minimum, ...]:
        """The minimum that Newton's method finds from the start, halving steps that do not descend."""
        if len(origin) > MOST_NEWTON or self.cost.curvature == 0.0:
            return ()
        theta, value = origin, float(self.value(origin))
        for _ in range(NEWTON_STEPS):
            slope, hessian = self.gradient(theta), self.hessian(theta)
            if not (np.isfinite(hessian).all() and np.isfinite(slope).all()):
                return ()
            values, vectors = np.linalg.eigh(hessian)
            flat = values[0] <= 1e-9 * values[-1]
            if flat and values[-1] <= 0.0:
                return ()
            stiff = np.maximum(np.abs(values), 1e-9 * values[-1])
            step = -vectors @ ((vectors.T @ slope) / stiff)
            if (np.abs(step) <= SETTLED * (1.0 + np.abs(theta))).all():
                return (
                    ()
                    if flat
                    else (Minimum(tuple((theta + step).tolist()), float(self.value(theta + step))),)
                )
            for _ in range(30):
                there = float(self.value(theta + step))
                if there <= value:
                    break
                step = step / 2
            else:
                return ()
            theta, value = theta + step, there
        return ()

    def _rate(self, origin: Array) -> float:
        """A learning rate of one digit with which plain gradient descent comes down, step by step."""
        slope, value = self.gradient(origin), float(self.value(origin))
        steep = float(slope @ slope)
        if not (np.isfinite(steep) and steep > 0.0 and np.isfinite(value)):
            return 0.1
        with np.errstate(all="ignore"):
            highest = self._steepest(origin)
        rate = LARGE_RATE if self.cost.curvature else value / (20.0 * steep)
        rate = 1.0 / highest if highest > 0.0 and np.isfinite(highest) else rate
        for _ in range(HALVED):
            rate = float(f"{rate:.0e}")
            if self._descends(origin, rate):
                return rate
            rate /= 2.0
        return rate

    def _steepest(self, origin: Array) -> float:
        """The largest curvature where the descent starts, or a bound on it."""
        if len(origin) > MOST_NEWTON or self.cost.curvature == 0.0:
            return 0.0
        hessian = self.hessian(origin)
        return float(np.abs(np.linalg.eigvalsh(hessian)).max()) if np.isfinite(hessian).all() else 0.0

    def _descends(self, origin: Array, rate: float) -> bool:
        """Whether some steps all lead down; of a cost with a kink whether they do in the end.

        Of many rows a sample is tried.
        """
        rows = sample_of(len(self.table), TRIED_ON)

        def loss(theta: Array) -> float:
            return float((self.costs(theta, rows) / len(rows) + self._penalty(theta))[0])

        theta, last = origin[None], loss(origin[None])
        first = last
        for _ in range(TRIED):
            with np.errstate(all="ignore"):
                theta = theta - rate * self.sampled_gradient(theta, rows)
                value = loss(theta)
            if not value <= last * (1.0 + 1e-9) and (self.cost.curvature > 0.0 or not np.isfinite(value)):
                return False
            last = value
        return last < first

    def _domain(self, origin: Array) -> tuple[tuple[float, float], ...]:
        """Around the minimum as far as the start is, or as it is to where the loss is as high as there."""
        centre = np.array(self.minima[0].theta) if self.minima else origin
        least = self.minima[0].value if self.minima else 0.0
        height = float(self.value(origin)) - least
        with np.errstate(all="ignore"):
            curved = np.diag(self.hessian(centre)) if len(origin) <= MOST_NEWTON else np.ones(len(origin))
            reach = np.sqrt(np.maximum(2.0 * height / curved, 0.0))
        reach = np.where(np.isfinite(reach) & (reach > 0.0), reach, 0.0)
        reach = np.maximum(reach, 1.25 * np.abs(origin - centre))
        reach = np.where(reach > 1e-9 * (1.0 + np.abs(centre)), reach, 1.0)
        axes = np.concatenate([np.eye(len(centre)), -np.eye(len(centre))])
        seen = self.glimpse(LOOKED_AT)
        for _ in range(HALVED):
            if (seen.value(centre + reach * axes) <= CLIMB * abs(height + least)).all():
                break
            reach = reach / 2.0
        return tuple(zip((centre - reach).tolist(), (centre + reach).tolist(), strict=True))


def sample_of(count: int, most: int) -> npt.NDArray[np.int64]:
    """The numbers of so many rows at most, evenly spread over all of them.

    >>> sample_of(3, 9).tolist(), sample_of(9, 3).tolist()
    ([0, 1, 2], [0, 4, 8])
    """
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))
