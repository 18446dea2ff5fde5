"""Without a ground: over black and over white each format looks as if it had been drawn there."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from shutil import which
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from gdanim import GdanimError, Spec, animate
from gdanim.formats import WRITERS
from gdanim.plan import plan
from gdanim.render import Picture
from gdanim.views import VIEWS
from tests.conftest import Result
from tests.pictures import psnr, suited

Pixels = npt.NDArray[np.uint8]
GROUNDS = [0, 255]
SPECS: dict[str, dict[str, Any]] = {
    "curve": {"learning_rate": 0.9, "iterations": 5, "tween": 2, "fps": 10},
    "contour": {"loss": "bowl", "optimizer": ("gd", "adam"), "iterations": 4, "theme": "dark"},
    "surface": {"loss": "bowl", "view": "surface", "iterations": 3},
    "network": {"data": "moons", "model": "mlp:hidden=2", "view": "network", "iterations": 2, "beats": False},
}
SIZE = (480, 360)
LARGER = {"network": (640, 480)}


def spec_of(name: str) -> Spec:
    return Spec(**SPECS[name], size=LARGER.get(name, SIZE), transparent=True)


def over(rgba: npt.NDArray[Any], ground: int) -> npt.NDArray[np.float64]:
    """Laid over a ground, as whatever shows pictures does: straight, not premultiplied alpha."""
    share = rgba[..., 3:].astype(np.float64) / 255
    return np.asarray(share * rgba[..., :3] + (1 - share) * ground)


def directly(spec: Spec, ground: int) -> list[npt.NDArray[np.float64]]:
    """Every frame drawn on that ground."""
    figure = plan(spec, fastest=10)
    shown = Picture(figure)
    shown.figure.set_facecolor((ground / 255,) * 3)
    return [shown.redraw(frame.moment)[..., :3].astype(float) for frame in figure.timeline]


def frames_of(path: Path) -> Iterator[Pixels]:
    """By Pillow, which puts frames together itself."""
    with Image.open(path) as image:
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            yield np.array(image.convert("RGBA"))


def timed(path: Path) -> list[tuple[Pixels, int]]:
    """Different pictures in a row, each with how long it is shown in milliseconds."""
    found: list[tuple[Pixels, int]] = []
    with Image.open(path) as image:
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            pixels, time = np.array(image.convert("RGBA")), round(image.info["duration"])
            pixels[pixels[..., 3] == 0] = 0
            if found and np.array_equal(found[-1][0], pixels):
                found[-1] = pixels, found[-1][1] + time
            else:
                found.append((pixels, time))
    return found


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_a_frame_over_a_ground_is_what_is_drawn_on_it(name: str, ground: int) -> None:
    spec = spec_of(name)
    figure = plan(spec, fastest=10)
    shown = Picture(figure)
    for frame, wanted in zip(figure.timeline, directly(spec, ground), strict=True):
        got = shown.frame(frame.moment)
        assert got[0, 0, 3] == 0
        assert 0.02 < (got[..., 3] > 0).mean() < 0.95
        # Over 60 layers of one edge each may be rounded by one.
        assert np.abs(over(got, ground) - wanted).max() <= 4


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_leaves_the_ground_out(name: str) -> None:
    kind = VIEWS[name]
    settings: dict[str, Any] = {**suited(kind, "wavy", "himmelblau"), "view": name, "iterations": 4}
    size = (480, 360) if kind.least[1] < 12 else (640, 480)
    clear, opaque = (Picture(plan(Spec(**settings, size=size, transparent=t))) for t in (True, False))
    moment = plan(Spec(**settings, size=size)).still
    got, usual = clear.frame(moment).copy(), opaque.frame(moment)
    assert (usual[..., 3] == 255).all()
    assert got[0, 0, 3] == got[-1, -1, 3] == 0
    # On the theme's own ground only halos, under which lines now go on, look different.
    differ = np.abs(over(got, 255) - usual[..., :3]).max(axis=2) > 6
    assert differ.mean() < 0.02
    assert np.array_equal(clear.redraw(moment), got)


@pytest.mark.parametrize("suffix", ["webp", "apng"])
@pytest.mark.parametrize("name", ["curve", "contour"])
def test_lossless_animations_are_what_is_drawn_on_either_ground(
    tmp_path: Path, name: str, suffix: str
) -> None:
    path = tmp_path / f"a.{suffix}"
    spec = spec_of(name)
    animate(spec, path)
    got = list(frames_of(path))
    for ground in GROUNDS:
        wanted = directly(spec, ground)
        assert len(got) == len(wanted)
        for frame, one in zip(got, wanted, strict=True):
            assert np.abs(over(frame, ground) - one).max() <= 4


@pytest.mark.parametrize("name", SPECS)
def test_a_gif_has_each_pixel_whole_in_its_own_colour_or_not_at_all(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.gif"
    spec = spec_of(name)
    made = animate(spec, path)
    assert any("a GIF's pixels are there or not" in note for note in made.notes)
    figure = plan(spec, fastest=10)
    shown, got = Picture(figure), timed(path)
    wanted: list[Pixels] = []
    for frame in figure.timeline:
        pixels = shown.frame(frame.moment).copy()
        pixels[..., 3] = np.where(pixels[..., 3] >= 128, 255, 0)
        pixels[pixels[..., 3] == 0] = 0
        if not wanted or not np.array_equal(wanted[-1], pixels):
            wanted.append(pixels)
    assert sum(time for _, time in got) == pytest.approx(1000 * made.seconds, abs=10 * len(got))
    assert len(got) == len(wanted)
    for (there, _), one in zip(got, wanted, strict=True):
        assert np.array_equal(there[..., 3], one[..., 3])
        assert psnr(there[..., :3], one[..., :3]) > 36
    for ground in GROUNDS:  # no further from what is drawn there than half of what an edge covers
        for (there, _), drawn in zip(got, directly(spec, ground), strict=False):
            off = np.abs(over(there, ground) - drawn)
            assert np.quantile(off, 0.995) <= 128
            assert (off.max(axis=2) > 12).mean() < 0.12


def test_what_is_transparent_is_so_for_other_decoders_too(tmp_path: Path) -> None:
    animate(spec_of("curve"), tmp_path / "a.gif")
    with av.open(str(tmp_path / "a.gif")) as container:
        frames = [frame.to_ndarray(format="rgba") for frame in container.decode(video=0)]
    last = list(frames_of(tmp_path / "a.gif"))[-1]
    assert np.array_equal(frames[-1][..., 3], last[..., 3])


@pytest.mark.parametrize("name", ["curve", "contour"])
def test_a_webm_has_no_fringes_on_either_ground(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.webm"
    spec = spec_of(name)
    animate(spec, path)
    decoder = av.CodecContext.create("libvpx-vp9", "r")
    with av.open(str(path)) as container:
        assert container.streams.video[0].metadata["alpha_mode"] == "1"
        got = [f for packet in container.demux(video=0) for f in decoder.decode(packet)]
    assert got[0].format.name == "yuva420p"
    for ground in GROUNDS:
        wanted = directly(spec, ground)
        for decoded, one in zip(got, wanted, strict=False):
            pixels = decoded.reformat(format="rgba", src_colorspace=1, src_color_range=1).to_ndarray()
            shown = over(pixels, ground)
            assert psnr(shown.astype(np.uint8), one.astype(np.uint8)) > 30
            empty = np.abs(one - ground).max(axis=2) == 0
            assert np.abs(shown - ground)[empty].mean() < 1.5


@pytest.mark.parametrize("name", SPECS)
def test_stills_and_sequences_have_no_ground(tmp_path: Path, name: str) -> None:
    spec = spec_of(name)
    (tmp_path / "frames").mkdir()
    targets = [tmp_path / "a.png", tmp_path / "a.svg", tmp_path / "a.pdf", tmp_path / "frames/%02d.png"]
    animate(spec, *targets)
    figure = plan(spec, fastest=10)
    shown = Picture(figure)
    (still,) = frames_of(tmp_path / "a.png")
    assert np.array_equal(still, shown.frame(figure.still))
    first = next(frames_of(tmp_path / "frames/00.png"))
    assert np.array_equal(first, shown.frame(figure.timeline.moments[0]))
    svg, usual = (tmp_path / "a.svg").read_text("utf-8"), tmp_path / "b.svg"
    animate(Spec(**SPECS[name], size=LARGER.get(name, SIZE)), usual)
    patch = 'id="patch_1"'
    ground = svg[svg.index(patch) :].split("</g>")[0]
    assert "fill-opacity: 0" in ground or "fill: none" in ground or "opacity: 0" in ground
    assert "opacity: 0" not in usual.read_text("utf-8").split(patch)[1].split("</g>")[0]


@pytest.mark.skipif(which("pdftocairo") is None, reason="poppler is not there to draw a PDF")
@pytest.mark.parametrize("name", ["curve", "network"])
def test_a_pdf_is_drawn_without_a_ground_by_others(tmp_path: Path, name: str) -> None:
    spec = replace(spec_of(name), theme="slides" if name == "curve" else "light")
    animate(spec, tmp_path / "a.pdf", tmp_path / "a.png")
    command = ["pdftocairo", "-png", "-transp", "-singlefile", "-r", "72", "a.pdf", "b"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (got,), (wanted,) = frames_of(tmp_path / "b.png"), frames_of(tmp_path / "a.png")
    assert got.shape == wanted.shape
    assert abs((got[..., 3] > 0).mean() - (wanted[..., 3] > 0).mean()) < 0.02
    if name == "curve":  # the ground is the lightest colour of the theme, and is nowhere in it
        assert over(got, 0).max() < 240
        assert over(wanted, 0).max() < 240


def test_what_cannot_be_transparent_says_what_can(gdanim: Callable[..., Result], tmp_path: Path) -> None:
    target = tmp_path / "a.mp4"
    target.write_text("earlier")
    refused = gdanim("run", "-n", "1", "--transparent", "-o", str(target))
    assert refused.code == 2
    assert refused.err.startswith("Error: --transparent: an MP4 cannot be transparent; a GIF, a WebM, ")
    assert target.read_text() == "earlier"
    for format, row in WRITERS.items():
        if not row.clear and not row.several:
            with pytest.raises(GdanimError, match="cannot be transparent"):
                animate(Spec(transparent=True, iterations=1), format=format)


def test_an_opaque_picture_is_as_it_was(tmp_path: Path) -> None:
    animate(Spec(iterations=2, size=SIZE), tmp_path / "a.png", tmp_path / "a.gif", tmp_path / "a.webp")
    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == "RGB"
    for path in ("a.gif", "a.webp"):
        assert all((frame[..., 3] == 255).all() for frame in frames_of(tmp_path / path))
