"""A whole course in one command: only what changed, in parallel, and nothing is lost by what goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from gdanim.batch.course import read_course
from gdanim.batch.job import carried_out, job_of
from gdanim.batch.pool import DIED, Pool, pool
from gdanim.errors import GdanimError
from gdanim.formats import WRITERS
from gdanim.spec import Spec
from tests.conftest import Result

Gdanim = Callable[..., Result]
SMALL = '[defaults]\nsize = "480x360"\niterations = 3\n'
COURSE = f"""{SMALL}
[[figure]]
name = "one"
formats = ["gif", "png"]
[[figure]]
name = "deep/two-{{lang}}"
loss = "bowl"
matrix = {{lang = ["en", "pt"]}}
formats = ["svg"]
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gdanim.interrupts.written", [])


def course(text: str = COURSE) -> None:
    Path("course.toml").write_text(text, "utf-8")


def files() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(Path("figures").rglob("*.*")) if path.is_file()}


def test_every_figure_is_drawn_as_run_draws_it(gdanim: Gdanim) -> None:
    course()
    result = gdanim("batch", "course.toml")
    assert (result.code, result.out) == (0, "")
    assert result.err.splitlines()[-1] == "3 figures: 3 made"
    assert sorted(result.err.splitlines()[:-1]) == sorted(
        f"Wrote figures/{name} ({len(content) / 1000:.0f} kB)" for name, content in made().items()
    )


def made() -> dict[str, bytes]:
    """What the course holds, checked against `gdanim run` in another process."""
    found = {name.removeprefix("figures/"): content for name, content in files().items()}
    common = [sys.executable, "-m", "gdanim", "run", "-q", "--size", "480x360", "-n", "3"]
    subprocess.run([*common, "-o", "one.gif", "-o", "one.png"], check=True)
    for lang in ("en", "pt"):
        name = f"two-{lang}.svg"
        subprocess.run([*common, "--loss", "bowl", "--lang", lang, "-o", name], check=True)
        assert Path(name).read_bytes() == found[f"deep/{name}"]
    assert Path("one.gif").read_bytes() == found["one.gif"]
    assert Path("one.png").read_bytes() == found["one.png"]
    assert len(found) == 4
    return found


@pytest.mark.parametrize("format", WRITERS)
def test_every_format_comes_through_a_job_and_is_fresh_then(format: str, gdanim: Gdanim) -> None:
    course(f'{SMALL}\n[[figure]]\nname = "a"\nformats = ["{format}"]')
    assert gdanim("batch", "course.toml").code == 0
    before = files()
    assert before
    again = gdanim("batch", "course.toml", "--why")
    assert again.err == "1 figure: 1 fresh\n"
    assert files() == before
    forced = gdanim("batch", "course.toml", "--why", "--force", "-j", "1")
    assert forced.err.splitlines()[0] == "a: is made again, as --force says"
    assert files() == before


def test_only_what_changed_is_made_again(gdanim: Gdanim) -> None:
    course()
    gdanim("batch", "course.toml")
    before = files()
    course(COURSE.replace('name = "one"', 'name = "one"\nlr = 0.3'))
    result = gdanim("batch", "course.toml", "--why")
    assert result.err.splitlines()[0] == "one: one.gif has lr as it is by itself; the course has 0.3"
    assert result.err.splitlines()[-1] == "3 figures: 1 made, 2 fresh"
    changed = {name for name, content in files().items() if before[name] != content}
    assert changed == {"figures/one.gif", "figures/one.png"}
    Path("figures/one.png").unlink()
    Path("figures/deep/two-pt.svg").write_text("<svg/>")
    result = gdanim("batch", "course.toml", "--why")
    assert result.err.splitlines()[:2] == [
        "one: one.png is not there",
        "deep/two-pt: deep/two-pt.svg carries no recipe",
    ]
    assert {**files(), "figures/one.gif": b"", "figures/one.png": b""} == {
        **before,
        "figures/one.gif": b"",
        "figures/one.png": b"",
    }


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda file: file.replace(b'"matplotlib": "', b'"matplotlib": "0'), "was made with matplotlib 0"),
        (lambda file: file.replace(b'"gdanim": "', b'"gdanim": "9'), "was made with gdanim 9"),
        (lambda file: b"<!doctype html>" + file, "carries no recipe"),
    ],
)
def test_what_other_versions_made_is_made_again(
    spoil: Callable[[bytes], bytes], why: str, gdanim: Gdanim
) -> None:
    course(f'{SMALL}\n[[figure]]\nname = "a"\nformats = ["svg"]')
    gdanim("batch", "course.toml")
    file = Path("figures/a.svg")
    whole = file.read_bytes()
    quoted = whole.replace(b"&quot;", b'"')
    file.write_bytes(spoil(quoted))
    assert file.read_bytes() != quoted
    assert f"a: a.svg {why}" in gdanim("batch", "course.toml", "--why").err
    assert file.read_bytes() == whole


def test_a_file_is_no_other_format(gdanim: Gdanim) -> None:
    course(f'{SMALL}\n[[figure]]\nname = "a"\nformats = ["png"]')
    gdanim("batch", "course.toml")
    file = Path("figures/a.png")
    course(f'{SMALL}\n[[figure]]\nname = "a"\nformats = ["apng"]')
    file.rename("figures/a.apng")
    assert "a: a.apng is no apng" in gdanim("batch", "course.toml", "--why").err


def test_data_are_told_by_what_is_in_them(gdanim: Gdanim) -> None:
    Path("lesson").mkdir()
    Path("lesson/points.csv").write_text("x,y\n0,1\n1,3\n2,5\n")
    Path("lesson/mine.toml").write_text('base = "dark"\n')
    Path("lesson/course.toml").write_text(
        f'{SMALL}\n[[figure]]\nname = "a"\ndata = "points.csv"\nmodel = "linear"\ntheme = "mine.toml"\n'
        'formats = ["svg"]'
    )
    assert gdanim("batch", "lesson/course.toml").code == 0
    before = files()
    os.utime("lesson/points.csv", (1, 1))
    assert "1 fresh" in gdanim("batch", "lesson/course.toml").err
    Path("lesson/points.csv").write_text("x,y\n0,1\n1,3\n2,6\n")
    result = gdanim("batch", "lesson/course.toml", "--why")
    assert "a: a.svg was made from another points.csv" in result.err
    assert files() != before
    command = ["run", "--data", "lesson/points.csv", "--model", "linear", "--theme", "lesson/mine.toml"]
    assert gdanim(*command, "--size", "480x360", "-n", "3", "-q", "-o", "b.svg").code == 0
    assert Path("b.svg").read_bytes() == Path("figures/a.svg").read_bytes()


def test_all_that_cannot_be_drawn_is_told_before_anything_is(gdanim: Gdanim) -> None:
    course(
        COURSE + '[[figure]]\nname = "bad"\nloss = "bowll"\n[[figure]]\nname = "far"\npause = "9:1"\n'
        '[[figure]]\nname = "moves"\nstrip = "0,1"'
    )
    for more in ([], ["--check"]):
        result = gdanim("batch", "course.toml", *more)
        assert result.code == 2
        assert [line.split(": ")[:5] for line in result.err.splitlines()[:-1]] == [
            ["Error", "course.toml", "line 15", "figure 'bad'", "loss"],
            ["Error", "course.toml", "line 18", "figure 'far'", "pause"],
            ["Error", "course.toml", "line 21", "figure 'moves'", "strip"],
        ]
        assert "did you mean 'bowl'?" in result.err
        assert result.err.endswith("3 mistakes; nothing was drawn\n")
        assert not Path("figures").exists()
    assert gdanim("batch", "course.toml", "--only", "one").code == 0


def test_a_check_sees_also_what_only_the_picture_refuses(gdanim: Gdanim) -> None:
    course(f'{SMALL}\n[[figure]]\nname = "a"\nloss = "bowl"\nsize = "320x240"')
    result = gdanim("batch", "course.toml", "--check")
    assert result.code == 2
    assert result.err.startswith("Error: course.toml: line 8: figure 'a': size: 320x240 has no room")
    result = gdanim("batch", "course.toml")
    assert result.code == 1
    assert result.err.startswith("Error: course.toml: line 8: figure 'a': size: 320x240 has no room")


def test_checks_say_what_is_stale_and_draw_nothing(gdanim: Gdanim) -> None:
    course()
    result = gdanim("batch", "course.toml", "--check")
    assert (result.code, result.err) == (0, "3 figures, nothing wrong\n")
    result = gdanim("batch", "course.toml", "--check", "--stale")
    assert result.code == 1
    assert result.err.splitlines()[0] == "one: one.gif is not there"
    assert result.err.splitlines()[-1] == "3 figures, nothing wrong; 3 of them not fresh"
    assert not Path("figures").exists()
    gdanim("batch", "course.toml")
    result = gdanim("batch", "course.toml", "--check", "--stale")
    assert (result.code, result.err) == (0, "3 figures, nothing wrong; all are fresh\n")
    assert gdanim("batch", "course.toml", "--stale").code == 2


def test_some_are_chosen_by_name(gdanim: Gdanim) -> None:
    course()
    assert gdanim("batch", "course.toml", "--only", "deep/*-pt").err.endswith("1 figure: 1 made\n")
    assert [*files()] == ["figures/deep/two-pt.svg"]
    result = gdanim("batch", "course.toml", "--only", "ome")
    assert (result.code, "did you mean 'one'?" in result.err) == (2, True)


def test_what_no_figure_names_is_listed_and_removed_only_if_asked(gdanim: Gdanim) -> None:
    course(COURSE + '[[figure]]\nname = "seq"\nformats = ["frames"]\n')
    gdanim("batch", "course.toml")
    Path("figures/mine.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    Path("figures/notes.txt").write_text("mine")
    before = {*files()}
    course(COURSE.replace('"one"', '"first"'))
    result = gdanim("batch", "course.toml", "--prune")
    gone = [name for name in before if "one" in name or "seq" in name]
    assert result.out.split() == sorted(gone, key=lambda name: (name.count("/"), name))
    assert {*files()} == before
    result = gdanim("batch", "course.toml", "--prune", "--yes")
    assert {*files()} == before - {*gone}
    assert result.err == f"figures: {len(gone)} files removed\n"
    assert gdanim("batch", "course.toml", "--prune").err == "figures: nothing to remove\n"


def test_programs_get_a_line_for_each_figure(gdanim: Gdanim) -> None:
    course()
    gdanim("batch", "course.toml", "--only", "one")
    result = gdanim("batch", "course.toml", "--json", "-q")
    lines = {line["figure"]: line for line in map(json.loads, result.out.splitlines())}
    assert {name: line["state"] for name, line in lines.items()} == {
        "one": "fresh",
        "deep/two-en": "made",
        "deep/two-pt": "made",
    }
    line = lines["deep/two-pt"]
    (file,) = line["files"]
    assert line["bytes"] == [Path(file).stat().st_size]
    assert line["why"] == "deep/two-pt.svg is not there"
    assert "passo" in line["alt"] or "iter" in line["alt"]
    assert result.err == ""


def test_make_learns_what_depends_on_what(gdanim: Gdanim) -> None:
    Path("my data.csv").write_text("x,y\n0,1\n1,3\n")
    Path("common.toml").write_text(SMALL)
    course(
        'include = ["common.toml"]\n[[figure]]\nname = "a"\ndata = "my data.csv"\nmodel = "linear"\n'
        'formats = ["gif", "frames"]'
    )
    out = gdanim("batch", "course.toml", "--deps", "-d", "out").out
    assert out == "out/a.gif out/a/0000.png: course.toml common.toml my\\ data.csv\n"


def test_a_figure_that_cannot_be_written_stops_no_other(gdanim: Gdanim) -> None:
    course()
    Path("figures/one.png").mkdir(parents=True)
    result = gdanim("batch", "course.toml")
    assert result.code == 1
    assert result.err.splitlines()[-2:] == [
        "Error: course.toml: line 7: figure 'one': formats: 'figures/one.png' is a folder; name a file in it",
        "3 figures: 2 made, 1 failed",
    ]
    assert [*files()] == ["figures/deep/two-en.svg", "figures/deep/two-pt.svg"]
    assert gdanim("batch", "course.toml", "--check", "--stale").code == 1  # what failed is never fresh


def test_the_folder_is_one(gdanim: Gdanim) -> None:
    course()
    Path("figures").write_text("mine")
    result = gdanim("batch", "course.toml")
    assert (result.code, result.err) == (2, "Error: --directory: 'figures' is no folder\n")


def test_a_job_needs_no_file_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.csv").write_text("x,y\n0,1\n1,3\n")
    spec = Spec(data="a.csv", model="linear", size=(480, 360), iterations=2)
    here = carried_out(job_of(spec, ("svg",)))
    job = job_of(spec, ("svg",))
    Path("a.csv").unlink()
    there = carried_out(job)
    assert there == here
    assert there.error is None
    assert there.notes[0].startswith("a.csv has 2 rows")


def test_what_is_wrong_with_a_file_is_said_of_the_file_and_not_of_its_copy() -> None:
    Path("sub").mkdir()
    Path("sub/a.csv").write_text("x,y\n0,1\n1,three\n")
    error = carried_out(job_of(Spec(data="sub/a.csv", model="linear"), ("svg",))).error
    assert error is not None
    assert "sub/a.csv" in error.problem
    assert "gdanim-" not in error.problem


def deadly(number: int) -> int:
    """What kills its own process for some numbers, as a lack of memory does."""
    if number in (3, 11):
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def test_who_kills_its_process_is_found_and_all_others_are_done(tmp_path: Path) -> None:
    with pool(deadly, 2, str(tmp_path)) as held:
        found = dict(held.results((n, lambda n=n: n) for n in range(16)))  # type: ignore[misc]
    dead = {n for n, result in found.items() if isinstance(result, GdanimError)}
    assert dead == {3, 11}
    assert all(str(found[n]) == DIED for n in dead)
    assert {n: found[n] for n in found if n not in dead} == {n: n * n for n in range(16) if n not in dead}


def once(task: tuple[str, int]) -> int:
    """What kills its process the first time only, as somebody does who kills it from outside."""
    path, number = task
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL))
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_killed_from_outside_is_done_again(workers: int, tmp_path: Path) -> None:
    path = str(tmp_path / "killed")
    with pool(once, workers, str(tmp_path)) as held:
        found = dict(held.results((n, lambda n=n: (path, n)) for n in range(9)))  # type: ignore[misc]
    assert found == {n: n for n in range(9)}


def test_folders_with_long_names_will_do(gdanim: Gdanim, tmp_path: Path) -> None:
    aside = tmp_path / ("a" * 100)
    aside.mkdir()
    course()
    command = [sys.executable, "-m", "gdanim", "batch", "course.toml", "-q"]
    made = subprocess.run(command, env={**os.environ, "TMPDIR": str(aside)}, capture_output=True, text=True)
    assert (made.returncode, made.stderr) == (0, "")
    assert len(files()) == 4
    assert not [*aside.iterdir()]


def test_a_task_that_cannot_be_made_is_told_and_stops_no_other(tmp_path: Path) -> None:
    def wrong() -> int:
        raise GdanimError("cannot read 'a.csv'")

    held: Pool[str, int] = Pool(deadly, lambda _: pytest.fail("nothing to do"), 2)
    ((name, result),) = held.results([("a", wrong)])
    assert (name, str(result)) == ("a", "cannot read 'a.csv'")


MANY = (
    f'{SMALL}\n[[figure]]\nname = "a{{seed}}"\n[figure.matrix]\nseed = [{", ".join(map(str, range(40)))}]\n'
)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_who_ends_early_leaves_no_process_and_no_part_and_is_gone_on_with(
    number: signal.Signals, gdanim: Gdanim
) -> None:
    course(MANY)
    command = [sys.executable, "-m", "gdanim", "batch", "course.toml", "-j", "2"]
    with (
        TemporaryDirectory(prefix="g", dir="/tmp") as aside,  # short enough for a socket
        subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": aside}
        ) as process,
    ):
        assert process.stderr is not None
        assert process.stderr.readline().startswith("Wrote figures/a")
        process.send_signal(number)
        # All its processes have its standard error open; this ends when none is left.
        process.communicate(timeout=60)
        left = os.listdir(aside)
    assert process.returncode == (-number if number == signal.SIGKILL else 128 + number)
    there = files()
    assert 0 < len(there) < 400
    assert all(name.endswith(".gif") and content.endswith(b";") for name, content in there.items())
    assert not left or number == signal.SIGKILL
    fresh = sum(f"figures/a{n}.gif" in there for n in range(10))
    result = gdanim("batch", "course.toml", "--only", "a?")
    said = [f"{10 - fresh} made"] * (fresh < 10) + [f"{fresh} fresh"] * (fresh > 0)
    assert result.err.splitlines()[-1] == f"10 figures: {', '.join(said)}"
    assert {name: files()[name] for name in there} == there
    assert not [path for path in Path("figures").iterdir() if path.name.startswith(".")]


EXAMPLE = Path(__file__).parent.parent / "examples" / "course.toml"


def test_the_course_of_the_examples_can_be_drawn_and_asks_in_two_languages(gdanim: Gdanim) -> None:
    read = read_course([str(EXAMPLE)])
    assert not read.mistakes
    told = {lang: [f for f in read.figures if f.spec.lang == lang] for lang in ("en", "pt")}
    for lang, figures in told.items():
        assert len(figures) == 24
        assert all(figure.note and figure.ask and figure.name.startswith(f"{lang}/") for figure in figures)
    assert [f.name[3:] for f in told["en"]] == [f.name[3:] for f in told["pt"]]
    result = gdanim("batch", str(EXAMPLE), "--check")
    assert (result.code, result.err) == (0, "48 figures, nothing wrong\n")
