"""Labels that give way: each stands where it covers nothing, or, where there is no such place, not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, product
from math import hypot
from typing import Protocol

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.losses.base import Array
from gdanim.timeline import Moment
from gdanim.views.base import View
from gdanim.views.marks import Arrow, Box, Dots, Label, Points, Stroke, overlap

THIN = 2.0  # pixels: points of a path that lie closer cover nothing new
LINE = 1.15  # of a line, in sizes of text
MANY = 64  # answers that are kept
CLOSE, FARTHEST = 1.6, 2.2  # lines from its own place
DOT = 0.65  # of a dot's size: its radius, with its outline
BESIDE = 2.0  # pixels by which the room around a label may reach beyond its panel


def _places() -> tuple[tuple[float, float], ...]:
    """Where a label is tried: so many of its own widths to the right and lines up, the nearest first."""
    near = [
        place
        for place in product((0.0, 0.2, -0.2, 0.4, -0.4, 0.6, -0.6), (0.0, 0.6, -0.6, 1.3, -1.3, 2.0, -2.0))
        if _reach(place) <= FARTHEST
    ]
    return tuple(sorted(near, key=_reach))


def _reach(place: tuple[float, float]) -> float:
    """How far from its own a place is, in lines, for a label three lines wide."""
    return hypot(3 * place[0], place[1])


PLACES = _places()
# How many of them, for a label's `places`.
ITS_OWN, NEAR, AROUND = 1, sum(_reach(place) <= CLOSE for place in PLACES), len(PLACES)


class Clearance:
    """What is drawn of a view, in which shy labels keep clear of everything else.

    Args:
        view: whose marks pass through here.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._standing = Standing([], [])
        self._panels: dict[Axes, Box] = {}
        self._boxes: list[Box] = []
        self._walks: list[Walk] = []

    def still(self) -> Iterator[Artist]:
        """The view's, without labels that anything would ever cover."""
        self._boxes, self._panels = [], {}
        self._survey()
        yield from self._cleared(self._view.still(), None)

    def update(self, moment: Moment) -> Iterator[Artist]:
        """The view's at a moment; shy labels last, on what is free."""
        yield from self._cleared(self._view.update(moment), moment.k)

    def _cleared(self, marks: Iterable[Artist], k: int | None) -> Iterator[Artist]:
        moving, leading, shy = Moving(), Moving(), list[Label]()
        for mark in marks:
            if isinstance(mark, Label):
                if mark.places:
                    shy.append(mark)
                    continue
                if k is None:
                    self._boxes.append(mark.box)
            elif isinstance(mark, Stroke):
                (leading if mark.guide else moving).lines.append(mark.points)
            elif isinstance(mark, Dots):
                moving.dots.append((mark.points, mark.radius))
            elif isinstance(mark, Arrow):
                moving.lines.append(mark.ends)
            yield mark
        if not shy:
            return
        data: list[Obstacle] = [self._standing, moving, *self._walked(k)]
        boxes = list(self._boxes)
        for label in shy:
            if self._settle(label, data if label.haloed else [*data, leading], boxes):
                boxes.append(label.box)
                yield label
        if k is None:
            self._boxes = boxes

    def _settle(self, label: Label, ahead: Sequence[Obstacle], boxes: list[Box]) -> bool:
        """Move a label to the first of its places that is free, if there is one."""
        box, (x0, y0, x1, y1) = label.box, self._edges(label.clip or self._view.axes)
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

    def _edges(self, axes: Axes) -> Box:
        """As far as labels of a panel may reach."""
        if axes not in self._panels:
            x0, y0, x1, y1 = np.asarray(axes.bbox.padded(BESIDE).extents).tolist()
            self._panels[axes] = x0, y0, x1, y1
        return self._panels[axes]

    def _walked(self, k: int | None) -> list[Walk]:
        """The paths up to iterate k, or whole; not what of them is beyond an exit, which is not drawn."""
        trails = getattr(self._view, "trails", ())
        paths = [trail.path() for trail in trails]
        if len(self._walks) != len(paths) or any(
            path is not walk.path for path, walk in zip(paths, self._walks, strict=True)
        ):
            radius = DOT * self._view.scene.sizes.dot
            self._walks = [Walk(path, radius) for path in paths]  # a panel that turns moves them
        for walk, trail in zip(self._walks, trails, strict=True):
            left = trail.exit.left
            walk.until(k if left is None else left if k is None else min(k, left))
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
        self._standing = Standing(lines, dots)


class Obstacle(Protocol):
    """What a label must not cover."""

    def cross(self, box: Box) -> bool:
        """Whether any of it is in a box."""


class Moving:
    """Few lines and markers, which are somewhere else in every frame.

    >>> moving = Moving()
    >>> moving.lines.append(np.array([(0.0, 0.0), (10.0, 10.0)]))
    >>> [moving.cross(box) for box in ((4, 4, 6, 6), (0, 5, 4, 9), (20, 0, 30, 9))]
    [True, False, False]
    """

    def __init__(self) -> None:
        self.lines: list[Points] = []
        self.dots: list[tuple[Points, float]] = []  # with their radius
        self._pieces: list[tuple[list[float], list[float]]] | None = None
        self._places: list[tuple[float, float, float]] = []

    def cross(self, box: Box) -> bool:
        if self._pieces is None:  # so few are quicker to go through one by one
            self._pieces = [piece for line in self.lines for piece in pairwise(line.tolist())]
            self._places = [(x, y, radius) for points, radius in self.dots for x, y in points.tolist()]
        left, low, right, high = box
        return any(left - r < x < right + r and low - r < y < high + r for x, y, r in self._places) or any(
            through(a, b, box) for a, b in self._pieces
        )


class Standing:
    """The lines and markers that never move."""

    def __init__(self, lines: Sequence[Points], dots: Sequence[tuple[Points, float]]) -> None:
        self._lines, self._dots = Segments(lines), Moving()
        self._dots.dots += dots
        self._known: dict[Box, bool] = {}  # since some labels do not move either

    def cross(self, box: Box) -> bool:
        if box not in self._known:
            if len(self._known) > MANY:
                self._known.clear()
            self._known[box] = self._dots.cross(box) or self._lines.cross(box)
        return self._known[box]


class Walk:
    """A path with dots of a radius, of which only what has been walked is in the way."""

    def __init__(self, path: Points, radius: float) -> None:
        self.path, self._radius = path, radius
        points, self._numbers = thinned(path)
        self._pieces, self._most = Segments([points]), 0

    def until(self, k: int | None) -> None:
        """As far as iterate k, or all of it."""
        walked = len(self._numbers) if k is None else np.searchsorted(self._numbers, k, side="right")
        self._most = max(0, int(walked) - 1)

    def cross(self, box: Box) -> bool:
        left, low, right, high = box
        r = self._radius
        return self._most > 0 and self._pieces.cross((left - r, low - r, right + r, high + r), self._most)


def thinned(points: Points) -> tuple[Points, Array]:
    """A path (m, 2) without the points that stand where the one before stood, and the numbers of the rest."""
    cells = np.round(points / THIN)
    kept = np.flatnonzero(np.concatenate([[True], (np.diff(cells, axis=0) != 0).any(axis=1)]))
    return points[kept], kept.astype(np.float64)


class Segments:
    """The pieces of polylines, each (m, 2); many, of which those near a box are looked at."""

    def __init__(self, lines: Sequence[Points]) -> None:
        pieces = [np.stack([line[:-1], line[1:]], axis=1) for line in lines if len(line) > 1]
        self._pieces = np.concatenate(pieces) if pieces else np.zeros((0, 2, 2))  # (m, ends, 2)
        # Of each its right, its upper, and the negative of its left and its lower end.
        self._sides = np.concatenate([self._pieces.max(axis=1), -self._pieces.min(axis=1)], axis=1).T.copy()

    def cross(self, box: Box, most: int | None = None) -> bool:
        """Whether any goes through a box, or any of the first so many."""
        left, low, right, high = box
        near = (self._sides[:, :most] >= [[left], [low], [-right], [-high]]).all(axis=0)
        return any(through(a, b, box) for a, b in self._pieces[:most][near].tolist())


def through(a: Sequence[float], b: Sequence[float], box: Box) -> bool:
    """Whether a line from a to b goes through a box.

    Source: Liang and Barsky (1984), A New Concept and Method for Line Clipping.

    >>> [through((0, 0), (10, 10), box) for box in ((4, 4, 6, 6), (0, 5, 4, 9), (20, 0, 30, 9))]
    [True, False, False]
    """
    enters, leaves = 0.0, 1.0
    for start, end, low, high in ((a[0], b[0], box[0], box[2]), (a[1], b[1], box[1], box[3])):
        if start < low > end or start > high < end:
            return False
        way = end - start
        if way:
            one, other = (low - start) / way, (high - start) / way
            enters, leaves = max(enters, min(one, other)), min(leaves, max(one, other))
    return enters <= leaves
