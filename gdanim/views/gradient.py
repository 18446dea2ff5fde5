"""The gradient as a vector put together from its partial derivatives, for slides that define it."""

from __future__ import annotations

from collections.abc import Iterable

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.timeline import Moment
from gdanim.views.base import Scene, View, at
from gdanim.views.glyphs import Glyphs
from gdanim.views.marks import Label
from gdanim.views.symbols import inline, symbol

MOST = 4  # components that are written out
SCALES = (1.6, 1.3, 1.0)  # text sizes tried, the largest that fits taken


class Gradient(View):
    """∇L with the formula of each partial derivative and this frame's numbers."""

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        axes.set_axis_off()
        self._shown = scene.loss.parameters[:MOST]
        self._glyphs = scene.glyphs
        self._moving: list[Label] = []

    @property
    def margin(self) -> float:
        return 0.0

    def still(self) -> Iterable[Artist]:
        scene = self.scene
        names, n = self._shown, len(scene.loss.parameters)
        dots = r", \ldots" if n > len(names) else ""
        arguments = ", ".join(symbol(name) for name in scene.loss.parameters[: MOST + 1])
        vector = ", ".join(inline(name, n) for name in names) + dots
        lines = [rf"$\nabla L({arguments})$ = $({vector})$"]
        lines += [
            f"${inline(name, n)}$ = ${scene.text.math(formula)}$"
            for name, formula in zip(names, scene.loss.gradient_formula, strict=False)
        ]
        room = self.axes.bbox.width
        for scale in SCALES:
            self._glyphs = Glyphs(scale * scene.sizes.text)
            if max(map(self._glyphs.width, lines)) <= room and self._line_height() > 1.5 * self._glyphs.size:
                break
        self._moving = [Label(self._glyphs, scene.theme.now) for _ in (*names, "")]
        for i, line in enumerate(lines):
            if self._glyphs.width(line) > room:  # too long to be read beside anything else
                line = line.partition(" = ")[0] + " = …"
            colour = scene.theme.muted if i else scene.theme.ink
            yield Label(self._glyphs, colour).to(line, self._place(max(0, 2 * i - 1)))

    def update(self, moment: Moment) -> Iterable[Artist]:
        scene, n = self.scene, len(self._shown)
        theta = at(scene.runs[0].theta, moment.standing)
        numbers = [scene.text.fixed(float(g)) for g in scene.loss.gradient(theta)[:n]]
        for i, number in enumerate(numbers):
            yield self._moving[i].to(f"= {number}", self._place(2 + 2 * i, indent=2.2))
        separator = "; " if scene.text.decimal == "," else ", "
        more = separator + "…" if len(scene.loss.parameters) > n else ""
        words = rf"$\nabla L$ = ({separator.join(numbers)}{more})"
        yield self._moving[n].to(words, self._place(1 + 2 * n))

    def _line_height(self) -> float:
        lines = 2 + 2 * len(self._shown)
        return float(min(2.2 * self._glyphs.size, self.axes.bbox.height / lines))

    def _place(self, line: float, indent: float = 0.0) -> tuple[float, float]:
        """Left end of a line's baseline in pixels."""
        box = self.axes.bbox
        return box.x0 + indent * self._glyphs.size, box.y1 - (line + 0.8) * self._line_height()
