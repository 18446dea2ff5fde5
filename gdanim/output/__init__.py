"""The formats by suffix, and writing one rendering in several of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import imageio.v3 as iio

from gdanim.errors import GdanimError, unknown
from gdanim.output.files import STDOUT, cannot_write, check_folder, replacing
from gdanim.output.gif import GifPlugin, check_rate
from gdanim.output.palette import Pixels

MOST_FPS = 240


class Job(NamedTuple):
    """What a writer has to know beforehand.

    Attributes:
        fps: frames per second.
        loop: how often it plays, where the format can say so; 0 for ever.
        samples: makes frames that show most of the colours to come.
    """

    fps: float
    loop: int
    samples: Callable[[], Iterable[Pixels]]


class Format(NamedTuple):
    """A way to write an animation.

    Attributes:
        about: one line for listings.
        open: path, job → an imageio plugin whose `write` takes a frame and its seconds.
        check: raises GdanimError for a job it cannot hold.
    """

    about: str
    open: Callable[[Path, Job], Any]
    check: Callable[[Job], None]


def open_gif(path: Path, job: Job) -> Any:
    return iio.imopen(path, "w", plugin=GifPlugin, samples=job.samples(), loop=job.loop)


def open_mp4(path: Path, job: Job) -> Any:
    from gdanim.output.video import Mp4Plugin  # av takes as long to import as a GIF to write

    return iio.imopen(path, "w", plugin=Mp4Plugin, fps=job.fps)


def check_frames(job: Job) -> None:
    """Players follow a video up to some hundred frames a second."""
    if job.fps > MOST_FPS:
        raise GdanimError(
            f"an MP4 cannot hold {job.fps:g} frames a second; at most {MOST_FPS}", where=["fps"]
        )


WRITERS: dict[str, Format] = {
    "gif": Format("animated GIF, up to 50 frames a second", open_gif, check=lambda job: check_rate(job.fps)),
    "mp4": Format("H.264 video", open_mp4, check=check_frames),
}


class Output(NamedTuple):
    """Where an animation goes, and as what."""

    target: str
    format: str


def outputs_of(targets: Sequence[str], format: str | None = None) -> tuple[Output, ...]:
    """Decide each target's format, by its suffix unless `format` is given.

    Raises:
        GdanimError: an unknown suffix, a target named twice, a folder that is not there.
    """
    chosen: list[Output] = []
    for target in targets:
        check_folder(target)
        suffix = format or Path(target).suffix.lstrip(".").lower()
        if target == STDOUT and not suffix:
            raise GdanimError(
                f"standard output has no suffix; say --format {' or --format '.join(WRITERS)}",
                where=["output"],
            )
        if suffix not in WRITERS:
            raise unknown("format", suffix or target, WRITERS, where="format" if format else "output")
        if target in targets[: len(chosen)]:
            raise GdanimError(f"'{target}' is named twice", where=["output"])
        chosen.append(Output(target, suffix))
    return tuple(chosen)


@contextmanager
def writing(outputs: Sequence[Output], job: Job) -> Iterator[Callable[[Pixels, float], None]]:
    """Write the same frames to all outputs; they appear together when the block ends well."""
    for output in outputs:
        WRITERS[output.format].check(job)
    with replacing(*(output.target for output in outputs)) as parts:
        try:
            with ExitStack() as files:
                writers = [
                    files.enter_context(WRITERS[output.format].open(part, job))
                    for output, part in zip(outputs, parts, strict=True)
                ]

                def write(pixels: Pixels, seconds: float) -> None:
                    for writer in writers:
                        writer.write(pixels, seconds=seconds)

                yield write
        except OSError as error:
            raise cannot_write(outputs[0].target, error) from None
