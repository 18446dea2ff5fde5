"""Formulas over the whole grammar, and what they are worth in 80 digits, without any code of gdanim's.

A formula is a tree of tuples. It is written as text with no more brackets than precedence needs, so that
reading is tested too; its value is mpmath's, its derivatives are central differences in 80 digits. How
far rounding may carry a floating-point result follows from the size of what it is added up from; see
rounding.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from gdanim import GdanimError
from gdanim.losses.expression import Formula, parse
from tests.exact import FUNCTIONS, OutOfRangeError, mp
from tests.rounding import Bounds, Derivatives, indexed

SURELY = 700  # digits where 80 do not agree
Tree = tuple[Any, ...]
PARAMETERS = ("w", "v", "w1", "w_2", "theta", "select", "t0", "nan", "x")
CONSTANTS = {"a": -2.5, "lam": 1e-3, "exp1": 99999.0}
NUMBERS = ("2", "0.5", "3", "1", "0", "10", "1e-3", "4", "7.25", "100", "1e6", ".1", "1e300", "64", "1e-12")
ONE = (
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "ln", "sqrt"),
    *("abs", "sign", "relu", "sigmoid", "softplus", "logcosh"),
)
MANY = ("max", "min", "logsumexp", "softmax")
STEP = mp.mpf(10) ** -20
SAFETY = 10  # times the bound, which is of first order
MOST_SLOPES, MOST_CURVED = 3, 2  # that are compared of one formula; each takes many evaluations
LARGEST, SMALLEST = mp.mpf("1.7e308"), mp.mpf("1e-290")


leaves = st.one_of(
    st.sampled_from([("name", name) for name in PARAMETERS[:3]]),
    st.sampled_from([("name", name) for name in PARAMETERS[:2]]),
    st.sampled_from([("name", name) for name in (*PARAMETERS, *CONSTANTS, "pi", "e")]),
    st.sampled_from([("number", number) for number in NUMBERS]),
)


def _grown(parts: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.one_of(
        st.tuples(st.sampled_from(["+", "-", "*", "/"]), parts, parts),
        st.tuples(st.just("^"), parts, st.one_of(st.sampled_from([("number", "2"), ("number", "3")]), parts)),
        st.tuples(st.just("neg"), parts),
        st.tuples(st.sampled_from(ONE), parts),
        st.builds(
            lambda name, args: (name, *args), st.sampled_from(MANY), st.lists(parts, min_size=2, max_size=5)
        ),
    )


trees = st.recursive(leaves, _grown, max_leaves=14)


def written(tree: Tree, style: random.Random) -> tuple[str, int]:
    """The text of a tree and how strongly it holds together: sum 1, product 2, sign 3, power 4, atom 5."""

    def part(child: Tree, level: int) -> str:
        text, holds = written(child, style)
        return text if holds >= level else f"({text})"

    op, *children = tree
    if op in ("name", "number"):
        name = str(children[0])
        return style.choice({"theta": ("theta", "θ"), "pi": ("pi", "π")}.get(name, (name,))), 5
    if op == "neg":
        return style.choice("-−") + part(children[0], 3), 3
    if op in "+-":
        space = style.choice(("", " "))
        return f"{part(children[0], 1)}{space}{op}{space}{part(children[1], 2)}", 1
    if op in "*/":
        left, right = part(children[0], 2), part(children[1], 3)
        joined = children[0][0] == "number" and op == "*" and (right[0].isalpha() or right[0] == "(")
        if joined and right[:1] not in "eE" and style.random() < 0.5:
            op = ""
        return f"{left}{op}{right}", 2
    if op == "^":
        if children[1] == ("number", "2") and style.random() < 0.3:
            return part(children[0], 5) + "²", 4
        return part(children[0], 5) + style.choice(("^", "**")) + part(children[1], 3), 4
    if op == "sqrt" and style.random() < 0.3:
        return f"√({written(children[0], style)[0]})", 5
    if op == "softmax":
        children = [("number", str(style.randint(1, len(children)))), *children]
    return f"{op}({', '.join(written(child, style)[0] for child in children)})", 5


class Reference:
    """What a formula is worth, in 80 digits."""

    def __init__(self, tree: Tree, chosen: Sequence[int]) -> None:
        self._tree, self._chosen = tree, chosen

    def __call__(self, point: dict[str, Any]) -> Any:
        chosen = iter(self._chosen)

        def worth(tree: Tree) -> Any:
            op, *children = tree
            if op == "number":
                return mp.mpf(children[0])
            if op == "name":
                return point[children[0]]
            which = next(chosen) if op == "softmax" else 0
            values = [worth(child) for child in children]
            try:
                return _held(FUNCTIONS[op](*([which, *values] if op == "softmax" else values)))
            except (ZeroDivisionError, ValueError, OverflowError):
                raise OutOfRangeError from None

        return worth(self._tree)

    def gradient(self, point: dict[str, Any], names: Sequence[str]) -> list[Any]:
        return [
            (self(point | {n: point[n] + STEP}) - self(point | {n: point[n] - STEP})) / (2 * STEP)
            for n in names
        ]

    def hessian(self, point: dict[str, Any], names: Sequence[str]) -> list[list[Any]]:
        rows = [
            [self.gradient(point | {n: point[n] + sign * STEP}, names) for sign in (1, -1)] for n in names
        ]
        return [[(a - b) / (2 * STEP) for a, b in zip(*row, strict=True)] for row in rows]


def _held(value: Any) -> Any:
    """A value that a double holds."""
    if not mp.isfinite(value) or isinstance(value, mp.mpc):
        raise OutOfRangeError
    if value and not SMALLEST < abs(value) < LARGEST:
        raise OutOfRangeError
    return value


class Example(NamedTuple):
    """A formula as it was drawn and written."""

    tree: Tree
    text: str
    names: tuple[str, ...]  # of the parameters, in their order
    chosen: tuple[int, ...]  # the argument that each softmax is for, in the order of the text


def example(tree: Tree, seed: int) -> Example:
    style = random.Random(seed)
    text, _ = written(tree, style)
    chosen = tuple(int(number) - 1 for number in re.findall(r"softmax\((\d+),", text))
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        op, *children = waiting.pop()
        if op == "name":
            found.add(children[0])
        elif op != "number":
            waiting += children
    return Example(tree, text, tuple(name for name in PARAMETERS if name in found), chosen)


def check(tree: Tree, seed: int) -> str:
    """Read the formula and compare it with its reference at a random point.

    Returns:
        "refused", "out of range", "not finite" or "equal".
    """
    drawn = example(tree, seed)
    used = {name: value for name, value in CONSTANTS.items() if name in drawn.text}
    used = {n: v for n, v in used.items() if ("name", n) in _all(tree)}
    try:
        loss = parse(drawn.text, constants=used, parameters=drawn.names)
    except GdanimError as error:
        return "refused" if str(error).startswith("loss: ") else "refused elsewhere"
    theta = np.array([random.Random(seed + i).uniform(-3.0, 3.0) for i in range(len(drawn.names))])
    bounded(loss, drawn.text)
    value, slope = float(loss.value(theta)), loss.gradient(theta)
    curvature = loss.hessian(theta) if seed % 8 == 7 else None
    try:
        try:
            return _compared(drawn, used, theta, value, slope, curvature)
        except AssertionError:
            # Perhaps it is the differences that are at fault: log(e^w + e^381) needs more digits.
            with mp.workdps(SURELY):
                return _compared(drawn, used, theta, value, slope, curvature)
    except OutOfRangeError:
        return "out of range"


def _all(tree: Tree) -> list[Tree]:
    return [tree, *(deeper for child in tree[1:] if isinstance(child, tuple) for deeper in _all(child))]


def bounded(loss: Formula, text: str) -> None:
    """Everything about a formula takes a number of operations linear in its length."""
    assert loss.formula
    assert len(loss.gradient_formula) == len(loss.parameters)
    assert len(loss.graph.nodes) < 100 * (len(text) + 4), text
    for minimum in loss.minima:
        here = np.array(minimum.theta)
        # Near beside how far 0 is, about which formulas such as sin(7/w) turn ever faster.
        near = 1e-3 * np.where(np.abs(here) > 1e-6, np.minimum(np.abs(here), 1.0), 1.0)
        # Nor farther than its own curvature reaches: sin(99999 w) has the next one 6e-5 away.
        bent = np.abs(np.diag(loss.hessian(here)))
        with np.errstate(all="ignore"):
            near = np.fmin(near, np.sqrt(1e-3 * (1 + abs(minimum.value)) / bent))
        if (near < 1e-7 * np.abs(here)).any():
            continue  # it turns so fast that its numbers, rounded as they are, say nothing of what is beside
        around = here + near * np.random.default_rng(0).normal(size=(20, len(here)))
        beside = loss.value(around)
        assert not (beside < minimum.value - 1e-9 * (1 + abs(minimum.value))).any(), (text, minimum)


def _compared(
    drawn: Example,
    constants: dict[str, float],
    theta: np.ndarray[Any, Any],
    value: float,
    slope: np.ndarray[Any, Any],
    curvature: np.ndarray[Any, Any] | None,
) -> str:
    point = {
        name: mp.mpf(x) for name, x in (*constants.items(), *zip(drawn.names, theta.tolist(), strict=True))
    }
    point |= {"pi": mp.mpf(float(mp.pi)), "e": mp.mpf(float(mp.e))}
    exact = Reference(drawn.tree, drawn.chosen)
    expected = exact(point)
    if not (np.isfinite(value) and np.isfinite(slope).all()):
        return "not finite"
    tree, derivatives, bounds = indexed(drawn.tree, drawn.chosen), Derivatives(), Bounds(point)

    def compare(ours: float, theirs: Any, *by: str) -> None:
        worked_out = tree
        for name in by:
            worked_out = derivatives.of(worked_out, name)
        allowed = SAFETY * bounds.of(worked_out).bound + SMALLEST
        assert abs(ours - theirs) <= allowed, (
            f"derivative {by} of {drawn}: {ours!r}, not {mp.nstr(theirs, 20)} ± {mp.nstr(allowed, 3)}"
        )

    compare(value, expected)
    places = random.Random(drawn.text).sample(range(len(slope)), min(len(slope), MOST_SLOPES))
    slopes = exact.gradient(point, [drawn.names[i] for i in places])
    for i, theirs in zip(places, slopes, strict=True):
        compare(float(slope[i]), theirs, drawn.names[i])
    if curvature is not None and np.isfinite(curvature).all():
        names = drawn.names[:MOST_CURVED]
        table = exact.hessian(point, names)
        for i, j in np.ndindex(len(names), len(names)):
            compare(float(curvature[i, j]), table[i][j], names[i], names[j])
    return "equal"
