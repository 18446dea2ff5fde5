from typing import Any

import numpy as np
import pytest

from gdanim import GdanimError, Spec
from gdanim.plan import plan as resolved
from gdanim.timeline import ARROW, SLOPE, Clock, Moment, ease, grown, moved, plan


def test_the_notebooks_animation_is_21_frames_in_12_and_a_half_seconds() -> None:
    timeline = plan(iterations=20)
    frames = list(timeline)
    assert [frame.moment for frame in frames] == [Moment(k) for k in range(21)]
    assert [frame.seconds for frame in frames] == [0.5] * 20 + [2.5]
    assert timeline.seconds == 12.5


def test_tween_puts_frames_between_and_keeps_the_pace() -> None:
    timeline = plan(iterations=2, tween=3, hold=0)
    assert len(timeline) == 9
    assert timeline.fps == 8
    assert [frame.moment.k for frame in timeline] == [0, 0, 0, 0, 1, 1, 1, 1, 2]
    fractions = [frame.moment.fraction for frame in timeline][:4]
    assert fractions == [0.0, 0.25, 0.5, 0.75]


def test_between_two_iterates_come_slope_then_arrow_then_move() -> None:
    times = np.linspace(0, 1, 1001)[:-1]
    arrow, ball = np.array([(grown(float(t)), moved(float(t))) for t in times]).T
    assert (np.diff(arrow) >= 0).all()
    assert (np.diff(ball) >= 0).all()
    assert (arrow[times <= SLOPE] == 0).all()
    assert (arrow[times >= ARROW] == 1).all()
    assert (ball[arrow < 1] == 0).all()  # the ball waits for the whole arrow
    assert ball[-1] > 0.999
    assert max(np.diff(arrow).max(), np.diff(ball).max()) < 0.01  # nothing jumps


def test_few_frames_between_show_the_arrow_before_the_ball_moves() -> None:
    (_, between, _) = plan(iterations=1, tween=1).moments
    assert (grown(between.fraction), moved(between.fraction)) == (1.0, 0.0)
    assert between.standing == Moment(0)


def test_ease_starts_and_arrives_at_rest() -> None:
    step = 1e-6
    assert ease(step) < 1e-11
    assert 1 - ease(1 - step) < 1e-11


@pytest.mark.parametrize("iterations", [0, 1, 20, 300, 5000])
@pytest.mark.parametrize("fps", [None, 10.0])
def test_seconds_fits_the_whole_into_a_length(iterations: int, fps: float | None) -> None:
    timeline = plan(iterations=iterations, seconds=6, hold=1, fps=fps)
    assert sum(frame.seconds for frame in timeline) == pytest.approx(6)
    assert timeline.fps <= 50
    moments = [frame.moment for frame in timeline]
    assert moments[-1] == Moment(iterations)
    assert moments == sorted(set(moments))


def test_a_step_takes_as_long_as_is_said_with_whatever_stands_between() -> None:
    for tween in (0, 1, 9):
        timeline = plan(iterations=6, tween=tween, step_seconds=1.5)
        assert len(timeline) == 6 * (tween + 1) + 1
        assert timeline.durations[0] == pytest.approx(1.5 / (tween + 1))
        assert sum(timeline.durations[: tween + 1]) == pytest.approx(1.5)
    with_fps = plan(iterations=6, fps=10, step_seconds=1.5)
    assert len(with_fps) == 6 * 15 + 1
    assert with_fps.fps == pytest.approx(10)
    assert with_fps.between
    assert plan(iterations=6, fps=10, step_seconds=1.5, tween=14) == with_fps


def test_steps_too_short_for_their_frames_have_fewer_and_take_no_longer() -> None:
    timeline = plan(iterations=1000, tween=3, step_seconds=0.01, hold=0)
    assert timeline.whole == 4001
    assert len(timeline) <= 501
    assert max(timeline.durations) >= 0.02 - 1e-12
    assert timeline.seconds == pytest.approx(10, abs=0.03)
    assert timeline.moments[-1] == Moment(1000)


@pytest.mark.parametrize("tween", [0, 3])
@pytest.mark.parametrize("how", [{}, {"fps": 20.0}, {"step_seconds": 1.0}, {"seconds": 30.0}], ids=str)
def test_a_pause_is_what_its_iterate_takes_in_all(tween: int, how: dict[str, Any]) -> None:
    timeline = plan(iterations=20, tween=tween, pauses={0: 4.0, 1: 3.0, 7: 0.2}, hold=1.5, **how)

    def taken(k: int) -> float:
        return sum(frame.seconds for frame in timeline if frame.moment.k == k)

    assert [taken(k) for k in (0, 1, 7)] == pytest.approx([4.0, 3.0, 0.2])
    others = [taken(k) for k in range(2, 20) if k != 7]
    assert max(others) == pytest.approx(min(others))
    usual = timeline.durations[-1] - 1.5
    if "seconds" in how:
        assert timeline.seconds == pytest.approx(30.0)
    else:
        assert usual * (tween + 1) == pytest.approx(others[0])
    if tween and (tween + 1) * usual < 4.0:  # it stands, and then the step goes on as usual
        assert timeline.durations[0] > timeline.durations[1] == pytest.approx(usual)


@pytest.mark.parametrize("tween", range(1, 13))
@pytest.mark.parametrize("k", [0, 2])
@pytest.mark.parametrize("how", [{}, {"step_seconds": 1.5}, {"seconds": 12.0}], ids=str)
def test_a_run_that_is_told_pauses_where_slope_and_arrow_are_all_there(
    tween: int, k: int, how: dict[str, Any]
) -> None:
    timeline = plan(iterations=5, tween=tween, pauses={k: 4.0}, told=True, **how)
    longest = max((f for f in timeline if f.moment.k < 5), key=lambda frame: frame.seconds)
    assert longest.moment.k == k
    assert (grown(longest.moment.fraction), moved(longest.moment.fraction)) == (1.0, 0.0)
    assert sum(f.seconds for f in timeline if f.moment.k == k) == pytest.approx(4.0)
    assert list(timeline.moments) == sorted(set(timeline.moments))
    usual = sum(f.seconds for f in timeline if f.moment.k == 1)
    assert longest.seconds == pytest.approx(4.0 - usual * tween / (tween + 1))


def test_compared_runs_pause_where_they_stand() -> None:
    told: dict[str, Any] = {"tween": 9, "step_seconds": 1.5, "pause": {0: 4.0}, "iterations": 3}
    alone = resolved(Spec(**told)).timeline
    several = resolved(Spec(learning_rate=(0.1, 0.2), **told)).timeline
    longest = [max(list(t)[:30], key=lambda frame: frame.seconds) for t in (alone, several)]
    assert [frame.moment for frame in longest] == [Moment(0, ARROW), Moment(0)]
    assert [frame.seconds for frame in longest] == pytest.approx([2.65, 2.65])


@pytest.mark.parametrize("told", [False, True])
def test_the_last_iterate_pauses_as_it_stands(told: bool) -> None:
    timeline = plan(iterations=2, tween=4, pauses={2: 3.0}, told=told)
    assert list(timeline)[-1] == (Moment(2), 3.0)


def test_the_last_iterates_pause_is_its_hold() -> None:
    timeline = plan(iterations=3, pauses={3: 5.0})
    assert timeline.durations == (0.5, 0.5, 0.5, 5.0)
    with pytest.raises(GdanimError, match="pause: iterate 3 is the last, and --hold says how long"):
        resolved(Spec(iterations=3, pause=((3, 5.0),), hold=1.0))


def test_frames_that_pause_are_never_left_out() -> None:
    timeline = plan(iterations=5000, seconds=20, pauses={3: 4.0, 4321: 2.0})
    found = {frame.moment.k: frame.seconds for frame in timeline if frame.seconds > 1}
    assert found == {3: pytest.approx(4.0), 4321: pytest.approx(2.0), 5000: pytest.approx(2.0, abs=0.1)}
    assert timeline.seconds == pytest.approx(20)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"step_seconds": 1, "seconds": 9}, "^step_seconds: says how long an iterate takes, and --seconds"),
        (
            {"step_seconds": 1, "fps": 10, "tween": 4},
            "^step_seconds: 1 s at 10 frames a second are 10 frames, and with 4 between two",
        ),
        (
            {"seconds": 9, "pauses": {0: 7.0}},
            "9 s leaves no time for the frames, since the last is held for 2 s",
        ),
        ({"seconds": 9, "pauses": {0: 7.0}}, "and the pauses take 7 s; allow more seconds or shorter pauses"),
        (
            {"seconds": 9, "hold": 0, "pauses": {0: 1.0, 1: 1.0, 2: 1.0}},
            "^seconds: every iterate that is shown",
        ),
        (
            {"tween": 99, "pauses": {1: 0.1}},
            "^pause: 0.1 s are too short for the 100 frames of iterate 1; give",
        ),
    ],
    ids=str,
)
def test_what_contradicts_itself_is_a_sentence(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(GdanimError, match=words):
        plan(iterations=2, **settings)


def test_a_pause_needs_its_iterate() -> None:
    with pytest.raises(GdanimError, match="pause: there is no iterate 30; the last is 20"):
        resolved(Spec(pause=((30, 1.0),)))
    assert resolved(Spec(pause=((20, 4.0),))).timeline.durations[-1] == 4.0


def test_seconds_must_leave_time_for_the_frames() -> None:
    with pytest.raises(GdanimError, match="seconds: 2 s leaves no time"):
        plan(iterations=20, seconds=2, hold=2)


@pytest.mark.parametrize("fps", [7, 12, 24, 29.97, 30, 48])
def test_whole_ticks_never_drift(fps: float) -> None:
    clock = Clock(100)
    total = 0
    for frame in range(1, 1001):
        total += clock.tick(1 / fps)
        assert abs(total - 100 * frame / fps) <= 0.5 + 1e-6


@pytest.mark.parametrize("fps", [None, 50.0])
def test_iterates_are_drawn_one_by_one_while_each_has_a_frame(fps: float | None) -> None:
    for iterations in (0, 20, 9_999):
        assert plan(iterations=iterations).stride == 1
    assert plan(iterations=20_000, seconds=402, fps=fps).stride == 1  # 400 s × 50 a second show them all
    assert plan(iterations=20_000, seconds=42, fps=fps).stride == 2
    assert plan(iterations=10**7).stride == 100
