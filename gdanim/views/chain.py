"""The chain rule in words and numbers: what each beat of backpropagation says."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cached_property

import numpy as np

from gdanim.lesson import Beat, Lesson
from gdanim.losses.backprop import Sweep
from gdanim.losses.written import unparsed
from gdanim.text import MINUS, Text
from gdanim.views.arithmetic import DECIMALS, PLAIN, Digits, digits_for, printed, update
from gdanim.views.base import Scene
from gdanim.views.substitution import POWERS, Substitution
from gdanim.views.symbols import symbol, used

UPDATES = 8  # parameters for which digits are chosen; more would only cost time
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
EXACT = 12  # significant digits to which numbers that are put in must give the result for a =


class Finer(Text):
    """A language whose numbers have so many decimals where nothing else is said."""

    def __init__(self, lang: str, decimals: int) -> None:
        super().__init__(lang)
        self._decimals = decimals

    def fixed(self, value: float, decimals: int | None = None) -> str:
        return super().fixed(value, self._decimals if decimals is None else decimals)


class Chain:
    """What each beat says, in lines of text.

    Args:
        scene: with one run and a lesson.
        fits: whether there is room for a line.
    """

    def __init__(self, scene: Scene, fits: Callable[[str], bool] = lambda _: True) -> None:
        self._fits = fits
        assert isinstance(scene.lesson, Lesson)
        self.lesson = scene.lesson
        self._graph = graph = self.lesson.graph
        self._scene, self._text = scene, scene.text
        self._run = scene.runs[0]
        self._finer = [Finer(scene.text.lang, decimals) for decimals in DECIMALS]
        self.names = [symbol(vertex.name) for vertex in graph.vertices]
        self.names[-1] = "L"  # as it is called everywhere else on the picture
        self._single = len(graph.parameters) == 1 and all(
            len(graph.out_of(v)) <= 1 for v in range(len(graph.vertices))
        )

    def sweep(self, k: int) -> Sweep:
        """The numbers of iterate k."""
        return self._graph.sweep(self._run.theta[k])

    def number(self, value: float) -> str:
        """As it stands in the graph."""
        return self._text.fixed(value, PLAIN.result)

    def head(self, vertex: int) -> str:
        """z = wx + b."""
        formula = self._graph.vertices[vertex].formula
        name = self.names[vertex]
        return f"${name}$ = ${self._text.math(formula)}$" if formula else f"${name}$"

    def slope(self, above: int, below: int) -> str:
        """∂h/∂z, set in parts so that names that only mathtext can set are kept."""
        d = "d" if self._single else r"\partial "
        return f"${d}$${self.names[above]}$$/{d}$${self.names[below]}$"

    def adjoint(self, vertex: int) -> str:
        """∂L/∂z."""
        return self.slope(len(self.names) - 1, vertex)

    def lines(self, beat: Beat, k: int, sweep: Sweep) -> list[str]:
        """What a beat says at iterate k."""
        match beat.what:
            case "value":
                return self._value(beat.vertex, sweep)
            case "slope":
                return self._local(beat.link, sweep)
            case "product":
                return [*self._local(beat.link, sweep), *self._product(beat, sweep)]
            case "sum":
                loss = self._graph.links[beat.link].target == len(self.names) - 1
                back = self._local(beat.link, sweep) if loss else self._product(beat, sweep)
                return [*back, *self._sum(beat.vertex, sweep)]
            case "update":
                return self._update(beat.vertex, k)
        return []

    def _value(self, vertex: int, sweep: Sweep) -> list[str]:
        args = self._graph.vertices[vertex].args
        forms = self._values[vertex]

        def put(i: int) -> tuple[str, Decimal]:
            given = sweep.values[list(args)]
            worked = self._graph.work(vertex, forms[i].rounded(given))[0]
            return named(forms[i].put(given)), self._decimal(worked)

        result = self.number(float(sweep.values[vertex]))
        return self._with_sign(self.head(vertex), put, result, exact=forms[0].exact, plain=not args)

    def _local(self, link: int, sweep: Sweep) -> list[str]:
        edge = self._graph.links[link]
        args = self._graph.vertices[edge.target].args
        place = args.index(edge.source)
        formula = self._text.math(edge.formula)
        head = self.slope(edge.target, edge.source)
        if edge.formula != r"\ldots":
            head += f" = ${formula}$"
        result = self.number(float(sweep.slopes[link]))
        forms = self._slopes[link]
        if forms is None or not any(name in edge.expression for name in self._arguments(edge.target)):
            number = re.fullmatch(r"-?[\d.]+", edge.formula)
            same = number is not None and Decimal(number[0]) == printed(self._text, result)
            return [head] if same else self._set(head, "", "=" if number is None else "≈", result)

        def put(i: int) -> tuple[str, Decimal]:
            given = sweep.values[list(args)]
            worked = self._graph.work(edge.target, forms[i].rounded(given))
            return named(forms[i].put(given)), self._decimal(worked[1 + place])

        return self._with_sign(head, put, result, exact=forms[0].exact, plain=False)

    def _product(self, beat: Beat, sweep: Sweep) -> list[str]:
        edge = self._graph.links[beat.link]
        back, slope = float(sweep.adjoints[edge.target]), float(sweep.slopes[beat.link])
        head = f"{self.adjoint(edge.target)} · {self.slope(edge.target, edge.source)}"
        if len(self._graph.out_of(beat.vertex)) == 1:
            head = f"{self.adjoint(edge.source)} = {head}"
        else:
            head = f"{self._text('graph.path', name=f'${self.names[edge.target]}$')} {head}"

        def put(i: int) -> tuple[str, Decimal]:
            shown = [self._finer[i].fixed(value) for value in (back, slope)]
            worked = printed(self._text, shown[0]) * printed(self._text, shown[1])
            return f"{shown[0]}·{bracketed(shown[1])}", worked

        return self._with_sign(head, put, self.number(float(sweep.products[beat.link])))

    def _sum(self, vertex: int, sweep: Sweep) -> list[str]:
        parts = [float(sweep.products[i]) for i in self._graph.out_of(vertex)]

        def put(i: int) -> tuple[str, Decimal]:
            shown = [self._finer[i].fixed(value) for value in parts]
            signs = (f" {MINUS} " if one.startswith(MINUS) else " + " for one in shown[1:])
            terms = zip(signs, shown[1:], strict=True)
            words = shown[0] + "".join(sign + one.lstrip(MINUS) for sign, one in terms)
            return words, sum((printed(self._text, one) for one in shown), Decimal(0))

        return self._with_sign(self.adjoint(vertex), put, self.number(float(sweep.adjoints[vertex])))

    def _update(self, vertex: int, k: int) -> list[str]:
        run, i = self._run, vertex
        name, change = self.names[vertex], used(run.parameters[i], len(run.parameters), run.noisy)
        step = rf"- \eta \cdot {change}" if run.plain else rf"+ \Delta {name}"
        rule = rf"${name} \leftarrow {name} {step}$"
        numbers, sign, result = update(self._text, run, k, i, self._update_digits).words.rpartition(" = ")
        if not sign:
            numbers, sign, result = result.rpartition(" ≈ ")
        return self._set(rule, numbers, sign.strip(), result)

    @cached_property
    def _update_digits(self) -> Digits:
        shown = tuple(range(min(UPDATES, len(self._graph.parameters))))
        return digits_for(self._text, self._run, shown)

    def _with_sign(
        self,
        head: str,
        put: Callable[[int], tuple[str, Decimal]],
        result: str,
        *,
        exact: bool = True,
        plain: bool = False,
    ) -> list[str]:
        """The head, the numbers with as few decimals as give the result, and the result."""
        there = printed(self._text, result)
        if plain or not there.is_finite():
            return self._set(head, "", "=", result)
        last = Decimal(1).scaleb(int(there.as_tuple().exponent))
        words, sign = "", "≈"
        for i in range(len(DECIMALS)):
            words, worked = put(i)
            if words == result:
                return self._set(head, "", "=", result)
            if worked.is_finite() and 2 * abs(worked - there) <= last:
                sign = "=" if exact and worked == there else "≈"
                break
        return self._set(head, words, sign, result)

    def _set(self, head: str, numbers: str, sign: str, result: str) -> list[str]:
        """On one line, or two; dots stand for what has no room on these."""
        end = f" {sign} {result}"
        first = f"{head} = {numbers}{end}" if numbers else f"{head}{end}"
        if self._fits(first):
            return [first]
        left = head.partition(" = ")[0]
        head = next((one for one in (head, f"{left} = …") if self._fits(one)), left)
        rest = [f"= {numbers}{end}", f"= …{end}"] if numbers else [f"{sign} {result}"]
        return [head, next((one for one in rest if self._fits(one)), rest[-1])]

    def _decimal(self, value: object) -> Decimal:
        """A number that was worked out, without the last digits, which rounding has made."""
        return Decimal(f"{float(np.asarray(value)):.{EXACT}g}")

    def _arguments(self, vertex: int) -> list[str]:
        return [self._graph.vertices[arg].name for arg in self._graph.vertices[vertex].args]

    @cached_property
    def _values(self) -> dict[int, list[Substitution]]:
        """Each operation's expression, with more and more decimals."""
        graph = self._graph
        return {
            v: [Substitution(unparsed(graph.trees[v]), self._arguments(v), finer) for finer in self._finer]
            for v in graph.operations
        }

    @cached_property
    def _slopes(self) -> list[list[Substitution] | None]:
        return [
            [Substitution(e.expression, self._arguments(e.target), finer) for finer in self._finer]
            if e.expression
            else None
            for e in self._graph.links
        ]


def named(words: str) -> str:
    """Functions as formulas call them.

    >>> named("sigmoid(0.5)"), named("softmax(2, 0.1, 0.3)")
    ('σ(0.5)', 'softmax₂(0.1, 0.3)')
    """
    words = words.replace("sigmoid(", "σ(")
    return re.sub(r"softmax\((\d+)[,;] ", lambda place: f"softmax{place[1].translate(LOWERED)}(", words)


def bracketed(number: str) -> str:
    """A factor in brackets where it has a sign or a power of its own.

    >>> bracketed("0.5"), bracketed("−0.5"), bracketed("1.20×10⁻⁵")
    ('0.5', '(−0.5)', '(1.20×10⁻⁵)')
    """
    return f"({number})" if number.startswith(MINUS) or not POWERS.isdisjoint(number) else number
