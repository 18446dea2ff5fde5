"""The numbers under the panels: k, theta, loss and gradient, and the update worked out live."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import accumulate

import numpy as np
from matplotlib.artist import Artist

from gdanim.lesson import in_beats
from gdanim.replay import states_of
from gdanim.text import MINUS
from gdanim.timeline import Moment
from gdanim.verdict import measure_in_words, measures_in_words
from gdanim.views.arithmetic import DECIMALS, Digits, digits_for, update
from gdanim.views.base import Scene
from gdanim.views.columns import Column, Slot
from gdanim.views.glyphs import Glyphs
from gdanim.views.marks import Label
from gdanim.views.symbols import inline, remembered, symbol, used

SMALLEST = 0.75  # times its size: how far text is made smaller to fit
LEAST_LINES, MOST_LINES = 2, 4  # of updates, where the parameters are more than two
MOST_UPDATES = 8
MANY = 12  # parameters, from which on the updates have the least lines only
BRIEF = "… +{}"  # how many more, where there is no room for words
SMALLER = 0.85  # times its size: how far text is made smaller so that two of them stand side by side


class Readout:
    """The lines under the panels: the numbers of iterate k, and the updates of its parameters.

    Of more than two parameters as many updates as there is room for, those that are chosen first, side by
    side where they fit, and then how many more there are.

    Attributes:
        top: pixels from the bottom of the figure to the upper line's top.
        shown: indices of the parameters whose updates are shown.
        digits: with which their numbers are written.

    Args:
        left, right: pixels between which there is room.
        most: pixels from the bottom up to which more than the least lines may reach.
    """

    GAP, BESIDE = 1.9, 0.6  # between columns, and between a name and its number, in sizes of its text
    SIZE = 1.15  # of its text beside ordinary text

    def __init__(self, scene: Scene, left: float, right: float, most: float) -> None:
        self.scene = scene
        names = range(len(scene.loss.parameters))
        self.shown = [*scene.chosen, *(i for i in names if i not in scene.chosen)][:MOST_UPDATES]
        self._brief = False
        self._fit(right - left)
        size = self._glyphs.size
        states, unshown = self._states(right - left)
        self._above = 1 + bool(states or unshown)  # lines above the updates
        told = in_beats(scene.lesson)  # where an iterate is told in beats, these tell the update
        columns, lines = (1, 1) if told else self._arranged(right - left, most)
        self.top = self._height(lines)
        summary = self._summary(right - left)
        self._first = self.top - 1.1 * size
        self.still: list[Label] = []
        self._slots: list[Slot] = []
        self._row(self._columns(right - left), left, self._first)
        x = self._row(states, left, self._first - 1.8 * size)
        if unshown:
            words = Label(self._glyphs, scene.theme.muted)
            self.still.append(words.to(self._more(unshown), (x, self._first - 1.8 * size)))
        self._rules: list[tuple[int, Label, Label, tuple[float, float]]] = []
        self._rest: list[Label] = []
        for number in range(0 if told else len(self.shown) + 1):
            line, place = divmod(number, columns)
            x = left + place * (right - left + self.GAP * size) / columns
            y = self._first - 1.8 * (self._above + line) * size
            if number < len(self.shown):
                self._rules.append(self._sum(self.shown[number], x, y))
            elif more := len(names) - number:
                if line == lines:  # at the end of the last line there is room
                    x, y = self._rules[-1][1].position[0] + self._wide + self.GAP * size, y + 1.8 * size
                self._rest.append(Label(self._glyphs, scene.theme.muted).to(self._more(more), (x, y)))
        end = (left, self._first - 1.8 * self._above * size)
        self._end = Label(self._glyphs, scene.theme.ink).to(summary, end)

    def _fit(self, room: float) -> None:
        """Choose digits and a size of text with which every line has room."""
        scene, size = self.scene, self.SIZE * self.scene.sizes.text
        self.digits = self._chosen()
        self._measure(self.scene.glyphs.at(size))
        needed = self._needed(room)
        for fewer in reversed(DECIMALS):  # where it is that or nothing
            if SMALLEST * needed > room and fewer < self.digits.operands:
                self.digits = digits_for(scene.text, scene.runs[0], tuple(self.shown), most=fewer)
                self._measure(self._glyphs)
                needed = self._needed(room)
        if needed > room:  # a small picture, whose text is large beside it
            size *= max(SMALLEST, room / needed)
            self._measure(self.scene.glyphs.at(size))
        usual, pair = self._glyphs, self._pair()
        if len(self.shown) > 2 and SMALLER * pair <= room < pair:
            for share in (0.99, 0.96, 0.93):  # of what it should be, for widths in whole pixels
                self._measure(self.scene.glyphs.at(share * size * room / pair))
                if self._pair() <= room:
                    return
            self._measure(usual)

    def _pair(self) -> float:
        """Pixels that two updates take side by side."""
        return 2 * max(map(self._longest, self.shown)) + self.GAP * self._glyphs.size

    def _arranged(self, room: float, most: float) -> tuple[int, int]:
        """Columns and lines of the updates; those that have no room are not `shown` any more."""
        parameters, gap = len(self.scene.loss.parameters), self.GAP * self._glyphs.size
        if parameters <= 2:
            return 1, parameters
        self._wide = wide = max(map(self._longest, self.shown))
        columns = max(1, int((room + gap) // (wide + gap)))
        lines = LEAST_LINES
        # Of a net with its hundreds of weights a few are as good as some more, and the panels need the room.
        usual = MOST_LINES if parameters <= MANY else LEAST_LINES
        while lines < usual and columns * lines < len(self.shown) and self._height(lines + 1) <= most:
            lines += 1
        lines = min(lines, -(-len(self.shown) // columns))
        del self.shown[columns * lines :]
        more, end = parameters - len(self.shown), (columns - 1) * (room + gap) / columns + wide + gap
        if more and len(self.shown) == columns * lines:
            self._brief = end + self._glyphs.width(self._more(more)) > room
            if self._brief and end + self._glyphs.width(self._more(more)) > room:
                self._brief = False
                self.shown.pop()
        return columns, lines

    def _more(self, count: int) -> str:
        """How many updates are not shown."""
        return BRIEF.format(count) if self._brief else self.scene.text("rest", count=count)

    def _height(self, lines: int) -> float:
        """Pixels that the numbers and so many lines of updates take."""
        return self.scene.sizes.text * ((0.4 + 1.8 * (self._above + lines)) * self.SIZE)

    def _states(self, room: float) -> tuple[list[Column], int]:
        """What the optimizer remembers, as much as there is room for in a line, and how much is left out."""
        run, names = self.scene.runs[0], self.scene.loss.parameters
        if not self.scene.spec.state:
            return [], 0
        ink, size, found = self.scene.theme.ink, self._glyphs.size, list[Column]()
        parts = states_of(self.scene.loss, run)
        for part, values in parts.items():
            if values.ndim == 1:  # one for all parameters
                found.append(self._column(f"${remembered(part, '', 1)}$", values, ink, self._operand))
        own = [(part, i) for part, values in parts.items() if values.ndim == 2 for i in self.shown]
        for part, i in sorted(own, key=lambda one: self.shown.index(one[1])) if len(names) > 2 else own:
            name = f"${remembered(part, names[i], len(names))}$"
            found.append(self._column(name, parts[part][:, i], ink, self._operand))
        widths = [self._glyphs.width(c.name) + c.width + (self.BESIDE + self.GAP) * size for c in found]
        fit = len(found)
        while fit and sum(widths[:fit]) + self._after(len(found) - fit) > room + self.GAP * size:
            fit -= 1
        return found[:fit], len(found) - fit

    def _after(self, more: int) -> float:
        """Pixels that the number of what is left out takes."""
        return self._glyphs.width(self._more(more)) + self.GAP * self._glyphs.size if more else 0.0

    def _row(self, columns: Iterable[Column], x: float, y: float) -> float:
        """Names and numbers of a line, from pixel x on; where the next would stand."""
        for column in columns:
            self.still.append(Label(self._glyphs, self.scene.theme.muted).to(column.name, (x, y)))
            x += self._glyphs.width(column.name) + self.BESIDE * self._glyphs.size
            self._slots.append(Slot(self._glyphs, column, x, y))
            x += column.width + self.GAP * self._glyphs.size
        return x

    def _sum(self, i: int, x: float, y: float) -> tuple[int, Label, Label, tuple[float, float]]:
        """A parameter, its update as a formula, and its numbers with their place."""
        theme, rule = self.scene.theme, self._rule(i)
        label = Label(self._glyphs, theme.muted).to(rule, (x, y))
        return i, label, Label(self._glyphs, theme.ink), (x + self._glyphs.width(rule), y)

    def _chosen(self) -> Digits:
        """Those of the gradient's numbers in a panel, where they suit the updates, so that they agree."""
        scene = self.scene
        same = scene.slopes.update if scene.slopes is not None and len(self.shown) <= 2 else None
        return same or digits_for(scene.text, scene.runs[0], tuple(self.shown))

    def _rule(self, i: int) -> str:
        """The update of a parameter, as a formula."""
        run = self.scene.runs[0]
        p, g = symbol(run.parameters[i]), used(run.parameters[i], len(run.parameters), run.noisy)
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
        left_out = len(self.scene.loss.parameters) - len(self.scene.chosen)
        after = self.GAP * self._glyphs.size + self._glyphs.width(BRIEF.format(left_out)) if left_out else 0
        return max(self._glyphs.width(summary), *(self._longest(i) + after for i in self.shown))

    def _beat(self, what: str, i: int = 0) -> int:
        """From which beat the loss, or the slope along parameter i, has been told."""
        lesson = self.scene.lesson
        if lesson is None or not lesson.told:
            return 0
        return lesson.loss if what == "loss" else lesson.adjoint[i]

    def _rate(self, rate: float) -> str:
        """η, as it is written in all of a frame."""
        return self.scene.text.short(rate, self.digits.rate)

    def _operand(self, value: float) -> str:
        """Theta, as it is written in the numbers and in the update."""
        return self.scene.text.fixed(value, self.digits.operands)

    def _slope(self, value: float) -> str:
        """A derivative, as it is written there."""
        return self.digits.factor(self.scene.text, value)

    def _measure(self, glyphs: Glyphs) -> None:
        """How wide every number of the run becomes in these glyphs."""
        self._glyphs = glyphs
        self._column = partial(Column.measured, glyphs, self.scene.text)
        run, theme, text, names = (
            self.scene.runs[0],
            self.scene.theme,
            self.scene.text,
            self.scene.loss.parameters,
        )

        def number(k: float) -> str:
            return str(round(k))

        self._count = self._column("$k$", np.arange(run.iterations + 1, dtype=np.float64), theme.ink, number)
        self._thetas = [
            self._column(f"${symbol(p)}$", run.theta[:, i], theme.now, self._operand)
            for i, p in enumerate(names)
        ]
        self._value = [self._column("$L$", run.loss, theme.ink, text.loss, self._beat("loss"))]
        if float(run.rates.max()) > float(run.rates.min()):
            self._value.append(self._column(r"$\eta$", run.rates, theme.ink, self._rate))
        self._measures = [
            self._column(text(f"measure.{name}"), values, theme.ink, self._measured(name), self._beat("loss"))
            for name, values in run.measures.items()
        ]
        self._slopes = [
            self._column(
                f"${used(p, len(names), run.noisy)}$",
                run.gradient[:, i],
                theme.ink,
                self._slope,
                self._beat("slope", i),
            )
            for i, p in enumerate(names)
        ]
        self._exact: list[Column] = []  # beside what the steps use, with noise
        if run.noisy:
            gradient = self.scene.exact_gradient
            self._exact = [
                self._column(f"${inline(p, len(names))}$", gradient[:, i], theme.ink, self._slope)
                for i, p in enumerate(names)
            ]

    def _measured(self, name: str) -> Callable[[float], str]:
        """How one of the run's measures is written."""
        return lambda value: measure_in_words(name, value, self.scene.text)

    def _columns(self, room: float) -> list[Column]:
        """What there is room for: k, theta, L, then the derivatives; with noise with and without it."""
        size, told = self._glyphs.size, self._value + self._measures
        for columns in (
            self._thetas + told + self._slopes + self._exact,
            self._thetas + told + self._slopes,
            self._thetas + told,
            [self._thetas[i] for i in self.scene.chosen] + told,
            told,
            self._value,
        ):
            columns = [self._count, *columns]
            between = self.GAP * size
            widths = (self._glyphs.width(c.name) + self.BESIDE * size + c.width + between for c in columns)
            if all(end - between <= room for end in accumulate(widths)):  # of thousands the first ones decide
                break
        return columns

    def update(self, moment: Moment) -> Iterable[Artist]:
        """The numbers of iterate k, and the step it takes."""
        run, text = self.scene.runs[0], self.scene.text
        k = min(moment.k, run.iterations)
        for slot in self._slots:
            if moment.beat >= slot.beat or k == run.iterations:
                yield slot.to(k)
        if k == run.iterations:
            yield self._end
            return
        yield from self._rest
        for i, rule, total, place in self._rules:
            yield rule
            worked = update(text, run, k, i, self.digits).words
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
            loss = ", ".join([f"$L$ = {text.loss(float(run.loss[-1]))}", *measures_in_words(run, text)])
            return text(key, iterations=last, theta=", ".join(places), loss=loss)

        some: list[Sequence[int]] = [range(len(run.parameters)), self.scene.chosen]
        # A name with its number is wider than its text is high: of thousands none is set in vain.
        tried = (words(which) for which in some if len(which) * self._glyphs.size <= room)
        return next((one for one in tried if self._glyphs.width(one) <= room), words(()))
