"""How large marks are, and how compared runs are told from each other: by colour, marker and dash."""

from __future__ import annotations

from typing import NamedTuple

from gdanim.theme import WORDS, Theme, readable

BALL = 0.95  # of the size of text


class Sizes(NamedTuple):
    """Lengths in rendered pixels, all from the size of text."""

    text: float
    line: float
    ball: float
    dot: float
    head: float

    @classmethod
    def of(cls, text: float) -> Sizes:
        return cls(text=text, line=2.08 / 9 * text, ball=BALL * text, dot=0.42 * text, head=0.75 * text)

    @property
    def share(self) -> float:
        """How large marks are beside what they usually are."""
        return self.ball / (BALL * self.text)

    def smaller(self, share: float) -> Sizes:
        """Smaller marks, for a small panel; text stays as it is."""
        line = max(1.0, share * self.line)
        return Sizes(self.text, line, share * self.ball, share * self.dot, share * self.head)


class Style(NamedTuple):
    """How one run is told from the others.

    Attributes:
        now, before, words: its colour at this moment, of its path so far, and of what is written of it.
        marker: matplotlib's letter for its ball.
        dashes: of its line, on and off in sizes of text; none for a whole line.
    """

    now: str
    before: str
    words: str
    marker: str
    dashes: tuple[float, ...] = ()

    def dashed(self, text: float) -> tuple[float, ...] | None:
        """The dashes in pixels."""
        return tuple(text * length for length in self.dashes) or None


MARKERS = "os^DvPXp*h<>"
DASHES = ((), (0.8, 0.45), (0.22, 0.32), (0.9, 0.35, 0.22, 0.35), (2.2, 0.45))


def styles_of(theme: Theme, count: int) -> tuple[Style, ...]:
    """The accent for one run; for several a colour, a marker and a dash each, never colour alone."""
    if count == 1:
        return (Style(theme.now, theme.before, theme.now, "o"),)
    colours = [theme.runs[i % len(theme.runs)] for i in range(count)]
    return tuple(
        Style(
            now=colour,
            before=colour,
            words=readable(colour, theme, WORDS),
            marker=MARKERS[i % len(MARKERS)],
            dashes=DASHES[i % len(DASHES)],
        )
        for i, colour in enumerate(colours)
    )
