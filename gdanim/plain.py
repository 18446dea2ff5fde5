r"""Mathtext as plain text, for where nothing sets formulas: alt texts, titles of files, pages.

What comes out is to be read, aloud too, and not to be parsed: signs of Unicode where there are some, and
brackets where a line alone would be read otherwise.
"""

from __future__ import annotations

import re
import unicodedata

from gdanim.text import MINUS

# A text's formulas stand between dollars; \$ is a dollar.
FORMULA = re.compile(r"(?<!\\)\$((?:\\.|[^$\\])*)\$")
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_]|\s+|.", re.DOTALL)
GREEK = {unicodedata.name(letter).split()[-1].lower(): letter for letter in "αβγδεζηθικμνξπρστυφχψω"} | {
    "lambda": "λ"
}
LETTERS = {
    **GREEK,
    **{name.capitalize(): sign.upper() for name, sign in GREEK.items()},
    "varepsilon": "ε",
    "vartheta": "θ",
    "varphi": "φ",
    "nabla": "∇",
    "partial": "∂",
    "ell": "ℓ",
    "hbar": "ℏ",
}
_NAMES = (
    "cdot times div pm mp ast star circ leq le geq ge neq ne approx sim equiv propto ll gg sum prod int infty"
    " in leftarrow rightarrow to gets Rightarrow mapsto ldots dots cdots top prime Vert langle rangle"
)
SIGNS = LETTERS | dict(zip(_NAMES.split(), "·×÷±∓∗⋆∘≤≤≥≥≠≠≈∼≡∝≪≫ΣΠ∫∞∈←→→←⇒↦………⊤′‖⟨⟩", strict=True))
SPACES = {",", ";", ":", " ", "!", "quad", "qquad"}
UNSAID = {"left", "right", "displaystyle", "limits", "big", "Big", "bigl", "bigr"}
ACCENTS = {
    "hat": "\u0302",
    "bar": "\u0304",
    "overline": "\u0304",
    "tilde": "\u0303",
    "dot": "\u0307",
    "vec": "\u20d7",
}
RAISED = str.maketrans("0123456789+-=()nix" + MINUS, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱˣ⁻")
LOWERED = str.maketrans("0123456789+-=()aehijklmnoprstuvx" + MINUS, "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₋")
SHORT = 3  # characters up to which an index or an exponent becomes small signs


def plain(text: str) -> str:
    r"""A text with formulas between dollars, in one line without them.

    >>> plain(r"Learning rate $\eta$ = 0.1 costs \$5,  $\hat{y} = w_1^2$")
    'Learning rate η = 0.1 costs $5, ŷ = w₁²'
    """
    parts = FORMULA.split(text)
    said = [formula(part) if i % 2 else part.replace(r"\$", "$") for i, part in enumerate(parts)]
    return " ".join("".join(said).split())


def formula(mathtext: str) -> str:
    r"""A formula without its dollars.

    >>> formula(r"\frac{1}{24}\sum (\hat{y} - y)^2"), formula(r"e^{-4w} + w_{12}/\sqrt{x + 1}")
    ('(1/24)Σ (ŷ − y)²', 'e^(−4w) + w₁₂/√(x + 1)')
    >>> formula(r"\frac{w + 1}{2}"), formula(r"e_{cat,1}"), formula("0{,}5w")
    ('(w + 1)/2', 'e_cat,1', '0,5w')
    """
    read = _Reader(TOKEN.findall(mathtext))
    return " ".join(read.until("").split())


class _Reader:
    """Goes through a formula's tokens, from the left."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens, self._place = tokens, 0

    def _next(self) -> str:
        self._place += 1
        return self._tokens[self._place - 1] if self._place <= len(self._tokens) else ""

    def until(self, end: str) -> str:
        """Everything up to a token; "" for the end of all."""
        said = ""
        while (token := self._next()) not in (end, ""):
            said += self._word(token)
        return said

    def _argument(self) -> str:
        """A group in braces, or one token."""
        self._skip()
        token = self._next()
        return (self.until("}") if token == "{" else self._word(token)).strip()

    def _word(self, token: str) -> str:
        if token == "{":
            return self.until("}")
        if token == "^":
            return _small(self._argument(), RAISED, "^")
        if token == "_":
            return _small(self._argument(), LOWERED, "_")
        if not token.startswith("\\") or len(token) == 1:
            return MINUS if token == "-" else token
        name = token[1:]
        if name in ("frac", "dfrac", "tfrac"):
            above, below = _held(self._argument()), _held(self._argument())
            alone = self._place >= len(self._tokens) or not above.isdigit()
            return f"{above}/{below}" if alone else f"({above}/{below})"
        if name == "sqrt":
            return f"√{_held(self._argument())}"
        if name in ACCENTS:
            return unicodedata.normalize("NFC", self._argument() + ACCENTS[name])
        if name.startswith(("math", "text", "operatorname")):
            return self._argument()
        if name in LETTERS:
            self._skip()  # a space there only ends the letter's name
        return "" if name in UNSAID else " " if name in SPACES else SIGNS.get(name, name)

    def _skip(self) -> None:
        while self._place < len(self._tokens) and self._tokens[self._place].isspace():
            self._place += 1


def _small(words: str, signs: dict[int, int], mark: str) -> str:
    """An index or an exponent, small where all of it can be."""
    if len(words) <= SHORT and all(ord(sign) in signs for sign in words):
        return words.translate(signs)
    return f"_{words.replace(MINUS, '-')}" if mark == "_" else f"^{_held(words)}"


def _held(words: str) -> str:
    """In brackets, unless it is one thing."""
    return words if len(words) == 1 or re.fullmatch(r"[\w.,]+", words) else f"({words})"
