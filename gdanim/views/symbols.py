"""Mathtext of parameters and derivatives."""

from __future__ import annotations

from gdanim.losses.mathtext import symbol as symbol  # named again for the views


def derivative(parameter: str, parameters: int) -> str:
    """The mathtext of ∂L/∂parameter, or dL/dw where there is only one."""
    d = "d" if parameters == 1 else r"\partial "
    return rf"\frac{{{d}L}}{{{d}{symbol(parameter)}}}"


def inline(parameter: str, parameters: int) -> str:
    """The same on one line: ∂L/∂w."""
    d = "d" if parameters == 1 else r"\partial "
    return f"{d}L/{d}{symbol(parameter)}"


def used(parameter: str, parameters: int, noise: bool) -> str:
    """The component of the gradient that a step uses: the derivative, or g where that is not what is used."""
    if not noise:
        return inline(parameter, parameters)
    return "g" if parameters == 1 else f"g_{{{parameter.lstrip('w') or parameter}}}"
