"""Node: a number, an input or an operation; equal ones are one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from gdanim.symbols.operations import OPERATIONS


class UntracedError(Exception):
    """Code that symbols cannot follow, such as a branch on a value; says what it was."""


class Node:
    """What one number is worked out from.

    Attributes:
        index: its place on the tape; what it is worked out from comes before.
        op: "number", "input", or a name of OPERATIONS.
        args: what it is worked out from.
        value: of a number; the JavaScript of an input.
        truth: whether it is true or false, and no number.
    """

    __slots__ = ("args", "index", "op", "truth", "value")

    def __init__(self, index: int, op: str, args: tuple[Node, ...], value: Any, truth: bool) -> None:
        self.index, self.op, self.args, self.value, self.truth = index, op, args, value, truth

    @property
    def is_number(self) -> bool:
        return self.op == "number"


class Tape:
    """All nodes that were recorded, in an order in which they can be worked out.

    >>> tape = Tape()
    >>> x = tape.input("x")
    >>> tape.apply("multiply", x, x) is tape.apply("multiply", x, x)
    True
    """

    def __init__(self, most: int = 10_000) -> None:
        self.nodes: list[Node] = []
        self._most = most
        self._known: dict[tuple[object, ...], Node] = {}

    def number(self, value: Any) -> Node:
        """The node of a number, or of true or false."""
        if isinstance(value, (bool, np.bool_)):
            return self._node((bool(value),), "number", (), bool(value), True)
        if np.ndim(value) or not np.issubdtype(np.asarray(value).dtype, np.number) or np.iscomplexobj(value):
            raise UntracedError(f"{type(value).__name__} is no number")
        # −0.0 equals 0.0 and is another number; so are two nan.
        return self._node((repr(float(value)),), "number", (), float(value), False)

    def input(self, name: str) -> Node:
        return self._node(("input", name), "input", (), name, False)

    def apply(self, op: str, *args: Node) -> Node:
        """An operation on nodes, or what it is worth.

        Raises:
            UntracedError: there is no such operation, or there are too many of them.
        """
        operation = OPERATIONS.get(op)
        if operation is None:
            raise UntracedError(f"numpy's {op} has no JavaScript here")
        if operation.logical or op == "where":
            args = tuple(
                self._truth(arg) if operation.logical or not i else arg for i, arg in enumerate(args)
            )
        elif all(arg.truth for arg in args):
            raise UntracedError(f"{op} of what is true or false")
        if all(arg.is_number for arg in args):
            with np.errstate(all="ignore"):
                return self.number(operation.function(*(arg.value for arg in args))[()])
        if op == "power" and args[1].is_number and args[1].value == 2.0:
            return self.apply("square", args[0])
        if op in ("power", "divide") and args[1].is_number and args[1].value == 1.0:
            return args[0]
        return self._node((op, *(arg.index for arg in args)), op, args, None, operation.truth)

    def _truth(self, node: Node) -> Node:
        """Whether a number is not 0, as numpy takes it."""
        return node if node.truth else self.apply("not_equal", node, self.number(0.0))

    def _node(
        self, key: tuple[object, ...], op: str, args: tuple[Node, ...], value: Any, truth: bool
    ) -> Node:
        node = self._known.get(key)
        if node is None:
            if len(self.nodes) >= self._most:
                raise UntracedError(f"it takes more than {self._most:,} operations")
            node = self._known[key] = Node(len(self.nodes), op, args, value, truth)
            self.nodes.append(node)
        return node


def needed(outputs: Iterable[Node]) -> list[Node]:
    """All that the outputs are worked out from, and themselves, in an order in which that can be done."""
    found: dict[int, Node] = {}
    waiting = list(outputs)
    while waiting:
        node = waiting.pop()
        if node.index not in found:
            found[node.index] = node
            waiting += node.args
    return [found[index] for index in sorted(found)]


def evaluated(outputs: Sequence[Node], inputs: Mapping[str, Any]) -> list[Any]:
    """What nodes are worth: by numpy, of numbers or of arrays."""
    worth: dict[int, Any] = {}
    with np.errstate(all="ignore"):
        for node in needed(outputs):
            if node.op == "input":
                worth[node.index] = inputs[node.value]
            elif node.is_number:
                worth[node.index] = node.value
            else:
                worth[node.index] = OPERATIONS[node.op].function(*(worth[arg.index] for arg in node.args))
    return [worth[node.index] for node in outputs]
