"""The compared runs under the panels: line and marker, name and loss of each; in a race, the best first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
from matplotlib.artist import Artist

from gdanim.comparison import telling
from gdanim.descent import Trajectory
from gdanim.text import Text
from gdanim.timeline import Moment
from gdanim.views.base import Scene
from gdanim.views.glyphs import widest
from gdanim.views.held import HIGH, held_of
from gdanim.views.marks import Dots, Label, Stroke
from gdanim.views.names import batches, called

LINE = 1.65  # height of a line, in sizes of text
GAP = 2.2  # between columns
HELD = 1.0  # between a loss and that of the rows held out
SAMPLE = 2.4  # of a run's line, its marker in the middle


NAMES: dict[str, Callable[[Text, Trajectory], str]] = {
    "optimizer": lambda text, run: called(text, "optimizer", run.optimizer),
    "learning_rate": lambda text, run: rf"$\eta$ {text.equal(run.learning_rate)}",
    "start": lambda text, run: text("from", start=text.point(run.theta[0])),
    "schedule": lambda text, run: called(text, "schedule", run.schedule),
    "noise": lambda text, run: (
        text("deviation", sigma=text.equal(run.noise)) if run.noise else text("noiseless")
    ),
    "batch_size": lambda text, run: batches(text, run.batch_size),
    "seed": lambda text, run: text("seed", seed=run.seed),
}


def name_of(scene: Scene, run: Trajectory) -> str:
    """What differs between the runs, in the picture's language."""
    if run.recorded:
        return run.recorded
    facts = telling(run, scene.everyone)
    names = [NAMES[fact](scene.text, run) for fact in facts]
    if facts[-2:] == ["noise", "seed"]:
        names[-2:] = [", ".join(names[-2:])]
    return "  ".join(names)


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
        self._width, columns, self._held = layout(scene, right - left)
        self._numbers = _numbers(scene)
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
        self.numbers = [Label(glyphs, theme.ink) for _ in scene.runs]
        self.others = [Label(glyphs, theme.muted) for _ in scene.runs]
        self._ranks = [f"{place + 1}. " if scene.spec.race else "" for place in range(len(scene.runs))]
        if not scene.spec.race:
            for i in range(len(scene.runs)):
                self.still += self._entry(i, i)

    @classmethod
    def height(cls, scene: Scene, room: float) -> float:
        """In sizes of ordinary text."""
        columns = layout(scene, room)[1]
        return 0.8 + LINE * -(-len(scene.runs) // columns)

    def update(self, moment: Moment) -> Iterable[Artist]:
        """Every run's loss at iterate k, and that of its rows held out; an overflowed run keeps its last."""
        scene, size = self.scene, self._glyphs.size
        losses = [float(run.loss[min(moment.k, run.iterations)]) for run in scene.runs]
        order = list(range(len(losses)))
        if scene.spec.race:
            order.sort(key=lambda i: losses[i])
        yield self._k.to(str(moment.k), self._k_at)
        for place, i in enumerate(order):
            if scene.spec.race:
                yield from self._entry(i, place)
            x, y = self._places[place]
            left = x + self._width - self._numbers - self._held
            yield self.numbers[i].to(loss_in_words(scene.text, losses[i]), (left, y))
            yield self._equals[i].to("$L$ =", (left - 0.4 * size, y))
            if self._held:
                held = _held_in_words(scene.text, scene.runs[i], moment.k)
                yield self.others[i].to(held, (left + self._numbers + HELD * size, y))

    def _entry(self, i: int, place: int) -> Iterable[Artist]:
        """A run's line, marker and name in one of the places; only in a race they move."""
        (x, y), size = self._places[place], self._glyphs.size
        middle, high = x + SAMPLE / 2 * size, y + 0.35 * size
        yield self._lines[i].to(np.array([(x, high), (x + SAMPLE * size, high)]))
        yield self._dots[i].to(np.array([(middle, high)]))
        yield self.labels[i].to(self._ranks[place] + self.names[i], (x + (SAMPLE + 0.6) * size, y))


def loss_in_words(text: Text, loss: float) -> str:
    """A loss beside others: three significant digits at least, as long as it is no power of ten.

    >>> [loss_in_words(Text("en"), loss) for loss in (12.3456, 0.0312345, 1.23456e-5)]
    ['12.346', '0.0312', '1.23×10⁻⁵']
    """
    size = abs(loss)
    decimals = 3 if size >= 0.1 else 4 if size >= 0.01 else 5
    return text.fixed(loss, decimals) if size >= 0.0005 else text.fixed(loss)


def layout(scene: Scene, room: float) -> tuple[float, int, float]:
    """The width of an entry, how many stand beside each other, and what losses held out take of the width.

    These stand there where the entries take one line more at most.
    """
    glyphs, size, runs = scene.glyphs, scene.sizes.text, scene.runs
    name = max(glyphs.width(name_of(scene, run)) for run in runs)
    name += glyphs.width(f"{len(runs)}. ") if scene.spec.race else 0
    width = (SAMPLE + 0.6) * size + name + 3.4 * size + _numbers(scene)
    room += GAP * size - _indent(scene)

    def columns(width: float) -> int:
        return max(1, min(len(runs), int(room / (width + GAP * size))))

    held = _others(scene)
    with_it = width + held
    lines = [-(-len(runs) // columns(each)) for each in (width, with_it)]
    if held and with_it + GAP * size <= room and lines[1] <= lines[0] + 1:
        return with_it, columns(with_it), held
    return width, columns(width), 0.0


def _held_in_words(text: Text, run: Trajectory, k: int) -> str:
    """The loss of the rows that are held out from a run."""
    held = float(run.measures["L_test"][min(k, run.iterations)])
    return text("measured.L_test", value=loss_in_words(text, held) if held < HIGH else "∞")


def _others(scene: Scene) -> float:
    """What the widest loss of rows held out takes with its words, in pixels; 0 where there are none."""
    found = [held for run in scene.runs if (held := held_of(run)) is not None]
    if len(found) < len(scene.runs):
        return 0.0
    written = partial(loss_in_words, scene.text)
    number = max(widest(scene.glyphs, scene.text, held, written) for held in found)
    return HELD * scene.sizes.text + scene.glyphs.width(scene.text("measured.L_test", value="")) + number


def _numbers(scene: Scene) -> int:
    """What the widest loss takes, in pixels."""
    written = partial(loss_in_words, scene.text)
    return max(widest(scene.glyphs, scene.text, run.loss, written) for run in scene.runs)


def _indent(scene: Scene) -> float:
    """What k takes at the left."""
    glyphs, size = scene.glyphs, scene.sizes.text
    return glyphs.width("$k$") + 0.7 * size + glyphs.width(str(scene.iterations)) + GAP * size
