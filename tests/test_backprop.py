"""Computation graphs: their nodes and edges, and every number against PyTorch and published ones."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdanim import Spec, trace
from gdanim.errors import GdanimError
from gdanim.losses import LOSSES, make_loss
from gdanim.losses.backprop import LETTER, Backprop, backprop
from gdanim.losses.function import Function
from tests import mazur

CASES = json.loads((Path(__file__).parent / "data" / "torch_graphs.json").read_text())["cases"]


def graph_of(text: str, letters: dict[str, float] | None = None) -> Backprop:
    return backprop(make_loss(text, constants=letters))


def drawn(graph: Backprop) -> list[tuple[str, str]]:
    return [(v.name, v.formula) for v in graph.vertices if v.formula]


@pytest.mark.parametrize("case", CASES, ids=[case["about"] for case in CASES])
def test_values_and_derivatives_are_those_of_autograd(case: dict[str, Any]) -> None:
    graph = backprop(
        make_loss(case["loss"], constants=case["let"], parameters=tuple(case["parameters"])),
    )
    names = [vertex.name for vertex in graph.vertices]
    sweep = graph.sweep(np.array([row["theta"] for row in case["torch"]]))
    for k, row in enumerate(case["torch"]):
        for name, value in row["values"].items():
            assert sweep.values[k, names.index(name)] == pytest.approx(value, rel=1e-13, abs=1e-15)
        for name, adjoint in row["adjoints"].items():
            assert sweep.adjoints[k, names.index(name)] == pytest.approx(adjoint, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", LOSSES)
def test_named_losses_have_a_graph_whose_sweep_is_their_value_and_gradient(name: str) -> None:
    loss = make_loss(name)
    low, high = np.array(loss.domain).T
    theta = low + np.random.default_rng(5).random((40, len(low))) * (high - low)
    sweep = backprop(loss).sweep(theta)
    scale = 1e-13 * (1 + np.abs(loss.value(theta)))
    assert (np.abs(sweep.values[:, -1] - loss.value(theta)) <= scale).all()
    wanted = loss.gradient(theta)
    np.testing.assert_allclose(sweep.adjoints[:, : len(low)], wanted, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("case", CASES, ids=[case["about"] for case in CASES])
def test_local_derivatives_are_central_differences(case: dict[str, Any]) -> None:
    """Each edge by itself: the target by one of its sources, everything else held."""
    graph = backprop(make_loss(case["loss"], constants=case["let"], parameters=tuple(case["parameters"])))
    theta = np.array(case["torch"][0]["theta"]) + 0.01  # away from kinks
    sweep = graph.sweep(theta)
    for i, link in enumerate(graph.links):
        if not link.live:
            assert sweep.slopes[i] == sweep.products[i] == 0
            continue
        target = graph.vertices[link.target]
        at = graph.vertices[link.source].name
        letters = {graph.vertices[a].name: float(sweep.values[a]) for a in target.args if a != link.source}
        statement = next(s for s in case["loss"].split("; ") if s.startswith(f"{target.name} ="))
        text = statement.partition(" = ")[2]
        if f"{at}*0" in text:  # an input of 0, which a loss of this source alone could not have
            assert sweep.slopes[i] == 0
            continue
        alone = make_loss(text, constants=letters, parameters=(at,))
        here, step = float(sweep.values[link.source]), 1e-6
        central = (alone.value(np.array([here + step])) - alone.value(np.array([here - step]))) / (2 * step)
        assert sweep.slopes[i] == pytest.approx(float(central), rel=1e-7, abs=1e-7)


def test_what_comes_back_is_the_product_and_what_fans_out_the_sum() -> None:
    graph = graph_of("a = w1^2 + w2; b = w1*w2; L = a*b + a")
    sweep = graph.sweep(np.array([1.5, -2.0]))
    for i, link in enumerate(graph.links):
        assert sweep.products[i] == sweep.adjoints[link.target] * sweep.slopes[i]
    for source in range(len(graph.vertices) - 1):
        back = [sweep.products[i] for i in graph.out_of(source)]
        assert sweep.adjoints[source] == pytest.approx(sum(back), rel=1e-15)
    # the order in which they come back: from the later target first
    assert [[graph.vertices[graph.links[i].target].name for i in graph.out_of(s)] for s in range(4)] == [
        ["b", "a"],
        ["b", "a"],
        ["L"],
        ["L"],
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("(w-2)^2", [("u1", "w - 2"), ("L", "u_1^2")]),
        ("w1^2 + 10*w2^2", [("u1", "w_1^2"), ("u2", "w_2^2"), ("L", "u_1 + 10u_2")]),
        ("-(w-2)^2/2", [("u1", "w - 2"), ("u2", "u_1^2"), ("L", "-u_2/2")]),
        ("exp(-w^2/2)", [("u1", "w^2"), ("u2", "-u_1/2"), ("L", "e^{u_2}")]),
        ("2*sin(w)*w", [("u1", r"\sin(w)"), ("L", "2u_1w")]),
        ("3*w", [("L", "3w")]),
        ("w", [("L", "w")]),
        ("(u-2)^2 + (u-2)^4", [("q1", "u - 2"), ("q2", "q_1^2"), ("q3", "q_1^4"), ("L", "q_2 + q_3")]),
        ("J = (w-2)^2", [("u1", "w - 2"), ("J", "u_1^2")]),
        ("z = w - 2; L = z^2 + sin(z)/2", [("z", "w - 2"), ("L", r"z^2 + \sin(z)/2")]),
    ],
)
def test_a_formula_is_taken_apart_as_a_teacher_draws_it(text: str, parts: list[tuple[str, str]]) -> None:
    assert drawn(graph_of(text)) == parts


def test_derivatives_are_written_as_they_are_taught() -> None:
    graph = graph_of("h = tanh(w); s = sigmoid(h); L = s^2")
    assert [(link.formula, link.expression) for link in graph.links] == [
        (r"1 - \tanh^2(w)", "1 - tanh(w)^2"),
        (r"\sigma(h)(1 - \sigma(h))", "sigmoid(h)*(1 - sigmoid(h))"),
        ("2s", "2*s"),
    ]


def test_letters_are_nodes_to_which_nothing_comes_back() -> None:
    graph = graph_of("z = w*x; L = (z - t)^2 + c", {"x": 2.0, "t": 1.0, "c": 3.0})
    letters = [v for v in graph.vertices if v.kind == LETTER]
    assert [(v.name, v.live) for v in letters] == [("x", False), ("t", False), ("c", False)]
    sweep = graph.sweep(np.array([[0.5], [1.5]]))
    assert sweep.values[:, 1:4].tolist() == [[2.0, 1.0, 3.0]] * 2
    assert not sweep.adjoints[:, 1:4].any()
    assert [(graph.vertices[e.source].name, e.formula) for e in graph.links if e.live] == [
        ("w", "x"),
        ("z", "2(z - t)"),
    ]


def test_a_named_part_without_parameters_has_a_value_and_no_derivative() -> None:
    graph = graph_of("c = 2*x; L = (w - c)^2", {"x": 2.0})
    part = next(v for v in graph.vertices if v.name == "c")
    assert not part.live
    sweep = graph.sweep(np.array([1.0]))
    assert sweep.values.tolist() == [1.0, 2.0, 4.0, 9.0]
    assert sweep.adjoints.tolist() == [-6.0, 0.0, 0.0, 1.0]


def test_a_long_sum_is_taken_apart() -> None:
    text = "+".join(f"sin({i}*w)" for i in range(1, 300))
    graph = graph_of(text)
    assert len(graph.vertices) == 1 + 299 + 299 + 1
    theta = np.array([0.3])
    assert graph.sweep(theta).values[-1] == pytest.approx(sum(np.sin(i * 0.3) for i in range(1, 300)))


def test_a_function_of_python_has_no_graph() -> None:
    loss = Function(lambda theta: (theta**2).sum(axis=-1), start=[1.0])
    with pytest.raises(GdanimError, match="a graph is drawn of a formula"):
        backprop(loss)


def test_mazurs_network_gives_his_numbers() -> None:
    graph = graph_of(mazur.LOSS, mazur.LET)
    names = [vertex.name for vertex in graph.vertices]
    sweep = graph.sweep(np.array(mazur.WEIGHTS))
    edges = {(names[e.source], names[e.target]): i for i, e in enumerate(graph.links)}
    for name, value in mazur.FORWARD.items():
        assert sweep.values[names.index(name)] == pytest.approx(value, abs=6e-10)
    for edge, value in mazur.SLOPES.items():
        assert sweep.slopes[edges[edge]] == pytest.approx(value, abs=6e-9)
    for edge, value in mazur.PRODUCTS.items():
        assert sweep.products[edges[edge]] == pytest.approx(value, abs=1.1e-9)
    for name, value in mazur.SUM.items():
        assert sweep.adjoints[names.index(name)] == pytest.approx(value, abs=6e-10)
    updated = np.array(mazur.WEIGHTS) - mazur.RATE * sweep.adjoints[:8]
    np.testing.assert_allclose(updated, mazur.UPDATED, rtol=0, atol=6e-9)


def test_mazurs_descent_goes_where_his_does() -> None:
    (run,) = trace(Spec(**mazur.SETTINGS, iterations=10_000))
    np.testing.assert_allclose(run.theta[1], mazur.UPDATED, rtol=0, atol=6e-9)
    assert run.loss[0] == pytest.approx(mazur.FORWARD["E"], abs=6e-10)
    # His weights give 0.291027774; he prints another seventh digit.
    assert run.loss[1] == pytest.approx(mazur.AFTER_ONE, abs=2e-7)
    assert graph_of(mazur.LOSS, mazur.LET).sweep(np.array(mazur.UPDATED)).values[-1] == pytest.approx(
        run.loss[1], abs=1e-9
    )
    # What he calls the error after 10,000 rounds is the one that the 10,000th forward sweep finds.
    assert run.loss[9_999] == pytest.approx(mazur.AFTER_10_000, abs=6e-11)
    graph = graph_of(mazur.LOSS, mazur.LET)
    names = [vertex.name for vertex in graph.vertices]
    last = graph.sweep(run.theta[10_000]).values
    for name, value in mazur.OUTPUTS_THEN.items():
        assert last[names.index(name)] == pytest.approx(value, abs=2e-6)


def test_a_part_that_overflows_where_the_loss_does_not_is_refused() -> None:
    graph = graph_of("s = 1 + exp(w); L = log(s) + w^2")
    graph.check(np.array([[3.0], [2.0]]))
    with pytest.raises(GdanimError, match="'s' is beyond the range of numbers at iterate 1, though"):
        graph.check(np.array([[3.0], [800.0]]))
