"""Bytes of a file as text."""

from __future__ import annotations

import unicodedata

from gdanim.errors import GdanimError

UTF16 = (b"\xff\xfe", b"\xfe\xff")  # how it begins
NEW_LINE, NONE = "\n", "\0"


def decoded(data: bytes, *, remedy: str = "", instead: str = "", placed: bool = False) -> str:
    """A file's text, in UTF-8 with or without a mark before it, or in UTF-16 with one.

    Args:
        remedy: what is said of text in any other encoding.
        instead: what is said of what is no text.
        placed: whether the line where it goes wrong is named, from 1.

    Raises:
        GdanimError: it is no such text.

    >>> decoded("é".encode("utf-8-sig")), decoded("é".encode("utf-16"))
    ('é', 'é')
    """
    try:
        text = data.decode("utf-16" if data[:2] in UTF16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = f"line {1 + data[: error.start].count(NEW_LINE.encode())} " if placed else ""
        raise GdanimError(f"{line}is not text in UTF-8{remedy}") from None
    if NONE in text:
        line = f"line {1 + text[: text.index(NONE)].count(NEW_LINE)} " if placed else ""
        raise GdanimError(f"{line}is not text{instead}")
    return text


def composed(name: str) -> str:
    """A name whose letters are one sign each with their accents, however it was written.

    >>> composed("e\N{COMBINING ACUTE ACCENT}") == "é"
    True
    """
    return unicodedata.normalize("NFC", name)
