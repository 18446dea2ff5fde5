"""Code run on symbols, and the JavaScript they record: in Node it comes to what numpy comes to."""

import json
import math
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdanim import GdanimError
from gdanim.descent import Trajectory, descend
from gdanim.losses import LOSSES, make_loss
from gdanim.losses.base import ClosedForm, Loss
from gdanim.losses.expression import parse
from gdanim.optimizers import OPTIMIZERS, make_optimizer
from gdanim.optimizers.base import Optimizer
from gdanim.symbols import Function, Program, Rule, Tape, UntracedError, program_of, rule_of
from gdanim.symbols.node import Node, evaluated, needed
from gdanim.symbols.operations import OPERATIONS
from gdanim.symbols.program import script_of
from gdanim.symbols.script import body_of, literal
from gdanim.symbols.traced import nodes_of, symbols
from tests.formulas import example, trees
from tests.node import needs_node, worth

WITHIN, STEPS = 1e-9, 60
# What searches along a line, inverts a matrix, or keeps ever more of what was is no straight line of code.
RECORDED = {"newton", "backtracking", "lbfgs"}
# Paths on which a difference in the last digit grows, and from which iterate on it is beyond 1e-9.
CHAOTIC = {("levi13", "nesterov"): 40}
DESCEND = files("gdanim.symbols").joinpath("descend.js").read_text("utf-8")
PLACES = (
    0.0,
    -0.0,
    0.3,
    -0.3,
    1.0,
    -1.0,
    2.0,
    -2.5,
    7.25,
    -40.0,
    1e-9,
    1e6,
    1e300,
    math.inf,
    -math.inf,
    math.nan,
)


@cache
def rules(n: int) -> dict[str, Rule]:
    """Every optimizer that goes through, of n parameters."""
    found = {}
    for name in OPTIMIZERS.keys() - RECORDED:
        found[name] = rule_of(make_optimizer(name, make_loss("bowl")), n)
    return found


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_what_cannot_be_followed_is_refused(name: str) -> None:
    with pytest.raises(UntracedError):
        rule_of(make_optimizer(name, make_loss("bowl")), 2)


def descents(
    program: Program, loss: Loss, rates: dict[str, float | None]
) -> list[tuple[str, Trajectory, Any]]:
    """Every optimizer's descent, by numpy and by Node."""
    n = len(loss.parameters)
    made = [(name, descend(loss, name, iterations=STEPS, learning_rate=rate)) for name, rate in rates.items()]
    calls = ", ".join(
        f"descend(loss, rules[{json.dumps(name)}], {run.theta[0].tolist()}, {run.learning_rate!r}, ones)"
        for name, run in made
    )
    script = f"{script_of(program, rules(n))}\n{DESCEND}\nvar ones = Array({STEPS + 1}).fill(1);"
    return [(*each, found) for each, found in zip(made, worth(script, f"[{calls}]"), strict=True)]


@needs_node
@pytest.mark.parametrize("name", LOSSES)
def test_every_descent_is_that_of_numpy(name: str) -> None:
    loss = make_loss(name)
    program = program_of(loss)
    found = descents(program, loss, dict.fromkeys(sorted(rules(len(loss.parameters)))))
    assert len(found) == len(OPTIMIZERS) - len(RECORDED)
    for optimizer, run, got in found:
        last = CHAOTIC.get((name, optimizer), STEPS)
        assert len(got["theta"]) == len(run.theta) > min(last, 2), optimizer
        for what in ("theta", "loss", "gradient"):
            ours, theirs = np.array(got[what])[: last + 1], getattr(run, what)[: last + 1]
            # What is left of a sum that cancels is as exact as what was added up.
            rounding = 1e-13 * np.abs(getattr(run, what)).max()
            assert np.allclose(ours, theirs, rtol=WITHIN, atol=rounding), (optimizer, what)


@needs_node
@pytest.mark.parametrize("name", ["quadratic", "double-well", "himmelblau", "bowl", "booth", "monkey-saddle"])
def test_what_runs_away_does_so_at_the_same_step(name: str) -> None:
    loss = make_loss(name)
    rates: dict[str, float | None] = {"gd": 1e6, "momentum": 1e6, "nesterov": 1e6}
    for _, run, got in descents(program_of(loss), loss, rates):
        assert 1 < len(got["theta"]) == run.iterations + 1 < STEPS
        assert np.array_equal(np.array(got["theta"]), run.theta)  # sums and products only
        assert got["beyond"] is not None
        assert run.outcome.overflow


@needs_node
@pytest.mark.parametrize(
    "call", ["adam:beta1=0.5,eps=0.1", "rprop:up=1.5", "radam:beta2=0.5", "rmsprop:momentum=0.9"]
)
def test_options_are_bound_and_a_schedule_is_a_list(call: str) -> None:
    loss = make_loss("himmelblau")
    run = descend(loss, call, iterations=STEPS, learning_rate=0.05, schedule="cosine")
    factors = (run.rates / 0.05).tolist()
    script = script_of(program_of(loss), {"it": rule_of(make_optimizer(call, loss), 2)}) + DESCEND
    got = worth(script, f"descend(loss, rules.it, {run.theta[0].tolist()}, 0.05, {factors})")
    assert np.allclose(got["theta"], run.theta, rtol=WITHIN, atol=0)


FORMULAS = (
    "w^2 + sin(3w)", "log(1 + exp(w)) + log(cosh(v))", "softmax(1, w, v, 2)*max(w, v, w*v)", "sqrt(abs(w))",
    "w^v", "2^w + w^-3", "min(w, 0)^2 + relu(v - w)", "sigmoid(w)*tanh(v) + atan(w)", "log(w)", "1/(w - v)",
    "(w*v - 1)^4 + exp(-w^2)", "logsumexp(w, v, 0)", "asin(w/4) + acos(v/4) + tan(w)", "sign(w)*w^3",
    "sinh(w) + cosh(v)", "w^0.5 + w^2.5",
)  # fmt: skip


@needs_node
@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_that_of_numpy(text: str) -> None:
    loss = parse(text, constants={})
    n = len(loss.parameters)
    theta = np.random.default_rng(5).normal(size=(40, n)) * 2.0
    theta[0], theta[1] = 0.0, 1.0
    program = program_of(loss)
    assert program.agrees(loss, theta)
    points = json.dumps(theta.tolist())
    value, slope = worth(
        script_of(program, {}), f"[{points}.map(w => loss.value(w)[0]), {points}.map(loss.gradient)]"
    )
    with np.errstate(all="ignore"):
        for ours, theirs in ((value, loss.value(theta)), (slope, loss.gradient(theta))):
            assert np.allclose(ours, theirs, rtol=WITHIN, atol=1e-15, equal_nan=True)


def shaken(function: Function, theta: Any) -> float:
    """How far the first result moves, at most, where every function errs in its last digits, seven times."""
    dice, moved = np.random.default_rng(0), []
    for _ in range(7):
        known: dict[int, Any] = {}
        with np.errstate(all="ignore"):
            for node in needed(function.outputs[:1]):
                if node.op == "input":
                    known[node.index] = theta[int(node.value[2:-1])]
                elif node.is_number:
                    known[node.index] = node.value
                else:
                    row = OPERATIONS[node.op]
                    worked = row.function(*(known[arg.index] for arg in node.args))
                    known[node.index] = (
                        worked if row.truth else worked * (1 + 1e-15 * dice.choice([-1, 0, 1]))
                    )
        moved.append(float(known[function.outputs[0].index]))
    return float(np.ptp(moved))


@needs_node
@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.lists(trees, min_size=12, max_size=12))
def test_random_formulas_are_those_of_numpy(drawn: list[Any]) -> None:
    scripts, wanted = [], []
    for seed, tree in enumerate(drawn):
        made = example(tree, seed)
        try:
            loss = parse(
                made.text, constants={"a": -2.5, "lam": 1e-3, "exp1": 99999.0}, parameters=made.names
            )
            program = program_of(loss)
        except (GdanimError, UntracedError):
            continue
        theta = np.random.default_rng(seed).uniform(-3, 3, len(made.names))
        for function, ours in (
            (program.value, loss.value(theta)),
            (program.gradient, loss.gradient(theta)[0]),
        ):
            far = shaken(function, theta)
            if np.isfinite(far) or not np.isfinite(ours):
                helpers = "\n".join(sorted(function.helpers))
                scripts.append(
                    f"(function () {{ {helpers}\nreturn {function.script}; }}())({theta.tolist()})[0]"
                )
                wanted.append((made.text, float(ours), far))
    for (text, ours, far), found in zip(wanted, worth("", f"[{', '.join(scripts)}]"), strict=True):
        if np.isfinite(ours):
            assert abs(found - ours) <= WITHIN * abs(ours) + 100 * far, text
        else:
            assert not np.isfinite(found) or far != far, text


@needs_node
@pytest.mark.parametrize("op", OPERATIONS)
def test_every_operation_does_in_javascript_what_it_does_in_numpy(op: str) -> None:
    row = OPERATIONS[op]
    count = getattr(row.function, "nin", 3)
    places = (True, False) if row.logical else PLACES
    grid = [list(each) for each in np.array(np.meshgrid(*[places] * count)).reshape(count, -1).T.tolist()]
    if op == "where":
        grid = [[first > 0, *rest] for first, *rest in grid]
    listed = ", ".join(f"[{', '.join(literal(x) for x in each)}]" for each in grid)
    names = [f"x[{i}]" for i in range(count)]
    got = worth(row.helper, f"[{listed}].map(x => {row.script.format(*names)})")
    with np.errstate(all="ignore"):
        wanted = row.function(*(np.array(column) for column in zip(*grid, strict=True)))
    if row.truth:
        assert got == wanted.tolist()
    else:
        assert np.allclose(np.array(got, dtype=float), wanted, rtol=2e-14, atol=0, equal_nan=True)


def test_equal_symbols_are_worked_out_once() -> None:
    loss = ClosedForm(
        name="twice",
        parameters=("w",),
        function=lambda w: np.sin(w) * np.sin(w) + np.sin(w),
        partials=lambda w: (np.cos(w),),
        start=(1.0,),
        domain=((0.0, 1.0),),
        expression="sin(w)",
        slopes=("cos(w)",),
    )
    program = program_of(loss)
    assert program.value.script.count("Math.sin") == 1
    assert program.value(np.array([0.5]))[0] == pytest.approx(math.sin(0.5) ** 2 + math.sin(0.5))


@pytest.mark.parametrize(
    "function",
    [
        lambda w: w if w > 0 else -w,
        lambda w: math.sin(w),
        lambda w: float(w) ** 2,
        lambda w: np.linalg.norm(w),
        lambda w: np.fft.fft(w),
        lambda w: np.arange(3)[w],
        lambda w: sum((w * i) ** i for i in range(2000)),
        lambda w: np.sin(np.asarray(w)),
        lambda w: [w, w],
        lambda w: (w > 0) + (w < 1),
        lambda w: np.frompyfunc(abs, 1, 1)(w),
        lambda w: "w",
        lambda w: w + 1j,
    ],
)
def test_what_asks_for_a_value_is_refused(function: Any) -> None:
    loss = ClosedForm(
        name="own",
        parameters=("w",),
        function=function,
        partials=lambda w: (w,),
        start=(1.0,),
        domain=((0.0, 1.0),),
        expression="w",
        slopes=("1",),
    )
    with pytest.raises(UntracedError) as said:
        program_of(loss)
    assert str(said.value)


def test_a_count_that_is_none_is_no_count() -> None:
    def update(g: Any, state: Any, theta: Any, eta: Any) -> Any:
        return (-eta * g if state == 0 else eta * g), 1 - state

    with pytest.raises(UntracedError):
        rule_of(Optimizer(lambda theta: 0, update), 1)


def test_a_program_of_another_loss_does_not_agree() -> None:
    theta = np.linspace(-2, 2, 9)[:, None]
    program = program_of(make_loss("double-well"))
    assert program.agrees(make_loss("double-well"), theta)
    assert not program.agrees(make_loss("huber"), theta)


def test_shapes_are_those_of_numpy() -> None:
    tape = Tape()
    w = symbols(tape, "w", (3,))
    here = np.array([0.5, -1.5, 2.0])
    for work in (
        lambda x: np.stack([x, x * 2]).sum(axis=0),
        lambda x: np.concatenate([x, x])[::2],
        lambda x: (x * np.ones((2, 3))).sum(axis=-1),
        lambda x: (x[:, None] - x).prod(axis=1, keepdims=True)[:, 0] + x.mean(),
        lambda x: np.clip(x, -1, 1) + x.max() - x.min(),
        lambda x: np.where((x > 0) & ~(x > 1), x, np.abs(x) ** 3),
        lambda x: np.where((x > 0).any() | (x > 9).all(), x, 0),
        lambda x: np.broadcast_to(x.sum(), (4,)),
        lambda x: np.add(x, 1, out=x.copy()),
    ):
        nodes: list[Node] = nodes_of(tape, work(w)).ravel().tolist()
        known = {f"w[{i}]": value for i, value in enumerate(here)}
        assert np.allclose(evaluated(nodes, known), work(here).ravel(), rtol=1e-15)
    assert body_of([tape.number(1.5)]) == "return [1.5];"
