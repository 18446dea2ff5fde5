"""The models by name: weighted sums, nets, and any formula."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Annotated

import numpy as np

from gdanim.calls import Limits, NotNegative, build
from gdanim.data import Corpus, Table
from gdanim.data.made import Seed
from gdanim.errors import GdanimError, unknown
from gdanim.losses.base import Array, Loss, Minimum
from gdanim.losses.costs import COSTS, Cost, by_output, cross_entropy, of_classes, squared
from gdanim.losses.learned import Learned, Rows
from gdanim.losses.logits import Logits
from gdanim.losses.modelled import Modelled, formulas, lettered
from gdanim.losses.nets import ACTIVATIONS, Net, drawn
from gdanim.losses.nextword import next_word

Degree = Annotated[int, Limits(1, 16)]
Scale = Annotated[float, Limits(0, 1e3)]
MOST_COLUMNS, MOST_WEIGHTS = 99, 1000
MANY = 4_000_000  # costs of a row at a point; more take noticeable time


class Affine(Learned):
    """A model that is a weighted sum: output = Σ θⱼ φⱼ(x), with the mean cost of it.

    Args:
        name: as `--model` takes it.
        table, cost: the data, and the cost of one row.
        parameters: the names of the n weights.
        basis: features (m, d) → (m, n), what the weights stand before.
        letters: each column of the basis as mathtext, "1" for the constant.
        decay: (n,), times which each weight's square is added to the loss.

    Attributes:
        constant: the number of the weight that stands alone.
    """

    def __init__(
        self,
        name: str,
        table: Table,
        cost: Cost,
        parameters: Sequence[str],
        basis: Callable[[Array], Array],
        letters: Sequence[str],
        decay: Sequence[float],
    ) -> None:
        self.name, self.table, self.cost = name, table, cost
        self.parameters, self.decay, self.arrays = tuple(parameters), np.array(decay), 5
        self._of = basis
        self.constant = list(letters).index("1")
        self.take()
        self._cost, self._slope = by_output(cost)
        terms = [
            p if letter == "1" else rf"{p} \cdot {letter}"
            for p, letter in zip(map(lettered, parameters), letters, strict=True)
        ]
        said = " + ".join(terms if len(terms) < 6 else [*terms[:2], r"\ldots", terms[-1]])
        self.model = rf"p = \sigma(z), z = {said}" if cost.probable else rf"\hat{{y}} = {said}"
        self.formula, self.gradient_formula = formulas(self, letters)
        self.start = (0.0,) * len(self.parameters)
        self.settle()

    def take(self) -> None:
        with np.errstate(over="ignore"):
            self._basis = np.ascontiguousarray(self._of(self.table.features))
        if not np.isfinite(self._basis).all():
            raise GdanimError(
                f"powers of {', '.join(self.table.columns)} are beyond 1.8e308; make the numbers smaller, as"
                " --standardize does",
                where=["data"],
            )
        self._targets = self.cost.targets(self.table.values)

    def value(self, theta: Array) -> Array:
        """Of squared errors at many points over many rows in closed form: L* + (θ − θ*)ᵀ H/2 (θ − θ*)."""
        points = np.size(theta) // len(self.parameters)
        if not self._closed or points * len(self.table) <= MANY:
            return super().value(theta)
        with np.errstate(all="ignore"):
            away = theta - np.array(self.minima[0].theta)
            return np.asarray(self.minima[0].value + ((away @ self._moments) * away).sum(axis=-1))

    def gradient(self, theta: Array) -> Array:
        """Of squared errors at many points over many rows in closed form: H (θ − θ*)."""
        points = np.size(theta) // len(self.parameters)
        if not self._closed or points * len(self.table) <= MANY:
            return super().gradient(theta)
        with np.errstate(all="ignore"):
            return np.asarray(2.0 * (theta - np.array(self.minima[0].theta)) @ self._moments)

    @cached_property
    def _moments(self) -> Array:
        """Half the Hessian of squared errors: XᵀX/m, and what holds the weights back."""
        return np.asarray(self._basis.T @ self._basis / len(self.table) + np.diag(self.decay))

    def glimpse(self, points: int) -> Loss:
        return self if self._closed else super().glimpse(points)

    @property
    def work(self) -> int:
        return len(self.parameters) if self._closed else super().work

    @property
    def _closed(self) -> bool:
        """Whether the loss is known in closed form."""
        return self.cost.name == "squared" and bool(self.minima)

    def output(self, theta: Array, features: Array) -> Array:
        return np.asarray(theta @ self._of(features).T)

    def weighed(self, features: Array) -> Array:
        """What the weights but the constant stand before, such as powers: (m, d) → (m, n − 1)."""
        return np.delete(self._of(features), self.constant, axis=1)

    def costs(self, theta: Array, rows: Rows) -> Array:
        (found,) = self._cost.function(theta @ self._basis[rows].T, self._targets[rows])
        return np.asarray(found.sum(axis=-1))

    def slopes(self, theta: Array, rows: Rows) -> Array:
        basis = self._basis[rows]
        found = theta @ basis.T
        if self.cost.name == "squared":  # as below, in place: of many rows new memory costs more than sums
            found -= self._targets[rows]
            found *= 2.0
        else:
            (found,) = self._slope.function(found, self._targets[rows])
        return np.asarray(found @ basis)

    def _steepest(self, origin: Array) -> float:
        """Nowhere is it curved more: the cost's largest curvature times that of the basis."""
        moments = self._basis.T @ self._basis / len(self.table)
        return float(np.linalg.eigvalsh(self.cost.curvature * moments + 2.0 * np.diag(self.decay)).max())

    def _known_minima(self, origin: Array) -> tuple[Minimum, ...]:
        """Of squared errors the least squares, in closed form."""
        if self.cost.name != "squared" or not np.isfinite(self.value(origin)):
            return super()._known_minima(origin)
        m, n = self._basis.shape
        held = np.diag(np.sqrt(m * self.decay))
        theta, _, rank, _ = np.linalg.lstsq(
            np.vstack([self._basis, held]), np.concatenate([self._targets, np.zeros(n)]), rcond=1e-12
        )
        return (Minimum(tuple(theta.tolist()), float(self.value(theta))),) if rank == n else ()


def linear(data: Table, cost: Cost, l2: NotNegative = 0.0) -> Learned:
    """ŷ = w·x + b, a straight line; with several features w₁x₁ + w₂x₂ + … + b."""
    return _weighted("linear", data, cost, l2)


def polynomial(data: Table, cost: Cost, degree: Degree = 3, l2: NotNegative = 0.0) -> Learned:
    """ŷ = w₀ + w₁x + w₂x² + …, of one feature."""
    if len(data.columns) != 1:
        raise GdanimError(
            f"polynomial has one feature, and the data have {len(data.columns)} ({', '.join(data.columns)});"
            " write a formula, such as a*x1^2 + b*x2 + c",
            where=["model"],
        )
    letter, powers = lettered(data.columns[0]), np.arange(degree + 1)
    letters = ["1", letter, *(f"{letter}^{{{power}}}" for power in powers[2:])]
    names = [f"w{power}" for power in powers]

    def basis(features: Array) -> Array:
        return np.asarray(features[:, :1] ** powers)

    return Affine("polynomial", data, cost, names, basis, letters, [0.0, *[l2] * degree])


def logistic(data: Table, cost: Cost, l2: NotNegative = 0.0) -> Learned:
    """p = σ(w·x + b), the probability of the second of two classes; learns by cross-entropy."""
    if not cost.probable:
        raise GdanimError(
            f"logistic learns by cross-entropy; for another cost write the formula: --model"
            f" 'sigmoid(w*{data.columns[0]} + b)' --cost {cost.name}",
            where=["cost"],
        )
    return _weighted("logistic", data, cost, l2)


def _weighted(name: str, data: Table, cost: Cost, l2: float) -> Learned:
    """One weight a feature, and a constant."""
    d = len(data.columns)
    if d > MOST_COLUMNS:
        raise GdanimError(f"has {d} features; up to {MOST_COLUMNS} are read", where=["data"])
    names = ["w"] if d == 1 else [f"w{i}" for i in range(1, d + 1)]

    def basis(features: Array) -> Array:
        return np.concatenate([features, np.ones((len(features), 1))], axis=1)

    letters = [*map(lettered, data.columns), "1"]
    return Affine(name, data, cost, [*names, "b"], basis, letters, [*[l2] * d, 0.0])


def softmax(data: Table, cost: Cost, l2: NotNegative = 0.0) -> Learned:
    """p = softmax(Wx + b), a probability for each of two or more classes; learns by cross-entropy."""
    if not cost.probable:
        raise GdanimError("softmax learns by cross-entropy; leave --cost out", where=["cost"])
    sizes = (len(data.columns), len(data.classes))
    start = np.zeros((sizes[0] + 1) * sizes[1])
    return Net("softmax", data, of_classes(), _small(sizes), "tanh", start, l2)


def mlp(
    data: Table,
    cost: Cost,
    hidden: str = "8x8",
    activation: str = "tanh",
    l2: NotNegative = 0.0,
    scale: Scale = 1.0,
    seed: Seed = 0,
) -> Learned:
    """A net with hidden layers of so many nodes; activation tanh, relu, sigmoid or gelu."""
    if not re.fullmatch(r"\d+([x×]\d+)*", hidden) or "0" in re.split("[x×]", hidden):
        raise GdanimError(
            f"option 'hidden' of mlp must be the sizes of the layers, such as 8x8, not '{hidden}'",
            where=["model"],
        )
    if activation not in ACTIVATIONS:
        raise unknown("activation", activation, ACTIVATIONS, where="model")
    outputs = len(data.classes) if cost.probable and len(data.classes) > 2 else 1
    sizes = _small([len(data.columns), *map(int, re.split("[x×]", hidden)), outputs])
    chosen = of_classes() if outputs > 1 else cost
    return Net("mlp", data, chosen, sizes, activation, drawn(sizes, activation, scale, seed), l2)


def _small(sizes: Sequence[int]) -> Sequence[int]:
    """The sizes of a net's layers, unless it is too large."""
    count = sum((a + 1) * b for a, b in pairwise(sizes))
    if count > MOST_WEIGHTS:
        raise GdanimError(
            f"a net with layers of {', '.join(map(str, sizes))} has {count:,} parameters; at most"
            f" {MOST_WEIGHTS:,} are descended along",
            where=["model"],
        )
    return sizes


MODELS: dict[str, Callable[..., Learned]] = {
    "linear": linear,
    "polynomial": polynomial,
    "logistic": logistic,
    "softmax": softmax,
    "mlp": mlp,
    "next-word": next_word,
}
SEVERAL = ("softmax", "mlp")  # models of any number of classes


def make_model(
    call: str,
    table: Table,
    *,
    cost: str = "",
    constants: Mapping[str, float] | None = None,
    parameters: tuple[str, ...] = (),
) -> Learned:
    """The loss of a model on data: `NAME`, `NAME:KEY=VALUE,…` or a formula; what suits the data when empty.

    Args:
        table: the data.
        cost: `NAME` or `NAME:KEY=VALUE`; cross-entropy for classes, and squared errors else, when empty.
        constants: values of a formula's letters that are neither parameters nor columns.
        parameters: a formula's parameters in order; found in it when empty.

    Raises:
        GdanimError: an unknown name or option, a formula that is not one, or data that do not fit.
    """
    call = call.strip() or suitable(table)
    name, colon, options = call.partition(":")
    lower = name.strip().lower()
    named = lower in MODELS
    if isinstance(table, Corpus) or lower == "next-word":
        _check_text(lower if named else "", table, cost)
    if not named and re.fullmatch(r"[A-Za-z][A-Za-z-]{3,}", name) and name not in table.columns:
        raise unknown("model", name, MODELS, where="model")
    chosen: Cost = build("cost", COSTS, cost) if cost else _suitable(table, lower)
    if chosen.probable and lower != "next-word":
        table = table.in_classes()
        if len(table.classes) > 2 and named and lower not in SEVERAL:
            raise GdanimError(
                f"the target '{table.target}' has {len(table.classes)} classes ({', '.join(table.classes)});"
                " softmax and mlp learn more than two, and so do formulas for each: z1 = …; z2 = …; z3 = …",
                where=["model" if not cost else "cost"],
            )
        if len(table.classes) > 2 and not named:
            return Logits(call, table, constants=constants, parameters=parameters)
    if not named:
        return Modelled(call, table, chosen, constants=constants, parameters=parameters)
    for option, given in (("let", constants), ("parameters", parameters)):
        if given:
            raise GdanimError(f"belongs to a formula, and '{lower}' is a model with a name", where=[option])
    loss = build("model", MODELS, lower + colon + options, data=table, cost=chosen)
    loss.name = call
    return loss


def suitable(table: Table) -> str:
    """The model that learns from such data where none is named."""
    if isinstance(table, Corpus):
        return "next-word"
    return ("logistic" if len(table.classes) < 3 else "softmax") if table.classes else "linear"


def _check_text(name: str, table: Table, cost: str) -> None:
    """Refuse a text for another model than next-word, and another cost for that."""
    if name != "next-word":
        what = f"{name} learns from" if name else "a formula is one of"
        raise GdanimError(
            f"{what} numbers, and '{table.name}' is a text, from which next-word learns", where=["model"]
        )
    if cost and cost.strip().lower() != "cross-entropy":
        raise GdanimError("next-word learns by cross-entropy; leave --cost out", where=["cost"])


def _suitable(table: Table, name: str) -> Cost:
    """Cross-entropy where classes are learned, squared errors else."""
    classes = bool(table.classes) or name in ("logistic", "softmax")
    return cross_entropy() if classes else squared()
