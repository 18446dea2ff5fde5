"""Straight-line numpy code for nodes of a graph; all its names are its own, none comes from a formula."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from gdanim.losses.functions import FUNCTIONS
from gdanim.losses.graph import Node, needed
from gdanim.losses.operations import OPERATIONS

# Whole powers as products, which are many times as quick: {0} is the base, {1} the result.

DEEPEST = 6  # brackets in one line
POWERS = {
    -2.0: ("{1} = {0} * {0}", "{1} = 1.0 / {1}"),
    -1.0: ("{1} = 1.0 / {0}",),
    2.0: ("{1} = {0} * {0}",),
    3.0: ("{1} = {0} * {0} * {0}",),
    4.0: ("{1} = {0} * {0}", "{1} = {1} * {1}"),
    6.0: ("{1} = {0} * {0} * {0}", "{1} = {1} * {1}"),
    8.0: ("{1} = {0} * {0}", "{1} = {1} * {1}", "{1} = {1} * {1}"),
}


class Code(NamedTuple):
    """What works out some nodes.

    Attributes:
        function: inputs, each an array or a number → the outputs, each an array or a number; never warns.
        arrays: how many results it holds at a time.
        lines: of its source.
    """

    function: Callable[..., tuple[Any, ...]]
    arrays: int
    lines: list[str]


def compiled(outputs: Sequence[Node], inputs: Sequence[Node]) -> Code:
    """The code that works out `outputs` from `inputs`.

    >>> from gdanim.losses.graph import Graph
    >>> graph = Graph()
    >>> x, y = graph.input("x"), graph.input("sin")
    >>> code = compiled([x**2.0 + y * 3.0], [x, y])
    >>> code.lines, code.function(2.0, 1.0)
    (['t0 = p0 * p0', 't0 = t0 + (p1 * 3.0)'], (7.0,))
    """
    writer = _Writer(outputs, inputs)
    for node in needed(outputs):
        if node.args:
            writer.write(node)
    body = [*writer.lines, f"return ({', '.join(writer.names[node.index] for node in outputs)},)"]
    head = f"def work({', '.join(f'p{i}' for i in range(len(inputs)))}):\n "
    space: dict[str, Any] = {**FUNCTIONS, "inf": math.inf, "nan": math.nan}
    exec(head + "\n ".join(body), space)
    # As a decorator it costs half of what a with block does.
    return Code(np.errstate(all="ignore")(space["work"]), max(1, writer.count), writer.lines)


class _Writer:
    """Lines of code, one after the other; a name is used again as soon as its value is not needed.

    A node that is used once is written where it is used: numpy then works in place.
    """

    def __init__(self, outputs: Sequence[Node], inputs: Sequence[Node]) -> None:
        self.lines: list[str] = []
        self.count = 0
        self.names = {node.index: f"p{i}" for i, node in enumerate(inputs)}
        self._free: list[str] = []
        self._uses = Counter(node.index for node in outputs)
        self._named = set(self._uses)  # what is used more than once
        for node in needed(outputs):
            if node.is_number:
                self.names[node.index] = _literal(node.value)
            self._uses.update(arg.index for arg in node.args)
            if _products(node):
                self._named.add(node.args[0].index)
        self._inside: dict[int, list[int]] = {}  # what stands in an expression that is not worked out yet
        self._depth: dict[int, int] = {}

    def write(self, node: Node) -> None:
        arguments = [self.names[arg.index] for arg in node.args]
        held = [index for arg in node.args for index in self._inside.get(arg.index, [arg.index])]
        depth = 1 + max(self._depth.get(arg.index, 0) for arg in node.args)
        once = self._uses[node.index] == 1 and node.index not in self._named
        if once and depth <= DEEPEST and not _products(node):
            self._inside[node.index], self._depth[node.index] = held, depth
            self.names[node.index] = f"({_code(node, arguments)})"
            return
        for index in held:
            self._uses[index] -= 1
            if self._uses[index] == 0 and self.names[index].startswith("t"):
                self._free.append(self.names[index])
        if not self._free:
            self._free.append(f"t{self.count}")
            self.count += 1
        name = self.names[node.index] = self._free.pop()
        if _products(node):
            self.lines += [line.format(arguments[0], name) for line in POWERS[node.args[1].value]]
        else:
            self.lines.append(f"{name} = {_code(node, arguments)}")


def _products(node: Node) -> bool:
    return node.op == "pow" and node.args[1].is_number and node.args[1].value in POWERS


def _code(node: Node, arguments: list[str]) -> str:
    return OPERATIONS[node.op].code.format(*arguments, all=", ".join(arguments))


def _literal(value: float) -> str:
    return repr(value) if math.copysign(1.0, value) > 0 else f"({value!r})"
