"""Losses of many parameters seen from above: which plane, what on it is projected, and what is said of it."""

import tracemalloc
from typing import Any

import numpy as np
import pytest

from gdanim import Spec, descend
from gdanim.data import load
from gdanim.errors import GdanimError
from gdanim.losses import make_loss
from gdanim.losses.base import Loss
from gdanim.losses.flat import Flat
from gdanim.losses.glimpse import Glimpse
from gdanim.losses.models import make_model
from gdanim.plan import plan
from gdanim.planes import main_directions, plane_of
from gdanim.text import Text
from gdanim.timeline import Moment
from gdanim.views.contour import Contour
from gdanim.views.gradient import Gradient
from gdanim.views.header import subtitle
from gdanim.views.planed import percent
from gdanim.views.sheet import Sheet
from gdanim.views.slices import along
from gdanim.views.slopes import Slopes
from tests.pictures import picture

MANY: dict[str, Any] = {"loss": "rosenbrock", "start": (-1.5, 2, 1, 0.5, -1)}
POLYNOMIAL: dict[str, Any] = {"data": "line", "model": "polynomial"}
LIMIT = 64 * 2**20  # bytes


def said(**settings: Any) -> str:
    return "   ".join(part[0] for part in subtitle(picture(**settings).scene))


def _losses() -> list[Loss]:
    return [
        make_loss("rosenbrock", dimension=5),
        make_loss("a^2 + exp(b*c) + sin(a*d)"),
        make_model("mlp:hidden=3", load("moons:n=20")),
        make_model("polynomial", load("line")),
    ]


@pytest.mark.parametrize("loss", _losses(), ids=lambda loss: loss.name)
def test_the_gradient_on_a_plane_is_that_of_the_heights_drawn(loss: Loss) -> None:
    rng = np.random.default_rng(4)
    n = len(loss.parameters)
    basis = np.linalg.qr(rng.normal(size=(n, 2)))[0].T
    flat = Flat(loss, rng.normal(size=n), basis, ("s", "t"))
    places = rng.normal(size=(2, 3, 2))
    for axis, shift in enumerate(1e-6 * np.eye(2)):
        slope = (flat.value(places + shift) - flat.value(places - shift)) / 2e-6
        np.testing.assert_allclose(flat.gradient(places)[..., axis], slope, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(flat.coordinates(flat.point(places)), places, atol=1e-12)


def test_the_main_directions_are_those_of_the_singular_value_decomposition() -> None:
    start = [-1.5, 2, 1, 0.5, -1, 0, 0.3]
    run = descend(make_loss("rosenbrock", dimension=7), start=start, iterations=60, learning_rate=5e-4)
    points = run.theta
    basis, share, along, still = main_directions(points)
    _, values, rows = np.linalg.svd(points - points.mean(axis=0))
    assert abs(basis @ rows[:2].T) == pytest.approx(np.eye(2), abs=1e-9)
    assert share == pytest.approx((values[:2] ** 2).sum() / (values**2).sum(), rel=1e-12)
    assert (along, still) == (None, False)
    for direction in basis:
        assert direction[np.abs(direction).argmax()] > 0


@pytest.mark.parametrize("scale", [1e-150, 1.0, 1e150])
def test_directions_do_not_depend_on_which_way_the_path_is_gone(scale: float) -> None:
    points = scale * np.random.default_rng(1).normal(size=(9, 4)).cumsum(axis=0)
    basis, share, _, _ = main_directions(points)
    for other in (points[::-1], -points, points + 3 * scale):
        again, same, _, _ = main_directions(other)
        np.testing.assert_allclose(again, basis, atol=1e-9)
        assert same == pytest.approx(share)


def test_a_path_on_a_line_has_a_second_direction_across() -> None:
    basis, share, along, still = main_directions(np.outer(np.arange(5.0), [0.0, 3.0, 4.0]) + 2.0)
    np.testing.assert_allclose(basis, [[0.0, 0.6, 0.8], [1.0, 0.0, 0.0]], atol=1e-9)
    assert (share, along, still) == (1.0, 0, False)
    words = said(loss="(a - 1)^2 + (b - 1)^2 + (c - 1)^2", start=(0, 0, 0), view="contour")
    assert "a straight line" in words
    assert "$v_2$ towards $a$" in words


@pytest.mark.parametrize("settings", [{"iterations": 0}, {"loss": "a^2 + b^2 + c^2", "start": (0, 0, 0)}])
def test_a_run_that_does_not_move_is_seen_along_the_first_two_parameters(settings: dict[str, Any]) -> None:
    for view in ("contour", "surface"):
        given = {**MANY, **settings, "view": view}
        assert "nothing moves" in said(**given)
        picture(**given).frame(Moment(0))


def test_the_plane_goes_through_the_last_iterate_of_the_run_that_ends_lowest() -> None:
    loss = make_loss("rosenbrock", dimension=4)
    start = [-1, 1, 0.5, 0.3]
    names = ("gd", "adam", "momentum")
    runs = [descend(loss, name, start=start, iterations=40, learning_rate=2e-4) for name in names]
    plane = plane_of(loss, runs)
    lowest = min(runs, key=lambda run: run.loss[-1])
    number = runs.index(lowest)
    np.testing.assert_allclose(plane.loss.point(plane.runs[number].theta[-1]), lowest.theta[-1], atol=1e-12)
    assert plane.runs[number].loss[-1] == pytest.approx(lowest.loss[-1], rel=1e-12)
    assert plane.ended
    together = np.concatenate([run.theta for run in runs])
    np.testing.assert_allclose(plane.loss.basis, main_directions(together)[0])


def test_what_is_drawn_is_the_projection_and_the_numbers_are_those_of_the_run() -> None:
    shown = picture(**MANY, view="contour+surface+history")
    run = shown.scene.runs[0]
    contour, surface = shown.views[:2]
    assert isinstance(contour, Contour)
    flat, basis = contour.scene.runs[0], contour.scene.loss
    assert isinstance(basis, Flat)
    foot = basis.point(flat.theta)
    np.testing.assert_allclose((run.theta - foot) @ basis.basis.T, 0.0, atol=1e-12)  # perpendicular to it
    np.testing.assert_allclose(flat.loss, shown.scene.loss.value(foot), rtol=1e-12)
    np.testing.assert_allclose(flat.gradient, run.gradient @ basis.basis.T, rtol=1e-12)
    assert surface.scene.runs[0].loss.tolist() == flat.loss.tolist()
    assert (run.loss > 1.01 * flat.loss).any()  # else nobody could tell
    assert shown.views[2].scene.runs[0] is run
    words = said(**MANY, view="contour")
    assert r"path and $-\nabla L$ projected" in words
    assert "heights of the plane" in said(**MANY, view="surface")


def test_two_named_parameters_keep_their_values_and_the_others_that_of_the_last_iterate() -> None:
    shown = picture(**POLYNOMIAL, view="contour", axes=("w3", "w1"))
    view, run = shown.views[0], shown.scene.runs[0]
    assert view.scene.loss.parameters == ("w3", "w1")
    np.testing.assert_allclose(view.scene.runs[0].theta, run.theta[:, [3, 1]], rtol=1e-12)
    place = np.array([0.3, -0.2])
    theta = run.theta[-1].copy()
    theta[[3, 1]] = place
    assert view.scene.loss.value(place) == pytest.approx(shown.scene.loss.value(theta), rel=1e-12)
    words = said(**POLYNOMIAL, view="contour", axes=("w3", "w1"))
    assert f"= {run.theta[-1, 0]:.3f}; $w_2$ = {run.theta[-1, 2]:.3f} as at the last" in words


def test_only_a_minimum_on_the_plane_is_marked() -> None:
    loss = make_loss("rosenbrock", dimension=3)
    minimum = np.array(loss.minima[0].theta)
    on = Flat(loss, minimum, np.eye(3)[:2], ("s", "t"))
    assert [m.theta for m in on.minima] == [(0.0, 0.0)]
    assert Flat(loss, minimum + 0.1 * np.eye(3)[2], np.eye(3)[:2], ("s", "t")).minima == ()


def test_a_run_that_flies_away_does_not_stretch_the_plane() -> None:
    shown = picture(**{**MANY, "learning_rate": 0.01}, view="contour")
    assert shown.scene.runs[0].outcome.kind == "diverged"
    widths = [high - low for low, high in shown.views[0].scene.window]
    assert max(widths) < 100
    shown.frame(Moment(shown.scene.iterations))


@pytest.mark.parametrize(
    "settings",
    [
        {**MANY, "view": "contour", "field": True},
        {**MANY, "view": "surface", "orbit": 40.0},
        {**POLYNOMIAL, "view": "contour+slices", "axes": ("w0", "w2"), "noise": 0.5},
        {**POLYNOMIAL, "view": "contour", "batch_size": 3, "tween": 2},
        {**MANY, "view": "contour", "optimizer": ("gd", "adam"), "grid": True},
        {**MANY, "view": "surface", "optimizer": ("gd", "adam", "momentum"), "lang": "pt", "theme": "dark"},
    ],
)
def test_a_frame_on_a_plane_is_a_full_redraw(settings: dict[str, Any]) -> None:
    shown = picture(**settings)
    for moment in (Moment(9), Moment(3), Moment(3, 0.5)):
        fast = shown.frame(moment).copy()
        assert (fast == shown.redraw(moment)).all()


def test_basins_remain_of_two_parameters() -> None:
    with pytest.raises(GdanimError, match="'basins' cannot show a loss of 5 parameters; contour, surface"):
        plan(Spec(**MANY, view="basins"))


def test_limits_are_those_of_the_directions_shown() -> None:
    shown = picture(**MANY, view="contour", xlim=(-9, 9))
    assert shown.views[0].scene.window[0] == (-9.0, 9.0)
    shown = picture(**POLYNOMIAL, view="contour", axes=("w3", "w1"), ylim=(-7, 7))
    assert shown.views[0].scene.window[1] == (-7.0, 7.0)
    notes = plan(Spec(**MANY, view="contour", xlim=(50, 60))).notes
    assert any("--xlim leaves out where a descent starts: v1" in note for note in notes)


def test_directions_have_a_letter_that_no_parameter_has() -> None:
    loss = make_loss("v1^2 + v2^2*u + d^4")
    plane = plane_of(loss, [descend(loss, start=[1, 2, 3, 1], learning_rate=0.01)])
    assert not {name[0] for name in plane.loss.parameters} & {name[0] for name in loss.parameters}


def test_shares_of_the_variance_are_said_as_they_are() -> None:
    text = Text("en")
    assert [percent(text, share) for share in (0.634, 0.99, 0.9999, 1.0)] == [
        "63 %",
        "99 %",
        "over 99 %",
        "100 %",
    ]


@pytest.mark.parametrize(
    ("data", "model", "cost"),
    [
        ("line:n=100000", "linear", "absolute"),
        ("line:n=100000", "polynomial", "huber"),
        ("line:n=100000", "a*x + b", "squared"),
        ("moons:n=100000", "logistic", ""),
        ("moons:n=20000", "mlp", ""),
        ("digits", "softmax", ""),
    ],
)
def test_a_landscape_never_holds_more_than_64_mib(data: str, model: str, cost: str) -> None:
    if data == "digits":
        data = "blobs:n=20000"
    loss = make_model(model, load(data), cost=cost)
    run = descend(loss, iterations=3)
    ground: Loss = loss if len(loss.parameters) == 2 else plane_of(loss, [run]).loss
    points = np.random.default_rng(0).normal(size=(6400, 2))
    seen = ground.glimpse(len(points))
    tracemalloc.start()
    try:
        seen.value(points)
        seen.gradient(points[:100])
        ground.value(points[:20])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < LIMIT


def test_of_many_rows_a_stated_sample_is_drawn_and_all_of_them_are_in_the_numbers() -> None:
    settings = {"data": "line:n=100000", "cost": "absolute", "view": "contour", "iterations": 2}
    shown = picture(**settings)
    ground = shown.scene.ground
    assert isinstance(ground, Glimpse)
    rows = len(ground.rows)
    assert 1000 < rows < 100_000
    assert f"{rows:,}".replace(",", "\N{THIN SPACE}") in said(**settings)
    loss, theta = shown.scene.loss, np.array([0.5, 0.2])
    assert loss.table is not None
    away = np.abs(loss.table.features[:, 0] * 0.5 + 0.2 - loss.table.values)
    assert loss.value(theta) == pytest.approx(away.mean(), rel=1e-9)
    assert ground.value(theta) == pytest.approx(away[ground.rows].mean(), rel=1e-9)
    slope = np.sign(
        shown.scene.loss.value(theta) * 0 + theta[0] * loss.table.features[:, 0] + 0.2 - loss.table.values
    )
    wanted = [(slope * loss.table.features[:, 0])[ground.rows].mean(), slope[ground.rows].mean()]
    np.testing.assert_allclose(ground.gradient(theta), wanted, rtol=1e-9)


def test_few_rows_are_drawn_whole() -> None:
    scene = picture(data="moons", model="mlp", view="contour", iterations=1).scene
    assert scene.ground is scene.loss


def test_of_batches_the_gradient_of_all_rows_is_drawn_beside_that_of_the_batch() -> None:
    shown = picture(data="line", view="contour+slices", batch_size=2)
    run = shown.scene.runs[0]
    np.testing.assert_allclose(shown.scene.exact_gradient, shown.scene.loss.gradient(run.theta), rtol=1e-12)
    assert not np.allclose(shown.scene.exact_gradient, run.gradient)


def test_a_seed_of_batches_and_of_noise_is_said_once() -> None:
    given: dict[str, Any] = {"data": "line", "batch_size": 3, "seed": 7}
    for settings in (given, {**given, "noise": 0.1}, {"data": "line", "noise": 0.1, "seed": 7}):
        assert said(**settings).count("seed 7") == 1


@pytest.mark.parametrize(("view", "iterations"), [("basins", 3), ("rates", 200)])
def test_many_descents_over_many_rows_are_refused(view: str, iterations: int) -> None:
    given: dict[str, Any] = {
        "data": "line:n=50000",
        "model": "a*x + b",
        "view": view,
        "iterations": iterations,
    }
    with pytest.raises(GdanimError, match=r"too many for 50,000 rows; up to about [1-9],\d{3} are quick"):
        plan(Spec(**given))
    plan(Spec(**{**given, "data": "line:n=1000"}))
    plan(Spec(**{**given, "model": "linear"}))  # in closed form


def test_the_closed_form_of_squares_has_the_gradient_of_the_rows() -> None:
    loss = make_model("polynomial:degree=4,l2=0.1", load("sine:n=2000"))
    points = np.random.default_rng(0).normal(size=(2500, 5))
    together = loss.gradient(points)
    for i in (0, 700, 2499):
        np.testing.assert_allclose(together[i], loss.gradient(points[i]), rtol=1e-9, atol=1e-12)


def test_slices_of_many_rows_go_through_the_ball() -> None:
    shown = picture(data="moons:n=50000", view="slices", iterations=4)
    assert isinstance(shown.scene.cut, Glimpse)
    theta, k = shown.scene.runs[0].theta, 2
    for which in (0, 1):
        (height,) = along(shown.scene, which, theta[k], theta[k, which : which + 1])
        assert height == pytest.approx(shown.scene.runs[0].loss[k], rel=1e-12)
    assert "of 50\N{THIN SPACE}000 rows" in said(data="moons:n=50000", view="slices", iterations=4)


def test_a_gradient_of_many_components_is_laid_out_once() -> None:
    shown = picture(data="moons", model="mlp", view="gradient", learning_rate=50.0, iterations=8)
    view = shown.views[0]
    assert isinstance(view, Gradient)
    components = {row.component for row, _ in view.placed if row.component is not None}
    assert 1 <= len(components) < 105
    run, scene = shown.scene.runs[0], shown.scene
    slopes = Slopes(scene.loss, run, scene.text, scene.chosen)
    sheet = Sheet(scene, slopes, (run.theta, run.gradient), 1.0, 400.0, 2)
    for count in (105, 104, 103, 2):
        sheet.page(count, whole=False)
    assert sheet.result.cache_info().misses == 105  # each number is measured once, whatever is tried


def test_two_parameters_change_places_as_they_are_named() -> None:
    shown = picture(loss="a^2 + 4*b^2", start=(2, 1), view="contour+slices", axes=("b", "a"), xlim=(-3, 3))
    view = shown.views[0]
    assert view.names == ("$b$", "$a$")
    assert view.scene.window[0] == (-3.0, 3.0)
    np.testing.assert_allclose(view.scene.runs[0].theta, shown.scene.runs[0].theta[:, ::-1], rtol=1e-12)
    np.testing.assert_allclose(view.scene.runs[0].loss, shown.scene.runs[0].loss, rtol=1e-12)
    assert "projected" not in said(loss="a^2 + 4*b^2", start=(2, 1), view="contour", axes=("b", "a"))
