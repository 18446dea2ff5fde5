"""Table: features and a target, row by row; what models learn from."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from gdanim.decoding import composed
from gdanim.errors import GdanimError, unknown

Array = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
MOST_CLASSES = 20


@dataclass(frozen=True, eq=False)
class Table:
    """Rows of numbers with a target each.

    Attributes:
        name: as `--data` takes it.
        columns: names of the d features.
        features: (m, d).
        target: its name.
        values: (m,), the target; of classes their numbers, from 0.
        classes: their names; none where the target is a number.
        standardized: whether the features have mean 0 and standard deviation 1.
        notes: what was found out about it, a sentence each.
        held: further rows, from which nothing is learned; None where there are none.
    """

    name: str
    columns: tuple[str, ...]
    features: Array
    target: str
    values: Array
    classes: tuple[str, ...] = ()
    standardized: bool = False
    notes: tuple[str, ...] = ()
    held: Table | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def alike(self) -> bool:
        """Whether its features are in one unit: deviations, or columns told apart by an index, x1 and x2."""
        stems = {re.sub(r"[\d_]+$", "", column) for column in self.columns}
        return self.standardized or len(stems) == 1

    def only(self, columns: tuple[str, ...]) -> Table:
        """The same with these of its features.

        Raises:
            GdanimError: there is no such column.
        """
        for column in columns:
            if column not in self.columns:
                raise unknown("column", column, self.columns, where="data")
        if columns == self.columns:
            return self
        return replace(
            self,
            columns=columns,
            features=self.features[:, [self.columns.index(c) for c in columns]],
            held=self.held and self.held.only(columns),
        )

    def parted(self, share: float, seed: int) -> Table:
        """The same with a share of its rows held out, drawn at random; `held` has them.

        Raises:
            GdanimError: there are too few rows for both parts.
        """
        (kept, held), note = drawn_out(len(self), share, seed, "row")
        return replace(self._rows(kept), notes=(*self.notes, note), held=self._rows(held))

    def _rows(self, rows: npt.NDArray[np.int64]) -> Table:
        return replace(self, features=self.features[rows], values=self.values[rows])

    def standard(self) -> Table:
        """The same with features of mean 0 and standard deviation 1: (x − mean)/deviation.

        Rows that are held out are shifted and scaled alike, and do not count in mean and deviation.

        Raises:
            GdanimError: a column has the same number in all rows, and so no deviation.
        """
        mean, deviation = self.features.mean(axis=0), self.features.std(axis=0)
        for column, m, s in zip(self.columns, mean, deviation, strict=True):
            if not s > 1e-12 * abs(m):
                raise GdanimError(
                    f"column '{column}' of {self.name} is {m:g} in every row and cannot be standardized;"
                    " leave it out",
                    where=["standardize"],
                )
        held = self.held and replace(
            self.held, features=(self.held.features - mean) / deviation, standardized=True
        )
        return replace(self, features=(self.features - mean) / deviation, standardized=True, held=held)

    def in_classes(self) -> Table:
        """The same with its numbers taken for classes, by size.

        Raises:
            GdanimError: there is one class only, or there are too many, or one is only among the rows that
                are held out.
        """
        table = self
        if not self.classes:
            held = np.zeros(0) if self.held is None else self.held.values
            found, numbers = np.unique(np.concatenate([self.values, held]), return_inverse=True)
            if len(found) > MOST_CLASSES:
                raise GdanimError(
                    f"the target '{self.target}' of {self.name} has {len(found):,} different numbers; up to"
                    f" {MOST_CLASSES} are taken for classes",
                    where=["data"],
                )
            if len(found) > 2 and (found != np.round(found)).any():
                odd = found[found != np.round(found)][0]
                raise GdanimError(
                    f"the target '{self.target}' of {self.name} has numbers such as {odd:g}, which are no"
                    " classes; learn numbers with --cost squared",
                    where=["data"],
                )
            names = tuple(f"{value:g}" for value in found)
            values = numbers.astype(np.float64)
            table = replace(
                self,
                values=values[: len(self)],
                classes=names,
                held=self.held and replace(self.held, values=values[len(self) :], classes=names),
            )
        if len(table.classes) < 2:
            raise GdanimError(
                f"{self.name}: the target '{self.target}' is '{table.classes[0]}' in every row; a classifier"
                " learns from two classes at least",
                where=["data"],
            )
        missing = sorted(set(range(len(table.classes))) - set(table.values.astype(int).tolist()))
        if table.held is not None and missing:
            raise GdanimError(
                f"all rows of class '{table.classes[missing[0]]}' are held out, and none is left to learn"
                " from; hold out fewer, or others (--test-seed)",
                where=["test"],
            )
        return table


def drawn_out(m: int, share: float, seed: int, what: str) -> tuple[tuple[Numbers, Numbers], str]:
    """The numbers of those of m that are learned from and of those held out, each in order; and a note.

    Args:
        what: each of them is.

    Raises:
        GdanimError: there are too few for both parts.
    """
    count = round(share * m)
    if not 0 < count < m:
        left = "none is held out" if count < 1 else "none is left to learn from"
        raise GdanimError(
            f"of {m:,} {what}{'s' if m > 1 else ''} a share of {share:g} is {count}, and {left}",
            where=["test"],
        )
    order = np.random.default_rng(seed).permutation(m)
    note = (
        f"{count:,} of {m:,} {what}s are held out, drawn at random (--test-seed {seed}); nothing is learned"
        " from them"
    )
    return (np.sort(order[count:]), np.sort(order[:count])), note


def column_of(names: tuple[str, ...], target: str) -> int:
    """The number of the column of that name; of the last where it is empty."""
    target = composed(target)
    if not target:
        return len(names) - 1
    if target not in names:
        raise unknown("column", target, names, where="target")
    return names.index(target)
