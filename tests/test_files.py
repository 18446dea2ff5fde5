import fcntl
import os
import stat
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from multiprocessing import active_children
from operator import methodcaller
from pathlib import Path
from typing import Any

import pytest

from gdanim import GdanimError, Spec, animate
from gdanim.formats import WRITERS, Job
from gdanim.output.files import check_targets, replacing, sweep
from gdanim.output.gif import GifPlugin
from gdanim.output.writer import Writer
from gdanim.render import Picture
from tests.pictures import Pixels, size_of

FILES = [name for name, row in WRITERS.items() if not row.several]  # the others are in test_sequence
SPEC = Spec(size=(320, 240), iterations=2)
SHOWN = (
    "the descent on the curve of the loss, the loss at every iterate. Loss function L = (w − 2)². Learning"
    " rate η = 0.1, start 5. Still descending after 2 iterations. After 2 iterations: w = 3.920, L = 3.686."
)
ALT = f"Animation of gradient descent: {SHOWN}"
STILL = f"Picture of gradient descent at k = 2: {SHOWN}"


def only(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def test_one_rendering_writes_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "made"
    original = Picture.__init__

    def counting(self: Picture, *arguments: object) -> None:
        with made.open("a") as log:  # in whatever process it is drawn
            log.write("x")
        original(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Picture, "__init__", counting)
    animate(SPEC, tmp_path / "a.gif", tmp_path / "a.mp4")
    assert only(tmp_path) == ["a.gif", "a.mp4", "made"]
    assert made.read_text() == "x"


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, OSError(28, "No space left")])
def test_whatever_goes_wrong_the_earlier_file_is_intact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    for name in ("a.gif", "a.mp4"):
        (tmp_path / name).write_bytes(b"earlier")
    written = 0
    original = GifPlugin.write

    def write(self: GifPlugin, *arguments: Any, **named: Any) -> None:
        nonlocal written
        written += 1
        if written == 2:
            raise error
        original(self, *arguments, **named)

    monkeypatch.setattr(GifPlugin, "write", write)
    with pytest.raises((KeyboardInterrupt, RuntimeError, GdanimError)):
        animate(SPEC, tmp_path / "a.gif", tmp_path / "a.mp4")
    assert written == 2
    assert only(tmp_path) == ["a.gif", "a.mp4"]
    assert (tmp_path / "a.gif").read_bytes() == b"earlier"
    assert (tmp_path / "a.mp4").read_bytes() == b"earlier"
    assert active_children() == []


@pytest.mark.parametrize("format", FILES)
def test_every_format_is_whole_or_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], format: str
) -> None:
    """By the same steps for all in the table: written, to a file and to standard output; then not."""
    row, target = WRITERS[format], tmp_path / f"a.{format}"
    written = animate(SPEC, target, "-", format=format)
    data = target.read_bytes()
    assert capsysbinary.readouterr().out == data
    assert [output.format for output in written.outputs] == [format, format]
    assert size_of(target) == (320, 240)

    opened = row.open
    finished: list[Writer] = []

    def failing(path: Path, job: Job) -> Writer:
        writer = opened(path, job)
        write, count = writer.write, iter(range(9))

        def fails(pixels: Pixels, *, seconds: float) -> None:
            if next(count) == (0 if row.still else 1):
                raise OSError(28, "No space left on device")
            write(pixels, seconds=seconds)

        monkeypatch.setattr(writer, "write", fails)
        monkeypatch.setattr(writer, "finish", lambda: finished.append(writer))
        return writer

    monkeypatch.setitem(WRITERS, format, row._replace(open=failing))
    with pytest.raises(GdanimError, match=r"cannot write '.*': no space left on device"):
        animate(SPEC, target, "-", format=format)
    assert target.read_bytes() == data
    assert capsysbinary.readouterr().out == b""
    assert (only(tmp_path), finished) == ([target.name], [])


@pytest.mark.parametrize("format", FILES)
def test_every_format_holds_what_it_says_and_no_more(tmp_path: Path, format: str) -> None:
    row, target = WRITERS[format], tmp_path / f"a.{format}"
    odd = Spec(size=(321, 241), iterations=2)
    fastest = odd if row.still else replace(odd, fps=float(row.fastest), hold=0.0)
    result = animate(fastest, target)
    assert bool(result.notes) == row.even
    assert size_of(target) == ((322, 242) if row.even else (321, 241))
    if not row.still:
        with pytest.raises(GdanimError, match=f"fps: {row.name} cannot hold"):
            animate(replace(fastest, fps=row.fastest + 1.0), target)


@pytest.mark.parametrize("format", FILES)
def test_every_format_has_the_same_bytes_again_alone_and_beside_others(tmp_path: Path, format: str) -> None:
    animate(SPEC, tmp_path / f"a.{format}")
    animate(replace(SPEC, lang="pt"), tmp_path / f"b.{format}")
    animate(SPEC, tmp_path / f"c.{format}", tmp_path / "d.gif", tmp_path / "e.svg")
    one, other, again = ((tmp_path / f"{name}.{format}").read_bytes() for name in "abc")
    assert one == again != other


@pytest.mark.parametrize("format", FILES)
def test_every_format_shows_itself_in_a_notebook(format: str) -> None:
    shown, said = methodcaller("_repr_mimebundle_")(animate(SPEC, format=format))  # as IPython asks
    words, row = shown.pop("text/plain"), WRITERS[format]
    assert words.splitlines()[-1] == ("iterate 2" if row.still else "3 frames, 3.5 s")
    ((mime, content),) = shown.items()
    if row.mime.startswith("video/"):
        assert (mime, content[:6], f'src="data:{row.mime};base64,' in content) == (
            "text/html",
            "<video",
            True,
        )
        assert f'aria-label="{ALT}"' in content
        content = content.partition("base64,")[2].partition('"')[0]
    elif row.mime == "text/html":
        assert content.startswith(f'<iframe title="{ALT}" sandbox="allow-scripts"')
        page = unescape(content.partition('srcdoc="')[2].rpartition('"></iframe>')[0])
        assert page.encode() == animate(SPEC, format=format).data
        return
    else:
        assert (mime, said) == (row.mime, {row.mime: {"alt": STILL if row.still else ALT}})
    data = content.encode() if mime == "image/svg+xml" else b64decode(content, validate=True)
    assert data == animate(SPEC, format=format).data


@pytest.mark.parametrize("format", FILES)
def test_every_format_notes_what_it_does_not_hold(tmp_path: Path, format: str) -> None:
    row = WRITERS[format]
    asked = replace(SPEC, hold=1.0, pause=((0, 1.0),), loop=3, at=1)
    unheld = {"hold", "pause", "loop", "at"} - set(row.holds)
    notes = animate(asked, tmp_path / f"a.{format}").notes
    assert {note.split()[0].strip("-") for note in notes} == unheld
    assert all("changed nothing" in note for note in notes)
    if row.still:
        assert [note for note in notes if "does not move" not in note] == []


def test_a_full_disk_is_a_sentence() -> None:
    with pytest.raises(GdanimError, match="cannot write '/dev/full': no space left on device"):
        animate(SPEC, "/dev/full", format="gif")


def test_what_can_fail_half_way_is_delivered_first(tmp_path: Path) -> None:
    target = tmp_path / "a.gif"
    target.write_bytes(b"earlier")
    with pytest.raises(GdanimError, match="no space left"):
        animate(SPEC, target, "/dev/full", format="gif")
    assert target.read_bytes() == b"earlier"


def test_a_missing_folder_is_found_before_anything_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Picture, "frame", lambda *_: (tmp_path / "drawn").touch())
    with pytest.raises(GdanimError, match="there is no folder") as caught:
        animate(SPEC, tmp_path / "no" / "a.gif")
    assert caught.value.exit_code == 1
    assert only(tmp_path) == []


def test_a_link_keeps_pointing_to_what_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real.gif").write_bytes(b"earlier")
    (tmp_path / "link.gif").symlink_to("real.gif")
    animate(SPEC, tmp_path / "link.gif")
    assert (tmp_path / "link.gif").is_symlink()
    assert (tmp_path / "real.gif").read_bytes().startswith(b"GIF89a")


def test_permissions_are_those_of_the_file_replaced_or_of_a_new_one(tmp_path: Path) -> None:
    old, new, plain = tmp_path / "old", tmp_path / "new", tmp_path / "plain"
    old.touch()
    old.chmod(0o640)
    plain.touch()
    for path in (old, new):
        with replacing(str(path)) as (part,):
            part.write_bytes(b"x")
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert stat.S_IMODE(new.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


@contextmanager
def somebody() -> Iterator[None]:
    """Not root, whom no permission stops."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("a" * 300 + ".gif", "a.gif': file name too long"),
        ("q.gif/", "'q.gif/' names a folder; name a file in it"),
        ("frames/", "'frames/' names a folder; name a file in it, such as 'frames/animation.gif'"),
        ("there.gif/", "cannot write 'there.gif/': not a directory"),
        ("there.gif/a.gif", "cannot write 'there.gif/a.gif': not a directory"),
        ("folder", "'folder' is a folder"),
        ("", "a file without a name"),
        ("read-only.gif", "'read-only.gif' is read-only; to replace it all the same, allow that with chmod"),
        ("closed/a.gif", "cannot write 'closed/a.gif': permission denied"),
        ("another's.gif", "cannot write 'another's.gif': permission denied"),
        ("full/a.gif", "cannot write 'full/a.gif': permission denied"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, words: str
) -> None:
    tmp_path.chmod(0o755)
    for above in tmp_path.parents[:2]:  # pytest's own are closed to others
        above.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "there.gif").touch()
    (tmp_path / "read-only.gif").touch(0o444)
    (tmp_path / "another's.gif").touch(0o200 if os.geteuid() else 0o644)
    (tmp_path / "closed").mkdir(0o600)
    (tmp_path / "full").mkdir(0o555)
    with somebody(), pytest.raises(GdanimError) as caught:
        check_targets([target])
    assert words in str(caught.value)


def test_a_read_only_file_stays(tmp_path: Path) -> None:
    target = tmp_path / "a.gif"
    target.write_bytes(b"earlier")
    target.chmod(0o444)
    with pytest.raises(GdanimError, match="is read-only"):
        animate(SPEC, target)
    assert target.read_bytes() == b"earlier"
    target.chmod(0o644)
    animate(SPEC, target)
    assert target.read_bytes().startswith(b"GIF89a")


def test_a_second_name_for_the_same_file_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.gif").touch()
    (tmp_path / "link.gif").symlink_to("old.gif")
    (tmp_path / "hard.gif").hardlink_to(tmp_path / "old.gif")
    (tmp_path / "to-new.gif").symlink_to("new.gif")
    for one, other in (
        ("new.gif", "./new.gif"),
        ("new.gif", str(tmp_path / "new.gif")),
        ("new.gif", "to-new.gif"),
        ("old.gif", "link.gif"),
        ("old.gif", "hard.gif"),
    ):
        with pytest.raises(GdanimError, match=f"'{other}' is the same file as '{one}'"):
            check_targets([one, other])
    with pytest.raises(GdanimError, match=r"'new\.gif' is named twice"):
        check_targets(["new.gif", "new.gif"])
    check_targets(["old.gif", "new.gif"])


def test_a_folder_that_was_deleted_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(GdanimError, match=r"cannot write 'a\.gif': the working folder is no longer there"):
        animate(SPEC, "a.gif")
    animate(SPEC, tmp_path / "a.gif")
    assert only(tmp_path) == ["a.gif"]


def test_parts_of_the_dead_are_swept_and_nothing_else(tmp_path: Path) -> None:
    names = (
        "gdanim-1-0123456789abcdef.part",
        ".gdanim-0123456789abcdef.part",
        ".gdanim-1-0123.part",
        "a.part",
    )
    dead, living = (tmp_path / f".gdanim-{number}-0123456789abcdef.part" for number in (1, os.getpid()))
    for path in (dead, living, *(tmp_path / name for name in names)):
        path.touch()
    with living.open("rb") as holding:
        fcntl.flock(holding, fcntl.LOCK_EX)
        with replacing(str(tmp_path / "a.gif")) as (part,):
            assert not dead.exists()
            sweep(tmp_path)
            assert part.exists()
            assert f"-{os.getpid()}-" in part.name
    assert only(tmp_path) == sorted([living.name, *names, "a.gif"])


def test_few_file_handles_are_said_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(24, "Too many open files", "some font")

    monkeypatch.setattr(Picture, "__init__", fail)
    for painters in (0, 1):
        with pytest.raises(GdanimError, match=r"cannot write '.*a\.gif': too many open files$"):
            animate(SPEC, tmp_path / "a.gif", painters=painters)


@pytest.mark.parametrize("option", ["data", "path"])
def test_what_is_read_is_not_written_over(tmp_path: Path, option: str) -> None:
    read, link = tmp_path / "read.csv", tmp_path / "link.csv"
    read.write_text("x,y\n1,2\n2,3\n3,5\n" if option == "data" else "w\n5\n4\n3\n")
    link.symlink_to(read)
    before = read.read_bytes()
    spec = Spec(**{option: str(read)})  # type: ignore[arg-type]
    for target in (read, link):
        with pytest.raises(GdanimError, match=f"'{target}' is read, for --{option}; write to another file"):
            animate(spec, target, format="gif")
    assert read.read_bytes() == before
