"""The names at the ends of the lines: apart from each other, beside their own, or not there at all."""

import numpy as np
import pytest

from gdanim.timeline import Moment
from gdanim.views.ends import LEVEL, spread
from gdanim.views.history import History
from gdanim.views.marks import Label, overlap
from tests.pictures import picture


def test_heights_are_kept_apart_in_their_order_and_inside() -> None:
    random = np.random.default_rng(4)
    for _ in range(300):
        count = int(random.integers(1, 13))
        heights = random.choice(
            [random.uniform(0, 200, count), np.full(count, 3.0), random.normal(100, 1, count)]
        )
        places = spread(heights, 15.0, 0.0, 200.0)
        order = np.argsort(places)
        assert (np.diff(places[order]) >= 15.0 - 1e-9).all()
        assert (np.diff(heights[order]) >= -LEVEL * 15.0).all()  # as good as level, or in order
        assert places.min() >= -1e-9
        assert places.max() <= 200.0 + 1e-9
    level = np.array([50.0, 50.4, 49.9])
    assert np.argsort(spread(level, 15.0, 0.0, 200.0)).tolist() == [0, 1, 2]
    far = np.array([10.0, 150.0, 60.0])
    assert spread(far, 15.0, 0.0, 200.0).tolist() == far.tolist()


RATES = tuple(round(0.02 + 0.07 * i, 2) for i in range(12))


@pytest.mark.parametrize(("size", "lang"), [((960, 540), "en"), ((1280, 720), "pt"), ((640, 480), "en")])
def test_twelve_names_stand_beside_their_lines_and_on_nothing(size: tuple[int, int], lang: str) -> None:
    shown = picture(learning_rate=RATES, view="history", size=size, lang=lang)
    history = shown.views[0]
    assert isinstance(history, History)
    for k in (0, 12, 24):
        marks = list(history.update(Moment(k)))
        labels = [mark for mark in marks if isinstance(mark, Label)]
        assert len(labels) == 12
        assert {label.text for label in labels} == set(shown.strip.names)  # type: ignore[union-attr]
        for i, label in enumerate(labels):
            assert label.box[2] <= size[0]
            assert not any(overlap(label.box, other.box) for other in labels[:i])
            assert all(label.box[0] > ball.points[0, 0] + 0.4 * 14 for ball in history.balls)


def test_names_without_room_are_left_to_the_legend() -> None:
    shown = picture(learning_rate=RATES, size=(480, 480))
    marks = list(shown.views[1].update(Moment(5)))
    assert not [mark for mark in marks if isinstance(mark, Label)]
    assert len([label for label in shown.strip.update(Moment(5)) if isinstance(label, Label)]) > 12


def test_a_run_that_left_the_panel_has_no_name_on_it() -> None:
    shown = picture(learning_rate=(0.1, 1.2), view="history")
    labels = [mark for mark in shown.views[0].update(Moment(20)) if isinstance(mark, Label)]
    assert [label.text for label in labels] == [r"$\eta$ = 0.1"]


def test_iterations_beyond_the_last_are_not_numbered() -> None:
    shown = picture(learning_rate=RATES, view="history")
    assert max(shown.views[0].tick_values[0]) <= 24
