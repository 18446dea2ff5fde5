"""Mathtext of parameters and derivatives."""

from __future__ import annotations

from gdanim.losses.mathtext import symbol as symbol  # named again for the views

PARTS = {"vmax": r"v^{\mathrm{max}}", "Δ": r"\Delta", "Πμ": r"\Pi\mu"}


def derivative(parameter: str, parameters: int) -> str:
    """The mathtext of ∂L/∂parameter, or dL/dw where there is only one."""
    d = "d" if parameters == 1 else r"\partial "
    return rf"\frac{{{d}L}}{{{d}{symbol(parameter)}}}"


def inline(parameter: str, parameters: int) -> str:
    """The same on one line: ∂L/∂w."""
    d = "d" if parameters == 1 else r"\partial "
    return f"{d}L/{d}{symbol(parameter)}"


def remembered(part: str, parameter: str, parameters: int) -> str:
    """A part of an optimizer's state that belongs to a parameter, as m₁; m where one suffices.

    >>> remembered("m", "w1", 2), remembered("vmax", "x", 2), remembered("Δ", "w", 1)
    ('m_{1}', 'v^{\\\\mathrm{max}}_{x}', '\\\\Delta')
    """
    name = PARTS.get(part, part)
    return name if parameters == 1 and part != parameter else f"{name}_{{{_index(parameter)}}}"


def used(parameter: str, parameters: int, noise: bool) -> str:
    """The component of the gradient that a step uses: the derivative, or g where that is not what is used.

    >>> used("w2", 2, False), used("w2", 2, True), used("w_1_2_1", 9, True), used("b_3_1", 9, True)
    ('\\\\partial L/\\\\partial w_2', 'g_{2}', 'g_{121}', 'g_{b_{31}}')
    """
    if not noise:
        return inline(parameter, parameters)
    return "g" if parameters == 1 else f"g_{{{_index(parameter)}}}"


def _index(parameter: str) -> str:
    """What is said of a parameter in an index: of w₁ only the 1."""
    numbers = parameter.removeprefix("w").replace("_", "")
    return numbers if parameter.startswith("w") and numbers.isdecimal() else symbol(parameter)
