"""What a model makes of one row of its data, as a computation graph."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from functools import reduce
from itertools import count, pairwise

import numpy as np

from gdanim.errors import GdanimError
from gdanim.losses.backprop import Backprop
from gdanim.losses.base import Array
from gdanim.losses.compiled import Code
from gdanim.losses.grammar import CONSTANTS
from gdanim.losses.learned import Learned
from gdanim.losses.lettering import deep
from gdanim.losses.logits import Logits
from gdanim.losses.modelled import Modelled
from gdanim.losses.models import Affine
from gdanim.losses.nets import ACTIVATIONS, Net
from gdanim.losses.parts import Part, parts_of
from gdanim.losses.reading import plain

OUTPUT = "yhat"  # which is set as it is everywhere else
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
MOST_SEARCHED = 10_000  # rows of which the worst is looked for


def of_row(loss: Learned, row: int, *, apart: bool = False) -> Backprop:
    """The model and its cost in one row, from 0; of several rows the loss is the mean of these.

    Args:
        apart: whether a formula without names of its own is taken apart into its operations.

    Raises:
        GdanimError: the model is neither a net nor a formula.

    >>> from gdanim.data import load
    >>> from gdanim.losses.models import make_model
    >>> graph = of_row(make_model("mlp:hidden=1", load("line")), 0)
    >>> [(vertex.name, vertex.formula) for vertex in graph.vertices if vertex.args]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('z1_1', 'w_{111} \\\\cdot x + b_{11}'), ('h1_1', '\\\\tanh(z_{11})'),
     ('yhat', 'w_{211} \\\\cdot h_{11} + b_{21}'), ('L', '(\\\\hat{y} - y)^2')]
    """
    if isinstance(loss, Modelled):
        return _of_formula(loss, row, apart)
    layers = layers_of(loss)
    inputs, target = names_in(loss)
    features = loss.table.features[row : row + 1]
    shown = loss.weighed(features) if isinstance(loss, Affine) else features
    letters = dict(zip(inputs, map(float, shown[0]), strict=True))
    letters[target] = float(loss.table.values[row])
    activation = loss.activation if isinstance(loss, Net) else ""
    parts = list(_forward(layers, inputs, activation, loss.cost.probable))
    outputs = len(layers[-1][1])
    last = [f"z{len(layers)}_{j}" for j in range(1, outputs + 1)] if outputs > 1 else [parts[-1].name]
    parts += _cost(loss, row, last, target, {part.name for part in parts})
    return Backprop(parts, loss.parameters, letters, {"gelu": Code(_gelu, 1, [])})


def _gelu(z: Array) -> tuple[Array, Array]:
    """The value and its derivative."""
    h = ACTIVATIONS["gelu"].function(z)
    return h, ACTIVATIONS["gelu"].slope(z, h)


def worst_row(loss: Learned, theta: Array) -> int:
    """The row, from 0, that costs most at θ, (n,); of equal ones the first.

    Raises:
        GdanimError: there are too many to look through.
    """
    rows = len(loss.table)
    if rows > MOST_SEARCHED:
        raise GdanimError(
            f"the worst of {rows:,} rows is not looked for, only of up to {MOST_SEARCHED:,}; give its number",
            where=["row"],
        )
    with np.errstate(all="ignore"):
        costs = [float(loss.costs(theta[None], slice(i, i + 1))[0]) for i in range(rows)]
    return int(np.nan_to_num(costs, nan=np.inf).argmax())


def layers_of(loss: Learned) -> list[tuple[list[list[str]], list[str]]]:
    """For each layer the names of its weights, (out, in), and of its biases, (out,).

    Raises:
        GdanimError: the model is no net.
    """
    names = list(loss.parameters)
    if isinstance(loss, Net):
        found, at = [], 0
        for a, b in pairwise(loss.sizes):
            layer = names[at : at + (a + 1) * b]
            found.append(([layer[j * a : (j + 1) * a] for j in range(b)], layer[a * b :]))
            at += (a + 1) * b
        return found
    if isinstance(loss, Affine):
        constant = loss.constant
        return [([[*names[:constant], *names[constant + 1 :]]], [names[constant]])]
    raise GdanimError(
        f"'{loss.name}' is shown in one row of its data neither as a net nor as a graph", where=["view"]
    )


def names_in(loss: Learned) -> tuple[list[str], str]:
    """What the inputs and the target are called: as the columns are where no other name is the same."""
    columns, taken = loss.table.columns, {*loss.parameters, *CONSTANTS, "L", "p", OUTPUT}

    def free(name: str) -> bool:
        bare = re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name, re.ASCII) is not None
        return bare and name not in taken and not re.match(r"[zh]\d|L$", name)

    target = "y" if "y" not in columns else "t"
    if all(map(free, columns)) and target not in columns:
        inputs = list(columns)
    else:
        inputs = ["x"] if len(columns) == 1 else [f"x{i}" for i in range(1, len(columns) + 1)]
    if isinstance(loss, Affine) and len(loss.parameters) - 1 > len(inputs):  # powers of one column
        powers = range(2, len(loss.parameters))
        inputs += [inputs[0] + str(power).translate(RAISED) for power in powers]
    return inputs, target


def _forward(
    layers: Sequence[tuple[list[list[str]], list[str]]],
    inputs: Sequence[str],
    activation: str,
    probable: bool,
) -> Iterator[Part]:
    """The sums and values of every layer; of two classes the last value is a probability."""
    before = list(inputs)
    for number, (weights, biases) in enumerate(layers, 1):
        values = []
        for j, (row, bias) in enumerate(zip(weights, biases, strict=True), 1):
            sums = f"z{number}_{j}" if len(layers) > 1 or len(weights) > 1 else "z"
            last = number == len(layers)
            if last and len(weights) == 1 and not probable:
                sums = OUTPUT
            yield Part(sums, _weighted(row, before, bias))
            if not last:
                values.append(f"h{number}_{j}")
                yield Part(values[-1], _called(activation, sums))
            elif probable and len(weights) == 1:
                yield Part("p", _called("sigmoid", sums))
        before = values


def _weighted(weights: Sequence[str], values: Sequence[str], bias: str) -> ast.expr:
    """w₁x₁ + w₂x₂ + … + b."""
    terms: list[ast.expr] = [
        ast.BinOp(ast.Name(weight), ast.Mult(), ast.Name(value))
        for weight, value in zip(weights, values, strict=True)
    ]
    return reduce(lambda a, b: ast.BinOp(a, ast.Add(), b), [*terms, ast.Name(bias)])


def _called(function: str, *arguments: str | int) -> ast.expr:
    """A function of names and numbers."""
    given = [ast.Name(each) if isinstance(each, str) else ast.Constant(each) for each in arguments]
    return ast.Call(ast.Name(function), list(given), [])


def _of_formula(loss: Modelled, row: int, apart: bool) -> Backprop:
    """A formula's statements in a row, or its operations, and after them the cost."""
    letters = {plain(c): float(x) for c, x in zip(loss.table.columns, loss.table.features[row], strict=True)}
    letters |= loss.constants
    statements = list(loss.statements)
    taken = {*letters, *loss.parameters, *CONSTANTS, *(part.name for part in statements), "L"}
    target = _free("y", taken)
    letters[target] = float(loss.table.values[row])
    taken.add(target)
    if isinstance(loss, Logits):
        parts = [Part(part.name, part.tree) for part in statements]
        last = [part.name for part in statements[-len(loss.table.classes) :]]
    else:
        tree = statements[-1].tree
        if loss.cost.probable:
            match tree:
                case ast.Call(func=ast.Name(id="sigmoid"), args=[inner]):
                    tree = inner
        named = statements[-1].name not in ("", "L") and not loss.cost.probable
        name = statements[-1].name if named else _free("z" if loss.cost.probable else OUTPUT, taken)
        whole = [*statements[:-1], statements[-1]._replace(name=name, tree=tree)]
        if apart:
            with deep():
                parts = parts_of(whole, [*loss.parameters, *letters])
        else:
            parts = [Part(part.name, part.tree) for part in whole]
        last = [name]
    taken |= {part.name for part in parts}
    if loss.cost.probable and not isinstance(loss, Logits):
        last = [_free("p", taken)]
        parts.append(Part(last[0], _called("sigmoid", parts[-1].name)))
    parts += _cost(loss, row, last, target, taken | set(last))
    return Backprop(parts, loss.parameters, letters)


def _free(name: str, taken: Collection[str]) -> str:
    """The name, or one with a number that nothing else has."""
    return name if name not in taken else next(n for i in count(1) if (n := f"{name}_{i}") not in taken)


def _cost(loss: Learned, row: int, last: Sequence[str], target: str, taken: set[str]) -> Iterator[Part]:
    """The cost of the row; of classes it depends on which one is right.

    Args:
        last: the output; of two classes the probability of the second, of more their logits.
        taken: names that something else has.
    """
    right, name = int(loss.table.values[row]), loss.cost.name.partition(":")[0]
    if len(last) > 1:
        share = _free("p", taken)
        yield Part(share, _called("softmax", right + 1, *last))
        yield Part("L", _put("-log(p)", p=share))
    elif loss.cost.probable:
        yield Part("L", _put("-log(p)" if right == 1 else "-log(1 - p)", p=last[0]))
    elif name == "absolute":
        yield Part("L", _put("abs(o - t)", o=last[0], t=target))
    elif name == "huber":
        error, size = _free("d", taken), f"min(abs(d), {loss.cost.delta!r})"
        yield Part(error, _put("o - t", o=last[0], t=target))
        yield Part("L", _put(f"{size}*(abs(d) - {size}/2)", d=error))
    else:
        yield Part("L", _put("(o - t)**2", o=last[0], t=target))


def _put(expression: str, **names: str) -> ast.expr:
    """An expression of our own with other names in it, which may be words that Python reserves."""

    class Renamed(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return ast.Name(names.get(node.id, node.id))

    found: ast.expr = Renamed().visit(ast.parse(expression, mode="eval").body)
    return found
