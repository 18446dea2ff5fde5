"""The plan: a Spec resolved into everything a figure needs. What can be refused is refused here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from gdanim.checks import check_computed, check_drawable, check_pauses, check_pictured, check_recorded
from gdanim.comparison import labelled
from gdanim.descent import Descent, Trajectory, descend_together, prepared, recorded
from gdanim.errors import FAILED, GdanimError, unknown
from gdanim.heights import check_log
from gdanim.layout import Layout, data_of, layout_of, no_room, region_of, suitable
from gdanim.lesson import Telling
from gdanim.losses.base import Array, Loss
from gdanim.minimised import loss_of
from gdanim.notes import notes_of
from gdanim.paths import Path, read_paths
from gdanim.paths.base import LARGEST
from gdanim.planes import Plane, plane_of
from gdanim.runs import MOST_RUNS, too_many
from gdanim.spec import ONE_CAPTION, Spec
from gdanim.text import Text
from gdanim.theme import Theme, text_size
from gdanim.themefile import check_font, theme_of
from gdanim.timeline import ARROW, SMOOTH_FPS, Moment, Timeline
from gdanim.timeline import plan as lay_out

if TYPE_CHECKING:
    from gdanim.optimizers.base import Optimizer, Step

MOST_MEMORY = 2 * 2**30  # bytes of all runs' iterates and gradients
# Bytes that a pixel adds to a GIF or an MP4 in every frame: of what moves on a still ground, and of all.
SHARE, HEAVY_SHARE = 0.006, 0.04
# Sizes of text that stand above and below the panels of any figure, and of one with much to say.
LEAST_LINES, MOST_LINES = (4.5, 2.4), (9.5, 6.7)
CAPTION = 1.8  # of the line above each iterate of a strip, at least
TOLD_LINES = (6.5, 4.5)  # around a view that tells backpropagation


@dataclass(frozen=True)
class Plan:
    """All that a figure needs.

    Attributes:
        loss: what is minimised.
        runs: the trajectories shown.
        layout: the panels.
        text, theme: words and colours.
        timeline: what each picture of the animation shows, and for how long.
        still: what a picture on its own shows; the last of them, where it shows several.
        strip: these, where a picture on its own shows several.
        lesson: how backpropagation is told, where a view shows it.
        plane: on which a loss of many parameters is seen, where a view shows it from above.
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
    lesson: Telling | None = None
    plane: Plane | None = None
    moving: bool = True
    strip: tuple[Moment, ...] = ()

    @property
    def framed(self) -> tuple[Loss, tuple[Trajectory, ...]]:
        """What limits are asked for of: the loss and its runs, or both on the plane of main directions."""
        if self.plane is None or self.plane.share is None:
            return self.loss, self.runs
        return self.plane.loss, self.plane.runs

    @property
    def text_size(self) -> float:
        """Size of ordinary text, in rendered pixels."""
        return self.large * text_size(*self.spec.size) * self.spec.scale

    @property
    def large(self) -> float:
        """How many times as large text is as usual."""
        return self.theme.large

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
    text, theme = Text(spec.lang), _theme(spec)
    resolved = _resolved(spec, loss, optimizer)
    loss = resolved.loss
    for start in resolved.starts:
        check_drawable(loss, start)
    layout = _layout(spec, loss, resolved.total, moving)
    if resolved.paths:
        check_recorded(layout)
    check_computed(layout, loss, spec, optimizer)
    check_pictured(layout, loss)
    lesson = _lesson(spec, loss, layout, resolved.starts[0], theme.large)
    beats = lesson.fractions if lesson else []
    if spec.ylim and len(loss.parameters) == 1:
        raise GdanimError(
            "the loss has one parameter, which --xlim frames; --zlim frames the loss", where=["ylim"]
        )
    for name in spec.axes:
        if name not in loss.parameters:
            raise unknown("parameter", name, loss.parameters, where="axes")
    region = region_of(spec.size, spec.scale, LEAST_LINES, theme.large)
    if layout.crowded(region, theme.large * text_size(*spec.size) * spec.scale):
        lines = (MOST_LINES[0], max(MOST_LINES[1], 1 + 1.65 * resolved.total))
        raise no_room(spec, layout, lines, theme.large)
    # Before anything is computed, for what it refuses; a run that overflows makes it shorter.
    _timeline(spec, spec.iterations, fastest, beats, resolved.total)
    runs = resolved.trajectories()
    if lesson:
        lesson.check(runs[0].theta)
    if spec.log and any("log" in kind.uses for kind in layout.kinds):
        check_log(loss, runs)
    last = max(run.iterations for run in runs)
    check_pauses(spec, last if resolved.paths and not resolved.descents else max(last, spec.iterations))
    timeline = _timeline(spec, last, fastest, beats, resolved.total)
    turned = len(loss.parameters) == 2 and spec.axes not in ((), loss.parameters)
    seen = any(kind.plane for kind in layout.kinds) and (turned or len(loss.parameters) > 2)
    plane = plane_of(loss, runs, spec.axes) if seen else None
    told = timeline.between and moving and len(runs) == 1
    wanted = [("strip", k) for k in spec.strip] if layout.strip else [("at", spec.at)]
    stills = [_still(option, k, last, told, len(beats)) for option, k in wanted]
    strip = tuple(dict.fromkeys(stills)) if layout.strip else ()
    layout, still = layout._replace(strip=len(strip)), stills[-1]
    if not moving:
        timeline = Timeline((still,), (0.0,), timeline.fps, 1)
    return Plan(spec, loss, runs, layout, text, theme, timeline, still, lesson, plane, moving, strip)


def _theme(spec: Spec) -> Theme:
    """The theme, with the font, the size of text and the ground that are asked for."""
    theme = theme_of(spec.theme)
    if spec.font:
        check_font(spec.font)
    large, font = theme.large * spec.font_scale, spec.font or theme.font
    return replace(theme, large=large, font=font, clear=spec.transparent)


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
            init=spec.init,
        )
        for run in spec.runs
    ]


def _layout(spec: Spec, loss: Loss, runs: int, moving: bool) -> Layout:
    """The panels, those of a strip for each of its iterates."""
    parameters, data = len(loss.parameters), data_of(loss)
    if not spec.strip or moving:
        return layout_of(spec.view, parameters, runs, spec.grid, data)
    if spec.grid and runs > 1:
        raise GdanimError(
            "shows its iterates side by side, and --grid the runs; leave one of them out", where=["strip"]
        )
    view = spec.view or suitable(parameters, runs, True, data)
    layout = layout_of(view, parameters, runs, False, data)
    return layout._replace(strip=len(spec.strip), caption=CAPTION)


def _still(option: str, k: int | str, last: int, told: bool, beats: int) -> Moment:
    """The moment of a still: its iterate with all that is told of it, and the ball still there."""
    k = last if isinstance(k, str) else k
    if k > last:
        raise GdanimError(f"there is no iterate {k}; the last is {last}", where=[option])
    return Moment(k, ARROW if told and k < last else 0.0, beats if k < last else 0)


def _lesson(spec: Spec, loss: Loss, layout: Layout, start: Array, large: float) -> Telling | None:
    """How backpropagation is told, where a view shows it."""
    ways = {kind.graph for kind in layout.kinds if kind.graph}
    if not ways:
        return None
    from gdanim.telling import telling  # read only where a graph is shown

    size = large * text_size(*spec.size) * spec.scale
    region = region_of(spec.size, spec.scale, TOLD_LINES, large)
    cells = zip(layout.repeated, layout.cells(region, size), strict=True)
    shown = [cell for kind, cell in cells if kind.graph]
    room = min(cell.width for cell in shown) / size, min(cell.height for cell in shown) / size
    return telling(loss, start, room, ways, row=spec.row, told=spec.beats is not False)


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
