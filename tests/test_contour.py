"""Contours: levels with values, wells that are seen, a field that does not lie, the step to scale."""

from typing import Any

import numpy as np
import pytest
from matplotlib.contour import ContourSet
from matplotlib.path import Path

from gdanim.losses import make_loss
from gdanim.timeline import Moment
from gdanim.views import landscape
from gdanim.views.contour import Contour
from gdanim.views.field import field_of
from gdanim.views.landscape import levels_of, passes, round_between, sampled, wells, with_wells
from gdanim.views.marks import Arrow, Dots, Label, Stroke, overlap
from tests.pictures import picture

SIZES = [(480, 360), (640, 480), (1280, 720)]
# himmelblau's saddles beside its minima, and the loss there (Newton's method on its gradient in 50 digits).
PASSES = [13.3119, 67.7192, 104.0152, 13.3119]
# Half the quartic's stationary points, 2w³ − 16w + 2.5 = 0, in each parameter.
WELLS = [-2.903534, 2.746803]


def contour_of(**settings: Any) -> tuple[Any, Contour]:
    shown = picture(**{"view": "contour", **settings})
    view = shown.views[0]
    assert isinstance(view, Contour)
    return shown, view


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", ["contour", "contour+history"])
@pytest.mark.parametrize(
    ("loss", "minima"),
    [
        ("himmelblau", [(3.0, 2.0), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)]),
        ("styblinski-tang", [(a, b) for a in WELLS for b in WELLS]),
    ],
)
def test_each_well_has_a_line_of_its_own_that_can_be_seen(
    loss: str, minima: list[tuple[float, float]], view: str, size: tuple[int, int]
) -> None:
    shown, contour = contour_of(loss=loss, view=view, size=size, start=(0.8, 3.9))
    (drawn,) = (c for c in contour.axes.collections if isinstance(c, ContourSet) and not c.filled)
    for minimum in minima:
        alone = []
        for lines in drawn.allsegs:
            for line in lines:
                closed = len(line) > 3 and np.allclose(line[0], line[-1])
                if closed and [m for m in minima if Path(line).contains_point(m)] == [minimum]:
                    alone.append(np.ptp(contour.to_pixels(*line.T), axis=0).min())
        assert alone, minimum
        assert max(alone) > 1.3 * 0.55 * shown.scene.sizes.text  # larger than the diamond that marks it


def test_wells_flow_over_where_their_saddles_are() -> None:
    loss = make_loss("himmelblau")
    places = np.array([m.theta for m in loss.minima])
    found = passes(loss, places, (-5.0, 5.0), (-5.0, 5.0))
    np.testing.assert_allclose(found, PASSES, rtol=0.03)


def test_wells_are_found_where_much_is_worked_out_for_a_point(monkeypatch: pytest.MonkeyPatch) -> None:
    loss = make_loss("himmelblau")
    monkeypatch.setattr(landscape, "SEEN", 1)  # and so the grid is a coarser one
    found = wells(loss, *loss.domain)
    np.testing.assert_allclose(sorted(found.tolist()), sorted(m.theta for m in loss.minima), atol=1e-5)
    places = np.array([m.theta for m in loss.minima])
    np.testing.assert_allclose(passes(loss, places, (-5.0, 5.0), (-5.0, 5.0)), PASSES, rtol=0.1)
    shown = picture(data="digits", model="mlp:hidden=3", view="contour", iterations=1, size=(640, 480))
    assert isinstance(shown.views[0], Contour)


@pytest.mark.parametrize("name", ["himmelblau", "styblinski-tang", "six-hump-camel", "rosenbrock", "beale"])
def test_wells_are_the_minima_and_a_narrow_valley_has_one(name: str) -> None:
    loss = make_loss(name)
    found = wells(loss, *loss.domain)
    for place in found:
        assert np.abs(loss.gradient(place)).max() < 1e-6
        assert np.linalg.eigvalsh(loss.hessian(place))[0] > 0
    assert len(found) == {"himmelblau": 4, "styblinski-tang": 4, "six-hump-camel": 6}.get(name, 1)


@pytest.mark.parametrize(
    "name", ["bowl", "himmelblau", "goldstein-price", "styblinski-tang", "easom", "matyas"]
)
def test_levels_are_numbers_with_few_digits(name: str) -> None:
    loss = make_loss(name)
    x, y = loss.domain
    levels = with_wells(levels_of(loss, sampled(loss, x, y, 160)[2]), loss, x, y).values
    assert len(levels) >= 5
    assert (np.diff(levels) > 0).all()
    for level in levels:
        assert float(f"{level:.3g}") == level


@pytest.mark.parametrize(("low", "high"), [(2.1, 11.9), (-47.3, -45.1), (0.0011, 0.0012), (1e6, 3e6)])
def test_a_round_number_between_two_is_between_them(low: float, high: float) -> None:
    value = round_between(low, high)
    assert low < value < high
    assert len(f"{value:.6g}".strip("-0.").replace(".", "")) <= 7


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "settings",
    [
        {"loss": "himmelblau"},
        {"loss": "himmelblau", "optimizer": "momentum"},
        {"loss": "rosenbrock", "theme": "dark"},
        {"loss": "bowl"},
        {"loss": "saddle", "iterations": 40},
        {"loss": "styblinski-tang", "start": (0.8, 3.9), "lang": "pt"},
    ],
    ids=str,
)
def test_numbers_stand_on_their_lines_and_cover_nothing(
    settings: dict[str, Any], size: tuple[int, int]
) -> None:
    shown, contour = contour_of(size=size, **settings)
    numbers = contour.numbers()
    assert len(numbers) >= 2
    loss, run = shown.scene.loss, shown.scene.runs[0]
    values = contour.levels.values
    scale = np.diff(values).max()
    matrix = np.linalg.inv((contour.axes.transLimits + contour.axes.transAxes).get_matrix())
    for number in numbers:
        assert number.words == shown.scene.text.short(float(values[number.level]), 6)
        x, y = number.place[0], number.place[1] + 0.36 * shown.scene.small.size
        theta = (matrix @ (x, y, 1.0))[:2]
        near = values[number.level]
        assert abs(float(loss.value(theta)) - near) < 0.05 * max(abs(near), scale)
        assert contour.axes.bbox.x0 < number.box[0] < number.box[2] < contour.axes.bbox.x1
        assert contour.axes.bbox.y0 < number.box[1] < number.box[3] < contour.axes.bbox.y1
        assert sum(overlap(number.box, other.box) for other in numbers) == 1
    left, low, right, high = np.array([number.box for number in numbers]).T
    path = contour.spot(run.theta, run.loss)
    dense = np.linspace(path[:-1], path[1:], 50).reshape(-1, 2)
    minima = np.array([m.theta for m in loss.minima]).reshape(-1, 2)
    points = np.vstack([dense, *([contour.to_pixels(*minima.T)] if len(minima) else [])])
    for k in range(min(run.iterations, 24) + 1):  # the arrows of the gradient, in every frame
        tips = path[k] + np.linspace(0, 1, 30)[:, None] * contour.vectors(-run.gradient)[k]
        points = np.vstack([points, tips])
    across, up = points[:, :1], points[:, 1:]
    assert not ((across > left) & (across < right) & (up > low) & (up < high)).any()


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", [r"$-\nabla L$ not to scale", "log-spaced levels"]),
        ("pt", [r"$-\nabla L$ fora de escala", "níveis em escala log"]),
    ],
)
@pytest.mark.parametrize("size", SIZES)
def test_what_is_not_to_scale_is_said(lang: str, words: list[str], size: tuple[int, int]) -> None:
    _, contour = contour_of(loss="rosenbrock", lang=lang, size=size)
    assert [full for full, *_ in contour.said] == words
    labels = {mark.text: mark for mark in contour.still() if isinstance(mark, Label)}
    for one in words:
        assert contour.axes.bbox.x0 < labels[one].box[0]
        assert labels[one].box[2] <= contour.axes.bbox.x1 + 2
    assert not overlap(*(labels[one].box for one in words))
    _, even = contour_of(loss="bowl", lang=lang)
    assert [full for full, *_ in even.said] == words[:1]


def test_a_field_leaves_out_what_one_arrow_cannot_tell() -> None:
    bowl, levi = make_loss("bowl"), make_loss("levi13")
    whole = field_of(bowl, np.array(bowl.domain), (500.0, 400.0))
    steep = -bowl.gradient(whole.places) * np.array([500.0, 400.0]) / np.ptp(np.array(bowl.domain), axis=1)
    np.testing.assert_allclose(
        whole.directions[whole.directions.any(axis=-1)],
        (steep / np.linalg.norm(steep, axis=-1, keepdims=True))[whole.directions.any(axis=-1)],
        atol=1e-12,
    )
    assert whole.directions.any(axis=-1).mean() > 0.95
    box = np.array([[-4.0, 6.0], [-3.0, 5.0]])
    fine = field_of(levi, box, (500.0, 400.0))
    assert not fine.whole
    # Where an arrow is left, the gradient of its whole neighbourhood goes its way, looked at more finely.
    cell = fine.step / np.array([500.0, 400.0]) * np.ptp(box, axis=1)
    inner = np.linspace(-0.5, 0.5, 21)
    for row, column in np.argwhere(fine.directions.any(axis=-1)):
        around = fine.places[row, column] + np.stack(np.meshgrid(inner, inner), axis=-1).reshape(-1, 2) * cell
        slopes = -levi.gradient(around) * np.array([500.0, 400.0]) / np.ptp(box, axis=1)
        ways = slopes / np.linalg.norm(slopes, axis=1, keepdims=True)
        assert np.linalg.norm(ways.mean(axis=0)) > 0.7


@pytest.mark.parametrize("loss", ["levi13", "rastrigin"])
def test_it_is_said_where_arrows_are_left_out(loss: str) -> None:
    _, contour = contour_of(loss=loss, start=(2.4, 1.6), field=True)
    shown = {mark.text for mark in contour.still() if isinstance(mark, Label)}
    assert "no arrow where it turns too fast" in shown
    _, plain = contour_of(loss="x + y^2/9", field=True, start=(1.0, 2.0))
    assert not any("turns" in words[0] for words in plain.said)


def test_the_dashed_step_is_to_scale_and_under_newton_it_is_not_the_gradients() -> None:
    for optimizer, rate, apart in (("gd", 0.05, False), ("newton", 1.0, True), ("momentum", 0.01, True)):
        shown, contour = contour_of(loss="bowl", optimizer=optimizer, learning_rate=rate)
        path, run = contour.spot(shown.scene.runs[0].theta, shown.scene.runs[0].loss), shown.scene.runs[0]
        k = 0 if optimizer != "momentum" else 9
        marks = list(contour.explain(Moment(k)))
        (ghost,) = [mark for mark in marks if isinstance(mark, Stroke)]
        (ring,) = [mark for mark in marks if isinstance(mark, Dots)]
        assert ghost.points == pytest.approx(path[k : k + 2])
        assert ring.points == pytest.approx(path[k + 1 : k + 2])
        step, arrow = path[k + 1] - path[k], contour.vectors(-run.gradient)[k]
        cosine = step @ arrow / np.hypot(*step) / np.hypot(*arrow)
        assert (cosine < 0.95) == apart


def test_after_the_last_iterate_no_step_is_shown() -> None:
    shown, contour = contour_of(loss="bowl")
    last = shown.scene.iterations
    assert not any(isinstance(mark, (Stroke, Dots)) for mark in contour.explain(Moment(last)))


def test_with_noise_the_gradient_without_it_stands_beside_it_by_the_same_rule() -> None:
    shown, contour = contour_of(loss="w1^2 + 4*w2^2 + w1*w2", noise=2.0)
    run, beside = shown.scene.runs[0], 0
    for k in (0, 3, 4):
        w1, w2 = run.theta[k]
        exact = contour.vectors(-np.array([[2 * w1 + w2, w1 + 8 * w2]]))[0]  # the derivatives by hand
        used = contour.vectors(-run.gradient)[k]
        marks = list(contour.explain(Moment(k)))
        arrows = [mark.ends[1] - mark.ends[0] for mark in marks if isinstance(mark, Arrow)]
        assert [arrow for arrow in arrows if arrow == pytest.approx(exact)]
        assert arrows[-1] == pytest.approx(used)  # on top
        names = {mark.text for mark in marks if isinstance(mark, Label)}
        assert {"$-g$", r"$-\nabla L$"} <= names
        turned = used @ exact / np.hypot(*used) / np.hypot(*exact)
        beside += turned < 0.9
    assert beside
    assert contour.said[0] == [r"$-g$, $-\nabla L$ not to scale"]
    assert (
        np.hypot(*contour.vectors(-shown.scene.exact_gradient)[0]) <= 6 * shown.scene.sizes.text + 1e-9
    ).all()


def test_without_noise_there_is_one_arrow_of_the_gradient() -> None:
    _, contour = contour_of(loss="bowl")
    assert sum(isinstance(mark, Arrow) for mark in contour.explain(Moment(0))) == 3


def test_a_label_that_gave_way_stands_where_it_would_without_the_frames_before() -> None:
    left: dict[str, Any] = {
        "data": "moons",
        "model": "sigmoid(a*x1 + b)",
        "optimizer": "newton",
        "init": 100.0,
    }
    shown = picture(**left, view="contour", grid=True, lang="fr", size=(960, 540), iterations=12)
    assert shown.scene.runs[0].outcome.kind == "diverged"
    for k in (0, 1, 2, 3, 1):
        fast = shown.frame(Moment(k)).copy()
        assert np.array_equal(fast, shown.redraw(Moment(k))), k
        assert np.array_equal(fast, shown.frame(Moment(k))), k
