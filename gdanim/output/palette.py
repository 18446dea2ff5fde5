"""A GIF's 256 colours: chosen once for the whole animation, so that a colour keeps its index."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]  # 0xBBGGRR, one a pixel
Pixels = npt.NDArray[np.uint8]
FULL = 256
REFINEMENTS = 2  # rounds of k-means after the first division


def packed(pixels: Pixels) -> Codes:
    """RGBA pixels (height, width, 4) as one number each, alpha highest; no copy where it can be."""
    return np.asarray(np.ascontiguousarray(pixels).view("<u4")[..., 0])


def codes_of(pixels: Pixels) -> Codes:
    """RGBA pixels (height, width, 4) as one number each; the opaque alpha is dropped."""
    return packed(pixels) & np.uint32(0xFFFFFF)


class Palette:
    """A map from colours to indices.

    Exact where 256 colours suffice (255 and one for "unchanged"): colours that the samples lack take
    the places left over as they are met. Where they do not suffice, the sampled colours, weighted by
    the area they cover, are divided where that lowers the squared error most (Wu, 1991), the
    division is refined by k-means, and every colour takes the nearest entry.

    Args:
        samples: frames, RGBA (height, width, 4), that show most of the colours to come.
    """

    def __init__(self, samples: Iterable[Pixels]) -> None:
        codes, weights = count_colours(samples)
        room = FULL if len(codes) == FULL else FULL - 1
        # index + 1 of every colour met so far, 0 for those still unknown
        self._index = np.zeros(1 << 24, np.uint16)
        self.colours = unpack(codes)
        entries: npt.NDArray[np.intp] = np.arange(len(codes), dtype=np.intp)
        if len(codes) > room:
            self.colours, entries = quantise(self.colours, weights, room)
        self._index[codes] = entries + 1
        self.transparent: int | None = None if room == FULL else FULL - 1
        self._room = room

    def indices(self, codes: Codes) -> Pixels:
        """The entry for each colour; the same colour always gets the same."""
        found = self._index[codes]
        if not found.all():
            self._learn(np.unique(codes[found == 0]))
            found = self._index[codes]
        return (found - 1).astype(np.uint8)

    def table(self) -> bytes:
        """The colour table as the file holds it: 256 RGB triples."""
        rows = np.zeros((FULL, 3), np.uint8)
        rows[: len(self.colours)] = self.colours
        return rows.tobytes()

    def _learn(self, codes: Codes) -> None:
        free = self._room - len(self.colours)
        exact, rest = codes[:free], codes[free:]
        if len(exact):
            start = len(self.colours)
            self.colours = np.vstack([self.colours, unpack(exact)])
            self._index[exact] = np.arange(start + 1, len(self.colours) + 1)
        if len(rest):
            self._index[rest] = nearest(unpack(rest), self.colours) + 1


def count_colours(samples: Iterable[Pixels]) -> tuple[Codes, npt.NDArray[np.float64]]:
    """The distinct colours of some frames and how many pixels each covers.

    What does not differ from the first frame is counted once, for all of them.
    """
    first: Codes | None = None
    met: list[Codes] = []
    areas: list[npt.NDArray[np.float64]] = []
    for pixels in samples:
        codes = codes_of(pixels)
        if first is None:
            first = codes
            # Pictures are flat: counting runs of one colour is far quicker than sorting pixels.
            flat = codes.ravel()
            starts = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1))
            met.append(flat[starts])
            areas.append(np.diff(starts, append=len(flat)).astype(np.float64))
        else:
            changed = codes[codes != first]
            met.append(changed)
            areas.append(np.ones(len(changed)))
    areas[0] *= len(met)
    colours, inverse = np.unique(np.concatenate(met), return_inverse=True)
    return colours, np.bincount(inverse, weights=np.concatenate(areas)).astype(np.float64)


def unpack(codes: Codes) -> Pixels:
    """(n,) codes → (n, 3) RGB."""
    return np.stack([codes & 0xFF, codes >> 8 & 0xFF, codes >> 16 & 0xFF], axis=-1).astype(np.uint8)


def nearest(colours: Pixels, entries: Pixels) -> npt.NDArray[np.intp]:
    """For each colour (n, 3) the entry (m, 3) with the least squared distance."""
    a, b = colours.astype(np.float64), entries.astype(np.float64)
    return np.asarray(((b * b).sum(axis=1) - 2 * a @ b.T).argmin(axis=1))


def quantise(
    colours: Pixels, weights: npt.NDArray[np.float64], count: int
) -> tuple[Pixels, npt.NDArray[np.intp]]:
    """At most `count` colours for n weighted ones: (n, 3), (n,) → (count, 3), and for each the nearest."""
    points = colours.astype(np.float64)
    labels = _divide(points, weights, count)
    entries = points
    for _ in range(REFINEMENTS):
        total = np.maximum(np.bincount(labels, weights, count), 1e-12)
        centres = [np.bincount(labels, weights * points[:, c], count) / total for c in range(3)]
        entries = np.rint(np.stack(centres, axis=-1))
        labels = nearest(colours, entries.astype(np.uint8))
    return entries.astype(np.uint8), labels


def _divide(
    points: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], count: int
) -> npt.NDArray[np.intp]:
    """Cut the cluster with the largest squared error, where that lowers it most, until there are enough."""
    labels = np.zeros(len(points), np.intp)
    gain, low, high = _best_cut(points, weights, np.arange(len(points)))
    queue = [(-gain, 0, low, high)]  # a heap; cluster numbers are distinct, arrays never compared
    for fresh in range(1, count):
        loss, cluster, low, high = heappop(queue)
        if loss >= 0:
            break
        labels[high] = fresh
        for number, members in ((cluster, low), (fresh, high)):
            gain, left, right = _best_cut(points, weights, members)
            heappush(queue, (-gain, number, left, right))
    return labels


Cut = tuple[float, npt.NDArray[np.intp], npt.NDArray[np.intp]]


def _best_cut(
    points: npt.NDArray[np.float64], weights: npt.NDArray[np.float64], members: npt.NDArray[np.intp]
) -> Cut:
    """How much the best cut along the widest channel lowers the squared error, and its two sides."""
    if len(members) < 2:
        return 0.0, members, members[:0]
    w, own = weights[members], points[members]
    channel = int((w @ (own - w @ own / w.sum()) ** 2).argmax())
    order = np.argsort(own[:, channel], kind="stable")
    mass = np.cumsum(w[order])
    moment = np.cumsum(w[order, None] * own[order], axis=0)
    left, right = mass[:-1], mass[-1] - mass[:-1]
    gains = (
        (moment[:-1] ** 2).sum(axis=1) / left
        + ((moment[-1] - moment[:-1]) ** 2).sum(axis=1) / right
        - (moment[-1] ** 2).sum() / mass[-1]
    )
    place = int(gains.argmax())
    return float(gains[place]), members[order[: place + 1]], members[order[place + 1 :]]
