"""A figure made from flags, appended to the file of a course."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from gdanim.batch.course import Course, read_course
from gdanim.batch.source import read_sources
from gdanim.batch.values import option_of
from gdanim.errors import GdanimError
from gdanim.output import Output
from gdanim.output.files import naming, replacing
from gdanim.output.sequence import EXAMPLE
from gdanim.plaintoml import written_toml
from gdanim.recipe import STDIN, read_by
from gdanim.spec import Spec

SUFFIX = ".toml"


@contextmanager
def saving(file: str, spec: Spec, outputs: Sequence[Output]) -> Iterator[None]:
    """Append a figure to a course when the block ends well; the file is as it was otherwise.

    Args:
        file: the course, which is made where there is none.
        outputs: whose name, without folder and suffix, the figure has.

    Raises:
        GdanimError: it cannot be appended: the file is wrong, or has a figure of that name.
    """
    if not file.lower().endswith(SUFFIX):
        raise GdanimError(f"'{file}' is no course; name a .toml", where=["save"])
    name = _name_of(outputs)
    text = ""
    if os.path.exists(file):
        course = read_course([file])
        _check(course, file, name)
        text = Path(file).read_text("utf-8-sig").rstrip("\n") + "\n\n"
    settings = {"name": name, "formats": [output.format for output in outputs], **_settings(file, spec)}
    with naming(file), replacing(file) as (part,):
        part.write_text(f"{text}[[figure]]\n{written_toml(settings)}", "utf-8", newline="\n")
        _check_same(read_course([str(part)]), file, name, spec)
        yield


def _name_of(outputs: Sequence[Output]) -> str:
    """The name that all outputs have in common."""
    names = set[str]()
    for output in outputs:
        folder, base = os.path.split(output.target)
        if not output.row.several:
            stem, suffix = os.path.splitext(base)
            names.add(stem if suffix.lower() == f".{output.format}" else "")
        elif base == os.path.basename(EXAMPLE):
            names.add(os.path.basename(folder))
        else:
            names.add("")
    if len(names) > 1 or "" in names or names == {STDIN}:
        raise GdanimError(
            "a figure of a course has one name for all its files, such as a.gif, a.pdf and"
            f" a/{os.path.basename(EXAMPLE)}; name them so with -o",
            where=["save"],
        )
    return names.pop()


def _check(course: Course, file: str, name: str) -> None:
    if course.mistakes and "has no figures" not in course.mistakes[0].problem:
        raise GdanimError(f"nothing is appended to what is wrong: {course.mistakes[0]}", where=["save"])
    for figure in course.figures:
        if figure.name.casefold() == name.casefold():
            raise GdanimError(
                f"{figure.place} has a figure '{figure.name}' already; give this one another name with -o",
                where=["save"],
            )


def _settings(file: str, spec: Spec) -> dict[str, Any]:
    """What the figure has to say, where the course has defaults of its own; files from its folder."""
    data = spec.to_data()
    folder = os.path.dirname(file) or "."
    for option, names in read_by(spec).items():
        if STDIN in names:
            raise GdanimError("a course reads no standard input; name a file", where=[option])
        paths = [Path(os.path.relpath(name, folder)).as_posix() for name in names]
        data[option] = paths if isinstance(data[option], list) else paths[0]
    for key in _defaults(file):
        default = option_of(key)
        if default is None or default.key in data:
            continue
        value = getattr(spec, default.name)
        if value is None:
            raise GdanimError(
                f"the defaults of '{file}' have {key}, and this figure leaves it open; say {default.flag}",
                where=["save"],
            )
        data[default.key] = default.give(value)
    return data


def _defaults(file: str) -> dict[str, None]:
    """The keys for which the course has values of its own."""
    if not os.path.exists(file):
        return {}
    defaults = read_sources([file]).defaults
    matrix = defaults.get("matrix")
    return dict.fromkeys([*defaults, *(matrix.value if matrix else ())])


def _check_same(course: Course, file: str, name: str, spec: Spec) -> None:
    """Refuse what the course would not draw as it is drawn here."""
    mine = [figure for figure in course.figures if figure.name == name]
    if course.mistakes or len(mine) != 1 or _plain(mine[0].spec) != _plain(spec):
        why = course.mistakes[0].problem if course.mistakes else "it would come out otherwise there"
        raise GdanimError(f"cannot be appended to '{file}': {why}", where=["save"])


def _plain(spec: Spec) -> Spec:
    """A Spec whose files have one name, from wherever they are named."""
    found: dict[str, Any] = {}
    for option, names in read_by(spec).items():
        paths = tuple(map(os.path.realpath, names))
        found[option] = paths if option == "path" else paths[0]
    return replace(spec, **found)
