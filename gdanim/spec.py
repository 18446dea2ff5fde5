"""Spec: one animation as plain data. Every option is declared here, once, with all that is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import product
from typing import Any

from gdanim.delivery import DELIVERY_OPTIONS
from gdanim.errors import GdanimError, unknown
from gdanim.kinds import (
    ASSIGNMENTS,
    FILES,
    FLAG,
    LIMITS,
    NAMES,
    NUMBER,
    SIZE,
    TEXT,
    WHOLE,
    Start,
)
from gdanim.learning import LEARNING_OPTIONS
from gdanim.looks import LOOK_OPTIONS
from gdanim.option import Group, Needs, Option, by_key, declared
from gdanim.option import declared_as as _option
from gdanim.runs import MOST_RUNS, RUN_OPTIONS, RUNS, Run, check_number

DEFAULT_OUTPUT = "gradient_descent.gif"  # the file name of the notebook this began with
ONE_CAPTION = "says how one run ended; of compared runs the lines on standard error say it"
SMALLEST, LARGEST = (320, 240), (7680, 4320)  # pixels


def _frame(help: str, unsaid: str) -> Any:
    return _option(None, LIMITS, Group.PICTURE, help, unsaid=unsaid, needs=Needs.A_VIEW)


def _length(help: str, most: float) -> Any:
    return _option(None, NUMBER, Group.TIME, help, above=0.0, most=most)


@dataclass(frozen=True)
class Spec:
    """One animation as plain data.

    Every field is an option of `gdanim run`, under the name of its flag; what it means, its kind and
    its limits stand beside it. Numbers may be numpy's, lists may stand for tuples, and one value
    where several can be compared.

    Raises:
        GdanimError: a value that makes no sense; its `where` is the field.

    >>> Spec(learning_rate=0.1, start=5).iterations
    20
    >>> Spec(start=[1, 2], let={"a": 2}).to_data()
    {'let': {'a': 2.0}, 'start': [1.0, 2.0]}
    """

    loss: str = _option(
        "quadratic",
        TEXT,
        Group.LOSS,
        "What is minimised: a name (see gdanim list losses) or a formula such as 'w1^2 + 10*w2^2', which may "
        "name its parts: 'z = w*x; L = (z - 1)^2'.",
        metavar="NAME[:KEY=VALUE,…]|FORMULA",
        traced=True,
    )
    data: str = declared(LEARNING_OPTIONS["data"])
    model: str = declared(LEARNING_OPTIONS["model"])
    cost: str = declared(LEARNING_OPTIONS["cost"])
    target: str = declared(LEARNING_OPTIONS["target"])
    standardize: bool = declared(LEARNING_OPTIONS["standardize"])
    test: float = declared(LEARNING_OPTIONS["test"])
    test_seed: int = declared(LEARNING_OPTIONS["test_seed"])
    let: tuple[tuple[str, float], ...] = _option(
        (),
        ASSIGNMENTS,
        Group.LOSS,
        "Value of a letter of the formula that is not a parameter; repeatable.",
        traced=True,
    )
    parameters: tuple[str, ...] = _option(
        (),
        NAMES,
        Group.LOSS,
        "The formula's parameters in order.",
        unsaid="all its letters, by the alphabet",
        traced=True,
    )
    start: Start | tuple[Start, ...] | None = declared(RUN_OPTIONS["start"])
    init: float | None = declared(LEARNING_OPTIONS["init"])
    learning_rate: float | tuple[float, ...] | None = declared(RUN_OPTIONS["learning_rate"])
    optimizer: str | tuple[str, ...] = declared(RUN_OPTIONS["optimizer"])
    schedule: str | tuple[str, ...] = declared(RUN_OPTIONS["schedule"])
    noise: float | tuple[float, ...] = declared(RUN_OPTIONS["noise"])
    batch_size: int | tuple[int, ...] | None = declared(RUN_OPTIONS["batch_size"])
    seed: int | tuple[int, ...] = declared(RUN_OPTIONS["seed"])
    iterations: int = _option(
        20,
        WHOLE,
        Group.DESCENT,
        "How many updates.",
        flags=("--iterations", "-n"),
        least=0,
        most=1_000_000,
        traced=True,
        needs=Needs.COMPUTED,
    )
    run: tuple[Run, ...] = _option(
        (),
        RUNS,
        Group.COMPARISON,
        f"A run to compare, such as 'adam lr=0.3 start=1,2'; repeatable, at most {MOST_RUNS}. In short: "
        "repeat --optimizer, --lr, --start, --schedule, --noise, --batch-size or --seed for all"
        " combinations.",
        traced=True,
    )
    path: tuple[str, ...] = _option(
        (),
        FILES,
        Group.COMPARISON,
        "A path recorded elsewhere: CSV or npz with a column a parameter, or the JSON of gdanim trace; "
        "repeatable. It is drawn instead of a run, or beside those of --run.",
        metavar="FILE",
        traced=True,
    )
    grid: bool = _option(
        False, FLAG, Group.COMPARISON, "Give every compared run a panel of its own.", needs=Needs.SEVERAL_RUNS
    )
    race: bool = _option(
        False,
        FLAG,
        Group.COMPARISON,
        "List compared runs in the order of their loss.",
        needs=Needs.SEVERAL_RUNS,
    )
    view: str = _option(
        "",
        TEXT,
        Group.PICTURE,
        "Panels: a+b side by side, a/b one below the other (see gdanim list views).",
        metavar="VIEW",
        unsaid="what suits the loss",
        joined=True,
    )
    axes: tuple[str, ...] = _option(
        (),
        NAMES,
        Group.PICTURE,
        "The two parameters that are shown where there is room for two; the others are held.",
        metavar="W1,W3",
        unsaid="the first two; from above the path's main directions",
    )
    xlim: tuple[float, float] | None = _frame(
        "The first parameter that is shown, from and to.", "start, path and minimum"
    )
    ylim: tuple[float, float] | None = _frame(
        "The second parameter that is shown, from and to.", "start, path and minimum"
    )
    zlim: tuple[float, float] | None = _frame("The loss, from and to.", "what the path comes through")
    squares: bool = declared(LEARNING_OPTIONS["squares"])
    field: bool = _option(
        False, FLAG, Group.PICTURE, "Show the gradient field on contours.", needs=Needs.A_VIEW
    )
    log: bool | None = _option(
        None,
        FLAG,
        Group.PICTURE,
        "Whether the history has a log axis.",
        unsaid="where runs are compared, or the loss falls by two decades",
        needs=Needs.A_VIEW,
    )
    orbit: float = _option(
        0.0, NUMBER, Group.PICTURE, "Degrees the surface turns.", needs=Needs.A_VIEW, least=-36e3, most=36e3
    )
    state: bool = _option(
        False,
        FLAG,
        Group.PICTURE,
        "Show what the optimizer remembers when it has come to an iterate, such as Adam's m and v.",
        traced=True,
        needs=Needs.A_STATE,
    )
    caption: bool = _option(False, FLAG, Group.PICTURE, "Say on the picture how the run ended.")
    prompt: str = declared(LEARNING_OPTIONS["prompt"])
    row: int | str = declared(LEARNING_OPTIONS["row"])
    title: str | None = _option(
        None,
        TEXT,
        Group.PICTURE,
        "Replaces the title; '' leaves it out. Between dollars stands mathtext, and \\$ is a dollar sign.",
    )
    lang: str = _option(
        "en", TEXT, Group.PICTURE, "Language of all words (see gdanim list languages).", traced=True
    )
    theme: str = declared(LOOK_OPTIONS["theme"])
    font: str = declared(LOOK_OPTIONS["font"])
    font_scale: float = declared(LOOK_OPTIONS["font_scale"])
    transparent: bool = declared(LOOK_OPTIONS["transparent"])
    size: tuple[int, int] = _option((960, 540), SIZE, Group.PICTURE, "Width and height in pixels.")
    scale: float = _option(
        1.0, NUMBER, Group.PICTURE, "Rendered pixels per pixel of --size.", least=0.1, most=24.0
    )
    fps: float | None = _option(
        None,
        NUMBER,
        Group.TIME,
        "Frames per second, at most that many with --seconds.",
        least=0.01,
        most=1000.0,
        unsaid="two iterates a second",
    )
    tween: int = _option(
        0,
        WHOLE,
        Group.TIME,
        "Frames between two iterates; they show the slope, then the step, then the move.",
        least=0,
        most=1000,
    )
    beats: bool | None = _option(
        None,
        FLAG,
        Group.TIME,
        "Whether graphs and networks are told in beats: forward, loss, back along each edge, update.",
        unsaid="in beats",
        needs=Needs.A_VIEW,
    )
    step_seconds: float | None = _length(
        "How long an iterate takes; with --fps, in as many frames as that makes.", 3600.0
    )
    seconds: float | None = _length("Fit the whole, hold and pauses included, into this length.", 86_400.0)
    pause: tuple[tuple[int, float], ...] = declared(DELIVERY_OPTIONS["pause"])
    hold: float = declared(DELIVERY_OPTIONS["hold"])
    loop: int = declared(DELIVERY_OPTIONS["loop"])
    at: int | str = declared(DELIVERY_OPTIONS["at"])
    strip: tuple[int | str, ...] = declared(DELIVERY_OPTIONS["strip"])

    def __post_init__(self) -> None:
        for option in OPTIONS.values():
            object.__setattr__(self, option.name, option.value(getattr(self, option.name)))
        if self.axes and len(set(self.axes)) != 2:
            raise GdanimError("must name two different parameters, as in w1,w3", where=["axes"])
        runs = self.runs
        if self.caption and len(runs) > 1:
            raise GdanimError(ONE_CAPTION, where=["caption"])
        if len({len(run.start) for run in runs if run.start is not None}) > 1:
            raise GdanimError("compared starts must have equally many numbers", where=["start"])
        self._check_size()

    def _check_size(self) -> None:
        (w, h), (least_w, least_h), (most_w, most_h) = self.rendered, SMALLEST, LARGEST
        if self.size[0] < least_w or self.size[1] < least_h or w > most_w or h > most_h or min(w, h) < 1:
            raise GdanimError(
                f"{w}x{h} pixels cannot be drawn; from {least_w}x{least_h} to {most_w}x{most_h} can",
                where=["size"],
            )

    def chosen(self, parameters: Sequence[str]) -> tuple[int, ...]:
        """Indices of the parameters that are shown where there is room for two only."""
        return tuple(parameters.index(name) for name in self.axes or parameters[:2])

    @property
    def runs(self) -> tuple[Run, ...]:
        """Every run that is computed: those listed, or all combinations of what is repeated."""
        several = {name: RUN_OPTIONS[name].each(getattr(self, name)) for name in vars(Run())}
        if not self.run:
            runs = [Run(*values) for values in product(*several.values())]
        else:
            for name, values in several.items():
                if len(values) > 1:
                    raise GdanimError(
                        "is given several times beside --run; say it in each run, or once for all",
                        where=[name],
                    )
            shared = {name: values[0] for name, values in several.items()}
            runs = [run.filled(shared) for run in self.run]
            if len(set(runs)) < len(runs):
                raise GdanimError("the same run is given twice", where=["run"])
        check_number(len(runs), {} if self.run else several)
        return tuple(runs)

    @property
    def rendered(self) -> tuple[int, int]:
        """Width and height of the rendered frame, in pixels."""
        return round(self.size[0] * self.scale), round(self.size[1] * self.scale)

    @property
    def given(self) -> list[Option]:
        """The options that are not as they are where nothing is said."""
        return [option for option in OPTIONS.values() if getattr(self, option.name) != option.default]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Spec:
        """The Spec that plain data describe, such as JSON or TOML hold; keys are named as the flags.

        Raises:
            GdanimError: an unknown key, or a value that makes no sense.

        >>> Spec.from_data({"lr": [0.1, 1], "start": 5}).learning_rate
        (0.1, 1.0)
        """
        if not isinstance(data, Mapping):
            raise GdanimError(f"an animation is a table of options, not {data!r}")
        settings: dict[str, Any] = {}
        for key, value in data.items():
            option = by_key(OPTIONS.values(), str(key))
            if option is None:
                keys = dict.fromkeys([o.key for o in OPTIONS.values()] + list(OPTIONS))
                raise unknown("option", str(key), keys, where=str(key))
            if option.name in settings:
                raise GdanimError("is given twice, under two names", where=[option.name])
            settings[option.name] = value
        return cls(**settings)

    def to_data(self) -> dict[str, Any]:
        """The same as plain data for JSON and TOML: only what is not as it is where nothing is said."""
        return {option.key: option.give(getattr(self, option.name)) for option in self.given}


OPTIONS: dict[str, Option] = {f.name: f.metadata["option"].named(f.name) for f in fields(Spec)}
