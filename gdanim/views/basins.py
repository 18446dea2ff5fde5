"""Which minimum each start leads to, for this optimizer, learning rate and schedule."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from gdanim.arrivals import ELSEWHERE, LEFT, UNDERWAY, WORK, Arrivals, Whole, arrivals
from gdanim.losses.base import Array
from gdanim.optimizers import make_optimizer
from gdanim.theme import BASINS, Theme, blend
from gdanim.views.base import Scene
from gdanim.views.marks import Dots
from gdanim.views.plane import Plane

GRID, COARSE = 240, 3  # starts along each side; how many times fewer are followed for longer
PATIENCE = 0.05  # of the starts: where more have not arrived, fewer are followed for longer
WORKED = 800_000_000  # numbers that steps of all starts together work out at most
FOLLOWED = 400  # iterates whose cells are looked at
PALE, PALER, DEEPER = 0.62, 0.82, 0.4  # share of the background in a basin's colour
GREYS = {UNDERWAY: 0.86, LEFT: 0.62, ELSEWHERE: 0.3}  # the same in what is no basin
WORDS = {UNDERWAY: "basins.underway", LEFT: "basins.left", ELSEWHERE: "basins.elsewhere"}


class Basins(Plane):
    """A colour for each minimum to which starts lead, greys for those that come to none, and the path.

    A start has a minimum's colour only when its run has arrived there. The cells under the path are
    those of its own iterates as starts.
    """

    marks_minima = False

    def __init__(self, axes: Axes, scene: Scene) -> None:
        super().__init__(axes, scene)
        self.found = followed(scene, np.array([axes.get_xlim(), axes.get_ylim()]))
        fate, theme = self.found.fate, scene.theme
        hues = spread_colours(fate, self.found.minima)
        shades = [to_rgb(shade) for shade in palette(theme)]
        greys = [
            to_rgb(blend(theme.muted, theme.background, GREYS[kind])) for kind in (ELSEWHERE, LEFT, UNDERWAY)
        ]
        # Greys are looked up from the end, by their negative numbers.
        colours = np.array([*(shades[hue] for hue in hues), *greys])
        axes.imshow(
            colours[fate],
            extent=(*axes.get_xlim(), *axes.get_ylim()),
            origin="lower",
            aspect=axes.get_aspect(),
            interpolation="nearest",
            zorder=0.2,
        )
        self._diamonds = [
            (minimum, theme.basins[hue % len(BASINS)])
            for minimum, hue in zip(self.found.minima, hues, strict=True)
        ]

    def still(self) -> Iterable[Artist]:
        yield from super().still()
        scene, box = self.scene, self.axes.bbox
        for minimum, colour in self._diamonds:
            place = self.to_pixels(minimum[0], minimum[1])
            if box.x0 <= place[0, 0] <= box.x1 and box.y0 <= place[0, 1] <= box.y1:
                size = scene.sizes.text
                mark = Dots(
                    self.axes, colour, size=0.62 * size, marker="D", edge=scene.theme.ink, width=0.1 * size
                )
                yield mark.to(place)
        greys = {kind: blend(scene.theme.muted, scene.theme.background, GREYS[kind]) for kind in GREYS}
        yield from self.notes([(words, greys.get(kind, "")) for kind, words in self.legend])

    @property
    def legend(self) -> list[tuple[int, list[str]]]:
        """What is grey and what that means, in full and in short; of a noisy run that starts are not."""
        text, found = self.scene.text, self.found
        legend = [
            (kind, [text(f"{key}{length}", steps=found.steps) for length in ("", ".short")])
            for kind, key in WORDS.items()
            if (found.fate == kind).any()
        ]
        return legend + ([(0, [text("basins.noiseless")])] if self.scene.runs[0].noisy else [])


def followed(scene: Scene, box: Array) -> Arrivals:
    """Where the starts of a grid over the box (2, 2) have come to: fates (rows along w₂, columns).

    Where many have not arrived, a coarser grid is followed for longer, if that lets more arrive. Cells under
    the run's iterates have these for their starts, so that they agree with what the run itself does.
    An optimizer whose steps take long has fewer starts, and fewer steps for them.
    """
    run = scene.runs[0]
    cost = make_optimizer(run.optimizer, scene.loss).cost
    count, work = round(GRID / cost ** (1 / 3)), int(WORK / cost)
    most = WORKED // scene.loss.work
    if most < work:  # a model's gradient is worked out of many rows
        count, work = count // COARSE, most
    found = _on_grid(scene, box, count, work)
    waiting = (found.fate == UNDERWAY).mean()
    if waiting > PATIENCE:
        longer = _on_grid(scene, box, count // COARSE, 3 * work // 2)
        if (longer.fate == UNDERWAY).mean() < 0.5 * waiting:
            return longer
    return found


def _on_grid(scene: Scene, box: Array, count: int, work: int) -> Arrivals:
    """The same on a grid of so many starts along each side, each in the middle of its cell."""
    run, middle = scene.runs[0], (np.arange(count) + 0.5) / count
    starts = np.stack(np.meshgrid(*(low + middle * (high - low) for low, high in box)), axis=-1)
    with np.errstate(all="ignore"):
        share = (run.theta[:FOLLOWED] - box[:, 0]) / (box[:, 1] - box[:, 0])
        inside = ((share >= 0) & (share < 1)).all(axis=1)
        cells = (share[inside] * count).astype(np.int64)
    # Of several iterates in a cell the first counts, hence it is written last.
    starts[cells[::-1, 1], cells[::-1, 0]] = run.theta[:FOLLOWED][inside][::-1]
    return arrivals(scene.loss, run, starts, box, work=work)


def palette(theme: Theme) -> list[str]:
    """The colours of basins, the most different ones first."""
    shares = (PALE, DEEPER, PALER)
    return [blend(colour, theme.background, share) for share in shares for colour in theme.basins]


def touching(fate: Whole) -> set[tuple[int, int]]:
    """Pairs i < j of minima whose basins have cells side by side or corner to corner."""
    pairs = set()
    slices = (slice(None), slice(1, None), slice(None, -1))
    for (a, b), (c, d) in combinations([(1, 1), (1, 2), (2, 1), (2, 2)], 2):
        rows = [slices[a], slices[c]]
        one, other = fate[rows[0], slices[b]], fate[rows[1], slices[d]]
        differ = (one != other) & (one >= 0) & (other >= 0)
        low, high = np.minimum(one, other)[differ], np.maximum(one, other)[differ]
        base = int(fate.max(initial=0)) + 1
        pairs |= {divmod(int(code), base) for code in np.unique(low * base + high)}
    return pairs


def spread_colours(fate: Whole, minima: Array) -> list[int]:
    """A number of the palette's for each minimum (m, n): all differ, or of many those that touch.

    Greedy: in their order each takes, of the colours that no basin touching its own has, the one whose
    other minima are farthest from it.
    """
    count = len(minima)
    if count <= len(BASINS):
        return list(range(count))
    neighbours: list[set[int]] = [set() for _ in range(count)]
    for i, j in touching(fate):
        neighbours[i].add(j)
        neighbours[j].add(i)
    chosen: list[int] = []
    most = 3 * len(BASINS)
    for i in range(count):
        taken = {chosen[j] for j in neighbours[i] if j < i}
        free = next(
            (free for n in (len(BASINS), most) if (free := [c for c in range(n) if c not in taken])),
            list(range(most)),
        )
        chosen.append(max(free, key=lambda c: (_nearest_of(c, chosen, minima, i), -c)))
    return chosen


def _nearest_of(colour: int, chosen: list[int], minima: Array, i: int) -> float:
    """How far the nearest minimum of a colour is from the i-th."""
    others: npt.NDArray[np.int64] = np.flatnonzero(np.array(chosen, dtype=np.int64) == colour)
    return float(np.hypot(*(minima[others] - minima[i]).T).min()) if others.size else np.inf
