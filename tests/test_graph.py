"""The view of a computation graph: what it says and where, and that nothing stands over anything else."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from matplotlib.artist import Artist

from gdanim import GdanimError
from gdanim.lesson import Lesson
from gdanim.render import Picture
from gdanim.text import LANGUAGES, MINUS
from gdanim.theme import DATA, WORDS, contrast
from gdanim.timeline import ARROW, Moment
from gdanim.views.clearance import Segments
from gdanim.views.marks import Arrow, Label, Stroke, overlap
from tests import mazur
from tests.pictures import picture

NEURON: dict[str, Any] = {
    "loss": "z = w*x + b; h = tanh(z); L = (v*h - t)^2",
    "let": {"x": 1, "t": 0.5},
    "parameters": ("w", "b", "v"),
    "start": (0.5, 0.1, -1.2),
    "learning_rate": 0.1,
}
SEVERAL = "; ".join(f"z{i} = w{i}*x + b{i}; h{i} = sigmoid(z{i})" for i in range(1, 8))
SUM = " + ".join(f"h{i}^2" for i in range(1, 8))
LARGE: dict[str, Any] = {"loss": f"{SEVERAL}; L = {SUM}", "let": {"x": 0.5}}
SHOWN: list[dict[str, Any]] = [
    NEURON,
    {"loss": "(w-2)^2"},
    {"loss": "w1^2 + 10*w2^2"},
    {"loss": "himmelblau"},
    {"loss": "griewank"},
    {"loss": "sin(w)/(1 + w^2)*w + exp(-w^2/2)", "start": 1.0},
    mazur.SETTINGS,
    LARGE,
]
SIZES = [(480, 360), (640, 480), (1280, 720)]


def graph(**settings: Any) -> Picture:
    return picture(**{"view": "graph", "iterations": 3, "size": (960, 540), **settings})


def marks(shown: Picture, moment: Moment) -> list[Artist]:
    view = shown.views[0]
    return [*view.still(), *view.update(moment)]


def labels(shown: Picture, moment: Moment) -> list[Label]:
    return [mark for mark in marks(shown, moment) if isinstance(mark, Label) and mark.text]


def said(shown: Picture, beat: int, k: int = 0) -> list[str]:
    """The lines of a beat, as they are read."""
    low = shown.views[0].axes.bbox.y0 + 5.5 * shown.scene.sizes.text
    found = [one for one in labels(shown, Moment(k, 0.0, beat)) if one.size == shown.scene.sizes.text]
    return [read(one.text) for one in found if one.position[1] < low]


def read(text: str) -> str:
    return re.sub(r"[$ ]|\\,", "", text).replace(r"\partial", "∂").replace(r"\cdot", "·")


def told(shown: Picture) -> Iterator[Moment]:
    lesson = shown.scene.lesson
    assert lesson is not None
    for beat in range(len(lesson.beats)):
        yield Moment(0, 0.0, beat)
    yield Moment(1, ARROW, len(lesson.beats) - 1)
    yield Moment(3)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("settings", SHOWN, ids=lambda s: str(s["loss"])[:24])
def test_no_text_covers_text_edges_or_nodes(settings: dict[str, Any], size: Any, lang: str) -> None:
    shown = graph(**settings, size=size, lang=lang)
    left, low, right, high = shown.views[0].axes.bbox.extents
    for moment in told(shown):
        drawn = marks(shown, moment)
        words = [mark for mark in drawn if isinstance(mark, Label) and mark.text]
        lines = [mark.points for mark in drawn if isinstance(mark, Stroke)]
        lines += [mark.ends for mark in drawn if isinstance(mark, Arrow)]
        edges = Segments(lines)
        for i, label in enumerate(words):
            box = label.box
            assert not any(overlap(box, other.box) for other in words[:i]), (moment, label.text)
            assert not edges.cross(box), (moment, label.text)
            assert left - 3 <= box[0], (moment, label.text)
            assert box[2] <= right + 3, (moment, label.text)
            assert low - 3 <= box[1], (moment, label.text)
            assert box[3] <= high + 3, (moment, label.text)


def test_values_come_forward_and_derivatives_back() -> None:
    shown = graph(**NEURON)
    z, h, loss = 0.6, np.tanh(0.6), (-1.2 * np.tanh(0.6) - 0.5) ** 2
    values = {1: f"{z:.3f}", 2: f"{h:.3f}", 3: f"{loss:.3f}"}
    back = 2 * (-1.2 * h - 0.5)
    derivatives = {  # the beat in which each is there: of L itself before its first edge
        4: ("∂L/∂L=", 1.0),
        5: ("∂L/∂h=", -1.2 * back),
        7: ("∂L/∂z=", -1.2 * back * (1 - h**2)),
        9: ("∂L/∂w=", -1.2 * back * (1 - h**2)),
    }
    for beat in range(15):
        texts = [read(label.text) for label in labels(shown, Moment(0, 0.0, beat))]
        for first, value in values.items():
            assert (value in texts) == (beat >= first), (beat, value)
        for first, (name, value) in derivatives.items():
            words = f"{name}{value:.3f}".replace("-", MINUS)
            assert (words in texts) == (beat >= first), (beat, words)


def test_each_beat_says_its_formula_and_its_numbers() -> None:
    shown = graph(**NEURON)
    assert said(shown, 0) == []
    assert said(shown, 1) == ["z=wx+b=0.500·1.000+0.100=0.600"]
    assert said(shown, 2) == [r"h=\tanh(z)=tanh(0.600)≈0.537"]
    assert said(shown, 5) == ["∂L/∂h=2(vh-t)v=2·(−1.200·0.537−0.500)·(−1.200)≈2.747"]
    # with three decimals 2.747·0.712 would be 1.956, and with four 1.9546
    assert said(shown, 7)[1] == "∂L/∂z=∂L/∂h·∂h/∂z=2.74670·0.71158≈1.954"
    assert said(shown, 8) == ["∂z/∂w=x=1.000"]
    assert said(shown, 12)[0].startswith(r"w\leftarroww-\eta·∂L/∂w=0.50")


def test_a_derivative_that_is_a_number_is_said_once() -> None:
    shown = graph(loss="w1^2 + 10*w2^2/3")
    assert said(shown, 4) == ["∂L/∂u_1=1"]
    assert said(shown, 5) == ["∂L/∂u_2=3.33333≈3.333"]
    assert said(graph(loss="w1^2 + w2^2/10", lang="pt"), 5) == ["∂L/∂u_2=0{,}1"]


def test_where_paths_come_together_the_sum_is_said() -> None:
    shown = graph(loss="himmelblau", start=(1.0, 2.0))
    lesson = shown.scene.lesson
    assert lesson is not None
    last = next(i for i, beat in enumerate(lesson.beats) if beat.what == "sum")
    # a = 1 + 2 − 11 = −8 and b = 1 + 4 − 7 = −2: ∂L/∂w₂ = 2a + 2b·2w₂ = −16 − 16
    assert said(shown, last) == [
        "viau_2:∂L/∂u_2·∂u_2/∂w_2=−16.000·1.000=−16.000",
        "∂L/∂w_2=−16.000−16.000=−32.000",
    ]


NUMBER = rf"\(?{MINUS}?[\d.]+\)?"


@pytest.mark.parametrize("settings", [NEURON, {"loss": "himmelblau"}, mazur.SETTINGS], ids=str)
def test_products_and_sums_are_right_as_printed(settings: dict[str, Any]) -> None:
    shown = graph(**settings)
    lesson = shown.scene.lesson
    assert lesson is not None

    def number(words: str) -> Decimal:
        return Decimal(words.strip("()").replace(MINUS, "-"))

    checked = 0
    for k in (0, 2):
        for beat in range(len(lesson.beats)):
            for line in said(shown, beat, k):
                product = re.search(rf"=({NUMBER})·({NUMBER})([=≈])({MINUS}?[\d.]+)$", line)
                if product is None or "×" in line:
                    continue
                worked = number(product[1]) * number(product[2])
                there = number(product[4])
                assert (worked == there) == (product[3] == "="), line
                assert abs(worked - there) <= Decimal("0.0005"), line
                checked += 1
    assert checked > 5


def test_what_stands_still_is_the_whole_graph_at_20_edges() -> None:
    for size in SIZES[1:]:
        shown = graph(**mazur.SETTINGS, size=size)
        still = [mark for mark in shown.views[0].still() if isinstance(mark, Arrow)]
        assert len(still) == 20
        names = [read(label.text) for label in labels(shown, Moment(3))]
        assert all(any(name in text for text in names) for name in ("net_{h1}", "out_{o2}", "w_8=", "E_{o1}"))
        assert "notshown:i_1,i_2,b_1,b_2,t_1,t_2" in "".join(names)


def test_of_a_larger_graph_the_part_in_focus_is_shown_and_said_to_be_one() -> None:
    shown = graph(**LARGE)
    lesson = shown.scene.lesson
    assert isinstance(lesson, Lesson)
    for i, beat in enumerate(lesson.beats):
        texts = [read(label.text) for label in labels(shown, Moment(0, 0.0, i))]
        assert any(re.search(r"\d+of30nodesshown", text) for text in texts)
        if beat.vertex >= 0:
            name = read(f"${lesson.graph.vertices[beat.vertex].name}$")
            plain = re.sub(r"(\d)$", r"_\1", name)
            assert any(text.startswith((plain + "=", plain)) for text in texts), (i, name)
        assert sum(isinstance(mark, Arrow) for mark in marks(shown, Moment(0, 0.0, i))) <= 21


def test_without_beats_everything_is_there_at_once() -> None:
    shown = graph(**NEURON, beats=False)
    texts = [read(label.text) for label in labels(shown, Moment(0))]
    assert {"0.600", "0.537"} <= set(texts)
    assert sum(text.startswith("∂L/∂") for text in texts) == 6
    assert not any("forward" in text for text in texts)


def test_numbers_under_the_panels_wait_until_they_are_worked_out() -> None:
    shown = graph(**NEURON)
    lesson = shown.scene.lesson
    assert lesson is not None

    def written(moment: Moment) -> int:
        return sum(isinstance(mark, Label) for mark in shown.strip.update(moment))

    counts = [written(Moment(0, 0.0, beat)) for beat in range(len(lesson.beats))]
    assert counts == sorted(counts)
    assert counts[lesson.loss] == counts[lesson.loss - 1] + 1
    assert written(Moment(3)) >= counts[-1]


def test_frames_come_in_any_order_and_are_a_full_redraw() -> None:
    fast, slow = graph(**LARGE, size=(640, 400)), graph(**LARGE, size=(640, 400))
    for moment in (Moment(0, 0.0, 40), Moment(2, 0.0, 7), Moment(0), Moment(3), Moment(1, ARROW, 80)):
        assert np.array_equal(fast.frame(moment), slow.redraw(moment)), moment


def test_all_panels_show_the_same_iterate_until_it_is_updated() -> None:
    shown = graph(loss="quadratic", start=5, learning_rate=0.1, view="graph+curve+history")
    lesson = shown.scene.lesson
    assert lesson is not None
    rest = [shown.scene.underway(Moment(1, f, b)) for b, f in enumerate(lesson.fractions)]
    assert rest == [Moment(1)] * len(lesson.beats)
    assert shown.scene.underway(Moment(1, 0.8, 6)).fraction > 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_drawn_stands_out(theme: str) -> None:
    shown = graph(**NEURON, theme=theme)
    ground = shown.scene.theme.background
    for moment in told(shown):
        for mark in marks(shown, moment):
            if isinstance(mark, Label | Stroke | Arrow):
                colour = "#" + "".join(f"{round(255 * part):02x}" for part in mark.colour[:3])
                assert contrast(colour, ground) >= (WORDS if isinstance(mark, Label) else DATA)


def test_a_run_without_a_step_and_one_that_leaves_are_shown() -> None:
    assert len(labels(graph(loss="(w-2)^2", iterations=0), Moment(0))) > 4
    shown = graph(loss="(w-2)^2", learning_rate=1.1, iterations=200)
    assert any("×10" in label.text for label in labels(shown, Moment(200)))
    noisy = graph(loss="bowl", noise=1.0, optimizer="momentum")
    lesson = noisy.scene.lesson
    assert lesson is not None
    assert r"+\Deltaw_1" in said(noisy, len(lesson.beats) - 2)[0]


ROWS: list[dict[str, Any]] = [
    {"data": "line", "row": 4},
    {"data": "moons", "model": "sigmoid(w*x1 + v*x2 + b)", "lang": "pt", "row": "worst"},
    {"data": "blobs:classes=3", "model": "z1 = a*x1 + b; z2 = c*x2; z3 = 0", "batch_size": 9},
    {"data": "sine", "model": "h = tanh(a*x + b); c*h", "row": 5},
    {"data": "sine", "model": "polynomial"},
]


@pytest.mark.parametrize("settings", ROWS, ids=str)
def test_a_model_is_told_in_one_row_of_its_data(settings: dict[str, Any]) -> None:
    fast, slow = graph(**settings), graph(**settings)
    lesson, run = fast.scene.lesson, fast.scene.runs[0]
    assert isinstance(lesson, Lesson)
    assert lesson.row.rows == len(fast.scene.loss.table or ())
    for moment in (Moment(1, 0.0, 5), Moment(0), Moment(2)):
        assert np.array_equal(fast.frame(moment), slow.redraw(moment)), moment
    last = said(fast, len(lesson.beats) - 1)
    vertex = lesson.beats[-1].vertex
    own, taken = lesson.graph.sweep(run.theta[0]).adjoints[vertex], run.gradient[0, vertex]
    text = fast.scene.text
    assert any(text.fixed(float(own)) in line and r"\ell" in line for line in last), last
    assert any(text.fixed(float(taken)) in line for line in last), last


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"model": "next-word"}, "'next-word' reads words; see --view network"),
        ({"data": "moons", "model": "mlp"}, "up to 120, and of 'mlp' there are 211; see --view network"),
        ({"data": "line", "row": 0}, "row: must be from 1 up, not 0"),
        ({"data": "line", "row": "best"}, "must be the number of a row such as 3, or 'worst', not 'best'"),
    ],
)
def test_what_cannot_be_told_in_a_row_is_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(GdanimError, match=re.escape(words)):
        graph(**settings)


def test_too_small_a_picture_is_refused() -> None:
    with pytest.raises(GdanimError, match="has no room for the panels"):
        graph(loss="himmelblau", view="graph/history", size=(480, 360))


def test_pieces_of_an_edge_are_joined() -> None:
    shown = graph(loss="himmelblau")
    strokes = [m.points for m in shown.views[0].still() if isinstance(m, Stroke) and len(m.points) == 3]
    for points in strokes:  # an edge over several layers passes each level
        assert all(b[0] > a[0] for a, b in pairwise(points.tolist()))
