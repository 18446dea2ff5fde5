"""A number of the run in the readout: its name, how it is written, and where it begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from matplotlib.artist import Artist

from gdanim.losses.base import Array
from gdanim.text import MINUS, Text
from gdanim.views.glyphs import Glyphs, widest
from gdanim.views.marks import Label


class Column(NamedTuple):
    """A number of the run: its name, its value at every iterate, and how it is written.

    Attributes:
        width: of the widest, in pixels.
        indent: pixels by which numbers without a sign stand to the right, where others have one.
        beat: from which it is shown, where an iterate is told in beats.
    """

    name: str
    values: Array
    colour: str
    written: Callable[[float], str]
    width: int
    indent: int
    beat: int = 0

    @classmethod
    def measured(
        cls,
        glyphs: Glyphs,
        text: Text,
        name: str,
        values: Array,
        colour: str,
        written: Callable[[float], str],
        beat: int = 0,
    ) -> Column:
        """One whose width and indent are those of all its values, in these glyphs."""
        signed = float(values.min()) < 0 < float(values.max())
        indent = glyphs.width(MINUS) if signed else 0
        return cls(name, values, colour, written, widest(glyphs, text, values, written), indent, beat)


class Slot:
    """A number that begins in the same place in every frame, beside its name.

    Args:
        left: the left end of the number, a sign included, in pixels.
        baseline: in pixels from the bottom.
    """

    def __init__(self, glyphs: Glyphs, column: Column, left: float, baseline: float) -> None:
        self.beat = column.beat
        self._label = Label(glyphs, column.colour)
        self._column = column
        self._left, self._baseline = left, baseline

    def to(self, k: int) -> Artist:
        """Show the number of iterate k."""
        words = self._column.written(float(self._column.values[k]))
        left = self._left + (0 if words.startswith(MINUS) else self._column.indent)
        return self._label.to(words, (left, self._baseline))
