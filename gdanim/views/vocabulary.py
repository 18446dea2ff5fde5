"""Words of a vocabulary, as they stand on a picture."""

from __future__ import annotations

from gdanim.data.texts import END
from gdanim.text import Text


def word(of: str, text: Text) -> str:
    """A word of a vocabulary; the end of a sentence as a word, since a point would hardly be seen."""
    return text("words.end") if of == END else of
