"""A model from any formula: letters that are columns of the data stand for these, the others are learned."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

import numpy as np

from gdanim.data import Table
from gdanim.errors import GdanimError
from gdanim.losses.base import Array
from gdanim.losses.compiled import compiled
from gdanim.losses.costs import Cost
from gdanim.losses.expression import Read, read_formula, where_real
from gdanim.losses.graph import gradient, needed
from gdanim.losses.learned import Learned, Rows
from gdanim.losses.lettering import as_typed, derivatives
from gdanim.losses.mathtext import symbol
from gdanim.losses.reading import plain

STARTS = (0.0, 1.0, 0.5, -0.5, 0.1)  # what every parameter is at first, as long as that leads nowhere


class Modelled(Learned):
    """The mean cost of a formula of columns and parameters; its gradient by reverse mode on its graph.

    Every operation works on all rows and on many θ at once.

    Args:
        text: the formula, or statements of which the last is the output: `h = tanh(a*x); b*h + c`.
        table: whose columns it may name.
        cost: of one row.
        constants: values of letters that are neither parameters nor columns.
        parameters: in order; all other letters by the alphabet when empty.

    Attributes:
        statements: as they were typed, the output last.
        constants: values of letters that are neither parameters nor columns.

    Raises:
        GdanimError: it is no formula, names the target or no column, or does not depend on a parameter.

    >>> from gdanim.data import load
    >>> from gdanim.losses.costs import squared
    >>> loss = Modelled("a*x + b", load("line:noise=0"), squared())
    >>> loss.parameters, loss.model, np.round(loss.minima[0].theta, 9).tolist()
    (('a', 'b'), '\\\\hat{y} = ax + b', [2.0, 1.0])
    """

    def __init__(
        self,
        text: str,
        table: Table,
        cost: Cost,
        *,
        constants: Mapping[str, float] | None = None,
        parameters: tuple[str, ...] = (),
    ) -> None:
        read, columns = read_model(text, table, constants or {}, parameters, several=";" in text)
        self.name, self.cost = text, cost
        self.statements, self.constants = tuple(read.statements), dict(read.constants)
        self.table = table = table.only(tuple(columns))
        self.parameters = tuple(node.name for node in read.inputs)
        self.decay = np.zeros(len(self.parameters))
        tree = read.statements[-1].tree
        if cost.probable and read.output.op == "sigmoid":  # what makes the probability is the cost's part
            read = read._replace(output=read.output.args[0])
            inside = tree.args[0] if isinstance(tree, ast.Call) else None
        else:
            inside = tree
        with in_the_model():
            slopes = read.slopes()
        self._compile(read, slopes)
        self.take()
        self.model = self._said(inside)
        self._linear = not any(node in set(needed(slopes)) for node in read.inputs)
        self.formula, self.gradient_formula = formulas(self, derivatives(slopes))
        self.start = self._begin()
        self.settle()

    def _said(self, output: ast.expr | None) -> str:
        """The model as mathtext, with what is named on the way."""
        said = r"\ldots" if output is None else as_typed(output, self.constants)
        before = [f", {symbol(s.name)} = {as_typed(s.tree, self.constants)}" for s in self.statements[:-1]]
        if not self.cost.probable:
            return rf"\hat{{y}} = {said}" + "".join(before)
        taken = any(statement.name in ("z", "p") for statement in self.statements)
        return (rf"p = \sigma({said})" if taken else rf"p = \sigma(z), z = {said}") + "".join(before)

    def _compile(self, read: Read, slopes: Sequence[object]) -> None:
        """The code for the output, for the cost of every row, and for its derivatives."""
        graph, inputs = read.output.graph, read.inputs
        data = list(read.columns.values())
        target = graph.input("the target")
        cost = self.cost.node(read.output, target)
        partials = where_real(cost, gradient(cost, inputs))
        self._output = compiled([read.output], [*inputs, *data])
        self._costs = compiled([cost], [*inputs, *data, target])
        self._slopes = compiled(partials, [*inputs, *data, target])
        self.arrays = self._slopes.arrays + len(inputs) + 2

    def take(self) -> None:
        self._columns = np.ascontiguousarray(self.table.features.T)
        self._targets = self.cost.targets(self.table.values)

    def output(self, theta: Array, features: Array) -> Array:
        given = [theta[..., i, None] for i in range(len(self.parameters))]
        (found,) = self._output.function(*given, *features.T)
        return np.broadcast_to(found, (*theta.shape[:-1], len(features)))

    def costs(self, theta: Array, rows: Rows) -> Array:
        (found,) = self._costs.function(*self._given(theta, rows))
        return np.asarray(self._wide(found, theta, rows).sum(axis=-1))

    def slopes(self, theta: Array, rows: Rows) -> Array:
        found = self._slopes.function(*self._given(theta, rows))
        return np.stack([self._wide(each, theta, rows).sum(axis=-1) for each in found], axis=-1)

    def _given(self, theta: Array, rows: Rows) -> list[Array]:
        """(R, 1) for each parameter, and (b,) for each column and the target."""
        return [*theta.T[:, :, None], *self._columns[:, rows], self._targets[rows]]

    def _wide(self, found: Array, theta: Array, rows: Rows) -> Array:
        """What may be the same in all rows, or for all θ, for each of them."""
        return np.broadcast_to(found, (len(theta), len(self._targets[rows])))

    def _begin(self) -> tuple[float, ...]:
        """All parameters 0, or another number where something then pulls at every one of them."""
        n, usable = len(self.parameters), None
        for number in STARTS:
            start = np.full(n, number)
            slope = self.gradient(start)
            if not (np.isfinite(self.value(start)) and np.isfinite(slope).all()):
                continue
            usable = start if usable is None else usable
            if self._linear or (np.abs(slope) > 1e-9 * np.abs(slope).max()).all():
                return tuple(start.tolist())
        return tuple((np.zeros(n) if usable is None else usable).tolist())


class in_the_model:  # noqa: N801
    """What is wrong in the formula is wrong in --model."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, GdanimError) and error.where == ("loss",):
            problem = error.problem.replace(
                "is in neither --parameters nor --let", "is no column, and in neither --parameters nor --let"
            ).replace("where the loss belongs", "where the model's output belongs")
            raise GdanimError(problem, where=["model"]) from None


def read_model(
    text: str,
    table: Table,
    constants: Mapping[str, float],
    parameters: tuple[str, ...],
    several: bool = False,
) -> tuple[Read, list[str]]:
    """The formula, of one statement or of several, and the columns that are in it."""
    named = {plain(column): column for column in (*table.columns, table.target) if _can_be_named(column)}
    for statement in text.split(";") if several else ():
        name, equals, _ = statement.partition("=")
        if equals and plain(name.strip()) in named:
            raise GdanimError(
                f"'{name.strip()}' is a column of the data, and cannot be defined", where=["model"]
            )
    for name in constants:
        if plain(name) in named:
            raise GdanimError(
                f"'{name}' is a column of the data, and has a value in every row", where=["let"]
            )
    with in_the_model():
        read = read_formula(
            text, constants=constants, parameters=parameters, columns=tuple(named), several=several
        )
    used = [named[name] for name in read.columns]
    if table.target in used:
        raise GdanimError(
            f"'{table.target}' is the target, which the model has to find; leave it out (see --target)",
            where=["model"],
        )
    if not used:
        raise GdanimError(
            f"the formula has no column of the data in it; these are {', '.join(table.columns)}",
            where=["model"],
        )
    return read, used


def _can_be_named(column: str) -> bool:
    return re.fullmatch(r"[^\W\d]\w*", column) is not None


def lettered(column: str) -> str:
    r"""A column's name as mathtext: a letter with an index, or the name as it is written.

    >>> lettered("x1"), lettered("x1_2"), lettered("hours")
    ('x_1', 'x_{12}', 'hours')
    >>> lettered("petal_length"), lettered("Nota (%)")
    ('\\mathrm{petal\\_length}', '\\mathrm{Nota\\ (\\%)}')
    """
    if re.fullmatch(r"[A-Za-z]+\d*|[A-Za-z]\d*(_\d+)+|[A-Za-z]_\w", column, re.ASCII):
        return symbol(column)
    bare = re.sub(r"[\\^~]", " ", column)
    return r"\mathrm{" + re.sub(r"([${}_%#& ])", r"\\\1", bare) + "}"


def formulas(loss: Learned, partials: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    r"""L and its derivatives as mathtext, from those of the output by each parameter.

    The mean over m rows is 1/m Σ; "1" for a partial derivative is not written.
    """
    m, cost = len(loss.table), loss.cost
    mean = rf"\frac{{1}}{{{m}}}\sum "
    held = max(loss.decay, default=0.0)
    inner = rf"\left({cost.formula}\right)" if cost.probable else cost.formula
    penalty = rf" + {_factor(held)}\sum w^2" if held else ""
    slopes = []
    for name, partial, decay in zip(loss.parameters, partials, loss.decay, strict=True):
        if partial == r"\ldots":
            slopes.append(partial)
            continue
        factor = rf"({partial})" if _is_sum(partial) else partial
        times = "" if partial == "1" else rf" \cdot {factor}"
        more = rf" + {_factor(2 * decay)}{symbol(name)}" if decay else ""
        slopes.append(mean + cost.slope + times + more)
    return mean + inner + penalty, tuple(slopes)


def _factor(value: float) -> str:
    """A number before a letter; none for 1."""
    return "" if value == 1.0 else f"{value:g}"


def _is_sum(formula: str) -> bool:
    """Whether mathtext has a + or − outside all brackets, or begins with one."""
    bare = formula
    inside = re.compile(r"\([^()]*\)|\{[^{}]*\}")
    while inside.search(bare):
        bare = inside.sub("", bare)
    return re.search(r" [+-] |^-", bare) is not None
