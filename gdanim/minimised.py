"""What is minimised: the loss that a Spec names, or that of a model with its data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdanim.errors import GdanimError
from gdanim.learning import LEARNING_OPTIONS
from gdanim.losses import is_formula, make_loss
from gdanim.losses.base import Loss
from gdanim.spec import OPTIONS, Spec

if TYPE_CHECKING:
    from gdanim.losses.learned import Learned

MOST_PARAMETERS = 1000


def loss_of(spec: Spec, columns: int | None = None) -> Loss:
    """The loss that a Spec names, with as many parameters as its start or a recorded path has numbers."""
    learning = [name for name in LEARNING_OPTIONS if getattr(spec, name) != OPTIONS[name].default]
    if learning:
        return _learned(spec, learning[0])
    starts = [run.start for run in spec.runs if run.start is not None]
    dimension = len(starts[0]) if starts else columns
    if dimension is not None and dimension > MOST_PARAMETERS:
        raise GdanimError(
            f"{dimension:,} parameters are too many; at most {MOST_PARAMETERS:,} are descended along",
            where=["start" if starts else "path"],
        )
    formula = is_formula(spec.loss)
    for name in ("let", "parameters"):
        if getattr(spec, name) and not formula:
            call = spec.loss.partition(":")[0]
            raise GdanimError(
                f"belongs to a formula, and '{call}' is a loss with a name; its options are listed by"
                " gdanim list losses",
                where=[name],
            )
    return make_loss(
        spec.loss,
        dimension=dimension,
        constants=dict(spec.let),
        parameters=spec.parameters,
    )


def _learned(spec: Spec, given: str) -> Loss:
    """The loss of a model on its data; `given` is an option that says there is one."""
    words = spec.model.partition(":")[0].strip().lower() == "next-word"
    if not spec.data and not words:
        raise GdanimError(
            "belongs to a model that learns from data, and there are none; see --data", where=[given]
        )
    if spec.loss != OPTIONS["loss"].default:
        raise GdanimError("is what a model learns from; leave --loss out, or the data", where=["data"])
    from gdanim.data import load  # read only where a model is
    from gdanim.losses.models import make_model
    from gdanim.losses.nextword import NextWord

    if spec.init is not None and any(run.start is not None for run in spec.runs):
        raise GdanimError("draws where a descent starts, and --start says it", where=["init"])
    if spec.test_seed and not spec.test:
        raise GdanimError("draws the rows that are held out, and none are; see --test", where=["test_seed"])
    table = load(
        spec.data or "text",
        target=spec.target,
        standardize=spec.standardize,
        test=spec.test,
        test_seed=spec.test_seed,
        words=words or (None if not spec.model.strip() else False),
        lang=spec.lang,
    )
    loss = make_model(spec.model, table, cost=spec.cost, constants=dict(spec.let), parameters=spec.parameters)
    if isinstance(loss, NextWord):
        loss.prompt(spec.prompt)  # for what it refuses
    elif spec.prompt:
        raise GdanimError("is for a model of the next word; see --model next-word", where=["prompt"])
    if spec.squares:
        _check_squares(spec, loss)
    return loss


def _check_squares(spec: Spec, loss: Learned) -> None:
    """Refuse squares where they are not what the loss is the mean of, or where there are no sticks."""
    if loss.cost.name != "squared":
        raise GdanimError(
            f"shows squared errors, and the cost is {loss.cost.name}; see --cost squared", where=["squares"]
        )
    if len(spec.runs) > 1 and not spec.grid:
        raise GdanimError("are those of one run; see --grid, where each has a panel", where=["squares"])
