"""Paths from text in columns: CSV as programs and spreadsheets write it."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable

import numpy as np

from gdanim.decoding import composed, decoded
from gdanim.errors import GdanimError, shortened
from gdanim.paths.base import NAME, Parameters, Run

MEASURED = ("L", "L_test", "accuracy", "accuracy_test", "perplexity", "perplexity_test", "η")
NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)
NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
BETWEEN = re.compile(r"[;,\t ]+")
SLOPE = re.compile(r"(?:dL/d|∂L/∂|g_)(.+)")
STATE = re.compile(r"\S+\[(.+)\]")  # as in m[w1], what an optimizer remembers
Split = Callable[[int, str], list[str]]
Lines = list[tuple[int, str]]  # numbered from 1


def read_table(data: bytes, parameters: Parameters) -> list[Run]:
    """Rows of numbers, with or without a header; a run for each value of a column `run`."""
    lines = _lines(decoded(data))
    if not lines:
        return []
    number, first = lines[0]
    words = [word for word in BETWEEN.split(first.strip("# ").replace('"', " ")) if word]
    headed = not any(NUMBER.fullmatch(word) or NOT_FINITE.fullmatch(word) for word in words)
    if not headed:
        return _rows(lines, _splitter(lines, headed=False, parameters=parameters), None, None)
    lines[0] = number, first.lstrip("#").strip() if first.startswith("#") else first
    split = _splitter(lines, headed=True, parameters=parameters)
    header = [composed(name).strip() for name in split(*lines[0])]
    return _rows(lines[1:], split, header, _kinds(header, number, parameters))


def _rows(lines: Lines, split: Split, header: list[str] | None, kinds: list[str] | None) -> list[Run]:
    runs: dict[str, list[list[float]]] = {}
    signs: set[str] = set()
    for number, line in lines:
        cells = [cell.strip() for cell in split(number, line)]
        kinds = kinds or ["theta"] * len(cells)
        if len(cells) != len(kinds):
            raise GdanimError(f"line {number} has {len(cells)} cells, and those before it have {len(kinds)}")
        row: list[float] = []
        rows = runs.setdefault(cells[kinds.index("run")] if "run" in kinds else "", [])
        for index, (cell, kind) in enumerate(zip(cells, kinds, strict=True)):
            if kind in ("run", "state"):
                continue
            place = f"line {number}, column {index + 1}" + (f" ({header[index] or 'k'})" if header else "")
            value = _number(cell, place, signs)
            if kind == "count" and value != len(rows):
                raise GdanimError(f"{place}: {value:g} stands where the iterates count {len(rows)}")
            if kind == "theta":
                row.append(value)
        rows.append(row)
    names = (
        tuple(n for n, kind in zip(header, kinds or [], strict=True) if kind == "theta") if header else None
    )
    return [Run(np.array(rows, dtype=np.float64), names, label) for label, rows in runs.items()]


def _kinds(header: list[str], line: int, parameters: Parameters) -> list[str]:
    """What each column is: "theta", "run", "count", "state", or "other" that trace writes."""
    kinds = []
    for index, name in enumerate(header):
        slope, state = SLOPE.fullmatch(name), STATE.fullmatch(name)
        if header.count(name) > 1:
            raise GdanimError(f"line {line}: two columns are called '{shortened(name)}'")
        if parameters is not None and name in parameters:
            kinds.append("theta")
        elif name == "run":
            kinds.append("run")
        elif name == "k" or (not name and index == 0):  # pandas leaves the name of its own empty
            kinds.append("count")
        elif name in MEASURED or (slope and slope[1] in header):
            kinds.append("other")
        elif state and state[1] in header:
            kinds.append("state")
        elif parameters is None and NAME.fullmatch(name):
            kinds.append("theta")
        else:
            known = (
                "" if parameters is None else f"; those of the loss are {shortened(', '.join(parameters))}"
            )
            place = f"line {line}, column {index + 1}"
            raise GdanimError(f"{place}: '{shortened(name)}' is no parameter's name{known}")
    missing = [name for name in parameters or () if name not in header]
    if missing:
        raise GdanimError(f"line {line}: no column is called '{missing[0]}'")
    if "theta" not in kinds:
        raise GdanimError(f"line {line}: no column is a parameter's")
    return kinds


def _lines(text: str) -> Lines:
    """From the header, or the first numbers, to the end; comments before them are left out."""
    lines = [(i, line.strip(" ")) for i, line in enumerate(re.split(r"\r\n|\n|\r", text), 1)]
    filled = [i for i, (_, line) in enumerate(lines) if line.strip()]
    lines = lines[filled[0] : filled[-1] + 1] if filled else []
    while lines and (not lines[0][1].strip() or (lines[0][1].startswith("#") and not _heads(lines))):
        lines.pop(0)
    for number, line in lines:
        if not line.strip():
            raise GdanimError(f"line {number} is empty, in the middle of the path")
    return lines


def _heads(lines: Lines) -> bool:
    """Whether a comment is the header of the next line: as numpy writes one."""
    names, below = lines[0][1].strip("# \t"), lines[1][1].strip() if len(lines) > 1 else ""
    if not names or not below or below.startswith("#"):
        return False
    return len(BETWEEN.split(names)) == len(BETWEEN.split(below))


def _splitter(lines: Lines, *, headed: bool, parameters: Parameters) -> Split:
    """How a line falls into cells, by what stands between those of the first."""
    number, first = lines[0]
    delimiter = _delimiter(number, re.sub(r'"[^"]*"', "", first), headed=headed)
    alone = parameters is None or len(parameters) == 1
    if delimiter == "," and not headed and alone and all(_may_be_decimal(line) for _, line in lines):
        raise GdanimError(
            f"line {number}: '{shortened(first)}' may be two columns or a decimal comma; write a header"
            " above, or a decimal point"
        )

    def cells(number: int, line: str) -> list[str]:
        if not delimiter:
            return line.split()
        try:
            return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True))
        except csv.Error as error:
            raise GdanimError(f"line {number}: {error}") from None

    return cells


def _delimiter(number: int, first: str, *, headed: bool) -> str:
    """What stands between the columns; "" for spaces, or for nothing where there is one column."""
    for sign in ";\t":
        if sign in first:
            return sign
    if "," not in first:
        return ""
    spaced, tight = re.search(r",\s", first), re.search(r"\d,\d", first)
    if headed or not tight:
        return ","
    if spaced:
        raise GdanimError(f"line {number}: a comma may be a decimal sign here or stand between columns")
    return "" if re.search(r"\s", first) else ","


def _may_be_decimal(line: str) -> bool:
    return line.count(",") == 1 and "." not in line


def _number(cell: str, place: str, signs: set[str]) -> float:
    """The number in a cell; `signs` gathers the decimal signs that were met."""
    if not cell:
        raise GdanimError(f"{place} is empty")
    text = cell.replace("\N{MINUS SIGN}", "-")
    match = NUMBER.fullmatch(text)
    if not match:
        kind = "finite" if NOT_FINITE.fullmatch(text) else "a number"
        raise GdanimError(f"{place}: '{shortened(cell)}' is not {kind}")
    signs |= {sign for sign in ".," if sign in text}
    if len(signs) > 1:
        problem = f"'{shortened(cell)}' has another decimal sign than a number before it"
        raise GdanimError(f"{place}: {problem}")
    value = float(text.replace(",", "."))
    if not math.isfinite(value):
        raise GdanimError(f"{place}: '{shortened(cell)}' is too large")
    return value
