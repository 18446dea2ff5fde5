"""Table: features and a target, row by row; what models learn from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from gdanim.errors import GdanimError, unknown

Array = npt.NDArray[np.float64]
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
    """

    name: str
    columns: tuple[str, ...]
    features: Array
    target: str
    values: Array
    classes: tuple[str, ...] = ()
    standardized: bool = False
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

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
            self, columns=columns, features=self.features[:, [self.columns.index(c) for c in columns]]
        )

    def standard(self) -> Table:
        """The same with features of mean 0 and standard deviation 1: (x − mean)/deviation.

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
        return replace(self, features=(self.features - mean) / deviation, standardized=True)

    def in_classes(self) -> Table:
        """The same with its numbers taken for classes, by size.

        Raises:
            GdanimError: there is one class only, or there are too many.
        """
        table = self
        if not self.classes:
            found, numbers = np.unique(self.values, return_inverse=True)
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
            table = replace(self, values=numbers.astype(np.float64), classes=names)
        if len(table.classes) < 2:
            raise GdanimError(
                f"{self.name}: the target '{self.target}' is '{table.classes[0]}' in every row; a classifier"
                " learns from two classes at least",
                where=["data"],
            )
        return table
