"""A model seen as layers: how many nodes and parameters each has, and what it makes of rows."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from gdanim.errors import GdanimError
from gdanim.losses.base import Array
from gdanim.losses.learned import Learned
from gdanim.losses.models import Affine
from gdanim.losses.nets import Net
from gdanim.losses.nextword import NextWord


class Layering(NamedTuple):
    """Layers from what goes in to what comes out.

    Attributes:
        nodes: of each.
        counts: of how many parameters each but the first is; they follow each other in θ.
        letters: what the values of each are called, as mathtext; "" for words, which have none.
    """

    nodes: tuple[int, ...]
    counts: tuple[int, ...]
    letters: tuple[str, ...]


def is_net(loss: Learned) -> bool:
    """Whether it is layers of weighted sums from the columns on, whatever stands between them."""
    return isinstance(loss, Net | Affine)


def layering(loss: Learned) -> Layering:
    """The layers of a net, of a weighted sum, or of a model of the next word.

    Raises:
        GdanimError: a model that is none of them.

    >>> from gdanim.data import load
    >>> from gdanim.losses.models import make_model
    >>> layering(make_model("mlp:hidden=3", load("moons")))
    Layering(nodes=(2, 3, 1), counts=(9, 4), letters=('x', 'h', 'z'))
    """
    if isinstance(loss, NextWord):
        return _of_words(loss)
    if isinstance(loss, Net):
        counts = tuple((a + 1) * b for a, b in pairwise(loss.sizes))
        return Layering(loss.sizes, counts, ("x", *["h"] * (len(counts) - 1), "z"))
    if isinstance(loss, Affine):
        n = len(loss.parameters)
        return Layering((n - 1, 1), (n,), ("x", "z"))
    raise GdanimError(
        f"'network' shows nets and weighted sums, and '{loss.name}' is none; see --view graph", where=["view"]
    )


def _of_words(loss: NextWord) -> Layering:
    v = len(loss.words)
    if not loss.length:
        return Layering((loss.context, v), (v * v,), ("", "z"))
    read, h = loss.context * loss.length, loss.hidden
    return Layering(
        (loss.context, read, h, v), (v * loss.length, h * (read + 1), v * (h + 1)), ("", "e", "h", "z")
    )


def passed(loss: Learned, theta: Array, features: Array) -> list[Array]:
    """What each layer makes of rows, the features first: (width, m) or (m, width) each, at a θ, (n,)."""
    with np.errstate(all="ignore"):
        if isinstance(loss, Net | NextWord):
            return loss.passed(theta, features)
        if isinstance(loss, Affine):
            return [loss.weighed(features), loss.output(theta, features)]
    raise GdanimError(f"'{loss.name}' has no layers", where=["view"])
