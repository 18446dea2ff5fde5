"""A PNG for each frame: all of them or none, in place of all of an earlier sequence."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gdanim import GdanimError, Spec, animate
from gdanim.output import sequence
from gdanim.output.files import sweep
from gdanim.output.sequence import SequenceWriter
from gdanim.plan import plan
from gdanim.render import Picture

SPEC = Spec(size=(320, 240), iterations=3, tween=1)


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names(folder)}


def earlier(folder: Path, iterations: int = 5) -> dict[str, bytes]:
    """What an earlier, longer sequence left, beside a file of somebody's."""
    animate(Spec(size=(320, 240), iterations=iterations, theme="dark"), folder / "%02d.png")
    (folder / "notes.txt").write_bytes(b"mine")
    return contents(folder)


def test_every_frame_is_there_as_it_was_drawn(tmp_path: Path) -> None:
    made = animate(SPEC, tmp_path / "frames" / "a%03d.png", tmp_path / "b.gif")
    assert names(tmp_path) == ["b.gif", "frames"]
    assert names(tmp_path / "frames") == [f"a{i:03d}.png" for i in range(7)]
    assert made.frames == 7
    assert made.sizes[0] == sum(map(len, contents(tmp_path / "frames").values()))
    figure = plan(SPEC)
    picture = Picture(figure)
    for i, moment in enumerate(figure.timeline.moments):
        with Image.open(tmp_path / "frames" / f"a{i:03d}.png") as image:
            assert np.array_equal(np.asarray(image), picture.frame(moment)[..., :3])


def test_an_earlier_sequence_is_replaced_as_a_whole(tmp_path: Path) -> None:
    before = earlier(tmp_path, 12)
    assert len(before) == 14
    animate(SPEC, tmp_path / "%02d.png")
    after = contents(tmp_path)
    assert list(after) == [*(f"{i:02d}.png" for i in range(7)), "notes.txt"]
    assert after["notes.txt"] == b"mine"
    assert not set(after.values()) & set(before.values()) - {b"mine"}


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, OSError(28, "No space left on device")])
@pytest.mark.parametrize("there", [False, True])
def test_whatever_goes_wrong_all_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, there: bool
) -> None:
    folder = tmp_path / "frames"
    before = earlier(folder) if there else {}
    write = SequenceWriter.write

    def fails(self: SequenceWriter, pixels: Any, *, seconds: float) -> None:
        write(self, pixels, seconds=seconds)
        if len(list(next(tmp_path.rglob("*.parts")).iterdir())) == 3:
            raise error

    monkeypatch.setattr(SequenceWriter, "write", fails)
    with pytest.raises((KeyboardInterrupt, RuntimeError, GdanimError)):
        animate(SPEC, folder / "%02d.png", tmp_path / "a.gif")
    assert names(tmp_path) == (["frames"] if there else [])
    assert not there or contents(folder) == before


def test_what_cannot_be_moved_is_moved_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = earlier(tmp_path)
    rename, count = Path.rename, iter(range(99))

    def fails(self: Path, target: Path) -> Path:
        if next(count) == 9:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(GdanimError, match=r"cannot write '.*%02d\.png': input/output error"):
        animate(SPEC, tmp_path / "%02d.png")
    assert next(count) > 10
    assert contents(tmp_path) == before


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    folder = tmp_path / ".gdanim-1-0123456789abcdef.parts"
    folder.mkdir()
    (folder / "0").touch()
    folder.with_suffix(".part").touch()
    other = tmp_path / "mine.parts"
    other.mkdir()
    sweep(tmp_path)
    assert names(tmp_path) == ["mine.parts"]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("%d-%02d.png", "has several numbers in its name; one is needed, as in frames/%04d.png"),
        ("no/such/%04d.png", "no' is not there; make it first"),
        ("a.txt/%04d.png", "a.txt' is not a folder"),
        ("%02d.png", "'09.png' would be left behind the 7 frames, and is not gdanim's to remove"),
        ("x%d.png", "'x3.png' is a folder; remove it, or name another folder"),
        ("y%d.png", "'y0.png' is read-only; remove it"),
    ],
)
def test_what_cannot_be_written_is_said_before_anything_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, words: str
) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "x3.png").mkdir()
    (tmp_path / "y0.png").touch(0o444)
    Image.new("RGB", (9, 9)).save(tmp_path / "09.png")
    before = names(tmp_path)
    monkeypatch.setattr(Picture, "frame", lambda *_: pytest.fail("it was drawn"))
    with pytest.raises(GdanimError) as caught:
        animate(SPEC, tmp_path / target, painters=0)
    assert words in str(caught.value)
    assert names(tmp_path) == before


def test_a_sequence_is_many_files_of_its_own(tmp_path: Path) -> None:
    for other in ("a3.png", "a%02d.png", "a1%d.png", "./a%d.png"):
        with pytest.raises(GdanimError, match="is among the files of"):
            animate(SPEC, tmp_path / "a%d.png", f"{tmp_path}/{other}")
    with pytest.raises(GdanimError, match="a sequence is many files; name them"):
        animate(SPEC, "-", format="frames")
    with pytest.raises(GdanimError, match="format: a PNG sequence is many files; name them"):
        animate(SPEC, format="frames")
    with pytest.raises(GdanimError, match=r"'.*a\.png' has no number in its name"):
        animate(SPEC, tmp_path / "a.png", format="frames")
    animate(SPEC, tmp_path / "a%d.png", format="png")  # as it was asked for: a still of that name
    assert names(tmp_path) == ["a%d.png"]
    animate(SPEC, tmp_path / "b%d.png", tmp_path / "c%d.png", tmp_path / "b7x.png")
    assert len(names(tmp_path)) == 16


def test_a_sequence_says_what_it_does_not_hold(tmp_path: Path) -> None:
    asked = Spec(size=(320, 240), iterations=1, hold=1.0, loop=2, pause=((0, 3.0),), fps=2.0)
    notes = animate(asked, tmp_path / "%d.png").notes
    assert list(notes) == [
        f"--{name} changed nothing: a PNG sequence does not hold it" for name in ("pause", "hold", "loop")
    ]


def test_a_sequence_of_a_gigabyte_is_asked_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = Spec(size=(1920, 1080), iterations=9000)
    with pytest.raises(GdanimError, match=r"would have about 1 GB"):
        animate(many, tmp_path / "%04d.png")
    assert sequence.is_numbered("a/%d.png")
    assert not sequence.is_numbered("a%d/b.png")
