"""Themes from files: TOML with keys of a Theme, or a style of matplotlib's; and what their colours lack."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from itertools import groupby
from typing import Any, NamedTuple

from gdanim.decoding import decoded
from gdanim.errors import FAILED, GdanimError, did_you_mean, ending, shortened, unknown
from gdanim.plaintoml import line_of, lines_of, read_toml
from gdanim.theme import (
    BASINS,
    DATA,
    FILLED,
    LEAST_LARGE,
    LIGHT,
    MOST_LARGE,
    THEMES,
    UNSEEN,
    WORDS,
    Theme,
    blend,
    contrast,
    make_theme,
    readable,
)

LARGEST = 2**20  # bytes
MOST_RUNS = 12
# How fonts begin: TrueType, of Microsoft and of Apple, OpenType, and several in one file.
BEGINS = (b"\0\1\0\0", b"true", b"OTTO", b"ttcf")
WEB = (b"wOFF", b"wOF2")
COLOUR = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
LISTS = ("runs", "basins")
COLOURS = tuple(f.name for f in fields(Theme) if f.type == "str" and f.name not in ("name", "font", "about"))
KEYS = ("base", *COLOURS, *LISTS, "large", "font")


class Setting(NamedTuple):
    """A value of a theme, and the line of the file where it stands, from 1; 0 where that is not known."""

    value: Any
    line: int


def is_file(name: str) -> bool:
    """Whether a theme is named as a file.

    >>> is_file("dark"), is_file("mine.toml"), is_file("talk.MPLSTYLE")
    (False, True, True)
    """
    return name.lower().endswith((".toml", ".mplstyle"))


def theme_of(name: str) -> Theme:
    """The theme of that name, or of that file.

    Raises:
        GdanimError: there is none; or what is wrong in a file, with its line.
    """
    if not is_file(name):
        if "." in name and os.path.isfile(name):
            raise GdanimError(
                f"'{ending(name)}' is no theme; a file is a .toml or a .mplstyle", where=["theme"]
            )
        return make_theme(name)
    data = _contents(name)
    try:
        if len(data) > LARGEST:
            raise GdanimError("is larger than a theme can be, 1 MB")
        text = decoded(data, placed=True)
        if name.lower().endswith(".toml"):
            found, notes = _from_toml(text), list[str]()
        else:
            from gdanim.mplstyle import settings_of  # which reads matplotlib

            found, notes = settings_of(text)
        theme = _checked(found, os.path.dirname(name))
    except GdanimError as error:
        raise GdanimError(f"{ending(name)}: {error.problem}", where=["theme"]) from None
    stem = os.path.splitext(os.path.basename(name))[0]
    said = [*notes, *faint(theme, found)]
    return replace(theme, name=stem, notes=tuple(f"{ending(name)}: {note}" for note in said))


def check_font(name: str) -> None:
    """Refuse what is no font, by how it begins.

    Raises:
        GdanimError: it cannot be read, or is something else.
    """
    try:
        with open(name, "rb") as file:
            begins = file.read(4)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise GdanimError(
            f"cannot read '{ending(name)}': {reason}", where=["font"], exit_code=FAILED
        ) from None
    if begins in WEB:
        raise GdanimError(f"'{ending(name)}' is a font for the web; name its .ttf or .otf", where=["font"])
    if begins not in BEGINS:
        raise GdanimError(f"'{ending(name)}' is no font; name a .ttf or an .otf file", where=["font"])


def _contents(name: str) -> bytes:
    try:
        with open(name, "rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise GdanimError(f"cannot read '{name}': {reason}", where=["theme"], exit_code=FAILED) from None


def _from_toml(text: str) -> dict[str, Setting]:
    data = read_toml(text)
    lines = lines_of(text)
    return {key: Setting(value, line_of(lines, (key,))) for key, value in data.items()}


def _checked(found: Mapping[str, Setting], folder: str) -> Theme:
    """The theme that a file in this folder describes, on its base.

    Raises:
        GdanimError: an unknown key, a value that is none, or a colour that would not be seen.
    """
    values: dict[str, Any] = {}
    base = LIGHT
    for key, setting in found.items():
        if key not in KEYS:
            meant = did_you_mean(key, KEYS)
            rest = f"{' A' if meant else '; a'} theme has {', '.join(KEYS)}"
            raise _wrong(setting, f"unknown key '{shortened(key)}'{meant}{rest}")
        if key == "base":
            base = _base(setting)
        elif key == "large":
            values[key] = _large(setting)
        elif key == "font":
            values[key] = _font(setting, folder)
        elif key in LISTS:
            values[key] = _colours(key, setting)
        else:
            values[key] = _colour(key, setting.value, setting)
    theme = replace(base, **values)
    for said in _pairs(theme):
        if said.ratio < UNSEEN:
            raise _wrong(found.get(said.key, Setting(None, 0)), said.sentence(theme))
    return theme


def _wrong(setting: Setting, problem: str) -> GdanimError:
    return GdanimError(f"line {setting.line}: {problem}" if setting.line else problem)


def _base(setting: Setting) -> Theme:
    if not isinstance(setting.value, str) or setting.value not in THEMES:
        error = unknown("theme", str(setting.value), THEMES, where="theme")
        raise _wrong(setting, f"base: {error.problem}")
    return THEMES[setting.value]


def _large(setting: Setting) -> float:
    value = setting.value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not LEAST_LARGE <= value <= MOST_LARGE:
        allowed = f"a number from {LEAST_LARGE:g} to {MOST_LARGE:g}"
        raise _wrong(setting, f"large: must be {allowed}, not {shortened(repr(value))}")
    return float(value)


def _font(setting: Setting, folder: str) -> str:
    """The file of a font, named from where the theme is."""
    if not isinstance(setting.value, str) or not setting.value:
        raise _wrong(setting, f"font: must be a file, .ttf or .otf, not {shortened(repr(setting.value))}")
    file = os.path.join(folder, setting.value)
    try:
        check_font(file)
    except GdanimError as error:
        raise _wrong(setting, f"font: {error.problem}") from None
    return file


def _colours(key: str, setting: Setting) -> tuple[str, ...]:
    least, most = (1, MOST_RUNS) if key == "runs" else (len(BASINS), len(BASINS))
    if not isinstance(setting.value, list) or not least <= len(setting.value) <= most:
        many = f"{least} to {most} colours" if least < most else f"{most} colours"
        raise _wrong(setting, f"{key}: must be {many} in brackets, not {shortened(repr(setting.value))}")
    colours = tuple(_colour(key, value, setting) for value in setting.value)
    twice = next((colour for colour in colours if colours.count(colour) > 1), None)
    if twice:
        raise _wrong(setting, f"{key}: {twice} is given twice")
    return colours


def _colour(key: str, value: Any, setting: Setting) -> str:
    if not isinstance(value, str) or not COLOUR.fullmatch(value):
        raise _wrong(setting, f"{key}: must be a colour such as '#c75100', not {shortened(repr(value))}")
    digits = value[1:].lower()
    return "#" + ("".join(2 * digit for digit in digits) if len(digits) == 3 else digits)


class Pair(NamedTuple):
    """A colour of a theme and one that it stands on.

    Attributes:
        key: the colour's.
        what: "words" or "data".
        where: what it stands on, in words.
        least: the contrast that it should have.
    """

    key: str
    colour: str
    ground: str
    where: str
    what: str
    least: float

    @property
    def ratio(self) -> float:
        """The contrast that it has."""
        return contrast(self.colour, self.ground)

    def sentence(self, theme: Theme) -> str:
        """What it lacks, and what would do."""
        better = readable(self.colour, replace(theme, background=self.ground), self.least)
        enough = contrast(better, self.ground) >= self.least
        remedy = f", as {better} has" if enough else ""
        return (
            f"{self.key}: {self.colour} on {self.where} {self.ground} has a contrast of {_cut(self.ratio)};"
            f" {self.what} need {self.least:g}{remedy}"
        )


def _cut(ratio: float) -> str:
    """To two digits after the point and no more than it is: 4.499 is not 4.5.

    >>> _cut(4.499)
    '4.49'
    """
    return f"{int(100 * ratio) / 100:.2f}"


def _pairs(theme: Theme) -> list[Pair]:
    """What stands on what in a theme without a halo, those of one key and ground side by side."""
    ground, known = theme.background, "the background"
    pairs = [Pair(key, getattr(theme, key), ground, known, "words", WORDS) for key in ("ink", "muted", "now")]
    pairs += [Pair(key, getattr(theme, key), ground, known, "data", DATA) for key in ("curve", "before")]
    pairs += [Pair("runs", colour, ground, known, "data", DATA) for colour in theme.runs]
    for key in ("deep", "high"):
        pairs.append(Pair("ink", theme.ink, getattr(theme, key), key, "words", WORDS))
        pairs.append(Pair("field", theme.field, getattr(theme, key), f"{key}", "data", DATA))
    return pairs + [
        Pair("ink", theme.ink, blend(colour, ground, FILLED), "areas of basins", "words", WORDS)
        for colour in theme.basins
    ]


def faint(theme: Theme, found: Mapping[str, Setting]) -> list[str]:
    """Which colours have too little contrast, a sentence each; of a key that a file sets, with its line."""
    lacking = [pair for pair in _pairs(theme) if pair.ratio < pair.least]
    said = []
    for (key, _), group in groupby(lacking, key=lambda pair: (pair.key, pair.where)):
        first, *others = group
        line = found[key].line if key in found else 0
        also = "".join(f", and {pair.colour} {_cut(pair.ratio)}" for pair in others) if key == "runs" else ""
        said.append((f"line {line}: " if line else "") + first.sentence(theme) + also)
    return said
