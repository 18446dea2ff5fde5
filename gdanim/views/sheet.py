"""A sheet of formulas and numbers: how they are broken into lines of one size of text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from gdanim.losses.base import Array
from gdanim.text import MINUS
from gdanim.views.base import Scene
from gdanim.views.breaking import breaks, cut, folded, terms
from gdanim.views.glyphs import widest
from gdanim.views.slopes import Line, Slopes
from gdanim.views.symbols import inline, symbol

ARGUMENTS = 5  # of L that are written out
INDENT = 2.2  # sizes of text
FIRST = 0.8  # of a line's height: how far its baseline lies under its top


class Row(NamedTuple):
    """One line.

    Attributes:
        words: what it says in every frame; "" for a line of numbers.
        strong: whether it is more than a quiet formula.
        component: whose numbers it has, −1 for ∇L's, None for a line of words.
        part: which of their lines.
        indent: pixels.
        up, down: pixels that it takes more than a line.
    """

    words: str
    strong: bool = False
    component: int | None = None
    part: int = 0
    indent: float = 0.0
    up: float = 0.0
    down: float = 0.0


class Page(NamedTuple):
    """Lines from the top to the bottom.

    Attributes:
        chosen: for each component the pieces that begin a line of its numbers; None where only the result is
            written, for want of room.
        reason: what then stands behind the dots.
        vector: the same for ∇L, whose pieces are its components.
        listed: how many components of ∇L are written.
    """

    rows: list[Row]
    chosen: list[tuple[int, ...] | None]
    reason: str
    vector: tuple[int, ...]
    listed: int

    def pitch(self, height: float, size: float) -> float:
        """Pixels from line to line, not more than looks well."""
        return min(2.2 * size, (height - sum(row.up + row.down for row in self.rows)) / len(self.rows))


class Sheet:
    """Lines of one size.

    Args:
        thetas, gradients: those of some iterates, (m, n), of which the widest numbers are looked for.
        room: pixels from left to right.
        most: lines that a formula or its numbers may take.
    """

    def __init__(
        self,
        scene: Scene,
        slopes: Slopes,
        samples: tuple[Array, Array],
        scale: float,
        room: float,
        most: int,
    ) -> None:
        self._scene, self._slopes = scene, slopes
        self._thetas, self._gradients = samples
        self.glyphs = scene.glyphs.at(scale * scene.sizes.text)
        self._room, self._most = room, most
        self._indent = INDENT * self.glyphs.size
        self._names = scene.loss.parameters
        self.numbers = lru_cache(None)(self._numbers)
        self.formula = lru_cache(None)(self._formula)
        self.result = lru_cache(None)(self._result)

    def page(self, count: int, *, whole: bool, short: bool = False) -> Page | None:
        """The lines of so many components; None where `whole` is asked for and something has no room.

        Args:
            short: whether numbers that take more than a line are left out.
        """
        n, text = len(self._names), self._scene.text
        rows = [self._row(words, strong=True) for words in self._head()] if n > 1 else []
        wanted = [self.numbers(i) for i in range(count)]
        chosen = [None if short and places else places for places in wanted]
        if whole and (None in chosen or any(self.formula(i) is None for i in range(count))):
            return None
        reason = f"({text('too_long')})"
        beside = self.glyphs.width(f"= … {reason} ≈ ") + max(map(self.result, range(count)))
        inside = self._indent + beside <= self._room
        for i in range(count):
            rows += self._of_formula(i)
            places = chosen[i]
            after = self._indent + self.glyphs.width("= ")
            rows.append(Row("", component=i, indent=self._indent))
            rows += [Row("", component=i, part=1 + j, indent=after) for j in range(len(places or ()))]
            if places is None and not inside:
                rows += [self._row(words, indent=self._indent) for words in self._fold(reason, self._indent)]
        if count < n:
            rows.append(self._row(text("rest", count=n - count)))
        if n == 1:
            return Page(rows, chosen, reason if inside else "", (), 0)
        vector, listed = self._vector
        if whole and listed < n:
            return None
        after = self.glyphs.width("$\\nabla L$ ≈ (")
        rows += [Row("", component=-1, part=j, indent=after if j else 0.0) for j in range(1 + len(vector))]
        return Page(rows, chosen, reason if inside else "", vector, listed)

    def write(self, page: Page, i: int, line: Line) -> list[str]:
        """The lines of a component's numbers: = 20·(−0.393) = −7.860."""
        chosen = page.chosen[i]
        if chosen is None:
            dots = f"… {page.reason}".rstrip()
            return [f"= {dots} {'=' if line.exact else '≈'} {line.result}"]
        if not line.pieces:
            return [f"{line.sign} {line.result}"]
        return cut(["= ", *line.pieces, f" {line.sign} {line.result}"], chosen)

    def write_vector(self, page: Page, lines: Sequence[Line]) -> list[str]:
        """∇L = (−2.500, −7.860); the sign is ≈ where any of it is rounded."""
        separator = self._scene.text.separator
        parts = [line.result for line in lines[: page.listed]]
        parts += ["…"] if page.listed < len(self._names) else []
        parts = [f"{part}{separator}" for part in parts[:-1]] + [f"{parts[-1]})"]
        exact = all(line.exact and line.sign == "=" for line in lines[: page.listed])
        return cut([rf"$\nabla L$ {'=' if exact else '≈'} (", *parts], page.vector)

    def _numbers(self, i: int) -> tuple[int, ...] | None:
        worked, width = self._slopes.worked[i], self.glyphs.width
        if worked is None:
            return ()
        widths = worked.widths(width, self._thetas, self._slopes.operands)
        widths = [width("= "), *widths, width(" ≈ ") + self.result(i)]
        places = {1 + place: depth for place, depth in worked.breaks().items()}
        places[len(widths) - 1] = 0
        first = self._room - self._indent
        return breaks(widths, places, first, first - width("= "), self._most)

    def _result(self, i: int) -> int:
        """Pixels that the widest derivative takes."""
        text, slopes = self._scene.text, self._slopes

        def written(value: float) -> str:
            return text.fixed(value, slopes.result)

        return widest(self.glyphs, text, self._gradients[:, i], written)

    def _formula(self, i: int) -> list[str] | None:
        """∂L/∂w₂ = 20w₂, broken where it is long; None where it has no room."""
        loss, text, width = self._scene.loss, self._scene.text, self.glyphs.width
        formula = loss.gradient_formula[i] if i < len(loss.gradient_formula) else ""
        if formula in ("", r"\ldots"):
            return self._left_out(i, text("no_formula"))
        name, formula = f"${inline(self._names[i], len(self._names))}$ = ", text.math(formula)
        if width(f"{name}${formula}$") <= self._room:
            return [f"{name}${formula}$"]
        pieces, places = terms(formula)
        shown = [_piece(piece) for piece in pieces]
        widths = [width(name), *map(width, shown)]
        after = {1 + place: depth for place, depth in places.items()}
        chosen = breaks(widths, after, self._room, self._room - self._indent, self._most)
        return None if chosen is None else cut([name, *shown], chosen)

    def _of_formula(self, i: int) -> list[Row]:
        lines = self.formula(i) or self._left_out(i, self._scene.text("too_long"))
        return [self._row(words, indent=self._indent if j else 0.0) for j, words in enumerate(lines)]

    def _left_out(self, i: int, why: str) -> list[str]:
        whole = f"${inline(self._names[i], len(self._names))}$ = … ({why})"
        if self.glyphs.width(whole) <= self._room:
            return [whole]
        return [whole.partition(" (")[0], *self._fold(f"({why})", self._indent)]

    def _fold(self, words: str, indent: float) -> list[str]:
        return folded(words, self.glyphs.width, self._room - indent)

    def _head(self) -> list[str]:
        """∇L(w₁, w₂) = (∂L/∂w₁, ∂L/∂w₂), of which dots stand for those that are too many."""
        n, width = len(self._names), self.glyphs.width
        lines: list[str] = []
        for count in range(min(n, ARGUMENTS), 0, -1):
            names, dots = self._names[:count], r", \ldots" if count < n else ""
            arguments = ", ".join(map(symbol, names))
            slopes = ", ".join(inline(name, n) for name in (names[:-1] if dots and count > 1 else names))
            left, right = rf"$\nabla L({arguments}{dots})$", f"= $({slopes}{dots})$"
            lines = [f"{left} {right}"] if width(f"{left} {right}") <= self._room else [left, right]
            if max(map(width, lines)) <= self._room:
                break
        return lines

    @cached_property
    def _vector(self) -> tuple[tuple[int, ...], int]:
        """The components of ∇L that begin a line, and how many are written."""
        n, width, separator = len(self._names), self.glyphs.width, self._scene.text.separator
        results = [self.result(i) + width(separator) for i in range(n)]
        first = width(r"$\nabla L$ ≈ (")
        for listed in range(n, 0, -1):
            widths = [first, *results[:listed], *([width("…)")] if listed < n else [])]
            places = dict.fromkeys(range(2, len(widths)), 0)
            chosen = breaks(widths, places, self._room, self._room - first, min(2, self._most))
            if chosen is not None:
                return chosen, listed
        return (), 1

    def _row(self, words: str, *, strong: bool = False, indent: float = 0.0) -> Row:
        glyphs = self.glyphs
        drop = glyphs.drop(words)
        up = len(glyphs.mask(words)) - drop - (glyphs.height - glyphs.baseline)
        return Row(words, strong, indent=indent, up=max(0, up), down=max(0, drop - glyphs.baseline))


def _piece(piece: str) -> str:
    """A piece of a formula, or the sign between two, as they are set."""
    return piece.replace("-", MINUS) if piece in (" + ", " - ") else f"${piece}$" if piece else ""
