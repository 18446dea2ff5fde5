"""Every gradient against central differences and against sympy's derivative of the published formula."""

import numpy as np
import pytest

from gdanim import GdanimError, Spec, trace
from gdanim.losses import LOSSES, make_loss
from gdanim.losses.base import Array, Loss

# The published formulas, written out again; sympy derives these, and nothing of the losses' own code.
FORMULAS = {
    "quadratic": "(w - 2)^2",
    "double-well": "(w^2 - 1)^2",
    "absolute": "abs(w - 1)",
    "log-cosh": "log(cosh(w))",
    "wavy": "w^2/10 + sin(3*w)",
    "plateau": "w^2/(1 + w^2)",
    "inflection": "3*w^4 - 4*w^3",
    "cliff": "exp(-4*w) + w",
    "bowl": "w1^2/2 + 5*w2^2",
    "himmelblau": "(w1^2 + w2 - 11)^2 + (w1 + w2^2 - 7)^2",
    "beale": "(1.5 - w1 + w1*w2)^2 + (2.25 - w1 + w1*w2^2)^2 + (2.625 - w1 + w1*w2^3)^2",
    "booth": "(w1 + 2*w2 - 7)^2 + (2*w1 + w2 - 5)^2",
    "matyas": "0.26*(w1^2 + w2^2) - 0.48*w1*w2",
    "goldstein-price": "(1 + (w1+w2+1)^2*(19-14*w1+3*w1^2-14*w2+6*w1*w2+3*w2^2))"
    "*(30 + (2*w1-3*w2)^2*(18-32*w1+12*w1^2+48*w2-36*w1*w2+27*w2^2))",
    "three-hump-camel": "2*w1^2 - 1.05*w1^4 + w1^6/6 + w1*w2 + w2^2",
    "six-hump-camel": "(4 - 2.1*w1^2 + w1^4/3)*w1^2 + w1*w2 + (-4 + 4*w2^2)*w2^2",
    "mccormick": "sin(w1 + w2) + (w1 - w2)^2 - 1.5*w1 + 2.5*w2 + 1",
    "levi13": "sin(3*pi*w1)^2 + (w1-1)^2*(1+sin(3*pi*w2)^2) + (w2-1)^2*(1+sin(2*pi*w2)^2)",
    "easom": "-cos(w1)*cos(w2)*exp(-(w1-pi)^2 - (w2-pi)^2)",
    "saddle": "w1^2 - w2^2",
    "monkey-saddle": "w1^3 - 3*w1*w2^2",
    "two-wells": "(w1^2 - 1)^2 + 0.3*w1 + w2^2",
    "pit": "-exp(-w1^2 - w2^2)",
    "rosenbrock": "100*(w2 - w1^2)^2 + (1 - w1)^2",
    "styblinski-tang": "(w1^4 - 16*w1^2 + 5*w1 + w2^4 - 16*w2^2 + 5*w2)/2",
    "rastrigin": "20 + w1^2 - 10*cos(2*pi*w1) + w2^2 - 10*cos(2*pi*w2)",
    "ackley": "-20*exp(-0.2*sqrt((w1^2+w2^2)/2)) - exp((cos(2*pi*w1)+cos(2*pi*w2))/2) + 20 + e",
    "griewank": "1 + (w1^2 + w2^2)/4000 - cos(w1)*cos(w2/sqrt(2))",
}
# The lowest published value, in the library's own digits.
PUBLISHED = {
    "himmelblau": 0.0,
    "beale": 0.0,
    "booth": 0.0,
    "matyas": 0.0,
    "goldstein-price": 3.0,
    "three-hump-camel": 0.0,
    "six-hump-camel": -1.0316,
    "mccormick": -1.9133,
    "levi13": 0.0,
    "easom": -1.0,
    "rosenbrock": 0.0,
    "styblinski-tang": 2 * -39.16617,
    "rastrigin": 0.0,
    "ackley": 0.0,
    "griewank": 0.0,
}
CALLS = [*LOSSES, "bowl:condition=30,rotation=25", "huber:delta=0.5", "absolute:centre=-2"]
ANY = ["quadratic", "rosenbrock", "styblinski-tang", "rastrigin", "ackley", "griewank"]


def points(loss: Loss, count: int = 40) -> Array:
    low, high = np.array(loss.domain).T
    return np.random.default_rng(7).uniform(low, high, (count, len(low)))


def central(loss: Loss, theta: Array, step: float = 1e-6) -> Array:
    shifts = step * np.eye(theta.shape[-1])
    return np.stack([(loss.value(theta + s) - loss.value(theta - s)) / (2 * step) for s in shifts], axis=-1)


@pytest.mark.parametrize("call", CALLS)
def test_gradients_equal_central_differences(call: str) -> None:
    loss = make_loss(call)
    theta = points(loss)
    wanted = central(loss, theta)
    np.testing.assert_allclose(loss.gradient(theta), wanted, atol=2e-7 * max(1.0, np.abs(wanted).max()))


@pytest.mark.parametrize("name", ANY)
@pytest.mark.parametrize("dimension", [2, 3, 5])
def test_gradients_in_any_dimension(name: str, dimension: int) -> None:
    loss = make_loss(name, dimension=dimension)
    assert len(loss.parameters) == len(loss.start) == len(loss.gradient_formula) == dimension
    theta = points(loss)
    wanted = central(loss, theta)
    np.testing.assert_allclose(loss.gradient(theta), wanted, atol=2e-7 * max(1.0, np.abs(wanted).max()))


@pytest.mark.parametrize("name", LOSSES)
def test_values_and_gradients_equal_sympys_of_the_published_formula(name: str) -> None:
    if name == "huber":  # has no single formula; its two pieces are checked here instead
        loss = make_loss("huber:delta=2")
        np.testing.assert_allclose(loss.value(np.array([[1.0], [-5.0]])), [0.5, 2 * (5 - 1)])
        np.testing.assert_allclose(loss.gradient(np.array([[1.0], [-5.0]])), [[1.0], [-2.0]])
        return
    loss, published = make_loss(name), make_loss(FORMULAS[name])
    theta = points(loss)
    scale = max(1.0, float(np.abs(published.value(theta)).max()))
    np.testing.assert_allclose(loss.value(theta), published.value(theta), rtol=1e-10, atol=1e-12 * scale)
    slopes = published.gradient(theta)
    np.testing.assert_allclose(
        loss.gradient(theta), slopes, rtol=1e-9, atol=1e-12 * max(1.0, float(np.abs(slopes).max()))
    )


@pytest.mark.parametrize("call", CALLS)
def test_everything_broadcasts(call: str) -> None:
    loss = make_loss(call)
    theta = points(loss, 12).reshape(3, 4, -1)
    assert loss.value(theta).shape == (3, 4)
    assert loss.gradient(theta).shape == theta.shape
    assert loss.value(theta[1, 2]) == loss.value(theta)[1, 2]
    np.testing.assert_array_equal(loss.gradient(theta[1, 2]), loss.gradient(theta)[1, 2])


@pytest.mark.parametrize("call", CALLS)
def test_every_minimum_is_one(call: str) -> None:
    loss = make_loss(call)
    for minimum in loss.minima:
        theta = np.array(minimum.theta)
        assert np.linalg.norm(loss.gradient(theta)) < 1e-8, minimum
        assert float(loss.value(theta)) == pytest.approx(minimum.value, abs=1e-10)
        around = theta + 1e-3 * np.random.default_rng(0).normal(size=(50, len(theta)))
        assert (loss.value(around) >= minimum.value).all()


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_best_minimum_has_the_published_value(name: str) -> None:
    loss = make_loss(name)
    assert min(m.value for m in loss.minima) == pytest.approx(PUBLISHED[name], abs=1e-4)


@pytest.mark.parametrize("name", LOSSES)
def test_the_defaults_show_something(name: str) -> None:
    """From its own start at its own rate a loss goes down, and stays on its landscape."""
    loss = make_loss(name)
    (run,) = trace(Spec(loss=name, iterations=40))
    assert run.loss[-1] < run.loss[0]
    assert run.outcome.kind != "diverged"
    low, high = np.array(loss.domain).T
    if loss.minima:
        assert ((run.theta >= low - 1) & (run.theta <= high + 1)).all()


def test_the_start_says_how_many_parameters() -> None:
    (run,) = trace(Spec(loss="rastrigin", start=(1.0, 2.0, 0.5), iterations=3))
    assert run.parameters == ("w1", "w2", "w3")
    with pytest.raises(GdanimError, match=r"start: rosenbrock takes at least 2 numbers, not 1"):
        trace(Spec(loss="rosenbrock", start=(1.0,)))
    with pytest.raises(GdanimError, match=r"start: himmelblau takes 2 numbers .w1, w2., not 3"):
        trace(Spec(loss="himmelblau", start=(1.0, 2.0, 3.0)))


@pytest.mark.parametrize(
    ("formula", "places"),
    [
        ("0.0001*x^2", [0.0]),
        ("exp(x^2) + x^4", [0.0]),
        ("1e-8*(a^2 + b^2) + a*b*1e-9", [0.0, 0.0]),
        ("a^2 + (b-2)^2", [0.0, 2.0]),
        ("(x*1e15 - 3)^2", [3e-15]),  # which is not rounding: the loss at 0 is 9
    ],
)
def test_a_minimum_that_is_zero_but_for_rounding_is_zero(formula: str, places: list[float]) -> None:
    (minimum,) = make_loss(formula).minima
    assert list(minimum.theta) == pytest.approx(places, rel=1e-9, abs=0.0)
