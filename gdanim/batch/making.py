"""Making a course: what is wrong is told first, then what is not fresh is drawn and put in its place."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from gdanim.batch.course import Course, Figure
from gdanim.batch.fresh import why_made
from gdanim.batch.job import Depth, Drawn, Job, carried_out, job_of
from gdanim.batch.pool import Pool, pool
from gdanim.batch.source import Mistake
from gdanim.errors import GdanimError, unknown
from gdanim.output.files import check_targets, naming, replacing
from gdanim.output.sequence import check_earlier, check_sequence, is_numbered


class Wanted(NamedTuple):
    """A figure that has to be made, and why."""

    figure: Figure
    why: str


class Made(NamedTuple):
    """What came of a figure that had to be made: its files' bytes and what was drawn, or an error."""

    figure: Figure
    sizes: tuple[int, ...] = ()
    drawn: Drawn = Drawn()
    error: GdanimError | None = None


def chosen(course: Course, only: Sequence[str]) -> list[Figure]:
    """The figures of these names, which may have the * and ? of a shell; all where there are none.

    Raises:
        GdanimError: none has such a name.
    """
    for name in only:
        if not any(fnmatchcase(figure.name, name) for figure in course.figures):
            raise unknown("figure", name, [figure.name for figure in course.figures], where="only")
    return [f for f in course.figures if not only or any(fnmatchcase(f.name, name) for name in only)]


def to_make(figures: Sequence[Figure], folder: str, force: bool) -> Iterator[Wanted]:
    """Those that are not fresh; with `force` all."""
    for figure in figures:
        try:
            why = why_made(figure, folder)
        except GdanimError as error:
            why = error.problem
        if force and not why:
            why = "is made again, as --force says"
        if why:
            yield Wanted(figure, why)


@dataclass
class Maker:
    """Makes figures, by a pool of processes.

    Args:
        folder: where they go.
        large: whether a file may become larger than 1 GB.
    """

    folder: str
    large: bool
    pool: Pool[Figure, Drawn]

    def mistakes(self, figures: Sequence[Figure], depth: Depth = Depth.PLANNED) -> list[Mistake]:
        """All that is refused before anything is drawn, in the order of the figures."""
        found: dict[str, Mistake] = {}
        for figure, result in self._results(figures, depth):
            error = result.error if isinstance(result, Drawn) else result
            if error is None:
                continue
            found[figure.name] = figure.mistake(error)
        return [found[figure.name] for figure in figures if figure.name in found]

    def made(self, figures: Sequence[Figure]) -> Iterator[Made]:
        """Each figure, when it has been drawn and its files are in place."""
        for figure, result in self._results(figures, Depth.DRAWN):
            if isinstance(result, GdanimError):
                yield Made(figure, error=result)
            elif result.error is not None:
                yield Made(figure, error=result.error)
            else:
                yield self._placed(figure, result)

    def _results(
        self, figures: Sequence[Figure], depth: Depth
    ) -> Iterator[tuple[Figure, Drawn | GdanimError]]:
        def job(figure: Figure) -> Callable[[], Job]:
            return lambda: job_of(figure.spec, figure.formats, depth, self.large)

        return self.pool.results((figure, job(figure)) for figure in figures)

    def _placed(self, figure: Figure, drawn: Drawn) -> Made:
        targets = [os.path.join(self.folder, target) for target in figure.targets]
        try:
            _place(targets, drawn)
        except GdanimError as error:
            return Made(figure, error=error)
        sizes = tuple(
            sum(map(len, held)) if isinstance(held, tuple) else len(held) for held in drawn.contents
        )
        return Made(figure, sizes, drawn._replace(contents=()))


def _place(targets: Sequence[str], drawn: Drawn) -> None:
    """Put what was drawn in place, all files of a figure together.

    Raises:
        GdanimError: it cannot be written; earlier files are as they were.
    """
    sequences = [target for target in targets if is_numbered(target)]
    for target in targets:
        folder = Path(target).parent
        with naming(target):
            (folder.parent if target in sequences else folder).mkdir(parents=True, exist_ok=True)
    check_targets([target for target in targets if target not in sequences])
    for target, contents in zip(targets, drawn.contents, strict=True):
        if target in sequences:
            with naming(target):
                check_sequence(target)
                check_earlier(target, len(contents))
    with replacing(*targets, sequences=sequences) as parts:
        for part, contents, target in zip(parts, drawn.contents, targets, strict=True):
            with naming(target):
                if isinstance(contents, bytes):
                    part.write_bytes(contents)
                    continue
                for number, frame in enumerate(contents):
                    (part / str(number)).write_bytes(frame)


@contextmanager
def making(folder: str, workers: int, large: bool = False) -> Iterator[Maker]:
    """A Maker for the length of a block; no process and no folder of its own is left after it."""
    with (
        TemporaryDirectory(prefix="gdanim-", ignore_cleanup_errors=True) as aside,
        pool(carried_out, workers, aside) as processes,
    ):
        yield Maker(folder, large, processes)
