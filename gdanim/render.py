"""The figure, its panels and the fast frame loop."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from functools import partial
from itertools import chain
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import get_registered_canvas_class
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure

from gdanim.errors import unknown
from gdanim.layout import Cell, has_room, inside, no_room
from gdanim.metadata import NOTHING, Metadata
from gdanim.plan import Plan
from gdanim.spec import Spec
from gdanim.timeline import Moment
from gdanim.views import Kind
from gdanim.views.base import DPI, Scene, View
from gdanim.views.clearance import Clearance
from gdanim.views.embeddedfonts import cut_quickly
from gdanim.views.fonts import usable
from gdanim.views.glyphs import Glyphs, check_glyphs
from gdanim.views.header import arguments, caption, minimised, subtitle
from gdanim.views.legend import Legend, name_of
from gdanim.views.marks import Label
from gdanim.views.panels import Frame, share_of
from gdanim.views.planar import on_plane
from gdanim.views.readout import Readout
from gdanim.views.styles import Sizes, styles_of
from gdanim.views.titles import broken, fitting, wrap
from gdanim.views.together import Together
from gdanim.views.window import check_window, limits_of, window_of

Pixels = npt.NDArray[np.uint8]
ROOMY = 12.0  # sizes of text that each row of panels keeps beside more than the least lines under them
# What of a picture on its own would differ from run to run, and so is left out.
DATED: dict[str, dict[str, Any]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}
QUICKLY = {"pdf": cut_quickly}  # in which fonts are cut
TEXT: Any = {"svg.fonttype": "none", "svg.hashsalt": "gdanim", "pdf.fonttype": 42}  # text stays text


class Picture:
    """A figure whose frames can be asked for in any order.

    What never moves is drawn once and kept; what a moment leaves behind for good is drawn into the
    kept layer when it is reached; per frame only what moves is drawn. Memory is three frames.

    Attributes:
        image: the frame last drawn, (height, width, 4), RGBA; overwritten by the next.
        figure: matplotlib's, with the axes of all panels.
        views: what stands on them.
        strip: what stands under them, a Readout or a Legend.
        borders: what stands around the panels of a grid, one for each.

    Args:
        plan: what is shown, and how.

    Raises:
        GdanimError: a title with a character the font lacks, or a size without room for text and panels.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        loss, runs, theme = plan.loss, plan.runs, plan.theme
        width, height = plan.spec.rendered
        sizes = Sizes.of(plan.text_size)
        window = window_of(loss, runs, plan.spec if plan.framed[0] is loss else None)
        if any("xlim" in kind.uses for kind in plan.layout.kinds):
            check_window(*plan.framed, plan.spec)
        floor, ceiling = limits_of(loss, runs, window, plan.spec.zlim)
        glyphs = Glyphs(sizes.text, font=usable(theme.font))
        self.scene = Scene(
            spec=plan.spec,
            loss=loss,
            runs=runs,
            styles=styles_of(theme, len(runs)),
            kinds=plan.layout.kinds,
            everyone=runs,
            between=plan.timeline.between,
            lesson=plan.lesson,
            plane=plan.plane,
            window=window,
            floor=floor,
            ceiling=ceiling,
            stride=plan.timeline.stride,
            text=plan.text,
            theme=theme,
            sizes=sizes,
            glyphs=glyphs,
            small=glyphs.at(0.9 * sizes.text, moving=False),
        )
        figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=theme.ground)
        self.figure = figure
        self._canvas = FigureCanvasAgg(figure)
        self._still: list[Artist] = []
        self._titles: list[Artist] = []  # those of them that say nothing of the run
        self._notice: list[Label] = []
        self.borders: list[Frame] = []
        title_bottom = self._header(plan.spec)
        self.strip: Readout | Legend
        self.strip, strip = self._under(title_bottom)
        lines = ((height - title_bottom) / sizes.text, strip / sizes.text)
        region = Cell(0.0, strip, float(width), title_bottom - strip)
        if plan.layout.crowded(region, sizes.text):
            raise no_room(plan.spec, plan.layout, lines, plan.large)
        self._still += self.strip.still
        self.views = self._panels(figure, region, lines)
        self._clear = [Clearance(view) for view in self.views]
        self._moving: list[Callable[[Moment], Iterable[Artist]]] = [one.update for one in self._clear]
        self._moving += [*(border.update for border in self.borders), self.strip.update]
        self._draw_still()
        self.image: Pixels = np.asarray(self._canvas.buffer_rgba())
        self._base = self.image.copy()
        self._kept = RendererAgg(width, height, DPI)  # what has settled is drawn there
        self._layer: Pixels = np.asarray(self._kept.buffer_rgba())
        np.copyto(self._layer, self._base)
        self._unsettled = 0  # the first iterate of which no view has been asked what it settles

    def frame(self, moment: Moment) -> Pixels:
        """Draw the frame of a moment; the array is valid until the next call.

        It depends on the moment only, and not on the frames drawn before it.
        """
        self._settle(moment.k)
        self._draw(self._movers(moment))
        return self.image

    def redraw(self, moment: Moment) -> Pixels:
        """The same frame with nothing kept: everything is drawn again, slowly. For checking."""
        self._canvas.draw()
        self._draw(self.marks(moment))
        return self.image

    def save(self, moment: Moment, file: str | BinaryIO, format: str, about: Metadata = NOTHING) -> None:
        """Draw one moment as a picture on its own: svg, pdf or png.

        In svg and pdf lines are lines, text is text, and a pixel is a point. A pdf holds what it is about.

        Raises:
            GdanimError: another format.
        """
        if format not in DATED:
            raise unknown("format", format, DATED, where="format")
        figure = self.figure
        told = about.named("Title", "Subject", "Keywords") if format == "pdf" else {}
        marks = figure.add_artist(Together(partial(self.marks, moment)))
        try:
            with rc_context(TEXT), QUICKLY.get(format, nullcontext)():
                draw = getattr(get_registered_canvas_class(format)(figure), f"print_{format}")
                draw(file, metadata={**DATED[format], **told})
        finally:
            marks.remove()
            figure.set_canvas(self._canvas)

    def ground(self) -> bytes:
        """What would be the same of another run, for a page that draws the rest.

        Where its panels stand (see `View.stage`), and as `below` where there is room for a line under the
        title, from the left and the top, as JSON; after a line break the pixels, as in a frame.
        """
        scene, (x, y) = self.scene, self._below
        glyphs = self._glyphs
        said = wrap(minimised(scene), glyphs, self._room)[0]
        self._canvas.draw()
        self._draw([*self._titles, Label(glyphs, scene.theme.muted).to(said, (x, y))])
        for one, view in zip(self._clear, self.views, strict=True):
            self._draw([*one.still(), *view.standing()])
        height = self._plan.spec.rendered[1]
        told = {
            "panels": [view.stage() for view in self.views],
            "below": [x + glyphs.width(said) + 2 * scene.sizes.text, height - y, x + self._room],
            "sizes": scene.sizes._asdict(),
        }
        return json.dumps(told).encode() + b"\n" + self.image.tobytes()

    def marks(self, moment: Moment) -> Iterable[Artist]:
        """Every mark of a moment, nothing kept, from the bottom to the top."""
        yield from self._never_moving()
        for k in range(0, moment.k + 1, self.scene.stride):
            yield from chain.from_iterable(view.settle(k) for view in self.views)
        yield from self._movers(moment)

    def _never_moving(self) -> Iterable[Artist]:
        yield from self._still
        yield from chain.from_iterable(one.still() for one in self._clear)
        yield from chain.from_iterable(border.still() for border in self.borders)

    def _movers(self, moment: Moment) -> Iterable[Artist]:
        yield from chain.from_iterable(update(moment) for update in self._moving)
        outcome = self.scene.runs[0].outcome
        if moment.k >= outcome.step:
            yield from self._notice

    def _settle(self, k: int) -> None:
        """Bring the kept layer to iterate k, and show it."""
        stride = self.scene.stride
        if k < self._unsettled - stride:
            np.copyto(self._layer, self._base)
            self._unsettled = 0
        coming = range(self._unsettled, k + 1, stride)
        for i in coming:
            self._draw(chain.from_iterable(view.settle(i) for view in self.views), self._kept)
        self._unsettled += stride * len(coming)
        np.copyto(self.image, self._layer)

    def _draw(self, artists: Iterable[Artist], renderer: RendererAgg | None = None) -> None:
        renderer = renderer or self._canvas.get_renderer()
        for artist in artists:
            artist.draw(renderer)

    def _draw_still(self) -> None:
        self._canvas.draw()
        self._draw(self._never_moving())

    def _header(self, spec: Spec) -> float:
        """Title, subtitle and caption; the height at which they end, from the bottom."""
        scene, size = self.scene, self.scene.sizes.text
        x, y = 1.4 * size, spec.rendered[1] - 0.9 * size
        room = spec.rendered[0] - 2 * x
        if spec.title is None:
            titles = [scene.text("title", loss=loss) for loss in arguments(scene)]
            lines, big = fitting(titles, scene.glyphs, 0.5, room)
        elif spec.title:
            check_glyphs(spec.title, "title")
            lines, big = fitting([spec.title], scene.glyphs, 1.0, room)
        else:
            lines, big = [], scene.glyphs
        for line in lines:
            y -= 1.2 * size
            self._titles.append(Label(big, scene.theme.ink).to(line, (x, y)))
            y -= 0.6 * size
        self._still += self._titles
        y -= 1.2 * size
        self._below = x, y
        glyphs = self._glyphs = scene.glyphs.at(size, moving=False)
        self._room = room
        for line in wrap(subtitle(scene), glyphs, room):
            self._still.append(Label(glyphs, scene.theme.muted).to(line, (x, y)))
            y -= 1.6 * size + glyphs.drop(line) - glyphs.baseline  # an index under a sum takes more
        y += 1.6 * size
        if scene.alone and (scene.runs[0].outcome.alarming or spec.caption):
            for line in broken(caption(scene), scene.glyphs, room):
                y -= 1.6 * size
                self._notice.append(Label(scene.glyphs, scene.theme.now).to(line, (x, y)))
        return y - 0.7 * size

    def _under(self, top: float) -> tuple[Any, float]:
        """What stands under the panels, and how high that is; they begin under `top`."""
        scene, size = self.scene, self.scene.sizes.text
        left, right = 1.4 * size, self._plan.spec.rendered[0] - 1.4 * size
        if len(scene.runs) == 1:
            readout = Readout(scene, left, right, top - ROOMY * size * len(self._plan.layout.rows))
            return readout, readout.top
        height = size * Legend.height(scene, right - left)
        return Legend(scene, left, right, height), height

    def _panels(self, figure: Figure, region: Cell, lines: tuple[float, float]) -> list[View]:
        """The views of the layout, or one for each run of a grid; `lines` stand above and below them."""
        scene, layout = self.scene, self._plan.layout
        cells = layout.cells(region)
        if not layout.grid:
            found = [self._view(figure, *each, scene) for each in zip(layout.repeated, cells, strict=True)]
        else:
            inner = inside(layout.kinds[0], cells[0], scene.sizes.text)
            share = share_of(inner.width, inner.height, scene.sizes.text)
            scenes = [scene.only(run, share) for run in range(layout.grid)]
            found = [self._view(figure, layout.kinds[0], *each) for each in zip(cells, scenes, strict=True)]
            names = [name_of(scene, run) for run in scene.runs]
            self.borders = [Frame(view, run, names) for run, (view, _) in enumerate(found)]
        if not all(roomy for _, roomy in found):
            raise no_room(self._plan.spec, layout, lines, self._plan.large)
        return [view for view, _ in found]

    def _view(self, figure: Figure, kind: Kind, cell: Cell, scene: Scene) -> tuple[View, bool]:
        """A view on axes of its own, which are moved when it is known what stands beside them.

        Also whether they have the room that they need.
        """
        size = scene.sizes.text
        cells = cell.split(kind.panels)
        axes = [figure.add_axes((0, 0, 1, 1), label=f"{kind.name} {i} {cell}") for i in range(kind.panels)]
        for one, its in zip(axes, cells, strict=True):
            place(one, inside(kind, its, size))
        seen = on_plane(scene) if kind.plane else scene
        view: View = kind.load()(axes[0], seen, *axes[1:])
        for one, its, margin in zip(axes, cells, view.margins, strict=True):
            place(one, inside(kind, its, size, margin))
        parameters = self._plan.layout.parameters
        roomy = all(
            has_room(kind, parameters, its, size, margin)
            for its, margin in zip(cells, view.margins, strict=True)
        )
        return view, roomy


def place(axes: Axes, where: Cell) -> None:
    """Move axes to a rectangle of the picture."""
    width, height = axes.figure.bbox.size
    axes.set_position((where.left / width, where.bottom / height, where.width / width, where.height / height))
