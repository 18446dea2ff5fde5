"""The flags and what they are made of: every one is also an environment variable GDANIM_…."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from gdanim.spec import Spec

F = TypeVar("F", bound=Callable[..., Any])


class Number(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """`0.1`, or `1e-3`."""

    name = "float"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        try:
            return float(value)
        except ValueError:
            hint = "; the decimal sign is a point: 0.1" if "," in value else ""
            self.fail(f"'{value}' is not a number{hint}", param, ctx)


class Once(click.Command):
    """A command that does not take the last of several values silently, and says what words are too many."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given = self.make_parser(ctx).parse_args(list(args))[2]
        for option in given:
            if given.count(option) > 1 and isinstance(option, click.Option) and not option.multiple:
                raise click.UsageError(f"{option.opts[0]} can be given once only.", ctx)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            if "unexpected extra argument" not in error.message:
                raise
            raise click.UsageError(
                f"{error.message.rstrip('.')}. Put quotes around a formula and commas between the numbers of"
                " a start; to compare, repeat the option.",
                ctx,
            ) from None


class Numbers(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """`5` or `-1.5,2`: numbers with commas between."""

    name = "numbers"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[float, ...]:
        if isinstance(value, tuple):
            return value
        try:
            return tuple(float(part) for part in value.split(","))
        except ValueError:
            self.fail(f"'{value}' is not a number, nor numbers with commas between", param, ctx)


class Size(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """`960x540`: width and height."""

    name = "WxH"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        try:
            width, height = (int(part) for part in value.lower().split("x"))
        except ValueError:
            self.fail(f"'{value}' is not a size such as 960x540", param, ctx)
        return width, height


def option(*names: str, **settings: Any) -> Callable[[F], F]:
    """A Click option that is also an environment variable GDANIM_… and shows its default."""
    flag = next(name for name in names if name.startswith("--"))
    variable = "GDANIM_" + flag[2:].replace("-", "_").upper()
    settings.setdefault("show_default", settings.get("default") is not None)
    return click.option(*names, envvar=variable, **settings)


def options(*decorators: Callable[[F], F]) -> Callable[[F], F]:
    """Several options at once, in the order in which `--help` shows them."""

    def decorate(command: F) -> F:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


class Assignment(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """`lam=0.1`: a letter and its value."""

    name = "NAME=VALUE"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, float]:
        if isinstance(value, tuple):
            return value
        name, _, number = value.partition("=")
        try:
            return name.strip(), float(number)
        except ValueError:
            hint = "; the decimal sign is a point" if "," in number else ""
            self.fail(f"'{value}' is not an assignment such as lam=0.1{hint}", param, ctx)


class Names(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """`w1,w2`: names with commas between."""

    name = "names"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())


descent_options = options(
    option(
        "--loss",
        default=Spec.loss,
        metavar="NAME[:KEY=VALUE,…]|FORMULA",
        help="What is minimised: a name (see gdanim list losses) or a formula such as 'w1^2 + 10*w2^2'.",
    ),
    option(
        "--let",
        type=Assignment(),
        multiple=True,
        metavar="NAME=VALUE",
        help="Value of a letter of the formula that is not a parameter; repeatable.",
    ),
    option(
        "--parameters",
        type=Names(),
        default="",
        show_default=False,
        metavar="W1,W2…",
        help="The formula's parameters in order.  [default: all its letters, by the alphabet]",
    ),
    option(
        "--start",
        type=Numbers(),
        multiple=True,
        metavar="X[,Y…]",
        help="Where the descent starts (--start=-1.5,2 where it begins with a minus).  "
        "[default: the loss's own]",
    ),
    option(
        "--lr",
        "--learning-rate",
        "learning_rate",
        type=Number(),
        multiple=True,
        metavar="RATE",
        help="Learning rate η.  [default: the loss's own]",
    ),
    option(
        "--optimizer",
        multiple=True,
        metavar="NAME[:KEY=VALUE,…]",
        help="How it descends (see gdanim list optimizers). Repeat --start, --lr or --optimizer to "
        "compare runs, at most 12.  [default: gd]",
    ),
    option(
        "--schedule",
        default=Spec.schedule,
        metavar="NAME[:KEY=VALUE,…]",
        help="How the learning rate changes (see gdanim list schedules).",
    ),
    option("--noise", type=Number(), default=Spec.noise, help="Deviation of the noise on gradients."),
    option("--seed", type=int, default=Spec.seed, help="Seed of the noise."),
    option("--iterations", "-n", type=int, default=Spec.iterations, help="How many updates."),
)

picture_options = options(
    option(
        "--view",
        multiple=True,
        metavar="VIEW",
        help="Panels: a+b side by side, a/b one below the other; repeated, side by side "
        "(see gdanim list views).  [default: what suits the loss]",
    ),
    option("--grid", is_flag=True, help="Give every compared run a panel of its own."),
    option("--race", is_flag=True, help="List compared runs in the order of their loss."),
    option("--caption", is_flag=True, help="Say on the picture how the run ended."),
    option("--field", is_flag=True, help="Show the gradient field on contours."),
    option("--orbit", type=Number(), default=Spec.orbit, help="Degrees the surface turns."),
    option(
        "--axes",
        type=Names(),
        default="",
        show_default=False,
        metavar="W1,W3",
        help="The two parameters that slices show.  [default: the first two]",
    ),
    option("--size", type=Size(), default="960x540", help="Width and height in pixels."),
    option("--scale", type=Number(), default=Spec.scale, help="Rendered pixels per pixel of --size."),
    option(
        "--fps",
        type=Number(),
        help="Frames per second, at most that many with --seconds.  [default: two iterates a second]",
    ),
    option("--tween", type=int, default=Spec.tween, help="Eased frames between two iterates."),
    option("--seconds", type=Number(), help="Fit the whole, hold included, into this length."),
    option("--hold", type=Number(), default=Spec.hold, help="Seconds the last frame stays longer."),
    option("--loop", type=int, default=Spec.loop, help="How often a GIF plays; 0: for ever."),
    option("--lang", default=Spec.lang, help="Language of the picture: en, pt."),
    option("--theme", default=Spec.theme, help="Colours: light, dark."),
    option("--title", help="Replaces the title; '' leaves it out."),
)
