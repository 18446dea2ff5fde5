"""The L axes: a log one shows what is so down to 0, and beside a curve the balls stand level."""

from typing import Any

import numpy as np
import pytest

from gdanim import GdanimError, Spec
from gdanim.heights import LogAxis
from gdanim.plan import plan
from gdanim.timeline import Moment
from gdanim.views.history import History
from gdanim.views.marks import Arrow, Dots
from tests.pictures import picture


def history_of(**settings: Any) -> History:
    (found,) = (view for view in picture(**settings).views if isinstance(view, History))
    return found


def log_of(**settings: Any) -> LogAxis:
    found = history_of(**settings).log
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("settings", "log"),
    [
        ({"learning_rate": 0.1}, True),  # 0.8 ** 48 of the first loss
        ({"learning_rate": 0.04}, False),  # 0.92 ** 48 is 0.018: not two decades
        ({"learning_rate": 0.05}, False),  # 0.9 ** 48 is 0.0064, but 24 are asked for as 0.9 ** 40: 0.0148
        ({"learning_rate": 0.5}, False),  # 9, and 0 at once
        ({"learning_rate": 1.1}, False),
        ({"learning_rate": 0.04, "log": True}, True),
        ({"learning_rate": 0.1, "log": False}, False),
        ({"learning_rate": (0.04, 0.05)}, True),
        ({"learning_rate": (0.04, 0.05), "log": False}, False),
        ({"loss": "styblinski-tang", "iterations": 60}, False),  # stays 28 above the best minimum
        ({"loss": "styblinski-tang", "start": (-1.0, -1.0), "iterations": 60}, True),
    ],
    ids=str,
)
def test_a_loss_that_falls_two_decades_has_a_log_axis(settings: dict[str, Any], log: bool) -> None:
    history = history_of(**{"iterations": 20 if settings.get("learning_rate") == 0.05 else 24, **settings})
    assert (history.log is not None) == log
    assert history.axes.get_yscale() == ("log" if log else "linear")


def test_zero_is_drawn_at_the_foot_and_named() -> None:
    history = history_of(learning_rate=(0.05, 0.5))
    log = history.log
    assert log is not None
    assert log.foot is not None
    assert log.exact
    slow, hit = log.values
    assert slow.min() == log.least == pytest.approx(9 * 0.9**48)  # nothing is squeezed
    assert (hit[1:] == log.foot).all()
    assert hit[0] == 9
    ticks = history.tick_values[1]
    assert [history.tick_name("y", value) for value in ticks if value < log.least] == ["0"]
    low, high = log.limits
    assert low < log.foot < 0.6 * log.least < log.least < 9 < high


def test_what_is_not_quite_zero_is_said_to_be_as_good_as_that() -> None:
    log = log_of(loss="himmelblau", iterations=60)
    assert log.foot is not None
    assert not log.exact
    assert log.lowest == 0.0


@pytest.mark.parametrize("settings", [{"learning_rate": 0.2}, {"learning_rate": (0.1, 0.2)}], ids=str)
def test_a_log_axis_shows_the_losses_themselves(settings: dict[str, Any]) -> None:
    shown = picture(**settings)
    (history,) = (view for view in shown.views if isinstance(view, History))
    assert history.log is not None
    for run, values in zip(shown.scene.runs, history.log.values, strict=True):
        np.testing.assert_array_equal(values, run.loss)


def test_a_known_minimum_is_what_the_loss_is_measured_from() -> None:
    history = history_of(loss="styblinski-tang", start=(-1.0, -1.0), iterations=60, size=(960, 540))
    log = history.log
    assert log is not None
    assert log.lowest == pytest.approx(-78.33233, abs=1e-4)
    assert history.names[1] == "$L$ − $L$* (log),  $L$* = −78.33"
    assert log.values[0][0] == pytest.approx(float(history.scene.runs[0].loss[0]) + 78.33233, abs=1e-4)
    assert history_of(learning_rate=0.1).names[1] == "$L$ (log)"


def test_a_log_axis_that_cannot_be_is_refused() -> None:
    with pytest.raises(GdanimError, match=r"^log: a log axis has no place for L = -"):
        plan(Spec(loss="w^3", start=(1.0,), learning_rate=0.4, iterations=4, log=True))
    with pytest.raises(GdanimError, match=r"^log: the loss is that of the minimum throughout"):
        plan(Spec(start=(2.0,), log=True))
    assert history_of(start=(2.0,)).log is None
    assert "--log changed nothing" in plan(Spec(view="curve", log=True)).notes[0]


@pytest.mark.parametrize("rate", [0.02, 1.1, 0.99])
def test_beside_a_curve_the_balls_stand_level(rate: float) -> None:
    shown = picture(learning_rate=rate)
    curve, history = shown.views
    assert history.tick_values[1] == curve.tick_values[1]
    assert min(curve.tick_values[1]) >= 0.0  # no loss of (w − 2)² is less
    for moment in (Moment(0), Moment(1, 0.8), Moment(2)):
        balls = [[m for m in view.update(moment) if isinstance(m, Dots)][-1] for view in shown.views]
        assert balls[0].points[0, 1] == pytest.approx(balls[1].points[0, 1])


def test_what_leaves_at_the_top_is_shown_leaving() -> None:
    history = history_of(learning_rate=1.1)
    box = history.axes.bbox
    assert not [mark for mark in history.update(Moment(2)) if isinstance(mark, Arrow)]
    for k in (3, 24):
        (arrow,) = (mark for mark in history.update(Moment(k)) if isinstance(mark, Arrow))
        (_, low), (_, tip) = arrow.ends
        assert tip == pytest.approx(box.y1)
        assert low < tip
    assert not [mark for mark in history_of().update(Moment(24)) if isinstance(mark, Arrow)]
