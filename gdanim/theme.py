"""Colours and sizes. One accent for now, a quieter one for before, grey for all else."""

from __future__ import annotations

from dataclasses import dataclass

from gdanim.errors import unknown


@dataclass(frozen=True)
class Theme:
    """Colours as #rrggbb.

    Attributes:
        ink, muted, grid: text, quieter text and axes, grid lines.
        curve: the loss.
        now, before: the ball and its arithmetic; the path so far.
        deep, high: the ends of the ramp for surfaces; its lightness changes evenly.
        field: arrows on a surface.
        runs: one colour a compared run, told apart by the colour-blind (Okabe and Ito, 2008).
    """

    name: str
    background: str
    ink: str
    muted: str
    grid: str
    curve: str
    now: str
    before: str
    deep: str
    high: str
    field: str
    runs: tuple[str, ...]


LIGHT = Theme(
    name="light",
    background="#ffffff",
    ink="#1f2933",
    muted="#5f6b7a",
    grid="#e6e9ed",
    curve="#8793a3",
    now="#d55e00",
    before="#f0b48c",
    deep="#86aac9",
    high="#f3f6f9",
    field="#6d8193",
    runs=("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#1f2933"),
)
DARK = Theme(
    name="dark",
    background="#14181f",
    ink="#eef1f5",
    muted="#a3adba",
    grid="#262d37",
    curve="#7d8998",
    now="#ff8c42",
    before="#8f5530",
    deep="#3d6d94",
    high="#191f28",
    field="#7f93a6",
    runs=("#ff8c42", "#56b4e9", "#2fc49a", "#e39ac4", "#f0e442", "#4a90d9", "#eef1f5"),
)
BASINS = ("#56b4e9", "#009e73", "#e69f00", "#cc79a7", "#0072b2", "#f0e442", "#d55e00")
THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


def make_theme(name: str) -> Theme:
    """The theme of that name."""
    if name not in THEMES:
        raise unknown("theme", name, THEMES, where="theme")
    return THEMES[name]


def text_size(width: int, height: int) -> float:
    """Size of ordinary text in layout pixels: 14 at 960×540, growing with the picture, never under 12.

    >>> text_size(960, 540), text_size(640, 480), text_size(1920, 1080)
    (14.0, 12.0, 28.0)
    """
    return max(12.0, 14.0 * min(width / 960, height / 540))


def blend(colour: str, other: str, share: float) -> str:
    """`share` of the way from one #rrggbb to another.

    >>> blend("#000000", "#ffffff", 0.5)
    '#808080'
    """
    pairs = ((int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def ramp(theme: Theme, count: int) -> list[str]:
    """`count` colours from the deep end to the high one.

    >>> ramp(LIGHT, 3)
    ['#86aac9', '#bcd0e1', '#f3f6f9']
    """
    return [blend(theme.deep, theme.high, i / max(1, count - 1)) for i in range(count)]
