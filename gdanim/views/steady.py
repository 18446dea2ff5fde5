"""What would come and go from iterate to iterate, and unsettle the eye, is left out where it does."""

from __future__ import annotations

import numpy as np

from gdanim.views.space import Flags

LASTS = 3  # iterates in a row that are seen rather than noticed as a flicker


def lasting(shown: Flags) -> Flags:
    """Where something stands that would be shown at these iterates, (T+1,): in stretches, not in flashes.

    Its first stretch is kept however short, since there it is met; of those that come later only what
    lasts, or goes on until the end.

    >>> "".join(".#"[int(one)] for one in lasting(np.array([c == "#" for c in "#..##.###.#.##"])))
    '#.....###...##'
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], shown, [False]]).astype(np.int8)))
    kept = np.zeros_like(shown)
    for number, (first, end) in enumerate(edges.reshape(-1, 2).tolist()):
        kept[first:end] = number == 0 or end - first >= LASTS or end == len(shown)
    return kept
