"""Would the tests notice? `python -m tests.mutants [--seed N] [--count 60]`: faults put in by chance.

Each fault is put into a copy of the project in a temporary folder and judged there by the tests that
call its function (measured once for each state of the sources), the quickest first. Functions that
send signals are left alone: what a fault of theirs would hit is anybody's.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

from tests.faulty import Fault, faults_in

ROOT = Path(__file__).parent.parent
COPIED = ("gdanim", "tests", "examples", "README.md", "pyproject.toml", "Makefile")
JUDGED = 40.0  # seconds of tests, as they took when nothing was wrong, by which a fault is judged
LIMIT = 240.0  # seconds after which a fault has made a test hang, which is noticed
MEMORY, FILE = 12 << 30, 1 << 30  # bytes that a faulty run may have, and may write into a file
TOGETHER = 2
running: set[int] = set()  # sessions of the tests that run now
WANTED = 0.85
RECORD, SELECT = "GDANIM_MUTANTS_RECORD", "GDANIM_MUTANTS_SELECT"
# What runs in processes of its own is not seen by measuring: which tests start those.
STARTED = {
    "__main__.py": ("test_startup.py", "test_faults.py"),
    "cli/__init__.py": ("test_cli.py",),
    "startup.py": ("test_startup.py",),
    "streams.py": ("test_faults.py", "test_cli.py", "test_startup.py"),
    "interrupts.py": ("test_faults.py", "test_parallel.py", "test_startup.py"),
    "parallel.py": ("test_parallel.py",),
    "output/files.py": ("test_files.py", "test_faults.py"),
    "sources.py": ("test_function.py", "test_paths.py"),
    # Tables, of which nothing is called.
    "formats.py": ("test_contracts.py",),
    "learning.py": ("test_spec.py",),
    "runs.py": ("test_spec.py",),
    "spec.py": ("test_spec.py",),
    "delivery.py": ("test_spec.py",),
}
# Tests that fail now and then with nothing wrong: what they say is no evidence.
UNSTEADY = (
    "tests/test_video.py::test_the_bytes_do_not_depend_on_the_number_of_processors",
    "tests/test_video.py::test_two_runs_give_identical_bytes",
)
# Faults that no test should notice: (file, what was changed) and why; by what stands there, not by line.
EQUIVALENT: dict[tuple[str, str], str] = {
    (
        "diagnosis/evidence.py",
        "tiny.any() and vectors[tiny].any() → (tiny.any() or vectors[tiny].any())",
    ): "only the slower of two ways is taken more often, to the same lengths",
    (
        "losses/operations.py",
        "-1.0 → (1.0) in `if _is(b, -1.0):`",
    ): "a/−1 is then left as it is, which is −a to the bit",
    ("losses/operations.py", "return a → return None"): "a + 0 is then left as it is, which is a to the bit",
    (
        "losses/surfaces.py",
        "2.0 → 3.0 in `domain=((-1.0, 4.0), (-1.5, 2.0)),`",
    ): "how much of a landscape is worth seeing is taste",
    (
        "losses/surfaces.py",
        "5.0 → 7.5 in `domain=((-5.0, 5.0), (-5.0, 5.0)),`",
    ): "how much of a landscape is worth seeing is taste",
    (
        "output/palette.py",
        "np.append(first[1:], len(points)) → np.append(len(points), first[1:])",
    ): "the ends of all clusters, in another order, and what is done is done to all of them",
    ("output/palette.py", "right[last] = 1.0 → pass"): "what is worked out there is overwritten",
    ("output/palette.py", "1.0 → 1.5 in `right[last] = 1.0`"): "what is worked out there is overwritten",
    (
        "output/palette.py",
        "24 → 25 in `self._index = np.zeros(1 << 24, np.uint16)`",
    ): "room for colours that there are not",
    (
        "views/nextword.py",
        "round(place.left + tick * (place.right - place.left)) + 0.5 →"
        " (round(place.left + tick * (place.right - place.left)) - 0.5)",
    ): "a grid line a pixel wide stands on one or on the next",
    (
        "parallel.py",
        "3 → 4 in `AHEAD = 3  # frames under way in each process; memory stays flat`",
    ): "how far drawing is ahead is taste",
    ("parallel.py", "other.close() → pass"): "the collector closes it when the painter's start returns",
    (
        "render.py",
        "1 → 2 in `axes = [figure.add_axes((0, 0, 1, 1),"
        ' label=f"{kind.name} {i} {cell}") for i in range(kind.panels)]`',
    ): "axes are moved to their place in the next line",
    (
        "views/base.py",
        "0.06 → 0.09 in `width = max(1.0, 0.06 * size)`",
    ): "how wide a grid line is, is taste",
    (
        "views/marks.py",
        "True → False in `context.set_foreground(self._edge, isRGBA=True)`",
    ): "the colour is then converted once more, to itself",
    (
        "views/marks.py",
        "True → False in `triangle = Path(np.array([tip, neck + wing, neck - wing, tip]), closed=True)`",
    ): "it ends where it began, and only its inside is drawn",
}


class Seen(NamedTuple):
    """What the tests called when nothing was wrong.

    Attributes:
        seconds: how long each test took that passed.
        functions: for each file of the package the tests that called each function, by its first line.
    """

    seconds: dict[str, float]
    functions: dict[str, dict[str, list[str]]]

    def judges(self, fault: Fault) -> list[str]:
        """The tests that concern a fault, the quickest first."""
        called = self.functions.get(fault.file, {})
        # What stands outside functions is done at the import: it concerns all that use the module.
        names = {test for tests in called.values() for test in tests}
        if fault.function:
            names = set(called.get(str(fault.function), ()))
        names |= {t for t in self.seconds if Path(t.partition("::")[0]).name in STARTED.get(fault.file, ())}
        ordered = sorted(
            (names & self.seconds.keys()) - {*UNSTEADY}, key=lambda test: (self.seconds[test], test)
        )
        sums = accumulate(self.seconds[test] for test in ordered)
        return [test for test, total in zip(ordered, sums, strict=True) if total <= JUDGED]


def copied(folder: Path) -> Path:
    """A copy of the project, to which whatever happens."""
    for name in COPIED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "benchmarks")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def tested(folder: Path, arguments: list[str], limit: float, **extra: str) -> tuple[int | None, str]:
    """pytest's exit code in a copy, None after the time limit, and what it said."""
    # Neither a fault's files nor its byte code outlive it.
    beside = folder.with_suffix(".tmp")
    beside.mkdir(exist_ok=True)
    place = {"PYTHONPATH": str(folder), "TMPDIR": str(beside), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "tests.measured", "-p", "no:cacheprovider", *arguments]
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **place, **extra},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=limited,
        text=True,
        errors="replace",
    ) as process:
        running.add(process.pid)
        try:
            said, _ = process.communicate(timeout=limit)
            code: int | None = process.returncode
        except subprocess.TimeoutExpired:
            said, code = "", None
        finally:
            end(process.pid)  # and whatever it has started and left
            running.discard(process.pid)
    shutil.rmtree(beside, ignore_errors=True)
    return code, said


def end(session: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)


def end_all(*_: object) -> None:
    """Leave nothing running when this is interrupted."""
    for session in list(running):
        end(session)
    raise SystemExit(130)


def measured() -> Seen:
    """What the tests call; kept in the temporary folder for this state of the sources."""
    state = hashlib.sha256()
    for path in sorted(p for name in ("gdanim", "tests") for p in (ROOT / name).rglob("*.py")):
        state.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    kept = Path(tempfile.gettempdir()) / f"gdanim-mutants-{state.hexdigest()[:16]}.json"
    if not kept.exists():
        with tempfile.TemporaryDirectory() as folder:
            result = Path(folder) / "seen.json"
            code, said = tested(copied(Path(folder) / "copy"), [], 3600, **{RECORD: str(result)})
            if code != 0:
                print(f"Without any fault not all is well; such tests judge nothing.\n{said[-2000:]}")
            shutil.copy(result, kept)
    return Seen(**json.loads(kept.read_text()))


def judged(fault: Fault, seen: Seen, folder: Path) -> str | None:
    """Which test noticed a fault put into a copy; None where none did."""
    tests = seen.judges(fault)
    if not tests:
        return None
    path, selected = folder / "gdanim" / fault.file, folder.with_suffix(".json")
    right = path.read_bytes()
    selected.write_text(json.dumps(tests))
    path.write_bytes(fault.put_into(right))
    try:
        files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
        code, said = tested(folder, ["-x", "--tb=no", *files], LIMIT, **{SELECT: str(selected)})
    finally:
        path.write_bytes(right)
    if code == 0:
        return None
    failed = [line for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return "it hangs" if code is None else failed[0][:100] if failed else f"pytest ends with {code}"


def drawn(seed: int, count: int) -> list[Fault]:
    """Faults by chance: first of what sort, then where, so that no sort crowds out another."""
    every = [
        fault
        for path in sorted((ROOT / "gdanim").rglob("*.py"))
        if path.parent.name != "lang"
        for fault in faults_in(path, str(path.relative_to(ROOT / "gdanim")))
    ]
    sorts = sorted({fault.sort for fault in every})
    chance = random.Random(seed)
    chosen: dict[tuple[str, int], Fault] = {}
    while len(chosen) < min(count, len(every)):
        sort = chance.choice(sorts)
        fault = chance.choice([fault for fault in every if fault.sort == sort])
        chosen.setdefault((fault.file, fault.start), fault)
    return list(chosen.values())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--only", default="", help="faults in files whose path begins so")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, end_all)
    signal.signal(signal.SIGINT, end_all)
    faults = [f for f in drawn(wanted.seed, wanted.count) if f.file.startswith(wanted.only)]
    seen = measured()
    survived = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(TOGETHER) as pool:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(TOGETHER):
            copies.put(copied(Path(folder) / str(number)))

        def judge(fault: Fault) -> str | None:
            copy = copies.get()
            try:
                return judged(fault, seen, copy)
            finally:
                copies.put(copy)

        for fault, noticed in zip(faults, pool.map(judge, faults), strict=True):
            print(f"{'noticed ' if noticed else 'SURVIVED'} {fault}   {noticed or ''}", flush=True)
            if not noticed:
                survived.append(fault)
    meant = [fault for fault in survived if (fault.file, fault.what) in EQUIVALENT]
    for fault in survived:
        print(f"survived {fault}: {EQUIVALENT.get((fault.file, fault.what), 'nobody has said why')}")
    share = 1 - len(survived) / max(1, len(faults))
    print(
        f"seed {wanted.seed}: {len(faults) - len(survived)} of {len(faults)} noticed, {share:.0%};", end=" "
    )
    print(f"{len(meant)} of the others change nothing that a test should see")
    return 0 if share >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
