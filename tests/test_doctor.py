"""gdanim doctor: what it says was found out, and what is missing is said with what mends it."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gdanim import GdanimError, animate, checkup
from gdanim.formats import WRITERS
from tests.conftest import Result


def points() -> dict[str, checkup.Point]:
    return {point.name: point for point in checkup.points()}


def test_here_nothing_that_is_needed_is_missing(gdanim: Callable[..., Result]) -> None:
    said = gdanim("doctor", "--json")
    assert said.code == 0
    found = {point["name"]: point for point in json.loads(said.out)}
    assert {"gdanim", "python", "numpy", "matplotlib", "av", "click", "fonts", "processors"} <= found.keys()
    assert {f".{name}" for name, row in WRITERS.items() if not row.several} <= found.keys()
    assert all(point["well"] is not False for point in found.values())
    assert all(point["remedy"] for point in found.values() if point["well"] is None)
    assert found["this folder"]["said"].startswith(os.getcwd())


def test_a_format_that_cannot_be_written_is_missing(
    gdanim: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = animate

    def broken(spec: Any, target: str, **settings: Any) -> Any:
        if target.endswith(".webm"):
            raise GdanimError("no encoder")
        return real(spec, target, **settings)

    monkeypatch.setattr(checkup, "animate", broken)
    said = gdanim("doctor")
    assert said.code == 1
    assert "MISSING  .webm: cannot be written: no encoder\n" in said.out
    assert said.out.count("MISSING") == 1
    assert "mend it: python -m pip install" in said.out


def test_folders_that_take_no_files_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "a file"
    closed.write_text("")
    monkeypatch.setenv("MPLCONFIGDIR", str(closed / "in"))
    found = points()["matplotlib's folder"]
    assert (found.well, found.remedy) == (None, "export MPLCONFIGDIR=FOLDER")
    assert "takes no files" in found.said


def test_an_older_library_than_needed_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        checkup,
        "requires",
        lambda _: ["numpy>=999.1", "none-such>=2", "dask; extra == 'dask'", "old; python_version < '3.2'"],
    )
    found = points()
    assert "and >=999.1 is needed" in found["numpy"].said
    assert found["numpy"].well is False
    assert found["none-such"] == checkup.Point(
        "none-such", "is not installed", False, "python -m pip install --upgrade 'none-such>=2'"
    )
    assert "dask" not in found
