"""Text put together from kept glyphs: each digit and each word is drawn once, at whole pixels.

A matplotlib text artist whose string changes costs 5 ms a frame, its mathtext 12; this costs a few
hundredths. Simple formulas are set here too; what has fractions or roots goes to mathtext, once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.ft2font import FT2Font
from matplotlib.mathtext import MathTextParser

from gdanim.errors import GdanimError
from gdanim.text import Text
from gdanim.views.fonts import FACES, face_path, family
from gdanim.views.pieces import CELLS, Piece, halves, pieces

Mask = npt.NDArray[np.uint8]
LINES = 32  # whole lines kept, for those that are the same in every frame
SAMPLED = 512  # values looked at to find the widest number; more would only cost time
LIFT = 1  # pixels from a mask's baseline up to its words: FreeType's images end in an empty row
UNWRITTEN = ("Cc", "Cs")  # categories of Unicode: control characters, and halves of one
SHADES = 15  # of coverage; more would fill a GIF's palette and look the same


class Glyph(NamedTuple):
    """A piece's coverage.

    Attributes:
        drop: how many of its rows lie under the baseline.
        before, after: how many of its columns lie over what stands left and right of it, as the head of an f.
    """

    mask: Mask
    drop: int
    before: int = 0
    after: int = 0

    @property
    def advance(self) -> int:
        """Pixels to what follows."""
        return int(self.mask.shape[1]) - self.before - self.after


class Glyphs:
    """Coverage masks of characters and formulas at one size.

    Args:
        size: text size in pixels.
        face: "normal" or "bold", for what is not in a formula.
        moving: whether numbers change from frame to frame; then every digit is as wide as any other, in
            whole pixels. Numbers that stay are set as words are, which reads better in small sizes.
        font: the file of a font for what is no letter of a formula; "" for DejaVu Sans.
    """

    def __init__(self, size: float, face: str = "normal", *, moving: bool = True, font: str = "") -> None:
        self.size = size
        self.face = face
        self.font = font
        self._moving = moving
        self.height = int(np.ceil(size * 1.6))
        self.baseline = int(np.ceil(size * 0.45))  # pixels of the mask under the baseline
        self._masks: dict[Piece, Glyph] = {}
        self.mask = lru_cache(LINES)(self._mask)

    def at(self, size: float, face: str = "normal", *, moving: bool = True) -> Glyphs:
        """Those of the same font at another size."""
        return Glyphs(size, face, moving=moving, font=self.font)

    def _mask(self, text: str) -> Mask:
        """Coverage of one line of text, 0 … 255: (height, width). Between dollars stands mathtext.

        It has more rows where a formula is higher or deeper than a line.
        """
        parts = [self._glyph(piece) for piece in self._pieces(text)]
        masks = [part.mask for part in parts]
        if any(len(mask) > self.height for mask in masks):
            deep = max(part.drop for part in parts)
            high = max(len(part.mask) - part.drop for part in parts)
            masks = [
                np.pad(m, ((high - len(m) + p.drop, deep - p.drop), (0, 0)))
                for m, p in zip(masks, parts, strict=True)
            ]
        if any(part.before or part.after for part in parts):
            return _laid_over(masks, parts)
        return np.hstack(masks) if masks else np.zeros((self.height, 0), np.uint8)

    def drop(self, text: str) -> int:
        """Rows of its mask under the baseline."""
        if len(self.mask(text)) == self.height:
            return self.baseline
        return max(self._glyph(piece).drop for piece in self._pieces(text))

    def width(self, text: str) -> int:
        """How far the text advances, in pixels; at its ends its mask may be wider."""
        return sum(self._glyph(piece).advance for piece in self._pieces(text))

    def _pieces(self, text: str) -> tuple[Piece, ...]:
        return pieces(text, self.face, self._moving, self.font)

    def _glyph(self, piece: Piece) -> Glyph:
        if piece not in self._masks:
            draw = self._formula if piece[1] == "formula" else self._character
            self._masks[piece] = draw(*piece)
        return self._masks[piece]

    def _character(self, characters: str, face: str) -> Glyph:
        """A digit or a word, as wide as it advances, rounded, so that numerals stand still."""
        cell = next((cell for cell in CELLS if self._moving and characters in cell), "")
        advance = _advance(face, self.size, cell or characters)
        advance = round(advance / len(cell) if cell else advance)
        font = _font(face, self.size)
        font.set_text(characters, 0.0)
        font.draw_glyphs_to_bitmap(antialiased=True)
        ink = shaded(np.asarray(font.get_image()))
        left = round(font.get_bitmap_offset()[0] / 64)
        shown = np.flatnonzero(ink.any(axis=0)) + left
        before, after = (max(0, -shown[0]), max(0, shown[-1] + 1 - advance)) if len(shown) else (0, 0)
        mask = np.zeros((self.height, before + advance + after), np.uint8)
        bottom = self.height - self.baseline + round(font.get_descent() / 64)
        left += before
        top = max(0, bottom - ink.shape[0])
        first, right = max(0, left), min(mask.shape[1], left + ink.shape[1])
        bottom = min(bottom, self.height)
        if right > first and bottom > top:
            mask[top:bottom, first:right] = ink[: bottom - top, first - left : right - left]
        return Glyph(mask, self.baseline, before, after)

    def _formula(self, formula: str, _: str) -> Glyph:
        """What only mathtext can set."""
        font = properties("normal", self.size)
        scratch = RendererAgg(8, self.height, 72.0)
        try:
            width, height, depth = scratch.get_text_width_height_descent(formula, font, True)
        except ValueError:  # no mathtext; the source is better than nothing
            return self._character(formula.strip("$"), "normal")
        high = max(self.height - self.baseline, int(np.ceil(height - depth)))
        drop = max(self.baseline, int(np.ceil(depth)))
        renderer = RendererAgg(int(np.ceil(width)) + 1, high + drop, 72.0)
        renderer.mathtext_parser = scratch.mathtext_parser  # which keeps what it has parsed
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


def _laid_over(masks: Sequence[Mask], parts: Sequence[Glyph]) -> Mask:
    """One beside the other, where some lie over their neighbours."""
    edges = [np.zeros((len(masks[0]), wide), np.uint8) for wide in (parts[0].before, parts[-1].after)]
    own = [mask[:, part.before : part.before + part.advance] for mask, part in zip(masks, parts, strict=True)]
    line = np.hstack([edges[0], *own, edges[1]])
    at = parts[0].before
    for mask, part in zip(masks, parts, strict=True):
        if part.before or part.after:  # few are
            left = at - part.before
            first, end = max(0, left), min(line.shape[1], left + mask.shape[1])
            np.maximum(line[:, first:end], mask[:, first - left : end - left], out=line[:, first:end])
        at += part.advance
    return line


def _advance(face: str, size: float, text: str) -> float:
    """How far text advances, in pixels."""
    # Between two bars: a glyph's own numbers differ between versions of matplotlib in their units, and
    # the width of a text alone leaves out the space around it.
    if face in FACES:
        return _width(face, size, f"|{text}|") - _width(face, size, "||")
    return _width(face, size, 3 * text) - _width(face, size, 2 * text)  # other fonts may have no bar


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
    name, bold = family(face)
    return FontProperties(
        family=name,
        weight="bold" if bold else "normal",
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


def check_glyphs(text: str, where: str) -> None:
    """Find a sign that is no character, or a formula that cannot be set, before it is drawn.

    Raises:
        GdanimError: naming it.
    """
    parts = halves(text)
    for formula in parts[1::2]:
        if not is_mathtext(f"${formula}$"):
            raise GdanimError(f"'${formula}$' is not mathtext that can be set", where=[where])
    for character in "".join(parts[::2]):
        if unicodedata.category(character) in UNWRITTEN:
            raise GdanimError(f"{character!a} is a sign that cannot be drawn; leave it out", where=[where])
