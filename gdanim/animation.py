"""animate(spec): the whole pipeline on one page."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from html import escape
from itertools import chain, islice
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from gdanim.alt import metadata_of
from gdanim.errors import GdanimError
from gdanim.formats import WRITERS, Job
from gdanim.output import fastest, notes, outputs_of, writing
from gdanim.output.files import naming
from gdanim.parallel import Ground, Still, drawing, painters_for
from gdanim.plan import Plan, plan
from gdanim.spec import Spec
from gdanim.story import story_of
from gdanim.text import Text
from gdanim.themefile import is_file
from gdanim.verdict import measured, verdict

if TYPE_CHECKING:
    from gdanim.descent import Trajectory
    from gdanim.losses.base import Loss
    from gdanim.metadata import Metadata
    from gdanim.optimizers.base import Optimizer, Step
    from gdanim.output import Output
    from gdanim.output.told import Play
    from gdanim.render import Picture
    from gdanim.timeline import Moment

LARGE = 1e9  # bytes
# Letters, accents, Greek and Cyrillic, punctuation, arrows and signs of mathematics, which DejaVu has.
USUAL = r"[ -~\u00a0-\u024f\u0391-\u03a1\u03a3-\u03ce\u0400-\u045f\u2010-\u2027\u2200-\u22ff]*"
SAMPLES = 6  # frames from which a GIF's colours are chosen


@dataclass(frozen=True)
class Rendering:
    """What was drawn and written; in a notebook it shows itself where it was drawn in memory.

    Attributes:
        outputs: each target with its format.
        frames: how many pictures an animation has; 1 where there are only stills.
        seconds: how long it plays; 0 where nothing does.
        at: the iterate that stills show; of a strip the last.
        strip: the iterates of a strip, if it is one.
        sizes: bytes of each target, 0 for standard output.
        runs: the trajectories shown.
        notes: what came out otherwise than was asked for, and what changed nothing, a sentence each.
        data: the animation itself, or the still, where no target was named.
        mime: the media type of that.
        lang: the language of the verdicts, which is the picture's.
        alt: the alt text: what is shown and what happened, in that language.
    """

    outputs: tuple[Output, ...]
    frames: int
    seconds: float
    at: int
    sizes: tuple[int, ...]
    runs: tuple[Trajectory, ...]
    notes: tuple[str, ...]
    data: bytes | None = None
    mime: str = ""
    lang: str = "en"
    alt: str = ""
    strip: tuple[int, ...] = ()

    @property
    def verdicts(self) -> list[str]:
        """What each run did, a line for each, in the picture's language."""
        text = Text(self.lang)
        named = ((run.label + text("sign.colon") if run.label else "", run) for run in self.runs)
        said = (
            (f"{name}{verdict(run.outcome, text, float(run.rates.max()))}", measured(run, text))
            for name, run in named
        )
        return [text("sign.semicolon").join(filter(None, parts)) for parts in said]

    @property
    def shown(self) -> str:
        """What stills show, in words."""
        *first, last = map(str, self.strip or (self.at,))
        return f"iterates {', '.join(first)} and {last}" if first else f"iterate {last}"

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        """What a notebook shows, and what happened in words; the alt text with it."""
        bundle = {"text/plain": "\n".join([*self.verdicts, self._extent])}
        if self.data is None:
            return bundle, {}
        encoded = b64encode(self.data).decode("ascii")
        if self.mime.startswith("video/"):
            said = f'controls loop aria-label="{escape(self.alt)}"'
            shown = f'<video {said} src="data:{self.mime};base64,{encoded}"></video>'
            return {**bundle, "text/html": shown}, {}
        if self.mime == "text/html":
            page = escape(self.data.decode())
            frame = f'title="{escape(self.alt)}" sandbox="allow-scripts" style="border: 0"'
            extent = 'width="100%" height="760"'
            return {**bundle, "text/html": f'<iframe {frame} {extent} srcdoc="{page}"></iframe>'}, {}
        bundle[self.mime] = self.data.decode() if self.mime.endswith("+xml") else encoded
        return bundle, {self.mime: {"alt": self.alt}}  # where nbconvert and Jupyter look for it

    @property
    def _extent(self) -> str:
        if not self.seconds:
            return self.shown
        return f"{self.frames} frame{'s' if self.frames != 1 else ''}, {self.seconds:.4g} s"


def animate(
    spec: Spec,
    *targets: str | os.PathLike[str],
    format: str | None = None,
    loss: Loss | None = None,
    optimizer: Optimizer | Step | None = None,
    painters: int | None = None,
    large: bool = False,
    recipe: bool = True,
    alt: str | os.PathLike[str] | None = None,
    progress: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> Rendering:
    """Draw a Spec and write it to every target, all in one rendering.

    Args:
        targets: files, by whose suffix the format is chosen, or "-"; without any the result holds the
            animation, a GIF unless `format` says otherwise, and nothing is written.
        format: the format of all targets, whatever their suffix.
        loss, optimizer: what is minimised and how, in place of what the Spec names.
        painters: how many processes draw beside this one; 0 to draw here, None for what suits the machine.
        large: whether a file may become larger than 1 GB.
        recipe: whether files say how they are made again (see `gdanim inspect`).
        alt: a file for the alt text, written together with the targets.
        progress: wraps the iteration over the frames, so as to show how far it is.

    Raises:
        GdanimError: a Spec that makes no sense, or an output that cannot be written. Earlier files
            of the targets' names are then as they were.
    """

    aside = [] if alt is None else [os.fspath(alt)]
    own = tuple(name for name, given in (("loss", loss), ("optimizer", optimizer)) if given is not None)
    told = own if recipe else None
    if not targets:
        if format and format in WRITERS and WRITERS[format].several:
            raise GdanimError(f"{WRITERS[format].name} is many files; name them", where=["format"])
        with TemporaryDirectory() as folder:
            name = os.path.join(folder, "animation")
            outputs = outputs_of([name], format or "gif", aside)
            _check_inputs(spec, aside)
            made = _written(
                _planned(spec, outputs, loss, optimizer, large), outputs, aside, painters, progress, told
            )
            with open(name, "rb") as file:
                return replace(made, outputs=(), sizes=(), data=file.read(), mime=outputs[0].row.mime)
    outputs = outputs_of([os.fspath(target) for target in targets], format, aside)
    names = [output.target for output in outputs]
    _check_inputs(spec, [*names, *aside])
    with naming(*names):
        return _written(
            _planned(spec, outputs, loss, optimizer, large), outputs, aside, painters, progress, told
        )


def check(spec: Spec, *targets: str | os.PathLike[str], large: bool = False, pictured: bool = False) -> None:
    """Refuse what `animate` would refuse before it draws; nothing is written.

    Args:
        large: whether a file may become larger than 1 GB.
        pictured: whether also what only its first picture shows is refused, such as text without room.

    Raises:
        GdanimError: a Spec that makes no sense, or an output that cannot be written.
    """
    outputs = outputs_of([os.fspath(target) for target in targets])
    figure = _planned(spec, outputs, None, None, large)
    for output in outputs:
        output.row.check(figure.timeline.fps)
    if pictured:
        _picture(figure)


def _planned(
    spec: Spec,
    outputs: Sequence[Output],
    loss: Loss | None,
    optimizer: Optimizer | Step | None,
    large: bool,
) -> Plan:
    for output in outputs if spec.transparent else ():
        output.row.check_clear()
    moves = [output.row.name for output in outputs if not output.row.still]
    moving = bool(moves)
    if moving and spec.strip:
        able = " or ".join(f"a .{name}" for name, row in WRITERS.items() if row.still)
        raise GdanimError(
            f"{moves[0]} moves, and a strip stands still; write it alone, to {able}", where=["strip"]
        )
    figure = plan(spec, loss, optimizer, fastest(outputs), moving)
    size = figure.bytes * max(output.row.weight for output in outputs)
    if size > LARGE and not large:
        raise GdanimError(
            f"a file would have about {size / 1e9:.0f} GB; ask for fewer frames or a smaller size"
            " (see --seconds), or allow it with --yes",
            where=["output"],
        )
    return figure


def _check_inputs(spec: Spec, targets: Sequence[str]) -> None:
    """Refuse to write over what is read."""
    theme = spec.theme if is_file(spec.theme) else ""
    for option, name in [
        ("data", spec.data),
        ("theme", theme),
        ("font", spec.font),
        *(("path", name) for name in spec.path),
    ]:
        for target in targets:
            if all(name and os.path.exists(name) for name in (name, target)) and os.path.samefile(
                name, target
            ):
                raise GdanimError(
                    f"'{target}' is read, for --{option}; write to another file", where=["output"]
                )


def _written(
    figure: Plan,
    outputs: tuple[Output, ...],
    aside: Sequence[str],
    painters: int | None,
    progress: Callable[[Iterable[int]], Iterable[int]],
    told: tuple[str, ...] | None,
) -> Rendering:
    """Draw and write; `told` is what a recipe cannot name, None for files without one."""
    spec, timeline, size = figure.spec, figure.timeline, figure.spec.rendered
    if painters is None:
        painters = painters_for(size, len(timeline), heavy=figure.heavy)
    with drawing(partial(_picture, figure), size, painters) as draw:
        # Loaded after the fork, while the other process loads matplotlib.
        from gdanim.output.palette import Palette
        from gdanim.recipe import Recipe

        recipe = "" if told is None else Recipe.of(spec, told).to_json()
        metadata, still = (
            metadata_of(each)._replace(recipe=recipe) for each in (figure, replace(figure, moving=False))
        )
        frames = tuple(timeline) if figure.moving else ()
        samples = timeline.sample(SAMPLES) if any(output.row.indexed for output in outputs) else []
        stills = {o.format: _still_of(figure, o, still) for o in outputs if o.row.still}
        play, unplayed = _play(figure, outputs)
        grounds = [Ground()] if play else []
        # One stream, so that the first frames are drawn while a palette is made from the samples.
        drawn = draw(chain(samples, (frame.moment for frame in frames), stills.values(), grounds))
        palette = cache(lambda: Palette(islice(drawn, len(samples)), spare=spec.transparent))
        story = partial(story_of, figure)
        job = Job(
            timeline.fps, timeline.durations, spec.loop, palette, metadata, still, spec.transparent, story
        )._replace(play=play, ground=cache(lambda: bytes(next(drawn))))
        with writing(outputs, job, dict.fromkeys(aside, f"{metadata.description}\n")) as write:
            for _, frame in zip(progress(range(len(frames))), frames, strict=True):
                write.frame(next(drawn), frame.seconds)
            for format in stills:
                write.still(next(drawn), format)
    return Rendering(
        outputs=outputs,
        frames=len(timeline),
        seconds=timeline.seconds,
        at=figure.still.k,
        strip=tuple(moment.k for moment in figure.strip),
        sizes=tuple(output.size for output in outputs),
        runs=figure.runs,
        notes=(*figure.notes, *notes(outputs, spec), *_unset(figure), *unplayed),
        lang=spec.lang,
        alt=metadata.description,
    )


def _play(figure: Plan, outputs: Sequence[Output]) -> tuple[Play | None, list[str]]:
    """What descends anew in an output that can hold it, or why there is none, in a sentence."""
    if not any(output.row.plays for output in outputs):
        return None, []
    from gdanim.play import UnplayedError, play_of  # read only where it may be

    try:
        return play_of(figure), []
    except UnplayedError as error:
        return None, [f"the page plays what was drawn, and nothing on it can be moved: {error}"]


def _unset(figure: Plan) -> list[str]:
    """What no font of the machine can draw of what was given: titles, names and words."""
    table = figure.loss.table
    texts = [figure.spec.title or "", *figure.loss.parameters, *(run.recorded for run in figure.runs)]
    texts += [] if table is None else [*table.columns, table.target, *table.classes]
    if figure.theme.font:
        from gdanim.views.borrowing import lent, unset

        texts += figure.text.words.values()
        return [*unset(texts, figure.theme.font), *lent(texts, figure.theme.font)]
    if all(text.isascii() or re.fullmatch(USUAL, text) for text in texts):
        return []
    from gdanim.views.borrowing import unset  # which reads matplotlib

    return unset(texts)


def _still_of(figure: Plan, output: Output, metadata: Metadata) -> Moment | Still:
    """What is to be drawn for a still: a frame, where it has pixels."""
    return Still(figure.still, output.format, metadata) if output.row.lines else figure.still


def _picture(figure: Plan) -> Picture:
    if figure.strip:
        from gdanim.strip import Strip

        return Strip(figure)
    from gdanim.render import Picture

    return Picture(figure)
