"""Numbers on level lines, where they cover nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gdanim.views.glyphs import Glyphs
from gdanim.views.marks import Box, Points, overlap

MOST = 5  # numbers on a picture
TRIED = 80  # places along a level's lines
APART = 9.0  # sizes of text between two numbers
FREE = 0.7  # sizes of text around a number that hold nothing else


class Number(NamedTuple):
    """A level's number, where the middle of its baseline stands, and the box it fills."""

    level: int
    words: str
    place: tuple[float, float]
    box: Box


def numbered(
    lines: Sequence[Points], words: Sequence[str], taken: Points, panel: Box, glyphs: Glyphs
) -> list[Number]:
    """Numbers for some levels, each in the middle of its own line: clear of points, edges and each other.

    Args:
        lines: for each level the points (m, 2) of its lines, in pixels.
        words: for each level its number.
        taken: (p, 2), what must stay free.
        panel: within which they stand.
    """
    size, found = glyphs.size, list[Number]()
    for level in _order(len(lines)):
        if len(found) == MOST:
            break
        half, pad = glyphs.width(words[level]) / 2 + 2, FREE * size
        points = lines[level][:: max(1, len(lines[level]) // TRIED)]
        room = (points[:, 0] - half - pad > panel[0]) & (points[:, 0] + half + pad < panel[2])
        room &= (points[:, 1] - 0.5 * size - pad > panel[1]) & (points[:, 1] + 0.5 * size + pad < panel[3])
        best, place = -1.0, None
        for x, y in points[room]:
            gaps = np.maximum(np.abs(taken[:, 0] - x) - half, np.abs(taken[:, 1] - y) - 0.5 * size)
            free = float(gaps.min(initial=np.inf))
            far = min((float(np.hypot(x - n.place[0], y - n.place[1])) for n in found), default=np.inf)
            if free > pad and far > APART * size and free > best:
                best, place = free, (float(x), float(y))
        if place is None:
            continue
        x, y = place
        box = (x - half, y - 0.55 * size, x + half, y + 0.55 * size)
        if not any(overlap(box, other.box) for other in found):
            found.append(Number(level, words[level], (x, y - 0.36 * size), box))
    return found


def _order(count: int) -> list[int]:
    """All indices: the ends of the middle first, then what lies between.

    >>> _order(5)
    [2, 0, 4, 1, 3]
    """
    steps = [count // 2, 0, count - 1, count // 4, 3 * count // 4]
    return list(dict.fromkeys([*(s for s in steps if 0 <= s < count), *range(count)]))
