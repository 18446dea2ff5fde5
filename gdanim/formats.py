"""The formats by suffix: what each takes and holds, and what writes it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from gdanim.errors import GdanimError
from gdanim.metadata import NOTHING, Metadata

# Nothing here loads what encodes: targets are checked before anything else is done, and `--help` lists them.
if TYPE_CHECKING:
    from pathlib import Path

    from gdanim.output.palette import Palette
    from gdanim.output.told import Play, Story
    from gdanim.output.writer import Writer


class Job(NamedTuple):
    """What a writer has to know beforehand.

    Attributes:
        fps: frames per second.
        durations: of the frames, in seconds.
        loop: how often it plays, where the format can say so; 0 for ever.
        palette: the map from colours to indices, for a format that needs one.
        clear: whether the ground is transparent.
        metadata: what a file that moves says of itself.
        still: what a still says.
        story: what the frames are about, for a format that tells it.
        play: what descends anew, for a format that holds it; None where nothing can.
        ground: what is then drawn on, as `Picture.ground` has it; to be asked for after all frames.
    """

    fps: float
    durations: Sequence[float]
    loop: int
    palette: Callable[[], Palette]
    metadata: Metadata = NOTHING
    still: Metadata = NOTHING
    clear: bool = False
    story: Callable[[], Story] | None = None
    play: Play | None = None
    ground: Callable[[], bytes] | None = None


class Format(NamedTuple):
    """A way to write an animation, or a moment of it: what it takes, and what it needs.

    Attributes:
        name: with its article, as a sentence names it.
        about: one line for listings.
        open: path, job → what writes frames there.
        mime: its media type.
        fastest: the most frames a second that it can hold.
        ticks: the whole parts of a second that its frames last; None where they last as they like.
        even: whether width and height have to be even; others are widened by a row or a column.
        indexed: whether it needs a palette.
        holds: the Spec's options that only some formats hold, and this one does.
        still: whether it shows one moment, and does not move.
        lines: whether that is drawn as lines and text, and not as pixels.
        several: whether it is a file for each frame.
        weight: about how many times a GIF's bytes it has.
        clear: whether its pixels can be transparent.
        plays: whether it may hold what descends anew, from where its reader likes.
    """

    name: str
    about: str
    open: Callable[[Path, Job], Writer]
    mime: str
    fastest: float = math.inf
    ticks: int | None = None
    even: bool = False
    indexed: bool = False
    holds: tuple[str, ...] = ("hold", "pause")
    still: bool = False
    lines: bool = False
    several: bool = False
    weight: float = 1.0
    clear: bool = False
    plays: bool = False

    def check(self, fps: float) -> None:
        """Refuse what it cannot hold.

        Raises:
            GdanimError: too many frames a second; says how many there can be.
        """
        if fps <= self.fastest * (1 + 1e-9):
            return
        can = f"at most {self.fastest:g}"
        if self.ticks is not None:
            least = self.ticks / self.fastest
            can = f"the nearest it can are {self.fastest:g} and {self.ticks / (least + 1):.1f}"
        able = [other.name for other in WRITERS.values() if fps <= other.fastest < math.inf]
        can += f" (or write {' or '.join(able)})" if able else ""
        raise GdanimError(f"{self.name} cannot hold {fps:g} frames a second; {can}", where=["fps"])

    def check_clear(self) -> None:
        """Refuse to leave out the ground where its pixels cannot be transparent.

        Raises:
            GdanimError: they cannot; says which formats' can.
        """
        if not self.clear:
            *able, last = (other.name for other in WRITERS.values() if other.clear)
            raise GdanimError(
                f"{self.name} cannot be transparent; {', '.join(able)} and {last} can", where=["transparent"]
            )


def _opened_by(module: str, name: str = "opened") -> Callable[[Path, Job], Writer]:
    def open(path: Path, job: Job) -> Writer:
        writer: Writer = getattr(import_module(f"gdanim.output.{module}"), name)(path, job)
        return writer

    return open


def _still(name: str, about: str, mime: str, *, lines: bool) -> Format:
    open = _opened_by("single")
    return Format(name, about, open, mime, holds=("at", "strip"), still=True, lines=lines, clear=True)


WRITERS: dict[str, Format] = {
    # A GIF's delays are whole centiseconds, and viewers slow down those under two.
    "gif": Format(
        "a GIF",
        "animated GIF, up to 50 frames a second",
        _opened_by("gif"),
        "image/gif",
        fastest=50,
        ticks=100,
        indexed=True,
        holds=("hold", "pause", "loop"),
        clear=True,
    ),
    # Players follow a video up to some hundred frames a second; 4:2:0 colours come for 2 × 2 pixels.
    "mp4": Format("an MP4", "H.264 video", _opened_by("video"), "video/mp4", fastest=240, even=True),
    "webm": Format(
        "a WebM",
        "VP9 video",
        _opened_by("video", "opened_webm"),
        "video/webm",
        fastest=240,
        even=True,
        clear=True,
    ),
    # Delays are milliseconds, and browsers take 100 of them for any under 11.
    "webp": Format(
        "a WebP",
        "animated WebP, lossless, up to 80 frames a second",
        _opened_by("webp"),
        "image/webp",
        fastest=80,
        holds=("hold", "pause", "loop"),
        clear=True,
    ),
    # Notebooks know no image/apng, and whatever plays it plays it as image/png.
    "apng": Format(
        "an APNG",
        "animated PNG, lossless, up to 80 frames a second",
        _opened_by("apng"),
        "image/png",
        fastest=80,
        holds=("hold", "pause", "loop"),
        clear=True,
    ),
    # Browsers show up to 60 frames a second, and a page plays once, until it is played again.
    "html": Format(
        "an HTML page",
        "a page that plays it, by itself: nothing is loaded",
        _opened_by("html"),
        "text/html",
        fastest=60,
        weight=3.0,
        plays=True,
    ),
    "png": _still("a PNG", "a still: one iterate, in pixels", "image/png", lines=False),
    "svg": _still("an SVG", "a still of lines and text", "image/svg+xml", lines=True),
    "pdf": _still("a PDF", "a still of lines and text, its fonts inside", "application/pdf", lines=True),
    "frames": Format(
        "a PNG sequence",
        "a PNG for each frame, numbered from 0; named as in frames/%04d.png",
        _opened_by("sequence"),
        "image/png",
        holds=(),
        several=True,
        weight=12.0,
        clear=True,
    ),
}
