"""Numbered files, one a frame, as in frames/%04d.png: their names, and how they replace earlier ones."""

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gdanim.errors import FAILED, GdanimError
from gdanim.metadata import Metadata
from gdanim.output.writer import Writer
from gdanim.timeline import MOST_FRAMES

if TYPE_CHECKING:
    from gdanim.formats import Job

NUMBER = re.compile(r"%(0[1-9])?d")  # as in C: the number of a frame, with as many digits at least
EXAMPLE = "frames/%04d.png"
HEAD = 256  # bytes of a PNG among which it says what made it


class Numbered(NamedTuple):
    """The names of a sequence: in a folder, what stands before and after a number of some digits."""

    folder: Path
    before: str
    digits: int
    after: str

    @classmethod
    def of(cls, target: str) -> Numbered:
        """Those that a target means.

        Raises:
            GdanimError: none, or more than one number in its name.
        """
        folder, name = os.path.split(target)
        found = list(NUMBER.finditer(name))
        if len(found) != 1:
            wrong = "several numbers in its name" if found else "no number in its name"
            raise GdanimError(f"'{target}' has {wrong}; one is needed, as in {EXAMPLE}", where=["output"])
        digits = int((found[0][1] or "1")[-1])
        return cls(Path(os.path.realpath(folder)), name[: found[0].start()], digits, name[found[0].end() :])

    def name(self, number: int) -> str:
        """The name of a frame.

        >>> Numbered(Path(), "a", 4, ".png").name(7)
        'a0007.png'
        """
        return f"{self.before}{number:0{self.digits}d}{self.after}"

    def number(self, name: str) -> int | None:
        """Which frame has this name; none where it is another file's.

        >>> names = Numbered(Path(), "a", 2, ".png")
        >>> names.number("a07.png"), names.number("a123.png"), names.number("a7.png"), names.number("b.png")
        (7, 123, None, None)
        """
        digits = name[len(self.before) : len(name) - len(self.after)]
        known = digits.isascii() and digits.isdigit() and self.name(int(digits)) == name
        return int(digits) if known else None

    def has(self, target: str) -> bool:
        """Whether another target, which may be a sequence too, would be one of these files."""
        folder, name = os.path.split(os.path.realpath(target))
        if folder != str(self.folder):
            return False
        if not is_numbered(target):
            return self.number(name) is not None
        others = Numbered.of(target)
        return any(self.number(others.name(number)) is not None for number in range(MOST_FRAMES))

    def there(self) -> dict[int, Path]:
        """The files of these names that there are."""
        with suppress(FileNotFoundError):
            named = {self.number(name): self.folder / name for name in os.listdir(self.folder)}
            return dict(sorted((n, path) for n, path in named.items() if n is not None))
        return {}


def is_numbered(target: str) -> bool:
    """Whether a target's name has a number in it."""
    return NUMBER.search(os.path.basename(target)) is not None


def check_sequence(target: str) -> Numbered:
    """Refuse early what could not be written later; the last folder need not be there yet.

    Raises:
        GdanimError: no number in its name, or no folder to write to.
    """
    names = Numbered.of(target)
    folder = names.folder if names.folder.exists() else names.folder.parent
    if not folder.is_dir():
        wrong = "is not a folder" if folder.exists() else "is not there; make it first"
        raise GdanimError(f"cannot write '{target}': '{folder}' {wrong}", where=["output"], exit_code=FAILED)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return names


def check_earlier(target: str, count: int) -> None:
    """Refuse to replace what is no file that may be replaced, or what would be left of a longer sequence.

    Raises:
        GdanimError: there is such a file.
    """
    for number, path in Numbered.of(target).there().items():
        found, why = path.lstat(), ""
        if stat.S_ISDIR(found.st_mode):
            why = "is a folder"
        elif not stat.S_ISREG(found.st_mode):
            why = "is no ordinary file"
        elif not found.st_mode & 0o222:
            why = "is read-only"
        elif number >= count and not _ours(path):
            why = f"would be left behind the {count} frames, and is not gdanim's to remove"
        if why:
            raise GdanimError(
                f"cannot write '{target}': '{path.name}' {why}; remove it, or name another folder",
                where=["output"],
                exit_code=FAILED,
            )


def _ours(path: Path) -> bool:
    """Whether a PNG says that gdanim made it."""
    with path.open("rb") as file:
        return b"tEXtSoftware\0gdanim" in file.read(HEAD)


def place(parts: Path, target: str) -> None:
    """Put the frames in place of all of an earlier sequence, its frames beyond the last of these too.

    Raises:
        OSError: what the system refuses; the earlier sequence is then as it was.
    """
    names, frames = Numbered.of(target), sorted(parts.iterdir(), key=lambda part: int(part.name))
    if not names.folder.exists():
        for number, frame in enumerate(frames):
            frame.rename(parts / names.name(number))
        parts.rename(names.folder)
        return
    check_earlier(target, len(frames))
    aside = parts / "earlier"
    aside.mkdir()
    moved: list[tuple[Path, Path]] = []
    moves = [(path, aside / path.name) for path in names.there().values()]
    moves += [(frame, names.folder / names.name(number)) for number, frame in enumerate(frames)]
    try:
        for here, there in moves:
            here.rename(there)
            moved.append((here, there))
    except OSError:
        for here, there in reversed(moved):
            there.rename(here)
        raise


def size_of(target: str) -> int:
    """Bytes of all frames."""
    return sum(path.stat().st_size for path in Numbered.of(target).there().values())


class SequenceWriter(Writer):
    """Writes each frame as a PNG into a folder, under its number."""

    def __init__(self, folder: Path, metadata: Metadata) -> None:
        self._folder, self._metadata = folder, metadata
        self._count = 0

    def write(self, ndimage: Any, *, seconds: float) -> None:
        """Write the next frame: (height, width, 4), RGBA, uint8, opaque."""
        from gdanim.output.png import png_of

        (self._folder / str(self._count)).write_bytes(png_of(ndimage, self._metadata))
        self._count += 1

    def _finish(self) -> None:
        """It is whole when the last frame is written."""

    def _abandon(self) -> None:
        """There is nothing to let go of."""


def opened(path: Path, job: Job) -> Writer:
    """What writes the frames into the folder there."""
    return SequenceWriter(path, job.metadata)
