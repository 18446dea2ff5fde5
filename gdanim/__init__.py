"""gdanim: animations of gradient descent that explain themselves.

The public names, which are also the glossary:

Spec        one animation as plain data
animate     draw a Spec into GIF or MP4 files
trace       the numbers behind a Spec
descend     run an optimizer down a loss
Loss        L(theta) and its exact gradient
Function    a loss from a plain Python function
Optimizer   a pair of pure functions, init and update
Trajectory  where a descent went: theta, loss and gradient at every iterate
GdanimError what is raised when a request makes no sense or cannot be carried out
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing's, which takes a while to load

if TYPE_CHECKING:
    from typing import Any

    from gdanim.animation import animate
    from gdanim.descent import Trajectory, descend
    from gdanim.errors import GdanimError
    from gdanim.losses.base import Loss
    from gdanim.losses.function import Function
    from gdanim.optimizers import Optimizer
    from gdanim.plan import trace
    from gdanim.spec import Spec

__version__ = "0.1.0"
__all__ = [
    "Function",
    "GdanimError",
    "Loss",
    "Optimizer",
    "Spec",
    "Trajectory",
    "animate",
    "descend",
    "trace",
]

# Loaded on first use, so that `gdanim --help` needs neither numpy nor matplotlib.
_HOMES = {
    "Function": "losses.function",
    "GdanimError": "errors",
    "Loss": "losses.base",
    "Optimizer": "optimizers",
    "Spec": "spec",
    "Trajectory": "descent",
    "animate": "animation",
    "descend": "descent",
    "trace": "plan",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'gdanim' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"gdanim.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
