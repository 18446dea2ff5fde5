"""inspect and reproduce: the recipe in a file, and the file once more."""

from __future__ import annotations

import json
import os
import shlex
from typing import Any

import click

from gdanim.cli.flags import Command, given, spec_options, words_of
from gdanim.cli.rendering import delivery_elsewhere, draw, taken
from gdanim.errors import GdanimError
from gdanim.spec import OPTIONS, Spec

OWN = "was made from Python with {} of its own, which no command can name"


@click.command(cls=Command)
@click.argument("file", metavar="FILE")
@click.option("--json", "as_json", is_flag=True, help="The recipe as it stands in the file.")
def inspect(file: str, as_json: bool) -> None:
    """Say how a file was made: the command, and the versions.

    The command is on standard output, all else on standard error.

    \b
    gdanim inspect out.gif
    """
    from gdanim.output.carried import carried_by
    from gdanim.recipe import Recipe, versions

    told, format = carried_by(file)
    recipe = Recipe.from_json(told)
    if as_json:
        click.echo(json.dumps(json.loads(told), indent=2))
        return
    if recipe.own:
        click.echo(f"'{file}' {OWN.format(' and '.join(f'a {name}' for name in recipe.own))}", err=True)
    else:
        words = ["gdanim", "run", *words_of(recipe.spec()), "-o", named(file)]
        suffix = os.path.splitext(file)[1].lower() == f".{format}"
        click.echo(shlex.join(words if suffix else [*words, "--format", format]))
    for name, digest in recipe.files.items():
        of = "standard input" if name == "-" else f"{name}, SHA-256 {digest}"
        click.echo(f"Reads {of}", err=True)
    made = ", ".join(f"{name} {number}" for name, number in recipe.versions.items())
    same = "" if recipe.differing or recipe.versions != versions() else ", as here"
    click.echo(f"Made with {made}{same}", err=True)
    for name in recipe.differing:
        click.echo(f"Differs here: {name}", err=True)


def named(file: str) -> str:
    """A file as -o names it, so that it is no flag and not standard output."""
    return f"./{file}" if file.startswith("-") else file


@click.command(cls=Command)
@click.argument("file", metavar="FILE")
@spec_options(OPTIONS.values(), environment=False)
@delivery_elsewhere
def reproduce(file: str, output: tuple[str, ...], quiet: bool, **flags: Any) -> None:
    """Make a file again from the recipe in it, with changes if flags say so.

    The same versions write the same bytes; other versions are named. Files that the figure reads are looked
    for by their names, in the folder one is in and then beside FILE, and have to be as they were. No
    environment variable changes anything.

    \b
    gdanim reproduce out.gif -o again.gif
    gdanim reproduce out.gif -o slower.mp4 --lr 0.02 --lang pt
    """
    from gdanim.output.carried import carried_by
    from gdanim.recipe import Recipe

    if not output:
        raise GdanimError("say where it goes, as in -o again.gif", where=["output"])
    recipe = Recipe.from_json(carried_by(file).recipe)
    how, changes = taken(flags), given(flags)
    missing = [name for name in recipe.own if not (name == "optimizer" and "optimizer" in changes)]
    if missing:
        raise GdanimError(
            f"'{file}' {OWN.format(' and '.join(f'a {name}' for name in missing))}; run that program again",
            where=["file"],
        )
    spec = recipe.spec(**changes)
    places = recipe.found(spec, ("", os.path.dirname(file)), tuple(changes))
    draw(Spec(**{**settings(spec), **places}), output, quiet, **how)
    if recipe.differing and not quiet:
        click.echo(f"Note: it was made with other versions: {'; '.join(recipe.differing)}", err=True)


def settings(spec: Spec) -> dict[str, Any]:
    """What a Spec says, by the names of its fields."""
    return {option.name: getattr(spec, option.name) for option in spec.given}
