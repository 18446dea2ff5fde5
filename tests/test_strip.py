"""A strip: several iterates on one still, each as it is, under its own numbers."""

import re
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from gdanim import GdanimError, Spec, animate, trace
from gdanim.layout import Cell, layout_of
from gdanim.plan import plan
from gdanim.strip import Strip
from gdanim.text import LANGUAGES, Text
from gdanim.timeline import Moment
from gdanim.views.marks import Label, overlap

SVG = "{http://www.w3.org/2000/svg}"


def strip(**settings: Any) -> Strip:
    return Strip(plan(Spec(**settings), moving=False))


def words_of(path: Path) -> list[str]:
    svg = ElementTree.parse(path).getroot()
    return ["".join(text.itertext()) for text in svg.iter(f"{SVG}text")]


@pytest.mark.parametrize("size", [(960, 540), (1280, 360), (480, 900)])
def test_every_panel_has_the_ball_of_its_iterate(size: tuple[int, int]) -> None:
    spec = Spec(learning_rate=0.1, start=(5.0,), strip=(0, 1, 3, 20), size=size)
    shown, (run,) = Strip(plan(spec, moving=False)), trace(spec)
    frame = shown.frame(Moment(20))
    accent = [int(shown.scene.theme.now[i : i + 2], 16) for i in (1, 3, 5)]
    assert len(shown.views) == 4
    for view, k in zip(shown.views, (0, 1, 3, 20), strict=True):
        for other in (0, 1, 3, 20):
            x, y = view.to_pixels(run.theta[other, 0], run.loss[other])[0]
            there = (frame[round(len(frame) - y), round(x), :3] == accent).all()
            if k <= other or abs(run.theta[other, 0] - run.theta[k, 0]) > 1:
                assert there == (k == other), (k, other)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_captions_say_each_iterates_numbers(tmp_path: Path, lang: str) -> None:
    spec = Spec(loss="bowl", strip=(0, 2, "last"), lang=lang, iterations=9)
    made = animate(spec, tmp_path / "a.svg")
    assert (made.strip, made.at) == ((0, 2, 9), 9)
    words, text, (run,) = words_of(tmp_path / "a.svg"), Text(lang), trace(spec)
    for k in (0, 2, 9):
        numbers = [text.fixed(float(x)) for x in run.theta[k]] + [text.loss(float(run.loss[k]))]
        assert {str(k), *numbers} <= set(words)
    assert re.search(r"k = 0[,;] 2[,;] 9", made.alt)
    assert text.loss(float(run.loss[9])) in made.alt


def test_of_several_runs_each_has_its_loss_beside_its_marker(tmp_path: Path) -> None:
    spec = Spec(loss="bowl", optimizer=("gd", "adam"), strip=(0, 5), size=(960, 540))
    animate(spec, tmp_path / "a.svg")
    words = words_of(tmp_path / "a.svg")
    for run in trace(spec):
        assert Text("en").fixed(float(run.loss[5])) in words
    assert {"Adam", "5"} <= set(words)


@pytest.mark.parametrize("size", [(960, 540), (640, 480), (1280, 720)])
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "settings",
    [
        {"strip": (0, 1, 3, 7)},
        {"loss": "himmelblau", "strip": (0, 20)},
        {"loss": "bowl", "optimizer": ("gd", "adam", "momentum"), "strip": (0, 2, 5)},
        {"data": "moons", "model": "mlp", "optimizer": "adam", "strip": (0, 10, 20)},
    ],
    ids=str,
)
def test_captions_cover_nothing(size: tuple[int, int], lang: str, settings: dict[str, Any]) -> None:
    shown = strip(**settings, size=size, lang=lang)
    labels = [mark for mark in shown.marks(Moment(0)) if isinstance(mark, Label) and mark.text]
    captions = [label for label in labels if re.match(r"\$[kLw].*\$ =", label.text)]
    assert sum(label.text.startswith("$k$ =") for label in captions) == len(settings["strip"])
    for caption in captions:
        left, _, right, high = caption.box
        assert left >= 0
        assert (right, high) <= size
        others = [other.text for other in labels if other is not caption and overlap(other.box, caption.box)]
        assert not others, caption.text


@pytest.mark.parametrize(
    ("size", "columns"),
    [((1280.0, 300.0), 4), ((400.0, 1200.0), 1), ((800.0, 700.0), 2), ((900.0, 400.0), 4)],
)
def test_panels_are_as_square_as_the_size_allows(size: tuple[float, float], columns: int) -> None:
    layout = layout_of("curve", 1)._replace(strip=4)
    places = layout.places(Cell(0.0, 0.0, *size))
    assert len({place.left for place in places}) == columns
    assert sum(place.width * place.height for place in places) == pytest.approx(size[0] * size[1])
    order = [(-place.bottom, place.left) for place in places]
    assert order == sorted(order)
    for a, b in combinations(places, 2):
        assert a.left + a.width <= b.left + 1e-9 or b.left + b.width <= a.left + 1e-9 or a.bottom != b.bottom


def test_a_strip_without_room_names_a_size_that_has(tmp_path: Path) -> None:
    many = (0, 1, 2, 3, 5, 20)
    with pytest.raises(GdanimError, match=r"size: 400x260 has no room for .*; (\d+)x(\d+) has$") as caught:
        animate(Spec(strip=many, size=(400, 260)), tmp_path / "a.png")
    width, height = map(int, re.findall(r"(\d+)x(\d+) has$", str(caught.value))[0])
    animate(Spec(strip=many, size=(width, height)), tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        assert image.size == (width, height) > (400, 260)
    with pytest.raises(
        GdanimError, match="strip: no size of this shape has room for 21 iterates; "
    ) as caught:
        animate(Spec(strip=tuple(range(21))), tmp_path / "b.png")
    (most,) = re.findall(r"show at most (\d+), or make it wider or higher$", str(caught.value))
    animate(Spec(strip=tuple(range(int(most)))), tmp_path / "a.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png"]


def test_what_moves_shows_no_strip(tmp_path: Path) -> None:
    spec = Spec(strip=(0, 3))
    for names in (["a.gif"], ["a.png", "a.mp4"]):
        with pytest.raises(GdanimError, match=r"strip: an? (GIF|MP4) moves, and a strip stands still; write"):
            animate(spec, *(tmp_path / name for name in names))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"strip": (0, 21)}, "strip: there is no iterate 21; the last is 20$"),
        ({"strip": (0, 3), "learning_rate": (0.1, 0.2), "grid": True}, "strip: .*leave one of them out$"),
        ({"strip": (3,)}, "strip: must be two iterates or more; for one see --at$"),
        ({"strip": (3, 3)}, "strip: iterate 3 is given twice$"),
        ({"strip": "0,x"}, "strip: '0,x' is not several iterates such as 0,1,3,last$"),
        ({"strip": (-1, 3)}, "strip: must be from 0 up, not -1$"),
        ({"strip": tuple(range(61))}, "strip: must be at most 60 iterates, not 61$"),
    ],
    ids=str,
)
def test_what_makes_no_strip_is_refused(tmp_path: Path, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(GdanimError, match=words):
        animate(Spec(**settings), tmp_path / "a.png")


def test_iterates_stand_in_their_order_and_the_last_once(tmp_path: Path) -> None:
    assert Spec(strip=(7, "last", 0)).strip == (0, 7, "last")
    assert animate(Spec(strip=(20, "last", 0)), tmp_path / "a.png").strip == (0, 20)
    assert animate(Spec(strip=(0, 3), at=4), tmp_path / "a.png").notes == (
        "--at changed nothing: a strip says itself which iterates it shows",
    )


@pytest.mark.parametrize("format", ["png", "svg", "pdf"])
def test_a_strip_has_the_same_bytes_every_time(tmp_path: Path, format: str) -> None:
    spec = Spec(loss="bowl", strip=(0, 2, 5), size=(640, 480))
    animate(spec, tmp_path / f"a.{format}", painters=0)
    animate(spec, tmp_path / f"b.{format}", tmp_path / "b.png" if format != "png" else tmp_path / "c.svg")
    assert (tmp_path / f"a.{format}").read_bytes() == (tmp_path / f"b.{format}").read_bytes()


def test_a_png_of_a_strip_is_its_frame(tmp_path: Path) -> None:
    spec = Spec(view="curve+history", strip=(0, 9), size=(960, 400))
    animate(spec, tmp_path / "a.png")
    shown = Strip(plan(spec, moving=False))
    with Image.open(tmp_path / "a.png") as image:
        assert np.array_equal(np.asarray(image.convert("RGBA")), shown.frame(Moment(0)))
    assert [view.scene.spec.view for view in shown.views] == ["curve+history"] * 4
