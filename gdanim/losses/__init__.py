"""The losses by name."""

from __future__ import annotations

import re
from collections.abc import Callable

from gdanim.losses import anysize, curves, shapes, surfaces
from gdanim.losses.base import Loss
from gdanim.options import build

LOSSES: dict[str, Callable[..., Loss]] = {
    # one parameter
    "quadratic": anysize.quadratic,
    "double-well": curves.double_well,
    "absolute": curves.absolute,
    "huber": curves.huber,
    "log-cosh": curves.log_cosh,
    "wavy": curves.wavy,
    "plateau": curves.plateau,
    "inflection": curves.inflection,
    "cliff": curves.cliff,
    # two parameters
    "bowl": shapes.bowl,
    "himmelblau": surfaces.himmelblau,
    "beale": surfaces.beale,
    "booth": surfaces.booth,
    "matyas": surfaces.matyas,
    "goldstein-price": surfaces.goldstein_price,
    "three-hump-camel": surfaces.three_hump_camel,
    "six-hump-camel": surfaces.six_hump_camel,
    "mccormick": surfaces.mccormick,
    "levi13": surfaces.levi13,
    "easom": surfaces.easom,
    "saddle": shapes.saddle,
    "monkey-saddle": shapes.monkey_saddle,
    "two-wells": shapes.two_wells,
    "pit": shapes.pit,
    # two by default, and as many as the start has
    "rosenbrock": anysize.rosenbrock,
    "styblinski-tang": anysize.styblinski_tang,
    "rastrigin": anysize.rastrigin,
    "ackley": anysize.ackley,
    "griewank": anysize.griewank,
}


def make_loss(
    call: str,
    *,
    dimension: int | None = None,
    constants: dict[str, float] | None = None,
    parameters: tuple[str, ...] = (),
) -> Loss:
    """The loss that `NAME`, `NAME:KEY=VALUE,…` or a formula names.

    Args:
        dimension: how many numbers the start has, for losses that take any.
        constants: values of a formula's letters that are not parameters.
        parameters: a formula's parameters in order; found in it when empty.

    Raises:
        GdanimError: an unknown name or option, or a formula that is not one.
    """
    if is_formula(call):
        from gdanim.losses.expression import parse  # sympy takes as long to load as numpy

        return parse(call, constants=constants or {}, parameters=parameters)
    context = {} if dimension is None else {"dimension": dimension}
    return build("loss", LOSSES, call, **context)


def is_formula(call: str) -> bool:
    """Whether this is arithmetic and not a name: a name has only letters, digits and hyphens.

    >>> is_formula("w**2"), is_formula("three-hump-camel"), is_formula("bowl:condition=5")
    (True, False, False)
    """
    name = call.strip().partition(":")[0]
    if name in LOSSES:
        return False
    named = re.fullmatch(r"[a-z][a-z0-9-]*", name)
    return not named or re.fullmatch(r"\w{1,3}(-\w{1,3})*", name) is not None
