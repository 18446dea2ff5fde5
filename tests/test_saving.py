"""A figure made from flags, appended to a course: it is the same there, or is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Result

Gdanim = Callable[..., Result]
SMALL = ("-n", "3", "--size", "480x360")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def drawn_again(gdanim: Gdanim, course: str = "course.toml") -> dict[str, bytes]:
    result = gdanim("batch", course, "-d", "again")
    assert result.code == 0, result.err
    return {path.name: path.read_bytes() for path in Path("again").rglob("*.*")}


@pytest.mark.parametrize(
    "flags",
    [
        ("--lr", "0.3", "--title", 'a "quoted" η\\', "--start=-2"),
        ("--loss", "a*w^2", "--let", "a=2", "--pause", "0:1", "--xlim=-2,5"),
        ("--loss", "bowl", "--run", "adam lr=0.3", "--run", "gd start=-1,2", "--no-log", "--view", "contour"),
        ("--data", "sub/points.csv", "--model", "linear", "--theme", "sub/mine.toml"),
    ],
)
def test_a_course_draws_what_was_drawn(flags: tuple[str, ...], gdanim: Gdanim) -> None:
    Path("sub").mkdir()
    Path("sub/points.csv").write_text("x,y\n0,1\n1,3\n2,5\n")
    Path("sub/mine.toml").write_text('base = "dark"\n')
    for course in ("course.toml", "sub/course.toml"):
        result = gdanim("run", *SMALL, *flags, "-o", "a.gif", "-o", "a.svg", "--save", course)
        assert result.code == 0, result.err
        assert result.err.splitlines()[-1] == f"Wrote {course} (a figure more)"
        assert drawn_again(gdanim, course) == {name: Path(name).read_bytes() for name in ("a.gif", "a.svg")}


def test_what_stands_there_stays_and_its_defaults_change_nothing(gdanim: Gdanim) -> None:
    text = '# mine\n[defaults]\nlr = 0.7\nlang = "pt"\nmatrix = {theme = ["light", "dark"]}\n\n' + (
        '[[figure]]\nname = "first-{theme}"\nsize = "480x360"\n'
    )
    Path("course.toml").write_text(text)
    assert gdanim("run", *SMALL, "--lr", "0.3", "-o", "a.svg", "--save", "course.toml").code == 0
    held = Path("course.toml").read_text()
    assert held.startswith(text)
    assert drawn_again(gdanim)["a.svg"] == Path("a.svg").read_bytes()
    assert gdanim("run", *SMALL, "--lr", "0.1", "-o", "b/%04d.png", "--save", "course.toml").code == 0
    assert len(drawn_again(gdanim)) == 2 + 1 + 4


@pytest.mark.parametrize(
    ("text", "flags", "words"),
    [
        ("[defaults]\nlr = 0.1\n", (), "and this figure leaves it open; say --lr"),
        ('[[figure]]\nname = "A"\n', (), "course.toml: line 1 has a figure 'A' already"),
        ("[[figure]]\n", (), "nothing is appended to what is wrong: course.toml: line 1: has no name"),
        (
            "[defaults]\nlr = 0.1\n[[figure]]\nname = 'b'",
            (),
            "have lr, and this figure leaves it open; say --lr",
        ),
        ("", ("-o", "b.svg"), "one name for all its files"),
        ("", ("--format", "svg", "-o", "c"), "one name for all its files"),
        ("", ("--loss", "nothing"), "unknown loss"),
    ],
)
def test_what_cannot_be_appended_leaves_all_as_it_was(
    text: str, flags: tuple[str, ...], words: str, gdanim: Gdanim
) -> None:
    Path("course.toml").write_text(text)
    result = gdanim("run", *SMALL, "-o", "a.svg", *flags, "--save", "course.toml")
    assert result.code == 2
    assert words in result.err
    assert Path("course.toml").read_text() == text
    assert sorted(path.name for path in Path().iterdir()) == ["course.toml"]


def test_a_course_is_toml(gdanim: Gdanim) -> None:
    result = gdanim("run", *SMALL, "-o", "a.svg", "--save", "course.json")
    assert (result.code, result.err) == (2, "Error: --save: 'course.json' is no course; name a .toml\n")
