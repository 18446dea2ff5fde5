"""The numbers of a descent as text: a table to read, CSV and JSON for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from gdanim.descent import Trajectory
from gdanim.text import Text
from gdanim.verdict import verdict

Runs = Sequence[Trajectory]


def columns(run: Trajectory, rate: bool = False) -> list[str]:
    """Column names: k, the parameters, L, its derivatives (g where noise was added), η where it moves.

    >>> from gdanim import Spec, trace
    >>> columns(trace(Spec())[0])
    ['k', 'w', 'L', 'dL/dw']
    """
    d = "d" if len(run.parameters) == 1 else "∂"
    slopes = [f"g_{p}" if run.noise else f"{d}L/{d}{p}" for p in run.parameters]
    return ["k", *run.parameters, "L", *slopes, *(["η"] if rate else [])]


def moving(run: Trajectory) -> bool:
    """Whether the learning rate changes."""
    return float(run.rates.max()) > float(run.rates.min())


def rows(run: Trajectory, rate: bool = False) -> Iterator[list[float]]:
    """One row an iterate, in the order of `columns`."""
    for k in range(run.iterations + 1):
        eta = [float(run.rates[k])] if rate else []
        yield [k, *run.theta[k].tolist(), float(run.loss[k]), *run.gradient[k].tolist(), *eta]


def table(runs: Runs, text: Text | None = None) -> Iterator[str]:
    """Aligned columns, eight significant digits, runs set apart by an empty line.

    Args:
        text: the language of the verdict under each run; English when None. Numbers keep the point.
    """
    for index, run in enumerate(runs):
        if index:
            yield ""
        if run.label:
            yield run.label
        cells = [[str(row[0]), *(f"{value:.8g}" for value in row[1:])] for row in rows(run, moving(run))]
        lines = [columns(run, moving(run)), *cells]
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        for line in lines:
            yield "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        yield ""
        yield verdict(run.outcome, text or Text("en"), float(run.rates.max()))


def as_csv(runs: Runs, text: Text | None = None) -> Iterator[str]:
    """RFC 4180 with a header; every digit of every number; a column `run` where there are several.

    It has no words, and `text` changes nothing.
    """
    several, rate = len(runs) > 1, any(map(moving, runs))
    for index, run in enumerate(runs):
        if index == 0:
            yield _csv_line([*(["run"] if several else []), *columns(run, rate)])
        for row in rows(run, rate):
            yield _csv_line([*([run.label] if several else []), *(repr(value) for value in row)])


def as_json(runs: Runs, text: Text | None = None) -> Iterator[str]:
    """One object with a list `runs`; `text` is the language of each outcome's sentence."""
    yield json.dumps(
        {"runs": [_plain(run, text or Text("en")) for run in runs]}, indent=2, ensure_ascii=False
    )


NUMBERS: dict[str, Callable[..., Iterator[str]]] = {  # (runs, text) → lines
    "table": table,
    "csv": as_csv,
    "json": as_json,
}


def _plain(run: Trajectory, text: Text) -> dict[str, Any]:
    return {
        "label": run.label,
        "optimizer": run.optimizer,
        "learning_rate": None if run.recorded else run.learning_rate,
        "parameters": list(run.parameters),
        "theta": run.theta.tolist(),
        "loss": run.loss.tolist(),
        "gradient": run.gradient.tolist(),
        "outcome": {
            **run.outcome.facts(),
            "sentence": verdict(run.outcome, text, float(run.rates.max())),
        },
        **({"noise": run.noise} if run.noise else {}),
        **({"learning_rates": run.rates.tolist()} if moving(run) else {}),
    }


def _csv_line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(cells)
    return buffer.getvalue()
