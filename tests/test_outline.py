"""Lines of a loss along one parameter: broken at poles, ended at a height, whole where it is only steep."""

from collections.abc import Callable

import numpy as np
import pytest

from gdanim.losses.base import Array
from gdanim.timeline import Moment
from gdanim.views.outline import broken, cut
from tests.pictures import picture


@pytest.mark.parametrize(
    ("function", "poles"),
    [
        (np.tan, [-np.pi / 2, np.pi / 2]),
        (lambda x: 1 / x, [0.0]),
        (lambda x: 1 / (x - 1) + x**2, [1.0]),
        (lambda x: 1000 * x**3, []),
        (lambda x: np.tanh(200 * x), []),
        (np.exp, []),
    ],
)
@pytest.mark.parametrize("count", [240, 601])
def test_a_line_is_broken_at_poles_and_nowhere_else(
    function: Callable[[Array], Array], poles: list[float], count: int
) -> None:
    x = np.linspace(-3.0, 3.1, count)
    with np.errstate(all="ignore"):
        found, y = broken(x, function(x), function, 2.0)
    assert found[np.isnan(y)] == pytest.approx(poles, abs=0.03)
    assert (np.diff(found) > 0).all()
    np.testing.assert_array_equal(y[~np.isnan(y)], function(found[~np.isnan(y)]))


def test_a_line_ends_where_it_goes_through_a_height() -> None:
    x, y = cut(np.linspace(-2, 2, 9), np.linspace(-2, 2, 9) ** 2, 1.5)
    shown = ~np.isnan(y)
    assert y[shown].max() == 1.5
    assert x[shown][[0, -1]] == pytest.approx([-1.2, 1.2], abs=0.03)  # by straight lines between ±1 and ±1.5


def test_a_slice_through_a_narrow_valley_has_its_curve_at_the_ball() -> None:
    shown = picture(loss="rosenbrock", start=(1.05, 1.1), view="slices", iterations=2)
    for part in shown.views[0].slices:  # type: ignore[attr-defined]
        stroke, _, ball, *_ = part.update(Moment(0))
        assert np.nanmin(np.hypot(*(stroke.points - ball.points[0]).T)) < 2.0


def test_numbers_beside_an_axis_differ() -> None:
    for settings in ({"loss": "x^2+1e8", "start": (3.0,)}, {"start": (1000000.2,), "xlim": (1e6, 1e6 + 0.5)}):
        for view in picture(iterations=5, **settings).views:
            for which, values in zip("xy", view.tick_values, strict=True):
                assert len({view.tick_name(which, value) for value in values}) == len(values)
