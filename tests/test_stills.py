"""A moment as a file of its own: which one it is, beside animations and alone."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from gdanim import GdanimError, Spec, animate
from gdanim.formats import WRITERS
from gdanim.output.png import png_of
from gdanim.plan import plan
from gdanim.render import Picture
from gdanim.timeline import Moment

STILLS = [name for name, row in WRITERS.items() if row.still]
SMALL: dict[str, Any] = {"size": (480, 320)}


def shown(path: Path) -> np.ndarray[Any, Any]:
    with Image.open(path) as image:
        return np.array(image.convert("RGBA"))


@pytest.mark.parametrize("at", [0, 7, "last"])
@pytest.mark.parametrize("view", ["curve+history", "contour", "gradient"])
def test_a_still_is_the_frame_of_its_iterate_with_the_whole_path(tmp_path: Path, at: Any, view: str) -> None:
    spec = Spec(**SMALL, view=view, loss="quadratic" if view.startswith("curve") else "bowl", at=at)
    made = animate(spec, tmp_path / "a.png")
    k = 20 if at == "last" else at
    assert (made.at, made.frames, made.seconds, made.notes) == (k, 1, 0.0, ())
    assert np.array_equal(shown(tmp_path / "a.png"), Picture(plan(spec)).redraw(Moment(k)))


@pytest.mark.parametrize(
    "settings",
    [
        {"tween": 3},
        {"tween": 3, "optimizer": ("gd", "adam")},
        {"loss": "bowl", "tween": 1, "view": "contour+slices"},
        {"loss": "(w-2)^2", "view": "graph+curve", "size": (640, 480)},
        {"seconds": 4.0},
    ],
    ids=str,
)
@pytest.mark.parametrize("at", [3, "last"])
def test_a_still_is_the_same_alone_and_beside_an_animation(
    tmp_path: Path, settings: dict[str, Any], at: Any
) -> None:
    spec = Spec(**{**SMALL, **settings}, at=at)
    animate(spec, *(tmp_path / f"a.{name}" for name in STILLS))
    animate(spec, tmp_path / "b.gif", *(tmp_path / f"b.{name}" for name in STILLS))
    for name in STILLS:
        assert (tmp_path / f"a.{name}").read_bytes() == (tmp_path / f"b.{name}").read_bytes(), name


def test_of_a_story_told_in_beats_a_still_has_all(tmp_path: Path) -> None:
    """The numbers that backpropagation comes to: of (w − 2)² at 5, the slope 6, forward and back."""
    spec = Spec(loss="(w-2)^2", view="graph", learning_rate=0.1, start=(5.0,), size=(640, 480), at=0)
    animate(spec, tmp_path / "a.svg")
    svg = ElementTree.parse(tmp_path / "a.svg").getroot()
    texts = ["".join(text.itertext()) for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"3.000", "9.000", "6.000"} <= {word for text in texts for word in text.split()}


def test_only_what_is_shown_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Moment] = []
    frame = Picture.frame

    def counting(self: Picture, moment: Moment) -> Any:
        drawn.append(moment)
        return frame(self, moment)

    monkeypatch.setattr(Picture, "frame", counting)
    spec = Spec(**SMALL, at=7)
    animate(spec, tmp_path / "a.png", tmp_path / "b.png", painters=0)
    assert drawn == [Moment(7)]
    animate(spec, tmp_path / "a.svg", tmp_path / "a.pdf", painters=0)
    assert drawn == [Moment(7)]


def test_of_a_million_iterates_nothing_is_left_out_of_a_still(tmp_path: Path) -> None:
    spec = Spec(**SMALL, iterations=200_000, learning_rate=1e-5)
    assert "frames are shown" in " ".join(plan(spec).notes)
    assert animate(spec, tmp_path / "a.svg").notes == ()


def test_the_last_is_the_last_that_there_is(tmp_path: Path) -> None:
    short = Spec(loss="sqrt(x)", start=(0.5,), iterations=50, learning_rate=0.3, **SMALL)
    assert animate(short, tmp_path / "a.png").at == 2
    with pytest.raises(GdanimError, match=r"at: there is no iterate 3; the last is 2$"):
        animate(Spec(loss="sqrt(x)", start=(0.5,), iterations=50, learning_rate=0.3, **SMALL, at=3))
    several = Spec(learning_rate=(0.1, 1.1), iterations=5, **SMALL, at=5)
    assert animate(several, tmp_path / "a.png").at == 5


def test_what_only_moves_changes_nothing_in_a_still(tmp_path: Path) -> None:
    moving = Spec(**SMALL, tween=2, fps=10.0, hold=0.0, loop=1, pause=((3, 1.0),), at=3)
    notes = animate(moving, tmp_path / "a.svg").notes
    names = ["fps", "tween", "pause", "hold", "loop"]
    assert list(notes) == [f"--{name} changed nothing: an SVG does not move" for name in names]
    assert animate(moving, tmp_path / "a.svg", tmp_path / "a.gif").notes == ()
    (note,) = animate(Spec(**SMALL, at=3), tmp_path / "a.gif", tmp_path / "a.mp4").notes
    assert note == "--at changed nothing: it is for stills; see -o with a .png or a .svg or a .pdf"


def test_a_png_is_compressed_and_whole() -> None:
    """As Pillow reads it, at a size where it has more than one window of compressed data."""
    random = np.random.default_rng(0).integers(0, 255, (90, 301, 4), np.uint8)
    random[..., 3] = 255
    flat = np.full((400, 600, 4), 255, np.uint8)
    flat[:200, :, :3] = (1, 2, 3)
    for pixels in (random, flat):
        from io import BytesIO

        data = png_of(pixels)
        with Image.open(BytesIO(data)) as image:
            image.load()
            assert np.array_equal(np.asarray(image.convert("RGBA")), pixels)
            assert image.info["dpi"] == pytest.approx((72, 72), abs=0.01)
    assert len(data) < 3000


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils are not installed")
def test_a_pdf_is_read_aloud_and_searched_with_its_fonts_inside(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    animate(Spec(learning_rate=0.1, start=(5.0,), at=7, lang="pt"), path)
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    for words in ("Gradiente Descendente", "Taxa de aprendizado", "2,6291", "1,2583"):
        assert words in text
    fonts = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True).stdout
    rows = [re.split(r"\s{2,}|(?<=Identity-H)\s+", line) for line in fonts.splitlines()[2:]]
    assert rows
    for row in rows:
        assert ("TrueType" in row[1], row[3].split()[:3]) == (True, ["yes", "yes", "yes"]), row
