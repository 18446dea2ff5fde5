"""`make bench`: speed, memory and size beside what one would use instead. Prints, never fails.

python -m tests.benchmarks [--pairs N] [NAME …]   the rows whose name contains a NAME; all by default
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from tests import mazur
from tests.benchmarks import engine, formats, learning
from tests.benchmarks.measure import Ratio, gdanim, missing, once, pairs, peer

SIZE = ["--size", "640x480", "--quiet"]
LONG = [*SIZE, "--lr", "0.01", "--start", "5", "--fps", "30", "-n"]
NEURONS = "; ".join(f"z{i} = w{i}*x + b{i}; h{i} = sigmoid(z{i})" for i in range(1, 11))
LARGE = f"{NEURONS}; L = {' + '.join(f'h{i}^2' for i in range(1, 11))}"
FEW = 3  # pairs for what takes minutes


def timed(name: str, reach: str, ratio: Ratio, *, inverse: bool = False) -> None:
    """One row: how many times faster than theirs, or with `inverse` how many times their time."""
    shown, low, high = (
        (1 / ratio.ratio, 1 / ratio.highest, 1 / ratio.lowest)
        if inverse
        else (ratio.ratio, ratio.lowest, ratio.highest)
    )
    print(
        f"{name:42} {ratio.ours:7.2f} s {ratio.theirs:8.2f} s   × {shown:.2f} ({low:.2f}–{high:.2f})"
        f"   reach {reach}",
        flush=True,
    )


def short(folder: Path, count: int) -> None:
    ours = gdanim("run", *SIZE, "-o", "a.gif")
    floor = pairs(ours, peer("static_floor.py"), folder, 3 * count)
    timed("21 frames GIF / one static PNG", "≤ 1.3", floor, inverse=True)
    pillow = pairs(ours, peer("funcanimation.py", "pillow", "b.gif", "20"), folder, count)
    timed("21 frames GIF, FuncAnimation + pillow", "≥ 4", pillow)


def long_gif(folder: Path, count: int) -> None:
    ours = gdanim("run", *LONG, "300", "-o", "a.gif")
    theirs = peer("funcanimation.py", "pillow", "b.gif", "300")
    timed("301 frames GIF, FuncAnimation + pillow", "≥ 25", pairs(ours, theirs, folder, min(count, FEW)))
    if not missing("convert"):
        theirs = peer("funcanimation.py", "imagemagick", "b.gif", "300")
        timed("301 frames GIF, FuncAnimation + imagemagick", "≥ 50", pairs(ours, theirs, folder, 2))
    manim("gif", ours, folder, count)


def long_mp4(folder: Path, count: int) -> None:
    ours = gdanim("run", *LONG, "300", "-o", "a.mp4")
    if not missing("ffmpeg"):
        theirs = peer("funcanimation.py", "ffmpeg", "b.mp4", "300")
        ratio = pairs(ours, theirs, folder, min(count, FEW))
        timed("301 frames MP4, FuncAnimation + ffmpeg", "≥ 12", ratio)
    manim("mp4", ours, folder, count)


def manim(format: str, ours: list[str], folder: Path, count: int) -> None:
    """GDANIM_MANIM names manim's program, since its dependencies need a place of their own."""
    program = os.environ.get("GDANIM_MANIM", "manim")
    if missing(program):
        print(f"301 frames {format.upper()}, manim: {missing(program)}")
        return
    scene = peer("manim_scene.py")[1]
    options = [f"--format={format}", "-v", "ERROR", "--progress_bar", "none", "--disable_caching"]
    theirs = [program, "render", scene, "Descent", *options]
    ratio = pairs(ours, theirs, folder, count, {"ITERATIONS": "300"})
    timed(f"301 frames {format.upper()}, manim", "> 1", ratio)


def growth(folder: Path, count: int) -> None:
    """Time per further frame and peak memory of 3001 frames against 301."""
    for suffix in ("gif", "mp4"):
        runs = {
            n: [once(gdanim("run", *LONG, str(n), "-o", f"a.{suffix}"), folder) for _ in range(count)]
            for n in (0, 300, 3000)
        }
        seconds = {n: min(run.seconds for run in each) for n, each in runs.items()}
        memory = {n: max(run.kilobytes for run in each) for n, each in runs.items()}
        early = (seconds[300] - seconds[0]) / 300
        late = (seconds[3000] - seconds[300]) / 2700
        print(
            f"{f'3001 against 301 frames, {suffix.upper()}':42} {1000 * early:.2f} ms a frame up to 301,"
            f" {1000 * late:.2f} from there: × {late / early:.2f}   reach ≤ 1"
        )
        grown = memory[3000] / memory[300]
        print(
            f"{'  peak memory':42} {memory[300] // 1024} MB, {memory[3000] // 1024} MB: × {grown:.3f}"
            "   reach ≤ 1.1"
        )


def size(folder: Path, _: int) -> None:
    """Our GIF beside ffmpeg's of the same frames and gifsicle's of our file."""
    once(gdanim("run", *LONG, "300", "-o", "a.gif"), folder)
    ours = (folder / "a.gif").stat().st_size
    filters = "split[a][b];[a]palettegen[p];[b][p]paletteuse"
    rows = {
        "ffmpeg palettegen/paletteuse": (
            ["ffmpeg", "-v", "error", "-y", "-i", "a.gif", "-filter_complex", filters, "b.gif"],
            "≤ 1",
        ),
        "ffmpeg, no dithering": (
            [
                "ffmpeg",
                "-v",
                "error",
                "-y",
                "-i",
                "a.gif",
                "-filter_complex",
                f"{filters}=dither=none",
                "b.gif",
            ],
            "≤ 1",
        ),
        "gifsicle -O3": (["gifsicle", "-O3", "a.gif", "-o", "b.gif"], "≤ 1.1"),
    }
    for name, (command, reach) in rows.items():
        if missing(command[0]):
            print(f"301 frames GIF size, {name}: {missing(command[0])}")
            continue
        subprocess.run(command, cwd=folder, check=True)
        theirs = (folder / "b.gif").stat().st_size
        row = f"301 frames GIF size, {name}"
        print(f"{row:42} {ours / 1000:.1f} kB, {theirs / 1000:.1f} kB: × {ours / theirs:.3f}   reach {reach}")


def landscape(folder: Path, count: int) -> None:
    views = ["--loss", "rosenbrock", "--view", "contour+slices/history", "--fps", "30", "-n", "300"]
    ours = gdanim("run", *SIZE, *views, "-o", "a.gif")
    theirs = peer("funcanimation.py", "pillow", "b.gif", "300", "contour")
    ratio = pairs(ours, theirs, folder, min(count, FEW))
    timed("301 frames of contour, slices, history", "≥ 15", ratio)


def surface(folder: Path, count: int) -> None:
    """What a fixed camera costs a frame beyond the curve, and how many processors an orbit keeps busy."""
    curve = gdanim("run", *LONG, "300", "-o", "a.gif")
    fixed = ["--loss", "himmelblau", "--view", "surface+history", "--fps", "30", "-n", "300"]
    ours = gdanim("run", *SIZE, *fixed, "-o", "a.gif")
    ratio = pairs(ours, curve, folder, count)
    beyond = 1000 * (ratio.ours - ratio.theirs) / 301
    print(f"{'301 frames of a surface, beyond the curve':42} {beyond:.2f} ms a frame   reach ≤ 2")
    before = os.times()
    run = once([*ours[:-2], "--orbit", "90", "-o", "a.gif"], folder)
    after = os.times()
    cpu = sum(after[2:4]) - sum(before[2:4])
    print(
        f"{'301 frames of an orbit':42} {run.seconds:.1f} s on {cpu / run.seconds:.2f} processors"
        "   reach 2 of 2"
    )


def graph(folder: Path, count: int) -> None:
    """What a frame of a graph costs, one of 20 edges and one that is shown in parts."""
    for name, loss, letters, start in (
        ("20 edges", mazur.LOSS, mazur.LET, mazur.WEIGHTS),
        ("60 edges, in parts", LARGE, {"x": 0.5}, (0.3,) * 20),
    ):
        let = [word for letter, value in letters.items() for word in ("--let", f"{letter}={value}")]
        view = ["--view", "graph", "--start", ",".join(map(str, start)), "--fps", "30"]
        command = gdanim("run", *SIZE, "--loss", loss, *let, *view)
        ratio = pairs(
            [*command, "-n", "5", "-o", "a.gif"],
            [*command, "-n", "0", "-o", "b.gif"],
            folder,
            min(count, FEW),
        )
        with Image.open(folder / "a.gif") as image:
            frames = image.n_frames - 1
        each = 1000 * (ratio.ours - ratio.theirs) / frames
        print(f"{f'{frames} frames of a graph, {name}':42} {each:.2f} ms a frame   reach ≤ 6")


def formula(folder: Path, count: int) -> None:
    ours = gdanim("run", *SIZE, "--loss", "w1^2 + 10*w2^2", "-o", "a.gif")
    named = gdanim("run", *SIZE, "--loss", "bowl", "-o", "a.gif")
    ratio = pairs(ours, named, folder, count)
    beyond = ratio.ours - ratio.theirs
    print(f"{'a formula, beyond a named loss':42} {beyond:.2f} s   reach ≤ 0.3")


def descent(_: Path, count: int) -> None:
    engine.main(count)


def learn(_: Path, count: int) -> None:
    learning.main(count)


def compare(folder: Path, count: int) -> None:
    """Six runs on one picture beside one run: time a frame."""
    race = ["--loss", "bowl:condition=20", "--fps", "30", "-n", "300", "--lr", "0.02"]
    names = ("gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
    six = [flag for name in names for flag in ("--optimizer", name)]
    none = gdanim("run", *SIZE, "--loss", "bowl:condition=20", "-n", "0", "-o", "a.gif")
    one = gdanim("run", *SIZE, *race, "-o", "a.gif")
    ratio = pairs(gdanim("run", *SIZE, *race, *six, "-o", "a.gif"), one, folder, count)
    start = min(once(none, folder).seconds for _ in range(3))
    each = (ratio.ours - start) / (ratio.theirs - start)
    print(f"{'6 runs overlaid / one run, time a frame':42} × {each:.2f}   reach ≤ 3")


def help_page(folder: Path, count: int) -> None:
    script = str(Path(sys.executable).parent / "gdanim")
    ratio = pairs([script, "--help"], [sys.executable, "-c", "import click"], folder, 3 * count)
    timed("gdanim --help / import click", "≤ 2", ratio, inverse=True)


ROWS: dict[str, Callable[[Path, int], None]] = {
    "help": help_page,
    "short": short,
    "size": size,
    "descent": descent,
    "learn": learn,
    "compare": compare,
    "surface": surface,
    "graph": graph,
    "formula": formula,
    "landscape": landscape,
    "growth": growth,
    "gif": long_gif,
    "mp4": long_mp4,
    "formats": formats.main,
    "second": formats.second,
}


def main(arguments: list[str]) -> None:
    count = 5
    if arguments[:1] == ["--pairs"]:
        count, arguments = int(arguments[1]), arguments[2:]
    print("medians of pairs, whole processes, 640×480\n")
    for name, row in ROWS.items():
        if arguments and not any(wanted in name for wanted in arguments):
            continue
        if missing():
            print(missing())
            return
        with tempfile.TemporaryDirectory() as folder:
            row(Path(folder), count)


if __name__ == "__main__":
    main(sys.argv[1:])
