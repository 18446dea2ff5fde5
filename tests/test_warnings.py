"""No number that overflows, vanishes or is none makes numpy say so to a user: here warnings are errors."""

import random
from typing import Any

import pytest

from gdanim import GdanimError, Spec, trace
from gdanim.losses import LOSSES
from gdanim.optimizers import OPTIMIZERS, SCHEDULES
from gdanim.plan import plan
from gdanim.render import Picture
from gdanim.text import Text
from gdanim.timeline import Moment
from gdanim.verdict import verdict
from gdanim.views import VIEWS

FORMULAS = (
    "log(w)",
    "1/w",
    "sqrt(w) + w",
    "-w^3",
    "w^w",
    "exp(w1)*w2^4",
    "tan(w1)*w2",
    "asin(w1 - 3) + 1/w2",
)


def extreme(rng: random.Random, **settings: Any) -> Spec:
    """Any loss and optimizers with learning rates and noise of any size that is accepted."""
    return Spec(
        loss=rng.choice([*LOSSES, *FORMULAS]),
        optimizer=tuple(rng.sample([*OPTIMIZERS], rng.choice((1, 1, 3)))),
        schedule=(rng.choice([*SCHEDULES]),),
        learning_rate=(10 ** rng.uniform(-12, 12),),
        iterations=rng.choice((0, 1, 5, 70)),
        noise=(10 ** rng.uniform(-300, 300),) if rng.random() < 0.3 else (),
        **settings,
    )


@pytest.mark.filterwarnings("error")
def test_no_descent_nor_its_verdict_warns() -> None:
    rng, made = random.Random(1), 0
    for _ in range(400):
        try:
            runs = trace(extreme(rng))
        except GdanimError:
            continue
        made += 1
        assert all(verdict(run.outcome, Text("en"), float(run.rates.max())) for run in runs)
    assert made > 200


@pytest.mark.filterwarnings("error")
def test_no_picture_warns() -> None:
    rng, made = random.Random(2), 0
    while made < 25:
        view = rng.choice([*VIEWS, "curve+history", "contour+history"])
        try:
            shown = Picture(plan(extreme(rng, view=view, size=(480, 320))))
        except GdanimError:
            continue
        made += 1
        last = shown.scene.iterations
        for moment in (Moment(0), Moment(last // 2, 0.5 if last else 0.0), Moment(last)):
            shown.frame(moment)
