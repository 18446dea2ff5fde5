"""The command line: flags → Spec. Everything heavy is imported inside the commands."""

from __future__ import annotations

import errno
import json
import os
import sys
from typing import Any

import click

from gdanim import __version__
from gdanim.cli.course import batch
from gdanim.cli.doctor import doctor
from gdanim.cli.flags import Command, given, option, spec_options
from gdanim.cli.remaking import inspect, reproduce
from gdanim.cli.rendering import delivery, draw, taken
from gdanim.errors import FAILED, GdanimError
from gdanim.interrupts import Stopped, sentence
from gdanim.option import Group
from gdanim.spec import DEFAULT_OUTPUT, OPTIONS, Spec

INTERRUPTED = 130
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
    "schema": "what the file of a course may hold, for editors, as JSON",
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
@delivery
@option(
    "--save",
    metavar="COURSE.toml",
    group=Group.OUTPUT,
    environment=False,
    help="Append the figure to a course as well; see gdanim batch.",
)
def run(output: tuple[str, ...], quiet: bool, save: str | None, **flags: Any) -> None:
    """Draw one animation.

    \b
    gdanim run --lr 0.1 --start 5 -o out.gif
    gdanim run --loss "w1^2 + 4*w2^2" --view contour+slices -o slices.mp4
    gdanim run --loss bowl --run "gd lr=0.1" --run "adam lr=0.3" --race -o race.gif
    """
    how, spec, targets = taken(flags), Spec(**given(flags)), output or (DEFAULT_OUTPUT,)
    if save is None:
        draw(spec, targets, quiet, **how)
        return
    from gdanim.batch.saving import saving
    from gdanim.output import outputs_of

    with saving(save, spec, outputs_of(targets, how["format"])):
        draw(spec, targets, quiet, **how)
    if not quiet:
        click.echo(f"Wrote {save} (a figure more)", err=True)


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

    if kind == "schema":
        from gdanim.batch.schema import schema

        click.echo(json.dumps(schema(), indent=2, ensure_ascii=False))
        return
    rows = LISTS[kind]() if kind else [{"name": name, "about": what} for name, what in KINDS.items()]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for line in as_lines(rows):
        click.echo(line)


cli.add_command(inspect)
cli.add_command(reproduce)
cli.add_command(doctor)
cli.add_command(batch)


def main() -> int:
    """Run the command line; the one place where errors become sentences and exit codes."""
    try:
        code = cli.main(standalone_mode=False)
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
    return code if isinstance(code, int) else 0


def in_flags(error: GdanimError) -> str:
    """The sentence with the place named as on the command line."""
    if not error.where:
        return error.problem
    where = error.where[0]
    flag = OPTIONS[where].flag if where in OPTIONS else "FILE" if where == "file" else f"--{where}"
    return f"{flag}: {error.problem}"
