"""How backpropagation of a loss is told: part by part, edge by edge, or layer by layer, in a row of data."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from gdanim.errors import GdanimError
from gdanim.kinds import WORST
from gdanim.lesson import Lesson, Row, Telling
from gdanim.losses.backprop import Backprop, backprop
from gdanim.losses.base import Array, Loss
from gdanim.losses.learned import Learned
from gdanim.losses.neurons import Wired
from gdanim.passes import LayerPasses, Passes

BOX, LAYER = 3.0, 6.5  # width of a box that stands for a layer, and of it with what is written under it
OUTPUT, COLUMN = 11.0, 5.5  # width of a net's last node, and of every other with what is left of it
MOST_WIDE, MOST_EDGES = 9, 150  # nodes of a layer, and edges, that are drawn one by one
MOST_LINKS = 120  # of a row's graph, each of which has beats of its own
# Room that words take, and that a node takes at least, in sizes of text.
ABOVE_AND_BELOW, LEAST_NODE = 10.0, 1.1


def telling(
    loss: Loss,
    start: Array,
    room: tuple[float, float],
    ways: Collection[str],
    *,
    row: int | str = 1,
    told: bool = True,
) -> Telling:
    """How backpropagation of a loss is told.

    Args:
        start: (n,), where the descent starts.
        room: width and height of what shows it, in sizes of text.
        ways: as parts of a formula, "parts"; or as a "net", layer by layer where it is too large.
        row: of the data, from 1, or the worst at the start.

    Raises:
        GdanimError: it is no formula; or no net, where that is asked for; or there is no such row.
    """
    if loss.table is not None:
        return _of_data(cast(Learned, loss), start, room, ways, row, told)
    graph = backprop(loss)
    if "net" not in ways:
        return Lesson(graph, told=told)
    net = _drawable(graph)
    return Lesson(graph, told=told) if "parts" in ways else Passes(net, start, told=told)


def _drawable(graph: Backprop) -> Wired:
    """A graph as a net, unless it is too large to be drawn edge by edge."""
    net = Wired(graph)
    if net.width > MOST_WIDE or len(net.weights) > MOST_EDGES:
        raise GdanimError(
            f"'network' draws nets of at most {MOST_WIDE} nodes a layer and {MOST_EDGES} edges, and this"
            f" formula has {net.width} and {len(net.weights)}; see --view graph",
            where=["view"],
        )
    return net


def _of_data(
    loss: Learned,
    start: Array,
    room: tuple[float, float],
    ways: Collection[str],
    row: int | str,
    told: bool,
) -> Telling:
    """A model in one row of its data; a net that is too large for that by its layers."""
    from gdanim.losses.layering import is_net, layering
    from gdanim.losses.modelled import Modelled
    from gdanim.losses.rowwise import of_row

    formula = isinstance(loss, Modelled)
    if "net" in ways and not formula:
        layers = layering(loss)
        if not is_net(loss) or _crowded(layers.nodes, layers.counts, room):
            if "parts" in ways:
                raise GdanimError(
                    f"'graph' beside 'network' tells the same beats, and a net of"
                    f" {'-'.join(map(str, layers.nodes))} nodes is told by its layers; leave one of them out",
                    where=["view"],
                )
            if room[0] < BOX + LAYER * len(layers.counts):
                raise GdanimError(
                    f"'network' has no room for {len(layers.nodes)} layers side by side; make the picture"
                    " wider, or the net less deep",
                    where=["view"],
                )
            return LayerPasses(layers.counts, told=told)
    elif not formula and not is_net(loss):
        raise GdanimError(
            f"'graph' shows formulas and nets in one row of their data, and '{loss.name}' reads words; see"
            " --view network",
            where=["view"],
        )
    chosen = _row(loss, start, row)
    graph = of_row(loss, chosen.number, apart="net" not in ways)
    if "net" in ways:
        net = _drawable(graph)
        return Lesson(graph, chosen, told=told) if "parts" in ways else Passes(net, start, chosen, told=told)
    if len(graph.links) > MOST_LINKS:
        raise GdanimError(
            f"'graph' tells every edge, up to {MOST_LINKS}, and of '{loss.name}' there are"
            f" {len(graph.links)}; see --view network",
            where=["view"],
        )
    return Lesson(graph, chosen, told=told)


def _crowded(nodes: Collection[int], counts: Collection[int], room: tuple[float, float]) -> bool:
    """Whether a net is too large to be drawn edge by edge."""
    wide = max(nodes)
    crowded = room[1] < ABOVE_AND_BELOW + LEAST_NODE * (wide + 1)
    crowded |= room[0] < OUTPUT + COLUMN * len(nodes)
    return wide > MOST_WIDE or sum(counts) > MOST_EDGES or crowded


def _row(loss: Learned, start: Array, row: int | str) -> Row:
    """The row that is told.

    Raises:
        GdanimError: there is none of that number.
    """
    from gdanim.losses.rowwise import worst_row

    rows = len(loss.table)
    whole = rows == 1 and not loss.decay.any()
    if row == WORST:
        return Row(worst_row(loss, start), rows, whole, worst=True)
    number = cast(int, row)
    if number > rows:
        kept = " to learn from" if loss.table.held is not None else ""
        raise GdanimError(f"there is no row {number:,}; there are {rows:,}{kept}", where=["row"])
    return Row(number - 1, rows, whole)
