"""What a run leaves behind when it is killed, hung up, interrupted, or finds no room: `make faults`.

    python -m tests.faults [COUNT [SEED]]

Every fault meets files that are there already, and afterwards each is the old one or the new one, whole;
beside them nothing is left; and what is said is one sentence.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

GDANIM = Path(sys.executable).with_name("gdanim")
OLD = b"what stood there before"
SMALL = ["--size", "320x240"]
LONG = ["--tween", "999"]  # many frames of a short descent
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 60.0  # seconds; nothing here takes that long
NOTHING = "Interrupted; nothing was written.\n"


def start(folder: Path, *arguments: str, **settings: Any) -> subprocess.Popen[str]:
    """A run in a session of its own, whose stop signals are those of a terminal's foreground."""
    settings.setdefault("stderr", subprocess.PIPE)
    prepare = settings.pop("prepare", None)

    def born() -> None:
        for number in ENDINGS:  # a shell's background jobs ignore some of them from birth
            signal.signal(number, signal.SIG_DFL)
        if prepare:
            prepare()

    return subprocess.Popen(
        [GDANIM, *arguments],
        cwd=folder,
        text=True,
        start_new_session=True,
        preexec_fn=born,
        **{"stdout": subprocess.PIPE, "stdin": subprocess.DEVNULL, **settings},
    )


def outcome(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Its exit code and what it said, when nothing of its session is left."""
    _, said = process.communicate(timeout=PATIENCE)
    deadline = time.monotonic() + PATIENCE
    with suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(process.pid, 0)
            os.sched_yield()
        raise AssertionError("a process that draws was left behind")
    return process.returncode, said or ""


def whole(folder: Path, *targets: str) -> dict[str, bytes]:
    """What an undisturbed run writes."""
    for target in targets:
        assert outcome(start(folder, "run", "-q", *SMALL, "-o", target)) == (0, "")
    return {target: (folder / target).read_bytes() for target in targets}


def check(folder: Path, new: dict[str, bytes], killed: Sequence[int] = ()) -> Counter[str]:
    """Which of the files are old and which new; nothing in between, and nothing else.

    What the killed had begun may be there until another run sweeps it.
    """
    found = Counter[str]()
    for name, data in new.items():
        there = (folder / name).read_bytes()
        assert there in (OLD, data), f"{name} is neither old nor new: {len(there)} bytes"
        found["new" if there == data else "old"] += 1
    for name in set(os.listdir(folder)) - set(new):
        assert name.startswith(tuple(f".gdanim-{number}-" for number in killed)), name
    return found


def stopped(
    folder: Path,
    new: dict[str, bytes],
    number: int,
    *more: str,
    group: bool,
    after: Callable[[Any], None],
    killed: list[int],
) -> str:
    """One run over old files that is sent a signal, once or twice; what came of it."""
    for name in new:
        (folder / name).write_bytes(OLD)
    outputs = [word for name in new for word in ("-o", name)]
    process = start(folder, "run", "-q", *SMALL, *more, *outputs)
    after(process)
    send = os.killpg if group else os.kill
    with suppress(ProcessLookupError):
        send(process.pid, number)
        if number in ENDINGS:
            send(process.pid, number)  # an impatient second one
    code, said = outcome(process)
    if number == signal.SIGKILL:
        killed.append(process.pid)
    found = check(folder, new, killed)
    if number == signal.SIGKILL:
        assert (code, said) in ((-number, ""), (0, "")), (code, said)
        return f"killed, {'new' if found['new'] else 'old'}"
    if code == 0:  # too late
        assert (said, found["old"]) == ("", 0), said
        return "too late"
    if code == 128 + number and found["new"]:
        names = " and ".join(f"'{name}'" for name in new)
        assert said == f"Interrupted; {names} {'was' if len(new) == 1 else 'were'} written.\n"
        return "stopped, new"
    if code == 128 + number:
        assert said == NOTHING, said
        return "stopped, old"
    # Before Python has come to us it dies of signals in its own way.
    assert code == -number or (number == signal.SIGINT and f"{os.sep}gdanim{os.sep}" not in said), (
        code,
        said,
    )
    return "before us"


def moments(count: int, seed: int) -> Counter[str]:
    """Kills, hang-ups and interrupts at random moments, alone and to the whole group."""
    choose, results = random.Random(seed), Counter[str]()
    killed: list[int] = []
    with place() as folder:
        new = whole(folder, "a.gif", "a.mp4")
        begun = time.monotonic()
        whole(folder, "a.gif", "a.mp4")
        length = (time.monotonic() - begun) / 2
        for _ in range(count):
            names = choose.choice([["a.gif"], ["a.mp4"], ["a.gif", "a.mp4"]])
            number = choose.choice([*ENDINGS, signal.SIGKILL])
            moment = choose.uniform(0, 1.2 * length)

            def wait(process: Any, moment: float = moment) -> None:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(moment)

            for name in set(new) - set(names):
                (folder / name).unlink(missing_ok=True)
            wanted = {name: new[name] for name in names}
            came = stopped(folder, wanted, number, group=choose.random() < 0.5, after=wait, killed=killed)
            results[f"{signal.Signals(number).name}: {came}"] += 1
        whole(folder, "a.gif", "a.mp4")  # sweeps what the killed ones left
        check(folder, new)
    return results


def no_room(limits: int) -> Counter[str]:
    """File-size limits all over the length of a file, and a disk that is full, where one can be mounted."""
    results = Counter[str]()
    with place() as folder:
        new = whole(folder, "a.gif", "a.mp4")
        for name, data in new.items():
            for number in range(limits):
                limit = 1 + (len(data) - 2) * number // max(1, limits - 1)
                (folder / name).write_bytes(OLD)
                run = start(
                    folder, "run", "-q", *SMALL, "-o", name,
                    prepare=lambda limit=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
                )  # fmt: skip
                sentence = f"Error: --output: cannot write '{name}': file too large\n"
                assert outcome(run) == (1, sentence), (name, limit)
                assert check(folder, {name: data} | {n: d for n, d in new.items() if n != name})
                results[f"{name} under a limit"] += 1
        if os.geteuid() == 0 and shutil.which("mount"):
            disk = folder / "disk"
            disk.mkdir()
            mount = ["mount", "-t", "tmpfs", "-o", "size=32k", "none", str(disk)]
            if subprocess.run(mount, capture_output=True).returncode == 0:
                try:
                    for name in new:
                        (disk / name).write_bytes(OLD)
                        sentence = f"Error: --output: cannot write '{name}': no space left on device\n"
                        run = start(disk, "run", "-q", "--size", "960x540", "-o", name)
                        assert outcome(run) == (1, sentence)
                        assert (disk / name).read_bytes() == OLD
                        results[f"{name} on a full disk"] += 1
                    assert sorted(os.listdir(disk)) == sorted(new)
                finally:
                    subprocess.run(["umount", str(disk)], check=True)
    return results


def closed() -> Counter[str]:
    """Standard streams closed in every combination."""
    results = Counter[str]()
    with place() as folder:
        new = whole(folder, "a.gif")
        for mask in range(8):
            which = [number for number in (0, 1, 2) if mask >> number & 1]

            def close(which: list[int] = which) -> None:
                for number in which:
                    os.close(number)

            (folder / "a.gif").write_bytes(OLD)
            code, said = outcome(start(folder, "run", *SMALL, "-o", "a.gif", prepare=close))
            assert code == 0, (which, said)
            assert check(folder, new) == {"new": 1}
            assert bool(said) == (2 not in which)
            code, said = outcome(start(folder, "trace", prepare=close))
            sentence = "Error: cannot write to standard output: standard output is closed\n"
            assert (code, said) == ((1, sentence if 2 not in which else "") if 1 in which else (0, "")), which
            results["closed streams"] += 1
    return results


def together(writers: int, deaths: int) -> Counter[str]:
    """Writers of one file at the same time, some of them killed when they have begun."""
    with place() as folder:
        new = whole(folder, "a.gif")
        (folder / "a.gif").write_bytes(OLD)
        running = [start(folder, "run", "-q", *SMALL, "-o", "a.gif") for _ in range(writers)]
        for process in running[:deaths]:
            begun(folder, process)
            process.kill()
        codes = [outcome(process) for process in running]
        assert codes[deaths:] == [(0, "")] * (writers - deaths)
        whole(folder, "a.gif")
        check(folder, new)
    return Counter({"writers of one file": writers})


def begun(folder: Path, process: subprocess.Popen[str]) -> None:
    """Wait until a run has begun the file beside its target."""
    while not any(name.startswith(f".gdanim-{process.pid}-") for name in os.listdir(folder)):
        assert process.poll() is None
        os.sched_yield()


def painter_killed(name: str) -> Counter[str]:
    """The process that draws is killed."""
    with place() as folder:
        new = whole(folder, name)
        (folder / name).write_bytes(OLD)
        process = start(folder, "run", "-q", *SMALL, *LONG, "-o", name)
        begun(folder, process)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        if not children:  # one processor
            process.kill()
            outcome(process)
            return Counter()
        for child in children:
            os.kill(int(child), signal.SIGKILL)
        code, said = outcome(process)
        assert code == 1
        assert said.startswith("Error: the process that draws the frames was ended from outside")
        assert said.count("\n") == 1
        assert check(folder, new) == {"old": 1}
    return Counter({"drawing process killed": 1})


@contextmanager
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        yield Path(folder)


def main(count: int = 200, seed: int = 0) -> None:
    results = moments(count, seed) + no_room(12) + closed() + together(8, 2)
    results += painter_killed("a.gif") + painter_killed("a.mp4")
    for what, times in sorted(results.items()):
        print(f"{times:4}  {what}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
