"""What this machine has and lacks for figures: each point found out by doing it."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import NamedTuple

from gdanim.animation import animate
from gdanim.errors import GdanimError
from gdanim.formats import WRITERS
from gdanim.parallel import can_fork, painters_for
from gdanim.recipe import versions
from gdanim.spec import Spec
from gdanim.startup import matplotlib_folders, writable

TRIED = Spec(view="curve", size=(360, 300), iterations=2, fps=4, hold=0.25)
MANY = 301  # frames of an animation that is long enough for processes to be shared out
# Scripts that DejaVu lacks, each by some of its characters; none is needed.
SCRIPTS = {"Chinese": "学习梯度", "Japanese": "学習すウ", "Korean": "학습경사", "Devanagari": "सीख"}
INSTALL = "python -m pip install --upgrade {}"


class Point(NamedTuple):
    """Something that was looked at.

    Attributes:
        name: what.
        said: what was found.
        well: whether all is well; None where it is not, and is not needed.
        remedy: the command, or what else mends it.
    """

    name: str
    said: str
    well: bool | None = True
    remedy: str = ""


def points() -> Iterator[Point]:
    """All of them, in the order in which they depend on each other.

    Something that fails says so in its own point, and the others are found out all the same.
    """
    for look in (_libraries, _formats, _fonts, _cores, _folders):
        yield from look()


def _libraries() -> Iterator[Point]:
    found = versions()
    yield Point("gdanim", found.pop("gdanim"))
    yield Point("python", found.pop("python"))
    for name, least in _needed().items():
        try:
            here = found.get(name) or version(name)
        except PackageNotFoundError:
            yield Point(name, "is not installed", False, INSTALL.format(f"'{name}{least}'"))
            continue
        late = not least or _parts(here) >= _parts(least)
        yield Point(name, here + ("" if late else f", and {least} is needed"), late, "" if late else
                    INSTALL.format(f"'{name}{least}'"))  # fmt: skip


def _needed() -> dict[str, str]:
    """The packages that gdanim needs, with their least versions, as in `>=1.26`."""
    try:
        told = requires("gdanim") or []
    except PackageNotFoundError:  # a folder that was never installed
        told = [*versions()][2:]
    plain = (line.split(";")[0].replace(" ", "") for line in told if _wanted_here(line))
    return {name: sign + least for name, sign, least in (line.partition(">=") for line in plain)}


def _wanted_here(line: str) -> bool:
    """Whether a requirement is one of this Python without extras.

    >>> _wanted_here("numpy>=1.26"), _wanted_here("a; extra == 'b'"), _wanted_here("c; python_version < '3'")
    (True, False, False)
    """
    before = re.search(r"python_version\s*<\s*['\"]([\d.]+)", line)
    return "extra ==" not in line and (before is None or sys.version_info < _parts(before[1]))


def _parts(number: str) -> tuple[int, ...]:
    """A version's numbers, so that they compare.

    >>> _parts(">=3.9") <= _parts("3.11.2"), _parts("12") <= _parts("9.5")
    (True, False)
    """
    digits = (part for part in number.lstrip(">=").split("."))
    return tuple(int(part) for part in digits if part.isdigit())


def _formats() -> Iterator[Point]:
    """Every format, by a small figure that is written and has bytes."""
    with tempfile.TemporaryDirectory() as folder:
        for name, row in WRITERS.items():
            target = os.path.join(folder, "%d.png" if row.several else f"a.{name}")
            what = f".{name}" if not row.several else "frames/%04d.png"
            try:
                made = animate(TRIED, target, painters=0)
            except (GdanimError, OSError, ImportError, RuntimeError) as error:
                remedy = INSTALL.format("--force-reinstall av imageio pillow matplotlib")
                yield Point(what, f"cannot be written: {str(error).splitlines()[0]}", False, remedy)
            else:
                yield Point(what, f"written, {made.sizes[0]} B")


def _fonts() -> Iterator[Point]:
    from gdanim.views.borrowing import borrowed, files, package_of

    yield Point("fonts", f"DejaVu, which matplotlib brings along, and {len(files())} files of this machine")
    for name, signs in SCRIPTS.items():
        lost = [sign for sign in signs if sign not in borrowed(signs, "normal")]
        if lost:
            yield Point(name, f"no font has '{lost[0]}'", None, f"sudo apt install {package_of(lost[0])}")
        else:
            yield Point(name, f"drawn by {Path(borrowed(signs, 'normal')[signs[0]]).name}")


def _cores() -> Iterator[Point]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    drawing = painters_for(TRIED.rendered, MANY, heavy=False)
    if drawing and can_fork():
        yield Point("processors", f"{cores}; one process draws while another encodes")
    else:
        yield Point("processors", f"{cores}; one process draws and encodes")


def _folders() -> Iterator[Point]:
    places: dict[str, tuple[Callable[[], str], bool | None, str]] = {
        "this folder": (os.getcwd, None, "go to a folder that takes files, or name one with -o"),
        "temporary files": (tempfile.gettempdir, False, "export TMPDIR=FOLDER"),
    }
    for name, (where, need, remedy) in places.items():
        try:
            folder = where()
            well = writable(folder)
        except OSError as error:
            folder, well = (error.strerror or str(error)).lower(), False
        said = f"{folder} {'takes files' if well else 'takes no files'}"
        yield Point(name, said, True if well else need, "" if well else remedy)
    for folder in matplotlib_folders():
        well = writable(folder)
        said = (
            "keeps matplotlib's list of fonts" if well else "takes no files: the list is made for each figure"
        )
        yield Point("matplotlib's folder", f"{folder} {said}", well or None, "" if well else
                    "export MPLCONFIGDIR=FOLDER")  # fmt: skip
