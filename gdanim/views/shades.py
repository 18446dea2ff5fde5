"""Shades: a panel filled with the colours of probabilities, of two classes or of several."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from gdanim.losses.base import Array
from gdanim.theme import BASINS, DATA, Theme, blend, contrast
from gdanim.views.marks import Mark

SHADES = 13  # from one class to the other, the middle one without colour
STEPS = 7  # of several classes from the least probability that the most probable one can have, up to 1
FAINT, STRONG = 0.9, 0.5  # share of the background where the model is unsure, and where it is sure
MARKERS = "os^DvPX"
OUTLINE = "#ffffff"  # of markers
MOST_CLASSES = len(BASINS)


def hues(theme: Theme, classes: int) -> tuple[str, ...]:
    """A colour for each class."""
    return theme.pair if classes == 2 else theme.basins[:classes]


def grounds(theme: Theme, classes: int) -> list[str]:
    """The colours between which those of a panel lie: the background, each class' faintest and strongest."""
    mixed = [blend(hue, theme.background, kept) for hue in hues(theme, classes) for kept in (FAINT, STRONG)]
    return [theme.background, *mixed]


def marker_colour(number: int, classes: int, theme: Theme) -> str:
    """A class' colour, as dark as it must be to be seen, outlined in white, on every ground there may be."""
    hue = hues(theme, classes)[number]

    def least(colour: str) -> float:
        return min(
            max(contrast(colour, ground), contrast(OUTLINE, ground)) for ground in grounds(theme, classes)
        )

    darker = (blend(hue, "#000000", percent / 100) for percent in range(35, 101, 5))
    return next(colour for colour in darker if min(least(colour), contrast(colour, OUTLINE)) >= DATA)


class Shade(Mark):
    """A panel filled with the colours of probabilities; it has no colour where they are one half."""

    def __init__(self, axes: Axes, theme: Theme) -> None:
        super().__init__(axes, theme.background)
        middle, pair = SHADES // 2, theme.pair
        colours = np.full((SHADES + 1, 4), 255, np.uint8)  # of a probability of 1 the last but one again
        for i in range(SHADES + 1):
            share = min(i, SHADES - 1) / middle - 1.0
            kept = FAINT + (STRONG - FAINT) * abs(share) if share else 1.0
            colours[i, :3] = np.round(255 * np.array(to_rgb(blend(pair[share > 0], theme.background, kept))))
        self._colours = colours.view(np.uint32)[:, 0]
        self.probabilities: Array = np.zeros((2, 2))

    def to(self, probabilities: Array) -> Shade:
        """Show these: (rows upwards, columns), evenly from border to border."""
        self.probabilities = probabilities
        return self

    def image(self) -> npt.NDArray[np.uint8]:
        """(height, width, 4), the lowest row first."""
        assert self.clip is not None
        width, height = (round(length) for length in self.clip.bbox.size)
        coarse = np.clip(SHADES * self.probabilities, 0, SHADES).astype(np.float32)
        fine = finer(coarse, height, width)
        found: npt.NDArray[np.uint8] = self._colours[fine.astype(np.uint8)].view(np.uint8)
        return found.reshape(height, width, 4)

    def draw(self, renderer: Any) -> None:
        assert self.clip is not None
        box = self.clip.bbox
        renderer.draw_image(self._context(renderer), round(box.x0), round(box.y0), self.image())


def finer(numbers: npt.NDArray[np.float32], height: int, width: int) -> npt.NDArray[np.float32]:
    """Numbers at even places from border to border → those in the middles of pixels, by straight lines.

    >>> finer(np.array([[0.0, 8.0], [0.0, 8.0]], np.float32), 1, 4).tolist()
    [[1.0, 3.0, 5.0, 7.0]]
    """
    # Not as products of matrices, which would start threads for it.
    for wanted in (height, width):
        left, share = _between(numbers.shape[0], wanted)
        steps = np.diff(numbers, axis=0)[left]
        steps *= share
        steps += numbers[left]
        numbers = np.ascontiguousarray(steps.T)
    return numbers


@lru_cache(32)
def _between(known: int, wanted: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32]]:
    """Which known number stands before the middle of each pixel, and how far on the way to the next it is."""
    place = (np.arange(wanted) + 0.5) / wanted * (known - 1)
    left = np.minimum(place.astype(np.intp), known - 2)
    return left, (place - left).astype(np.float32)[:, None]


class Shares(Shade):
    """The same of several classes: the colour of the most probable one, fainter where it is unsure."""

    def __init__(self, axes: Axes, theme: Theme, classes: int) -> None:
        super().__init__(axes, theme)
        self._least = 1.0 / classes
        kept = np.linspace(FAINT, STRONG, STEPS)
        colours = np.full((classes, STEPS, 4), 255, np.uint8)
        for number, hue in enumerate(hues(theme, classes)):
            for step in range(STEPS):
                colours[number, step, :3] = np.round(
                    255 * np.array(to_rgb(blend(hue, theme.background, kept[step])))
                )
        colours[:, 0, :3] = np.round(255 * np.array(to_rgb(theme.background)))  # as good as undecided
        self._colours = colours.reshape(-1, 4).view(np.uint32)[:, 0]

    def image(self) -> npt.NDArray[np.uint8]:
        """(height, width, 4), the lowest row first; its probabilities are (rows, columns, classes)."""
        assert self.clip is not None
        width, height = (round(length) for length in self.clip.bbox.size)
        # Two by two pixels at a time, which the lines between classes cover.
        high, wide = -(-height // 2), -(-width // 2)
        known = np.ascontiguousarray(np.moveaxis(self.probabilities, -1, 0), dtype=np.float32)
        most = finer(known[0], high, wide)
        number = np.zeros(most.shape, np.uint8)
        for other, shares in enumerate(known[1:], 1):
            fine = finer(shares, high, wide)
            number[fine > most] = other
            np.maximum(most, fine, out=most)
        step = (most - self._least) * (STEPS / (1.0 - self._least))
        index = number * np.uint8(STEPS) + step.clip(0, STEPS - 1).astype(np.uint8)
        colours = self._colours[index].repeat(2, axis=0)[:height].repeat(2, axis=1)[:, :width]
        found: npt.NDArray[np.uint8] = np.ascontiguousarray(colours).view(np.uint8)
        return found.reshape(height, width, 4)
