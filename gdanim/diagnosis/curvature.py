"""How a loss curves at a point: the eigenvalues of its Hessian, and whether they are the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gdanim.losses.base import Array, Loss

DENSE = 64  # parameters up to which the Hessian is written out
PRODUCTS = 24  # of Hessian and vector at most, where it is not
ENDS = 1e-3  # of the largest eigenvalue: so well the outermost two have to be known
CLOSE = 1e-6  # of the same: so well there is no need to know them better
AFFINE = 1e-8  # of a derivative: a gradient that departs less from a straight line is straight
FAR = (0.4, -2.0, -15.0, 11.0)  # sizes of the landscape away, where a gradient is looked at
EXACT = 1e-10  # of an eigenvalue: how well it is known where the Hessian is written out


@dataclass(frozen=True)
class Curvature:
    """Eigenvalues of a Hessian.

    Attributes:
        values: ascending, (n,); of a large Hessian the outermost two only.
        vectors: (n, n), a column for each eigenvalue; None where the Hessian is large.
    """

    values: Array
    vectors: Array | None

    @property
    def low(self) -> float:
        return float(self.values[0])

    @property
    def high(self) -> float:
        return float(self.values[-1])

    @property
    def precision(self) -> float:
        """How well the eigenvalues are known, in shares of the largest."""
        return EXACT if self.vectors is not None else ENDS

    def along(self, vector: Array) -> Array:
        """How much of a vector could lie in each direction: 0 only where nothing does, to the last bit."""
        if self.vectors is None:
            return np.ones_like(self.values)
        return np.asarray(np.abs(self.vectors).T @ np.abs(vector))

    def newton_step(self, gradient: Array) -> Array | None:
        """−H⁺ g: from here to where the gradient vanishes, if the loss is a quadratic; (n,)."""
        if self.vectors is None:
            return None
        flat = np.abs(self.values) <= EXACT * np.abs(self.values).max()
        inverse = np.where(flat, 0.0, 1 / np.where(flat, 1.0, self.values))
        return np.asarray(-self.vectors @ (inverse * (self.vectors.T @ gradient)))


def curvature_at(loss: Loss, theta: Array) -> Curvature | None:
    """At theta (n,); None where it is not finite, or large and not found within PRODUCTS products."""
    if len(theta) > DENSE:
        step = np.cbrt(np.finfo(np.float64).eps) * max(1.0, float(np.abs(theta).max()))
        return _outermost(loss, theta, step)
    hessian = np.asarray(loss.hessian(theta), dtype=np.float64)
    return _decomposed((hessian + hessian.T) / 2)


def constant_curvature(loss: Loss, theta: Array) -> Curvature | None:
    """The curvature of a quadratic; None where the loss is none.

    Its gradient is affine: looked at near and far in a direction that has to do with all parameters.
    The Hessian then follows from differences over any distance, exact but for rounding.
    """
    n, size = len(theta), float(max(high - low for low, high in loss.domain))
    direction = np.cos(1.0 + np.arange(n)) / np.sqrt(n)
    distances = size * np.array(FAR)[:, None]
    here = loss.gradient(theta)
    slopes = (loss.gradient(theta + distances * direction) - here) / distances
    rounding = np.finfo(np.float64).eps * 1e3 * float(np.abs(here).max()) / size
    straight = np.ptp(slopes, axis=0).max() <= AFFINE * np.abs(slopes).max() + rounding
    if not straight:  # as for what is not finite
        return None
    if n > DENSE:
        return _outermost(loss, theta, size)
    shifts = size * np.eye(n)
    hessian = (loss.gradient(theta + shifts) - loss.gradient(theta - shifts)) / (2 * size)
    return _decomposed((hessian + hessian.T) / 2)


def _decomposed(hessian: Array) -> Curvature | None:
    if not np.isfinite(hessian).all():
        return None
    if len(hessian) == 1:
        return Curvature(hessian[0], np.ones((1, 1)))
    values, vectors = np.linalg.eigh(hessian)
    return Curvature(values, vectors)


def _outermost(loss: Loss, theta: Array, step: float) -> Curvature | None:
    """The smallest and the largest eigenvalue by Lanczos' method, with differences of the gradient.

    Source: Golub and Van Loan (2013), Matrix Computations, section 10.1; every vector is made
    orthogonal to all before.
    """

    def product(vector: Array) -> Array:
        long = step / float(np.abs(vector).max())
        return (loss.gradient(theta + long * vector) - loss.gradient(theta - long * vector)) / (2 * long)

    return lanczos(product, len(theta))


def lanczos(product: Callable[[Array], Array], n: int) -> Curvature | None:
    """The outermost eigenvalues of a symmetric matrix that is known by its products with vectors.

    Returns:
        None where the largest is not known to ENDS after PRODUCTS products; the smallest is NaN where
        it is not.
    """
    vector = np.random.default_rng(0).normal(size=n)
    basis = [vector / np.linalg.norm(vector)]
    diagonal: list[float] = []
    beside: list[float] = []
    for count in range(min(PRODUCTS, n)):
        image = product(basis[-1])
        if not np.isfinite(image).all():
            return None
        diagonal.append(float(basis[-1] @ image))
        known = np.array(basis)
        for _ in range(2):
            image = image - known.T @ (known @ image)
        length = float(np.linalg.norm(image))
        values, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1))
        largest = float(np.abs(values).max())
        off = length * np.abs(vectors[-1, [0, -1]])  # no farther is an eigenvalue from either
        if off.max() <= CLOSE * largest and count > 0:
            break
        beside.append(length)
        basis.append(image / length)
    low, high = np.where(off <= ENDS * largest, values[[0, -1]], np.nan)
    return Curvature(np.array([low, high]), None) if np.isfinite(high) else None
