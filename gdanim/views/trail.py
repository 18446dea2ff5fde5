"""The path of a run on a panel: what has settled, what still fades, the ball, and where it left."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from gdanim.losses.base import Array
from gdanim.theme import blend
from gdanim.timeline import Moment
from gdanim.views.base import TRAIL, Scene, View, at, ball_of
from gdanim.views.clearance import NEAR
from gdanim.views.marks import Arrow, Dots, Label, Place, Points, Stroke, lengths
from gdanim.views.styles import Style
from gdanim.views.window import near

FADES = 4  # shades between now and before
EDGE = 0.3  # of a dot's size: its outline where the ground has colours like its own


class Trail:
    """A run's iterates joined by lines, fading behind the ball.

    Where several runs are shown nothing fades: their colours already mean something.

    Args:
        view: the panel; it knows where the iterates stand.
        run: the run's number.

    Attributes:
        exit: where the path leaves the picture for good, if it does.
    """

    def __init__(self, view: Traced, run: int) -> None:
        scene, sizes = view.scene, view.scene.sizes
        axes, self._style = view.axes, scene.styles[run]
        style = self._style
        self._view, self._run = view, scene.runs[run]
        self._pixels: Points | None = None
        self._lengths: Array | None = None
        self._alone = scene.alone
        dot = sizes.dot if self._alone else 0.8 * sizes.dot
        self._settled = self._pen(style.before, dot)
        shades = [blend(style.now, style.before, (i + 1) / (FADES + 1)) for i in range(FADES)]
        self._fading = [self._pen(shade, dot) for shade in shades] if self._alone else []
        self._ball = ball_of(axes, scene, run, view.coloured)
        self.exit = Exit(view, run, self.path)

    def path(self) -> Points:
        """Where the iterates stand: (T+1, 2) pixels."""
        if self._pixels is None:
            self._pixels = self._view.spot(self._run.theta, self._run.loss)
        return self._pixels

    def _along(self) -> Array:
        """How far along the path every iterate stands: (T+1,) pixels; dashes count from there."""
        if self._lengths is None:
            self._lengths = lengths(self.path())
        return self._lengths

    def forget(self) -> None:
        """The iterates stand elsewhere from now on."""
        self._pixels = self._lengths = None
        self.exit.forget()

    def settle(self, k: int) -> Iterable[Artist]:
        """The steps that will not change any more from iterate k on, a stride of them at once."""
        stride = self._view.scene.stride
        if k % stride == 0:
            yield from self._faded(k - stride, k)

    def whole(self, moment: Moment) -> Iterable[Artist]:
        """All that has settled, at once; for a panel that moves under it."""
        last = moment.k - TRAIL if self._alone else min(moment.k, self._run.iterations) - 1
        if last >= 0:
            yield from self._piece(*self._settled, 0, min(last, self._run.iterations))

    def update(self, moment: Moment) -> Iterable[Artist]:
        """The path near the ball, paler with age; where it ends, what has settled begins."""
        yield from self._faded(moment.k - moment.k % self._view.scene.stride, moment.k)
        if self._alone:
            k = min(moment.k, self._run.iterations)
            oldest, per_shade = max(0, k - TRAIL + 1), TRAIL // FADES
            for shade in range(FADES - 1, -1, -1):
                newest = k - 1 - shade * per_shade
                first = max(oldest, newest - per_shade + 1)
                if newest >= first:
                    yield from self._piece(*self._fading[shade], first, newest)
        yield from self._leaving(moment)
        yield from self.exit.update(moment)

    def ball(self, moment: Moment) -> Artist:
        """The ball; between two iterates on the straight line to the next."""
        return self._ball.to(self._place(moment)[None])

    def _place(self, moment: Moment) -> Points:
        """Where the ball is, (2,) pixels."""
        return at(self.path(), self._view.scene.underway(moment))

    def _leaving(self, moment: Moment) -> Iterable[Artist]:
        """The iterate that the ball is leaving, and the line it leaves behind."""
        k, left = moment.k, self.exit.left
        if k >= self._run.iterations or (left is not None and k >= left):
            return
        if self._view.scene.underway(moment).fraction > 0.0:
            line, dots = self._fading[0] if self._alone else self._settled
            here = self.path()[k]
            begun = 0.0 if self._alone else float(self._along()[k])
            yield line.to(np.vstack([here, self._place(moment)]), begun)
            yield dots.to(here[None])

    def _faded(self, before: int, k: int) -> Iterable[Artist]:
        """The steps that have their final colour at iterate k, and had not at one before."""
        age = TRAIL if self._alone else 1
        first, last = max(0, before - age + 1), min(k - age, self._run.iterations - self._alone)
        if first <= last:
            yield from self._piece(*self._settled, first, last)

    def _pen(self, colour: str, dot: float) -> tuple[Stroke, Dots]:
        view, sizes = self._view, self._view.scene.sizes
        ground = view.scene.theme.background if view.coloured else None
        line, edge = 0.7 * sizes.line, EDGE * dot if view.coloured else 0.0
        dashes = self._style.dashed(sizes.text)
        stroke = Stroke(view.axes, colour, width=line, dashes=dashes, halo=ground)
        return stroke, Dots(view.axes, colour, size=dot + edge, edge=ground, width=edge)

    def _piece(self, line: Stroke, dots: Dots, first: int, last: int) -> Iterable[Artist]:
        """The path that leaves the iterates first … last, and these iterates.

        Once it has left the picture for good, its strides across it would only confuse.
        """
        left = self.exit.left
        if left is not None:
            last = min(last, left - 1)
            if last < first:
                return
        stretch = self.path()[first : last + 2]
        begun = 0.0 if self._alone else float(self._along()[first])
        yield line.to(stretch, begun)
        yield dots.to(stretch[: last - first + 1])


class Exit:
    """An arrow where the path left the picture, with the iterate at which it did.

    Args:
        view: the panel.
        run: whose path.
        path: (T+1, 2) pixels, asked for once the layout stands.
        named: whether the iterate is written beside it.
        style: its colours; those of the run when None.
    """

    def __init__(
        self,
        view: View,
        run: int,
        path: Callable[[], Points],
        named: bool = True,
        style: Style | None = None,
    ) -> None:
        self._path, self._named = path, named
        scene = view.scene
        self._view = view
        theme, sizes = scene.theme, scene.sizes
        ground = theme.background if view.coloured else theme.ground
        style = style or scene.styles[run]
        self._arrow = Arrow(view.axes, style.now, width=sizes.line, head=1.2 * sizes.head, halo=ground)
        self._label = Label(scene.glyphs, style.words, anchor="centre", halo=ground, places=NEAR)
        self._said: tuple[str, Place] = "", (0.0, 0.0)
        self._left: int | None = None
        self._looked = False

    def forget(self) -> None:
        """The path stands elsewhere from now on."""
        self._left, self._looked = None, False

    @property
    def left(self) -> int | None:
        """The first iterate of those outside the picture from which the path does not come back."""
        if not self._looked:
            self._look()
        return self._left

    def update(self, moment: Moment) -> Iterable[Artist]:
        """The arrow, once the path has gone and does not come back."""
        if self.left is None or moment.k < self.left:
            return
        yield self._arrow
        if self._named:
            yield self._label.to(*self._said)  # anew, since the last frame may have moved it aside

    def _look(self) -> None:
        """Find the last step that starts inside the picture, if the path ends outside."""
        self._looked = True
        box, size = self._view.axes.bbox, self._view.scene.sizes.text
        path = self._path()
        outside = ~near(path, np.array([box.x0, box.y0]), np.array([box.x1, box.y1]))
        if not outside[-1] or outside.all():
            return
        last = int(np.flatnonzero(~outside)[-1])
        inner, outer = path[last : last + 2]
        with np.errstate(all="ignore"):
            reach = np.where(outer > inner, (box.x1, box.y1), (box.x0, box.y0)) - inner
            share = float(np.nanmin(np.where(outer == inner, np.inf, reach / (outer - inner))))
        tip = inner + share * (outer - inner)
        along = (outer - inner) / np.hypot(*(outer - inner))
        self._left = last + 1
        # No longer than the stretch it lies on, where that alone says whose it is.
        reach = 3 * size if self._named else min(3 * size, max(float(np.hypot(*(tip - inner))), 1.2 * size))
        tail = tip - reach * along
        self._arrow.to(tail, tip)
        words = f"$k$ = {last + 1}"
        x, y = (tail + tip) / 2
        aside = self._view.scene.glyphs.width(words) / 2 + 1.2 * size
        x += aside if box.x1 - x > x - box.x0 else -aside
        self._said = words, (x, min(max(y, box.y0 + size), box.y1 - 1.5 * size))


class Traced(View):
    """A panel on which the runs leave their paths."""

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        self.trails = [Trail(self, run) for run in range(len(scene.runs))]

    def spot(self, theta: Array, loss: Array) -> Points:
        """Where points of the landscape stand: (m, n), (m,) → (m, 2) pixels."""
        raise NotImplementedError

    def explain(self, moment: Moment) -> Iterable[Artist]:
        """What a run that is alone shows besides its path."""
        return ()

    def settle(self, k: int) -> Iterable[Artist]:
        return chain.from_iterable(trail.settle(k) for trail in self.trails)

    def update(self, moment: Moment) -> Iterable[Artist]:
        for trail in self.trails:
            yield from trail.update(moment)
        if self.scene.alone:
            yield from self.explain(moment)
        for trail in self.trails:
            yield trail.ball(moment)
