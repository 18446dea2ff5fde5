"""The gradient as a vector put together from its partial derivatives, for slides that define it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.timeline import Moment, spread
from gdanim.views.base import Scene, View
from gdanim.views.marks import Label
from gdanim.views.sheet import FIRST, Page, Row, Sheet
from gdanim.views.slopes import Slopes

# Sizes of text that are tried, and into how many lines formulas may be broken; the first that fits is taken.
TRIED = ((1.6, 1), (1.3, 1), (1.3, 2), (1.0, 1), (1.0, 3), (0.9, 3), (0.8, 3), (0.8, 6))
SPACED = 1.5  # heights of text that a line has at least
SAMPLED = 64  # iterates whose numbers are measured


class Gradient(View):
    """∇L with the formula of each partial derivative and this frame's numbers put into it."""

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        axes.set_axis_off()
        run = scene.runs[0]
        self._slopes = scene.slopes or Slopes(scene.loss, run, scene.text, scene.chosen)
        chosen = spread(run.iterations + 1, SAMPLED)
        self._samples = run.theta[chosen], np.array([self._slopes.gradient(k) for k in chosen])
        self._written = -1  # the iterate whose numbers stand on the labels

    @property
    def margin(self) -> float:
        return 0.0

    def still(self) -> Iterable[Artist]:
        glyphs, theme = self._laid_out[0].glyphs, self.scene.theme
        for row, place in self.placed:
            if row.component is None:
                yield Label(glyphs, theme.ink if row.strong else theme.muted).to(row.words, place)

    def update(self, moment: Moment) -> Iterable[Artist]:
        k = min(moment.k, self.scene.runs[0].iterations)
        if k != self._written:
            self._write(k)
            self._written = k
        yield from self._labels

    def _write(self, k: int) -> None:
        """Put iterate k's numbers on the labels."""
        sheet, page = self._laid_out
        lines = [self._slopes.line(i, k) for i in range(max(len(page.chosen), page.listed))]
        words = {i: sheet.write(page, i, lines[i]) for i in range(len(page.chosen))}
        if page.listed:
            words[-1] = sheet.write_vector(page, lines)
        moving = [each for each in self.placed if each[0].component is not None]
        for label, (row, place) in zip(self._labels, moving, strict=True):
            own = words[row.component or 0]
            label.to(own[row.part] if row.part < len(own) else "", place)

    @cached_property
    def _labels(self) -> list[Label]:
        glyphs = self._laid_out[0].glyphs
        rows = (row for row, _ in self.placed if row.component is not None)
        return [Label(glyphs, self.scene.theme.now) for _ in rows]

    @cached_property
    def _laid_out(self) -> tuple[Sheet, Page]:
        """The largest size of text in which everything fits; where none does, what fits of it."""
        n = len(self.scene.loss.parameters)
        for scale, most in TRIED:
            sheet = self._sheet(scale, most)
            page = sheet.page(n, whole=True)
            if page is not None and self._fits(sheet, page):
                return sheet, page
        for scale in (1.0, TRIED[-1][0]):
            sheet = self._sheet(scale, TRIED[-1][1])
            most = int(self.axes.bbox.height / (SPACED * sheet.glyphs.size))  # lines, of which each takes one
            for count in range(min(n, most), 0, -1):
                for short in (False, True):
                    page = sheet.page(count, whole=False, short=short)
                    if page is not None and self._fits(sheet, page):
                        return sheet, page
        page = sheet.page(1, whole=False, short=True)
        assert page is not None  # since it need not be whole
        return sheet, page

    def _sheet(self, scale: float, most: int) -> Sheet:
        room = float(self.axes.bbox.width)
        return Sheet(self.scene, self._slopes, self._samples, scale, room, most)

    def _fits(self, sheet: Sheet, page: Page) -> bool:
        """Whether the lines have the height they need."""
        return page.pitch(float(self.axes.bbox.height), sheet.glyphs.size) > SPACED * sheet.glyphs.size

    @cached_property
    def placed(self) -> list[tuple[Row, tuple[float, float]]]:
        """Every line, and the left end of its baseline in pixels."""
        (sheet, page), box = self._laid_out, self.axes.bbox
        pitch = page.pitch(float(box.height), sheet.glyphs.size)
        found, top = [], float(box.y1)
        for row in page.rows:
            top -= row.up
            found.append((row, (float(box.x0) + row.indent, top - FIRST * pitch)))
            top -= pitch + row.down
        return found
