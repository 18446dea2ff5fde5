"""A formula taken apart into what a teacher draws as one node each.

Where parts have names, each of these is a node, since that is how the formula was meant to be seen. A
formula without names is taken apart into its operations: a product, a quotient, a power, a function; and
a sum with the numbers that its terms are multiplied by, since a number has no derivative to carry back.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from typing import NamedTuple

from gdanim.losses.statements import Statement

UNNAMED = "uqsgk"  # letters for operations, the first that the formula does not use


class Part(NamedTuple):
    """One node: its name, and what it is worked out from as arithmetic."""

    name: str
    tree: ast.expr

    @property
    def names(self) -> list[str]:
        """The names in it, in order and each once."""
        return list(dict.fromkeys(names_in(self.tree)))


def parts_of(statements: Collection[Statement], letters: Collection[str]) -> list[Part]:
    """The nodes of a formula in an order in which they can be worked out, the loss last.

    Args:
        letters: all names that are not numbers: parameters, and letters with a value.

    >>> from gdanim.losses.statements import statements
    >>> [(p.name, ast.unparse(p.tree)) for p in parts_of(statements("w1^2 + 10*w2^2", (), ()), ("w1", "w2"))]
    [('u1', 'w1 ** 2'), ('u2', 'w2 ** 2'), ('L', 'u1 + 10 * u2')]
    """
    *before, last = statements
    if before:
        return [*(Part(each.name, each.tree) for each in before), Part(last.name or "L", last.tree)]
    return _Operations(letters).of(last.tree, last.name or "L")


def names_in(tree: ast.expr) -> Iterator[str]:
    """The names in a tree that do not name a function, from left to right."""
    waiting = [tree]
    while waiting:
        match waiting.pop():
            case ast.Name(id=name):
                yield name
            case ast.UnaryOp(operand=operand):
                waiting.append(operand)
            case ast.BinOp(left=left, right=right):
                waiting += (right, left)
            case ast.Call(args=arguments):
                waiting += reversed(arguments)


class _Operations:
    """The operations of one formula; those that are equal are one."""

    def __init__(self, letters: Collection[str]) -> None:
        self._letters = frozenset(letters)
        used = {letter.partition("_")[0].rstrip("0123456789") for letter in letters}
        self._letter = next((letter for letter in UNNAMED if letter not in used), "op_")
        self._known: dict[str, str] = {}
        self._parts: list[Part] = []

    def of(self, tree: ast.expr, name: str) -> list[Part]:
        top = self._opened(tree)
        return [*self._parts, Part(name, top)]

    def _opened(self, tree: ast.expr) -> ast.expr:
        """An operation on names and numbers: what stands below it has nodes of its own."""
        match tree:
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
                return ast.BinOp(self._term(left), op, self._term(right))
            case ast.UnaryOp(op=op, operand=operand):
                return ast.UnaryOp(op, self._term(operand))
            case ast.BinOp(op=ast.Mult() | ast.Div()):
                return self._term(tree) if self._scaled(tree) else self._factors(tree)
            case ast.BinOp(left=left, op=op, right=right):
                return ast.BinOp(self._name(left), op, self._name(right))
            case ast.Call(func=function, args=arguments):
                return ast.Call(function, [self._name(each) for each in arguments], [])
        return tree

    def _term(self, tree: ast.expr) -> ast.expr:
        """A term of a sum, with its sign and the number that it is multiplied by."""
        match tree:
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
                return ast.BinOp(self._term(left), op, self._term(right))
        return self._multiple(tree)

    def _multiple(self, tree: ast.expr) -> ast.expr:
        """What a sign and numbers multiply or divide."""
        match tree:
            case ast.UnaryOp(op=op, operand=operand):
                return ast.UnaryOp(op, self._multiple(operand))
            case ast.BinOp(left=left, op=op, right=right) if self._scaled(tree):
                return ast.BinOp(self._multiple(left), op, self._multiple(right))
        return self._name(tree)

    def _factors(self, tree: ast.expr) -> ast.expr:
        """A product of any number of factors as one operation."""
        match tree:
            case ast.BinOp(left=left, op=ast.Mult() as op, right=right):
                return ast.BinOp(self._factors(left), op, self._name(right))
            case ast.BinOp(left=left, op=ast.Div() as op, right=right):
                return ast.BinOp(self._name(left), op, self._name(right))
        return self._name(tree)

    def _name(self, tree: ast.expr) -> ast.expr:
        """The name of what stands here, or the number."""
        if isinstance(tree, ast.Name) or not self._varies(tree):
            return tree
        opened = self._opened(tree)
        key = ast.dump(opened)
        if key not in self._known:
            self._known[key] = f"{self._letter}{len(self._parts) + 1}"
            self._parts.append(Part(self._known[key], opened))
        return ast.Name(self._known[key])

    def _varies(self, tree: ast.expr) -> bool:
        return any(name in self._letters for name in names_in(tree))

    def _scaled(self, tree: ast.BinOp) -> bool:
        """Whether this is something multiplied or divided by a number."""
        if not isinstance(tree.op, ast.Mult | ast.Div) or not self._varies(tree):
            return False
        if isinstance(tree.op, ast.Div):
            return not self._varies(tree.right)
        return not (self._varies(tree.left) and self._varies(tree.right))
