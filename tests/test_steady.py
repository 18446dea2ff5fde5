"""Names that would come and go from frame to frame: what stays, what is left out, and what is never."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np
import pytest

from gdanim.losses import LOSSES
from gdanim.render import Picture
from gdanim.timeline import Moment
from gdanim.views.clearance import Clearance
from gdanim.views.marks import Label
from gdanim.views.steady import LASTS, lasting
from tests.pictures import picture


def stretches(shown: list[bool]) -> list[int]:
    """How long each stretch is that comes after the first, but for one that goes on until the end."""
    found = [(there, len(list(run))) for there, run in groupby(shown)]
    found = found[:-1] if found[-1][0] else found
    return [length for there, length in found if there][1:]


def names_at(shown: Picture, k: int, cleared: bool) -> set[tuple[int, str]]:
    """The labels that may give way, and their views, as they are drawn or as the views hand them over."""
    views: list[Any] = [Clearance(view) for view in shown.views] if cleared else list(shown.views)
    return {
        (number, mark.text)
        for number, view in enumerate(views)
        for mark in view.update(Moment(k))
        if isinstance(mark, Label) and mark.places
    }


@pytest.mark.parametrize("seed", range(40))
def test_nothing_flashes_but_where_it_is_met(seed: int) -> None:
    shown = np.random.default_rng(seed).random(60) < 0.1 + 0.02 * seed
    kept = lasting(shown)
    assert not (kept & ~shown).any()
    assert all(length >= LASTS for length in stretches(kept.tolist()))
    firsts = [len(list(run)) for there, run in groupby(shown.tolist()) if there]
    if firsts:  # the first is whole
        begin = int(np.flatnonzero(shown)[0])
        assert kept[begin : begin + firsts[0]].all()
        assert kept[-1] == shown[-1]
    assert lasting(np.zeros(0, bool)).tolist() == []


@pytest.mark.parametrize("name", [name for name, loss in LOSSES.items() if len(loss().parameters) == 2])
def test_names_of_components_and_steps_stand_in_stretches(name: str) -> None:
    shown = picture(loss=name, view="contour", iterations=40)
    rows = [names_at(shown, k, cleared=False) for k in range(shown.scene.runs[0].iterations + 1)]
    for one in set().union(*rows):
        if "nabla" not in one[1]:
            assert all(length >= LASTS for length in stretches([one in row for row in rows])), one


@pytest.mark.parametrize(
    ("settings", "exits"),
    [
        ({"loss": "bowl", "view": "contour", "learning_rate": 0.25}, 3),
        ({"loss": "bowl", "view": "surface", "learning_rate": 0.25}, 3),
        ({"loss": "saddle", "iterations": 40}, None),
        ({"learning_rate": 1.1}, None),
        ({"learning_rate": 1.1, "view": "history"}, None),
    ],
)
def test_where_a_path_left_is_said_until_the_end(settings: dict[str, Any], exits: int | None) -> None:
    """Strides across the panel from outside to outside are not drawn, and cover nothing."""
    shown = picture(**settings)
    rows = [names_at(shown, k, cleared=True) for k in range(shown.scene.runs[0].iterations + 1)]
    for one in {one for row in rows for one in row if one[1].startswith("$k$ = ")}:
        there = [one in row for row in rows]
        first = there.index(True)
        assert all(there[first:])
        assert exits is None or (one[1] == f"$k$ = {exits}" and first == exits)
