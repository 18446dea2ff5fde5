"""The schema of a course's file: what it takes is taken, and what it refuses is refused."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gdanim.batch.course import read_course
from gdanim.batch.schema import KINDS, schema, schema_of
from gdanim.plaintoml import written_toml
from gdanim.runs import RUNS
from gdanim.spec import OPTIONS, Spec
from tests.conftest import Result

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Gdanim = Callable[..., Result]
CHECK = jsonschema.Draft7Validator(schema())


def test_it_is_a_schema_and_is_printed(gdanim: Gdanim) -> None:
    jsonschema.Draft7Validator.check_schema(schema())
    result = gdanim("list", "schema")
    assert (result.code, json.loads(result.out)) == (0, schema())


def test_every_kind_of_option_has_its_own() -> None:
    assert {option.kind for option in OPTIONS.values()} <= {*KINDS, RUNS}
    for option in OPTIONS.values():
        assert schema_of(option)["description"] == option.help


GIVEN: list[dict[str, Any]] = [
    {"lr": 0.1, "start": 5, "learning_rate": [1, 2], "learning-rate": 3},
    {"start": [[1, 2], [3, 4]], "optimizer": ["gd", "adam"], "seed": [1, 2]},
    {"run": ["gd", {"optimizer": "adam", "lr": 0.3, "start": [1, 2]}], "runs": "adam lr=0.3"},
    {"let": {"a": 2}, "parameters": "w,b", "axes": ["w1", "w2"], "size": [640, 480], "pause": "0:4"},
    {"pause": {"0": 4}, "strip": [0, 1, "last"], "at": "last", "row": "worst", "xlim": [-1, 5]},
    {"log": False, "title": "", "lang": "pt", "formats": "gif", "note": {"en": "a"}, "ask": "?"},
    {"matrix": {"lr": [0.1, 1], "lang": ["en"]}, "path": ["a.csv"], "fps": 12.5},
]
REFUSED: list[dict[str, Any]] = [
    {"lrr": 1},
    {"lr": "fast"},
    {"lr": -1},
    {"iterations": 1.5},
    {"iterations": -1},
    {"formats": ["gfi"]},
    {"formats": []},
    {"matrix": {"lrr": [1]}},
    {"matrix": {"lr": 1}},
    {"note": {"xx": "a"}},
    {"let": {"a": "b"}},
    {"run": [{"speed": 3}]},
    {"race": "yes"},
    {"lang": "xx"},
]


@pytest.mark.parametrize("held", GIVEN)
def test_what_a_course_may_hold_is_allowed(held: dict[str, Any]) -> None:
    for key in held:
        one = {key: held[key]}
        assert [*CHECK.iter_errors({"figure": [{"name": "a", **one}], "defaults": one})] == []


@pytest.mark.parametrize("held", REFUSED)
def test_what_it_refuses_is_wrong_in_a_course(
    held: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [*CHECK.iter_errors({"figure": [{"name": "a", **held}]})]
    file = tmp_path / "course.toml"
    file.write_text(f'[[figure]]\nname = "a-{{lr}}"\n{written_toml(held)}', "utf-8")
    monkeypatch.chdir(tmp_path)
    if "lang" not in held:  # which the plan refuses
        assert read_course([str(file)]).mistakes


@pytest.mark.parametrize("held", [{"figures": []}, {"figure": [{}]}, {"figure": {"name": "a"}}, {"title": 3}])
def test_the_file_has_a_form(held: dict[str, Any]) -> None:
    assert [*CHECK.iter_errors(held)]


def test_plain_data_of_a_spec_are_allowed() -> None:
    spec = Spec.from_data(
        {"loss": "a*w^2", "let": {"a": 2}, "pause": "1:2,0:4", "strip": "0,2,last", "xlim": "-1,5", "at": 3}
        | {"run": ["adam lr=0.3 start=1", "gd batch_size=3"], "row": 2, "size": "640x480", "path": "a.csv"}
    )
    held = tomllib.loads(f'[[figure]]\nname = "a"\n{written_toml(spec.to_data())}')
    assert [*CHECK.iter_errors(held)] == []
