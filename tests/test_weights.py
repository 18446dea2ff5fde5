"""The weights of models of pictures: each where its pixel is, in a shade that its sign and size tell."""

from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from gdanim import GdanimError, Spec
from gdanim.data import load
from gdanim.plan import plan
from gdanim.theme import DATA, THEMES, contrast
from gdanim.timeline import Moment
from gdanim.views.marks import Label, Stroke, overlap
from gdanim.views.weights import FAINT, Shown, Weights
from tests.pictures import picture


def weights_of(**settings: Any) -> Weights:
    view = picture(**{"data": "digits:n=60", "view": "weights", "learning_rate": 1.0, **settings}).views[0]
    assert isinstance(view, Weights)
    return view


def shown(view: Weights, moment: Moment) -> Shown:
    (mark,) = view.update(moment)
    assert isinstance(mark, Shown)
    return mark


def test_each_class_has_the_picture_of_its_own_weights() -> None:
    view = weights_of()
    run, mark = view.scene.runs[0], shown(view, Moment(24))
    wanted = run.theta[24, :640].reshape(10, 8, 8)  # by class, then by column of the data: x1_1, x1_2, …
    assert load("digits").columns[:9] == (*(f"x1_{i}" for i in range(1, 9)), "x2_1")
    np.testing.assert_allclose(mark.values * view.scale, wanted)
    assert view.scale == np.abs(run.theta[:, :640]).max()
    assert view.pictures == list("0123456789")


def test_between_iterates_they_move_as_the_ball_does() -> None:
    view = weights_of()
    one, half, two = (shown(view, Moment(*at)).values for at in ((3, 0.0), (3, 0.9), (4, 0.0)))
    moved = view.scene.underway(Moment(3, 0.9)).fraction
    assert 0 < moved < 1
    np.testing.assert_allclose(half, one + moved * (two - one), atol=1e-15)


@pytest.mark.parametrize("theme", THEMES)
def test_a_weight_is_a_shade_and_a_negative_one_has_a_bar(theme: str) -> None:
    mark = Shown(THEMES[theme], 10)
    image = mark.to(np.array([[[-1.0, 0.0], [1.0, -0.5 * FAINT]]]), [(0.0, 0.0)]).image(0)[::-1]
    ground = np.round(255 * np.array(to_rgb(THEMES[theme].background)))
    corner = image[[0, 0, 10, 10], [0, 10, 0, 10], :3].astype(int)  # of each weight, where no bar is
    assert (corner[1] == ground).all()
    middle = image[[5, 5, 15, 15], [5, 15, 5, 15], :3].astype(int)
    assert (middle[1:] == corner[1:]).all()
    assert (middle[0] != corner[0]).any()
    low, high, bar = (
        "#" + "".join(f"{part:02x}" for part in one) for one in (corner[0], corner[2], middle[0])
    )
    assert low != high
    assert contrast(bar, low) >= DATA
    row = (image[5, :10, :3] != image[0, 0, :3]).any(axis=1)
    assert row.sum() == 8
    assert (row == row[::-1]).all()  # in the middle


@pytest.mark.parametrize("theme", THEMES)
def test_a_bar_stands_out_from_every_shade(theme: str) -> None:
    mark = Shown(THEMES[theme], 10)
    values = np.linspace(-1.0, -1.01 * FAINT, 30)[None, None]
    image = mark.to(values, [(0.0, 0.0)]).image(0)
    hexes = [
        ["#" + "".join(f"{part:02x}" for part in image[y, 10 * i + 5, :3]) for y in (0, 5)] for i in range(30)
    ]
    assert min(contrast(*pair) for pair in hexes) >= DATA


def test_a_weighted_sum_has_one_picture_and_a_net_one_for_each_node() -> None:
    view = weights_of(data="digits:n=60,classes=2", model="logistic")
    run = view.scene.runs[0]
    np.testing.assert_allclose(shown(view, Moment(9)).values[0] * view.scale, run.theta[9, :64].reshape(8, 8))
    assert view.pictures == ["1"]  # of which p is the probability
    view = weights_of(model="mlp:hidden=5", learning_rate=0.1)
    theta = view.scene.runs[0].theta[0, :320].reshape(5, 8, 8)
    np.testing.assert_allclose(shown(view, Moment(0)).values * view.scale, theta)
    assert view.pictures[0] == "$h_{1}$"


@pytest.mark.parametrize("size", [(480, 360), (640, 480), (960, 540), (1280, 720)], ids=str)
@pytest.mark.parametrize("model", ["softmax", "mlp:hidden=12"])
def test_pictures_and_names_stand_apart_and_on_the_panel(size: Any, model: str) -> None:
    view = weights_of(size=size, model=model)
    left, low, right, high = view.axes.bbox.extents
    labels = [mark for mark in view.still() if isinstance(mark, Label) and mark.text]
    frames = [mark.points for mark in view.still() if isinstance(mark, Stroke)]
    boxes = [(*f.min(axis=0), *f.max(axis=0)) for f in frames]
    every = [*boxes, *(label.box for label in labels)]
    for i, a in enumerate(every):
        assert left - 3 <= a[0] <= a[2] <= right + 3
        assert low - 3 <= a[1] <= a[3] <= high + 3
        assert not any(overlap(a, b) for b in every[:i])
    assert len(boxes) == (10 if model == "softmax" else 12) + 1
    assert min(label.size for label in labels) >= view.scene.small.size


def test_what_has_no_room_is_not_there_and_the_picture_says_so() -> None:
    view = weights_of(model="mlp:hidden=13", size=(320, 440), learning_rate=0.1)
    words = [mark.text for mark in view.still() if isinstance(mark, Label)]
    count = len(shown(view, Moment(0)).places)
    if count < 13:
        assert any(f"{count} of 13 shown" in text for text in words), words
    assert sum(text.startswith("$h_") for text in words) == count


def test_of_weights_that_run_away_the_key_says_where_the_shades_end() -> None:
    view = weights_of(data="digits:n=40", cost="squared", model="linear", learning_rate=0.2, iterations=30)
    peaks = np.abs(view.scene.runs[0].theta[:, :64]).max(axis=1)
    assert view.scale < peaks.max()
    words = [mark.text for mark in view.still() if isinstance(mark, Label)]
    assert any("≤ " in text for text in words)
    assert any(text.startswith("≥ ") for text in words)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"data": "moons"}, "and this one has 2 features and 2 classes"),
        ({"loss": "bowl"}, "and the loss has no data"),
        ({"data": "digits", "learning_rate": (0.1, 0.2)}, "'weights' shows one run"),
        (
            {
                "data": "digits:classes=2",
                "model": " + ".join(f"a*x{i}_{j}" for i in range(1, 9) for j in range(1, 9)),
            },
            "is a formula",
        ),
    ],
)
def test_what_has_no_pictures_is_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(GdanimError, match=words):
        plan(Spec(view="weights", **settings))
