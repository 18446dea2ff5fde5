"""A GIF's 256 colours: chosen once for the whole animation, so that a colour keeps its index."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]  # 0xBBGGRR, one a pixel
Pixels = npt.NDArray[np.uint8]
FULL = 256
# Rounds of k-means after the first division. It is ours because the best of Pillow's, median cut with the
# same weights and rounds of its own, is up to 5 dB worse on the worst frame of the READMEs' figures, and
# never better.
REFINEMENTS = 1


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
        spare: whether an index stands for no colour in any case.
    """

    def __init__(self, samples: Iterable[Pixels], *, spare: bool = False) -> None:
        codes, weights = count_colours(samples)
        room = FULL if len(codes) == FULL and not spare else FULL - 1
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
            self._learn(distinct(codes[found == 0]))
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


def distinct(codes: Codes) -> Codes:
    """The different ones, in order; the first np.unique of a process would load numpy.ma for it.

    >>> distinct(np.array([7, 3, 7, 5, 3], np.uint32)).tolist()
    [3, 5, 7]
    """
    ordered = np.sort(codes)
    return np.asarray(ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))])


def unpack(codes: Codes) -> Pixels:
    """(n,) codes → (n, 3) RGB."""
    return np.stack([codes & 0xFF, codes >> 8 & 0xFF, codes >> 16 & 0xFF], axis=-1).astype(np.uint8)


def nearest(colours: Pixels, entries: Pixels) -> npt.NDArray[np.intp]:
    """For each colour (n, 3) the entry (m, 3) with the least squared distance.

    In 32 bits, of which no step needs more than 20: distances come out exact.
    """
    a, b = colours.astype(np.float32), entries.astype(np.float32)
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
    """Cut clusters in two where that lowers the squared error most, until there are enough.

    In every round the better half of the clusters is cut, each along its widest channel, all at once.
    """
    labels, clusters = np.zeros(len(points), np.intp), 1
    while clusters < count:
        gains, upper = _best_cuts(points, weights, labels, clusters)
        many = min(count - clusters, (clusters + 1) // 2)
        chosen = np.argsort(-gains, kind="stable")[:many]
        chosen = chosen[gains[chosen] > 0]
        if not len(chosen):
            break
        fresh = np.full(clusters, -1)
        fresh[chosen] = clusters + np.arange(len(chosen))
        moving = upper & (fresh[labels] >= 0)
        labels[moving] = fresh[labels[moving]]
        clusters += len(chosen)
    return labels


def _best_cuts(
    points: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
    labels: npt.NDArray[np.intp],
    clusters: int,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """How much each cluster's best cut lowers the squared error, and which points are above it."""
    mass = np.bincount(labels, weights, clusters)
    sums = np.stack([np.bincount(labels, weights * x, clusters) for x in points.T], axis=-1)
    squares = np.stack([np.bincount(labels, weights * x * x, clusters) for x in points.T], axis=-1)
    widest = (squares - sums * sums / mass[:, None]).argmax(axis=1)
    order = np.lexsort((points[np.arange(len(points)), widest[labels]], labels))
    sorted_labels, w = labels[order], weights[order]
    first = np.searchsorted(sorted_labels, np.arange(clusters))
    left = np.cumsum(w)
    moment = np.cumsum(w[:, None] * points[order], axis=0)
    left -= (left[first] - w[first])[sorted_labels]
    moment -= (moment[first] - w[first, None] * points[order][first])[sorted_labels]
    right, rest = mass[sorted_labels] - left, sums[sorted_labels] - moment
    last = np.append(first[1:], len(points)) - 1
    right[last] = 1.0
    gain = (moment**2).sum(axis=1) / left + (rest**2).sum(axis=1) / np.maximum(right, 1e-9)
    gain[last] = -np.inf
    best = np.maximum.reduceat(gain, first)
    place = np.minimum.reduceat(np.where(gain == best[sorted_labels], np.arange(len(gain)), len(gain)), first)
    above = np.empty(len(points), bool)
    above[order] = np.arange(len(points)) > place[sorted_labels]
    return best - (sums**2).sum(axis=1) / mass, above
