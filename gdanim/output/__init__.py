"""The formats by suffix, and writing one rendering in several of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from gdanim.errors import GdanimError, unknown
from gdanim.output.files import STDOUT, cannot_write, check_folder, replacing
from gdanim.output.palette import Palette, Pixels

MOST_GIF_FPS, MOST_MP4_FPS = 50, 240


class Job(NamedTuple):
    """What a writer has to know beforehand.

    Attributes:
        fps: frames per second.
        loop: how often it plays, where the format can say so; 0 for ever.
        palette: the map from colours to indices, for a format that needs one.
    """

    fps: float
    loop: int
    palette: Callable[[], Palette]


class Format(NamedTuple):
    """A way to write an animation.

    Attributes:
        about: one line for listings.
        open: path, job → an imageio plugin whose `write` takes a frame and its seconds.
        check: raises GdanimError for a job it cannot hold.
        indexed: whether it needs a palette.
    """

    about: str
    open: Callable[[Path, Job], Any]
    check: Callable[[Job], None]
    indexed: bool = False


def open_gif(path: Path, job: Job) -> Any:
    import imageio.v3 as iio  # loaded while another process draws the first frames

    from gdanim.output.gif import GifPlugin

    return iio.imopen(path, "w", plugin=GifPlugin, palette=job.palette(), loop=job.loop)


def open_mp4(path: Path, job: Job) -> Any:
    import imageio.v3 as iio

    from gdanim.output.video import Mp4Plugin

    return iio.imopen(path, "w", plugin=Mp4Plugin, fps=job.fps)


def check_gif_rate(job: Job) -> None:
    """A GIF's delays are whole centiseconds, and viewers slow down those under two."""
    if job.fps > MOST_GIF_FPS + 1e-9:
        raise GdanimError(
            f"a GIF cannot hold {job.fps:g} frames a second; the nearest it can are 50 and 33.3"
            " (or write an MP4)",
            where=["fps"],
        )


def check_mp4_rate(job: Job) -> None:
    """Players follow a video up to some hundred frames a second."""
    if job.fps > MOST_MP4_FPS:
        raise GdanimError(
            f"an MP4 cannot hold {job.fps:g} frames a second; at most {MOST_MP4_FPS}", where=["fps"]
        )


WRITERS: dict[str, Format] = {
    "gif": Format("animated GIF, up to 50 frames a second", open_gif, check_gif_rate, indexed=True),
    "mp4": Format("H.264 video", open_mp4, check_mp4_rate),
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
    if any(WRITERS[output.format].indexed for output in outputs):
        job.palette()  # what goes wrong in drawing for it has nothing to do with the file
    with replacing(*(output.target for output in outputs)) as parts, ExitStack() as files:
        writers = [
            (files.enter_context(_writer(output, part, job)), output)
            for output, part in zip(outputs, parts, strict=True)
        ]

        def write(pixels: Pixels, seconds: float) -> None:
            for writer, output in writers:
                with _naming(output):
                    writer.write(pixels, seconds=seconds)

        yield write


@contextmanager
def _writer(output: Output, part: Path, job: Job) -> Iterator[Any]:
    """A format's writer, closed at the end."""
    with _naming(output):
        writer = WRITERS[output.format].open(part, job)
    try:
        yield writer
    finally:
        with _naming(output):
            writer.close()


@contextmanager
def _naming(output: Output) -> Iterator[None]:
    """What the system refuses, as a sentence about the file."""
    try:
        yield
    except OSError as error:
        raise cannot_write(output.target, error) from None
