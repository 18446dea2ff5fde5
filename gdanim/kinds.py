"""Kinds of option: how a value is read from text, taken from plain data, and given back as such."""

from __future__ import annotations

import math
import operator
import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

Start = tuple[float, ...]
Pauses = tuple[tuple[int, float], ...]  # iterate, seconds
Limits = tuple[float, float]  # lowest, highest
LAST = "last"
WORST = "worst"
LONGEST_PAUSE = 3600.0  # seconds
LARGEST_DRAWN = 1e100  # its square is a number still
NARROWEST = 1e-9  # span of limits, against the larger: between closer ones a loss is rounding


def _same(value: Any) -> Any:
    return value


class Kind(NamedTuple):
    """What the values of an option are.

    Each function raises ValueError with what is wrong, to be put after the option's name.

    Args:
        metavar: how `--help` names a value.
        read: the text of a flag or of an environment variable → value.
        take: what Python, JSON or TOML hold → value; numbers of numpy are plain ones by then.
        give: value → what JSON and TOML can hold.
        one: whether plain data is one value where several may stand.
        separator: what stands between several in an environment variable; None for any space.
        collected: whether a flag is repeated to say more, and `read` reads a part of the value.
        say: value, or a part of it → the text that `read` reads.
    """

    metavar: str
    read: Callable[[str], Any]
    take: Callable[[Any], Any]
    give: Callable[[Any], Any] = _same
    one: Callable[[Any], bool] = lambda data: not isinstance(data, Sequence) or isinstance(data, str)
    separator: str | None = None
    collected: bool = False
    say: Callable[[Any], str] = str

    def several(self, data: Any) -> tuple[Any, ...]:
        """One value or several, as a tuple of values.

        >>> NUMBER.several(0.5), NUMBER.several([1, 2])
        ((0.5,), (1.0, 2.0))
        """
        data = plain(data)
        return tuple(map(self.take, [data] if self.one(data) else data))


def plain(data: Any) -> Any:
    """Numbers and arrays of numpy, and of what resembles it, as Python's own."""
    return data.tolist() if hasattr(data, "tolist") else data


def _text(data: Any) -> str:
    if not isinstance(data, str):
        raise ValueError(f"must be text, not {data!r}")
    return data


def _flag(data: Any) -> bool:
    if not isinstance(data, bool):
        raise ValueError(f"must be true or false, not {data!r}")
    return data


def _whole(data: Any) -> int:
    data = plain(data)
    if isinstance(data, float) and data.is_integer():  # as JSON of some programs has it
        return int(data)
    if isinstance(data, bool):
        raise ValueError(f"must be a whole number, not {data}")
    try:
        return operator.index(data)
    except TypeError:
        raise ValueError(f"must be a whole number, not {data!r}") from None


def _number(data: Any) -> float:
    data = plain(data)
    if isinstance(data, bool | str):
        raise ValueError(f"must be a finite number, not {data!r}")
    try:
        value = float(data)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"must be a finite number, not {data!r}") from None
    if not math.isfinite(value):
        raise ValueError(f"must be a finite number, not {value}")
    return value


def _start(data: Any) -> Start:
    data = plain(data)
    if isinstance(data, str):
        raise ValueError(f"must be a number or several, not {data!r}")
    return tuple(map(_number, data)) if isinstance(data, Sequence) else (_number(data),)


def _one_start(data: Any) -> bool:
    """A number, or numbers; several starts are a list of lists."""
    return not isinstance(data, Sequence) or not any(
        isinstance(plain(part), Sequence) and not isinstance(part, str) for part in data
    )


def _size(data: Any) -> tuple[int, int]:
    data = plain(data)
    if isinstance(data, str):
        return _read_size(data)
    if not isinstance(data, Sequence) or len(data) != 2:
        raise ValueError("must be two numbers, width and height")
    width, height = map(_whole, data)
    return width, height


def _names(data: Any) -> tuple[str, ...]:
    data = plain(data)
    if isinstance(data, str):
        return _read_names(data)
    if not isinstance(data, Sequence):
        raise ValueError(f"must be names, not {data!r}")
    return tuple(map(_text, data))


def _files(data: Any) -> tuple[str, ...]:
    files = [data] if isinstance(data, str | os.PathLike) else data
    try:
        return tuple(os.fsdecode(file) for file in files)
    except TypeError:
        raise ValueError(f"must be names of files, not {data!r}") from None


def _assignments(data: Any) -> tuple[tuple[str, float], ...]:
    pairs = data.items() if isinstance(data, Mapping) else data
    try:
        found = tuple((_text(name), _number(value)) for name, value in pairs)
    except (TypeError, ValueError) as error:
        if isinstance(error, ValueError) and "must be" in str(error):
            raise
        raise ValueError("must be names with their values") from None
    for name, _ in found:
        if [other for other, _ in found].count(name) > 1:
            raise ValueError(f"'{name}' is given twice")
    return found


def _pauses(data: Any) -> Pauses:
    if isinstance(data, str):
        return _read_pauses(data)
    data = plain(data)
    pairs = data.items() if isinstance(data, Mapping) else data
    try:
        found = tuple((_whole(int(k) if isinstance(k, str) else k), _number(s)) for k, s in pairs)
    except (TypeError, ValueError) as error:
        if "must be" in str(error):
            raise ValueError(str(error)) from None
        raise ValueError("must be iterates with their seconds, such as 0:4,1:3") from None
    iterates = [k for k, _ in found]
    for k, seconds in found:
        if k < 0 or not 0 < seconds <= LONGEST_PAUSE:
            raise ValueError(
                f"must be iterates from 0 up, with seconds above 0 and at most {LONGEST_PAUSE:g},"
                f" not {k}:{seconds:g}"
            )
        if iterates.count(k) > 1:
            raise ValueError(f"iterate {k} is given twice")
    return tuple(sorted(found))


def _read_pauses(text: str) -> Pauses:
    pairs = [part.partition(":") for part in text.split(",")]
    try:
        return _pauses([(int(k), float(seconds)) for k, _, seconds in pairs])
    except ValueError as error:
        if "must be" in str(error) or "twice" in str(error):
            raise
        raise ValueError(f"'{text}' is not iterates with their seconds, such as 0:4,1:3") from None


def _limits(data: Any) -> Limits:
    data = plain(data)
    if isinstance(data, str):
        return _read_limits(data)
    if not isinstance(data, Sequence) or len(data) != 2:
        raise ValueError("must be two numbers, the lowest and the highest")
    low, high = map(_number, data)
    if low >= high:
        same = "" if f"{low:g}" != f"{high:g}" else ", two different numbers"
        raise ValueError(f"must be the lowest and then the highest{same}, not {low:.17g},{high:.17g}")
    if (largest := max(abs(low), abs(high))) > LARGEST_DRAWN:
        raise ValueError(f"must be from {-LARGEST_DRAWN:g} to {LARGEST_DRAWN:g}, not {low:g},{high:g}")
    if high - low < NARROWEST * largest:
        raise ValueError(f"must be at least {NARROWEST * largest:.2g} apart, not {high - low:.2g}")
    return low, high


def _read_limits(text: str) -> Limits:
    try:
        low, high = map(float, text.split(","))
    except ValueError:
        raise ValueError(f"'{text}' is not two numbers such as -1,5, the lowest and the highest") from None
    return _limits((low, high))


def _at(data: Any) -> int | str:
    if data == LAST and isinstance(data, str):
        return LAST
    try:
        return _whole(data)
    except ValueError:
        raise ValueError(f"must be an iterate such as 7, or '{LAST}', not {data!r}") from None


def _read_at(text: str) -> int | str:
    if text.strip().lower() == LAST:
        return LAST
    try:
        return _read_whole(text)
    except ValueError:
        raise ValueError(f"'{text}' is not an iterate such as 7, nor '{LAST}'") from None


def _row(data: Any) -> int | str:
    if data == WORST and isinstance(data, str):
        return WORST
    try:
        return _whole(data)
    except ValueError:
        raise ValueError(f"must be the number of a row such as 3, or '{WORST}', not {data!r}") from None


def _read_row(text: str) -> int | str:
    if text.strip().lower() == WORST:
        return WORST
    try:
        return _read_whole(text)
    except ValueError:
        raise ValueError(f"'{text}' is not the number of a row such as 3, nor '{WORST}'") from None


def _read_whole(text: str) -> int:
    if not re.fullmatch(r"\s*[-+]?\d+\s*", text):
        raise ValueError(f"'{text}' is not a whole number")
    return int(text)


def _read_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a number{_hint(text)}") from None


def _hint(text: str) -> str:
    """What somebody meant who wrote a comma in a number."""
    if re.fullmatch(r"[^,]*\d,\d+", text) and "." not in text:
        return "; the decimal sign is a point: 0.1"
    return "; to compare several, give the option once for each" if "," in text else ""


def _read_numbers(text: str) -> Start:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise ValueError(f"'{text}' is not a number, nor numbers with commas between") from None


def _read_size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"\s*(\d+)\s*[xX×]\s*(\d+)\s*", text)
    if not match:
        raise ValueError(f"'{text}' is not a size such as 960x540")
    return int(match[1]), int(match[2])


def _read_names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _read_assignment(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        return name.strip(), float(number)
    except ValueError:
        hint = "; the decimal sign is a point" if "," in number else ""
        raise ValueError(f"'{text}' is not an assignment such as lam=0.1{hint}") from None


def _read_flag(text: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False}
    words["off"] = False
    if text.lower() not in words:
        raise ValueError(f"must be true or false, not '{text}'")
    return words[text.lower()]


def _say_number(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def _say_numbers(values: Sequence[float]) -> str:
    return ",".join(map(_say_number, values))


TEXT = Kind("TEXT", _same, _text)
FLAG = Kind("", _read_flag, _flag)
WHOLE = Kind("INTEGER", _read_whole, _whole)
AT = Kind("K", _read_at, _at)
ROW = Kind("N", _read_row, _row)
NUMBER = Kind("FLOAT", _read_number, _number, say=_say_number)
START = Kind("X[,Y…]", _read_numbers, _start, list, _one_start, say=_say_numbers)
SIZE = Kind("WXH", _read_size, _size, list, say=lambda size: "x".join(map(str, size)))
NAMES = Kind("W1,W2…", _read_names, _names, list, say=",".join)
ASSIGNMENTS = Kind(
    "NAME=VALUE",
    _read_assignment,
    _assignments,
    dict,
    collected=True,
    say=lambda pair: f"{pair[0]}={_say_number(pair[1])}",
)
FILES = Kind("FILE", _same, _files, list, separator=os.pathsep, collected=True)
PAUSES = Kind(
    "K:SECONDS,…",
    _read_pauses,
    _pauses,
    lambda value: [list(pair) for pair in value],
    say=lambda value: ",".join(f"{k}:{_say_number(seconds)}" for k, seconds in value),
)
LIMITS = Kind("LOW,HIGH", _read_limits, _limits, list, say=_say_numbers)
