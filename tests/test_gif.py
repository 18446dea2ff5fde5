from itertools import pairwise
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import numpy.typing as npt
import pytest

from gdanim import GdanimError, Spec, animate
from gdanim.formats import WRITERS
from gdanim.output.gif import GifPlugin
from gdanim.output.palette import Palette, codes_of
from gdanim.plan import plan
from gdanim.render import Picture
from gdanim.timeline import Moment
from tests.pictures import Pixels, by_ffmpeg, by_pillow, psnr


def opaque(rgb: npt.ArrayLike) -> Pixels:
    rgb = np.asarray(rgb, np.uint8)
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


def noise(colours: int, frames: int, seed: int = 0) -> list[Pixels]:
    """Frames of random pixels from a given number of colours, changing in a part of the picture."""
    rng = np.random.default_rng(seed)
    table = rng.choice(1 << 24, colours, replace=False)
    rgb = np.stack([table & 255, table >> 8 & 255, table >> 16], axis=-1).astype(np.uint8)
    indices = rng.permutation(np.arange(64 * 48) % colours).reshape(48, 64)
    result = []
    for _ in range(frames):
        y, x = rng.integers(0, 24, 2)
        indices[y : y + 20, x : x + 20] = rng.integers(0, colours, (20, 20))
        result.append(opaque(rgb[indices]))
    return result


def write(path: Path, frames: list[Pixels], samples: int = 99, **settings: Any) -> None:
    seconds = settings.pop("seconds", 0.1)
    with iio.imopen(path, "w", plugin=GifPlugin, palette=Palette(frames[:samples]), **settings) as gif:
        for frame in frames:
            gif.write(frame, seconds=seconds)


@pytest.mark.parametrize("colours", [1, 2, 3, 17, 200, 255, 256])
@pytest.mark.parametrize("samples", [1, 99])
def test_exact_where_256_colours_suffice(tmp_path: Path, colours: int, samples: int) -> None:
    frames, path = noise(colours, 6), tmp_path / "a.gif"
    write(path, frames, samples)
    distinct = [frames[0]] + [b for a, b in pairwise(frames) if (a != b).any()]
    for decoded in (
        [shown.rgb for shown in by_pillow(path)],
        list(by_ffmpeg(path)),
    ):
        assert len(decoded) == len(distinct)
        for got, wanted in zip(decoded, distinct, strict=True):
            assert np.array_equal(got, wanted[..., :3])


def test_colours_missing_from_the_samples_take_the_places_left(tmp_path: Path) -> None:
    frames = [opaque(np.full((8, 8, 3), value)) for value in range(0, 250, 3)]
    path = tmp_path / "a.gif"
    write(path, frames, samples=1)
    for got, wanted in zip(by_pillow(path), frames, strict=True):
        assert np.array_equal(got.rgb, wanted[..., :3])


@pytest.mark.parametrize(
    "settings",
    [
        {"iterations": 60, "learning_rate": 0.03},
        {"learning_rate": 0.95, "theme": "dark"},
        {"learning_rate": 1.1},
        {"learning_rate": 0.9, "tween": 2},
    ],
)
def test_every_frame_of_an_animation_reaches_60_db(tmp_path: Path, settings: dict[str, float]) -> None:
    path = tmp_path / "a.gif"
    spec = Spec(size=(640, 480), **settings)  # type: ignore[arg-type]
    written = animate(spec, path)
    picture = Picture(plan(spec))
    per_iterate = spec.tween + 1
    shown = list(by_pillow(path))
    assert len(shown) == written.frames
    for index in range(0, written.frames, per_iterate):  # the frames between come of the same lines
        rendered = picture.frame(Moment(index // per_iterate))[..., :3]
        assert psnr(shown[index].rgb, rendered) >= 60, index


def test_a_pixel_that_does_not_change_keeps_its_colour(tmp_path: Path) -> None:
    spec, path = Spec(size=(480, 320)), tmp_path / "a.gif"
    animate(spec, path)
    picture = Picture(plan(spec))
    shown = [frame.rgb for frame in by_pillow(path)]
    before = picture.frame(Moment(0)).copy()
    for k in range(1, 21):
        after = picture.frame(Moment(k)).copy()
        still = (before == after).all(axis=-1)
        assert np.array_equal(shown[k - 1][still], shown[k][still]), k
        before = after


def test_the_palette_maps_equal_colours_to_equal_indices() -> None:
    palette = Palette(noise(900, 2))
    codes = codes_of(noise(900, 3)[2])
    indices = palette.indices(codes)
    for code in np.unique(codes)[:50]:
        assert len(np.unique(indices[codes == code])) == 1
    assert palette.transparent not in indices


def test_the_quantised_palette_beats_the_most_frequent_colours() -> None:
    """Against the same measure by another route: the 255 most frequent colours, nearest match."""
    spec = Spec(size=(640, 480), learning_rate=0.95)
    picture = Picture(plan(spec))
    frames = [picture.frame(Moment(k)).copy() for k in range(0, 21, 4)]
    palette = Palette(frames)
    rgb = frames[2][..., :3]
    ours = palette.colours[palette.indices(codes_of(frames[2]))]
    colours, counts = np.unique(rgb.reshape(-1, 3), axis=0, return_counts=True)
    assert len(colours) > 256
    frequent = colours[np.argsort(counts)[-255:]].astype(int)
    nearest = ((colours[:, None].astype(int) - frequent) ** 2).sum(-1).argmin(1)
    _, inverse = np.unique(rgb.reshape(-1, 3), axis=0, return_inverse=True)
    theirs = frequent[nearest[inverse.ravel()]].reshape(rgb.shape)
    assert psnr(ours, rgb) > psnr(theirs.astype(np.uint8), rgb) + 3


@pytest.mark.parametrize("fps", [2, 7, 24, 30, 50])
def test_delays_are_whole_centiseconds_that_do_not_drift(tmp_path: Path, fps: float) -> None:
    frames, path = noise(20, 40), tmp_path / "a.gif"
    write(path, frames, seconds=1 / fps)
    delays = [shown.milliseconds for shown in by_pillow(path)]
    assert sum(delays) == pytest.approx(1000 * 40 / fps, abs=5)
    assert min(delays) >= 20
    assert max(delays) - min(delays) <= 10


def test_a_repeated_frame_is_a_longer_delay(tmp_path: Path) -> None:
    a, b = noise(5, 2)
    path = tmp_path / "a.gif"
    write(path, [a, a, a, b, b], seconds=0.2)
    assert [shown.milliseconds for shown in by_pillow(path)] == [600, 400]


def test_a_delay_too_long_for_one_frame_is_kept(tmp_path: Path) -> None:
    a, b = noise(5, 2)
    path = tmp_path / "a.gif"
    with iio.imopen(path, "w", plugin=GifPlugin, palette=Palette([a, b])) as gif:
        gif.write(a, seconds=700)
        gif.write(b, seconds=1)
    assert sum(shown.milliseconds for shown in by_pillow(path)) == 701_000


@pytest.mark.parametrize(("loop", "repeats"), [(0, 0), (1, None), (4, 3)])
def test_loop_counts_the_plays(tmp_path: Path, loop: int, repeats: int | None) -> None:
    path = tmp_path / "a.gif"
    write(path, noise(4, 3), loop=loop)
    data = path.read_bytes()
    marker = data.find(b"NETSCAPE2.0\x03\x01")
    assert (marker < 0) == (repeats is None)
    if repeats is not None:
        assert int.from_bytes(data[marker + 13 : marker + 15], "little") == repeats


def test_an_abandoned_gif_is_not_finished(tmp_path: Path) -> None:
    a, b = noise(5, 2)
    path = tmp_path / "a.gif"

    def fail(gif: GifPlugin) -> None:
        gif.write(a, seconds=1)
        gif.write(b, seconds=1)
        raise KeyboardInterrupt

    gif = iio.imopen(path, "w", plugin=GifPlugin, palette=Palette([a, b]))
    with pytest.raises(KeyboardInterrupt), gif:
        fail(gif)
    gif.close()
    assert path.stat().st_size > 100
    assert not path.read_bytes().endswith(b";")


def test_without_fps_the_format_bounds_the_pace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = Spec(iterations=2, tween=99, size=(320, 240), hold=0)
    assert animate(many, tmp_path / "a.gif").seconds == pytest.approx(201 / 50)
    monkeypatch.setitem(WRITERS, "gif", WRITERS["gif"]._replace(fastest=20))
    assert animate(many, tmp_path / "a.gif").seconds == pytest.approx(201 / 20)
    assert animate(many, tmp_path / "a.mp4").seconds == pytest.approx(201 / 50)


@pytest.mark.parametrize("fps", [50.5, 60, 1000])
def test_a_rate_a_gif_cannot_hold_names_the_nearest(tmp_path: Path, fps: float) -> None:
    animate(Spec(fps=50, iterations=1, size=(320, 240)), tmp_path / "a.gif")
    with pytest.raises(GdanimError, match=r"fps: a GIF cannot hold .* 50 and 33\.3"):
        animate(Spec(fps=fps, iterations=1, size=(320, 240)), tmp_path / "b.gif")
    assert not (tmp_path / "b.gif").exists()


def test_several_gifs_of_one_rendering_are_the_same(tmp_path: Path) -> None:
    names = [tmp_path / name for name in ("a.gif", "b.gif")]
    animate(Spec(size=(480, 320), iterations=5), *names)
    assert names[0].read_bytes() == names[1].read_bytes()
    assert len(list(by_pillow(names[0]))) == 6


def test_two_runs_give_identical_bytes(tmp_path: Path) -> None:
    for name in ("a.gif", "b.gif"):
        animate(Spec(size=(480, 320), tween=1), tmp_path / name)
    assert (tmp_path / "a.gif").read_bytes() == (tmp_path / "b.gif").read_bytes()


def test_the_header_is_as_the_standard_has_it(tmp_path: Path) -> None:
    """GIF89a, 18: size; a table of 256 colours of 8 bits; background 0; no aspect ratio, so square pixels."""
    path = tmp_path / "a.gif"
    write(path, noise(17, 2))
    header = path.read_bytes()[:13]
    assert header[:6] == b"GIF89a"
    assert int.from_bytes(header[6:8], "little") == 64
    assert int.from_bytes(header[8:10], "little") == 48
    assert list(header[10:]) == [0xF7, 0, 0]
