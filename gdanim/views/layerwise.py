"""A net too large to be drawn edge by edge: a box a layer, with what its weights and its gradient are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.lesson import Beat, in_beats
from gdanim.losses.layering import layering, passed
from gdanim.losses.learned import Learned, sample_of
from gdanim.passes import LayerPasses
from gdanim.timeline import Moment, spread
from gdanim.views.base import Scene, View
from gdanim.views.glyphs import Glyphs
from gdanim.views.marks import Arrow, Label, Stroke
from gdanim.views.told import stage_names

LINE = 1.5  # height of a line, in sizes of text
MOST_ROWS = 500  # of the data, whose values are averaged
TOP = 4.2  # what stands above, in sizes of text
SAMPLED = 12  # iterates, of which the numbers are measured
NAMED = (" = ", " ", "")  # between a number's name and itself; names stand at the left, where that is nothing


class Layerwise(View):
    """The layers of a net from left to right, and under each its mean |h|, mean |w|, and ‖∂L/∂w‖.

    |h| is averaged over the nodes and the rows; of many rows over a sample, which is said. All else is of
    the weights between two layers, biases among them, and of the loss over all rows.
    """

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        axes.set_axis_off()
        self._lesson = cast(LayerPasses, scene.lesson)
        self._loss = cast(Learned, scene.loss)
        self._layers = layering(self._loss)
        self._sizes = self._layers.nodes
        ends = np.cumsum([0, *self._layers.counts])
        self._parts = [slice(a, b) for a, b in pairwise(ends)]
        self._rows = sample_of(len(self._loss.table), MOST_ROWS)
        self._means: tuple[int, list[float]] | None = None

    @property
    def margin(self) -> float:
        return 0.0

    def still(self) -> Iterator[Artist]:
        scene, box, size = self.scene, self.axes.bbox, self.scene.sizes.text
        theme, text = scene.theme, scene.text
        self._stages = list(stage_names(self)) if in_beats(scene.lesson) else []
        count = len(self._sizes)
        high = box.y1 - TOP * size
        tall = min(9.0 * size, (high - box.y0) - 5.2 * LINE * size)
        high -= max(0.0, high - box.y0 - tall - 5.2 * LINE * size) / 2
        pitch = box.width / count
        wide = min(0.34 * pitch, 6.0 * size)
        low = high - max(tall, 2.0 * size)
        self._columns = [box.x0 + (i + 0.5) * pitch for i in range(count)]
        self._boxes = [(x - wide / 2, low, x + wide / 2, high) for x in self._columns]
        self._glyphs, self._between = self._fitting(pitch - 0.7 * size)
        self._labels = [
            [Label(self._glyphs, theme.now if i == 2 else theme.ink, anchor="centre") for i in range(4)]
            for _ in self._sizes
        ]
        self._arrow = Arrow(None, theme.now, width=0.2 * size, head=0.75 * size)
        self._frames = [self._outline(b, theme.ink, 0.2 * size) for b in self._boxes]
        nodes, edges = sum(self._sizes), self._parts[-1].stop
        kind = "network.layers" if all(self._layers.letters) else "network.tables"
        y = box.y1 - (2.5 if self._stages else 1.1) * size
        counts = {
            "shown": len(self._rows),
            "rows": f"{len(self._loss.table):,}".replace(",", "\N{THIN SPACE}"),
        }
        rows = text(
            "network.rows.sample" if len(self._rows) < len(self._loss.table) else "network.rows", **counts
        )
        words = [text(f"{kind}{e}", nodes=nodes, edges=edges, rows=rows) for e in ("", ".short")]
        words = [word for word in words if scene.small.width(word) <= box.width] or words[-1:]
        yield Label(scene.small, theme.muted).to(words[0], (box.x0, y))
        for i, (left, bottom, right, top) in enumerate(self._boxes):
            yield self._outline((left, bottom, right, top), theme.curve, 0.09 * size)
            label = Label(scene.glyphs, theme.ink, anchor="centre")
            yield label.to(str(self._sizes[i]), (self._columns[i], (bottom + top) / 2 - 0.36 * size))
            if i:
                y = (bottom + top) / 2
                line = Stroke(None, theme.curve, width=0.09 * size)  # which way it is gone a beat shows
                yield line.to(np.array([(self._boxes[i - 1][2], y), (left, y)]))

    def update(self, moment: Moment) -> Iterator[Artist]:
        run, beats = self.scene.runs[0], self._lesson.beats
        k = min(moment.k, run.iterations)
        number = moment.beat if in_beats(self.scene.lesson) and k < run.iterations else len(beats)
        beat = beats[number] if number < len(beats) else None
        told = {(b.what, layer) for b, layer in zip(beats[: number + 1], self._lesson.layer, strict=False)}
        means = self._values(k)
        for i, labels in enumerate(self._labels):
            said = [("leaves" if not i else "value", i), ("leaves", 0), ("product", i), ("update", i)]
            texts = self._lines(i, k, means)
            for line, (label, what, words) in enumerate(zip(labels, said, texts, strict=True)):
                if words and (what in told or (line and not i)):
                    y = self._boxes[i][1] - (line + 1) * LINE * self.scene.sizes.text
                    yield label.to(words, (self._columns[i], y))
        if beat is not None:
            yield from self._now(beat, self._lesson.layer[number])
        for stage, (quiet, loud) in enumerate(self._stages):
            yield loud if beat is not None and stage == beat.stage else quiet

    def _fitting(self, room: float) -> tuple[Glyphs, str]:
        """How large the texts under the boxes are, and what is between names and numbers, for their room."""
        run = self.scene.runs[0]
        some = [(k, self._values(k)) for k in spread(run.iterations + 1, SAMPLED)]
        forms = [(self.scene.glyphs, NAMED[0]), *((self.scene.small, between) for between in NAMED)]
        for self._glyphs, self._between in forms:
            layers = range(len(self._sizes))
            every = [words for k, means in some for i in layers for words in self._lines(i, k, means)]
            if max(map(self._glyphs.width, every)) <= room:
                break
        return self._glyphs, self._between

    def _lines(self, layer: int, k: int, means: list[float]) -> list[str]:
        """What stands under a layer's box: mean |h|, mean |w|, the gradient's length, the step's."""
        run, text, last = self.scene.runs[0], self.scene.text, k == self.scene.runs[0].iterations
        name = self._layers.letters[layer]
        found = [self._mean(name, means[layer]) if name else text("network.reads")]
        names = ["‖$g$‖" if run.noisy else r"‖$\partial L/\partial w$‖", r"‖$\Delta w$‖"]
        if not layer:
            at_left = [r"$\overline{|w|}$", names[0], "" if last else names[1]]
            return [*found, *(["", "", ""] if self._between else at_left)]
        part = self._parts[layer - 1]
        found.append(self._mean("w", float(np.abs(run.theta[k, part]).mean())))
        sizes = [run.gradient[k, part], *([] if last else [run.theta[k + 1, part] - run.theta[k, part]])]
        for said, size in zip(names, sizes, strict=False):
            number = text.fixed(float(np.linalg.norm(size)))
            found.append(f"{said}{self._between}{number}" if self._between else number)
        return [*found, ""] if last else found

    def _mean(self, name: str, value: float) -> str:
        """The mean size of something, in words where there is room."""
        text = self.scene.text
        words = text("network.average", of=f"|${name}$|", value=text.fixed(value))
        room = self._columns[1] - self._columns[0] - self.scene.sizes.text
        if self._between == NAMED[0] and self._glyphs.width(words) <= room:
            return words
        if not self._between and name == "w":
            return text.fixed(value)
        return rf"$\overline{{|{name}|}}${self._between or ' '}{text.fixed(value)}"

    def _now(self, beat: Beat, layer: int) -> Iterator[Artist]:
        """The layer that a beat is about, and which way it goes."""
        if layer >= 0:
            yield self._frames[layer]
        if layer > 0 and beat.what in ("value", "product"):
            a, b = self._boxes[layer - 1], self._boxes[layer]
            y = (a[1] + a[3]) / 2
            ends = ((a[2], y), (b[0], y))
            yield self._arrow.to(*(ends if beat.what == "value" else ends[::-1]))

    def _values(self, k: int) -> list[float]:
        """The mean size of the values of each layer at iterate k."""
        if self._means is None or self._means[0] != k:
            features = self._loss.table.features[self._rows]
            theta = self.scene.runs[0].theta[k]
            found = passed(self._loss, theta, features)
            self._means = (k, [float(np.abs(each).mean()) for each in found])
        return self._means[1]

    @staticmethod
    def _outline(box: tuple[float, float, float, float], colour: str, width: float) -> Stroke:
        left, low, right, high = box
        corners = [(left, low), (right, low), (right, high), (left, high), (left, low)]
        return Stroke(None, colour, width=max(1.0, width)).to(np.array(corners))
