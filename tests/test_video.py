import os
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import av
import imageio.v3 as iio
import numpy as np
import numpy.typing as npt
import pytest

from gdanim import Spec, animate
from gdanim.output.video import Mp4Plugin, VideoPlugin, WebmPlugin
from gdanim.plan import plan
from gdanim.render import Picture
from gdanim.theme import THEMES, make_theme
from gdanim.timeline import Moment
from tests.conftest import Result
from tests.pictures import by_ffmpeg, psnr


def test_every_player_can_take_it(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    animate(Spec(size=(480, 320)), path)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert (context.width, context.height) == (480, 320)
        tags = context.color_primaries, context.color_trc, context.colorspace, context.color_range
        assert tags == (1, 1, 1, 1)  # BT.709, limited range
        assert float(stream.duration * stream.time_base) == pytest.approx(12.5)
    data = path.read_bytes()
    assert data.find(b"moov") < data.find(b"mdat")  # faststart


def test_frames_come_at_their_times(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    animate(Spec(size=(480, 320), iterations=4, fps=10, hold=1.5), path)
    with av.open(str(path)) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times[:5] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    assert times[5:] == pytest.approx([1.9])  # the last again, where its time ends


@pytest.mark.parametrize("plugin", [Mp4Plugin, WebmPlugin])
@pytest.mark.parametrize("size", [(640, 480), (1280, 720)])
@pytest.mark.parametrize("theme", THEMES)
def test_flat_areas_keep_their_colours(
    tmp_path: Path, size: tuple[int, int], theme: str, plugin: type[VideoPlugin]
) -> None:
    """Every colour of the theme, decoded by the file's own tags, as FFmpeg and browsers do."""
    width, height = size
    values = (np.atleast_1d(value) for value in astuple(make_theme(theme)))
    colours = [colour for value in values for colour in map(str, value) if colour.startswith("#")]
    patches = np.full((height, width, 4), 255, np.uint8)
    places = [
        (slice(60 * row + 10, 60 * row + 60), slice(60 * i, 60 * i + 50))
        for row in range(3)
        for i in range(width // 60)
    ]
    assert len(places) >= len(colours) >= 24
    wanted = [[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colours]
    for place, rgb in zip(places, wanted, strict=False):
        patches[(*place, slice(0, 3))] = rgb
    path = tmp_path / "a"
    with iio.imopen(path, "w", plugin=plugin, fps=2) as video:
        video.write(patches, seconds=0.5)
    got = next(by_ffmpeg(path)).astype(int)
    for (rows, columns), rgb in zip(places, wanted, strict=False):
        inner = got[rows.start + 4 : rows.stop - 4, columns.start + 4 : columns.stop - 4]
        # In 8 bits from 16 to 235, with two numbers of colour, yellows and blues come back 3 from themselves.
        assert np.abs(inner - rgb).mean(axis=(0, 1)).max() < 3.5, rgb


def test_an_odd_size_is_widened(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    animate(Spec(size=(481, 321), iterations=1), path)
    assert next(by_ffmpeg(path)).shape == (322, 482, 3)


def test_an_odd_size_is_noted(tmp_path: Path) -> None:
    odd = Spec(size=(481, 321), iterations=1)
    assert animate(odd, tmp_path / "a.mp4", tmp_path / "b.mp4").notes == (
        "an MP4 has even sizes only: 481x321 is widened to 482x322",
    )
    assert animate(odd, tmp_path / "a.gif").notes == ()
    assert animate(Spec(size=(480, 320), iterations=1), tmp_path / "a.mp4").notes == ()


def test_an_odd_size_is_noted_on_standard_error(gdanim: Callable[..., Result], tmp_path: Path) -> None:
    arguments = ["run", "-n", "1", "--size", "321x240", "-o", str(tmp_path / "a.mp4")]
    note = "Note: an MP4 has even sizes only: 321x240 is widened to 322x240"
    assert gdanim(*arguments).err.splitlines()[-1] == note
    assert gdanim(*arguments, "--quiet").err == ""


def frames(count: int) -> list[npt.NDArray[np.uint8]]:
    noise = np.random.default_rng(0).integers(0, 255, (count, 240, 320, 4), np.uint8)
    noise[..., 3] = 255
    return list(noise)


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_an_abandoned_video_is_not_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    path = tmp_path / "a.mp4"
    path.touch()
    monkeypatch.setattr(Mp4Plugin, "finish", lambda _: pytest.fail("it was finished"))

    def fail(video: Mp4Plugin) -> None:
        for frame in frames(30):
            video.write(frame, seconds=0.5)
        raise error

    with path.open("rb") as written:
        with pytest.raises(error), iio.imopen(path, "w", plugin=Mp4Plugin, fps=2) as video:
            fail(video)
        data = written.read()
    assert len(data) > 100_000
    assert b"moov" not in data  # what libav writes when it closes a file
    assert not path.exists()


@pytest.mark.parametrize("suffix", ["mp4", "webm"])
def test_the_bytes_do_not_depend_on_the_number_of_processors(tmp_path: Path, suffix: str) -> None:
    allowed = os.sched_getaffinity(0)
    animate(Spec(size=(640, 480)), tmp_path / f"all.{suffix}")
    try:
        os.sched_setaffinity(0, {min(allowed)})
        animate(Spec(size=(640, 480)), tmp_path / f"one.{suffix}")
    finally:
        os.sched_setaffinity(0, allowed)
    with iio.imopen(tmp_path / "a.mp4", "w", plugin=Mp4Plugin, fps=2) as video:
        assert video.stream.codec_context.thread_count == 2  # however many there are
        video.write(frames(1)[0], seconds=0.5)
    assert (tmp_path / f"one.{suffix}").read_bytes() == (tmp_path / f"all.{suffix}").read_bytes()


def test_a_webm_is_vp9_in_the_colours_of_bt709(tmp_path: Path) -> None:
    path = tmp_path / "a.webm"
    animate(Spec(size=(481, 321), fps=10), path)
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        frames = list(container.decode(video=0))
        assert (context.name.replace("libvpx-", ""), context.pix_fmt) == ("vp9", "yuv420p")
        assert (context.width, context.height) == (482, 322)
        assert (context.colorspace, context.color_range) == (1, 1)
    times = [frame.time for frame in frames]
    assert times == pytest.approx([*(k / 10 for k in range(21)), 4.0])  # the last again, where its time ends
    assert "matroska" in container.format.name


def test_every_frame_of_a_webm_is_close_to_what_was_drawn(tmp_path: Path) -> None:
    spec, path = Spec(size=(640, 480), learning_rate=0.95, theme="dark"), tmp_path / "a.webm"
    animate(spec, path)
    picture = Picture(plan(spec))
    for k, got in zip(range(21), by_ffmpeg(path), strict=False):
        assert psnr(got, picture.frame(Moment(k))[..., :3]) > 35.5, k


def test_two_runs_give_identical_bytes(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        animate(Spec(size=(480, 320)), tmp_path / name)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
