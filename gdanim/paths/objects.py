"""Paths from JSON: that of `gdanim trace`, or rows of numbers."""

from __future__ import annotations

import json
from typing import Any, NoReturn

import numpy as np

from gdanim.errors import GdanimError, shortened
from gdanim.losses.base import Array
from gdanim.paths.base import NAME, Parameters, Run


def read_json(data: bytes) -> list[Run]:
    """`{"runs": [run, …]}`, one run, or its rows; a run has "theta", and may have "parameters", "label"."""
    try:
        document = json.loads(data, parse_constant=_not_finite)
    except json.JSONDecodeError as error:
        raise GdanimError(f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except (UnicodeDecodeError, RecursionError, MemoryError):
        raise GdanimError("is not JSON that can be read") from None
    except ValueError as error:  # a whole number of thousands of digits
        raise GdanimError(f"holds a number that is not read ({error})") from None
    if isinstance(document, dict) and "runs" in document:
        runs = document["runs"]
        if not isinstance(runs, list):
            raise GdanimError("'runs' is not a list of runs")
        return [_run(run, f"run {i}: " if len(runs) > 1 else "") for i, run in enumerate(runs, 1)]
    return [_run(document, "")]


def _not_finite(word: str) -> NoReturn:
    raise GdanimError(f"holds {word}; a path is finite")


def _run(run: Any, where: str) -> Run:
    if isinstance(run, list):
        run = {"theta": run}
    if not isinstance(run, dict) or not isinstance(run.get("theta"), list):
        raise GdanimError(f"{where}has no list 'theta' of iterates")
    label = run.get("label") or ""
    if not isinstance(label, str):
        raise GdanimError(f"{where}'label' is not text")
    theta = _theta(run["theta"], where)
    return Run(theta, _names(run.get("parameters"), theta.shape[1], where), label)


def _theta(rows: list[Any], where: str) -> Array:
    """(T+1, n); numbers alone are the iterates of one parameter."""
    lists = [row if isinstance(row, list) else [row] for row in rows]
    for k, row in enumerate(lists):
        if len(row) != len(lists[0]) or not row:
            problem = f"{where}iterate {k} has {len(row)} numbers, and iterate 0 has {len(lists[0])}"
            raise GdanimError(problem)
        for column, value in enumerate(row, 1):
            if isinstance(value, bool) or not isinstance(value, int | float):
                shown = shortened(json.dumps(value, ensure_ascii=False))
                raise GdanimError(f"{where}iterate {k}, column {column}: {shown} is not a number")
    try:
        return np.array(lists, dtype=np.float64).reshape(len(lists), -1 if lists else 1)
    except OverflowError:
        raise GdanimError(f"{where}holds a number that is too large") from None


def _names(given: Any, n: int, where: str) -> Parameters:
    if given is None:
        return None
    names = tuple(given) if isinstance(given, list) else ()
    if not all(isinstance(name, str) and NAME.fullmatch(name) for name in names) or len(set(names)) != n:
        raise GdanimError(f"{where}'parameters' are not {n} different names")
    return names if len(names) == n else None
