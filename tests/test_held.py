"""Rows that are held out: nothing is learned from them, and their loss and accuracy are those of no other."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdanim import GdanimError, Spec, trace
from gdanim.data import load
from gdanim.losses.models import make_model
from gdanim.plan import plan
from gdanim.text import Text
from gdanim.timeline import Moment
from gdanim.verdict import measured
from gdanim.views.held import style_of, with_held
from gdanim.views.history import History
from gdanim.views.marks import Label, Stroke
from tests.conftest import Result
from tests.pictures import picture

OVERFITS: dict[str, Any] = {
    "data": "sine:n=24,noise=0.4",
    "model": "mlp:hidden=20,scale=3",
    "test": 0.4,
    "test_seed": 3,
    "optimizer": "adam",
    "learning_rate": 0.01,
    "iterations": 400,
}
MODELS = [
    ("line", "a*x + b", ""),
    ("line", "linear:l2=0.3", "huber"),
    ("sine", "polynomial:degree=4", ""),
    ("moons", "", ""),
    ("moons", "sigmoid(a*x1 + b)", ""),
    ("blobs:classes=3", "mlp:hidden=3", ""),
    ("blobs:classes=3", "z1 = a*x1; z2 = b*x2; z3 = 0", ""),
]


@pytest.mark.parametrize(("data", "model", "cost"), MODELS)
def test_both_parts_are_as_if_the_other_were_not_there(data: str, model: str, cost: str) -> None:
    table = load(data, test=0.3, test_seed=5)
    assert table.held is not None
    loss = make_model(model, table, cost=cost)
    (run,) = trace(Spec(data=data, model=model, cost=cost, test=0.3, test_seed=5, iterations=12))
    whole = load(data)
    order = np.random.default_rng(5).permutation(len(whole))
    count = round(0.3 * len(whole))
    for part, rows, values in (
        (table, order[count:], run.loss),
        (table.held, order[:count], run.measures["L_test"]),
    ):
        np.testing.assert_array_equal(part.features, whole.features[np.sort(rows)])
        np.testing.assert_array_equal(part.values, whole.values[np.sort(rows)])
        alone = make_model(model, part, cost=cost)
        np.testing.assert_allclose(values, alone.value(run.theta), rtol=1e-12)
    assert loss.held is not None
    assert loss.held.table is not None
    assert len(loss.held.table) == count
    # The gradient is that of the rest, and so is all that is chosen by it.
    rest = make_model(model, load(data, test=0.3, test_seed=5), cost=cost)
    np.testing.assert_allclose(run.gradient, rest.gradient(run.theta), rtol=1e-9, atol=1e-12)


def test_what_is_right_is_counted_by_hand() -> None:
    (run,) = trace(Spec(data="moons", test=0.25, iterations=7))
    table = load("moons", test=0.25)
    assert table.held is not None
    for name, part in (("accuracy", table), ("accuracy_test", table.held)):
        z = part.features @ run.theta[:, :2].T + run.theta[:, 2]
        wanted = ((z > 0) == (part.values == 1)[:, None]).mean(axis=0)
        np.testing.assert_allclose(run.measures[name], wanted, rtol=1e-12)
    assert list(trace(Spec(data="line"))[0].measures) == []
    assert list(trace(Spec(data="blobs", model="linear", cost="squared"))[0].measures) == []
    (three,) = trace(Spec(data="blobs:classes=3", iterations=5))
    rows = load("blobs:classes=3")
    weights, biases = three.theta[5, :6].reshape(3, 2), three.theta[5, 6:]
    said = (rows.features @ weights.T + biases).argmax(axis=1)
    assert three.measures["accuracy"][5] == (said == rows.values).mean()


def test_many_iterates_are_counted_in_parts_alike() -> None:
    loss = make_model("mlp:hidden=3", load("spiral:classes=3,n=700"))
    theta = np.random.default_rng(0).normal(size=(90, 20, len(loss.parameters)))
    one_by_one = [[loss.accuracy(point) for point in row] for row in theta]
    np.testing.assert_allclose(loss.accuracy(theta), one_by_one, rtol=1e-12)


def test_mean_and_deviation_are_those_of_the_rows_that_are_learned_from() -> None:
    table, plain = (load("moons", test=0.4, test_seed=1, standardize=s) for s in (True, False))
    assert table.held is not None
    assert plain.held is not None
    mean, deviation = plain.features.mean(axis=0), plain.features.std(axis=0)
    np.testing.assert_allclose(table.features.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(table.held.features, (plain.held.features - mean) / deviation, rtol=1e-12)
    assert abs(table.held.features.mean(axis=0)).max() > 0.01


def test_the_documented_command_overfits() -> None:
    (run,) = trace(Spec(**OVERFITS))
    held = run.measures["L_test"]
    best = int(held.argmin())
    assert 10 < best < 100
    assert held[best] < 0.25 * held[0]
    assert held[-1] > 3 * held[best]
    assert run.loss[-1] < 0.4 * run.loss[best]


def test_the_trace_has_a_column_for_each(gdanim: Callable[..., Result], tmp_path: Path) -> None:
    arguments = ("--data", "moons", "--test", "0.3", "-n", "4")
    result = gdanim("trace", *arguments, "--format", "csv")
    rows = list(csv.DictReader(result.out.splitlines()))
    names = ["k", "w1", "w2", "b", "L", "L_test", "accuracy", "accuracy_test", "∂L/∂w1", "∂L/∂w2", "∂L/∂b"]
    assert list(rows[0]) == names
    (run,) = trace(Spec(data="moons", test=0.3, iterations=4))
    for name in ("L_test", "accuracy", "accuracy_test"):
        assert [float(row[name]) for row in rows] == run.measures[name].tolist()
    assert "60 of 200 rows are held out, drawn at random (--test-seed 0)" in result.err
    path = tmp_path / "path.csv"
    path.write_text(result.out, encoding="utf-8")
    again = gdanim("trace", *arguments, "--path", str(path), "--format", "csv")
    assert [row["accuracy"] for row in csv.DictReader(again.out.splitlines())] == [
        r["accuracy"] for r in rows
    ]


def test_the_summary_says_them() -> None:
    (run,) = trace(Spec(data="moons", test=0.3, iterations=4))
    values = (run.loss[-1], run.measures["L_test"][-1])
    shares = (100 * run.measures[name][-1] for name in ("accuracy", "accuracy_test"))
    loss, held = (Text("en").loss(float(value)) for value in values)
    right, others = (f"{value:.1f} %" for value in shares)
    assert measured(run, Text("en")) == f"L = {loss}, held out {held}, {right} right, held out {others}"
    shown = picture(data="moons", test=0.3, iterations=4, size=(960, 540))
    words = [mark.text for mark in shown.strip.update(Moment(4)) if isinstance(mark, Label)]
    assert any(f"= {loss}, held out {held}, {right} right, held out {others}" in word for word in words)


def test_the_history_has_a_curve_for_it() -> None:
    shown = picture(**{**OVERFITS, "iterations": 60, "view": "history", "size": (960, 540)})
    view = shown.views[0]
    assert isinstance(view, History)
    for k in range(0, 61, shown.scene.stride):
        list(view.settle(k))
    found = list(view.update(Moment(60)))
    strokes = [mark for mark in found if mark in view.lines]
    assert len(strokes) == 2
    last = [stroke.points[-1] for stroke in strokes if isinstance(stroke, Stroke)]
    run = view.scene.runs[0]
    for end, values in zip(last, (run.loss, run.measures["L_test"]), strict=True):
        np.testing.assert_allclose(end, view.to_pixels(60.0, values[60])[0])
    low, high = view.axes.get_ylim()
    assert low < run.loss.min() < run.measures["L_test"].max() < high
    assert view.lines[0].colour != view.lines[1].colour
    assert not view.scene.styles[0].dashes
    assert style_of(view.scene, 0).dashes
    words = [mark.text for mark in found if isinstance(mark, Label)]
    assert words == ["training", "held out"]
    several = picture(
        data="moons", test=0.3, optimizer=("gd", "adam"), view="history", size=(960, 540)
    ).views[0]
    assert isinstance(several, History)
    assert len(several.lines) == 4
    ends = [mark.text for mark in several.update(Moment(24)) if isinstance(mark, Label)]
    assert sorted(ends) == ["Adam", "Adam, held out", "gradient descent", "gradient descent, held out"]
    thin = "thin dashes: held out"
    assert thin not in [mark.text for mark in several.still() if isinstance(mark, Label)]
    narrow = picture(data="moons", test=0.3, optimizer=("gd", "adam"), view="history", size=(320, 420))
    assert thin in [mark.text for mark in narrow.views[0].still() if isinstance(mark, Label)]


@pytest.mark.parametrize("optimizers", [("adam",), ("adam", "momentum")])
@pytest.mark.parametrize("size", [(640, 480), (960, 540)])
def test_names_of_losses_worth_knowing_keep_clear_of_lines_and_their_names(
    optimizers: tuple[str, ...], size: tuple[int, int]
) -> None:
    settings = {"learning_rate": 0.06, "iterations": 60, "test": 0.3, "view": "history", "size": size}
    view = picture(model="next-word", optimizer=optimizers, **settings).views[0]
    assert isinstance(view, History)
    assert view.names_at.shown
    known = {view.scene.text(f"mark.{name}") for name in view.scene.loss.marks}
    marks = [mark for mark in view.still() if isinstance(mark, Label) and mark.text in known]
    assert len(marks) == 2
    last = view.to_pixels(60.0, 1.0)[0, 0]
    drawn = view.log.values if view.log else [run.loss for run in with_held(view.scene.runs)]
    for mark in marks:
        left, low, right, high = mark.box
        assert right < last
        for values in drawn:
            line = view.to_pixels(
                np.linspace(0, 60, 601), np.interp(np.linspace(0, 60, 601), range(61), values)
            )
            inside = line[(line[:, 0] > left) & (line[:, 0] < right)]
            assert not ((inside[:, 1] > low) & (inside[:, 1] < high)).any()


def test_a_held_out_loss_that_overflows_is_drawn_as_leaving(tmp_path: Path) -> None:
    path = tmp_path / "far.csv"
    rows = [f"{x},{x}" for x in np.linspace(0, 1, 9)] + ["1e160,1"]
    path.write_text("x,y\n" + "\n".join(rows), encoding="utf-8")
    seed = next(s for s in range(99) if 9 in np.random.default_rng(s).permutation(10)[:1])
    settings = {"data": str(path), "model": "a*x + b", "test": 0.1, "test_seed": seed, "iterations": 6}
    (run,) = trace(Spec(**settings))  # type: ignore[arg-type]
    assert np.isfinite(run.loss).all()
    assert not np.isfinite(run.measures["L_test"][1:]).any()
    shown = picture(**settings, view="history")
    for k in (0, 3, 6):
        assert shown.frame(Moment(k)).shape == (400, 640, 4)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"test": 0.3}, "test: belongs to a model that learns from data, and there are none"),
    ({"data": "line", "test": 0.01}, "test: of 24 rows a share of 0.01 is 0, and none is held out"),
    (
        {"data": "line:n=2", "test": 0.9},
        "test: of 2 rows a share of 0.9 is 2, and none is left to learn from",
    ),
    ({"data": "line", "test": 1.0}, "test: must be at most 0.99"),
    ({"data": "line", "test": -0.1}, "test: must be from 0 up, not -0.1"),
    ({"data": "line", "test_seed": 1}, "test_seed: draws the rows that are held out, and none are"),
    (
        {"data": "blobs:n=5,classes=5", "test": 0.3},
        "test: all rows of class 'C' are held out, and none is left",
    ),
    (
        {"data": "line", "init": 0.5, "start": (1, 2)},
        "init: draws where a descent starts, and --start says it",
    ),
    ({"init": 0.5}, "init: belongs to a model that learns from data"),
]


@pytest.mark.parametrize(("settings", "words"), REFUSED, ids=lambda value: str(value)[:60])
def test_what_makes_no_sense_is_a_sentence(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(GdanimError) as caught:
        trace(Spec(**settings))
    assert str(caught.value).startswith(words)


def test_a_start_is_drawn_by_its_seed() -> None:
    runs = trace(Spec(data="xor", model="mlp:hidden=3", init=0.5, seed=(1, 2), iterations=3))
    for run, seed in zip(runs, (1, 2), strict=True):
        np.testing.assert_array_equal(run.theta[0], np.random.default_rng(seed).normal(0.0, 0.5, 13))
    assert [run.label for run in runs] == ["seed=1", "seed=2"]
    (again,) = trace(Spec(data="xor", model="mlp:hidden=3", init=1.0, seed=2, iterations=3))
    np.testing.assert_allclose(again.theta[0], 2 * runs[1].theta[0], rtol=1e-12)
    (formula,) = trace(Spec(data="line", model="a*x + b", init=2.0, iterations=200))
    np.testing.assert_allclose(
        formula.theta[-1], make_model("a*x + b", load("line")).minima[0].theta, rtol=1e-3
    )


def test_of_a_recorded_path_it_is_not_said_what_it_has_learned_from(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("w,b\n0,0\n1,1\n")
    notes = plan(Spec(data="line", test=0.3, path=(str(path),))).notes
    assert any(
        "whether a recorded path has learned from rows that are held out here is not known" in n
        for n in notes
    )
    assert not any("recorded path" in note for note in plan(Spec(data="line", test=0.3)).notes)
