"""What part of the landscape is shown: start, path and the minimum it goes to, or what is asked for."""

import math
from typing import Any

import numpy as np
import pytest

from gdanim import GdanimError, Spec
from gdanim.plan import plan
from gdanim.timeline import Moment
from tests.pictures import picture

FAR = "(a-4.8)^2 + (b-35.7)^2/4 + (a-4.8)*(b-35.7)/4"


def test_a_formula_is_framed_as_the_loss_of_that_name_is() -> None:
    settings: dict[str, Any] = {"start": (5.0,), "learning_rate": 0.1}
    named, typed = picture(**settings), picture(loss="(w-2)^2", **settings)
    assert typed.scene.window[0] == pytest.approx(named.scene.window[0])
    assert typed.scene.ceiling == pytest.approx(named.scene.ceiling)
    assert np.array_equal(typed.frame(Moment(3)), named.frame(Moment(3)))


@pytest.mark.parametrize(
    ("settings", "minimum"),
    [
        ({"loss": FAR, "start": (0.0, 0.0), "learning_rate": 0.3, "iterations": 60}, (4.8, 35.7)),
        ({"loss": "(w-300)^2", "start": (0.0,), "learning_rate": 0.3, "iterations": 60}, (300.0,)),
        ({"loss": "(w-300)^2", "start": (0.0,), "learning_rate": 0.9, "iterations": 60}, (300.0,)),
        ({"start": (-70.0,), "learning_rate": 0.9, "iterations": 60}, (2.0,)),
        ({"loss": "rosenbrock", "iterations": 60}, (1.0, 1.0)),
    ],
    ids=str,
)
def test_start_path_and_minimum_are_on_the_picture_also_far_from_0(
    settings: dict[str, Any], minimum: tuple[float, ...]
) -> None:
    shown = picture(**settings)
    low, high = np.array(shown.scene.window).T
    (run,) = shown.scene.runs
    assert ((low < run.theta) & (run.theta < high)).all()
    assert ((low < minimum) & (minimum < high)).all()
    assert all(trail.exit.left is None for trail in shown.views[0].trails)  # type: ignore[attr-defined]


def test_what_runs_away_does_not_stretch_the_picture() -> None:
    for settings in ({"learning_rate": 1.5}, {"loss": "saddle"}, {"loss": "(w-2)^2", "learning_rate": 1.2}):
        shown = picture(iterations=80, **settings)
        assert np.abs(shown.scene.window).max() < 20


def test_limits_are_those_asked_for() -> None:
    shown = picture(xlim=(1.0, 4.0), zlim=(-1.0, 3.0), log=False)
    curve = shown.views[0]
    assert curve.axes.get_xlim() == (1.0, 4.0)
    assert (shown.scene.floor, shown.scene.ceiling) == (-1.0, 3.0)
    assert curve.axes.get_ylim()[1] == 3.0
    logged = picture(zlim=(0.01, 30.0), log=True, view="history").views[0]
    assert logged.axes.get_ylim() == pytest.approx((0.01, 30.0))
    two = picture(loss="himmelblau", xlim=(0.0, 4.0), ylim=(0.0, 1.0), view="slices", axes=("w2", "w1"))
    assert two.scene.window == ((0.0, 1.0), (0.0, 4.0))
    shown.frame(Moment(0))  # of the run there is nothing to see, at the start


@pytest.mark.parametrize(
    "settings",
    [{"xlim": (90.0, 91.0)}, {"loss": "himmelblau", "xlim": (8.0, 9.0), "ylim": (8.0, 9.0)}],
    ids=str,
)
def test_a_frame_without_the_path_can_be_drawn(settings: dict[str, Any]) -> None:
    shown = picture(**settings)
    assert shown.scene.floor < shown.scene.ceiling
    for k in (0, 24):
        shown.frame(Moment(k))


EXTREME = [(-1e100, 1e100), (1e99, 1e100), (0.0, 1e-300), (-1e-100, 1e-100), (5.0, 5.0 + 5.1e-9)]


@pytest.mark.parametrize("name", ["xlim", "ylim", "zlim"])
@pytest.mark.parametrize("view", ["curve", "contour", "surface", "slices", "gradient", "history", "rates"])
def test_whatever_limits_are_taken_can_be_drawn_or_are_refused(view: str, name: str) -> None:
    loss = "quadratic" if view in ("curve", "gradient", "rates") else "himmelblau"
    for limits in EXTREME:
        settings: dict[str, Any] = {"loss": loss, "view": view, "size": (480, 320), name: limits}
        overflows = limits[1] == 1e100 and name != "zlim" and view in ("contour", "surface", "slices")
        refused = overflows or (loss == "quadratic" and name == "ylim")
        if refused:
            with pytest.raises(GdanimError, match=r"nowhere a finite number|one parameter"):
                picture(**settings)
            continue
        shown = picture(iterations=3, **settings)
        for k in (0, 3):
            shown.frame(Moment(k))


@pytest.mark.parametrize("name", ["xlim", "ylim", "zlim"])
@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ((-1e308, 1e308), r"must be from -1e\+100 to 1e\+100, not -1e\+308,1e\+308"),
        ((0.0, 1.01e100), r"must be from -1e\+100 to 1e\+100, not 0,1.01e\+100"),
        ((5.0, 1.0), "must be the lowest and then the highest, not 5,1"),
        ((5.0, 5.0), "must be the lowest and then the highest, two different numbers, not 5,5"),
        ("5,5.0000000000000001", "must be the lowest and then the highest, two different numbers, not 5,5"),
        ((5.0, 5.0 + 4e-9), "must be at least 5e-09 apart, not 4e-09"),
        ((math.nan, 1.0), "must be a finite number, not nan"),
        ((0.0, math.inf), "must be a finite number, not inf"),
    ],
)
def test_limits_that_cannot_be_drawn_are_a_sentence(name: str, limits: Any, words: str) -> None:
    with pytest.raises(GdanimError, match=f"^{name}: {words}$"):
        Spec(**{name: limits})


@pytest.mark.parametrize(("formula", "start"), [("log(w1)", (1.0,)), ("log(w1) + w2^2", (1.0, 1.0))])
def test_limits_outside_the_losss_domain_are_a_sentence(formula: str, start: tuple[float, ...]) -> None:
    with pytest.raises(GdanimError, match=r"^xlim: between these limits the loss is nowhere a finite number"):
        picture(loss=formula, start=start, xlim=(-5.0, -1.0), iterations=2)
    picture(loss=formula, start=start, xlim=(-5.0, 1.0), iterations=2).frame(Moment(0))


@pytest.mark.parametrize("span", [4.0, 1e-3, 1e-5, 1e-8])
def test_numbers_beside_an_axis_are_told_apart(span: float) -> None:
    (view,) = picture(view="curve", xlim=(5.0, 5.0 + span)).views
    names = [view.tick_name("x", value) for value in view.tick_values[0]]
    assert len(set(names)) == len(names) > 1
    assert [float(name) for name in names] == pytest.approx(view.tick_values[0], abs=0.01 * span)


def test_limits_that_nothing_has_are_refused_or_noted() -> None:
    with pytest.raises(GdanimError, match=r"^ylim: the loss has one parameter, which --xlim frames; --zlim"):
        plan(Spec(ylim=(0.0, 1.0)))
    (note,) = plan(Spec(view="history", xlim=(0.0, 1.0))).notes
    assert note.startswith("--xlim changed nothing: no view is shown that it could change; see --view curve")


@pytest.mark.parametrize(
    ("settings", "left_out"),
    [
        ({"xlim": (1.0, 4.0)}, ["--xlim leaves out where a descent starts: w = 5"]),
        ({"xlim": (1.0, 6.0), "zlim": (0.0, 4.0)}, ["--zlim leaves out where a descent starts: L = 9"]),
        ({"xlim": (1.0, 6.0), "zlim": (0.0, 12.0)}, []),
        ({"loss": "himmelblau", "ylim": (0.0, 4.0)}, ["--ylim leaves out where a descent starts: w2 = -1"]),
    ],
)
def test_a_start_outside_the_frame_is_said(settings: dict[str, Any], left_out: list[str]) -> None:
    assert [note for note in plan(Spec(**settings)).notes if "leaves out" in note] == left_out


def test_what_is_asked_for_is_what_is_shown() -> None:
    view = picture(loss="himmelblau", view="contour", xlim=(-5.0, 5.0), ylim=(-4.0, 4.0)).views[0]
    assert view.axes.get_xlim() == (-5.0, 5.0)
    assert view.axes.get_ylim() == (-4.0, 4.0)
