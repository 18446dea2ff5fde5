"""Marks: the artists that move. They draw straight through any renderer, at a tenth of a Line2D's cost."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, IdentityTransform

from gdanim.views.glyphs import LIFT, Glyphs, Mask
from gdanim.views.words import outline_of, words_of

Points = npt.NDArray[np.float64]
Place = Sequence[float] | Points
Box = tuple[float, float, float, float]  # left, bottom, right, top
PIXELS = IdentityTransform()
HALO = 2.2  # times the width of what it lies behind
FAR = 1e8  # pixels; off every picture, and still a whole number to the renderer


class Mark(Artist):
    """An artist in pixel coordinates (origin at the bottom left), drawn anew in every frame.

    Args:
        clip: the axes it stays inside; None for the whole figure.
        colour: #rrggbb.
        width: of lines, in pixels; 0 for none.
        edge: colour of outlines; `colour` when None.
    """

    def __init__(
        self, clip: Axes | None, colour: str, *, width: float = 0.0, edge: str | None = None
    ) -> None:
        super().__init__()
        self.set_animated(True)
        self._clip = clip
        self.colour = to_rgba(colour)
        self._edge = to_rgba(edge or colour)
        self._width = width
        self._dashes: tuple[float, ...] | None = None
        self._cap = "butt"
        self._kept: tuple[Any, Any] | None = None

    @property
    def clip(self) -> Axes | None:
        """The axes it stays inside."""
        return self._clip

    def _context(self, renderer: Any) -> Any:
        """Line style and clipping for the renderer; kept, since making one costs as much as a line."""
        if self._kept is None or self._kept[0] is not renderer:
            context = renderer.new_gc()
            context.set_linewidth(self._width)
            context.set_foreground(self._edge, isRGBA=True)
            context.set_capstyle(self._cap)
            context.set_joinstyle("round")
            context.set_snap(False)
            context.set_dashes(0, self._dashes)
            if self._clip is not None:
                context.set_clip_rectangle(self._clip.bbox)
            self._kept = (renderer, context)
        return self._kept[1]


class Halo(Mark):
    """What is laid behind a line or an arrow: the same outline, wider."""


class Stroke(Mark):
    """A polyline.

    Args:
        dashes: pixels on and off; None for a whole line.
        halo: a colour laid behind it, a little wider, where the ground has colours like its own.
        guide: whether it only leads the eye, so that a label with a halo may interrupt it.
    """

    def __init__(
        self,
        clip: Axes | None,
        colour: str,
        *,
        width: float,
        dashes: tuple[float, ...] | None = None,
        halo: str | None = None,
        guide: bool = False,
    ) -> None:
        super().__init__(clip, colour, width=width)
        self.guide = guide
        self._dashes = dashes
        self._begun = 0.0
        self._cap = "butt" if dashes else "round"
        # Blunt, so that it does not reach over what it continues.
        self._halo = None if halo is None else Halo(clip, halo, width=HALO * width)
        self.points: Points = np.zeros((0, 2))
        self._path = Path(np.zeros((1, 2)))

    def to(self, points: Points, begun: float = 0.0) -> Stroke:
        """Move to these points: (m, 2) pixels; its dashes continue those of a line of length `begun`."""
        # A path's vertices can be replaced; making a path anew costs as much as drawing it.
        self.points = self._path.vertices = points
        self._begun = begun
        return self

    def draw(self, renderer: Any) -> None:
        if len(self.points) < 2:
            return
        if self._halo is not None:
            renderer.draw_path(self._halo._context(renderer), self._path, PIXELS, None)
        context = self._context(renderer)
        if self._dashes:
            context.set_dashes(self._begun, self._dashes)
        renderer.draw_path(context, self._path, PIXELS, None)


class Dots(Mark):
    """The same marker at several places.

    Args:
        marker: matplotlib's letter for it.
        size: diameter in pixels of a disc; any other marker covers as much.
    """

    def __init__(
        self,
        clip: Axes | None,
        colour: str,
        *,
        size: float,
        marker: str = "o",
        edge: str | None = None,
        width: float = 0.0,
    ) -> None:
        super().__init__(clip, colour, width=width, edge=edge)
        self._shape = unit_shape(marker)
        self._scale = Affine2D().scale(size)
        self.radius = 0.5 * size
        self.points: Points = np.zeros((0, 2))
        self._path = Path(np.zeros((1, 2)))

    def to(self, points: Points) -> Dots:
        """Move to these points: (m, 2) pixels."""
        # A path's vertices can be replaced; making a path anew costs as much as drawing it.
        self.points = self._path.vertices = points
        return self

    def draw(self, renderer: Any) -> None:
        if len(self.points):
            renderer.draw_markers(
                self._context(renderer), self._shape, self._scale, self._path, PIXELS, self.colour
            )


@lru_cache
def unit_shape(marker: str) -> Path:
    """A marker's outline about the origin, with the area of a disc of diameter 1."""
    style = MarkerStyle(marker)
    path = style.get_path().transformed(style.get_transform())
    x, y = np.asarray(path.to_polygons()[0]).T
    area = abs(float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())) / 2  # the shoelace formula
    return path.transformed(Affine2D().scale(float(np.sqrt(np.pi / 4 / area))))


def lengths(points: Points) -> Points:
    """How far along a polyline each of its points (m, 2) stands: (m,), from 0 on.

    >>> lengths(np.array([(0, 0), (3, 4), (3, 5)])).tolist()
    [0.0, 5.0, 6.0]
    """
    return np.concatenate([[0.0], np.hypot(*np.diff(points, axis=0).T).cumsum()])


class Arrow(Mark):
    """A straight arrow with a filled head; too short for a head, it is a line.

    Args:
        halo: a colour laid behind it, a little wider.
    """

    def __init__(
        self, clip: Axes | None, colour: str, *, width: float, head: float, halo: str | None = None
    ) -> None:
        super().__init__(clip, colour, width=width)
        self._head = head
        self._halo = None if halo is None else Halo(clip, halo, width=HALO * width)
        self.ends: Points = np.zeros((2, 2))

    def to(self, tail: Place, tip: Place) -> Arrow:
        """Point from one pixel position to another."""
        self.ends = np.array([tail, tip], dtype=np.float64)
        return self

    def draw(self, renderer: Any) -> None:
        tail, tip = self.ends
        length = float(np.hypot(*(tip - tail)))
        if length < 0.5:
            return
        along = (tip - tail) / length
        across = np.array([-along[1], along[0]])
        head = min(self._head, 0.6 * length)
        neck = tip - head * along
        wing = 0.42 * head * across
        shaft = Path(np.array([tail, neck + 0.5 * along]))
        triangle = Path(np.array([tip, neck + wing, neck - wing, tip]), closed=True)
        if self._halo is not None:
            halo = self._halo._context(renderer)
            halo.set_linewidth(self._halo._width)
            renderer.draw_path(halo, shaft, PIXELS, None)
            halo.set_linewidth((HALO - 1) * self._width)
            renderer.draw_path(halo, triangle, PIXELS, self._halo.colour)
        context = self._context(renderer)
        context.set_linewidth(self._width)
        renderer.draw_path(context, shaft, PIXELS, None)
        context.set_linewidth(0)
        renderer.draw_path(context, triangle, PIXELS, self.colour)


class Label(Mark):
    """One line of text put together from kept glyphs; where a renderer has no pixels, it is text.

    Attributes:
        text: what it says.
        position: the left and the lower end of its mask, in whole pixels.
        mask: its coverage, 0 … 255: (height, width), the upper row first.

    Args:
        anchor: what its position means: "left", "centre" or "right" of the baseline.
        halo: a colour laid softly behind it, so that lines under it do not disturb.
        places: how many places around its own are tried before it is left out, so that it covers nothing;
            0 for a label that always stands where it is put.
    """

    def __init__(
        self,
        glyphs: Glyphs,
        colour: str,
        *,
        anchor: str = "left",
        clip: Axes | None = None,
        halo: str | None = None,
        places: int = 0,
    ) -> None:
        super().__init__(clip, colour)  # of width 0, so that a halo has no outline
        self.places = places
        self._glyphs = glyphs
        self._shift = {"left": 0.0, "centre": 0.5, "right": 1.0}[anchor]
        self._ink = np.array([round(255 * part) for part in self.colour[:3]], np.uint8)
        self._halo = None if halo is None else to_rgba(halo)
        self.mask: Mask = np.zeros((0, 0), np.uint8)
        self._image: Mask | None = None
        self.text = ""
        self.position = (0, 0)
        self._baseline = 0

    def to(self, text: str, position: Place) -> Label:
        """Say `text` at a pixel position, rounded to whole pixels so that it stays crisp."""
        mask = self._glyphs.mask(text)
        if mask is not self.mask:
            self.mask, self._image = mask, None
        self.text = text
        left = position[0] - self._shift * self.mask.shape[1]
        self._baseline = round(position[1])
        self.position = (round(left), self._baseline - self._glyphs.drop(text))
        return self

    def draw(self, renderer: Any) -> None:
        if not self.mask.size:
            return
        context = self._context(renderer)
        if self._halo is not None:
            self._draw_halo(renderer, context)
        if isinstance(renderer, RendererAgg):
            self._draw_mask(renderer, context)
        else:
            self._draw_words(renderer, context)

    def _draw_mask(self, renderer: Any, context: Any) -> None:
        if self._image is None:
            self._image = np.empty((*self.mask.shape, 4), np.uint8)
            self._image[..., :3] = self._ink
            self._image[..., 3] = self.mask[::-1]
        renderer.draw_image(context, *self.position, self._image)

    def _draw_words(self, renderer: Any, context: Any) -> None:
        left, baseline = self.position[0], self._baseline + LIFT
        top = renderer.get_canvas_width_height()[1] - baseline if renderer.flipy() else baseline
        for word in words_of(self.text, self._glyphs):
            if word.mathtext:  # in outlines, since it takes from fonts that few have
                place = Affine2D().translate(left + word.left, baseline)
                renderer.draw_path(context, outline_of(word), place, self.colour)
            else:
                renderer.draw_text(context, left + word.left, top, word.characters, word.font, 0)

    def _draw_halo(self, renderer: Any, context: Any) -> None:
        left, low, right, high = self.box
        corners = [(left, low), (right, low), (right, high), (left, high), (left, low)]
        renderer.draw_path(context, Path(np.array(corners), closed=True), PIXELS, self._halo)

    def shift(self, right: float, up: float) -> None:
        """Move by so many pixels, rounded."""
        (x, y), by = self.position, round(up)
        self.position, self._baseline = (x + round(right), y + by), self._baseline + by

    @property
    def size(self) -> float:
        """Of its text, in pixels."""
        return self._glyphs.size

    @property
    def haloed(self) -> bool:
        """Whether lines under it do not disturb."""
        return self._halo is not None

    @property
    def box(self) -> Box:
        """The text with a little room around it, in pixels."""
        height, width = self.mask.shape
        (x, y), pad = self.position, 2
        return x - pad, y + 0.35 * self._glyphs.baseline, x + width + pad, y + 0.86 * height


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes share a part of the picture.

    >>> overlap((0, 0, 2, 2), (1, 1, 3, 3)), overlap((0, 0, 1, 1), (1, 0, 2, 1))
    (True, False)
    """
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
