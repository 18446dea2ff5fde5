"""The boundary view: what a model thinks of the plane, in colours, and the line where it is undecided."""

from typing import Any

import numpy as np
import pytest

from gdanim import GdanimError, Spec
from gdanim.data import load
from gdanim.losses.base import Array
from gdanim.plan import plan
from gdanim.timeline import Moment
from gdanim.views.boundary import Boundary
from gdanim.views.fit import DRAWN
from gdanim.views.marks import Dots, Label, Stroke
from gdanim.views.shades import SHADES, STEPS, Shade, Shares
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
