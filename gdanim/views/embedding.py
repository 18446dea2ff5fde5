"""The words' vectors, moving: those that stand in the same places come to lie near each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.losses.base import Array
from gdanim.losses.nextword import NextWord
from gdanim.timeline import Moment
from gdanim.views.base import Scene, View, at
from gdanim.views.marks import Dots, Label, Points, Stroke
from gdanim.views.vocabulary import word

TRAIL = 10  # iterates of which the way is still seen
PAD = 0.12  # of the range of all vectors of the run, to either side
AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))  # where a name may stand
FAR = (1.0, 2.6, 4.2, 6.0)  # distances at which it is tried, in times the nearest
# Half widths and heights of a name, and gaps, by which its middle stands away from the dot.
TRIED = np.array([(a, b, a * far, b * far) for far in FAR for a, b in AROUND])
COVERED = 3.0  # times what a covered dot counts beside a covered name
DISTANCE = 0.15  # square pixels that a place counts after the one before, in heights of a name


class Embedding(View):
    """A dot and a name for each word where its vector is.

    Vectors of two numbers are drawn as they are, longer ones in the plane of their two main directions at
    the last iterate, whose share of the variance stands beside the axes. Limits are those of the whole run.
    With batches the words whose vectors this step changes are lit: the gradient of the others is 0.
    """

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        theme, sizes = scene.theme, scene.sizes
        self._loss = loss = cast(NextWord, scene.loss)
        self._run = run = scene.runs[0]
        self._count = len(loss.words)
        last = self._vectors(run.theta[-1])
        self._centre, self._plane, names = self._projection(last)
        every = self._flat(self._vectors(run.theta))
        low, high = every.reshape(-1, 2).min(axis=0), every.reshape(-1, 2).max(axis=0)
        pad = np.where(high > low, PAD * (high - low), 1.0)
        (x0, y0), (x1, y1) = (low - pad).tolist(), (high + pad).tolist()
        self.set_axes((x0, x1), (y0, y1), *names)
        self._paths = every
        self._batches = bool(run.batch_size) and not run.noise
        quiet, loud = (theme.curve, theme.now) if self._batches else (theme.now, theme.now)
        self._way = Stroke(axes, theme.before, width=0.45 * sizes.line)
        size = 1.1 * sizes.dot
        self._dots = Dots(axes, quiet, size=size, edge=theme.ground, width=0.1 * size)
        self._lit = Dots(axes, loud, size=1.5 * size, edge=theme.ground, width=0.1 * size)
        self._words = [word(one, scene.text) for one in loss.words]
        self._names = [Label(scene.glyphs, theme.ink) for _ in loss.words]
        self._pale = [Label(scene.glyphs, theme.muted) for _ in loss.words]
        self._widths = [scene.glyphs.width(one) for one in self._words]
        self._joints = Stroke(axes, theme.curve, width=0.3 * sizes.line)
        self._said = Label(scene.small, theme.muted, anchor="right")

    def update(self, moment: Moment) -> Iterator[Artist]:
        scene, run = self.scene, self._run
        underway = scene.underway(moment)
        k = min(moment.k, run.iterations)
        spots = self._pixels(at(self._paths, underway))
        yield self._way.to(self._ways(k, spots))
        lit = self.lit(k)
        yield self._dots.to(spots[~lit])
        yield self._lit.to(spots[lit])
        places = self._places(spots)
        yield self._joints
        for i, place in enumerate(places):
            label = self._names[i] if lit[i] or not self._batches else self._pale[i]
            yield label.to(self._words[i], place)
        words = self.said(k)
        if words:
            box = self.axes.bbox
            yield self._said.to(words, (box.x1, box.y1 + 0.6 * scene.sizes.text))

    def lit(self, k: int) -> npt.NDArray[np.bool_]:
        """Which words' vectors the gradient of this step's batch reaches, (V,); none without batches."""
        run = self._run
        if not self._batches or k == run.iterations:
            return np.zeros(self._count, dtype=bool)
        size = self._count * self._loss.length
        # Of a vector that no row reads the gradient is that of the penalty, to the last bit.
        penalty = 2.0 * self._loss.decay[:size] * run.theta[k, :size]
        return np.asarray((run.gradient[k, :size] != penalty).reshape(self._count, -1).any(axis=1))

    def said(self, k: int) -> str:
        """How many of the words are lit, where only some can be."""
        if not self._batches or k == self._run.iterations:
            return ""
        lit, room = int(self.lit(k).sum()), self.axes.bbox.width
        words = (self.scene.text(key, lit=lit, words=self._count) for key in ("lit", "lit.short"))
        taken = self.scene.glyphs.width(self.names[1]) + self.scene.sizes.text
        return next((one for one in words if self.scene.small.width(one) + taken <= room), "")

    def _projection(self, last: Array) -> tuple[Array, Array, tuple[str, str]]:
        """The middle, two directions as columns, and what they are called."""
        text, length = self.scene.text, self._loss.length
        if length == 2:
            return np.zeros(2), np.eye(2), ("$e_1$", "$e_2$")
        centre = last.mean(axis=0)
        _, sizes, directions = np.linalg.svd(last - centre, full_matrices=False)
        shares = sizes**2 / max(float((sizes**2).sum()), 1e-300)
        names = [text("main", number=i + 1, share=text.fixed(100 * shares[i], 0)) for i in (0, 1)]
        return centre, directions[:2].T, (names[0], names[1])

    def _vectors(self, theta: Array) -> Array:
        """(..., n) → (..., V, d)."""
        size = self._count * self._loss.length
        return theta[..., :size].reshape(*theta.shape[:-1], self._count, self._loss.length)

    def _flat(self, vectors: Array) -> Array:
        return np.asarray((vectors - self._centre) @ self._plane)

    def _pixels(self, places: Array) -> Points:
        return self.to_pixels(*places.T)

    def _ways(self, k: int, spots: Points) -> Points:
        """The last iterates of every word up to where it is, with a gap after each."""
        first = max(0, k - TRAIL)
        steps = self._paths[first : k + 1]
        ways = np.full((self._count, len(steps) + 2, 2), np.nan)
        for i in range(len(steps)):
            ways[:, i] = self._pixels(steps[i])
        ways[:, len(steps)] = spots
        return ways.reshape(-1, 2)

    def _places(self, spots: Points) -> list[tuple[float, float]]:
        """Where the names' baselines begin: beside their dots, or farther off, where they cover least.

        What stands farther off is joined to its dot.
        """
        box = self.axes.bbox
        high, gap = 1.22 * self.scene.glyphs.size, 0.5 * self.scene.sizes.text
        taken: Array = np.zeros((0, 4))
        dots = np.column_stack([spots - 0.4 * gap, spots + 0.4 * gap])
        limits = np.array([box.x0, box.y0, box.x1, box.y1])
        found, joints = list[tuple[float, float]](), np.full((len(spots), 3, 2), np.nan)
        for i, spot in enumerate(spots):
            half = np.array([self._widths[i] / 2 + 2.0, high / 2])
            middle = spot + TRIED[:, :2] * half + TRIED[:, 2:] * gap
            boxes = np.column_stack([middle - half, middle + half])
            outside = np.maximum(limits[:2] - boxes[:, :2], boxes[:, 2:] - limits[2:]).max(axis=1)
            cost = _shared(boxes, taken) + COVERED * _shared(boxes, np.delete(dots, i, axis=0))
            cost += 100.0 * np.maximum(outside, 0.0) + DISTANCE * high * np.arange(len(boxes))
            best = int(cost.argmin())
            taken = np.vstack([taken, boxes[best]])
            found.append((float(boxes[best, 0] + 2.0), float(boxes[best, 1] + 0.24 * high)))
            if best >= len(AROUND):
                joints[i, 0] = spot
                joints[i, 1] = np.clip(spot, boxes[best, :2], boxes[best, 2:])
        self._joints.to(joints.reshape(-1, 2))
        return found


def _shared(boxes: Array, others: Array) -> Array:
    """Of each box the area in square pixels that others cover: (m, 4), (q, 4) → (m,)."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    return np.asarray(np.maximum(high - low, 0.0).prod(axis=2).sum(axis=1))
