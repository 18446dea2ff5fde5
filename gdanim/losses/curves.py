"""Losses of one parameter."""

from __future__ import annotations

from math import log
from typing import Annotated

import numpy as np

from gdanim.calls import Limits, Place
from gdanim.losses.base import ClosedForm, Loss, Minimum
from gdanim.losses.written import expanded, literal, shift, shown

Width = Annotated[float, Limits(1e-9, 1e9)]


def double_well() -> Loss:
    """L(w) = (w² − 1)²: two minima with a hill between, and a start just beside its top."""
    return ClosedForm(
        name="double-well",
        parameters=("w",),
        function=lambda w: (w**2 - 1) ** 2,
        partials=lambda w: (4 * w * (w**2 - 1),),
        expression="(w^2 - 1)^2",
        slopes=("4*w*(w^2 - 1)",),
        start=(0.1,),
        domain=((-1.6, 1.6),),
        minima=(Minimum((-1.0,), 0.0), Minimum((1.0,), 0.0)),
        learning_rate=0.05,
        source="closed form",
    )


def absolute(centre: Place = 1.0) -> Loss:
    """L(w) = |w − centre|: a slope that never shrinks, so that a constant step never settles."""
    away = shift("w", centre).strip("()")
    return ClosedForm(
        name="absolute",
        parameters=("w",),
        function=lambda w: np.abs(w - centre),
        partials=lambda w: (np.sign(w - centre),),
        expression=f"abs({away})",
        slopes=(f"sign({away})",),
        start=(centre - 3.0,),
        domain=((centre - 3.5, centre + 2.0),),
        minima=(Minimum((centre,), 0.0),),
        learning_rate=0.35,
        source="closed form; subgradient 0 at the kink",
    )


def huber(delta: Width = 1.0) -> Loss:
    """L(w) = w²/2 within ±δ, δ(|w| − δ/2) beyond: squared error near, absolute error far.

    Source: Huber (1964), Robust Estimation of a Location Parameter.
    """
    # Both branches in one: m is |w| within ±delta, and delta beyond.
    statement = f"m*(abs(w) - m/2); m = min(abs(w), {literal(delta)})"
    return ClosedForm(
        name="huber",
        parameters=("w",),
        function=lambda w: np.where(np.abs(w) <= delta, w**2 / 2, delta * (np.abs(w) - delta / 2)),
        partials=lambda w: (np.clip(w, -delta, delta),),
        expression=expanded(statement),
        formula=shown(statement),
        slopes=(f"max(-{literal(delta)}, min(w, {literal(delta)}))",),
        start=(4.0,),
        domain=((-4.0, 4.0),),
        minima=(Minimum((0.0,), 0.0),),
        learning_rate=0.3,
        source="Huber (1964)",
    )


def log_cosh() -> Loss:
    """L(w) = log cosh w: smooth everywhere, squared error near 0, absolute error far away."""
    return ClosedForm(
        name="log-cosh",
        parameters=("w",),
        function=lambda w: np.logaddexp(w, -w) - log(2),
        partials=lambda w: (np.tanh(w),),
        expression="log(cosh(w))",
        slopes=("tanh(w)",),
        start=(4.0,),
        domain=((-4.0, 4.0),),
        minima=(Minimum((0.0,), 0.0),),
        learning_rate=0.4,
        source="closed form",
    )


def wavy() -> Loss:
    """L(w) = w²/10 + sin 3w: many minima, of which the start decides."""
    places = (
        (-0.51221402835611285, -0.97318047949730668),
        (1.53658988014775, -0.75862840861323722),
        (-2.5608069380735432, -0.32954628593577723),
        (3.5847518173037196, 0.3140209196591906),
        (-4.6082988824230053, 1.1720033155244851),
        (5.6313031629650938, 2.2443028149427553),
    )
    return ClosedForm(
        name="wavy",
        parameters=("w",),
        function=lambda w: w**2 / 10 + np.sin(3 * w),
        partials=lambda w: (w / 5 + 3 * np.cos(3 * w),),
        expression="w^2/10 + sin(3*w)",
        slopes=("w/5 + 3*cos(3*w)",),
        start=(4.6,),
        domain=((-5.5, 5.5),),
        minima=tuple(Minimum((w,), value) for w, value in places),
        learning_rate=0.05,
        source="minima by Newton's method in 30 digits",
    )


def plateau() -> Loss:
    """L(w) = w²/(1 + w²): nearly flat far from the minimum, so that gradients vanish."""
    return ClosedForm(
        name="plateau",
        parameters=("w",),
        function=lambda w: 1 - 1 / (1 + w**2),
        partials=lambda w: (2 * w / (1 + w**2) ** 2,),
        expression="w^2/(1 + w^2)",
        slopes=("2*w/(1 + w^2)^2",),
        start=(4.0,),
        domain=((-5.0, 5.0),),
        minima=(Minimum((0.0,), 0.0),),
        learning_rate=1.0,
        source="closed form; Geman and McClure (1985)",
    )


def inflection() -> Loss:
    """L(w) = 3w⁴ − 4w³: its gradient also vanishes at 0, where there is no minimum."""
    return ClosedForm(
        name="inflection",
        parameters=("w",),
        function=lambda w: w**3 * (3 * w - 4),
        partials=lambda w: (12 * w**2 * (w - 1),),
        expression="3*w^4 - 4*w^3",
        slopes=("12*w^2*(w - 1)",),
        start=(-0.7,),
        domain=((-0.8, 1.5),),
        minima=(Minimum((1.0,), -1.0),),
        learning_rate=0.02,
        source="closed form",
    )


def cliff() -> Loss:
    """L(w) = e^(−4w) + w: steep on one side, flat on the other; no one learning rate suits both."""
    return ClosedForm(
        name="cliff",
        parameters=("w",),
        function=lambda w: np.exp(-4 * w) + w,
        partials=lambda w: (1 - 4 * np.exp(-4 * w),),
        expression="exp(-4*w) + w",
        slopes=("1 - 4*exp(-4*w)",),
        start=(-0.5,),
        domain=((-0.7, 4.0),),
        minima=(Minimum((log(4) / 4,), (1 + log(4)) / 4),),
        learning_rate=0.1,
        source="closed form",
    )
