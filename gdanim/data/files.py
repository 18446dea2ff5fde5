"""Data from files: CSV with a header, as programs and spreadsheets write it, and numpy's npz."""

from __future__ import annotations

import csv
import re
import sys
from typing import NamedTuple

import numpy as np

from gdanim.data.arrays import from_npz
from gdanim.data.base import MOST_CLASSES, Array, Table, column_of
from gdanim.decoding import composed, decoded
from gdanim.errors import FAILED, GdanimError, ending, shortened

LARGEST = 512 * 2**20  # bytes
SIGNS = {";": "semicolons", "\t": "tabs", ",": "commas", " ": "spaces"}
MISSING = re.compile(r"|nan|na|n/a|null|none|\?|-|\.", re.IGNORECASE)
# A number with a sign of money, a unit of per cent, or something between its thousands; and a date.
NEARLY = re.compile(
    r"[$€£¥]\s*[+-]?\d[\d.,\s]*|[+-]?\d[\d.,\s]*\s*[%$€£¥]|[+-]?\d{1,3}([.,'\s]\d{3})+([.,]\d+)?"
    r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
)
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)


class Cells(NamedTuple):
    """A file in columns of text.

    Attributes:
        names: of the columns.
        columns: each of m cells.
        lines: (m,), where each row ends in the file, from 1.
        delimiter: what stands between the columns.
    """

    names: tuple[str, ...]
    columns: list[list[str]]
    lines: list[int]
    delimiter: str


def read_file(name: str, target: str = "") -> Table:
    """The table in a file; "-" is standard input.

    Args:
        target: the name of its column; the last one when empty.

    Raises:
        GdanimError: it cannot be read, or what is wrong in it, with the line and the column.
    """
    data = bytes_of(name)
    label = "standard input" if name == "-" else name
    try:
        if data[:2] == b"PK":
            return from_npz(label, data, target)
        if data[:6] == b"\x93NUMPY":
            raise GdanimError(
                "is an npy, whose columns have no names; an npz with an array for each has them"
            )
        return _from_text(label, data, target)
    except GdanimError as error:
        text = " (of a text --model next-word learns)" if label.lower().endswith(".txt") else ""
        raise GdanimError(f"{ending(label)}: {error.problem}{text}", where=error.where or ["data"]) from None


def is_prose(name: str) -> bool:
    """Whether a file has no number in its second line under as many names in its first."""
    try:
        text = decoded(bytes_of(name))
    except GdanimError as error:
        if error.exit_code == FAILED:
            raise
        return True  # what is wrong with it is said line by line where texts are read
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return bool(lines)
    sign = _delimiter(lines[0])
    header, first = ([cell.strip() for cell in _split(line, sign)] for line in lines[:2])
    return len(header) != len(first) or not any(NUMBER.fullmatch(cell) for cell in first)


def bytes_of(name: str) -> bytes:
    try:
        if name == "-":
            data = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with open(name, "rb") as file:
                data = file.read(LARGEST + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise GdanimError(f"cannot read '{name}': {reason}", where=["data"], exit_code=FAILED) from None
    if len(data) > LARGEST:
        raise GdanimError(f"'{name}' is larger than {LARGEST // 2**20} MiB", where=["data"])
    return data


def _from_text(name: str, data: bytes, target: str) -> Table:
    cells = _cells(data)
    chosen = column_of(cells.names, target)
    decimals: set[str] = set()
    numbers = {i: _numbers(cells, i, decimals) for i in range(len(cells.names)) if i != chosen}
    column = cells.columns[chosen]
    classes: tuple[str, ...] = ()
    if not any(NUMBER.fullmatch(cell) for cell in set(column)):
        for row, cell in enumerate(column):
            if MISSING.fullmatch(cell):
                raise _missing(cells, row, chosen)
        if all(NEARLY.fullmatch(cell) for cell in set(column)):
            raise GdanimError(
                f"{_where(cells, 0, chosen)}: '{shortened(column[0])}' is neither a number nor the name of a"
                " class; write the number alone, as 1234.5"
            )
        classes, values = _classes(cells.names[chosen], column)
    else:
        values = _numbers(cells, chosen, decimals)
    said = f" with {len(classes)} classes" if classes else ""
    features = [i for i in range(len(cells.names)) if i != chosen]
    sign = "decimal commas" if "," in decimals else "decimal points"
    columns = tuple(cells.names[i] for i in features)
    note = (
        f"{ending(name)} has {len(column):,} row{'s' if len(column) > 1 else ''}:"
        f" {shortened(', '.join(columns))}, and {cells.names[chosen]} as the target{said};"
        f" {SIGNS[cells.delimiter]} between columns, {sign}"
    )
    return Table(
        name,
        columns,
        np.stack([numbers[i] for i in features], axis=1),
        cells.names[chosen],
        values,
        classes,
        notes=(note,),
    )


def _cells(data: bytes) -> Cells:
    """The columns of a text, every row as long as the header."""
    text = decoded(data, remedy="; save it as CSV in UTF-8", instead="; CSV and npz are read")
    lines = text.splitlines()
    first = next((i for i, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise GdanimError("is empty; a header and rows of numbers are read")
    delimiter = _delimiter(lines[first])
    if delimiter == " ":
        lines = [re.sub("[ \t]+", " ", line.strip()) for line in lines]
    quoted = '"' in text  # and so a cell may be of several lines
    ended = [line + "\n" for line in lines[first:]] if quoted else lines[first:]
    reader = csv.reader(ended, delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        numbered = [(first + reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        raise GdanimError(_misquoted(lines, first, reader.line_num, error)) from None
    (line, header), rows = numbered[0], numbered[1:]
    names = _header(line, [" ".join(composed(cell).strip().removeprefix("#").split()) for cell in header])
    if not rows:
        raise GdanimError("has a header and no rows")
    for number, row in rows:
        if len(row) != len(names):
            raise GdanimError(
                f"line {number} has {len(row)} cell{'s' if len(row) > 1 else ''}, and the header has"
                f" {len(names)}; every row needs as many (a decimal comma needs semicolons between columns)"
            )
    whole = (lambda cell: " ".join(cell.split())) if quoted else str.strip
    columns = [[whole(cell) for cell in column] for column in zip(*(row for _, row in rows), strict=True)]
    return Cells(names, columns, [number for number, _ in rows], delimiter)


def _misquoted(lines: list[str], first: int, read: int, error: csv.Error) -> str:
    """What is wrong with a quotation mark, and where it stands."""
    if "unexpected end" not in str(error):
        return (
            f"line {first + read}: something stands after a closing quotation mark; write a mark inside"
            ' others twice, as in "6"" nails"'
        )
    marks, opened = 0, first + 1
    for number, line in enumerate(lines[first:], first + 1):
        opened = number if marks % 2 == 0 and '"' in line else opened
        marks += line.count('"')
    return f"line {opened}: a quotation mark is opened and not closed; close it, or leave it out"


def _split(line: str, sign: str) -> list[str]:
    return line.split() if sign == " " else line.split(sign)


def _delimiter(header: str) -> str:
    bare = re.sub(r'"[^"]*"', "", header).strip()
    return next((sign for sign in SIGNS if sign in bare), ",")


def _header(line: int, names: list[str]) -> tuple[str, ...]:
    for place, name in enumerate(names, 1):
        if NUMBER.fullmatch(name):
            raise GdanimError(
                f"line {line}, column {place} is '{name}': the first line must be a header; write the names"
                " of the columns above the numbers"
            )
        if not name:
            raise GdanimError(f"line {line}, column {place} has no name; write one in the header")
        if names.count(name) > 1:
            raise GdanimError(f"line {line}: two columns are called '{shortened(name)}'; rename one")
    if len(names) < 2:
        raise GdanimError(
            f"line {line} names one column, '{shortened(names[0])}'; a feature and a target are needed, with"
            " a comma, a semicolon or a tab between"
        )
    return tuple(names)


def _numbers(cells: Cells, index: int, decimals: set[str]) -> Array:
    """A column as numbers; `decimals` gathers the decimal signs that were met."""
    column = cells.columns[index]
    whole = "".join(column)
    if "," in whole:
        decimals.add(",")
    if "." in whole:
        decimals.add(".")
    if cells.delimiter == "," and "," in whole:
        _check_thousands(cells, index)
    try:
        text = [cell.replace(",", ".") for cell in column] if "," in whole else column
        text = [cell.replace("\N{MINUS SIGN}", "-") for cell in text] if "\N{MINUS SIGN}" in whole else text
        values = np.array(text).astype(np.float64)
    except ValueError:
        values = np.full(len(column), np.nan)
    if len(decimals) < 2 and "_" not in whole and np.isfinite(values).all():
        return values
    raise _wrong(cells, index)


def _check_thousands(cells: Cells, index: int) -> None:
    """Refuse "1,234" between commas: nobody knows whether its comma stands between thousands."""
    marked = [row for row, cell in enumerate(cells.columns[index]) if "," in cell]
    if all(THOUSANDS.fullmatch(cells.columns[index][row]) for row in marked):
        cell = cells.columns[index][marked[0]]
        raise GdanimError(
            f"{_where(cells, marked[0], index)}: the comma in '{cell}' may stand between thousands or before"
            f" decimals; write {cell.replace(',', '')} or {cell.replace(',', '.')}"
        )


def _where(cells: Cells, row: int, index: int) -> str:
    return f"line {cells.lines[row]}, column {index + 1} ({shortened(cells.names[index])})"


def _wrong(cells: Cells, index: int) -> GdanimError:
    """What is wrong with the first cell of a column that is no number."""
    for row, cell in enumerate(cells.columns[index]):
        where = _where(cells, row, index)
        plain = cell.replace("\N{MINUS SIGN}", "-")
        if MISSING.fullmatch(cell):
            return _missing(cells, row, index)
        if not NUMBER.fullmatch(plain):
            return GdanimError(
                f"{where}: '{shortened(cell)}' is not a number; mend it, or leave the column out"
            )
        if not np.isfinite(float(plain.replace(",", "."))):
            return GdanimError(f"{where}: '{shortened(cell)}' is too large")
    return GdanimError(
        f"column {index + 1} ({shortened(cells.names[index])}): the decimal sign is a comma in some numbers"
        " of the file and a point in others; write one of them throughout"
    )


def _missing(cells: Cells, row: int, index: int) -> GdanimError:
    where = _where(cells, row, index)
    cell = cells.columns[index][row]
    what = f"is '{cell}', a missing value" if cell else "is empty"
    return GdanimError(f"{where} {what}; fill it in, or leave the row out")


def _classes(target: str, column: list[str]) -> tuple[tuple[str, ...], Array]:
    """Names of classes, sorted, and the number of each row's."""
    names, numbers = np.unique(np.array(column), return_inverse=True)
    if len(names) > MOST_CLASSES:
        raise GdanimError(
            f"the target '{target}' has {len(names)} different words; up to {MOST_CLASSES} are taken for"
            " classes (see --target)",
            where=["target"],
        )
    if len(names) == len(column) > 2:
        raise GdanimError(
            f"the target '{target}' has another word in every row ('{shortened(str(names[0]))}',"
            f" '{shortened(str(names[1]))}', …), and these are no classes (see --target)",
            where=["target"],
        )
    return tuple(map(str, names)), numbers.astype(np.float64)
