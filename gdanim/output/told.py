"""What a player says beside the frames of a figure."""

from __future__ import annotations

from typing import Any, NamedTuple

CONTROLS = ("play", "pause", "restart", "back", "forward", "frame", "speed")


class Story(NamedTuple):
    """What a player says beside the frames.

    Attributes:
        lines: the numbers of each iterate, in a line.
        frames: for each frame the number of its line, and whether one stops there going step by step.
        controls: what its buttons are called.
        size: width and height at which it is meant to be shown, in pixels.
        colours: of the ground, of text, of quieter text, and of what is now.
    """

    lines: tuple[str, ...] = ()
    frames: tuple[tuple[int, bool], ...] = ()
    controls: tuple[str, ...] = CONTROLS
    size: tuple[int, int] = (960, 540)
    colours: tuple[str, str, str, str] = ("#ffffff", "#000000", "#555555", "#000000")


class Play(NamedTuple):
    """What descends anew on a page.

    Attributes:
        script: JavaScript: `loss`, `rules` by the name of each optimizer, and `descend`.
        told: what it has to know, as JSON has it: where and how it starts, words, colours.
    """

    script: str
    told: dict[str, Any]
