"""A model of several classes from formulas: a logit for each, whose softmax are the probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gdanim.data import Table
from gdanim.errors import GdanimError
from gdanim.losses.base import Array
from gdanim.losses.compiled import compiled
from gdanim.losses.costs import of_classes
from gdanim.losses.expression import Read, where_real
from gdanim.losses.graph import Node, gradient, needed
from gdanim.losses.learned import Rows
from gdanim.losses.lettering import as_typed
from gdanim.losses.mathtext import symbol
from gdanim.losses.modelled import Modelled, in_the_model, read_model
from gdanim.losses.nets import pull, shares, surprise
from gdanim.losses.statements import NAME


class Logits(Modelled):
    """p = softmax(z₁, …, z_C), the last C statements of a formula each a logit; the cost is −log p_y.

    The gradient is reverse mode on the graph of Σ δ_c z_c, where δ_c = p_c − [c = y] is held.

    Args:
        text: statements such as `z1 = a*x1 + b; z2 = c*x2; z3 = 0`, in the order of the classes.
        table: whose columns they may name; of more than two classes.
        constants, parameters: as for one formula.

    Raises:
        GdanimError: there are fewer statements than classes, or whatever is wrong with a formula.

    >>> from gdanim.data import load
    >>> loss = Logits("u = a*x1; v = b*x2; w = 0", load("blobs:classes=3"))
    >>> loss.model
    'p = \\\\mathrm{softmax}(u, v, w), u = ax_1, v = bx_2, w = 0'
    """

    def __init__(
        self,
        text: str,
        table: Table,
        *,
        constants: Mapping[str, float] | None = None,
        parameters: tuple[str, ...] = (),
    ) -> None:
        names = _names(text, table)
        tail = f"; logsumexp({', '.join(names)})"  # a statement that has them all
        try:
            read, columns = read_model(
                text.strip().rstrip(";") + tail, table, constants or {}, parameters, several=True
            )
        except GdanimError as error:
            raise GdanimError(error.problem.replace(tail, ""), where=error.where) from None
        self.name, self.cost = text, of_classes()
        self.statements, self.constants = tuple(read.statements[:-1]), dict(read.constants)
        self.table = table.only(tuple(columns))
        self.parameters = tuple(node.name for node in read.inputs)
        self.decay = np.zeros(len(self.parameters))
        with in_the_model():
            read.slopes()  # for what they refuse
        self._compile(read, ())
        self.take()
        letters = [symbol(name) for name in names]
        parts = [f"{symbol(part.name)} = {as_typed(part.tree, {})}" for part in read.statements[:-1]]
        self.model = rf"p = \mathrm{{softmax}}({', '.join(letters)}), {', '.join(parts)}"
        self.formula = rf"\frac{{1}}{{{len(table)}}}\sum \left({self.cost.formula}\right)"
        self.gradient_formula = (r"\ldots",) * len(self.parameters)
        self.start = self._begin()
        self.settle()

    def _compile(self, read: Read, slopes: Sequence[object]) -> None:
        """The code for the logits, and for the derivatives of their sum, weighted by what is held."""
        graph, inputs, data = read.output.graph, read.inputs, list(read.columns.values())
        logits: tuple[Node, ...] = read.output.args
        held = [graph.input(f"held {number}") for number in range(len(logits))]
        total = held[0] * logits[0]
        for weight, logit in zip(held[1:], logits[1:], strict=True):
            total = total + weight * logit
        partials = where_real(total, gradient(total, inputs))
        self._outputs = compiled(list(logits), [*inputs, *data])
        self._partials = compiled(partials, [*inputs, *data, *held])
        self._linear = not any(node in set(needed(partials)) for node in inputs)
        self.arrays = self._partials.arrays + self._outputs.arrays + 4 * len(logits) + len(inputs) + 2

    def take(self) -> None:
        self._columns = np.ascontiguousarray(self.table.features.T)
        self._targets = self.table.values

    def output(self, theta: Array, features: Array) -> Array:
        """The logits: (..., n), (m, d) → (..., m, C)."""
        given = [theta[..., i, None] for i in range(len(self.parameters))]
        return self._together(self._outputs.function(*given, *features.T), theta, len(features), axis=-1)

    def predict(self, theta: Array, features: Array) -> Array:
        """The probability of each class: (..., n), (m, d) → (..., m, C)."""
        with np.errstate(all="ignore"):
            return shares(self.output(theta, features), axis=-1)

    def costs(self, theta: Array, rows: Rows) -> Array:
        z = self._logits(theta, rows)
        return np.asarray(surprise(z, self._right(rows, z)).sum(axis=-1))

    def slopes(self, theta: Array, rows: Rows) -> Array:
        z = self._logits(theta, rows)
        held = pull(z, self._right(rows, z)).swapaxes(0, 1)
        found = self._partials.function(*theta.T[:, :, None], *self._columns[:, rows], *held)
        return np.stack([self._wide(each, theta, rows).sum(axis=-1) for each in found], axis=-1)

    def _logits(self, theta: Array, rows: Rows) -> Array:
        """(R, C, b)."""
        found = self._outputs.function(*theta.T[:, :, None], *self._columns[:, rows])
        return self._together(found, theta, len(self._targets[rows]), axis=1)

    def _together(self, found: Sequence[Array], theta: Array, rows: int, axis: int) -> Array:
        """Logits that may be the same for all rows or all θ, as one array."""
        shape = (*theta.shape[:-1], rows)
        return np.stack([np.broadcast_to(each, shape) for each in found], axis=axis)

    def _right(self, rows: Rows, z: Array) -> Array:
        """Which logit is that of each row's class, (C, b)."""
        return np.asarray(self._targets[rows] == np.arange(z.shape[1])[:, None])


def _names(text: str, table: Table) -> list[str]:
    """The names of the last statements, one a class.

    Raises:
        GdanimError: there are not as many, or one of them has no name.
    """
    count = len(table.classes)
    parts = [part for part in text.split(";") if part.strip()]
    names = [part.partition("=")[0].strip() if "=" in part else "" for part in parts[-count:]]
    if len(parts) < count or not all(NAME.fullmatch(name) for name in names):
        raise GdanimError(
            f"the target '{table.target}' has {count} classes ({', '.join(table.classes)}); softmax and mlp"
            " learn more than two, and a formula that gives each a logit in its last statements, as in"
            " 'z1 = a*x + b; z2 = c*x; z3 = 0'",
            where=["model"],
        )
    return names
