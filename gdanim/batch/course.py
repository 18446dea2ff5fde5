"""A course: its figures, each a Spec with the files it is written to; and all that is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from gdanim.batch.source import Entry, Given, Mistake, Place, read_sources
from gdanim.batch.values import ALIASES, field_of, filled, option_of, placed, texts, unfit, unfit_list, word
from gdanim.errors import GdanimError, did_you_mean, shortened, unknown
from gdanim.formats import WRITERS
from gdanim.output.sequence import EXAMPLE
from gdanim.spec import OPTIONS, Spec

MOST_FIGURES = 100_000
OWN = ("name", "formats", "matrix", "note", "ask")  # keys of a figure that are no options
UNSAFE = re.compile(r"[^\w.,+=-]+")


@dataclass(frozen=True)
class Figure:
    """A figure of a course.

    Attributes:
        name: that of its files without their suffixes, with the folders below the course's.
        spec: what is drawn; the files it reads are named from where one is.
        formats: of its files.
        note, ask: what the course's page says of it, and asks.
        place: where it stands.
        keys: of the values that came from elsewhere, or from itself, where they stand.
    """

    name: str
    spec: Spec
    formats: tuple[str, ...]
    note: str
    ask: str
    place: Place
    keys: Mapping[str, Place]

    @property
    def targets(self) -> tuple[str, ...]:
        """The files to write, below the folder that the course is written to."""
        return tuple(
            f"{self.name}/{Path(EXAMPLE).name}" if WRITERS[format].several else f"{self.name}.{format}"
            for format in self.formats
        )

    def mistake(self, error: GdanimError) -> Mistake:
        """What a Spec, or a plan, refuses."""
        option = OPTIONS.get(error.where[0]) if error.where else None
        key = option.key if option else "formats" if error.where and error.where[0] == "output" else ""
        return Mistake(self.keys.get(key, self.place), error.problem, self.name, key)


class Course(NamedTuple):
    """All figures of a course, in order, and what is wrong with it.

    Attributes:
        title: a text for each language; under "" what holds for the others.
        files: those that were read for it.
    """

    figures: tuple[Figure, ...]
    mistakes: tuple[Mistake, ...]
    title: Mapping[str, str]
    files: tuple[str, ...]


def read_course(names: Sequence[str]) -> Course:
    """The course that some files describe; what is wrong is collected, each once."""
    sources = read_sources(names)
    mistakes, figures = list(sources.mistakes), list[Figure]()
    for entry in sources.entries:
        figures += _Reader(entry, mistakes).figures(MOST_FIGURES - len(figures))
    title = dict[str, str]()
    if sources.title is not None:
        try:
            title = texts(sources.title.value)
        except ValueError as error:
            mistakes.append(Mistake(sources.title.place, str(error), key="title"))
    mistakes += _twice(figures)
    if not sources.entries and not mistakes:
        mistakes.append(Mistake(Place(names[0]), "has no figures; each begins with [[figure]]"))
    order = {name: i for i, name in enumerate(sources.files)}
    mistakes.sort(key=lambda one: (order.get(one.place.file, -1), one.place.line))
    return Course(tuple(figures), tuple(dict.fromkeys(mistakes)), title, tuple(dict.fromkeys(sources.files)))


def _twice(figures: Sequence[Figure]) -> Iterator[Mistake]:
    """Figures of one name, and files that two figures write."""
    met: dict[str, Figure] = {}
    for figure in figures:
        for target in figure.targets:
            same = target.casefold()  # as on disks that do not tell them apart
            first = met.setdefault(same, figure)
            if first is not figure:
                where = f"the figure at {first.place}" if first.place != figure.place else "the same entry"
                told = "" if first.place != figure.place else "; put what tells them apart in the name"
                yield Mistake(
                    figure.keys.get("name", figure.place),
                    f"writes '{target}', as does {where}{told}",
                    figure.name,
                    "name",
                )
                break


class _Reader:
    """Reads one entry, which may be many figures by its matrix."""

    def __init__(self, entry: Entry, mistakes: list[Mistake]) -> None:
        self._entry, self._mistakes = entry, mistakes
        own = {field_of(key) for key in entry.settings}
        # A figure's own value stands before a default, under whatever name of its option.
        defaults = {key: given for key, given in entry.defaults.items() if field_of(key) not in own}
        self._settings = {**defaults, **entry.settings}
        name = entry.settings.get("name")
        self._name = name.value if name is not None and isinstance(name.value, str) else ""
        self._matrix = self._matrix_of()

    def _wrong(self, problem: str, key: str = "", place: Place | None = None, name: str = "") -> None:
        given = self._settings.get(key)
        place = place or (given.place if given else self._entry.place)
        elsewhere = {given.place for given in self._entry.defaults.values()}
        name = "" if place in elsewhere else name or self._name
        self._mistakes.append(Mistake(place, problem, name, key))

    def figures(self, most: int) -> Iterator[Figure]:
        """The figures of the entry; where something in it is wrong they are not all that it says."""
        self._check_name()
        self._check_keys()
        count = prod(len(values.value) for values in self._matrix.values())
        if count > most:
            too_many = f"makes {count:,} figures, and a course can have {MOST_FIGURES:,}"
            self._wrong(too_many, "matrix", self._at_matrix())
            return
        choices = product(*(given.value for given in self._matrix.values()))
        for values in choices:
            yield self._figure(dict(zip(self._matrix, values, strict=True)))

    def _at_matrix(self) -> Place | None:
        return next((given.place for given in self._matrix.values()), None)

    def _check_name(self) -> None:
        if "name" not in self._entry.settings:
            self._wrong("has no name; give it one, as in name = 'slope'")
        elif not self._name:
            self._wrong("must be a text, such as 'slope'", "name")

    def _check_keys(self) -> None:
        met: dict[str, str] = {}
        for key, given in self._settings.items():
            if key in OWN:
                continue
            if option_of(key) is None:
                allowed = [*OWN, *(option.key for option in OPTIONS.values()), *ALIASES, *OPTIONS]
                meant = did_you_mean(key, dict.fromkeys(allowed))
                more = meant or f"; the keys are those of gdanim run --help, and {', '.join(OWN)}"
                self._wrong(f"unknown key '{shortened(key)}'{more}", "", given.place)
            elif met.setdefault(field_of(key), key) != key:
                self._wrong(f"is given twice, also as '{met[field_of(key)]}'", key)

    def _matrix_of(self) -> dict[str, Given]:
        """The lists of values to take in turn, by their keys; those of the figure before the defaults'."""
        found: dict[str, Given] = {}
        own = {field_of(key) for key in self._entry.settings}
        for held in (self._entry.defaults, self._entry.settings):
            given = held.get("matrix", Given({}, self._entry.place))
            if not isinstance(given.value, Mapping):
                self._wrong("must be lists by their keys, as in {lr = [0.1, 1]}", "matrix", given.place)
                continue
            for key, values in given.value.items():
                problem, option = unfit_list(key, values), option_of(key)
                if option and field_of(key) in own and held is self._entry.settings:
                    problem = f"{key}: is given twice, also outside the matrix"
                if problem:
                    self._wrong(problem, "matrix", given.place)
                elif option and (field_of(key) not in own or held is self._entry.settings):
                    found[key] = Given(values, given.place)
        return found

    def _figure(self, chosen: Mapping[str, Any]) -> Figure:
        """The figure of one choice of the matrix."""
        before = len(self._mistakes)
        words = {key: word(key, value) for key, value in chosen.items()}
        name = filled(self._name, {key: UNSAFE.sub("-", word) for key, word in words.items()})
        problem = unfit(name)
        if problem and self._name:
            self._wrong(problem, "name")
        settings, keys = dict[str, Any](), dict[str, Place]()
        matrix = {key: Given(value, self._matrix[key].place) for key, value in chosen.items()}
        for key, given in {**self._settings, **matrix}.items():
            option = option_of(key)
            if option is None:
                keys[key] = given.place
                continue
            keys[option.key] = given.place
            try:
                value = filled(given.value, words) if option.name == "title" else given.value
                settings[option.name] = placed(given.place, option, option.value(value))
            except GdanimError as error:
                self._wrong(error.problem, key, given.place, name)
        formats = self._formats()
        note, ask = (self._text(key, settings.get("lang", "en"), words) for key in ("note", "ask"))
        figure = Figure(name, Spec(), formats, note, ask, self._entry.place, keys)
        try:
            return replace(figure, spec=Spec(**settings)) if len(self._mistakes) == before else figure
        except GdanimError as error:
            self._mistakes.append(figure.mistake(error))
            return figure

    def _formats(self) -> tuple[str, ...]:
        given = self._settings.get("formats", Given(["gif"], self._entry.place))
        held = [given.value] if isinstance(given.value, str) else given.value
        if not isinstance(held, list) or not held or not all(isinstance(f, str) for f in held):
            self._wrong('must be formats in brackets, such as ["gif", "pdf"]', "formats")
            return ()
        for format in dict.fromkeys(held):
            if format not in WRITERS:
                self._wrong(unknown("format", format, WRITERS, where="formats").problem, "formats")
            elif held.count(format) > 1:
                self._wrong(f"{format} is given twice", "formats")
        return tuple(format for format in dict.fromkeys(held) if format in WRITERS)

    def _text(self, key: str, lang: Any, words: Mapping[str, str]) -> str:
        """A note or a question, in the figure's language."""
        given = self._settings.get(key)
        if given is None:
            return ""
        try:
            said = texts(given.value)
        except ValueError as error:
            self._wrong(str(error), key)
            return ""
        return str(filled(said.get(str(lang), said.get("", "")), words))
