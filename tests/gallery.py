"""A few small frames to compare with: `python -m tests.gallery` (`make gallery`) draws those that are kept.

What is kept is reduced to some colours; what is compared is the mean over small squares, so that neither
this nor another release's rasterising of fonts is seen, but a mark that stands elsewhere is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from gdanim.timeline import Moment
from tests.pictures import Pixels, picture

FOLDER = Path(__file__).parent / "data" / "gallery"
COLOURS = 192
SQUARE, STRIDE = 8, 4  # pixels
TOLERANCE = 24.0  # of 255, of the mean over any square, in any of the three colours
SIZE = (480, 360)
PICTURES: dict[str, tuple[dict[str, Any], Moment]] = {
    "curve": ({}, Moment(3)),
    "curve-between": ({"loss": "wavy", "theme": "dark"}, Moment(2, 0.5)),
    "curve-path": ({"loss": "double-well", "learning_rate": 0.02}, Moment(14)),
    "curve-leaving": ({"learning_rate": 1.1}, Moment(9)),
    "curve-runs": ({"learning_rate": (0.05, 0.3, 0.95)}, Moment(4)),
    "contour": ({"loss": "himmelblau", "view": "contour"}, Moment(3)),
    "contour-field": ({"loss": "booth", "view": "contour", "field": True, "lang": "pt"}, Moment(5)),
    "contour-runs": (
        {"loss": "bowl", "view": "contour", "optimizer": ("gd", "momentum"), "theme": "dark"},
        Moment(8),
    ),
    "surface": ({"loss": "himmelblau", "view": "surface"}, Moment(3)),
    "surface-orbit": ({"loss": "rosenbrock", "view": "surface", "orbit": 120.0}, Moment(12)),
    "slices": ({"loss": "himmelblau", "view": "slices", "size": (640, 360)}, Moment(2)),
    "gradient": ({"loss": "bowl", "view": "gradient"}, Moment(2)),
    "basins": ({"loss": "himmelblau", "view": "basins"}, Moment(4)),
    "graph": (
        {"loss": "z = w*x + b; L = (z - t)^2", "let": {"x": 2.0, "t": 1.0}, "view": "graph"},
        Moment(0, 0.0, 6),
    ),
    "network": ({"data": "moons", "model": "mlp:hidden=4", "view": "network"}, Moment(0, 0.0, 12)),
    "fit-squares": ({"data": "line:n=12", "view": "fit", "squares": True, "test": 0.3}, Moment(2)),
    "boundary": (
        {"data": "blobs:classes=3,n=90", "view": "boundary", "learning_rate": 0.5, "theme": "dark"},
        Moment(5),
    ),
    "confusion": ({"data": "digits:n=100", "view": "confusion", "lang": "pt"}, Moment(6)),
    "words": ({"model": "next-word", "view": "words", "prompt": "the cat"}, Moment(8)),
    "embedding": ({"model": "next-word", "view": "embedding", "batch_size": 8}, Moment(8)),
    "plane": ({"data": "moons", "model": "mlp:hidden=4", "view": "contour"}, Moment(12)),
    "history-held": (
        {"data": "sine:n=20", "model": "polynomial:degree=5", "test": 0.4, "view": "history"},
        Moment(20),
    ),
    "history": ({"loss": "wavy", "view": "history"}, Moment(10)),
    "history-runs": ({"loss": "bowl", "view": "history", "learning_rate": (0.02, 0.1)}, Moment(20)),
}


def frame(name: str) -> Pixels:
    """A picture of the gallery as it is drawn now: (height, width, 3)."""
    settings, moment = PICTURES[name]
    shown = picture(**{"size": SIZE, "iterations": 24, **settings})
    return shown.frame(moment)[..., :3].copy()


def kept(name: str) -> Pixels:
    """The picture as it was kept."""
    with Image.open(FOLDER / f"{name}.png") as image:
        return np.array(image.convert("RGB"))


def means(pixels: Pixels) -> npt.NDArray[np.float64]:
    """Means over all squares, by sums over rows and columns from the corner."""
    sums = np.pad(pixels.astype(np.float64), ((1, 0), (1, 0), (0, 0))).cumsum(axis=0).cumsum(axis=1)
    squares = sums[SQUARE:, SQUARE:] - sums[:-SQUARE, SQUARE:] - sums[SQUARE:, :-SQUARE]
    squares += sums[:-SQUARE, :-SQUARE]
    return np.asarray(squares[::STRIDE, ::STRIDE] / SQUARE**2)


def difference(a: Pixels, b: Pixels) -> float:
    """How far two pictures differ where they differ most, of 255; infinite for other sizes."""
    return float(np.abs(means(a) - means(b)).max()) if a.shape == b.shape else float("inf")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in FOLDER.glob("*.png"):
        path.unlink()
    for name in PICTURES:
        image = Image.fromarray(frame(name)).quantize(
            COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
        image.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
