import os
import stat
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from gdanim import GdanimError, Spec, animate
from gdanim.output.files import replacing
from gdanim.output.gif import GifPlugin
from gdanim.render import Picture

SPEC = Spec(size=(320, 240), iterations=2)


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
