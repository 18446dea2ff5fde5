"""Program: a loss and optimizers as they were recorded, in JavaScript and in numpy.

Nothing is written a second time: `Loss.value`, `Loss.gradient` and `Optimizer.update` are run on symbols,
and what they did is written down. A schedule is no program: its factors are numbers that are known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gdanim.losses.base import Array, Loss
from gdanim.optimizers.base import Optimizer
from gdanim.symbols.node import Node, Tape, UntracedError, evaluated, needed
from gdanim.symbols.script import body_of, helpers_of
from gdanim.symbols.traced import Count, Traced, nodes_of, symbols

MOST = 3000  # operations that one function may take


@dataclass(frozen=True)
class Function:
    """What was recorded of one call.

    Attributes:
        inputs: the names of its arguments, each a number or an array of one axis.
        outputs: its results, in a row.
    """

    inputs: tuple[str, ...]
    outputs: tuple[Node, ...]

    @property
    def script(self) -> str:
        """A JavaScript function; it returns a list."""
        body = body_of(self.outputs).replace("\n", "\n  ")
        return f"function ({', '.join(self.inputs)}) {{\n  {body}\n}}"

    @property
    def helpers(self) -> set[str]:
        return helpers_of(needed(self.outputs))

    def __call__(self, *arguments: Any) -> list[Any]:
        """By numpy: arguments in the order of `inputs`, an array's components along its last axis."""
        known: dict[str, Any] = {}
        for name, argument in zip(self.inputs, arguments, strict=True):
            known[name] = argument
            if np.ndim(argument):
                known.update({f"{name}[{i}]": argument[..., i] for i in range(np.shape(argument)[-1])})
        return evaluated(self.outputs, known)


@dataclass(frozen=True)
class Rule:
    """An optimizer: its first step, and every other.

    Attributes:
        first: gradient g, theta w, learning rate eta → step and state, in a row.
        next: the same with the state s.
    """

    first: Function
    next: Function


@dataclass(frozen=True)
class Program:
    """A loss of n parameters.

    Attributes:
        value: theta w → L.
        gradient: theta w → ∂L/∂w₁, …, ∂L/∂wₙ.
    """

    value: Function
    gradient: Function

    def agrees(self, loss: Loss, theta: Array, within: float = 1e-9) -> bool:
        """Whether what was recorded comes to the same as the loss at some points, (m, n)."""
        with np.errstate(all="ignore"):
            pairs = [(loss.value(theta), self.value(theta)[0])]
            slopes = loss.gradient(theta)
            pairs += [(slopes[:, i], each) for i, each in enumerate(self.gradient(theta))]
            return all(np.allclose(a, b, rtol=within, atol=1e-300, equal_nan=True) for a, b in pairs)


def program_of(loss: Loss) -> Program:
    """The loss, recorded.

    Raises:
        UntracedError: its code asks for values, or does what has no JavaScript here.
    """
    n = len(loss.parameters)
    return Program(
        _recorded(("w",), lambda tape: [loss.value(symbols(tape, "w", (n,)))], 1),  # type: ignore[arg-type]
        _recorded(("w",), lambda tape: [loss.gradient(symbols(tape, "w", (n,)))], n),  # type: ignore[arg-type]
    )


def rule_of(optimizer: Optimizer, n: int) -> Rule:
    """An optimizer of n parameters, recorded.

    Raises:
        UntracedError: its code asks for values, does what has no JavaScript here, or its state grows.
    """
    shapes: list[Any] = []

    def first(tape: Tape) -> list[Any]:
        g, w = (symbols(tape, name, (n,)) for name in "gw")
        step, state = optimizer.update(g, optimizer.init(w), w, symbols(tape, "eta"))  # type: ignore[arg-type]
        shapes.append(state)
        return [step, *leaves(state)]

    def following(tape: Tape) -> list[Any]:
        g, w = (symbols(tape, name, (n,)) for name in "gw")
        inputs: list[Any] = []
        state = _symbolic(tape, shapes[0], inputs)
        step, after = optimizer.update(g, state, w, symbols(tape, "eta"))  # type: ignore[arg-type]
        if _outline(after) != _outline(state):
            raise UntracedError("its state grows")
        for before, later in zip(inputs, leaves(after), strict=True):
            if isinstance(before, Count) and nodes_of(tape, later)[()] is not nodes_of(tape, before + 1)[()]:
                raise UntracedError("its count is none")
        return [step, *leaves(after)]

    begun = _recorded(("g", "w", "eta"), first, 0)
    return Rule(begun, _recorded(("g", "s", "w", "eta"), following, len(begun.outputs)))


def leaves(state: Any) -> list[Any]:
    """The numbers, arrays and symbols of a state, in their order."""
    if state is None:
        return []
    if isinstance(state, (tuple, list)):
        return [leaf for part in state for leaf in leaves(part)]
    return [state]


def _symbolic(tape: Tape, state: Any, found: list[Any]) -> Any:
    """A state of the same kind, of symbols, which are added to those found; s[0], s[1] … are its numbers."""
    if state is None:
        return None
    if isinstance(state, (tuple, list)):
        return tuple(_symbolic(tape, part, found) for part in state)
    before = sum(np.size(_nodes(leaf)) for leaf in found)
    shape = np.shape(_nodes(state))
    nodes = np.empty(shape, dtype=object)
    for number, place in enumerate(np.ndindex(shape)):
        nodes[place] = tape.input(f"s[{before + number}]")
    counts = isinstance(state, int) and state == 1
    found.append((Count if counts else Traced)(tape, nodes))
    return found[-1]


def _nodes(leaf: Any) -> Any:
    return leaf.nodes if isinstance(leaf, Traced) else leaf


def _outline(state: Any) -> Any:
    """How a state is put together: its tuples, and the shapes of what is in them."""
    if isinstance(state, (tuple, list)):
        return [_outline(part) for part in state]
    return None if state is None else np.shape(_nodes(state))


def _recorded(inputs: tuple[str, ...], call: Callable[[Tape], list[Any]], count: int) -> Function:
    """What a call does to symbols; so many numbers are what it returns, where that is known."""
    tape = Tape(MOST)
    try:
        with np.errstate(all="ignore"):
            results = call(tape)
        nodes = [node for result in results for node in nodes_of(tape, result).ravel().tolist()]
    except UntracedError:
        raise
    except Exception as error:  # whatever code does that was not made for symbols
        cause = error.__cause__ if isinstance(error.__cause__, UntracedError) else error
        raise UntracedError(str(cause)) from error
    if count and len(nodes) != count:
        raise UntracedError(f"it returns {len(nodes)} numbers, and not {count}")
    names = {node.value for node in needed(nodes) if node.op == "input"}
    if any(name.partition("[")[0] not in inputs for name in names):
        raise UntracedError("it holds symbols of another call")
    return Function(inputs, tuple(nodes))


def script_of(program: Program, rules: Mapping[str, Rule]) -> str:
    """JavaScript: `loss` with `value` and `gradient`, and `rules` by name, each with `first` and `next`."""
    functions: Sequence[Function] = [program.value, program.gradient]
    functions = [*functions, *(part for rule in rules.values() for part in (rule.first, rule.next))]
    helpers = sorted(set().union(*(function.helpers for function in functions)))
    loss = f"var loss = {{ value: {program.value.script}, gradient: {program.gradient.script} }};"
    named = ",\n".join(
        f'"{name}": {{ first: {rule.first.script}, next: {rule.next.script} }}'
        for name, rule in rules.items()
    )
    return "\n".join([*helpers, loss, f"var rules = {{\n{named}\n}};"])
