"""The losses by name."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable

from gdanim.calls import build
from gdanim.losses import anysize, curves, shapes, surfaces
from gdanim.losses.base import Loss

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
        from gdanim.losses.expression import parse  # read only where a formula is

        return parse(call, constants=constants or {}, parameters=parameters)
    name, colon, options = call.partition(":")
    context = {} if dimension is None else {"dimension": dimension}
    return build("loss", LOSSES, f"{loss_name(name) or name}{colon}{options}", **context)


def loss_name(word: str) -> str | None:
    """The loss that a word names, whatever its case, with - or _ or a space; None where there is none.

    >>> loss_name("Three Hump Camel"), loss_name("LOG_COSH"), loss_name("quadratik")
    ('three-hump-camel', 'log-cosh', None)
    """
    letters = _letters(word)
    return next((name for name in LOSSES if _letters(name) == letters), None)


def _letters(name: str) -> str:
    return re.sub("[-_ ]", "", name.strip().lower())


def is_formula(call: str) -> bool:
    """Whether this is arithmetic and not a name: a name has only letters, digits, hyphens and spaces.

    >>> is_formula("w**2"), is_formula("three-hump-camel"), is_formula("bowl:condition=5")
    (True, False, False)
    >>> is_formula("theta - w_1"), is_formula("xy"), is_formula("Quadratik")
    (True, True, False)
    """
    name = call.partition(":")[0].strip()
    if loss_name(name):
        return False
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_ -]*", name):
        return True
    from gdanim.losses.grammar import FUNCTIONS, LETTER, MEANT

    words = re.split("[ -]+", name)
    letters = all(len(word) <= 3 or LETTER.fullmatch(word) for word in words)
    meant = (*FUNCTIONS, *MEANT)
    return letters or any(word.lower().startswith(meant) or keyword.iskeyword(word) for word in words)
