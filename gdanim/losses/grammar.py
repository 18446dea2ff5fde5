"""Reading a formula: what is arithmetic and what is not, decided before anything is worked out.

A walk over Python's own syntax tree knows numbers, names, + − * / ** ^, and named functions and
constants, within limits. Everything else is a sentence with a caret under the place.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Callable, Mapping
from typing import Any

from gdanim.errors import GdanimError, did_you_mean

LONGEST, DEEPEST, MOST_PARAMETERS = 400, 30, 12
LARGEST_EXPONENT, LARGEST_NUMBER = 64, 1e12
# name → (sympy's name, number of arguments); what sympy lacks is put together in `_apply`.
FUNCTIONS = {
    "sin": ("sin", 1),
    "cos": ("cos", 1),
    "tan": ("tan", 1),
    "asin": ("asin", 1),
    "acos": ("acos", 1),
    "atan": ("atan", 1),
    "sinh": ("sinh", 1),
    "cosh": ("cosh", 1),
    "tanh": ("tanh", 1),
    "exp": ("exp", 1),
    "log": ("log", 1),
    "ln": ("log", 1),
    "sqrt": ("sqrt", 1),
    "abs": ("Abs", 1),
    "sign": ("sign", 1),
    "max": ("Max", 2),
    "min": ("Min", 2),
    "relu": ("relu", 1),
    "sigmoid": ("sigmoid", 1),
    "softplus": ("softplus", 1),
}
WRITTEN = {"²": "^2", "³": "^3", "·": "*", "×": "*", "−": "-", "π": "pi"}
CONSTANTS = {"pi": "pi", "e": "E"}
OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


class Source:
    """The text, and where in it a node of the tree stands."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        # ^ is a power here, and binds like one; the tree's columns are those of the changed text.
        self.columns = [i for i, c in enumerate(self.text) for _ in range(2 if c == "^" else 1)]
        self.columns.append(len(self.text))

    def tree(self) -> ast.expr:
        """The syntax tree; anything but one expression of ordinary characters is refused."""
        if not self.text:
            raise GdanimError("the formula is empty", where=["loss"])
        if len(self.text) > LONGEST:
            raise GdanimError(
                f"the formula has {len(self.text)} characters; at most {LONGEST} are read", where=["loss"]
            )
        for index, character in enumerate(self.text):
            if not (character.isascii() and character.isprintable()):
                hint = f"; write {WRITTEN[character]}" if character in WRITTEN else ""
                raise self.error(f"'{character}' has no meaning in a formula{hint}", index)
        try:
            return ast.parse(self.text.replace("^", "**"), mode="eval").body
        except SyntaxError as error:
            offset = (error.offset or 1) - 1
            at_the_end = error.msg == "invalid syntax" and offset == 0
            place = self.columns[-1 if at_the_end else min(offset, len(self.columns) - 1)]
            raise self.error(f"this is not arithmetic{_hint(self.text)}", place) from None
        except (RecursionError, MemoryError, ValueError):
            raise GdanimError("the formula is nested too deeply", where=["loss"]) from None

    def error(self, problem: str, place: int | ast.AST) -> GdanimError:
        """A sentence with a caret under the place."""
        if isinstance(place, ast.AST):
            place = self.columns[min(getattr(place, "col_offset", 0), len(self.columns) - 1)]
        return GdanimError(f"{problem}\n    {self.text}\n    {' ' * place}^", where=["loss"])


def _hint(text: str) -> str:
    """What people write who mean something else."""
    if re.match(r"\s*\w+\s*(\([^)]*\)\s*)?=", text):
        return "; write only what stands after the ="
    if "|" in text:
        return "; write abs(x) for |x|"
    keywords = set(re.findall(r"[A-Za-z_]\w*", text)) & set(keyword.kwlist)
    if keywords:
        return f"; '{min(keywords)}' cannot name a parameter, since Python reserves it"
    if re.search(r"\d\s*[A-Za-z(]|\)\s*[\w(]|\w\s+\w", text):
        return "; write a product with *: 2*w"
    return ""


class Check:
    """Refuses every node that is not arithmetic, before anything is computed."""

    def __init__(self, source: Source, constants: set[str], parameters: set[str]) -> None:
        self._source = source
        self._given = constants | parameters
        self._names: set[str] = set()

    def names(self, tree: ast.expr) -> set[str]:
        """The names that are neither constants of mathematics nor functions."""
        self._visit(tree, 0, in_exponent=False)
        return self._names

    def _visit(self, node: ast.expr, depth: int, *, in_exponent: bool) -> None:
        if depth > DEEPEST:
            raise self._source.error(f"the formula is nested more than {DEEPEST} deep", node)
        match node:
            case ast.Constant(value=value):
                self._number(node, value)
            case ast.Name(id=name):
                self._name(node, name)
            case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
                self._visit(operand, depth + 1, in_exponent=in_exponent)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                power = isinstance(op, ast.Pow)
                if power and in_exponent:
                    raise self._source.error("a power in an exponent is not read", node)
                self._visit(left, depth + 1, in_exponent=in_exponent)
                self._visit(right, depth + 1, in_exponent=in_exponent or power)
                if power:
                    self._power(node, left, right)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                self._call(node, name, arguments)
                for argument in arguments:
                    self._visit(argument, depth + 1, in_exponent=in_exponent)
            case _:
                raise self._source.error(f"{_what(node)} has no place in a formula", node)

    def _number(self, node: ast.Constant, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._source.error(f"{_what(node)} has no place in a formula", node)
        if not abs(value) <= LARGEST_NUMBER:
            raise self._source.error(f"a number above {LARGEST_NUMBER:g} is not read", node)

    def _name(self, node: ast.Name, name: str) -> None:
        if name in self._given:
            self._names.add(name)
        elif name in FUNCTIONS:
            raise self._source.error(f"'{name}' is a function; write {name}(…)", node)
        elif name not in CONSTANTS:
            if not re.fullmatch(r"[A-Za-z](?!.*__)\w*", name):
                raise self._source.error(f"'{name}' cannot name a parameter", node)
            self._names.add(name)

    def _call(self, node: ast.Call, name: str, arguments: list[ast.expr]) -> None:
        if name not in FUNCTIONS:
            hint = did_you_mean(name, FUNCTIONS) or f"; known are {', '.join(FUNCTIONS)}"
            raise self._source.error(f"unknown function '{name}'{hint}", node)
        wanted = FUNCTIONS[name][1]
        if len(arguments) != wanted:
            raise self._source.error(
                f"{name} takes {wanted} argument{'s' if wanted > 1 else ''}, not {len(arguments)}", node
            )

    def _power(self, node: ast.expr, base: ast.expr, exponent: ast.expr) -> None:
        """What is a number stays a small one, so that nothing explodes while it is worked out."""
        size = _number_in(exponent)
        if size is not None and not abs(size) <= LARGEST_EXPONENT:
            raise self._source.error(f"an exponent above {LARGEST_EXPONENT} is not read", exponent)
        number = _number_in(base)
        if size is None or number is None:
            return
        try:
            result = abs(number**size)
        except (OverflowError, ZeroDivisionError):
            result = float("inf")
        if not result <= LARGEST_NUMBER:
            raise self._source.error(f"a number above {LARGEST_NUMBER:g} is not read", node)


def _number_in(node: ast.expr) -> float | None:
    """The value of arithmetic without names or functions; None for any other."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.UnaryOp(op=op, operand=operand):
            inner = _number_in(operand)
            return -inner if inner is not None and isinstance(op, ast.USub) else inner
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _number_in(left), _number_in(right)
            if a is None or b is None:
                return None
            try:
                result = OPERATORS[type(op)](a, b)
            except (OverflowError, ZeroDivisionError):
                return float("inf")
            return result if isinstance(result, float) else float("nan")
    return None


def _what(node: ast.AST) -> str:
    names = {
        "Attribute": "an attribute",
        "Subscript": "a subscript",
        "Lambda": "a lambda",
        "Call": "a call of anything but a named function (a product is written with *: (x-1)*(x+2))",
        "Compare": "a comparison",
        "BoolOp": "and/or",
        "IfExp": "if/else",
        "JoinedStr": "a string",
        "Tuple": "a comma",
        "NamedExpr": "an assignment",
        "Starred": "a star",
        "Await": "await",
    }
    kind = type(node).__name__
    if isinstance(node, ast.Constant):
        return "a complex number" if isinstance(node.value, complex) else "anything but a number"
    if kind.endswith("Comp") or kind == "GeneratorExp":
        return "a comprehension"
    if isinstance(node, ast.BinOp | ast.UnaryOp):
        return "this operator"
    return names.get(kind, "this")


def natural(name: str) -> tuple[str, int]:
    """A key that puts w2 before w10.

    >>> sorted(["w10", "w2", "b"], key=natural)
    ['b', 'w2', 'w10']
    """
    stem = name.rstrip("0123456789")
    return stem, int(name[len(stem) :] or -1)


def ordered_parameters(
    found: set[str], constants: Mapping[str, float], parameters: tuple[str, ...]
) -> tuple[str, ...]:
    unused = [name for name in constants if name not in found]
    if unused:
        raise GdanimError(f"'{unused[0]}' is not in the formula", where=["let"])
    for name in parameters:
        if name not in found or name in constants:
            raise GdanimError(f"'{name}' is no parameter of the formula", where=["parameters"])
    free = found - set(constants)
    if parameters and free != set(parameters):
        missing = sorted(free - set(parameters), key=natural)[0]
        raise GdanimError(f"'{missing}' is neither named nor given a value by --let", where=["parameters"])
    ordered = parameters or tuple(sorted(free, key=natural))
    if not ordered:
        raise GdanimError("the formula has no parameter to descend along", where=["loss"])
    if len(ordered) > MOST_PARAMETERS:
        raise GdanimError(
            f"the formula has {len(ordered)} parameters; at most {MOST_PARAMETERS} are read", where=["loss"]
        )
    return ordered
