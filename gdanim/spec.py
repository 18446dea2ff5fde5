"""Spec: one animation as plain data, checked where it is made."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from gdanim.errors import GdanimError

DEFAULT_OUTPUT = "gradient_descent.gif"  # the file name of the notebook this began with
MOST_RUNS = 12
MOST = {"iterations": 1_000_000, "tween": 1000, "hold": 3600, "seconds": 86_400}
Start = tuple[float, ...]
SMALLEST, LARGEST = (320, 240), (7680, 4320)  # pixels


@dataclass(frozen=True)
class Spec:
    """One animation.

    Args:
        loss: `NAME` or `NAME:KEY=VALUE,…`.
        start: theta at iterate 0, or several to compare; None for the loss's own.
        learning_rate: the step size η, or several to compare; None for the loss's own.
        optimizer: `NAME` or `NAME:KEY=VALUE,…`, or several to compare.
        iterations: how many updates; the animation shows one more iterate than that.
        schedule: how the learning rate changes, `NAME` or `NAME:KEY=VALUE,…`.
        noise: standard deviation of what is added to every component of every gradient.
        seed: of the noise; 0 is a seed like any other.
        grid: whether compared runs have a panel each, and not one together.
        race: whether compared runs are listed in the order of their loss.
        caption: whether the picture says how the descent ended, also where it went well.
        let: values of a formula's letters that are not parameters.
        parameters: a formula's parameters in order; found in it when empty.
        view: panels, `a+b` side by side, `a/b` one below the other; "" for the loss's own.
        axes: the two parameters that slices show; the first two when empty.
        field: whether contours show the gradient field.
        orbit: degrees by which the surface turns over the animation.
        size: width and height in layout pixels.
        scale: rendered pixels for each layout pixel.
        fps: frames per second; None for two iterates a second.
        tween: eased in-between frames from one iterate to the next.
        seconds: the whole length, hold included; None for as long as the frames take.
        hold: seconds for which the last frame stays on.
        loop: how often a GIF plays; 0 for ever.
        lang: language of everything on the picture.
        theme: its colours.
        title: replaces the title; "" leaves it out.

    Raises:
        GdanimError: a value that makes no sense; its `where` is the field.

    >>> Spec(learning_rate=0.1, start=(5.0,)).iterations
    20
    """

    loss: str = "quadratic"
    start: Start | tuple[Start, ...] | None = None
    learning_rate: float | tuple[float, ...] | None = None
    optimizer: str | tuple[str, ...] = "gd"
    iterations: int = 20
    schedule: str = "constant"
    noise: float = 0.0
    seed: int = 0
    grid: bool = False
    race: bool = False
    caption: bool = False
    let: tuple[tuple[str, float], ...] = ()
    parameters: tuple[str, ...] = ()
    view: str = ""
    axes: tuple[str, ...] = ()
    field: bool = False
    orbit: float = 0.0
    size: tuple[int, int] = (960, 540)
    scale: float = 1.0
    fps: float | None = None
    tween: int = 0
    seconds: float | None = None
    hold: float = 2.0
    loop: int = 0
    lang: str = "en"
    theme: str = "light"
    title: str | None = None

    def __post_init__(self) -> None:
        for name in ("iterations", "tween", "loop"):
            _whole(name, getattr(self, name), least=0)
        for name in ("scale", "fps", "seconds"):
            _number(name, getattr(self, name), above=0.0)
        _number("hold", self.hold, least=0.0)
        for name, most in MOST.items():
            if (getattr(self, name) or 0) > most:
                raise GdanimError(f"must be at most {most:,}, not {getattr(self, name):g}", where=[name])
        _number("noise", self.noise, least=0.0)
        _whole("seed", self.seed, least=0)
        for rate in self.learning_rates:
            _number("learning_rate", rate, least=0.0)
        if self.runs > MOST_RUNS:
            raise GdanimError(
                f"{self.runs} runs are too many to tell apart; at most {MOST_RUNS} can be compared",
                where=["optimizer"],
            )
        _number("orbit", self.orbit)
        for _, value in self.let:
            _number("let", value)
        if self.axes and len(set(self.axes)) != 2:
            raise GdanimError("must name two different parameters, as in w1,w3", where=["axes"])
        for start in self.starts:
            for value in start or ():
                _number("start", value)
        for name in ("starts", "learning_rates", "optimizers"):
            given = getattr(self, name)
            if len(set(given)) < len(given):
                raise GdanimError("a value to compare is given twice", where=[name.removesuffix("s")])
        if self.caption and self.runs > 1:
            raise GdanimError(
                "says how one run ended; of compared runs the lines on standard error say it",
                where=["caption"],
            )
        if len({len(start or ()) for start in self.starts}) > 1:
            raise GdanimError("compared starts must have equally many numbers", where=["start"])
        self._check_size()

    def _check_size(self) -> None:
        if len(self.size) != 2:
            raise GdanimError("must be two numbers, width and height", where=["size"])
        for pixels in self.size:
            _whole("size", pixels, least=1)
        (w, h), (least_w, least_h), (most_w, most_h) = self.pixels, SMALLEST, LARGEST
        if self.size[0] < least_w or self.size[1] < least_h or w > most_w or h > most_h:
            raise GdanimError(
                f"{w}x{h} pixels cannot be drawn; from {least_w}x{least_h} to {most_w}x{most_h} can",
                where=["size"],
            )

    @property
    def starts(self) -> tuple[Start | None, ...]:
        """Every start that is compared."""
        if self.start is None or not self.start:
            return (None,)
        given: Any = self.start
        return given if isinstance(given[0], tuple) else (given,)

    @property
    def learning_rates(self) -> tuple[float | None, ...]:
        """Every learning rate that is compared."""
        if isinstance(self.learning_rate, tuple):
            return self.learning_rate or (None,)
        return (self.learning_rate,)

    @property
    def optimizers(self) -> tuple[str, ...]:
        """Every optimizer that is compared."""
        return self.optimizer if isinstance(self.optimizer, tuple) else (self.optimizer,)

    @property
    def runs(self) -> int:
        """How many runs are compared."""
        return len(self.starts) * len(self.learning_rates) * len(self.optimizers)

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height of the rendered frame, in pixels."""
        return round(self.size[0] * self.scale), round(self.size[1] * self.scale)

    def idle(self, parameters: int) -> list[tuple[str, str]]:
        """Options that change nothing in this figure of a loss of so many parameters, each with why.

        >>> Spec(orbit=90.0).idle(parameters=2)
        [('orbit', 'no surface is shown that could turn; see --view surface')]
        """
        shown = self.view or ("contour" if parameters == 2 else "")
        alone = "there is only one run; repeat --start, --lr or --optimizer to compare"
        return [
            (name, why)
            for name, given, why in (
                (
                    "orbit",
                    self.orbit and "surface" not in shown,
                    "no surface is shown that could turn; see --view surface",
                ),
                (
                    "field",
                    self.field and "contour" not in shown,
                    "no contours are shown to lay it on; see --view contour",
                ),
                ("grid", self.grid and self.runs == 1, alone),
                ("race", self.race and self.runs == 1, alone),
            )
            if given
        ]


def _whole(name: str, value: Any, *, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise GdanimError(f"must be a whole number from {least} up, not {value}", where=[name])


def _number(name: str, value: Any, *, least: float = -math.inf, above: float | None = None) -> None:
    if value is None:
        return
    real = isinstance(value, int | float) and not isinstance(value, bool)
    if real and math.isfinite(value) and value >= least and (above is None or value > above):
        return
    bound = f" above {above:g}" if above is not None else f" from {least:g} up" if least > -math.inf else ""
    raise GdanimError(f"must be a finite number{bound}, not {value}", where=[name])
