"""What a net makes of one row of its data, as a computation graph."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from gdanim.errors import GdanimError
from gdanim.losses.backprop import Backprop
from gdanim.losses.base import Array
from gdanim.losses.compiled import Code
from gdanim.losses.grammar import CONSTANTS
from gdanim.losses.learned import Learned
from gdanim.losses.models import Affine
from gdanim.losses.nets import ACTIVATIONS, Net
from gdanim.losses.parts import Part

OUTPUT = "yhat"  # which is set as it is everywhere else


def of_row(loss: Learned, row: int) -> Backprop:
    """The net and its cost in one row, from 0; of several rows the loss is the mean of these.

    Raises:
        GdanimError: the model is no net.

    >>> from gdanim.data import load
    >>> from gdanim.losses.models import make_model
    >>> graph = of_row(make_model("mlp:hidden=1", load("line")), 0)
    >>> [(vertex.name, vertex.formula) for vertex in graph.vertices if vertex.args]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('z1_1', 'w_{111} \\\\cdot x + b_{11}'), ('h1_1', '\\\\tanh(z_{11})'),
     ('yhat', 'w_{211} \\\\cdot h_{11} + b_{21}'), ('L', '(\\\\hat{y} - y)^2')]
    """
    layers = layers_of(loss)
    inputs, target = names_in(loss)
    letters = dict(zip(inputs, map(float, loss.table.features[row]), strict=True))
    letters[target] = float(loss.table.values[row])
    activation = loss.activation if isinstance(loss, Net) else ""
    written = [*_forward(layers, inputs, activation, loss.cost.probable), *_cost(loss, row, layers, target)]
    parts = [Part(name, ast.parse(text, mode="eval").body) for name, text in written]
    return Backprop(parts, loss.parameters, letters, {"gelu": Code(_gelu, 1, [])})


def _gelu(z: Array) -> tuple[Array, Array]:
    """The value and its derivative."""
    h = ACTIVATIONS["gelu"].function(z)
    return h, ACTIVATIONS["gelu"].slope(z, h)


def layers_of(loss: Learned) -> list[tuple[list[list[str]], list[str]]]:
    """For each layer the names of its weights, (out, in), and of its biases, (out,).

    Raises:
        GdanimError: the model is no net.
    """
    if isinstance(loss, Net):
        found, at = [], 0
        for a, b in pairwise(loss.sizes):
            names = loss.parameters[at : at + (a + 1) * b]
            found.append(([list(names[j * a : (j + 1) * a]) for j in range(b)], list(names[a * b :])))
            at += (a + 1) * b
        return found
    if isinstance(loss, Affine) and loss.parameters[-1] == "b":  # and no polynomial
        return [([list(loss.parameters[:-1])], ["b"])]
    raise GdanimError(
        f"'network' shows nets, which are mlp, softmax, linear and logistic, and '{loss.name}' is none of"
        " them; of a formula it shows --loss, not --model",
        where=["view"],
    )


def names_in(loss: Learned) -> tuple[list[str], str]:
    """What the inputs and the target are called: as the columns are where no other name is the same."""
    columns, taken = loss.table.columns, {*loss.parameters, *CONSTANTS, "L", "p", OUTPUT}

    def free(name: str) -> bool:
        bare = re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name, re.ASCII) is not None
        return bare and name not in taken and not re.match(r"[zh]\d|L$", name)

    target = "y" if "y" not in columns else "t"
    if all(map(free, columns)) and target not in columns:
        return list(columns), target
    return (["x"] if len(columns) == 1 else [f"x{i}" for i in range(1, len(columns) + 1)]), target


def _forward(
    layers: Sequence[tuple[list[list[str]], list[str]]],
    inputs: Sequence[str],
    activation: str,
    probable: bool,
) -> Iterator[tuple[str, str]]:
    """The sums and values of every layer; of two classes the last value is a probability."""
    before = list(inputs)
    for number, (weights, biases) in enumerate(layers, 1):
        values = []
        for j, (row, bias) in enumerate(zip(weights, biases, strict=True), 1):
            terms = [f"{weight}*{value}" for weight, value in zip(row, before, strict=True)]
            sums = f"z{number}_{j}" if len(layers) > 1 or len(weights) > 1 else "z"
            last = number == len(layers)
            if last and len(weights) == 1 and not probable:
                sums = OUTPUT
            yield sums, " + ".join([*terms, bias])
            if not last:
                values.append(f"h{number}_{j}")
                yield values[-1], f"{activation}({sums})"
            elif probable and len(weights) == 1:
                yield "p", f"sigmoid({sums})"
        before = values


def _cost(
    loss: Learned, row: int, layers: Sequence[tuple[list[list[str]], list[str]]], target: str
) -> Iterator[tuple[str, str]]:
    """The cost of the row; of classes it depends on which one is right."""
    outputs, name = len(layers[-1][1]), loss.cost.name.partition(":")[0]
    if outputs > 1:
        number = len(layers)
        sums = ", ".join(f"z{number}_{j}" for j in range(1, outputs + 1))
        yield "p", f"softmax({int(loss.table.values[row]) + 1}, {sums})"
        yield "L", "-log(p)"
    elif loss.cost.probable:
        yield "L", "-log(p)" if loss.table.values[row] == 1 else "-log(1 - p)"
    elif name == "absolute":
        yield "L", f"abs({OUTPUT} - {target})"
    elif name == "huber":
        size = f"min(abs(d), {loss.cost.delta!r})"
        yield "d", f"{OUTPUT} - {target}"
        yield "L", f"{size}*(abs(d) - {size}/2)"
    else:
        yield "L", f"({OUTPUT} - {target})**2"
