"""The weights of a model of pictures, as pictures: what each class, or each node, looks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isqrt
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from gdanim.errors import GdanimError
from gdanim.losses.base import Array
from gdanim.losses.learned import Learned
from gdanim.losses.models import Affine
from gdanim.losses.nets import Net
from gdanim.theme import Theme, blend, contrast
from gdanim.timeline import Moment, spread
from gdanim.views.base import Scene, View, at
from gdanim.views.marks import Label, Mark, Stroke

SHADES = 41  # from −scale to scale; the middle one has no colour
SAMPLED = 256  # iterates whose weights are measured
MOST_GROWTH = 10.0  # times the median of the largest weights: of larger ones the shade does not tell
LEAST_CELL, MOST_CELL = 0.4, 2.5  # side of a weight, in sizes of text
CAPTION, GAP = 1.45, 0.9  # height of a name, and room between pictures
TOP = 2.2  # height of what stands above
FAINT = 0.05  # of the scale, up to which a negative weight has no bar
# Of the bar of a negative weight, in sides of a weight: the longest, the shortest, and how thick it is.
BAR, SHORTEST, THICK = 0.8, 0.24, 0.16
KEY = 5.0  # width of the key to the shades, in sizes of text


class Shown(Mark):
    """Squares of weights as shades of two hues; a negative weight has a bar, like a minus, as long as it is.

    Args:
        cell: side of a weight in pixels.
    """

    def __init__(self, theme: Theme, cell: int) -> None:
        super().__init__(None, theme.background)
        shades = []
        for i in range(SHADES):
            share = 2.0 * i / (SHADES - 1) - 1.0
            shades.append(blend(theme.background, theme.pair[share > 0], abs(share)))
        over = [max((theme.ink, theme.background), key=lambda c: contrast(c, shade)) for shade in shades]
        colours = np.full((2, SHADES, 4), 255, np.uint8)  # of the ground, and of the bar on it
        for row, names in zip(colours, (shades, over), strict=True):
            row[:, :3] = np.round(255 * np.array([to_rgb(name) for name in names]))
        self._colours = colours.view(np.uint32)[..., 0]
        self.cell = cell
        self._middle = np.abs(np.arange(cell) + 0.5 - cell / 2)
        high = max(1, round(THICK * cell))
        first = (cell - high) // 2
        self._tall = np.zeros(cell, bool)
        self._tall[first : first + high] = True
        self.values: Array = np.zeros((0, 1, 1))
        self.places: list[tuple[float, float]] = []

    def to(self, values: Array, places: list[tuple[float, float]]) -> Shown:
        """Show shares of the scale, (pictures, rows from the top, columns), at these lower left corners."""
        self.values, self.places = values, places
        return self

    def image(self, number: int) -> npt.NDArray[np.uint8]:
        """(height, width, 4) of a picture, the lowest row first."""
        shares = self.values[number][::-1].clip(-1.0, 1.0)
        shades = np.rint((SHADES - 1) / 2 * (1.0 + shares)).astype(np.intp)
        rows, columns = shares.shape
        cell = self.cell
        found = np.empty((rows, cell, columns, cell), np.uint32)
        found[:] = self._colours[0][shades][:, None, :, None]
        bars = np.broadcast_to(self._colours[1][shades][:, None, :, None], found.shape)
        long = np.where(shares < -FAINT, np.maximum(SHORTEST, BAR * -shares) * cell / 2, -1.0)
        mask = self._tall[:, None, None] & (self._middle <= long[:, None, :, None])
        np.copyto(found, bars, where=mask)
        return found.view(np.uint8).reshape(rows * cell, columns * cell, 4)

    def draw(self, renderer: Any) -> None:
        context = self._context(renderer)
        for number, (x, y) in enumerate(self.places):
            renderer.draw_image(context, round(x), round(y), self.image(number))


class Weights(View):
    """The weights that each output, or each node of the first hidden layer, gives the pixels it reads.

    All pictures have one scale, that of the whole run.

    Attributes:
        scale: the weight of the strongest shade.
        pictures: their names.
    """

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        axes.set_axis_off()
        self._loss, run = cast(Learned, scene.loss), scene.runs[0]
        self._side = isqrt(len(self._loss.table.columns))
        self._theta = run.theta
        seen = np.abs(self._weights(run.theta[spread(run.iterations + 1, SAMPLED)]))
        peaks = seen.reshape(len(seen), -1).max(axis=1)
        cap = MOST_GROWTH * float(np.median(peaks))
        largest = float(peaks.max())
        self._cut = 0.0 < cap < largest
        self.scale = (cap if self._cut else largest) or 1.0
        self.pictures = self._named()
        self._arrange()
        self._shown, self._key = Shown(scene.theme, self._cell), Shown(scene.theme, self._key_cell)

    @property
    def margin(self) -> float:
        return 0.0

    def _weights(self, theta: Array) -> Array:
        """(..., n) → (..., pictures, side, side)."""
        loss, count = self._loss, len(self._loss.table.columns)
        if isinstance(loss, Net):
            flat = theta[..., : count * loss.sizes[1]]
        else:
            flat = np.delete(theta, cast(Affine, loss).constant, axis=-1)
        return np.asarray(flat.reshape(*theta.shape[:-1], -1, self._side, self._side))

    def _named(self) -> list[str]:
        """Classes where the pictures are theirs, nodes of the hidden layer, or what is found."""
        loss, table = self._loss, self._loss.table
        if isinstance(loss, Net) and len(loss.sizes) > 2:
            return [f"$h_{{{node}}}$" for node in range(1, loss.sizes[1] + 1)]
        if isinstance(loss, Net):
            return [name.replace("$", "") for name in table.classes]
        return [(table.classes[1] if table.classes else table.target).replace("$", "")]

    def _arrange(self) -> None:
        """As large as they can be, and as many as can be seen."""
        box, size = self.axes.get_window_extent(), self.scene.sizes.text
        least = max(1, round(LEAST_CELL * size))
        for count in range(len(self.pictures), 0, -1):
            cells = [(self._cell_in(box, count, columns), columns) for columns in range(1, count + 1)]
            self._cell, self._columns = max(cells, key=lambda found: (found[0], -found[1]))
            if self._cell >= least:
                break
        else:
            raise GdanimError(
                f"'weights' has no room for a picture of {self._side}x{self._side} weights; make it larger",
                where=["size"],
            )
        self._count, self._key_cell = count, max(1, round(0.7 * size))

    def _cell_in(self, box: Any, count: int, columns: int) -> int:
        """The side of a weight, in whole pixels, of so many pictures with so many side by side."""
        size, lines = self.scene.sizes.text, -(-count // columns)
        wide = box.width / columns - GAP * size
        high = (box.height - TOP * size) / lines - (GAP + CAPTION) * size
        return min(int(min(wide, high) / self._side), round(MOST_CELL * size))

    def _places(self) -> list[tuple[float, float]]:
        """The lower left corner of each picture."""
        box, size, across = self.axes.bbox, self.scene.sizes.text, self._columns
        whole, lines = self._cell * self._side, -(-self._count // across)
        wide = min(box.width / across, whole + 3.0 * size)
        top = box.y1 - TOP * size
        high = min((top - box.y0) / lines, whole + (CAPTION + 3.0) * size)
        return [
            (box.x0 + (i % across) * wide, top - (i // across) * high - CAPTION * size - whole)
            for i in range(self._count)
        ]

    def still(self) -> Iterable[Artist]:
        """The names, what this is, and the key to the shades."""
        scene, box, size = self.scene, self.axes.bbox, self.scene.sizes.text
        theme, text = scene.theme, scene.text
        whole = self._cell * self._side
        for name, (x, y) in zip(self.pictures, self._places(), strict=False):
            label = Label(scene.small, theme.ink, anchor="centre")
            place = (x + whole / 2, y + whole + 0.4 * size)
            yield label.to(self._shortened(name, whole + 0.5 * size), place)
            yield self._frame(x, y, whole, whole)
        yield from self._legend()
        head = box.y1 - 1.2 * size
        left = self._legend_left() - size - box.x0
        few = {"shown": self._count, "all": len(self.pictures)}
        keys = ("weights.part", "weights.part.short") if self._count < len(self.pictures) else ("weights", "")
        words = [text(key, **few) for key in keys if key]
        fitting = next((one for one in words if scene.glyphs.width(one) <= left), "")
        yield Label(scene.glyphs, theme.ink).to(fitting, (box.x0, head))

    def _shortened(self, name: str, room: float) -> str:
        """A name that has room; cut where it is longer."""
        small, whole = self.scene.small, name
        while small.width(name) > room and len(whole) > 1 and "$" not in whole:
            whole = whole[:-1]
            name = whole + "…"
        return name

    def _ends(self) -> tuple[str, str]:
        """The lowest and the highest weight of the key."""
        text = self.scene.text
        ends = text.short(-self.scale, 3), text.short(self.scale, 3)
        return (f"≤ {ends[0]}", f"≥ {ends[1]}") if self._cut else ends

    def _legend_left(self) -> float:
        small, size = self.scene.small, self.scene.sizes.text
        low, high = self._ends()
        width = small.width(f"$w$  {low}") + small.width(high) + 0.6 * size + self._steps * self._key_cell
        return float(self.axes.bbox.x1 - width)

    @property
    def _steps(self) -> int:
        return round(KEY * self.scene.sizes.text / self._key_cell) | 1  # odd: the middle one is 0

    def _legend(self) -> Iterator[Artist]:
        scene, size, x = self.scene, self.scene.sizes.text, self._legend_left()
        head = self.axes.bbox.y1 - 1.2 * size
        low, high = self._ends()
        words = f"$w$  {low}"
        yield Label(scene.small, scene.theme.muted).to(words, (x, head))
        x += scene.small.width(words) + 0.3 * size
        yield self._frame(x, head, self._steps * self._key_cell, self._key_cell)
        yield self._key.to(np.linspace(-1.0, 1.0, self._steps)[None, None], [(x, head)])
        x += self._steps * self._key_cell + 0.3 * size
        yield Label(scene.small, scene.theme.muted).to(high, (x, head))

    def _frame(self, x: float, y: float, width: float, height: float) -> Stroke:
        """Around a picture, so that it is seen where its weights are 0."""
        left, low = round(x) - 0.5, round(y) - 0.5
        right, high = left + width + 1, low + height + 1
        line = Stroke(None, self.scene.theme.curve, width=max(1.0, 0.07 * self.scene.sizes.text))
        return line.to(
            np.array([(left, low), (right, low), (right, high), (left, high), (left, low)], np.float64)
        )

    def update(self, moment: Moment) -> Iterator[Artist]:
        theta = at(self._theta, self.scene.underway(moment))
        yield self._shown.to(self._weights(theta)[: self._count] / self.scale, self._places())
