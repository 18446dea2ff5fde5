"""What a plan refuses about its views, its numbers and its time, each in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from gdanim.errors import GdanimError
from gdanim.kinds import LARGEST_DRAWN
from gdanim.layout import Layout
from gdanim.losses.base import Array, Loss
from gdanim.spec import Spec
from gdanim.timeline import HOLD
from gdanim.views import FOREVER, SQUARE

if TYPE_CHECKING:
    from gdanim.losses.learned import Learned
    from gdanim.optimizers.base import Optimizer, Step


def check_recorded(layout: Layout) -> None:
    """Refuse what needs to know how a run was computed."""
    for kind in layout.kinds:
        if kind.unknown:
            raise GdanimError(
                f"'{kind.name}' shows {kind.unknown}, and of a recorded path that is not known",
                where=["view"],
            )


def check_computed(layout: Layout, loss: Loss, spec: Spec, optimizer: Optimizer | Step | None) -> None:
    """Refuse what takes too long to be computed, and what needs an optimizer's name."""
    if spec.state and optimizer is not None:
        raise GdanimError(
            "shows what optimizers remember that have a name (see gdanim list optimizers)", where=["state"]
        )
    for kind in layout.kinds:
        if spec.iterations > kind.longest:
            raise GdanimError(
                f"'{kind.name}' shows at most {kind.longest:,}, and not {spec.iterations:,}",
                where=["iterations"],
            )
        times = max(1, spec.iterations) if kind.longest < FOREVER else 1
        if loss.table is not None and loss.work * times > kind.heaviest:
            rows = max(2, kind.heaviest * len(loss.table) // (loss.work * times))
            steps = f" of {spec.iterations:,} iterations" if times > 1 else ""
            raise GdanimError(
                f"'{kind.name}' makes many descents{steps} at once, too many for {len(loss.table):,} rows; up"
                f" to about {rows:,} are quick enough",
                where=["view"],
            )
        if kind.computes and optimizer is not None:
            raise GdanimError(
                f"'{kind.name}' shows {kind.unknown}, and knows those with a name only (see gdanim list"
                " optimizers)",
                where=["view"],
            )


def check_pictured(layout: Layout, loss: Loss) -> None:
    """Refuse pictures of weights of a formula, whose parameters stand before no pixels in order."""
    if any(kind.features == SQUARE for kind in layout.kinds):
        from gdanim.losses.layering import is_net  # read only where a model is

        if not is_net(cast("Learned", loss)):
            raise GdanimError(
                f"'weights' shows nets and weighted sums, and '{loss.name}' is a formula", where=["view"]
            )


def check_drawable(loss: Loss, start: Array) -> None:
    """Refuse numbers whose squares and differences are too large for a picture; a trace has them all."""
    with np.errstate(all="ignore"):
        value = abs(float(loss.value(start)))
    largest = max(value, float(abs(start).max()))
    if largest > LARGEST_DRAWN:
        what = f"the loss there, {value:g}, is" if value == largest else "it is"
        raise GdanimError(
            f"{what} too large to be drawn; up to {LARGEST_DRAWN:g} is (gdanim trace prints any)",
            where=["start"],
        )


def check_pauses(spec: Spec, last: int) -> None:
    """Refuse a pause at an iterate that there is not, and a hold beside one at the last."""
    for k, _ in spec.pause:
        if k > last:
            raise GdanimError(f"there is no iterate {k}; the last is {last}", where=["pause"])
        if k == last and spec.hold != HOLD:
            raise GdanimError(
                f"iterate {k} is the last, and --hold says how long it stays; leave one of them out",
                where=["pause"],
            )
