"""Reading a formula: what is arithmetic and what is not, decided before anything is worked out.

A walk over Python's own syntax tree knows numbers, names, + − * / ** ^, and named functions and
constants, within limits. Everything else is a sentence with a caret under the place.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping

from gdanim.errors import GdanimError, did_you_mean, nearest
from gdanim.losses.reading import LETTERS, Source

MOST_PARAMETERS = 100
MANY = 2000
# name → the least and the largest number of arguments
FUNCTIONS = {
    **dict.fromkeys(("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"), (1, 1)),
    **dict.fromkeys(("exp", "log", "ln", "sqrt", "abs", "sign"), (1, 1)),
    **dict.fromkeys(("max", "min"), (2, MANY)),
    **dict.fromkeys(("relu", "sigmoid", "softplus", "logcosh"), (1, 1)),
    "logsumexp": (2, MANY),
    "softmax": (3, MANY),
}
CONSTANTS = {"pi": math.pi, "e": math.e}
OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.Pow: "pow",
}
GREEK = frozenset(LETTERS.values()) - {"pi", "Pi"}
# A letter, or one with an index: w, w1, w_1, theta, theta_12.
LETTER = re.compile(rf"([^\W\d_]|{'|'.join(sorted(GREEK, key=len, reverse=True))})[0-9]*(_[A-Za-z0-9]+)*")
LONGEST_PRODUCT = 4  # letters that are taken for factors, and not for a word
MEANT = {
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "sen": "sin",
    "tg": "tan",
    "lg": "log",
    "sgn": "sign",
    "logistic": "sigmoid",
    "lse": "logsumexp",
    "log10": "log(…)/log(10)",
    "log2": "log(…)/log(2)",
    "pow": "a^b",
    "square": "(…)^2",
    "mse": "quadratic",
    "squared": "quadratic",
    "parabola": "quadratic",
    "mae": "absolute",
    "camel": "three-hump-camel",
}


class Check:
    """Refuses every node that is not arithmetic, before anything is computed.

    Args:
        given: names that --let, --parameters and other statements make known.
    """

    def __init__(self, source: Source, given: set[str]) -> None:
        self._source = source
        self._given = given

    def names(self, tree: ast.expr) -> set[str]:
        """The names that are neither constants of mathematics nor functions."""
        names: set[str] = set()
        waiting: list[ast.expr] = [tree]
        while waiting:
            node = waiting.pop()
            match node:
                case ast.Constant(value=value):
                    if isinstance(value, bool) or not isinstance(value, int | float):
                        raise self._source.error(f"{_what(node)} has no place in a formula", node)
                case ast.Name(id=name):
                    names |= self._name(node, name)
                case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
                    waiting.append(operand)
                case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                    waiting += (right, left)
                case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                    self._call(node, name, arguments)
                    waiting += reversed(arguments)
                case _:
                    raise self._source.error(f"{_what(node)} has no place in a formula", node)
        return names

    def _name(self, node: ast.Name, name: str) -> set[str]:
        if name in self._given:
            return {name}
        if name in FUNCTIONS:
            raise self._source.error(f"'{name}' is a function; write {name}(…)", node)
        if name in CONSTANTS:
            return set()
        if not LETTER.fullmatch(name):
            if not re.fullmatch(r"[^\W\d_](?!.*__)\w*", name):
                raise self._source.error(f"'{name}' cannot name a parameter", node)
            meant = _meant(name, self._given)
            raise self._source.error(f"'{name}' is in neither --parameters nor --let{meant}", node)
        return {name}

    def _call(self, node: ast.Call, name: str, arguments: list[ast.expr]) -> None:
        if name not in FUNCTIONS:
            raise self._source.error(f"unknown function '{name}'{self._function_meant(name)}", node)
        least, most = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            wanted = f"{least} argument{'s' if least > 1 else ''}"
            wanted = wanted if least == most else f"at least {wanted}"
            raise self._source.error(f"{name} takes {wanted}, not {len(arguments)}", node)
        if name == "softmax" and not (
            isinstance(arguments[0], ast.Constant) and arguments[0].value in range(1, len(arguments))
        ):
            raise self._source.error(
                "softmax begins with the number of the argument it is for:"
                f" 1 to {len(arguments) - 1}, as in softmax(1, a, b)",
                arguments[0],
            )

    def _function_meant(self, name: str) -> str:
        meant = MEANT.get(name.lower(), name.lower())
        if meant in FUNCTIONS or "…" in meant or "^" in meant:
            return f"; did you mean '{meant}'?"
        if name in self._given or name in CONSTANTS or LETTER.fullmatch(name):
            return f"; a product is written with *: {name}*(…)"
        return did_you_mean(name, FUNCTIONS) or f"; known are {', '.join(FUNCTIONS)}"


def _meant(word: str, given: set[str]) -> str:
    """What was probably meant by a word that is not known.

    >>> _meant("xy", set()), _meant("Pi", set()), _meant("sinx", set())
    ("; did you mean 'x*y'?", "; did you mean 'pi'?", "; did you mean 'sin(x)'?")
    """
    from gdanim.losses import LOSSES, loss_name

    lower = word.lower()
    named = loss_name(word) or MEANT.get(lower)
    if named in LOSSES:
        return f"; the loss of that name is {named}, by itself"
    known = {*given, *CONSTANTS, *GREEK}
    near = [name for name in sorted(known) if name.lower() == lower]
    called = [name for name in FUNCTIONS if lower.startswith(name) and len(word) > len(name)]
    if near:
        meant = near[0]
    elif lower in FUNCTIONS or MEANT.get(lower) in FUNCTIONS:
        meant = f"{MEANT.get(lower, lower)}(…)"
    elif called and LETTER.fullmatch(word[len(max(called, key=len)) :]):
        longest = max(called, key=len)
        meant = f"{longest}({word[len(longest) :]})"
    elif nearest(word, long := [name for name in given if len(name) > 2]):
        meant = nearest(word, long)
    else:
        factors = _factors(word, known)
        meant = "*".join(factors)
        if not factors:
            return (
                did_you_mean(word, [*known, *FUNCTIONS])
                or "; a name that need not be given is one letter, with an index or without"
            )
    return f"; did you mean '{meant}'?"


def _factors(word: str, known: set[str]) -> list[str]:
    """The letters and known names that a word is put together from; none where they are too many."""
    names = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True) if len(name) > 1)
    factors = [m.group() for m in re.finditer(rf"({names}|[A-Za-z])([0-9]+|_[0-9]+)?", word)]
    fits = "".join(factors) == word and 1 < len(factors) <= LONGEST_PRODUCT
    return factors if fits and len(set(factors)) == len(factors) else []


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
        return "anything but a number"
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
    """The parameters in the order in which theta has them: as given, or in natural order."""
    unused = [name for name in constants if name not in found]
    if unused:
        raise GdanimError(f"'{unused[0]}' is not in the formula", where=["let"])
    for index, name in enumerate(parameters):
        if name not in found or name in constants:
            raise GdanimError(f"'{name}' is no parameter of the formula", where=["parameters"])
        if name in parameters[:index]:
            raise GdanimError(f"'{name}' is named twice", where=["parameters"])
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
