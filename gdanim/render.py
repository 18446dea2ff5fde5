"""The figure, its panels and the fast frame loop."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from itertools import chain
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import get_registered_canvas_class
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gdanim.descent import Trajectory
from gdanim.errors import GdanimError, unknown
from gdanim.losses.base import Loss
from gdanim.spec import Spec
from gdanim.text import Text
from gdanim.theme import make_theme, text_size
from gdanim.timeline import Moment
from gdanim.views import VIEWS, arrangement
from gdanim.views.base import DPI, Scene, Sizes, View, ViewOptions, styles_of
from gdanim.views.glyphs import Glyphs, check_glyphs
from gdanim.views.legend import Legend, name_of
from gdanim.views.marks import Label, Together
from gdanim.views.readout import Readout, caption, subtitle
from gdanim.views.symbols import symbol
from gdanim.views.window import limits_of, window_of

Pixels = npt.NDArray[np.uint8]
Cell = tuple[float, float, float, float]  # left, bottom, width, height in pixels
# What of a picture on its own would differ from run to run, and so is left out.
DATED: dict[str, dict[str, Any]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}
TEXT: Any = {"svg.fonttype": "none", "svg.hashsalt": "gdanim", "pdf.fonttype": 42}  # text stays text

# How much of a row's width a view asks for, beside 1 for any other.
WIDTHS = {"curve": 1.5, "contour": 1.5, "surface": 1.5, "basins": 1.5, "slices": 2.0, "gradient": 1.3}


class Picture:
    """A figure whose frames can be asked for in any order.

    What never moves is drawn once and kept; what a moment leaves behind for good is drawn into the
    kept layer when it is reached; per frame only what moves is drawn. Memory is three frames.

    Attributes:
        pixels: the frame last drawn, (height, width, 4), RGBA, opaque; overwritten by the next.

    Args:
        spec: sizes, words and colours.
        loss, runs: what is shown.

    Raises:
        GdanimError: an unknown language or theme, or a title with a character the font lacks.
    """

    def __init__(self, spec: Spec, loss: Loss, runs: tuple[Trajectory, ...]) -> None:
        width, height = spec.pixels
        text, theme = Text(spec.lang), make_theme(spec.theme)
        sizes = Sizes.of(text_size(*spec.size) * spec.scale)
        window = window_of(loss, runs)
        floor, ceiling = limits_of(loss, runs, window)
        rows = arrangement(spec.view, loss, len(runs), spec.grid)
        check_axes(spec, loss)
        self.scene = Scene(
            loss=loss,
            runs=runs,
            styles=styles_of(theme, len(runs)),
            views=tuple(name for row in rows for name in row),
            options=ViewOptions(spec.field, spec.orbit, spec.axes, spec.grid, spec.race),
            everyone=runs,
            window=window,
            floor=floor,
            ceiling=ceiling,
            text=text,
            theme=theme,
            sizes=sizes,
            glyphs=Glyphs(sizes.text),
            small=Glyphs(0.9 * sizes.text, moving=False),
        )
        figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=theme.background)
        self._canvas = FigureCanvasAgg(figure)
        self._still: list[Artist] = []
        self._notice: Label | None = None
        title_bottom = self._header(spec)
        margin = 1.4 * sizes.text
        room = width - 2 * margin
        strip = sizes.text * (Readout.height(loss) if len(runs) == 1 else Legend.height(self.scene, room))
        below = Readout if len(runs) == 1 else Legend
        readout = below(self.scene, margin, width - margin, strip)
        self._still += readout.still
        self._views = self._panels(figure, rows, (0.0, strip, float(width), title_bottom - strip))
        self._moving = [*(view.update for view in self._views), readout.update]
        self._draw_still()
        self.pixels: Pixels = np.asarray(self._canvas.buffer_rgba())
        self._base, self._layer = self.pixels.copy(), self.pixels.copy()
        self._settled = -1

    def frame(self, moment: Moment) -> Pixels:
        """Draw the frame of a moment; the array is valid until the next call.

        It depends on the moment only, and not on the frames drawn before it.
        """
        self._settle(moment.k)
        self._draw(self._movers(moment))
        return self.pixels

    def redraw(self, moment: Moment) -> Pixels:
        """The same frame with nothing kept: everything is drawn again, slowly. For checking."""
        self._canvas.draw()
        self._draw(self._all(moment))
        return self.pixels

    def save(self, moment: Moment, file: str | BinaryIO, format: str) -> None:
        """Draw one moment as a picture on its own: svg, pdf or png.

        In svg and pdf lines are lines, text is text, and a pixel is a point.

        Raises:
            GdanimError: another format.
        """
        if format not in DATED:
            raise unknown("format", format, DATED, where="format")
        figure = self._canvas.figure
        marks = figure.add_artist(Together(partial(self._all, moment)))
        try:
            with rc_context(TEXT):
                canvas: Any = get_registered_canvas_class(format)(figure)
                getattr(canvas, f"print_{format}")(file, metadata=DATED[format])
        finally:
            marks.remove()
            figure.set_canvas(self._canvas)

    def _all(self, moment: Moment) -> Iterable[Artist]:
        """Every mark of a moment, nothing kept, from the bottom to the top."""
        yield from chain(self._still, *(view.still() for view in self._views))
        for k in range(moment.k + 1):
            yield from chain.from_iterable(view.settle(k) for view in self._views)
        yield from self._movers(moment)

    def _movers(self, moment: Moment) -> Iterable[Artist]:
        yield from chain.from_iterable(update(moment) for update in self._moving)
        outcome = self.scene.runs[0].outcome
        if self._notice is not None and moment.k >= outcome.step:
            yield self._notice

    def _settle(self, k: int) -> None:
        """Bring the kept layer to iterate k, and show it."""
        if k < self._settled:
            np.copyto(self._layer, self._base)
            self._settled = -1
        np.copyto(self.pixels, self._layer)
        settled = [
            self._draw(chain.from_iterable(view.settle(i) for view in self._views))
            for i in range(self._settled + 1, k + 1)
        ]
        if any(settled):
            np.copyto(self._layer, self.pixels)
        self._settled = k

    def _draw(self, artists: Iterable[Artist]) -> bool:
        renderer = self._canvas.get_renderer()
        drawn = False
        for artist in artists:
            artist.draw(renderer)
            drawn = True
        return drawn

    def _draw_still(self) -> None:
        self._canvas.draw()
        self._draw(chain(self._still, *(view.still() for view in self._views)))

    def _header(self, spec: Spec) -> float:
        """Title, subtitle and caption; the height at which they end, from the bottom."""
        scene, size = self.scene, self.scene.sizes.text
        x, y = 1.4 * size, spec.pixels[1] - 0.9 * size
        if spec.title is None:
            loss = f"$L({', '.join(symbol(p) for p in scene.loss.parameters)})$"
            title = scene.text("title", loss=loss)
        else:
            title = spec.title
            check_glyphs(title, "title", "bold")
        if title:
            least = 0.5 * size if spec.title is None else size
            big = fitting(title, 1.35 * size, least, spec.pixels[0] - 2 * x)
            y -= 1.2 * size
            self._still.append(Label(big, scene.theme.ink).to(title, (x, y)))
            y -= 0.6 * size
        y -= 1.2 * size
        glyphs = Glyphs(size, moving=False)
        for line in wrap(subtitle(scene, spec), glyphs, spec.pixels[0] - 2 * x):
            self._still.append(Label(glyphs, scene.theme.muted).to(line, (x, y)))
            y -= 1.6 * size
        y += 1.6 * size
        diverged = scene.runs[0].outcome.kind == "diverged"
        if scene.alone and (diverged or spec.caption):
            sentence = caption(scene)
            y -= 1.6 * size
            self._notice = Label(scene.glyphs, scene.theme.now).to(sentence, (x, y))
        return y - 0.7 * size

    def _panels(self, figure: Figure, rows: list[list[str]], region: Cell) -> list[View]:
        """The views in their rows, each as wide as its kind asks for."""
        if self.scene.options.grid and not self.scene.alone:
            return self._grid(figure, rows[0][0], region)
        left, bottom, width, height = region
        views = []
        for number, row in enumerate(rows):
            low = bottom + height * (len(rows) - 1 - number) / len(rows)
            whole, x = sum(WIDTHS.get(name, 1.0) for name in row), left
            for name in row:
                wide = width * WIDTHS.get(name, 1.0) / whole
                views.append(self._view(figure, name, (x, low, wide, height / len(rows))))
                x += wide
        return views

    def _grid(self, figure: Figure, name: str, region: Cell) -> list[View]:
        """A panel for each run, all with the same axes; as square as they can be."""
        left, bottom, width, height = region
        runs = len(self.scene.runs)

        def awkward(columns: int) -> float:
            """How far panels are from 4:3, and how many places stay empty."""
            lines = -(-runs // columns)
            shape = (width / columns) / (height / lines)
            return abs(float(np.log(shape / (4 / 3)))) + 0.35 * (columns * lines - runs)

        columns = min(range(1, runs + 1), key=awkward)
        lines = -(-runs // columns)
        views = []
        for run in range(runs):
            x = left + width * (run % columns) / columns
            y = bottom + height * (lines - 1 - run // columns) / lines
            cell = (x, y, width / columns, height / lines)
            scene = self.scene.only(run)
            view = self._view(figure, name, cell, scene)
            view.rename(name_of(scene, scene.runs[0]), scene.styles[0].now)
            views.append(view)
        return views

    def _view(self, figure: Figure, name: str, cell: Cell, scene: Scene | None = None) -> View:
        """A view on axes of its own, which are moved when it is known what stands beside them."""
        kind, size = VIEWS[name], self.scene.sizes.text
        x, y, width, height = cell
        wide = width / kind.panels
        cells = [(x + i * wide, y, wide, height) for i in range(kind.panels)]
        axes = [figure.add_axes((0, 0, 1, 1), label=f"{name} {i} {cell}") for i in range(kind.panels)]
        for one, its in zip(axes, cells, strict=True):
            place(one, its, size, 2.5 * size)
        view = kind(axes[0], scene or self.scene, *axes[1:])
        for one, its, margin in zip(axes, cells, view.margins, strict=True):
            place(one, its, size, margin)
        return view


def fitting(title: str, largest: float, least: float, room: float) -> Glyphs:
    """Glyphs of a size at which the title fits.

    Raises:
        GdanimError: it does not even at the least size.
    """
    size = largest
    while size >= least:
        glyphs = Glyphs(size, "bold")
        if glyphs.width(title) <= room:
            return glyphs
        size *= 0.94
    raise GdanimError("the title is too long for this size; shorten it", where=["title"])


def wrap(parts: list[str], glyphs: Glyphs, room: float) -> list[str]:
    """Lines of as many parts as there is room for.

    A formula that is wider than all of it gives way to its first words, and dots.
    """
    lines: list[str] = []
    for part in parts:
        if glyphs.width(part) > room:
            part = part.partition(" = ")[0].partition("$")[0] + "$L$ = …"
        together = f"{lines[-1]}      {part}" if lines else part
        if lines and glyphs.width(together) <= room:
            lines[-1] = together
        else:
            lines.append(part)
    return lines


def check_axes(spec: Spec, loss: Loss) -> None:
    """Refuse --axes that name no parameter."""
    for name in spec.axes:
        if name not in loss.parameters:
            raise unknown("parameter", name, loss.parameters, where="axes")


def place(axes: Axes, cell: Cell, size: float, margin: float) -> None:
    """Put axes into a cell, room left for what stands beside them: `margin` pixels of numbers."""
    (left, bottom, width, height), (whole_width, whole_height) = cell, axes.figure.bbox.size
    indent, below, above, beside = max(2.6 * size, margin) + size, 2.6 * size, 1.8 * size, size
    if margin == 0:  # nothing stands beside them
        indent, below, above, beside = 1.4 * size, 0.4 * size, 0.4 * size, 0.4 * size
    axes.set_position(
        (
            (left + indent) / whole_width,
            (bottom + below) / whole_height,
            (width - indent - beside) / whole_width,
            (height - below - above) / whole_height,
        )
    )
