"""In which order backpropagation is told: the beats of one iterate, each of which is a picture."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from gdanim.losses.base import Array
from gdanim.timeline import ARROW

if TYPE_CHECKING:
    from gdanim.losses.backprop import Backprop


class Stage(IntEnum):
    """The four parts of an iterate, in order."""

    FORWARD = 0
    LOSS = 1
    BACKWARD = 2
    UPDATE = 3


class Beat(NamedTuple):
    """What a picture adds to the one before it.

    Attributes:
        what: "leaves", "value", "slope", "product", "sum" or "update".
        vertex: whose value, sum or update it is; of a slope or a product the edge's source.
        link: the edge of a slope, of a product, and the last of a sum; −1 for none.
    """

    stage: Stage
    what: str
    vertex: int = -1
    link: int = -1


class Row(NamedTuple):
    """Which row of the data is told.

    Attributes:
        number: from 0.
        rows: how many there are.
        whole: whether its loss is all of the loss.
        worst: whether it was chosen since its loss is the largest at the start.
    """

    number: int = 0
    rows: int = 1
    whole: bool = True
    worst: bool = False


ALL = Row()  # of what is no mean over rows


class Telling:
    """The beats of one iterate, and from which of them on what stands there.

    Args:
        told: whether an iterate is told in beats; otherwise all of it is shown at once.

    Attributes:
        beats: in order.
        adjoint: parameter → the beat from which its ∂L/∂ stands there.
    """

    def __init__(self, *, told: bool = True) -> None:
        self.told = told
        self.beats: list[Beat] = []
        self.adjoint: dict[int, int] = {}

    @property
    def loss(self) -> int:
        """The beat in which the loss is worked out."""
        return next(i for i, beat in enumerate(self.beats) if beat.stage == Stage.LOSS)

    @property
    def fractions(self) -> list[float]:
        """How far the step has been told at each beat; all of it in the update, but for the ball's move."""
        return [ARROW if beat.stage == Stage.UPDATE else 0.0 for beat in self.beats if self.told]

    def check(self, path: Array) -> None:
        """Refuse a path, (T+1, n), whose numbers cannot be told."""

    def _tell(self, beat: Beat) -> int:
        self.beats.append(beat)
        return len(self.beats) - 1


class Lesson(Telling):
    """The beats of one iterate, part by part.

    Forward each value, the loss last; then back edge by edge the local derivative and what the chain rule
    makes of it, with the sum where several paths come back to one node; then the update of each parameter.

    Args:
        row: of the data, where there are any, that the graph is of.
        told: whether an iterate is told in beats; otherwise all of it is shown at once.

    Attributes:
        graph: what is told.
        value, adjoint: vertex → the beat from which its value and its ∂L/∂ stand there.
        slope, product: link → the same of its local derivative and of what it carries back.
        update: vertex of a parameter → the beat in which it is updated.

    >>> from gdanim.losses import make_loss
    >>> from gdanim.losses.backprop import backprop
    >>> lesson = Lesson(backprop(make_loss("(w-2)^2")))
    >>> [beat.what for beat in lesson.beats]
    ['leaves', 'value', 'value', 'slope', 'slope', 'product', 'update']
    """

    def __init__(self, graph: Backprop, row: Row = ALL, *, told: bool = True) -> None:
        super().__init__(told=told)
        self.graph, self.row = graph, row
        self.value: dict[int, int] = dict.fromkeys(range(graph.operations.start), 0)
        self.slope: dict[int, int] = {}
        self.product: dict[int, int] = {}
        self.update: dict[int, int] = {}
        self._forward()
        self._backward()
        self._updates()

    def _updates(self) -> None:
        for vertex in self.graph.parameters:
            self.update[vertex] = self._tell(Beat(Stage.UPDATE, "update", vertex))

    def _forward(self) -> None:
        self._tell(Beat(Stage.FORWARD, "leaves"))
        for vertex in self.graph.operations:
            last = vertex == self.graph.operations[-1]
            beat = Beat(Stage.LOSS if last else Stage.FORWARD, "value", vertex)
            self.value[vertex] = self._tell(beat)

    def _backward(self) -> None:
        graph = self.graph
        self.adjoint[graph.operations[-1]] = len(self.beats)
        for target in reversed(graph.operations):
            for i in graph.into(target):
                source, live = graph.links[i].source, graph.links[i].live
                if not live:
                    continue
                self.slope[i] = self._tell(Beat(Stage.BACKWARD, "slope", source, i))
                self.product[i] = self.slope[i]
                if target != graph.operations[-1]:  # of the loss itself, ∂L/∂L is 1
                    self.product[i] = self._tell(Beat(Stage.BACKWARD, "product", source, i))
                paths = graph.out_of(source)
                if len(paths) == 1:
                    self.adjoint[source] = self.product[i]
                elif all(path in self.product for path in paths):
                    self.adjoint[source] = self._tell(Beat(Stage.BACKWARD, "sum", source, i))

    @property
    def loss(self) -> int:
        return self.value[self.graph.operations[-1]]

    def check(self, path: Array) -> None:
        self.graph.check(path)


def in_beats(lesson: Telling | None) -> bool:
    """Whether a picture tells an iterate in beats."""
    return lesson is not None and lesson.told
