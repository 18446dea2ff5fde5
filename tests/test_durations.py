"""How long a figure lasts: what is said of it and what each of its files says are the same."""

import json
import random
import re
from itertools import accumulate
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from gdanim import GdanimError, Spec, animate
from gdanim.formats import WRITERS, Job
from gdanim.output import outputs_of, writing
from gdanim.output.palette import Palette
from gdanim.timeline import Timeline, plan


def image_seconds(path: Path) -> float:
    if path.suffix == ".html":
        told = re.search(r'class="told">(.*?)</script>', path.read_text(), re.DOTALL)
        assert told is not None
        return sum(float(frame["time"]) for frame in json.loads(told[1])["frames"]) / 1000
    with Image.open(path) as image:
        total = 0.0
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            image.load()
            total += image.info["duration"] / 1000
    return total


def video_times(path: Path) -> list[float]:
    """When each frame begins, and when the last one ends, as the file's own time stamps have it."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.pts is not None]
        base = stream.time_base
        ends = [float((p.pts + p.duration) * base) for p in packets if p.pts is not None and p.duration]
        assert container.duration is not None
        assert max(ends) == pytest.approx(container.duration / av.time_base, abs=0.0011)
        return [*(float(p.pts * base) for p in packets if p.pts is not None), max(ends)]


def write(timeline: Timeline, folder: Path) -> dict[str, Path]:
    """The timeline in all formats that move, each frame of another grey."""
    files = {name: folder / f"a.{name}" for name, row in WRITERS.items() if not row.still and not row.several}
    frames = np.full((len(timeline), 64, 64, 4), 255, np.uint8)
    frames[..., :3] = (np.arange(len(timeline)) % 200)[:, None, None, None]
    job = Job(timeline.fps, timeline.durations, 0, lambda: Palette(iter(frames[:200])))
    with writing(outputs_of([str(file) for file in files.values()]), job) as put:
        for frame, pixels in zip(timeline, frames, strict=True):
            put.frame(pixels, frame.seconds)
    return files


def some_timing(random: random.Random) -> dict[str, Any]:
    iterations = random.randint(0, 12)
    timing: dict[str, Any] = {"iterations": iterations, "tween": random.choice([0, 0, 1, 2, 9])}
    how = random.choice(["fps", "step_seconds", "seconds", "nothing"])
    if how == "fps":
        timing["fps"] = random.choice([0.1, 0.3, 7, 12, 29.97, 50, random.uniform(0.05, 50)])
    if how in ("step_seconds", "seconds"):
        timing[how] = random.uniform(0.1, 7) * (1 if how == "step_seconds" else 10)
    if random.random() < 0.6:
        timing["hold"] = random.choice([0.0, 1.0, random.uniform(0, 5)])
    if random.random() < 0.4:
        timing["pauses"] = {random.randint(0, iterations): random.uniform(0.3, 5) for _ in range(3)}
    return timing


@pytest.mark.parametrize("seed", range(40))
def test_what_is_said_is_what_both_files_last(tmp_path: Path, seed: int) -> None:
    chosen = random.Random(seed)
    for _ in range(20):
        timing = some_timing(chosen)
        try:
            timeline = plan(**timing)
            break
        except GdanimError:  # no time for these frames
            continue
    begins = [0.0, *accumulate(timeline.durations)]
    for name, path in write(timeline, tmp_path).items():
        if not WRITERS[name].mime.startswith("video/"):
            tick = 0.0051 if name == "gif" else 0.00051
            assert image_seconds(path) == pytest.approx(timeline.seconds, abs=tick), (name, timing)
            continue
        found = video_times(path)
        assert found[-1] == pytest.approx(timeline.seconds, abs=0.002), (name, timing)
        frames = [*found[: len(timeline)], found[-1]]  # without the last one's repetition
        assert np.abs(np.diff(frames) - timeline.durations).max() <= 0.004, (name, timing)
        assert np.abs(np.subtract(frames, begins)).max() <= 0.002, (name, timing)


@pytest.mark.parametrize(
    ("settings", "seconds"),
    [
        ({"iterations": 5, "step_seconds": 5}, 32),
        ({"seconds": 7.77}, 7.77),
        ({"step_seconds": 3, "hold": 1, "iterations": 6}, 22),
        ({"iterations": 3, "pause": {3: 0.1}}, 1.6),
    ],
    ids=str,
)
def test_a_video_keeps_its_hold(tmp_path: Path, settings: dict[str, Any], seconds: float) -> None:
    files = tmp_path / "a.gif", tmp_path / "a.mp4", tmp_path / "a.webm"
    made = animate(Spec(size=(320, 240), **settings), *files)
    assert made.seconds == pytest.approx(seconds)
    assert image_seconds(files[0]) == pytest.approx(seconds)
    for file in files[1:]:
        assert video_times(file)[-1] == pytest.approx(seconds, abs=0.001)
