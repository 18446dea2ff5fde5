"""How backpropagation through a net is told: layer by layer forward, and back edge by edge."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from gdanim.lesson import ALL, Beat, Lesson, Row, Stage, Telling
from gdanim.losses.base import Array
from gdanim.losses.neurons import Neuron, Wired

MOST_TOLD = 12  # edges of which each has beats of its own; of more those of one path have


class Passes(Lesson):
    """The beats of a net in one row of its data.

    Of few edges each is told. Of more the values of a layer stand there at once, and back goes one path,
    from the loss to an input, with its numbers; what happens beside it happens in the same beat.

    Args:
        net: the net.
        theta: (n,), where the descent starts; the path is that along which most comes back there.
        row: of the data, that is told.
        told: whether an iterate is told in beats.

    Attributes:
        path: the vertices of the sums and values of the neurons in focus; empty where all edges are told.
        edges: indices of the net's weights that are in focus, from the first layer on.
    """

    def __init__(self, net: Wired, theta: Array, row: Row = ALL, *, told: bool = True) -> None:
        self.net = net
        self.path: set[int] = set()
        self.edges: list[int] = []
        if len(net.weights) > MOST_TOLD:
            self._choose(theta)
        super().__init__(net.graph, row, told=told)

    def _choose(self, theta: Array) -> None:
        """The path from the last layer back along which the largest derivatives come."""
        sweep = self.net.graph.sweep(theta)

        def largest(vertices: Iterable[int]) -> int:
            return max(vertices, key=lambda vertex: abs(float(sweep.adjoints[vertex])))

        neurons = {neuron.value: neuron for layer in self.net.layers for neuron in layer}
        value = largest(neuron.value for neuron in self.net.layers[-1])
        for number in range(len(self.net.layers), 0, -1):
            self.path |= {value, neurons[value].sum}
            into = [
                i
                for i, edge in enumerate(self.net.weights)
                if edge.target == neurons[value].sum and edge.source >= 0
            ]
            back = {self.net.weights[i].source: i for i in into}
            if number > 1:
                value = largest(back)
                self.edges.insert(0, back[value])
            else:
                steepest = max(into, key=lambda i: abs(float(sweep.adjoints[self.net.weights[i].factor])))
                self.edges.insert(0, steepest)

    def _forward(self) -> None:
        self._tell(Beat(Stage.FORWARD, "leaves"))
        for layer in self.net.layers:
            for neurons in [layer] if self.path else [[neuron] for neuron in layer]:
                beat = self._tell(Beat(Stage.FORWARD, "value", self._focus(neurons).value))
                self.value |= {v: beat for neuron in neurons for v in (neuron.sum, neuron.value)}
        for vertex in self.net.cost:
            self.value[vertex] = self._tell(Beat(Stage.LOSS, "value", vertex))

    def _focus(self, neurons: Sequence[Neuron]) -> Neuron:
        """The neuron of some that is on the path."""
        return next((neuron for neuron in neurons if neuron.value in self.path), neurons[0])

    def _backward(self) -> None:
        graph = self.graph
        self.adjoint[graph.operations[-1]] = len(self.beats)
        for vertex in reversed(self.net.cost):
            self._back(graph.into(vertex), lambda source: source in self.path or source in self.net.cost)
        for number in range(len(self.net.layers), 0, -1):
            layer = self.net.layers[number - 1]
            for neurons in [layer] if self.path else [[neuron] for neuron in reversed(layer)]:
                self._through(neurons, number)

    def _through(self, neurons: Sequence[Neuron], number: int) -> None:
        """Back through some neurons of a layer: the activation, the weights, what the weights multiply."""
        active = [
            i for neuron in neurons if neuron.sum != neuron.value for i in self.graph.into(neuron.value)
        ]
        self._back(active, lambda source: source in self.path)
        sums = {neuron.sum for neuron in neurons}
        edges = [edge for edge in self.net.weights if edge.target in sums]
        if not self.path:
            self._back([link for edge in edges for link in edge.links], lambda _: True)
            return
        chosen = self.net.weights[self.edges[number - 1]]
        self._back([edge.links[0] for edge in edges], lambda source: source == chosen.factor)
        self._back([edge.links[1] for edge in edges if len(edge.links) > 1], lambda s: s in self.path)

    def _back(self, links: Iterable[int], chosen: Callable[[int], bool]) -> None:
        """Back along some links: each in a beat of its own, or all in that of the one that is chosen."""
        live = [i for i in links if self.graph.links[i].live]
        if not live:
            return
        if not self.path:
            for i in live:
                self._along(i, [i])
            return
        focus = [i for i in live if chosen(self.graph.links[i].source)]
        on_path = [i for i in focus if self.graph.links[i].target in self.path] or focus or live[:1]
        self._along(on_path[0], live)

    def _along(self, link: int, together: Collection[int]) -> None:
        """The beat of a link, and that of the sum where it is the last that comes back to its source."""
        graph = self.graph
        last = graph.links[link].target == graph.operations[-1]
        source = graph.links[link].source
        beat = self._tell(Beat(Stage.BACKWARD, "slope" if last else "product", source, link))
        self.slope |= dict.fromkeys(together, beat)
        self.product |= dict.fromkeys(together, beat)
        reached = dict.fromkeys(graph.links[i].source for i in together)
        complete = [v for v in reached if all(path in self.product for path in graph.out_of(v))]
        several = [v for v in complete if len(graph.out_of(v)) > 1]
        self.adjoint |= {v: beat for v in complete if v not in several}
        if several:
            told = source if source in several else several[0]
            path = link if told == source else next(i for i in together if graph.links[i].source == told)
            beat = self._tell(Beat(Stage.BACKWARD, "sum", told, path))
            self.adjoint |= dict.fromkeys(several, beat)

    def _updates(self) -> None:
        if not self.path:
            super()._updates()
            return
        sums = {neuron.sum: neuron.layer for layer in self.net.layers for neuron in layer}
        for number, chosen in enumerate(self.edges, 1):
            beat = self._tell(Beat(Stage.UPDATE, "update", self.net.weights[chosen].factor))
            factors = [edge.factor for edge in self.net.weights if sums[edge.target] == number]
            self.update |= {v: beat for v in factors if v in self.graph.parameters}


class LayerPasses(Telling):
    """The beats of a net that is too large to be drawn edge by edge: a layer is what is told at a time.

    Args:
        counts: of how many parameters each layer has.
        told: whether an iterate is told in beats.

    Attributes:
        layer: the layer of each beat, 0 for the inputs; −1 for none.
    """

    def __init__(self, counts: Sequence[int], *, told: bool = True) -> None:
        super().__init__(told=told)
        self.layer: list[int] = []
        layers = range(1, len(counts) + 1)
        self._add(Beat(Stage.FORWARD, "leaves"), 0)
        for number in layers:
            self._add(Beat(Stage.FORWARD, "value"), number)
        self._add(Beat(Stage.LOSS, "value"), -1)
        for number in reversed(layers):
            self._add(Beat(Stage.BACKWARD, "product"), number)
            first = sum(counts[: number - 1])
            self.adjoint |= dict.fromkeys(range(first, first + counts[number - 1]), len(self.beats) - 1)
        for number in layers:
            self._add(Beat(Stage.UPDATE, "update"), number)

    def _add(self, beat: Beat, layer: int) -> None:
        self._tell(beat)
        self.layer.append(layer)
