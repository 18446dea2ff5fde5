"""A formula's text as Python's parser can read it, and where in the typed text each character stands.

Signs of mathematics (· × − ² √ θ) become those of Python, and a number before a letter or a bracket is
multiplied by it. What can be read in two ways is refused.
"""

from __future__ import annotations

import ast
import keyword
import re
from functools import cached_property
from typing import NamedTuple

from gdanim.decoding import composed
from gdanim.errors import GdanimError

LONGEST, DEEPEST = 4000, 100
LETTERS = dict(
    re.findall(
        r"(\S) (\w+)",
        "α alpha β beta γ gamma δ delta ε epsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu ν nu ξ xi"
        " π pi ρ rho σ sigma τ tau υ upsilon φ phi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi"
        " Π Pi Σ Sigma Φ Phi Ψ Psi Ω Omega ϵ epsilon ϑ theta ϕ phi µ mu",
    )
)
SIGNS = {"^": "**", "·": "*", "⋅": "*", "∙": "*", "×": "*", "∗": "*", "−": "-", "–": "-", "÷": "/"}
RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
NO_WORD = "".join((*LETTERS, *RAISED))
TOKEN = re.compile(
    r"(?P<number>([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+−]?[0-9]+)?)"
    rf"|(?P<word>[^\W\d{NO_WORD}{''.join(LOWERED)}][^\W{NO_WORD}]*"
    rf"|[{''.join(LETTERS)}]([0-9{''.join(LOWERED)}]|_[A-Za-z0-9])*)"
    rf"|(?P<raised>[{''.join(RAISED)}]+)"
    rf"|(?P<sign>\*\*|[{re.escape(''.join(SIGNS))}])|(?P<root>√)|(?P<space> +)|(?P<plain>[!-~])"
)
BINDS = ("/", "**")  # after these a product without its sign can be read in two ways
LAMBDA = "lambda__"  # Python reserves the word; no name of a formula has two underscores


class Token(NamedTuple):
    kind: str
    text: str  # as Python reads it
    place: int


class Source:
    """The text as it was typed, as Python reads it, and where in it a node of the tree stands.

    Attributes:
        text: as it was typed.
        columns: for each character of that, and for its end, its place in the text.

    Args:
        within: the whole of which this is a part, for carets; itself when empty.
        start: where in that it begins.
    """

    def __init__(self, text: str, within: str = "", start: int = 0) -> None:
        self.text = composed(text.strip())
        self._whole = within or self.text
        self._start = start + len(text) - len(text.lstrip()) if within else 0
        if not self.text:
            raise GdanimError("the formula is empty", where=["loss"])
        if len(self.text) > LONGEST:
            raise GdanimError(
                f"the formula has {len(self.text):,} characters; at most {LONGEST:,} are read", where=["loss"]
            )
        self.columns: list[int] = []
        self._words: dict[str, str] = {}  # names with letters that are not ASCII, by what stands for them

    @cached_property
    def python(self) -> str:
        """The same for Python's parser."""
        written = self._written(self._tokens())
        self.columns.append(len(self.text))
        return written

    def tree(self) -> ast.expr:
        """The syntax tree; anything but one expression is refused."""
        try:
            tree = ast.parse(self.python, mode="eval").body
        except SyntaxError as error:
            offset = (error.offset or 1) - 1
            at_the_end = error.msg == "invalid syntax" and offset == 0
            place = self.columns[-1 if at_the_end else min(offset, len(self.columns) - 1)]
            raise self.error(f"this is not arithmetic{_hint(self.text)}", place) from None
        except (RecursionError, MemoryError, ValueError):
            raise GdanimError("the formula is nested too deeply", where=["loss"]) from None
        reserved = {LAMBDA: "lambda", **self._words}
        for node in ast.walk(tree) if self._words or LAMBDA in self.python else ():
            if isinstance(node, ast.Name):
                node.id = reserved.get(node.id, node.id)
        return tree

    def error(self, problem: str, place: int | ast.AST) -> GdanimError:
        """A sentence with a caret under the place."""
        if isinstance(place, ast.AST):
            place = self.columns[min(getattr(place, "col_offset", 0), len(self.columns) - 1)]
        shown, place = _around(self._whole, self._start + place)
        return GdanimError(f"{problem}\n    {shown}\n    {' ' * place}^", where=["loss"])

    def _tokens(self) -> list[Token]:
        tokens: list[Token] = []
        place = depth = 0
        while place < len(self.text):
            match = TOKEN.match(self.text, place)
            if match is None or match.group() in "#\\":  # a comment would be left out
                raise self.error(f"'{self.text[place]}' has no meaning in a formula", place)
            kind, text = match.lastgroup or "", match.group()
            depth += (text == "(") - (text == ")")
            if depth > DEEPEST:
                raise self.error(f"the formula is nested more than {DEEPEST} deep", place)
            if kind != "space" or (tokens and tokens[-1].kind != "space"):
                tokens.append(Token(kind, self._as_python(kind, text, place), place))
            place = match.end()
        return tokens

    def _as_python(self, kind: str, text: str, place: int) -> str:
        if kind == "number":
            text = text.replace("−", "-")
            value = float(text)
            if value == float("inf") or (value == 0 and re.search("[1-9]", re.split("[eE]", text)[0])):
                raise self.error("a number above 1.8e308 or under 5e-324 is not read", place)
        elif kind == "word":
            if strange := strange_in(text):
                raise self.error(f"'{strange}' has no meaning in a formula", place + text.index(strange))
            text = plain(text)
            if not text.isascii():  # Python's places are those of bytes
                return self._stand_in(text)
            after = self.text[place + len("lambda") :].lstrip()[:1]
            if text == "lambda" and not re.match(r"[\w:]", after):
                return LAMBDA
        elif kind == "raised":
            digits = "".join(RAISED[character] for character in text)
            if not re.fullmatch("-?[0-9]+", digits):
                raise self.error("this is not an exponent", place)
            return f"**({digits.lstrip('-0') and digits})" if digits.startswith("-") else f"**{int(digits)}"
        elif kind == "sign":
            return SIGNS.get(text, text)
        return text

    def _stand_in(self, name: str) -> str:
        """What stands for a name until Python has read it."""
        stem = "word__"
        while stem in self.text:
            stem += "_"
        found = next((stand for stand, known in self._words.items() if known == name), "")
        found = found or f"{stem}{len(self._words)}"
        self._words[found] = name
        return found

    def _written(self, tokens: list[Token]) -> str:
        """The tokens one after the other, with the products and brackets that were left to the reader."""
        written: list[str] = []
        closing = [0] * len(tokens)
        for index, token in enumerate(tokens):
            text = token.text
            if token.kind == "root":
                end = self._rooted(tokens, index)
                text = "sqrt" if _next(tokens, index).text == "(" else "sqrt("
                closing[end] += text == "sqrt("
            elif token.kind == "number" and self._multiplies(tokens, index):
                text += "*"
            elif token.kind == "word" and index and tokens[index - 1].kind in ("word", "number", "raised"):
                text = (" " if not written[-1].endswith("*") else "") + text  # what was two words stays two
            text += ")" * closing[index]
            written.append(text)
            self.columns += [token.place + min(i, self._width(tokens, index) - 1) for i in range(len(text))]
        return "".join(written)

    def _width(self, tokens: list[Token], index: int) -> int:
        """How many characters of the typed text a token takes."""
        end = tokens[index + 1].place if index + 1 < len(tokens) else len(self.text)
        return max(1, end - tokens[index].place)

    def _multiplies(self, tokens: list[Token], index: int) -> bool:
        """Whether a number is multiplied by what follows it, and by nothing else as well."""
        after = _next(tokens, index)
        if (after.kind not in ("word", "root") and after.text != "(") or after.text in keyword.kwlist:
            return False
        before = index - 1
        while before >= 0 and (tokens[before].kind == "space" or tokens[before].text in ("-", "+")):
            before -= 1
        if before >= 0 and tokens[before].text in BINDS:
            number, sign = tokens[index].text, "/" if tokens[before].text == "/" else "^"
            raise self.error(
                f"'{number}{after.text}' after {sign} can be read in two ways;"
                f" write {sign}({number}*{after.text}…) or {sign}{number}*{after.text}…",
                tokens[index].place,
            )
        return True

    def _rooted(self, tokens: list[Token], index: int) -> int:
        """The last token of what a √ is taken of."""
        start = index + 1
        while start < len(tokens) and tokens[start].kind == "space":
            start += 1
        token = tokens[start] if start < len(tokens) else Token("", "", len(self.text))
        if token.kind == "root":
            return self._rooted(tokens, start)
        if token.kind not in ("number", "word") and token.text != "(":
            raise self.error("a √ needs a number, a letter or a bracket after it", tokens[index].place)
        end = start
        if token.text == "(" or (token.kind == "word" and _at(tokens, start + 1).text == "("):
            end = _closing(tokens, start if token.text == "(" else start + 1)
        after = _next(tokens, end)
        product = token.kind == "number" and (after.kind in ("word", "root") or after.text == "(")
        if product or (token.text != "(" and (after.kind == "raised" or after.text == "**")):
            raise self.error(
                "what this √ is taken of can be read in two ways; write √(…)", tokens[index].place
            )
        return end


def plain(name: str) -> str:
    """A name without signs of mathematics: θ is theta, w₁ is w1. A letter and its accent are one sign.

    >>> plain("θ"), plain("β₁"), plain("w_1"), plain("größe"), len(plain("e\N{COMBINING ACUTE ACCENT}"))
    ('theta', 'beta1', 'w_1', 'größe', 1)
    """
    return "".join(LETTERS.get(c) or LOWERED.get(c) or c for c in composed(name))


def _at(tokens: list[Token], index: int) -> Token:
    return tokens[index] if index < len(tokens) else Token("", "", 0)


def _next(tokens: list[Token], index: int) -> Token:
    """The token that follows, spaces left out."""
    following = _at(tokens, index + 1)
    return _at(tokens, index + 2) if following.kind == "space" else following


def _closing(tokens: list[Token], start: int) -> int:
    """The bracket that closes the one at `start`, or the last token."""
    depth = 0
    for index in range(start, len(tokens)):
        depth += (tokens[index].text == "(") - (tokens[index].text == ")")
        if depth == 0:
            return index
    return len(tokens) - 1


def _around(text: str, place: int, room: int = 100) -> tuple[str, int]:
    """As much of a long text around a place as a line holds, and where in that the place is.

    >>> _around("w + " * 100 + "q", 400, room=9)
    ('…w + w + q', 9)
    """
    if len(text) <= room:
        return text, place
    first = max(0, min(place - room // 2, len(text) - room))
    cut = text[first : first + room]
    left, right = "…" if first else "", "…" if first + room < len(text) else ""
    return left + cut + right, place - first + len(left)


def _hint(text: str) -> str:
    """What people write who mean something else."""
    if "|" in text:
        return "; write abs(x) for |x|"
    keywords = set(re.findall(r"[A-Za-z_]\w*", text)) & (set(keyword.kwlist) - {"lambda"})
    if keywords:
        return f"; '{min(keywords)}' cannot name a parameter, since Python reserves it"
    call = re.search(r"\b([a-z]{2,})\s+([A-Za-z]\w*)", text)
    if call and call[1] in ("sin", "cos", "tan", "exp", "log", "ln", "sqrt", "abs", "tanh"):
        return f"; write {call[1]}({call[2]})"
    if re.search(r"\)\s*\w|\w\s+\w|[\w)][α-ω]|[⁰¹²³⁴-⁹]\s*[\w(]", text):
        return "; write a product with *: x*y"
    return ""


def strange_in(name: str) -> str:
    """The first sign of a name that is neither a letter, in whatever script, nor a digit from 0 to 9.

    >>> strange_in("größe_1"), strange_in("w½")
    ('', '½')
    """
    plainly = (*LETTERS, *LOWERED, "_")
    return next((c for c in name if not (c.isalpha() or c in plainly or (c.isascii() and c.isalnum()))), "")
