"""Whole processes timed in pairs: A B A B …, so that a machine that slows down slows both."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

GDANIM = [sys.executable, "-m", "gdanim"]
PEERS = Path(__file__).parents[3] / "shared" / "bench"


class Run(NamedTuple):
    seconds: float
    kilobytes: int
    processor: float  # seconds, of all its processes


class Ratio(NamedTuple):
    """Medians over the pairs."""

    ours: float
    theirs: float
    ratio: float
    lowest: float
    highest: float


def once(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end: wall seconds and peak memory."""
    given = {**os.environ, **(environment or {})}
    given.pop("PYTHONDONTWRITEBYTECODE", None)  # as a user's: what has run once is not compiled again
    start = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=folder,
        env=given,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: {errors.decode()[-500:]}")
    return Run(time.perf_counter() - start, usage.ru_maxrss, usage.ru_utime + usage.ru_stime)


def pairs(
    ours: Sequence[str],
    theirs: Sequence[str],
    folder: Path,
    count: int,
    environment: Mapping[str, str] | None = None,
) -> Ratio:
    """Theirs divided by ours, pair by pair, after one run of each that is not counted."""
    once(ours, folder)
    if count > 2:
        once(theirs, folder, environment)
    a, b = [], []
    for _ in range(count):
        a.append(once(ours, folder).seconds)
        b.append(once(theirs, folder, environment).seconds)
    ratios = [y / x for x, y in zip(a, b, strict=True)]
    median = statistics.median
    return Ratio(median(a), median(b), median(ratios), min(ratios), max(ratios))


def gdanim(*arguments: str) -> list[str]:
    return [*GDANIM, *arguments]


def peer(name: str, *arguments: str) -> list[str]:
    return [sys.executable, str(PEERS / name), *arguments]


def missing(*programs: str) -> str:
    """Why a row cannot be measured here; empty when it can."""
    if not PEERS.is_dir():
        return f"no peers to measure against in {PEERS.name}/"
    absent = [program for program in programs if shutil.which(program) is None]
    return f"not installed: {', '.join(absent)}" if absent else ""
