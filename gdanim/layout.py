"""Which panels a figure has, where they stand, and whether there is room for them; nothing is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import NamedTuple

from gdanim.errors import GdanimError, unknown
from gdanim.losses.base import Loss
from gdanim.spec import LARGEST, Spec
from gdanim.theme import text_size
from gdanim.views import ANY, NO_DATA, SQUARE, TEXT, VIEWS, Kind

NUMBERS = 2.6  # sizes of text for the numbers left of the axes, at least
WIDE_NUMBERS = 5.5  # for the widest there are


class Cell(NamedTuple):
    """A rectangle, in pixels from the picture's lower left corner."""

    left: float
    bottom: float
    width: float
    height: float

    def split(self, count: int) -> list[Cell]:
        """So many cells side by side in its place."""
        wide = self.width / count
        return [self._replace(left=self.left + i * wide, width=wide) for i in range(count)]


class Layout(NamedTuple):
    """The panels of a figure.

    Attributes:
        rows: from the top, each of views side by side.
        parameters: how many the loss has.
        grid: how many runs have a panel of their own, of the one view there is; 0 for none.
        strip: how many iterates have panels of their own; 0 where all show the same one.
        caption: sizes of text that are kept above the panels of each of these.
    """

    rows: tuple[tuple[Kind, ...], ...]
    parameters: int
    grid: int = 0
    strip: int = 0
    caption: float = 0.0

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """All views, in reading order."""
        return tuple(kind for row in self.rows for kind in row)

    @property
    def repeated(self) -> tuple[Kind, ...]:
        """All views as often as there are panels of them: for every run of a grid, or every iterate."""
        return self.kinds * max(1, self.grid, self.strip)

    def cells(self, region: Cell, text: float = 0.0) -> list[Cell]:
        """Where each panel stands, for each of `repeated`.

        Args:
            text: size of text, in pixels, of the captions if there are any.
        """
        places = self.places(region) if self.grid or self.strip else [region]
        above = self.caption * text
        return [
            cell for place in places for cell in self._row_cells(place._replace(height=place.height - above))
        ]

    def _row_cells(self, region: Cell) -> list[Cell]:
        """The views in their rows, each as wide as its kind asks for."""
        left, bottom, width, height = region
        cells = []
        for number, row in enumerate(self.rows):
            low = bottom + height * (len(self.rows) - 1 - number) / len(self.rows)
            whole, x = sum(kind.width for kind in row), left
            for kind in row:
                wide = width * kind.width / whole
                cells.append(Cell(x, low, wide, height / len(self.rows)))
                x += wide
        return cells

    def places(self, region: Cell) -> list[Cell]:
        """A cell for each run, as near to 4:3 as they can be, or for each iterate, so with square panels."""
        left, bottom, width, height = region
        count = self.grid or self.strip
        across, along = (1, 1) if self.grid else (max(map(len, self.rows)), len(self.rows))
        ideal = 4 / 3 if self.grid else 1.0

        def awkward(columns: int) -> float:
            """How far panels are from their shape, and how many places stay empty."""
            lines = -(-count // columns)
            shape = (width / columns / across) / (height / lines / along)
            return abs(log(shape / ideal)) + 0.35 * (columns * lines - count)

        columns = min(range(1, count + 1), key=awkward)
        lines = -(-count // columns)
        return [
            Cell(
                left + width * (number % columns) / columns,
                bottom + height * (lines - 1 - number // columns) / lines,
                width / columns,
                height / lines,
            )
            for number in range(count)
        ]

    def crowded(self, region: Cell, text: float, numbers: float = 0.0) -> bool:
        """Whether some panel has no room for its axes, with text of so many pixels around them.

        Args:
            numbers: width of the numbers left of the axes, in pixels.
        """
        if region.height <= 0:
            return True
        return any(
            not has_room(kind, self.parameters, cell.split(kind.panels)[0], text, numbers)
            for kind, cell in zip(self.repeated, self.cells(region, text), strict=True)
        )


def has_room(kind: Kind, parameters: int, cell: Cell, text: float, numbers: float = 0.0) -> bool:
    """Whether the cell of one of its axes is as large as a view needs, with what stands around them.

    Args:
        text: size of text, in pixels.
        numbers: width of the numbers left of the axes, in pixels.
    """
    least = kind.room(parameters)
    axes = inside(kind, cell, text, numbers)
    return axes.width >= least[0] * text and axes.height >= least[1] * text


def inside(kind: Kind, cell: Cell, text: float, numbers: float = 0.0) -> Cell:
    """Where the axes stand in a cell, room left for what stands beside them."""
    left, below, above, beside = max(NUMBERS * text, numbers) + text, 2.6 * text, 1.8 * text, text
    if kind.bare:
        left, below, above, beside = 1.4 * text, 0.4 * text, 0.4 * text, 0.4 * text
    return Cell(
        cell.left + left, cell.bottom + below, cell.width - left - beside, cell.height - below - above
    )


def layout_of(
    view: str, parameters: int, runs: int = 1, grid: bool = False, data: tuple[int, int] = NO_DATA
) -> Layout:
    """The layout that `a+b/c` describes: + stands side by side, / below; what suits the loss for "".

    Args:
        data: of how many features the loss's data are, and of how many classes.

    Raises:
        GdanimError: an unknown view, or one that cannot show a loss of so many parameters or so many
            runs, or of such data.
    """
    grid = grid and runs > 1
    view = view or suitable(parameters, runs, grid, data)
    rows = tuple(tuple(_kind(name.strip()) for name in row.split("+")) for row in view.split("/"))
    layout = Layout(rows, parameters, runs if grid else 0)
    if grid and (len(layout.kinds) > 1 or not layout.kinds[0].grid):
        able = " or ".join(kind.name for kind in VIEWS.values() if kind.grid and kind.shows(parameters, data))
        able = f"one view{f', {able},' if able else ''}"
        raise GdanimError(f"a grid shows {able} and not '{view}'", where=["grid"])
    for kind in layout.kinds:
        # Whether a loss has a graph is not known here.
        others = [o for o in VIEWS.values() if not o.graph and o.shows(parameters, data)]
        able = ", ".join(other.name for other in others)
        if kind.features and not kind.shows(parameters, data):
            raise GdanimError(
                f"'{kind.name}' shows {_needs(kind, data)}; {able} can be shown", where=["view"]
            )
        if not kind.shows(parameters, data):
            raise GdanimError(
                f"'{kind.name}' cannot show a loss of {parameters} parameter{'s' if parameters > 1 else ''};"
                f" {able} can",
                where=["view"],
            )
        if runs > 1 and not (kind.compares or layout.grid):
            able = ", ".join(other.name for other in others if other.compares)
            raise GdanimError(
                f"'{kind.name}' shows one run, and there are {runs}; {able} compare", where=["view"]
            )
    return layout


def _needs(kind: Kind, data: tuple[int, int]) -> str:
    """What data a view shows, and what there are instead."""

    def said(features: int, classes: str) -> str:
        if features == ANY:
            return f"{classes} classes"
        counted = f"{features} feature{'s' if features > 1 else ''}"
        return counted + (f" and {classes} classes" if classes != "0" else "")

    fewest, most = kind.classes[0], kind.classes[-1]
    if most - fewest > 1 and len(kind.classes) == most - fewest + 1:
        wanted = said(kind.features, f"{fewest} to {most}")
    else:
        wanted = " or ".join(said(kind.features, str(classes)) for classes in kind.classes)
    wanted = kind.needs or f"a model of {wanted}"
    if not data[0]:
        return f"{wanted}, and the loss has no data (see --data)"
    if data[0] == TEXT:
        return f"{wanted}, and this one has {'vectors of 1 number' if data[1] == 1 else 'a text for data'}"
    there = said(data[0], str(data[1])) + ("" if data[1] else " and no classes")
    return f"{wanted}, and this one has {there}"


def suitable(parameters: int, runs: int, grid: bool, data: tuple[int, int] = NO_DATA) -> str:
    """The views that suit a loss of so many parameters, and of such data."""
    if data[0] == TEXT and runs == 1:
        return "words+" + ("embedding" if data[1] > 1 else "history" if data[1] else "table")
    able = (
        kind.name
        for kind in VIEWS.values()
        if kind.features not in (0, SQUARE)
        and kind.shows(parameters, data)
        and (kind.compares or runs == 1 or (grid and kind.grid))
    )
    learning = next(able, None)
    if learning:
        return learning if grid else f"{learning}+{'contour' if parameters == 2 else 'history'}"
    main = {1: "curve", 2: "contour"}.get(parameters)
    if grid:
        return main or "history"
    return f"{main}+history" if main else "history" if runs > 1 else "slices/history"


def _kind(name: str) -> Kind:
    if name not in VIEWS:
        raise unknown("view", name, VIEWS, where="view")
    return VIEWS[name]


def no_room(spec: Spec, layout: Layout, lines: Sequence[float], large: float) -> GdanimError:
    """What to say where the panels have no room.

    Args:
        lines: heights above and below the panels, in sizes of text.
        large: how many times as large text is as usual.
    """
    width, height = spec.size
    for percent in range(105, 3000, 5):
        size = (-(-width * percent // 1000) * 10, -(-height * percent // 1000) * 10)
        if size[0] > LARGEST[0] or size[1] > LARGEST[1]:
            break
        text = large * text_size(*size)
        if not layout.crowded(region_of(size, 1.0, lines, large), text, WIDE_NUMBERS * text):
            return GdanimError(
                f"{width}x{height} has no room for the panels and their text; {size[0]}x{size[1]} has",
                where=["size"],
            )
    if layout.strip:
        region, text = region_of(spec.size, 1.0, lines, large), large * text_size(*spec.size)
        fewer = (
            n for n in range(layout.strip - 1, 1, -1) if not layout._replace(strip=n).crowded(region, text)
        )
        most = next(fewer, 0)
        return GdanimError(
            f"no size of this shape has room for {layout.strip} iterates; show"
            f" {f'at most {most}, or' if most else 'fewer, or'} make it wider or higher",
            where=["strip"],
        )
    smaller = ", or set smaller text (see --font-scale)" if large > 1 else ""
    return GdanimError(
        f"no size of this shape has room for so many panels; show fewer than {len(layout.kinds)}, or one"
        f" above the other{smaller}",
        where=["view"],
    )


def region_of(size: tuple[int, int], scale: float, lines: Sequence[float], large: float) -> Cell:
    """What is left for the panels between the lines above and below them.

    Args:
        lines: heights above and below, in sizes of text.
        large: how many times as large text is as usual.
    """
    text = large * text_size(*size) * scale
    above, below = lines
    return Cell(0.0, below * text, size[0] * scale, size[1] * scale - (above + below) * text)


def data_of(loss: Loss) -> tuple[int, int]:
    """Of how many features and classes a loss's data are; of a text how long its words' vectors are."""
    if loss.table is None:
        return NO_DATA
    from gdanim.losses.learned import Learned
    from gdanim.losses.nextword import NextWord

    if isinstance(loss, NextWord):
        return TEXT, loss.length
    features, classes = len(loss.table.columns), len(loss.table.classes)
    # Of several classes whose numbers are learned as numbers there is no probability.
    return features, classes if classes <= 2 or (isinstance(loss, Learned) and loss.cost.probable) else 0
