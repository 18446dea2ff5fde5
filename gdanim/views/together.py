"""Artists as one, for what draws a figure by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from matplotlib.artist import Artist


class Together(Artist):
    """Artists as one, for what draws a figure by itself.

    Args:
        artists: gives them from the bottom to the top, each when the one before it has been drawn.
    """

    def __init__(self, artists: Callable[[], Iterable[Artist]]) -> None:
        super().__init__()
        self.set_zorder(np.inf)
        self._artists = artists

    def draw(self, renderer: Any) -> None:
        for artist in self._artists():
            artist.draw(renderer)
