"""The gradient as a vector put together from its partial derivatives, for slides that define it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.losses.base import Array
from gdanim.timeline import Moment
from gdanim.views.base import Scene, View, at
from gdanim.views.glyphs import Glyphs
from gdanim.views.marks import Label
from gdanim.views.substitution import Substitution
from gdanim.views.symbols import inline, symbol

ARGUMENTS = 5  # of L that are written out
SCALES = (1.6, 1.3, 1.0)  # text sizes tried, the largest that fits taken
SPACED = 1.5  # heights of text that a line has at least
INDENT = 2.2  # sizes of text
SAMPLED = 64  # iterates whose numbers are measured


class Gradient(View):
    """∇L with the formula of each partial derivative and this frame's numbers put into it."""

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        axes.set_axis_off()
        loss = scene.loss
        self._glyphs = scene.glyphs
        self._worked = [
            Substitution(expression, loss.parameters, scene.text) if expression else None
            for expression in loss.gradient_expression or [""] * len(loss.parameters)
        ]
        run = scene.runs[0]
        chosen = np.unique(np.linspace(0, run.iterations, SAMPLED).round().astype(int))
        self._samples = run.theta[chosen]
        self._shown = 0
        self._listed = 0
        self._moving: list[Label] = []

    @property
    def margin(self) -> float:
        return 0.0

    def still(self) -> Iterable[Artist]:
        scene, n = self.scene, len(self.scene.loss.parameters)
        head, formulas = self._head(), [self._formula(i) for i in range(n)]
        for scale in SCALES:
            self._glyphs = Glyphs(scale * scene.sizes.text)
            self._shown = self._listed = n
            most = max(map(self._glyphs.width, [head, *formulas]), default=0)
            if max(most, self._widest()) <= self._room and self._fits(n):
                break
        else:
            self._give_way()
        self._moving = [Label(self._glyphs, scene.theme.now) for _ in range(self._shown + 1)]
        yield Label(self._glyphs, scene.theme.ink).to(head, self._place(0))
        for i, line in enumerate(formulas[: self._shown]):
            if self._glyphs.width(line) > self._room:
                line = self._left_out(i, scene.text("too_long"))
            yield Label(self._glyphs, scene.theme.muted).to(line, self._place(1 + 2 * i))
        if self._shown < n:
            words = scene.text("rest", count=n - self._shown)
            yield Label(self._glyphs, scene.theme.muted).to(words, self._place(1 + 2 * self._shown))

    def update(self, moment: Moment) -> Iterable[Artist]:
        theta = at(self.scene.runs[0].theta, moment.standing)
        gradient = self.scene.loss.gradient(theta)
        for i in range(self._shown):
            yield self._moving[i].to(self._numbers(i, theta, gradient), self._place(2 + 2 * i, INDENT))
        yield self._moving[-1].to(self._vector(gradient), self._place(self._lines - 1))

    def _head(self) -> str:
        """∇L(w₁, w₂) = (∂L/∂w₁, ∂L/∂w₂), of which dots stand for those that are too many."""
        names = self.scene.loss.parameters
        n, dots = len(names), r", \ldots" if len(names) > ARGUMENTS else ""
        arguments = ", ".join(symbol(name) for name in names[:ARGUMENTS])
        slopes = ", ".join(inline(name, n) for name in names[: ARGUMENTS - 1 if dots else n])
        return rf"$\nabla L({arguments}{dots})$ = $({slopes}{dots})$"

    def _formula(self, i: int) -> str:
        """∂L/∂w₂ = 20w₂, or why it is not written."""
        loss, text = self.scene.loss, self.scene.text
        formula = loss.gradient_formula[i] if i < len(loss.gradient_formula) else ""
        if formula in ("", r"\ldots"):
            return self._left_out(i, text("no_formula"))
        return f"${inline(loss.parameters[i], len(loss.parameters))}$ = ${text.math(formula)}$"

    def _left_out(self, i: int, why: str) -> str:
        names = self.scene.loss.parameters
        return f"${inline(names[i], len(names))}$ = … ({why})"

    def _numbers(self, i: int, theta: Array, gradient: Array) -> str:
        """= 20·(−0.393) ≈ −7.863, or the result alone where there is no formula, or no room for it."""
        text, worked = self.scene.text, self._worked[i]
        result = text.fixed(float(gradient[i]))
        numbers = worked.put(theta) if worked is not None else result
        if worked is None or numbers == result:
            return f"= {result}"
        rounded = self.scene.loss.gradient(worked.rounded(theta))
        sign = "=" if worked.exact and text.fixed(float(rounded[i])) == result else "≈"
        whole = f"= {numbers} {sign} {result}"
        if self._glyphs.width(whole) + INDENT * self._glyphs.size <= self._room:
            return whole
        return f"= … ({text('too_long')}) = {result}"

    def _vector(self, gradient: Array) -> str:
        text = self.scene.text
        separator = "; " if text.decimal == "," else ", "
        numbers = [text.fixed(float(g)) for g in gradient[: self._listed]]
        dots = ["…"] if self._listed < len(gradient) else []
        return rf"$\nabla L$ = ({separator.join([*numbers, *dots])})"

    def _widest(self) -> float:
        """How wide lines with numbers become, what is too long for its line not being shortened."""
        widths = [0.0]
        with np.errstate(all="ignore"):
            gradients = self.scene.loss.gradient(self._samples)
        for theta, gradient in zip(self._samples, gradients, strict=True):
            widths.append(self._glyphs.width(self._vector(gradient)))
            for worked, slope in zip(self._worked, gradient, strict=True):
                if worked is not None:
                    words = f"= {worked.put(theta)} ≈ {self.scene.text.fixed(float(slope))}"
                    widths.append(self._glyphs.width(words) + INDENT * self._glyphs.size)
        return max(widths)

    def _give_way(self) -> None:
        """As many components as there is room for, in ordinary text."""
        n = len(self.scene.loss.parameters)
        self._shown = next((count for count in range(n, 0, -1) if self._fits(count)), 1)
        with np.errstate(all="ignore"):
            gradients = self.scene.loss.gradient(self._samples)
        for self._listed in range(n, 0, -1):
            if max(self._glyphs.width(self._vector(gradient)) for gradient in gradients) <= self._room:
                break

    def _fits(self, count: int) -> bool:
        """Whether so many components have the height they need."""
        lines = 2 + 2 * count + (count < len(self.scene.loss.parameters))
        return self.axes.bbox.height > SPACED * self._glyphs.size * lines

    @property
    def _room(self) -> float:
        return float(self.axes.bbox.width)

    @property
    def _lines(self) -> int:
        return 2 + 2 * self._shown + (self._shown < len(self.scene.loss.parameters))

    def _place(self, line: float, indent: float = 0.0) -> tuple[float, float]:
        """Left end of a line's baseline in pixels."""
        box = self.axes.bbox
        height = float(min(2.2 * self._glyphs.size, box.height / self._lines))
        return box.x0 + indent * self._glyphs.size, box.y1 - (line + 0.8) * height
