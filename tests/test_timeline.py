import numpy as np
import pytest

from gdanim import GdanimError
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
