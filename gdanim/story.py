"""The story of a figure: what each of its frames is about, in the words and numbers of its language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdanim.alt import named_apart
from gdanim.losses.mathtext import symbol
from gdanim.output.told import CONTROLS, Story
from gdanim.plain import formula
from gdanim.verdict import measure_in_words
from gdanim.views.arithmetic import digits_for
from gdanim.views.symbols import used

if TYPE_CHECKING:
    from gdanim.plan import Plan

FEW = 4  # parameters that are all told; of more those that the picture shows


def story_of(plan: Plan) -> Story:
    """That of a figure that moves."""
    last = max(run.iterations for run in plan.runs)
    told = tuple(frame.moment for frame in plan.timeline)
    theme = plan.theme
    return Story(
        lines=tuple(line_of(plan, k) for k in range(last + 1)),
        frames=tuple((min(moment.k, last), moment.fraction == 0.0) for moment in told),
        controls=tuple(plan.text(f"player.{name}") for name in CONTROLS),
        size=plan.spec.size,
        colours=(theme.background, theme.ink, theme.muted, theme.now),
    )


def line_of(plan: Plan, k: int) -> str:
    """The numbers of iterate k, as they stand under the panels.

    >>> from gdanim import Spec
    >>> from gdanim.plan import plan
    >>> line_of(plan(Spec(learning_rate=0.1, start=5, lang="pt")), 1)
    'k = 1; w = 4,4000; L = 5,760; dL/dw = 4,8000'
    """
    text, between = plan.text, plan.text("sign.semicolon")
    if len(plan.runs) > 1:
        losses = (float(run.loss[min(k, run.iterations)]) for run in plan.runs)
        named = zip(plan.runs, losses, strict=True)
        said = [f"{named_apart(plan, run)}{text('sign.colon')}L = {text.loss(loss)}" for run, loss in named]
        return between.join([f"k = {k}", *said])
    (run,) = plan.runs
    names = run.parameters
    shown = tuple(range(len(names))) if len(names) <= FEW else plan.spec.chosen(names)
    digits = digits_for(text, run, shown)
    said = [f"k = {k}"]
    said += [
        f"{formula(symbol(names[i]))} = {text.fixed(float(run.theta[k, i]), digits.operands)}" for i in shown
    ]
    said.append(f"L = {text.loss(float(run.loss[k]))}")
    for name, values in run.measures.items():
        said.append(f"{formula(text(f'measure.{name}'))} = {measure_in_words(name, float(values[k]), text)}")
    for i in shown:
        slope = formula(used(names[i], len(names), run.noisy))
        said.append(f"{slope} = {digits.factor(text, float(run.gradient[k, i]))}")
    return between.join(said)
