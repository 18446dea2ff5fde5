"""The command line: flags → Spec. Everything heavy is imported inside the commands."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from gdanim import __version__
from gdanim.errors import FAILED, GdanimError
from gdanim.spec import DEFAULT_OUTPUT, Spec

if TYPE_CHECKING:
    from gdanim.animation import Animation

F = TypeVar("F", bound=Callable[..., Any])
INTERRUPTED = 130


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
            self.fail(f"'{value}' is not an assignment such as lam=0.1", param, ctx)


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
        help="The formula's parameters in order.  [default: all its letters]",
    ),
    option(
        "--start",
        type=Numbers(),
        metavar="X[,Y…]",
        help="Where the descent starts (--start=-1.5,2 where it begins with a minus).  "
        "[default: the loss's own]",
    ),
    option(
        "--lr",
        "learning_rate",
        type=float,
        metavar="RATE",
        help="Learning rate η.  [default: the loss's own]",
    ),
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
    option("--field", is_flag=True, help="Show the gradient field on contours."),
    option("--orbit", type=float, default=Spec.orbit, help="Degrees the surface turns."),
    option(
        "--axes",
        type=Names(),
        default="",
        show_default=False,
        metavar="W1,W3",
        help="The two parameters that slices show.  [default: the first two]",
    ),
    option("--size", type=Size(), default="960x540", help="Width and height in pixels."),
    option("--scale", type=float, default=Spec.scale, help="Rendered pixels per pixel of --size."),
    option("--fps", type=float, help="Frames per second.  [default: two iterates a second]"),
    option("--tween", type=int, default=Spec.tween, help="Eased frames between two iterates."),
    option("--seconds", type=float, help="Fit the whole, hold included, into this length."),
    option("--hold", type=float, default=Spec.hold, help="Seconds the last frame stays longer."),
    option("--loop", type=int, default=Spec.loop, help="How often a GIF plays; 0: for ever."),
    option("--lang", default=Spec.lang, help="Language of the picture: en, pt."),
    option("--theme", default=Spec.theme, help="Colours: light, dark."),
    option("--title", help="Replaces the title; '' leaves it out."),
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gdanim")
def cli() -> None:
    """Animations of gradient descent that explain themselves.

    \b
    gdanim run --lr 0.1 --start 5 -o out.gif

    Every option can also be set by an environment variable: GDANIM_THEME=dark for --theme dark.
    """


@cli.command()
@descent_options
@picture_options
@option(
    "-o",
    "--output",
    multiple=True,
    metavar="FILE",
    help=f"File to write, .gif or .mp4; repeat it to write several from one rendering; "
    f"- is standard output.  [default: {DEFAULT_OUTPUT}]",
)
@option("--format", metavar="gif|mp4", help="Format of every output, whatever its suffix.")
@option("--quiet", "-q", is_flag=True, help="Say nothing unless something is wrong.")
def run(output: tuple[str, ...], format: str | None, quiet: bool, **flags: Any) -> None:
    """Draw one animation."""
    with loading():
        from gdanim.animation import animate

    flags["view"] = "+".join(flags["view"])
    spec = Spec(**flags)
    bar = progress_bar if not quiet and sys.stderr.isatty() else iter
    result = animate(spec, *output, format=format, progress=bar)
    if not quiet:
        report(result)


@cli.command()
@descent_options
@option(
    "--format",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    help="How the numbers are written.",
)
def trace(format: str, **flags: Any) -> None:
    """Print the numbers: theta, loss and gradient at every iterate."""
    from gdanim.descent import trace as trace_spec
    from gdanim.numbers import NUMBERS

    for text in NUMBERS[format](trace_spec(Spec(**flags))):
        click.echo(text)


@contextmanager
def loading() -> Iterator[None]:
    """Make a short run shorter while modules load.

    Nothing that they make is garbage, and a tenth of the run would go into finding that out; and
    threads for products of large matrices cost more than ours are worth.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


@cli.command(name="list")
@click.argument("kind", type=click.Choice(["losses", "views", "themes", "languages", "formats"]))
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_(kind: str, as_json: bool) -> None:
    """List what there is to choose from, with formulas and defaults."""
    from gdanim.catalogue import LISTS, as_lines

    rows = LISTS[kind]()
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for line in as_lines(rows):
        click.echo(line)


def progress_bar(frames: Iterable[int]) -> Iterable[int]:
    """The frames, counted off on standard error while they are drawn and encoded."""
    with click.progressbar(
        frames, label="Drawing", file=sys.stderr, show_pos=True, show_percent=False
    ) as bar:
        yield from bar


def report(result: Animation) -> None:
    """One line for each file written, after what is worth a warning."""
    for run in result.runs:
        if run.outcome.kind == "diverged":
            click.echo(f"Note: {run.outcome.sentence()}", err=True)
    for output, size in zip(result.outputs, result.bytes, strict=True):
        frames = f"{result.frames} frame{'s' if result.frames != 1 else ''}"
        what = f"{frames}, {result.seconds:.4g} s"
        target = "standard output" if output.target == "-" else output.target
        click.echo(f"Wrote {target} ({what}{f', {amount(size)}' if size else ''})", err=True)


def amount(size: int) -> str:
    """Bytes as people say them.

    >>> amount(950), amount(38_200), amount(1_250_000)
    ('950 B', '38 kB', '1.2 MB')
    """
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def main() -> int:
    """Run the command line; the one place where errors become sentences and exit codes."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except GdanimError as error:
        click.echo(f"Error: {in_flags(error)}", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted; nothing was written.", err=True)
        return INTERRUPTED
    except BrokenPipeError:  # as in `gdanim trace | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return 0


def console() -> NoReturn:
    """The console script: `main`, and out without taking down every module, a tenth of a short run."""
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def in_flags(error: GdanimError) -> str:
    """The sentence with the place named as on the command line."""
    if not error.where:
        return error.problem
    flag = {"learning_rate": "lr"}.get(error.where[0], error.where[0])
    return f"--{flag.replace('_', '-')}: {error.problem}"
