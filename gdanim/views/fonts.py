"""Fonts: the faces that a text is set in, and what they lack."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

import matplotlib
from matplotlib.font_manager import get_font
from matplotlib.ft2font import FT2Font

from gdanim.errors import GdanimError, ending

FACES = {
    "normal": "DejaVuSans.ttf",
    "bold": "DejaVuSans-Bold.ttf",
    "italic": "DejaVuSans-Oblique.ttf",
}
PRINTED = range(33, 127)  # codes of letters, digits and signs of ASCII
BOX = "□"  # in place of what no font has


def face_path(face: str) -> str:
    """The file of a face, which matplotlib brings along, so that every machine draws the same.

    A face that is none of FACES is a file.
    """
    return os.path.join(matplotlib.get_data_path(), "fonts", "ttf", FACES[face]) if face in FACES else face


@lru_cache(8192)
def has(face: str, character: str) -> bool:
    """Whether a face has a glyph for a character; of a file one that can be drawn."""
    font = get_font(face_path(face))
    return font.get_char_index(ord(character)) != 0 and (face in FACES or _loads(font, ord(character)))


def _loads(font: FT2Font, code: int) -> bool:
    """Whether a font's glyph can be drawn: of a damaged one it may be said to be there, and not be."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            font.set_size(20.0, 72.0)
            font.load_char(code)
    except (RuntimeError, UserWarning):
        return False
    return True


def usable(file: str) -> str:
    """A font's file, if it can be drawn with; "" stands for DejaVu.

    Raises:
        GdanimError: it is damaged, or has no outlines.
    """
    if not file:
        return ""
    try:
        font = get_font(file)
        drawn = font.scalable and font.num_glyphs > 1
        drawn = drawn and all(_loads(font, code) for code in PRINTED if font.get_char_index(code))
    except (RuntimeError, OSError, ValueError):
        drawn = False
    if not drawn:
        problem = f"'{ending(file)}' is a font that cannot be drawn with; it may be damaged"
        raise GdanimError(problem, where=["font"])
    return file


def lacking(text: str, face: str = "normal") -> str:
    """The characters that a face lacks, each once.

    >>> lacking("Ελλάδα, мир: −∇²"), lacking("学习 学")
    ('', '学习')
    """
    if text.isascii():
        return ""
    return "".join(dict.fromkeys(sign for sign in text if not has(face, sign)))


def runs(text: str, face: str) -> Iterator[tuple[str, str]]:
    """A text in runs of one face: where it lacks a glyph another font of this machine, or boxes.

    >>> list(runs("at 5 °C", "bold"))
    [('at 5 °C', 'bold')]
    """
    lost = lacking(text, face)
    if not lost:
        yield text, face
        return
    from gdanim.views.borrowing import borrowed  # read only where something is lacking

    fonts = borrowed(lost, face)
    for own, signs in groupby(text, key=lambda sign: fonts.get(sign, face if sign not in lost else "")):
        run = "".join(signs)
        yield (run, own) if own else (BOX * len(run), face)


def family(face: str) -> tuple[str, bool]:
    """The name of a face's family, and whether it is bold."""
    if face in FACES:
        return "DejaVu Sans", face == "bold"
    font = get_font(face)
    return font.family_name, "bold" in font.style_name.lower()
