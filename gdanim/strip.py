"""A strip: key iterates beside each other on one still, each with its numbers, to be printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from gdanim.layout import Cell, no_room
from gdanim.render import Picture, Pixels
from gdanim.timeline import Moment
from gdanim.views.base import View
from gdanim.views.legend import loss_in_words
from gdanim.views.marks import Dots, Label
from gdanim.views.panels import share_of
from gdanim.views.symbols import symbol

LINE, BELOW = 1.6, 0.2  # height of a line of a caption, and what is left under the last, in sizes of text
MARGIN, END = 1.4, 0.4  # left of captions and right of them
GAP = 1.1  # between two items of a caption
DOT = 1.1  # of a run's marker, with what is left beside it
MOST_LINES = 3
FEW = 4  # parameters that are all told
FOOT = 0.6  # under the panels of one run


class Item(NamedTuple):
    """A part of a caption that is not broken.

    Attributes:
        run: the run whose marker stands before the words, if any does.
    """

    words: str
    run: int | None = None


class Nothing:
    """What stands under the panels of one run, whose numbers stand above them."""

    still: tuple[Artist, ...] = ()

    def update(self, moment: Moment) -> Iterable[Artist]:
        """No mark."""
        return ()


class Strip(Picture):
    """A figure with the panels of several iterates; it shows them whatever moment it is asked for."""

    def frame(self, moment: Moment) -> Pixels:
        """The still; the array is valid until the next call."""
        return self.redraw(moment)

    def marks(self, moment: Moment) -> Iterable[Artist]:
        """Every mark, from the bottom to the top."""
        yield from self._never_moving()
        count = len(self.views) // len(self._plan.strip)
        for number, shown in enumerate(self._plan.strip):
            its = slice(number * count, (number + 1) * count)
            for k in range(0, shown.k + 1, self.scene.stride):
                yield from chain.from_iterable(view.settle(k) for view in self.views[its])
            yield from chain.from_iterable(one.update(shown) for one in self._clear[its])
        last = self._plan.still
        yield from self.strip.update(last)
        if last.k >= self.scene.runs[0].outcome.step:
            yield from self._notice

    def _under(self, top: float) -> tuple[Any, float]:
        """Of several runs what they are called, with the losses of the last iterate."""
        if len(self.scene.runs) > 1:
            return super()._under(top)
        return Nothing(), FOOT * self.scene.sizes.text

    def _panels(self, figure: Figure, region: Cell, lines: tuple[float, float]) -> list[View]:
        """The views of each iterate under its caption."""
        spec, layout, size = self._plan.spec, self._plan.layout, self.scene.sizes.text
        places = layout.places(region)
        captions = self._captions(places[0].width - (MARGIN + END) * size)
        layout = layout._replace(caption=LINE * max(map(len, captions)) + BELOW)
        if layout.crowded(region, size):
            raise no_room(spec, layout, lines, self._plan.theme.large)
        for place, caption in zip(places, captions, strict=True):
            self._still += self._written(caption, place)
        cells = layout.cells(region, size)
        inner = min(min(cell.width, cell.height) for cell in cells) - 4 * size
        scene = replace(self.scene, sizes=self.scene.sizes.smaller(share_of(inner, inner, size)))
        found = [self._view(figure, *each, scene) for each in zip(layout.repeated, cells, strict=True)]
        if not all(roomy for _, roomy in found):
            raise no_room(spec, layout, lines, self._plan.theme.large)
        return [view for view, _ in found]

    def _captions(self, room: float) -> list[list[list[Item]]]:
        """Of each iterate the lines of its caption: as much of it as has room in all of them."""
        for most in (2, 1, 0):
            captions = [self._broken(self._items(moment.k, most), room) for moment in self._plan.strip]
            if max(map(len, captions)) <= MOST_LINES:
                break
        return captions

    def _items(self, k: int, most: int) -> list[Item]:
        """What is told of an iterate: k; with 1 its losses, and with 2 the parameters of one run too."""
        scene, text = self.scene, self.scene.text
        items = [Item(f"$k$ = {k}")]
        if not scene.alone:
            losses = [float(run.loss[min(k, run.iterations)]) for run in scene.runs]
            told = [Item(loss_in_words(text, loss), run) for run, loss in enumerate(losses)]
            return [*items, Item("$L$ ="), *told] if most else items
        run = scene.runs[0]
        few = len(run.parameters) <= FEW
        chosen = range(len(run.parameters)) if few else scene.chosen if scene.spec.axes else ()
        if most > 1:
            items += [
                Item(f"${symbol(run.parameters[i])}$ = {text.fixed(float(run.theta[k, i]))}") for i in chosen
            ]
        return [*items, Item(f"$L$ = {text.loss(float(run.loss[k]))}")] if most else items

    def _broken(self, items: list[Item], room: float) -> list[list[Item]]:
        """Lines of as many items as there is room for."""
        lines: list[list[Item]] = []
        left = 0.0
        for item in items:
            wide = self._width(item)
            if not lines or wide > left:
                lines, left = [*lines, []], room
            lines[-1].append(item)
            left -= wide + GAP * self.scene.sizes.text
        return lines

    def _width(self, item: Item) -> float:
        marker = 0.0 if item.run is None else DOT * self.scene.sizes.text
        return marker + self.scene.glyphs.width(item.words)

    def _written(self, lines: list[list[Item]], place: Cell) -> Iterator[Artist]:
        """A caption at the upper end of its place."""
        scene, size = self.scene, self.scene.sizes.text
        y = place.bottom + place.height
        for line in lines:
            x, y = place.left + MARGIN * size, y - LINE * size
            for item in line:
                colour, right = scene.theme.ink, x + self._width(item)
                if item.run is not None:
                    style = scene.styles[item.run]
                    dot = Dots(None, style.now, size=0.8 * scene.sizes.ball, marker=style.marker)
                    yield dot.to(np.array([(x + 0.4 * size, y + 0.35 * size)]))
                yield Label(scene.glyphs, colour).to(item.words, (right - scene.glyphs.width(item.words), y))
                x = right + GAP * size
