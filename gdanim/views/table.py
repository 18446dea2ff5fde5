"""A bigram as a table: a row for each word, and in it the probability of every word that may follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
from gdanim.views.glyphs import Glyphs
from gdanim.views.marks import Label, Mark, Stroke
from gdanim.views.vocabulary import word as named

SHADES = 33  # from a probability of 0 to one of 1
LEGIBLE = 1.1  # size of a word in a cell, in heights of it
WIDEST = 1.9  # a cell beside its height, and the other way round
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

    The row of the prompt's last word is framed.
    """

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        axes.set_axis_off()
        theme = scene.theme
        self._loss = cast(NextWord, scene.loss)
        self._run = scene.runs[0]
        self._cells, self._key = Cells(axes, theme), Cells(axes, theme)
        self._frame = Stroke(None, theme.ink, width=max(1.5, 0.12 * scene.sizes.text))
        self._row = self._loss.context_of(self._loss.prompt(scene.spec.prompt))[-1]
        self._words = [named(word, scene.text) for word in self._loss.words]
        room = (axes.get_window_extent().height - 6.0 * scene.sizes.text) / len(self._words)
        self._glyphs = Glyphs(max(4.0, min(scene.small.size, LEGIBLE * room)), moving=False)
        self._inputs = np.arange(len(self._loss.words), dtype=np.float64)[:, None]

    @property
    def margin(self) -> float:
        return 0.0

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Where the cells are, in pixels, with names left of them and above."""
        around, size = self.axes.bbox, self.scene.sizes.text
        longest = max(map(self._glyphs.width, self._words))
        left, top = around.x0 + longest + 0.5 * size, around.y1 - longest - 2.2 * size
        count = len(self._words)
        high = (top - around.y0) / count
        wide = min((around.x1 - left) / count, WIDEST * high)
        return left, top - min(high, WIDEST * wide) * count, left + wide * count, top

    def still(self) -> Iterable[Artist]:
        """The words, down and across, and a key to the colours."""
        scene, (left, low, right, top) = self.scene, self.box
        words, theme, size = self._words, scene.theme, scene.sizes.text
        wide, high = (right - left) / len(words), (top - low) / len(words)
        for i, word in enumerate(words):
            label = Label(self._glyphs, theme.ink if i == self._row else theme.muted, anchor="right")
            yield label.to(word, (left - 0.4 * size, top - (i + 0.5) * high - 0.36 * self._glyphs.size))
            upright = Upright(self._glyphs, theme.muted)
            yield upright.to(word, (left + (i + 0.5) * wide + 0.36 * self._glyphs.size, top + 0.4 * size))
        around = self.axes.bbox
        head = around.y1 - 1.2 * size
        yield Label(scene.glyphs, theme.ink).to(scene.text("table"), (around.x0, head))
        end = around.x1 - scene.small.width("1") - 0.3 * size
        box = (end - KEY * size, head - 0.1 * size, end, head + 0.7 * size)
        yield self._key.to(np.linspace(0.0, 1.0, SHADES)[None], box)
        yield Label(scene.small, theme.muted).to("1", (end + 0.3 * size, head))
        yield Label(scene.small, theme.muted, anchor="right").to("$p$  0", (box[0] - 0.3 * size, head))

    def update(self, moment: Moment) -> Iterator[Artist]:
        theta = at(self._run.theta, self.scene.underway(moment))
        left, low, right, top = self.box
        yield self._cells.to(self._loss.predict(theta, self._inputs), self.box)
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
