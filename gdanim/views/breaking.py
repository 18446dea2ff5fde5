"""Lines that are broken where a reader looks for it: before a sign between terms, or between words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, pairwise

SIGN = (" + ", " - ")
DEEP = 4.0  # squares of a line by which a break inside brackets is worse than one outside


def breaks(
    widths: Sequence[float], places: Mapping[int, int], first: float, others: float, most: int
) -> tuple[int, ...] | None:
    """The pieces that begin a line, the fewest that do; None where even `most` lines have no room.

    Of as many lines those are taken that are broken outside brackets, and then the most even ones.

    Args:
        widths: of the pieces, in pixels.
        places: the pieces that may begin a line, and how deep in brackets each stands.
        first, others: the room that the first line has, and any other.

    >>> breaks([50, 10, 50, 10, 50], {1: 0, 3: 0}, 120, 120, most=3)
    (3,)
    >>> breaks([50, 10, 50], {1: 0}, 40, 40, most=3) is None
    True
    """
    starts = [0, *places, len(widths)]
    sums = [0.0, *accumulate(widths)]
    # Of each number of lines: the least cost at which the pieces before a start fill them, and their starts.
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for count in range(most):
        room, coming = (others if count else first), dict[int, tuple[float, tuple[int, ...]]]()
        for begin, (cost, chosen) in best.items():
            for end in starts[bisect_right(starts, begin) :]:
                width = sums[end] - sums[begin]
                if width > room:
                    break
                total = cost + (width / others) ** 2 + DEEP * places.get(end, 0)
                if end not in coming or total < coming[end][0]:
                    coming[end] = total, (*chosen, end)
        if len(widths) in coming:
            return coming[len(widths)][1][:-1]
        best = coming
    return None


def cut(pieces: Sequence[str], chosen: Sequence[int]) -> list[str]:
    """The pieces as lines.

    >>> cut(["4·2.000", " − ", "2·3.000"], [1])
    ['4·2.000', '− 2·3.000']
    """
    return ["".join(pieces[a:b]).lstrip() for a, b in pairwise([0, *chosen, len(pieces)])]


def terms(formula: str) -> tuple[list[str], dict[int, int]]:
    r"""A mathtext formula in pieces, and those that may begin a line: its signs outside braces.

    >>> terms(r"2(w_1 + 1) - \\frac{a + b}{2}")
    (['2(w_1', ' + ', '1)', ' - ', '\\\\frac{a + b}{2}'], {1: 1, 3: 0})
    """
    pieces, places = [""], dict[int, int]()
    braces = depth = place = 0
    while place < len(formula):
        sign = formula[place : place + 3]
        if not braces and sign in SIGN:
            places[len(pieces)] = depth
            pieces += [sign, ""]
            place += 3
            continue
        braces += (formula[place] == "{") - (formula[place] == "}")
        braces += formula.startswith(r"\left", place) and not formula.startswith(r"\leftarrow", place)
        braces -= formula.startswith(r"\right", place)
        depth += (formula[place] == "(") - (formula[place] == ")")
        pieces[-1] += formula[place]
        place += 1
    return pieces, places


def folded(words: str, measure: Callable[[str], float], room: float) -> list[str]:
    """Lines of as many words as there is room for."""
    lines: list[str] = []
    for word in words.split(" "):
        if lines and measure(f"{lines[-1]} {word}") <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
