"""What the formats cost: alone, one beside another, and frames that are given beside FFmpeg's time."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np

from gdanim import Spec
from gdanim.formats import WRITERS, Job
from gdanim.output.palette import Palette, Pixels
from gdanim.output.png import png_of
from gdanim.output.video import VP9
from gdanim.plan import plan
from gdanim.render import Picture
from gdanim.timeline import Moment
from tests.benchmarks.measure import gdanim, missing, once, pairs, peer

SIZE = (960, 540)
SAME = ["-threads", "2", "-pix_fmt", "yuv420p", "-c:v", "libvpx-vp9"]
SAME += [word for name, value in VP9.items() for word in ("-b:v" if name == "b" else f"-{name}", value)]
# The same encoder with the same options; and those of the images, at the effort that ours takes.
THEIRS = {
    "webm": [*SAME, "b.webm"],
    "webp": ["-c:v", "libwebp_anim", "-lossless", "1", "-compression_level", "1", "-quality", "30", "b.webp"],
    "apng": ["-plays", "0", "-f", "apng", "b.apng"],
}


def no_palette() -> Palette:
    raise AssertionError("it needs none")


def main(folder: Path, count: int) -> None:
    """One row a format."""
    for name, row in WRITERS.items():
        if row.still:
            ours = gdanim("run", "--size", "640x480", "--quiet", "-o", f"a.{name}")
            ratio = pairs(ours, peer("static_floor.py"), folder, count)
            what = f"{row.name} / one static PNG"
            print(f"{what:42} {ratio.ours:7.2f} s   × {1 / ratio.ratio:.2f}   reach ≤ 1.1", flush=True)
    if missing("ffmpeg"):
        print(f"frames that are given: {missing('ffmpeg')}")
        return
    figure = plan(Spec(learning_rate=0.05, start=(5.0,), tween=9, size=SIZE))
    picture = Picture(figure)
    frames = [picture.frame(moment).copy() for moment in figure.timeline.moments]
    np.stack(frames)[..., :3].tofile(folder / "frames.rgb")
    for name, options in THEIRS.items():
        times = [(encoded(name, frames, folder), by_ffmpeg(options, folder)) for _ in range(count)]
        ours, theirs = (statistics.median(each) for each in zip(*times, strict=True))
        share = statistics.median(a / b for a, b in times)
        what = f"{len(frames)} given frames as {name}, FFmpeg"
        print(f"{what:42} {ours:7.2f} s {theirs:8.2f} s   × {share:.2f}   reach ≤ 1.5", flush=True)


def second(folder: Path, count: int) -> None:
    """What another format costs beside a GIF of the same frames, and what its encoding alone takes.

    In processor time, since both processes of a run share what there is; that an encoder is loaded is in
    the first number only, a tenth of a second for videos.
    """
    options = ["--size", f"{SIZE[0]}x{SIZE[1]}", "--quiet", "--lr", "0.05", "--start", "5", "--tween", "9"]
    alone = gdanim("run", *options, "-o", "b.gif")
    picture = Picture(figure := plan(Spec(learning_rate=0.05, start=(5.0,), tween=9, size=SIZE)))
    frames = [picture.frame(moment).copy() for moment in figure.timeline.moments]
    for name, row in WRITERS.items():
        if row.indexed:
            continue
        target = "frames/%04d.png" if row.several else f"a.{name}"
        both = gdanim("run", *options, "-o", "a.gif", "-o", target)
        beyond = statistics.median(
            once(both, folder).processor - once(alone, folder).processor for _ in range(count)
        )
        alike = [
            stilled(name, picture, figure.still) if row.still else encoded(name, frames, folder)
            for _ in range(count + 1)
        ]
        least = statistics.median(alike[1:])
        what = f"{row.name} beside a GIF, its encoding"
        print(f"{what:42} {beyond:7.2f} s {least:8.2f} s   × {beyond / least:.2f}   reach ≤ 1.1", flush=True)


def stilled(name: str, picture: Picture, moment: Moment) -> float:
    """Seconds of processor time in which a still is drawn and encoded."""
    begin = time.process_time()
    if WRITERS[name].lines:
        picture.save(moment, BytesIO(), name)
    else:
        png_of(picture.frame(moment))
    return time.process_time() - begin


def encoded(
    name: str, frames: list[Pixels], folder: Path, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Seconds in which ours writes them."""
    begin = clock()
    durations = [0.05] * len(frames)
    (folder / f"a.{name}s").mkdir(exist_ok=True)
    path = folder / (f"a.{name}s" if WRITERS[name].several else f"a.{name}")
    writer = WRITERS[name].open(path, Job(20.0, durations, 0, no_palette))
    for frame, seconds in zip(frames, durations, strict=True):
        writer.write(frame, seconds=seconds)
    writer.finish()
    return clock() - begin


def by_ffmpeg(options: list[str], folder: Path) -> float:
    """Seconds in which FFmpeg does, its start among them."""
    raw = [
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-s",
        f"{SIZE[0]}x{SIZE[1]}",
        "-r",
        "20",
        "-i",
        "frames.rgb",
    ]
    begin = time.perf_counter()
    subprocess.run(["ffmpeg", "-v", "error", "-y", *raw, *options], cwd=folder, check=True)
    return time.perf_counter() - begin
