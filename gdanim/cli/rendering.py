"""Drawing from the command line: the flags that say where a figure goes, and what is said of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gdanim.cli.flags import option
from gdanim.formats import WRITERS
from gdanim.option import Group
from gdanim.spec import DEFAULT_OUTPUT, Spec
from gdanim.startup import loading

if TYPE_CHECKING:
    from gdanim.animation import Rendering

F = TypeVar("F", bound=Callable[..., Any])
SUFFIXES = ", ".join(f".{name}" for name, row in WRITERS.items() if not row.several)
LONG = 300  # seconds; a longer animation is hardly what was meant
KEYWORDS = {"format": "format", "alt": "alt", "recipe": "recipe", "yes": "large"}  # of flags, in `animate`


def delivery(command: F) -> F:
    """The flags of a command that draws: where to, and what besides."""
    return _delivery(command, default=f"  [default: {DEFAULT_OUTPUT}]", environment=True)


def delivery_elsewhere(command: F) -> F:
    """The same where a file has to be named, and no environment variable is heeded."""
    return _delivery(command, default="", environment=False)


def _delivery(command: F, default: str, environment: bool) -> F:
    flags = [
        option(
            "-o",
            "--output",
            multiple=True,
            metavar="FILE",
            group=Group.OUTPUT,
            environment=environment,
            help=f"File to write, {SUFFIXES} or frames/%04d.png; repeat it to write several from one"
            f" rendering; - is standard output.{default}",
        ),
        option(
            "--format",
            metavar="|".join(WRITERS),
            group=Group.OUTPUT,
            environment=environment,
            help="Format of every output, whatever its suffix.",
        ),
        option(
            "--alt",
            metavar="FILE",
            group=Group.OUTPUT,
            environment=environment,
            help="Text file to write besides: what is shown and what happened, in the picture's language.",
        ),
        option(
            "--recipe",
            off="--no-recipe",
            default=True,
            group=Group.OUTPUT,
            environment=environment,
            help="Whether files say how they are made again; see gdanim inspect.  [default: they do]",
        ),
        option(
            "--yes",
            is_flag=True,
            group=Group.OUTPUT,
            environment=environment,
            help="Write also what becomes larger than 1 GB.",
        ),
        option(
            "--quiet",
            "-q",
            is_flag=True,
            group=Group.OUTPUT,
            environment=environment,
            help="Say nothing unless something is wrong.",
        ),
    ]
    for flag in reversed(flags):
        command = flag(command)
    return command


def taken(flags: dict[str, Any]) -> dict[str, Any]:
    """How to deliver, as `animate` takes it; out of a command's flags."""
    return {keyword: flags.pop(name) for name, keyword in KEYWORDS.items()}


def draw(spec: Spec, targets: Sequence[str], quiet: bool, **how: Any) -> None:
    """Draw a Spec, and say what came of it unless all is to be quiet."""
    with loading():
        from gdanim.animation import animate

    bar = progress_bar if not quiet and sys.stderr.isatty() else iter
    result = animate(spec, *targets, progress=bar, **how)
    if not quiet:
        report(result)
        alt = how.get("alt")
        if alt is not None and alt != "-":
            click.echo(f"Wrote {alt} (alt text)", err=True)


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
