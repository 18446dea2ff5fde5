"""A view that tells backpropagation: the names of its stages above, what a beat says in numbers below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.lesson import Beat, in_beats
from gdanim.losses.backprop import Sweep
from gdanim.timeline import Moment, spread
from gdanim.views.base import Scene, View
from gdanim.views.chain import Chain
from gdanim.views.marks import Box, Label

BEATS = 100  # of which it is measured how many lines they say
STEP = 1.7  # height of a line of what a beat says, in sizes of text
STAGES = ("forward", "loss", "backward", "update")
BETWEEN = 1.6  # room between their names, in sizes of text


class Told(View):
    """What views have in common that tell an iterate in beats; the names of these are drawn by them."""

    heads_height = 2.9  # of what stands above, in sizes of text

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        axes.set_axis_off()
        self._glyphs = scene.glyphs.at(scene.sizes.text)
        self._chain = self._worded()
        self._lesson = self._chain.lesson
        self._graph = self._lesson.graph
        self._sweeps: tuple[int, Sweep] | None = None
        self._said: list[Label] = []
        self._stages: list[tuple[Label, Label]] = []

    def _worded(self) -> Chain:
        """What says the beats."""
        return Chain(self.scene, self._fits)

    def _fits(self, line: str) -> bool:
        return self._glyphs.width(line) <= self.axes.bbox.width

    @property
    def margin(self) -> float:
        return 0.0

    def _begin(self) -> None:
        """Make room for what is told, once the layout stands."""
        self._stages = list(stage_names(self, self._chain.names[-1])) if in_beats(self.scene.lesson) else []
        self._said = [Label(self._glyphs, self.scene.theme.ink) for _ in range(self._most_lines())]

    def _at(self, moment: Moment) -> tuple[int, int, Beat | None]:
        """The iterate, the number of the beat, and the beat; after the last of them there is none."""
        run, beats = self.scene.runs[0], self._lesson.beats
        k = min(moment.k, run.iterations)
        number = moment.beat if in_beats(self.scene.lesson) and k < run.iterations else len(beats)
        return k, number, beats[number] if number < len(beats) else None

    def _tell(self, beat: Beat | None, k: int) -> Iterable[Artist]:
        """The names of the stages, and what a beat says."""
        for stage, (quiet, loud) in enumerate(self._stages):
            yield loud if beat is not None and stage == beat.stage else quiet
        if beat is not None:
            for i, words in enumerate(self._chain.lines(beat, k, self._sweep(k))[-len(self._said) :]):
                y = self.axes.bbox.y0 + (len(self._said) - 1 - i + 0.35) * STEP * self._glyphs.size
                yield self._said[i].to(words, (self.axes.bbox.x0, y))

    def _most_lines(self) -> int:
        """Of what a beat says, at the first iterate, in the middle, and at the last that is told."""
        last = self.scene.runs[0].iterations - 1
        if last < 0 or not in_beats(self.scene.lesson):
            return 0
        sweeps = [(k, self._chain.sweep(k)) for k in sorted({0, last // 2, last})]
        beats = [self._lesson.beats[i] for i in spread(len(self._lesson.beats), BEATS)]
        return max(len(self._chain.lines(beat, *each)) for beat in beats for each in sweeps)

    def _sweep(self, k: int) -> Sweep:
        if self._sweeps is None or self._sweeps[0] != k:
            self._sweeps = (k, self._chain.sweep(k))
        return self._sweeps[1]

    @property
    def _room(self) -> Box:
        """What the lines above and below leave."""
        box, size = self.axes.bbox, self._glyphs.size
        low = box.y0 + len(self._said) * STEP * size
        return box.x0, low, box.x1, box.y1 - self.heads_height * size


def stage_names(view: View, loss: str = "L") -> Iterator[tuple[Label, Label]]:
    """The names of the four stages, in a row, quiet and as they are while they are told.

    Args:
        loss: what the derivatives are of, as mathtext.
    """
    scene, box = view.scene, view.axes.bbox
    quiet, loud = (
        scene.glyphs.at(scene.small.size, moving=False),
        scene.glyphs.at(scene.small.size, "bold", moving=False),
    )
    letter = {"L": "L", r"\ell": "ℓ"}[loss]
    names = [f"{i + 1} {scene.text(f'graph.{stage}', loss=letter)}" for i, stage in enumerate(STAGES)]
    apart = BETWEEN * scene.sizes.text
    for words in (names, [name.partition(":")[0].rstrip() for name in names]):
        wide = sum(map(loud.width, words)) + apart * (len(words) - 1)
        if wide <= box.width:
            break
    else:  # one at a time
        apart = -inf
    x, y = box.x0, box.y1 - 1.1 * scene.sizes.text
    for name in words:
        yield (
            Label(quiet, scene.theme.muted).to(name if apart > 0 else "", (x, y)),
            Label(loud, scene.theme.now).to(name, (x, y)),
        )
        x += loud.width(name) + apart if apart > 0 else 0.0
