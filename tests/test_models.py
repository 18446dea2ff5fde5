"""Models with their data as losses: gradients, minima and descents against PyTorch, numpy and mathematics."""

import json
import math
import tracemalloc
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from gdanim import GdanimError, Spec, descend, trace
from gdanim.data import DATA, Table, load
from gdanim.losses import learned, models
from gdanim.losses.base import Array
from gdanim.losses.functions import erf
from gdanim.losses.models import MODELS, make_model
from tests.conftest import Result

CASES = json.loads((Path(__file__).parent / "data" / "torch_models.json").read_text())["cases"]
FORMULAS = [
    ("linear", "a*x + b", "line"),
    ("polynomial:degree=3", "a + b*x + c*x^2 + d*x^3", "sine"),
    ("logistic", "a*x1 + b*x2 + c", "moons"),
    ("logistic", "sigmoid(a*x1 + b*x2 + c)", "moons"),
    ("logistic", "1/(1 + exp(-a*x1 - b*x2 - c))", "moons"),
]
LEARNED = [
    ("linear", "line", ""),
    ("linear", "line", "huber"),
    ("linear:l2=0.2", "blobs", "squared"),
    ("polynomial:degree=4", "sine", ""),
    ("logistic", "moons", ""),
    ("a*sin(b*x + c)", "sine", ""),
    ("a*exp(-b*x^2) + c", "sine", "huber:delta=0.3"),
    ("sigmoid(a*x1 + b*x2 + c*x1*x2)", "xor", ""),
    ("a*tanh(b*x1 + c) + d*x2", "circles", "squared"),
    ("softmax", "blobs:classes=3", ""),
    ("softmax:l2=0.1", "moons", ""),
    ("mlp:hidden=5x4,activation=gelu,l2=0.01", "moons", ""),
    ("mlp:hidden=3,activation=sigmoid", "sine", "huber"),
    ("mlp:hidden=4", "spiral:classes=3", ""),
    ("h = tanh(a*x1 + b*x2); z1 = c*h; z2 = h + d*x1^2; z3 = 0", "blobs:classes=3", ""),
]


def table_of(case: dict[str, Any]) -> Table:
    values = np.array(case["target"])
    classes = tuple(f"{k:.0f}" for k in sorted(set(case["target"]))) if case["classes"] else ()
    return Table("kept", tuple(case["columns"]), np.array(case["features"]), "y", values, classes)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['model']} {case['cost']}")
def test_loss_and_gradient_equal_pytorchs(case: dict[str, Any]) -> None:
    loss = make_model(case["model"], table_of(case), cost=case["cost"])
    for point in case["points"]:
        theta = np.array(point["theta"])
        np.testing.assert_allclose(loss.value(theta), point["loss"], rtol=1e-10)
        wanted = np.array(point["gradient"])
        scale = np.abs(wanted).max()
        np.testing.assert_allclose(loss.gradient(theta), wanted, rtol=1e-10, atol=1e-10 * scale)
        out = np.full((1, theta.size), np.nan)
        loss.write_gradient(theta[None], out)
        np.testing.assert_allclose(out[0], wanted, rtol=1e-10, atol=1e-10 * scale)


def test_every_model_is_among_pytorchs() -> None:
    """But next-word, which is in test_nextword."""
    assert set(MODELS) - {"next-word"} <= {case["model"].partition(":")[0] for case in CASES}
    assert {case["cost"].partition(":")[0] for case in CASES} == {
        "squared",
        "absolute",
        "huber",
        "cross-entropy",
    }


@pytest.mark.parametrize(("model", "data", "cost"), LEARNED)
def test_the_gradient_equals_central_differences(model: str, data: str, cost: str) -> None:
    loss = make_model(model, load(data), cost=cost)
    n, step = len(loss.parameters), 1e-4
    theta = np.random.default_rng(5).normal(0.0, 0.7, (20, n))
    gradient = loss.gradient(theta)
    for i, shift in enumerate(step * np.eye(n)):
        near, far = (loss.value(theta + m * shift) - loss.value(theta - m * shift) for m in (1, 2))
        wanted = (8 * near - far) / (12 * step)  # of fourth order
        # Of huber the kinks in the curvature cost differences some digits.
        digits = 1e-5 if "huber" in cost else 1e-6
        np.testing.assert_allclose(gradient[:, i], wanted, rtol=digits, atol=digits * np.abs(wanted).max())


@pytest.mark.parametrize(("named", "formula", "data"), FORMULAS)
def test_formulas_equal_the_named_models(named: str, formula: str, data: str) -> None:
    table = load(data)
    cost = "cross-entropy" if table.classes else ""
    one, other = make_model(named, table, cost=cost), make_model(formula, table, cost=cost)
    theta = np.random.default_rng(1).normal(0.0, 2.0, (3, 5, len(one.parameters)))
    np.testing.assert_allclose(one.value(theta), other.value(theta), rtol=1e-12)
    np.testing.assert_allclose(one.gradient(theta), other.gradient(theta), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(
        one.predict(theta, table.features), other.predict(theta, table.features), rtol=1e-10, atol=1e-15
    )
    for a, b in zip(one.minima, other.minima, strict=True):
        np.testing.assert_allclose(a.theta, b.theta, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("degree", [1, 2, 3, 5])
def test_the_known_minimum_is_numpys_least_squares(degree: int) -> None:
    table = load("sine")
    loss = make_model(f"polynomial:degree={degree}", table)
    wanted = np.polyfit(table.features[:, 0], table.values, degree)[::-1]
    (minimum,) = loss.minima
    np.testing.assert_allclose(minimum.theta, wanted, rtol=1e-9, atol=1e-12)
    residuals = np.polyval(wanted[::-1], table.features[:, 0]) - table.values
    assert minimum.value == pytest.approx((residuals**2).mean(), rel=1e-12)


@pytest.mark.parametrize(("model", "data"), [("linear", "line"), ("polynomial:degree=2", "line:n=60")])
def test_descent_reaches_numpys_least_squares(model: str, data: str) -> None:
    table = load(data)
    run = descend(make_model(model, table), iterations=3000)
    wanted = np.polyfit(table.features[:, 0], table.values, run.theta.shape[1] - 1)[::-1]
    wanted = wanted[::-1] if model == "linear" else wanted  # w before b
    np.testing.assert_allclose(run.theta[-1], wanted, rtol=1e-6)
    assert (np.diff(run.loss) <= 1e-12).all()


def test_ridge_is_the_closed_form() -> None:
    table = load("moons")
    loss = make_model("linear:l2=0.25", table, cost="squared")
    basis = np.column_stack([table.features, np.ones(len(table))])
    held = len(table) * 0.25 * np.diag([1.0, 1.0, 0.0])
    wanted = np.linalg.solve(basis.T @ basis + held, basis.T @ table.values)
    np.testing.assert_allclose(loss.minima[0].theta, wanted, rtol=1e-10)
    np.testing.assert_allclose(loss.gradient(np.array(loss.minima[0].theta)), 0.0, atol=1e-12)


def test_logistic_on_separable_data_grows_and_does_not_overflow() -> None:
    loss = make_model("logistic", load("blobs:noise=0.1"))
    assert loss.minima == ()  # it has none: ever larger weights are ever better
    run = descend(loss, learning_rate=1.0, iterations=500)
    assert np.isfinite(run.theta).all()
    assert (np.diff(run.loss) <= 0).all()
    sizes = np.linalg.norm(run.theta, axis=1)
    assert sizes[-1] > 1.05 * sizes[250] > 1.2 * sizes[10] > 1
    for size in (1e3, 1e10, 1e300):
        theta = size * run.theta[-1] / sizes[-1]
        assert loss.value(theta) == 0.0 or loss.value(theta) < 1e-100
        assert loss.value(-theta) == pytest.approx(
            size * (loss.value(-theta / size * 1e3) / 1e3), rel=1e-9
        )  # linear in the logits
        assert np.isfinite(loss.gradient(theta)).all()
        assert np.isfinite(loss.gradient(-theta)).all()


def test_cross_entropy_keeps_its_digits() -> None:
    table = Table("one", ("x",), np.array([[1.0], [1.0]]), "y", np.array([1.0, 0.0]), ("n", "y"))
    loss = make_model("a*x", table, cost="cross-entropy")
    for z in (40.0, -40.0, 700.0):
        # log(1 + e^−|z|) and |z| + that: in the mean half their sum
        wanted = 0.5 * (np.log1p(np.exp(-abs(z))) + abs(z) + np.log1p(np.exp(-abs(z))))
        assert loss.value(np.array([z])) == pytest.approx(wanted, rel=1e-15)
    right = Table("one", ("x",), np.array([[1.0]]), "y", np.array([1.0]), ("n", "y"))
    sure = make_model("a*x", right, cost="cross-entropy")
    assert sure.value(np.array([50.0])) == pytest.approx(np.exp(-50.0), rel=1e-12)
    assert sure.gradient(np.array([50.0]))[0] == pytest.approx(-np.exp(-50.0), rel=1e-12)


@pytest.mark.parametrize(("model", "data", "cost"), LEARNED)
def test_it_is_worked_out_in_parts_alike(
    model: str, data: str, cost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loss = make_model(model, load(data), cost=cost)
    theta = np.random.default_rng(2).normal(size=(4, 3, len(loss.parameters)))
    value, gradient = loss.value(theta), loss.gradient(theta)
    for part in (7, 64, 500):
        monkeypatch.setattr(learned, "PART", part)
        np.testing.assert_allclose(loss.value(theta), value, rtol=1e-12)
        np.testing.assert_allclose(loss.gradient(theta), gradient, rtol=1e-10, atol=1e-13)
        out = np.empty((3, theta.shape[-1]))
        loss.write_gradient(theta[0], out)
        np.testing.assert_allclose(out, gradient[0], rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(loss.value(theta[0, 0]), value[0, 0], rtol=1e-12)


@pytest.mark.parametrize(
    "model", ["linear", "a*sin(b*x) + c*exp(-x^2)", "mlp:activation=gelu", "mlp:hidden=20x20"]
)
def test_a_grid_of_parameters_over_many_rows_stays_under_64_mib(model: str) -> None:
    loss = make_model(model, load("line:n=20000"))
    theta = np.random.default_rng(0).normal(
        size=(100 if len(loss.parameters) < 9 else 9, len(loss.parameters))
    )
    tracemalloc.start()
    loss.value(theta)
    loss.gradient(theta)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * 2**20


def test_batches_take_every_row_once_and_have_the_gradient_for_their_mean() -> None:
    loss = make_model("linear", load("line:n=24"))
    theta = np.array([[0.3, -0.2]])
    whole = loss.gradient(theta)
    parts = [loss.sampled_gradient(theta, np.arange(24)[i::6]) for i in range(6)]
    np.testing.assert_allclose(np.mean(parts, axis=0), whole, rtol=1e-12)
    run = descend(loss, batch_size=4, seed=3, iterations=30, start=(0.3, -0.2), learning_rate=0.0)
    np.testing.assert_allclose(run.gradient[:6].mean(axis=0), whole[0], rtol=1e-12)
    np.testing.assert_allclose(run.gradient[6:12].mean(axis=0), whole[0], rtol=1e-12)
    assert not np.allclose(run.gradient[:6], run.gradient[6:12])  # in another order
    assert (run.loss == run.loss[0]).all()  # the recorded loss is that of all rows
    spread = float(np.sqrt(run.gradient[:24].reshape(4, 6, 2).var(axis=1).mean()))
    assert loss.spread(theta[0], 4) == pytest.approx(spread, rel=0.5)


def test_the_spread_is_that_of_all_batches_there_are() -> None:
    from itertools import combinations

    loss = make_model("linear", load("line:n=7"))
    theta = np.array([0.5, 1.5])
    every = np.array([loss.sampled_gradient(theta[None], np.array(c))[0] for c in combinations(range(7), 3)])
    assert loss.spread(theta, 3) == pytest.approx(float(np.sqrt(every.var(axis=0).mean())), rel=1e-9)
    for way in ([1.0, 0.0], [-3.0, 4.0], loss.gradient(theta)):
        found = float((every @ way).std()) / float(np.linalg.norm(way))
        assert loss.spread(theta, 3, np.array(way)) == pytest.approx(found, rel=1e-9)


@pytest.mark.parametrize("data", ["line:n=8", "blobs:n=8", "moons:n=9,noise=0.3"])
def test_noise_outweighs_the_slope_where_it_does_so_along_the_gradient(data: str) -> None:
    from itertools import combinations

    said = 0
    for seed in range(12):
        settings: dict[str, Any] = {"data": data, "batch_size": 2, "seed": seed, "iterations": 4}
        (run,) = trace(Spec(**settings, learning_rate=0.5 if data[0] != "l" else 0.2))
        loss = make_model("", load(data))
        theta, m = run.theta[-1], len(load(data))
        slope = loss.gradient(theta)
        every = [loss.sampled_gradient(theta[None], np.array(c))[0] for c in combinations(range(m), 2)]
        along = float((np.array(every) @ slope).std() / np.linalg.norm(slope))
        if run.outcome.kind == "noise-led":
            said += 1
            assert run.outcome.sigma == pytest.approx(along, rel=1e-6)
            assert run.outcome.slope == pytest.approx(float(np.linalg.norm(slope)), rel=1e-9)
            assert along >= np.linalg.norm(slope)
        elif run.outcome.kind in ("noisy-descending", "noisy-on", "falling"):
            assert along < np.linalg.norm(slope)
    assert said or data[0] == "b"


def test_a_batch_of_all_rows_is_plain_descent_and_seeds_tell_runs_apart() -> None:
    plain, all_rows = (trace(Spec(data="line", batch_size=size))[0] for size in (None, 24))
    np.testing.assert_array_equal(plain.theta, all_rows.theta)
    assert all_rows.batch_size == 0
    one, again, other = (trace(Spec(data="line", batch_size=3, seed=seed))[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.theta, again.theta)
    assert not np.array_equal(one.theta, other.theta)
    runs = trace(Spec(data="line", batch_size=(3, 24), iterations=5))
    assert [run.label for run in runs] == ["batch_size=3 seed=0", "batch_size=all"]
    np.testing.assert_array_equal(runs[1].theta, plain.theta[:6])


def test_batches_are_noise_to_the_verdict() -> None:
    (run,) = trace(Spec(data="line", batch_size=3, iterations=200))
    assert run.outcome.kind in ("noisy", "noise-led")
    (run,) = trace(Spec(data="line", batch_size=3, learning_rate=0.9, iterations=60))
    assert run.outcome.kind == "diverged"


@pytest.mark.parametrize(("model", "data", "cost"), [*LEARNED, *[("", name, "") for name in DATA]])
def test_the_default_learning_rate_comes_down(model: str, data: str, cost: str) -> None:
    loss = make_model(model, load(data), cost=cost)
    run = descend(loss, iterations=200)
    assert run.loss[-1] < run.loss[0]
    # A net grows steeper as it learns, up to where any constant rate swings.
    falling = np.diff(run.loss[:25] if model.startswith("mlp") or data == "text" else run.loss)
    assert (falling <= 1e-9 * run.loss[0]).all()
    for start, (low, high) in zip(loss.start, loss.domain, strict=True):
        assert low <= start <= high
    if loss.minima:
        assert np.abs(loss.gradient(np.array(loss.minima[0].theta))).max() < 1e-7
        assert run.loss.min() >= loss.minima[0].value - 1e-12


def test_softmax_of_two_classes_is_logistic() -> None:
    """Of two logits only their difference counts."""
    table = load("moons")
    two, one = make_model("softmax", table), make_model("logistic", table)
    theta = np.random.default_rng(0).normal(size=(10, 6))
    difference = np.column_stack([theta[:, 2:4] - theta[:, 0:2], theta[:, 5] - theta[:, 4]])
    np.testing.assert_allclose(two.value(theta), one.value(difference), rtol=1e-12)
    second = two.predict(theta, table.features)
    np.testing.assert_allclose(second, one.predict(difference, table.features), rtol=1e-10)
    three = load("blobs:classes=3")
    shares = make_model("softmax", three).predict(np.zeros((4, 9)), three.features)
    np.testing.assert_allclose(shares, np.full((4, len(three), 3), 1 / 3))


def test_formulas_of_several_classes_equal_softmax() -> None:
    table = load("blobs:classes=3")
    letters = ("a1", "a2", "b1", "b2", "c1", "c2", "a", "b", "c")
    text = "z1 = a1*x1 + a2*x2 + a; z2 = b1*x1 + b2*x2 + b; z3 = c1*x1 + c2*x2 + c"
    one, other = make_model("softmax", table), make_model(text, table, parameters=letters)
    theta = np.random.default_rng(4).normal(0.0, 2.0, (3, 5, 9))
    for scale in (1.0, 30.0, 1e150):
        np.testing.assert_allclose(other.value(scale * theta), one.value(scale * theta), rtol=1e-12)
        np.testing.assert_allclose(
            other.gradient(scale * theta), one.gradient(scale * theta), rtol=1e-10, atol=1e-13
        )
        assert np.isfinite(other.gradient(scale * theta)).all()
    np.testing.assert_allclose(
        other.predict(theta, table.features), one.predict(theta, table.features), rtol=1e-10
    )
    runs = [descend(loss, iterations=30) for loss in (one, other)]
    np.testing.assert_allclose(runs[1].theta, runs[0].theta, rtol=1e-9, atol=1e-12)
    swapped = make_model(text.replace("z1", "z9"), table, parameters=letters)  # in order, not by name
    np.testing.assert_array_equal(swapped.value(theta), other.value(theta))


def test_digits_are_learned() -> None:
    (run,) = trace(Spec(data="digits", optimizer="adam", learning_rate=0.03, iterations=60))
    assert len(run.parameters) == 650
    assert run.measures["accuracy"][0] == 0.1
    assert run.measures["accuracy"][-1] >= 0.97


def test_softmax_keeps_its_digits_however_large_the_logits_are() -> None:
    table = Table("one", ("x",), np.array([[1.0]]), "y", np.array([0.0]), ("a", "b", "c"))
    loss = make_model("softmax", table)

    def at(*logits: float) -> tuple[float, Array]:
        theta = np.array([0.0, 0.0, 0.0, *logits])
        return float(loss.value(theta)), loss.gradient(theta)[3:]

    value, slope = at(50.0, 0.0, 0.0)
    assert value == pytest.approx(2 * np.exp(-50.0), rel=1e-12)
    np.testing.assert_allclose(slope, np.exp(-50.0) * np.array([-2.0, 1.0, 1.0]), rtol=1e-12)
    assert at(-1e300, 1e300, 0.0)[0] == 2e300
    np.testing.assert_allclose(at(-1e300, 1e300, 0.0)[1], [-1.0, 1.0, 0.0], atol=0)
    assert at(1e300, -1e300, 0.0)[0] == 0.0


@pytest.mark.parametrize("data", ["xor", "moons"])
def test_a_net_learns_what_no_line_parts(data: str) -> None:
    """By the command that the README gives."""
    (run,) = trace(
        Spec(data=data, model="mlp:hidden=8x8", optimizer="adam", learning_rate=0.03, iterations=400)
    )
    table = load(data)
    loss = make_model("mlp:hidden=8x8", table)

    def share(theta: Array, of: Any) -> float:
        return float(((of.predict(theta, table.features) > 0.5) == (table.values == 1)).mean())

    assert share(run.theta[-1], loss) >= 0.98
    line = make_model("logistic", table)
    best = descend(line, "adam", learning_rate=0.1, iterations=400).theta[-1]
    assert share(best, line) < 0.95


def test_a_net_starts_from_its_seed() -> None:
    starts = [np.array(make_model(f"mlp:seed={seed}", load("moons")).start) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(starts[0], starts[1])
    assert not np.array_equal(starts[0], starts[2])
    twice = np.array(make_model("mlp:scale=2", load("moons")).start)
    np.testing.assert_allclose(twice, 2 * starts[0])
    assert len(starts[0]) == 2 * 8 + 8 + 8 * 8 + 8 + 8 + 1


def test_a_model_says_what_it_is() -> None:
    moons, three = load("moons"), load("blobs:classes=3")
    said = {
        "mlp:hidden=3": r"p = \sigma(z), z = \mathrm{mlp}_{2-3-1}(x_1, x_2)",
        "logistic": r"p = \sigma(z), z = w_1 \cdot x_1 + w_2 \cdot x_2 + b",
        "sigmoid(a*x1)": r"p = \sigma(z), z = ax_1",
    }
    for model, words in said.items():
        assert make_model(model, moons).model == words
    assert make_model("softmax", three).model == r"p = \mathrm{softmax}(z), z = W(x_1, x_2) + b"
    assert (
        make_model("mlp:hidden=4", three).model
        == r"p = \mathrm{softmax}(z), z = \mathrm{mlp}_{2-4-3}(x_1, x_2)"
    )
    assert make_model("mlp:hidden=3", load("line")).model == r"\hat{y} = \mathrm{mlp}_{1-3-1}(x)"
    slopes = make_model("a*x^2 - b", load("line")).gradient_formula
    assert slopes == (
        r"\frac{1}{24}\sum 2(\hat{y} - y) \cdot x^2",
        r"\frac{1}{24}\sum 2(\hat{y} - y) \cdot (-1)",
    )


@pytest.mark.parametrize("model", ["linear", "a*x + b", "a*x^2 + b*x"])
def test_the_default_learning_rate_is_one_over_the_curvature(model: str) -> None:
    table = load("line")
    loss, x = make_model(model, table), table.features[:, 0]
    basis = np.column_stack([x**2, x] if "^" in model else [x, np.ones_like(x)])
    steepest = np.linalg.eigvalsh(2 * basis.T @ basis / len(x)).max()
    assert loss.learning_rate == float(f"{1 / steepest:.0e}")


def test_where_nothing_pulls_the_learning_rate_is_the_usual_one() -> None:
    table = Table("none", ("x",), np.array([[1.0], [2.0]]), "y", np.zeros(2))
    assert make_model("linear", table).learning_rate == 0.1


def test_the_error_function_is_pythons() -> None:
    x = np.concatenate([np.linspace(-7, 7, 20_001), [1e-300, 0.46875, 6.0, 1e300, np.inf, -np.inf]])
    with np.errstate(under="ignore"):
        np.testing.assert_allclose(erf(x), [math.erf(value) for value in x], rtol=1e-15)
    assert np.isnan(erf(np.array([np.nan]))).all()


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"model": "linear"}, "model: belongs to a model that learns from data, and there are none; see --data"),
    ({"cost": "squared"}, "cost: belongs to a model"),
    ({"target": "y"}, "target: belongs to a model"),
    ({"standardize": True}, "standardize: belongs to a model"),
    ({"batch_size": 3}, "batch_size: takes rows of data, and the loss has none"),
    ({"data": "line", "batch_size": 25}, "batch_size: a batch of 25 is more than the 24 rows"),
    ({"data": "line", "loss": "bowl"}, "data: is what a model learns from; leave --loss out"),
    ({"data": "line", "model": "liner"}, "model: unknown model 'liner'; did you mean 'linear'"),
    ({"data": "line", "model": "linear:l3=1"}, "model: unknown option 'l3' of linear; it takes l2"),
    ({"data": "line", "model": "linear:l2=-1"}, "option 'l2' of linear must be from 0 up"),
    ({"data": "line", "model": "polynomial:degree=40"}, "option 'degree' of polynomial must be from 1 up"),
    ({"data": "line", "model": "a*hours + b"}, "model: 'hours' is no column, and in neither --parameters"),
    ({"data": "line", "model": "a*x + b", "let": {"x": 2}}, "let: 'x' is a column of the data"),
    ({"data": "line", "model": "a*x + y"}, "model: 'y' is the target, which the model has to find"),
    ({"data": "line", "model": "a + b"}, "model: the formula has no column of the data in it; these are x"),
    ({"data": "line", "model": "2*x"}, "the formula has no parameter to descend along"),
    ({"data": "line", "model": "a*x - a*x + b*x"}, "model: the formula does not depend on 'a'"),
    ({"data": "line", "model": "a*x +"}, "model: this is not arithmetic"),
    ({"data": "line", "model": "__import__('os')*x"}, "model: "),
    ({"data": "line", "model": "linear", "let": {"a": 2}}, "let: belongs to a formula, and 'linear' is"),
    ({"data": "line", "cost": "sqared"}, "cost: unknown cost 'sqared'; did you mean 'squared'"),
    ({"data": "moons", "model": "polynomial"}, "model: polynomial has one feature, and the data have 2"),
    ({"data": "moons", "cost": "squared"}, "cost: logistic learns by cross-entropy; for another cost"),
    (
        {"data": "line", "cost": "cross-entropy"},
        "data: the target 'y' of line has 24 different numbers; up to 20 are taken",
    ),
    ({"data": "moons", "model": "mlp:hidden=8,8"}, "model: '8' is no option of mlp; options stand"),
    ({"data": "moons", "model": "mlp:hidden=8xx"}, "model: option 'hidden' of mlp must be the sizes"),
    ({"data": "moons", "model": "mlp:hidden=0"}, "model: option 'hidden' of mlp must be the sizes"),
    ({"data": "moons", "model": "mlp:hidden=100x100"}, "model: a net with layers of 2, 100, 100, 1 has"),
    (
        {"data": "moons", "model": "mlp:activation=tan"},
        "model: unknown activation 'tan'; did you mean 'tanh'",
    ),
    ({"data": "moons", "model": "softmax", "cost": "squared"}, "cost: softmax learns by cross-entropy"),
    ({"data": "blobs:classes=3", "model": "logistic"}, "model: the target 'class' has 3 classes (A, B, C)"),
    ({"data": "line", "start": (1, 2, 3)}, "start: linear takes 2 numbers"),
    (
        {"data": "blobs:classes=3", "model": "a*x1 + b"},
        "model: the target 'class' has 3 classes (A, B, C); softmax and mlp learn more than two, and a form",
    ),
    (
        {"data": "blobs:classes=3", "model": "z1 = a*x1; x2 = b; z3 = 0"},
        "model: 'x2' is a column of the data, and cannot be defined",
    ),
    (
        {"data": "blobs:classes=3", "model": "h = a*x1; z1 = b*x1; z2 = x2; z3 = 0"},
        "model: 'h' is defined and not used\n    h = a*x1; z1 = b*x1; z2 = x2; z3 = 0\n    ^",
    ),
    ({"data": "blobs:classes=3", "model": "z1 = 0; z2 = x1; z3 = x2"}, "the formula has no parameter"),
]


@pytest.mark.parametrize(("settings", "words"), REFUSED, ids=lambda value: str(value)[:60])
def test_what_makes_no_sense_is_a_sentence(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(GdanimError) as caught:
        trace(Spec(**settings))
    assert str(caught.value).startswith(words) or words in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_file_from_the_command_line_says_how_it_was_read(
    gdanim: Callable[..., Result], tmp_path: Path
) -> None:
    path = tmp_path / "notas.csv"
    path.write_text("horas;nota\n1,5;4\n2;5,5\n4;8\n", encoding="utf-8")
    result = gdanim("trace", "--data", str(path), "--model", "a*horas + b", "-n", "2", "--format", "csv")
    assert result.code == 0
    assert "3 rows: horas, and nota as the target; semicolons between columns, decimal commas" in result.err
    assert result.out.splitlines()[0] == "k,a,b,L,∂L/∂a,∂L/∂b"
    path.write_text("horas;nota\n1,5;4\n2;\n", encoding="utf-8")
    target = tmp_path / "out.gif"
    result = gdanim("run", "--data", str(path), "-o", str(target))
    assert result.code == 2
    assert "notas.csv: line 3, column 2 (nota) is empty; fill it in" in result.err
    assert not target.exists()


def test_a_spec_with_data_is_plain_data() -> None:
    spec = Spec(data="line:n=9", model="a*x + b", cost="huber", standardize=True, batch_size=(3, 9))
    data = spec.to_data()
    assert data == {
        "data": "line:n=9",
        "model": "a*x + b",
        "cost": "huber",
        "standardize": True,
        "batch_size": [3, 9],
    }
    assert Spec.from_data(data) == spec


def test_many_rows_are_trained_on() -> None:
    table = load("line:n=100000")
    run = descend(make_model("linear", table), iterations=60)
    wanted = np.polyfit(table.features[:, 0], table.values, 1)[::-1]
    np.testing.assert_allclose(run.theta[-1], wanted[::-1], rtol=1e-4)


@pytest.mark.parametrize("model", ["linear", "polynomial:degree=2,l2=0.1"])
def test_many_points_over_many_rows_have_the_same_values(model: str) -> None:
    loss = make_model(model, load("line:n=5000"))
    theta = np.random.default_rng(3).normal(size=(60, 40, len(loss.parameters)))
    assert theta[..., 0].size * 5000 > models.MANY
    one_by_one = np.array([loss.value(row) for row in theta])
    np.testing.assert_allclose(loss.value(theta), one_by_one, rtol=1e-12)


def test_newton_finds_the_minimum_of_a_logistic_model() -> None:
    loss = make_model("logistic", load("blobs"))
    (minimum,) = loss.minima
    run = descend(loss, "newton", learning_rate=1.0, iterations=12)
    np.testing.assert_allclose(run.theta[-1], minimum.theta, rtol=1e-6)
    theta: Array = np.array(minimum.theta)
    around = theta + 0.01 * np.random.default_rng(0).normal(size=(200, 3))
    assert (loss.value(around) > minimum.value).all()


def test_the_row_that_makes_a_model_no_number_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,y\n1,2\n2,3\n-3,4\n")
    with pytest.raises(GdanimError, match=r"at a = 0, b = 0, in row 3, where x = -3$"):
        trace(Spec(data=str(path), model="a*log(x) + b"))


def test_a_flat_direction_is_not_said_to_be_done_because_a_steep_one_was_steep(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("year,co2\n" + "".join(f"{2010 + i},{390 + 2 * i}\n" for i in range(9)))
    (run,) = trace(Spec(data=str(path)))
    best = make_model("linear", load(str(path))).minima[0].value
    assert run.loss[-1] > best + 1  # the slope of the line is that of a line through 0
    assert run.outcome.kind in ("descending", "falling", "crawling")


def test_rises_are_told_by_what_they_are_beside_the_fall() -> None:
    _, adam = trace(Spec(data="sine", model="polynomial:degree=3", optimizer=("gd", "adam"), iterations=200))
    assert (np.diff(adam.loss) > 0).any()
    assert adam.loss[-1] == adam.loss.min()
    assert adam.outcome.kind == "descending"
    (momentum,) = trace(Spec(optimizer="momentum"))
    assert momentum.outcome.kind == "overshooting"


@pytest.mark.parametrize("name", ["größe", "prêmio", "наклон", "数量"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("ending", ["csv", "npz"])
def test_a_column_of_any_letters_is_named_in_a_formula(
    name: str, form: Literal["NFC", "NFD"], ending: str, tmp_path: Path
) -> None:
    path, typed = tmp_path / f"data.{ending}", unicodedata.normalize(form, name)
    if ending == "csv":
        path.write_text(f"{typed},y\n1,2\n2,3.5\n3,5\n", encoding="utf-8")
    else:
        np.savez(path, **{typed: [1.0, 2.0, 3.0], "y": [2.0, 3.5, 5.0]})  # type: ignore[arg-type]
    (run,) = trace(Spec(data=str(path), model=f"a*{name} + viés", parameters=("a", "viés"), iterations=300))
    assert run.parameters == ("a", "viés")
    np.testing.assert_allclose(run.theta[-1], (1.5, 0.5), atol=1e-3)
    (other,) = trace(Spec(data=str(path), target=typed, iterations=1))
    assert other.parameters == ("w", "b")


def test_a_row_of_0_does_not_keep_a_power_from_being_learned(tmp_path: Path) -> None:
    path = tmp_path / "powers.csv"
    path.write_text("x,y\n0,0\n1,1.5\n2,6\n3,13.5\n", encoding="utf-8")
    settings = {"data": str(path), "model": "a*x^b", "start": (1, 1), "learning_rate": 0.003}
    (run,) = trace(Spec(**settings, iterations=3000))  # type: ignore[arg-type]
    np.testing.assert_allclose(run.theta[-1], (1.5, 2.0), atol=1e-3)


def test_what_is_held_back_once_has_no_factor_1() -> None:
    loss = make_model("linear:l2=0.5", load("line"))
    assert loss.gradient_formula[0].endswith(" + w")
    assert r" + 0.5\sum w^2" in loss.formula
    assert r" + \sum w^2" in make_model("linear:l2=1", load("line")).formula
