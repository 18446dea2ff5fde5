"""A line of text in pieces: words, digits, and what simple mathtext stands for."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby

from gdanim.views.fonts import BOX, has, lacking, runs

Piece = tuple[str, str]  # characters, face
DIGITS = "0123456789"
DOLLAR = re.compile(r"(?<!\\)\$")  # that begins or ends a formula
THIN = "\N{THIN SPACE}"
RAISED = dict(zip("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))
LOWERED = dict(zip("0123456789", "₀₁₂₃₄₅₆₇₈₉", strict=True))
CELLS = (DIGITS, "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉")  # of which each is as wide as any other
ALONE = frozenset("".join(CELLS))
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
IN_WORDS = r"_\{[^{}]*[^\d{}][^{}]*\}|_[^\W\da-zA-Z]|\\ldots"  # what simple mathtext lacks
HELD, MOST_HELD = 0xE000, 0x1900  # characters of private use, which stand for these for a while
FACE_OF = {"letter": "italic", "held": "held"}
TOKEN = re.compile(
    r"\\(?P<command>[a-zA-Z]+|,)|[\^](?P<up>-?\d|\{-?\d+\})|_(?P<down>\d|\{\d+\})"
    r"|(?P<letter>[A-Za-z])|(?P<comma>\{,\})|(?P<plain>[\d.()/!|])|(?P<sign>[-+=])|(?P<space>[ ,])"
    r"|(?P<held>[\ue000-\uf8ff])"
)


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
def pieces(text: str, face: str = "normal", single: bool = True, font: str = "") -> tuple[Piece, ...]:
    """The glyphs of a line: words with their face, single digits, and formulas that only mathtext can set.

    Args:
        single: whether digits are single, raised and lowered ones too, or parts of words.
        font: a file that stands before DejaVu, but for the letters of formulas.

    >>> pieces("at $w^2$")
    (('at ', 'normal'), ('w', 'italic'), ('²', 'normal'))
    """
    found: list[Piece] = []
    for index, part in enumerate(halves(text)):
        if index % 2 == 0:
            found += _plain(part, face, font)
        else:
            set_ = simple_math(part) or _unusual(part) or [(f"${part}$", "formula")]
            found += [(s, font if own == "normal" and _in(font, s) else own) for s, own in set_]
    return tuple(
        piece
        for (style, alone), group in groupby(found, key=lambda p: (p[1], single and p[0] in ALONE))
        for piece in (group if alone or style == "formula" else [("".join(p[0] for p in group), style)])
    )


def _in(font: str, sign: str) -> bool:
    return bool(font) and has(font, sign)


def _plain(text: str, face: str, font: str) -> list[Piece]:
    """The characters of plain text with their faces."""
    if not font:
        return [(sign, own) for run, own in runs(text, face) for sign in run]
    found: list[Piece] = []
    for own, signs in groupby(text, key=lambda sign: has(font, sign)):
        run = "".join(signs)
        found += [(sign, font) for sign in run] if own else _plain(run, face, "")
    return found


def _unusual(formula: str) -> list[Piece]:
    """A formula with letters that mathtext lacks, in one line: an index in words stands beside its letter.

    Where it cannot be set in a line, boxes stand for what is lacking.

    >>> _unusual("w_2") == [], [sign for sign, _ in _unusual(r"\\Delta e_{学,1}")][-1]
    (True, '₁')
    """
    lost = lacking(formula)
    if not lost:
        return []
    indices = re.findall(IN_WORDS, formula)
    held = iter(range(len(indices)))
    plain = simple_math(re.sub(IN_WORDS, lambda _: chr(HELD + next(held)), formula))
    if plain is None or len(indices) > MOST_HELD:
        boxed = "".join(BOX if sign in lost else sign for sign in formula)
        return [(f"${boxed}$", "formula")]
    found: list[Piece] = []
    for sign, face in plain:
        found += _beside(indices[ord(sign) - HELD]) if face == "held" else [(sign, face)]
    return found


def _beside(index: str) -> list[Piece]:
    r"""An index in words, with a number at its end lowered; or dots."""
    if index == r"\ldots":
        return [("…", "normal")]
    words, number = re.fullmatch(r"_\{?(.*?),?(\d*)\}?", index).groups()  # type: ignore[union-attr]
    beside = [(sign, face) for run, face in runs(words, "normal") for sign in run]
    return beside + [(LOWERED[digit], "normal") for digit in number]


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
            found.append((token, FACE_OF.get(kind, "normal")))
    return found
