"""The computation graph: values forward, then ∂L/∂ of each node back along every edge, then the update."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar, cast

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.lesson import Beat
from gdanim.losses.backprop import LETTER, OPERATION
from gdanim.losses.base import Array
from gdanim.timeline import Moment, spread
from gdanim.views.base import Scene
from gdanim.views.drawn import Drawn
from gdanim.views.glyphs import widest
from gdanim.views.marks import Label
from gdanim.views.plate import LOOKS, Look, Plate, Texts
from gdanim.views.rowwords import RowWords
from gdanim.views.told import Told

T = TypeVar("T")
MOST_EDGES = 20  # that are legible at once; of a larger graph the part in focus is shown
SAMPLED = 256  # iterates whose numbers are measured
CONSUMERS = 3  # of a node, that a part shows at least
WIDER = 3  # layers that a part shows beyond these, at most
NODES = 0.92  # size of text in nodes beside ordinary text


class OnDemand(dict[int, T]):
    """What is made when it is asked for, and kept: of a large graph most is not shown at once."""

    def __init__(self, make: Callable[[int], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: int) -> T:
        self[key] = made = self._make(key)
        return made


class ComputationGraph(Told):
    """A formula's parts as nodes, with what backpropagation finds of each; of data those of one row."""

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        self._nodes = scene.glyphs.at(NODES * scene.sizes.text)
        run = scene.runs[0]
        self._sampled = self._graph.sweep(run.theta[spread(run.iterations + 1, SAMPLED)])
        self._texts = OnDemand(self._measured)
        self._slopes = OnDemand(lambda link: self._widest(self._sampled.slopes[:, link]))
        self._whole: Drawn | None = None
        self._parts: dict[tuple[int, int], Drawn] = {}
        self._together: dict[int, int] = {}
        self._noted = Label(scene.small, scene.theme.muted)

    def _worded(self) -> RowWords:
        return RowWords(self.scene, self._fits)

    def still(self) -> Iterable[Artist]:
        """The graph, where the whole of it fits."""
        self._parts, self._together = {}, {}
        self._begin()
        self._whole = self._fitting(self._choices())
        if self._whole is not None:
            yield from self._whole.still
            yield from self._note(self._whole.plate)

    def update(self, moment: Moment) -> Iterator[Artist]:
        k, number, beat = self._at(moment)
        sweep = self._sweep(k)
        drawn = self._whole
        if drawn is None:
            drawn = self._part(beat)
            yield from drawn.still
            yield from self._note(drawn.plate)
        yield from drawn.update(number, beat, k, sweep)
        yield from self._tell(beat, k)

    def _measured(self, vertex: int) -> Texts:
        """What a node says, and how wide the widest of its numbers is."""
        live, leaf = self._graph.vertices[vertex].live, self._graph.vertices[vertex].kind != OPERATION
        chain, nodes = self._chain, self._nodes
        name = f"${chain.names[vertex]}$"
        slope = chain.adjoint(vertex) + " = " if live else ""
        head, name = (name + " = ", name + " = ") if leaf else (chain.head(vertex), name)
        if len(nodes.mask(head)) > nodes.height:  # a fraction is higher than a node's line
            head = name
        return Texts(
            head,
            name,
            slope,
            nodes.mask(head).shape[1],
            nodes.width(name),
            nodes.width(slope),
            self._widest(self._sampled.values[:, vertex]),
            self._widest(self._sampled.adjoints[:, vertex]) if live else 0,
            leaf,
            live,
        )

    def _widest(self, numbers: Array) -> int:
        return widest(self._nodes, self.scene.text, numbers, self._chain.number)

    def _choices(self) -> Iterator[Plate]:
        """The whole graph as it might be shown, the fullest first: letters and what only they make may go."""
        graph = self._graph
        everything = list(range(len(graph.vertices)))
        for vertices in (everything, [v for v in everything if graph.vertices[v].live]):
            if len(self._links(set(vertices))) <= MOST_EDGES:
                yield from (self._plate(vertices, look) for look in LOOKS)

    def _links(self, vertices: set[int]) -> list[int]:
        """All links between some vertices."""
        return [i for i, e in enumerate(self._graph.links) if e.source in vertices and e.target in vertices]

    def _plate(self, vertices: list[int], look: Look) -> Plate:
        texts, size = self._texts.__getitem__, self._nodes.size
        return Plate(self._graph, vertices, self._links(set(vertices)), texts, look, size, self._room)

    def _fitting(self, plates: Iterable[Plate]) -> Drawn | None:
        found = next((plate for plate in plates if plate.fits), None)
        return None if found is None else self._drawn(found)

    def _drawn(self, plate: Plate) -> Drawn:
        return Drawn(
            plate, self._lesson, self.scene, self._texts, self._nodes, self._slopes, self._chain.number
        )

    def _part(self, beat: Beat | None) -> Drawn:
        """The part of a large graph that a beat is about: a node, what it comes from, and what uses it."""
        graph = self._graph
        target, link = graph.operations[-1], -1
        if beat is not None and beat.what == "leaves":
            target = graph.operations[0]
        elif beat is not None:
            link = graph.out_of(beat.vertex)[-1] if beat.what == "update" else beat.link
            target = graph.links[link].target if link >= 0 else beat.vertex
        if target not in self._together:
            self._together[target] = self._at_once(target)
        count = self._together[target]
        chunk = (link - graph.into(target).start) // count if link >= 0 else 0
        if (target, chunk) not in self._parts:
            for plate in self._near(target, chunk, count):  # the last, where none fits
                if plate.fits:
                    break
            whole = count >= len(graph.into(target))
            self._parts[target, chunk] = self._drawn(self._wider(plate) if whole else plate)
        return self._parts[target, chunk]

    def _wider(self, plate: Plate) -> Plate:
        """The part with what its nodes come from, or with what uses them, as far as there is room."""
        for _ in range(WIDER):
            shown = set(plate.vertices)
            before = {arg for v in shown for arg in self._graph.vertices[v].args}
            after = {edge.target for edge in self._graph.links if edge.source in shown}
            for more in (before | after, after, before):
                if more <= shown or len(self._links(shown | more)) > MOST_EDGES:
                    continue
                grown = self._plate(sorted(shown | more), plate.look)
                if grown.fits:
                    plate = grown
                    break
            else:
                break
        return plate

    def _at_once(self, target: int) -> int:
        """How many of a node's arguments are shown at once."""
        most = len(self._graph.vertices[target].args)
        fits = (n for n in range(most, 0, -1) if any(plate.fits for plate in self._near(target, 0, n)))
        return next(fits, 1)

    def _near(self, target: int, chunk: int, count: int) -> Iterator[Plate]:
        graph = self._graph
        before = list(graph.into(target))[chunk * count : (chunk + 1) * count]
        after = [i for i, edge in enumerate(graph.links) if edge.source == target][:CONSUMERS]
        vertices = {target, *(graph.links[i].source for i in before), *(graph.links[i].target for i in after)}
        yield from (self._plate(sorted(vertices), look) for look in LOOKS)

    def _note(self, plate: Plate) -> Iterator[Artist]:
        """What the numbers under the nodes are, and whether this is all of the graph."""
        scene, box = self.scene, self.axes.bbox
        names, every = self._chain.names, self._graph.vertices
        slope = rf"$\partial {names[-1]}/\partial$"
        words = [] if plate.look.named else [scene.text("graph.below", slope=slope)]
        hidden = [names[i] for i, v in enumerate(every) if v.kind == LETTER and i not in plate.places]
        if self._whole is None:
            words.append(scene.text("graph.part", shown=len(plate.places), all=len(every)))
        elif hidden:
            words.append(scene.text("graph.letters", names=", ".join(f"${name}$" for name in hidden)))
        y = box.y1 - 2.5 * scene.sizes.text
        yield self._noted.to(scene.text("sign.semicolon").join([*self._about(words), *words]), (box.x0, y))

    def _about(self, words: Sequence[str]) -> list[str]:
        """Which row is told, beside what else is said; the values of its letters stand in the graph."""
        rows = [[row] for row in cast(RowWords, self._chain).about(())]
        room = self.axes.bbox.width
        join = self.scene.text("sign.semicolon").join
        fitting = (row for row in rows if self.scene.small.width(join([*row, *words])) <= room)
        return next(fitting, rows[-1] if rows else [])
