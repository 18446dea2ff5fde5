import doctest
import importlib
import json
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import gdanim
from gdanim.batch.course import read_course
from gdanim.catalogue import LISTS
from gdanim.cli import cli
from gdanim.formats import WRITERS
from gdanim.losses.grammar import FUNCTIONS
from gdanim.output.sequence import EXAMPLE
from tests.figures import PAGES, commands
from tests.reference import README, reference, section

ROOT = README.parent


def test_the_command_reference_is_what_help_says() -> None:
    assert section(README.read_text()) == reference(), "run `make docs`"


def test_every_figure_has_its_command_beside_it() -> None:
    """Each picture in the README is named by a command in the code block next to it."""
    for page in PAGES:
        text = (ROOT / page).read_text()
        figures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", text)
        assert figures
        for figure in figures:
            path = (ROOT / page).parent / figure
            assert path.is_file(), figure
            shown = path.relative_to(ROOT)
            assert re.search(rf"^gdanim run .*-o {re.escape(str(shown))}$", text, re.MULTILINE), figure


def test_every_picture_in_examples_is_shown_somewhere() -> None:
    drawn = {arguments[-1] for arguments in commands()}
    pictures = {path for path in (ROOT / "examples").iterdir() if path.suffix.lstrip(".") in WRITERS}
    assert {f"examples/{path.name}" for path in pictures} == drawn


def test_every_command_line_in_the_readme_parses(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = re.findall(r"^\s*(gdanim (?:run|trace|batch)[^\n|>]*)", README.read_text(), re.MULTILINE)
    assert len(lines) > 3
    for line in lines:
        name, *arguments = shlex.split(line, comments=True)[1:]
        command = cli.commands[name]
        command.make_context(name, arguments)


def test_the_course_in_the_readme_is_one(tmp_path: Path) -> None:
    found = re.findall(r"^```toml\n(# course\.toml\n.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    file = tmp_path / "course.toml"
    file.write_text(found[0], "utf-8")
    course = read_course([str(file)])
    assert [str(mistake) for mistake in course.mistakes] == []
    assert [figure.name for figure in course.figures] == [
        "slope",
        *(f"rates-{lr}-{lang}" for lr in ("0.02", "0.1", "1.05") for lang in ("en", "pt")),
        "race",
    ]


def test_the_top_level_holds_what_was_agreed() -> None:
    names = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    made = {"out.gif", "out.mp4", "gradient_descent.gif", "dist"}
    assert names - made == {"gdanim", "tests", "examples", "pyproject.toml", "README.md", "Makefile"}


@pytest.mark.parametrize(
    "module",
    [m.name for m in pkgutil.walk_packages(gdanim.__path__, "gdanim.") if "__main__" not in m.name],
)
def test_doctests(module: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(module))
    assert failed == 0


def test_the_public_names_are_there() -> None:
    for name in gdanim.__all__:
        assert getattr(gdanim, name).__doc__
    with pytest.raises(AttributeError):
        gdanim.nothing  # noqa: B018


def test_files_and_functions_stay_readable() -> None:
    for path in (ROOT / "gdanim").rglob("*.py"):
        assert len(Path(path).read_text().splitlines()) <= 340, path


def test_the_verdicts_are_those_of_the_commands() -> None:
    """Each row of the table of verdicts, against what theory calls such a run."""
    rows = re.findall(r"^\| `gdanim run (.*?)` \| (.*?) \|$", README.read_text(), re.MULTILINE)
    kinds = {
        "crawls": "crawling",
        "swings from side to side": "oscillating",
        "bounces and never comes closer": "bouncing",
        "diverges": "diverged",
        "zig-zags across a valley": "zigzagging",
        "overshoots": "overshooting",
        "local minimum": "local-minimum",
        "plateau": "plateau",
        "stuck at a saddle": "saddle",
        "runs away downhill": "unbounded",
        "rises again, for w2 grows": "growing",
        "falls so far": "falling",
        "stuck at a maximum": "maximum",
        "does not move": "frozen",
    }
    assert {verdict for _, verdict in rows} == set(kinds)
    for flags, verdict in rows:
        arguments = [flag for flag in shlex.split(flags) if flag != "--caption"]
        command = [sys.executable, "-m", "gdanim", "trace", *arguments, "--format", "json"]
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        outcome = json.loads(out)["runs"][0]["outcome"]
        assert outcome["kind"] == kinds[verdict], flags


def test_the_functions_of_formulas_are_named() -> None:
    (listed,) = re.findall(r"these functions: `([^`]*)`", README.read_text())
    assert listed.split() == list(FUNCTIONS)


def test_the_formats_of_the_readme_are_those_that_are_written() -> None:
    rows = re.findall(r"^\| `(\S+)` \| (.*?) \|$", README.read_text().split("| suffix |")[1], re.MULTILINE)
    table = dict(rows[: len(WRITERS)])
    assert table == {
        EXAMPLE if row.several else f".{name}": row.about.partition(";")[0] if row.several else row.about
        for name, row in WRITERS.items()
    }
    assert [row["name"] for row in LISTS["formats"]()] == list(WRITERS)


def test_every_section_of_the_notebook_is_whole_and_in_its_order() -> None:
    text = (ROOT / "examples" / "notebook.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert [part.split(" · ")[0] for part in sections] == [
        "1. Derivadas parciais",
        "2. O gradiente",
        "3. O erro quadrático",
        "4. A entropia cruzada",
        "5. Retropropagação, camada por camada",
        "6. A próxima palavra",
        "7. O gradiente descendente",
    ]
    whole = (
        r"\n> \w",  # what the notebook says
        r"\n```sh\ngdanim run [^\n]*-o examples/\w+\.gif\n```",
        r"\n!\[[^\]]* · [^\]]*\]\(\w+\.gif\)",
        r"\n- [^*]*\?[^*]*\n- ",  # what to ask the class
        r"\n\*English\.\* ",
        r"\bask\b[^*]*\?",
    )
    for part in sections:
        found = [re.search(what, part, re.IGNORECASE) for what in whole]
        places = [match.start() for match in found if match]
        assert len(places) == len(whole), part[:40]
        assert places == sorted(places), part[:40]
