"""A loss on a plane of its parameters, as a loss of two."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gdanim.losses.base import Array, Loss, Minimum

PART = 1 << 20  # numbers of points at a time: 8 MiB
ON = 1e-3  # of the domain's diagonal: a minimum so near to the plane is on it, for the eye


class Flat(Loss):
    """L(s, t) = L(origin + s·u + t·v); by the chain rule ∂L/∂s = u·∇L and ∂L/∂t = v·∇L.

    Args:
        loss: of n parameters.
        origin: (n,).
        basis: (2, n), u and v, orthonormal.
        parameters: names of s and t.
        domain: lowest and highest value worth seeing of s and of t.
        framed: whether that is what a picture shows.

    >>> from gdanim.losses import make_loss
    >>> loss = make_loss("quadratic:centre=0", dimension=3)
    >>> flat = Flat(loss, np.array([0.0, 0.0, 2.0]), np.eye(3)[:2], ("s", "t"))
    >>> float(flat.value(np.array([1.0, 1.0]))), flat.gradient(np.array([1.0, 3.0])).tolist()
    (6.0, [2.0, 6.0])
    """

    formula = r"\ldots"
    gradient_formula = (r"\ldots", r"\ldots")

    def __init__(
        self,
        loss: Loss,
        origin: Array,
        basis: Array,
        parameters: tuple[str, ...],
        domain: tuple[tuple[float, float], ...] = ((-1.0, 1.0), (-1.0, 1.0)),
        framed: bool = True,
    ) -> None:
        self.of, self.origin, self.basis = loss, origin, basis
        self.name, self.source = loss.name, loss.source
        self.numerical, self.table = loss.numerical, loss.table
        self.parameters, self.domain, self.framed = parameters, domain, framed
        self.start = tuple(self.coordinates(np.array(loss.start)).tolist())
        self.learning_rate = loss.learning_rate
        reach = ON * float(np.linalg.norm([high - low for low, high in domain]))
        places = ((self.coordinates(np.array(m.theta)), m) for m in loss.minima)
        self.minima = tuple(
            Minimum(tuple(place.tolist()), minimum.value)
            for place, minimum in places
            if np.linalg.norm(self.point(place) - minimum.theta) <= reach
        )

    def coordinates(self, theta: Array) -> Array:
        """Where the feet of perpendiculars to the plane are, (..., n) → (..., 2)."""
        return np.asarray((theta - self.origin) @ self.basis.T)

    def point(self, place: Array) -> Array:
        """θ at places of the plane, (..., 2) → (..., n)."""
        return np.asarray(self.origin + place @ self.basis)

    def value(self, theta: Array) -> Array:
        parts = [np.broadcast_to(self.of.value(points), len(points)) for points in self._parts(theta)]
        return np.concatenate([*parts, np.empty(0)]).reshape(np.shape(theta)[:-1])

    def gradient(self, theta: Array) -> Array:
        parts = [self.of.gradient(points) @ self.basis.T for points in self._parts(theta)]
        return np.concatenate([*parts, np.empty((0, 2))]).reshape(np.shape(theta))

    def glimpse(self, points: int) -> Loss:
        seen = self.of.glimpse(points)
        if seen is self.of:
            return self
        return Flat(seen, self.origin, self.basis, self.parameters, self.domain, self.framed)

    @property
    def work(self) -> int:
        return self.of.work

    def _parts(self, theta: Array) -> Iterator[Array]:
        """θ of places (..., 2), some at a time, (≤ PART/n, n)."""
        flat = np.asarray(theta, dtype=np.float64).reshape(-1, 2)
        most = max(1, PART // len(self.origin))
        for i in range(0, len(flat), most):
            yield self.point(flat[i : i + most])
