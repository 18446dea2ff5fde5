"""A path recorded elsewhere: the iterates of somebody else's descent, from CSV, JSON or npz."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

import numpy as np

from gdanim.errors import GdanimError, ending, shortened
from gdanim.losses.base import names
from gdanim.paths.arrays import read_npy, read_npz
from gdanim.paths.base import LARGEST, Parameters, Path, Run
from gdanim.paths.objects import read_json
from gdanim.paths.table import read_table

__all__ = ["READERS", "Path", "read_paths"]

MOST_ITERATES = 1_000_001
READERS: dict[str, Callable[[bytes, Parameters], list[Run]]] = {
    "csv": read_table,
    "tsv": read_table,
    "txt": read_table,
    "json": lambda data, _: read_json(data),
    "npz": lambda data, _: read_npz(data),
    "npy": lambda data, _: read_npy(data),
}


def read_paths(name: str, data: bytes, parameters: Parameters = None) -> tuple[Path, ...]:
    """The paths in a file, one for each run.

    CSV has one column a parameter: with a header, in any order and beside what `gdanim trace` writes (run,
    k, L, its derivatives, η, state); without one, in the parameters' order. Between columns stand commas,
    semicolons, tabs or spaces; the decimal sign is a point, or a comma where none stands between columns.
    JSON is that of `gdanim trace`, or {"theta": rows, "parameters": names}, or rows alone. npz has an array
    `theta` or one array only, (T+1,) or (T+1, n); Python objects in it are never read.

    Args:
        name: of the file, whose suffix says what is in it; where it does not, the first bytes do.
        data: all of it.
        parameters: the loss's, in whose order the columns come out; None for the file's own.

    Raises:
        GdanimError: what is wrong, with the line and the column.

    >>> read_paths("run.csv", b"k,b,a\\n0,1.5,2\\n1,1.25,3\\n", ("a", "b"))[0].theta.tolist()
    [[2.0, 1.5], [3.0, 1.25]]
    """
    try:
        if len(data) > LARGEST:
            raise GdanimError(f"is larger than {LARGEST // 2**20} MiB")
        runs = READERS[_kind(name, data)](data, parameters)
        if not runs:
            raise GdanimError("holds no iterates")
        stem = PurePath(name).stem if name != "-" else "path"
        labels = _labels([run.label for run in runs], stem)
        return tuple(_path(run, label, parameters) for run, label in zip(runs, labels, strict=True))
    except GdanimError as error:
        raise error.at("path", ending(name)) from None


def _kind(name: str, data: bytes) -> str:
    suffix = PurePath(name).suffix.lower().lstrip(".")
    if suffix in READERS:
        return suffix
    if data.startswith(b"PK"):
        return "npz"
    if data.startswith(b"\x93NUMPY"):
        return "npy"
    return "json" if data.lstrip()[:1] in (b"{", b"[") else "csv"


def _labels(given: list[str], stem: str) -> list[str]:
    """A label for each run, no two the same."""
    labels: list[str] = []
    for index, label in enumerate(given, 1):
        label = label or (stem if len(given) == 1 else f"{stem} {index}")
        while label in labels:
            label += f" ({index})"
        labels.append(label)
    return labels


def _path(run: Run, label: str, parameters: Parameters) -> Path:
    """Columns in the parameters' order, everything finite."""
    theta = run.theta
    if not theta.size:
        raise GdanimError("holds no iterates")
    if len(theta) > MOST_ITERATES:
        raise GdanimError(f"holds {len(theta)} iterates; at most {MOST_ITERATES} are read")
    n = theta.shape[1]
    if parameters is not None:
        listed = shortened(", ".join(parameters))
        if run.names is not None and set(run.names) != set(parameters):
            own = shortened(", ".join(run.names))
            raise GdanimError(f"its parameters are {own}, and the loss's are {listed}")
        if n != len(parameters):
            turned = "; it seems to lie on its side" if len(theta) == len(parameters) else ""
            columns = f"{n} number" + ("s" if n > 1 else "")
            raise GdanimError(
                f"has {columns} in a row, and the loss has {len(parameters)} ({listed}){turned}"
            )
    if not np.isfinite(theta).all():
        row, column = np.argwhere(~np.isfinite(theta))[0].tolist()
        raise GdanimError(
            f"iterate {row}, column {column + 1} is {theta[row, column]:g}, which is not finite"
        )
    found = run.names or parameters or names(n)
    if parameters is not None:
        theta, found = theta[:, [found.index(parameter) for parameter in parameters]], parameters
    theta = np.array(theta, dtype=np.float64, order="C")
    theta.flags.writeable = False
    return Path(theta, found, label)
