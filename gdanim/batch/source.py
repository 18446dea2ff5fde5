"""The files of a course: what each says, where it stands, and what it includes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gdanim.decoding import decoded
from gdanim.errors import FAILED, GdanimError, did_you_mean, ending, shortened
from gdanim.plaintoml import Path, line_of, lines_of, read_toml

LARGEST = 2**24  # bytes
DEEPEST = 20  # files that include each other
KEYS = ("title", "defaults", "figure", "include")


class Place(NamedTuple):
    """Where something stands: a file, and a line of it from 1; 0 where that is not known."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        name = ending(self.file)
        return f"{name}: line {self.line}" if self.line else name


class Given(NamedTuple):
    """A value, and where it was given."""

    value: Any
    place: Place


class Mistake(NamedTuple):
    """Something that is wrong in a file.

    Attributes:
        figure: in which figure; nothing where it is in none.
        key: of which key.
    """

    place: Place
    problem: str
    figure: str = ""
    key: str = ""

    def __str__(self) -> str:
        figure = f"figure '{shortened(self.figure)}'" if self.figure else ""
        return ": ".join(filter(None, (str(self.place), figure, self.key, self.problem)))


class Entry(NamedTuple):
    """A figure as a file has it, with what holds where it says nothing."""

    place: Place
    settings: dict[str, Given]
    defaults: dict[str, Given]


@dataclass
class Sources:
    """What the files of a course say.

    Attributes:
        entries: the figures, those of included files first.
        defaults: those of the last of the files, with what it includes.
        title: of the course; a text, or one for each language.
        files: every file that was read.
        mistakes: what is wrong in them.
    """

    entries: list[Entry] = field(default_factory=list)
    defaults: dict[str, Given] = field(default_factory=dict)
    title: Given | None = None
    files: list[str] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)


class _File(NamedTuple):
    name: str
    data: dict[str, Any]
    lines: dict[Path, int]
    included: list[_File]

    def place(self, *path: str | int) -> Place:
        return Place(self.name, line_of(self.lines, path))

    def table(self, *path: str | int) -> dict[str, Given]:
        held: Any = self.data
        for part in path:
            held = held[part]
        return {key: Given(value, self.place(*path, key)) for key, value in held.items()}

    @property
    def defaults(self) -> dict[str, Given]:
        """Its own, and where it has none those of what it includes, the last of them first."""
        found: dict[str, Given] = {}
        for other in self.included:
            found |= other.defaults
        return found | (self.table("defaults") if "defaults" in self.data else {})


def read_sources(names: Sequence[str]) -> Sources:
    """Read files and all that they include; what is wrong is collected, not raised."""
    found = Sources()
    for name in names:
        file = _read(name, Place(name), (), found)
        if file is not None:
            found.entries += _entries(file, {})
            found.defaults = file.defaults
            if found.title is None and "title" in file.data:
                found.title = Given(file.data["title"], file.place("title"))
    return found


def _entries(file: _File, outer: Mapping[str, Given]) -> Iterator[Entry]:
    defaults = {**outer, **file.defaults}
    for other in file.included:
        yield from _entries(other, defaults)
    for number in range(len(file.data.get("figure", []))):
        yield Entry(file.place("figure", number), file.table("figure", number), defaults)


def _read(name: str, asked: Place, above: tuple[str, ...], found: Sources) -> _File | None:
    """A file with what it includes; None where it cannot be read."""
    real = os.path.realpath(name)
    try:
        if real in above:
            raise GdanimError("includes itself")
        if len(above) >= DEEPEST:
            raise GdanimError(f"is included through more than {DEEPEST} files")
        with open(name, "rb") as source:
            data = source.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise GdanimError(f"is larger than a course can be, {LARGEST >> 20} MB")
        text = decoded(data, placed=True)
        table = read_toml(text)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        found.mistakes.append(Mistake(asked, f"cannot read '{ending(name)}': {reason}"))
        return None
    except GdanimError as error:
        place = Place(name) if not above else asked
        named = "" if not above else f"'{ending(name)}' "
        found.mistakes.append(Mistake(place, f"{named}{error.problem}"))
        return None
    found.files.append(name)
    file = _File(name, table, lines_of(text), [])
    _check(file, found.mistakes)
    for other in file.data.get("include", []):
        place = file.place("include")
        read = _read(os.path.join(os.path.dirname(name), other), place, (*above, real), found)
        if read is not None:
            file.included.append(read)
    return file


def _check(file: _File, mistakes: list[Mistake]) -> None:
    """Note what is none of a course's keys, and what has the wrong shape; it is left out then."""

    def wrong(problem: str, *path: str | int) -> None:
        mistakes.append(Mistake(file.place(*path), problem, key=str(path[0])))

    for key in list(file.data):
        value = file.data[key]
        if key not in KEYS:
            meant = did_you_mean(key, KEYS)
            inside = "" if meant else "; what holds for all figures stands under [defaults]"
            place = file.place(key)
            mistakes.append(Mistake(place, f"unknown key '{shortened(key)}'{meant}{inside}"))
        elif key == "defaults" and not isinstance(value, dict):
            wrong("must be a table, [defaults]", key)
        elif key == "include" and not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
            wrong('must be names of files in brackets, such as ["common.toml"]', key)
        elif key == "figure" and not (isinstance(value, list) and all(isinstance(v, dict) for v in value)):
            wrong("must be tables, each with [[figure]] above it", key)
        else:
            continue
        del file.data[key]


def cannot_read(name: str, error: OSError) -> GdanimError:
    """The sentence for a file that a figure needs."""
    reason = (error.strerror or str(error)).lower()
    return GdanimError(f"cannot read '{ending(name)}': {reason}", exit_code=FAILED)
