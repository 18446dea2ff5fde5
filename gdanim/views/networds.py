"""What each beat of a net says: of a neuron the sum together with what the activation makes of it."""

from __future__ import annotations

from collections.abc import Callable

from gdanim.lesson import Beat
from gdanim.losses.backprop import Sweep
from gdanim.losses.neurons import Wired
from gdanim.passes import Passes
from gdanim.views.base import Scene
from gdanim.views.rowwords import RowWords


class NetWords(RowWords):
    """What each beat says, in lines of text.

    Attributes:
        net: the neurons.
    """

    def __init__(self, scene: Scene, fits: Callable[[str], bool] = lambda _: True) -> None:
        super().__init__(scene, fits)
        lesson = self.lesson
        self.net = lesson.net if isinstance(lesson, Passes) else Wired(lesson.graph)
        self._neurons = {neuron.value: neuron for layer in self.net.layers for neuron in layer}

    def lines(self, beat: Beat, k: int, sweep: Sweep) -> list[str]:
        neuron, told = self._neurons.get(beat.vertex), self.lesson.value
        if beat.what == "value" and neuron is not None and neuron.sum != neuron.value:
            together = told[neuron.sum] == told[neuron.value]
            sums = self._value(neuron.sum, sweep) if together else []
            return [*sums, *self._value(neuron.value, sweep)]
        return super().lines(beat, k, sweep)
