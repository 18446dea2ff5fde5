"""Losses of two parameters.

Formulas and minima: Surjanovic and Bingham, Virtual Library of Simulation Experiments, Test
Functions; Jamil and Yang (2013), A Literature Survey of Benchmark Functions. Minima without a
closed form are the published ones, polished by Newton's method in 30 digits.
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

import numpy as np

from gdanim.losses.base import ClosedForm, Loss, Minimum
from gdanim.losses.written import expanded, shown

LIBRARY = "Surjanovic and Bingham, Test Functions"
W = ("w1", "w2")


def himmelblau() -> Loss:
    """L = (w1² + w2 − 11)² + (w1 + w2² − 7)²: four minima, equally deep.

    Source: Himmelblau (1972), Applied Nonlinear Programming.
    """

    def partials(x: Any, y: Any) -> tuple[Any, Any]:
        a, b = x * x + y - 11, x + y * y - 7
        return 4 * x * a + 2 * b, 2 * a + 4 * y * b

    return ClosedForm(
        name="himmelblau",
        parameters=W,
        function=lambda x, y: (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2,
        partials=partials,
        expression="(w1^2 + w2 - 11)^2 + (w1 + w2^2 - 7)^2",
        slopes=(
            "4*w1*(w1^2 + w2 - 11) + 2*(w1 + w2^2 - 7)",
            "2*(w1^2 + w2 - 11) + 4*w2*(w1 + w2^2 - 7)",
        ),
        start=(-0.5, -1.0),
        domain=((-5.0, 5.0), (-5.0, 5.0)),
        minima=(
            Minimum((3.0, 2.0), 0.0),
            Minimum((-2.8051180869527448, 3.131312518250573), 0.0),
            Minimum((-3.779310253377747, -3.2831859912861696), 0.0),
            Minimum((3.5844283403304917, -1.8481265269644036), 0.0),
        ),
        learning_rate=0.01,
        source="Himmelblau (1972)",
    )


def beale() -> Loss:
    """L = (1.5 − w1 + w1w2)² + (2.25 − w1 + w1w2²)² + (2.625 − w1 + w1w2³)².

    Source: Beale (1958), On an Iterative Method of Finding a Local Minimum.
    """
    targets = (1.5, 2.25, 2.625)

    def errors(x: Any, y: Any) -> list[Any]:
        return [t - x + x * y**p for p, t in enumerate(targets, 1)]

    def partials(x: Any, y: Any) -> tuple[Any, Any]:
        each = errors(x, y)
        dx = sum(2 * r * (y**p - 1) for p, r in enumerate(each, 1))
        dy = sum(2 * r * x * p * y ** (p - 1) for p, r in enumerate(each, 1))
        return dx, dy

    return ClosedForm(
        name="beale",
        parameters=W,
        function=lambda x, y: sum(r * r for r in errors(x, y)),
        partials=partials,
        expression="(1.5 - w1 + w1*w2)^2 + (2.25 - w1 + w1*w2^2)^2 + (2.625 - w1 + w1*w2^3)^2",
        slopes=(
            "2*(1.5 - w1 + w1*w2)*(w2 - 1) + 2*(2.25 - w1 + w1*w2^2)*(w2^2 - 1)"
            " + 2*(2.625 - w1 + w1*w2^3)*(w2^3 - 1)",
            "2*w1*(1.5 - w1 + w1*w2) + 4*w1*w2*(2.25 - w1 + w1*w2^2) + 6*w1*w2^2*(2.625 - w1 + w1*w2^3)",
        ),
        start=(1.0, 1.5),
        domain=((-1.0, 4.0), (-1.5, 2.0)),
        minima=(Minimum((3.0, 0.5), 0.0),),
        learning_rate=0.01,
        source="Beale (1958)",
    )


def booth() -> Loss:
    """L = (w1 + 2w2 − 7)² + (2w1 + w2 − 5)²."""
    return ClosedForm(
        name="booth",
        parameters=W,
        function=lambda x, y: (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2,
        partials=lambda x, y: (10 * x + 8 * y - 34, 8 * x + 10 * y - 38),
        expression="(w1 + 2*w2 - 7)^2 + (2*w1 + w2 - 5)^2",
        slopes=("10*w1 + 8*w2 - 34", "8*w1 + 10*w2 - 38"),
        start=(-4.0, -2.0),
        domain=((-5.0, 6.0), (-4.0, 7.0)),
        minima=(Minimum((1.0, 3.0), 0.0),),
        learning_rate=0.05,
        source=LIBRARY,
    )


def matyas() -> Loss:
    """L = 0.26(w1² + w2²) − 0.48w1w2."""
    return ClosedForm(
        name="matyas",
        parameters=W,
        function=lambda x, y: 0.26 * (x * x + y * y) - 0.48 * x * y,
        partials=lambda x, y: (0.52 * x - 0.48 * y, 0.52 * y - 0.48 * x),
        expression="0.26*(w1^2 + w2^2) - 0.48*w1*w2",
        slopes=("0.52*w1 - 0.48*w2", "0.52*w2 - 0.48*w1"),
        start=(-4.0, 3.0),
        domain=((-5.0, 5.0), (-5.0, 5.0)),
        minima=(Minimum((0.0, 0.0), 0.0),),
        learning_rate=1.5,
        source=LIBRARY,
    )


def goldstein_price() -> Loss:
    """A polynomial of degree eight whose values span six decades.

    Source: Goldstein and Price (1971), On Descent from Local Minima.
    """

    def parts(x: Any, y: Any) -> tuple[Any, ...]:
        s, d = x + y + 1, 2 * x - 3 * y
        p = 19 - 14 * x + 3 * x * x - 14 * y + 6 * x * y + 3 * y * y
        q = 18 - 32 * x + 12 * x * x + 48 * y - 36 * x * y + 27 * y * y
        return s, d, p, q

    def function(x: Any, y: Any) -> Any:
        s, d, p, q = parts(x, y)
        return (1 + s * s * p) * (30 + d * d * q)

    def partials(x: Any, y: Any) -> tuple[Any, Any]:
        s, d, p, q = parts(x, y)
        a, b = 1 + s * s * p, 30 + d * d * q
        da = 2 * s * p + s * s * (-14 + 6 * x + 6 * y)  # the same for both parameters
        bx = 4 * d * q + d * d * (-32 + 24 * x - 36 * y)
        by = -6 * d * q + d * d * (48 - 36 * x + 54 * y)
        return da * b + a * bx, da * b + a * by

    # With s and d, p is 3s² − 20s + 36 and q is 3d² − 16d + 18, and the derivatives have factors.
    where = (
        "; A = 1 + s^2*(3*s^2 - 20*s + 36); B = 30 + d^2*(3*d^2 - 16*d + 18)"
        "; s = w1 + w2 + 1; d = 2*w1 - 3*w2"
    )
    slopes = [f"12*s*(s - 2)*(s - 3)*B {turn}*d*(d - 1)*(d - 3)*A" for turn in ("+ 24", "- 36")]
    return ClosedForm(
        name="goldstein-price",
        parameters=W,
        function=function,
        partials=partials,
        expression=expanded(f"A*B{where}"),
        formula=shown(f"A*B{where}"),
        slopes=tuple(expanded(slope + where) for slope in slopes),
        gradient_formula=tuple(map(shown, slopes)),
        start=(-1.2, 0.6),
        domain=((-2.0, 2.0), (-2.0, 1.5)),
        minima=(
            Minimum((0.0, -1.0), 3.0),
            Minimum((-0.6, -0.4), 30.0),
            Minimum((1.8, 0.2), 84.0),
            Minimum((1.2, 0.8), 840.0),
        ),
        learning_rate=0.00002,
        source="Goldstein and Price (1971)",
    )


def three_hump_camel() -> Loss:
    """L = 2w1² − 1.05w1⁴ + w1⁶/6 + w1w2 + w2²."""
    value = 0.29863844223685981
    side = (1.7475523458302888, -0.87377617291514442)
    return ClosedForm(
        name="three-hump-camel",
        parameters=W,
        function=lambda x, y: 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y * y,
        partials=lambda x, y: (4 * x - 4.2 * x**3 + x**5 + y, x + 2 * y),
        expression="2*w1^2 - 1.05*w1^4 + w1^6/6 + w1*w2 + w2^2",
        slopes=("4*w1 - 4.2*w1^3 + w1^5 + w2", "w1 + 2*w2"),
        start=(-1.3, 1.8),
        domain=((-2.2, 2.2), (-2.0, 2.0)),
        minima=(
            Minimum((0.0, 0.0), 0.0),
            Minimum(side, value),
            Minimum((-side[0], -side[1]), value),
        ),
        learning_rate=0.1,
        source=LIBRARY,
    )


def six_hump_camel() -> Loss:
    """L = (4 − 2.1w1² + w1⁴/3)w1² + w1w2 + (4w2² − 4)w2²: six minima, two of them global.

    Source: Dixon and Szegő (1978), Towards Global Optimisation 2.
    """
    halves = (
        ((0.089842013100318058, -0.71265640302073963), -1.0316284534898774),
        ((-1.703606714969981, 0.79608356867262509), -0.21546382438371764),
        ((1.6071047529201972, 0.56865145488413138), 2.1042503103112584),
    )
    pairs = [(Minimum((x, y), v), Minimum((-x, -y), v)) for (x, y), v in halves]
    return ClosedForm(
        name="six-hump-camel",
        parameters=W,
        function=lambda x, y: (4 - 2.1 * x**2 + x**4 / 3) * x**2 + x * y + 4 * (y * y - 1) * y * y,
        partials=lambda x, y: (8 * x - 8.4 * x**3 + 2 * x**5 + y, x - 8 * y + 16 * y**3),
        expression="(4 - 2.1*w1^2 + w1^4/3)*w1^2 + w1*w2 + (4*w2^2 - 4)*w2^2",
        slopes=("8*w1 - 8.4*w1^3 + 2*w1^5 + w2", "w1 - 8*w2 + 16*w2^3"),
        start=(-1.0, 0.05),
        domain=((-2.0, 2.0), (-1.1, 1.1)),
        minima=tuple(minimum for pair in pairs for minimum in pair),
        learning_rate=0.03,
        source="Dixon and Szegő (1978)",
    )


def mccormick() -> Loss:
    """L = sin(w1 + w2) + (w1 − w2)² − 1.5w1 + 2.5w2 + 1.

    Source: McCormick (1972), Applied Nonlinear Programming.
    """

    def partials(x: Any, y: Any) -> tuple[Any, Any]:
        wave, tilt = np.cos(x + y), 2 * (x - y)
        return wave + tilt - 1.5, wave - tilt + 2.5

    return ClosedForm(
        name="mccormick",
        parameters=W,
        function=lambda x, y: np.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1,
        partials=partials,
        expression="sin(w1 + w2) + (w1 - w2)^2 - 1.5*w1 + 2.5*w2 + 1",
        slopes=("cos(w1 + w2) + 2*(w1 - w2) - 1.5", "cos(w1 + w2) - 2*(w1 - w2) + 2.5"),
        start=(2.5, 3.5),
        domain=((-1.5, 4.0), (-3.0, 4.0)),
        minima=(
            Minimum((0.5 - pi / 3, -0.5 - pi / 3), -sqrt(3) / 2 - pi / 3),
            Minimum((0.5 + 2 * pi / 3, -0.5 + 2 * pi / 3), 2 * pi / 3 - sqrt(3) / 2),
        ),
        learning_rate=0.1,
        source="McCormick (1972)",
    )


def levi13() -> Loss:
    """L = sin²3πw1 + (w1 − 1)²(1 + sin²3πw2) + (w2 − 1)²(1 + sin²2πw2).

    Source: Lévy and Montalvo (1985), The Tunneling Algorithm; number 13 of its kind.
    """

    def partials(x: Any, y: Any) -> tuple[Any, Any]:
        a, b = np.sin(3 * pi * y) ** 2, np.sin(2 * pi * y) ** 2
        dx = 3 * pi * np.sin(6 * pi * x) + 2 * (x - 1) * (1 + a)
        dy = (
            3 * pi * (x - 1) ** 2 * np.sin(6 * pi * y)
            + 2 * (y - 1) * (1 + b)
            + 2 * pi * (y - 1) ** 2 * np.sin(4 * pi * y)
        )
        return dx, dy

    return ClosedForm(
        name="levi13",
        parameters=W,
        function=lambda x, y: (
            np.sin(3 * pi * x) ** 2
            + (x - 1) ** 2 * (1 + np.sin(3 * pi * y) ** 2)
            + (y - 1) ** 2 * (1 + np.sin(2 * pi * y) ** 2)
        ),
        partials=partials,
        expression="sin(3*pi*w1)^2 + (w1 - 1)^2*(1 + sin(3*pi*w2)^2) + (w2 - 1)^2*(1 + sin(2*pi*w2)^2)",
        slopes=(
            "3*pi*sin(6*pi*w1) + 2*(w1 - 1)*(1 + sin(3*pi*w2)^2)",
            "3*pi*(w1 - 1)^2*sin(6*pi*w2) + 2*(w2 - 1)*(1 + sin(2*pi*w2)^2) + 2*pi*(w2 - 1)^2*sin(4*pi*w2)",
        ),
        start=(2.6, -0.6),
        domain=((-1.5, 3.5), (-1.5, 3.5)),
        minima=(Minimum((1.0, 1.0), 0.0),),
        learning_rate=0.005,
        source="Lévy and Montalvo (1985)",
    )


def easom() -> Loss:
    """L = −cos w1 cos w2 exp(−(w1 − π)² − (w2 − π)²): a pit in a plain.

    Source: Easom (1990), A Survey of Global Optimization Techniques.
    """

    def partials(x: Any, y: Any) -> tuple[Any, Any]:
        fall = np.exp(-((x - pi) ** 2) - (y - pi) ** 2)
        dx = np.cos(y) * fall * (np.sin(x) + 2 * (x - pi) * np.cos(x))
        dy = np.cos(x) * fall * (np.sin(y) + 2 * (y - pi) * np.cos(y))
        return dx, dy

    pit = "exp(-(w1 - pi)^2 - (w2 - pi)^2)"
    return ClosedForm(
        name="easom",
        parameters=W,
        function=lambda x, y: -np.cos(x) * np.cos(y) * np.exp(-((x - pi) ** 2) - (y - pi) ** 2),
        partials=partials,
        expression=f"-cos(w1)*cos(w2)*{pit}",
        slopes=(
            f"(sin(w1) + 2*(w1 - pi)*cos(w1))*cos(w2)*{pit}",
            f"(sin(w2) + 2*(w2 - pi)*cos(w2))*cos(w1)*{pit}",
        ),
        start=(2.0, 2.4),
        domain=((0.5, 6.0), (0.5, 6.0)),
        minima=(Minimum((pi, pi), -1.0),),
        learning_rate=0.2,
        source="Easom (1990)",
    )
