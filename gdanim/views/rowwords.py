"""What each beat says of one row of the data, whose loss is no more than a part of L."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import cached_property
from typing import cast

from gdanim.lesson import Beat
from gdanim.losses.backprop import LETTER, Sweep
from gdanim.losses.learned import Learned
from gdanim.views.arithmetic import Digits, digits_for
from gdanim.views.base import Scene
from gdanim.views.chain import UPDATES, Chain
from gdanim.views.symbols import used

ROW_LOSS = r"\ell"  # of one row, where the loss is a mean over several


class RowWords(Chain):
    """The chain rule in one row, and the update with the gradient of all rows.

    Where the row is all there is, or there are no data, it says what a Chain does.

    Attributes:
        row: which one is told.
    """

    def __init__(self, scene: Scene, fits: Callable[[str], bool] = lambda _: True) -> None:
        super().__init__(scene, fits)
        self.row = self.lesson.row
        if not self.row.whole:
            self.names[-1] = ROW_LOSS
            self._single = False

    def lines(self, beat: Beat, k: int, sweep: Sweep) -> list[str]:
        if self.row.whole:
            return super().lines(beat, k, sweep)
        if beat.what == "value" and beat.vertex == len(self.names) - 1:
            return [*self._value(beat.vertex, sweep), self._mean_loss(k)]
        if beat.what == "update":
            return [*self._mean_slope(beat.vertex, k, sweep), *self._update(beat.vertex, k)]
        return super().lines(beat, k, sweep)

    def about(self, shown: Collection[int]) -> Iterator[str]:
        """Which row is told, with the numbers of some vertices, and in short; none of a loss without rows."""
        if self.row.whole:
            return
        text, vertices, table = self._text, self._graph.vertices, cast(Learned, self._scene.loss).table
        letters = self._graph.sweep(self._run.theta[0]).values
        values = [
            f"${self.names[v]}$ {text.equal(float(letters[v]))}"
            for v in range(self._graph.operations.start)
            if vertices[v].kind == LETTER and v in shown
        ]
        if table.classes:
            values.append(f"{table.target} = {table.classes[int(table.values[self.row.number])]}")
        worst = ".worst" if self.row.worst else ""
        counted = {"row": self.row.number + 1, "rows": self.every}
        if values:
            yield text(f"network.row{worst}", **counted, values=", ".join(values))
        yield text(f"network.row{worst}.short", **counted)

    def _mean_loss(self, k: int) -> str:
        """The loss of all rows beside that of this one."""
        parts = [self._text("network.mean", rows=self.every)] if self.row.rows > 1 else []
        held = max(cast(Learned, self._scene.loss).decay, default=0.0)
        if held:
            parts.append(rf"+ {self._text.short(held)}$\sum w^2$")
        loss = self.number(float(self._run.loss[k]))
        return f"$L$ = {loss}{self._text('sign.colon')}{' '.join(parts)}"

    def _mean_slope(self, vertex: int, k: int, sweep: Sweep) -> list[str]:
        """This row's derivative, and what the update takes in its place."""
        run, text = self._run, self._text
        own = f"{self.adjoint(vertex)} = {self.number(float(sweep.adjoints[vertex]))}"
        name = used(run.parameters[vertex], len(run.parameters), run.noisy)
        parts = [text("network.mean", rows=self.every)] if self.row.rows > 1 else []
        if run.batch_size:
            parts = [text("network.batch", rows=run.batch_size)]
        held = float(cast(Learned, self._scene.loss).decay[vertex])
        parts += [f"+ {text.short(2 * held)}·${self.names[vertex]}$"] if held else []
        parts += [text("network.noise")] if run.noise else []
        there = self.number(float(run.gradient[k, vertex]))
        colon, semicolon = text("sign.colon"), text("sign.semicolon")
        this = text("network.this", row=self.row.number + 1)
        lines = [f"{own}{colon}{this}", f"${name}$ = {there}{colon}{' '.join(parts)}"]
        together = f"{semicolon}  ".join(lines)
        return [together] if self._fits(together) else lines

    @property
    def every(self) -> str:
        """How many rows there are, in words."""
        return f"{self.row.rows:,}".replace(",", "\N{THIN SPACE}")

    @cached_property
    def _update_digits(self) -> Digits:
        told = [beat.vertex for beat in self.lesson.beats if beat.what == "update"]
        return digits_for(self._text, self._run, tuple(told[:UPDATES]))
