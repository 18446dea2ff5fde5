"""Borrowing: which font of the machine draws what DejaVu lacks, and what is said where none does."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from string import ascii_letters, digits
from typing import NamedTuple

from matplotlib import ft2font
from matplotlib.font_manager import findSystemFonts
from matplotlib.ft2font import FT2Font

from gdanim.views.fonts import BOX, family, has, lacking
from gdanim.views.pieces import halves

FEW = 8  # characters that a note names
LETTERS = ascii_letters + digits
WRITTEN = ("Lu", "Ll", "Lo", "Nd")  # letters and digits that are neither raised nor lowered
LAST = "lastresort"  # fonts whose glyphs only say that a glyph is missing
# Debian's packages by how Unicode's names of characters begin; for all others the last.
PACKAGES = {
    ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "FULLWIDTH"): "fonts-noto-cjk",
    ("EMOJI", "SYMBOLS"): "fonts-symbola",
    ("",): "fonts-noto-core",
}
JOINED = ("ARABIC", "DEVANAGARI", "BENGALI", "TAMIL", "TELUGU", "KHMER", "MYANMAR", "HEBREW", "SYRIAC")


@lru_cache(256)
def borrowed(lost: str, face: str) -> dict[str, str]:
    """The fonts that draw what a face lacks: file by character, as few files as that takes."""
    left, found = set(lost), dict[str, str]()
    candidates = [font for file in files() if (font := _seen(file, lost)) is not None]
    while left and candidates:
        best = min(candidates, key=lambda font: font.rank(left, face))
        drawn = left & best.drawn
        if not drawn:
            break
        found |= dict.fromkeys(drawn, best.file)
        left -= drawn
    return found


class _Seen(NamedTuple):
    """A font, and which characters it draws of those that are asked for."""

    file: str
    name: str
    drawn: frozenset[str]

    def rank(self, wanted: set[str], face: str) -> tuple[int, int, str]:
        """The least is the best: it has most, is neither of a typewriter nor with serifs, and as bold."""
        odd = sum(word in self.name for word in ("serif", "mono", "italic", "oblique", "condensed", "ming"))
        odd -= "sans serif" in self.name or "sans-serif" in self.name
        return -len(wanted & self.drawn), odd + (("bold" in self.name) != (face == "bold")), self.file


def _seen(file: str, wanted: str) -> _Seen | None:
    """What a font has of these characters; None where nothing, or where it cannot be read."""
    with suppress(RuntimeError, OSError, ValueError):
        font = FT2Font(file)
        # Fonts of coloured images cannot be scaled, and others have glyphs without outlines.
        if font.scalable and LAST not in font.family_name.lower().replace(" ", "").strip("."):
            drawn = frozenset(sign for sign in wanted if _draws(font, sign))
            return _Seen(file, f"{font.family_name} {font.style_name}".lower(), drawn) if drawn else None
    return None


def _draws(font: FT2Font, sign: str) -> bool:
    if not font.get_char_index(ord(sign)):
        return False
    font.set_size(20.0, 72.0)
    font.load_char(ord(sign))
    return sign.isspace() or len(font.get_path()[0]) > 0


@lru_cache(1)
def files() -> tuple[str, ...]:
    """The font files of this machine as they are now; matplotlib's own list is as old as its cache."""
    return tuple(sorted(findSystemFonts()))


def lent(texts: Iterable[str], font: str) -> list[str]:
    """What DejaVu stands in for in a text that is set in another font, in a sentence."""
    plain = LETTERS + "".join("".join(halves(text)[::2]) for text in texts)
    signs = dict.fromkeys(s for s in plain if unicodedata.category(s) in WRITTEN and not has(font, s))
    if not signs:
        return []
    named = ", ".join(f"'{sign}'" for sign in list(signs)[:FEW])
    more = f" and {len(signs) - FEW} more" if len(signs) > FEW else ""
    return [f"{family(font)[0]} has no glyph for {named}{more}; another font stands in"]


def unset(texts: Iterable[str], font: str = "") -> list[str]:
    """What is not drawn as it should be of these texts, a sentence each: missing glyphs, unjoined letters.

    Args:
        font: the file in which they are set; "" for DejaVu.
    """
    whole = "".join(texts)
    if font:
        whole = "".join(sign for sign in whole if not has(font, sign))
    lost = "".join(dict.fromkeys(lacking(whole) + lacking(whole, "bold")))
    gone = "".join(sign for sign in lost if sign not in borrowed(lost, "normal"))
    notes = []
    if gone:
        named = ", ".join(f"'{sign}'" for sign in gone[:FEW])
        more = f" and {len(gone) - FEW} more" if len(gone) > FEW else ""
        packages = list(dict.fromkeys(package_of(sign) for sign in gone))
        notes.append(
            f"no font of this machine has a glyph for {named}{more}; {BOX} stands there, and"
            f" Debian and Ubuntu have fonts with it in {' and '.join(packages)}"
        )
    joined = next((sign for sign in whole if unicodedata.name(sign, "").startswith(JOINED)), "")
    if joined and not hasattr(ft2font, "__libraqm_version__") and joined not in gone:
        script = unicodedata.name(joined).split()[0].capitalize()
        notes.append(
            f"{script} letters are drawn one by one from the left, not joined; matplotlib 3.11 joins them"
        )
    return notes


def package_of(sign: str) -> str:
    """Debian's package of a font that has a character."""
    name = unicodedata.name(sign, "")
    if unicodedata.category(sign) == "So" and ord(sign) >= 0x1F000:
        name = "EMOJI"
    return next(package for begins, package in PACKAGES.items() if name.startswith(begins))
