"""animate(spec): the whole pipeline on one page."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING

from gdanim.parallel import drawing
from gdanim.spec import DEFAULT_OUTPUT, Spec
from gdanim.timeline import plan

if TYPE_CHECKING:
    from gdanim.descent import Trajectory
    from gdanim.losses.base import Loss
    from gdanim.output import Output

SAMPLES = 6  # frames from which a GIF's colours are chosen


@dataclass(frozen=True)
class Animation:
    """What was written.

    Attributes:
        outputs: each target with its format.
        frames: how many pictures.
        seconds: how long it plays.
        bytes: the size of each target, 0 for standard output.
        runs: the trajectories shown.
    """

    outputs: tuple[Output, ...]
    frames: int
    seconds: float
    bytes: tuple[int, ...]
    runs: tuple[Trajectory, ...]


def animate(
    spec: Spec,
    *targets: str | os.PathLike[str],
    format: str | None = None,
    progress: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> Animation:
    """Draw a Spec and write it to every target, all in one rendering.

    Args:
        targets: files, by whose suffix the format is chosen, or "-"; the notebook's file name if none.
        format: the format of all targets, whatever their suffix.
        progress: wraps the iteration over the frames, so as to show how far it is.

    Raises:
        GdanimError: a Spec that makes no sense, or an output that cannot be written. Earlier files
            of the targets' names are then as they were.
    """

    @cache
    def traced() -> tuple[Loss, tuple[Trajectory, ...]]:
        from gdanim.descent import loss_of, trace

        loss = loss_of(spec)
        return loss, trace(spec, loss)

    with drawing(spec, traced) as draw:
        # Loaded after the fork, while the other process loads matplotlib.
        from gdanim.output import WRITERS, Job, outputs_of, writing
        from gdanim.output.files import STDOUT
        from gdanim.output.palette import Palette

        outputs = outputs_of([os.fspath(t) for t in targets] or [DEFAULT_OUTPUT], format)
        _, runs = traced()
        timeline = plan(
            iterations=max(run.iterations for run in runs),
            fps=spec.fps,
            tween=spec.tween,
            seconds=spec.seconds,
            hold=spec.hold,
        )
        samples = timeline.sample(SAMPLES) if any(WRITERS[o.format].indexed for o in outputs) else []
        # One stream, so that the first frames are drawn while a palette is made from the samples.
        drawn = draw(chain(samples, timeline.moments))
        job = Job(timeline.fps, spec.loop, cache(lambda: Palette(islice(drawn, len(samples)))))
        with writing(outputs, job) as write:
            for _, frame, pixels in zip(progress(range(len(timeline))), timeline, drawn, strict=True):
                write(pixels, frame.seconds)
    sizes = tuple(0 if o.target == STDOUT else os.path.getsize(o.target) for o in outputs)
    return Animation(outputs, len(timeline), timeline.seconds, sizes, runs)
