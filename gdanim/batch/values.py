"""Values of a course's file: what a key names, names of files, texts in languages, and files to read."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from gdanim.batch.source import Place
from gdanim.data import DATA
from gdanim.errors import GdanimError, did_you_mean, shortened, unknown
from gdanim.option import Option, by_key
from gdanim.spec import OPTIONS
from gdanim.text import LANGUAGES
from gdanim.themefile import is_file as is_themefile

ALIASES = {"runs": "run"}
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"\\|?*%]')
READ = ("data", "path", "theme", "font")  # options that may name files


def option_of(key: str) -> Option | None:
    return by_key(OPTIONS.values(), ALIASES.get(key, key))


def field_of(key: str) -> str:
    """What an option's names have in common; of any other key itself."""
    option = option_of(key)
    return option.name if option else key


def unfit_list(key: str, values: Any) -> str:
    """Why something is none of a matrix's lists; nothing where it is one."""
    if option_of(key) is None:
        meant = did_you_mean(key, [option.key for option in OPTIONS.values()])
        return f"unknown key '{shortened(key)}'{meant or '; it takes options only'}"
    if not isinstance(values, list) or not values:
        return f"{key}: must be a list of values, not {shortened(repr(values))}"
    return ""


def word(key: str, value: Any) -> str:
    """A value of a matrix as a name has it."""
    option = option_of(key)
    try:
        return str(value) if option is None else option.kind.say(option.kind.take(value))
    except (ValueError, TypeError):  # what is no such value is told when it is read
        return str(value)


def filled(text: Any, words: Mapping[str, str]) -> Any:
    """A text with the words in the places of their keys in braces; other braces stay."""
    if not isinstance(text, str):
        return text
    return re.sub(r"\{(\w+)\}", lambda match: words.get(match[1], match[0]), text)


def unfit(name: str) -> str:
    """Why a name is none for files in the folder; nothing where it is one."""
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts:
        return f"'{shortened(name)}' leaves the folder that the course is written to"
    if match := re.search(r"\{(\w*)\}", name):
        return f"'{shortened(name)}' has {match[0]}, and there is no such key in its matrix"
    if match := FORBIDDEN.search(name):
        return f"'{shortened(name)}' has {match[0]!r}, which names of files cannot have everywhere"
    if "/".join(parts) != name or any(part.startswith(".") or part.strip(" .") != part for part in parts):
        return f"'{shortened(name)}' is no name for a file"
    return ""


def texts(value: Any) -> dict[str, str]:
    """A text for each language; one for all stands under "".

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, str):
        return {"": value}
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
        raise ValueError('must be a text, or one for each language, as in {en = "…", pt = "…"}')
    for lang in value:
        if lang not in LANGUAGES:
            raise ValueError(unknown("language", lang, LANGUAGES, where="").problem)
    return dict(value)


def placed(place: Place, option: Option, value: Any) -> Any:
    """A checked value whose files are named from where one is, and not from the file that names them.

    Raises:
        GdanimError: a file that is not there.
    """
    if option.name not in READ or not value:
        return value
    folder = os.path.dirname(place.file)
    if option.name == "path":
        return tuple(_there(folder, name) for name in value)
    if option.name == "theme" and not is_themefile(value):
        return value
    if option.name == "data" and not os.path.exists(os.path.join(folder, value)):
        if value.partition(":")[0].strip().lower() in DATA:
            return value
        if not os.path.splitext(value)[1]:
            raise unknown("data", value, DATA, where="data")
    return _there(folder, value)


def _there(folder: str, name: str) -> str:
    path = os.path.join(folder, name)
    if name == "-":
        raise GdanimError("a course reads no standard input; name a file")
    if not os.path.isfile(path):
        raise GdanimError(f"there is no file '{path}'; files are named from the folder of the course's file")
    return path
