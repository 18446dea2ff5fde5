"""batch: a whole course from one file."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from gdanim.cli.flags import Command, option
from gdanim.cli.rendering import amount
from gdanim.errors import FAILED, USAGE, GdanimError
from gdanim.option import Group

if TYPE_CHECKING:
    from gdanim.batch.course import Course, Figure
    from gdanim.batch.making import Made, Maker, Wanted
    from gdanim.batch.source import Mistake

FOLDER = "figures"
MOST_JOBS = 256


@click.command(cls=Command)
@click.argument("file", metavar="FILE", nargs=-1, required=True)
@option(
    "-d",
    "--directory",
    metavar="DIR",
    default=FOLDER,
    group=Group.OUTPUT,
    help=f"Folder that all figures go to; it is made where there is none.  [default: {FOLDER}]",
)
@option(
    "--jobs",
    "-j",
    type=click.IntRange(1, MOST_JOBS),
    default=None,
    metavar="N",
    group=Group.OUTPUT,
    help="How many processes draw.  [default: one for each processor]",
)
@option(
    "--only",
    multiple=True,
    metavar="NAME",
    group=Group.OUTPUT,
    environment=False,
    help="Only the figures of this name, which may have * and ?; repeatable.",
)
@option(
    "--force",
    is_flag=True,
    group=Group.OUTPUT,
    environment=False,
    help="Make also what is fresh.",
)
@option(
    "--why",
    is_flag=True,
    group=Group.OUTPUT,
    environment=False,
    help="Say of each figure why it is made.",
)
@option(
    "--check",
    is_flag=True,
    group=Group.OUTPUT,
    environment=False,
    help="Draw nothing; say all that is wrong.",
)
@option(
    "--stale",
    is_flag=True,
    group=Group.OUTPUT,
    environment=False,
    help="With --check: say what would be made, and fail where that is anything.",
)
@option(
    "--prune",
    is_flag=True,
    group=Group.OUTPUT,
    environment=False,
    help="Draw nothing; list the files in DIR that gdanim made and no figure names. With --yes remove them.",
)
@option(
    "--deps",
    is_flag=True,
    group=Group.OUTPUT,
    environment=False,
    help="Draw nothing; print for make which files depend on which.",
)
@option(
    "--json",
    "json",
    is_flag=True,
    group=Group.OUTPUT,
    environment=False,
    help="Print for programs what came of each figure, a line each.",
)
@option(
    "--yes",
    is_flag=True,
    group=Group.OUTPUT,
    environment=False,
    help="Write also what becomes larger than 1 GB; remove what --prune lists.",
)
@option("--quiet", "-q", is_flag=True, group=Group.OUTPUT, help="Say nothing unless something is wrong.")
def batch(file: tuple[str, ...], directory: str, only: tuple[str, ...], **how: Any) -> int:
    """Draw a whole course: every figure that FILE names, if it is not fresh.

    FILE is TOML. What stands under [defaults] holds for all figures, and each [[figure]] has a name and the
    options of gdanim run. All mistakes are told before anything is drawn. A file is fresh as long as it would
    come out the same: it carries what it was made from.

    \b
    gdanim batch course.toml -d figures
    gdanim batch course.toml --only "rates-*" --force
    gdanim batch course.toml --check --stale
    """
    from gdanim.batch.course import read_course
    from gdanim.batch.making import chosen

    if how["stale"] and not how["check"]:
        raise GdanimError("goes with --check; without it what is stale is made", where=["stale"])
    if os.path.exists(directory) and not os.path.isdir(directory):
        raise GdanimError(f"'{directory}' is no folder", where=["directory"])
    course = read_course(file)
    if course.mistakes:
        return _told(course.mistakes)
    figures = chosen(course, only)
    if how["deps"]:
        return _deps(course, figures, directory)
    if how["prune"]:
        return _prune(course, only, directory, how)
    return _made(figures, directory, how)


def _told(mistakes: Sequence[Mistake]) -> int:
    """Say all that is wrong; the exit code."""
    for mistake in mistakes:
        click.echo(f"Error: {mistake}", err=True)
    if len(mistakes) > 1:
        click.echo(f"{len(mistakes)} mistakes; nothing was drawn", err=True)
    return USAGE


def _deps(course: Course, figures: Sequence[Figure], directory: str) -> int:
    """Rules for make: each file, and the files it is made from."""
    from gdanim.recipe import read_by

    for figure in figures:
        read = [name for names in read_by(figure.spec).values() for name in names]
        targets = (os.path.join(directory, target) for target in figure.targets)
        needed = dict.fromkeys([*course.files, *read])
        click.echo(f"{' '.join(map(_for_make, targets))}: {' '.join(map(_for_make, needed))}")
    return 0


def _for_make(name: str) -> str:
    """A name as make reads it; of a sequence its first file."""
    from gdanim.output.sequence import Numbered, is_numbered

    if is_numbered(name):
        name = os.path.join(os.path.dirname(name), Numbered.of(name).name(0))
    return name.replace("$", "$$").replace("#", "\\#").replace(" ", "\\ ")


def _prune(course: Course, only: Sequence[str], directory: str, how: dict[str, Any]) -> int:
    from gdanim.batch.fresh import strays

    if only:
        raise GdanimError("looks at the whole course; leave out --only", where=["prune"])
    found = list(strays(directory, course.figures))
    for path in found:
        click.echo(path)
        if how["yes"]:
            try:
                os.unlink(path)
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                raise GdanimError(f"cannot remove '{path}': {reason}", exit_code=FAILED) from None
    if not how["quiet"]:
        done = "removed" if how["yes"] else "to remove; --yes removes them"
        said = "nothing to remove" if not found else f"{_many(len(found), 'file')} {done}"
        click.echo(f"{directory}: {said}", err=True)
    return 0


def _made(figures: Sequence[Figure], directory: str, how: dict[str, Any]) -> int:
    from gdanim.batch.job import Depth
    from gdanim.batch.making import making, to_make
    from gdanim.batch.pool import processors

    wanted = list(to_make(figures, directory, how["force"]))
    if how["json"] and not how["check"]:
        stale = {one.figure.name for one in wanted}
        for figure in figures:
            if figure.name not in stale:
                _line(figure, directory, state="fresh")
    if not how["quiet"] and how["why"] and not how["check"]:
        for one in wanted:
            click.echo(f"{one.figure.name}: {one.why}", err=True)
    looked_at = figures if how["check"] else [one.figure for one in wanted]
    if not looked_at:
        return _ended(how, figures, 0, [])
    workers = min(how["jobs"] or processors(), len(looked_at))
    with making(directory, workers, how["yes"]) as maker:
        mistakes = maker.mistakes(looked_at, Depth.PICTURED if how["check"] else Depth.PLANNED)
        if mistakes:
            return _told(mistakes)
        if how["check"]:
            return _checked(figures, wanted, directory, how)
        return _drawn(maker, wanted, figures, directory, how)


def _checked(figures: Sequence[Figure], wanted: Sequence[Wanted], directory: str, how: dict[str, Any]) -> int:
    """Say that all can be drawn; and what would be, if that is asked."""
    stale = wanted if how["stale"] else []
    for one in stale:
        if how["json"]:
            _line(one.figure, directory, state="stale", why=one.why)
        elif not how["quiet"]:
            click.echo(f"{one.figure.name}: {one.why}", err=True)
    if not how["quiet"]:
        of = f"; {len(stale)} of them not fresh" if stale else "; all are fresh" if how["stale"] else ""
        click.echo(f"{_many(len(figures), 'figure')}, nothing wrong{of}", err=True)
    return FAILED if stale else 0


def _drawn(
    maker: Maker,
    wanted: Sequence[Wanted],
    figures: Sequence[Figure],
    directory: str,
    how: dict[str, Any],
) -> int:
    failed: list[Made] = []
    why = {one.figure.name: one.why for one in wanted}
    with _counted(len(wanted), how["quiet"]) as count:
        for made in maker.made([one.figure for one in wanted]):
            count(made.figure.name)
            if made.error:
                failed.append(made)
            elif not how["quiet"] and not sys.stderr.isatty():
                _report(made, directory)
            if how["json"]:
                _json(made, directory, why[made.figure.name])
    return _ended(how, figures, len(wanted) - len(failed), failed)


def _ended(how: dict[str, Any], figures: Sequence[Figure], made: int, failed: Sequence[Made]) -> int:
    """Say what came of it all; the exit code."""
    for one in failed:
        if one.error is not None:
            click.echo(f"Error: {one.figure.mistake(one.error)}", err=True)
    if not how["quiet"]:
        fresh = len(figures) - made - len(failed)
        parts = [(made, "made"), (len(failed), "failed"), (fresh, "fresh")]
        said = ", ".join(f"{count} {what}" for count, what in parts if count)
        click.echo(f"{_many(len(figures), 'figure')}: {said}", err=True)
    return FAILED if failed else 0


def _report(made: Made, directory: str) -> None:
    """A line for each file written, as `run` has it."""
    for target, size in zip(made.figure.targets, made.sizes, strict=True):
        click.echo(f"Wrote {os.path.join(directory, target)} ({amount(size)})", err=True)
    for note in made.drawn.notes:
        click.echo(f"Note: {made.figure.name}: {note}", err=True)


def _json(made: Made, directory: str, why: str) -> None:
    if made.error is not None:
        _line(made.figure, directory, state="failed", why=why, error=made.error.problem)
        return
    drawn = made.drawn
    said = {"bytes": list(made.sizes), "frames": drawn.frames, "seconds": drawn.seconds}
    told = {"verdicts": list(drawn.verdicts), "notes": list(drawn.notes), "alt": drawn.alt}
    _line(made.figure, directory, state="made", why=why, **said, **told)


def _line(figure: Figure, directory: str, **what: Any) -> None:
    files = [os.path.join(directory, target) for target in figure.targets]
    click.echo(json.dumps({"figure": figure.name, "files": files, **what}, ensure_ascii=False))


@contextmanager
def _counted(total: int, quiet: bool) -> Iterator[Any]:
    """What counts figures off on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(
        length=total, label="Drawing", file=sys.stderr, show_pos=True, item_show_func=lambda name: name
    ) as bar:
        yield lambda name: bar.update(1, name)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
