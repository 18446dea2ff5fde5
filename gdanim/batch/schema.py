"""The JSON schema of a course's file, for editors that check and complete it."""

from __future__ import annotations

from typing import Any

from gdanim.batch.values import ALIASES
from gdanim.delivery import STRIP
from gdanim.formats import WRITERS
from gdanim.kinds import (
    ASSIGNMENTS,
    AT,
    FILES,
    FLAG,
    LIMITS,
    NAMES,
    NUMBER,
    PAUSES,
    ROW,
    SIZE,
    START,
    TEXT,
    WHOLE,
    Kind,
)
from gdanim.option import Option
from gdanim.runs import RUN_OPTIONS, RUNS
from gdanim.spec import OPTIONS
from gdanim.text import LANGUAGES

Schema = dict[str, Any]
DRAFT = "http://json-schema.org/draft-07/schema#"  # which editors know
STRING: Schema = {"type": "string"}
NUMBERS: Schema = {"type": "array", "items": {"type": "number"}, "minItems": 1}


def _several(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _some(items: Schema) -> Schema:
    return {**_several(items), "minItems": 1}


def _either(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


# What plain data may hold of each kind, as its `take` has it.
KINDS: dict[Kind, Schema] = {
    TEXT: STRING,
    FLAG: {"type": "boolean"},
    WHOLE: {"type": "integer"},
    NUMBER: {"type": "number"},
    AT: _either({"type": "integer"}, {"const": "last"}),
    ROW: _either({"type": "integer"}, {"const": "worst"}),
    START: _either({"type": "number"}, NUMBERS),
    SIZE: _either(STRING, {**_several({"type": "integer"}), "minItems": 2, "maxItems": 2}),
    NAMES: _either(STRING, _several(STRING)),
    ASSIGNMENTS: {"type": "object", "additionalProperties": {"type": "number"}},
    FILES: _either(STRING, _several(STRING)),
    PAUSES: _either(
        STRING,
        {"type": "object", "additionalProperties": {"type": "number"}},
        _several({**NUMBERS, "minItems": 2, "maxItems": 2}),
    ),
    LIMITS: _either(STRING, {**NUMBERS, "minItems": 2, "maxItems": 2}),
    STRIP: _either(STRING, _several(_either({"type": "integer"}, {"const": "last"}))),
}


def schema() -> Schema:
    """The schema of a whole file, of the draft 7."""
    keys = {key: schema_of(option) for option in OPTIONS.values() for key in _keys(option)}
    for alias, name in ALIASES.items():
        keys[alias] = schema_of(OPTIONS[name])
    formats = {"type": "string", "enum": [*WRITERS]}
    held = {
        **keys,
        "formats": {
            **_either(formats, {**_several(formats), "minItems": 1}),
            "description": "What is written.",
        },
        "matrix": {
            "type": "object",
            "properties": {key: {"type": "array", "minItems": 1} for key in keys},
            "additionalProperties": False,
            "description": "Lists of values by their keys; every combination is a figure.",
        },
        "note": {**_texts(), "description": "What the course's page says of the figure."},
        "ask": {**_texts(), "description": "What the course's page asks."},
    }
    called = {"type": "string", "description": "Of its files, without their suffixes."}
    figure = {**_table({"name": called, **held}), "required": ["name"]}
    return {
        "$schema": DRAFT,
        "title": "A course of gdanim",
        **_table(
            {
                "title": {**_texts(), "description": "Of the course."},
                "include": {**_several(STRING), "description": "Files whose figures come first."},
                "defaults": {**_table(held), "description": "What holds for every figure."},
                "figure": {**_several(figure), "description": "The figures, in order."},
            }
        ),
    }


def schema_of(option: Option) -> Schema:
    """What plain data may hold of an option, one value or several."""
    one = _runs() if option.kind is RUNS else dict(KINDS[option.kind])
    for name, limit in (
        ("minimum", option.least),
        ("exclusiveMinimum", option.above),
        ("maximum", option.most),
    ):
        if limit is not None and one.get("type") in ("integer", "number"):
            one[name] = limit
    if option.name == "lang":
        one["enum"] = [*LANGUAGES]
    if option.compared:
        one = _either(one, _some(one))
    return {**one, "description": option.help}


def _runs() -> Schema:
    run = _table({key: KINDS[option.kind] for option in RUN_OPTIONS.values() for key in _keys(option)})
    return _either(STRING, run, _several(_either(STRING, run)))


def _keys(option: Option) -> list[str]:
    """Its names, those with hyphens as on the command line too."""
    return sorted({*option.keys, *(key.replace("_", "-") for key in option.keys)})


def _table(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _texts() -> Schema:
    return _either(STRING, {**_table(dict.fromkeys(LANGUAGES, STRING)), "minProperties": 1})
