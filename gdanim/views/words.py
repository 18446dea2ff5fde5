"""The words of a line of text, for renderers that set text themselves."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import text_to_path

from gdanim.views.fonts import FACES
from gdanim.views.glyphs import Glyphs, is_mathtext, properties
from gdanim.views.pieces import pieces


class Word(NamedTuple):
    """Characters without a space, or a formula.

    Attributes:
        left: where it begins, in pixels from the line's left end.
        mathtext: whether its characters are a formula between dollars.
    """

    left: float
    characters: str
    font: FontProperties
    mathtext: bool


def words_of(text: str, glyphs: Glyphs) -> list[Word]:
    """The words of a line that is as long as its mask.

    In a mask every letter begins at a whole pixel, and so a word is up to a tenth narrower or wider
    there than its outlines are. All words have the one size at which the line is of the same length.

    >>> [word.characters for word in words_of("at  $w^2$ = 4.400", Glyphs(14.0))]
    ['at', 'w', '²', '=', '4.400']
    """
    found, end = [], 0.0
    for characters, face in pieces(text, glyphs.face, False, glyphs.font):
        mathtext = face == "formula" and is_mathtext(characters)
        if face == "formula":
            characters, face = characters if mathtext else characters.strip("$"), "normal"
        # Each by itself: spaces at the beginning of a text, and several, are left out in SVG.
        for word in [characters] if mathtext else re.findall(r"\s+|\S+", characters):
            if not word.isspace():
                found.append((end, word, face, mathtext))
            # A formula's mask is rounded up and has a pixel more.
            end += advance(face, word, mathtext) + (1.5 / glyphs.size if mathtext else 0.0)
    size = glyphs.width(text) / end if end else glyphs.size
    return [Word(left * size, word, properties(face, size), math) for left, word, face, math in found]


def outline_of(word: Word) -> Path:
    """Its outlines in pixels, the left end of its baseline being the origin."""
    vertices, codes = text_to_path.get_text_path(word.font, word.characters, word.mathtext)
    scale = word.font.get_size_in_points() / text_to_path.FONT_SCALE
    return Path(np.asarray(vertices) * scale, codes)


@lru_cache(1024)
def advance(face: str, characters: str, mathtext: bool) -> float:
    """How far outlines of this text advance, in sizes of text."""

    def width(text: str) -> float:
        return text_to_path.get_text_width_height_descent(text, properties(face, 100.0), mathtext)[0] / 100

    if mathtext:
        return float(width(characters))
    # Between two bars, since the width of a text alone leaves out the space around it.
    if face in FACES:
        return float(width(f"|{characters}|") - width("||"))
    return float(width(3 * characters) - width(2 * characters))  # other fonts may have no bar
