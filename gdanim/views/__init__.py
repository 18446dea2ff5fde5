"""The views by name."""

from __future__ import annotations

from gdanim.views.base import Scene, View
from gdanim.views.curve import Curve
from gdanim.views.history import History

__all__ = ["VIEWS", "Scene", "View"]

VIEWS: dict[str, type[View]] = {
    "curve": Curve,
    "history": History,
}
