"""Faults that a careless hand could put into a module, found on its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TURNED: dict[type, type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
# Whose arguments may change places without a difference.
EVEN = {"min", "max", "np.minimum", "np.maximum", "np.hypot", "np.array_equal", "math.hypot"}
DANGEROUS = ("kill(", "killpg(", "setpgid(", "rmtree(")
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Fault(NamedTuple):
    """One change to one file.

    Attributes:
        file: under gdanim/.
        sort: what is changed.
        line: of what is changed, from 1.
        start, end: bytes of the file that are replaced.
        new: what replaces them.
        what: old → new, for people; with the line where old is short.
        function: the first line of the function it stands in; 0 outside all, where it is done at the import.
    """

    file: str
    sort: str
    line: int
    start: int
    end: int
    new: str
    what: str
    function: int

    def __str__(self) -> str:
        return f"gdanim/{self.file}:{self.line} {self.sort}: {self.what}"

    def put_into(self, source: bytes) -> bytes:
        """The source with the fault."""
        return source[: self.start] + self.new.encode() + source[self.end :]


def changed(node: ast.AST, returns: str) -> Iterator[tuple[str, str]]:
    """Sort and text of what a node could wrongly be; `returns` is what its function is to return."""
    match node:
        case ast.Constant(value=bool() as value):
            yield "constant", str(not value)
        case ast.Constant(value=int() as value):
            yield "constant", str(value + 1)
        case ast.Constant(value=float() as value):
            yield "constant", repr(1.5 * value or 1.0)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in TURNED:
            turned = ast.Compare(left, [TURNED[type(op)]()], [right])
            yield "comparison", f"({ast.unparse(turned)})"
        case ast.BoolOp(op=op, values=values):
            other = ast.BoolOp(ast.And() if isinstance(op, ast.Or) else ast.Or(), values)
            yield "boolean", f"({ast.unparse(other)})"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "boolean", f"bool({ast.unparse(operand)})"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield "sum", f"({ast.unparse(operand)})"
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right) if not (words(left, right)):
            swapped = ast.BinOp(left, ast.Sub() if isinstance(op, ast.Add) else ast.Add(), right)
            yield "sum", f"({ast.unparse(swapped)})"
        case ast.Call(func=func, args=[first, second, *rest], keywords=named) if not (
            starred(first, second) or ast.unparse(func) in EVEN
        ):
            if ast.unparse(first) != ast.unparse(second):
                yield "arguments", ast.unparse(ast.Call(func, [second, first, *rest], named))
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Raise() | ast.Continue():
            yield "statement", "pass"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "statement", "pass"
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            wrong = {"bool": f"not ({ast.unparse(value)})", "int": f"({ast.unparse(value)}) + 1"}
            wrong["float"] = f"-({ast.unparse(value)})"
            yield "return", f"return {wrong.get(returns, 'None')}"


def words(*nodes: ast.expr) -> bool:
    return any(
        isinstance(node, ast.JoinedStr | ast.List | ast.Tuple)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str))
        for node in nodes
    )


def starred(*nodes: ast.expr) -> bool:
    return any(isinstance(node, ast.Starred) for node in nodes)


def faults_in(path: Path, file: str) -> list[Fault]:
    """Every fault that could be put into a file, in the order of its lines."""
    source = path.read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found: list[Fault] = []

    def visit(node: ast.AST, returns: str, function: int) -> None:
        own = function
        if isinstance(node, Function):
            if any(word in ast.unparse(node) for word in DANGEROUS):
                return
            returns = ast.unparse(node.returns) if node.returns else ""
            own = min(part.lineno for part in (node, *node.decorator_list))
        if isinstance(node, ast.keyword) and node.arg == "strict":
            return  # it asserts something, and changes nothing where that holds
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        if isinstance(node, ast.stmt | ast.expr):
            start, end = starts[node.lineno - 1] + node.col_offset, 0
            end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
            old = source[start:end].decode()
            for sort, new in changed(node, returns):
                what = f"{' '.join(old.split())[:70]} → {new[:70]}"
                if len(old) < 8:  # says little without what stands around it
                    what += f" in `{source[starts[node.lineno - 1] : starts[node.lineno]].decode().strip()}`"
                found.append(Fault(file, sort, node.lineno, start, end, new, what, function))
        for name, child in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "type_comment"):
                continue
            inside = isinstance(node, Function) and name == "body"  # defaults stand outside
            for each in child if isinstance(child, list) else [child]:
                # Characters in an f-string have no place of their own that could be replaced.
                if isinstance(each, ast.AST) and not isinstance(each, ast.JoinedStr):
                    visit(each, returns, own if inside else function)

    visit(ast.parse(source), "", 0)
    return found
