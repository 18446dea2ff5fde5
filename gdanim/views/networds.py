"""What each beat of a net says: the chain rule in one row, and the update with the gradient of all rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import cast

from gdanim.lesson import Beat
from gdanim.losses.backprop import Sweep
from gdanim.losses.learned import Learned
from gdanim.losses.neurons import Wired
from gdanim.passes import Passes
from gdanim.views.arithmetic import Digits, digits_for
from gdanim.views.base import Scene
from gdanim.views.chain import UPDATES, Chain
from gdanim.views.symbols import used

ROW_LOSS = r"\ell"  # of one row, where the loss is a mean over several


class NetWords(Chain):
    """What each beat says, in lines of text; a neuron's sum and its value are said together.

    Attributes:
        net: the neurons.
        whole: whether the loss of what is told is all of the loss.
        row, rows: which row of the data is told, from 0, and of how many.
    """

    def __init__(self, scene: Scene, fits: Callable[[str], bool] = lambda _: True) -> None:
        super().__init__(scene, fits)
        lesson = self.lesson
        self.net = lesson.net if isinstance(lesson, Passes) else Wired(lesson.graph)
        self.whole, self.row, self.rows = True, 0, 1
        if isinstance(lesson, Passes):
            self.whole, self.row, self.rows = lesson.whole, lesson.row, lesson.rows
        if not self.whole:
            self.names[-1] = ROW_LOSS
            self._single = False
        self._neurons = {neuron.value: neuron for layer in self.net.layers for neuron in layer}

    def lines(self, beat: Beat, k: int, sweep: Sweep) -> list[str]:
        neuron, told = self._neurons.get(beat.vertex), self.lesson.value
        if beat.what == "value" and neuron is not None and neuron.sum != neuron.value:
            together = told[neuron.sum] == told[neuron.value]
            sums = self._value(neuron.sum, sweep) if together else []
            return [*sums, *self._value(neuron.value, sweep)]
        if beat.what == "value" and beat.vertex == len(self.names) - 1 and not self.whole:
            return [*self._value(beat.vertex, sweep), self._mean_loss(k)]
        if beat.what == "update" and not self.whole:
            return [*self._mean_slope(beat.vertex, k, sweep), *self._update(beat.vertex, k)]
        return super().lines(beat, k, sweep)

    def _mean_loss(self, k: int) -> str:
        """The loss of all rows beside that of this one."""
        parts = [self._text("network.mean", rows=self.every)] if self.rows > 1 else []
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
        parts = [text("network.mean", rows=self.every)] if self.rows > 1 else []
        if run.batch_size:
            parts = [text("network.batch", rows=run.batch_size)]
        held = float(cast(Learned, self._scene.loss).decay[vertex])
        parts += [f"+ {text.short(2 * held)}·${self.names[vertex]}$"] if held else []
        parts += [text("network.noise")] if run.noise else []
        there = self.number(float(run.gradient[k, vertex]))
        colon, semicolon = text("sign.colon"), text("sign.semicolon")
        this = text("network.this", row=self.row + 1)
        lines = [f"{own}{colon}{this}", f"${name}$ = {there}{colon}{' '.join(parts)}"]
        together = f"{semicolon}  ".join(lines)
        return [together] if self._fits(together) else lines

    @property
    def every(self) -> str:
        """How many rows there are, in words."""
        return f"{self.rows:,}".replace(",", "\N{THIN SPACE}")

    @cached_property
    def _update_digits(self) -> Digits:
        told = [beat.vertex for beat in self.lesson.beats if beat.what == "update"]
        return digits_for(self._text, self._run, tuple(told[:UPDATES]))
