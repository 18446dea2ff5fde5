"""Plain shapes of two parameters: a bowl, saddles, wells, a pit in a plain."""

from __future__ import annotations

from math import cos, radians, sin
from typing import Any

import numpy as np

from gdanim.losses.base import Loss, Minimum, Surface, numeral

W = ("w1", "w2")


def bowl(condition: float = 10.0, rotation: float = 0.0) -> Loss:
    """L = ½(u² + κv²), (u, v) being (w1, w2) turned: κ the condition number, rotation in degrees."""
    c, s = cos(radians(rotation)), sin(radians(rotation))
    xx, xy, yy = c * c + condition * s * s, c * s * (1 - condition), s * s + condition * c * c
    plain = rotation % 180 == 0
    k = numeral(condition)
    cross = f" {'+' if xy > 0 else '-'} {numeral(round(abs(xy), 4))}w_1w_2"
    formula = (
        rf"\frac{{1}}{{2}}(w_1^2 + {k}w_2^2)"
        if plain
        else f"{numeral(round(xx / 2, 4))}w_1^2{cross} + {numeral(round(yy / 2, 4))}w_2^2"
    )
    mixed = f"{'+' if xy > 0 else '-'} {numeral(round(abs(xy), 4))}"
    slopes = (
        ("w_1", f"{k}w_2")
        if plain
        else (
            f"{numeral(round(xx, 4))}w_1 {mixed}w_2",
            f"{numeral(round(yy, 4))}w_2 {mixed}w_1",
        )
    )
    return Surface(
        name="bowl",
        parameters=W,
        function=lambda x, y: (xx * x * x + yy * y * y) / 2 + xy * x * y,
        partials=lambda x, y: (xx * x + xy * y, yy * y + xy * x),
        formula=formula,
        gradient_formula=slopes,
        start=(-2.5, 1.2),
        domain=((-3.0, 3.0), (-2.0, 2.0)),
        minima=(Minimum((0.0, 0.0), 0.0),),
        learning_rate=1.8 / max(1.0, condition),
        source="closed form",
    )


def saddle() -> Loss:
    """L = w1² − w2²: down one way, up the other, and no minimum."""
    return Surface(
        name="saddle",
        parameters=W,
        function=lambda x, y: x * x - y * y,
        partials=lambda x, y: (2 * x, -2 * y),
        formula="w_1^2 - w_2^2",
        gradient_formula=("2w_1", "-2w_2"),
        start=(-1.8, 0.01),
        domain=((-2.0, 2.0), (-2.0, 2.0)),
        learning_rate=0.1,
        source="closed form",
    )


def monkey_saddle() -> Loss:
    """L = w1³ − 3w1w2²: three valleys meet, and the Hessian at 0 is 0."""
    return Surface(
        name="monkey-saddle",
        parameters=W,
        function=lambda x, y: x**3 - 3 * x * y * y,
        partials=lambda x, y: (3 * x * x - 3 * y * y, -6 * x * y),
        formula="w_1^3 - 3w_1w_2^2",
        gradient_formula=("3w_1^2 - 3w_2^2", "-6w_1w_2"),
        start=(1.2, 0.02),
        domain=((-1.6, 1.6), (-1.6, 1.6)),
        learning_rate=0.03,
        source="closed form; Hilbert and Cohn-Vossen (1932)",
    )


def two_wells() -> Loss:
    """L = (w1² − 1)² + 0.3w1 + w2²: a bowl with a local minimum beside it."""
    return Surface(
        name="two-wells",
        parameters=W,
        function=lambda x, y: (x * x - 1) ** 2 + 0.3 * x + y * y,
        partials=lambda x, y: (4 * x * (x * x - 1) + 0.3, 2 * y),
        formula="(w_1^2 - 1)^2 + 0.3w_1 + w_2^2",
        gradient_formula=("4w_1(w_1^2 - 1) + 0.3", "2w_2"),
        start=(0.3, 1.2),
        domain=((-1.7, 1.7), (-1.3, 1.5)),
        minima=(
            Minimum((-1.0355787140888537, 0.0), -0.30542848374391596),
            Minimum((0.96014955551910552, 0.0), 0.29414648102826285),
        ),
        learning_rate=0.06,
        source="minima by Newton's method in 30 digits",
    )


def pit() -> Loss:
    """L = −exp(−(w1² + w2²)): a plateau with a pit, outside which there is nothing to follow."""

    def partials(x: Any, y: Any) -> tuple[Any, Any]:
        fall = np.exp(-x * x - y * y)
        return 2 * x * fall, 2 * y * fall

    return Surface(
        name="pit",
        parameters=W,
        function=lambda x, y: -np.exp(-x * x - y * y),
        partials=partials,
        formula="-e^{-(w_1^2 + w_2^2)}",
        gradient_formula=("2w_1e^{-(w_1^2 + w_2^2)}", "2w_2e^{-(w_1^2 + w_2^2)}"),
        start=(-1.4, 0.9),
        domain=((-2.5, 2.5), (-2.0, 2.0)),
        minima=(Minimum((0.0, 0.0), -1.0),),
        learning_rate=0.3,
        source="closed form",
    )
