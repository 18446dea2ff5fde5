"""A line that says what the signs of a picture of a net mean, each beside a sample of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.artist import Artist

from gdanim.views.base import Scene
from gdanim.views.marks import Dots, Label, Stroke
from gdanim.views.wires import DASHES, sign_colour

BESIDE, BETWEEN = 0.45, 1.3  # room after a sample, and between items, in sizes of text
LONG = {"plus": 1.95, "minus": 1.95, "low": 0.8, "high": 0.8, "dot": 0.5}  # samples, in the same
Items = Sequence[tuple[str, str]]  # of each what its sample is, and its words


def key_width(scene: Scene, items: Items) -> float:
    """Pixels that the line takes."""
    size = scene.sizes.text
    samples = sum((LONG[kind] + BESIDE) * size for kind, _ in items if kind in LONG)
    words = sum(scene.small.width(word) for _, word in items)
    return samples + words + BETWEEN * size * (len(items) - 1)


def key(scene: Scene, items: Items, x: float, y: float) -> Iterator[Artist]:
    """Its marks, from pixel x on, on the baseline y."""
    theme, size = scene.theme, scene.sizes.text
    up = y + 0.33 * scene.small.size
    for kind, word in items:
        long = LONG.get(kind, 0.0) * size
        line = np.array([(x, up), (x + long, up)])
        if kind in ("plus", "minus"):
            dashes = (DASHES[0] * size, DASHES[1] * size) if kind == "minus" else None
            colour = sign_colour(theme, 1 if kind == "plus" else -1)
            yield Stroke(None, colour, width=0.2 * size, dashes=dashes).to(line)
        elif kind in ("low", "high"):
            shade = theme.pair[kind == "high"]
            middle = line.mean(axis=0)[None]
            yield Dots(None, shade, size=0.85 * size, marker="s").to(middle)
        elif kind == "dot":
            yield Dots(None, theme.ink, size=0.4 * size).to(line.mean(axis=0)[None])
        x += long + (BESIDE * size if long else 0.0)
        yield Label(scene.small, theme.now if kind == "now" else theme.muted).to(word, (x, y))
        x += scene.small.width(word) + BETWEEN * size
