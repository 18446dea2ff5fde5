"""The compared runs under the panels: line and marker, name and loss of each; in a race, the best first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from matplotlib.artist import Artist

from gdanim.comparison import telling
from gdanim.descent import Trajectory
from gdanim.text import Text
from gdanim.timeline import Moment
from gdanim.views.base import Scene
from gdanim.views.glyphs import widest
from gdanim.views.marks import Dots, Label, Stroke
from gdanim.views.names import batches, called
from gdanim.views.symbols import symbol

LINE = 1.65  # height of a line, in sizes of text
GAP = 2.2  # between columns
SAMPLE = 2.4  # of a run's line, its marker in the middle


NAMES: dict[str, Callable[[Text, Trajectory], str]] = {
    "optimizer": lambda text, run: called(text, "optimizer", run.optimizer),
    "learning_rate": lambda text, run: rf"$\eta$ = {text.short(run.learning_rate)}",
    "start": lambda text, run: f"${', '.join(map(symbol, run.parameters))}$ = {text.point(run.theta[0])}",
    "schedule": lambda text, run: called(text, "schedule", run.schedule),
    "noise": lambda text, run: text("deviation", sigma=text.short(run.noise)),
    "batch_size": lambda text, run: batches(text, run.batch_size),
    "seed": lambda text, run: text("seed", seed=run.seed),
}


def name_of(scene: Scene, run: Trajectory) -> str:
    """What differs between the runs, in the picture's language."""
    if run.recorded:
        return run.recorded
    return "  ".join(NAMES[fact](scene.text, run) for fact in telling(run, scene.everyone))


class Legend:
    """Under the panels: k, and an entry for each run.

    Args:
        left, right: pixels between which there is room.
        top: pixels from the bottom of the figure to the upper line's top.
    """

    def __init__(self, scene: Scene, left: float, right: float, top: float) -> None:
        self.scene = scene
        theme, size = scene.theme, scene.sizes.text
        self._glyphs = glyphs = scene.glyphs
        self.names = [name_of(scene, run) for run in scene.runs]
        self._width, columns = layout(scene, right - left)
        y = top - 1.1 * size
        self.still: list[Artist] = [Label(glyphs, theme.muted).to("$k$", (left, y))]
        indent = _indent(scene)
        self._k, self._k_at = Label(glyphs, theme.ink, anchor="right"), (left + indent - GAP * size, y)
        self._places = [
            (
                left + indent + (i % columns) * (self._width + GAP * size),
                y - (i // columns) * LINE * size,
            )
            for i in range(len(scene.runs))
        ]
        self._dots = [
            Dots(None, style.now, size=0.8 * scene.sizes.ball, marker=style.marker) for style in scene.styles
        ]
        pen = 0.9 * scene.sizes.line
        self._lines = [Stroke(None, s.before, width=pen, dashes=s.dashed(size)) for s in scene.styles]
        self.labels = [Label(glyphs, theme.ink) for _ in scene.runs]
        self._equals = [Label(glyphs, theme.muted, anchor="right") for _ in scene.runs]
        self.numbers = [Label(glyphs, theme.ink, anchor="right") for _ in scene.runs]
        if not scene.spec.race:
            for i, spot in enumerate(self._places):
                self.still += self._entry(i, spot)

    @classmethod
    def height(cls, scene: Scene, room: float) -> float:
        """In sizes of ordinary text."""
        _, columns = layout(scene, room)
        return 0.8 + LINE * -(-len(scene.runs) // columns)

    def update(self, moment: Moment) -> Iterable[Artist]:
        """Every run's loss at iterate k; a run that has overflowed keeps its last."""
        scene, size = self.scene, self._glyphs.size
        losses = [float(run.loss[min(moment.k, run.iterations)]) for run in scene.runs]
        order = list(range(len(losses)))
        if scene.spec.race:
            order.sort(key=lambda i: losses[i])
        yield self._k.to(str(moment.k), self._k_at)
        for place, i in enumerate(order):
            x, y = self._places[place]
            if scene.spec.race:
                yield from self._entry(i, (x, y))
            number = scene.text.fixed(losses[i])
            yield self.numbers[i].to(number, (x + self._width, y))
            yield self._equals[i].to("$L$ =", (x + self._width - self._glyphs.width(number) - 0.4 * size, y))

    def _entry(self, i: int, place: tuple[float, float]) -> Iterable[Artist]:
        """A run's line, marker and name; only in a race they move."""
        (x, y), size = place, self._glyphs.size
        middle, high = x + SAMPLE / 2 * size, y + 0.35 * size
        yield self._lines[i].to(np.array([(x, high), (x + SAMPLE * size, high)]))
        yield self._dots[i].to(np.array([(middle, high)]))
        yield self.labels[i].to(self.names[i], (x + (SAMPLE + 0.6) * size, y))


def layout(scene: Scene, room: float) -> tuple[float, int]:
    """The width of an entry, and how many stand beside each other."""
    glyphs, text, size, runs = scene.glyphs, scene.text, scene.sizes.text, scene.runs
    number = max(widest(glyphs, text, run.loss) for run in runs)
    name = max(glyphs.width(name_of(scene, run)) for run in runs)
    width = (SAMPLE + 0.6) * size + name + 2.8 * size + number
    columns = int((room - _indent(scene) + GAP * size) / (width + GAP * size))
    return width, max(1, min(len(runs), columns))


def _indent(scene: Scene) -> float:
    """What k takes at the left."""
    glyphs, size = scene.glyphs, scene.sizes.text
    return glyphs.width("$k$") + 0.7 * size + glyphs.width(str(scene.iterations)) + GAP * size
