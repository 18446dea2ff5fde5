"""A loss as text that a program can read: the grammar of `--loss`, numbers and definitions in it."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from gdanim.losses.mathtext import mathtext, symbol


def tree(expression: str) -> ast.expr:
    """The syntax tree of an expression of our own; what users write is read by `grammar`."""
    return ast.parse(expression.replace("^", "**"), mode="eval").body


def shown(statement: str) -> str:
    r"""The mathtext of an expression, and of the definitions that may follow it.

    >>> shown("4*w*(w^2 - 1)"), shown("m*(abs(w) - m/2); m = min(abs(w), 0.5)")
    ('4w(w^2 - 1)', 'm(|w| - m/2), m = \\min(|w|, 0.5)')
    """
    expression, definitions = _parts(statement)
    return ", ".join(
        [mathtext(tree(expression)), *(f"{symbol(n)} = {mathtext(tree(d))}" for n, d in definitions)]
    )


def expanded(statement: str) -> str:
    """The expression with its definitions put in.

    >>> expanded("m*(abs(w) - m/2); m = min(abs(w), 0.5)")
    'min(abs(w), 0.5)*(abs(w) - min(abs(w), 0.5)/2)'
    """
    expression, definitions = _parts(statement)
    meanings: dict[str, ast.expr] = {}
    for name, definition in reversed(definitions):  # one may use those that come after it
        meanings[name] = _Put(meanings).visit(tree(definition))
    return unparsed(_Put(meanings).visit(tree(expression)))


def unparsed(expression: ast.expr) -> str:
    """A syntax tree as an expression.

    >>> unparsed(tree("2*w^3 - w/4"))
    '2*w^3 - w/4'
    """
    return ast.unparse(expression).replace(" ** ", "^").replace(" * ", "*").replace(" / ", "/")


def literal(value: float) -> str:
    """A number with all its digits, as an expression has it.

    >>> literal(2.0), literal(0.1), literal(1e-6)
    ('2', '0.1', '1e-06')
    """
    value = float(value) + 0.0
    return str(int(value)) if value.is_integer() and abs(value) < 1e12 else repr(value)


def shift(parameter: str, centre: float) -> str:
    """The parameter's distance from a centre, and the parameter alone where that is 0.

    >>> shift("w", 2.0), shift("w1", -1.5), shift("w", 0.0)
    ('(w - 2)', '(w1 + 1.5)', 'w')
    """
    if centre == 0:
        return parameter
    return f"({parameter} {'-' if centre > 0 else '+'} {literal(abs(centre))})"


def scaled(coefficient: float, what: str) -> str:
    """A multiple; a coefficient of 1 or −1 is not written.

    >>> scaled(1.0, "w"), scaled(-1.0, "w"), scaled(0.5, "w^2")
    ('w', '-w', '0.5*w^2')
    """
    if abs(coefficient) == 1:
        return what if coefficient > 0 else f"-{what}"
    return f"{literal(coefficient)}*{what}"


def added(terms: Iterable[str]) -> str:
    """A sum, with − where a term has its own sign.

    >>> added(["w1", "-2*w2", "w3"])
    'w1 - 2*w2 + w3'
    """
    first, *rest = terms
    return first + "".join(f" - {t[1:]}" if t.startswith("-") else f" + {t}" for t in rest)


class _Put(ast.NodeTransformer):
    """Names replaced by what they stand for."""

    def __init__(self, meanings: dict[str, ast.expr]) -> None:
        self._meanings = meanings

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._meanings.get(node.id, node)


def _parts(statement: str) -> tuple[str, list[tuple[str, str]]]:
    """`EXPRESSION; NAME = EXPRESSION; …` taken apart."""
    expression, *definitions = statement.split(";")
    pairs = [definition.partition("=") for definition in definitions]
    return expression.strip(), [(name.strip(), text.strip()) for name, _, text in pairs]
