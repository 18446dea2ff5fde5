"""What is to be made: a file is fresh where it carries the recipe that its figure has here and now."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gdanim.batch.course import Figure
from gdanim.errors import GdanimError, shortened
from gdanim.formats import WRITERS
from gdanim.output.carried import carried_by
from gdanim.output.sequence import Numbered, is_numbered
from gdanim.recipe import Recipe

GONE = "is not there"
NOT_OURS = "carries no recipe"


def why_made(figure: Figure, folder: str) -> str:
    """Why a figure has to be made, for the first of its files that is not fresh; nothing where all are.

    Raises:
        GdanimError: a file that it reads cannot be read.
    """
    told = Recipe.of(figure.spec).to_json()
    for target in figure.targets:
        why = _why(os.path.join(folder, target), told)
        if why:
            return f"{target} {why}"
    return ""


def _why(target: str, told: str) -> str:
    if not told:
        return "has too long a recipe to carry it"
    format = Path(target).suffix[1:].lower()
    name = target
    if is_numbered(target):
        name, format = _last_of(target), "png"
    if not name or not os.path.isfile(name):
        return GONE
    try:
        carried = carried_by(name)
        if carried.format != format:
            return f"is no {format}"
        if carried.recipe == told:
            return ""
        return _differs(Recipe.from_json(carried.recipe), Recipe.from_json(told))
    except GdanimError:
        return NOT_OURS


def _last_of(target: str) -> str:
    """The last frame of a sequence that is whole from 0 up; nothing where there is none."""
    frames = Numbered.of(target).there()
    return str(frames[len(frames) - 1]) if frames and [*frames] == [*range(len(frames))] else ""


def _differs(there: Recipe, here: Recipe) -> str:
    """In what two recipes differ, in words."""
    for name, made in [("gdanim", there.versions.get("gdanim", "")), *there.versions.items()]:
        if here.versions.get(name) != made:
            return (
                f"was made with {name} {made or 'of another version'}; here it is {here.versions.get(name)}"
            )
    for key in dict.fromkeys([*there.data, *here.data]):
        before, now = (_said(recipe.data.get(key)) for recipe in (there, here))
        if before != now:
            return f"has {key} {before}; the course has {now}"
    for name, digest in here.files.items():
        if there.files.get(name) != digest:
            return f"was made from another {name}"
    return "was made otherwise"


def _said(value: Any) -> str:
    return "as it is by itself" if value is None else shortened(json.dumps(value, ensure_ascii=False))


def strays(folder: str, figures: Iterable[Figure]) -> Iterator[str]:
    """Files of the folder that carry a recipe of ours and that no figure writes, in order."""
    kept = {
        os.path.realpath(os.path.join(folder, t)) for f in figures for t in f.targets if not is_numbered(t)
    }
    sequences = [Numbered.of(os.path.join(folder, t)) for f in figures for t in f.targets if is_numbered(t)]
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(place, name)
            suffix = os.path.splitext(name)[1][1:].lower()
            if name.startswith(".") or suffix not in WRITERS or os.path.islink(path):
                continue
            if os.path.realpath(path) in kept or any(names.has(path) for names in sequences):
                continue
            try:
                carried_by(path)
            except GdanimError:
                continue
            yield path
