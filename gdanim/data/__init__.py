"""The data by name, and from files."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from gdanim.calls import build
from gdanim.data import made, texts
from gdanim.data.base import Table
from gdanim.data.digits import digits
from gdanim.data.files import is_prose, read_file
from gdanim.data.texts import Corpus, read_text
from gdanim.errors import GdanimError, did_you_mean

__all__ = ["DATA", "Corpus", "Table", "load"]

DATA: dict[str, Callable[..., Table]] = {
    "line": made.line,
    "sine": made.sine,
    "blobs": made.blobs,
    "moons": made.moons,
    "circles": made.circles,
    "xor": made.xor,
    "spiral": made.spiral,
    "digits": digits,
    "text": texts.text,
}


def load(
    call: str,
    *,
    target: str = "",
    standardize: bool = False,
    test: float = 0.0,
    test_seed: int = 0,
    words: bool | None = False,
    lang: str = "en",
) -> Table:
    """The data that `NAME`, `NAME:KEY=VALUE,…`, the name of a file, or - for standard input names.

    Args:
        target: the column that a model is to find, of a file; the last one when empty.
        standardize: whether each feature is shifted and scaled to mean 0 and standard deviation 1.
        test: what share of the rows is held out, for nothing to be learned from; 0 for none.
        test_seed: which rows these are.
        words: whether a file is read as a text, of which the table is a Corpus; where it is None, one that
            ends in .txt is, unless its second line has numbers under a header.
        lang: the language of a text of our own.

    Raises:
        GdanimError: there is no such data, or something is wrong in it.

    >>> table = load("moons:n=6,seed=3")
    >>> len(table), table.columns, table.classes, table.values.tolist()
    (6, ('x1', 'x2'), ('A', 'B'), [0.0, 1.0, 0.0, 1.0, 0.0, 1.0])
    """
    name = call.strip().partition(":")[0].strip()
    if name.lower() in DATA and not os.path.exists(call):
        if target:
            raise GdanimError(f"names a column of a file, and '{name}' is made here", where=["target"])
        table = build("data", DATA, name.lower() + call.strip()[len(name) :], lang=lang)
        table = replace(table, name=call.strip())
    elif call != "-" and not os.path.exists(call) and "." not in call and os.sep not in call:
        meant = did_you_mean(name, DATA)
        raise GdanimError(
            f"'{call}' is neither a file nor data that is made here{meant or '; gdanim list data shows all'}",
            where=["data"],
        )
    else:
        if words is None:
            words = call.lower().endswith(".txt") and not (target or standardize) and is_prose(call)
        table = read_text(call) if words else read_file(call, target)
    if isinstance(table, Corpus):
        for option, given in (("target", target), ("standardize", standardize)):
            if given:
                raise GdanimError("is for rows of numbers, and a text has none", where=[option])
    if test:
        table = table.parted(test, test_seed)
    return table.standard() if standardize else table
