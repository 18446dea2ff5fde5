"""Mathtext of parameters and derivatives."""

from __future__ import annotations


def symbol(parameter: str) -> str:
    """The mathtext of a parameter: w1 is w with index 1.

    >>> symbol("w1"), symbol("w"), symbol("a_b_c")
    ('w_{1}', 'w', 'a_{bc}')
    """
    stem, _, rest = parameter.partition("_")
    name = stem.rstrip("0123456789")
    index = stem[len(name) :] + rest.replace("_", "")
    greek = {"theta", "alpha", "beta", "gamma", "lambda", "mu", "sigma", "phi", "rho", "omega", "eta"}
    name = "\\" + name if name in greek else name
    return f"{name}_{{{index}}}" if index else name


def derivative(parameter: str, parameters: int) -> str:
    """The mathtext of ∂L/∂parameter, or dL/dw where there is only one."""
    d = "d" if parameters == 1 else r"\partial "
    return rf"\frac{{{d}L}}{{{d}{symbol(parameter)}}}"


def inline(parameter: str, parameters: int) -> str:
    """The same on one line: ∂L/∂w."""
    d = "d" if parameters == 1 else r"\partial "
    return f"{d}L/{d}{symbol(parameter)}"


def used(parameter: str, parameters: int, noise: float) -> str:
    """The component of the gradient that a step uses: the derivative, or g where noise is added to it."""
    if not noise:
        return inline(parameter, parameters)
    return "g" if parameters == 1 else f"g_{{{parameter.lstrip('w')}}}"
