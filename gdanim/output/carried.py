"""Reading back what a file says of itself: the recipe in it, whatever the format, and whoever wrote it.

Of no file more is read than its recipe may need, and nothing in it is believed.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from html import unescape
from typing import IO, NamedTuple

from gdanim.errors import FAILED, GdanimError
from gdanim.metadata import MOST_RECIPE, NAMESPACE, RECIPE

MOST = 4 * MOST_RECIPE  # bytes of one part of a file
PARTS = 100_000  # of a file
ELEMENT = re.compile(rf"<g:recipe xmlns:g='{NAMESPACE}'>([^<]*)</g:recipe>")
SCRIPT = re.compile(rf'<script type="application/json" class="{RECIPE}">([^<]*)</script>')
# In a PDF a text is in brackets, with a backslash before what would end it.
KEYWORDS = re.compile(rb"/Keywords \(((?:[^()\\]|\\.)*)\)", re.DOTALL)


class Carried(NamedTuple):
    """What a file of ours says of how it was made.

    Attributes:
        recipe: as JSON.
        format: of the file, by how it begins.
    """

    recipe: str
    format: str


def carried_by(name: str) -> Carried:
    """The recipe that a file carries.

    Raises:
        GdanimError: it cannot be read, is no file of a format that carries one, or carries none.
    """
    try:
        with open(name, "rb") as file:
            head = file.read(64)
            known = [(format, read) for signature, format, read in READERS if signature.match(head)]
            if not known:
                raise GdanimError(f"'{name}' is no file that gdanim writes", where=["file"])
            file.seek(0)
            format, reader = known[0]
            found = reader(file)
            if found and format == "png" and any(kind == b"acTL" for kind, _ in _chunks(file)):
                format = "apng"
    except OSError as error:
        reason = (error.strerror or "it is damaged").lower()
        raise GdanimError(f"cannot read '{name}': {reason}", where=["file"], exit_code=FAILED) from None
    except (struct.error, IndexError, ValueError, OverflowError):
        found = ""
    if not found:
        raise GdanimError(
            f"'{name}' carries no recipe of gdanim, or not all of it is there",
            where=["file"],
            exit_code=FAILED,
        )
    return Carried(found, format)


def _gif(file: IO[bytes]) -> str:
    head = file.read(13)
    if head[10] & 0x80:
        file.seek(3 << ((head[10] & 7) + 1), 1)
    for _ in range(PARTS):
        if file.read(1) != b"!":  # a picture; what it says stands before
            return ""
        kind, text = file.read(1), b""
        while size := file.read(1)[0]:
            text += file.read(size)
            if len(text) > MOST:
                return ""
        if kind == b"\xfe" and text.startswith(b'{"'):
            return text.decode("ascii")
    return ""


def _chunks(file: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """What stands in a PNG before its picture: kinds, and their data unless these are too long."""
    file.seek(8)
    for _ in range(PARTS):
        length, kind = struct.unpack(">I4s", file.read(8))
        if kind in (b"IDAT", b"IEND"):
            return
        yield kind, file.read(length) if length <= MOST else b""
        file.seek(4 if length <= MOST else length + 4, 1)


def _png(file: IO[bytes]) -> str:
    for kind, data in _chunks(file):
        keyword, _, rest = data.partition(b"\0")
        if kind == b"iTXt" and keyword == RECIPE.encode():
            return rest[2:].split(b"\0", 2)[2].decode("ascii")
    return ""


def _webp(file: IO[bytes]) -> str:
    file.seek(12)
    for _ in range(PARTS):
        kind, length = struct.unpack("<4sI", file.read(8))
        if kind == b"XMP " and length <= MOST:
            return _element(file.read(length))
        file.seek(length + length % 2, 1)
    return ""


def _svg(file: IO[bytes]) -> str:
    return _element(file.read(MOST))


def _html(file: IO[bytes]) -> str:
    found = SCRIPT.search(file.read(MOST).decode(errors="replace"))
    return found[1] if found else ""


def _element(data: bytes) -> str:
    found = ELEMENT.search(data.decode(errors="replace"))
    return unescape(found[1]) if found else ""


def _pdf(file: IO[bytes]) -> str:
    file.seek(0, 2)
    file.seek(max(0, file.tell() - MOST))
    found = KEYWORDS.findall(file.read(MOST))
    return re.sub(rb"\\(.)", rb"\1", found[-1], flags=re.DOTALL).decode("ascii") if found else ""


def _video(file: IO[bytes]) -> str:
    import av

    try:
        with av.open(file, "r") as container:
            told = {name.lower(): text for name, text in container.metadata.items()}
    except (av.error.FFmpegError, EOFError):
        return ""
    return str(told.get(RECIPE, ""))


READERS: list[tuple[re.Pattern[bytes], str, Callable[[IO[bytes]], str]]] = [
    (re.compile(rb"GIF8[79]a"), "gif", _gif),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "png", _png),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "webp", _webp),
    (re.compile(rb"....ftyp", re.DOTALL), "mp4", _video),
    (re.compile(rb"\x1aE\xdf\xa3"), "webm", _video),
    (re.compile(rb"%PDF-"), "pdf", _pdf),
    (re.compile(rb"<\?xml|<svg"), "svg", _svg),
    (re.compile(rb"<!doctype html", re.IGNORECASE), "html", _html),
]
