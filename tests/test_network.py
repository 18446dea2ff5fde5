"""The view of a net: its numbers are those of the descent, its marks those of its weights, its words true."""

import re
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.artist import Artist

from gdanim import GdanimError, Spec, trace
from gdanim.data import load
from gdanim.data.base import Table
from gdanim.lesson import Stage
from gdanim.losses.learned import Learned
from gdanim.losses.models import make_model
from gdanim.losses.neurons import Wired
from gdanim.losses.rowwise import names_in, of_row
from gdanim.passes import LayerPasses, Passes
from gdanim.plan import plan
from gdanim.render import Picture
from gdanim.text import LANGUAGES, MINUS
from gdanim.theme import DATA, contrast
from gdanim.timeline import ARROW, Moment
from gdanim.views.marks import Label, Stroke, overlap
from gdanim.views.network import Network, outline
from gdanim.views.planes import PlaneValues
from gdanim.views.wires import Planes, Wires
from tests import mazur
from tests.pictures import Recorder, picture

NETS = [
    ("linear", "line", ""),
    ("linear", "line", "huber:delta=0.3"),
    ("linear", "blobs", "absolute"),
    ("logistic", "moons:n=50", ""),
    ("softmax", "blobs:classes=3,n=30", ""),
    ("softmax", "moons:n=50", ""),
    ("mlp:hidden=5x4,activation=gelu", "moons:n=30", ""),
    ("mlp:hidden=3,activation=sigmoid", "sine", "huber"),
    ("mlp:hidden=4,activation=relu", "spiral:classes=3,n=30", ""),
    ("mlp:hidden=8x8", "moons:n=40", ""),
    ("polynomial:degree=4,l2=0.0", "sine:n=20", ""),
    ("a*x + b", "line", "huber:delta=0.3"),
    ("sigmoid(a*x1 + b*x2^2 + c)", "moons:n=50", ""),
    ("a*x1 - p*z", "moons:n=50", "cross-entropy"),
    ("h = tanh(a*x + b); c*h + d*h^2", "sine:n=20", "absolute"),
    ("z1 = a*x1 + b; z2 = c*x1*x2; z3 = 0", "blobs:classes=3,n=30", ""),
]
MOONS: dict[str, Any] = {"data": "moons", "model": "mlp:hidden=8x8", "learning_rate": 0.5}
SHOWN: list[dict[str, Any]] = [
    mazur.SETTINGS,
    {"data": "line"},
    {"data": "sine", "model": "mlp:hidden=5,activation=gelu"},
    {"data": "blobs:classes=3", "model": "softmax"},
    {"data": "moons:n=30", "model": "mlp:hidden=4,activation=relu,l2=0.01", "batch_size": 10},
    MOONS,
]
SIZES = [(640, 480), (960, 540), (1280, 720)]


def net(**settings: Any) -> Picture:
    return picture(**{"view": "network", "iterations": 3, "size": (960, 540), **settings})


def marks(shown: Picture, moment: Moment) -> list[Artist]:
    view = shown.views[0]
    return [*view.still(), *view.update(moment)]


def labels(shown: Picture, moment: Moment) -> list[Label]:
    return [mark for mark in marks(shown, moment) if isinstance(mark, Label) and mark.text]


def read(text: str) -> str:
    return re.sub(r"[$ {}]|\\,", "", text).replace(r"\partial", "∂").replace(r"\ell", "ℓ")


def texts(shown: Picture, moment: Moment) -> list[str]:
    return [read(label.text) for label in labels(shown, moment)]


def passes(shown: Picture) -> Passes:
    assert isinstance(shown.scene.lesson, Passes)
    return shown.scene.lesson


def beat_of(shown: Picture, what: str, name: str) -> int:
    lesson = passes(shown)
    vertices = lesson.graph.vertices
    return next(i for i, b in enumerate(lesson.beats) if b.what == what and vertices[b.vertex].name == name)


def told(shown: Picture) -> Iterator[Moment]:
    assert shown.scene.lesson is not None
    for beat in range(len(shown.scene.lesson.beats)):
        yield Moment(0, 0.0, beat)
    yield Moment(1, ARROW, len(shown.scene.lesson.beats) - 1)
    yield Moment(3)


@pytest.mark.parametrize(("model", "data", "cost"), NETS)
def test_the_mean_over_rows_is_the_loss_and_its_gradient(model: str, data: str, cost: str) -> None:
    """The graph of a row against the matrices that the descent uses, which know nothing of it."""
    constants = {"z": 0.5} if "z" in model and ";" not in model else None
    loss = make_model(model, load(data), cost=cost, constants=constants)
    theta = np.random.default_rng(1).normal(size=len(loss.parameters))
    for apart in (False, True):
        sweeps = [of_row(loss, row, apart=apart).sweep(theta) for row in range(len(loss.table))]
        values = np.mean([sweep.values[-1] for sweep in sweeps])
        slopes = np.mean([sweep.adjoints[: len(theta)] for sweep in sweeps], axis=0)
        np.testing.assert_allclose(values, loss.value(theta), rtol=1e-12)
        np.testing.assert_allclose(slopes, loss.gradient(theta), rtol=1e-9, atol=1e-13)


def test_mazurs_numbers() -> None:
    shown = net(**mazur.SETTINGS)
    lesson, run = passes(shown), shown.scene.runs[0]
    graph = lesson.graph
    names = {vertex.name: i for i, vertex in enumerate(graph.vertices)}
    links = {
        (graph.vertices[e.source].name, graph.vertices[e.target].name): i for i, e in enumerate(graph.links)
    }
    sweep = graph.sweep(run.theta[0])
    for name, value in mazur.FORWARD.items():
        assert sweep.values[names[name]] == pytest.approx(value, abs=1e-9), name
    for edge, slope in mazur.PRODUCTS.items():
        if edge in links:
            assert sweep.products[links[edge]] == pytest.approx(slope, abs=1e-8), edge
    assert sweep.adjoints[names["out_h1"]] == pytest.approx(mazur.SUM["out_h1"], abs=1e-8)
    assert run.theta[1] == pytest.approx(mazur.UPDATED, abs=5e-9)
    assert run.loss[1] == pytest.approx(mazur.AFTER_ONE, abs=2e-7)  # he rounds on the way


def test_mazurs_net_is_told_with_his_numbers() -> None:
    shown = net(**mazur.SETTINGS)
    assert [len(layer) for layer in passes(shown).net.layers] == [2, 2]
    everything = texts(shown, Moment(0, ARROW, len(passes(shown).beats) - 1))
    assert any("b_1=0.35,b_2=0.6held" in text for text in everything)
    for number in ("0.378", "0.593", "1.106", "0.751", "0.298", "0.138", "0.741"):
        assert number in everything
    w5 = texts(shown, Moment(0, 0.0, beat_of(shown, "product", "w5")))
    assert r"∂L/∂w_5=∂L/∂net_o1·∂net_o1/∂w_5=0.138·0.593≈0.082" in w5
    assert "∂L/∂w_5=0.082" in w5  # on the edge itself
    sums = texts(shown, Moment(0, 0.0, beat_of(shown, "sum", "out_h1")))
    assert f"∂L/∂out_h1={MINUS}0.019+0.055=0.036" in sums
    update = texts(shown, Moment(0, ARROW, beat_of(shown, "update", "w5")))
    assert r"w_5\leftarroww_5-\eta\cdot∂L/∂w_5=0.4000" + f"{MINUS}0.5·0.0822≈0.359" in update
    assert r"w_5\leftarrow0.359" in update


@pytest.mark.parametrize("settings", SHOWN, ids=str)
def test_nothing_is_told_before_what_it_follows_from(settings: dict[str, Any]) -> None:
    lesson = passes(net(**settings))
    graph = lesson.graph
    stages = [beat.stage for beat in lesson.beats]
    assert stages == sorted(stages)
    assert set(stages) == set(Stage)
    for i, link in enumerate(graph.links):
        assert lesson.value[link.source] <= lesson.value[link.target]
        assert (i in lesson.product) == link.live
        if link.live:
            assert lesson.adjoint[link.target] <= lesson.product[i] <= lesson.adjoint[link.source]
    for vertex in graph.parameters:
        assert lesson.adjoint[vertex] < lesson.update[vertex]
    assert len({beat.vertex for beat in lesson.beats if beat.what == "update"}) <= 12


def test_of_many_edges_one_path_has_beats() -> None:
    lesson = passes(net(**MOONS))
    assert len(lesson.beats) < 20
    chosen = [lesson.net.weights[i] for i in lesson.edges]
    assert len(chosen) == 3
    for before, after in pairwise(chosen):
        neuron = next(n for layer in lesson.net.layers for n in layer if n.sum == before.target)
        assert after.source == neuron.value
    assert any("numbersofonepath" in text for text in texts(net(**MOONS), Moment(0)))


class Dashed(Recorder):
    """Keeps of every path whether it is dashed."""

    def __init__(self) -> None:
        super().__init__()
        self.dashed: list[bool] = []

    def draw_path(self, gc: Any, path: Any, transform: object, rgbFace: Any = None) -> None:  # noqa: N803
        super().draw_path(gc, path, transform, rgbFace)
        self.dashed.append(gc.get_dashes()[1] is not None)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_edge_is_as_wide_as_its_weight_and_dashed_where_it_is_negative(theme: str) -> None:
    shown = net(**MOONS, theme=theme)
    run, lesson = shown.scene.runs[0], passes(shown)
    for k in (0, 3):
        wires = next(mark for mark in marks(shown, Moment(k)) if isinstance(mark, Wires))
        recorder = Dashed()
        wires.draw(recorder)
        weights = np.array([run.theta[k, edge.factor] for edge in lesson.net.weights])
        weights = weights[weights != 0]
        widths = np.array([path.width for path in recorder.paths])
        np.testing.assert_allclose(widths / widths.max(), np.abs(weights) / np.abs(weights).max())
        assert recorder.dashed == (weights < 0).tolist()
        hexes = {"#" + "".join(f"{round(255 * part):02x}" for part in p.colour[:3]) for p in recorder.paths}
        assert len(hexes) == 2
        assert all(contrast(colour, shown.scene.theme.background) >= DATA for colour in hexes)
    most = np.abs(run.theta).max()
    assert any(f"widest{most:.3g}" in text for text in texts(shown, Moment(0)))


def test_of_weights_that_grow_beyond_all_bounds_the_width_tells_up_to_a_stated_size() -> None:
    shown = net(loss="z = w*x + b; L = (z - t)^2", let={"x": 1, "t": 0}, start=(1.0, 2.0),
                parameters=("b", "w"), learning_rate=3.0, iterations=8)  # fmt: skip
    assert np.abs(shown.scene.runs[0].theta).max() > 40
    assert any("∝|w|upto20" in text for text in texts(shown, Moment(0)))
    wires = next(mark for mark in marks(shown, Moment(8)) if isinstance(mark, Wires))
    assert max(wires.widths()) == pytest.approx(0.42 * 0.92 * shown.scene.sizes.text)


def test_planes_are_what_each_node_makes_of_its_inputs() -> None:
    loss = make_model("mlp:hidden=3x2", load("moons"))
    assert isinstance(loss, Learned)
    values = PlaneValues(Wired(of_row(loss, 0)), loss, 7)
    theta = np.random.default_rng(2).normal(size=len(loss.parameters))
    planes = values.of(theta, 3)
    assert len(planes) == 2 + 3 + 2 + 1
    middles = [values.low[i] + (np.arange(7) + 0.5) / 7 * (values.high - values.low)[i] for i in (0, 1)]
    for row, column in ((0, 0), (2, 5), (6, 1)):
        x = np.array([middles[0][column], middles[1][row]])
        assert planes[-1][row, column] == pytest.approx(2 * loss.predict(theta, x[None])[0] - 1)
        first = np.tanh(theta[:6].reshape(3, 2) @ x + theta[6:9])
        assert [plane[row, column] for plane in planes[2:5]] == pytest.approx(first)


def test_planes_fill_in_layer_by_layer() -> None:
    shown = net(**MOONS)
    counts = []
    for beat in range(5):
        planes = next(mark for mark in marks(shown, Moment(1, 0.0, beat)) if isinstance(mark, Planes))
        counts.append(len(planes.values))
    assert counts == [2, 10, 18, 19, 19]


def test_the_row_that_is_told_and_the_mean_that_is_descended_are_said_apart() -> None:
    shown = net(**MOONS)
    loss, run, lesson = shown.scene.loss, shown.scene.runs[0], passes(shown)
    assert isinstance(loss, Learned)
    said = texts(shown, Moment(0, 0.0, lesson.loss))
    row = of_row(loss, 0).sweep(run.theta[0])
    assert any(text.startswith("ℓ=") and text.endswith(f"≈{row.values[-1]:.3f}") for text in said)
    assert f"L={run.loss[0]:.3f}:meanoverall200rows" in said
    assert any(text.startswith("row1of200,whoselossisℓ") for text in said)
    vertex = next(beat.vertex for beat in lesson.beats if beat.what == "update")
    said = texts(shown, Moment(0, ARROW, lesson.update[vertex]))
    own, mean = (f"{x:.3f}".replace("-", MINUS) for x in (row.adjoints[vertex], run.gradient[0, vertex]))
    assert any(f"={own}:row1;" in text and f"={mean}:meanoverall200rows" in text for text in said)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"batch_size": 10}, "=meanoverthe10rowsofthisstep"),
        ({"model": "mlp:hidden=4,l2=0.05"}, "meanoverall30rows+0.1·w_"),
        ({"noise": 0.1}, "meanoverall30rows+noise"),
    ],
)
def test_what_the_update_takes_is_said(settings: dict[str, Any], words: str) -> None:
    shown = net(**{"data": "moons:n=30", "model": "mlp:hidden=4", **settings})
    lesson, run = passes(shown), shown.scene.runs[0]
    vertex = next(beat.vertex for beat in lesson.beats if beat.what == "update")
    said = texts(shown, Moment(0, ARROW, lesson.update[vertex]))
    taken = f"{run.gradient[0, vertex]:.3f}".replace("-", MINUS)
    assert any(f"={taken}:{words.lstrip('=')}" in text for text in said), said


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("settings", SHOWN, ids=str)
def test_no_text_covers_another_or_leaves_the_panel(settings: dict[str, Any], size: Any, lang: str) -> None:
    shown = net(**settings, size=size, lang=lang)
    left, low, right, high = shown.views[0].axes.bbox.extents
    still = list(shown.views[0].still())
    for moment in told(shown):
        words = [m for m in (*still, *shown.views[0].update(moment)) if isinstance(m, Label) and m.text]
        for a, b in combinations(words, 2):
            assert not overlap(a.box, b.box), (moment, a.text, b.text)
        for box in (label.box for label in words):
            assert left - 3 <= box[0] <= box[2] <= right + 3
            assert low - 3 <= box[1] <= box[3] <= high + 3


@pytest.mark.parametrize("settings", [*SHOWN, {"data": "moons", "model": "mlp:hidden=20"}], ids=str)
def test_frames_come_in_any_order_and_equal_a_full_redraw(settings: dict[str, Any]) -> None:
    fast, slow = net(**settings), net(**settings)
    moments = list(told(fast))
    for moment in (moments[-1], moments[0], moments[len(moments) // 2], moments[-2], moments[3]):
        assert np.array_equal(fast.frame(moment), slow.redraw(moment)), moment


def test_a_larger_net_is_told_by_layer_and_the_picture_says_so() -> None:
    shown = net(data="moons", model="mlp:hidden=12x6", learning_rate=0.5)
    assert isinstance(shown.scene.lesson, LayerPasses)
    assert len(shown.scene.lesson.beats) == 1 + 3 + 1 + 3 + 3
    run = shown.scene.runs[0]
    said = texts(shown, Moment(0, ARROW, 10))
    assert "21nodesand121edges,toldlayerbylayer;mean|h|overall200rows" in said
    parts = (slice(0, 36), slice(36, 114), slice(114, 121))
    for part in parts:
        assert f"‖∂L/∂w‖={np.linalg.norm(run.gradient[0, part]):.3f}" in said
        assert f"mean|w|={np.abs(run.theta[0, part]).mean():.3f}" in said
        assert f"‖\\Deltaw‖={np.linalg.norm(run.theta[1, part] - run.theta[0, part]):.3f}" in said
    hidden = np.tanh(load("moons").features @ run.theta[0, :24].reshape(12, 2).T + run.theta[0, 24:36])
    assert f"mean|h|={np.abs(hidden).mean():.3f}" in said
    before = texts(shown, Moment(0, 0.0, 4))
    assert not any("‖" in text for text in before)


@pytest.mark.parametrize("lang", ["en", "pt"])
def test_the_row_that_is_asked_for_is_told(lang: str) -> None:
    shown = net(data="line", row=7, lang=lang)
    loss, row = shown.scene.loss, passes(shown).row
    assert isinstance(loss, Learned)
    assert (row.number, row.rows) == (6, 24)
    word = {"en": "row7of24", "pt": "linha7de24"}[lang]
    assert any(text.startswith(word) for text in texts(shown, Moment(0)))
    vertices = passes(shown).graph.vertices
    letters = {
        v.name: x for v, x in zip(vertices, passes(shown).graph.sweep(np.zeros(2)).values, strict=True)
    }
    assert (letters["x"], letters["y"]) == (loss.table.features[6, 0], loss.table.values[6])


@pytest.mark.parametrize("view", ["network", "graph"])
def test_the_worst_row_costs_most_and_the_picture_says_so(view: str) -> None:
    settings: dict[str, Any] = {"data": "line", "start": (0.5, -3.0)}
    shown = net(**settings, view=view, row="worst")
    loss = shown.scene.loss
    assert isinstance(loss, Learned)
    errors = (0.5 * loss.table.features[:, 0] - 3.0 - loss.table.values) ** 2
    worst = int(errors.argmax())
    assert worst > 0
    assert any(f"row{worst + 1}of24,atfirsttheworst" in text for text in texts(shown, Moment(0)))
    assert shown.scene.lesson is not None
    said = texts(shown, Moment(0, 0.0, shown.scene.lesson.loss))
    assert any(text.startswith("ℓ=") and text.endswith(f"≈{errors[worst]:.3f}") for text in said), said


def test_a_polynomial_is_a_net_whose_inputs_are_powers() -> None:
    shown = net(data="sine", model="polynomial:degree=3", row=2)
    loss, graph = shown.scene.loss, passes(shown).graph
    assert isinstance(loss, Learned)
    names = {vertex.name: i for i, vertex in enumerate(graph.vertices)}
    x = loss.table.features[1, 0]
    values = graph.sweep(np.zeros(4)).values
    assert [values[names[name]] for name in ("x", "x²", "x³")] == pytest.approx([x, x * x, x**3])
    assert len(passes(shown).net.inputs) == 3


def test_a_model_of_words_is_told_by_layers() -> None:
    shown = net(model="next-word:context=2,embedding=3,hidden=5", size=(640, 480))
    loss, run = shown.scene.loss, shown.scene.runs[0]
    assert isinstance(shown.scene.lesson, LayerPasses)
    assert loss.table is not None
    v = len(loss.table.classes)
    said = texts(shown, Moment(0, ARROW, len(shown.scene.lesson.beats) - 1))
    assert {"2", "6", "5", str(v), "wordsread"} <= set(said)
    ends = np.cumsum([0, 3 * v, 5 * 7, 6 * v])
    assert ends[-1] == len(run.parameters)
    for part in (slice(*pair) for pair in pairwise(ends.tolist())):
        assert f"‖∂L/∂w‖={np.linalg.norm(run.gradient[0, part]):.3f}" in said
    vectors = run.theta[0, : 3 * v].reshape(v, 3)[loss.table.features.astype(int)].reshape(-1, 6)
    hidden = np.tanh(vectors @ run.theta[0, ends[1] : ends[1] + 30].reshape(5, 6).T)
    assert f"mean|e|={np.abs(vectors).mean():.3f}" in said
    assert f"mean|h|={np.abs(hidden).mean():.3f}" in said


def test_a_formula_of_weighted_sums_is_a_net_too() -> None:
    shown = net(data="sine", model="h = a*x + b; g = tanh(h); c*g + d", iterations=1)
    assert [len(layer) for layer in passes(shown).net.layers] == [1, 1]
    assert np.array_equal(shown.frame(Moment(1)), shown.redraw(Moment(1)))


def test_a_small_picture_of_a_net_of_many_nodes_tells_its_layers() -> None:
    assert isinstance(net(**MOONS, size=(480, 360)).scene.lesson, LayerPasses)
    assert isinstance(net(**MOONS, size=(640, 480)).scene.lesson, Passes)


def test_without_beats_all_of_an_iterate_is_there_at_once() -> None:
    shown = net(**MOONS, beats=False)
    assert len(plan(shown.scene.spec).timeline) == 4
    planes = next(mark for mark in marks(shown, Moment(1)) if isinstance(mark, Planes))
    assert len(planes.values) == 19
    assert not any("forward" in text for text in texts(shown, Moment(1)))


def test_beside_a_graph_both_tell_the_same_beat() -> None:
    shown = picture(**mazur.SETTINGS, view="network/graph", iterations=2, size=(1280, 1400))
    assert not isinstance(shown.scene.lesson, Passes)
    first, second = (list(view.update(Moment(0, 0.0, 6))) for view in shown.views)
    words = [{mark.text for mark in each if isinstance(mark, Label)} for each in (first, second)]
    assert {text for text in words[1] if text.startswith("$out_{o1}$ = ")} & words[0]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"loss": "himmelblau"}, "view: 'network' shows layers of weighted sums, such as"),
        ({"loss": "z = w*x + b; h = tanh(z); L = (v*h - 1)^2", "let": {"x": 1}}, "'L' is something else"),
        (
            {"loss": "a = w*x; b = v*x; c = u*a; L = (c - b)^2", "let": {"x": 1}},
            "'L' is something else; see --view graph",
        ),
        ({"data": "line", "model": "a*exp(b*x)"}, "'L' is something else; see --view graph"),
        ({"data": "line", "row": 41}, "row: there is no row 41; there are 24"),
        ({"data": "line", "row": 20, "test": 0.5}, "row: there is no row 20; there are 12 to learn from"),
        ({"data": "line:n=20000", "row": "worst"}, "only of up to 10,000; give its number"),
        ({"loss": "himmelblau", "row": 2}, "row: belongs to a model that learns from data"),
        ({"data": "line", "learning_rate": (0.1, 0.2)}, "view: 'network' shows one run"),
    ],
)
def test_what_is_no_net_is_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(GdanimError, match=re.escape(words)):
        plan(Spec(view="network", **settings))


def test_a_function_of_python_is_refused() -> None:
    from gdanim.losses.function import Function

    loss = Function(lambda theta: (theta**2).sum(axis=-1), start=[1.0])
    with pytest.raises(GdanimError, match=r"of .* none is known"):
        plan(Spec(view="network"), loss)


@pytest.mark.parametrize("depth", range(1, 13))
def test_nodes_of_deep_nets_stand_apart_or_a_sentence_says_that_there_is_no_room(depth: int) -> None:
    settings: dict[str, Any] = {"data": "moons", "view": "network", "iterations": 1, "size": (640, 480)}
    try:
        shown = picture(model="mlp:hidden=" + "x".join(["2"] * depth), **settings)
    except GdanimError as error:
        assert "has no room for" in str(error)  # noqa: PT017 - either is right
        assert depth > 6
        return
    view = shown.views[0]
    if isinstance(view, Network):
        boxes = [node.box for node in view.wiring.nodes.values()]
        for i, one in enumerate(boxes):
            assert not any(overlap(one, other) for other in boxes[i + 1 :])


@pytest.mark.parametrize(
    ("rate", "words"), [(0.0, "nothing moves"), (1e3, "the path leaves at once"), (0.5, "of its variance")]
)
def test_what_is_said_of_a_plane_is_so(rate: float, words: str) -> None:
    net = "mlp:hidden=4,activation=relu"
    shown = picture(
        data="moons", model=net, view="contour", learning_rate=rate, iterations=5, size=(960, 540)
    )
    said = [one.text for one in shown.marks(Moment(0)) if isinstance(one, Label)]
    assert any(words in text for text in said)


def test_a_net_that_is_dead_from_the_start_has_not_converged(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,z,y\n100,50,a\n120,60,b\n90,40,a\n130,70,b\n")
    runs = [
        trace(Spec(data=str(path), model=f"mlp:hidden=2,activation=relu,seed={seed}", learning_rate=0.5))[0]
        for seed in range(40)
    ]
    dead = [run for run in runs if not run.gradient.any()]
    assert dead
    assert not any(run.outcome.kind == "converged" for run in dead)


def test_inputs_are_called_as_the_columns_are_where_no_other_name_is_the_same() -> None:
    def names(header: str, model: str = "linear") -> tuple[list[str], str]:
        columns = header.split(",")
        features = np.arange(2.0 * (len(columns) - 1)).reshape(2, -1)
        loss = make_model(
            model, Table(header, tuple(columns[:-1]), features, columns[-1], np.array([1.0, 2.0]))
        )
        assert isinstance(loss, Learned)
        return names_in(loss)

    assert names("hours,age,score") == (["hours", "age"], "y")
    assert names("hours,z1,score") == (["x1", "x2"], "y")  # as a node's sum
    assert names("h2,score") == (["x"], "y")  # as its value
    assert names("horas de estudo,score") == (["x"], "y")
    assert names("y,score") == (["y"], "t")


def test_the_node_of_a_sum_is_framed_when_it_is_told() -> None:
    shown = net(**mazur.SETTINGS)
    lesson, view = passes(shown), shown.views[0]
    assert isinstance(view, Network)
    told = 0
    for number, beat in enumerate(lesson.beats):
        owners = [n.value for layer in lesson.net.layers for n in layer if beat.vertex in (n.sum, n.value)]
        if beat.what not in ("value", "sum") or not owners:
            continue
        left, low, right, high = view.wiring.nodes[owners[0]].box
        corners = {(left, low), (right, high)}
        framed = [
            mark
            for mark in view.update(Moment(0, 0.0, number))
            if isinstance(mark, Stroke) and corners <= {tuple(p) for p in mark.points.tolist()}
        ]
        told += 1
        assert framed, (number, beat)
    assert told >= 6


def test_the_node_of_the_bias_is_round_about_its_1() -> None:
    shown = net(**mazur.SETTINGS)
    view = shown.views[0]
    assert isinstance(view, Network)
    for vertex, node in view.wiring.nodes.items():
        points = outline(node, "#000000", 1.0).points
        left, low, right, high = node.box
        assert (points.min(axis=0) >= (left - 1e-9, low - 1e-9)).all(), vertex
        assert (points.max(axis=0) <= (right + 1e-9, high + 1e-9)).all(), vertex
        if vertex < 0:
            assert np.hypot(*(points - [(left + right) / 2, (low + high) / 2]).T) == pytest.approx(
                (right - left) / 2
            )
