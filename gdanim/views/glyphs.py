"""Text put together from kept glyphs: each digit and each word is drawn once, at whole pixels.

A matplotlib text artist whose string changes costs 5 ms a frame, its mathtext 12; this costs a few
hundredths. Simple formulas are set here too; what has fractions or roots goes to mathtext, once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.ft2font import FT2Font
from matplotlib.mathtext import MathTextParser

from gdanim.errors import GdanimError
from gdanim.text import Text

Mask = npt.NDArray[np.uint8]
Piece = tuple[str, str]  # characters, face
DIGITS = "0123456789"
LINES = 32  # whole lines kept, for those that are the same in every frame
SAMPLED = 512  # values looked at to find the widest number; more would only cost time
LIFT = 1  # pixels from a mask's baseline up to its words: FreeType's images end in an empty row
SHADES = 15  # of coverage; more would fill a GIF's palette and look the same

FACES = {
    "normal": "DejaVuSans.ttf",
    "bold": "DejaVuSans-Bold.ttf",
    "italic": "DejaVuSans-Oblique.ttf",
}
DOLLAR = re.compile(r"(?<!\\)\$")  # that begins or ends a formula
THIN = "\N{THIN SPACE}"
RAISED = dict(zip("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))
LOWERED = dict(zip("0123456789", "₀₁₂₃₄₅₆₇₈₉", strict=True))
# What simple mathtext commands stand for: (characters, face).
COMMANDS = {
    "eta": ("η", "italic"),
    "lambda": ("λ", "italic"),
    "partial": ("∂", "normal"),
    "Delta": ("Δ", "normal"),
    "leftarrow": ("←", "relation"),
    "cdot": ("·", "normal"),
    ",": (THIN, "normal"),
    "sin": ("sin", "normal"),
    "cos": ("cos", "normal"),
    "exp": ("exp", "normal"),
    "log": ("log", "normal"),
    "nabla": ("∇", "normal"),
    "max": ("max", "normal"),
}
TOKEN = re.compile(
    r"\\(?P<command>[a-zA-Z]+|,)|[\^](?P<up>-?\d|\{-?\d+\})|_(?P<down>\d|\{\d+\})"
    r"|(?P<letter>[A-Za-z])|(?P<comma>\{,\})|(?P<plain>[\d.()/!|])|(?P<sign>[-+=])|(?P<space>[ ,])"
)


class Glyph(NamedTuple):
    """A piece's coverage, and how many of its rows lie under the baseline."""

    mask: Mask
    drop: int


class Glyphs:
    """Coverage masks of characters and formulas at one size.

    Args:
        size: text size in pixels.
        face: "normal" or "bold", for what is not in a formula.
        moving: whether numbers change from frame to frame; then every digit is as wide as any other, in
            whole pixels. Numbers that stay are set as words are, which reads better in small sizes.
    """

    def __init__(self, size: float, face: str = "normal", *, moving: bool = True) -> None:
        self.size = size
        self.face = face
        self._moving = moving
        self.height = int(np.ceil(size * 1.6))
        self.baseline = int(np.ceil(size * 0.45))  # pixels of the mask under the baseline
        self._masks: dict[Piece, Glyph] = {}
        self.mask = lru_cache(LINES)(self._mask)

    def _mask(self, text: str) -> Mask:
        """Coverage of one line of text, 0 … 255: (height, width). Between dollars stands mathtext.

        It has more rows where a formula is higher or deeper than a line.
        """
        parts = [self._glyph(piece) for piece in self._pieces(text)]
        masks = [part.mask for part in parts]
        if any(len(mask) > self.height for mask in masks):
            deep = max(part.drop for part in parts)
            high = max(len(mask) - drop for mask, drop in parts)
            masks = [np.pad(m, ((high - len(m) + drop, deep - drop), (0, 0))) for m, drop in parts]
        return np.hstack(masks) if masks else np.zeros((self.height, 0), np.uint8)

    def drop(self, text: str) -> int:
        """Rows of its mask under the baseline."""
        if len(self.mask(text)) == self.height:
            return self.baseline
        return max(self._glyph(piece).drop for piece in self._pieces(text))

    def width(self, text: str) -> int:
        """Width of the text in pixels."""
        return sum(self._glyph(piece).mask.shape[1] for piece in self._pieces(text))

    def _pieces(self, text: str) -> tuple[Piece, ...]:
        return pieces(text, self.face, self._moving)

    def _glyph(self, piece: Piece) -> Glyph:
        if piece not in self._masks:
            draw = self._formula if piece[1] == "formula" else self._character
            self._masks[piece] = draw(*piece)
        return self._masks[piece]

    def _character(self, characters: str, face: str) -> Glyph:
        """A digit or a word, as wide as it advances, rounded, so that numerals stand still."""
        # How far text advances, between two bars: a glyph's own numbers differ between versions of
        # matplotlib in their units, and the width of a text alone leaves out the space around it.
        digit = self._moving and characters in DIGITS  # all as wide as the average
        measured = DIGITS if digit else characters
        advance = _width(face, self.size, f"|{measured}|") - _width(face, self.size, "||")
        advance = round(advance / len(DIGITS) if digit else advance)
        font = _font(face, self.size)
        font.set_text(characters, 0.0)
        font.draw_glyphs_to_bitmap(antialiased=True)
        ink = np.asarray(font.get_image())
        mask = np.zeros((self.height, advance), np.uint8)
        bottom = self.height - self.baseline + round(font.get_descent() / 64)
        left = round(font.get_bitmap_offset()[0] / 64)
        top = max(0, bottom - ink.shape[0])
        first, right = max(0, left), min(advance, left + ink.shape[1])
        bottom = min(bottom, self.height)
        if right > first and bottom > top:
            mask[top:bottom, first:right] = ink[: bottom - top, first - left : right - left]
        return Glyph(shaded(mask), self.baseline)

    def _formula(self, formula: str, _: str) -> Glyph:
        """What only mathtext can set."""
        if not is_mathtext(formula):  # the source is better than nothing
            return self._character(formula.strip("$"), "normal")
        font = properties("normal", self.size)
        scratch = RendererAgg(8, self.height, 72.0)
        width, height, depth = scratch.get_text_width_height_descent(formula, font, True)
        high = max(self.height - self.baseline, int(np.ceil(height - depth)))
        drop = max(self.baseline, int(np.ceil(depth)))
        renderer = RendererAgg(int(np.ceil(width)) + 1, high + drop, 72.0)
        context = renderer.new_gc()
        context.set_foreground("black")
        renderer.draw_mathtext(context, 0, high, formula, font, 0)
        return Glyph(shaded(np.asarray(renderer.buffer_rgba())[..., 3]), drop)


def widest(
    glyphs: Glyphs,
    text: Text,
    values: npt.NDArray[np.float64],
    written: Callable[[float], str] | None = None,
) -> int:
    """Pixels that the widest of these numbers takes, as the language or `written` writes them."""
    written = written or text.fixed
    sampled = values.ravel()[:: max(1, values.size // SAMPLED)]
    ends = [values.min(), values.max(), values.ravel()[-1]]
    return max(glyphs.width(t) for t in {written(float(v)) for v in (*sampled, *ends)})


@lru_cache(1024)
def _width(face: str, size: float, text: str) -> float:
    """Width in pixels of a text as the font lays it out."""
    font = _font(face, size)
    font.set_text(text, 0.0)
    return float(font.get_width_height()[0] / 64)


def _font(face: str, size: float) -> FT2Font:
    """The font, set to a size in pixels: at 72 dots an inch a point is a pixel."""
    font = get_font(face_path(face))
    font.set_size(size, 72.0)
    return font


def properties(face: str, size: float) -> FontProperties:
    """The same font for matplotlib's own text, which names it where text stays text."""
    return FontProperties(
        family="DejaVu Sans",
        weight="bold" if face == "bold" else "normal",
        style="oblique" if face == "italic" else "normal",
        fname=face_path(face),
        size=size,
    )


def is_mathtext(formula: str) -> bool:
    """Whether a formula between dollars can be set; mathtext knows a part of LaTeX only."""
    try:
        MathTextParser("agg").parse(formula)
    except ValueError:
        return False
    return True


def shaded(mask: Mask) -> Mask:
    """The mask in few shades.

    >>> shaded(np.array([0, 8, 9, 250, 255], np.uint8)).tolist()
    [0, 0, 17, 255, 255]
    """
    step = 255 / SHADES
    return np.asarray(np.rint(np.rint(mask / step) * step), np.uint8)


def face_path(face: str) -> str:
    """The font file; matplotlib brings it along, so that every machine draws the same."""
    return os.path.join(matplotlib.get_data_path(), "fonts", "ttf", FACES[face])


def check_glyphs(text: str, where: str, face: str = "normal") -> None:
    """Find a character that the font lacks, or a formula that cannot be set, before it is drawn.

    Raises:
        GdanimError: naming the character.
    """
    known = get_font(face_path(face)).get_charmap()
    parts = halves(text)
    for formula in parts[1::2]:
        if not is_mathtext(f"${formula}$"):
            raise GdanimError(f"'${formula}$' is not mathtext that can be set", where=[where])
    for character in "".join(parts[::2]):
        if ord(character) not in known:
            raise GdanimError(f"the font has no glyph for '{character}'; leave it out", where=[where])


def halves(text: str) -> list[str]:
    r"""Plain text and formulas by turns. `\$` is a dollar sign, and so is one that no other follows.

    >>> halves("at $w^2$"), halves(r"\$5 and \$6"), halves("only $5")
    (['at ', 'w^2', ''], ['$5 and $6'], ['only $5'])
    """
    parts = DOLLAR.split(text)
    if len(parts) % 2 == 0:
        parts[-2:] = [rf"{parts[-2]}\${parts[-1]}"]
    return [part if index % 2 else part.replace(r"\$", "$") for index, part in enumerate(parts)]


@lru_cache(4096)
def pieces(text: str, face: str = "normal", single: bool = True) -> tuple[Piece, ...]:
    """The glyphs of a line: words with their face, single digits, and formulas that only mathtext can set.

    Args:
        single: whether digits are single, or parts of words.

    >>> pieces("at $w^2$")
    (('at ', 'normal'), ('w', 'italic'), ('²', 'normal'))
    """
    found: list[Piece] = []
    for index, part in enumerate(halves(text)):
        if index % 2 == 0:
            found += [(character, face) for character in part]
        else:
            found += simple_math(part) or [(f"${part}$", "formula")]
    return tuple(
        piece
        for (style, alone), group in groupby(found, key=lambda p: (p[1], single and p[0] in DIGITS))
        for piece in (group if alone or style == "formula" else [("".join(p[0] for p in group), style)])
    )


def simple_math(formula: str) -> list[Piece] | None:
    """A formula without fractions, roots or nested scripts as characters; None for any other.

    >>> "".join(character for character, _ in simple_math("(w-2)^2"))
    '(w\u2009−\u20092)²'
    >>> simple_math(r"\\frac{1}{2}") is None
    True
    """
    found: list[Piece] = []
    place = 0
    while place < len(formula):
        match = TOKEN.match(formula, place)
        if match is None:
            return None
        place = match.end()
        kind, token = match.lastgroup or "", match.group(match.lastgroup or 0)
        if kind == "command":
            if token not in COMMANDS:
                return None
            characters, face = COMMANDS[token]
            if face == "relation":
                found += [(THIN, "normal"), (characters, "normal"), (THIN, "normal")]
            else:
                found += [(character, face) for character in characters]
        elif kind in ("up", "down"):
            table = RAISED if kind == "up" else LOWERED
            found += [(table[character], "normal") for character in token.strip("{}")]
        elif kind == "sign":
            sign = (token.replace("-", "−"), "normal")
            binary = found and found[-1][0] not in "(=+−←" + THIN
            found += [(THIN, "normal"), sign, (THIN, "normal")] if binary else [sign]
        elif kind == "comma":
            found.append((",", "normal"))
        elif kind == "space":
            found += [(",", "normal"), (THIN, "normal")] if token == "," else []
        else:
            found.append((token, "italic" if kind == "letter" else "normal"))
    return found
