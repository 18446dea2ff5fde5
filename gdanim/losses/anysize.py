"""Losses of any number of parameters; `--start` says how many.

Source of all but the quadratic: Surjanovic and Bingham, Virtual Library of Simulation Experiments,
Test Functions; Jamil and Yang (2013), A Literature Survey of Benchmark Functions.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import e, pi, sqrt
from typing import Annotated, Any

import numpy as np

from gdanim.calls import Limits, Place
from gdanim.errors import GdanimError
from gdanim.losses.base import ClosedForm, Loss, Minimum, names
from gdanim.losses.mathtext import symbol
from gdanim.losses.written import added, scaled, shift, shown

Curvature = Annotated[float, Limits(-1e9, 1e9)]


def quadratic(dimension: int = 1, centre: Place = 2.0, curvature: Curvature = 2.0) -> Loss:
    """L(w) = curvature/2 · Σ (wᵢ − centre)²; by default (w − 2)²."""
    parameters = names(dimension)
    distances = [shift(parameter, centre) for parameter in parameters]
    terms = [scaled(curvature / 2, f"{distance}^2") for distance in distances]
    return ClosedForm(
        name="quadratic",
        parameters=parameters,
        function=lambda *w: curvature / 2 * sum((x - centre) ** 2 for x in w),
        partials=lambda *w: tuple(curvature * (x - centre) for x in w),
        expression=added(terms),
        slopes=tuple(scaled(curvature, distance) for distance in distances),
        formula="" if dimension <= 2 else rf"{shown(terms[0])} + \ldots",
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
        ["{w}^4/2 - 8*{w}^2 + 5/2*{w}"],
        "2*{w}^3 - 16*{w} + 2.5",
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
        [f"{10 * dimension}", "{w}^2 - 10*cos(2*pi*{w})"],
        "2*{w} + 20*pi*sin(2*pi*{w})",
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
        # Numbers with a point: with whole ones numpy takes half as long again for a few runs.
        if dimension == 2:
            rise = w[1] - w[0] * w[0]
            return -400.0 * w[0] * rise - 2.0 * (1.0 - w[0]), 200.0 * rise
        rises = [b - a * a for a, b in pairwise(w)]
        slopes = [-400.0 * a * rise - 2.0 * (1.0 - a) for a, rise in zip(w[:-1], rises, strict=True)]
        slopes.append(0.0)
        return (slopes[0], *(slope + 200.0 * rise for slope, rise in zip(slopes[1:], rises, strict=True)))

    parameters = names(_at_least(dimension, 2, "rosenbrock"))
    pairs = list(pairwise(parameters))
    # What a step along the valley and what a step across it give each parameter.
    along = [f"-400*{a}*({b} - {a}^2) - 2*(1 - {a})" for a, b in pairs]
    across = [f"200*({b} - {a}^2)" for a, b in pairs]
    middle = [added([up, down]) for up, down in zip(across[:-1], along[1:], strict=True)]
    return ClosedForm(
        name="rosenbrock",
        parameters=parameters,
        function=lambda *w: sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in pairwise(w)),
        partials=partials,
        expression=added(f"100*({b} - {a}^2)^2 + (1 - {a})^2" for a, b in pairs),
        slopes=(along[0], *middle, across[-1]),
        formula="" if dimension == 2 else r"\sum_i (100(w_{i+1} - w_i^2)^2 + (1 - w_i)^2)",
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

    def slopes() -> tuple[str, ...]:
        return tuple(
            f"4*{w}/({scaled(dimension, root)})*exp(-0.2*{root}) + {swing}*sin(2*pi*{w})*exp({wave})"
            for w in parameters
        )

    parameters = names(dimension)
    swing = "2*pi" if dimension == 1 else f"2*pi/{dimension}"
    root = f"sqrt({_mean([f'{w}^2' for w in parameters])})"
    wave = _mean([f"cos(2*pi*{w})" for w in parameters])
    formula = (
        r"-20e^{-0.2r} - e^c + 20 + e, r = \sqrt{\sum_i w_i^2/n}, c = \sum_i \cos(2\pi w_i)/n"
        if dimension > 1
        else rf"-20e^{{-0.2r}} - e^c + 20 + e, r = |w|, c = {shown(wave)}"
    )
    ratio = ("{nr}", r"\frac{2\pi}{n}") if dimension > 1 else ("{r}", r"2\pi\,")
    return ClosedForm(
        name="ackley",
        parameters=parameters,
        function=function,
        partials=partials,
        expression=f"-20*exp(-0.2*{root}) - exp({wave}) + 20 + e",
        slopes=slopes,
        formula=formula,
        gradient_formula=tuple(
            rf"\frac{{4{w}}}{ratio[0]}e^{{-0.2r}} + {ratio[1]}\sin(2\pi {w})e^c"
            for w in map(symbol, parameters)
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

    def slopes() -> tuple[str, ...]:
        return tuple(
            f"{w}/2000 + " + "*".join([f"sin({w}{root})", *cosines[: i - 1], *cosines[i:]]) + root
            for i, (w, root) in enumerate(zip(parameters, roots, strict=True), 1)
        )

    parameters = names(dimension)
    roots = ["" if i == 1 else f"/sqrt({i})" for i in range(1, dimension + 1)]
    cosines = [f"cos({w}{root})" for w, root in zip(parameters, roots, strict=True)]
    squares = [f"{w}^2" for w in parameters]
    return ClosedForm(
        name="griewank",
        parameters=parameters,
        function=function,
        partials=partials,
        expression=f"1 + {_mean(squares, 4000)} - {'*'.join(cosines)}",
        slopes=slopes,
        formula="" if dimension == 1 else r"1 + \sum_i w_i^2/4000 - \prod_i \cos(w_i/\sqrt{i})",
        gradient_formula=()
        if dimension == 1
        else tuple(
            rf"{w}/2000 + \frac{{1}}{{\sqrt{{{i}}}}}\sin({w}/\sqrt{{{i}}})"
            rf"\prod_{{j\neq {i}}}\cos(w_j/\sqrt{{j}})"
            for i, w in enumerate(map(symbol, parameters), 1)
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
    expression: list[str],
    slope_expression: str,
    *,
    start: tuple[float, float],
    domain: tuple[float, float],
    minimum: tuple[float, float],
    learning_rate: float,
) -> Loss:
    """A sum of the same term of each parameter, {w} in the expressions; a constant may stand before it."""
    where, value = minimum
    parameters = names(dimension)
    terms = [expression[-1].replace("{w}", parameter) for parameter in parameters]
    return ClosedForm(
        name=name,
        parameters=parameters,
        function=lambda *w: sum(term(x) for x in w),
        partials=lambda *w: tuple(slope(x) for x in w),
        expression=added([*expression[:-1], *terms]),
        slopes=tuple(slope_expression.replace("{w}", parameter) for parameter in parameters),
        formula=formula if dimension > 1 else "",
        start=tuple(start[i % 2] for i in range(dimension)),
        domain=(domain,) * dimension,
        minima=(Minimum((where,) * dimension, value * dimension),),
        learning_rate=learning_rate,
        source="Surjanovic and Bingham, Test Functions",
    )


def _mean(terms: list[str], count: int = 0) -> str:
    """The expression of a sum over a count, of the terms themselves unless given."""
    count = count or len(terms)
    whole = added(terms) if len(terms) == 1 else f"({added(terms)})"
    return whole if count == 1 else f"{whole}/{count}"


def _product(factors: list[Any]) -> Any:
    result: Any = 1.0
    for factor in factors:
        result = result * factor
    return result


def _at_least(dimension: int, least: int, name: str) -> int:
    if dimension < least:
        raise GdanimError(f"{name} takes at least {least} numbers, not {dimension}", where=["start"])
    return dimension
