"""The numbers under the panels: k, theta, loss and gradient, and the update worked out live."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from matplotlib.artist import Artist

from gdanim.comparison import shared
from gdanim.descent import Trajectory
from gdanim.losses.base import Array, Loss
from gdanim.runs import RUN_OPTIONS
from gdanim.text import MANY, MINUS, Text
from gdanim.timeline import Moment
from gdanim.verdict import verdict
from gdanim.views.base import Scene
from gdanim.views.glyphs import Glyphs, widest
from gdanim.views.marks import Label
from gdanim.views.names import called
from gdanim.views.symbols import inline, symbol, used

POWER = re.compile("×?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$")  # as text writes it
EXPONENT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
SMALLEST = 0.75  # times its size: how far text is made smaller to fit


class Slot:
    """A number that is always in the same place.

    Args:
        right: the right end of the number, in pixels.
        baseline: in pixels from the bottom.
    """

    def __init__(self, glyphs: Glyphs, colour: str, right: float, baseline: float) -> None:
        self._label = Label(glyphs, colour, anchor="right")
        self._at = (right, baseline)

    def to(self, text: str) -> Artist:
        return self._label.to(text, self._at)


def arithmetic(text: Text, theta: float, rate: float, slope: float, following: float) -> str:
    """`5.000 − 0.1·6.000 = 4.400`; the sign is ≈ where that is not so with the numbers as they are printed.

    >>> arithmetic(Text("en"), 5.0, 0.1, 6.0, 4.4)
    '5.000 − 0.1·6.000 = 4.400'
    >>> arithmetic(Text("en"), 12.0, 0.12345, 20.0, 9.531)
    '12.000 − 0.1235·20.000 ≈ 9.531'
    >>> arithmetic(Text("pt"), -1.0, 0.1, -6.0, -0.4)
    '−1,000 − 0,1·(−6,000) = −0,400'
    """
    here, factor, there = (text.fixed(value) for value in (theta, slope, following))
    eta = text.short(rate)
    worked = printed(text, here) - printed(text, eta) * printed(text, factor)
    sign = "=" if worked == printed(text, there) else "≈"
    brackets = f"({factor})" if factor.startswith(MINUS) else factor
    return f"{here} {MINUS} {eta}·{brackets} {sign} {there}"


def addition(text: Text, theta: float, following: float) -> str:
    """`5.000 − 0.600 = 4.400`, for steps that are not simply −η times the gradient.

    >>> addition(Text("en"), 5.0, 4.4), addition(Text("en"), -1.0, 0.5)
    ('5.000 − 0.600 = 4.400', '−1.000 + 1.500 = 0.500')
    """
    step = following - theta
    here, change, there = (text.fixed(value) for value in (theta, abs(step), following))
    worked = printed(text, here) + (-1 if step < 0 else 1) * printed(text, change)
    sign = "=" if worked == printed(text, there) else "≈"
    return f"{here} {MINUS if step < 0 else '+'} {change} {sign} {there}"


def printed(text: Text, shown: str) -> Decimal:
    """The number that a reader takes from what is printed.

    >>> printed(Text("pt"), "−1,23×10⁻²"), printed(Text("en"), "10⁶"), printed(Text("en"), "10.5")
    (Decimal('-0.0123'), Decimal('1E+6'), Decimal('10.5'))
    """
    plain = shown.replace(MINUS, "-").replace(text.decimal, ".")
    mantissa, power = POWER.sub("", plain), POWER.search(plain)
    if power is None:
        return Decimal(plain)
    exponent = power[1].translate(EXPONENT)
    return Decimal(f"{mantissa}{'' if mantissa.strip('-') else '1'}e{exponent}")


class Column(NamedTuple):
    """A number of the run: its name, its value at every iterate, and the width of the widest."""

    name: str
    values: Array
    colour: str
    width: int


class Readout:
    """The lines under the panels: the numbers of iterate k, and the update of one or two parameters.

    Args:
        left, right: pixels between which there is room.
        top: pixels from the bottom of the figure to the upper line's top.
    """

    GAP = 2.6  # between columns and inside them, in sizes of its text
    SIZE = 1.15  # of its text beside ordinary text

    def __init__(self, scene: Scene, left: float, right: float, top: float) -> None:
        self.scene = scene
        theme, size = scene.theme, self.SIZE * scene.sizes.text
        self._measure(Glyphs(size))
        run = scene.runs[0]
        summary = self._summary(right - left)
        needed = max(self._glyphs.width(summary), *(self._longest(i) for i in scene.chosen))
        if needed > right - left:  # a small picture, whose text is large beside it
            size *= max(SMALLEST, (right - left) / needed)
            self._measure(Glyphs(size))
        self._first = top - 1.1 * size
        self.still: list[Label] = []
        self._slots: list[tuple[Array, Slot]] = []
        self._k, x = self._slot("$k$", self._glyphs.width(str(run.iterations)), theme.ink, left)
        for column in self._columns(right - x):
            slot, x = self._slot(column.name, column.width, column.colour, x)
            self._slots.append((column.values, slot))
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
        between = f" {MINUS} {self.scene.text.short(float(run.rates.max()))}·() ≈ "
        return glyphs.width(self._rule(i)) + 2 * theta + change + glyphs.width(between)

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

        def column(name: str, values: Array, colour: str) -> Column:
            return Column(f"${name}$", values, colour, widest(glyphs, text, values))

        self._thetas = [column(symbol(p), run.theta[:, i], theme.now) for i, p in enumerate(names)]
        self._value = [column("L", run.loss, theme.ink)]
        if float(run.rates.max()) > float(run.rates.min()):
            self._value.append(column(r"\eta", run.rates, theme.ink))
        self._slopes = [
            column(used(p, len(names), run.noise), run.gradient[:, i], theme.ink) for i, p in enumerate(names)
        ]

    def _columns(self, room: float) -> list[Column]:
        """What there is room for: theta, L, then the derivatives."""
        gap = self.GAP * self._glyphs.size
        for columns in (
            self._thetas + self._value + self._slopes,
            self._thetas + self._value,
            [self._thetas[i] for i in self.scene.chosen] + self._value,
        ):
            widths = (self._glyphs.width(column.name) + column.width + gap for column in columns)
            if sum(widths) - 1.9 * self._glyphs.size <= room:
                return columns
        return self._value

    def _slot(self, name: str, width: float, colour: str, x: float) -> tuple[Slot, float]:
        glyphs, size = self._glyphs, self._glyphs.size
        self.still.append(Label(glyphs, self.scene.theme.muted).to(name, (x, self._first)))
        right = x + glyphs.width(name) + 0.7 * size + width
        return Slot(glyphs, colour, right, self._first), right + (self.GAP - 0.7) * size

    def update(self, moment: Moment) -> Iterable[Artist]:
        """The numbers of iterate k, and the step it takes."""
        run, text = self.scene.runs[0], self.scene.text
        k = min(moment.k, run.iterations)
        yield self._k.to(str(k))
        for values, slot in self._slots:
            yield slot.to(text.fixed(float(values[k])))
        if k == run.iterations:
            yield self._end
            return
        for i, rule, total, place in self._rules:
            yield rule
            here, there = float(run.theta[k, i]), float(run.theta[k + 1, i])
            if run.plain:
                worked = arithmetic(text, here, float(run.rates[k]), float(run.gradient[k, i]), there)
            else:
                worked = addition(text, here, there)
            yield total.to(worked, place)

    def _summary(self, room: float) -> str:
        """Where the run has come to; of many parameters those that are shown elsewhere."""
        run, text = self.scene.runs[0], self.scene.text
        last = run.iterations
        key = {0: "finished_none", 1: "finished_one"}.get(last, "finished")

        def words(which: Sequence[int]) -> str:
            places = [f"${symbol(run.parameters[i])}$ = {text.fixed(float(run.theta[-1, i]))}" for i in which]
            places += ["…"] if len(which) < len(run.parameters) else []
            loss = f"$L$ = {text.fixed(float(run.loss[-1]))}"
            return text(key, iterations=last, theta=", ".join(places), loss=loss)

        lengths = [words(which) for which in (range(len(run.parameters)), self.scene.chosen, ())]
        return next((one for one in lengths if SMALLEST * self._glyphs.width(one) <= room), lengths[-1])


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
    run, same = runs[0], shared(runs)
    if "optimizer" in same and not run.plain:
        name, colon, _ = run.optimizer.partition(":")
        whole, short = (called(text, "optimizer", call) for call in (run.optimizer, name))
        parts.append([f"{text('optimizer')} {whole}", f"{text('optimizer')} {short}{', …' if colon else ''}"])
    if "learning_rate" in same:
        parts.append([text("learning_rate") + rf" $\eta$ = {text.short(run.learning_rate)}"])
    if "schedule" in same and run.schedule != RUN_OPTIONS["schedule"].default:
        parts.append([called(text, "schedule", run.schedule)])
    if "start" in same:
        parts.append([f"{text('start')} = {text.point(run.theta[0], most)}" for most in (MANY, 4, 2)])
    noisy = [run for run in runs if run.noise]
    if noisy:
        noise = [text("noise", gradient=_gradient(run))]
        if "noise" in same:
            noise.append(text("deviation", sigma=text.short(run.noise)))
        if len({run.seed for run in noisy}) == 1:
            noise.append(text("seed", seed=noisy[0].seed))
        parts.append([", ".join(noise)])
    return parts


def _gradient(run: Trajectory) -> str:
    """What noise is added to."""
    return inline(run.parameters[0], 1) if len(run.parameters) == 1 else r"\nabla L"
