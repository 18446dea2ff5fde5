"""HTML: a page that plays the frames, in one file that loads nothing; in Chromium where there is one."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from operator import methodcaller
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gdanim import GdanimError, Spec, animate
from gdanim.output.html import MOST_FRAMES, digest, part
from gdanim.output.told import CONTROLS
from gdanim.plan import plan
from gdanim.render import Picture
from gdanim.story import line_of, story_of
from gdanim.text import LANGUAGES, Text
from tests.browser import Page, browser, needs_browser

SETTINGS: dict[str, Any] = {"size": (640, 400), "iterations": 6, "hold": 0.5, "view": "curve"}
TITLE = '</script><img src=x onerror=alert(1)> & "é" $w$'


class Found(HTMLParser):
    """Elements with their attributes, and what stands in scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements:
            self.texts.append((*self.elements[-1], data))

    def one(self, tag: str, **wanted: str) -> dict[str, str | None]:
        (found,) = [a for t, a in self.elements if t == tag and wanted.items() <= a.items()]
        return found

    def text(self, tag: str, kind: str) -> str:
        return next(text for t, a, text in self.texts if t == tag and a.get("class") == kind)


def page(folder: Path, **settings: Any) -> Path:
    file = folder / "a.html"
    animate(Spec(**{**SETTINGS, **settings}), file)
    return file


def told(file: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Found(file.read_text()).text("script", "told"))
    return data


def test_it_is_one_file_whose_texts_are_never_markup(tmp_path: Path) -> None:
    file = page(tmp_path, title=TITLE, lang="pt")
    found = Found(file.read_text())
    scripts = [a for t, a in found.elements if t == "script"]
    assert [a.get("type") for a in scripts] == ["application/json"] * 2 + [None]
    assert not any(t in ("link", "iframe", "object", "embed", "form", "base") for t, _ in found.elements)
    for _, attributes in found.elements:
        assert not any(name.startswith("on") or name in ("style", "id") for name in attributes)
        for name in ("src", "href", "srcset", "action"):
            assert (attributes.get(name) or "data:").startswith("data:")
    assert len([t for t, _ in found.elements if t == "img"]) == 1
    plain = '</script><img src=x onerror=alert(1)> & "é" w'
    assert found.one("div", role="group")["aria-label"] == plain
    alt = animate(Spec(**SETTINGS, title=TITLE, lang="pt")).alt
    assert found.one("img")["alt"] == found.one("canvas")["aria-label"] == alt
    assert found.one("html")["lang"] == "pt"
    script = part("player.js")
    assert not re.search(
        r"\b(eval|Function\(|fetch|XMLHttpRequest|localStorage|sessionStorage|import)\b", script
    )


def test_its_policy_allows_this_script_and_style_only(tmp_path: Path) -> None:
    text = page(tmp_path).read_text()
    found = Found(text)
    policy = next(
        a["content"] or "" for t, a in found.elements if a.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["img-src"] == "data:"
    run = [text for t, a, text in found.texts if t == "script" and "type" not in a and text.strip()]
    assert rules["script-src"] == " ".join(map(digest, run))
    styles = [text for t, _, text in found.texts if t == "style" and text.strip()]
    assert set(rules["style-src"].split()) == set(map(digest, styles))
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "settings", [{}, {"tween": 3, "theme": "dark"}, {"loss": "bowl", "view": "contour"}], ids=str
)
def test_its_frames_laid_over_each_other_are_what_was_drawn(settings: dict[str, Any], tmp_path: Path) -> None:
    file = page(tmp_path, **settings)
    first = Found(file.read_text()).one("img")["src"] or ""
    frames = told(file)["frames"]
    figure = plan(Spec(**{**SETTINGS, **settings}))
    shown, picture = list(figure.timeline), Picture(figure)
    assert sum(frame["time"] for frame in frames) == pytest.approx(1000 * figure.timeline.seconds, abs=2)
    canvas, ends, time = Image.new("RGBA", figure.spec.size), list[float](), 0.0
    for wanted in shown:  # what looks the same is one frame
        ends.append(time := time + 1000 * wanted.seconds)
    time = 0.0
    for number, frame in enumerate(frames):
        wanted = shown[next(i for i, end in enumerate(ends) if end > time + 2)]
        time += frame["time"]
        data = frame.get("data") or first.partition(",")[2]
        with Image.open(BytesIO(b64decode(data))) as image:
            canvas.alpha_composite(image.convert("RGBA"), (frame["x"], frame["y"]))
        assert np.array_equal(np.asarray(canvas), picture.frame(wanted.moment)), number
        assert told(file)["lines"][frame["line"]].startswith(f"k = {wanted.moment.k};")
        assert frame["stop"] == (wanted.moment.fraction == 0)


def test_its_numbers_are_those_of_the_trace_in_every_language() -> None:
    for lang in LANGUAGES:
        figure = plan(Spec(loss="bowl", learning_rate=0.1, iterations=3, lang=lang))
        text, run = Text(lang), figure.runs[0]
        line = line_of(figure, 2)
        assert line.split(text("sign.semicolon"))[0] == "k = 2"
        assert line.split(text("sign.semicolon"))[1].startswith(f"w₁ = {text.fixed(run.theta[2, 0], 4)[:4]}")
        assert f"L = {text.loss(run.loss[2])}" in line
        assert "∂L/∂w₁ = " in line
        assert "$" not in line
        story = story_of(figure)
        assert len(set(story.controls)) == len(CONTROLS)
        assert lang == "en" or set(story.controls).isdisjoint(story_of(plan(Spec())).controls) or lang == "fr"
    several = plan(Spec(learning_rate=(0.1, 0.2), iterations=3))
    assert line_of(several, 1) == "k = 1; η = 0.1: L = 5.760; η = 0.2: L = 3.240"
    many = plan(Spec(data="moons", model="mlp:hidden=8x8", iterations=1))
    assert len(line_of(many, 1)) < 160


def test_too_many_frames_are_refused_with_the_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text("old")
    with pytest.raises(GdanimError, match=f"holds at most {MOST_FRAMES:,} frames, and there are 3,002"):
        animate(Spec(iterations=MOST_FRAMES + 1), file)
    assert file.read_text() == "old"


def test_in_a_notebook_it_stands_in_a_frame_of_its_own() -> None:
    bundle, _ = methodcaller("_repr_mimebundle_")(animate(Spec(**SETTINGS), format="html"))
    frame = Found(bundle["text/html"]).one("iframe")
    assert frame["sandbox"] == "allow-scripts"
    assert (frame["srcdoc"] or "").startswith("<!doctype html>")


@pytest.fixture(scope="module")
def seen() -> Iterator[Page]:
    with browser() as opened:
        yield opened


READY = "document.querySelector('.moving') && !document.querySelector('.moving').hidden"
NUMBERS = "document.querySelector('.numbers').textContent"
AT = "Number(document.querySelector('.frame').value)"


@needs_browser
def test_keys_and_buttons_move_it(seen: Page, tmp_path: Path) -> None:
    file = page(tmp_path, tween=3)
    frames = told(file)["frames"]
    stops = [i for i, frame in enumerate(frames) if frame["stop"]]
    assert 7 == len(stops) < len(frames)
    seen.open(file)
    seen.until(READY)
    assert seen.asked_for == [seen.value("location.href")]
    assert seen.complaints == []
    assert seen.value("document.querySelector('.gdanim').classList.contains('playing')") is False
    seen.value("document.querySelector('.gdanim').focus()")
    for key, k in [("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 6), ("Home", 0)]:
        seen.press(key)
        seen.until(f"{NUMBERS}.indexOf('k = {k};') === 0")
    assert seen.value(AT) == 0
    seen.click(".forward")
    seen.click(".forward")
    seen.click(".back")
    seen.until(f"{NUMBERS}.indexOf('k = 1;') === 0")
    assert seen.value(AT) == stops[1]
    seen.value(f"(function () {{ var r = document.querySelector('.frame'); r.value = {stops[3] + 1};"
               " r.dispatchEvent(new Event('input')); }())")  # fmt: skip
    seen.until(f"{NUMBERS}.indexOf('k = 3;') === 0")
    seen.click(".restart")
    seen.until(f"{NUMBERS}.indexOf('k = 0;') === 0")
    seen.press("End")
    last = len(frames) - 1
    seen.until(f"{AT} === {last}")
    seen.click(".play")  # from the end it begins again
    seen.until(f"{AT} > 0 && {AT} < {last}")
    seen.press(" ")
    assert seen.value("document.querySelector('.play').getAttribute('aria-label')") == "Play"
    assert seen.complaints == []


@needs_browser
def test_it_plays_by_itself_unless_motion_is_not_wanted(seen: Page, tmp_path: Path) -> None:
    seen.open(page(tmp_path, fps=20), still=False)
    seen.until(f"{AT} === 6 && !document.querySelector('.gdanim').classList.contains('playing')")
    assert seen.value(NUMBERS).startswith("k = 6;")


@needs_browser
def test_the_canvas_shows_what_was_drawn(seen: Page, tmp_path: Path) -> None:
    settings = {**SETTINGS, "theme": "dark"}
    seen.open(page(tmp_path, theme="dark"), width=800, height=700)
    seen.until(READY)
    figure = plan(Spec(**settings))
    picture = Picture(figure)
    for k, key in ((0, "Home"), (6, "End"), (5, "ArrowLeft")):
        seen.value("document.querySelector('.gdanim').focus()")
        seen.press(key)
        seen.until(f"{NUMBERS}.indexOf('k = {k};') === 0")
        at = seen.value("(function () { var b = document.querySelector('.moving').getBoundingClientRect();"
                        " return [b.x, b.y, b.width]; }())")  # fmt: skip
        assert at[2] == 640
        with Image.open(seen.picture(tmp_path / "seen.png")) as image:
            x, y = round(at[0]), round(at[1])
            shown = np.asarray(image.convert("RGB"))[y + 3 : y + 390, x + 6 : x + 634]
        wanted = picture.frame(figure.timeline.moments[k])[3:390, 6:634, :3]
        assert np.abs(shown.astype(int) - wanted).max() <= 1


@needs_browser
def test_without_scripts_the_first_frame_stands_there(seen: Page, tmp_path: Path) -> None:
    seen.open(page(tmp_path), width=800, height=700, script=False)
    with Image.open(seen.picture(tmp_path / "seen.png")) as image:
        shown = np.asarray(image.convert("RGB"))
    wanted = Picture(plan(Spec(**SETTINGS))).frame(plan(Spec(**SETTINGS)).timeline.moments[0])[..., :3]
    rows = (np.abs(shown[8 : 8 + 380, 80 + 6 : 80 + 634].astype(int) - wanted[:380, 6:634]) <= 1).mean()
    assert rows > 0.99
    seen.call("Emulation.setScriptExecutionDisabled", value=False)
    assert seen.value("document.querySelector('.controls').hidden")


@needs_browser
@pytest.mark.parametrize("width", [390, 1280])
def test_two_on_a_page_and_one_in_a_sandbox_play_apart(seen: Page, width: int, tmp_path: Path) -> None:
    text = page(tmp_path).read_text()
    player = text[text.index('<div class="gdanim"') : text.index("</body>")]
    other = page(tmp_path, learning_rate=0.3, lang="de").read_text()
    second = other[other.index('<div class="gdanim"') : other.index("</body>")]
    (tmp_path / "inner.html").write_text(text)
    both = tmp_path / "both.html"
    both.write_text(
        f"<!doctype html><meta charset=utf-8><body>{player}{second}"
        "<iframe sandbox='allow-scripts' src='inner.html' width=700 height=560></iframe>"
    )
    seen.open(both, width=width)
    moving = "document.querySelectorAll('.moving')"
    seen.until(f"{moving}.length === 2 && !{moving}[0].hidden && !{moving}[1].hidden")
    seen.click("button.forward")
    numbers = "document.querySelectorAll('.numbers:not(.mine)')"
    seen.until(f"{numbers}[0].textContent.indexOf('k = 1;') === 0")
    assert seen.value(f"{numbers}[1].textContent").startswith("k = 0; w = 5,")
    assert seen.value("document.documentElement.scrollWidth") <= max(width, 720)
    assert seen.complaints == []
