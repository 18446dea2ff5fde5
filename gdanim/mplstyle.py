"""Styles of matplotlib: the rcParams that a theme can take, its colours, cycle and font."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gdanim.errors import GdanimError, shortened
from gdanim.theme import (
    DARK,
    DATA,
    LEAST_LARGE,
    LIGHT,
    MOST_LARGE,
    UNSEEN,
    WORDS,
    blend,
    contrast,
    luminance,
    readable,
)

if TYPE_CHECKING:
    from gdanim.themefile import Setting

# For each colour of a theme the rcParams it is taken from, the first that is set.
TAKEN = {
    "background": ("axes.facecolor", "figure.facecolor"),
    "ink": ("text.color", "axes.titlecolor"),
    "muted": ("xtick.color", "ytick.color", "axes.labelcolor"),
    "grid": ("grid.color",),
    "curve": ("lines.color",),
}
CYCLE, SIZE, FAMILY = "axes.prop_cycle", "font.size", "font.family"
GENERIC = ("sans-serif", "serif", "monospace", "cursive", "fantasy")
USUAL = 10.0  # points of text, where a style says nothing
MOST_COLOURS = 12
DIM = 0.5  # luminance of the ground from which on a theme for light grounds is the base
QUIETER = 0.3  # of the way from the first colour of a cycle to the ground, for the path so far
DERIVED = {"ink": WORDS, "muted": WORDS, "curve": DATA}  # what a style need not say, and its least contrast
FEW = 6  # names in a note
LINE = re.compile(r"\s*([\w.-]+)\s*:(.*)")


def settings_of(text: str) -> tuple[dict[str, Setting], list[str]]:
    """The keys of a theme that a style sets, each with its line, and a note on what else it sets.

    Raises:
        GdanimError: a line that is no setting, or a value that is no colour.
    """
    from gdanim.themefile import Setting

    given: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        bare = _without_comment(line).strip()
        match = LINE.fullmatch(bare)
        if bare and not match:
            raise GdanimError(
                f"line {number}: '{shortened(bare)}' is not a setting such as text.color: black"
            )
        if match:
            given[match[1]] = match[2].strip().strip('"').strip(), number
    found: dict[str, Setting] = {}
    used: set[str] = set()
    for key, names in TAKEN.items():
        name = next((name for name in names if name in given and given[name][0] != "auto"), None)
        if name:
            used.add(name)
            found[key] = Setting(_colour(name, *given[name]), given[name][1])
    if SIZE in given:
        used.add(SIZE)
        found["large"] = Setting(_large(*given[SIZE]), given[SIZE][1])
    base = DARK if "background" in found and luminance(found["background"].value) < DIM else LIGHT
    found["base"] = Setting(base.name, 0)
    if "background" in found:
        base = replace(base, background=found["background"].value)
        for key, least in DERIVED.items():
            found.setdefault(key, Setting(readable(getattr(base, key), base, least), 0))
    notes = []
    if CYCLE in given:
        used.add(CYCLE)
        runs, where = _cycle(*given[CYCLE]), given[CYCLE][1]
        seen = [colour for colour in runs if contrast(colour, base.background) >= UNSEEN] or runs
        if len(seen) < len(runs):
            gone = ", ".join(colour for colour in runs if colour not in seen)
            notes.append(f"line {where}: left out of the cycle: {gone}, not to be seen on {base.background}")
        before = readable(blend(seen[0], base.background, QUIETER), base, DATA)
        for key, value in {"runs": seen[:MOST_COLOURS], "now": seen[0], "before": before}.items():
            found[key] = Setting(value, where)
    if FAMILY in given:
        used |= {FAMILY, *(name for name in given if name.startswith("font.") and given[FAMILY][0] in name)}
        file, said = _font(given)
        found |= {"font": Setting(file, given[FAMILY][1])} if file else {}
        notes += said
    rest = {name: line for name, (_, line) in given.items() if name not in used}
    return found, notes + _ignored(rest)


def _font(given: dict[str, tuple[str, int]]) -> tuple[str, list[str]]:
    """The file of the first font of the family that this machine has, "" for DejaVu; and what is lacking."""
    from matplotlib import get_data_path
    from matplotlib.font_manager import FontProperties, findfont

    family, line = given[FAMILY]
    listed, line = given.get(f"font.{family}", (family if family not in GENERIC else "DejaVu Sans", line))
    names = [name.strip().strip("\"'") for name in listed.strip("[]").split(",")]
    for name in names:
        with suppress(ValueError):
            file = findfont(FontProperties(family=name), fallback_to_default=False)
            return "" if file.startswith(get_data_path()) and "DejaVuSans" in file else file, []
    lacking = ", ".join(names[:FEW])
    return "", [f"line {line}: this machine has no font named {lacking}; see --font"]


def _ignored(rest: dict[str, int]) -> list[str]:
    if not rest:
        return []
    named = ", ".join(f"{name} (line {line})" for name, line in list(rest.items())[:FEW])
    more = f" and {len(rest) - FEW} more" if len(rest) > FEW else ""
    change = "change" if len(rest) > 1 else "changes"
    return [
        f"{named}{more} {change} nothing; a theme takes a colour each of ground, text, axes, grid and lines,"
        " those of the cycle, and the font and its size"
    ]


def _without_comment(line: str) -> str:
    """A line up to its comment; in double quotes # begins none."""
    quoted = False
    for place, sign in enumerate(line):
        quoted ^= sign == '"'
        if sign == "#" and not quoted:
            return line[:place]
    return line


def _colour(name: str, value: str, line: int) -> str:
    from matplotlib.colors import to_hex, to_rgba
    from matplotlib.rcsetup import validate_color

    try:
        colour: Any = validate_color(value)
        if to_rgba(colour)[3] < 1:
            raise GdanimError(
                f"line {line}: {name}: '{shortened(value)}' is not opaque, as a theme's colours are"
            )
        return str(to_hex(colour))
    except (ValueError, TypeError):
        raise GdanimError(f"line {line}: {name}: '{shortened(value)}' is not a colour") from None


def _cycle(value: str, line: int) -> list[str]:
    from matplotlib.rcsetup import validate_cycler

    try:
        colours = validate_cycler(value).by_key().get("color", [])
    except Exception:  # whatever matplotlib finds wrong
        colours = []
    if not colours:
        raise GdanimError(f"line {line}: {CYCLE}: '{shortened(value)}' is not a cycler with colours")
    return list(dict.fromkeys(_colour(CYCLE, str(colour), line) for colour in colours))


def _large(value: str, line: int) -> float:
    least, most = USUAL * LEAST_LARGE, USUAL * MOST_LARGE
    try:
        points = float(value)
    except ValueError:
        points = 0.0
    if not least <= points <= most:
        raise GdanimError(
            f"line {line}: {SIZE}: must be from {least:g} to {most:g} points, not '{shortened(value)}'"
        )
    return points / USUAL
