"""A page one can play with: it computes what gdanim traces, and draws it where gdanim draws it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gdanim import Spec, animate, trace
from gdanim.output.html import part
from gdanim.plan import plan
from gdanim.play import UnplayedError, play_of
from gdanim.render import Picture
from gdanim.text import LANGUAGES, Text
from tests.browser import Page, browser, needs_browser
from tests.node import needs_node, worth

CURVE: dict[str, Any] = {"size": (640, 400), "iterations": 8, "hold": 0.5, "view": "curve+history"}
PLANE: dict[str, Any] = {**CURVE, "loss": "himmelblau", "view": "contour+history"}
ROOT = "document.querySelector('.gdanim')"
READY = "document.querySelector('.stage') && !document.querySelector('.moving').hidden"
MOST = 200_000  # bytes of a page without its frames: script, ground and numbers


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"learning_rate": (0.1, 0.2)}, "compares several runs"),
        ({"noise": 0.1}, "drawn at random"),
        ({"loss": "bowl", "view": "basins"}, "the view 'basins' cannot"),
        ({"loss": "bowl", "view": "contour+surface"}, "the view 'surface' cannot"),
        ({"loss": "rosenbrock", "start": (0.0, 1.0, 2.0), "view": "contour"}, "a plane through more"),
        ({"loss": "bowl", "optimizer": "newton", "view": "contour"}, "newton does not become"),
        ({"loss": "bowl", "optimizer": "lbfgs", "view": "contour"}, "lbfgs does not become"),
    ],
)
def test_what_cannot_be_played_is_said(settings: dict[str, Any], why: str, tmp_path: Path) -> None:
    made = animate(Spec(**{**CURVE, "view": "", **settings}), tmp_path / "a.html")
    (note,) = [note for note in made.notes if "nothing on it can be moved" in note]
    assert why in note
    text = (tmp_path / "a.html").read_text()
    assert '"stage":' not in text
    assert text.endswith(f"<script>{part('player.js')}</script>\n</div>\n</body>\n</html>\n")


def test_a_function_of_ones_own_is_refused_when_it_branches() -> None:
    from gdanim.losses.function import Function

    def bent(w: float) -> float:
        return w * w if w > 0 else -w

    with pytest.raises(UnplayedError, match="the loss does not become JavaScript"):
        play_of(plan(Spec(view="curve"), loss=Function(bent, start=2.0, parameters=["w"])))


def test_a_page_that_plays_says_nothing_of_it_and_needs_no_more_than_itself(tmp_path: Path) -> None:
    made = animate(Spec(**PLANE), tmp_path / "a.html")
    assert made.notes == ()
    text = (tmp_path / "a.html").read_text()
    script = text[text.rindex("<script>") :]
    assert not re.search(
        r"\b(eval|Function\(|fetch|XMLHttpRequest|localStorage|sessionStorage|import)\b", script
    )
    assert "innerHTML =" not in script
    assert len(script) < 60_000
    assert text.count("</script>") == 3
    assert len(text) - sum(map(len, re.findall(r'"data":"[^"]*"', text))) < MOST


def test_only_html_is_traced(tmp_path: Path) -> None:
    assert animate(Spec(**CURVE, noise=0.1), tmp_path / "a.gif").notes == ()


@needs_node
@pytest.mark.parametrize("lang", LANGUAGES)
def test_numbers_are_written_as_gdanim_writes_them(lang: str) -> None:
    text = Text(lang)
    values = [0.0, 1.0, -0.5, 0.1, 1 / 3, 9.0, 123.456, -1234.5678, 99999.4, 99999.6, 1e6, -1e-5, 0.00065789]
    values += [1e-7, 3.2e12, 1e21, -1e300, 1e-300, 0.09951, 0.0994, 999.4999, 999.5001, 0.00004999, 2.5e-4]
    said = worth(
        part("numbers.js")
        + f"\nvar number = writer({json.dumps(text.decimal)}), values = {json.dumps(values)};",
        "[values.map(x => number.fixed(x, 4)), values.map(number.loss), values.map(x => number.short(x, 4))]",
    )
    assert said[0] == [text.fixed(value, 4) for value in values]
    assert said[1] == [text.loss(value) for value in values]
    assert said[2] == [text.short(value) for value in values]


@pytest.fixture(scope="module")
def seen() -> Iterator[Page]:
    with browser() as opened:
        yield opened


def opened(seen: Page, folder: Path, **settings: Any) -> dict[str, Any]:
    """Open a page; what its stage is told."""
    file = folder / "a.html"
    animate(Spec(**settings), file)
    seen.open(file, width=800, height=1000)
    seen.until(READY)
    told = re.search(r'class="told">(.*?)</script>', file.read_text(), re.DOTALL)
    assert told
    stage: dict[str, Any] = json.loads(told[1])["stage"]
    return stage


def place(seen: Page, panel: dict[str, Any], x: float, y: float) -> tuple[float, float]:
    """Where a point of a panel is on the screen."""
    box = "document.querySelector('.stage').getBoundingClientRect()"
    left, top = seen.value(f"[{box}.x, {box}.y]")
    return left + panel["x"][0] * x + panel["x"][1], top + panel["y"][0] * y + panel["y"][1]


def drag(seen: Page, *places: tuple[float, float]) -> None:
    """The mouse: pressed at the first place, moved over the others, released at the last."""
    kinds = ["mousePressed", *["mouseMoved"] * (len(places) - 1), "mouseReleased"]
    for kind, (x, y) in zip(kinds, (*places, places[-1]), strict=True):
        seen.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)


def type_in(seen: Page, selector: str, value: object, kind: str = "input") -> None:
    seen.value(
        f"(function () {{ var e = document.querySelector({json.dumps(selector)});"
        f" e.value = {json.dumps(value)}; e.dispatchEvent(new Event('{kind}', {{bubbles: true}})); }}())"
    )


def descent(seen: Page) -> dict[str, Any]:
    found: dict[str, Any] = seen.value(f"{ROOT}.descent")
    return found


@needs_browser
@pytest.mark.parametrize("settings", [CURVE, PLANE], ids=["curve", "contour"])
def test_the_start_is_dragged_and_the_path_is_that_of_the_trace(
    seen: Page, settings: dict[str, Any], tmp_path: Path
) -> None:
    panel = opened(seen, tmp_path, **settings)["panels"][0]
    assert seen.value(f"{ROOT}.descent === undefined")
    ends = [(-0.5, 3.0), (3.2, 4.0)] if settings is CURVE else [(-0.5, -1.0), (1.0, 0.5), (-2.0, 1.5)]
    drag(seen, *(place(seen, panel, *end) for end in ends))
    found = descent(seen)
    wanted = ends[-1][: len(found["start"])]
    assert np.allclose(found["start"], wanted, atol=2.0 / abs(panel["x"][0]))
    assert all(len(repr(x)) <= 6 for x in found["start"])  # so that it can be typed
    (run,) = trace(Spec(**settings, start=tuple(found["start"])))
    assert np.allclose(found["theta"], run.theta, rtol=1e-9, atol=1e-12)
    assert np.allclose(found["loss"], run.loss, rtol=1e-9, atol=1e-12)
    assert Text("en")("play.here") in seen.value("document.querySelector('.said').textContent")
    assert seen.value("document.querySelector('.mine.numbers').textContent").startswith("k = 8;")
    assert seen.complaints == []


@needs_browser
def test_rate_and_optimizer_are_changed_and_all_goes_back(seen: Page, tmp_path: Path) -> None:
    opened(seen, tmp_path, **PLANE)
    hint = seen.value("document.querySelector('.said').textContent")
    type_in(seen, ".eta", "0.02")
    type_in(seen, ".rule", "adam", "change")
    type_in(seen, ".from", "1.5")
    found = descent(seen)
    assert (found["start"], found["eta"], found["optimizer"]) == ([1.5, -1.0], 0.02, "adam")
    (run,) = trace(Spec(**PLANE, start=(1.5, -1.0), learning_rate=0.02, optimizer="adam"))
    assert np.allclose(found["theta"], run.theta, rtol=1e-9)
    type_in(seen, ".rates", 100)  # ten times the figure's own, 0.01
    assert descent(seen)["eta"] == 0.1
    for wrong in ("", "-1"):
        type_in(seen, ".eta", wrong)
        assert seen.value("document.querySelector('.eta').getAttribute('aria-invalid')") == "true"
        assert descent(seen)["eta"] == 0.1
    seen.click(".my-reset")
    assert seen.value(f"{ROOT}.descent === undefined")
    assert seen.value("document.querySelector('.said').textContent") == hint
    assert seen.value("document.querySelector('.eta').value") == "0.01"
    assert not seen.value("document.querySelector('.controls').hidden")
    assert seen.complaints == []


@needs_browser
def test_overflow_is_said_and_keys_step(seen: Page, tmp_path: Path) -> None:
    opened(seen, tmp_path, **PLANE)
    type_in(seen, ".eta", "5")
    type_in(seen, ".eta", "5", "change")
    found = descent(seen)
    (run,) = trace(Spec(**PLANE, learning_rate=5.0))
    assert run.outcome.overflow
    assert np.array_equal(found["theta"], run.theta)
    said = seen.value("document.querySelector('.said').textContent")
    assert Text("en")("play.overflow", k=run.iterations) in said
    type_in(seen, ".eta", "0.01")
    seen.value(f"{ROOT}.focus()")
    for key, k in [("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 8)]:
        seen.press(key)
        seen.until(f"document.querySelector('.mine.numbers').textContent.indexOf('k = {k};') === 0")
    assert seen.value("Number(document.querySelector('.frame').value)") == 0  # the player stands still
    assert seen.complaints == []


@needs_browser
@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_reaches_beyond_a_phone(seen: Page, lang: str, tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    animate(Spec(**PLANE, lang=lang), file)
    seen.open(file, width=390)
    seen.until(READY)
    type_in(seen, ".eta", "0.02")
    edges = seen.value(
        f"Array.from({ROOT}.querySelectorAll('*')).map(function (e) {{"
        " return e.getBoundingClientRect().right; })"
    )
    assert 300 < max(edges) <= 390


@needs_browser
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("settings", [CURVE, PLANE], ids=["curve", "contour"])
def test_it_looks_like_the_figure(seen: Page, settings: dict[str, Any], theme: str, tmp_path: Path) -> None:
    stage = opened(seen, tmp_path, **settings, theme=theme)
    figure = plan(Spec(**settings, theme=theme))
    type_in(seen, ".from", str(figure.runs[0].theta[0, 0]))  # the same start: the same path
    seen.value(f"{ROOT}.focus()")
    seen.press("End")
    seen.until("document.querySelector('.mine.numbers').textContent.indexOf('k = 8;') === 0")
    left, top = (round(x) for x in place(seen, {"x": [1, 0], "y": [1, 0]}, 0, 0))
    with Image.open(seen.picture(tmp_path / "seen.png")) as image:
        shown = np.asarray(image.convert("RGB")).astype(int)[top : top + 400, left : left + 640]
    wanted = Picture(figure).frame(figure.timeline.moments[-1])[..., :3].astype(int)
    for panel in stage["panels"]:
        x0, y0, x1, y1 = (round(x) for x in panel["box"])
        apart = np.abs(shown[y0:y1, x0:x1] - wanted[y0:y1, x0:x1]).max(axis=2) > 48
        assert apart.mean() < 0.02  # the ring at the start, names, edges
        ball = {"history": (8, None), "curve": (figure.runs[0].theta[-1, 0], figure.runs[0].loss[-1])}
        if panel["shape"] in ("curve", "contour"):
            x, y = ball.get(panel["shape"], figure.runs[0].theta[-1])
            at = round(panel["y"][0] * y + panel["y"][1]), round(panel["x"][0] * x + panel["x"][1])
            now = [int(figure.theme.now[i : i + 2], 16) for i in (1, 3, 5)]
            assert np.abs(shown[at] - now).max() < 40
            assert np.abs(wanted[at] - now).max() < 40
