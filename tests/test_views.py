"""Every view: the fast frame equals a full redraw, frames come in any order, the range holds the path."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gdanim import GdanimError, Spec
from gdanim.layout import layout_of
from gdanim.minimised import loss_of
from gdanim.timeline import Moment
from gdanim.views import VIEWS
from gdanim.views.landscape import levels_of, sampled
from tests.conftest import Result
from tests.pictures import picture

CASES: list[dict[str, Any]] = [
    {"loss": "bowl", "view": "contour"},
    {"loss": "rosenbrock", "view": "contour", "field": True, "theme": "dark"},
    {"loss": "himmelblau", "view": "contour+slices/history", "size": (960, 540), "lang": "pt"},
    {"loss": "himmelblau", "view": "surface"},
    {"loss": "rosenbrock", "view": "surface", "orbit": 90.0},
    {"loss": "booth", "view": "gradient"},
    {"loss": "himmelblau", "view": "basins"},
    {"loss": "himmelblau", "view": "graph", "beats": False},
    {"loss": "bowl", "view": "rates", "learning_rate": (0.03, 0.19, 0.3)},
    {"loss": "saddle", "view": "rates", "learning_rate": 0.7},
    {"loss": "bowl", "view": "schedule", "schedule": ("constant", "step"), "learning_rate": 0.1},
    {"loss": "rastrigin", "start": (1.2, 2.0, 0.5), "axes": ("w1", "w3"), "view": "slices/gradient"},
    {"loss": "bowl", "learning_rate": 0.25, "view": "contour+surface"},
    {"loss": "w1^2 + abs(w2) + w1*w2/4", "view": ""},
    {"loss": "wavy"},
    {"data": "line", "learning_rate": 0.02},
    {"data": "sine:n=500", "model": "polynomial", "view": "fit+history", "lang": "pt", "theme": "dark"},
    {"data": "moons", "model": "sigmoid(w*x1 + b)", "view": "fit/contour"},
    {"data": "line", "optimizer": ("gd", "adam"), "view": "fit+contour"},
    {"data": "moons", "model": "mlp:hidden=4", "view": "boundary/history", "optimizer": "adam"},
    {"data": "xor:n=900", "model": "softmax", "lang": "pt", "theme": "dark", "start": (0, 0.1, 0.2, 0, 0, 0)},
    {"data": "line", "learning_rate": (0.01, 0.1, 0.9), "grid": True},
    {"data": "sine:n=24", "model": "mlp:hidden=4", "test": 0.4, "learning_rate": 0.3},
    {"data": "line", "batch_size": 5, "squares": True, "test": 0.2, "view": "fit+contour"},
    {"data": "line", "learning_rate": (0.01, 0.1), "grid": True, "squares": True},
    {"data": "blobs:classes=5", "test": 0.3, "view": "boundary+confusion", "learning_rate": 0.5},
    {"data": "spiral:classes=3", "learning_rate": (0.1, 1.0), "grid": True, "theme": "dark"},
    {"data": "digits", "lang": "pt", "optimizer": "adam"},
    {"data": "moons", "test": 0.5, "optimizer": ("gd", "adam"), "view": "history"},
    {"model": "next-word", "view": "words+embedding", "size": (960, 540)},
    {"model": "next-word:embedding=3", "batch_size": 5, "lang": "pt", "theme": "dark", "size": (960, 540)},
    {"model": "next-word:model=bigram", "view": "words+table", "prompt": "dog", "size": (960, 540)},
    {"model": "next-word", "learning_rate": (0.5, 1.0), "batch_size": 20},
    {"loss": "cliff", "learning_rate": 0.5},
    {"data": "moons", "model": "mlp:hidden=4", "view": "network+boundary", "beats": False},
    {"data": "sine", "model": "mlp:hidden=5,activation=gelu", "view": "network", "beats": False},
    {"data": "moons", "model": "mlp:hidden=20", "view": "network", "beats": False, "lang": "pt"},
    {"data": "digits", "view": "weights+confusion", "size": (960, 540)},
    {"data": "digits:classes=2", "model": "logistic", "view": "weights", "theme": "dark", "lang": "pt"},
    {"data": "sine", "model": "polynomial:degree=2", "view": "network", "beats": False, "row": 9},
    {"model": "next-word", "view": "network", "beats": False, "size": (640, 480)},
    {"data": "moons", "model": "sigmoid(a*x1 + b)", "view": "graph", "beats": False, "row": "worst"},
]


@pytest.mark.parametrize("settings", CASES, ids=str)
def test_the_fast_frame_equals_a_full_redraw(settings: dict[str, object]) -> None:
    fast, slow = picture(**settings), picture(**settings)
    for moment in (Moment(0), Moment(3, 0.7), Moment(20), Moment(7), Moment(24)):
        if moment.k <= fast.scene.iterations:
            assert np.array_equal(fast.frame(moment), slow.redraw(moment)), moment


def test_every_view_is_among_the_cases() -> None:
    named = {name for case in CASES for name in str(case.get("view", "")).replace("/", "+").split("+")}
    assert set(VIEWS) - {"curve"} <= named


@pytest.mark.parametrize("name", ["rosenbrock", "goldstein-price", "himmelblau", "mccormick", "matyas"])
def test_the_range_holds_path_and_minima(name: str) -> None:
    shown = picture(loss=name, iterations=60)
    window = np.array(shown.scene.window)
    (run,) = shown.scene.runs
    assert ((run.theta >= window[:, 0]) & (run.theta <= window[:, 1])).all()
    for minimum in shown.scene.loss.minima:
        assert ((minimum.theta >= window[:, 0]) & (minimum.theta <= window[:, 1])).all()


@pytest.mark.parametrize(("name", "log"), [("goldstein-price", True), ("rosenbrock", True), ("bowl", False)])
def test_levels_are_log_spaced_where_the_landscape_spans_decades(name: str, log: bool) -> None:
    shown = picture(loss=name)
    loss, window = shown.scene.loss, shown.scene.window
    _, _, values = sampled(loss, window[0], window[1], 100)
    levels, spaced = levels_of(loss, values)
    assert spaced == log
    steps = np.diff(levels)
    assert (steps > 0).all()
    assert (steps[-1] > 5 * steps[0]) == log
    assert levels[0] >= np.nanmin(values) - 1e-9
    assert levels[-1] <= np.nanmax(values)


def test_the_slices_tangent_has_the_partial_derivative_for_its_slope() -> None:
    shown = picture(loss="himmelblau", view="slices")
    shown.frame(Moment(4))
    (run,) = shown.scene.runs
    for which, part in enumerate(shown.views[0].slices):  # type: ignore[attr-defined]
        _, tangent, *_ = part.update(Moment(4))
        (x0, y0), (x1, y1) = tangent.points
        unit = part.to_pixels(1.0, 1.0)[0] - part.to_pixels(0.0, 0.0)[0]
        slope = (y1 - y0) / unit[1] / ((x1 - x0) / unit[0])
        assert slope == pytest.approx(run.gradient[4, which], rel=1e-9)


def test_the_contours_arrow_points_down_the_gradient() -> None:
    shown = picture(loss="himmelblau", view="contour")
    shown.frame(Moment(4))
    (run,) = shown.scene.runs
    contour = shown.views[0]
    vector = contour.vectors(-run.gradient)[4]  # type: ignore[attr-defined]
    unit = contour.to_pixels(1.0, 1.0)[0] - contour.to_pixels(0.0, 0.0)[0]
    wanted = -run.gradient[4] * unit
    assert vector / np.hypot(*vector) == pytest.approx(wanted / np.hypot(*wanted))


def test_an_orbit_on_which_the_path_leaves_does_not_depend_on_earlier_frames() -> None:
    settings: dict[str, Any] = {"loss": "bowl", "learning_rate": 0.25, "view": "surface", "orbit": 180.0}
    wandering = picture(iterations=8, **settings)
    wandering.frame(Moment(0))
    alone = picture(iterations=8, **settings).frame(Moment(8))
    assert np.array_equal(wandering.frame(Moment(8)), alone)


@pytest.mark.parametrize("view", ["contour", "surface", "basins", "slices", "gradient"])
@pytest.mark.parametrize(
    "loss", ["relu(a-1)*relu(b-1)", "sqrt(a) + b^2", "abs(a) + abs(b)", "(a_b_c-1)^2 + b^2", "log(a*b)"]
)
def test_kinks_flats_and_edges_can_be_drawn(loss: str, view: str) -> None:
    for settings in ({"iterations": 0}, {"iterations": 5}, {"iterations": 9, "learning_rate": 50.0}):
        shown = picture(loss=loss, start=(2.0, 2.0), view=view, **settings)
        for k in (0, shown.scene.iterations):
            assert shown.frame(Moment(k)).shape == (400, 640, 4)


@pytest.mark.parametrize(
    ("loss", "view", "words"),
    [
        (
            "quadratic",
            "contour",
            "view: 'contour' cannot show a loss of 1 parameter; curve",
        ),
        ("bowl", "curve", "view: 'curve' cannot show a loss of 2 parameters; contour"),
        ("bowl", "contuor", "view: unknown view 'contuor'; did you mean 'contour'"),
        ("bowl", "contour+", "view: unknown view ''"),
        ("bowl", "contour,surface", r"view: 'contour,surface' is not one view; a\+b stands side by side"),
        ("bowl", "zzz,surface", "view: unknown view 'zzz,surface'"),
    ],
)
def test_a_view_that_cannot_be_shown_says_which_can(loss: str, view: str, words: str) -> None:
    with pytest.raises(GdanimError, match=words):
        layout_of(view, len(loss_of(Spec(loss=loss)).parameters))


def test_axes_must_name_parameters() -> None:
    with pytest.raises(GdanimError, match="axes: unknown parameter 'w9'; choose from w1, w2, w3"):
        picture(loss="rastrigin", start=(1.0, 2.0, 3.0), axes=("w1", "w9"))
    with pytest.raises(GdanimError, match="axes: must name two different parameters"):
        Spec(axes=("w1", "w1"))


def test_panels_do_not_overlap_and_stay_inside() -> None:
    shown = picture(loss="himmelblau", view="contour+slices/surface+history", size=(1280, 720))
    boxes = [axes.bbox for axes in shown.figure.axes]
    assert len(boxes) == 5
    for i, a in enumerate(boxes):
        assert a.x0 >= 0
        assert a.x1 <= 1280
        assert a.height > 100
        for b in boxes[:i]:
            assert not (a.x0 < b.x1 and b.x0 < a.x1 and a.y0 < b.y1 and b.y0 < a.y1)


@pytest.mark.parametrize("kind", ["losses", "views", "themes", "languages", "formats"])
def test_lists_are_for_people_and_for_programs(gdanim: Callable[..., Result], kind: str) -> None:
    rows = json.loads(gdanim("list", kind, "--json").out)
    lines = gdanim("list", kind).out
    assert rows
    for row in rows:
        assert row["name"] in lines
        assert row["about"]


def test_a_formula_on_the_command_line(gdanim: Callable[..., Result]) -> None:
    arguments = ("trace", "--loss", "lam*w^2", "--let", "lam=0.5", "--start", "4", "--lr", "1", "-n", "1")
    assert gdanim(*arguments).out.splitlines()[1].split() == ["0", "4", "8", "4"]
    wrong = gdanim("trace", "--loss", "w + sine(w)")
    assert wrong.code == 2
    assert wrong.err.splitlines()[-1] == "        ^"
    assert "did you mean 'sin'?" in wrong.err
