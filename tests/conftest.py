"""What several test modules use."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from gdanim import cli


class Result(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def gdanim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run the command line in this process, as the console script does."""

    def call(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["gdanim", *arguments])
        try:
            code = cli.main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        out, err = capsys.readouterr()
        return Result(code, out, err)

    return call
