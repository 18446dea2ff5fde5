"""Tests use what anyone may use: no name of gdanim's that begins with an underscore."""

import ast
from pathlib import Path

import pytest

TESTS = sorted(Path(__file__).parent.rglob("*.py"))
NAMEDTUPLES = {"_replace", "_asdict", "_fields", "_make"}  # public, and spelt so to leave fields their names
BY_NAME = {"setattr", "getattr", "hasattr", "delattr"}


def private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in NAMEDTUPLES


def reaches(source: str) -> list[str]:
    """Line and text of everything that reaches for a private name of another's."""
    found = []
    for node in ast.walk(ast.parse(source)):
        own = isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("self", "cls")
        if isinstance(node, ast.Attribute) and not own:
            wrong = private(node.attr)
        elif isinstance(node, ast.ImportFrom):
            wrong = any(private(alias.name) for alias in node.names) or private(
                (node.module or "").rpartition(".")[2]
            )
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in BY_NAME:
            named = [a.value for a in node.args[:2] if isinstance(a, ast.Constant)]
            wrong = any(private(name.rpartition(".")[2]) for name in named if isinstance(name, str))
        else:
            continue
        if wrong:
            found.append(f"{node.lineno}: {ast.unparse(node)}")
    return found


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_tests_reach_for_no_private_name(path: Path) -> None:
    assert reaches(path.read_text()) == []


@pytest.mark.parametrize(
    "line",
    [
        "view._arrow",
        "view._arrow.ends = 1",
        "from gdanim.text import _SUPERSCRIPTS",
        "monkeypatch.setattr(view, '_arrow', None)",
        "monkeypatch.setattr('gdanim.text._SUPERSCRIPTS', None)",
        "getattr(view, '_arrow')",
    ],
)
def test_every_way_of_reaching_is_noticed(line: str) -> None:
    assert len(reaches(line)) == 1


@pytest.mark.parametrize(
    "line", ["row._replace(a=1)", "self._tree", "a.__class__", "for _ in range(3): pass"]
)
def test_what_is_nobodys_secret_is_allowed(line: str) -> None:
    assert reaches(line) == []
