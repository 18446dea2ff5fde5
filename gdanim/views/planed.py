"""What must be said of a landscape that is not the whole one: the plane it lies on, and its rows."""

from __future__ import annotations

import math

from gdanim.planes import Plane
from gdanim.text import Text
from gdanim.views.base import Scene
from gdanim.views.symbols import symbol

HELD = 4  # parameters that are held, whose values are said
NEARLY = 0.99  # of the variance: more, but not all, is "over 99 %"
NOTHING = 1e-9  # of it that is not seen


def planed(scene: Scene) -> list[list[str]]:
    """The plane on which a loss of many parameters is seen, and the rows of which it is, each in lengths."""
    whole = scene.plane is None or len(scene.loss.parameters) == 2  # whose axes have but changed places
    said = [] if whole or scene.plane is None else _plane(scene, scene.plane)
    drawn = [scene.ground] if any(kind.plane for kind in scene.kinds) else []
    drawn += [scene.cut] if any(kind.cuts for kind in scene.kinds) else []
    rows = [seen.sampled for seen in drawn if seen.sampled]
    if rows and scene.loss.table is not None:
        counts = {"shown": _count(min(rows)), "rows": _count(len(scene.loss.table))}
        said.append([scene.text(key, **counts) for key in ("glimpse", "glimpse.short")])
    return said


def _plane(scene: Scene, plane: Plane) -> list[list[str]]:
    text, several = scene.text, "" if len(scene.everyone) == 1 else ".several"
    if plane.share is None:
        return [_held(scene, plane, several), [_path(scene)]]
    u, v = (symbol(name) for name in plane.loss.parameters)
    if plane.still:
        names = ", ".join(f"${symbol(name)}$" for name in scene.loss.parameters[:2])
        moved = any((run.theta != run.theta[0]).any() for run in scene.everyone)
        lengths = [text("plane.away" if moved else "plane.still", u=u, v=v, names=names)]
    elif plane.along is not None:
        towards = f"${symbol(scene.loss.parameters[plane.along])}$"
        lengths = [text(key, u=u, v=v, name=towards) for key in ("plane.line", "plane.line.short")]
    else:
        share = percent(text, plane.share)
        keys = (f"plane.main{several}", f"plane.main{several}.short")
        lengths = [text(key, share=share) for key in keys]
    through = text(f"plane.ended{several}" if plane.ended else "plane.started")
    return [lengths, [f"{through}, {_path(scene)}", _path(scene)]]


def _held(scene: Scene, plane: Plane, several: str) -> list[str]:
    """Which parameters are held, and at what, as long as they are few."""
    text = scene.text
    key = f"plane.held{several}" if plane.ended else "plane.held.start"
    others = [i for i, name in enumerate(scene.loss.parameters) if name not in plane.loss.parameters]
    short = text(key, names=text("plane.others"))
    if len(others) > HELD:
        return [short]
    values = text("sign.semicolon").join(
        f"${symbol(scene.loss.parameters[i])}$ = {text.fixed(float(plane.loss.origin[i]))}" for i in others
    )
    return [text(key, names=values), short]


def _path(scene: Scene) -> str:
    """What is projected onto the plane, and of a surface whose heights it has."""
    text, kinds = scene.text, [kind for kind in scene.kinds if kind.plane]
    if len(scene.everyone) > 1:
        said = text("plane.paths")
    elif any(not kind.turning for kind in kinds):
        said = text("plane.arrows", arrow="$-g$" if scene.runs[0].noisy else r"$-\nabla L$")
    else:
        said = text("plane.path")
    return f"{said}, {text('plane.heights')}" if any(kind.turning for kind in kinds) else said


def percent(text: Text, share: float) -> str:
    """A share in whole percent; all of it only where it is all.

    >>> percent(Text("en"), 0.634), percent(Text("en"), 0.9999), percent(Text("en"), 1.0)
    ('63 %', 'over 99 %', '100 %')
    """
    if NEARLY < share < 1.0 - NOTHING:
        return text("over", percent=99)
    return f"{math.floor(100 * share + 0.5):d} %"


def _count(number: int) -> str:
    return f"{number:,}".replace(",", "\N{THIN SPACE}")
