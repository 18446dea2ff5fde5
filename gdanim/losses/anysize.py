"""Losses of any number of parameters; `--start` says how many.

Source of all but the quadratic: Surjanovic and Bingham, Virtual Library of Simulation Experiments,
Test Functions; Jamil and Yang (2013), A Literature Survey of Benchmark Functions.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import e, pi, sqrt
from typing import Any

import numpy as np

from gdanim.errors import GdanimError
from gdanim.losses.base import Loss, Minimum, Surface, names, numeral, shifted


def quadratic(dimension: int = 1, centre: float = 2.0, curvature: float = 2.0) -> Loss:
    """L(w) = curvature/2 · Σ (wᵢ − centre)²; by default (w − 2)²."""
    factor = "" if curvature == 2 else numeral(curvature / 2)
    slope = "" if curvature == 1 else numeral(curvature)
    parameters = names(dimension)
    symbols = [shifted(centre, parameter) for parameter in parameters]
    terms = [f"{factor}{symbol}^2" for symbol in symbols]
    return Surface(
        name="quadratic",
        parameters=parameters,
        function=lambda *w: curvature / 2 * sum((x - centre) ** 2 for x in w),
        partials=lambda *w: tuple(curvature * (x - centre) for x in w),
        formula=" + ".join(terms if dimension <= 2 else [terms[0], r"\ldots"]),
        gradient_formula=tuple(f"{slope}{symbol}" for symbol in symbols),
        start=(5.0,) * dimension,
        domain=((centre - 3.0, centre + 3.0),) * dimension,
        minima=(Minimum((centre,) * dimension, 0.0),) if curvature > 0 else (),
        learning_rate=0.1,
        source="the course notebook",
    )


def styblinski_tang(dimension: int = 2) -> Loss:
    """L(w) = ½ Σ (wᵢ⁴ − 16wᵢ² + 5wᵢ)."""
    return _separable(
        "styblinski-tang",
        dimension,
        lambda x: (x**4 - 16 * x**2 + 5 * x) / 2,
        lambda x: 2 * x**3 - 16 * x + 2.5,
        r"\frac{1}{2}\sum_i (w_i^4 - 16w_i^2 + 5w_i)",
        "2{w}^3 - 16{w} + 2.5",
        start=(0.8, 3.9),
        domain=(-4.5, 4.5),
        minimum=(-2.903534027771177, -39.166165703771412),
        learning_rate=0.01,
    )


def rastrigin(dimension: int = 2) -> Loss:
    """L(w) = 10n + Σ (wᵢ² − 10 cos 2πwᵢ): a bowl full of local minima."""
    return _separable(
        "rastrigin",
        dimension,
        lambda x: 10 + x**2 - 10 * np.cos(2 * pi * x),
        lambda x: 2 * x + 20 * pi * np.sin(2 * pi * x),
        r"10n + \sum_i (w_i^2 - 10\cos(2\pi w_i))",
        r"2{w} + 20\pi\,\sin(2\pi {w})",
        start=(2.4, 1.6),
        domain=(-3.0, 3.0),
        minimum=(0.0, 0.0),
        learning_rate=0.002,
    )


def rosenbrock(dimension: int = 2) -> Loss:
    """L(w) = Σ 100(wᵢ₊₁ − wᵢ²)² + (1 − wᵢ)²: a curved valley with a nearly flat floor.

    Source: Rosenbrock (1960), An Automatic Method for Finding the Greatest or Least Value.
    """

    def partials(*w: Any) -> tuple[Any, ...]:
        if dimension == 2:
            rise = w[1] - w[0] * w[0]
            return -400 * w[0] * rise - 2 * (1 - w[0]), 200 * rise
        rises = [b - a * a for a, b in pairwise(w)]
        slopes = [-400 * a * rise - 2 * (1 - a) for a, rise in zip(w[:-1], rises, strict=True)]
        slopes.append(0.0)
        return (slopes[0], *(slope + 200 * rise for slope, rise in zip(slopes[1:], rises, strict=True)))

    parameters = names(_at_least(dimension, 2, "rosenbrock"))
    two = (
        "100(w_2 - w_1^2)^2 + (1 - w_1)^2",
        ("-400w_1(w_2 - w_1^2) - 2(1 - w_1)", "200(w_2 - w_1^2)"),
    )
    middle = r"200(w_{I} - w_{H}^2) - 400w_{I}(w_{J} - w_{I}^2) - 2(1 - w_{I})"
    first, last = "-400w_{I}(w_{J} - w_{I}^2) - 2(1 - w_{I})", "200(w_{I} - w_{H}^2)"
    many = (
        r"\sum_i 100(w_{i+1} - w_i^2)^2 + (1 - w_i)^2",
        tuple(
            (first if i == 1 else last if i == dimension else middle)
            .replace("H", str(i - 1))
            .replace("I", str(i))
            .replace("J", str(i + 1))
            for i in range(1, dimension + 1)
        ),
    )
    formula, slopes = two if dimension == 2 else many
    return Surface(
        name="rosenbrock",
        parameters=parameters,
        function=lambda *w: sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in pairwise(w)),
        partials=partials,
        formula=formula,
        gradient_formula=slopes,
        start=tuple((-1.5, 2.0)[i % 2] for i in range(dimension)),
        domain=((-2.0, 2.0),) + ((-1.0, 3.0),) * (dimension - 1),
        minima=(Minimum((1.0,) * dimension, 0.0),),
        learning_rate=0.0005,
        source="Rosenbrock (1960)",
    )


def ackley(dimension: int = 2) -> Loss:
    """L(w) = −20 exp(−0.2 √(Σwᵢ²/n)) − exp(Σ cos 2πwᵢ/n) + 20 + e.

    Source: Ackley (1987), A Connectionist Machine for Genetic Hillclimbing.
    """

    def function(*w: Any) -> Any:
        root = np.sqrt(sum(x * x for x in w) / dimension)
        wave = sum(np.cos(2 * pi * x) for x in w) / dimension
        return -20 * np.expm1(-0.2 * root) - (np.exp(wave) - e)

    def partials(*w: Any) -> tuple[Any, ...]:
        root = np.sqrt(sum(x * x for x in w) / dimension)
        wave = sum(np.cos(2 * pi * x) for x in w) / dimension
        # At the minimum the loss has a kink; 0 is its subgradient.
        steep = 4 * np.exp(-0.2 * root) / (dimension * np.where(root > 0, root, 1.0))
        swing = 2 * pi / dimension * np.exp(wave)
        return tuple(steep * x + swing * np.sin(2 * pi * x) for x in w)

    return Surface(
        name="ackley",
        parameters=names(dimension),
        function=function,
        partials=partials,
        formula=r"-20e^{-0.2\sqrt{\sum_i w_i^2/n}} - e^{\sum_i \cos(2\pi w_i)/n} + 20 + e",
        gradient_formula=tuple(
            rf"\frac{{4w_{{{i}}}}}{{nr}}e^{{-0.2r}} + \frac{{2\pi}}{{n}}\sin(2\pi w_{{{i}}})e^{{c}}"
            for i in range(1, dimension + 1)
        ),
        start=tuple((2.6, 1.7)[i % 2] for i in range(dimension)),
        domain=((-4.0, 4.0),) * dimension,
        minima=(Minimum((0.0,) * dimension, 0.0),),
        learning_rate=0.02,
        source="Ackley (1987)",
    )


def griewank(dimension: int = 2) -> Loss:
    """L(w) = 1 + Σ wᵢ²/4000 − Π cos(wᵢ/√i).

    Source: Griewank (1981), Generalized Descent for Global Optimization.
    """

    def factors(w: Any) -> list[Any]:
        return [np.cos(x / sqrt(i)) for i, x in enumerate(w, 1)]

    def function(*w: Any) -> Any:
        return 1 + sum(x * x for x in w) / 4000 - _product(factors(w))

    def partials(*w: Any) -> tuple[Any, ...]:
        cosines = factors(w)
        return tuple(
            x / 2000 + np.sin(x / sqrt(i)) / sqrt(i) * _product(cosines[: i - 1] + cosines[i:])
            for i, x in enumerate(w, 1)
        )

    return Surface(
        name="griewank",
        parameters=names(dimension),
        function=function,
        partials=partials,
        formula=r"1 + \sum_i w_i^2/4000 - \prod_i \cos(w_i/\sqrt{i})",
        gradient_formula=tuple(
            rf"w_{{{i}}}/2000 + \frac{{1}}{{\sqrt{{{i}}}}}\sin(w_{{{i}}}/\sqrt{{{i}}})"
            rf"\prod_{{j\neq {i}}}\cos(w_j/\sqrt{{j}})"
            for i in range(1, dimension + 1)
        ),
        start=tuple((4.2, -3.6)[i % 2] for i in range(dimension)),
        domain=((-7.0, 7.0),) * dimension,
        minima=(Minimum((0.0,) * dimension, 0.0),),
        learning_rate=0.5,
        source="Griewank (1981)",
    )


def _separable(
    name: str,
    dimension: int,
    term: Callable[[Any], Any],
    slope: Callable[[Any], Any],
    formula: str,
    slope_formula: str,
    *,
    start: tuple[float, float],
    domain: tuple[float, float],
    minimum: tuple[float, float],
    learning_rate: float,
) -> Loss:
    """A sum of the same term of each parameter."""
    where, value = minimum
    return Surface(
        name=name,
        parameters=names(dimension),
        function=lambda *w: sum(term(x) for x in w),
        partials=lambda *w: tuple(slope(x) for x in w),
        formula=formula,
        gradient_formula=tuple(slope_formula.replace("{w}", f"w_{{{i}}}") for i in range(1, dimension + 1)),
        start=tuple(start[i % 2] for i in range(dimension)),
        domain=(domain,) * dimension,
        minima=(Minimum((where,) * dimension, value * dimension),),
        learning_rate=learning_rate,
        source="Surjanovic and Bingham, Test Functions",
    )


def _product(factors: list[Any]) -> Any:
    result: Any = 1.0
    for factor in factors:
        result = result * factor
    return result


def _at_least(dimension: int, least: int, name: str) -> int:
    if dimension < least:
        raise GdanimError(f"{name} takes at least {least} numbers, not {dimension}", where=["start"])
    return dimension
