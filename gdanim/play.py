"""What descends anew on a page: the loss and the optimizers of a figure as JavaScript, and what they need."""

from __future__ import annotations

from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from gdanim.losses.mathtext import symbol
from gdanim.optimizers import OPTIMIZERS, factors_of, make_optimizer
from gdanim.output.told import Play
from gdanim.plain import formula
from gdanim.symbols import Program, Rule, UntracedError, program_of, rule_of
from gdanim.symbols.program import script_of
from gdanim.views.names import called
from gdanim.views.symbols import inline

if TYPE_CHECKING:
    from gdanim.descent import Trajectory
    from gdanim.losses.base import Array
    from gdanim.plan import Plan

WITHIN = 1e-9  # how far a step may be from numpy's, beside its own length and place
LOOKED_AT = 60  # steps of the figure's own path that are compared with it
WORDS = ("hint", "here", "reset", "overflow", "nowhere", "fell", "rose", "level")


class UnplayedError(Exception):
    """A figure that cannot descend anew on a page; says why."""


def play_of(plan: Plan) -> Play:
    """The figure's loss and all optimizers that go through, in JavaScript.

    Raises:
        UnplayedError: a page cannot draw it of another start, or its code cannot be followed.
    """
    if len(plan.runs) > 1:
        raise UnplayedError("it compares several runs")
    (run,) = plan.runs
    _check(plan, run)
    n = len(run.parameters)
    program = _program(plan, run)
    factors, _ = factors_of(run.schedule, plan.spec.iterations)
    rules = _rules(plan, run, n)
    if not _retraces(program, rules[run.optimizer], run, factors):
        raise UnplayedError(f"the steps of {run.optimizer} come out otherwise on it")
    descend = files("gdanim.symbols").joinpath("descend.js").read_text("utf-8")
    return Play(f"{script_of(program, rules)}\n{descend}", _told(plan, run, list(rules), factors))


def _check(plan: Plan, run: Trajectory) -> None:
    """Refuse what a page cannot draw anew."""
    if run.recorded:
        raise UnplayedError("the path was recorded elsewhere")
    if run.noisy:
        raise UnplayedError("its gradients are drawn at random")
    if plan.plane is not None:
        raise UnplayedError("it shows a plane through more parameters, which depends on the path")
    unplayed = [kind.name for kind in plan.layout.kinds if not kind.played]
    if unplayed:
        raise UnplayedError(f"the view '{unplayed[0]}' cannot be drawn anew on it")
    if not np.isfinite(run.rates).all():
        raise UnplayedError("its learning rate is not known")


def _program(plan: Plan, run: Trajectory) -> Program:
    try:
        program = program_of(plan.loss)
    except UntracedError as error:
        raise UnplayedError(f"the loss does not become JavaScript ({error})") from error
    if not program.agrees(plan.loss, run.theta, WITHIN):
        raise UnplayedError("the loss comes out otherwise on it")
    return program


def _rules(plan: Plan, run: Trajectory, n: int) -> dict[str, Rule]:
    """The figure's own optimizer first, then all others that go through, as they are by default."""
    found: dict[str, Rule] = {}
    for call in dict.fromkeys((run.optimizer, *OPTIMIZERS)):
        try:
            if call.partition(":")[0] not in OPTIMIZERS:
                raise UntracedError("it is one's own")
            found[call] = rule_of(make_optimizer(call, plan.loss), n)
        except UntracedError as error:
            if call == run.optimizer:
                raise UnplayedError(f"{call} does not become JavaScript ({error})") from error
    return found


def _retraces(program: Program, rule: Rule, run: Trajectory, factors: Array) -> bool:
    """Whether the steps that were recorded lead along the figure's own path."""
    state: Any = None
    for k, (here, there) in enumerate(pairwise(run.theta[: LOOKED_AT + 1])):
        slope, rate = np.array(program.gradient(here)), factors[k] * run.learning_rate
        made = rule.first(slope, here, rate) if state is None else rule.next(slope, state, here, rate)
        step, state = np.array(made[: here.size]), np.array(made[here.size :])
        scale = np.abs(here).max() + np.abs(step).max()
        if not np.allclose(here + step, there, rtol=WITHIN, atol=WITHIN * float(scale)):
            return False
    return True


def _told(plan: Plan, run: Trajectory, rules: list[str], factors: Array) -> dict[str, Any]:
    """Where it starts and how, what it is called, and in which colours it is drawn."""
    text, theme, names = plan.text, plan.theme, run.parameters
    words = {name: text(f"play.{name}", k="{k}", before="{before}", after="{after}") for name in WORDS}
    slope, change = formula(inline(names[0], len(names))), formula(rf"\Delta {symbol(names[0])}")
    words |= {"slope": text("gradient", derivative=slope), "change": text("step", step=change)}
    words["step"] = text("step", step=f"−η · {slope}")
    words |= {name: text(name) for name in ("start", "learning_rate", "optimizer", "iteration")}
    words |= {name: text(f"player.{name}") for name in ("play", "pause", "restart", "back", "forward")}
    return {
        "start": run.theta[0].tolist(),
        "eta": run.learning_rate,
        "rule": run.optimizer,
        "rules": {call: called(text, "optimizer", call) for call in rules},
        "plain": [call for call in rules if make_optimizer(call, plan.loss).plain],
        "factors": factors.tolist(),
        "parameters": [formula(symbol(name)) for name in names],
        "slopes": [formula(inline(name, len(names))) for name in names],
        "words": {**words, "between": text("sign.semicolon"), "decimal": text.decimal},
        "colours": {
            name: getattr(theme, name) for name in ("background", "ink", "muted", "now", "before", "grid")
        },
    }
