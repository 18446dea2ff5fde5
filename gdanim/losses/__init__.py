"""The losses by name."""

from __future__ import annotations

from collections.abc import Callable

from gdanim.losses.base import Loss
from gdanim.losses.surfaces import quadratic
from gdanim.options import build

LOSSES: dict[str, Callable[..., Loss]] = {
    "quadratic": quadratic,
}


def make_loss(call: str) -> Loss:
    """The loss that `NAME` or `NAME:KEY=VALUE,…` names."""
    return build("loss", LOSSES, call)
