"""Frames are the kept ones; what that would notice, and what it lets pass."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from gdanim.timeline import Moment
from gdanim.views.marks import Arrow, Dots, Label
from tests.gallery import FOLDER, PICTURES, TOLERANCE, difference, frame, kept


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_the_kept_one(name: str, tmp_path: Path) -> None:
    now = frame(name)
    apart = difference(now, kept(name))
    if apart > TOLERANCE:
        Image.fromarray(now).save(tmp_path / f"{name}.png")
    assert apart <= TOLERANCE, f"look at {tmp_path / name}.png; if it is right, `make gallery` keeps it"


def test_what_is_kept_is_small_and_all_there_is() -> None:
    files = {path.stem: path.stat().st_size for path in FOLDER.glob("*.png")}
    assert set(files) == set(PICTURES)
    assert sum(files.values()) < 300_000


def moved_ball(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = Dots.draw

    def aside(self: Dots, renderer: object) -> None:
        here = self.points
        self.to(here + np.array([3.0, 0.0]))
        draw(self, renderer)
        self.to(here)

    monkeypatch.setattr(Dots, "draw", aside)


def turned_arrow(monkeypatch: pytest.MonkeyPatch) -> None:
    to = Arrow.to
    monkeypatch.setattr(Arrow, "to", lambda self, tail, tip: to(self, tip, tail))


def longer_arrow(monkeypatch: pytest.MonkeyPatch) -> None:
    to = Arrow.to

    def longer(self: Arrow, tail: np.ndarray, tip: np.ndarray) -> Arrow:
        along = np.asarray(tip) - tail
        return to(self, tail, tip + 6 * along / max(1.0, float(np.hypot(*along))))

    monkeypatch.setattr(Arrow, "to", longer)


def moved_text(monkeypatch: pytest.MonkeyPatch) -> None:
    to = Label.to
    monkeypatch.setattr(Label, "to", lambda self, text, p: to(self, text, (p[0] + 8, p[1])))


@pytest.mark.parametrize("name", ["curve", "contour"])
@pytest.mark.parametrize("fault", [moved_ball, turned_arrow, longer_arrow, moved_text])
def test_a_mark_that_stands_elsewhere_is_noticed(
    monkeypatch: pytest.MonkeyPatch, fault: Callable[[pytest.MonkeyPatch], None], name: str
) -> None:
    fault(monkeypatch)
    assert difference(frame(name), kept(name)) > 1.1 * TOLERANCE


def test_another_moment_is_noticed() -> None:
    settings, moment = PICTURES["curve"]
    assert moment == Moment(3)
    assert settings == {}
    assert difference(frame("curve-path"), kept("curve")) > TOLERANCE
    assert difference(frame("curve"), kept("slices")) == float("inf")


@pytest.mark.parametrize("name", PICTURES)
def test_softer_edges_pass(name: str) -> None:
    """As another rasteriser has them: every edge spread over the neighbouring pixels."""
    image = Image.fromarray(frame(name)).filter(ImageFilter.GaussianBlur(0.7))
    assert difference(np.asarray(image), kept(name)) <= 0.9 * TOLERANCE
