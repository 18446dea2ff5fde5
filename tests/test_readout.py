"""The lines under the panels: updates of many parameters, and how many more there are."""

import re
from typing import Any

import pytest
from matplotlib.mathtext import MathTextParser

from gdanim import GdanimError, Spec, trace
from gdanim.plan import plan
from gdanim.replay import states_of
from gdanim.text import LANGUAGES, Text
from gdanim.timeline import Moment
from gdanim.views.arithmetic import digits_for
from gdanim.views.glyphs import Glyphs
from gdanim.views.marks import Label, overlap
from gdanim.views.readout import Readout
from tests.pictures import ink, picture
from tests.test_arithmetic import worked_out

FIVE = "x^2+2*y^2+3*z^2+w^2+v^2"
SIZES = [(480, 360), (640, 480), (960, 540), (1280, 720), (640, 1000)]


def readout_of(**settings: Any) -> tuple[Any, Readout]:
    shown = picture(**{"size": (960, 540), "iterations": 20, **settings})
    assert isinstance(shown.strip, Readout)
    return shown, shown.strip


def written(readout: Readout, k: int) -> list[Label]:
    return [mark for mark in readout.update(Moment(k)) if isinstance(mark, Label)]


def counted(labels: list[Label], lang: str) -> int:
    """What is said of how many more there are."""
    words = Text(lang)("rest", count="#").replace("#", r"(\d+)")
    found = (re.fullmatch(rf"{words}|… \+(\d+)", label.text) for label in labels)
    return sum(int(match[1] or match[2]) for match in found if match)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "settings",
    [
        {"loss": FIVE},
        {"loss": FIVE, "axes": ("z", "v"), "view": "history", "optimizer": "adam"},
        {"loss": "x^2+2*y^2+3*z^2", "noise": 0.2},
        {"loss": "styblinski-tang", "start": tuple([1.0] * 20), "learning_rate": 0.01},
    ],
    ids=str,
)
def test_every_parameter_has_its_update_or_is_counted(
    settings: dict[str, Any], lang: str, size: tuple[int, int]
) -> None:
    shown, readout = readout_of(**settings, lang=lang, size=size)
    run, text = shown.scene.runs[0], Text(lang)
    labels = written(readout, 3)
    rules = [label for label in labels if "leftarrow" in label.text]
    assert len(rules) + counted(labels, lang) == len(run.parameters)
    assert len(rules) == len(readout.shown) >= 2
    assert list(readout.shown[:2]) == list(shown.scene.chosen)
    for one, other in ((a, b) for i, a in enumerate(labels) for b in labels[:i]):
        assert not overlap(ink(one), ink(other))
    for label in labels:
        assert label.box[0] >= 0
        assert label.box[2] <= size[0]
        assert label.box[1] > 0
    sums = [label for label in labels if re.search("[=≈] ", label.text) and label not in rules]
    for i, label in zip(readout.shown, sums, strict=True):
        left, right, unit = worked_out(label.text, text.decimal)
        assert abs(left - right) <= unit / 2
        assert float(right) == pytest.approx(float(run.theta[4, i]), abs=float(unit))


def test_as_many_lines_as_the_height_has_room_for() -> None:
    heights = [readout_of(loss=FIVE, view="history", size=size)[1] for size in ((640, 480), (640, 1000))]
    assert all(len(readout.shown) >= 4 for readout in heights)
    _, low = readout_of(loss=FIVE, view="slices/history", size=(480, 360))
    assert len(low.shown) < 4
    for parameters, loss in ((1, "quadratic"), (2, "bowl")):
        shown, readout = readout_of(loss=loss)
        text = shown.scene.sizes.text
        assert readout.top == pytest.approx(1.15 * text * (0.4 + 1.8 * (1 + parameters)))
        assert counted(written(readout, 0), "en") == 0


def test_at_the_end_nothing_is_counted_any_more() -> None:
    _, readout = readout_of(loss=FIVE)
    assert counted(written(readout, 19), "en") > 0
    assert counted(written(readout, 20), "en") == 0
    (run,) = trace(Spec(loss=FIVE))
    assert run.iterations == 20


STATES: list[tuple[str, dict[str, Any], list[tuple[str, str, int | None]]]] = [
    ("adam", {"loss": "bowl"}, [("m_{1}", "m", 0), ("m_{2}", "m", 1), ("v_{1}", "v", 0), ("v_{2}", "v", 1)]),
    ("momentum", {"lang": "pt"}, [("v", "v", 0)]),
    ("momentum", {"loss": "v^2"}, [("v_{v}", "v", 0)]),  # v alone is the parameter
    ("rmsprop", {"loss": "wavy", "theme": "dark"}, [("s", "s", 0), ("v", "v", 0)]),
    ("nadam", {}, [(r"\Pi\mu", "Πμ", None), ("m", "m", 0), ("v", "v", 0)]),
    ("rprop", {}, [("h", "h", 0), (r"\Delta", "Δ", 0)]),
]


@pytest.mark.parametrize(("optimizer", "settings", "parts"), STATES, ids=str)
@pytest.mark.parametrize("size", [(640, 480), (1280, 720)])
def test_on_request_the_state_has_a_line(
    optimizer: str,
    settings: dict[str, Any],
    parts: list[tuple[str, str, int | None]],
    size: tuple[int, int],
) -> None:
    shown, readout = readout_of(optimizer=optimizer, state=True, size=size, **settings)
    _, plain = readout_of(optimizer=optimizer, size=size, **settings)
    scene = shown.scene
    states = states_of(scene.loss, scene.runs[0])
    assert readout.top - plain.top == pytest.approx(1.15 * 1.8 * scene.sizes.text)
    decimals = digits_for(scene.text, scene.runs[0], tuple(readout.shown)).operands
    names = [label.text for label in readout.still]
    for k in (0, 5, 20):
        texts = [label.text for label in written(readout, k)]
        for name, part, i in parts:
            value = states[part][k] if i is None else states[part][k, i]
            number = texts[names.index(f"${name}$", len(names) - len(parts))]
            assert number == scene.text.fixed(float(value), decimals)
    assert len(names) == len(plain.still) + len(parts)


def test_of_many_states_as_many_as_fit_and_the_number_of_the_rest() -> None:
    _, readout = readout_of(loss=FIVE, optimizer="amsgrad", state=True)
    names = [label.text for label in readout.still]
    assert names.index("$m_{v}$") < names.index("$v_{v}$") < names.index("$m_{w}$")
    shown = sum(name.startswith(("$m_", "$v_", "$v^")) for name in names)
    assert 2 < shown < 3 * 5
    assert counted(readout.still, "en") > 0
    assert all(label.box[2] <= 960 for label in readout.still)


def test_where_no_state_is_shown_it_is_said_why() -> None:
    assert plan(Spec(optimizer="adam", state=True)).notes == []
    assert plan(Spec(state=True)).notes == ["--state changed nothing: of gd no state can be shown"]
    (note,) = plan(Spec(optimizer=("adam", "gd"), state=True)).notes
    assert note.startswith("--state changed nothing: a picture shows the state of one run")
    for settings in ({}, {"optimizer": ("adam", "gd")}, {"optimizer": "lbfgs"}):
        one, other = (picture(**settings, state=state).frame(Moment(3)).copy() for state in (True, False))
        assert (one == other).all()
    with pytest.raises(GdanimError, match="have a name"):
        plan(Spec(state=True), optimizer=lambda g, theta, eta: -eta * g)


def test_of_hundreds_of_parameters_only_what_has_room_is_typeset(monkeypatch: pytest.MonkeyPatch) -> None:
    parse, typeset = MathTextParser.parse, set[str]()

    def counting(self: Any, s: str, *arguments: Any, **options: Any) -> Any:
        typeset.add(s)
        return parse(self, s, *arguments, **options)

    monkeypatch.setattr(MathTextParser, "parse", counting)
    shown, _ = readout_of(model="next-word:model=bigram", view="table", size=(640, 480), iterations=2)
    assert len(shown.scene.loss.parameters) > 300
    assert 0 < len(typeset) < 100


@pytest.mark.parametrize("size", [8, 13, 40])
def test_a_name_with_its_number_is_wider_than_its_text_is_high(size: int) -> None:
    assert Glyphs(size).width("$l$ = 1") > size
