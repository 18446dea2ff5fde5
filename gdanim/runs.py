"""Run: one descent of a comparison, and the options it may have of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gdanim.errors import GdanimError, unknown
from gdanim.kinds import NUMBER, START, TEXT, WHOLE, Kind, Start
from gdanim.option import Group, Needs, Option, by_key

# In the order of `--help`.
MOST_RUNS = 12
RUN_OPTIONS: dict[str, Option] = {
    name: option.named(name)
    for name, option in {
        "start": Option(
            None,
            START,
            Group.DESCENT,
            "Where the descent starts (--start=-1.5,2 where it begins with a minus).",
            unsaid="the loss's own",
            compared=True,
            traced=True,
            needs=Needs.COMPUTED,
        ),
        "learning_rate": Option(
            None,
            NUMBER,
            Group.DESCENT,
            "Learning rate η.",
            flags=("--lr", "--learning-rate"),
            metavar="RATE",
            least=0.0,
            unsaid="the loss's own; for newton, lbfgs, backtracking and adadelta 1",
            compared=True,
            traced=True,
            needs=Needs.COMPUTED,
        ),
        "optimizer": Option(
            "gd",
            TEXT,
            Group.DESCENT,
            "How it descends (see gdanim list optimizers).",
            metavar="NAME[:KEY=VALUE,…]",
            compared=True,
            traced=True,
            needs=Needs.COMPUTED,
        ),
        "schedule": Option(
            "constant",
            TEXT,
            Group.DESCENT,
            "How the learning rate changes (see gdanim list schedules).",
            metavar="NAME[:KEY=VALUE,…]",
            compared=True,
            traced=True,
            needs=Needs.COMPUTED,
        ),
        "noise": Option(
            0.0,
            NUMBER,
            Group.DESCENT,
            "Standard deviation of what is added to every component of every gradient.",
            least=0.0,
            compared=True,
            traced=True,
            needs=Needs.COMPUTED,
        ),
        "batch_size": Option(
            None,
            WHOLE,
            Group.DESCENT,
            "How many rows of the data each gradient is worked out from, drawn anew for every step.",
            least=1,
            unsaid="all",
            compared=True,
            traced=True,
            needs=Needs.COMPUTED,
        ),
        "seed": Option(
            0,
            WHOLE,
            Group.DESCENT,
            "Seed of the noise, of the batches, and of --init.",
            least=0,
            most=2**63 - 1,
            compared=True,
            traced=True,
            needs=Needs.NOISE,
        ),
    }.items()
}


@dataclass(frozen=True)
class Run:
    """One descent of a comparison; what is None is as the Spec has it for all.

    >>> read_run("adam lr=0.3 seed=2")
    Run(optimizer='adam', schedule=None, start=None, learning_rate=0.3, noise=None, batch_size=None, seed=2)
    """

    # In the order in which combinations are made: what comes first changes last.
    optimizer: str | None = None
    schedule: str | None = None
    start: Start | None = None
    learning_rate: float | None = None
    noise: float | None = None
    batch_size: int | None = None
    seed: int | None = None

    def items(self) -> dict[str, Any]:
        """What it has of its own, by the fields' names."""
        return {name: value for name, value in vars(self).items() if value is not None}

    def filled(self, shared: Mapping[str, Any]) -> Run:
        """The same, with what is shared where it has nothing of its own."""
        return Run(**{**shared, **self.items()})


def read_run(text: str) -> Run:
    """`adam lr=0.3 start=1,2`: an optimizer, and what else this run has of its own.

    Raises:
        ValueError: it is not that.
    """
    found: dict[str, Any] = {}
    for number, word in enumerate(text.split()):
        key, equals, value = word.partition("=")
        if number == 0 and not (equals and by_key(RUN_OPTIONS.values(), key)):
            key, value = "optimizer", word
        option = _option(key)
        if option.name in found:
            raise ValueError(f"'{option.key}' is given twice in '{text}'")
        try:
            found[option.name] = option.read(value)
        except ValueError as error:
            raise ValueError(f"{option.key}: {error}") from None
    return _take_run(found)


def _option(key: str) -> Option:
    option = by_key(RUN_OPTIONS.values(), key)
    if option is None:
        keys = [option.key for option in RUN_OPTIONS.values()]
        raise ValueError(unknown("key of a run", key, keys, where="run").problem)
    return option


def _take_run(data: Any) -> Run:
    if isinstance(data, str):
        return read_run(data)
    data = data.items() if isinstance(data, Run) else data
    if not isinstance(data, Mapping) or not data:
        raise ValueError("must say something of a run, as in 'adam lr=0.3'")
    found: dict[str, Any] = {}
    for key, value in data.items():
        option = _option(str(key))
        try:
            found[option.name] = option.value(value)
        except GdanimError as error:
            raise ValueError(f"{option.key}: {error.problem}") from None
        if option.is_several(found[option.name]):
            raise ValueError(f"{option.key}: a run has one, not several")
    return Run(**found)


def _take_runs(data: Any) -> tuple[Run, ...]:
    items = [data] if isinstance(data, str | Mapping | Run) else data
    if not isinstance(items, Sequence):
        raise ValueError(f"must be a list of runs, not {data!r}")
    return tuple(map(_take_run, items))


def _give_runs(runs: tuple[Run, ...]) -> list[dict[str, Any]]:
    return [{RUN_OPTIONS[n].key: RUN_OPTIONS[n].give(v) for n, v in run.items().items()} for run in runs]


def _say_run(run: Run) -> str:
    """As `read_run` reads it.

    >>> _say_run(read_run("adam lr=0.3 start=1,2"))
    'optimizer=adam start=1,2 lr=0.3'
    """
    options = ((RUN_OPTIONS[name], value) for name, value in run.items().items())
    return " ".join(f"{option.key}={option.kind.say(value)}" for option, value in options)


RUNS = Kind(
    "'OPTIMIZER KEY=VALUE…'",
    read_run,
    _take_runs,
    _give_runs,
    separator=";",
    collected=True,
    say=_say_run,
)


def too_many(runs: int, where: str, since: str = "") -> GdanimError:
    """The sentence for more runs than can be told apart; `since` says how they became so many."""
    many = f"{runs} runs, too many" if since else f"{runs} runs are too many"
    problem = f"{since}{many} to tell apart; at most {MOST_RUNS} can be compared"
    return GdanimError(problem, where=[where])


def check_number(runs: int, several: Mapping[str, Sequence[Any]]) -> None:
    """Refuse more runs than can be told apart, by the names of what is repeated.

    Raises:
        GdanimError: they are too many.
    """
    if runs <= MOST_RUNS:
        return
    counts = {name: len(values) for name, values in several.items() if len(values) > 1}
    if len(counts) < 2:
        raise too_many(runs, next(iter(counts), "run"))
    (first, count), *others = counts.items()
    times = " and ".join(f"{n} of {RUN_OPTIONS[name].flag}" for name, n in others)
    raise too_many(runs, first, f"{count} values and {times} make ")
