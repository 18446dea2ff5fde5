"""The scene of a panel that shows a loss of many parameters on a plane of them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from gdanim.losses.base import Array
from gdanim.views.base import Scene
from gdanim.views.window import limits_of, window_of


@dataclass(frozen=True)
class PlanarScene(Scene):
    """A scene on a plane: its loss is that on the plane, its runs are projected.

    Attributes:
        whole: the scene of all parameters.
    """

    whole: Scene | None = None

    @cached_property
    def exact_gradient(self) -> Array:
        """The component in the plane of the gradient at each iterate itself: (T+1, 2)."""
        assert self.whole is not None
        assert self.plane is not None
        return np.asarray(self.whole.exact_gradient @ self.plane.loss.basis.T)


def on_plane(scene: Scene) -> Scene:
    """What a panel from above draws from: where the parameters are many, the plane and all on it."""
    if scene.plane is None:
        return scene
    plane = scene.plane
    numbers = [next(i for i, run in enumerate(scene.everyone) if run is own) for own in scene.runs]
    # Where a slice is cut is a line along an axis only where the axes are parameters.
    kinds = scene.kinds if plane.share is None else tuple(replace(kind, cuts=False) for kind in scene.kinds)
    window = window_of(plane.loss, plane.runs, scene.spec)
    floor, ceiling = limits_of(plane.loss, plane.runs, window, scene.spec.zlim)
    same = {field.name: getattr(scene, field.name) for field in fields(Scene)}
    changed = {
        "loss": plane.loss,
        "runs": tuple(plane.runs[i] for i in numbers),
        "everyone": plane.runs,
        "kinds": kinds,
        "window": window,
        "floor": floor,
        "ceiling": ceiling,
        "whole": scene,
    }
    return PlanarScene(**{**same, **changed})
