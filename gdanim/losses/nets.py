"""Nets: layers of weighted sums with an activation between them, and the backward pass written by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from gdanim.data import Table
from gdanim.losses.base import Array
from gdanim.losses.costs import Cost, by_output
from gdanim.losses.functions import erf, sigmoid
from gdanim.losses.learned import Learned, Rows
from gdanim.losses.modelled import lettered

NAMED = 4  # features that the model's formula names


class Activation(NamedTuple):
    """What stands between two layers.

    Attributes:
        function: sum z → value h.
        slope: z, h → dh/dz.
        gain: by which weights are larger at the start, so that values keep their size from layer to layer.
    """

    function: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array]
    gain: float


def _normal(z: Array) -> Array:
    """The share of a normal distribution below z."""
    return np.asarray(0.5 * (1.0 + erf(z / math.sqrt(2.0))))


def _gelu(z: Array) -> Array:
    return np.asarray(z * _normal(z))


def _gelu_slope(z: Array, h: Array) -> Array:
    density: Array = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return np.asarray(_normal(z) + z * density)


ACTIVATIONS: dict[str, Activation] = {
    "tanh": Activation(np.tanh, lambda z, h: 1.0 - h * h, 1.0),
    "relu": Activation(
        lambda z: np.asarray(np.maximum(z, 0.0)), lambda z, h: np.asarray((z > 0.0) * 1.0), math.sqrt(2.0)
    ),
    "sigmoid": Activation(sigmoid, lambda z, h: np.asarray(h * (1.0 - h)), 1.0),
    "gelu": Activation(_gelu, _gelu_slope, math.sqrt(2.0)),
}


class Net(Learned):
    """A net whose neighbouring layers are joined; θ has layer by layer the weights by rows, then the biases.

    With one output it has any cost; with several, one a class, their softmax are the probabilities, and
    the cost is the cross-entropy.

    Args:
        name: as `--model` takes it.
        table, cost: the data, and the cost of one row.
        sizes: of the layers, from the features to the outputs.
        activation: a name of ACTIVATIONS.
        start: θ at iterate 0.
        l2: times which the square of each weight is added to the loss.
    """

    def __init__(
        self,
        name: str,
        table: Table,
        cost: Cost,
        sizes: Sequence[int],
        activation: str,
        start: Array,
        l2: float = 0.0,
    ) -> None:
        self.name, self.table, self.cost, self.sizes = name, table, cost, tuple(sizes)
        self.activation = activation
        self.parameters = names_of(sizes)
        self.arrays = 3 * sum(sizes) + 6 * max(sizes)
        self.decay = np.array([l2 if p.startswith("w") else 0.0 for p in self.parameters])
        self._act = ACTIVATIONS[activation]
        self.take()
        self._cost, self._slope = by_output(cost)
        self.model = self._said()
        self.formula = rf"\frac{{1}}{{{len(table)}}}\sum \left({cost.formula}\right)"
        self.gradient_formula = (r"\ldots",) * len(self.parameters)
        self.start = tuple(start.tolist())
        self.settle()

    def take(self) -> None:
        self._columns = np.ascontiguousarray(self.table.features.T)
        values = self.table.values
        self._targets = values if self.sizes[-1] > 1 else self.cost.targets(values)

    def _said(self) -> str:
        """The model in short: its layers and what goes into it."""
        columns = [lettered(column) for column in self.table.columns]
        columns = columns if len(columns) <= NAMED else [columns[0], r"\ldots", columns[-1]]
        layers = rf"\mathrm{{mlp}}_{{{'-'.join(map(str, self.sizes))}}}"
        if len(self.sizes) == 2:
            layers = "W"
        inside = rf"{layers}({', '.join(columns)})" if layers != "W" else f"W({', '.join(columns)}) + b"
        if self.sizes[-1] > 1:
            return rf"p = \mathrm{{softmax}}(z), z = {inside}"
        return rf"p = \sigma(z), z = {inside}" if self.cost.probable else rf"\hat{{y}} = {inside}"

    def layers(self, theta: Array) -> list[tuple[Array, Array]]:
        """The weights (R, out, in) and biases (R, out, 1) of each layer, as views of θ (R, n)."""
        found, at = [], 0
        for a, b in pairwise(self.sizes):
            weights = theta[:, at : at + a * b].reshape(-1, b, a)
            found.append((weights, theta[:, at + a * b : at + a * b + b, None]))
            at += a * b + b
        return found

    def output(self, theta: Array, features: Array) -> Array:
        """One output (..., n), (m, d) → (..., m); several (..., m, outputs)."""
        flat = self._flat(theta)
        found = self._forward(self.layers(flat), features.T)[-1][0]
        found = found.swapaxes(-1, -2) if self.sizes[-1] > 1 else found[:, 0]
        return np.asarray(found.reshape(*np.shape(theta)[:-1], *found.shape[1:]))

    def passed(self, theta: Array, features: Array) -> list[Array]:
        """The features and the values of every layer, (width, m) each, at a θ, (n,); the last one's are z."""
        return [h[0] for _, h in self._forward(self.layers(self._flat(theta)), features.T)]

    def predict(self, theta: Array, features: Array) -> Array:
        """As any model's; with more than two outputs the probability of each class, (..., m, classes)."""
        if self.sizes[-1] == 1:
            return super().predict(theta, features)
        with np.errstate(all="ignore"):
            found = shares(self.output(theta, features), axis=-1)
        return found[..., 1] if self.sizes[-1] == 2 else found

    def costs(self, theta: Array, rows: Rows) -> Array:
        z = self._forward(self.layers(theta), self._columns[:, rows])[-1][0]
        if self.sizes[-1] == 1:
            (found,) = self._cost.function(z[:, 0], self._targets[rows])
            return np.asarray(found.sum(axis=-1))
        return np.asarray(surprise(z, self._right(rows)).sum(axis=-1))

    def slopes(self, theta: Array, rows: Rows) -> Array:
        """Backpropagation: δ = ∂cost/∂z of a layer; its weights get δhᵀ, the layer before Wᵀδ ⊙ h′."""
        layers = self.layers(theta)
        passed = self._forward(layers, self._columns[:, rows])
        delta = self._delta(passed[-1][0], rows)
        found: list[Array] = []
        for number in reversed(range(len(layers))):
            before = passed[number][1]
            weights = delta @ before.swapaxes(-1, -2)
            found[:0] = [weights.reshape(len(theta), -1), delta.sum(axis=-1)]
            if number:
                delta = layers[number][0].swapaxes(-1, -2) @ delta
                delta *= self._act.slope(*passed[number])
        return np.concatenate(found, axis=-1)

    def _forward(self, layers: list[tuple[Array, Array]], columns: Array) -> list[tuple[Array, Array]]:
        """Of each layer, the features first, its sums z and values h, (R, width, m); the last one's are z."""
        h = columns[None]
        passed = [(h, h)]
        for number, (weights, biases) in enumerate(layers, 1):
            z = weights @ h
            z += biases
            h = self._act.function(z) if number < len(layers) else z
            passed.append((z, h))
        return passed

    def _delta(self, z: Array, rows: Rows) -> Array:
        """∂cost/∂z of the outputs, (R, outputs, m)."""
        if self.sizes[-1] == 1:
            (found,) = self._slope.function(z[:, 0], self._targets[rows])
            return np.asarray(found)[:, None]
        return pull(z, self._right(rows))

    def _right(self, rows: Rows) -> Any:
        """Which output is that of each row's class, (outputs, m)."""
        return self._targets[rows] == np.arange(self.sizes[-1])[:, None]


def shares(z: Array, axis: int) -> Array:
    """The softmax."""
    raised = np.exp(z - z.max(axis=axis, keepdims=True))
    return np.asarray(raised / raised.sum(axis=axis, keepdims=True))


def pull(z: Array, right: Any) -> Array:
    """∂/∂z of `surprise`: p − 1 of the right output, p of the others; (R, outputs, m)."""
    delta = shares(z, axis=-2)
    # Of the right class as minus the others' share: it keeps its digits where p is nearly 1.
    others = np.where(right, 0.0, delta).sum(axis=-2, keepdims=True)
    return np.where(right, -others, delta)


def surprise(z: Array, right: Any) -> Array:
    """−log of the softmax of the right output: log(1 + Σ e^(z − z_right) over the others)."""
    own = np.where(right, z, 0.0).sum(axis=-2, keepdims=True)
    beyond = np.where(right, -np.inf, z - own)
    most = np.maximum(beyond.max(axis=-2, keepdims=True), 0.0)
    # log(e^0 + Σ e^b) = most + log(e^−most + Σ e^(b − most)); where most is 0, log1p keeps the digits.
    others = np.exp(beyond - most).sum(axis=-2)
    top = most[..., 0, :]
    return np.asarray(np.where(top > 0.0, top + np.log(np.exp(-top) + others), np.log1p(others)))


def names_of(sizes: Sequence[int]) -> tuple[str, ...]:
    """Names of a net's weights and biases: w, the layer, the node, and what it comes from.

    >>> names_of([2, 1]), names_of([1, 2, 1])[:3]
    (('w1_1_1', 'w1_1_2', 'b1_1'), ('w1_1_1', 'w1_2_1', 'b1_1'))
    """
    found = []
    for layer, (a, b) in enumerate(pairwise(sizes), 1):
        found += [f"w{layer}_{j}_{i}" for j in range(1, b + 1) for i in range(1, a + 1)]
        found += [f"b{layer}_{j}" for j in range(1, b + 1)]
    return tuple(found)


def drawn(sizes: Sequence[int], activation: str, scale: float, seed: int) -> Array:
    """A start for a net: biases 0, weights uniform within ±scale·gain·√(6/(in + out)).

    Source: Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward neural
    networks, equation 16; the gain of √2 for relu: He et al. (2015).
    """
    rng, parts = np.random.default_rng(seed), []
    for a, b in pairwise(sizes):
        reach = scale * ACTIVATIONS[activation].gain * math.sqrt(6.0 / (a + b))
        parts += [rng.uniform(-reach, reach, a * b), np.zeros(b)]
    return np.concatenate(parts)
