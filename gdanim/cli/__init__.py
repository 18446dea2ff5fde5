"""The command line: flags → Spec. Everything heavy is imported inside the commands."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from gdanim import __version__
from gdanim.cli.flags import Command, given, option, spec_options
from gdanim.errors import FAILED, GdanimError
from gdanim.formats import WRITERS
from gdanim.interrupts import Stopped, sentence
from gdanim.option import Group
from gdanim.spec import DEFAULT_OUTPUT, OPTIONS, Spec
from gdanim.startup import loading

if TYPE_CHECKING:
    from gdanim.animation import Rendering

INTERRUPTED = 130
SUFFIXES = ", ".join(f".{name}" for name, row in WRITERS.items() if not row.several)
LONG = 300  # seconds; a longer animation is hardly what was meant
KINDS = {
    "losses": "what can be minimised, beside any formula",
    "data": "what a model can learn from, beside CSV and npz files",
    "models": "what can learn from them, beside any formula",
    "optimizers": "how it can be descended",
    "schedules": "how the learning rate can change",
    "views": "what panels can show",
    "themes": "colours",
    "languages": "languages of the picture",
    "formats": "what can be written",
}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gdanim")
def cli() -> None:
    """Animations of gradient descent that explain themselves.

    \b
    gdanim run --lr 0.1 --start 5 -o out.gif

    Every option can also be set by an environment variable: GDANIM_THEME=dark for --theme dark.
    """


@cli.command(cls=Command)
@spec_options(OPTIONS.values())
@option(
    "-o",
    "--output",
    multiple=True,
    metavar="FILE",
    group=Group.OUTPUT,
    help=f"File to write, {SUFFIXES} or frames/%04d.png; repeat it to write several from one "
    f"rendering; - is standard output.  [default: {DEFAULT_OUTPUT}]",
)
@option(
    "--format",
    metavar="|".join(WRITERS),
    group=Group.OUTPUT,
    help="Format of every output, whatever its suffix.",
)
@option(
    "--alt",
    metavar="FILE",
    group=Group.OUTPUT,
    help="Text file to write besides: what is shown and what happened, in the picture's language.",
)
@option("--yes", is_flag=True, group=Group.OUTPUT, help="Write also what becomes larger than 1 GB.")
@option("--quiet", "-q", is_flag=True, group=Group.OUTPUT, help="Say nothing unless something is wrong.")
def run(
    output: tuple[str, ...], format: str | None, alt: str | None, yes: bool, quiet: bool, **flags: Any
) -> None:
    """Draw one animation.

    \b
    gdanim run --lr 0.1 --start 5 -o out.gif
    gdanim run --loss "w1^2 + 4*w2^2" --view contour+slices -o slices.mp4
    gdanim run --loss bowl --run "gd lr=0.1" --run "adam lr=0.3" --race -o race.gif
    """
    with loading():
        from gdanim.animation import animate

    spec = Spec(**given(flags))
    bar = progress_bar if not quiet and sys.stderr.isatty() else iter
    result = animate(spec, *(output or (DEFAULT_OUTPUT,)), format=format, large=yes, alt=alt, progress=bar)
    if not quiet:
        report(result)
        if alt is not None and alt != "-":
            click.echo(f"Wrote {alt} (alt text)", err=True)


@cli.command(cls=Command)
@spec_options(option for option in OPTIONS.values() if option.traced)
@option(
    "--format",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    group=Group.OUTPUT,
    help="How the numbers are written.",
)
def trace(format: str, **flags: Any) -> None:
    """Print the numbers: theta, loss and gradient at every iterate."""
    from gdanim.minimised import loss_of
    from gdanim.numbers import NUMBERS
    from gdanim.plan import trace as trace_spec
    from gdanim.replay import states_of
    from gdanim.text import Text

    spec = Spec(**given(flags))
    learned = (
        loss_of(spec) if spec.data or spec.model else None
    )  # once, since standard input can be read once only
    runs = trace_spec(spec, learned)
    for note in () if learned is None or learned.table is None else learned.table.notes:
        click.echo(f"Note: {note}", err=True)
    loss = (learned or loss_of(spec, len(runs[0].parameters))) if spec.state else None
    states = [states_of(loss, run) for run in runs] if loss is not None else []
    for line in NUMBERS[format](runs, Text(spec.lang), states):
        click.echo(line)
    for name in dict.fromkeys(run.optimizer or run.recorded for run in runs) if spec.state else ():
        if not any(s for run, s in zip(runs, states, strict=True) if name in (run.optimizer, run.recorded)):
            click.echo(f"Note: --state adds nothing for {name}, of which no state can be printed", err=True)


@cli.command(name="list", cls=Command)
@click.argument("kind", type=click.Choice(KINDS), required=False)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_(kind: str | None, as_json: bool) -> None:
    """List what there is to choose from, with formulas and defaults."""
    from gdanim.catalogue import LISTS, as_lines

    rows = LISTS[kind]() if kind else [{"name": name, "about": what} for name, what in KINDS.items()]
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


def report(result: Rendering) -> None:
    """What each run did, and one line for each file written."""
    for line in result.verdicts:
        click.echo(line, err=True)
    for output, size in zip(result.outputs, result.sizes, strict=True):
        frames = f"{result.frames} frame{'s' if result.frames != 1 else ''}"
        what = frames if output.row.several else f"{frames}, {result.seconds:.4g} s"
        what = result.shown if output.row.still else what
        target = "standard output" if output.target == "-" else output.target
        click.echo(f"Wrote {target} ({what}{f', {amount(size)}' if size else ''})", err=True)
    for note in result.notes:
        click.echo(f"Note: {note}", err=True)
    if result.seconds > LONG:
        click.echo(f"Note: it plays for {result.seconds / 60:.0f} minutes; see --seconds", err=True)


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
    except (Stopped, click.Abort, KeyboardInterrupt) as stop:
        click.echo(sentence(), err=True)
        return 128 + stop.number if isinstance(stop, Stopped) else INTERRUPTED
    except BrokenPipeError:  # as in `gdanim trace | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except MemoryError:
        click.echo("Error: there is not enough memory; fewer steps, runs or pixels need less", err=True)
        return FAILED
    except OSError as error:
        reason = "standard output is closed" if error.errno == errno.EBADF else error.strerror or str(error)
        click.echo(f"Error: cannot write to standard output: {reason.lower()}", err=True)
        return FAILED
    return 0


def in_flags(error: GdanimError) -> str:
    """The sentence with the place named as on the command line."""
    if not error.where:
        return error.problem
    where = error.where[0]
    flag = OPTIONS[where].flag if where in OPTIONS else f"--{where}"
    return f"{flag}: {error.problem}"
