"""Confusion: which classes a model takes for which, at this iterate, in numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from gdanim.losses.learned import Learned, sample_of
from gdanim.theme import Theme, blend
from gdanim.timeline import Moment
from gdanim.views.base import Scene, View
from gdanim.views.marks import Label, Mark

COUNTED = 5_000  # rows at most
FAINTEST, STRONGEST = 0.97, 0.45  # share of the background where nothing is, and where a whole class is
STEPS = 100  # of shares
FULL = 0.95  # of a cell's height, its number at most: digits are as high as three quarters of their size
READABLE = 0.9  # times the usual text: of smaller numbers there are none
Counts = npt.NDArray[np.int64]


class Cells(Mark):
    """A square table, each cell as strong as the share of its row that it holds."""

    def __init__(self, axes: Axes, theme: Theme) -> None:
        super().__init__(axes, theme.background)
        self._ramps = np.full((2, STEPS + 1, 4), 255, np.uint8)  # of what is wrong, and of what is right
        for hue, ramp in zip((theme.basins[2], theme.basins[0]), self._ramps, strict=True):
            for step in range(STEPS + 1):
                kept = FAINTEST + (STRONGEST - FAINTEST) * step / STEPS
                ramp[step, :3] = np.round(255 * np.array(to_rgb(blend(hue, theme.background, kept))))
        self.counts: Counts = np.zeros((2, 2), np.int64)

    def to(self, counts: Counts) -> Cells:
        """Show these: (classes, classes), a row of the table for each class, the upper one first."""
        self.counts = counts
        return self

    def colours(self) -> npt.NDArray[np.uint8]:
        """(classes, classes, 4): what is right has one hue, and what is wrong another."""
        shares = self.counts / np.maximum(self.counts.sum(axis=1, keepdims=True), 1)
        right = np.eye(len(shares), dtype=np.int64)
        found: npt.NDArray[np.uint8] = self._ramps[right, np.round(STEPS * shares).astype(np.int64)]
        return found

    def draw(self, renderer: Any) -> None:
        assert self.clip is not None
        box, count = self.clip.bbox, len(self.counts)
        width, height = round(box.width), round(box.height)
        rows = np.arange(height) * count // height
        columns = np.arange(width) * count // width
        colours = self.colours()[::-1].view(np.uint32)[..., 0]
        image = np.ascontiguousarray(colours[np.ix_(rows, columns)]).view(np.uint8)
        renderer.draw_image(
            self._context(renderer), round(box.x0), round(box.y0), image.reshape(height, width, 4)
        )


class Confusion(View):
    """How many rows of each class the model takes for each, at the iterate; the diagonal is what is right.

    Where there is no room for numbers the shades are there alone, each the share of its class.

    It counts the rows that are held out, where there are any, and else all; of very many a sample. Between
    two iterates it shows those of the one before.

    Attributes:
        cells: the table's shades.
    """

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        self._loss = cast(Learned, scene.loss)
        table = self._loss.table
        self._counted = table if table.held is None else table.held
        self._few = sample_of(len(self._counted), COUNTED)
        self._features = self._counted.features[self._few]
        self._true = self._counted.values[self._few].astype(np.int64)
        self._names = [name.replace("$", "") for name in table.classes]
        self._run, count = scene.runs[0], len(table.classes)
        self.set_axes((0.0, count), (0.0, count), scene.text("confusion.said"), scene.text("confusion.true"))
        self.cells = Cells(axes, scene.theme)
        self._labels: list[list[Label]] = []
        self._known: dict[int, Counts] = {}

    def ticks(self, which: str, limits: tuple[float, float], most: float) -> list[float]:
        """The middle of each cell."""
        return [i + 0.5 for i in range(len(self._names))]

    def tick_name(self, which: str, value: float) -> str:
        """A class; cut where it has no room."""
        name = self._names[int(value) if which == "x" else len(self._names) - 1 - int(value)]
        box, small = self.axes.get_window_extent(), self.scene.small
        room = box.width / len(self._names) if which == "x" else 0.35 * box.width
        whole = name
        while small.width(name) > room and len(whole) > 1:
            whole = whole[:-1]
            name = whole + "…"
        return name

    def still(self) -> Iterable[Artist]:
        """Also which rows are counted."""
        yield from super().still()
        scene, box = self.scene, self.axes.bbox
        taken = scene.glyphs.width(self.names[1]) + scene.sizes.text + self.named_above
        for words in self.said:
            if scene.small.width(words) + taken <= box.width:
                label = Label(scene.small, scene.theme.muted, anchor="right")
                yield label.to(words, (box.x1 - self.named_above, box.y1 + 0.6 * scene.sizes.text))
                return

    @property
    def said(self) -> list[str]:
        """Which rows are counted, in full and in short."""
        rows = f"{len(self._counted):,}".replace(",", "\N{THIN SPACE}")
        held = "held" if self._loss.table.held is not None else "all"
        few = ".sample" if len(self._few) < len(self._counted) else ""
        keys = (f"confusion.{held}{few}", f"confusion.{held}{few}.short")
        return [self.scene.text(key, rows=rows, shown=len(self._few)) for key in keys]

    def table(self, k: int) -> Counts:
        """(classes, classes): of each class the rows taken for each, at iterate k."""
        if k not in self._known:
            count = len(self._names)
            said = self._loss.said(self._run.theta[k], self._features)
            numbers = np.bincount(self._true * count + said, minlength=count * count)
            self._known = {k: numbers.reshape(count, count)}
        return self._known[k]

    def update(self, moment: Moment) -> Iterable[Artist]:
        counts = self.table(min(moment.k, self._run.iterations))
        yield self.cells.to(counts)
        if not self._labels:
            self._letter()
        if self._size < READABLE * self.scene.sizes.text:
            return
        count, drop = len(counts), 0.36 * self._size
        middles = np.arange(count, dtype=np.float64) + 0.5
        places = self.to_pixels(middles, middles[::-1])
        for i, row in enumerate(self._labels):
            for j, label in enumerate(row):
                yield label.to(str(counts[i, j]), (places[j, 0], places[i, 1] - drop))

    def _letter(self) -> None:
        """Numbers as large as the cells have room for, once the layout stands."""
        box, count = self.axes.bbox, len(self._names)
        usual = self.scene.sizes.text
        widest = str(int(np.bincount(self._true).max()))
        size = min(usual, FULL * box.height / count)
        while (
            size > 0.5 * READABLE * usual
            and self.scene.glyphs.at(size).width(widest) > 0.9 * box.width / count
        ):
            size *= 0.95
        self._size, glyphs = size, self.scene.glyphs.at(size)
        ink = self.scene.theme.ink
        self._labels = [[Label(glyphs, ink, anchor="centre") for _ in self._names] for _ in self._names]
