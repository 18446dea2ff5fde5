"""What a figure says of itself besides: nothing that was asked for is dropped in silence."""

from typing import Any

import pytest

from gdanim import GdanimError, Spec
from gdanim.plan import plan


@pytest.mark.parametrize(
    ("settings", "notes"),
    [
        (
            {"loss": "sqrt(x)", "start": (0.5,), "iterations": 50, "learning_rate": 0.3, "pause": {30: 3.0}},
            ["--pause 30:3 changed nothing: the last iterate is k = 2"],
        ),
        ({"pause": {3: 1.0}}, []),
        (
            {"fps": 10.0, "step_seconds": 0.25},
            ["8 frames a second are shown, not 10: an iterate of 0.25 s has 2 of them"],
        ),
        (
            {"fps": 29.97, "step_seconds": 1.0},
            ["30 frames a second are shown, not 29.97: an iterate of 1 s has 30 of them"],
        ),
        ({"fps": 8.0, "step_seconds": 0.25}, []),
        ({"fps": 30.0, "step_seconds": 0.1}, []),
        (
            {"run": ("adam lr=0.3", "momentum lr=0.1"), "optimizer": "lion", "learning_rate": 0.5},
            [f"--{name} changed nothing: every --run has its own" for name in ("lr", "optimizer")],
        ),
        ({"run": ("adam lr=0.3", "lr=0.1"), "optimizer": "lion", "learning_rate": 0.5}, ["--lr"]),
        ({"run": ("adam", "lr=0.1"), "optimizer": "lion", "learning_rate": 0.5}, []),
        (
            {"data": "moons", "model": "mlp:hidden=20", "view": "network", "row": 3},
            ["--row changed nothing: a net that is told layer by layer shows all rows"],
        ),
        ({"data": "moons", "model": "mlp:hidden=2", "view": "network", "row": 3}, []),
        ({"data": "moons", "row": 3}, ["--row changed nothing: no view is shown that it could change"]),
    ],
    ids=str,
)
def test_what_came_out_otherwise_is_noted(settings: dict[str, Any], notes: list[str]) -> None:
    found = plan(Spec(**settings)).notes
    assert [one[: len(note)] for one, note in zip(found, notes, strict=True)] == notes


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            {"start": [[x] for x in range(6)], "learning_rate": (0.1, 0.2, 0.3)},
            "start: 6 values and 3 of --lr make 18 runs, too many to tell apart; at most 12 can be compared",
        ),
        (
            {"optimizer": ("gd", "adam"), "noise": (0.0, 1.0, 2.0), "seed": (1, 2, 3)},
            "optimizer: 2 values and 3 of --noise and 3 of --seed make 18 runs, too many to tell apart; at",
        ),
        ({"learning_rate": tuple(range(1, 14))}, "learning_rate: 13 runs are too many to tell apart; at"),
        ({"run": tuple(f"lr={n}" for n in range(1, 14))}, "run: 13 runs are too many to tell apart; at most"),
    ],
)
def test_too_many_runs_name_what_was_given(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(GdanimError) as caught:
        Spec(**settings)
    assert str(caught.value).startswith(words)
