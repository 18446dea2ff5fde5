"""Options that only some formats hold: how often a file plays, which iterate a still shows, and the like."""

from __future__ import annotations

from typing import Any

from gdanim.kinds import AT, LAST, NUMBER, PAUSES, WHOLE
from gdanim.option import Group, Needs, Option
from gdanim.timeline import HOLD


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
}
