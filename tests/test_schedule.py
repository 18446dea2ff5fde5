"""The learning rate against the iteration, by the schedules' formulas."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdanim import GdanimError, Spec
from gdanim.plan import plan
from gdanim.timeline import Moment
from gdanim.views.schedule import Schedule, limits_of
from tests.pictures import picture


def shown(**settings: Any) -> Schedule:
    (view,) = picture(view="schedule", iterations=12, **settings).views
    assert isinstance(view, Schedule)
    return view


def test_the_ball_is_at_the_rate_of_the_step_that_is_taken() -> None:
    view = shown(learning_rate=0.4, schedule=("step:every=5", "exponential:decay=0.9", "inverse-time"))
    for k, fraction, x in ((0, 0.0, 0), (4, 0.0, 4), (4, 0.75, 4.84375), (5, 0.0, 5), (12, 0.0, 12)):
        rates = 0.4 * 0.5 ** (k // 5), 0.4 * 0.9**k, 0.4 / (1 + 0.1 * k)
        assert list(view.update(Moment(k, fraction))) == view.balls
        for ball, rate in zip(view.balls, rates, strict=True):
            np.testing.assert_allclose(ball.points, view.to_pixels(x, rate), atol=1e-6)


def test_the_ball_of_a_run_that_is_alone_stands_until_its_arrow_has_been_seen() -> None:
    view = shown(learning_rate=0.4, schedule="exponential:decay=0.5", tween=7)
    for fraction, x in ((0.0, 3), (0.25, 3), (0.5, 3), (0.75, 3.5), (0.875, 3.84375)):
        (ball,) = view.update(Moment(3, fraction))
        assert ball is view.balls[0]
        np.testing.assert_allclose(view.balls[0].points, view.to_pixels(x, 0.4 * 0.5**3), atol=1e-6)


def test_the_line_is_level_over_every_step() -> None:
    view = shown(learning_rate=0.4, schedule="exponential:decay=0.5")
    (line,) = view.axes.lines
    x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    for k in range(12):
        over = (x[:-1] == k) & (x[1:] == k + 1)
        assert over.sum() == 1
        np.testing.assert_allclose(y[:-1][over], 0.4 * 0.5**k)
        np.testing.assert_allclose(y[1:][over], 0.4 * 0.5**k)
    assert (x[-1], y[-1]) == (12, pytest.approx(0.4 * 0.5**12))


@pytest.mark.parametrize(
    ("settings", "log"),
    [
        ({"learning_rate": 0.1}, False),
        ({"learning_rate": (0.001, 0.9)}, True),
        ({"schedule": "exponential:decay=0.5"}, True),
        ({"schedule": "cosine"}, False),
        ({"schedule": "cosine", "learning_rate": (0.001, 0.9)}, False),
        ({"learning_rate": 0.0}, False),
        ({"learning_rate": 1e300, "schedule": "step"}, False),
    ],
)
def test_every_rate_is_inside_and_a_log_axis_has_no_zero(settings: dict[str, Any], log: bool) -> None:
    view = shown(**settings)
    assert view.axes.get_yscale() == ("log" if log else "linear")
    low, high = view.axes.get_ylim()
    for run in view.scene.runs:
        assert ((run.rates > low) & (run.rates < high)).all()
        assert not log or (run.rates > 0).all()


def test_limits_of_one_rate_begin_at_zero() -> None:
    low, high, log = limits_of(np.array([0.3, 0.3]))
    assert low < 0 < 0.3 < high
    assert not log


def test_a_recorded_path_has_no_rates_to_show(tmp_path: Path) -> None:
    path = tmp_path / "path.csv"
    path.write_text("w\n5\n4\n3\n")
    with pytest.raises(
        GdanimError, match="'schedule' shows the learning rate of every step, and of a recorded"
    ):
        plan(Spec(view="schedule", path=(str(path),)))


def test_an_optimizer_of_ones_own_has_learning_rates() -> None:
    plan(Spec(view="schedule"), optimizer=lambda g, theta, eta: -eta * g)
