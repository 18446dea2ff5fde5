"""What stands above the panels: what is shown, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from gdanim.comparison import shared
from gdanim.descent import Trajectory
from gdanim.runs import RUN_OPTIONS
from gdanim.text import MANY
from gdanim.verdict import verdict
from gdanim.views.base import Scene
from gdanim.views.glyphs import check_glyphs
from gdanim.views.names import batches, called
from gdanim.views.planed import planed
from gdanim.views.symbols import inline, symbol

if TYPE_CHECKING:
    from gdanim.losses.learned import Learned
NAMED = 12  # parameters that a title may name


def arguments(scene: Scene) -> list[str]:
    """L of its parameters, and shorter where they are many."""
    names = [symbol(name) for name in scene.loss.parameters]
    short = [f"$L({names[0]}, \\ldots, {names[-1]})$"] if len(names) > 2 else []
    return [f"$L({', '.join(names)})$" if len(names) <= NAMED else short[0], *short]


def caption(scene: Scene) -> str:
    """What happened to the run the figure is about, in a sentence."""
    run = scene.everyone[0]
    return verdict(run.outcome, scene.text, float(run.rates.max()))


def subtitle(scene: Scene) -> list[list[str]]:
    """What all runs share, in pieces: the loss, how it is descended, from where.

    Each piece in several lengths, the longest first.
    """
    return [*minimised(scene), *_descended(scene)]


def minimised(scene: Scene) -> list[list[str]]:
    """What is descended, in pieces, and not how."""
    text = scene.text
    parts = _model(scene) or [[f"{text('loss')} {words}" for words in (*_equations(scene), "$L$ = …")]]
    parts += planed(scene)
    if scene.loss.numerical:
        parts.append([text("numerical")])
    return parts


def _descended(scene: Scene) -> list[list[str]]:
    """How, from where."""
    runs, text = [run for run in scene.everyone if not run.recorded], scene.text
    parts: list[list[str]] = []
    if scene.alone and not runs:
        name = scene.everyone[0].recorded
        parts.append([text("recorded", name=name), text("recorded", name="…")])
    if not runs:
        return parts
    run, same = runs[0], shared(scene.everyone)
    if "optimizer" in same and not run.plain:
        name, colon, _ = run.optimizer.partition(":")
        whole, short = (called(text, "optimizer", call) for call in (run.optimizer, name))
        parts.append([f"{text('optimizer')} {whole}", f"{text('optimizer')} {short}{', …' if colon else ''}"])
    if "learning_rate" in same:
        parts.append([text("learning_rate") + rf" $\eta$ {text.equal(run.learning_rate)}"])
    if "schedule" in same and run.schedule != RUN_OPTIONS["schedule"].default:
        parts.append([called(text, "schedule", run.schedule)])
    if "start" in same:
        parts.append(_start(scene, run))
    noisy = all(run.noise and not run.recorded for run in scene.everyone)
    if "batch_size" in same and run.batch_size:
        batch = batches(text, run.batch_size)
        seeded = "seed" in same and not noisy  # it is that of the noise too, and said once
        parts.append([f"{batch}, {text('seed', seed=run.seed)}", batch] if seeded else [batch])
    if noisy:
        noise = [text("noise", gradient=_gradient(run))]
        if "noise" in same:
            noise.append(text("deviation", sigma=text.equal(run.noise)))
        if "seed" in same:
            noise.append(text("seed", seed=run.seed))
        parts.append([", ".join(noise)])
    return parts


def _equations(scene: Scene) -> Iterator[str]:
    """What defines the loss; shorter, the loss alone where that needs parts named elsewhere."""
    each = [f"${scene.text.math(equation)}$" for equation in scene.loss.equations]
    yield scene.text.separator.join(each)
    if len(each) > 1:
        loss = next(equation for equation in each if equation.startswith("$L ="))
        yield f"{loss}, …" if each[0] == loss else f"…, {loss}"


def _model(scene: Scene) -> list[list[str]]:
    """The cost of which the loss is the mean, the model, and how many rows there are; [] without data.

    Raises:
        GdanimError: a column, the target or a class has a character in its name that the font lacks.
    """
    if scene.loss.table is None:
        return []
    loss, text = cast("Learned", scene.loss), scene.text
    for name in (*loss.table.columns, loss.table.target, *loss.table.classes):
        check_glyphs(name.replace("$", ""), "data")  # a formula would only warn
    cost = text("mean", cost=f"${text.math(loss.cost.formula)}$")
    held = max(loss.decay, default=0.0)
    penalty = rf" + ${text.math(f'{held:g}')} \sum w^2$" if held else ""
    model = f"{text('model')} ${text.math(loss.model)}$"
    rows = f"$n$ = {len(loss.table)}"
    held = loss.table.held
    rows = text("standard", column=rows) if loss.table.standardized else rows
    return [
        [f"{text('loss')} $L$ = {cost}{penalty}", f"$L$ = {cost}{penalty}", "$L$ = …"],
        [model, f"${text.math(loss.model)}$", f"{text('model')} …"],
        [rows] if held is None else [f"{rows}, {words}" for words in _held_out(scene, len(held))],
    ]


def _held_out(scene: Scene, count: int) -> list[str]:
    """How many rows are held out, and by which seed they were drawn."""
    words = scene.text("rows.held", count=count)
    return [f"{words} ({scene.text('seed', seed=scene.spec.test_seed)})", words]


def _start(scene: Scene, run: Trajectory) -> list[str]:
    """Where all runs start, or from which random numbers."""
    text = scene.text
    places = [f"{text('start')} {text.equal(*run.theta[0], most=most)}" for most in (MANY, 4, 2)]
    if not run.drawn:
        return places
    drawn = text("drawn", sigma=text.equal(run.drawn))
    return [drawn] if not scene.alone else [f"{drawn}, {text('seed', seed=run.seed)}", drawn]


def _gradient(run: Trajectory) -> str:
    """What noise is added to."""
    return inline(run.parameters[0], 1) if len(run.parameters) == 1 else r"\nabla L"
