"""The numbers of a descent as text: a table to read, CSV and JSON for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from gdanim.descent import Trajectory
from gdanim.replay import States
from gdanim.text import Text
from gdanim.verdict import verdict

Runs = Sequence[Trajectory]


NOTHING: States = {}


def columns(run: Trajectory, rate: bool = False, states: States = NOTHING) -> list[str]:
    """Column names: k, the parameters, L, what else measures it, its derivatives, η where it moves.

    g stands for what was used in place of the loss's own derivatives. Then each part of the optimizer's
    state, as in m[w1], m[w2].

    >>> from gdanim import Spec, trace
    >>> columns(trace(Spec())[0])
    ['k', 'w', 'L', 'dL/dw']
    """
    d = "d" if len(run.parameters) == 1 else "∂"
    slopes = [f"g_{p}" if run.noisy else f"{d}L/{d}{p}" for p in run.parameters]
    return [
        "k",
        *run.parameters,
        "L",
        *run.measures,
        *slopes,
        *(["η"] if rate else []),
        *state_columns(run, states),
    ]


def state_columns(run: Trajectory, states: States) -> list[str]:
    """A name for each number of a state: m[w1], m[w2], and Πμ[k] of a part that all parameters share.

    No parameter can be called so, and --path knows them by it.
    """
    return [
        column
        for name, values in states.items()
        for column in ([f"{name}[k]"] if values.ndim == 1 else [f"{name}[{p}]" for p in run.parameters])
    ]


def moving(run: Trajectory) -> bool:
    """Whether the learning rate changes."""
    return float(run.rates.max()) > float(run.rates.min())


def rows(run: Trajectory, rate: bool = False, states: States = NOTHING) -> Iterator[list[float]]:
    """One row an iterate, in the order of `columns`."""
    for k in range(run.iterations + 1):
        eta = [float(run.rates[k])] if rate else []
        state = [float(value) for values in states.values() for value in np.atleast_1d(values[k])]
        losses = [float(run.loss[k]), *(float(values[k]) for values in run.measures.values())]
        yield [k, *run.theta[k].tolist(), *losses, *run.gradient[k].tolist(), *eta, *state]


def table(runs: Runs, text: Text | None = None, states: Sequence[States] = ()) -> Iterator[str]:
    """Aligned columns, eight significant digits, runs set apart by an empty line.

    Args:
        text: the language of the verdict under each run; English when None. Numbers keep the point.
        states: what is printed of each run's optimizer; nothing when empty.
    """
    for index, (run, state) in enumerate(zip(runs, states or [NOTHING] * len(runs), strict=True)):
        if index:
            yield ""
        if run.label:
            yield run.label
        cells = [
            [str(row[0]), *(f"{value:.8g}" for value in row[1:])] for row in rows(run, moving(run), state)
        ]
        lines = [columns(run, moving(run), state), *cells]
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        for line in lines:
            yield "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        yield ""
        yield verdict(run.outcome, text or Text("en"), float(run.rates.max()))


def as_csv(runs: Runs, text: Text | None = None, states: Sequence[States] = ()) -> Iterator[str]:
    """RFC 4180 with a header; every digit of every number; a column `run` where there are several.

    A run has empty cells under the names of another optimizer's state. It has no words, and `text`
    changes nothing.
    """
    several, rate = len(runs) > 1, any(map(moving, runs))
    own = [state_columns(*pair) for pair in zip(runs, states, strict=True)] if states else [[] for _ in runs]
    named = list(dict.fromkeys(name for names in own for name in names))
    for index, run in enumerate(runs):
        if index == 0:
            yield _csv_line([*(["run"] if several else []), *columns(run, rate), *named])
        for row in rows(run, rate, states[index] if states else NOTHING):
            plain, state = row[: len(row) - len(own[index])], row[len(row) - len(own[index]) :]
            known = dict(zip(own[index], state, strict=True))
            cells = [repr(known[name]) if name in known else "" for name in named]
            yield _csv_line([*([run.label] if several else []), *map(repr, plain), *cells])


def as_json(runs: Runs, text: Text | None = None, states: Sequence[States] = ()) -> Iterator[str]:
    """One object with a list `runs`; `text` is the language of each outcome's sentence."""
    pairs = zip(runs, states or [NOTHING] * len(runs), strict=True)
    plain = [_plain(run, text or Text("en"), state) for run, state in pairs]
    yield json.dumps({"runs": plain}, indent=2, ensure_ascii=False)


NUMBERS: dict[str, Callable[..., Iterator[str]]] = {  # (runs, text, states) → lines
    "table": table,
    "csv": as_csv,
    "json": as_json,
}


def _plain(run: Trajectory, text: Text, states: States) -> dict[str, Any]:
    return {
        "label": run.label,
        "optimizer": run.optimizer,
        "learning_rate": None if run.recorded else run.learning_rate,
        "parameters": list(run.parameters),
        "theta": run.theta.tolist(),
        "loss": run.loss.tolist(),
        **{name: values.tolist() for name, values in run.measures.items()},
        "gradient": run.gradient.tolist(),
        "outcome": {
            **run.outcome.facts(),
            "sentence": verdict(run.outcome, text, float(run.rates.max())),
        },
        **({"noise": run.noise} if run.noise else {}),
        **({"batch_size": run.batch_size} if run.batch_size else {}),
        **({"learning_rates": run.rates.tolist()} if moving(run) else {}),
        **({"state": {name: values.tolist() for name, values in states.items()}} if states else {}),
    }


def _csv_line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(cells)
    return buffer.getvalue()
