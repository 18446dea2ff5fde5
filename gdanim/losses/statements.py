"""A formula's statements: names for what is worked out on the way, and the loss last.

z = w*x + b; h = tanh(z); L = (v*h - t)^2
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Collection
from typing import NamedTuple

from gdanim.errors import did_you_mean
from gdanim.losses.grammar import CONSTANTS, FUNCTIONS, LETTER, Check
from gdanim.losses.reading import LOWERED, Source, plain, strange_in

NAME = re.compile(rf"[^\W\d_][\w{''.join(LOWERED)}]*")
LOSS = "L"  # what every picture calls the loss


class Statement(NamedTuple):
    """One of them: `name = tree`.

    Attributes:
        name: without signs of mathematics; "" for a loss that was given none.
        source: of the tree.
        names: all names in the tree that are neither functions nor constants of mathematics.
    """

    name: str
    source: Source
    tree: ast.expr
    names: frozenset[str]


def statements(text: str, letters: Collection[str], parameters: Collection[str]) -> list[Statement]:
    """The statements of a formula in order, the loss last; one without a name where there is no = or ;.

    Args:
        letters: the names that --let gives a value.
        parameters: the names that --parameters gives.

    Raises:
        GdanimError: anything but arithmetic, or a name that is defined where or as it must not be.

    >>> [(s.name, sorted(s.names)) for s in statements("z = w*x; L = (z - t)^2", ("x", "t"), ())]
    [('z', ['w', 'x']), ('L', ['t', 'z'])]
    """
    whole = Source(text)
    if ";" not in text and "=" not in text:
        return [_read("", whole, {*letters, *parameters})]
    parts = _split(whole)
    heads = [_head(whole, *part, last=i == len(parts) - 1) for i, part in enumerate(parts)]
    _check_names(whole, heads, letters, parameters)
    known = {*letters, *parameters, *(name for name, _, _ in heads)}
    found = [
        _read(name, Source(whole.text[start:end], whole.text, start), known)
        for (name, _, start), (_, end) in zip(heads, parts, strict=True)
    ]
    _check_order(whole, heads, found)
    return found


def single(text: str, known: Collection[str]) -> Statement:
    """A formula that is one statement without a name.

    Args:
        known: names that have a meaning.
    """
    return _read("", Source(text), set(known))


def _read(name: str, source: Source, known: set[str]) -> Statement:
    tree = source.tree()
    return Statement(name, source, tree, frozenset(Check(source, known).names(tree)))


def _split(whole: Source) -> list[tuple[int, int]]:
    """Where each statement begins and ends; an empty one is refused."""
    ends = [*(match.start() for match in re.finditer(";", whole.text)), len(whole.text)]
    parts = list(zip([0, *(end + 1 for end in ends[:-1])], ends, strict=True))
    for start, end in parts:
        if not whole.text[start:end].strip():
            where = (
                "after the last ;, where the loss belongs" if start and end == ends[-1] else "before this ;"
            )
            raise whole.error(f"there is no statement {where}", min(end, len(whole.text) - 1))
    return parts


def _head(whole: Source, start: int, end: int, *, last: bool) -> tuple[str, int, int]:
    """The name that a statement defines, where it stands, and where the arithmetic begins."""
    text = whole.text[start:end]
    place = start + len(text) - len(text.lstrip())
    before, equals, after = text.partition("=")
    if before.count("(") > before.count(")"):  # f(x=1)
        before, equals, after = text, "", ""
    sign = start + len(before)
    if not equals:
        if last:
            return "", place, start
        raise whole.error("a statement before the last begins with a name and =, as in z = w*x", place)
    if re.search(r"[<>!=]$", before) or after.startswith("="):
        raise whole.error("a comparison has no place in a formula", place)
    if "=" in after:
        raise whole.error("a statement has one =, after its name", sign + 1 + after.index("="))
    name = before.strip()
    if not name:
        raise whole.error("a name is missing before the =", sign)
    if not NAME.fullmatch(name):
        told = "; write name = formula, without its arguments" if re.match(r"\w+\s*\(", name) else ""
        raise whole.error(f"before the = stands one name, and not '{name}'{told}", place)
    if not after.strip():
        raise whole.error("a formula is missing after the =", sign)
    return plain(name), place, sign + 1


def _check_names(
    whole: Source,
    heads: list[tuple[str, int, int]],
    letters: Collection[str],
    parameters: Collection[str],
) -> None:
    """Refuse a name that has a meaning already."""
    known: set[str] = set()
    for name, place, _ in heads:
        if not name:
            continue
        kind = "function" if name in FUNCTIONS else "number of mathematics" if name in CONSTANTS else ""
        reserved = keyword.iskeyword(name) and name != "lambda"
        if kind or reserved or "__" in name or strange_in(name):
            why = f"; it is a {kind}" if kind else "; Python reserves it" if reserved else ""
            raise whole.error(f"'{name}' cannot be defined{why}", place)
        for option, given in (("let", letters), ("parameters", parameters)):
            if name in given:
                raise whole.error(f"'{name}' is defined here and by --{option}; leave one of them out", place)
        if name in known:
            raise whole.error(f"'{name}' is defined twice", place)
        if name == LOSS and place != heads[-1][1]:
            raise whole.error(f"'{LOSS}' is the loss, which the last statement defines", place)
        known.add(name)


def _check_order(whole: Source, heads: list[tuple[str, int, int]], found: list[Statement]) -> None:
    """Refuse what is used before it is defined, and what is defined and not used."""
    for index, statement in enumerate(found):
        later = {other.name for other in found[index + 1 :]}
        for node in ast.walk(statement.tree):
            if not isinstance(node, ast.Name) or not node.id:
                continue
            if node.id == statement.name:
                raise statement.source.error(f"'{node.id}' is defined by itself", node)
            if node.id in later:
                raise statement.source.error(f"'{node.id}' is used before it is defined", node)
    used = frozenset[str]().union(*(statement.names for statement in found))
    for name, place, _ in heads[:-1]:
        if name not in used:
            free = used - {statement.name for statement in found}
            meant = did_you_mean(name, [other for other in free if LETTER.fullmatch(other)])
            meant = meant.replace("did you mean", "was it meant where the formula has")
            raise whole.error(f"'{name}' is defined and not used{meant}", place)
