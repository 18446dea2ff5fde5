"""Titles and sentences above the panels, in as many lines as there is room for."""

from __future__ import annotations

import re

from gdanim.errors import GdanimError
from gdanim.views.glyphs import Glyphs

MOST_LINES = 3  # of a title
# Words of a sentence: what stands between two spaces, unless these stand in mathtext.
WORDS = re.compile(r"(?:\\\$|\$(?:\\\$|[^$])*\$|[^\s$])+")


def fitting(titles: list[str], usual: Glyphs, least: float, room: float) -> tuple[list[str], Glyphs]:
    """The lines of the first of some titles that fits, and glyphs of the size at which it does.

    A title that fits at no size is broken into a few lines.

    Args:
        usual: glyphs of ordinary text; a title is larger where there is room.
        least: times that: so small it may become.

    Raises:
        GdanimError: none does, even at the least size.
    """
    text = usual.size
    for title in titles:
        size = 1.35 * text
        while size >= least * text:
            glyphs = usual.at(size, "bold")
            if glyphs.width(title) <= room:
                return [title], glyphs
            size *= 0.94
    glyphs = usual.at(max(least, 1.1) * text, "bold")
    lines = broken(titles[-1], glyphs, room)
    if len(lines) > MOST_LINES or max(map(glyphs.width, lines)) > room:
        raise GdanimError("the title is too long for this size; shorten it", where=["title"])
    return lines, glyphs


def broken(sentence: str, glyphs: Glyphs, room: float) -> list[str]:
    """A sentence as lines of as many words as there is room for."""
    lines: list[str] = []
    for word in WORDS.findall(sentence):
        if lines and glyphs.width(f"{lines[-1]} {word}") <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def wrap(parts: list[list[str]], glyphs: Glyphs, room: float) -> list[str]:
    """Lines of as many parts as there is room for, each in the greatest of its lengths that fits."""
    lines: list[str] = []
    for lengths in parts:
        part = next((one for one in lengths if glyphs.width(one) <= room), lengths[-1])
        together = f"{lines[-1]}      {part}" if lines else part
        if lines and glyphs.width(together) <= room:
            lines[-1] = together
        else:
            lines.append(part)
    return lines
