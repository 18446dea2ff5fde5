"""What a file says of itself: what it shows, in words, and how it is made again."""

from __future__ import annotations

from typing import NamedTuple


class Metadata(NamedTuple):
    """What stands in a file beside its picture; what is empty is left out.

    Attributes:
        title: the figure's, one line without mathtext.
        description: the alt text: what is shown and what happened, in the figure's language.
        lang: that language, such as "pt".
        recipe: the Spec as JSON, from which the file can be made again.
    """

    title: str = ""
    description: str = ""
    lang: str = "en"
    recipe: str = ""


NOTHING = Metadata()
