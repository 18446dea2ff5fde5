"""TrueType: the few glyphs of a font that a PDF shows, as a font of their own.

Format: Apple (1994), TrueType Reference Manual; what of it a PDF needs: ISO 32000-1 (2008), 9.9.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

import numpy as np

OUTLINES = b"\0\1\0\0", b"true"  # how a font begins whose outlines are TrueType's
HEAD = 12  # bytes before the directory of tables, of which each entry has 16
WHOLE = (b"OS/2", b"cvt ", b"fpgm", b"prep")  # tables that stay as they are: metrics, and what hints glyphs
LAST_NAME = 6  # of those kept: whose the font is, and what it is called; licences at full length follow
NAMELESS = 0x00030000  # the version of a table `post` that names no glyphs
MAGIC = 0xB1B0AFBA  # what all words of a font add up to
# Flags of a part of a glyph that is put together from others.
WORDS, SCALED, MORE, SCALED_TWICE, TURNED = 0x0001, 0x0008, 0x0020, 0x0040, 0x0080


def subset(font: bytes, glyphs: Iterable[int]) -> tuple[bytes, dict[int, int]] | None:
    """A font of these glyphs of another, and of those that they are put together from.

    What lays text out is left out, and with it what takes the most time to cut: a PDF says itself which
    glyph stands where.

    Args:
        font: a file's bytes.
        glyphs: their numbers in it.

    Returns:
        The font's bytes, and the new number of each glyph by its old one; None where its outlines are not
        TrueType's or it is one of several in a file.
    """
    tables = _tables(font)
    if not {b"glyf", b"loca", b"head", b"hhea", b"hmtx", b"maxp"} <= set(tables):
        return None
    long = struct.unpack(">h", tables[b"head"][50:52])[0]
    places = np.frombuffer(tables[b"loca"], ">u4" if long else ">u2").astype(int) * (1 if long else 2)
    outlines = {0: b""}
    waiting = [0, *sorted(set(glyphs))]
    while waiting:
        glyph = waiting.pop()
        outlines[glyph] = tables[b"glyf"][places[glyph] : places[glyph + 1]]
        waiting += [part for _, part in _parts(outlines[glyph]) if part not in outlines]
    numbers = {glyph: number for number, glyph in enumerate(sorted(outlines))}
    shapes = [_renumbered(outlines[glyph], numbers) for glyph in numbers]
    lengths = [0, *(len(shape) for shape in shapes)]
    made = {tag: tables[tag] for tag in WHOLE if tag in tables}
    made[b"name"] = _names(tables.get(b"name", bytes(6)))
    made[b"glyf"] = b"".join(shapes)
    made[b"loca"] = np.cumsum(lengths).astype(">u4").tobytes()
    made[b"hmtx"] = _metrics(tables, list(numbers))
    made[b"head"] = tables[b"head"][:8] + bytes(4) + tables[b"head"][12:50] + b"\0\1" + tables[b"head"][52:]
    made[b"hhea"] = tables[b"hhea"][:34] + struct.pack(">H", len(numbers))
    made[b"maxp"] = tables[b"maxp"][:4] + struct.pack(">H", len(numbers)) + tables[b"maxp"][6:]
    made[b"post"] = struct.pack(">I", NAMELESS) + tables.get(b"post", bytes(32))[4:32]
    return _joined(font[:4], made), numbers


def _tables(font: bytes) -> dict[bytes, bytes]:
    if font[:4] not in OUTLINES:
        return {}
    (count,) = struct.unpack(">H", font[4:6])
    entries = struct.iter_unpack(">4s4xII", font[HEAD : HEAD + 16 * count])
    return {tag: font[start : start + length] for tag, start, length in entries}


def _parts(outline: bytes) -> list[tuple[int, int]]:
    """Where in a glyph the numbers of others stand, and these numbers."""
    found: list[tuple[int, int]] = []
    if not outline or struct.unpack(">h", outline[:2])[0] >= 0:
        return found
    place, flags = 10, MORE
    while flags & MORE:
        flags, part = struct.unpack(">HH", outline[place : place + 4])
        found.append((place + 2, part))
        place += 8 if flags & WORDS else 6
        place += 2 * (bool(flags & SCALED) + 2 * bool(flags & SCALED_TWICE) + 4 * bool(flags & TURNED))
    return found


def _renumbered(outline: bytes, numbers: dict[int, int]) -> bytes:
    """A glyph that refers to others by their new numbers; its bytes are a multiple of four."""
    changed = bytearray(outline)
    for place, part in _parts(outline):
        changed[place : place + 2] = struct.pack(">H", numbers[part])
    return bytes(changed) + bytes(-len(changed) % 4)


def _metrics(tables: dict[bytes, bytes], glyphs: list[int]) -> bytes:
    """How far each glyph advances, and where it begins; those at the end share the last advance."""
    (full,) = struct.unpack(">H", tables[b"hhea"][34:36])
    numbers = np.frombuffer(tables[b"hmtx"], ">i2")
    rows = [
        (numbers[2 * min(glyph, full - 1)], numbers[2 * glyph + 1 if glyph < full else full + glyph])
        for glyph in glyphs
    ]
    return np.array(rows, ">i2").tobytes()


def _names(table: bytes) -> bytes:
    """The first of the names of a font, in the order they stand in."""
    count, start = struct.unpack(">HH", table[2:6])
    records, texts = [], b""
    for record in struct.iter_unpack(">6H", table[6 : 6 + 12 * count]):
        *which, length, place = record
        if which[3] <= LAST_NAME:
            records.append(struct.pack(">6H", *which, length, len(texts)))
            texts += table[start + place : start + place + length]
    return struct.pack(">3H", 0, len(records), 6 + 12 * len(records)) + b"".join(records) + texts


def _joined(version: bytes, tables: dict[bytes, bytes]) -> bytes:
    """Tables as a file, with the sums by which it is known to be whole."""
    count = len(tables)
    power = count.bit_length() - 1
    search = 16 << power
    head = version + struct.pack(">HHHH", count, search, power, 16 * count - search)
    place, body = HEAD + 16 * count, b""
    for tag in sorted(tables):
        padded = tables[tag] + bytes(-len(tables[tag]) % 4)
        head += struct.pack(">4sIII", tag, _sum(padded), place + len(body), len(tables[tag]))
        body += padded
    font = bytearray(head + body)
    (start,) = (place + 8 for tag, _, place, _ in struct.iter_unpack(">4sIII", head[HEAD:]) if tag == b"head")
    font[start : start + 4] = struct.pack(">I", (MAGIC - _sum(bytes(font))) % 2**32)
    return bytes(font)


def _sum(data: bytes) -> int:
    return int(np.frombuffer(data, ">u4").sum(dtype=np.uint64)) % 2**32
