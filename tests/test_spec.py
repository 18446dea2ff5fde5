"""A Spec is plain data: it takes what Python, JSON and TOML hold, and gives it back."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdanim import GdanimError, Spec
from gdanim.kinds import FLAG
from gdanim.option import Group, Option
from gdanim.runs import Run
from gdanim.spec import OPTIONS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# For every option a value that is not its default; an option that is not listed fails the test.
OTHER: dict[str, list[Any]] = {
    "loss": ["w1^2 + lam*w2^2", "bowl:condition=5"],
    "data": ["moons:n=50", "scores.csv"],
    "model": ["linear", "a*hours + b"],
    "cost": ["huber:delta=2"],
    "target": ["score"],
    "standardize": [True],
    "prompt": ["the cat"],
    "row": [3, "worst"],
    "let": [{"lam": 2}, (("lam", 2.5), ("a", 1))],
    "parameters": [("w1", "w2"), ["w"]],
    "start": [5, 0.0, (1.0, 2.0), [[1], [2.5]], np.array([1.0, 2.0]), np.float32(0.5), np.int64(3)],
    "learning_rate": [0.3, 1, (0.1, 0.2), [1], np.array([0.1, 0.2]), np.float64(0.25)],
    "optimizer": ["adam", ("gd", "momentum:momentum=0.8")],
    "schedule": ["cosine", ["cosine", "step:every=3"]],
    "noise": [0.5, (0.0, 0.5), np.float64(1.0)],
    "batch_size": [8, (8, 32), np.int64(4)],
    "seed": [3, [1, 2], np.int64(7), np.arange(3)],
    "iterations": [0, 7, 30.0, np.int64(12)],
    "run": [
        "adam lr=0.3",
        [{"optimizer": "adam", "lr": 0.3}, {"start": [1, 2], "seed": 4}],
        [Run(noise=0.5)],
    ],
    "path": ["a.csv", ["a.csv", "b.npz"], Path("c.json")],
    "test": [0.3],
    "test_seed": [3],
    "init": [0.5],
    "squares": [True],
    "grid": [True],
    "race": [True],
    "view": ["contour+slices/history"],
    "axes": [("w1", "w3"), "w2,w1"],
    "xlim": [(-1, 5), "-1,5", [0.5, 2.5], np.array([0.0, 1.0])],
    "ylim": [(-1, 5)],
    "zlim": [(0, 20.5)],
    "field": [True],
    "log": [True, False],
    "orbit": [90, -45.5],
    "state": [True],
    "caption": [True],
    "title": ["", "Größe ×", "a\nb"],
    "lang": ["pt"],
    "theme": ["dark", "paper", "mine.toml"],
    "font": ["Own.ttf"],
    "font_scale": [1.5, 2],
    "transparent": [True],
    "size": [(640, 480), [1280, 720], "720x420", np.array([400, 300])],
    "scale": [2, 0.5],
    "fps": [25, 12.5],
    "tween": [3],
    "beats": [True, False],
    "step_seconds": [1.5, 2],
    "pause": ["0:4,1:3", {"0": 4, 2: 0.5}, [[0, 4]], ((3, 1.5), (1, 2))],
    "seconds": [10, 7.5],
    "hold": [0, 1.5],
    "loop": [1],
    "at": [7, 0, np.int64(3)],
    "strip": ["0,1,3,last", [0, 5], (3, "last"), np.array([7, 2])],
}
CASES = [(name, value) for name, values in OTHER.items() for value in values]


def toml(data: dict[str, Any]) -> str:
    """Plain data as TOML; only what a Spec's data hold."""

    def value(item: Any) -> str:
        if isinstance(item, dict):
            return "{" + ", ".join(f"{key} = {value(part)}" for key, part in item.items()) + "}"
        if isinstance(item, list):
            return "[" + ", ".join(map(value, item)) + "]"
        return json.dumps(item, ensure_ascii=False)

    return "\n".join(f"{key} = {value(item)}" for key, item in data.items())


def test_every_option_is_tried() -> None:
    assert set(OTHER) == set(OPTIONS)


@pytest.mark.parametrize(("name", "value"), CASES, ids=lambda x: str(x)[:30])
def test_what_is_given_comes_back_through_json_and_toml(name: str, value: Any) -> None:
    spec = Spec(**{name: value})
    data = spec.to_data()
    assert list(data) == [OPTIONS[name].key]
    assert Spec.from_data(json.loads(json.dumps(data))) == spec
    assert Spec.from_data(tomllib.loads(toml(data))) == spec
    assert Spec.from_data({name: value}) == spec
    assert hash(spec) == hash(Spec.from_data(data))


def test_all_options_at_once_come_back() -> None:
    several = ("start", "learning_rate", "optimizer", "schedule", "noise", "seed")
    values = {name: values[0] for name, values in OTHER.items() if name not in (*several, "caption")}
    spec = Spec(**values, start=(1.0, 2.0), learning_rate=0.3)
    assert Spec.from_data(tomllib.loads(toml(spec.to_data()))) == spec


def test_only_what_differs_is_written() -> None:
    assert Spec().to_data() == {}
    assert Spec(learning_rate=0.1, size=(960, 540), iterations=20).to_data() == {"lr": 0.1}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"learning-rat": 1}, "learning-rat: unknown option 'learning-rat'.*learning_rate|lr"),
        ({"lr": 1, "learning_rate": 2}, "learning_rate: is given twice"),
        ({"iterations": "many"}, "iterations: must be a whole number, not 'many'"),
        ({"iterations": True}, "iterations: must be a whole number"),
        ({"lr": "0.1"}, "learning_rate: must be a finite number, not '0.1'"),
        ({"lr": [0.1, "x"]}, "learning_rate: must be a finite number, not 'x'"),
        ({"start": "5"}, "start: must be a number or several, not '5'"),
        ({"start": [[1, 2], [3]]}, "start: compared starts must have equally many"),
        ({"start": [[[1]]]}, "start: must be a finite number"),
        ({"grid": 1}, "grid: must be true or false, not 1"),
        ({"loss": 3}, "loss: must be text, not 3"),
        ({"let": {"a": "x"}}, "let: must be a finite number, not 'x'"),
        ({"let": [1, 2]}, "let: must be names with their values"),
        ({"size": [1, 2, 3]}, "size: must be two numbers"),
        ({"size": "big"}, "size: 'big' is not a size such as 960x540"),
        ({"pause": "0:4,0:3"}, "pause: iterate 0 is given twice"),
        ({"pause": "0=4"}, "pause: '0=4' is not iterates with their seconds, such as 0:4,1:3"),
        ({"pause": {"a": 4}}, "pause: must be iterates with their seconds"),
        ({"pause": {"0": -1}}, "pause: must be iterates from 0 up, with seconds above 0 .* not 0:-1"),
        ({"pause": 3}, "pause: must be iterates with their seconds"),
        ({"xlim": [5, -1]}, "xlim: must be the lowest and then the highest, not 5,-1"),
        ({"zlim": "0"}, "zlim: '0' is not two numbers such as -1,5"),
        ({"ylim": [0, float("inf")]}, "ylim: must be a finite number"),
        ({"fps": 1e-9}, "fps: must be from 0.01 up"),
        ({"scale": 1000}, "scale: must be at most 24"),
        ({"seed": 10**400}, "seed: must be at most|must be"),
        ({"orbit": float("inf")}, "orbit: must be a finite number"),
        ({"run": "adam lr"}, "run: unknown key of a run 'lr'|run: lr"),
        ({"run": ["adam foo=1"]}, "run: unknown key of a run 'foo'"),
        ({"run": [{"optimiser": "adam"}]}, "did you mean 'optimizer'|nearest|optimizer"),
        ({"run": [{"lr": [1, 2]}]}, "run: lr: a run has one, not several"),
        ({"run": [{}]}, "run: must say something of a run"),
        ({"run": 3}, "run: must be a list of runs"),
        ({"run": ["adam lr=1 lr=2"]}, "'lr' is given twice"),
        ({"run": ["adam", "adam"]}, "run: the same run is given twice"),
        ({"run": ["adam"], "lr": [1, 2]}, "learning_rate: is given several times beside --run"),
        ({"run": [f"gd lr=0.{i}1" for i in range(13)]}, "run: 13 runs are too many"),
    ],
)
def test_what_makes_no_sense_says_where(data: dict[str, Any], words: str) -> None:
    with pytest.raises(GdanimError, match=words):
        Spec.from_data(data)


def test_runs_are_those_listed_or_all_combinations() -> None:
    combined = Spec(optimizer=("gd", "adam"), learning_rate=(0.1, 0.2), seed=(1, 2), noise=0.5).runs
    assert len(combined) == 8
    assert [(run.optimizer, run.learning_rate, run.seed) for run in combined[:3]] == [
        ("gd", 0.1, 1),
        ("gd", 0.1, 2),
        ("gd", 0.2, 1),
    ]
    runs = ["adam lr=0.3", "momentum:momentum=0.8 seed=2 schedule=cosine"]
    listed = Spec.from_data({"run": runs, "lr": 0.05})
    assert [(r.optimizer, r.learning_rate, r.schedule, r.seed) for r in listed.runs] == [
        ("adam", 0.3, "constant", 0),
        ("momentum:momentum=0.8", 0.05, "cosine", 2),
    ]
    assert Spec.from_data({"run": "lr=0.3 optimizer=adam"}).runs[0].optimizer == "adam"


def test_an_option_knows_its_names() -> None:
    rate = OPTIONS["learning_rate"]
    assert (rate.flag, rate.key) == ("--lr", "lr")
    assert rate.keys == {"learning_rate", "lr"}
    flags = [flag for option in OPTIONS.values() for flag in option.flags]
    assert len(set(flags)) == len(flags)
    assert all(isinstance(option, Option) and option.help.endswith(".") for option in OPTIONS.values())


@pytest.mark.parametrize("word", ["1", "true", "yes", "on", "0", "false", "no", "off"])
def test_what_stands_for_true_and_false(word: str) -> None:
    assert FLAG.read(word.upper()) is FLAG.read(word) is (word in ("1", "true", "yes", "on"))


def test_what_stands_for_neither_is_refused() -> None:
    with pytest.raises(ValueError, match="must be true or false, not 'oui'"):
        FLAG.read("oui")


def test_what_decides_the_numbers_is_an_option_of_trace() -> None:
    deciding = {o.name for o in OPTIONS.values() if o.group in (Group.LOSS, Group.DESCENT)}
    traced = {o.name for o in OPTIONS.values() if o.traced}
    assert deciding <= traced
    assert not traced & {"view", "fps", "size", "theme"}
