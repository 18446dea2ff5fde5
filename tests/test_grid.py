"""A grid: panels as square as can be, each with its axes' names, its run's name and its verdict."""

import re
from itertools import pairwise
from typing import Any

import pytest

from gdanim.diagnosis import Outcome
from gdanim.lang import en, pt
from gdanim.layout import Cell, layout_of
from gdanim.render import Picture
from gdanim.text import LANGUAGES, Text
from gdanim.timeline import Moment
from gdanim.verdict import verdict, verdicts
from gdanim.views.base import View
from gdanim.views.marks import Label, overlap
from tests.pictures import ink, picture

RATES = (0.02, 0.1, 0.3, 0.4, 0.5, 0.7, 0.9, 0.95, 1.05, 1.1, 0.05, 0.6)
SIZES = [(640, 480), (960, 540), (1280, 720)]


def grid(**settings: Any) -> Picture:
    return picture(**{"grid": True, "learning_rate": RATES, "size": (960, 540), **settings})


@pytest.mark.parametrize("shape", [(640, 380), (960, 390), (720, 720), (1280, 560)])
def test_nine_are_three_by_three_and_four_two_by_two(shape: tuple[int, int]) -> None:
    for count, columns in ((9, 3), (4, 2)):
        cells = layout_of("contour", 2, runs=count, grid=True).cells(Cell(0.0, 0.0, *shape))
        assert len({cell.left for cell in cells}) == columns
        assert len({cell.bottom for cell in cells}) == count // columns


def labels(view: View) -> dict[str, Label]:
    return {mark.text: mark for mark in view.still() if isinstance(mark, Label)}


@pytest.mark.parametrize(("loss", "names"), [("quadratic", ("$w$", "$L(w)$")), ("bowl", ("$w_1$", "$w_2$"))])
@pytest.mark.parametrize("size", SIZES)
def test_every_panel_names_both_its_axes(loss: str, names: tuple[str, str], size: tuple[int, int]) -> None:
    rates = RATES if loss == "quadratic" else tuple(rate / 10 for rate in RATES)
    for view in grid(loss=loss, learning_rate=rates, size=size).views:
        found = labels(view)
        assert set(names) <= set(found)
        boxes = [label.box for label in found.values()]
        assert boxes[0][0] >= 0
        assert max(box[2] for box in boxes) <= size[0]
        assert not any(overlap(a, b) for i, a in enumerate(boxes) for b in boxes[:i])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [2, 5, 12])
def test_every_panel_has_its_verdict_in_words_that_fit(lang: str, size: tuple[int, int], count: int) -> None:
    shown = grid(lang=lang, size=size, learning_rate=RATES[:count], iterations=30)
    text = shown.scene.text
    boxes = []
    for view, border in zip(shown.views, shown.borders, strict=True):
        (run,), box = view.scene.runs, view.axes.bbox
        if run.outcome.step > 0:
            assert not list(border.update(Moment(run.outcome.step - 1)))
        (mark,) = border.update(Moment(30))
        assert isinstance(mark, Label)
        assert mark.text in verdicts(run.outcome, text, run.learning_rate)
        assert box.x0 - 3 <= mark.box[0] < mark.box[2] <= box.x1 + shown.scene.sizes.text
        assert mark.box[3] <= box.y0
        boxes += [ink(mark), *(ink(label) for label in labels(view).values())]
    assert not any(overlap(a, b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_the_longest_verdict_that_fits_is_taken() -> None:
    wide = grid(learning_rate=(1.1, 0.1), size=(1280, 720))
    small = grid(learning_rate=(1.1, *RATES[1:9]), size=(520, 520))
    said = [next(iter(shown.borders[0].update(Moment(24)))) for shown in (wide, small)]
    outcome = wide.scene.runs[0].outcome
    assert [mark.text for mark in said if isinstance(mark, Label)] == [
        verdict(outcome, Text("en"), 1.1),
        "Diverges",
    ]


def test_every_kind_of_outcome_has_its_word_in_every_language() -> None:
    for words in (en.WORDS, pt.WORDS):
        kinds = {key.split(".")[1] for key in words if key.startswith("outcome.")} - {"overflow"}
        short = {key.split(".")[1]: words[key] for key in words if key.startswith("short.")}
        assert set(short) == kinds
        assert max(map(len, short.values())) <= 18
        assert not any(re.search("[{}.]", word) for word in short.values())
    assert verdicts(Outcome("converged", 1, "in one step"), Text("pt"), 0.5) == [
        "Converge em k = 1, em um passo",
        "Converge em k = 1",
        "Converge",
    ]


def test_marks_fit_their_panels() -> None:
    alone, many = grid(learning_rate=RATES[:2]), grid()
    large, small = alone.views[0].scene.sizes, many.views[0].scene.sizes
    assert small.ball < large.ball
    assert small.text == large.text
    assert small.ball <= 0.25 * many.views[0].axes.bbox.height


def test_the_fast_frame_of_a_grid_equals_a_full_redraw() -> None:
    fast, slow = grid(size=(640, 480)), grid(size=(640, 480))
    for k in (0, 9, 24, 3):
        assert (fast.frame(Moment(k)) == slow.redraw(Moment(k))).all()


@pytest.mark.parametrize("size", [(480, 360), (720, 420), (960, 540)])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_verdicts_under_neighbouring_panels_stand_apart(size: tuple[int, int], lang: str) -> None:
    shown = grid(learning_rate=None, noise=2.0, seed=(0, 1, 2), iterations=20, size=size, lang=lang)
    marks = [mark for border in shown.borders for mark in border.update(Moment(20))]
    boxes = sorted(ink(mark) for mark in marks if isinstance(mark, Label))
    assert len(boxes) == 3
    for left, right in pairwise(boxes):
        assert right[0] - left[2] > shown.scene.sizes.text
