"""What stands above the panels: what is shown, and the verdict."""

from __future__ import annotations

from gdanim.comparison import shared
from gdanim.descent import Trajectory
from gdanim.runs import RUN_OPTIONS
from gdanim.text import MANY
from gdanim.verdict import verdict
from gdanim.views.arithmetic import rate_digits
from gdanim.views.base import Scene
from gdanim.views.names import called
from gdanim.views.symbols import inline


def caption(scene: Scene) -> str:
    """What happened to the run the figure is about, in a sentence."""
    run = scene.everyone[0]
    return verdict(run.outcome, scene.text, float(run.rates.max()))


def subtitle(scene: Scene) -> list[list[str]]:
    """What all runs share, in pieces: the loss, how it is descended, from where.

    Each piece in several lengths, the longest first.
    """
    runs, text = [run for run in scene.everyone if not run.recorded], scene.text
    parts = [[f"{text('loss')} $L = {text.math(scene.loss.formula)}$", f"{text('loss')} $L$ = …"]]
    if scene.loss.numerical:
        parts.append([text("numerical")])
    if scene.alone and not runs:
        name = scene.everyone[0].recorded
        parts.append([text("recorded", name=name), text("recorded", name="…")])
    if not runs:
        return parts
    run, same = runs[0], shared(runs)
    if "optimizer" in same and not run.plain:
        name, colon, _ = run.optimizer.partition(":")
        whole, short = (called(text, "optimizer", call) for call in (run.optimizer, name))
        parts.append([f"{text('optimizer')} {whole}", f"{text('optimizer')} {short}{', …' if colon else ''}"])
    if "learning_rate" in same:
        digits = rate_digits(run)
        parts.append([text("learning_rate") + rf" $\eta$ = {text.short(run.learning_rate, digits)}"])
    if "schedule" in same and run.schedule != RUN_OPTIONS["schedule"].default:
        parts.append([called(text, "schedule", run.schedule)])
    if "start" in same:
        parts.append([f"{text('start')} = {text.point(run.theta[0], most)}" for most in (MANY, 4, 2)])
    noisy = [run for run in runs if run.noise]
    if noisy:
        noise = [text("noise", gradient=_gradient(run))]
        if "noise" in same:
            noise.append(text("deviation", sigma=text.short(run.noise)))
        if len({run.seed for run in noisy}) == 1:
            noise.append(text("seed", seed=noisy[0].seed))
        parts.append([", ".join(noise)])
    return parts


def _gradient(run: Trajectory) -> str:
    """What noise is added to."""
    return inline(run.parameters[0], 1) if len(run.parameters) == 1 else r"\nabla L"
