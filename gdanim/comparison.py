"""What tells compared runs from each other, and what they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from gdanim.descent import Trajectory
from gdanim.runs import RUN_OPTIONS
from gdanim.text import digits_of


def _typed(value: float) -> str:
    """As one types it; of a number with many digits the first six."""
    return f"{value:.{digits_of(value, 6, 12)}g}"


# What may differ, in the order in which it is said: name → what it is of a run.
FACTS: dict[str, Callable[[Trajectory], Any]] = {
    "optimizer": lambda run: run.optimizer,
    "learning_rate": lambda run: run.learning_rate,
    "start": lambda run: run.theta[0].tolist(),
    "schedule": lambda run: run.schedule,
    "noise": lambda run: run.noise,
    "batch_size": lambda run: run.batch_size,
    "seed": lambda run: run.seed,
}
WORDS: dict[str, Callable[[Trajectory], str]] = {
    "optimizer": lambda run: run.optimizer,
    "learning_rate": lambda run: f"lr={_typed(run.learning_rate)}",
    "start": lambda run: "start=" + ",".join(_typed(float(x)) for x in run.theta[0]),
    "schedule": lambda run: f"schedule={run.schedule}",
    "noise": lambda run: f"noise={_typed(run.noise)}",
    "batch_size": lambda run: f"batch_size={run.batch_size or 'all'}",
    "seed": lambda run: f"seed={run.seed}",
}


def differing(runs: Sequence[Trajectory]) -> list[str]:
    """The facts that are not the same for all runs; none where all were recorded.

    Of a recorded path only its start is known, and that is all that a run can share with one.
    """
    if all(run.recorded for run in runs):
        return []
    known = [{name: _known(run, name, runs) for name in FACTS} for run in runs]
    return [name for name in FACTS if any(facts[name] != known[0][name] for facts in known[1:])]


def _known(run: Trajectory, name: str, runs: Sequence[Trajectory]) -> Any:
    """A fact of a run; None where there is none to know, as of the seed where only others are noisy."""
    if run.recorded and name != "start":
        return None
    if name == "seed" and not run.noisy and any(other.noisy for other in runs):
        return None
    return FACTS[name](run)


def telling(run: Trajectory, runs: Sequence[Trajectory]) -> list[str]:
    """The facts that tell a run from the others.

    What nobody would say of it, as that its schedule is constant, is left out beside what tells more.
    """
    names = differing(runs)
    unsaid = {"schedule"} if run.schedule == RUN_OPTIONS["schedule"].default else set()
    unsaid |= set() if run.noise else {"noise"}
    unsaid |= set() if run.batch_size else {"batch_size"}
    unsaid |= set() if run.noisy else {"seed"}
    return [name for name in names if name not in unsaid] or [n for n in names if n != "seed"] or names


def shared(runs: Sequence[Trajectory]) -> list[str]:
    """The facts that are the same for all runs; none where all were recorded."""
    different = differing(runs)
    return [name for name in FACTS if name not in different] if any(not r.recorded for r in runs) else []


def labelled(runs: Iterable[Trajectory]) -> tuple[Trajectory, ...]:
    """The runs with what tells each from the others: only what differs; nothing where there is one.

    >>> from gdanim import Spec, trace
    >>> [run.label for run in trace(Spec(learning_rate=(0.1, 0.5), iterations=1))]
    ['lr=0.1', 'lr=0.5']
    """
    known = list(runs)
    if len(known) == 1:
        return tuple(known)
    labels = [run.recorded or " ".join(WORDS[name](run) for name in telling(run, known)) for run in known]
    numbered = [
        f"{label} ({labels[: i + 1].count(label)})".strip() if labels.count(label) > 1 else label
        for i, label in enumerate(labels)
    ]
    return tuple(replace(run, label=label) for run, label in zip(known, numbered, strict=True))
