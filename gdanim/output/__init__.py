"""Writing one rendering in several formats, each chosen by its target's suffix."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gdanim.errors import GdanimError, unknown
from gdanim.formats import WRITERS, Format, Job
from gdanim.interrupts import uninterrupted
from gdanim.option import Group, Needs, Option
from gdanim.output.files import STDOUT, check_targets, naming, replacing
from gdanim.output.sequence import EXAMPLE, check_earlier, check_sequence, is_numbered
from gdanim.output.sequence import size_of as size_of_all
from gdanim.spec import Spec
from gdanim.timeline import SMOOTH_FPS

if TYPE_CHECKING:
    from gdanim.output.palette import Pixels
    from gdanim.output.writer import Writer

SEQUENCE = next(name for name, row in WRITERS.items() if row.several)


class Output(NamedTuple):
    """Where an animation goes, and as what."""

    target: str
    format: str

    @property
    def row(self) -> Format:
        """What its format is like."""
        return WRITERS[self.format]

    @property
    def size(self) -> int:
        """Its bytes when it is written; 0 for standard output."""
        if self.target == STDOUT:
            return 0
        return size_of_all(self.target) if self.row.several else os.path.getsize(self.target)


def outputs_of(
    targets: Sequence[str], format: str | None = None, aside: Sequence[str] = ()
) -> tuple[Output, ...]:
    """Decide each target's format, by its suffix unless `format` is given.

    Args:
        aside: files of text that are written with them, which are none of theirs.

    Raises:
        GdanimError: an unknown suffix or none, a file named twice, one that cannot be written.
    """
    if format is not None and format not in WRITERS:
        raise unknown("format", format, WRITERS, where="format")
    several = [target for target in targets if _is_sequence(target, format)]
    check_targets([*(target for target in targets if target not in several), *aside])
    _check_sequences([*targets, *aside], several)
    return tuple(
        Output(target, SEQUENCE if target in several else format or _suffix(target)) for target in targets
    )


def _is_sequence(target: str, format: str | None) -> bool:
    numbered = target.lower().endswith(".png") and is_numbered(target)
    return format == SEQUENCE or (format is None and numbered)


def _check_sequences(targets: Sequence[str], several: Sequence[str]) -> None:
    for target in several:
        if target == STDOUT:
            raise GdanimError(f"a sequence is many files; name them, as in {EXAMPLE}", where=["output"])
        with naming(target):
            names = check_sequence(target)
        others = list(targets)
        others.remove(target)
        for other in others:
            if names.has(other):
                raise GdanimError(f"'{other}' is among the files of '{target}'", where=["output"])


def _suffix(target: str) -> str:
    suffix = Path(target).suffix.lstrip(".").lower()
    if suffix in WRITERS:
        return suffix
    if suffix and target != STDOUT:
        raise unknown("format", suffix, WRITERS, where="output")
    say = f"say --format {'|'.join(name for name, row in WRITERS.items() if not row.several)}"
    if target == STDOUT:
        raise GdanimError(f"standard output has no suffix; {say}", where=["output"])
    name = f"'{target.rstrip('.')}.{next(iter(WRITERS))}'"
    raise GdanimError(f"'{target}' has no suffix; call it {name}, or {say}", where=["output"])


def fastest(outputs: Sequence[Output]) -> float:
    """The frames a second that none of the outputs exceeds of its own accord."""
    return min(SMOOTH_FPS, *(output.row.fastest for output in outputs))


def notes(outputs: Sequence[Output], spec: Spec) -> tuple[str, ...]:
    """What is written otherwise than was asked for, and what no format holds, a sentence each."""
    formats = list(dict.fromkeys(output.row for output in outputs))
    unheld = [
        option.without_effect(why) for option in spec.given for why in [_unheld(option, formats)] if why
    ]
    width, height = pixels = spec.rendered
    even = (width + width % 2, height + height % 2)
    widened = [
        f"{format.name} has even sizes only: {width}x{height} is widened to {even[0]}x{even[1]}"
        for format in formats
        if format.even and even != pixels
    ]
    hard = [format for format in formats if format.indexed and spec.transparent]
    edges = [f"{format.name}'s pixels are there or not, so that edges are not smooth" for format in hard]
    return (*unheld, *widened, *edges)


def _unheld(option: Option, formats: Sequence[Format]) -> str:
    """Why an option changes nothing in any of some formats; nothing where it does."""
    if option.group is Group.TIME and all(format.still for format in formats):
        return f"{formats[0].name} does not move"
    if option.needs is not Needs.A_FORMAT or any(option.name in format.holds for format in formats):
        return ""
    if option.name == "at":
        able = " or ".join(f"a .{name}" for name, format in WRITERS.items() if format.still)
        return f"it is for stills; see -o with {able}"
    return f"{formats[0].name} does not hold it"


class Writing:
    """What is being written to all outputs.

    Args:
        writers: each with its output.
    """

    def __init__(self, writers: Sequence[tuple[Writer, Output]]) -> None:
        self._writers = writers

    def frame(self, pixels: Pixels, seconds: float) -> None:
        """Append a frame to every animation."""
        self._write(pixels, [each for each in self._writers if not each[1].row.still], seconds)

    def still(self, picture: Pixels | bytes, format: str) -> None:
        """Write every still of a format."""
        self._write(picture, [each for each in self._writers if each[1].format == format])

    def _write(
        self, content: Pixels | bytes, to: Sequence[tuple[Writer, Output]], seconds: float = 0.0
    ) -> None:
        for writer, output in to:
            with naming(output.target):
                writer.write(content, seconds=seconds)


@contextmanager
def writing(outputs: Sequence[Output], job: Job, texts: Mapping[str, str] | None = None) -> Iterator[Writing]:
    """Write the same frames to all outputs; they appear together when the block ends well.

    When it does not, nothing is finished.

    Args:
        texts: target → what is written there besides, as text.
    """
    for output in outputs:
        output.row.check(job.fps)
    sequences = [output.target for output in outputs if output.row.several]
    for target in sequences:
        with naming(target):
            check_earlier(target, len(job.durations))
    if any(output.row.indexed for output in outputs):
        job.palette()  # what goes wrong in drawing for it has nothing to do with the file
    texts = texts or {}
    with replacing(*(output.target for output in outputs), *texts, sequences=sequences) as parts:
        writers: list[tuple[Writer, Output]] = []
        try:
            for (target, words), part in zip(texts.items(), parts[len(outputs) :], strict=True):
                with naming(target):
                    part.write_text(words, "utf-8")
            for output, part in zip(outputs, parts, strict=False):
                with naming(output.target):
                    writers.append((output.row.open(part, job), output))
            yield Writing(writers)
            for writer, output in writers:
                with naming(output.target):
                    writer.finish()
        except BaseException:
            with uninterrupted():
                for writer, _ in writers:
                    writer.abandon()
            raise
