"""A plugin for pytest: which functions of the package each test calls; or only some tests, in order."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType

import pytest

PACKAGE = str(Path(__file__).parent.parent / "gdanim") + os.sep
RECORD, SELECT = os.environ.get("GDANIM_MUTANTS_RECORD"), os.environ.get("GDANIM_MUTANTS_SELECT")

now: set[CodeType] = set()
seconds: dict[str, float] = {}
failed: set[str] = set()
functions: defaultdict[str, defaultdict[int, list[str]]] = defaultdict(lambda: defaultdict(list))


def called(frame: FrameType, event: str, argument: object) -> None:
    """For sys.settrace: told of every call, and of no line since it returns nothing."""
    now.add(frame.f_code)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    if not RECORD:
        return (yield)
    now.clear()
    begun = time.perf_counter()
    sys.settrace(called)
    try:
        return (yield)
    finally:
        sys.settrace(None)
        seconds[item.nodeid] = time.perf_counter() - begun
        for code in now:
            if code.co_filename.startswith(PACKAGE) and code.co_name != "<module>":
                functions[code.co_filename[len(PACKAGE) :]][code.co_firstlineno].append(item.nodeid)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:
        failed.add(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if SELECT:
        order = {name: place for place, name in enumerate(json.loads(Path(SELECT).read_text()))}
        items[:] = sorted((i for i in items if i.nodeid in order), key=lambda item: order[item.nodeid])


def pytest_unconfigure() -> None:
    if RECORD:
        passed = {name: spent for name, spent in seconds.items() if name not in failed}
        Path(RECORD).write_text(json.dumps({"seconds": passed, "functions": functions}))
