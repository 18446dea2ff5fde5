"""What there is to choose from, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import getdoc, signature
from typing import Any

from gdanim.calls import options_of
from gdanim.data import DATA
from gdanim.losses import LOSSES, make_loss
from gdanim.losses.models import MODELS
from gdanim.optimizers import OPTIMIZERS, SCHEDULES
from gdanim.text import LANGUAGES, Text
from gdanim.theme import THEMES

Row = dict[str, Any]


def losses() -> list[Row]:
    """Name, parameters, formula, options, defaults, minima and source of every loss."""
    rows = []
    for name, factory in LOSSES.items():
        loss = make_loss(name)
        rows.append(
            {
                "name": name,
                "about": (getdoc(factory) or "").splitlines()[0],
                "options": options_of(factory),
                "parameters": list(loss.parameters),
                "any_number_of_parameters": "dimension" in signature(factory).parameters,
                "start": list(loss.start),
                "learning_rate": loss.learning_rate,
                "formula": loss.formula,
                "gradient_formula": list(loss.gradient_formula),
                "minima": [{"theta": list(m.theta), "value": m.value} for m in loss.minima],
                "domain": [list(limits) for limits in loss.domain],
                "source": loss.source,
            }
        )
    return rows


def data() -> list[Row]:
    """Name and options of all data that are made here."""
    return [_factory(name, factory) for name, factory in DATA.items()]


def models() -> list[Row]:
    """Name and options of every model, and what it says."""
    return [_factory(name, factory) for name, factory in MODELS.items()]


def optimizers() -> list[Row]:
    """Name, rule and options of every optimizer."""
    return [_factory(name, factory) for name, factory in OPTIMIZERS.items()]


def schedules() -> list[Row]:
    """Name, purpose and options of every schedule."""
    return [_factory(name, factory) for name, factory in SCHEDULES.items()]


def _factory(name: str, factory: Callable[..., Any]) -> Row:
    return {
        "name": name,
        "about": (getdoc(factory) or "").splitlines()[0],
        "options": options_of(factory),
    }


def views() -> list[Row]:
    """Name and purpose of every view, and of how few and how many parameters it shows (null: any)."""
    from gdanim.views import FOREVER, VIEWS

    return [
        {
            "name": name,
            "about": kind.about,
            "parameters": [least, most if most < FOREVER else None],
        }
        for name, kind in VIEWS.items()
        for least, most in [kind.parameters]
    ]


def themes() -> list[Row]:
    """The themes with their background, and what they are for."""
    return [
        {"name": name, "about": f"on {theme.background}" + (f", {theme.about}" if theme.about else "")}
        for name, theme in THEMES.items()
    ]


def languages() -> list[Row]:
    """The languages by code."""
    return [{"name": code, "about": Text(code).name} for code in LANGUAGES]


def formats() -> list[Row]:
    """The formats by suffix."""
    from gdanim.formats import WRITERS

    return [{"name": name, "about": format.about} for name, format in WRITERS.items()]


LISTS: dict[str, Callable[[], list[Row]]] = {
    "losses": losses,
    "data": data,
    "models": models,
    "optimizers": optimizers,
    "schedules": schedules,
    "views": views,
    "themes": themes,
    "languages": languages,
    "formats": formats,
}


def as_lines(rows: list[Row]) -> Iterator[str]:
    """Names, what they are, and where they start, in columns."""
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        line = f"{row['name']:{width}}  {row['about']}"
        yield line
        details = [f"{key}={_typed(value)}" for key, value in row.get("options", {}).items()]
        if "start" in row:
            start = ",".join(f"{x:g}" for x in row["start"])
            details = [f"start {start}", f"lr {row['learning_rate']:g}", *details]
        if details:
            yield f"{'':{width}}  {'  '.join(details)}"


def _typed(value: float | str) -> str:
    """An option's default as one types it."""
    return value if isinstance(value, str) else f"{value:g}"
