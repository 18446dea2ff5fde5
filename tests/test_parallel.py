import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import artist
from matplotlib.lines import Line2D

from gdanim import GdanimError, Spec, animate, parallel
from gdanim.descent import loss_of, trace
from gdanim.parallel import drawing
from gdanim.render import Picture
from gdanim.timeline import Moment, plan
from tests.pictures import Pixels

CURVE = Spec(size=(320, 240))
ORBIT = Spec(loss="himmelblau", view="surface", orbit=60.0, size=(320, 240))


def traced(spec: Spec) -> Callable[[], Any]:
    loss = loss_of(spec)
    return lambda: (loss, trace(spec, loss))


def drawn(spec: Spec, moments: tuple[Moment, ...]) -> list[Pixels]:
    with drawing(spec, traced(spec)) as draw:
        return [pixels.copy() for pixels in draw(moments)]


@pytest.fixture(params=[0, 1, 3])
def painters(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(parallel, "_painters", lambda _: request.param)
    return int(request.param)


@pytest.mark.usefixtures("painters")
@pytest.mark.parametrize("spec", [CURVE, ORBIT])
def test_whoever_draws_the_frames_are_the_same(spec: Spec) -> None:
    moments = plan(iterations=24).moments
    alone = Picture(spec, *traced(spec)())
    frames = drawn(spec, moments)
    assert len(frames) == 25
    for moment, frame in zip(moments, frames, strict=True):
        assert np.array_equal(frame, alone.frame(moment)), moment
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("painters")
@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_frames_than_are_drawn_ahead(count: int) -> None:
    assert len(drawn(CURVE, tuple(Moment(k) for k in range(count)))) == count


def test_what_a_picture_refuses_is_raised_here(painters: int) -> None:
    with pytest.raises(GdanimError, match="theme: unknown theme 'nope'") as caught:
        drawn(Spec(theme="nope"), (Moment(0),))
    assert (caught.value.where, caught.value.exit_code) == (("theme",), 2)
    assert multiprocessing.active_children() == [], painters


def test_a_bug_keeps_its_trace(tmp_path: Path, painters: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(self: Picture, moment: Moment) -> None:
        raise ZeroDivisionError(f"at {moment.k}")

    monkeypatch.setattr(Picture, "frame", stumble)
    with pytest.raises(ZeroDivisionError, match="at 0") as caught:
        animate(CURVE, tmp_path / "a.gif")
    if painters:
        assert "in stumble" in str(caught.value.__cause__)
    assert os.listdir(tmp_path) == []


def test_a_process_that_is_ended_from_outside_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.gif").write_bytes(b"earlier")
    monkeypatch.setattr(parallel, "_painters", lambda _: 1)
    monkeypatch.setattr(Picture, "frame", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(GdanimError, match="was ended from outside") as caught:
        animate(CURVE, tmp_path / "a.gif")
    assert caught.value.exit_code == 1
    assert (tmp_path / "a.gif").read_bytes() == b"earlier"


def test_nothing_is_forked_beside_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    monkeypatch.setattr(parallel, "_can_fork", lambda: True)
    assert (parallel._painters(CURVE), parallel._painters(replace(ORBIT, iterations=99))) == (1, 3)
    monkeypatch.undo()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    finish = threading.Event()
    thread = threading.Thread(target=finish.wait)
    thread.start()
    try:
        assert parallel._painters(CURVE) == 0
    finally:
        finish.set()
        thread.join()


@pytest.mark.parametrize(
    ("settings", "count"),
    [
        ({"iterations": 2}, 1),
        ({"iterations": 20}, 2),
        ({"iterations": 2, "tween": 99}, 8),
        ({"iterations": 5000, "seconds": 4.0, "fps": 10.0}, 5),
        ({"iterations": 5000, "size": (7680, 4320)}, 1),
        ({"iterations": 5000, "orbit": 0.0}, 1),
    ],
)
def test_no_more_are_forked_than_pay(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], count: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))
    monkeypatch.setattr(parallel, "_can_fork", lambda: True)
    assert parallel._painters(replace(ORBIT, **settings)) == count


@pytest.mark.parametrize("started", [0, 1])
def test_what_cannot_be_forked_is_drawn_by_those_that_there_are(
    monkeypatch: pytest.MonkeyPatch, started: int
) -> None:
    monkeypatch.setattr(parallel, "_painters", lambda _: 3)
    forks: list[int] = []
    fork = os.fork

    def refusing() -> int:
        if len(forks) == started:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        forks.append(1)
        return fork()

    monkeypatch.setattr(os, "fork", refusing)
    assert len(drawn(CURVE, (Moment(0), Moment(1)))) == 2
    assert len(forks) == started
    assert multiprocessing.active_children() == []


class TwoWordsError(Exception):
    """Can be pickled, but not read again."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} {two}")


@pytest.mark.usefixtures("painters")
@pytest.mark.parametrize(
    "error", [TwoWordsError("so", "it is"), EOFError("so it is"), MemoryError("so it is")]
)
def test_every_error_of_the_drawing_is_told(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Picture, "frame", fail)
    with pytest.raises((type(error), RuntimeError), match="so it is"):
        drawn(CURVE, (Moment(0),))


@pytest.mark.usefixtures("painters")
def test_what_the_system_refuses_the_drawing_is_not_said_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no folder for fonts")

    monkeypatch.setattr(Picture, "__init__", fail)
    with pytest.raises(GdanimError, match=r"^cannot draw: no folder for fonts$"):
        animate(CURVE, tmp_path / "a.gif")


def test_drawing_here_leaves_the_process_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "_painters", lambda _: 0)
    before = (gc.isenabled(), gc.get_freeze_count(), dict(os.environ))
    animate(CURVE, tmp_path / "a.gif")
    with pytest.raises(GdanimError):
        animate(replace(CURVE, theme="nope"), tmp_path / "a.gif")
    after = (gc.isenabled(), gc.get_freeze_count(), dict(os.environ))
    assert after[0] == before[0]
    assert after[1] <= before[1]
    after[2].pop("PYTEST_CURRENT_TEST", None)
    before[2].pop("PYTEST_CURRENT_TEST", None)
    assert after[2] == before[2]


def test_nothing_is_forked_on_one_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert parallel._painters(ORBIT) == 0


def test_a_process_that_may_have_no_children_draws_by_itself(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    process = context.Process(target=animate, args=(CURVE, tmp_path / "a.gif"), daemon=True)
    process.start()
    process.join()
    assert process.exitcode == 0
    assert (tmp_path / "a.gif").read_bytes().startswith(b"GIF89a")


def test_matplotlib_still_writes_docstrings_where_startup_leaves_them_out() -> None:
    """The names that startup.leave_out_docstrings replaces are those that do the work."""
    assert "Properties:" in str(Line2D.set.__doc__)
    assert callable(artist.kwdoc)
    assert isinstance(vars(artist.Artist)["_update_set_signature_and_docstring"], classmethod)
