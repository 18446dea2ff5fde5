"""Labels that give way: each stands where it covers nothing, or, where there is no such place, not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import hypot

import numpy as np
from matplotlib.artist import Artist

from gdanim.losses.base import Array
from gdanim.timeline import Moment
from gdanim.views.base import View
from gdanim.views.marks import Arrow, Box, Dots, Label, Points, Stroke, overlap

THIN = 2.0  # pixels: points of a path that lie closer cover nothing new
LINE = 1.15  # of a line, in sizes of text
FARTHEST = 1.6  # lines from its own place
BESIDE = 2.0  # pixels by which the room around a label may reach beyond its panel


def _places() -> tuple[tuple[float, float], ...]:
    """Where a label is tried: so many of its own widths to the right and lines up, the nearest first."""
    near = [
        place
        for place in product((0.0, 0.2, -0.2, 0.4, -0.4), (0.0, 0.6, -0.6, 1.3, -1.3))
        if _reach(place) <= FARTHEST
    ]
    return tuple(sorted(near, key=_reach))


def _reach(place: tuple[float, float]) -> float:
    """How far from its own a place is, in lines, for a label three lines wide."""
    return hypot(3 * place[0], place[1])


PLACES = _places()
ITS_OWN, NEAR = 1, len(PLACES)  # how many of them, for a label's `places`


class Clearance:
    """What is drawn of a view, in which shy labels keep clear of everything else.

    Args:
        view: whose marks pass through here.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._standing: tuple[Segments, Markers] = Segments([]), Markers([])  # what never moves
        self._boxes: list[Box] = []
        self._walks: list[Walk] = []

    def still(self) -> Iterator[Artist]:
        """The view's, without labels that anything would ever cover."""
        self._boxes = []
        self._survey()
        yield from self._cleared(self._view.still(), None)

    def update(self, moment: Moment) -> Iterator[Artist]:
        """The view's at a moment; shy labels last, on what is free."""
        yield from self._cleared(self._view.update(moment), moment.k)

    def _cleared(self, marks: Iterable[Artist], k: int | None) -> Iterator[Artist]:
        lines, guides = list[Points](), list[Points]()
        dots = list[tuple[Points, float]]()
        shy = list[Label]()
        for mark in marks:
            if isinstance(mark, Label) and mark.places:
                shy.append(mark)
                continue
            if isinstance(mark, Stroke):
                (guides if mark.guide else lines).append(mark.points)
            elif isinstance(mark, Arrow):
                lines.append(mark.ends)
            elif isinstance(mark, Dots):
                dots.append((mark.points, mark.radius))
            yield mark
        if not shy:
            return
        data = [*self._standing, Segments(lines), Markers(dots), *self._walked(k)]
        leading, boxes = Segments(guides), list(self._boxes)
        for label in shy:
            if self._settle(label, data if label.haloed else [*data, leading], boxes):
                boxes.append(label.box)
                yield label
        if k is None:
            self._boxes = boxes

    def _settle(self, label: Label, ahead: Sequence[Markers | Segments | Walk], boxes: list[Box]) -> bool:
        """Move a label to the first of its places that is free, if there is one."""
        box, edge = label.box, self._view.axes.bbox if label.clip is None else label.clip.bbox
        x0, y0, x1, y1 = np.asarray(edge.padded(BESIDE).extents).tolist()
        wide, high = box[2] - box[0], LINE * label.size
        for right, up in PLACES[: label.places]:
            x, y = right * wide, up * high
            there = (box[0] + x, box[1] + y, box[2] + x, box[3] + y)
            if there[0] < x0 or there[2] > x1 or there[1] < y0 or there[3] > y1:
                continue
            if any(overlap(there, other) for other in boxes):
                continue
            if not any(marks.cross(there) for marks in ahead):
                label.shift(x, y)
                return True
        return False

    def _walked(self, k: int | None) -> list[Walk]:
        """The paths up to iterate k, or whole."""
        paths = [trail.path() for trail in getattr(self._view, "trails", ())]
        if len(self._walks) != len(paths) or any(
            path is not walk.path for path, walk in zip(paths, self._walks, strict=True)
        ):
            self._walks = [Walk(path) for path in paths]  # a panel that turns moves them
        for walk in self._walks:
            walk.until(k)
        return self._walks

    def _survey(self) -> None:
        """Curves and minima that matplotlib has drawn."""
        lines, dots = list[Points](), list[tuple[Points, float]]()
        for line in self._view.axes.lines:
            points = self._view.to_pixels(*(np.asarray(v, np.float64) for v in line.get_data()))
            if line.get_linestyle() == "None":
                dots.append((points, 0.6 * float(line.get_markersize())))
            else:
                lines.append(points[np.isfinite(points).all(axis=1)])
        self._standing = Segments(lines), Markers(dots)


class Walk:
    """A path, of which only what has been walked is in the way."""

    def __init__(self, path: Points) -> None:
        self.path = path
        points, self._numbers = thinned(path)
        self._pieces, self._most = Segments([points]), 0

    def until(self, k: int | None) -> None:
        """As far as iterate k, or all of it."""
        walked = len(self._numbers) if k is None else np.searchsorted(self._numbers, k, side="right")
        self._most = max(0, int(walked) - 1)

    def cross(self, box: Box) -> bool:
        """Whether it goes through a box."""
        return self._most > 0 and self._pieces.cross(box, self._most)


def thinned(points: Points) -> tuple[Points, Array]:
    """A path (m, 2) without the points that stand where the one before stood, and the numbers of the rest."""
    cells = np.round(points / THIN)
    kept = np.flatnonzero(np.concatenate([[True], (np.diff(cells, axis=0) != 0).any(axis=1)]))
    return points[kept], kept.astype(np.float64)


class Markers:
    """Places of markers, (m, 2), with the radius of each, asked at once whether they reach into a box."""

    def __init__(self, dots: Sequence[tuple[Points, float]]) -> None:
        self._empty = not dots
        if dots:
            self._x, self._y = np.concatenate([points for points, _ in dots]).T
            self._radius = np.repeat([radius for _, radius in dots], [len(points) for points, _ in dots])

    def cross(self, box: Box) -> bool:
        """Whether any reaches into a box."""
        if self._empty:
            return False
        left, low, right, high = box
        x, y, r = self._x, self._y, self._radius
        return bool(((x > left - r) & (x < right + r) & (y > low - r) & (y < high + r)).any())


class Segments:
    """The pieces of polylines, each (m, 2), which are asked at once whether they go through a box.

    Source: Liang and Barsky (1984), A New Concept and Method for Line Clipping.

    >>> line = np.array([(0.0, 0.0), (10.0, 10.0)])
    >>> [Segments([line]).cross(box) for box in ((4, 4, 6, 6), (0, 5, 4, 9), (20, 0, 30, 9))]
    [True, False, False]
    """

    def __init__(self, lines: Sequence[Points]) -> None:
        lines = [line for line in lines if len(line) > 1]
        self._empty = not lines
        if lines:
            self._a = np.concatenate([line[:-1] for line in lines])
            self._b = np.concatenate([line[1:] for line in lines])
            self._left, self._low = np.minimum(self._a, self._b).T
            self._right, self._high = np.maximum(self._a, self._b).T

    def cross(self, box: Box, most: int | None = None) -> bool:
        """Whether any goes through a box, or any of the first so many."""
        if self._empty:
            return False
        left, low, right, high = box
        near = (self._right[:most] >= left) & (self._left[:most] <= right)
        near &= (self._high[:most] >= low) & (self._low[:most] <= high)
        if not near.any():
            return False
        a = self._a[:most][near]
        along = self._b[:most][near] - a
        along[along == 0] = 1e-9
        one, other = (np.array(box[:2]) - a) / along, (np.array(box[2:]) - a) / along
        enters = np.minimum(one, other).max(axis=1).clip(0, None)
        leaves = np.maximum(one, other).min(axis=1).clip(None, 1)
        return bool((enters <= leaves).any())
