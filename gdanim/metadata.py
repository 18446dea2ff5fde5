"""What a file says of itself: what it shows, in words, and how it is made again."""

from __future__ import annotations

from typing import NamedTuple

SOFTWARE = "gdanim"
RECIPE = "gdanim-recipe"  # under which name a recipe stands in files that have names for what they say
MOST_RECIPE = 1 << 18  # bytes of a recipe; longer ones are neither written nor read
NAMESPACE = "urn:gdanim:recipe"  # of its element, where a file is XML


class Metadata(NamedTuple):
    """What stands in a file beside its picture; what is empty is left out.

    Attributes:
        title: the figure's, one line without mathtext.
        description: the alt text: what is shown and what happened, in the figure's language.
        lang: that language, such as "pt".
        recipe: the recipe as JSON of ASCII characters, from which the file can be made again.
    """

    title: str = ""
    description: str = ""
    lang: str = "en"
    recipe: str = ""

    def named(self, title: str, description: str, recipe: str) -> dict[str, str]:
        """What there is, under the names that a format has for it."""
        told = {title: self.title, description: self.description, recipe: self.recipe}
        return {name: text for name, text in told.items() if name and text}


NOTHING = Metadata()
