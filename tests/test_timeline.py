import pytest

from gdanim import GdanimError
from gdanim.timeline import Clock, Moment, ease, plan


def test_the_notebooks_animation_is_21_frames_in_12_and_a_half_seconds() -> None:
    timeline = plan(iterations=20)
    frames = list(timeline)
    assert [frame.moment for frame in frames] == [Moment(k) for k in range(21)]
    assert [frame.seconds for frame in frames] == [0.5] * 20 + [2.5]
    assert timeline.seconds == 12.5


def test_tween_puts_eased_frames_between_and_keeps_the_pace() -> None:
    timeline = plan(iterations=2, tween=3, hold=0)
    assert len(timeline) == 9
    assert timeline.fps == 8
    assert [frame.moment.k for frame in timeline] == [0, 0, 0, 0, 1, 1, 1, 1, 2]
    fractions = [frame.moment.fraction for frame in timeline][:4]
    assert fractions == [0.0, 0.15625, 0.5, 0.84375]  # 3x² − 2x³ at 0, 1/4, 1/2, 3/4


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


@pytest.mark.parametrize("fps", [None, 50.0])
def test_iterates_are_drawn_one_by_one_while_each_has_a_frame(fps: float | None) -> None:
    for iterations in (0, 20, 9_999):
        assert plan(iterations=iterations).stride == 1
    assert plan(iterations=20_000, seconds=402, fps=fps).stride == 1  # 400 s × 50 a second show them all
    assert plan(iterations=20_000, seconds=42, fps=fps).stride == 2
    assert plan(iterations=10**7).stride == 100
