"""Loss: L(theta), its exact gradient, and what a picture of it needs to know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gdanim.losses.written import shown

if TYPE_CHECKING:
    from gdanim.data import Table

Array = npt.NDArray[np.float64]


class Minimum(NamedTuple):
    """A known minimum: where, and the loss there."""

    theta: tuple[float, ...]
    value: float


class Loss:
    """A differentiable function of flat float64 parameters.

    Attributes:
        name: as `--loss` takes it.
        parameters: the names of theta's n components.
        formula: L as mathtext, without the dollars.
        gradient_formula: each partial derivative as mathtext, n of them.
        expression: L as `--loss` reads it, every number with all its digits; "" where there is none.
        minima: those that are known.
        start: a starting point that shows something, n numbers.
        learning_rate: a step size for gradient descent that suits `start`.
        domain: lowest and highest value worth seeing, for each parameter.
        framed: whether the domain was chosen for it, and is what a picture shows.
        source: where the function comes from.
        numerical: whether the gradient is found by differences of the loss, and not exact.
        table: the data that it is the mean over; None where there are none.
    """

    name: str
    parameters: tuple[str, ...]
    formula: str
    gradient_formula: tuple[str, ...]
    expression: str = ""
    minima: tuple[Minimum, ...] = ()
    start: tuple[float, ...]
    learning_rate: float = 0.1
    domain: tuple[tuple[float, float], ...]
    framed: bool = True
    source: str = ""
    numerical: bool = False
    table: Table | None = None

    @property
    def equations(self) -> tuple[str, ...]:
        """What defines the loss, as mathtext: names for parts of it, L, and the values of letters."""
        return (f"L = {self.formula}",)

    @property
    def gradient_expression(self) -> tuple[str, ...]:
        """Each partial derivative as `--loss` reads it, "" for a long one; none where none is known."""
        return ()

    def value(self, theta: Array) -> Array:
        """L at theta: (..., n) → (...)."""
        raise NotImplementedError

    def gradient(self, theta: Array) -> Array:
        """∇L at theta, exact unless `numerical`: (..., n) → (..., n)."""
        raise NotImplementedError

    def write_gradient(self, theta: Array, out: Array) -> None:
        """∇L at the thetas of R runs into an array: (R, n) → (R, n); the innermost part of a descent."""
        out[:] = self.gradient(theta)

    def fault(self, theta: Array) -> str:
        """What in its data makes it no finite number at theta, (n,), in words; "" where none is known."""
        return ""

    def hessian(self, theta: Array) -> Array:
        """∇²L at theta: (n,) → (n, n), symmetric; by central differences of the exact gradient."""
        point = np.asarray(theta, dtype=np.float64)
        step = np.cbrt(np.finfo(np.float64).eps) * np.maximum(1.0, np.abs(point))
        shifts = np.diag(step)
        rows = (self.gradient(point + shifts) - self.gradient(point - shifts)) / (2 * step[:, None])
        return np.asarray((rows + rows.T) / 2)


@dataclass(frozen=True, eq=False)
class ClosedForm(Loss):
    """A loss given by formulas of its coordinates.

    Args:
        function: (w1, …, wn) → L, each an array or a number.
        partials: (w1, …, wn) → (∂L/∂w1, …, ∂L/∂wn).
        slopes: each partial derivative as an expression, or a function that puts them together.
        formula: mathtext; that of the expression when empty.
        gradient_formula: mathtext; that of the slopes when empty.
    """

    name: str
    parameters: tuple[str, ...]
    function: Callable[..., Any]
    partials: Callable[..., tuple[Any, ...]]
    start: tuple[float, ...]
    domain: tuple[tuple[float, float], ...]
    expression: str = ""
    slopes: tuple[str, ...] | Callable[[], tuple[str, ...]] = ()
    formula: str = ""
    gradient_formula: tuple[str, ...] = ()
    minima: tuple[Minimum, ...] = ()
    learning_rate: float = 0.1
    source: str = ""

    def __post_init__(self) -> None:
        if not self.formula:
            object.__setattr__(self, "formula", shown(self.expression))
        if not self.gradient_formula:
            object.__setattr__(self, "gradient_formula", tuple(map(shown, self.gradient_expression)))

    @property
    def gradient_expression(self) -> tuple[str, ...]:
        return self.slopes() if callable(self.slopes) else self.slopes

    def value(self, theta: Array) -> Array:
        return np.asarray(self.function(*_coordinates(theta)))

    def gradient(self, theta: Array) -> Array:
        gradient = np.empty_like(theta)
        for i, partial in enumerate(self.partials(*_coordinates(theta))):
            gradient[..., i] = partial
        return gradient

    def write_gradient(self, theta: Array, out: Array) -> None:
        # The shape of runs that descend together, at half the cost of what is general.
        columns = [theta[:, i] for i in range(theta.shape[1])]
        for i, partial in enumerate(self.partials(*columns)):
            out[:, i] = partial


def _coordinates(theta: Array) -> list[Any]:
    """(..., n) → n arrays or numbers; a tenth of the cost of moveaxis."""
    return [theta[..., i] for i in range(theta.shape[-1])]


def names(count: int) -> tuple[str, ...]:
    """w, or w1 … wn.

    >>> names(1), names(3)
    (('w',), ('w1', 'w2', 'w3'))
    """
    return ("w",) if count == 1 else tuple(f"w{i}" for i in range(1, count + 1))
