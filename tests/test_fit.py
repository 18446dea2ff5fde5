"""The fit view: dots where the data are, sticks from them to the curve, the curve where the model says."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdanim import GdanimError, Spec, trace
from gdanim.data import load
from gdanim.lang import en
from gdanim.losses.models import make_model
from gdanim.plan import plan
from gdanim.render import Picture
from gdanim.timeline import Moment
from gdanim.views.fit import DRAWN, STICKS, Fit
from gdanim.views.header import subtitle
from gdanim.views.marks import Arrow, Dots, Label, Stroke
from gdanim.views.squares import Squares
from tests.pictures import picture


def fit_of(**settings: Any) -> Fit:
    view = picture(view="fit", **settings).views[0]
    assert isinstance(view, Fit)
    return view


def strokes(view: Fit, moment: Moment) -> list[Stroke]:
    return [mark for mark in view.update(moment) if isinstance(mark, Stroke)]


def test_sticks_reach_from_the_data_to_what_the_model_says() -> None:
    view = fit_of(data="line", iterations=6)
    table, theta = load("line"), view.scene.runs[0].theta
    for k in (0, 2, 6):
        sticks, curve = strokes(view, Moment(k))
        points = sticks.points.reshape(len(table), 3, 2)
        said = theta[k, 0] * table.features[:, 0] + theta[k, 1]
        np.testing.assert_allclose(points[:, 0], view.to_pixels(table.features[:, 0], table.values))
        np.testing.assert_allclose(points[:, 1], view.to_pixels(table.features[:, 0], said))
        assert np.isnan(points[:, 2]).all()
        slope = np.diff(curve.points[[0, -1]], axis=0)[0]
        np.testing.assert_allclose(slope[1] / slope[0], theta[k, 0] * view.units()[1] / view.units()[0])


def test_between_two_iterates_the_curve_is_where_the_ball_is() -> None:
    view = fit_of(data="line", iterations=4, tween=9, optimizer=("gd", "adam"))
    moment = Moment(1, 0.5)
    run = view.scene.runs[0]
    share = view.scene.underway(moment).fraction
    assert 0 < share < 1
    between = run.theta[1] + share * (run.theta[2] - run.theta[1])
    first, _ = strokes(view, moment)  # of several runs no sticks
    x = np.linspace(*view.axes.get_xlim(), len(first.points))
    np.testing.assert_allclose(first.points, view.to_pixels(x, between[0] * x + between[1]))


def test_the_curve_it_began_with_stays() -> None:
    view = fit_of(data="line", start=(1.0, -2.0))
    (first,) = view.settle(0)
    assert isinstance(first, Stroke)
    x = np.linspace(*view.axes.get_xlim(), len(first.points))
    np.testing.assert_allclose(first.points, view.to_pixels(x, x - 2.0))
    assert not list(view.settle(1))


def test_classes_are_shown_with_the_probability_of_the_second() -> None:
    view = fit_of(data="moons", model="sigmoid(a*x1 + b)", start=(2.0, 1.0), iterations=0)
    (_, curve) = strokes(view, Moment(0))
    x = np.linspace(*view.axes.get_xlim(), len(curve.points))
    np.testing.assert_allclose(curve.points, view.to_pixels(x, 1 / (1 + np.exp(-2 * x - 1))))
    assert view.names[1] == "$p$ = P(class = B)"
    assert view.tick_values[1] == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("rows", [STICKS, DRAWN, 5000])
def test_what_is_left_out_is_said(rows: int) -> None:
    view = fit_of(data=f"line:n={rows}", size=(640, 480))
    (dots,) = view.axes.lines
    drawn = len(np.asarray(dots.get_xdata()))
    sticks = len(strokes(view, Moment(0))[0].points) // 3
    assert (drawn, sticks) == (min(rows, DRAWN), STICKS)
    words = [label.text for label in view.still() if isinstance(label, Label)]
    said = {
        STICKS: None,
        DRAWN: en.WORDS["sticks"].format(sticks=STICKS),
        5000: en.WORDS["sample"].format(shown=DRAWN, rows="5\N{THIN SPACE}000", sticks=STICKS),
    }[rows]
    assert (said in words) if said else not any("residuals" in word for word in words)


def test_a_run_that_diverges_does_not_stretch_the_picture() -> None:
    view = fit_of(data="line", learning_rate=3.0, iterations=40)
    low, high = view.axes.get_ylim()
    values = load("line").values
    assert high - low < 3 * (values.max() - values.min())
    assert low < values.min() < values.max() < high


def test_only_the_columns_of_the_formula_count() -> None:
    assert fit_of(data="moons", model="a*x1 + b", cost="squared").names[0] == "x1"
    with pytest.raises(
        GdanimError,
        match="'fit' shows a model of 1 feature or 1 feature and 2 classes, and this one has 2 features",
    ):
        plan(Spec(data="moons", view="fit"))
    with pytest.raises(
        GdanimError, match="shows a model of 1 feature or 1 feature and 2 classes, and the loss has no data"
    ):
        plan(Spec(view="fit"))
    assert fit_of(data="line", standardize=True).names[0] == "x (standardized)"


def test_what_suits_a_model_is_shown() -> None:
    def kinds(**settings: Any) -> list[str]:
        return [kind.name for kind in plan(Spec(**settings)).layout.kinds]

    assert kinds(data="line") == ["fit", "contour"]
    assert kinds(data="sine", model="polynomial") == ["fit", "history"]
    assert kinds(data="line", learning_rate=(0.1, 0.2), grid=True) == ["fit"]


def test_the_subtitle_says_cost_model_and_rows() -> None:
    loss = make_model("a*x + b", load("line"))
    assert (loss.cost.formula, loss.model) == (r"(\hat{y} - y)^2", r"\hat{y} = ax + b")
    scene = picture(data="line", model="a*x + b", batch_size=1, iterations=2).scene
    words = " ".join(lengths[0] for lengths in subtitle(scene))
    assert r"$L$ = mean of $(\hat{y} - y)^2$" in words
    assert r"Model $\hat{y} = ax + b$" in words
    assert "$n$ = 24" in words
    assert "1 row a step, seed 0" in words


def test_a_name_that_the_font_lacks_is_drawn_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("时间,y\n1,2\n3,4\n", encoding="utf-8")
    for view in ("fit", "history", "contour"):
        shown = picture(data=str(path), view=view)
        assert np.array_equal(shown.frame(Moment(2)), shown.redraw(Moment(2)))


LARGE = "start: the loss there, .* is too large to be drawn"
ONE = "is '0' in every row; a classifier learns from two classes at least"
THREE = r"has 3 classes \(a, b, c\); softmax and mlp learn more than two"
REFUSED = {
    ("years", "a*exp(b*x)"): LARGE,
    **{("too large", model): LARGE for model in ("", "mlp:hidden=2", "a*exp(b*x)")},
    ("too large", "polynomial:degree=9"): "data: powers of x are beyond 1.8e308",
    **{(name, "softmax"): "which are no classes" for name in ("years", "the same x", "tiny", "large")},
    **{(name, "softmax"): ONE for name in ("the same y", "one row")},
    **{("three classes", model): THREE for model in ("polynomial:degree=9", "a*exp(b*x)")},
}
NUMBERS = np.random.default_rng(0).normal(size=9)
STRANGE = {
    "years": (np.arange(1990.0, 1999.0), NUMBERS),
    "the same x": (np.full(9, 3.0), NUMBERS),
    "the same y": (NUMBERS, np.zeros(9)),
    "tiny": (1e-9 * NUMBERS, 1e-9 * NUMBERS[::-1]),
    "large": (1e9 * NUMBERS, 1e12 * NUMBERS[::-1]),
    "too large": (1e150 * NUMBERS, 1e150 * NUMBERS[::-1]),
    "one row": (np.array([0.0]), np.array([0.0])),
    "three classes": (NUMBERS, np.array(list("abcabcabc"))),
    "two classes": (NUMBERS, np.array(list("abababbab"))),
}


@pytest.mark.parametrize("model", ["", "polynomial:degree=9", "softmax", "mlp:hidden=2", "a*exp(b*x)"])
@pytest.mark.parametrize("name", STRANGE)
def test_strange_data_give_a_picture_or_a_sentence(name: str, model: str, tmp_path: Path) -> None:
    """Warnings are errors."""
    path = tmp_path / "strange.csv"
    rows = "".join(f"{x},{y}\n" for x, y in zip(*STRANGE[name], strict=True))
    path.write_text(f"x,y\n{rows}", encoding="utf-8")
    spec = Spec(data=str(path), model=model, iterations=4, size=(480, 360))
    if (name, model) in REFUSED:
        with pytest.raises(GdanimError, match=REFUSED[name, model]):
            plan(spec)
        return
    shown = Picture(plan(spec))
    for k in (0, shown.scene.iterations):
        assert shown.frame(Moment(k)).shape == (360, 480, 4)


def test_squares_have_the_sticks_for_their_sides() -> None:
    """So their areas are to each other as the squared errors."""
    view = fit_of(data="line", squares=True, iterations=3)
    table, theta = load("line"), view.scene.runs[0].theta
    for k in (0, 3):
        (squares,) = (mark for mark in view.update(Moment(k)) if isinstance(mark, Squares))
        x, y = squares.corners[..., 0], squares.corners[..., 1]
        np.testing.assert_allclose(np.ptp(x, axis=1), np.ptp(y, axis=1), rtol=1e-9, atol=1e-9)
        area = np.abs((x[:, :-1] * y[:, 1:] - x[:, 1:] * y[:, :-1]).sum(axis=1)) / 2
        errors = theta[k, 0] * table.features[:, 0] + theta[k, 1] - table.values
        np.testing.assert_allclose(area / area.sum(), errors**2 / (errors**2).sum(), rtol=1e-6, atol=1e-9)
        scale = float(view.units()[1]) ** 2
        assert area.mean() / scale == pytest.approx(float(view.scene.runs[0].loss[k]), rel=1e-6)
        stick = view.to_pixels(table.features[:, 0], table.values)[:, 0]
        assert np.minimum(abs(x.min(axis=1) - stick), abs(x.max(axis=1) - stick)).max() < 1e-6
        assert (x.max(axis=1) <= np.maximum(view.axes.bbox.x1, stick) + 1e-6).all()
    words = [label.text for label in view.still() if isinstance(label, Label)]
    assert en.WORDS["squares"] in words
    refused = [
        ({"cost": "huber"}, "shows squared errors, and the cost is huber"),
        ({"learning_rate": (0.1, 0.2)}, "are those of one run; see --grid"),
    ]
    for settings, why in refused:
        with pytest.raises(GdanimError, match=why):
            plan(Spec(data="line", squares=True, **settings))  # type: ignore[arg-type]


def test_the_rows_of_the_step_are_lit() -> None:
    """The gradient that was used is the mean over the rows whose sticks are lit."""
    view = fit_of(data="line", batch_size=4, seed=3, noise=0.1, iterations=9)
    (quiet,) = trace(Spec(data="line", batch_size=4, seed=3, noise=0.1, iterations=9))
    table = load("line")
    rng, waiting = np.random.default_rng(3), np.empty(0, int)
    for k in range(9):
        waiting = rng.permutation(24) if len(waiting) < 4 else waiting
        rows, waiting = waiting[:4], waiting[4:]
        noise = rng.normal(0.0, 0.1, 2)
        lit = strokes(view, Moment(k))[1].points.reshape(-1, 3, 2)[:, 0]
        chosen = np.sort(rows)
        np.testing.assert_allclose(lit, view.to_pixels(table.features[chosen, 0], table.values[chosen]))
        x = np.column_stack([table.features[rows], np.ones(4)])
        used = 2 * x.T @ (x @ quiet.theta[k] - table.values[rows]) / 4 + noise
        np.testing.assert_allclose(quiet.gradient[k], used, rtol=1e-9)
    assert len(strokes(view, Moment(9))) == 2  # after the last step none is


@pytest.mark.parametrize("settings", [{"iterations": 0}, {"learning_rate": 1e300, "iterations": 5}])
def test_without_a_step_no_rows_are_lit(settings: dict[str, Any]) -> None:
    shown = picture(data="line", batch_size=3, view="fit", **settings)
    assert shown.scene.runs[0].iterations == 0
    words = [mark.text for mark in shown.views[0].still() if isinstance(mark, Label)]
    assert shown.scene.text("lit.rows") not in words
    assert np.array_equal(shown.frame(Moment(0)), shown.redraw(Moment(0)))


def test_rows_that_are_held_out_are_rings() -> None:
    view = fit_of(data="sine", test=0.25, model="polynomial", iterations=2)
    held = view.scene.loss.table.held  # type: ignore[union-attr]
    assert held is not None
    rings = next(mark for mark in view.still() if isinstance(mark, Dots))
    np.testing.assert_allclose(rings.points, view.to_pixels(held.features[:, 0], held.values))
    (dots,) = view.axes.lines
    assert len(np.asarray(dots.get_xdata())) == 30
    assert "held out: 10" in [label.text for label in view.still() if isinstance(label, Label)]


def test_a_curve_off_the_panel_has_an_arrow_at_the_border_behind_which_it_is() -> None:
    settings: dict[str, Any] = {"data": "line:n=9", "view": "fit", "iterations": 40, "start": (0.0, 1e4)}
    shown = picture(**settings, learning_rate=0.05)
    fit = shown.views[0]
    assert isinstance(fit, Fit)
    for k in range(41):
        theta = shown.scene.runs[0].theta[k]
        heights = fit.axes.transData.transform(
            np.column_stack([np.zeros(50), theta[0] * np.linspace(*fit.axes.get_xlim(), 50) + theta[1]])
        )[:, 1]
        pointing = [mark for mark in fit.update(Moment(k)) if isinstance(mark, Arrow)]
        off = (heights > fit.axes.bbox.y1).all() or (heights < fit.axes.bbox.y0).all()
        assert bool(pointing) == bool(off), k
        if pointing:
            (tail, tip) = pointing[0].ends
            assert (tip[1] > tail[1]) == bool(heights[0] > fit.axes.bbox.y1)
            assert fit.axes.bbox.y0 <= min(tail[1], tip[1])
            assert max(tail[1], tip[1]) <= fit.axes.bbox.y1
    assert fit.off_panel(np.array([(0.0, np.nan), (1.0, np.nan)])) == 0
