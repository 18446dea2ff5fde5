"""doctor: what this machine has and lacks."""

from __future__ import annotations

import json

import click

from gdanim.cli.flags import Command
from gdanim.errors import FAILED

SIGNS = {True: "ok", False: "MISSING", None: "lacks"}


@click.command(cls=Command)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def doctor(as_json: bool) -> int:
    """Find out what this machine has and lacks, and what mends it.

    Versions, every format (by writing one), fonts, processors, folders. What is MISSING is needed, and
    makes the exit code 1; what it only lacks is not.
    """
    from gdanim.checkup import points

    found = []
    for point in points():
        found.append(point)
        if not as_json:
            remedy = f"\n{'':9}mend it: {point.remedy}" if point.remedy else ""
            click.echo(f"{SIGNS[point.well]:9}{point.name}: {point.said}{remedy}")
    if as_json:
        click.echo(json.dumps([point._asdict() for point in found], indent=2, ensure_ascii=False))
    return FAILED if any(point.well is False for point in found) else 0
