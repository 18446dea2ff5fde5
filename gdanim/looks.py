"""Options of how a figure looks, whatever it shows: colours, and the font of its text."""

from __future__ import annotations

from typing import Any

from gdanim.kinds import FLAG, NUMBER, TEXT
from gdanim.option import Group, Option
from gdanim.theme import LEAST_LARGE, MOST_LARGE


def _option(default: Any, kind: Any, help: str, **known: Any) -> Option:
    return Option(default, kind, Group.PICTURE, help, **known)


LOOK_OPTIONS = {
    "theme": _option(
        "light",
        TEXT,
        "Colours: a name (see gdanim list themes), or a file, .toml or .mplstyle.",
        metavar="NAME|FILE",
    ),
    "font": _option(
        "",
        TEXT,
        "Font of all text but the letters of formulas: a file, .ttf or .otf.",
        metavar="FILE",
        unsaid="the theme's, or DejaVu Sans",
    ),
    "font_scale": _option(
        1.0,
        NUMBER,
        "How many times as large text is as in the theme, and with it lines and marks.",
        least=LEAST_LARGE,
        most=MOST_LARGE,
    ),
    "transparent": _option(False, FLAG, "Paint no ground, in formats that can be transparent."),
}
