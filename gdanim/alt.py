"""The alt text: what a figure shows and what happened in it, in words and in the figure's language."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

from gdanim.comparison import shared, telling
from gdanim.losses.mathtext import symbol
from gdanim.metadata import Metadata
from gdanim.plain import formula, plain
from gdanim.runs import RUN_OPTIONS
from gdanim.text import MANY, Text, abridged
from gdanim.verdict import measures_in_words, verdict
from gdanim.views.names import batches, called

if TYPE_CHECKING:
    from gdanim.descent import Trajectory
    from gdanim.losses.learned import Learned
    from gdanim.plan import Plan

LONGEST = 600  # characters, about; runs that have no room are counted
REST = 20  # of them for how many that are
LONGEST_PART = 160  # characters of a formula or a name
NABLA = r"\nabla L"
FEW = 4  # parameters whose last values are told


def metadata_of(plan: Plan) -> Metadata:
    """What a file of this figure says of itself."""
    return Metadata(title_of(plan), alt_text(plan), plan.spec.lang)


def title_of(plan: Plan) -> str:
    """The figure's title in one line; what it would be where it has none.

    >>> from gdanim import Spec
    >>> from gdanim.plan import plan
    >>> title_of(plan(Spec(loss="bowl"))), title_of(plan(Spec(title=r"Why $\\eta$ matters")))
    ('Gradient descent to minimise L(w₁, w₂)', 'Why η matters')
    """
    names = [formula(symbol(name)) for name in plan.loss.parameters]
    usual = plan.text("title", loss=f"L({', '.join(abridged(names, MANY))})")
    return plain(plan.spec.title or usual)


def alt_text(plan: Plan) -> str:
    """What is shown, what is minimised, how it descends from where, and what happened.

    >>> from gdanim import Spec
    >>> from gdanim.plan import plan
    >>> print(alt_text(plan(Spec(learning_rate=0.1, start=5, view="curve"))))
    Animation of gradient descent: the descent on the curve of the loss. Loss function L = (w − 2)². \
Learning rate η = 0.1, start 5. Still descending after 20 iterations. After 20 iterations: w = 2.035, \
L = 0.00120.
    """
    text, runs = plan.text, plan.runs
    said = [_views(plan), *_loss(plan), _settings(plan)]
    if len(runs) == 1:
        return " ".join(filter(None, [*said, _happened(plan, runs[0])]))
    last = max(run.iterations for run in runs)
    said.append(text("alt.runs", count=len(runs), iterations=last))
    clauses, room = [_clause(plan, run) for run in runs], LONGEST - REST - sum(len(part) + 1 for part in said)
    told = 1
    while told < len(clauses) and sum(len(clause) + 1 for clause in clauses[: told + 1]) <= room:
        told += 1
    rest = [text("rest", count=len(clauses) - told)] if told < len(clauses) else []
    return " ".join(filter(None, [*said, *clauses[:told], *rest]))


def _views(plan: Plan) -> str:
    text, layout = plan.text, plan.layout
    views = [text.words.get(f"alt.view.{kind.name}", kind.name) for kind in layout.kinds]
    if layout.grid:
        views = [text("alt.grid", view=views[0])]
    words = _listed(text, list(dict.fromkeys(views)))
    if plan.strip:
        return text(
            "alt.strip", iterates=_listed(text, [str(moment.k) for moment in plan.strip]), views=words
        )
    return text("alt.animation", views=words) if plan.moving else text("alt.picture", k=_k(plan), views=words)


def _loss(plan: Plan) -> Iterator[str]:
    """What is minimised: the model with its data, and the loss as a formula."""
    text, loss = plan.text, plan.loss
    if loss.table is None:
        equations = [formula(text.math(equation)) for equation in loss.equations]
        yield f"{text('loss')} {_short(_listed(text, equations))}."
        return
    learned = cast("Learned", loss)
    data = _short(os.path.basename(loss.table.name))
    rows = [text("alt.rows", rows=len(loss.table), data=data)]
    if loss.table.held is not None:
        rows.append(text("rows.held", count=len(loss.table.held)))
    yield f"{text('model')} {_short(formula(text.math(learned.model)))}; {_listed(text, rows)}."
    mean = plain(text("mean", cost=f"${text.math(learned.cost.formula)}$"))
    penalty = max(learned.decay, default=0.0)
    yield f"{text('loss')} L = {mean}{f' + {text.short(penalty)} Σ w²' if penalty else ''}."


def _settings(plan: Plan) -> str:
    """How it descends and from where, as far as that is the same for all runs."""
    computed = [run for run in plan.runs if not run.recorded]
    alone = len(plan.runs) == 1
    if not computed:
        return f"{plan.text('recorded', name=_name(plan.runs[0]))}." if alone else ""
    run, same, text = computed[0], shared(plan.runs), plan.text
    facts = [name for name in FACTS if name in same and _worth_saying(run, name)]
    words = _listed(text, [FACTS[name](text, run) for name in facts])
    return f"{_sentence(words)}." if words else ""


def _worth_saying(run: Trajectory, name: str) -> bool:
    """Whether a fact that all runs share is none that anybody would take for granted."""
    usual = {
        "optimizer": run.plain,
        "schedule": run.schedule == RUN_OPTIONS["schedule"].default,
        "noise": not run.noise,
        "batch_size": not run.batch_size,
        "seed": not run.seeded,
    }
    return not usual.get(name, False)


def _start(text: Text, run: Trajectory) -> str:
    """Where it starts, or from which random numbers."""
    if run.drawn:
        return text("drawn", sigma=text.equal(run.drawn))
    return text("from", start=text.point(run.theta[0], most=FEW))


def _noise(text: Text, run: Trajectory) -> str:
    if not run.noise:
        return text("noiseless")
    return f"{plain(text('noise', gradient=NABLA))} ({text('deviation', sigma=text.equal(run.noise))})"


# What is said of a run, in the order in which it is said.
FACTS: dict[str, Callable[[Text, Trajectory], str]] = {
    "optimizer": lambda text, run: text("alt.optimizer", name=called(text, "optimizer", run.optimizer)),
    "learning_rate": lambda text, run: text("alt.rate", rate=text.equal(run.learning_rate)),
    "schedule": lambda text, run: called(text, "schedule", run.schedule),
    "start": _start,
    "noise": _noise,
    "batch_size": lambda text, run: batches(text, run.batch_size),
    "seed": lambda text, run: text("seed", seed=run.seed),
}


def _clause(plan: Plan, run: Trajectory) -> str:
    """One of several runs: what tells it from the others, and what happened."""
    told = _listed(plan.text, _numbers(plan, run))
    return f"{_sentence(named_apart(plan, run))}: {_verdict(plan, run)}{told}."


def named_apart(plan: Plan, run: Trajectory) -> str:
    """What tells one of several runs from the others."""
    facts = [] if run.recorded else telling(run, plan.runs)
    return _name(run) if run.recorded else _listed(plan.text, [_brief(plan.text, run, f) for f in facts])


def _brief(text: Text, run: Trajectory, fact: str) -> str:
    if fact == "optimizer":
        return called(text, "optimizer", run.optimizer)
    if fact == "noise" and run.noise:
        return text("deviation", sigma=text.equal(run.noise))
    return f"η {text.equal(run.learning_rate)}" if fact == "learning_rate" else FACTS[fact](text, run)


def _happened(plan: Plan, run: Trajectory) -> str:
    """The verdict, where the picture has come that far, and the numbers that are shown last."""
    text, k = plan.text, _k(plan)
    places = [
        f"{formula(symbol(run.parameters[i]))} = {text.fixed(float(run.theta[k, i]))}" for i in _told(plan)
    ]
    places += ["…"] if len(places) < len(run.parameters) else []
    key = {0: "alt.after.none", 1: "alt.after.one"}.get(k, "alt.after")
    after = text(key, iterations=k, numbers=_listed(text, [*places, *_numbers(plan, run)]))
    return f"{_verdict(plan, run, '. ') if run.outcome.kind != 'start' else ''}{after}."


def _told(plan: Plan) -> tuple[int, ...]:
    """Indices of the parameters whose values are told."""
    count = len(plan.loss.parameters)
    return tuple(range(count)) if count <= FEW else plan.spec.chosen(plan.loss.parameters)


def _verdict(plan: Plan, run: Trajectory, end: str = "; ") -> str:
    """What happened to it, unless a picture shows an iterate before that."""
    if not plan.moving and _k(plan) < min(run.outcome.step, run.iterations):
        return ""
    return verdict(run.outcome, plan.text, float(run.rates.max())) + end


def _numbers(plan: Plan, run: Trajectory) -> list[str]:
    """The loss that is shown last, and at the end of a run what else says how good it has become."""
    k = min(_k(plan), run.iterations)
    end = measures_in_words(run, plan.text) if k == run.iterations else []
    return [f"L = {plan.text.loss(float(run.loss[k]))}", *end]


def _k(plan: Plan) -> int:
    """The iterate that is shown last."""
    return max(run.iterations for run in plan.runs) if plan.moving else plan.still.k


def _name(run: Trajectory) -> str:
    return _short(os.path.basename(run.recorded))


def _listed(text: Text, parts: list[str]) -> str:
    """With commas between, or semicolons where the comma is the decimal sign."""
    return (", " if text.decimal == "." else "; ").join(parts)


def _sentence(words: str) -> str:
    """With a capital at its beginning, unless that is a sign."""
    return words[:1].upper() + words[1:] if words[:2].isalpha() else words


def _short(words: str) -> str:
    """As much of it as there is room for."""
    return words if len(words) <= LONGEST_PART else words[: LONGEST_PART - 2].rstrip() + " …"
