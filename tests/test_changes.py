"""APNG and WebP that move: every pixel of every frame, for as long as it is shown, as others read it."""

import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdanim import Spec, animate
from gdanim.formats import WRITERS, Job
from gdanim.output.palette import Palette
from gdanim.plan import plan
from gdanim.render import Picture
from tests.pictures import Pixels, by_ffmpeg, by_pillow, size_of

FORMATS = ("apng", "webp")
Written = Callable[..., Path]


def no_palette() -> Palette:
    raise AssertionError("it needs none")


@pytest.fixture(params=FORMATS)
def written(request: pytest.FixtureRequest, tmp_path: Path) -> Written:
    """Writes frames and says where."""

    def write(frames: Sequence[Pixels], seconds: Sequence[float], loop: int = 0) -> Path:
        path = tmp_path / f"a.{request.param}"
        writer = WRITERS[request.param].open(path, Job(10.0, seconds, loop, no_palette))
        for frame, duration in zip(frames, seconds, strict=True):
            writer.write(frame, seconds=duration)
        writer.finish()
        return path

    return write


def noise(count: int, height: int = 47, width: int = 61) -> list[Pixels]:
    """Frames of random pixels, each changed in a rectangle of another size and place, even and odd."""
    random = np.random.default_rng(5)
    frame = random.integers(0, 256, (height, width, 4), np.uint8)
    frame[..., 3] = 255
    frames = [frame]
    for i in range(count - 1):
        frame = frame.copy()
        y, x = random.integers(0, height - 1), random.integers(0, width - 1)
        rows, columns = (slice(0, height), slice(0, width)) if i == 3 else (slice(y, y + 9), slice(x, x + 7))
        hit = random.random(frame[rows, columns].shape[:2]) < (1.0 if i % 2 else 0.3)
        hit[0, 0] = True
        frame[rows, columns, :3][hit] += np.uint8(1 + i)
        frames.append(frame)
    return frames


def test_every_pixel_of_every_frame_is_as_it_was(written: Written) -> None:
    frames = noise(30)
    path = written(frames, [0.1] * 30)
    decoded = [[shown.rgb for shown in by_pillow(path)]]
    if path.suffix == ".apng":
        decoded.append(list(by_ffmpeg(path)))
    for shown in decoded:
        assert len(shown) == 30
        for i, (got, wanted) in enumerate(zip(shown, frames, strict=True)):
            assert np.array_equal(got, wanted[..., :3]), i


def test_an_animation_is_shown_as_it_was_drawn(tmp_path: Path) -> None:
    spec = Spec(size=(481, 321), iterations=6, tween=2, theme="dark")
    made = animate(spec, *(tmp_path / f"a.{name}" for name in FORMATS))
    figure = plan(spec)
    picture = Picture(figure)
    drawn = [picture.frame(moment)[..., :3].copy() for moment in figure.timeline.moments]
    different = [drawn[0]] + [b for a, b in pairwise(drawn) if (a != b).any()]
    for name in FORMATS:
        shown = list(by_pillow(tmp_path / f"a.{name}"))
        assert len(shown) == len(different)
        assert all(np.array_equal(got.rgb, b) for got, b in zip(shown, different, strict=True))
        assert sum(frame.milliseconds for frame in shown) == pytest.approx(1000 * made.seconds, abs=1)


def test_a_frame_that_is_repeated_lasts_longer(written: Written) -> None:
    a, b = noise(2)
    assert [f.milliseconds for f in by_pillow(written([a, a, b, b, b], [0.1, 0.2, 0.3, 0.1, 2.0]))] == [
        300,
        2400,
    ]


def test_delays_are_whole_milliseconds_that_do_not_drift(written: Written) -> None:
    delays = [shown.milliseconds for shown in by_pillow(written(noise(70), [1 / 80] * 70))]
    assert set(delays) == {12, 13}
    assert sum(delays) == 875


@pytest.mark.parametrize("seconds", [65.535, 70.0, 200.001])
def test_a_long_time_is_kept(written: Written, seconds: float) -> None:
    a, b = noise(2)
    shown = list(by_pillow(written([a, b], [seconds, 0.5])))
    assert sum(frame.milliseconds for frame in shown) == pytest.approx(1000 * seconds + 500)
    assert np.array_equal(shown[-1].rgb, b[..., :3])
    assert np.array_equal(shown[-2].rgb, a[..., :3])


@pytest.mark.parametrize("loop", [0, 1, 3, 65_535])
def test_it_plays_as_often_as_was_asked(written: Written, loop: int) -> None:
    with Image.open(written(noise(3), [0.1] * 3, loop)) as image:
        assert image.info["loop"] == loop


def test_one_frame_is_a_picture(written: Written) -> None:
    (frame,) = noise(1)
    path = written([frame], [1.0])
    with Image.open(path) as image:
        assert np.array_equal(np.asarray(image.convert("RGB")), frame[..., :3])
    assert size_of(path) == (61, 47)


def test_the_parts_of_an_apng_are_in_order_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "a.apng"
    animate(Spec(size=(320, 240), iterations=4), path)
    data, place, kinds, numbers = path.read_bytes(), 8, [], []
    while place < len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        content = data[place + 8 : place + 8 + length]
        assert zlib.crc32(kind + content) == struct.unpack_from(">I", data, place + 8 + length)[0]
        kinds.append(kind.decode())
        numbers += list(struct.unpack(">I", content[:4])) if kind in (b"fcTL", b"fdAT") else []
        if kind == b"acTL":
            assert struct.unpack(">II", content) == (5, 0)
        place += 12 + length
    assert kinds == [
        "IHDR",
        "tEXt",
        "pHYs",
        *["iTXt"] * 3,
        "acTL",
        "fcTL",
        "IDAT",
        *["fcTL", "fdAT"] * 4,
        "IEND",
    ]
    assert numbers == list(range(9))


@pytest.mark.skipif(shutil.which("webpinfo") is None, reason="webp is not installed")
def test_webpinfo_finds_nothing_wrong(written: Written) -> None:
    path = written(noise(12), [0.1] * 12)
    if path.suffix == ".webp":
        said = subprocess.run(["webpinfo", "-quiet", path], capture_output=True, text=True)
        assert (said.returncode, said.stdout + said.stderr) == (0, "")


def test_a_webp_that_lasts_longer_than_a_number_holds_is_written_twice(tmp_path: Path) -> None:
    a, b = noise(2)
    path, hours = tmp_path / "a.webp", 5 * 3600.0
    writer = WRITERS["webp"].open(path, Job(1.0, [hours, 1.0], 0, no_palette))
    for frame, seconds in ((a, hours), (b, 1.0)):
        writer.write(frame, seconds=seconds)
    writer.finish()
    data = path.read_bytes()
    assert data.count(b"ANMF") == 3
    assert struct.unpack_from("<I", data, 4)[0] == len(data) - 8
    places = [i for i in range(len(data)) if data.startswith(b"ANMF", i)]
    assert sum(int.from_bytes(data[i + 20 : i + 23], "little") for i in places) == 1000 * (hours + 1)


@pytest.mark.parametrize("format", FORMATS)
def test_an_abandoned_one_is_not_finished(tmp_path: Path, format: str) -> None:
    path = tmp_path / "a"
    writer = WRITERS[format].open(path, Job(10.0, [0.1] * 3, 0, no_palette))
    for frame in noise(3):
        writer.write(frame, seconds=0.1)
    writer.abandon()
    writer.finish()
    data = path.read_bytes()
    assert len(data) > 1000
    assert not data.endswith(b"IEND\xaeB`\x82")
    assert data[4:8] in (b"\r\n\x1a\n", b"\0\0\0\0")
