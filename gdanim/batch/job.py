"""One figure as a job for any worker: plain data and the bytes of its files in, bytes and a report out."""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from gdanim.batch.source import cannot_read
from gdanim.batch.values import READ
from gdanim.errors import GdanimError
from gdanim.formats import WRITERS
from gdanim.recipe import STDIN, read_by
from gdanim.spec import Spec
from gdanim.themefile import theme_of

STEM = "figure"  # of what a worker writes, and is read back from there


class Depth(Enum):
    """How far a job is carried out: each finds more that has to be refused, and takes longer."""

    PLANNED = "planned"
    PICTURED = "pictured"
    DRAWN = "drawn"


class Job(NamedTuple):
    """A figure to be drawn, or only to be refused where it cannot be; it can be sent anywhere.

    Attributes:
        spec: `Spec.to_data()`; a file that it reads is named by its number among `files`, and its name.
        files: the bytes of each, by where they have to stand: a number for each file, and its name.
        names: of these files where they come from, for what is said of them.
        formats: what is made of it.
        depth: how far it is carried out.
        large: whether a file may become larger than 1 GB.
    """

    spec: dict[str, Any]
    files: dict[str, bytes]
    names: dict[str, str]
    formats: tuple[str, ...]
    depth: Depth = Depth.DRAWN
    large: bool = False


class Drawn(NamedTuple):
    """What came of a job.

    Attributes:
        contents: of each format the file's bytes; of many files those of each, in their order.
        verdicts: what each run did.
        alt: the alt text.
        frames, seconds: how many pictures it has, and how long it plays.
        notes: what came out otherwise than was asked for, and what changed nothing.
        error: what was refused, instead of all these.
    """

    contents: tuple[bytes | tuple[bytes, ...], ...] = ()
    verdicts: tuple[str, ...] = ()
    alt: str = ""
    frames: int = 0
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    error: GdanimError | None = None


def job_of(spec: Spec, formats: tuple[str, ...], depth: Depth = Depth.DRAWN, large: bool = False) -> Job:
    """The job for a Spec, with the files that it reads.

    Raises:
        GdanimError: one cannot be read.
    """
    data, files, named = spec.to_data(), dict[str, bytes](), dict[str, str]()
    for option, names in read_by(spec).items():
        places = [f"{len(files) + i}/{os.path.basename(name)}" for i, name in enumerate(names)]
        for name, place in zip(names, places, strict=True):
            if name == STDIN:
                raise GdanimError("a course reads no standard input; name a file", where=[option])
            files[place], named[place] = _contents(name), name
            if option == "theme":
                files |= _font_beside(name, place)
        data[option] = places if isinstance(data[option], list) else places[0]
    return Job(data, files, named, formats, depth, large)


def _contents(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise cannot_read(name, error) from None


def _font_beside(theme: str, place: str) -> dict[str, bytes]:
    """The font that a theme's file names, where it has to stand beside the theme."""
    font = theme_of(theme).font
    if not font:
        return {}
    relative = os.path.relpath(font, os.path.dirname(theme) or ".")
    if relative.startswith(os.pardir) or not os.path.samefile(
        font, os.path.join(os.path.dirname(theme), relative)
    ):
        raise GdanimError("names a font in another folder; put it beside the theme", where=["theme"])
    return {f"{os.path.dirname(place)}/{Path(relative).as_posix()}": _contents(font)}


def carried_out(job: Job) -> Drawn:
    """Do a job, in a folder of its own that is gone afterwards."""
    with TemporaryDirectory(prefix="gdanim-") as folder:
        for place, contents in job.files.items():
            path = Path(folder, place)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents)
        try:
            done = _done(_spec_of(job, folder), job, Path(folder))
        except GdanimError as error:
            said = GdanimError(
                _told(error.problem, job, folder), where=error.where, exit_code=error.exit_code
            )
            return Drawn(error=said)
        return done._replace(notes=tuple(_told(note, job, folder) for note in done.notes))


def _told(sentence: str, job: Job, folder: str) -> str:
    """What is said of files, by the names that they have where they come from."""
    for place, name in job.names.items():
        sentence = sentence.replace(os.path.join(folder, place), name)
    return sentence.replace(folder + os.sep, "")


def _spec_of(job: Job, folder: str) -> Spec:
    def there(value: Any) -> Any:
        if isinstance(value, list):
            return [there(one) for one in value]
        return os.path.join(folder, value) if value in job.files else value

    moved = {key: there(value) for key, value in job.spec.items() if key in READ}
    return Spec.from_data({**job.spec, **moved})


def _done(spec: Spec, job: Job, folder: Path) -> Drawn:
    from gdanim.animation import animate, check

    targets = [str(folder / _name(format)) for format in job.formats]
    if job.depth is not Depth.DRAWN:
        check(spec, *targets, large=job.large, pictured=job.depth is Depth.PICTURED)
        return Drawn()
    made = animate(spec, *targets, painters=0, large=job.large)
    contents = tuple(_read(Path(o.target), o.row.several) for o in made.outputs)
    return Drawn(contents, tuple(made.verdicts), made.alt, made.frames, made.seconds, made.notes)


def _name(format: str) -> str:
    return f"{STEM}/%04d.png" if WRITERS[format].several else f"{STEM}.{format}"


def _read(target: Path, several: bool) -> bytes | tuple[bytes, ...]:
    if not several:
        return target.read_bytes()
    return tuple(
        path.read_bytes() for path in sorted(target.parent.iterdir(), key=lambda path: int(path.stem))
    )
