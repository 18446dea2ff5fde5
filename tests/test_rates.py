"""The loss against the learning rate, by closed forms."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdanim import GdanimError, Spec, trace
from gdanim.minimised import loss_of
from gdanim.optimizers import SCHEDULES, make_schedule
from gdanim.plan import plan
from gdanim.sweep import sweep
from gdanim.timeline import Moment
from gdanim.views.marks import Arrow, Dots
from gdanim.views.rates import Rates, limit_of
from tests.pictures import picture

RATES = np.array([0.0, 0.02, 0.1, 0.3, 0.5, 0.77, 1.0, 1.1])


def shown(**settings: Any) -> Rates:
    (view,) = picture(view="rates", **settings).views
    assert isinstance(view, Rates)
    return view


def swept(rates: np.ndarray, **settings: Any) -> np.ndarray:
    """The losses of a sweep, (T+1, R)."""
    spec = Spec(**settings)
    loss, (run,) = loss_of(spec), trace(spec)
    schedule = make_schedule(spec.runs[0].schedule or "constant", spec.iterations)
    factors = np.array([schedule(k) for k in range(spec.iterations + 1)])
    return sweep(loss, run, rates, factors)


def test_a_sweep_of_a_parabola_is_its_closed_form() -> None:
    found = swept(RATES, iterations=12)  # (w − 2)² from 5: w − 2 is multiplied by 1 − 2η at each step
    for k in range(13):
        np.testing.assert_allclose(found[k], 9 * (1 - 2 * RATES) ** (2 * k), rtol=1e-9, atol=1e-25)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_sweep_follows_the_schedule(schedule: str) -> None:
    factor = make_schedule(schedule, 9)
    found = swept(RATES, iterations=9, schedule=schedule)
    wanted = 9 * np.prod([(1 - 2 * RATES * factor(k)) ** 2 for k in range(9)], axis=0)
    np.testing.assert_allclose(found[9], wanted, rtol=1e-9, atol=1e-22)  # w is known to 1e-15


@pytest.mark.parametrize("optimizer", ["momentum", "adam", "rprop", "newton", "lbfgs", "backtracking"])
@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_a_sweep_is_what_single_runs_are(optimizer: str, noise: float) -> None:
    settings: dict[str, Any] = {"loss": "bowl", "optimizer": optimizer, "noise": noise, "seed": 3}
    rates = np.array([0.01, 0.05, 0.11])
    found = swept(rates, iterations=15, **settings)
    for column, rate in enumerate(rates):
        (run,) = trace(Spec(learning_rate=rate, iterations=15, **settings))
        np.testing.assert_allclose(found[:, column], run.loss, rtol=1e-9)


def test_what_overflows_goes_up_or_down_and_what_leaves_the_domain_is_nowhere() -> None:
    up = swept(np.array([0.5, 40.0]), iterations=400)
    assert np.isfinite(up[:, 0]).all()
    assert up[-1, 1] == np.inf
    assert not np.isnan(up).any()
    down = swept(np.array([2.0]), loss="w1^3 - 3*w1 + w2", start=(-3.0, 1.0), iterations=60)
    assert down[-1, 0] == -np.inf
    out = swept(np.array([0.1, 3.0]), loss="log(a) + a", start=(2.0,), iterations=4)
    assert np.isfinite(out[:3, 0]).all()
    assert out[0, 1] == pytest.approx(2 + np.log(2))
    assert np.isnan(out[1:, 1]).all()


def test_the_cliff_is_two_over_the_largest_eigenvalue() -> None:
    view = shown(loss="3*x^2 + x*y + 2*y^2", learning_rate=(0.05, 0.3, 0.33))
    limit = 2 / (5 + np.sqrt(2))  # the Hessian is ((6, 1), (1, 4))
    assert view.limit == pytest.approx(limit, rel=1e-8)
    (curve,) = view.curves
    below, above = curve.rates < 0.999 * limit, curve.rates > 1.001 * limit
    assert below.sum() > 100
    assert above.sum() > 20
    late, later = curve.values[-5], curve.values[-1]
    assert (later[above] >= late[above]).all()
    assert (later[below & (curve.rates > 0)] <= late[below & (curve.rates > 0)]).all()
    low, high = view.axes.get_xlim()
    assert low <= 0.05
    assert high >= max(0.33, limit)


@pytest.mark.parametrize(
    "settings",
    [
        {"optimizer": "momentum"},
        {"schedule": "cosine"},
        {"loss": "rosenbrock", "learning_rate": 0.001},
        {"loss": "saddle"},
        {"loss": "bowl", "start": (1.0, 0.0)},  # nothing moves in the steepest direction
    ],
    ids=str,
)
def test_no_cliff_is_named_where_theory_names_none(settings: dict[str, Any]) -> None:
    spec = Spec(**settings)
    assert limit_of(loss_of(spec), trace(spec)) is None
    assert shown(**settings).limit is None


@pytest.mark.parametrize(
    "settings",
    [
        {"learning_rate": (0.1, 0.5, 0.95, 1.05)},
        {"learning_rate": (0.001, 3.0)},
        {"loss": "himmelblau", "learning_rate": (0.001, 0.01, 0.05)},
        {"loss": "bowl", "optimizer": ("gd", "momentum", "adam"), "learning_rate": 0.05},
        {"loss": "saddle", "learning_rate": (0.1, 0.7)},
        {"loss": "log(a) + a", "start": (2.0,), "learning_rate": (0.1, 3.0)},
        {"learning_rate": 0.0},
        {"iterations": 0},
    ],
    ids=str,
)
def test_every_run_is_on_its_curve_or_has_an_arrow_to_it(settings: dict[str, Any]) -> None:
    view = shown(**settings)
    runs, (low, high) = view.scene.runs, view.axes.get_ylim()
    best = min((m.value for m in view.scene.loss.minima), default=0.0)
    best = best if view.axes.get_yscale() == "log" else 0.0
    for k in sorted({0, min(1, view.scene.iterations), view.scene.iterations}):
        marks = list(view.update(Moment(k)))
        for i, run in enumerate(runs):
            value = float(run.loss[k]) - best if k <= run.iterations else None
            ball = view.balls[i] in marks
            assert ball == (value is not None and low <= value <= high)
            if value is not None and ball:
                place = view.to_pixels(run.learning_rate, value)
                np.testing.assert_allclose(view.balls[i].points, place, atol=1e-6)
            elif value is not None:
                assert view.arrows[i] in marks
                tail, tip = view.arrows[i].ends
                assert (tip[1] > tail[1]) == (value > high)
                assert abs(tip[1] - (view.axes.bbox.y1 if value > high else view.axes.bbox.y0)) < 1e-6
    assert all(isinstance(mark, Dots | Arrow) for mark in marks[len(view.curves) :])


def test_no_loss_of_zero_is_given_a_place_on_a_log_axis() -> None:
    view = shown(learning_rate=(0.1, 0.5))
    assert view.axes.get_yscale() == "log"
    assert view.scene.runs[1].loss[1] == 0.0
    marks = list(view.update(Moment(1)))
    assert view.balls[1] not in marks
    assert view.arrows[1] in marks
    assert view.arrows[1].ends[1, 1] < view.arrows[1].ends[0, 1]


def test_runs_that_differ_in_more_than_the_rate_have_a_curve_each() -> None:
    assert len(shown(learning_rate=(0.1, 0.2, 0.3)).curves) == 1
    assert len(shown(start=((5.0,), (4.0,)), learning_rate=(0.1, 0.2)).curves) == 2
    assert len(shown(optimizer=("gd", "adam"), schedule=("constant", "cosine")).curves) == 4


def test_what_cannot_be_shown_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "path.csv"
    path.write_text("w\n5\n4\n3\n")
    with pytest.raises(
        GdanimError, match="at other learning rates, and of a recorded path that is not known"
    ):
        plan(Spec(view="rates", path=(str(path),)))
    with pytest.raises(GdanimError, match="iterations: 'rates' shows at most 10,000, and not 10,001"):
        plan(Spec(view="rates", iterations=10_001))
    with pytest.raises(GdanimError, match=r"view: 'rates' shows .*, and knows those with a name only"):
        plan(Spec(view="rates"), optimizer=lambda g, theta, eta: -eta * g)


def test_a_long_curve_has_fewer_rates_and_still_its_runs_and_its_cliff() -> None:
    settings: dict[str, Any] = {"loss": "3*x^2 + x*y + 2*y^2", "learning_rate": (0.05, 0.3, 0.33)}
    short, long = shown(**settings), shown(**settings, iterations=5000)
    (many,), (few,) = short.curves, long.curves
    assert len(many.rates) > 400
    assert 100 <= len(few.rates) <= 110
    assert set(settings["learning_rate"]) <= set(few.rates)
    limit = 2 / (5 + np.sqrt(2))
    values = swept(few.rates, **{**settings, "learning_rate": 0.05}, iterations=5000)[-1]
    risen = few.rates[values > values[0]]
    assert limit < risen.min() < 1.002 * limit
    assert few.rates[values < 1e-3].max() > 0.998 * limit


def test_losses_found_some_iterates_at_a_time_are_those_of_single_runs() -> None:
    rates = np.linspace(0.001, 0.02, 300)  # so many that there are several blocks
    found = swept(rates, loss="himmelblau", iterations=100)
    for column in (0, 120, 299):
        (run,) = trace(Spec(loss="himmelblau", iterations=100, learning_rate=float(rates[column])))
        np.testing.assert_allclose(found[:, column], run.loss, rtol=1e-9, atol=1e-24)
