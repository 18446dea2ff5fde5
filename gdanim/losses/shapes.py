"""Plain shapes of two parameters: a bowl, saddles, wells, a pit in a plain."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, radians, sin
from typing import Annotated, Any

import numpy as np

from gdanim.calls import Limits
from gdanim.losses.base import ClosedForm, Loss, Minimum
from gdanim.losses.written import added, scaled, shown

W = ("w1", "w2")
Condition = Annotated[float, Limits(1e-6, 1e9)]


def bowl(condition: Condition = 10.0, rotation: float = 0.0) -> Loss:
    """L = ½(u² + κv²), (u, v) being (w1, w2) turned: κ the condition number, rotation in degrees."""
    c, s = _turn(rotation)
    xx, xy, yy = c * c + condition * s * s, c * s * (1 - condition), s * s + condition * c * c
    expression, slopes = _bowl(xx, xy, yy, float)
    rough, rough_slopes = _bowl(xx, xy, yy, _rounded)
    return ClosedForm(
        name="bowl",
        parameters=W,
        function=lambda x, y: (xx * x * x + yy * y * y) / 2 + xy * x * y,
        partials=lambda x, y: (xx * x + xy * y, yy * y + xy * x),
        expression=expression,
        slopes=slopes,
        formula=shown(rough),
        gradient_formula=tuple(map(shown, rough_slopes)),
        start=(-2.5, 1.2),
        domain=((-3.0, 3.0), (-2.0, 2.0)),
        minima=(Minimum((0.0, 0.0), 0.0),),
        learning_rate=1.8 / max(1.0, condition),
        source="closed form",
    )


def _turn(degrees: float) -> tuple[float, float]:
    """Cosine and sine, exact where the axes fall on one another."""
    if degrees % 90 == 0:
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(degrees % 360 // 90)]
    return cos(radians(degrees)), sin(radians(degrees))


def _bowl(xx: float, xy: float, yy: float, number: Callable[[float], float]) -> tuple[str, tuple[str, str]]:
    """(xx w1² + yy w2²)/2 + xy w1w2, and its derivatives, as expressions with numbers made so."""
    slope = {w: scaled(number(z), w) for z, w in ((xx, "w1"), (yy, "w2"))}
    if xy == 0:
        return f"1/2*({scaled(xx, 'w1^2')} + {scaled(yy, 'w2^2')})", (slope["w1"], slope["w2"])
    square = {w: scaled(number(z / 2), f"{w}^2") for z, w in ((xx, "w1"), (yy, "w2"))}
    cross = number(xy)
    return added([square["w1"], scaled(cross, "w1*w2"), square["w2"]]), (
        added([slope["w1"], scaled(cross, "w2")]),
        added([slope["w2"], scaled(cross, "w1")]),
    )


def _rounded(value: float) -> float:
    """To four places, which is enough to be read, unless nothing would be left."""
    return round(value, 4) or value


def saddle() -> Loss:
    """L = w1² − w2²: down one way, up the other, and no minimum."""
    return ClosedForm(
        name="saddle",
        parameters=W,
        function=lambda x, y: x * x - y * y,
        partials=lambda x, y: (2 * x, -2 * y),
        expression="w1^2 - w2^2",
        slopes=("2*w1", "-2*w2"),
        start=(-1.8, 0.01),
        domain=((-2.0, 2.0), (-2.0, 2.0)),
        learning_rate=0.1,
        source="closed form",
    )


def monkey_saddle() -> Loss:
    """L = w1³ − 3w1w2²: three valleys meet, and the Hessian at 0 is 0."""
    return ClosedForm(
        name="monkey-saddle",
        parameters=W,
        function=lambda x, y: x**3 - 3 * x * y * y,
        partials=lambda x, y: (3 * x * x - 3 * y * y, -6 * x * y),
        expression="w1^3 - 3*w1*w2^2",
        slopes=("3*w1^2 - 3*w2^2", "-6*w1*w2"),
        start=(1.2, 0.02),
        domain=((-1.6, 1.6), (-1.6, 1.6)),
        learning_rate=0.03,
        source="closed form; Hilbert and Cohn-Vossen (1932)",
    )


def two_wells() -> Loss:
    """L = (w1² − 1)² + 0.3w1 + w2²: a bowl with a local minimum beside it."""
    return ClosedForm(
        name="two-wells",
        parameters=W,
        function=lambda x, y: (x * x - 1) ** 2 + 0.3 * x + y * y,
        partials=lambda x, y: (4 * x * (x * x - 1) + 0.3, 2 * y),
        expression="(w1^2 - 1)^2 + 0.3*w1 + w2^2",
        slopes=("4*w1*(w1^2 - 1) + 0.3", "2*w2"),
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

    return ClosedForm(
        name="pit",
        parameters=W,
        function=lambda x, y: -np.exp(-x * x - y * y),
        partials=partials,
        expression="-exp(-(w1^2 + w2^2))",
        slopes=("2*w1*exp(-(w1^2 + w2^2))", "2*w2*exp(-(w1^2 + w2^2))"),
        start=(-1.4, 0.9),
        domain=((-2.5, 2.5), (-2.0, 2.0)),
        minima=(Minimum((0.0, 0.0), -1.0),),
        learning_rate=0.3,
        source="closed form",
    )
