"""The boundary view: what a model thinks of the plane, in colours, and the line where it is undecided."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdanim import GdanimError, Spec
from gdanim.data import load
from gdanim.losses.base import Array
from gdanim.plan import plan
from gdanim.theme import DATA, THEMES, contrast
from gdanim.timeline import Moment
from gdanim.views.boundary import Boundary, on_one_scale
from gdanim.views.fit import DRAWN
from gdanim.views.marks import Dots, Label, Stroke
from gdanim.views.shades import OUTLINE, SHADES, STEPS, Shade, Shares, marker_colour
from tests.pictures import picture


def boundary_of(**settings: Any) -> Boundary:
    view = picture(**{"data": "moons", "view": "boundary", **settings}).views[0]
    assert isinstance(view, Boundary)
    return view


def marks(view: Boundary, moment: Moment) -> tuple[Shade, Stroke, list[Dots], str]:
    found = list(view.update(moment))
    shade, line = found[0], found[1]
    assert isinstance(shade, Shade)
    assert isinstance(line, Stroke)
    words = [mark.text for mark in found if isinstance(mark, Label)]
    return shade, line, [mark for mark in found if isinstance(mark, Dots)], "".join(words)


def in_data(view: Boundary, pixels: Array) -> Array:
    return np.asarray(view.axes.transData.inverted().transform(pixels))


def test_the_line_is_where_the_model_is_undecided() -> None:
    theta = (1.5, -2.0, 0.5)
    _, line, _, _ = marks(boundary_of(start=theta, iterations=0), Moment(0))
    view = boundary_of(start=theta, iterations=0)
    _, line, _, _ = marks(view, Moment(0))
    places = in_data(view, line.points[np.isfinite(line.points).all(axis=1)])
    assert len(places) > 10
    np.testing.assert_allclose(places @ theta[:2] + theta[2], 0.0, atol=5e-3)


@pytest.mark.parametrize("model", ["logistic", "mlp:hidden=6", "softmax", "sigmoid(a*x1 + b*x2^2 + c)"])
def test_colours_are_those_of_the_probabilities(model: str) -> None:
    view = boundary_of(model=model, iterations=8, learning_rate=0.5)
    shade, _, _, _ = marks(view, Moment(8))
    image = shade.image()
    height, width = image.shape[:2]
    box = view.axes.bbox
    x, y = np.meshgrid(
        box.x0 + (np.arange(width) + 0.5) / width * box.width,
        box.y0 + (np.arange(height) + 0.5) / height * box.height,
    )
    places = in_data(view, np.column_stack([x.ravel(), y.ravel()]))
    said = view.scene.loss.predict(view.scene.runs[0].theta[8], places)  # type: ignore[attr-defined]
    said = said.reshape(height, width)
    colours, numbers = np.unique(image.reshape(-1, 4), axis=0, return_inverse=True)
    numbers = numbers.reshape(height, width)
    assert 3 < len(colours) <= SHADES
    step = 1.0 / SHADES
    for number in range(len(colours)):
        inside = said[numbers == number]
        assert np.ptp(inside) < step + 0.02, "one colour stands for one step of probability"


def test_nothing_is_coloured_where_the_model_knows_nothing() -> None:
    view = boundary_of(start=(0.0, 0.0, 0.0), iterations=0)
    shade, line, _, words = marks(view, Moment(0))
    assert (shade.image()[..., :3] == 255).all()
    assert not np.isfinite(line.points).any()
    assert words == "50.0 % right"


def test_each_class_has_its_dots_and_its_marker() -> None:
    view = boundary_of(iterations=0)
    table = load("moons")
    _, _, dots, _ = marks(view, Moment(0))
    for kind, mark in enumerate(dots):
        wanted = table.features[table.values == kind]
        np.testing.assert_allclose(mark.points, view.to_pixels(*wanted.T))
    assert dots[0].colour != dots[1].colour


def test_the_share_that_is_right_is_counted_over_all_rows() -> None:
    view = boundary_of(data="moons:n=1000", iterations=10)
    table, theta = load("moons:n=1000"), view.scene.runs[0].theta
    for k in (0, 3, 10):
        right = ((table.features @ theta[k, :2] + theta[k, 2] > 0) == (table.values == 1)).mean()
        assert view.accuracy(k) == right
        _, _, _, words = marks(view, Moment(k, 0.5 if k < 10 else 0.0))
        assert words == f"{100 * right:.1f} % right   {DRAWN} of 1\N{THIN SPACE}000 rows drawn"


def test_only_two_features_and_some_classes_are_shown() -> None:
    refused: list[tuple[dict[str, Any], str]] = [
        ({"data": "digits"}, "64 features and 10 classes"),
        ({"data": "blobs:classes=3", "cost": "squared", "model": "a*x1 + b*x2"}, "2 features and no classes"),
        ({"data": "line"}, "1 feature and no classes"),
    ]
    for settings, there in refused:
        words = f"'boundary' shows a model of 2 features and 2 to 7 classes, and this one has {there}"
        with pytest.raises(GdanimError, match=words):
            plan(Spec(view="boundary", **settings))
    with pytest.raises(GdanimError, match="and the loss has no data"):
        plan(Spec(loss="bowl", view="boundary"))
    kinds = [kind.name for kind in plan(Spec(data="moons")).layout.kinds]
    assert kinds == ["boundary", "history"]
    kinds = [kind.name for kind in plan(Spec(data="moons", optimizer=("gd", "adam"))).layout.kinds]
    assert kinds == ["history"]


@pytest.mark.parametrize(
    ("data", "model"), [("blobs:classes=3", "softmax"), ("spiral:classes=4", "mlp:hidden=6")]
)
def test_of_several_classes_the_most_probable_one_colours_the_plane(data: str, model: str) -> None:
    view = boundary_of(data=data, model=model, iterations=30, learning_rate=0.5)
    shade, line, dots, words = marks(view, Moment(30))
    assert isinstance(shade, Shares)
    image, table = shade.image(), load(data)
    height, width = image.shape[:2]
    box = view.axes.bbox
    x, y = np.meshgrid(
        box.x0 + (np.arange(width) + 0.5) / width * box.width,
        box.y0 + (np.arange(height) + 0.5) / height * box.height,
    )
    places = in_data(view, np.column_stack([x.ravel(), y.ravel()]))
    loss, theta = view.scene.loss, view.scene.runs[0].theta[30]
    said = loss.predict(theta, places)  # type: ignore[attr-defined]
    colours, numbers = np.unique(image.reshape(-1, 4), axis=0, return_inverse=True)
    sorted_shares = np.sort(said, axis=1)
    sure = sorted_shares[:, -1] - sorted_shares[:, -2] > 0.15
    classes = len(table.classes)
    for number in range(len(colours)):
        inside = (numbers.ravel() == number) & sure
        if inside.sum() < 20 or (colours[number, :3] == 255).all():
            continue
        assert len(set(said[inside].argmax(axis=1))) == 1, "one colour is of one class"
        assert np.ptp(said[inside].max(axis=1)) < (1 - 1 / classes) / STEPS + 0.12
    edge = in_data(view, line.points[np.isfinite(line.points).all(axis=1)])
    top = np.sort(loss.predict(theta, edge), axis=1)  # type: ignore[attr-defined]
    np.testing.assert_allclose(top[:, -1], top[:, -2], atol=0.08)
    assert len({dot.colour for dot in dots}) == classes == len(dots)
    right = (loss.predict(theta, table.features).argmax(axis=1) == table.values).mean()  # type: ignore[attr-defined]
    assert words == f"{100 * right:.1f} % right"


def test_rows_that_are_held_out_are_not_filled() -> None:
    view = boundary_of(test=0.25, iterations=2, size=(960, 540))
    held = view.scene.loss.table.held  # type: ignore[union-attr]
    assert held is not None
    _, _, dots, _ = marks(view, Moment(2))
    assert len(dots) == 4
    for kind, mark in enumerate(dots[2:]):
        np.testing.assert_allclose(mark.points, view.to_pixels(*held.features[held.values == kind].T))
        assert mark.colour == (1.0, 1.0, 1.0, 1.0) != dots[kind].colour
    words = [mark.text for mark in view.still() if isinstance(mark, Label)]
    assert [word for word in words if word in ("A", "B", "held out: 50")] == ["A", "B", "held out: 50"]


def test_compared_runs_have_a_plane_each_in_a_grid() -> None:
    views = picture(data="moons", learning_rate=(0.1, 2.0), grid=True, iterations=6).views
    assert [type(view).__name__ for view in views] == ["Boundary", "Boundary"]
    for view, run in zip(views, views[0].scene.everyone, strict=True):
        assert isinstance(view, Boundary)
        _, line, _, _ = marks(view, Moment(6))
        places = in_data(view, line.points[np.isfinite(line.points).all(axis=1)])
        w1, w2, b = run.theta[6]
        np.testing.assert_allclose(places @ (w1, w2) + b, 0.0, atol=2e-2)


@pytest.mark.parametrize(
    ("model", "data"), [("logistic", "moons"), ("softmax", "moons"), ("softmax", "blobs:classes=3")]
)
def test_lines_are_straight_however_sure_the_model_is(model: str, data: str) -> None:
    """Where probabilities are 0 or 1 on both sides, their half way is not where the line is."""
    view = boundary_of(data=data, model=model, init=300.0, seed=3, iterations=0)
    _, line, _, _ = marks(view, Moment(0))
    loss, theta = view.scene.loss, view.scene.runs[0].theta[0]
    edge = in_data(view, line.points[np.isfinite(line.points).all(axis=1)])
    assert len(edge) > 10
    z = loss.output(theta, edge)  # type: ignore[attr-defined]
    top = np.sort(z, axis=-1) if z.ndim > 1 else np.stack([0 * z, z], axis=-1)
    away = np.abs(top[:, -1] - top[:, -2])
    assert np.median(away) < 1e-6
    assert (away < 1e-6).mean() > 0.9  # but for the corners where three classes meet


def test_lines_of_a_net_whose_nodes_are_steps_are_where_it_changes() -> None:
    view = boundary_of(model="mlp:hidden=4", init=60.0, seed=1, iterations=0)
    _, line, _, _ = marks(view, Moment(0))
    loss, theta = view.scene.loss, view.scene.runs[0].theta[0]
    there = line.points[np.isfinite(line.points).all(axis=1)]
    assert len(there) > 10
    around = 0.8 * np.array([(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)])  # pixels
    said = np.stack([loss.output(theta, in_data(view, there + by)) > 0 for by in around])  # type: ignore[attr-defined]
    assert (said.any(axis=0) & ~said.all(axis=0)).mean() > 0.95


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("classes", range(2, 8))
def test_markers_stand_out_from_every_ground_there_may_be(classes: int, theme: str) -> None:
    chosen = THEMES[theme]
    view = boundary_of(data=f"blobs:classes={min(classes, 6)}", theme=theme, iterations=0)
    shade = Shade(view.axes, chosen) if classes == 2 else Shares(view.axes, chosen, classes)
    if classes == 2:
        steps = np.linspace(0.0, 1.0, 200)
        shade.to(np.stack([steps, steps]))
    else:
        lead = np.linspace(1.0 / classes, 1.0, 60)[:, None]
        rows = np.concatenate(
            [
                np.roll(np.hstack([lead, (1 - lead) / (classes - 1) * np.ones((60, classes - 1))]), c, axis=1)
                for c in range(classes)
            ]
        )
        shade.to(np.stack([rows, rows]))
    found = np.unique(shade.image().reshape(-1, 4)[:, :3], axis=0)
    seen = ["#" + "".join(f"{part:02x}" for part in colour) for colour in found]
    assert len(seen) >= 2 * classes
    for number in range(classes):
        colour = marker_colour(number, classes, chosen)
        assert contrast(colour, OUTLINE) >= DATA
        assert all(max(contrast(colour, ground), contrast(OUTLINE, ground)) >= DATA - 0.02 for ground in seen)


@pytest.mark.parametrize("size", [(640, 480), (960, 540), (480, 640)], ids=str)
def test_features_in_one_unit_have_one_scale(size: tuple[int, int]) -> None:
    view = boundary_of(data="circles", size=size)
    x, y = view.units()
    assert x == pytest.approx(y, rel=0.01)
    low, high = load("circles").features.min(axis=0), load("circles").features.max(axis=0)
    (left, right), (bottom, top) = view.axes.get_xlim(), view.axes.get_ylim()
    assert left < low[0] < high[0] < right
    assert bottom < low[1] < high[1] < top


def test_features_in_other_units_and_panels_that_are_too_wide_have_their_own_scales(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("height,weight,kind\n1.7,70,a\n1.6,50,b\n1.8,90,a\n1.5,55,b\n")
    view = boundary_of(data=str(path), iterations=1)
    x, y = view.units()
    assert x > 5 * y
    view = boundary_of(data=str(path), iterations=1, standardize=True, size=(640, 480))
    x, y = view.units()
    assert x == pytest.approx(y, rel=0.01)
    assert on_one_scale(((0.0, 1.0), (0.0, 1.0)), 5.0) == ((0.0, 1.0), (0.0, 1.0))
