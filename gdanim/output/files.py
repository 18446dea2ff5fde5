"""Output that is either whole or not there: written beside the target, moved into place at the end."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gdanim.errors import FAILED, GdanimError

STDOUT = "-"


@contextmanager
def replacing(*targets: str) -> Iterator[list[Path]]:
    """A file to write to for each target; when the block ends well they take the targets' places.

    On any error every target stays as it was, and nothing is left beside it. `-` is standard output.

    Raises:
        GdanimError: a folder is missing, or nothing can be written there.
    """
    parts: list[tuple[str, Path]] = []
    try:
        for target in targets:
            # Noted before it is made, so that an interruption in between leaves nothing behind.
            parts.append((target, _name_beside(target)))
            _make(*parts[-1])
        yield [part for _, part in parts]
        # What is copied can fail half-way; it goes first, while nothing has been replaced yet.
        for target, part in sorted(parts, key=lambda pair: _replaceable(pair[0])):
            _deliver(part, target)
    finally:
        for _, part in parts:
            with suppress(FileNotFoundError):
                part.unlink()


def _name_beside(target: str) -> Path:
    """A new name beside the target, or in the system's folder where the target cannot be replaced."""
    folder = Path(os.path.realpath(target)).parent if _replaceable(target) else Path(tempfile.gettempdir())
    return folder / f".gdanim-{secrets.token_hex(8)}.part"


def _make(target: str, part: Path) -> None:
    try:
        part.open("xb").close()
    except OSError as error:
        raise cannot_write(target, error) from None


def _deliver(part: Path, target: str) -> None:
    try:
        if _replaceable(target):
            final = Path(os.path.realpath(target))
            part.chmod(_mode(final))
            part.replace(final)
        else:
            _copy(part, target)
    except OSError as error:
        raise cannot_write(target, error) from None


def check_folder(target: str) -> None:
    """Refuse early what could not be written later.

    Raises:
        GdanimError: the folder is missing, or the target is a folder.
    """
    if target == STDOUT:
        return
    path = Path(target)
    if path.is_dir():
        raise GdanimError(f"'{target}' is a folder; name a file in it", where=["output"], exit_code=1)
    if not path.parent.is_dir():
        raise GdanimError(
            f"cannot write '{target}': there is no folder '{path.parent}'; make it first",
            where=["output"],
            exit_code=FAILED,
        )


def _replaceable(target: str) -> bool:
    """Standard output, devices and pipes cannot be replaced, only written to."""
    path = Path(target)
    return target != STDOUT and (path.is_file() or not path.exists())


def _mode(final: Path) -> int:
    """The permissions of the file it replaces, or those that a new file gets."""
    with suppress(FileNotFoundError):
        return final.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _copy(part: Path, target: str) -> None:
    with part.open("rb") as source:
        if target == STDOUT:
            shutil.copyfileobj(source, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        else:
            with open(target, "wb") as sink:
                shutil.copyfileobj(source, sink)


def cannot_write(target: str, error: OSError) -> GdanimError:
    """The sentence for what the system says."""
    if isinstance(error, BrokenPipeError):
        reason = "its reader has gone"
    else:
        reason = (error.strerror or str(error)).lower()
    return GdanimError(f"cannot write '{target}': {reason}", where=["output"], exit_code=FAILED)
