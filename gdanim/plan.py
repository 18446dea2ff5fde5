"""The plan: a Spec resolved into everything a figure needs. What can be refused is refused here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gdanim.comparison import labelled
from gdanim.descent import Descent, Trajectory, descend_together, prepared, recorded
from gdanim.errors import FAILED, GdanimError, unknown
from gdanim.heights import check_log
from gdanim.kinds import LARGEST_DRAWN
from gdanim.layout import Layout, layout_of, no_room, region_of
from gdanim.lesson import Lesson
from gdanim.losses.base import Array, Loss
from gdanim.minimised import loss_of
from gdanim.notes import notes_of
from gdanim.paths import Path, read_paths
from gdanim.paths.base import LARGEST
from gdanim.runs import MOST_RUNS, too_many
from gdanim.spec import ONE_CAPTION, Spec
from gdanim.text import Text
from gdanim.theme import Theme, make_theme, text_size
from gdanim.timeline import ARROW, HOLD, SMOOTH_FPS, Moment, Timeline
from gdanim.timeline import plan as lay_out

if TYPE_CHECKING:
    from gdanim.optimizers.base import Optimizer, Step

MOST_MEMORY = 2 * 2**30  # bytes of all runs' iterates and gradients
# Bytes that a pixel adds to a GIF or an MP4 in every frame: of what moves on a still ground, and of all.
SHARE, HEAVY_SHARE = 0.006, 0.04
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
        still: what a picture on its own shows.
        lesson: how backpropagation is told, where a view shows it.
        moving: whether there are frames, or only that picture.
    """

    spec: Spec
    loss: Loss
    runs: tuple[Trajectory, ...]
    layout: Layout
    text: Text
    theme: Theme
    timeline: Timeline
    still: Moment
    lesson: Lesson | None = None
    moving: bool = True

    @property
    def text_size(self) -> float:
        """Size of ordinary text, in rendered pixels."""
        return text_size(*self.spec.size) * self.spec.scale

    @property
    def heavy(self) -> bool:
        """Whether drawing a frame takes longer than encoding it."""
        return any(kind.heavy(self.spec) for kind in self.layout.kinds)

    @property
    def bytes(self) -> float:
        """About how large a file of it becomes."""
        width, height = self.spec.rendered
        return len(self.timeline) * width * height * (HEAVY_SHARE if self.heavy else SHARE)

    @property
    def notes(self) -> list[str]:
        """What in this figure changes nothing, and what is left out, a sentence each."""
        return notes_of(self)


def plan(
    spec: Spec,
    loss: Loss | None = None,
    optimizer: Optimizer | Step | None = None,
    fastest: float = SMOOTH_FPS,
    moving: bool = True,
) -> Plan:
    """Resolve a Spec.

    Args:
        loss, optimizer: what is minimised and how, in place of what the Spec names.
        fastest: frames a second that are not exceeded where none are asked for.
        moving: whether there are frames, or only a picture on its own.

    Raises:
        GdanimError: whatever makes no sense; nothing has been written or started.
    """
    text, theme = Text(spec.lang), make_theme(spec.theme)
    resolved = _resolved(spec, loss, optimizer)
    loss = resolved.loss
    for start in resolved.starts:
        _check_drawable(loss, start)
    layout = layout_of(spec.view, len(loss.parameters), resolved.total, spec.grid, _data_of(loss))
    if resolved.paths:
        _check_recorded(layout)
    _check_computed(layout, spec, optimizer)
    lesson = _lesson(spec, loss) if any(kind.graph for kind in layout.kinds) else None
    beats = lesson.fractions if lesson else []
    if spec.ylim and len(loss.parameters) == 1:
        raise GdanimError(
            "the loss has one parameter, which --xlim frames; --zlim frames the loss", where=["ylim"]
        )
    for name in spec.axes:
        if name not in loss.parameters:
            raise unknown("parameter", name, loss.parameters, where="axes")
    if layout.crowded(region_of(spec.size, spec.scale, LEAST_LINES), text_size(*spec.size) * spec.scale):
        raise no_room(spec, layout, (MOST_LINES[0], max(MOST_LINES[1], 1 + 1.65 * resolved.total)))
    # Before anything is computed, for what it refuses; a run that overflows makes it shorter.
    _timeline(spec, spec.iterations, fastest, beats, resolved.total)
    runs = resolved.trajectories()
    if lesson:
        lesson.graph.check(runs[0].theta)
    if spec.log and any("log" in kind.uses for kind in layout.kinds):
        check_log(loss, runs)
    last = max(run.iterations for run in runs)
    _check_pauses(spec, last if resolved.paths and not resolved.descents else max(last, spec.iterations))
    timeline = _timeline(spec, last, fastest, beats, resolved.total)
    still = _still(spec, last, timeline.between and moving and len(runs) == 1, len(beats))
    if not moving:
        timeline = Timeline((still,), (0.0,), timeline.fps, 1)
    return Plan(spec, loss, runs, layout, text, theme, timeline, still, lesson, moving)


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
    return _resolved(spec, loss, optimizer).trajectories()


class _Resolved(NamedTuple):
    """What is descended and drawn, before anything is computed."""

    loss: Loss
    paths: list[Path]
    descents: list[Descent]
    iterations: int

    @property
    def total(self) -> int:
        """How many runs there are."""
        return len(self.paths) + len(self.descents)

    @property
    def starts(self) -> list[Array]:
        """Where each run starts, (n,)."""
        return [*(path.theta[0] for path in self.paths), *(descent.start for descent in self.descents)]

    def trajectories(self) -> tuple[Trajectory, ...]:
        """Every run, computed now, with what tells it from the others."""
        known = [recorded(self.loss, path.theta, path.label) for path in self.paths]
        return labelled([*known, *descend_together(self.loss, self.descents, self.iterations)])


def _resolved(spec: Spec, loss: Loss | None, optimizer: Optimizer | Step | None) -> _Resolved:
    files = [(name, _contents(name)) for name in spec.path]
    if loss is None:
        columns = [path.theta.shape[1] for name, data in files for path in read_paths(name, data)]
        loss = loss_of(spec, columns[0] if columns else None)
    paths = [path for name, data in files for path in read_paths(name, data, loss.parameters)]
    descents = [] if paths and not spec.run else _descents(spec, loss, optimizer)
    resolved = _Resolved(loss, paths, descents, spec.iterations)
    needed = 16 * (spec.iterations + 1) * len(loss.parameters) * len(descents)
    if needed > MOST_MEMORY:
        raise GdanimError(
            f"{len(descents)} run{'s' if len(descents) > 1 else ''} of {spec.iterations:,} steps with"
            f" {len(loss.parameters)} parameters need {needed / 2**30:.1f} GiB of memory; at most"
            f" {MOST_MEMORY // 2**30} are used",
            where=["iterations"],
        )
    if resolved.total > MOST_RUNS:
        raise too_many(resolved.total, "path")
    if spec.caption and resolved.total > 1:
        raise GdanimError(ONE_CAPTION, where=["caption"])
    return resolved


def _contents(name: str) -> bytes:
    """A file's bytes; no more than will be read."""
    try:
        with open(name, "rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise GdanimError(f"cannot read '{name}': {reason}", where=["path"], exit_code=FAILED) from None


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
            batch_size=run.batch_size,
            seed=run.seed or 0,
        )
        for run in spec.runs
    ]


def _data_of(loss: Loss) -> tuple[int, int]:
    """Of how many features and classes a loss's data are."""
    return (0, 0) if loss.table is None else (len(loss.table.columns), len(loss.table.classes))


def _check_recorded(layout: Layout) -> None:
    """Refuse what needs to know how a run was computed."""
    for kind in layout.kinds:
        if kind.unknown:
            raise GdanimError(
                f"'{kind.name}' shows {kind.unknown}, and of a recorded path that is not known",
                where=["view"],
            )


def _check_computed(layout: Layout, spec: Spec, optimizer: Optimizer | Step | None) -> None:
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
        if kind.computes and optimizer is not None:
            raise GdanimError(
                f"'{kind.name}' shows {kind.unknown}, and knows those with a name only (see gdanim list"
                " optimizers)",
                where=["view"],
            )


def _check_drawable(loss: Loss, start: Array) -> None:
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


def _check_pauses(spec: Spec, last: int) -> None:
    """Refuse a pause at an iterate that there is not, and a hold beside one at the last."""
    for k, _ in spec.pause:
        if k > last:
            raise GdanimError(f"there is no iterate {k}; the last is {last}", where=["pause"])
        if k == last and spec.hold != HOLD:
            raise GdanimError(
                f"iterate {k} is the last, and --hold says how long it stays; leave one of them out",
                where=["pause"],
            )


def _still(spec: Spec, last: int, told: bool, beats: int) -> Moment:
    """The moment of a still: its iterate with all that is told of it, and the ball still there."""
    k = last if isinstance(spec.at, str) else spec.at
    if k > last:
        raise GdanimError(f"there is no iterate {k}; the last is {last}", where=["at"])
    return Moment(k, ARROW if told and k < last else 0.0, beats if k < last else 0)


def _lesson(spec: Spec, loss: Loss) -> Lesson:
    from gdanim.losses.backprop import backprop  # read only where a graph is shown

    return Lesson(backprop(loss), told=spec.beats is not False)


def _timeline(spec: Spec, iterations: int, fastest: float, beats: Sequence[float], runs: int) -> Timeline:
    return lay_out(
        iterations=iterations,
        fps=spec.fps,
        tween=spec.tween,
        step_seconds=spec.step_seconds,
        seconds=spec.seconds,
        pauses=dict(spec.pause),
        hold=spec.hold,
        fastest=fastest,
        beats=beats,
        told=runs == 1 and not beats,
    )
