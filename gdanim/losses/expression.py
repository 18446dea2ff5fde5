"""A loss from any formula: text → Python's syntax tree → sympy, node by node.

sympy never sees the text, since its own parsers evaluate it (sympy issue 10805), and is not even
loaded before `grammar` has found nothing but arithmetic.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from gdanim.errors import GdanimError
from gdanim.losses.base import Array, Loss, Surface
from gdanim.losses.grammar import CONSTANTS, FUNCTIONS, OPERATORS, Check, Source, ordered_parameters
from gdanim.losses.minima import find_minima


@dataclass(frozen=True, eq=False)
class Formula(Surface):
    """A loss with its exact Hessian.

    Args:
        curvatures: (w1, …, wn) → n rows of n second derivatives.
    """

    curvatures: Callable[..., Any] | None = None

    def hessian(self, theta: Array) -> Array:
        assert self.curvatures is not None
        n = len(self.parameters)
        return np.array(self.curvatures(*theta), dtype=np.float64).reshape(n, n)


def parse(text: str, *, constants: Mapping[str, float], parameters: tuple[str, ...] = ()) -> Loss:
    """The loss that a formula describes.

    Args:
        constants: values of letters that are not parameters.
        parameters: in order; when empty, all other names in natural order (w2 before w10).

    Raises:
        GdanimError: anything but arithmetic, with a caret under the place; nothing was evaluated.

    >>> loss = parse("w1**2 + lam*w2^2", constants={"lam": 10.0})
    >>> loss.parameters, loss.gradient(np.array([1.0, 2.0])).tolist()
    (('w1', 'w2'), [2.0, 40.0])
    """
    source = Source(text)
    tree = source.tree()
    found = Check(source, set(constants), set(parameters)).names(tree)
    ordered = ordered_parameters(found, constants, parameters)
    return _loss(text, tree, ordered, dict(constants))


def _loss(text: str, tree: ast.expr, parameters: tuple[str, ...], constants: dict[str, float]) -> Loss:
    import sympy

    symbols = {name: sympy.Symbol(name, real=True) for name in parameters}
    numbers = {name: _number(value, sympy) for name, value in constants.items()}
    names = {**{n: getattr(sympy, s) for n, s in CONSTANTS.items()}, **numbers, **symbols}
    expression = _build(tree, names, sympy)
    if not expression.is_finite and expression.has(sympy.zoo, sympy.nan, sympy.oo):
        raise GdanimError("the formula divides by zero everywhere", where=["loss"])
    for name, symbol in symbols.items():
        if symbol not in expression.free_symbols:
            raise GdanimError(f"the formula does not depend on '{name}', worked out", where=["loss"])
    arguments = [symbols[name] for name in parameters]
    partials = [_smooth(sympy.diff(expression, symbol), sympy) for symbol in arguments]

    def code(result: Any) -> Callable[..., Any]:
        compiled: Callable[..., Any] = sympy.lambdify(arguments, result, modules="numpy", cse=True)
        return compiled

    @cache
    def compiled_rows() -> Callable[..., Any]:
        return code([[_smooth(sympy.diff(p, symbol), sympy) for symbol in arguments] for p in partials])

    n = len(parameters)
    settings: dict[str, Any] = {
        "name": text,
        "parameters": parameters,
        "function": code(expression),
        "partials": code(partials),
        "formula": sympy.latex(expression),
        "gradient_formula": tuple(sympy.latex(partial) for partial in partials),
        "start": (3.0,) if n == 1 else tuple((-2.5, 2.0)[i % 2] for i in range(n)),
        "domain": ((-4.0, 4.0),) * n,
        "source": "a formula",
        "curvatures": lambda *theta: compiled_rows()(*theta),
    }
    loss = Formula(**settings)
    return Formula(**settings, minima=find_minima(loss), learning_rate=_rate(loss))


def _smooth(derivative: Any, sympy: Any) -> Any:
    """A derivative without the spikes of a jump: that of sign(x) is 0 but at 0, where there is none."""
    return derivative.replace(sympy.DiracDelta, lambda *_: sympy.Integer(0))


def _rate(loss: Loss) -> float:
    """A learning rate that suits the curvature at the start, in one digit, at most 0.1."""
    with np.errstate(all="ignore"):
        hessian = loss.hessian(np.array(loss.start))
    if not np.isfinite(hessian).all():
        return 0.1
    steepest = float(np.abs(np.linalg.eigvalsh((hessian + hessian.T) / 2)).max())
    return min(0.1, float(f"{1 / steepest:.0e}")) if steepest > 0 else 0.1


def _build(node: ast.expr, names: Mapping[str, Any], sympy: Any) -> Any:
    """The sympy expression of a checked node."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return _number(value, sympy)
        case ast.Name(id=name):
            return names[name]
        case ast.UnaryOp(op=op, operand=operand):
            inner = _build(operand, names, sympy)
            return -inner if isinstance(op, ast.USub) else inner
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)](_build(left, names, sympy), _build(right, names, sympy))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _apply(name, [_build(argument, names, sympy) for argument in arguments], sympy)
    raise AssertionError(node)


def _number(value: float, sympy: Any) -> Any:
    """A whole number as such, so that a formula says 2x and not 2.0x."""
    return sympy.Integer(int(value)) if float(value).is_integer() else sympy.Float(value)


def _apply(name: str, arguments: list[Any], sympy: Any) -> Any:
    x = arguments[0]
    if name == "relu":
        return sympy.Max(0, x)
    if name == "sigmoid":
        return 1 / (1 + sympy.exp(-x))
    if name == "softplus":
        return sympy.log(1 + sympy.exp(x))
    return getattr(sympy, FUNCTIONS[name][0])(*arguments)
