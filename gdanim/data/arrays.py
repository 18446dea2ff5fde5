"""Data in numpy's npz: an array for each column, or one for all features."""

from __future__ import annotations

import io
import zipfile

import numpy as np

from gdanim.data.base import Array, Table, column_of
from gdanim.decoding import composed
from gdanim.errors import GdanimError, ending, shortened


def from_npz(name: str, data: bytes, target: str) -> Table:
    """X (m, d) and y (m,), or a one-dimensional array for each column."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {key: np.asarray(file[key]) for key in file.files}
    except (ValueError, OSError, zipfile.BadZipFile, EOFError):
        raise GdanimError("is not an npz of numbers") from None
    columns: dict[str, Array] = {}
    for key, array in arrays.items():
        if array.dtype.kind not in "fiub":
            raise GdanimError(f"array '{shortened(key)}' does not hold numbers")
        if array.ndim not in (1, 2):
            raise GdanimError(
                f"array '{shortened(key)}' is {array.ndim}-dimensional; rows of columns are read"
            )
        one = array.ndim == 1 or array.shape[1] == 1
        for i, column in enumerate((array[:, None] if array.ndim == 1 else array).T):
            column_name = composed(key.lower()) + ("" if one else str(i + 1))
            if column_name in columns:
                raise GdanimError(f"two of its columns are called '{shortened(column_name)}'; rename one")
            columns[column_name] = column.astype(np.float64)
    if len({len(column) for column in columns.values()}) > 1:
        lengths = ", ".join(f"{key} {len(column)}" for key, column in columns.items())
        raise GdanimError(f"its columns have different lengths: {shortened(lengths)}")
    if len(columns) < 2:
        held = f"one column, '{shortened(next(iter(columns)))}'" if columns else "no columns"
        raise GdanimError(f"holds {held}; a feature and a target are needed, as in X and y")
    names = tuple(columns)
    chosen = names[column_of(names, target or ("y" if "y" in names else ""))]
    if not len(columns[chosen]):
        raise GdanimError("has no rows")
    for key, column in columns.items():
        if not np.isfinite(column).all():
            row = int(np.argmin(np.isfinite(column)))
            raise GdanimError(f"row {row + 1} of '{shortened(key)}' is {column[row]:g}, which is not finite")
    features = tuple(key for key in names if key != chosen)
    note = (
        f"{ending(name)} has {len(columns[chosen]):,} rows: {shortened(', '.join(features))}, and {chosen}"
        " as the target"
    )
    return Table(
        name,
        features,
        np.stack([columns[key] for key in features], axis=1),
        chosen,
        columns[chosen],
        notes=(note,),
    )
