"""Pictures to look at, and reading files back by decoders that are not ours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import av
import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from PIL import Image

from gdanim import Spec
from gdanim.plan import plan
from gdanim.render import Picture
from gdanim.views import SQUARE, TEXT, Kind
from gdanim.views.marks import Box, Label

Pixels = npt.NDArray[np.uint8]


class Drawn(NamedTuple):
    """A path as a renderer is asked to draw it: its line's width and colour, its fill, where dashes begin."""

    points: npt.NDArray[np.float64]
    width: float
    colour: tuple[float, ...]
    fill: Any
    begun: float


class Recorder(RendererBase):
    """A renderer that keeps what it is asked to draw."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[Drawn] = []
        self.texts: list[tuple[str, float, float, float]] = []  # characters, left end, baseline, angle

    def flipy(self) -> bool:
        return False

    def draw_path(self, gc: Any, path: Any, transform: object, rgbFace: Any = None) -> None:  # noqa: N803
        begun = gc.get_dashes()[0]
        self.paths.append(Drawn(path.vertices.copy(), gc.get_linewidth(), gc.get_rgb(), rgbFace, begun))

    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: Any,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        self.texts.append((s, x, y, angle))


def drawn(mark: Artist) -> list[Drawn]:
    """The paths that a mark draws, from the bottom to the top."""
    recorder = Recorder()
    mark.draw(recorder)
    return recorder.paths


class Shown(NamedTuple):
    rgb: Pixels
    milliseconds: float


def by_pillow(path: Path) -> Iterator[Shown]:
    with Image.open(path) as image:
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            yield Shown(np.array(image.convert("RGB")), float(image.info["duration"]))


def by_ffmpeg(path: Path) -> Iterator[Pixels]:
    """FFmpeg's own decoder, through PyAV; colours by the file's own tags."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield np.asarray(frame.to_ndarray(format="rgb24"))


def size_of(path: Path) -> tuple[int, int]:
    """Width and height of a picture or a video, as a reader that is not ours has them."""
    data = path.read_bytes()
    if data.startswith(b"%PDF"):
        box = re.search(rb"/MediaBox \[ ?0 0 (\d+) (\d+) ?\]", data)
        assert box is not None
        return int(box[1]), int(box[2])
    if data.startswith(b"<?xml"):
        _, _, width, height = (ElementTree.fromstring(data).get("viewBox") or "").split()
        return int(width), int(height)
    if data.startswith(b"<!doctype html"):
        extent = re.search(rb'<canvas[^>]* width="(\d+)" height="(\d+)"', data)
        assert extent is not None
        return int(extent[1]), int(extent[2])
    if data[4:8] == b"ftyp" or data.startswith(b"\x1aE\xdf\xa3"):
        height, width, _ = next(by_ffmpeg(path)).shape
        return width, height
    with Image.open(path) as image:
        return image.width, image.height


def psnr(a: Pixels, b: Pixels) -> float:
    """Peak signal-to-noise ratio in dB; infinite for equal pictures."""
    error = float(((a.astype(np.float64) - b) ** 2).mean())
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))


def suited(kind: Kind, one: str, two: str) -> dict[str, str]:
    """Settings of what a view can show: a loss of one parameter or of two, or a model with its data."""
    if kind.graph == "net":
        return {"data": "line"}
    if kind.features == TEXT:
        return {"model": "next-word" if max(kind.classes) else "next-word:model=bigram"}
    if kind.features == SQUARE:
        return {"data": "digits:n=60"}
    if kind.features:
        return {"data": "line" if kind.features == 1 else "moons"}
    return {"loss": two if kind.parameters[0] <= 2 <= kind.parameters[1] else one}


def picture(**settings: Any) -> Picture:
    """The Picture of a small Spec."""
    spec = Spec(**{"size": (640, 400), "iterations": 24, **settings})
    return Picture(plan(spec))


def ink(label: Label) -> Box:
    """The part of the picture that a label's characters cover."""
    rows, columns = (np.flatnonzero(label.mask.any(axis=axis)) for axis in (1, 0))
    left, bottom = label.position
    if not len(rows):
        return left, bottom, left, bottom
    # Rows run upwards from the position, as the mask is drawn upside down.
    height = len(label.mask)
    return (
        left + columns[0],
        bottom + height - 1 - rows[-1],
        left + columns[-1] + 1,
        bottom + height - rows[0],
    )


def dealt(rows: Iterable[Any], columns: Iterable[Any], cards: Iterable[Any]) -> list[tuple[Any, Any, Any]]:
    """Every row with every column, and a card for each in turn: all meet, without all being tried."""
    hand, across = list(cards), list(columns)
    return [
        (row, one, hand[(i + j) % len(hand)]) for i, row in enumerate(rows) for j, one in enumerate(across)
    ]
