"""Losses in one dimension that have a formula."""

from __future__ import annotations

from gdanim.losses.base import Loss, Minimum, Surface


def numeral(value: float) -> str:
    r"""A number in mathtext.

    >>> numeral(0.5), numeral(5e8)
    ('0.5', '5\\cdot 10^{8}')
    """
    mantissa, e, exponent = f"{value:g}".partition("e")
    return rf"{mantissa}\cdot 10^{{{int(exponent)}}}" if e else mantissa


def quadratic(centre: float = 2.0, curvature: float = 2.0) -> Loss:
    """L(w) = curvature/2 · (w − centre)²; by default the notebook's (w − 2)²."""
    factor = "" if curvature == 2 else numeral(curvature / 2)
    slope = "" if curvature == 1 else numeral(curvature)
    bracket = "w" if centre == 0 else f"(w {'-' if centre > 0 else '+'} {numeral(abs(centre))})"
    return Surface(
        name="quadratic",
        parameters=("w",),
        function=lambda w: curvature / 2 * (w - centre) ** 2,
        partials=lambda w: (curvature * (w - centre),),
        formula=f"{factor}{bracket}^2",
        gradient_formula=(f"{slope}{bracket}",),
        start=(5.0,),
        domain=((centre - 3.0, centre + 3.0),),
        minima=(Minimum((centre,), 0.0),) if curvature > 0 else (),
        learning_rate=0.1,
        source="the course notebook",
    )
