"""A net: its nodes and edges, values forward, ∂L/∂ back edge by edge, and the update of the same edges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.lesson import Beat
from gdanim.losses.backprop import LETTER, Sweep
from gdanim.losses.base import Array
from gdanim.losses.layering import is_net
from gdanim.losses.learned import Learned
from gdanim.passes import LayerPasses, Passes
from gdanim.timeline import Moment, spread
from gdanim.views.base import Scene, View, at
from gdanim.views.glyphs import widest
from gdanim.views.key import key, key_width
from gdanim.views.layerwise import Layerwise
from gdanim.views.marks import Arrow, Dots, Label, Stroke, overlap
from gdanim.views.networds import NetWords
from gdanim.views.planes import PlaneValues
from gdanim.views.told import Told
from gdanim.views.wires import Planes, Wires
from gdanim.views.wiring import Node, Widths, Wiring

SAMPLED = 256  # iterates whose numbers are measured
WIDEST = 0.42  # width of the widest edge, in sizes of text
MOST_GROWTH = 10.0  # times the largest weight at the start: of larger ones the width does not tell
ALONG = (0.5, 0.4, 0.6, 0.3, 0.7)  # of an edge, where its number may stand
NODES = 0.92  # size of text in nodes beside ordinary text


def network(axes: Axes, scene: Scene) -> View:
    """The net's nodes and edges; of a net too large for that, its layers."""
    return Layerwise(axes, scene) if isinstance(scene.lesson, LayerPasses) else Network(axes, scene)


class Network(Told):
    """The nodes and edges of a net, with the numbers of one row of the data."""

    heads_height = 4.6

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        self._words = cast(NetWords, self._chain)
        self._net = self._words.net
        self._nodes = scene.glyphs.at(NODES * scene.sizes.text)
        run = scene.runs[0]
        self._sampled = self._graph.sweep(run.theta[spread(run.iterations + 1, SAMPLED)])
        self._factors = [e.factor for e in self._net.weights]
        table = scene.loss.table
        planar = table is not None and is_net(cast(Learned, scene.loss)) and len(table.columns) == 2
        self._planar = planar and len(self._net.inputs) == 2
        count = len(run.parameters)
        held = self._sampled.values[0, [factor for factor in self._factors if factor >= count]]
        moving = run.theta[:, sorted({factor for factor in self._factors if factor < count})]
        first, largest = (float(np.abs([*held, *each.ravel()]).max()) for each in (moving[0], moving))
        cap = MOST_GROWTH * (first or largest)
        self._scale, self._cut = min(largest, cap) or 1.0, largest > cap
        self._written = -1

    def _worded(self) -> NetWords:
        return NetWords(self.scene, self._fits)

    def still(self) -> Iterator[Artist]:
        """Outlines, names and what is explained above."""
        self._begin()
        size = self._nodes.size
        self.wiring = Wiring(self._net, self._widths, size, self._room, planes=self._planar)
        theme, thin = self.scene.theme, max(1.0, 0.09 * size)
        self._thick = max(1.8, 0.2 * size)
        self._wires = Wires(theme, self.wiring.lines, WIDEST * size, self._scale, size)
        self._texts = [
            (row, self._number(node, theme.ink), self._number(node, theme.now))
            for node in self.wiring.nodes.values()
            for row in node.rows
            if row.value
        ]
        self._frames = {v: outline(node, theme.ink, self._thick) for v, node in self.wiring.nodes.items()}
        self._arrow = Arrow(None, theme.now, width=self._thick, head=0.75 * size, halo=theme.ground)
        self._others = Stroke(None, theme.now, width=0.5 * self._thick)
        self._edge = Label(self._nodes, theme.ink, anchor="centre", halo=theme.ground)
        self._written = -1
        if self._planar:
            order = [*self._net.inputs, *(n.value for layer in self._net.layers for n in layer)]
            self._planes = Planes(theme, [self.wiring.nodes[v].box for v in order])
            learned = cast(Learned, self.scene.loss)
            self._values = PlaneValues(self._net, learned, self._planes.cells)
            spots = self._values.spot(learned.table.features[self._words.row.number])
            self._spots = [
                spots * (b[2] - b[0], b[3] - b[1]) + b[:2] for b in (self.wiring.nodes[v].box for v in order)
            ]
            self._dots = Dots(None, theme.ink, size=max(4.0, 0.3 * size), edge=theme.background, width=1.0)
        for line in self.wiring.ends:
            yield Arrow(None, theme.curve, width=thin, head=0.55 * size).to(*line)
        for node in self.wiring.nodes.values():
            yield outline(node, theme.curve, thin)
            yield from self._named(node)
        yield from self._explained()

    def _named(self, node: Node) -> Iterator[Label]:
        names, size = self._words.names, self._nodes.size
        if node.vertex < 0:
            x = (node.box[0] + node.box[2]) / 2
            yield Label(self._nodes, self.scene.theme.muted, anchor="centre").to(
                "1", (x, node.box[1] + 0.42 * size)
            )
        for row in node.rows:
            if row.name is not None:
                yield Label(self._nodes, self.scene.theme.muted).to(f"${names[row.vertex]}$", row.name)

    def _number(self, node: Node, colour: str) -> Label:
        """Of a node; under one, edges that pass are interrupted by it."""
        if node.table:
            return Label(self._nodes, colour, anchor="right")
        return Label(self._nodes, colour, anchor="centre", halo=self.scene.theme.ground)

    def _widths(self, vertex: int) -> Widths:
        live = self._graph.vertices[vertex].live
        sampled, numbers = self._sampled, (self._nodes, self.scene.text)
        return Widths(
            self._nodes.width(f"${self._words.names[vertex]}$") + 0.6 * self._nodes.size,
            widest(*numbers, sampled.values[:, vertex], self._chain.number),
            widest(*numbers, sampled.adjoints[:, vertex], self._chain.number) if live else 0.0,
        )

    def update(self, moment: Moment) -> Iterator[Artist]:
        k, number, beat = self._at(moment)
        sweep = self._sweep(k)
        theta = at(self.scene.runs[0].theta, self.scene.underway(moment))
        values = sweep.values.copy()
        values[: len(theta)] = theta
        yield self._wires.to(values[self._factors])
        if self._planar:
            yield from self._pictures(theta, number)
        yield from self._focus(beat, k, sweep)
        yield from self._numbers(number, k, sweep)
        yield from self._tell(beat, k)

    def _pictures(self, theta: Array, number: int) -> Iterator[Artist]:
        """What each node that has been told makes of the plane."""
        told = self._lesson.value
        layers = [layer for layer in self._net.layers if told[layer[0].value] <= number]
        planes = self._values.of(theta, len(layers))
        # Neurons of a layer that are told one after the other have pictures one after the other.
        count = 2 + sum(told[n.value] <= number for layer in self._net.layers for n in layer)
        yield self._planes.to(planes[:count])
        yield self._dots.to(np.array(self._spots[: len(self._planes.values)]))

    def _focus(self, beat: Beat | None, k: int, sweep: Sweep) -> Iterator[Artist]:
        """The edge and the node that a beat is about."""
        if beat is None:
            return
        node = self._node_of(beat)
        if node is not None and beat.what in ("value", "sum", "product", "slope"):
            yield self._frames[node]
        edges = self._edges_of(beat)
        if beat.what == "sum":
            yield self._others.to(np.concatenate([[*self.wiring.lines[i], (np.nan, np.nan)] for i in edges]))
        if len(edges) and beat.what in ("product", "slope"):
            a, b = self.wiring.lines[edges[0]]
            yield self._arrow.to(b, a)
        if beat.what == "update":
            yield self._others.to(np.concatenate([[*self.wiring.lines[i], (np.nan, np.nan)] for i in edges]))
        if len(edges) and beat.what in ("product", "update"):
            for words in self._on_edge(beat, k, sweep):
                spot = self._spot(edges[0], self._nodes.width(words))
                if spot is not None:
                    yield self._edge.to(words, spot)
                    return

    def _spot(self, edge: int, width: float) -> Array | None:
        """The middle of the baseline of a text on an edge, where it covers no node."""
        a, b = self.wiring.lines[edge]
        size, nodes = self._nodes.size, [node.whole for node in self.wiring.nodes.values()]
        for share in ALONG:
            x, y = a + share * (b - a)
            box = (x - width / 2 - 3, y - 0.7 * size, x + width / 2 + 3, y + 0.7 * size)
            if not any(overlap(box, node) for node in nodes):
                return np.array((x, y - 0.36 * size))
        return None

    def _on_edge(self, beat: Beat, k: int, sweep: Sweep) -> tuple[str, str]:
        """What comes back along the edge in focus, or what its weight becomes; and in short."""
        name = self._words.names[beat.vertex]
        if beat.what == "update":
            there = self._chain.number(float(self.scene.runs[0].theta[k + 1, beat.vertex]))
            long, short = rf"${name} \leftarrow$ {there}", there
        else:
            short = self._chain.number(float(sweep.products[beat.link]))
            one_way = len(self._graph.out_of(beat.vertex)) == 1
            long = f"{self._chain.adjoint(beat.vertex)} = {short}" if one_way else short
        return long, short

    def _node_of(self, beat: Beat) -> int | None:
        """The node to which a beat's sum or product comes, or whose value it is."""
        for vertex, node in self.wiring.nodes.items():
            if any(row.vertex == beat.vertex for row in node.rows[::-1]):
                return vertex
            if any(n.sum == beat.vertex and n.value == vertex for layer in self._net.layers for n in layer):
                return vertex
        return None

    def _edges_of(self, beat: Beat) -> list[int]:
        """The edges that a beat is about."""
        weights = self._net.weights
        if beat.what == "sum":
            back = set(self._graph.out_of(beat.vertex))
            return [i for i, edge in enumerate(weights) if back & set(edge.links)]
        if beat.what == "update":
            found = [i for i, edge in enumerate(weights) if edge.factor == beat.vertex]
            chosen = self._lesson.edges if isinstance(self._lesson, Passes) else []
            return [i for i in found if i in chosen] or found
        return [i for i, edge in enumerate(weights) if beat.link in edge.links]

    def _numbers(self, number: int, k: int, sweep: Sweep) -> Iterator[Label]:
        """The values and derivatives that have been told."""
        lesson = self._lesson
        if self._written != k:
            self._written = k
            for row, value, back in self._texts:
                value.to(self._chain.number(float(sweep.values[row.vertex])), row.value or (0, 0))
                back.to(self._chain.number(float(sweep.adjoints[row.vertex])), row.back or (0, 0))
        for row, value, back in self._texts:
            if lesson.value[row.vertex] <= number:
                yield value
            if row.back and lesson.adjoint.get(row.vertex, number + 1) <= number:
                yield back

    def _explained(self) -> Iterator[Artist]:
        """Above: which row is told and what is held; and what edges and pictures in nodes mean."""
        scene, box, size = self.scene, self.axes.bbox, self.scene.sizes.text
        y = box.y1 - (2.5 if self._stages else 1.1) * size
        words = self._about(box.width)
        if words:
            yield Label(scene.small, scene.theme.muted).to(words, (box.x0, y))
            y -= 1.55 * size
        for items in self._keys():
            if key_width(scene, items) <= box.width:
                break
        yield from key(scene, items, box.x0, y)

    def _about(self, width: float) -> str:
        """Which row is told, whether its numbers are those of one path, and what is held."""
        text, words, vertices = self.scene.text, self._words, self._graph.vertices
        held = [v for v in dict.fromkeys(self._factors) if vertices[v].kind == LETTER]
        shown = [f"${words.names[v]}$ {text.equal(float(self._sampled.values[0, v]))}" for v in held]
        rest = [text("network.held", names=", ".join(shown))] if held else []
        path = isinstance(self._lesson, Passes) and bool(self._lesson.path) and self._lesson.told
        choices = [[row, *rest] for row in words.about(self._net.inputs)] or [[*rest]]
        if path:
            choices = [[*choice, text(f"network.alike{end}")] for choice in choices for end in ("", ".short")]
        lines = [text("sign.semicolon").join(choice) for choice in choices]
        return next((line for line in lines if self.scene.small.width(line) <= width), lines[-1])

    def _keys(self) -> Iterator[list[tuple[str, str]]]:
        """What the picture's signs mean, the longest first."""
        text = self.scene.text
        most = text.short(self._scale, 3)
        width = text("network.width.more" if self._cut else "network.width", most=most)
        edges = [("plus", "$w$ > 0"), ("minus", "$w$ < 0")]
        slope = rf"$\partial {self._words.names[-1]}/\partial$"
        back = [("now", text("network.back", slope=slope))]
        shades = [("low", text("network.low")), ("high", text("network.high"))] if self._planar else []
        dot = [("dot", text("network.dot"))] if self._planar else []
        yield [*edges, ("", width), *back, *shades, *dot]
        yield [*edges, ("", text("network.width.short")), *back, *shades, *dot]
        yield [*edges, *back, *shades]


def outline(node: Node, colour: str, width: float) -> Stroke:
    """Around a node; round that of 1."""
    left, low, right, high = node.box
    if node.vertex >= 0:
        corners = [(left, low), (right, low), (right, high), (left, high), (left, low)]
        return Stroke(None, colour, width=width).to(np.array(corners))
    angle = np.linspace(0.0, 2.0 * np.pi, 25)
    around = np.stack([np.cos(angle), np.sin(angle)], axis=1) * ((right - left) / 2)
    return Stroke(None, colour, width=width).to(around + np.array([(left + right) / 2, (low + high) / 2]))
