"""The command's first and last moments, and what it does to the process it runs in."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gdanim.interrupts import Stopped, Stopping
from tests.faults import GDANIM, NOTHING

RUN = ["run", "-n", "1", "--size", "320x240", "-o", "a.gif"]
# Loaded by Python before anything of ours: sends a signal where a module is about to be imported.
ARRANGED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
class Finder:
    def find_spec(self, name, path, target=None):
        if name == os.environ["AT"]:
            sys.meta_path.remove(self)
            for _ in range(int(os.environ["TIMES"])):
                os.kill(os.getpid(), int(os.environ["SIGNAL"]))
sys.meta_path.insert(0, Finder())
"""


def arranged(folder: Path, at: str, number: int, times: int = 1) -> subprocess.CompletedProcess[str]:
    """A run that gets a signal when it first imports a module."""
    (folder / "sitecustomize.py").write_text(ARRANGED)
    given = {"PYTHONPATH": str(folder), "AT": at, "SIGNAL": str(int(number)), "TIMES": str(times)}
    inside = folder / "inside"
    inside.mkdir(exist_ok=True)
    result = subprocess.run(
        [GDANIM, *RUN], cwd=inside, env={**os.environ, **given}, capture_output=True, text=True
    )
    assert os.listdir(inside) == []
    return result


@pytest.mark.parametrize(
    "module",
    [
        "gdanim.streams",
        "gdanim.interrupts",
        "gdanim.cli",
        "click",
        "gdanim.spec",
        "gdanim.animation",
        "numpy",
        "gdanim.output.gif",
        "PIL.Image",
    ],
)
def test_ctrl_c_while_modules_load_is_answered_in_a_sentence(tmp_path: Path, module: str) -> None:
    result = arranged(tmp_path, module, signal.SIGINT)
    assert (result.returncode, result.stdout, result.stderr) == (130, "", NOTHING)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_polite_end_and_a_closed_terminal_are_answered_alike(tmp_path: Path, number: int) -> None:
    result = arranged(tmp_path, "gdanim.output.gif", number, times=2)
    assert (result.returncode, result.stdout, result.stderr) == (128 + number, "", NOTHING)


def test_what_a_parent_had_it_ignore_stays_ignored(tmp_path: Path) -> None:
    """As under nohup."""
    (tmp_path / "sitecustomize.py").write_text(ARRANGED)
    given = {"PYTHONPATH": str(tmp_path), "AT": "gdanim.output.gif", "SIGNAL": "1", "TIMES": "1"}
    result = subprocess.run(
        [GDANIM, *RUN],
        cwd=tmp_path,
        env={**os.environ, **given},
        capture_output=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    assert result.returncode == 0
    assert (tmp_path / "a.gif").exists()


@pytest.fixture(autouse=True)
def a_terminal_that_may_be_closed() -> Iterator[None]:
    """Also where the tests themselves run under nohup, by which SIGHUP is ignored."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def stopping(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stopping]:
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    stopping = Stopping()
    stopping.install()
    yield stopping
    for number, handler in before.items():
        signal.signal(number, handler)


def test_only_the_first_signal_is_raised(stopping: Stopping) -> None:
    with pytest.raises(Stopped) as caught:
        signal.raise_signal(signal.SIGTERM)
    assert caught.value.number == signal.SIGTERM
    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGTERM)


def test_a_signal_waits_until_what_must_not_be_cut_short_has_ended(stopping: Stopping) -> None:
    done: list[int] = []
    with pytest.raises(Stopped) as caught, stopping.held():  # noqa: PT012 - the end of the block raises
        with stopping.held():
            signal.raise_signal(signal.SIGHUP)
        done.append(1)
    assert (done, caught.value.number) == ([1], signal.SIGHUP)


def test_a_signal_is_not_lost_where_nothing_can_be_raised(stopping: Stopping) -> None:
    class Taken:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGTERM)  # SIGINT is ignored by what a shell starts in the background

    with pytest.raises(Stopped):  # noqa: PT012 - it is raised some time after the object is gone
        taken = Taken()
        del taken
        for _ in range(10_000_000):
            pass


@pytest.mark.parametrize("processors", [1, 2])
def test_without_a_home_nothing_is_said_of_it_nor_left(tmp_path: Path, processors: int) -> None:
    (tmp_path / "temporary").mkdir()
    given = {"HOME": "/dev/null/nobody", "TMPDIR": str(tmp_path / "temporary")}
    allowed = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "MPL"))}
    some = set(sorted(os.sched_getaffinity(0))[:processors])
    result = subprocess.run(
        [GDANIM, "run", "-q", "-n", "1", "--size", "320x240", "-o", "a.gif"],
        cwd=tmp_path,
        env={**allowed, **given},
        capture_output=True,
        preexec_fn=lambda: os.sched_setaffinity(0, some),
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    assert os.listdir(tmp_path / "temporary") == []
    assert sorted(os.listdir(tmp_path)) == ["a.gif", "temporary"]


def test_what_overflows_is_not_said_in_pythons_words(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import atexit, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'gdanim.descent':\n"
        "            import warnings\n"
        "            warnings.warn('overflow encountered in square', RuntimeWarning)\n"
        "sys.meta_path.insert(0, Finder())\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    result = subprocess.run([GDANIM, "trace", "-n", "1"], env=environment, capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")


def test_every_command_multiplies_in_one_thread_unless_told_otherwise() -> None:
    code = (
        "import os, sys; sys.argv = ['gdanim', 'trace', '-n', '1']\n"
        "from gdanim.__main__ import answering; answering()\n"
        "print(os.environ['OPENBLAS_NUM_THREADS'])"
    )
    plain = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    for environment, threads in ((plain, "1"), ({**plain, "OPENBLAS_NUM_THREADS": "2"}, "2")):
        result = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        )
        assert result.stdout.splitlines()[-1] == threads
