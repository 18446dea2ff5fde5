"""HTML: a page that plays the frames, in one file that loads nothing from outside.

Each frame is the rectangle that changed, lossless, laid over the one before; the first is the still that
stands there without JavaScript. Script and style are known to the page's policy by their digests, so that
no text in it can ever become either.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable
from html import escape
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, WebPImagePlugin  # noqa: F401 - saving needs the second

from gdanim.errors import GdanimError
from gdanim.metadata import RECIPE, Metadata
from gdanim.output.changes import ChangesWriter
from gdanim.output.palette import Pixels
from gdanim.output.told import CONTROLS, Play, Story
from gdanim.output.webp import EFFORT
from gdanim.output.writer import Writer

if TYPE_CHECKING:
    from gdanim.formats import Job

MOST_FRAMES = 3000  # a browser holds all of them
GROUND = 92  # quality of the picture that is drawn on, of 100
SPEEDS = (0.25, 0.5, 1, 2, 4)
ICONS = {
    "restart": "M2 4h3v16H2zM14 4v16L5 12zM23 4v16l-9-8z",
    "back": "M4 4h3v16H4zM20 4v16L8 12z",
    "forward": "M17 4h3v16h-3zM4 4v16l12-8z",
    "play": "M6 4v16l14-8z",
    "pause": "M5 4h5v16H5zM14 4h5v16h-5z",
}


class HtmlWriter(ChangesWriter):
    """Writes a page frame by frame.

    Args:
        path: of the file.
        story: what the frames are about.
        metadata: what the page says of itself.
        play: what descends anew on it, and what that is drawn on; None where nothing does.
    """

    longest = 1 << 40

    def __init__(
        self,
        path: Path,
        story: Story,
        metadata: Metadata,
        play: tuple[Play, Callable[[], bytes]] | None = None,
    ) -> None:
        self._story, self._play = story, play
        self._scripts = scripts(play[0] if play else None)
        self._given = self._about = 0  # frames handed in, and the number of the one that is pending
        super().__init__(path, loop=1, metadata=metadata)

    def write(self, ndimage: Any, *, seconds: float) -> None:
        """Append a frame: (height, width, 4) RGBA, uint8, opaque; shown for `seconds`."""
        super().write(ndimage, seconds=seconds)
        self._given += 1

    def _begin(self, height: int, width: int) -> None:
        self._size = width, height
        self._frames = 0
        self._file.write(head(self._story, self._metadata, *self._scripts).encode())

    def _encode(self, pixels: Pixels) -> bytes:
        self._about = self._given
        file = BytesIO()
        Image.fromarray(pixels).save(file, "WEBP", **EFFORT)
        return b64encode(file.getvalue())

    def _put(self, box: tuple[int, int, int, int], data: bytes, delay: int) -> None:
        left, top, _, _ = box
        told = self._story.frames
        line, stop = told[min(self._about, len(told) - 1)] if told else (0, True)
        frame: dict[str, Any] = {"x": left, "y": top, "time": delay, "line": line, "stop": stop}
        if self._frames == 0:
            self._file.write(body(self._story, self._metadata, self._size, data.decode()).encode())
        else:
            self._file.write(b",\n")
            frame["data"] = data.decode()
        self._frames += 1
        self._file.write(json.dumps(frame, separators=(",", ":")).encode())

    def _end(self) -> None:
        staged = ""
        if self._play:
            play, ground = self._play
            staged = f',"stage":{inert(json.dumps({**play.told, **stage_of(ground(), self._size)}))}'
        self._file.write(foot(self._scripts[0], staged).encode())


def part(name: str) -> str:
    """The script or the style."""
    return files("gdanim.output").joinpath(name).read_text("utf-8")


def digest(text: str) -> str:
    """As a policy knows a script or a style."""
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def scripts(play: Play | None) -> tuple[str, str]:
    """The script and the style: those that play frames, and those that descend anew."""
    if play is None:
        return part("player.js"), part("player.css")
    parts = "".join(map(part, ("numbers.js", "painting.js", "stage.js")))
    staging = f'(function () {{\n"use strict";\n{play.script}\n{parts}}}());\n'
    return part("player.js") + staging, part("player.css") + part("stage.css")


def stage_of(ground: bytes, size: tuple[int, int]) -> dict[str, Any]:
    """What is drawn on: where its panels stand, and the pixels as a picture."""
    told, _, pixels = ground.partition(b"\n")
    file, (width, height) = BytesIO(), size
    picture = Image.frombuffer("RGBA", (width, height), pixels).convert("RGB")
    picture.save(file, "WEBP", quality=GROUND, method=6)
    found: dict[str, Any] = json.loads(told)
    return {**found, "size": [width, height], "ground": b64encode(file.getvalue()).decode()}


def style_of(story: Story, style: str) -> str:
    """The style, with the colours and the width of the figure."""
    ground, ink, muted, now = story.colours
    own = f"--ground: {ground}; --ink: {ink}; --muted: {muted}; --now: {now}; max-width: {story.size[0]}px"
    return f".gdanim {{ {own}; }}\n{style}"


def head(story: Story, metadata: Metadata, script: str, style: str) -> str:
    """The page as far as its body; its recipe stands there."""
    style, around = style_of(story, style), f"html {{ background: {story.colours[0]}; }}"
    policy = "; ".join(
        (
            "default-src 'none'",
            "img-src data:",
            f"script-src {digest(script)}",
            f"style-src {digest(style)} {digest(around)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    about = f'<meta name="description" content="{escape(metadata.description)}">'
    recipe = ""
    if metadata.recipe:
        recipe = f'<script type="application/json" class="{RECIPE}">{inert(metadata.recipe)}</script>\n'
    return (
        f'<!doctype html>\n<html lang="{escape(metadata.lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="gdanim">\n{about}\n'
        f"<style>{around}</style>\n"
        f"<title>{escape(metadata.title)}</title>\n{recipe}</head>\n<body>\n"
        f'<div class="gdanim" role="group" aria-label="{escape(metadata.title)}">\n<style>{style}</style>\n'
    )


def body(story: Story, metadata: Metadata, size: tuple[int, int], first: str) -> str:
    """The still, the canvas and the controls, and the data as far as the first frame."""
    width, height = size
    words = {name: escape(word) for name, word in zip(CONTROLS, story.controls, strict=True)}
    alt = escape(metadata.description)
    extent = f'width="{width}" height="{height}"'
    buttons = "".join(
        f'<button type="button" class="{name}" aria-label="{words[name]}" title="{words[name]}">'
        f"{icon(name)}</button>\n"
        for name in ("restart", "back", "play", "forward")
    )
    speeds = "".join(f'<option value="{s:g}"{" selected" * (s == 1)}>{s:g}×</option>' for s in SPEEDS)
    return (
        f'<img class="still" {extent} alt="{alt}" src="data:image/webp;base64,{first}">\n'
        f'<canvas class="moving" {extent} role="img" aria-label="{alt}" hidden></canvas>\n'
        f'<p class="numbers">{escape(story.lines[0]) if story.lines else ""}</p>\n'
        f'<div class="controls" hidden>\n{buttons}'
        f'<input type="range" class="frame" min="0" max="0" value="0" aria-label="{words["frame"]}">\n'
        f'<select class="speed" aria-label="{words["speed"]}" title="{words["speed"]}">{speeds}</select>'
        "\n</div>\n"
        f'<script type="application/json" class="told">{{"play":{quoted(story.controls[0])},'
        f'"pause":{quoted(story.controls[1])},"lines":[{",".join(map(quoted, story.lines))}],"frames":[\n'
    )


def foot(script: str, staged: str = "") -> str:
    """The end of the data, and what plays them."""
    return f"]{staged}}}</script>\n<script>{script}</script>\n</div>\n</body>\n</html>\n"


def icon(name: str) -> str:
    """A drawing on a button, which says nothing of itself."""

    def drawing(shape: str, kind: str = "", hidden: str = "") -> str:
        return f'<svg viewBox="0 0 24 24" aria-hidden="true"{kind}{hidden}><path d="{ICONS[shape]}"/></svg>'

    if name == "play":
        return drawing("play", ' class="go"') + drawing("pause", ' class="halt"', " hidden")
    return drawing(name)


def quoted(text: str) -> str:
    """A text as JSON in which no markup can begin."""
    return inert(json.dumps(text))


def inert(told: str) -> str:
    """JSON without the sign with which markup begins."""
    return told.replace("<", "\\u003c")


def opened(path: Path, job: Job) -> Writer:
    """What writes a page there.

    Raises:
        GdanimError: more frames than a page holds.
    """
    count = len(job.durations)
    if count > MOST_FRAMES:
        raise GdanimError(
            f"an HTML page holds at most {MOST_FRAMES:,} frames, and there are {count:,}; ask for fewer"
            " (see --seconds and --fps), or write a video",
            where=["output"],
        )
    play = (job.play, job.ground) if job.play and job.ground else None
    return HtmlWriter(path, job.story() if job.story else Story(), job.metadata, play)
