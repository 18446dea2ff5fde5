"""What a model gives to each word that may come next, beside what comes next in the text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple, cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.path import Path

from gdanim.data.texts import END
from gdanim.losses.base import Array
from gdanim.losses.nextword import NextWord
from gdanim.timeline import Moment, spread
from gdanim.views.base import Scene, View, at
from gdanim.views.marks import PIXELS, Label, Mark, Points, Stroke
from gdanim.views.vocabulary import word as named

MOST, LEAST = 10, 3  # words that have a bar of their own
SAMPLED = 100  # iterates whose probabilities say which words matter
LINE, ROW = 1.5, (1.25, 1.9)  # heights of a line under the bars and of a row, in sizes of text
TICKS = (0.0, 0.5, 1.0)
APART = 0.9  # of columns, in sizes of text
NARROWEST = 5.0  # the bars, in sizes of text
LEAST_LIKELY = 1e-300  # probabilities under it have that one's logarithm


class Bars(Mark):
    """Rectangles of one colour, all at once."""

    def __init__(self, colour: str) -> None:
        super().__init__(None, colour)
        self.boxes: Array = np.zeros((0, 4))

    def to(self, boxes: Array) -> Bars:
        """Each as left, bottom, right, top in pixels, (m, 4)."""
        self.boxes = boxes
        return self

    def draw(self, renderer: Any) -> None:
        if not len(self.boxes):
            return
        corners = self.boxes[:, [0, 1, 2, 1, 2, 3, 0, 3, 0, 1]].reshape(-1, 2)
        codes = np.tile([Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY], len(self.boxes))
        renderer.draw_path(self._context(renderer), Path(corners, codes), PIXELS, self.colour)


class Place(NamedTuple):
    """Where things stand, in pixels.

    Attributes:
        left, right: of the bars, from a probability of 0 to one of 1.
        top, row: where the rows begin, and how high each is.
        ends: where the columns of numbers end.
    """

    left: float
    right: float
    top: float
    row: float
    ends: tuple[float, ...]


class NextWords(View):
    """Bars of p for the words that matter, marks of y where the text has these words, and p − y.

    y is what follows the same words in the text, as shares where several do: p − y is the gradient at
    the logits of such a row. Under the bars stand the mean of −log p there, beside what guessing reaches,
    and what the model would write now. The words and their order are the same in all frames: those that
    follow in the text first, then those that the model ever gives most to.
    """

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        axes.set_axis_off()
        self._loss = loss = cast(NextWord, scene.loss)
        self._run = scene.runs[0]
        self._prompt = loss.prompt(scene.spec.prompt)
        seen = loss.context_of(self._prompt)
        self._counts = loss.table.following(seen)
        self._y = self._counts / self._counts.sum() if self._counts.any() else None
        self._seen = " ".join(loss.words[i] for i in seen)
        theme, sizes = scene.theme, scene.sizes
        self._right, self._wrong = Bars(theme.now), Bars(theme.before)
        self._marks = Bars(theme.ink)
        self._names = [Label(scene.small, theme.ink, anchor="right") for _ in range(MOST + 1)]
        self._numbers = [[Label(scene.glyphs, theme.ink, anchor="right") for _ in "py-"] for _ in self._names]
        self._lines = [Label(scene.glyphs, theme.ink) for _ in range(2)]
        self._written = Label(scene.glyphs, theme.now)
        self._width = max(2.0, 0.22 * sizes.text)

    @property
    def margin(self) -> float:
        return 0.0

    @cached_property
    def shown(self) -> list[int]:
        """The words that have a bar, from the top: those that follow in the text first."""
        theta = self._run.theta[spread(self._run.iterations + 1, SAMPLED)]
        matter = self._loss.probabilities(theta, self._prompt).max(axis=0)
        y = np.zeros(len(matter)) if self._y is None else self._y
        order = sorted(range(len(matter)), key=lambda i: (-y[i], -matter[i], i))
        rows = self._most_rows()
        return order if len(order) <= rows else order[: rows - 1]

    @cached_property
    def place(self) -> Place:
        """Where things stand; to be asked for once the layout does."""
        scene, box = self.scene, self.axes.bbox
        size, number = scene.sizes.text, scene.glyphs.width
        names = max(map(scene.small.width, self._row_names())) + 0.5 * size
        widths = [number("0.000"), number("10/10") if self._y is not None else 0, number("−0.000")]
        gaps = [APART * size] * 3
        if self._y is None:
            widths, gaps = widths[:1], gaps[:1]
        left = box.x0 + names
        room = box.x1 - left - sum(widths) - sum(gaps)
        if len(widths) == 3 and room < NARROWEST * size:  # the marks show y, too
            widths, gaps = [widths[0], widths[2]], gaps[:2]
            room = box.x1 - left - sum(widths) - sum(gaps)
        right = left + max(room, 2.0 * size)
        ends = right + np.cumsum(np.array(widths) + gaps)
        top = box.y1 - LINE * size
        rows = len(self._row_names())
        row = min(ROW[1] * size, (top - box.y0 - self._under()) / rows)
        return Place(left, right, top, row, tuple(ends.tolist()))

    def still(self) -> Iterable[Artist]:
        """The words, what the columns are, the grid, and what y is."""
        self.__dict__.pop("place", None)  # which an earlier layout had
        self.__dict__.pop("shown", None)
        scene, place, text = self.scene, self.place, self.scene.text
        theme, size, box = scene.theme, scene.sizes.text, self.axes.bbox
        names = self._row_names()
        foot = place.top - len(names) * place.row
        for tick in TICKS:
            x = round(place.left + tick * (place.right - place.left)) + 0.5
            yield Stroke(None, theme.grid, width=1.0).to(np.array([(x, foot), (x, place.top)]))
            number = Label(scene.small, theme.muted, anchor="centre")
            yield number.to(text.short(tick), (x, foot - 1.1 * size))
        for row, (label, name) in enumerate(zip(self._names, names, strict=False)):
            yield label.to(name, (place.left - 0.5 * size, self._baseline(row)))
        head = self._cut(text("words.after"), self._seen, place.ends[0] - box.x0 - 3.5 * size)
        yield Label(scene.glyphs, theme.ink).to(head, (box.x0, place.top + 0.5 * size))
        for end, head in zip(place.ends, self._heads(), strict=True):
            yield Label(scene.glyphs, theme.muted, anchor="right").to(head, (end, place.top + 0.5 * size))
        y = foot - (1.1 + LINE) * size
        if self._y is not None:
            bar = (box.x0 + 0.2 * size, y - 0.15 * size, box.x0 + 0.2 * size + self._width, y + 0.75 * size)
            yield Bars(theme.ink).to(np.round(np.array([bar])))
        places = int(self._counts.sum())
        key = "words.none" if not places else "words.one" if places == 1 else "words.truth"
        key += "" if self._loss.table.held is None else ".kept"
        yield Label(scene.small, theme.muted).to(
            text(key, places=places), (box.x0 + (1.0 * size if places else 0.0), y)
        )

    def update(self, moment: Moment) -> Iterator[Artist]:
        scene, place, size = self.scene, self.place, self.scene.sizes.text
        theta = at(self._run.theta, scene.underway(moment))
        p = self._loss.probabilities(theta, self._prompt)
        values = self._rows(p)
        y = None if self._y is None else self._rows(self._y)
        boxes = np.array([self._bar(row, 0.0, share) for row, share in enumerate(values)])
        right = np.ones(len(values), dtype=bool) if y is None else y > 0.0
        yield self._wrong.to(boxes[~right])
        yield self._right.to(boxes[right])
        if y is not None:
            yield self._marks.to(
                np.array([self._mark(row, share) for row, share in enumerate(y) if share > 0.0])
            )
        for row, share in enumerate(values):
            yield from self._row(row, share, None if y is None else float(y[row]))
        foot = place.top - len(values) * place.row - (1.1 + 2 * LINE) * size
        yield self._lines[0].to(self._cost(p), (self.axes.bbox.x0, foot))
        yield from self._says(theta, foot - LINE * size)

    def _row(self, row: int, p: float, y: float | None) -> Iterator[Artist]:
        """The numbers of a row: p, how often of all it follows in the text, and p − y."""
        place, low = self.place, self._baseline(row)
        words = [self._number(p)]
        if y is not None:
            total = int(self._counts.sum())
            words += [f"{round(y * total)}/{total}"] if len(place.ends) == 3 else []
            words.append(self._number(round(p, 3) - y))  # of the numbers as they stand there
        for label, word, end in zip(self._numbers[row], words, place.ends, strict=False):
            yield label.to(word, (end, low))

    def _number(self, value: float) -> str:
        return self.scene.text.fixed(round(value, 3), 3)

    def _heads(self) -> list[str]:
        """What the columns of numbers are."""
        if self._y is None:
            return ["$p$"]
        return ["$p$", "$y$", "$p$ − $y$"] if len(self.place.ends) == 3 else ["$p$", "$p$ − $y$"]

    def _cost(self, p: Array) -> str:
        """−log p of what follows in the text, the mean of it where several words do, and that of a guess."""
        text, v = self.scene.text, len(self._loss.words)
        guess = text("words.guess", words=v, loss=text.fixed(math.log(v)))
        if self._y is None:
            return guess
        cost = float(-(self._y * np.log(np.maximum(p, LEAST_LIKELY))).sum())
        y = self._y[self._y > 0]
        if len(y) == 1:
            return f"−log $p$ = {text.fixed(cost)}   {guess}"
        name, least = "−Σ $y$ log $p$", text("words.least", loss=text.fixed(float(-(y * np.log(y)).sum())))
        lines = [f"{name} = {text.fixed(cost)} {more}{guess}" for more in (f"({least})   ", "  ")]
        room = self.axes.bbox.width
        return next((one for one in lines if self.scene.glyphs.width(one) <= room), lines[-1])

    def _says(self, theta: Array, y: float) -> Iterator[Artist]:
        """The prompt, and what the model would write after it, as much as there is room for."""
        scene, box = self.scene, self.axes.bbox
        prompt = self._cut(scene.text("words.says"), self._joined(self._prompt), 0.6 * box.width)
        yield self._lines[1].to(prompt, (box.x0, y))
        said = self._loss.says(theta, self._prompt)
        x = box.x0 + scene.glyphs.width(prompt + ("" if self._loss.words[said[0]] == END else " "))
        ended, words = self._loss.words[said[-1]] == END, said
        line = self._joined(words) + ("" if ended else " …")
        while len(words) > 1 and x + scene.glyphs.width(line) > box.x1:
            words = words[:-1]
            line = self._joined(words) + " …"
        yield self._written.to(line, (x, y))

    def _joined(self, words: Sequence[int]) -> str:
        return " ".join(self._loss.words[i] for i in words).replace(f" {END}", END)

    def _cut(self, frame: str, words: str, room: float) -> str:
        """The words in what is said of them; of many the last ones."""
        parts = words.split(" ")
        for first in range(len(parts)):
            shown = " ".join(parts[first:]) if not first else "… " + " ".join(parts[first:])
            line = frame.format(words=shown)
            if self.scene.glyphs.width(line) <= room:
                break
        return line

    def _rows(self, values: Array) -> Array:
        """Those of the shown words, and the sum of all others where some are not shown."""
        found = values[self.shown]
        rest = len(values) - len(found)
        return np.append(found, max(0.0, float(values.sum() - found.sum()))) if rest else found

    def _row_names(self) -> list[str]:
        words = [named(self._loss.words[i], self.scene.text) for i in self.shown]
        rest = len(self._loss.words) - len(words)
        return [*words, self.scene.text("words.others", count=rest)] if rest else words

    def _most_rows(self) -> int:
        """As many as there is height for."""
        size = self.scene.sizes.text
        room = self.axes.bbox.height - LINE * size - self._under()
        return max(LEAST, min(MOST, int(room / (ROW[0] * size))))

    def _under(self) -> float:
        """Pixels that stand under the rows: numbers of the axis, and three lines."""
        return (1.5 + 3 * LINE) * self.scene.sizes.text

    def _baseline(self, row: int) -> float:
        place = self.place
        return place.top - (row + 0.5) * place.row - 0.36 * self.scene.sizes.text

    def _bar(self, row: int, low: float, high: float) -> tuple[float, float, float, float]:
        """From one probability to another, in pixels."""
        place = self.place
        x = (place.left + share * (place.right - place.left) for share in (low, high))
        top = place.top - row * place.row
        left, right = x
        return left, round(top - 0.86 * place.row), right, round(top - 0.14 * place.row)

    def _mark(self, row: int, y: float) -> Points:
        """A mark across the row where p would be y."""
        left = self._bar(row, y, y)[0]
        top = self.place.top - row * self.place.row
        half = self._width / 2
        low, high = round(top - 0.96 * self.place.row), round(top - 0.04 * self.place.row)
        return np.array([round(left - half), low, round(left - half) + round(self._width), high])
