"""The recipe of a figure: its Spec, the files it reads by name and digest, and what made it."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from gdanim import __version__
from gdanim.errors import FAILED, GdanimError
from gdanim.metadata import MOST_RECIPE
from gdanim.spec import Spec
from gdanim.themefile import is_file as is_themefile

LIBRARIES = ("numpy", "matplotlib", "pillow", "imageio", "av")  # that draw and encode
STDIN = "-"
CHUNK = 1 << 20
MOST_FILES = 64
NO_RECIPE = "holds no recipe of gdanim"


@dataclass(frozen=True)
class Recipe:
    """How a figure is made again. It names no file to write, and no folder.

    Attributes:
        data: `Spec.to_data()`; files in it without their folders.
        files: what is read, by its name: the SHA-256 digest of its bytes, or "" where it was standard input.
        versions: of gdanim, of Python, and of what draws and encodes.
        own: what came from Python, "loss" or "optimizer", which no Spec can name.
    """

    data: dict[str, Any]
    files: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    own: tuple[str, ...] = ()

    @classmethod
    def of(cls, spec: Spec, own: tuple[str, ...] = ()) -> Recipe:
        """That of a Spec whose files are there."""
        data, files = spec.to_data(), dict[str, str]()
        for option, names in read_by(spec).items():
            for name in names:
                bare = os.path.basename(name)
                digest = "" if name == STDIN else digest_of(name)
                if files.setdefault(bare, digest) != digest:
                    raise GdanimError(
                        f"reads two different files called '{bare}', which a recipe cannot tell apart;"
                        " rename one, or leave the recipe out with --no-recipe",
                        where=[option],
                    )
            bare_names = [os.path.basename(name) for name in names]
            data[option] = bare_names if isinstance(data[option], list) else bare_names[0]
        return cls(data, files, versions(), own)

    def to_json(self) -> str:
        """As it stands in a file: JSON of ASCII characters; nothing where it would be too long."""
        held = {"gdanim": self.versions, "spec": self.data, "files": self.files, "own": list(self.own)}
        told = json.dumps({key: value for key, value in held.items() if value or key == "spec"})
        return told if len(told) <= MOST_RECIPE else ""

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        """The recipe in a text from anywhere, of which nothing is believed.

        Raises:
            GdanimError: it is none.
        """
        try:
            if len(text) > MOST_RECIPE:
                raise ValueError("is too long")
            held = json.loads(text)
            if not isinstance(held, dict) or not isinstance(held.get("spec"), dict):
                raise ValueError("has no spec")
            unknown = set(held) - {"gdanim", "spec", "files", "own"}
            if unknown:
                raise ValueError(f"has '{min(unknown)[:40]}', which is no part of one")
            files, made = _texts(held.get("files", {})), _texts(held.get("gdanim", {}))
            own = held.get("own", [])
            if not isinstance(own, list) or not set(map(str, own)) <= {"loss", "optimizer"}:
                raise ValueError("has a part that is none")
            if any(name != os.path.basename(name) or name in ("", ".", "..") for name in files):
                raise ValueError("names a file in another folder")
            return cls(held["spec"], files, made, tuple(map(str, own)))
        except (ValueError, RecursionError) as error:
            plain = isinstance(error, ValueError) and not isinstance(error, json.JSONDecodeError)
            why = f" {error}" if plain else " cannot be read"
            raise GdanimError(f"the recipe in it{why}", exit_code=FAILED) from None

    def spec(self, **changes: Any) -> Spec:
        """The Spec, checked as flags are, with other values for some options; files as they are named.

        Raises:
            GdanimError: a value that makes no sense.
        """
        spec = Spec.from_data(self.data)
        return Spec(**{**{option.name: getattr(spec, option.name) for option in spec.given}, **changes})

    def found(self, spec: Spec, folders: tuple[str, ...], given: tuple[str, ...] = ()) -> dict[str, Any]:
        """Where the files that a Spec of this recipe reads are: the options to change.

        Args:
            folders: where they are looked for, in this order.
            given: options that were given otherwise, and are not the recipe's.

        Raises:
            GdanimError: one that is missing, not as it was, or no plain name.
        """
        changes = dict[str, Any]()
        if "data" not in given and spec.data and spec.data not in self.files:
            _check_made(spec.data)
        for option, names in read_by(spec, self.files).items():
            if option not in given:
                places = tuple(self._place(option, name, folders) for name in names)
                changes[option] = places if option == "path" else places[0]
        return changes

    def _place(self, option: str, name: str, folders: tuple[str, ...]) -> str:
        if name == STDIN:
            raise GdanimError("was read from standard input; say where the data are", where=[option])
        if name != os.path.basename(name) or name not in self.files:
            raise GdanimError("names a file in another folder, which a recipe cannot", where=[option])
        places = [os.path.join(folder, name) for folder in folders]
        there = [place for place in places if os.path.isfile(place)]
        if not there:
            looked = " or ".join(f"'{place}'" for place in dict.fromkeys(places))
            raise GdanimError(
                f"the figure reads '{name}', and there is no {looked}; say where it is", where=[option]
            )
        same = [place for place in there if digest_of(place) == self.files[name]]
        if not same:
            raise GdanimError(
                f"'{there[0]}' is not the file that the figure was made from, or has changed since;"
                f" to take it as it is, say --{option} {there[0]}",
                where=[option],
            )
        return same[0]

    @property
    def differing(self) -> list[str]:
        """The versions that are others here, in words."""
        here = versions()
        return [
            f"{name} {theirs} (here {here[name]})"
            for name, theirs in self.versions.items()
            if name in here and theirs != here[name]
        ]


def read_by(spec: Spec, files: Mapping[str, str] | None = None) -> dict[str, tuple[str, ...]]:
    """The options of a Spec that name files, with the names.

    Args:
        files: those that a recipe says are files; None where what is there decides.
    """
    is_file = spec.data == STDIN or (spec.data in files if files is not None else os.path.exists(spec.data))
    found = {
        "data": (spec.data,) if spec.data and is_file else (),
        "path": spec.path,
        "theme": (spec.theme,) if is_themefile(spec.theme) else (),
        "font": (spec.font,) if spec.font else (),
    }
    return {option: names for option, names in found.items() if names}


def _check_made(call: str) -> None:
    """Refuse data that are neither made here nor a file of the recipe's.

    Raises:
        GdanimError: they would be read from somewhere else.
    """
    from gdanim.data import DATA

    if call == STDIN:
        raise GdanimError("was read from standard input; say where the data are", where=["data"])
    if call.partition(":")[0].strip().lower() not in DATA:
        raise GdanimError("names a file in another folder, which a recipe cannot", where=["data"])
    if os.path.exists(call):
        raise GdanimError(
            f"'{call}' are data that are made here, and a file of that name would be read; rename it",
            where=["data"],
        )


def digest_of(name: str) -> str:
    """The SHA-256 digest of a file, in hexadecimal digits.

    Raises:
        GdanimError: it cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with open(name, "rb") as file:
            while part := file.read(CHUNK):
                digest.update(part)
    except OSError as error:
        raise GdanimError(
            f"cannot read '{name}': {(error.strerror or '').lower()}", exit_code=FAILED
        ) from None
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """Of gdanim, of Python, and of what draws and encodes."""
    found = {"gdanim": __version__, "python": platform.python_version()}
    for name in LIBRARIES:
        loaded = getattr(sys.modules.get("PIL" if name == "pillow" else name), "__version__", None)
        number = loaded or _installed(name)
        if number:
            found[name] = number
    return found


@cache
def _installed(name: str) -> str:
    """The version of a library that is not loaded; looked for once, since a course asks for each figure."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _texts(held: Any) -> dict[str, str]:
    """A table of short texts.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(held, dict) or len(held) > MOST_FILES:
        raise ValueError("has a part that is no table")
    if not all(isinstance(value, str) and len(key) + len(value) < 1000 for key, value in held.items()):
        raise ValueError("has a part that is no text")
    return held
