import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import artist
from matplotlib.lines import Line2D

from gdanim import GdanimError, Spec, animate, parallel
from gdanim.parallel import Painter, drawing, painters_for
from gdanim.plan import plan
from gdanim.render import Picture
from gdanim.timeline import Moment
from gdanim.timeline import plan as lay_out
from tests.pictures import Pixels

CURVE = Spec(size=(320, 240))
ORBIT = Spec(loss="himmelblau", view="surface", orbit=60.0, size=(320, 240))


CAN_FORK = parallel.can_fork


@pytest.fixture(autouse=True)
def _forking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fork whatever threads other tests have left, as PyAV's decoding does."""
    monkeypatch.setattr(parallel, "can_fork", lambda: True)


def painted(spec: Spec) -> Picture:
    return Picture(plan(spec))


def drawn(spec: Spec, moments: tuple[Moment, ...], painters: int) -> list[Pixels]:
    with drawing(partial(painted, spec), spec.rendered, painters) as draw:
        return [pixels.copy() for pixels in draw(moments)]


def forks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The processes that draw from now on."""
    made: list[int] = []
    start = Painter.__init__

    def counting(self: Painter, *arguments: Any) -> None:
        made.append(1)
        start(self, *arguments)

    monkeypatch.setattr(Painter, "__init__", counting)
    return made


@pytest.fixture(params=[0, 1, 3])
def painters(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.mark.parametrize("spec", [CURVE, ORBIT])
def test_whoever_draws_the_frames_are_the_same(
    spec: Spec, painters: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments, made = lay_out(iterations=24).moments, forks(monkeypatch)
    alone = painted(spec)
    frames = drawn(spec, moments, painters)
    assert len(made) == painters
    assert len(frames) == 25
    for moment, frame in zip(moments, frames, strict=True):
        assert np.array_equal(frame, alone.frame(moment)), moment
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_frames_than_are_drawn_ahead(count: int, painters: int) -> None:
    assert len(drawn(CURVE, tuple(Moment(k) for k in range(count)), painters)) == count


def test_what_a_picture_refuses_is_raised_here(painters: int) -> None:
    with pytest.raises(GdanimError, match="theme: unknown theme 'nope'") as caught:
        drawn(Spec(theme="nope"), (Moment(0),), painters)
    assert (caught.value.where, caught.value.exit_code) == (("theme",), 2)
    assert multiprocessing.active_children() == [], painters


def test_a_bug_keeps_its_trace(tmp_path: Path, painters: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(self: Picture, moment: Moment) -> None:
        raise ZeroDivisionError(f"at {moment.k}")

    monkeypatch.setattr(Picture, "frame", stumble)
    with pytest.raises(ZeroDivisionError, match="at 0") as caught:
        animate(CURVE, tmp_path / "a.gif", painters=painters)
    if painters:
        assert "in stumble" in str(caught.value.__cause__)
    assert os.listdir(tmp_path) == []


def test_a_process_that_is_ended_from_outside_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.gif").write_bytes(b"earlier")
    monkeypatch.setattr(Picture, "frame", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(GdanimError, match="was ended from outside") as caught:
        animate(CURVE, tmp_path / "a.gif", painters=1)
    assert caught.value.exit_code == 1
    assert (tmp_path / "a.gif").read_bytes() == b"earlier"


def test_nothing_is_forked_beside_a_thread_of_pythons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "can_fork", CAN_FORK)
    made, finish = forks(monkeypatch), threading.Event()
    thread = threading.Thread(target=finish.wait)
    thread.start()
    try:
        animate(CURVE, tmp_path / "a.gif", painters=2)
    finally:
        finish.set()
        thread.join()
    assert not made


@pytest.mark.parametrize(("left", "count"), [(1, 2), (2, 0), (0, 0)])
def test_of_other_threads_those_count_that_a_fork_leaves(
    monkeypatch: pytest.MonkeyPatch, left: int, count: int
) -> None:
    monkeypatch.setattr(parallel, "can_fork", CAN_FORK)
    monkeypatch.setattr(parallel, "python_threads", lambda: 1)  # whatever runs the tests has threads, too
    asked: list[int] = []

    def threads() -> int:
        asked.append(1)
        return 3 if len(asked) == 1 else left

    monkeypatch.setattr(parallel, "threads_here", threads)
    made = forks(monkeypatch)
    assert len(drawn(CURVE, (Moment(0),), 2)) == 1
    assert len(made) == count


def test_in_one_interpreter_the_second_figure_is_drawn_beside_this_process_too(tmp_path: Path) -> None:
    """numpy's own threads, which are there when it is loaded, are no reason against it."""
    code = """
import os, sys
import numpy as np
np.ones((900, 900)) @ np.ones((900, 900))
from gdanim import Spec, animate
from gdanim.parallel import Painter
made, start = [], Painter.__init__
Painter.__init__ = lambda self, *arguments: made.append(1) or start(self, *arguments)
for number in range(3):
    animate(Spec(size=(320, 240)), f"{number}.gif", painters=1)
print(len(os.listdir("/proc/self/task")), len(made))
"""
    command = [sys.executable, "-W", "error", "-c", code]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "2"}
    result = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert result.stdout.split()[1] == "3"
    assert result.stderr == ""


def test_a_worker_of_a_pool_draws_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "can_fork", CAN_FORK)
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def work() -> None:
        fork = os.fork
        os.fork = lambda: sender.send("forked") or fork()  # type: ignore[func-returns-value]
        animate(CURVE, tmp_path / "a.gif", painters=3)
        sender.send("done")

    for daemon in (True, False):  # a pool's, an executor's
        process = context.Process(target=work, daemon=daemon)
        process.start()
        assert receiver.recv() == "done"
        process.join()
        assert process.exitcode == 0
    assert (tmp_path / "a.gif").read_bytes().startswith(b"GIF89a")


@pytest.mark.parametrize(
    ("pixels", "frames", "heavy", "count"),
    [
        ((320, 240), 3, True, 1),
        ((320, 240), 21, True, 2),
        ((320, 240), 300, True, 8),
        ((320, 240), 40, True, 5),
        ((7680, 4320), 5000, True, 1),
        ((320, 240), 5000, False, 1),
        ((320, 240), 2, False, 1),
    ],
)
def test_no_more_are_forked_than_pay(
    monkeypatch: pytest.MonkeyPatch, pixels: tuple[int, int], frames: int, heavy: bool, count: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))
    monkeypatch.setattr(parallel, "drawn_before", lambda: False)
    assert painters_for(pixels, frames, heavy=heavy) == count


def test_a_few_frames_are_drawn_here_once_all_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))
    animate(CURVE, tmp_path / "a.gif", painters=0)
    assert painters_for((320, 240), 21, heavy=False) == 0
    assert painters_for((320, 240), 301, heavy=False) == 1
    assert painters_for((320, 240), 21, heavy=True) == 2


@pytest.mark.parametrize("started", [0, 1])
def test_what_cannot_be_forked_is_drawn_by_those_that_there_are(
    monkeypatch: pytest.MonkeyPatch, started: int
) -> None:
    forked: list[int] = []
    fork = os.fork

    def refusing() -> int:
        if len(forked) == started:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        forked.append(1)
        return fork()

    monkeypatch.setattr(os, "fork", refusing)
    assert len(drawn(CURVE, (Moment(0), Moment(1)), 3)) == 2
    assert len(forked) == started
    assert multiprocessing.active_children() == []


class TwoWordsError(Exception):
    """Can be pickled, but not read again."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} {two}")


@pytest.mark.parametrize(
    "error", [TwoWordsError("so", "it is"), EOFError("so it is"), MemoryError("so it is")]
)
def test_every_error_of_the_drawing_is_told(
    painters: int, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Picture, "frame", fail)
    with pytest.raises((type(error), RuntimeError), match="so it is"):
        drawn(CURVE, (Moment(0),), painters)


def test_what_the_system_refuses_the_drawing_is_not_said_of_the_file(
    tmp_path: Path, painters: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no folder for fonts")

    monkeypatch.setattr(Picture, "__init__", fail)
    with pytest.raises(GdanimError, match=r"^cannot draw: no folder for fonts$"):
        animate(CURVE, tmp_path / "a.gif", painters=painters)


def test_drawing_here_leaves_the_process_as_it_was(tmp_path: Path) -> None:
    before = (gc.isenabled(), gc.get_freeze_count(), dict(os.environ))
    animate(CURVE, tmp_path / "a.gif", painters=0)
    with pytest.raises(GdanimError):
        animate(replace(CURVE, theme="nope"), tmp_path / "a.gif", painters=0)
    after = (gc.isenabled(), gc.get_freeze_count(), dict(os.environ))
    assert after[0] == before[0]
    assert after[1] <= before[1]
    after[2].pop("PYTEST_CURRENT_TEST", None)
    before[2].pop("PYTEST_CURRENT_TEST", None)
    assert after[2] == before[2]


def test_nothing_is_forked_on_one_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert painters_for((320, 240), 5000, heavy=True) == 0


def test_matplotlib_still_writes_docstrings_where_startup_leaves_them_out() -> None:
    """The names that startup.leave_out_docstrings replaces are those that do the work."""
    assert "Properties:" in str(Line2D.set.__doc__)
    assert callable(artist.kwdoc)
    assert isinstance(vars(artist.Artist)["_update_set_signature_and_docstring"], classmethod)
