"""What a figure's plan has to say besides: what changes nothing, and what the picture leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gdanim.option import Needs
from gdanim.replay import state_names
from gdanim.spec import OPTIONS
from gdanim.views import VIEWS

if TYPE_CHECKING:
    from gdanim.plan import Plan
    from gdanim.spec import Spec


def notes_of(plan: Plan) -> list[str]:
    """What changes nothing, and what is left out, a sentence each."""
    uses = {name for kind in plan.layout.kinds for name in kind.uses}
    missing = {
        Needs.A_VIEW: lambda name: name not in uses and _shown_by(name),
        Needs.SEVERAL_RUNS: lambda _: len(plan.runs) == 1 and "there is only one run to compare; see --run",
        Needs.NOISE: lambda _: not any(run.seeded for run in plan.runs) and "there is no noise; see --noise",
        Needs.A_STATE: lambda _: _stateless(plan),
        Needs.COMPUTED: lambda _: (
            all(run.recorded for run in plan.runs) and "every path is a recorded one; see --run"
        ),
    }
    few = len(plan.timeline) < plan.timeline.whole and plan.spec.seconds is None
    shown = f"{len(plan.timeline):,} of {plan.timeline.whole:,} frames are shown; see --seconds"
    thinned = [shown] if few else []
    noted = ((o, missing[o.needs](o.name)) for o in plan.spec.given if o.needs in missing)
    unused = [option.without_effect(why) for option, why in noted if why]
    timed = _timed(plan) if plan.moving else ()
    found = plan.loss.table.notes if plan.loss.table is not None else ()
    return [
        *plan.theme.notes,
        *found,
        *unused,
        *_overruled(plan.spec),
        *_of_layers(plan),
        *_outside(plan, uses),
        *timed,
        *thinned,
    ]


def _overruled(spec: Spec) -> Iterator[str]:
    """What is said for all runs, and by each of them otherwise or, of a recorded path, by nobody."""
    if spec.test and spec.path:
        yield "whether a recorded path has learned from rows that are held out here is not known"
    if spec.strip and spec.at != OPTIONS["at"].default:
        yield OPTIONS["at"].without_effect("a strip says itself which iterates it shows")
    for option in spec.given:
        if option.compared and spec.run and all(option.name in run.items() for run in spec.run):
            yield option.without_effect("every --run has its own")


def _of_layers(plan: Plan) -> Iterator[str]:
    """That a row is asked for where a net is told by its layers, which are those of all rows."""
    if plan.lesson is not None and plan.spec.row != OPTIONS["row"].default:
        from gdanim.passes import LayerPasses  # read only where a graph is shown

        if isinstance(plan.lesson, LayerPasses):
            yield OPTIONS["row"].without_effect("a net that is told layer by layer shows all rows")


def _timed(plan: Plan) -> Iterator[str]:
    """What came out otherwise of what was asked for of time."""
    spec, timeline = plan.spec, plan.timeline
    last = timeline.moments[-1].k
    late = [f"{k}:{seconds:g}" for k, seconds in spec.pause if k > last]
    if late:
        yield f"--pause {','.join(late)} changed nothing: the last iterate is k = {last}"
    asked, shown = spec.fps, timeline.fps
    whole = last and len(timeline) == timeline.whole
    if asked and spec.step_seconds and whole and abs(shown - asked) > 1e-6 * asked:
        has = f"an iterate of {spec.step_seconds:g} s has {(len(timeline) - 1) // last} of them"
        yield f"{shown:.4g} frames a second are shown, not {asked:.4g}: {has}"


def _stateless(plan: Plan) -> str:
    """Why no optimizer's state is shown; nothing where it is."""
    if len(plan.runs) > 1:
        return "a picture shows the state of one run; gdanim trace prints those of several"
    run = plan.runs[0]
    name = "a recorded path" if run.recorded else run.optimizer
    return "" if state_names(plan.loss, run) else f"of {name} no state can be shown"


def _outside(plan: Plan, uses: set[str]) -> Iterator[str]:
    """Which limits of a shown view leave out where a descent starts, the first that does."""
    spec, (loss, runs) = plan.spec, plan.framed
    chosen = spec.chosen(loss.parameters)
    framed = list(zip(("xlim", "ylim"), (spec.xlim, spec.ylim), chosen, strict=False))
    starts = {
        name: [(run.parameters[i], run.theta[0, i]) for run in runs]
        for name, limits, i in framed
        if limits and name in uses
    }
    if spec.zlim and "zlim" in uses:
        starts["zlim"] = [("L", run.loss[0]) for run in plan.runs]
    for name, values in starts.items():
        low, high = getattr(spec, name)
        outside = [f"{what} = {value:.4g}" for what, value in values if not low <= value <= high]
        if outside:
            yield f"--{name} leaves out where a descent starts: {outside[0]}"


def _shown_by(name: str) -> str:
    able = " or ".join(f"--view {kind.name}" for kind in VIEWS.values() if name in kind.uses)
    return f"no view is shown that it could change; see {able}"
