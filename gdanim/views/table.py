"""A bigram as a table: a row for each word, and in it the probability of every word that may follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from gdanim.losses.base import Array
from gdanim.losses.nextword import NextWord
from gdanim.theme import Theme, blend
from gdanim.timeline import Moment
from gdanim.views.base import Scene, View, at
from gdanim.views.marks import Label, Mark, Stroke
from gdanim.views.vocabulary import word as named

SHADES = 33  # from a probability of 0 to one of 1
LEGIBLE = 1.1  # size of a word beside a cell, in heights of it, at most
WIDEST = 1.9  # a cell beside its height, and the other way round
TOP = 2.2  # height of what stands above the names of the columns, in sizes of text
FEWEST = 3  # words that are shown
KEY = 4.0  # width of the key to the colours, in sizes of text


class Cells(Mark):
    """A grid of probabilities as colours, from the background to the accent."""

    def __init__(self, axes: Axes, theme: Theme) -> None:
        super().__init__(axes, theme.background)
        shades = [to_rgb(blend(theme.background, theme.now, i / (SHADES - 1))) for i in range(SHADES)]
        self._colours = np.full((SHADES, 4), 255, np.uint8)
        self._colours[:, :3] = np.round(255 * np.array(shades))
        self.values: Array = np.zeros((1, 1))
        self.box = (0.0, 0.0, 1.0, 1.0)

    def to(self, values: Array, box: tuple[float, float, float, float]) -> Cells:
        """Show these, (rows from the top, columns), in a box of the picture."""
        self.values, self.box = values, box
        return self

    def image(self) -> npt.NDArray[np.uint8]:
        """(height, width, 4), the lowest row first."""
        left, low, right, high = map(round, self.box)
        rows, columns = self.values.shape
        shades = self._colours[np.rint((SHADES - 1) * np.clip(self.values[::-1], 0.0, 1.0)).astype(np.int64)]
        y = np.minimum(np.arange(high - low) * rows // (high - low), rows - 1)
        x = np.minimum(np.arange(right - left) * columns // (right - left), columns - 1)
        return np.ascontiguousarray(shades[y][:, x])

    def draw(self, renderer: Any) -> None:
        renderer.draw_image(self._context(renderer), round(self.box[0]), round(self.box[1]), self.image())


class Table(View):
    """p of the next word (across) after each word (down), all of the model at once.

    The row of the prompt's last word is framed. Where there is no room for a row a word in letters that can
    be read, the most frequent words have theirs, with that of the prompt, and the last column is the sum of
    all others; how many there are is said.

    Attributes:
        shown: the words that have a row and a column, from 0.
    """

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        axes.set_axis_off()
        theme = scene.theme
        self._loss = cast(NextWord, scene.loss)
        self._run = scene.runs[0]
        self._cells, self._key = Cells(axes, theme), Cells(axes, theme)
        self._frame = Stroke(None, theme.ink, width=max(1.5, 0.12 * scene.sizes.text))
        after = self._loss.context_of(self._loss.prompt(scene.spec.prompt))[-1]
        every = [named(word, scene.text) for word in self._loss.words]
        self._glyphs = scene.small
        self.shown = self._fitting(every, after)
        self._row = self.shown.index(after)
        self._words = [every[i] for i in self.shown]
        self._heads = list(self._words)
        if len(self.shown) < len(every):
            self._heads.append(scene.text("words.others", count=len(every) - len(self.shown)))
        self._inputs = np.array(self.shown, dtype=np.float64)[:, None]

    def _fitting(self, words: Sequence[str], after: int) -> list[int]:
        """All words, or the most frequent ones that there is room for, and the prompt's."""
        box, size = self.axes.get_window_extent(), self.scene.sizes.text
        longest = max(map(self._glyphs.width, [*words, self.scene.text("words.others", count=len(words))]))
        room = min(box.height - longest - TOP * size, box.width - longest - 0.5 * size)
        most = int(LEGIBLE * room / self._glyphs.size)
        if most >= len(words):
            return list(range(len(words)))
        most = max(FEWEST, most - 1)  # the others' column has room, too
        # A vocabulary has the most frequent word first.
        return sorted([after, *(i for i in range(len(words)) if i != after)][:most])

    @property
    def margin(self) -> float:
        return 0.0

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Where the cells are, in pixels, with names left of them and above."""
        around, size = self.axes.bbox, self.scene.sizes.text
        left = around.x0 + max(map(self._glyphs.width, self._words)) + 0.5 * size
        top = around.y1 - max(map(self._glyphs.width, self._heads)) - TOP * size
        rows, columns = len(self._words), len(self._heads)
        high = (top - around.y0) / rows
        wide = min((around.x1 - left) / columns, WIDEST * high)
        return left, top - min(high, WIDEST * wide) * rows, left + wide * columns, top

    def still(self) -> Iterable[Artist]:
        """The words, down and across, and a key to the colours."""
        scene, (left, low, right, top) = self.scene, self.box
        theme, size = scene.theme, scene.sizes.text
        wide, high = (right - left) / len(self._heads), (top - low) / len(self._words)
        for i, word in enumerate(self._words):
            label = Label(self._glyphs, theme.ink if i == self._row else theme.muted, anchor="right")
            yield label.to(word, (left - 0.4 * size, top - (i + 0.5) * high - 0.36 * self._glyphs.size))
        for i, word in enumerate(self._heads):
            upright = Upright(self._glyphs, theme.muted)
            yield upright.to(word, (left + (i + 0.5) * wide + 0.36 * self._glyphs.size, top + 0.4 * size))
        around = self.axes.bbox
        head = around.y1 - 1.2 * size
        yield Label(scene.glyphs, theme.ink).to(self._said(), (around.x0, head))
        end = around.x1 - scene.small.width("1") - 0.3 * size
        box = (end - KEY * size, head - 0.1 * size, end, head + 0.7 * size)
        yield self._key.to(np.linspace(0.0, 1.0, SHADES)[None], box)
        yield Label(scene.small, theme.muted).to("1", (end + 0.3 * size, head))
        yield Label(scene.small, theme.muted, anchor="right").to("$p$  0", (box[0] - 0.3 * size, head))

    def _said(self) -> str:
        """What rows and columns are, and how many words have theirs where not all do."""
        scene, every = self.scene, len(self._loss.words)
        if len(self.shown) == every:
            return scene.text("table")
        few = {"shown": len(self.shown), "words": every}
        words = [scene.text(f"table.part{end}", **few) for end in ("", ".short")]
        room = self.axes.bbox.width - (KEY + 3.5) * scene.sizes.text
        return next((one for one in words if scene.glyphs.width(one) <= room), words[-1])

    def update(self, moment: Moment) -> Iterator[Artist]:
        theta = at(self._run.theta, self.scene.underway(moment))
        left, low, right, top = self.box
        p = self._loss.predict(theta, self._inputs)
        if len(self._heads) > len(self._words):
            p = np.column_stack([p[:, self.shown], np.delete(p, self.shown, axis=1).sum(axis=1)])
        yield self._cells.to(p, self.box)
        cell = (top - low) / len(self._inputs)
        high = round(top - self._row * cell)
        deep = round(top - (self._row + 1) * cell)
        corners = [(left, deep), (right, deep), (right, high), (left, high), (left, deep)]
        yield self._frame.to(np.array(corners))


class Upright(Label):
    """A label that reads from below upwards; its position is the lower end of its baseline."""

    def _draw_mask(self, renderer: Any, context: Any) -> None:
        height, width = self.mask.shape
        image = np.empty((width, height, 4), np.uint8)
        image[..., :3] = self._ink
        # A turn to the left; rows run upwards.
        image[..., 3] = self.mask.T
        x, y = self.position
        renderer.draw_image(context, x - height + (self._baseline - y), self._baseline, image)

    def _draw_words(self, renderer: Any, context: Any) -> None:
        from gdanim.views.words import words_of

        x, baseline = self.position[0], self._baseline
        for word in words_of(self.text, self._glyphs):
            low = baseline + word.left
            y = renderer.get_canvas_width_height()[1] - low if renderer.flipy() else low
            renderer.draw_text(context, x, y, word.characters, word.font, 90)
