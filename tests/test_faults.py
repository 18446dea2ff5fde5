"""A part of `make faults`: what happens at moments that are known, and what does not depend on one."""

import os
import signal
from functools import partial
from pathlib import Path

import pytest

from tests import faults


@pytest.mark.parametrize("group", [False, True])
@pytest.mark.parametrize("number", [*faults.ENDINGS, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_the_earlier_file(tmp_path: Path, number: int, group: bool) -> None:
    new = {"a.gif": b"no run gets that far", "a.mp4": b"nor that"}
    begun = partial(faults.begun, tmp_path)
    came = faults.stopped(tmp_path, new, number, *faults.LONG, group=group, after=begun, killed=[])
    assert came == ("killed, old" if number == signal.SIGKILL else "stopped, old")


def test_what_a_killed_run_left_is_swept_by_the_next_and_a_living_one_is_not(tmp_path: Path) -> None:
    long = ["run", "-q", *faults.LONG, "-o", "a.gif"]
    dead, living = (faults.start(tmp_path, *long) for _ in range(2))
    faults.begun(tmp_path, dead)
    faults.begun(tmp_path, living)
    dead.kill()
    assert faults.outcome(dead) == (-signal.SIGKILL, "")
    assert len(os.listdir(tmp_path)) == 2
    new = faults.whole(tmp_path, "a.gif")
    left = set(os.listdir(tmp_path)) - set(new)
    assert [name.split("-")[1] for name in left] == [str(living.pid)]
    living.terminate()
    assert faults.outcome(living) == (128 + signal.SIGTERM, faults.NOTHING)
    faults.check(tmp_path, new)


def test_files_find_no_room() -> None:
    assert faults.no_room(3)["a.mp4 under a limit"] == 3


def test_streams_are_closed() -> None:
    assert faults.closed() == {"closed streams": 8}


def test_several_write_one_file() -> None:
    assert faults.together(3, 1)


@pytest.mark.parametrize("name", ["a.gif", "a.mp4"])
def test_the_drawing_process_is_killed(name: str) -> None:
    faults.painter_killed(name)
