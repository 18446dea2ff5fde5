"""Options that only some formats hold: how often a file plays, which iterate a still shows, and the like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gdanim.kinds import AT, LAST, NUMBER, PAUSES, WHOLE, Kind, plain
from gdanim.option import Group, Needs, Option
from gdanim.timeline import HOLD

Strip = tuple[int | str, ...]
MOST_SHOWN = 60  # iterates of a strip; long before, they have no room


def _strip(data: Any) -> Strip:
    data = plain(data)
    if isinstance(data, str):
        return _read_strip(data)
    return _story([AT.take(k) for k in (data if isinstance(data, Sequence) else [data])])


def _read_strip(text: str) -> Strip:
    try:
        iterates = [AT.read(part) for part in text.split(",")]
    except ValueError:
        raise ValueError(f"'{text}' is not several iterates such as 0,1,3,{LAST}") from None
    return _story(iterates)


def _story(iterates: list[int | str]) -> Strip:
    """Iterates in their order, the last at the end."""
    for k in iterates:
        if iterates.count(k) > 1:
            raise ValueError(f"iterate {k} is given twice")
    if len(iterates) == 1:
        raise ValueError("must be two iterates or more; for one see --at")
    if len(iterates) > MOST_SHOWN:
        raise ValueError(f"must be at most {MOST_SHOWN} iterates, not {len(iterates)}")
    return tuple(sorted(iterates, key=lambda k: (isinstance(k, str), k)))


STRIP = Kind("K,K…", _read_strip, _strip, list, say=lambda value: ",".join(map(str, value)))


def _option(default: Any, kind: Any, group: Group, help: str, **known: Any) -> Option:
    return Option(default, kind, group, help, needs=Needs.A_FORMAT, **known)


DELIVERY_OPTIONS = {
    "pause": _option(
        (),
        PAUSES,
        Group.TIME,
        "How long some iterates take in all, as in 0:4,1:3 for 4 s and 3 s; the last one without --hold.",
    ),
    "hold": _option(HOLD, NUMBER, Group.TIME, "Seconds the last frame stays longer.", least=0.0, most=3600.0),
    "loop": _option(
        0, WHOLE, Group.TIME, "How often an image that moves plays; 0: for ever.", least=0, most=65_535
    ),
    "at": _option(LAST, AT, Group.OUTPUT, "The iterate that a still shows, such as 7.", least=0),
    "strip": _option(
        (),
        STRIP,
        Group.OUTPUT,
        "Iterates that a still shows beside each other, each with its numbers, such as 0,1,3,last.",
        least=0,
    ),
}
