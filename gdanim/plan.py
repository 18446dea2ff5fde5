"""The plan: a Spec resolved into everything a figure needs. What can be refused is refused here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gdanim.comparison import labelled
from gdanim.descent import Descent, Trajectory, descend_together, prepared
from gdanim.errors import GdanimError, unknown
from gdanim.layout import Layout, layout_of, no_room, region_of
from gdanim.losses import is_formula, make_loss
from gdanim.losses.base import Loss
from gdanim.option import Needs
from gdanim.spec import Spec
from gdanim.text import Text
from gdanim.theme import Theme, make_theme, text_size
from gdanim.timeline import Timeline
from gdanim.timeline import plan as lay_out
from gdanim.views import VIEWS

if TYPE_CHECKING:
    from gdanim.optimizers.base import Optimizer, Step

LARGEST_DRAWN = 1e100
# Sizes of text that stand above and below the panels of any figure, and of one with much to say.
LEAST_LINES, MOST_LINES = (4.5, 2.4), (9.5, 6.7)


@dataclass(frozen=True)
class Plan:
    """All that a figure needs.

    Attributes:
        loss: what is minimised.
        runs: the trajectories shown.
        layout: the panels.
        text, theme: words and colours.
        timeline: what each picture of the animation shows, and for how long.
    """

    spec: Spec
    loss: Loss
    runs: tuple[Trajectory, ...]
    layout: Layout
    text: Text
    theme: Theme
    timeline: Timeline

    @property
    def text_size(self) -> float:
        """Size of ordinary text, in rendered pixels."""
        return text_size(*self.spec.size) * self.spec.scale

    @property
    def heavy(self) -> bool:
        """Whether drawing a frame takes longer than encoding it."""
        return any(kind.heavy(self.spec) for kind in self.layout.kinds)

    @property
    def notes(self) -> list[tuple[str, str]]:
        """Options that change nothing in this figure: the field's name, and why."""
        uses = {name for kind in self.layout.kinds for name in kind.uses}
        missing = {
            Needs.A_VIEW: lambda name: name not in uses and _shown_by(name),
            Needs.SEVERAL_RUNS: lambda _: (
                len(self.runs) == 1 and "there is only one run to compare; see --run"
            ),
            Needs.NOISE: lambda _: (
                not any(run.noise for run in self.runs) and "there is no noise; see --noise"
            ),
            Needs.COMPUTED: lambda _: (
                all(run.recorded for run in self.runs) and "every path is a recorded one; see --run"
            ),
        }
        noted = ((o.name, missing[o.needs](o.name)) for o in self.spec.given if o.needs is not None)
        return [(name, why) for name, why in noted if why]


def plan(spec: Spec, loss: Loss | None = None, optimizer: Optimizer | Step | None = None) -> Plan:
    """Resolve a Spec.

    Args:
        loss, optimizer: what is minimised and how, in place of what the Spec names.

    Raises:
        GdanimError: whatever makes no sense; nothing has been written or started.
    """
    text, theme = Text(spec.lang), make_theme(spec.theme)
    loss = loss or loss_of(spec)
    descents = _descents(spec, loss, optimizer)
    for descent in descents:
        _check_drawable(loss, descent)
    layout = layout_of(spec.view, len(loss.parameters), len(descents), spec.grid)
    for name in spec.axes:
        if name not in loss.parameters:
            raise unknown("parameter", name, loss.parameters, where="axes")
    if layout.crowded(region_of(spec.size, spec.scale, LEAST_LINES), text_size(*spec.size) * spec.scale):
        raise no_room(spec, layout, (MOST_LINES[0], max(MOST_LINES[1], 1 + 1.65 * len(descents))))
    # Before anything is computed, for what it refuses; a run that overflows makes it shorter.
    _timeline(spec, spec.iterations)
    runs = _descend(loss, descents, spec.iterations)
    timeline = _timeline(spec, max(run.iterations for run in runs))
    return Plan(spec, loss, runs, layout, text, theme, timeline)


def trace(
    spec: Spec, loss: Loss | None = None, optimizer: Optimizer | Step | None = None
) -> tuple[Trajectory, ...]:
    """The trajectories behind a Spec, one for each run it compares.

    Args:
        loss, optimizer: what is minimised and how, in place of what the Spec names.

    Raises:
        GdanimError: a Spec that makes no sense.

    >>> [round(float(run.theta[-1, 0]), 3) for run in trace(Spec(iterations=1))]
    [4.4]
    """
    Text(spec.lang)
    loss = loss or loss_of(spec)
    return _descend(loss, _descents(spec, loss, optimizer), spec.iterations)


def loss_of(spec: Spec) -> Loss:
    """The loss that a Spec names, with as many parameters as its start has numbers."""
    starts = [run.start for run in spec.runs if run.start is not None]
    formula = is_formula(spec.loss)
    for name in ("let", "parameters"):
        if getattr(spec, name) and not formula:
            call = spec.loss.partition(":")[0]
            raise GdanimError(
                f"belongs to a formula, and '{call}' is a loss with a name; its options are listed by"
                " gdanim list losses",
                where=[name],
            )
    return make_loss(
        spec.loss,
        dimension=len(starts[0]) if starts else None,
        constants=dict(spec.let),
        parameters=spec.parameters,
    )


def _descents(spec: Spec, loss: Loss, optimizer: Optimizer | Step | None) -> list[Descent]:
    return [
        prepared(
            loss,
            optimizer or run.optimizer or "gd",
            start=run.start,
            learning_rate=run.learning_rate,
            iterations=spec.iterations,
            schedule=run.schedule or "constant",
            noise=run.noise or 0.0,
            seed=run.seed or 0,
        )
        for run in spec.runs
    ]


def _descend(loss: Loss, descents: Sequence[Descent], iterations: int) -> tuple[Trajectory, ...]:
    return labelled(descend_together(loss, descents, iterations))


def _check_drawable(loss: Loss, descent: Descent) -> None:
    """Refuse numbers whose squares and differences are too large for a picture; a trace has them all."""
    value = abs(float(loss.value(descent.start)))
    largest = max(value, float(abs(descent.start).max()))
    if largest > LARGEST_DRAWN:
        what = f"the loss there, {value:g}, is" if value == largest else "it is"
        raise GdanimError(
            f"{what} too large to be drawn; up to {LARGEST_DRAWN:g} is (gdanim trace prints any)",
            where=["start"],
        )


def _timeline(spec: Spec, iterations: int) -> Timeline:
    return lay_out(
        iterations=iterations, fps=spec.fps, tween=spec.tween, seconds=spec.seconds, hold=spec.hold
    )


def _shown_by(name: str) -> str:
    able = " or ".join(f"--view {kind.name}" for kind in VIEWS.values() if name in kind.uses)
    return f"no view is shown that it could change; see {able}"
