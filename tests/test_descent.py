from typing import Any

import numpy as np
import pytest

import gdanim.descent
from gdanim import GdanimError, Spec, descend, trace
from gdanim.descent import descend_together, prepared
from gdanim.losses import make_loss
from gdanim.optimizers import OPTIMIZERS, make_optimizer, make_schedule


def test_the_notebooks_descent_has_its_closed_form() -> None:
    run = descend(make_loss("quadratic"), start=(5.0,), learning_rate=0.1, iterations=20)
    k = np.arange(21)
    np.testing.assert_allclose(run.theta[:, 0], 2 + 3 * 0.8**k, rtol=1e-14)
    np.testing.assert_allclose(run.loss, 9 * 0.64**k, rtol=1e-12)
    np.testing.assert_allclose(run.gradient[:, 0], 6 * 0.8**k, rtol=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("iterations", [1, 63, 64, 65, 130])
def test_steps_in_blocks_are_the_same_as_one_after_the_other(
    name: str, iterations: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    loss, starts = make_loss("himmelblau"), np.array([[-0.5, -1.0], [3.5, 0.25]])
    optimizer, factor = make_optimizer(name, loss), make_schedule("exponential", iterations)
    expected = [starts]
    state = optimizer.init(starts)
    for k in range(iterations):
        eta: Any = np.array([[0.01], [0.002]]) * factor(k)
        step, state = optimizer.update(loss.gradient(expected[-1]), state, expected[-1], eta)
        expected.append(expected[-1] + step)
    runs = [
        prepared(
            loss,
            name,
            start=start,
            learning_rate=rate,
            iterations=iterations,
            schedule="exponential",
            noise=0.0,
            seed=0,
        )
        for start, rate in zip(starts, (0.01, 0.002), strict=True)
    ]
    for most in (gdanim.descent.LARGEST_BLOCK, 12):  # the latter three steps at a time
        monkeypatch.setattr(gdanim.descent, "LARGEST_BLOCK", most)
        for i, run in enumerate(descend_together(loss, runs, iterations)):
            assert np.array_equal(run.theta, np.array(expected)[: run.iterations + 1, i])


def test_no_iterations_give_loss_and_gradient_at_the_start() -> None:
    (run,) = trace(Spec(start=(-1.0,), iterations=0))
    assert run.theta.tolist() == [[-1.0]]
    assert run.loss.tolist() == [9.0]
    assert run.gradient.tolist() == [[-6.0]]


def test_a_trajectory_is_frozen() -> None:
    (run,) = trace(Spec())
    with pytest.raises(ValueError, match="read-only"):
        run.theta[0] = 1.0


def test_a_path_that_overflows_ends_at_its_last_finite_point() -> None:
    (run,) = trace(Spec(learning_rate=3.0, iterations=5000))
    assert 1 < run.iterations < 5000
    for array in (run.theta, run.loss, run.gradient):
        assert np.isfinite(array).all()
        assert len(array) == run.iterations + 1
    # |w − 2| grows by 5 a step: the loss, its square, overflows where 9·25^k passes 1.8e308.
    assert run.iterations == int(np.floor(np.log(np.finfo(float).max / 9) / np.log(25)))
    assert run.outcome.overflow


@pytest.mark.parametrize(
    ("rate", "kind"), [(0.1, "descending"), (0.95, "oscillating"), (1.0, "bouncing"), (1.1, "diverged")]
)
def test_gradient_descent_diverges_above_two_over_the_curvature(rate: float, kind: str) -> None:
    (run,) = trace(Spec(learning_rate=rate))
    assert run.outcome.kind == kind
    if kind == "diverged":
        assert run.outcome.limit == pytest.approx(1.0, rel=1e-8)
        assert run.outcome.step == 1


@pytest.mark.parametrize(
    ("start", "words"),
    [((1.0, 2.0), "cliff takes 1 number .w., not 2"), ((-1e200,), "not finite at w = -1e.200")],
)
def test_a_start_that_makes_no_sense_is_refused(start: tuple[float, ...], words: str) -> None:
    with pytest.raises(GdanimError, match=words):
        trace(Spec(loss="cliff", start=start))


def test_the_quadratic_takes_centre_and_curvature() -> None:
    loss = make_loss("quadratic:centre=-1,curvature=4")
    theta = np.array([[0.5], [2.0]])
    np.testing.assert_allclose(loss.value(theta), [2 * 1.5**2, 2 * 9.0])
    step = 1e-6
    central = (loss.value(theta + step) - loss.value(theta - step)) / (2 * step)
    np.testing.assert_allclose(loss.gradient(theta)[:, 0], central, rtol=1e-8)
    np.testing.assert_allclose(loss.hessian(theta[0]), [[4.0]], rtol=1e-9)
