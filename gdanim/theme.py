"""Colours and sizes. One accent for now, a quieter one for before, grey for all else."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gdanim.errors import unknown

DATA, WORDS = (
    3.0,
    4.5,
)  # least contrast of data and of words to what they stand on: WCAG 2.2, 1.4.11 and 1.4.3

UNSEEN = 1.5  # a contrast under which nothing is seen at all
LEAST_LARGE, MOST_LARGE = 0.8, 3.0  # how many times as large as usual text may be
FILLED = 0.62  # share of the background in an area of a basin, on which words stand
# Okabe and Ito (2008), Color Universal Design.
BASINS = ("#56b4e9", "#009e73", "#e69f00", "#cc79a7", "#0072b2", "#f0e442", "#d55e00")


@dataclass(frozen=True)
class Theme:
    """Colours as #rrggbb.

    On the background data have a contrast of at least 3 : 1 and words of 4.5 : 1. On the ramp data carry a
    halo of the background, since no one colour stands out from both ends of it.

    Attributes:
        ink, muted, grid: text, quieter text and axes, grid lines.
        curve: the loss.
        now, before: the ball and its arithmetic; the path so far.
        deep, high: the ends of the ramp for surfaces; its lightness changes evenly.
        field: arrows on a surface.
        runs: one colour a compared run: those of Okabe and Ito (2008), as much darker as they need to be
            seen on white, in an order in which dashes tell apart what a colour-blind eye does not.
        basins: one colour a minimum, or a class, of which areas are filled with paler shades.
        large: how many times as large text and marks are as in other themes.
        font: the file of the font in which text is set; "" for DejaVu Sans.
        clear: whether the ground is not painted.
        about: what it is for, in a few words.
        notes: what its colours lack, where they come from a file, a sentence each.
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
    basins: tuple[str, ...] = BASINS
    large: float = 1.0
    font: str = ""
    clear: bool = False
    about: str = ""
    notes: tuple[str, ...] = ()

    @property
    def ground(self) -> str:
        """What the ground is painted with, and what sets marks on it off from each other; it may be nothing.

        Areas of colour are opaque all the same, and what lies on them has a halo of the background.
        """
        return self.background + "00" * self.clear

    @property
    def pair(self) -> tuple[str, str]:
        """What is low, negative or the first of two classes; and its opposite."""
        return self.basins[0], self.basins[3]


LIGHT = Theme(
    name="light",
    background="#ffffff",
    ink="#1f2933",
    muted="#5f6b7a",
    grid="#e6e9ed",
    curve="#8793a3",
    now="#c75100",
    before="#b98363",
    deep="#a2c0da",
    high="#f3f6f9",
    field="#56677a",
    runs=("#d55e00", "#009e73", "#4897c4", "#1f2933", "#bf8400", "#c675a2", "#0062a8"),
)
DARK = Theme(
    name="dark",
    background="#14181f",
    ink="#eef1f5",
    muted="#a3adba",
    grid="#262d37",
    curve="#7d8998",
    now="#ff8c42",
    before="#a5673f",
    deep="#31597c",
    high="#191f28",
    field="#a9b6c4",
    runs=("#ff8c42", "#2fc49a", "#56b4e9", "#eef1f5", "#f0e442", "#e39ac4", "#4876d6"),
)
# In grey the runs differ in lightness where their dashes are the same, and all areas do.
PAPER = Theme(
    name="paper",
    background="#ffffff",
    ink="#111111",
    muted="#4d4d4d",
    grid="#e4e4e4",
    curve="#8c8c8c",
    now="#9b3f00",
    before="#b98363",
    deep="#a9b8c6",
    high="#f5f7f9",
    field="#4c5660",
    runs=("#340231", "#db7295", "#225a7b", "#791e20", "#2d2e04", "#a57632", "#625bc8"),
    basins=("#a0dcf5", "#3fa36a", "#b33a10", "#6b154d", "#e39a3b", "#faf5b8", "#1a0a2e"),
    about="for print, also where that is grey",
)
SLIDES = replace(LIGHT, name="slides", large=1.4, about="in large type, for a lecture hall")
# Words at 7 : 1 and data at 4.5 : 1, as WCAG 2.2 asks of enhanced contrast (1.4.6), and more than of data.
CONTRAST = Theme(
    name="contrast",
    background="#000000",
    ink="#ffffff",
    muted="#d4d9df",
    grid="#2e3338",
    curve="#a9b1ba",
    now="#ffd60a",
    before="#c08a2c",
    deep="#1f4a73",
    high="#080d14",
    field="#e6ebf0",
    runs=("#ffb000", "#2fd6a5", "#6cc4ff", "#ffffff", "#fff56b", "#e0a0ff", "#7d9bff"),
    about="of high contrast",
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK, PAPER, SLIDES, CONTRAST)}


def make_theme(name: str) -> Theme:
    """The theme of that name."""
    if name not in THEMES:
        raise unknown("theme", name, THEMES, where="theme")
    return THEMES[name]


def text_size(width: int, height: int) -> float:
    """Size of ordinary text in layout pixels: 14 at 960×540, growing with the picture, never under 12.

    Upright pictures are seen on phones, whose width is all there is: there it is larger beside the width.

    >>> text_size(960, 540), text_size(640, 480), text_size(1920, 1080), text_size(720, 1280)
    (14.0, 12.0, 28.0, 16.0)
    """
    return max(12.0, 14.0 * min(width / 960, height / 540), 16.0 * min(width / 720, height / 1280))


def blend(colour: str, other: str, share: float) -> str:
    """`share` of the way from one #rrggbb to another.

    >>> blend("#000000", "#ffffff", 0.5)
    '#808080'
    """
    pairs = ((int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, 0 … 1.

    Source: WCAG 2.2, definition of relative luminance, from IEC 61966-2-1.

    >>> luminance("#000000"), luminance("#ffffff")
    (0.0, 1.0)
    """
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: str, other: str) -> float:
    """(lighter + 0.05)/(darker + 0.05) of two luminances: 1 for equal ones, 21 for black on white.

    Source: WCAG 2.2, definition of contrast ratio.

    >>> round(contrast("#777777", "#ffffff"), 2)
    4.48
    """
    darker, lighter = sorted((luminance(colour), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, theme: Theme, least: float) -> str:
    """The colour, as much nearer to the ink as it takes for this contrast to the background.

    >>> readable("#ffffff", LIGHT, 4.5), readable("#0072b2", LIGHT, 4.5)
    ('#70767c', '#0072b2')
    """
    nearer = (blend(colour, theme.ink, percent / 100) for percent in range(101))
    return next((c for c in nearer if contrast(c, theme.background) >= least), theme.ink)


def ramp(theme: Theme, count: int) -> list[str]:
    """`count` colours from the deep end to the high one.

    >>> ramp(LIGHT, 3)
    ['#a2c0da', '#cadbea', '#f3f6f9']
    """
    return [blend(theme.deep, theme.high, i / max(1, count - 1)) for i in range(count)]
