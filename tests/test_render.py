import tracemalloc
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from gdanim import GdanimError, Spec, animate
from gdanim.plan import plan
from gdanim.render import Picture
from gdanim.timeline import Moment
from gdanim.views.curve import CutArrow
from gdanim.views.marks import Arrow, Dots, Label, Stroke

SMALL = (480, 320)


def picture(**settings: object) -> Picture:
    spec = Spec(**{"size": SMALL, **settings})  # type: ignore[arg-type]
    return Picture(plan(spec))


CASES = [
    {},
    {"theme": "dark", "lang": "pt", "scale": 1.5},
    {"learning_rate": 0.95, "iterations": 30},
    {"learning_rate": 1.1},
    {"learning_rate": 3.0, "iterations": 400},
    {"learning_rate": 0.01, "iterations": 300},
    {"iterations": 0},
    {"start": (2.0,)},
]
MOMENTS = [Moment(0), Moment(1, 0.5), Moment(2), Moment(9), Moment(17, 0.25), Moment(20)]


@pytest.mark.parametrize("settings", CASES)
def test_the_fast_frame_equals_a_full_redraw(settings: dict[str, object]) -> None:
    fast, slow = picture(**settings), picture(**settings)
    last = fast.scene.iterations
    for moment in (*MOMENTS, Moment(last)):
        if moment.k <= last:
            assert np.array_equal(fast.frame(moment), slow.redraw(moment)), moment


def test_a_frame_does_not_depend_on_the_frames_before_it() -> None:
    wandering, order = picture(iterations=40, learning_rate=0.05), [40, 3, 21, 20, 0, 39]
    for k in order:
        alone = picture(iterations=40, learning_rate=0.05).frame(Moment(k))
        assert np.array_equal(wandering.frame(Moment(k)), alone), k


def test_the_cost_of_a_frame_does_not_grow_with_k() -> None:
    shown = picture(iterations=2000, learning_rate=0.001)

    def cost(k: int) -> int:
        """Marks that are drawn to get from iterate k − 1 to k."""
        return sum(len([*view.settle(k), *view.update(Moment(k))]) for view in shown.views)

    for k in range(1901):
        for view in shown.views:
            list(view.settle(k))
    assert 0 < cost(1901) <= cost(51) + 2


LONG = {"iterations": 40_000, "learning_rate": (1e-5,)}  # every fourth iterate has a frame


@pytest.mark.parametrize("more", [{}, {"learning_rate": (1e-5, 1e-4, 3.0), "view": "curve+history"}])
def test_where_frames_are_left_out_several_steps_settle_at_once(more: dict[str, object]) -> None:
    fast, slow = picture(**{**LONG, **more}), picture(**{**LONG, **more})
    for k in (0, 3, 5001, 5003, 5012, 123, 9998):
        assert np.array_equal(fast.frame(Moment(k)), slow.redraw(Moment(k))), k


@pytest.mark.parametrize("rates", [(1e-5,), (1e-5, 1e-4)])
def test_every_iterate_is_on_the_path_of_a_long_run_once(rates: tuple[float, ...]) -> None:
    shown = picture(**{**LONG, "learning_rate": rates})
    for k in (402, 403, 404, 2999):
        for trail in shown.views[0].trails:  # type: ignore[attr-defined]
            settled = chain.from_iterable(trail.settle(i) for i in range(0, k + 1, shown.scene.stride))
            dots = [m.points.copy() for m in chain(settled, trail.update(Moment(k))) if isinstance(m, Dots)]
            assert np.array_equal(np.concatenate(dots), trail.path()[:k])
            assert len(dots) < k / 3


def test_no_list_of_frames_is_held(tmp_path: Path) -> None:
    def peak(iterations: int) -> int:
        tracemalloc.start()
        animate(Spec(size=SMALL, iterations=iterations, learning_rate=0.01), tmp_path / "a.gif")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak(2)  # what is loaded and kept once
    assert peak(120) < 1.1 * peak(30)


def test_the_picture_is_opaque_and_moves() -> None:
    shown = picture()
    first = shown.frame(Moment(0)).copy()
    assert first.shape == (320, 480, 4)
    assert (first[..., 3] == 255).all()
    assert not np.array_equal(first, shown.frame(Moment(1)))


def test_the_ball_goes_straight_to_where_the_arrow_points() -> None:
    shown = picture(start=(5.0,), learning_rate=0.9, tween=3)  # from w = 5 to −0.4, past the minimum
    curve, history = shown.views
    for fraction, w, loss in ((0.0, 5.0, 9.0), (0.5, 5.0, 9.0), (0.75, 2.3, 7.38)):
        *_, ball = (mark for mark in curve.update(Moment(0, fraction)) if isinstance(mark, Dots))
        assert ball.points == pytest.approx(curve.to_pixels(w, loss))
        *_, beside = (mark for mark in history.update(Moment(0, fraction)) if isinstance(mark, Dots))
        k = (5.0 - w) / 5.4
        assert beside.points == pytest.approx(history.to_pixels(k, loss))


def test_the_arrow_grows_before_the_ball_moves_and_ends_at_the_next_iterate() -> None:
    shown = picture(start=(5.0,), learning_rate=0.1, tween=7)
    curve = shown.views[0]

    def arrow(fraction: float) -> list[Arrow]:
        return [mark for mark in curve.update(Moment(0, fraction)) if isinstance(mark, Arrow)]

    assert not arrow(0.0)
    assert not arrow(0.25)
    x = [curve.to_pixels(w, 0.0)[0, 0] for w in (5.0, 4.4)]
    (half,) = arrow(0.375)
    assert half.ends[:, 0] == pytest.approx([x[0], (x[0] + x[1]) / 2])
    (whole,) = arrow(0.75)
    assert whole.ends[:, 0] == pytest.approx(x)


@pytest.mark.parametrize("fraction", [0.0, 0.4, 0.8])
def test_numbers_and_slope_are_those_of_the_iterate_while_the_ball_is_on_its_way(fraction: float) -> None:
    shown = picture(loss="himmelblau", view="contour+slices/history", size=(960, 640), tween=4)
    standing, moving = (
        [
            [mark.points.copy() for mark in part.update(moment) if isinstance(mark, Stroke)]
            for part in shown.views[1].slices  # type: ignore[attr-defined]
        ]
        for moment in (Moment(3), Moment(3, fraction))
    )
    np.testing.assert_equal(standing, moving)  # NaN where there is no curve
    assert [len(points) > 100 for part in standing for points in part] == [True, False, True, False]
    words = [
        [mark.text for mark in shown.strip.update(m) if isinstance(mark, Label)]
        for m in (Moment(3), Moment(3, fraction))
    ]
    assert words[0] == words[1]


def test_nothing_stays_of_a_ball_that_has_left() -> None:
    curve = picture(learning_rate=1.1, tween=2).views[0]
    left = curve.trails[0].exit.left  # type: ignore[attr-defined]
    for moment in (Moment(left), Moment(left, 0.7), Moment(24)):
        assert not list(curve.explain(moment))  # type: ignore[attr-defined]
    marks = list(curve.explain(Moment(left - 1, 0.6)))  # type: ignore[attr-defined]
    assert [mark for mark in marks if isinstance(mark, CutArrow)]
    assert not [mark for mark in marks if isinstance(mark, Arrow)]


def test_compared_runs_do_not_wait() -> None:
    shown = picture(learning_rate=(0.1, 0.2), tween=1)
    curve = shown.views[0]
    *_, first, _ = curve.update(Moment(0, 0.5))
    assert first.points == pytest.approx(curve.to_pixels(4.7, (9 + 5.76) / 2))  # type: ignore[attr-defined]


def test_a_diverging_path_leaves_the_view_where_it_was() -> None:
    for rate in (1.1, 3.0):
        (low, high) = picture(learning_rate=rate, iterations=100).scene.window[0]
        assert -6 < low < 2 < high < 10


def test_a_title_with_a_sign_that_is_no_character_is_refused() -> None:
    with pytest.raises(GdanimError, match=r"title: '\\x07' is a sign that cannot be drawn"):
        picture(title="a\x07b")


@pytest.mark.parametrize("size", [(481, 321), (1001, 563), (657, 491)])
def test_any_size_is_drawn_to_the_pixel(size: tuple[int, int]) -> None:
    assert picture(size=size, iterations=1).frame(Moment(0)).shape == (size[1], size[0], 4)


def test_a_title_fits_or_is_refused() -> None:
    picture(title="A somewhat longer title than usual, set smaller")
    long = picture(
        title="Why a learning rate of $2 / \\lambda_{max}$ and more does not come down any more at all"
    )
    labels = {one.text: one for one in long.marks(Moment(0)) if isinstance(one, Label)}
    lines = [text for text in labels if len(text) > 9 and text in (long.scene.spec.title or "")]
    assert " ".join(lines) == long.scene.spec.title
    assert len(lines) == 2
    assert all(labels[line].box[2] < 480 for line in lines)
    assert labels[lines[0]].box[1] >= labels[lines[1]].box[3]
    with pytest.raises(GdanimError, match="title: the title is too long for this size"):
        picture(title="word " * 40)
    with pytest.raises(GdanimError, match=r"title: '\$.frac\{\$' is not mathtext"):
        picture(title=r"$\frac{$")


def test_scale_draws_the_same_layout_with_more_pixels() -> None:
    plain, fine = picture(), picture(scale=2.0)
    assert fine.frame(Moment(0)).shape == (640, 960, 4)
    assert fine.scene.sizes.text == 2 * plain.scene.sizes.text
