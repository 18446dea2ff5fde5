"""How rows that are held out are shown beside those that are learned from: rings, and a thin dashed line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes

from gdanim.descent import Trajectory
from gdanim.losses.base import Array
from gdanim.theme import WORDS, readable
from gdanim.views.base import Scene
from gdanim.views.marks import Dots
from gdanim.views.styles import Style

DRAWN = 200  # rows at most
HUE = 2  # of the theme's colours of runs: the one for what is held out of a run that is alone
DASHES = (0.55, 0.35)  # on and off, in sizes of text
HIGH = 1e150  # what overflows
THIN = 0.7  # times the width of the other line


def held_of(run: Trajectory) -> Array | None:
    """The loss of the rows that are held out, (T+1,), as it is drawn; None where there are none."""
    held = run.measures.get("L_test")
    return None if held is None else np.nan_to_num(held, nan=HIGH, posinf=HIGH).clip(None, HIGH)


def with_held(runs: Sequence[Trajectory]) -> tuple[Trajectory, ...]:
    """The runs, and after them each with the loss of its held-out rows in place of its own.

    What overflows there is finite still, and higher than any picture.
    """
    found = [replace(run, loss=held) for run in runs if (held := held_of(run)) is not None]
    return (*runs, *found)


def held_in_words(scene: Scene) -> str:
    """What a ring is, how many rows are held out, and how many of them are drawn where that is not all."""
    table = scene.loss.table
    count = 0 if table is None or table.held is None else len(table.held)
    rows = f"{count:,}".replace(",", "\N{THIN SPACE}")
    return scene.text("rings" if count <= DRAWN else "rings.sample", rows=rows, shown=DRAWN)


def rings(axes: Axes | None, scene: Scene, colour: str, size: float, marker: str = "o") -> Dots:
    """Rows that are held out, not filled."""
    return Dots(axes, scene.theme.ground, size=size, marker=marker, edge=colour, width=0.13 * size)


def style_of(scene: Scene, run: int) -> Style:
    """How the held-out rows of a run are told from the others: of one alone by a colour too."""
    if not scene.alone:
        return scene.styles[run]._replace(dashes=DASHES)
    colour = scene.theme.runs[HUE]
    return Style(colour, colour, readable(colour, scene.theme, WORDS), "o", DASHES)


def ring_of(axes: Axes | None, scene: Scene, run: int, share: float = 0.8) -> Dots:
    """The ball of a line of held-out rows: a ring, so much smaller than the other."""
    style, sizes = style_of(scene, run), scene.sizes
    return Dots(
        axes,
        scene.theme.ground,
        size=share * sizes.ball,
        marker=style.marker,
        edge=style.now,
        width=0.16 * sizes.text * sizes.share,
    )
