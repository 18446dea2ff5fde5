"""The beats in which backpropagation is told, and how they lie in time."""

import pytest

from gdanim import GdanimError, Spec
from gdanim.lesson import Lesson, Stage
from gdanim.losses import make_loss
from gdanim.losses.backprop import backprop
from gdanim.plan import plan as resolved
from gdanim.timeline import ARROW, Moment, plan
from tests import mazur

NEURON = "z = w*x + b; h = tanh(z); L = (v*h - t)^2"
CASES = [("(w-2)^2", {}), ("himmelblau", {}), (NEURON, {"x": 1.0, "t": 0.5}), (mazur.LOSS, mazur.LET)]


def lesson_of(loss: str, letters: dict[str, float]) -> Lesson:
    return Lesson(backprop(make_loss(loss, constants=letters)))


def test_the_beats_of_a_neuron() -> None:
    lesson = lesson_of(NEURON, {"x": 1.0, "t": 0.5})
    names = [vertex.name for vertex in lesson.graph.vertices]
    told = [(beat.stage.name, beat.what, names[beat.vertex]) for beat in lesson.beats[1:]]
    assert told == [
        ("FORWARD", "value", "z"),
        ("FORWARD", "value", "h"),
        ("LOSS", "value", "L"),
        ("BACKWARD", "slope", "v"),
        ("BACKWARD", "slope", "h"),
        ("BACKWARD", "slope", "z"),
        ("BACKWARD", "product", "z"),
        ("BACKWARD", "slope", "w"),
        ("BACKWARD", "product", "w"),
        ("BACKWARD", "slope", "b"),
        ("BACKWARD", "product", "b"),
        ("UPDATE", "update", "b"),
        ("UPDATE", "update", "v"),
        ("UPDATE", "update", "w"),
    ]
    assert lesson.beats[0].what == "leaves"


@pytest.mark.parametrize(("loss", "letters"), CASES)
def test_nothing_is_told_before_what_it_follows_from(loss: str, letters: dict[str, float]) -> None:
    lesson = lesson_of(loss, letters)
    graph = lesson.graph
    stages = [beat.stage for beat in lesson.beats]
    assert stages == sorted(stages)
    assert set(stages) == set(Stage)
    for i, link in enumerate(graph.links):
        assert lesson.value[link.source] < lesson.value[link.target]
        assert (i in lesson.slope) == link.live
        if link.live:
            assert lesson.adjoint[link.target] <= lesson.slope[i] <= lesson.product[i]
            assert lesson.product[i] <= lesson.adjoint[link.source]
    for vertex in graph.parameters:
        assert lesson.adjoint[vertex] < lesson.update[vertex]


def test_a_sum_is_told_once_all_its_paths_are() -> None:
    lesson = lesson_of("himmelblau", {})
    sums = [(i, beat) for i, beat in enumerate(lesson.beats) if beat.what == "sum"]
    assert [lesson.graph.vertices[beat.vertex].name for _, beat in sums] == ["w2", "w1"]
    for i, beat in sums:
        assert all(lesson.product[path] < i for path in lesson.graph.out_of(beat.vertex))
        assert lesson.adjoint[beat.vertex] == i


def test_a_beat_of_the_first_iterate_takes_a_second_and_others_a_quarter() -> None:
    timeline = plan(iterations=3, beats=[0.0, 0.0, ARROW], hold=0.0)
    wanted = [Moment(k, f, b) for k in range(3) for b, f in enumerate([0.0, 0.0, ARROW])]
    assert list(timeline.moments) == [*wanted, Moment(3)]
    assert timeline.durations == (1.0,) * 3 + (0.25,) * 7
    assert timeline.fps == 4


def test_frames_between_follow_the_last_beat() -> None:
    timeline = plan(iterations=1, beats=[0.0, ARROW], tween=1)
    assert list(timeline.moments) == [Moment(0), Moment(0, ARROW, 1), Moment(0, 0.75, 1), Moment(1)]


@pytest.mark.parametrize("how", [{"fps": 2.0}, {"step_seconds": 1.5}, {"seconds": 9.0}], ids=str)
def test_what_is_said_of_time_holds_for_every_iterate(how: dict[str, float]) -> None:
    timeline = plan(iterations=6, beats=[0.0, 0.0, ARROW], hold=0.0, fps=how.get("fps"),
                    step_seconds=how.get("step_seconds"), seconds=how.get("seconds"))  # fmt: skip
    assert max(timeline.durations) == pytest.approx(min(timeline.durations))
    wanted = {"fps": 19 / 2, "step_seconds": 9.0 + 0.5, "seconds": 9.0}[next(iter(how))]
    assert timeline.seconds == pytest.approx(wanted)


def test_seconds_and_frames_that_contradict_the_beats_are_a_sentence() -> None:
    with pytest.raises(GdanimError, match="are 30 frames, and an iterate is told in 3"):
        plan(iterations=2, beats=[0.0, 0.0, ARROW], step_seconds=3.0, fps=10.0)
    assert len(plan(iterations=2, beats=[0.0, 0.0, ARROW], step_seconds=3.0, fps=1.0)) == 7


def test_beats_are_there_with_a_graph_and_can_be_left_out() -> None:
    told = resolved(Spec(view="graph", iterations=2))
    assert told.lesson is not None
    assert len(told.timeline) == 2 * len(told.lesson.beats) + 1
    assert len(resolved(Spec(view="graph", iterations=2, beats=False)).timeline) == 3
    plain = resolved(Spec(iterations=2, beats=True))
    assert len(plain.timeline) == 3
    assert "see --view graph" in plain.notes[0]


def test_a_loss_without_a_formula_is_refused_before_anything_is_drawn() -> None:
    from gdanim.losses.function import Function

    loss = Function(lambda theta: (theta**2).sum(axis=-1), start=[1.0])
    with pytest.raises(GdanimError, match="a graph is drawn of a formula"):
        resolved(Spec(view="graph"), loss)
    with pytest.raises(GdanimError, match="'graph' shows one run"):
        resolved(Spec(view="graph", learning_rate=(0.1, 0.2)))
