"""Several runs on one picture."""

from typing import Any

import numpy as np
import pytest

from gdanim import GdanimError
from gdanim.theme import THEMES, make_theme
from gdanim.timeline import Moment
from gdanim.views.legend import Legend
from gdanim.views.marks import Label
from gdanim.views.styles import MARKERS, styles_of
from tests.pictures import picture

RATES = (0.02, 0.1, 0.5, 0.95, 1.05)
CASES: list[dict[str, Any]] = [
    {"learning_rate": RATES},
    {"learning_rate": RATES, "grid": True},
    {"loss": "bowl", "optimizer": ("gd", "momentum", "adam"), "learning_rate": 0.05, "race": True},
    {"loss": "himmelblau", "start": ((0.0, 0.0), (-1.0, 2.0)), "lang": "pt", "theme": "dark"},
    {"loss": "saddle", "optimizer": ("gd", "adam"), "learning_rate": 0.02, "grid": True},
    {"learning_rate": (0.1, 3.0), "iterations": 600},
]


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_the_fast_frame_equals_a_full_redraw(settings: dict[str, Any]) -> None:
    fast, slow = picture(**settings), picture(**settings)
    for moment in (Moment(0), Moment(3, 0.5), Moment(20), Moment(7), Moment(24)):
        assert np.array_equal(fast.frame(moment), slow.redraw(moment)), moment


@pytest.mark.parametrize("theme", THEMES)
def test_runs_differ_in_colour_and_in_marker(theme: str) -> None:
    for count in range(2, 13):
        styles = styles_of(make_theme(theme), count)
        assert len({style.marker for style in styles}) == count
        assert len({(style.now, style.marker) for style in styles}) == count
    assert len(set(MARKERS)) >= 12


def test_a_grid_has_a_panel_for_each_run_with_the_same_axes() -> None:
    shown = picture(learning_rate=RATES, grid=True)
    axes = shown.figure.axes
    assert len(axes) == 5
    assert len({(one.get_xlim(), one.get_ylim()) for one in axes}) == 1
    named = [[mark.text for mark in border.still() if isinstance(mark, Label)] for border in shown.borders]
    assert named == [[rf"$\eta$ = {rate:g}"] for rate in RATES]


def test_every_run_is_named_inside_the_picture() -> None:
    shown = picture(
        loss="rosenbrock",
        optimizer=("adam:beta1=0.5", "rmsprop"),
        learning_rate=(0.01, 0.1),
        start=((-1.0, 1.0), (2.0, 2.0), (0.0, 1.5)),
        size=(640, 480),
    )
    legend = shown.strip
    assert isinstance(legend, Legend)
    list(legend.update(Moment(3)))
    assert len(legend.labels) == 12
    for label in (*legend.labels, *legend.numbers):
        left, bottom, right, top = label.box
        assert left >= -2
        assert right <= 642
        assert bottom >= -2
        assert top <= 480


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            {"view": "slices"},
            "view: 'slices' shows one run, and there are 2; contour, surface, history, rates, schedule",
        ),
        ({"view": "basins"}, "view: 'basins' shows one run"),
        ({"view": "contour+history", "grid": True}, "grid: a grid shows one view, contour, and not"),
        ({"caption": True}, "caption: says how one run ended"),
    ],
)
def test_what_cannot_be_compared_says_so(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(GdanimError, match=words):
        picture(loss="bowl", optimizer=("gd", "adam"), **settings)


def test_the_race_is_ordered_by_the_loss_at_this_frame() -> None:
    shown = picture(loss="bowl", optimizer=("gd", "momentum", "adam"), learning_rate=0.05, race=True)
    legend = shown.strip
    assert isinstance(legend, Legend)
    for k in (0, 5, 24):
        list(legend.update(Moment(k)))
        losses = [float(run.loss[k]) for run in shown.scene.runs]
        places = [(-label.position[1], label.position[0]) for label in legend.labels]
        order = sorted(range(3), key=lambda i: places[i])
        assert [losses[i] for i in order] == sorted(losses)


def test_a_run_that_has_ended_does_not_end_the_others() -> None:
    shown = picture(learning_rate=(0.1, 3.0), iterations=600)
    assert shown.scene.iterations == 600
    assert shown.scene.runs[1].iterations < 300
    first = shown.frame(Moment(400)).copy()
    assert not np.array_equal(first, shown.frame(Moment(600)))


def test_legend_entries_carry_what_differs_and_the_subtitle_what_is_shared() -> None:
    from gdanim.views.header import subtitle
    from gdanim.views.legend import name_of

    scene = picture(loss="bowl", optimizer=("gd", "adam"), learning_rate=0.05, noise=0.1, seed=3).scene
    assert [name_of(scene, run) for run in scene.runs] == ["gradient descent", "Adam"]
    shared = " ".join(lengths[0] for lengths in subtitle(scene))
    assert "= 0.05" in shared
    assert "σ = 0.1, seed 3" in shared
    assert "adam" not in shared
