"""What optimizers remember: by the sums that their recurrences are, and in every format."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdanim import Spec, trace
from gdanim.descent import Trajectory, descend
from gdanim.losses import make_loss
from gdanim.optimizers import OPTIMIZERS, make_optimizer
from gdanim.replay import states_of
from tests.conftest import Result

BOWL = make_loss("bowl")
STATES = json.loads((Path(__file__).parent / "data" / "torch_states.json").read_text("utf-8"))["runs"]
RECURRENCE = {  # v ← decay v + share x: the name, and x of a run
    "momentum": ("v", 0.9, 1.0, lambda g: g),
    "nesterov": ("v", 0.9, 1.0, lambda g: g),
    "adagrad": ("s", 1.0, 1.0, lambda g: g * g),
    "rmsprop": ("s", 0.99, 0.01, lambda g: g * g),
    "adadelta": ("s", 0.9, 0.1, lambda g: g * g),
    "adam": ("m", 0.9, 0.1, lambda g: g),
    "amsgrad": ("v", 0.999, 0.001, lambda g: g * g),
    "adamw": ("v", 0.999, 0.001, lambda g: g * g),
    "adamax": ("m", 0.9, 0.1, lambda g: g),
    "nadam": ("v", 0.999, 0.001, lambda g: g * g),
    "radam": ("m", 0.9, 0.1, lambda g: g),
    "lion": ("m", 0.99, 0.01, lambda g: g),
    "yogi": ("m", 0.9, 0.1, lambda g: g),
    "adabelief": ("m", 0.9, 0.1, lambda g: g),
}
NAMELESS = {"gd", "newton", "backtracking", "lbfgs"}  # L-BFGS keeps pairs of differences, not numbers


def run_of(optimizer: str, **settings: Any) -> Trajectory:
    return trace(Spec(loss="bowl", optimizer=optimizer, learning_rate=0.05, iterations=9, **settings))[0]


@pytest.mark.parametrize("optimizer", RECURRENCE)
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_row_k_is_the_sum_over_the_k_gradients_before(optimizer: str, noise: float) -> None:
    name, decay, share, of = RECURRENCE[optimizer]
    run = run_of(optimizer, noise=noise)
    found = states_of(make_loss("bowl"), run)[name]
    assert found.shape == run.theta.shape
    for k in range(run.iterations + 1):
        terms = [share * decay ** (k - 1 - j) * of(run.gradient[j]) for j in range(k)]
        np.testing.assert_allclose(found[k], np.sum(terms, axis=0) if terms else 0.0, rtol=1e-10, atol=1e-18)


def test_the_rest_by_hand() -> None:
    loss = make_loss("bowl")
    run = run_of("amsgrad")
    states = states_of(loss, run)
    np.testing.assert_array_equal(states["vmax"], np.maximum.accumulate(states["v"]))
    states = states_of(loss, run_of("nadam"))
    mu = [0.9 * (1 - 0.5 * 0.96 ** (0.004 * k)) for k in range(1, 10)]
    np.testing.assert_allclose(states["Πμ"], np.cumprod([1.0, *mu]))
    run = run_of("rprop")
    states = states_of(loss, run)
    moved = np.abs(np.diff(run.theta, axis=0))
    stepped = states["h"][1:] != 0
    assert (stepped[:, 0] & stepped[:, 1]).sum() > 2
    np.testing.assert_allclose(moved[stepped], states["Δ"][1:][stepped])
    assert (moved[~stepped] == 0).all()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_part_of_a_state_has_a_name_that_its_docstring_uses(name: str) -> None:
    optimizer = make_optimizer(name, make_loss("bowl"))
    state = optimizer.init(np.zeros((1, 2)))
    assert (len(optimizer.state_names) == 0) == (name in NAMELESS)
    if name not in NAMELESS:
        assert len(optimizer.state_names) == len(state) - 1
        own, adam = (OPTIMIZERS[which].__doc__ or "" for which in (name, "adam"))
        for part in optimizer.state_names:
            assert part in own.partition("Source")[0] + (adam if "Adam" in own else "")
    assert list(states_of(make_loss("bowl"), run_of(name))) == list(optimizer.state_names)


def test_a_run_that_overflows_and_one_that_is_a_function_of_ones_own() -> None:
    loss = make_loss("quadratic")
    run = descend(loss, "momentum", learning_rate=1e200, iterations=30)
    assert states_of(loss, run)["v"].shape == run.theta.shape
    assert states_of(loss, descend(loss, lambda g, theta, eta: -eta * g)) == {}


def test_every_format_has_the_state(gdanim: Callable[..., Result], tmp_path: Path) -> None:
    flags = (
        "trace",
        "--loss",
        "bowl",
        "--run",
        "adam",
        "--run",
        "gd",
        "--run",
        "momentum",
        "-n",
        "3",
        "--state",
    )
    runs = trace(Spec(loss="bowl", optimizer=("adam", "gd", "momentum"), iterations=3))
    loss = make_loss("bowl")
    adam, none, momentum = (states_of(loss, run) for run in runs)
    assert none == {}
    rows = list(csv.DictReader(io.StringIO(gdanim(*flags, "--format", "csv").out)))
    assert [float(row["m[w2]"]) for row in rows[:4]] == adam["m"][:, 1].tolist()
    assert [float(row["v[w1]"]) for row in rows[:4]] == adam["v"][:, 0].tolist()
    assert {row[key] for row in rows[4:8] for key in ("m[w1]", "m[w2]", "v[w1]", "v[w2]")} == {""}
    assert [float(row["v[w2]"]) for row in rows[8:]] == momentum["v"][:, 1].tolist()
    assert {row["m[w1]"] for row in rows[8:]} == {""}
    found = json.loads(gdanim(*flags, "--format", "json").out)["runs"]
    assert found[0]["state"] == {name: values.tolist() for name, values in adam.items()}
    assert "state" not in found[1]
    table = gdanim(*flags)
    heads = [line.split() for line in table.out.splitlines() if line.lstrip().startswith("k ")]
    assert [head[6:] for head in heads] == [["m[w1]", "m[w2]", "v[w1]", "v[w2]"], [], ["v[w1]", "v[w2]"]]
    assert table.err == "Note: --state adds nothing for gd, of which no state can be printed\n"


@pytest.mark.parametrize("format", ["csv", "json"])
@pytest.mark.parametrize("named", [True, False])
def test_numbers_with_a_state_are_paths_again(
    gdanim: Callable[..., Result], tmp_path: Path, format: str, named: bool
) -> None:
    file = tmp_path / f"path.{format}"
    loss = ("--loss", "bowl" if named else "a^2/2 + 5*b^2")
    optimizers = [word for name in ("adam", "gd", "nadam") for word in ("--optimizer", name)]
    file.write_text(gdanim("trace", *loss, *optimizers, "-n", "5", "--state", "--format", format).out)
    read = trace(Spec(loss=loss[1], path=(str(file),)))
    made = trace(Spec(loss=loss[1], optimizer=("adam", "gd", "nadam"), iterations=5))
    for one, other in zip(read, made, strict=True):
        np.testing.assert_array_equal(one.theta, other.theta)
    assert gdanim("trace", *loss, "--path", str(file), "--state").err.startswith("Note: --state adds nothing")


def test_without_the_flag_nothing_is_added(gdanim: Callable[..., Result]) -> None:
    plain = gdanim("trace", "--loss", "bowl", "--optimizer", "adam", "--format", "json")
    assert "state" not in json.loads(plain.out)["runs"][0]
    assert plain.err == ""


@pytest.mark.parametrize("kept", STATES, ids=lambda kept: f"{kept['optimizer']} on {kept['loss']}")
def test_the_state_equals_torch_optims(kept: dict[str, Any]) -> None:
    loss = make_loss(kept["loss"])
    run = descend(
        loss,
        kept["optimizer"],
        start=tuple(kept["start"]),
        learning_rate=kept["learning_rate"],
        iterations=30,
    )
    found = states_of(loss, run)
    for name, values in kept["state"].items():
        wanted = np.array(values)
        size = np.abs(wanted).max(axis=0)  # of numbers that swing about 0 the small ones are differences
        wrong = np.abs(found[name][kept["every"] :: kept["every"]] - wanted)
        assert wrong.shape == wanted.shape
        assert (wrong <= 1e-9 * size).all(), name


def test_every_named_state_that_torch_has_is_checked_against_it() -> None:
    checked = {(kept["optimizer"].partition(":")[0], name) for kept in STATES for name in kept["state"]}
    ours = {(name, part) for name in OPTIMIZERS for part in make_optimizer(name, BOWL).state_names}
    assert ours - checked == {(name, part) for name, part in ours if name in {"lion", "yogi", "adabelief"}}
    assert len({kept["loss"] for kept in STATES}) == 2
