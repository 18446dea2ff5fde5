"""`NAME:KEY=VALUE,…`: how a loss, an optimizer or a schedule is named, with its options.

Option names, types and defaults are read off the factory's signature, so nothing is declared twice.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple, TypeVar, get_type_hints

from gdanim.errors import GdanimError, did_you_mean, shortened, unknown

T = TypeVar("T")
CONTEXT = ("dimension", "loss", "iterations")  # a factory's parameters that are never options


class Limits(NamedTuple):
    """What an option may be, beside its type in the signature: Annotated[float, Limits(0, 1)]."""

    least: float
    end: float = math.inf  # the first one too large

    def allow(self, value: float) -> bool:
        return self.least <= value < self.end

    def __str__(self) -> str:
        """In words.

        >>> print(Limits(0, 1)), print(Limits(1))
        from 0 up, under 1
        from 1 up
        (None, None)
        """
        return f"from {self.least:g} up" + (f", under {self.end:g}" if self.end < math.inf else "")


Share = Annotated[float, Limits(0, 1)]
NotNegative = Annotated[float, Limits(0)]
Count = Annotated[int, Limits(1)]
Place = Annotated[float, Limits(-1e6, 1e6)]  # of a parameter; further out a start beside it is not beside it


def build(
    kind: str,
    table: Mapping[str, Callable[..., T]],
    call: str,
    **context: Any,
) -> T:
    """Make what `call` names.

    Args:
        kind: the word for messages, which is also the option's name: "loss", "optimizer" ….
        table: name → factory.
        call: `NAME` or `NAME:KEY=VALUE,KEY=VALUE`.
        context: what the caller can supply; a factory gets those it has a parameter for.

    >>> build("power", {"pow": pow}, "pow:exp=3", base=2)
    8.0
    """
    name, _, rest = call.strip().partition(":")
    if name not in table:
        raise _mistaken(kind, table, call) or unknown(kind, name, table, where=kind)
    factory = table[name]
    parameters = inspect.signature(factory).parameters
    supplied = {key: value for key, value in context.items() if key in parameters}
    allowed = [key for key in parameters if key not in (*supplied, *CONTEXT)]
    options = _options(kind, name, rest, allowed, parameters)
    for key, limits in limits_of(factory).items() if options else ():
        if key in options and not limits.allow(options[key]):
            raise GdanimError(
                f"option '{key}' of {name} must be {limits}, not {options[key]:g}", where=[kind]
            )
    return factory(**supplied, **options)


def limits_of(factory: Callable[..., Any]) -> dict[str, Limits]:
    """Option name → its limits, where the signature has some."""
    hints = get_type_hints(factory, include_extras=True)
    found = {
        key: [m for m in getattr(h, "__metadata__", ()) if isinstance(m, Limits)] for key, h in hints.items()
    }
    return {key: limits[0] for key, limits in found.items() if limits}


def options_of(factory: Callable[..., Any]) -> dict[str, Any]:
    """Option name → default, for listing."""
    parameters = inspect.signature(factory).parameters.values()
    empty = inspect.Parameter.empty
    return {p.name: p.default for p in parameters if p.default is not empty and p.name not in CONTEXT}


def _mistaken(kind: str, table: Mapping[str, Callable[..., Any]], call: str) -> GdanimError | None:
    """The error for `KEY=VALUE` or `NAME KEY=VALUE`, where an option stands without its name and colon."""
    match = re.fullmatch(r"(?:([\w-]+)[\s,]+)?(\w+)\s*=\s*([^,;=]+)", call.strip())
    if match is None:
        return None
    name, key, value = match.groups()
    able = [n for n, factory in table.items() if key in options_of(factory) and name in (None, n)]
    able.sort(key=lambda n: n != key)
    if not able:
        return None
    return GdanimError(f"'{call}' names no {kind}; write {able[0]}:{key}={value}", where=[kind])


def _options(
    kind: str, name: str, text: str, allowed: list[str], parameters: Mapping[str, Any]
) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = (part.strip() for part in item.partition("="))
        if not equals and re.fullmatch(r"[\d.]+", key):
            raise GdanimError(
                f"'{key}' is no option of {name}; options stand between commas, and a number has a decimal"
                " point",
                where=[kind],
            )
        if key not in allowed:
            meant = did_you_mean(key, allowed)
            choice = f" takes {', '.join(allowed)}" if allowed else " takes none"
            raise GdanimError(
                f"unknown option '{shortened(key)}' of {name}{meant}{' It' if meant else '; it'}{choice}",
                where=[kind],
            )
        if not equals or not value:
            raise GdanimError(f"option '{key}' of {name} needs a value: {key}=…", where=[kind])
        if key in options:
            raise GdanimError(f"option '{key}' of {name} is given twice", where=[kind])
        options[key] = _convert(value, parameters[key].default, f"option '{key}' of {name}", kind)
    return options


def _convert(value: str, default: Any, what: str, kind: str) -> Any:
    """The text as the type of the default it replaces."""
    if isinstance(default, bool):
        if value.lower() in ("true", "yes", "on", "1"):
            return True
        if value.lower() in ("false", "no", "off", "0"):
            return False
        raise GdanimError(f"{what} must be true or false, not '{shortened(value)}'", where=[kind])
    if isinstance(default, str):
        return value
    try:
        return int(value) if isinstance(default, int) else finite(value)
    except ValueError:
        noun = "a whole number" if isinstance(default, int) else "a number"
        raise GdanimError(f"{what} must be {noun}, not '{shortened(value)}'", where=[kind]) from None


def finite(text: str) -> float:
    """A float that is neither infinite nor NaN; ValueError otherwise."""
    value = float(text)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(f"'{text}' is not finite")
    return value
