"""Layered layouts: everything from left to right, nothing over anything else, few crossings."""

import itertools
import random

import pytest

from gdanim.losses import make_loss
from gdanim.losses.backprop import backprop
from gdanim.views.layered import BEND, Layered, layered
from tests import mazur


def random_graph(seed: int) -> tuple[int, list[tuple[int, int]]]:
    draw = random.Random(seed)
    count = draw.randint(2, 14)
    edges = {
        (draw.randrange(target), target) for target in range(1, count) for _ in range(draw.randint(1, 2))
    }
    return count, sorted(edges, key=lambda edge: (edge[1], edge[0]))


def crossed(found: Layered, edges: list[tuple[int, int]]) -> int:
    """Pairs of pieces of edges that cross, from where everything stands."""
    stand, bends = found.vertices(), found.bends()
    pieces: list[tuple[int, float, float]] = []
    for i, (source, target) in enumerate(edges):
        points = [stand[source], *bends.get(i, []), stand[target]]
        pieces += [(a[0], a[1], b[1]) for a, b in itertools.pairwise(points)]
    return sum(
        one[0] == other[0] and (one[1] - other[1]) * (one[2] - other[2]) < 0
        for i, one in enumerate(pieces)
        for other in pieces[:i]
    )


@pytest.mark.parametrize("seed", range(40))
def test_edges_lead_to_the_right_and_nothing_overlaps(seed: int) -> None:
    count, edges = random_graph(seed)
    sizes = [1.0 + (seed * 7 + v) % 3 for v in range(count)]
    found = layered(count, edges, sizes.__getitem__)
    stand = found.vertices()
    assert sorted(stand) == list(range(count))
    for i, (source, target) in enumerate(edges):
        columns = [stand[source][0], *(column for column, _ in found.bends().get(i, [])), stand[target][0]]
        assert columns == list(range(columns[0], columns[-1] + 1))
        assert len(columns) > 1
    for items, heights in zip(found.layers, found.heights, strict=True):
        tall = [BEND if item.edge >= 0 else sizes[item.vertex] for item in items]
        for i in range(1, len(items)):
            assert heights[i] - heights[i - 1] >= (tall[i] + tall[i - 1]) / 2 - 1e-9
        assert heights[0] - tall[0] / 2 >= -1e-9
        assert heights[-1] + tall[-1] / 2 <= found.tall + 1e-9


@pytest.mark.parametrize("seed", range(10))
def test_the_same_graph_is_laid_out_in_the_same_way(seed: int) -> None:
    assert layered(*random_graph(seed)) == layered(*random_graph(seed))


@pytest.mark.parametrize(
    ("loss", "letters", "fewest"),
    [
        ("(w - 2)^2", {}, 0),
        ("w1^2 + 10*w2^2", {}, 0),
        ("(w1^2 + w2 - 11)^2 + (w1 + w2^2 - 7)^2", {}, 1),  # each parameter is in both squares
        ("z = w*x + b; h = tanh(z); L = (v*h - t)^2", {"x": 1.0, "t": 0.5}, 0),
        (mazur.LOSS, mazur.LET, 3),  # two neurons to two, and to each its own bias and inputs
    ],
)
def test_no_more_edges_cross_than_must(loss: str, letters: dict[str, float], fewest: int) -> None:
    graph = backprop(make_loss(loss, constants=letters))
    edges = [(link.source, link.target) for link in graph.links if link.live]
    kept = [v for v, vertex in enumerate(graph.vertices) if vertex.live]
    edges = [(kept.index(a), kept.index(b)) for a, b in edges]
    assert crossed(layered(len(kept), edges), edges) <= fewest


def test_parameters_stand_just_before_what_uses_them_first() -> None:
    # 0 and 3 are leaves: 0 → 1 → 2 → 4, and 3 → 4
    stand = layered(5, [(0, 1), (1, 2), (2, 4), (3, 4)]).vertices()
    assert [stand[v][0] for v in range(5)] == [0, 1, 2, 2, 3]
