"""Mathtext of parameters and derivatives."""

from __future__ import annotations


def symbol(parameter: str) -> str:
    """The mathtext of a parameter: w1 is w with index 1.

    >>> symbol("w1"), symbol("w")
    ('w_{1}', 'w')
    """
    stem = parameter.rstrip("0123456789")
    index = parameter[len(stem) :]
    greek = {"theta", "alpha", "beta", "gamma", "lambda", "mu", "sigma", "phi", "rho", "omega"}
    stem = "\\" + stem if stem in greek else stem
    return f"{stem}_{{{index}}}" if index and stem else parameter


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
