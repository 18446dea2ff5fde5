"""Output that is either whole or not there: written beside the target, moved into place at the end."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from gdanim.errors import FAILED, GdanimError
from gdanim.interrupts import uninterrupted, written
from gdanim.output.sequence import Numbered, place

STDOUT = "-"
PART = re.compile(r"\.gdanim-\d+-[0-9a-f]{16}\.part")  # the process that writes it, and a random number


class Part(NamedTuple):
    """A file that is being written.

    Attributes:
        target: where it is meant for.
        path: where it stands until then.
        lock: what tells others that its process lives: a descriptor that holds a lock on it.
        moves: whether it takes the target's place; a device, a pipe or standard output is written to.
        folder: beside it, for the frames of a sequence.
    """

    target: str
    path: Path
    lock: int
    moves: bool
    folder: Path | None = None


@contextmanager
def replacing(*targets: str, sequences: Collection[str] = ()) -> Iterator[list[Path]]:
    """A file to write to for each target; when the block ends well they take the targets' places.

    For a target that is one of the `sequences` it is a folder, whose files are numbered from 0.

    On any error every target stays as it was, and nothing is left beside it. `-` is standard output.
    What a process that was killed left beside a target goes first.

    Raises:
        GdanimError: a folder is missing, or nothing can be written there.
    """
    parts: list[Part] = []
    try:
        for target in targets:
            with uninterrupted(), naming(target):
                part = _begin(target, target in sequences)
                parts.append(part)
                if part.folder:
                    part.folder.mkdir()
        yield [part.folder or part.path for part in parts]
        # What is copied can fail half-way; it goes first, while nothing has been replaced yet.
        for part in parts:
            if not part.moves:
                written.append(f"a part of {name_of(part.target)}")
                with naming(part.target):
                    _copy(part.path, part.target)
                written[-1] = name_of(part.target)
        with uninterrupted():
            for part in parts:
                if part.moves:
                    with naming(part.target):
                        _move(part)
                    written.append(name_of(part.target))
    finally:
        with uninterrupted():
            for part in parts:
                _remove_folder(part.path)
                with suppress(OSError):
                    part.path.unlink(missing_ok=True)
                os.close(part.lock)


def _begin(target: str, several: bool) -> Part:
    moves = several or _replaceable(target)
    if several:
        folder = Numbered.of(target).folder
        folder = folder if folder.exists() else folder.parent
    elif moves:
        folder = Path(os.path.realpath(target)).parent
    else:
        import tempfile  # seldom needed

        folder = Path(tempfile.gettempdir())
    sweep(folder)
    while True:
        path = folder / f".gdanim-{os.getpid()}-{os.urandom(8).hex()}.part"
        lock = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0), 0o666)
        with suppress(OSError):  # a file system may know no locks; nothing is swept there
            _lock(lock, wait=True)
        # Until it was locked it looked like one that a killed process left.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(lock), os.stat(path)):
                return Part(target, path, lock, moves, _folder_of(path) if several else None)
        os.close(lock)


def sweep(folder: Path) -> None:
    """Remove the parts that processes left which are no more: those that nobody holds a lock on."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if PART.fullmatch(entry.name):
                with suppress(OSError):
                    _remove_unlocked(entry.path)


def _remove_unlocked(path: str) -> None:
    found = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        _lock(found, wait=False)
        _remove_folder(path)
        os.unlink(path)
    finally:
        os.close(found)


def _folder_of(part: str | Path) -> Path:
    """Where the frames of a sequence are written, beside the file that is locked for it."""
    return Path(f"{part}s")


def _remove_folder(part: str | Path) -> None:
    folder = _folder_of(part)
    if folder.exists():
        import shutil  # seldom needed

        shutil.rmtree(folder, ignore_errors=True)


def _lock(descriptor: int, *, wait: bool) -> None:
    """Lock a file for as long as the descriptor is open.

    Raises:
        OSError: another process holds it, or there are no locks here.
    """
    try:
        import fcntl
    except ImportError:
        raise OSError(errno.ENOLCK, "no locks") from None
    fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def _move(part: Part) -> None:
    if part.folder:
        place(part.folder, part.target)
        return
    final = Path(os.path.realpath(part.target))
    with suppress(FileNotFoundError):
        part.path.chmod(stat.S_IMODE(final.stat().st_mode) & 0o777)
    part.path.replace(final)


def _copy(part: Path, target: str) -> None:
    import shutil  # seldom needed

    with part.open("rb") as source:
        if target != STDOUT:
            with open(target, "wb") as sink:
                shutil.copyfileobj(source, sink)
            return
        stream = getattr(sys.stdout, "buffer", None)
        if stream is None:
            raise OSError(errno.EBADF, "it takes no bytes")
        shutil.copyfileobj(source, stream)
        stream.flush()


def _replaceable(target: str) -> bool:
    """Standard output, devices and pipes cannot be replaced, only written to."""
    path = Path(target)
    return target != STDOUT and (path.is_file() or not path.exists())


def check_targets(targets: Sequence[str]) -> None:
    """Refuse early what could not be written later.

    Raises:
        GdanimError: a folder is missing, a target is a folder or read-only, or two are one file.
    """
    met: dict[object, str] = {}
    for target in targets:
        with naming(target):
            which = _checked(target)
        if which in met:
            same = "named twice" if met[which] == target else f"the same file as '{met[which]}'"
            raise GdanimError(f"'{target}' is {same}", where=["output"])
        met[which] = target


def _checked(target: str) -> object:
    """What tells its file from every other, if it can be written."""
    if target == STDOUT:
        with suppress(OSError, ValueError, AttributeError):
            found = os.fstat(sys.stdout.fileno())
            os.write(sys.stdout.fileno(), b"")  # closed for writing is found out here
            return found.st_dev, found.st_ino
        return target
    if not target:
        raise GdanimError("a file without a name cannot be written", where=["output"])
    try:
        found = os.stat(target)
    except FileNotFoundError:
        return _checked_new(target)
    if stat.S_ISDIR(found.st_mode):
        raise GdanimError(f"'{target}' is a folder; name a file in it", where=["output"], exit_code=FAILED)
    if target.endswith("/"):
        raise NotADirectoryError(errno.ENOTDIR, "not a folder, as the / at its end says")
    if stat.S_ISREG(found.st_mode) and not found.st_mode & 0o222:
        raise GdanimError(
            f"'{target}' is read-only; to replace it all the same, allow that with chmod u+w, or name"
            " another file",
            where=["output"],
            exit_code=FAILED,
        )
    if not _allowed(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return found.st_dev, found.st_ino


def _checked_new(target: str) -> object:
    """The same for a file that is not there yet."""
    try:
        final = Path(os.path.realpath(target))
    except FileNotFoundError:
        raise OSError(errno.ENOENT, "the working folder is no longer there") from None
    if target.endswith("/"):
        raise GdanimError(
            f"'{target}' names a folder; name a file in it, such as '{target}animation.gif'",
            where=["output"],
        )
    if not final.parent.is_dir():
        raise GdanimError(
            f"cannot write '{target}': there is no folder '{Path(target).parent}'; make it first",
            where=["output"],
            exit_code=FAILED,
        )
    if not _allowed(final.parent, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return str(final)


def _allowed(path: str | Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def name_of(target: str) -> str:
    """A target as a sentence names it."""
    return "standard output" if target == STDOUT else f"'{target}'"


@contextmanager
def naming(*targets: str) -> Iterator[None]:
    """What the system refuses in the block, as a sentence about the file.

    Raises:
        GdanimError: in place of an OSError.
    """
    try:
        yield
    except OSError as error:
        raise cannot_write(targets[0], error) from None


def cannot_write(target: str, error: OSError) -> GdanimError:
    """The sentence for what the system says."""
    if error.errno is None and isinstance(error.__cause__, OSError):  # as imageio hands it on
        error = error.__cause__
    if isinstance(error, BrokenPipeError):
        reason = "its reader has gone"
    elif error.errno == errno.EBADF:
        reason = "it is closed"
    else:
        reason = error.strerror or str(error)
        reason = reason[:1].lower() + reason[1:]
    return GdanimError(f"cannot write {name_of(target)}: {reason}", where=["output"], exit_code=FAILED)
