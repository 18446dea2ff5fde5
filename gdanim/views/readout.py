"""The numbers under the panels: k, theta, loss and gradient, and the update worked out live."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.artist import Artist

from gdanim.comparison import shared
from gdanim.descent import Trajectory
from gdanim.losses.base import Array, Loss
from gdanim.runs import RUN_OPTIONS
from gdanim.text import MANY, MINUS
from gdanim.timeline import Moment
from gdanim.verdict import verdict
from gdanim.views.arithmetic import DECIMALS, digits_for, update
from gdanim.views.base import Scene
from gdanim.views.glyphs import Glyphs, widest
from gdanim.views.marks import Label
from gdanim.views.names import called
from gdanim.views.symbols import inline, symbol, used

SMALLEST = 0.75  # times its size: how far text is made smaller to fit


class Column(NamedTuple):
    """A number of the run: its name, its value at every iterate, and how it is written.

    Attributes:
        width: of the widest, in pixels.
        indent: pixels by which numbers without a sign stand to the right, where others have one.
    """

    name: str
    values: Array
    colour: str
    written: Callable[[float], str]
    width: int
    indent: int


class Slot:
    """A number that begins in the same place in every frame, beside its name.

    Args:
        left: the left end of the number, a sign included, in pixels.
        baseline: in pixels from the bottom.
    """

    def __init__(self, glyphs: Glyphs, column: Column, left: float, baseline: float) -> None:
        self._label = Label(glyphs, column.colour)
        self._column = column
        self._left, self._baseline = left, baseline

    def to(self, k: int) -> Artist:
        """Show the number of iterate k."""
        words = self._column.written(float(self._column.values[k]))
        left = self._left + (0 if words.startswith(MINUS) else self._column.indent)
        return self._label.to(words, (left, self._baseline))


class Readout:
    """The lines under the panels: the numbers of iterate k, and the update of one or two parameters.

    Args:
        left, right: pixels between which there is room.
        top: pixels from the bottom of the figure to the upper line's top.
    """

    GAP, BESIDE = 1.9, 0.6  # between columns, and between a name and its number, in sizes of its text
    SIZE = 1.15  # of its text beside ordinary text

    def __init__(self, scene: Scene, left: float, right: float, top: float) -> None:
        self.scene = scene
        theme, size = scene.theme, self.SIZE * scene.sizes.text
        self._digits = digits_for(scene.text, scene.runs[0], scene.chosen)
        self._measure(Glyphs(size))
        needed = self._needed(right - left)
        for fewer in reversed(DECIMALS):  # where it is that or nothing
            if SMALLEST * needed > right - left and fewer < self._digits.operands:
                self._digits = digits_for(scene.text, scene.runs[0], scene.chosen, most=fewer)
                self._measure(self._glyphs)
                needed = self._needed(right - left)
        if needed > right - left:  # a small picture, whose text is large beside it
            size *= max(SMALLEST, (right - left) / needed)
            self._measure(Glyphs(size))
        summary = self._summary(right - left)
        self._first = top - 1.1 * size
        self.still: list[Label] = []
        self._slots: list[Slot] = []
        x = left
        for column in self._columns(right - left):
            self.still.append(Label(self._glyphs, theme.muted).to(column.name, (x, self._first)))
            x += self._glyphs.width(column.name) + self.BESIDE * size
            self._slots.append(Slot(self._glyphs, column, x, self._first))
            x += column.width + self.GAP * size
        self._rules: list[tuple[int, Label, Label, tuple[float, float]]] = []
        for line, i in enumerate(scene.chosen):
            y = self._first - 1.8 * (1 + line) * size
            rule = self._rule(i)
            label = Label(self._glyphs, theme.muted).to(rule, (left, y))
            after = (left + self._glyphs.width(rule), y)
            self._rules.append((i, label, Label(self._glyphs, theme.ink), after))
        end = (left, self._first - 1.8 * size)
        self._end = Label(self._glyphs, theme.ink).to(summary, end)

    def _rule(self, i: int) -> str:
        """The update of a parameter, as a formula."""
        run = self.scene.runs[0]
        p, g = symbol(run.parameters[i]), used(run.parameters[i], len(run.parameters), run.noise)
        change = rf"- \eta \cdot {g}" if run.plain else rf"+ \Delta {p}"
        return rf"${p} \leftarrow {p} {change}$ = "

    def _longest(self, i: int) -> int:
        """Pixels that a parameter's update takes, with the widest numbers there are."""
        run, glyphs, theta = self.scene.runs[0], self._glyphs, self._thetas[i].width
        change = self._slopes[i].width if run.plain else theta
        rates = (self._rate(float(rate)) for rate in (run.rates.max(), run.rates.min(), run.rates[-1]))
        between = f" {MINUS} {max(rates, key=len)}·() ≈ "
        return glyphs.width(self._rule(i)) + 2 * theta + change + glyphs.width(between)

    def _needed(self, room: float) -> float:
        """Pixels that the widest line under the numbers takes."""
        summary = self._summary(room / SMALLEST)
        return max(self._glyphs.width(summary), *(self._longest(i) for i in self.scene.chosen))

    def _rate(self, rate: float) -> str:
        """η, as it is written in all of a frame."""
        return self.scene.text.short(rate, self._digits.rate)

    def _operand(self, value: float) -> str:
        """Theta, as it is written in the numbers and in the update."""
        return self.scene.text.fixed(value, self._digits.operands)

    def _factor(self, value: float) -> str:
        """A derivative, as it is written in the numbers and in the update."""
        return self._digits.factor(self.scene.text, value)

    @classmethod
    def height(cls, loss: Loss) -> float:
        """In sizes of ordinary text."""
        return (0.4 + 1.8 * (1 + min(2, len(loss.parameters)))) * cls.SIZE

    def _measure(self, glyphs: Glyphs) -> None:
        """How wide every number of the run becomes in these glyphs."""
        self._glyphs = glyphs
        run, theme, text, names = (
            self.scene.runs[0],
            self.scene.theme,
            self.scene.text,
            self.scene.loss.parameters,
        )

        def column(name: str, values: Array, colour: str, written: Callable[[float], str]) -> Column:
            width = widest(glyphs, text, values, written)
            signed = float(values.min()) < 0 < float(values.max())
            return Column(name, values, colour, written, width, glyphs.width(MINUS) if signed else 0)

        def number(k: float) -> str:
            return str(round(k))

        self._count = column("$k$", np.arange(run.iterations + 1, dtype=np.float64), theme.ink, number)
        self._thetas = [
            column(f"${symbol(p)}$", run.theta[:, i], theme.now, self._operand) for i, p in enumerate(names)
        ]
        self._value = [column("$L$", run.loss, theme.ink, text.fixed)]
        if float(run.rates.max()) > float(run.rates.min()):
            self._value.append(column(r"$\eta$", run.rates, theme.ink, self._rate))
        self._slopes = [
            column(f"${used(p, len(names), run.noise)}$", run.gradient[:, i], theme.ink, self._factor)
            for i, p in enumerate(names)
        ]

    def _columns(self, room: float) -> list[Column]:
        """What there is room for: k, theta, L, then the derivatives."""
        size = self._glyphs.size
        for columns in (
            self._thetas + self._value + self._slopes,
            self._thetas + self._value,
            [self._thetas[i] for i in self.scene.chosen] + self._value,
            self._value,
        ):
            columns = [self._count, *columns]
            widths = (self._glyphs.width(c.name) + self.BESIDE * size + c.width for c in columns)
            if sum(widths) + self.GAP * size * (len(columns) - 1) <= room:
                break
        return columns

    def update(self, moment: Moment) -> Iterable[Artist]:
        """The numbers of iterate k, and the step it takes."""
        run, text = self.scene.runs[0], self.scene.text
        k = min(moment.k, run.iterations)
        for slot in self._slots:
            yield slot.to(k)
        if k == run.iterations:
            yield self._end
            return
        for i, rule, total, place in self._rules:
            yield rule
            worked = update(text, run, k, i, self._digits).words
            yield total.to(worked, place)

    def _summary(self, room: float) -> str:
        """Where the run has come to; of many parameters those that are shown elsewhere."""
        run, text = self.scene.runs[0], self.scene.text
        last = run.iterations
        key = {0: "finished_none", 1: "finished_one"}.get(last, "finished")

        def words(which: Sequence[int]) -> str:
            places = [
                f"${symbol(run.parameters[i])}$ = {self._operand(float(run.theta[-1, i]))}" for i in which
            ]
            places += ["…"] if len(which) < len(run.parameters) else []
            loss = f"$L$ = {text.fixed(float(run.loss[-1]))}"
            return text(key, iterations=last, theta=", ".join(places), loss=loss)

        lengths = [words(which) for which in (range(len(run.parameters)), self.scene.chosen, ())]
        return next((one for one in lengths if self._glyphs.width(one) <= room), lengths[-1])


def caption(scene: Scene) -> str:
    """What happened to the run the figure is about, in a sentence."""
    run = scene.everyone[0]
    return verdict(run.outcome, scene.text, float(run.rates.max()))


def subtitle(scene: Scene) -> list[list[str]]:
    """What all runs share, in pieces: the loss, how it is descended, from where.

    Each piece in several lengths, the longest first.
    """
    runs, text = [run for run in scene.everyone if not run.recorded], scene.text
    parts = [[f"{text('loss')} $L = {text.math(scene.loss.formula)}$", f"{text('loss')} $L$ = …"]]
    if scene.loss.numerical:
        parts.append([text("numerical")])
    if scene.alone and not runs:
        name = scene.everyone[0].recorded
        parts.append([text("recorded", name=name), text("recorded", name="…")])
    if not runs:
        return parts
    run, same = runs[0], shared(scene.everyone)
    if "optimizer" in same and not run.plain:
        name, colon, _ = run.optimizer.partition(":")
        whole, short = (called(text, "optimizer", call) for call in (run.optimizer, name))
        parts.append([f"{text('optimizer')} {whole}", f"{text('optimizer')} {short}{', …' if colon else ''}"])
    if "learning_rate" in same:
        parts.append([text("learning_rate") + rf" $\eta$ {text.equal(run.learning_rate)}"])
    if "schedule" in same and run.schedule != RUN_OPTIONS["schedule"].default:
        parts.append([called(text, "schedule", run.schedule)])
    if "start" in same:
        parts.append([f"{text('start')} {text.equal(*run.theta[0], most=most)}" for most in (MANY, 4, 2)])
    if all(run.noise and not run.recorded for run in scene.everyone):
        noise = [text("noise", gradient=_gradient(run))]
        if "noise" in same:
            noise.append(text("deviation", sigma=text.equal(run.noise)))
        if "seed" in same:
            noise.append(text("seed", seed=run.seed))
        parts.append([", ".join(noise)])
    return parts


def _gradient(run: Trajectory) -> str:
    """What noise is added to."""
    return inline(run.parameters[0], 1) if len(run.parameters) == 1 else r"\nabla L"
