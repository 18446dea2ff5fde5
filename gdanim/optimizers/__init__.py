"""The optimizers and schedules by name."""

from __future__ import annotations

from collections.abc import Callable

from gdanim.losses.base import Loss
from gdanim.optimizers import first_order, schedules, second_order
from gdanim.optimizers.base import Optimizer
from gdanim.optimizers.schedules import Schedule
from gdanim.options import build

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


__all__ = [
    "OPTIMIZERS",
    "SCHEDULES",
    "Optimizer",
    "Schedule",
    "make_optimizer",
    "make_schedule",
]
