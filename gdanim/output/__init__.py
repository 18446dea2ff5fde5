"""The formats by suffix, and writing one rendering in several of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gdanim.errors import GdanimError, unknown
from gdanim.interrupts import uninterrupted
from gdanim.option import Needs
from gdanim.output.files import STDOUT, check_targets, naming, replacing
from gdanim.spec import Spec
from gdanim.timeline import SMOOTH_FPS

# Nothing here loads what encodes: targets are checked before anything else is done.
if TYPE_CHECKING:
    from gdanim.output.palette import Palette, Pixels
    from gdanim.output.writer import Writer


class Job(NamedTuple):
    """What a writer has to know beforehand.

    Attributes:
        fps: frames per second.
        durations: of the frames, in seconds.
        loop: how often it plays, where the format can say so; 0 for ever.
        palette: the map from colours to indices, for a format that needs one.
    """

    fps: float
    durations: Sequence[float]
    loop: int
    palette: Callable[[], Palette]


class Format(NamedTuple):
    """A way to write an animation: what it takes, and what it needs.

    Attributes:
        name: with its article, as a sentence names it.
        about: one line for listings.
        open: path, job → what writes frames there.
        fastest: the most frames a second that it can hold.
        ticks: the whole parts of a second that its frames last; None where they last as they like.
        even: whether width and height have to be even; others are widened by a row or a column.
        indexed: whether it needs a palette.
        holds: the Spec's options that only some formats hold, and this one does.
    """

    name: str
    about: str
    open: Callable[[Path, Job], Writer]
    fastest: float
    ticks: int | None = None
    even: bool = False
    indexed: bool = False
    holds: tuple[str, ...] = ()

    def check(self, fps: float) -> None:
        """Refuse what it cannot hold.

        Raises:
            GdanimError: too many frames a second; says how many there can be.
        """
        if fps <= self.fastest * (1 + 1e-9):
            return
        if self.ticks is None:
            can = f"at most {self.fastest:g}"
        else:
            least = self.ticks / self.fastest
            can = f"the nearest it can are {self.fastest:g} and {self.ticks / (least + 1):.1f}"
            able = [other.name for other in WRITERS.values() if other.fastest >= fps]
            can += f" (or write {' or '.join(able)})" if able else ""
        raise GdanimError(f"{self.name} cannot hold {fps:g} frames a second; {can}", where=["fps"])


def open_gif(path: Path, job: Job) -> Writer:
    import imageio.v3 as iio  # loaded while another process draws the first frames

    from gdanim.output.gif import GifPlugin

    writer: Writer = iio.imopen(path, "w", plugin=GifPlugin, palette=job.palette(), loop=job.loop)
    return writer


def open_mp4(path: Path, job: Job) -> Writer:
    import imageio.v3 as iio

    from gdanim.output.video import Mp4Plugin

    writer: Writer = iio.imopen(path, "w", plugin=Mp4Plugin, fps=job.fps, durations=job.durations)
    return writer


WRITERS: dict[str, Format] = {
    # A GIF's delays are whole centiseconds, and viewers slow down those under two.
    "gif": Format(
        "a GIF",
        "animated GIF, up to 50 frames a second",
        open_gif,
        fastest=50,
        ticks=100,
        indexed=True,
        holds=("loop",),
    ),
    # Players follow a video up to some hundred frames a second; 4:2:0 colours come for 2 × 2 pixels.
    "mp4": Format("an MP4", "H.264 video", open_mp4, fastest=240, even=True),
}


class Output(NamedTuple):
    """Where an animation goes, and as what."""

    target: str
    format: str


def outputs_of(targets: Sequence[str], format: str | None = None) -> tuple[Output, ...]:
    """Decide each target's format, by its suffix unless `format` is given.

    Raises:
        GdanimError: an unknown suffix or none, a file named twice, one that cannot be written.
    """
    if format is not None and format not in WRITERS:
        raise unknown("format", format, WRITERS, where="format")
    check_targets(targets)
    return tuple(Output(target, format or _suffix(target)) for target in targets)


def _suffix(target: str) -> str:
    suffix = Path(target).suffix.lstrip(".").lower()
    if suffix in WRITERS:
        return suffix
    if suffix and target != STDOUT:
        raise unknown("format", suffix, WRITERS, where="output")
    formats = " or ".join(f"--format {name}" for name in WRITERS)
    if target == STDOUT:
        raise GdanimError(f"standard output has no suffix; say {formats}", where=["output"])
    names = " or ".join(f"'{target.rstrip('.')}.{name}'" for name in WRITERS)
    raise GdanimError(f"'{target}' has no suffix; call it {names}, or say {formats}", where=["output"])


def fastest(outputs: Sequence[Output]) -> float:
    """The frames a second that none of the outputs exceeds of its own accord."""
    return min(SMOOTH_FPS, *(WRITERS[output.format].fastest for output in outputs))


def notes(outputs: Sequence[Output], spec: Spec) -> tuple[str, ...]:
    """What is written otherwise than was asked for, and what no format holds, a sentence each."""
    formats = list(dict.fromkeys(WRITERS[output.format] for output in outputs))
    unheld = [
        option.without_effect(f"{formats[0].name} does not hold it")
        for option in spec.given
        if option.needs is Needs.A_FORMAT and not any(option.name in format.holds for format in formats)
    ]
    width, height = pixels = spec.rendered
    even = (width + width % 2, height + height % 2)
    widened = [
        f"{format.name} has even sizes only: {width}x{height} is widened to {even[0]}x{even[1]}"
        for format in formats
        if format.even and even != pixels
    ]
    return (*unheld, *widened)


@contextmanager
def writing(outputs: Sequence[Output], job: Job) -> Iterator[Callable[[Pixels, float], None]]:
    """Write the same frames to all outputs; they appear together when the block ends well.

    When it does not, nothing is finished.
    """
    for output in outputs:
        WRITERS[output.format].check(job.fps)
    if any(WRITERS[output.format].indexed for output in outputs):
        job.palette()  # what goes wrong in drawing for it has nothing to do with the file
    with replacing(*(output.target for output in outputs)) as parts:
        writers: list[tuple[Writer, str]] = []

        def write(pixels: Pixels, seconds: float) -> None:
            for writer, target in writers:
                with naming(target):
                    writer.write(pixels, seconds=seconds)

        try:
            for (target, format), part in zip(outputs, parts, strict=True):
                with naming(target):
                    writers.append((WRITERS[format].open(part, job), target))
            yield write
            for writer, target in writers:
                with naming(target):
                    writer.finish()
        except BaseException:
            with uninterrupted():
                for writer, _ in writers:
                    writer.abandon()
            raise
