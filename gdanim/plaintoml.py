"""TOML as plain data, and the line where each of its keys stands."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from gdanim.errors import GdanimError

Path = tuple[str | int, ...]  # keys, and numbers of tables in a list, from the outermost
_TOKEN = re.compile(
    r"""(?P<text>\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
    r"""|(?P<comment>\#[^\n]*)|(?P<opens>[\[{])|(?P<closes>[\]}])|(?P<newline>\n)""",
    re.DOTALL | re.VERBOSE,
)
_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*')"""
_KEY = re.compile(rf"\s*(?P<opens>\[{{0,2}})\s*(?P<key>{_PART}(?:\s*\.\s*{_PART})*)\s*(?P<ends>[=\]])")


def read_toml(text: str) -> dict[str, Any]:
    """The data in a text.

    Raises:
        GdanimError: it is no TOML; says where it goes wrong.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error).replace("end of document", f"line {len(text.splitlines())}, where it ends")
        raise GdanimError(f"is not TOML: {said[:1].lower()}{said[1:]}") from None
    except RecursionError:
        raise GdanimError("is not TOML that can be read: it is nested too deeply") from None


def lines_of(text: str) -> dict[Path, int]:
    """Where each key and each table of a TOML stands, as lines from 1; what is in braces has no line.

    >>> lines_of("a = 1\\n[[b]]\\nc = '''\\nd = 2'''\\n[[b]]\\n")
    {('a',): 1, ('b',): 2, ('b', 0): 2, ('b', 0, 'c'): 3, ('b', 1): 5}
    """
    found: dict[Path, int] = {}
    lists: dict[Path, int] = {}
    table: Path = ()
    for number, line in _statements(text):
        match = _KEY.match(line)
        if match is None:
            continue
        parts = [_unquoted(part) for part in re.findall(_PART, match["key"])]
        if not match["opens"]:
            found.setdefault((*table, *parts), number)
            for i in range(1, len(parts)):
                found.setdefault((*table, *parts[:i]), number)
            continue
        table = ()
        for i, part in enumerate(parts):
            table = (*table, part)
            if match["opens"] == "[[" and i == len(parts) - 1:
                lists[table] = lists.get(table, -1) + 1
                found.setdefault(table, number)
            if table in lists:
                table = (*table, lists[table])
        found.setdefault(table, number)
    return found


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a key, or of the nearest that holds it; 0 where none is known."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 0)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The lines at which something begins, each with its number: not those within brackets or a text."""
    lines = text.split("\n")
    yield 1, lines[0]
    depth, number = 0, 1
    for token in _TOKEN.finditer(text):
        number += token[0].count("\n")
        if token["opens"] or token["closes"]:
            depth += 1 if token["opens"] else -1
        elif token["newline"] and depth == 0:
            yield number, lines[number - 1]


def _unquoted(part: str) -> str:
    if part.startswith('"'):
        try:
            return str(json.loads(part))
        except ValueError:  # an escape that only TOML has
            return part[1:-1]
    return part.strip("'")


def written_toml(data: Mapping[str, Any]) -> str:
    """Keys with their values, a line each; tables in braces.

    Args:
        data: texts, finite numbers, yes and no, and lists and tables of these.

    >>> written_toml({"lr": [0.1, 1.0], "let": {"a": 2.0}, "title": 'η "x"'})
    'lr = [0.1, 1.0]\\nlet = {a = 2.0}\\ntitle = "η \\\\"x\\\\""\\n'
    """
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in data.items())


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)
