"""Basins: a start has a minimum's colour only when its own run ends there, and what touches differs."""

from typing import Any

import numpy as np
import pytest

from gdanim import Spec, descend, trace
from gdanim.arrivals import ELSEWHERE, LEFT, UNDERWAY, Arrivals, arrivals
from gdanim.losses.base import Array, Loss
from gdanim.minimised import loss_of
from gdanim.text import LANGUAGES
from gdanim.theme import BASINS, THEMES
from gdanim.timeline import Moment
from gdanim.views.basins import Basins, palette, spread_colours, touching
from gdanim.views.marks import Label
from tests.pictures import picture

RUNS: list[dict[str, Any]] = [
    {"loss": "himmelblau"},
    {"loss": "himmelblau", "learning_rate": 0.02},
    {"loss": "himmelblau", "optimizer": "momentum"},
    {"loss": "himmelblau", "optimizer": "newton", "learning_rate": 1.0},
    {"loss": "himmelblau", "schedule": "cosine"},
    {"loss": "beale"},
    {"loss": "pit"},
    {"loss": "easom"},
    {"loss": "rastrigin", "start": (2.4, 1.6)},
    {"loss": "bowl", "learning_rate": 0.21},
    {"loss": "saddle"},
    {"loss": "monkey-saddle"},
]


def followed(settings: dict[str, Any], starts: Array) -> tuple[Loss, Arrivals]:
    spec = Spec(**settings)
    loss = loss_of(spec)
    (run,) = trace(spec, loss)
    return loss, arrivals(loss, run, starts, np.array(loss.domain))


@pytest.mark.parametrize("settings", RUNS, ids=str)
def test_a_start_has_arrived_only_where_its_own_run_ends(settings: dict[str, Any]) -> None:
    low, high = np.array(loss_of(Spec(**settings)).domain).T
    starts = np.random.default_rng(7).uniform(low, high, (16, 2))
    loss, found = followed(settings, starts)
    for start, fate in zip(starts, found.fate, strict=True):
        again = dict(settings, start=tuple(start))
        if "schedule" not in settings:
            again["iterations"] = 2 * found.steps
        (alone,) = trace(Spec(**again), loss)
        end = np.abs(alone.theta[-1] - found.minima).max(axis=1) / (high - low).min() if fate >= 0 else None
        if end is not None:
            assert end.argmin() == fate, (start, fate)
            assert end.min() < 0.005
        elif fate == LEFT:
            away = np.abs(alone.theta - (low + high) / 2) / (high - low)
            assert away.max() > 1.0 or alone.outcome.kind == "diverged", start
        elif fate == ELSEWHERE:
            assert np.linalg.norm(alone.gradient[-1]) < 1e-6 * np.linalg.norm(alone.gradient[0])


@pytest.mark.parametrize("name", ["rastrigin", "griewank", "levi13"])
def test_what_runs_come_to_is_a_minimum_also_where_nobody_has_listed_it(name: str) -> None:
    settings: dict[str, Any] = {"loss": name, "start": (0.5, 0.5)}
    low, high = np.array(loss_of(Spec(**settings)).domain).T
    starts = np.random.default_rng(3).uniform(low, high, (400, 2))
    loss, found = followed(settings, starts)
    come_to = found.minima[np.unique(found.fate[found.fate >= 0])]
    assert len(come_to) > len(loss.minima)
    for minimum in come_to:
        assert np.abs(loss.gradient(minimum)).max() < 1e-6
        assert np.linalg.eigvalsh(loss.hessian(minimum))[0] > 0
    apart = np.linalg.norm(found.minima[:, None] - found.minima, axis=2) + np.eye(len(found.minima))
    assert apart.min() > 0.01


def test_a_plateau_is_no_basin_and_the_number_of_steps_is_that_made() -> None:
    _, found = followed({"loss": "pit"}, np.array([[-4.0, 2.0], [1.0, 0.5], [3.5, -3.5]]))
    assert found.fate.tolist() == [UNDERWAY, 0, UNDERWAY]
    loss = loss_of(Spec(loss="pit"))
    far = descend(loss, start=(-4.0, 2.0), learning_rate=0.3, iterations=found.steps)
    assert np.linalg.norm(far.theta[-1]) > 4.0


def test_a_learning_rate_that_cannot_settle_arrives_nowhere_though_it_starts_there() -> None:
    # 0.21 · 10 > 2: whatever w2 is at first, and it is next to nothing, grows by 1.1 a step.
    _, found = followed({"loss": "bowl", "learning_rate": 0.21}, np.array([[0.5, 1e-9], [0.0, 1e-7]]))
    assert (found.fate < 0).all()


def test_a_minimum_in_a_kink_is_come_to_by_staying_near_it() -> None:
    _, found = followed({"loss": "ackley", "start": (0.3, 0.2)}, np.array([[0.3, 0.2], [0.1, -0.3]]))
    assert found.fate.tolist() == [0, 0]


def test_starts_on_a_flat_floor_rest_there() -> None:
    settings = {"loss": "relu(a-1)*relu(b-1)", "start": (2.0, 2.0)}
    _, found = followed(settings, np.array([[0.0, 0.0], [-1.0, 3.0]]))
    assert found.fate.tolist() == [ELSEWHERE, ELSEWHERE]


def test_basins_that_touch_differ_in_colour() -> None:
    rng = np.random.default_rng(0)
    blocks = np.kron(rng.permutation(64).reshape(8, 8), np.ones((5, 5), dtype=np.int64))
    blocks[10:14, 10:30] = UNDERWAY
    hues = spread_colours(blocks, rng.uniform(size=(64, 2)))
    seen = 0
    for row, column in np.ndindex(39, 39):
        square = set(blocks[row : row + 2, column : column + 2].ravel()) - {UNDERWAY}
        seen += len(square) > 1
        assert len({hues[i] for i in square}) == len(square)
    assert seen > 100


def test_few_minima_all_differ_in_colour_though_they_do_not_touch() -> None:
    fate = np.array([[0, UNDERWAY, 1], [UNDERWAY, UNDERWAY, UNDERWAY], [2, UNDERWAY, 3]])
    assert touching(fate) == set()
    assert len(set(spread_colours(fate, np.eye(4, 2)))) == 4


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda t: t.name)
def test_the_colours_of_basins_are_all_different(theme: Any) -> None:
    shades = palette(theme)
    assert len(shades) == 3 * len(BASINS)
    values = np.array([[int(shade[i : i + 2], 16) for i in (1, 3, 5)] for shade in shades])
    apart = np.abs(values[:, None] - values).max(axis=2) + 255 * np.eye(len(values), dtype=int)
    assert apart.min() >= 10


@pytest.mark.parametrize("settings", RUNS, ids=str)
def test_the_cell_under_the_ball_tells_the_balls_own_fate(settings: dict[str, Any]) -> None:
    shown = picture(view="basins", **settings)
    view = shown.views[0]
    assert isinstance(view, Basins)
    (x0, x1), (y0, y1) = view.axes.get_xlim(), view.axes.get_ylim()
    found = view.found
    start = shown.scene.runs[0].theta[0]
    cells = (start - (x0, y0)) / (x1 - x0, y1 - y0) * found.fate.shape[0]
    fate = int(found.fate[int(cells[1]), int(cells[0])])
    more = {} if "schedule" in settings else {"iterations": 2 * found.steps}
    (alone,) = trace(Spec(**{**settings, **more}), shown.scene.loss)
    if fate >= 0:
        assert np.abs(alone.theta[-1] - found.minima[fate]).max() < 0.005 * (x1 - x0)
    elif fate == UNDERWAY and len(found.minima):
        at_end = alone.theta[min(found.steps, alone.iterations)]
        assert np.abs(at_end - found.minima).max(axis=1).min() > 1e-6


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "not in a minimum after"), ("pt", "em nenhum mínimo após")]
)
def test_greys_are_explained_in_words(lang: str, words: str) -> None:
    shown = picture(loss="pit", view="basins", lang=lang)
    view = shown.views[0]
    assert isinstance(view, Basins)
    ((kind, text),) = view.legend
    assert kind == UNDERWAY
    assert text[0].startswith(words)
    assert all(str(view.found.steps) in one for one in text)
    all_arrive = picture(loss="bowl", view="basins").views[0]
    assert isinstance(all_arrive, Basins)
    assert all_arrive.legend == []


def test_noise_is_said_to_be_left_out() -> None:
    noisy = picture(loss="bowl", view="basins", noise=0.3, seed=1).views[0]
    assert isinstance(noisy, Basins)
    assert [kind for kind, _ in noisy.legend] == [0]


@pytest.mark.parametrize("size", [(480, 360), (640, 480)])
@pytest.mark.parametrize("panels", ["basins", "basins+history"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_legend_stays_inside_the_panels_width(size: tuple[int, int], lang: str, panels: str) -> None:
    settings = {"optimizer": "newton", "learning_rate": 1.0}
    shown = picture(loss="himmelblau", view=panels, size=size, lang=lang, **settings)
    view = shown.views[0]
    assert isinstance(view, Basins)
    texts = {one for _, words in view.legend for one in words}
    labels = [mark for mark in view.still() if isinstance(mark, Label) and mark.text in texts]
    assert len(labels) == len(view.legend) >= 2
    boxes = [label.box for label in labels]
    for number, box in enumerate(boxes):
        assert view.axes.bbox.x0 < box[0]
        assert box[2] <= view.axes.bbox.x1 + 2
        for other in boxes[:number]:
            assert box[3] < other[1] or other[3] < box[1] or box[2] < other[0] or other[2] < box[0]
    shown.frame(Moment(0))
