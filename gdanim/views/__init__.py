"""The views by name, and what each can show; their drawing is loaded when a figure is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from math import isqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gdanim.spec import Spec

FOREVER = 10**9
NO_DATA = (0, 0)  # features and classes
ANY = -2  # in place of the features: any number of them
TEXT = -1  # in place of the features: a text; then the numbers of each word's vector, 0 for a table
SQUARE = -3  # in place of the features: the pixels of a picture, as many rows as columns
SMALLEST = 9  # pixels of such a picture, at least


@dataclass(frozen=True)
class Kind:
    """What a view can show, readable before anything is drawn.

    Attributes:
        home: `module:Class` under `gdanim.views`.
        about: what it shows, in a line.
        parameters: of how few and how many parameters a loss it can show.
        compares: whether it shows several runs.
        grid: whether it can stand as one panel a run in a grid.
        panels: how many axes it takes, side by side.
        width: how much of a row's width it asks for, beside 1 for any other.
        least: width and height that each of its axes needs, in sizes of text.
        each: height that each parameter adds to that.
        most: of how many parameters that is so.
        bare: whether no numbers and names stand around its axes.
        uses: the Spec's options that change what it shows.
        cuts: whether it shows the loss along lines, which a view from above then marks.
        computes: whether it descends by itself, with an optimizer that has a name.
        unknown: what it shows that is not known of a recorded path, if anything.
        longest: of how many iterations at most.
        heaviest: of a loss of which a point takes so many numbers at most (`Loss.work`); where there is a
            longest, times the iterations.
        graph: how it tells what the loss is worked out from: "parts" of a formula, or a "net"; "" if it
            does not.
        heights: whether it has an axis of L that those beside it may share, so that the balls stand level.
        substitutes: whether it shows the partial derivatives in numbers, with which others then agree.
        plane: whether it shows a loss of two parameters, or of more on a plane of them.
        turning: the option that moves all of it in every frame, if any.
        features: of how many features the data must be; 0 where it needs none, ANY where any number will do,
            TEXT for a text, SQUARE for the pixels of a picture.
        classes: of how many classes their target may be, 0 for a number; of how many numbers its vectors.
        needs: what else than features and classes it needs, in words.
        played: whether a page can draw it anew, of another start (see `View.stage`).
    """

    name: str
    home: str
    about: str
    parameters: tuple[int, int] = (1, FOREVER)
    compares: bool = True
    grid: bool = False
    panels: int = 1
    width: float = 1.0
    least: tuple[float, float] = (5.0, 3.0)
    each: float = 0.0
    most: int = 0
    bare: bool = False
    uses: tuple[str, ...] = ()
    cuts: bool = False
    computes: bool = False
    unknown: str = ""
    longest: int = FOREVER
    heaviest: int = FOREVER
    graph: str = ""
    heights: bool = False
    substitutes: bool = False
    plane: bool = False
    turning: str = ""
    features: int = 0
    classes: tuple[int, ...] = ()
    needs: str = ""
    played: bool = False

    def shows(self, parameters: int, data: tuple[int, int] = NO_DATA) -> bool:
        """Whether it can show a loss of so many parameters, and of data of so many features and classes."""
        few, many = self.parameters
        features = data[0] > 0 if self.features == ANY else self.features == data[0]
        if self.features == SQUARE:
            features = data[0] >= SMALLEST and isqrt(data[0]) ** 2 == data[0]
        suits = not self.features or (features and data[1] in self.classes)
        return few <= parameters <= many and suits

    def room(self, parameters: int) -> tuple[float, float]:
        """Width and height that each of its axes needs for so many parameters, in sizes of text."""
        return self.least[0], self.least[1] + self.each * min(parameters, self.most)

    def heavy(self, spec: Spec) -> bool:
        """Whether a frame of it is worth a processor of its own."""
        return bool(self.turning and getattr(spec, self.turning))

    def load(self) -> Any:
        """The class that draws it, a `gdanim.views.base.View`."""
        module, _, name = self.home.partition(":")
        return getattr(import_module(f"gdanim.views.{module}"), name)


VIEWS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "curve",
            "curve:Curve",
            "L(w) with the ball, the slope there, and the step that follows from it.",
            parameters=(1, 1),
            grid=True,
            width=1.5,
            uses=("xlim", "zlim"),
            heights=True,
            played=True,
        ),
        Kind(
            "contour",
            "contour:Contour",
            "Level lines with their values, the path, −∇L with its components at the ball, the step made.",
            parameters=(2, FOREVER),
            plane=True,
            grid=True,
            width=1.5,
            uses=("axes", "field", "xlim", "ylim"),
            played=True,
        ),
        Kind(
            "surface",
            "surface:Surface",
            "Seen from a fixed camera; with `orbit` it turns by so many degrees over the animation.",
            parameters=(2, FOREVER),
            plane=True,
            width=1.5,
            least=(8.0, 6.0),
            bare=True,
            uses=("axes", "orbit", "xlim", "ylim", "zlim"),
            turning="orbit",
        ),
        Kind(
            "slices",
            "slices:Slices",
            "A slice along each of two parameters, side by side.",
            parameters=(2, FOREVER),
            compares=False,
            panels=2,
            width=2.0,
            uses=("axes", "xlim", "ylim", "zlim"),
            cuts=True,
        ),
        Kind(
            "gradient",
            "gradient:Gradient",
            "∇L with the formula of each partial derivative and this frame's numbers.",
            compares=False,
            width=1.3,
            least=(12.0, 2.3),
            each=2.3,
            most=4,
            bare=True,
            substitutes=True,
        ),
        Kind(
            "basins",
            "basins:Basins",
            "A colour for each minimum that starts lead to, greys for those that come to none, and the path.",
            parameters=(2, 2),
            computes=True,
            unknown="what an optimizer does from other starts",
            heaviest=20_000,
            compares=False,
            width=1.5,
            uses=("xlim", "ylim"),
        ),
        Kind(
            "fit",
            "fit:Fit",
            "The data, what the model makes of them at this moment, and how far it is off as sticks.",
            grid=True,
            width=1.5,
            uses=("squares",),
            features=1,
            classes=(0, 2),
        ),
        Kind(
            "boundary",
            "boundary:Boundary",
            "Data of two classes or several, the most probable one over the plane, and the lines between.",
            compares=False,
            grid=True,
            width=1.5,
            features=2,
            classes=(2, 3, 4, 5, 6, 7),
        ),
        Kind(
            "confusion",
            "confusion:Confusion",
            "How many rows of each class a model takes for each, in numbers and shades.",
            compares=False,
            grid=True,
            width=1.5,
            least=(9.0, 5.0),
            features=ANY,
            classes=(2, 3, 4, 5, 6, 7, 8, 9, 10),
        ),
        Kind(
            "weights",
            "weights:Weights",
            "The weights that each class, or node of the first layer, gives the pixels of a picture.",
            compares=False,
            width=1.5,
            least=(14.0, 9.0),
            bare=True,
            features=SQUARE,
            classes=tuple(range(21)),
            needs="a net or weighted sum of a picture's pixels, as many rows as columns (see --data digits)",
        ),
        Kind(
            "words",
            "nextword:NextWords",
            "What a model of the next word gives to each after the prompt, p − y, and what it would write.",
            compares=False,
            width=1.2,
            least=(17.0, 11.2),
            bare=True,
            uses=("prompt",),
            features=TEXT,
            classes=tuple(range(17)),
            needs="a model of the next word",
        ),
        Kind(
            "embedding",
            "embedding:Embedding",
            "The words' vectors, moving; with batches those that this step's rows change are lit.",
            compares=False,
            least=(9.0, 6.0),
            features=TEXT,
            classes=tuple(range(2, 17)),
            needs="a model of the next word with vectors of two numbers or more",
        ),
        Kind(
            "table",
            "table:Table",
            "A bigram as a whole: the probability of every word after each.",
            compares=False,
            least=(14.0, 11.2),
            bare=True,
            uses=("prompt",),
            features=TEXT,
            classes=(0,),
            needs="a model of the next word that is a table (next-word:model=bigram)",
        ),
        Kind("history", "history:History", "L at every iterate so far.", uses=("log", "zlim"), played=True),
        Kind(
            "graph",
            "graph:ComputationGraph",
            "Backpropagation: a formula's parts with their values, then ∂L/∂ of each, back edge by edge.",
            compares=False,
            width=2.0,
            least=(24.0, 13.0),
            bare=True,
            uses=("beats", "row"),
            graph="parts",
        ),
        Kind(
            "network",
            "network:network",
            "Backpropagation through a net: values forward, ∂L/∂ back edge by edge, and the update.",
            compares=False,
            width=2.0,
            least=(24.0, 13.0),
            bare=True,
            uses=("beats", "row"),
            graph="net",
        ),
        Kind(
            "rates",
            "rates:Rates",
            "L after k iterations against the learning rate, with 2/λmax and the runs on it.",
            computes=True,
            unknown="what an optimizer does at other learning rates",
            longest=10_000,
            heaviest=10_000_000,
            width=1.5,
            least=(9.0, 5.0),
        ),
        Kind(
            "schedule",
            "schedule:Schedule",
            "The learning rate at every iterate.",
            unknown="the learning rate of every step",
        ),
    )
}
