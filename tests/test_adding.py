"""What the README adds, added: each kind of thing in a few lines, and each works."""

import dataclasses
import re
import sys
import types
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdanim import GdanimError, Spec, trace, views
from gdanim.formats import WRITERS
from gdanim.lang import en
from gdanim.losses import LOSSES, curves
from gdanim.optimizers import OPTIMIZERS, SCHEDULES, first_order, schedules
from gdanim.theme import LIGHT, THEMES
from gdanim.timeline import Moment
from gdanim.views import VIEWS, Kind, base
from tests.conftest import Result
from tests.pictures import picture
from tests.reference import README

SECTION = README.read_text().split("## Adding to it")[1].split("\n## ")[0]
BLOCKS = dict(re.findall(r"```python\n# (\S+)\n(.*?)```", SECTION, re.DOTALL))
SMALL = (480, 360)


@pytest.fixture(autouse=True)
def _tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is added is gone afterwards."""
    for table in (LOSSES, OPTIMIZERS, SCHEDULES, VIEWS, THEMES, WRITERS):
        for name in list(table):
            monkeypatch.setitem(table, name, table[name])


def added(path: str, home: types.ModuleType | None, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Any:
    """The names of a block of the README, run where it belongs."""
    names: dict[str, Any] = {**(vars(home) if home else {}), **more}
    source = BLOCKS[path]
    assert len(source.splitlines()) < 30
    tables = [value for value in more.values() if isinstance(value, dict)]
    before = [set(table) for table in tables]
    exec(compile("from __future__ import annotations\n" + source, path, "exec"), names)
    for table, known in zip(tables, before, strict=True):
        new = set(table) - known
        assert len(new) == 1
        for name in new:
            value = table.pop(name)
            monkeypatch.setitem(table, name, value)
    return names


def test_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    added("gdanim/losses/curves.py", curves, monkeypatch, LOSSES=LOSSES)
    (run,) = trace(Spec(loss="quartic", learning_rate=0.1, iterations=1))
    assert run.theta[1, 0] == pytest.approx(1.5 - 0.1 * 4 * 1.5**3)
    assert picture(loss="quartic", size=SMALL).scene.loss.formula == "w^4"


def test_an_optimizer_and_its_option(monkeypatch: pytest.MonkeyPatch) -> None:
    added("gdanim/optimizers/first_order.py", first_order, monkeypatch, OPTIMIZERS=OPTIMIZERS)
    (run,) = trace(Spec(optimizer="signed:scale=0.5", learning_rate=0.2, start=(5.0,), iterations=3))
    assert run.theta[:, 0] == pytest.approx([5.0, 4.9, 4.8, 4.7])
    with pytest.raises(GdanimError, match="option 'scale' of signed must be"):
        trace(Spec(optimizer="signed:scale=7"))


def test_a_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    added("gdanim/optimizers/schedules.py", schedules, monkeypatch, SCHEDULES=SCHEDULES)
    (run,) = trace(Spec(schedule="halving", learning_rate=0.4, iterations=2))
    assert run.rates == pytest.approx([0.4, 0.2, 0.1])


def test_a_view(monkeypatch: pytest.MonkeyPatch) -> None:
    names = added(
        "gdanim/views/distance.py",
        base,
        monkeypatch,
        VIEWS=VIEWS,
        Kind=Kind,
        Iterable=Iterable,
        np=np,
    )
    module = types.ModuleType("gdanim.views.distance")
    vars(module)["Distance"] = names["Distance"]
    monkeypatch.setitem(sys.modules, "gdanim.views.distance", module)
    monkeypatch.setattr(views, "distance", module, raising=False)
    for settings in ({"loss": "bowl"}, {"optimizer": ("gd", "adam")}):
        shown, alone = (picture(view="history+distance", size=(640, 400), **settings) for _ in range(2))
        for moment in (Moment(0), Moment(7), Moment(3)):
            assert np.array_equal(shown.frame(moment), alone.redraw(moment))


def test_a_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    added("gdanim/theme.py", None, monkeypatch, THEMES=THEMES, LIGHT=LIGHT, replace=dataclasses.replace)
    assert tuple(picture(theme="warm", size=SMALL).frame(Moment(0))[0, 0][:3]) == (0xFF, 0xFA, 0xF0)


def test_a_language(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("gdanim.lang.xx")
    vars(module).update(NAME="Test", DECIMAL=",", WORDS={**en.WORDS, "start": "Beginning"})
    monkeypatch.setitem(sys.modules, "gdanim.lang.xx", module)
    monkeypatch.setattr("gdanim.text.LANGUAGES", ("en", "pt", "xx"))
    assert picture(lang="xx", size=SMALL).scene.text("start") == "Beginning"


def test_a_format(gdanim: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WRITERS, "giff", WRITERS["gif"]._replace(name="a GIFF"))
    target = tmp_path / "a.giff"
    assert gdanim("run", "-q", "-n", "1", "--size", "320x240", "-o", str(target)).code == 0
    assert target.read_bytes().startswith(b"GIF89a")
