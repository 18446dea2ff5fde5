"""A loss and an optimizer from plain functions, as people write them."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gdanim
from gdanim import Function, GdanimError, descend
from gdanim.losses import make_loss
from gdanim.losses.base import Array, Minimum
from gdanim.optimizers import make_optimizer
from gdanim.optimizers.base import from_function

# The same loss of two parameters, (w1 − 1)² + 3w2⁴ + w1w2, in every way of writing it.
TWO: dict[str, Callable[..., Any]] = {
    "broadcasts": lambda t: (t[..., 0] - 1) ** 2 + 3 * t[..., 1] ** 4 + t[..., 0] * t[..., 1],
    "one point": lambda t: (t[0] - 1) ** 2 + 3 * t[1] ** 4 + t[0] * t[1],
    "unpacked": lambda t: math.pow(t[0] - 1, 2) + 3 * math.pow(t[1], 4) + float(t[0]) * float(t[1]),
    "apart": lambda x, y: (x - 1) ** 2 + 3 * y**4 + x * y,
    "apart, one point": lambda x, y: math.pow(x - 1, 2) + 3 * math.pow(y, 4) + x * y,
    "sums over all": lambda t: (
        np.sum(np.array([1, 3]) * (t - np.array([1, 0])) ** np.array([2, 4])) + t[0] * t[1]
    ),
    "with a default": lambda t, scale=1.0: scale * ((t[0] - 1) ** 2 + 3 * t[1] ** 4 + t[0] * t[1]),
    "an array of one": lambda t: np.array([(t[0] - 1) ** 2 + 3 * t[1] ** 4 + t[0] * t[1]]),
    "branches": lambda t: ((t[0] - 1) ** 2 if t[0] > 1 else (1 - t[0]) ** 2) + 3 * t[1] ** 4 + t[0] * t[1],
}
TWO_SLOPES: dict[str, Callable[..., Any]] = {
    "broadcasts": lambda t: np.stack(
        [2 * (t[..., 0] - 1) + t[..., 1], 12 * t[..., 1] ** 3 + t[..., 0]], axis=-1
    ),
    "one point": lambda t: np.array([2 * (t[0] - 1) + t[1], 12 * t[1] ** 3 + t[0]]),
    "a list": lambda t: [2 * (t[0] - 1) + t[1], 12 * t[1] ** 3 + t[0]],
    "apart": lambda x, y: (2 * (x - 1) + y, 12 * y**3 + x),
}
ONE: dict[str, Callable[..., Any]] = {
    "number": lambda w: (w - 2) ** 2,
    "math": lambda w: math.pow(w - 2, 2),
    "first": lambda w: (w[0] - 2) ** 2,
    "first, broadcasts": lambda w: (w[..., 0] - 2) ** 2,
    "dot": lambda w: (w - 2) @ (w - 2),
    "sum": lambda w: ((w - 2) ** 2).sum(axis=-1),
}
GRID = np.random.default_rng(3).uniform(-2, 2, (3, 5, 2))


@pytest.mark.parametrize("way", TWO)
def test_every_way_to_write_a_loss_is_the_same_loss(way: str) -> None:
    loss = Function(TWO[way], start=(0.5, 0.7))
    x, y = GRID[..., 0], GRID[..., 1]
    np.testing.assert_allclose(loss.value(GRID), (x - 1) ** 2 + 3 * y**4 + x * y, rtol=1e-12)
    assert loss.value(GRID[0, 0]).shape == ()
    wanted = np.stack([2 * (x - 1) + y, 12 * y**3 + x], axis=-1)
    np.testing.assert_allclose(loss.gradient(GRID), wanted, rtol=1e-8, atol=1e-8)
    assert loss.numerical
    assert loss.gradient(GRID[0, 0]).shape == (2,)


@pytest.mark.parametrize("way", TWO_SLOPES)
def test_every_way_to_write_a_gradient_is_exact(way: str) -> None:
    loss = Function(TWO["one point"], start=(0.5, 0.7), gradient=TWO_SLOPES[way])
    x, y = GRID[..., 0], GRID[..., 1]
    np.testing.assert_allclose(
        loss.gradient(GRID), np.stack([2 * (x - 1) + y, 12 * y**3 + x], axis=-1), rtol=1e-13
    )
    assert not loss.numerical


@pytest.mark.parametrize("way", ONE)
def test_a_loss_of_one_parameter(way: str) -> None:
    loss = Function(ONE[way], start=5, gradient=lambda w: 2 * (w - 2))
    path = descend(loss, learning_rate=0.1)
    np.testing.assert_allclose(path.theta[:, 0], 2 + 3 * 0.8 ** np.arange(21), rtol=1e-13)
    free = descend(Function(ONE[way], start=5), learning_rate=0.1)
    np.testing.assert_allclose(free.theta, path.theta, rtol=1e-9)
    assert loss.value(np.zeros((4, 3, 1))).shape == (4, 3)


def test_central_differences_of_known_losses() -> None:
    for name in ("himmelblau", "levi13", "easom", "mccormick", "pit"):
        known = make_loss(name)
        loss = Function(known.value, start=known.start)
        low, high = np.array(known.domain).T
        theta = np.random.default_rng(1).uniform(low, high, (50, 2))
        scale = np.abs(known.gradient(theta)).max()
        np.testing.assert_allclose(loss.gradient(theta), known.gradient(theta), rtol=1e-7, atol=1e-8 * scale)
        for point in theta[:5]:
            curved = known.hessian(point)
            np.testing.assert_allclose(
                loss.hessian(point), curved, rtol=1e-5, atol=1e-5 * np.abs(curved).max()
            )


def test_a_descent_with_central_differences_ends_as_with_the_gradient() -> None:
    known = make_loss("rosenbrock")
    loss = Function(known.value, start=known.start)
    exact, free = (descend(each, "newton", learning_rate=1.0, iterations=8) for each in (known, loss))
    np.testing.assert_allclose(free.theta[-1], exact.theta[-1], atol=1e-4)
    assert free.outcome.kind == "converged"


def test_a_function_may_change_what_it_gets() -> None:
    def greedy(theta: Array) -> float:
        theta -= 1
        return float(theta @ theta)

    loss = Function(greedy, start=(3.0, 4.0))
    point = np.array([3.0, 4.0])
    assert float(loss.value(point)) == 13.0
    assert point.tolist() == [3.0, 4.0]
    assert descend(loss, iterations=3).theta[0].tolist() == [3.0, 4.0]


def test_where_arithmetic_has_no_answer_the_loss_is_not_finite() -> None:
    loss = Function(lambda w: math.log(w) ** 2, start=0.5)
    values = loss.value(np.array([[-1.0], [1.0], [0.0]]))
    assert np.isfinite(values).tolist() == [False, True, False]
    run = descend(loss, learning_rate=3.0)
    assert run.outcome.kind == "left"


def test_what_a_picture_needs_follows_from_the_start() -> None:
    loss = Function(lambda x, y: x**2 + y**2, start=(3.0, -0.5), minima=[(0, 0)], learning_rate=0.2)
    assert loss.parameters == ("w1", "w2")
    assert loss.domain == ((-3.0, 6.0), (-1.5, 1.0))
    assert loss.minima == (Minimum((0.0, 0.0), 0.0),)
    assert loss.learning_rate == 0.2
    named = Function(lambda w: w[0] ** 2, 5, parameters="b", domain=(-1, 6), minima=[0.0], name="cost")
    assert (named.parameters, named.domain, named.name) == (("b",), ((-1.0, 6.0),), "cost")
    assert named.minima == (Minimum((0.0,), 0.0),)


def test_formulas_say_what_it_is() -> None:
    def mean_error(theta: Array) -> float:
        return float(theta @ theta)

    one, two = Function(lambda w: w**2, 1.0), Function(mean_error, (1.0, 2.0))
    assert (one.formula, one.gradient_formula) == ("f(w)", (r"\frac{f(w + h) - f(w - h)}{2h}",))
    assert two.formula == r"\mathrm{mean\_error}(w_1, w_2)"
    exact = Function(mean_error, (1.0, 2.0), gradient=lambda t: 2 * t, name="g")
    assert exact.gradient_formula == (r"\partial g/\partial w_1", r"\partial g/\partial w_2")
    many = Function(mean_error, np.ones(12))
    assert many.formula == r"\mathrm{mean\_error}(w_1, w_2, \ldots)"
    assert many.gradient_formula[11].startswith(r"\frac{\mathrm{mean\_error}(\ldots, w_{12} + h, \ldots)")


def raising(theta: Array) -> float:
    raise KeyError("lr")


REFUSED: list[tuple[Callable[..., Any], dict[str, Any], str]] = [
    (lambda w: None, {}, "loss: f returns nothing, not one number at w = 5"),
    (lambda w: "12", {}, "loss: f returns text, not one number at w = 5"),
    (lambda w: 1j * w, {}, "loss: f returns complex128 numbers, not one number"),
    (lambda w: [w, w], {}, r"loss: f returns an array of shape \(2,.*\), not one number at w = 5"),
    (raising, {}, r"loss: raising raises KeyError \('lr'\) at w = 5"),
    (lambda w: 1 / (w - w), {"start": [2, 3]}, r"loss: f returns an array of shape \(2,\), not one number"),
    (lambda w: math.sqrt(w - 9), {}, r"loss: f raises ValueError \(.*\) at w = 5"),
    (lambda w: w**2 + np.random.default_rng().normal(), {}, "loss: f gives another value each time"),
    (lambda a, b, c: a, {"start": (1, 2)}, "loss: f can be called neither with theta nor with 2 num"),
    (lambda w: w**2, {"start": "x"}, "start: must be a finite number or a sequence of them, not 'x'"),
    (lambda w: w**2, {"start": []}, "start: must be a finite"),
    (lambda w: w**2, {"start": float("nan")}, "start: must be a finite"),
    (lambda w: w**2, {"learning_rate": 0}, "learning_rate: must be positive, not 0"),
    (lambda w: w**2, {"parameters": ("a", "b")}, "parameters: must be 1 different name"),
    (lambda w: w**2, {"parameters": ("1a",)}, "parameters: must be 1 different name"),
    (lambda w: w**2, {"domain": (3, 1)}, r"domain: must be a pair \(lowest, highest\)"),
    (lambda w: w**2, {"domain": "wide"}, "domain: must be a pair"),
    (lambda w: w**2, {"minima": [(0, 1)]}, "minima: a minimum of f has 1 number, not 2"),
    (lambda w: w**2, {"minima": [((0,), -3.0)]}, "minima: f is 0 at w = 0, not -3"),
    (lambda w: w**2, {"gradient": lambda w: -2 * w}, "the gradient of f is not that of f: at w = .* gives -"),
    (lambda w: w**2, {"gradient": lambda w: w}, "the gradient of f is not that of f"),
    (lambda w: w**2, {"gradient": lambda w: None}, "the gradient of f returns nothing"),
    (lambda x, y: x * y, {"start": (1, 2), "gradient": lambda x, y: x}, "of f returns one number, not 2"),
    (lambda w: w**2, {"gradient": 3}, "loss: the gradient of f is int, not a function"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "settings", "words"), REFUSED)
def test_what_cannot_be_a_loss_is_refused_in_a_sentence(
    f: Callable[..., Any], settings: dict[str, Any], words: str
) -> None:
    with pytest.raises(GdanimError, match=words):
        Function(f, **{"start": 5, **settings})


def test_a_kink_is_not_taken_for_a_wrong_gradient() -> None:
    loss = Function(lambda w: abs(w), start=0.0, gradient=lambda w: np.sign(w))
    assert loss.gradient(np.array([0.0])).tolist() == [0.0]


def test_an_error_on_the_way_says_where() -> None:
    def fragile(w: float) -> float:
        if w < 3:
            raise RuntimeError("no model")
        return w * w

    with pytest.raises(GdanimError, match=r"fragile raises RuntimeError \(no model\) at w = "):
        descend(Function(fragile, start=5.0), learning_rate=0.1)


def test_it_is_public() -> None:
    assert gdanim.Function is Function
    assert not make_loss("bowl").numerical


def test_an_optimizer_from_a_function() -> None:
    """For several runs at once, also where the function knows one only: a norm over all would differ."""
    unit = from_function(lambda g, theta, eta: -eta * g / np.linalg.norm(g))
    slopes, rates = np.array([[3.0, 4.0], [0.0, 2.0]]), np.array([[1.0], [0.5]])
    step, _ = unit.update(slopes, unit.init(slopes), np.zeros((2, 2)), rates)  # type: ignore[arg-type]
    np.testing.assert_allclose(step, [[-0.6, -0.8], [0.0, -0.5]])
    loss = make_loss("himmelblau")
    plain = descend(loss, from_function(lambda g, theta, eta: -eta * g))
    np.testing.assert_array_equal(plain.theta, descend(loss, make_optimizer("gd", loss)).theta)
    one = descend(make_loss("quadratic"), from_function(lambda g, theta, eta: float(-eta * g[0])))
    assert one.theta[-1, 0] == descend(make_loss("quadratic")).theta[-1, 0]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (
            lambda g, theta, eta: None,
            "optimizer: the optimizer returns nothing, not one number for each of 2",
        ),
        (lambda g, theta, eta: g[0], r"optimizer: the optimizer returns float64 of shape \(\), not"),
        (lambda g, theta, eta: g * 1j, "optimizer: the optimizer returns complex128"),
        (lambda g, theta: g, "optimizer: the optimizer raises TypeError"),
    ],
)
def test_an_optimizer_that_is_none_is_refused(step: Callable[..., Any], words: str) -> None:
    with pytest.raises(GdanimError, match=words):
        descend(make_loss("bowl"), from_function(step))


def test_a_function_that_takes_many_points_is_called_once_for_them() -> None:
    """And one that does not, once for each; both have the same values."""
    calls: list[tuple[int, ...]] = []

    def counted(theta: Any) -> Any:
        calls.append(np.shape(theta))
        return theta[..., 0] ** 2 + 3 * theta[..., 1]

    def single(theta: Any) -> float:
        calls.append(np.shape(theta))
        return float(theta[0]) ** 2 + 3 * float(theta[1])

    points = np.random.default_rng(3).normal(size=(50, 2))
    together, apart = (Function(each, start=(1.0, 2.0)) for each in (counted, single))
    together.value(points[:3])
    apart.value(points[:3])
    calls.clear()
    first = together.value(points)
    assert calls == [(50, 2)]
    calls.clear()
    np.testing.assert_allclose(apart.value(points), first)
    assert len(calls) >= 50
    np.testing.assert_allclose(first, points[:, 0] ** 2 + 3 * points[:, 1])


def test_a_gradient_in_parts_is_called_once_for_many_points() -> None:
    calls = 0

    def slopes(x: Any, y: Any) -> tuple[Any, Any]:
        nonlocal calls
        calls += 1
        return 2 * x, 3 + 0 * y

    loss = Function(lambda x, y: x**2 + 3 * y, start=(1.0, 2.0), gradient=slopes)
    points = np.random.default_rng(4).normal(size=(40, 2))
    loss.gradient(points)
    calls = 0
    np.testing.assert_allclose(loss.gradient(points), np.stack([2 * points[:, 0], np.full(40, 3.0)], axis=-1))
    assert calls == 1
