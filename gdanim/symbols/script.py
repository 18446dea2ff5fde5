"""Nodes written as JavaScript: one line after the other, what is used twice worked out once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from gdanim.symbols.node import Node, needed
from gdanim.symbols.operations import OPERATIONS

DEEPEST = 12  # operations inside one another in a line


def body_of(outputs: Sequence[Node]) -> str:
    """Lines that work out the outputs, and return them in a list.

    >>> from gdanim.symbols.node import Tape
    >>> tape = Tape()
    >>> square = tape.apply("square", tape.input("w[0]"))
    >>> print(body_of([tape.apply("add", square, tape.number(0.5)), square]))
    var a0 = w[0], a1 = (a0 * a0);
    return [(a1 + 0.5), a1];
    """
    uses = Counter(node.index for node in outputs)
    twice: Counter[int] = Counter()  # arguments that their function writes more than once
    for node in needed(outputs):
        uses.update(arg.index for arg in node.args)
        if node.op == "square":
            twice[node.args[0].index] += 1
    lines: list[str] = []
    names: dict[int, str] = {}
    depth: dict[int, int] = {}
    for node in needed(outputs):
        if node.is_number:
            names[node.index], depth[node.index] = literal(node.value), 0
            continue
        if node.op == "input":
            text, deep = str(node.value), 0
        else:
            text = OPERATIONS[node.op].script.format(*(names[arg.index] for arg in node.args))
            deep = 1 + max(depth[arg.index] for arg in node.args)
        if uses[node.index] + twice[node.index] > 1 or deep > DEEPEST:
            name = f"a{len(lines)}"
            lines.append(f"{name} = {text}")
            text, deep = name, 0
        names[node.index], depth[node.index] = text, deep
    found = ", ".join(names[node.index] for node in outputs)
    return (f"var {', '.join(lines)};\n" if lines else "") + f"return [{found}];"


def helpers_of(nodes: Iterable[Node]) -> set[str]:
    """The functions that JavaScript does not have, in full."""
    return {OPERATIONS[node.op].helper for node in nodes if node.args} - {""}


def literal(value: float | bool) -> str:
    """A number with all its digits.

    >>> literal(0.1), literal(-2.0), literal(math.inf), literal(True), literal(1e-8)
    ('0.1', '(-2)', 'Infinity', 'true', '1e-8')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if math.isnan(value):
        return "NaN"
    size = abs(value)
    text = "Infinity" if math.isinf(size) else repr(size).removesuffix(".0").replace("e-0", "e-")
    return text if math.copysign(1.0, value) > 0 else f"(-{text})"
