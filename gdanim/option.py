"""Option: all that is known of an option, from which flags, checks, plain data and notes come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from enum import Enum
from typing import Any, NamedTuple

from gdanim.errors import GdanimError
from gdanim.kinds import START, Kind


class Group(str, Enum):
    """The parts of `--help`, in its order."""

    LOSS = "What is minimised"
    DESCENT = "How it descends"
    COMPARISON = "What is compared"
    PICTURE = "The picture"
    TIME = "Timing"
    OUTPUT = "Output"


class Needs(Enum):
    """What an option needs to have an effect."""

    A_VIEW = "a view that shows it"
    SEVERAL_RUNS = "several runs"
    NOISE = "noise, or batches"
    DATA = "a model that learns from data"
    COMPUTED = "a run that is computed"
    A_STATE = "a run alone whose optimizer remembers something"
    A_FORMAT = "a format that holds it"


class Option(NamedTuple):
    """All that is known of an option.

    Attributes:
        default: its value where nothing is said.
        kind: how its values are read, taken and given back.
        group: its part of `--help`.
        help: what `--help` says.
        name: of the Spec's field.
        flags: as on the command line, the first the one that messages use; the name's own when empty.
        metavar: how `--help` names its value; the kind's own when empty.
        least, above, most: the limits of its numbers.
        compared: whether several values make several runs.
        traced: whether it also matters where nothing is drawn.
        needs: what it needs to have an effect.
        unsaid: what happens where nothing is said and the default does not tell.
        joined: whether it is repeated to say more in one text, with a + between.
    """

    default: Any
    kind: Kind
    group: Group
    help: str
    name: str = ""
    flags: tuple[str, ...] = ()
    metavar: str = ""
    least: float | None = None
    above: float | None = None
    most: float | None = None
    compared: bool = False
    traced: bool = False
    needs: Needs | None = None
    unsaid: str = ""
    joined: bool = False

    def named(self, name: str) -> Option:
        """The same with all that follows from its name and its kind."""
        flags = self.flags or ("--" + name.replace("_", "-"),)
        return self._replace(name=name, flags=flags, metavar=self.metavar or self.kind.metavar)

    @property
    def flag(self) -> str:
        """How messages name it."""
        return self.flags[0]

    @property
    def key(self) -> str:
        """Its name in JSON and TOML, as on the command line without the hyphens."""
        return self.flags[0].removeprefix("--").replace("-", "_")

    @property
    def keys(self) -> set[str]:
        """All names under which plain data may have it."""
        return {self.name, *(flag.removeprefix("--").replace("-", "_") for flag in self.flags)}

    def without_effect(self, why: str) -> str:
        """What to say where it changes nothing."""
        return f"{self.flag} changed nothing: {why}"

    def value(self, data: Any) -> Any:
        """The value that plain data holds, checked.

        Raises:
            GdanimError: it is not one.
        """
        try:
            if self.compared and data is not None:
                values = self.kind.several(data)
                for value in values:
                    self._check(value)
                if len(set(values)) < len(values):
                    raise ValueError("a value to compare is given twice")
                return self.default if not values else values[0] if len(values) == 1 else values
            if data is None and self.default is None:
                return None
            value = self.kind.take(data)
            self._check(value)
            return value
        except ValueError as error:
            raise GdanimError(str(error), where=[self.name]) from None

    def read(self, text: str) -> Any:
        """One value, or a part of one that is collected, from a flag's text; not checked yet.

        Raises:
            ValueError: it is not one.
        """
        return self.kind.read(text)

    def give(self, value: Any) -> Any:
        """A value as JSON and TOML can hold it."""
        return [self.kind.give(one) for one in value] if self.is_several(value) else self.kind.give(value)

    def is_several(self, value: Any) -> bool:
        """Whether a checked value is several to compare."""
        return (
            self.compared
            and isinstance(value, tuple)
            and (self.kind is not START or isinstance(value[0], tuple))
        )

    def each(self, value: Any) -> tuple[Any, ...]:
        """One value, or several to compare, as a tuple of them."""
        return value if self.is_several(value) else (value,)

    def _check(self, value: Any) -> None:
        for number in value if isinstance(value, tuple) else (value,):
            if isinstance(number, bool) or not isinstance(number, int | float):
                continue
            if self.least is not None and number < self.least:
                raise ValueError(f"must be from {self.least:,.10g} up, not {number}")
            if self.above is not None and number <= self.above:
                raise ValueError(f"must be above {self.above:,.10g}, not {number}")
            if self.most is not None and number > self.most:
                raise ValueError(f"must be at most {self.most:,.10g}, not {number}")


def declared(option: Option) -> Any:
    """A field of a dataclass that is this option."""
    return field(default=option.default, metadata={"option": option})


def declared_as(default: Any, kind: Kind, group: Group, help: str, **known: Any) -> Any:
    """The same of an option that is described here."""
    return declared(Option(default, kind, group, help, **known))


def by_key(options: Iterable[Option], key: str) -> Option | None:
    """The option that plain data may have under this key."""
    key = key.replace("-", "_")
    return next((option for option in options if key in option.keys), None)
