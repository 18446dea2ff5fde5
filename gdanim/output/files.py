"""Output that is either whole or not there: written beside the target, moved into place at the end."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gdanim.errors import FAILED, GdanimError

STDOUT = "-"


@contextmanager
def replacing(target: str) -> Iterator[Path]:
    """A file to write to that takes the target's place when the block ends well.

    On any error the target stays as it was, and nothing is left beside it. `-` is standard output.

    Raises:
        GdanimError: the folder is missing, or nothing can be written there.
    """
    final = Path(os.path.realpath(target))
    beside = final.parent if target != STDOUT and _is_ordinary(final) else None
    try:
        handle, name = tempfile.mkstemp(prefix=".gdanim-", suffix=".part", dir=beside)
    except OSError as error:
        raise _cannot_write(target, error) from None
    os.close(handle)
    part = Path(name)
    try:
        yield part
        if beside is None:
            _copy(part, target)
        else:
            part.chmod(_mode(final))
            part.replace(final)
    except OSError as error:
        raise _cannot_write(target, error) from None
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


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


def _is_ordinary(path: Path) -> bool:
    """Devices and pipes cannot be replaced, only written to."""
    return path.is_file() or not path.exists()


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


def _cannot_write(target: str, error: OSError) -> GdanimError:
    if isinstance(error, BrokenPipeError):
        reason = "its reader has gone"
    else:
        reason = (error.strerror or str(error)).lower()
    return GdanimError(f"cannot write '{target}': {reason}", where=["output"], exit_code=FAILED)
