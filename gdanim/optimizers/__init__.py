"""The optimizers and schedules by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from gdanim.calls import build
from gdanim.errors import GdanimError
from gdanim.losses.base import Array, Loss
from gdanim.optimizers import first_order, schedules, second_order
from gdanim.optimizers.base import Optimizer
from gdanim.optimizers.schedules import Schedule

COMING = ((1, 0), (1, 1), (1, 3), (1, 7), (2, 5), (3, 11), (20, 13))  # times T and more: steps after the last
OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "gd": first_order.gd,
    "momentum": first_order.momentum,
    "nesterov": first_order.nesterov,
    "adagrad": first_order.adagrad,
    "rmsprop": first_order.rmsprop,
    "adadelta": first_order.adadelta,
    "adam": first_order.adam,
    "amsgrad": first_order.amsgrad,
    "adamw": first_order.adamw,
    "adamax": first_order.adamax,
    "nadam": first_order.nadam,
    "radam": first_order.radam,
    "rprop": first_order.rprop,
    "lion": first_order.lion,
    "yogi": first_order.yogi,
    "adabelief": first_order.adabelief,
    "newton": second_order.newton,
    "backtracking": second_order.backtracking,
    "lbfgs": second_order.lbfgs,
}

SCHEDULES: dict[str, Callable[..., Schedule]] = {
    "constant": schedules.constant,
    "step": schedules.step,
    "exponential": schedules.exponential,
    "inverse-time": schedules.inverse_time,
    "cosine": schedules.cosine,
    "warmup-cosine": schedules.warmup_cosine,
    "cyclic": schedules.cyclic,
}


def make_optimizer(call: str, loss: Loss) -> Optimizer:
    """The optimizer that `NAME` or `NAME:KEY=VALUE,…` names, for a loss."""
    return build("optimizer", OPTIMIZERS, call, loss=loss)


def make_schedule(call: str, iterations: int) -> Schedule:
    """The schedule that `NAME` or `NAME:KEY=VALUE,…` names, for so many steps."""
    return build("schedule", SCHEDULES, call, iterations=iterations)


def factors_of(schedule: Schedule | str, iterations: int) -> tuple[Array, Array]:
    """A schedule's factor on the learning rate at each iterate, (T+1,), and at some steps after the last.

    The latter are not finite where a schedule goes no further.

    Raises:
        GdanimError: a factor that is not a finite number from 0 up.
    """
    if isinstance(schedule, str):
        return _named_factors(schedule, iterations)
    factors = np.array([_factor(schedule, k) for k in range(iterations + 1)])
    try:
        coming = np.array([float(schedule(iterations * more + extra)) for more, extra in COMING])
    except (ZeroDivisionError, OverflowError):
        coming = np.array([np.nan])
    return factors, coming


@lru_cache(16)
def _named_factors(call: str, iterations: int) -> tuple[Array, Array]:
    """Kept, since compared runs mostly share their schedule."""
    return factors_of(make_schedule(call, iterations), iterations)


def _factor(schedule: Schedule, k: int) -> float:
    try:
        factor = float(schedule(k))
    except (ZeroDivisionError, OverflowError):
        factor = float("nan")
    if not 0 <= factor < float("inf"):
        raise GdanimError(
            f"at step {k} the learning rate would not be a finite number from 0 up; choose other options",
            where=["schedule"],
        )
    return factor


__all__ = [
    "OPTIMIZERS",
    "SCHEDULES",
    "Optimizer",
    "Schedule",
    "factors_of",
    "make_optimizer",
    "make_schedule",
]
