"""The file of a course: what it may say, and that all that is wrong is told at once, in its place."""

from pathlib import Path

import pytest

from gdanim.batch.course import Course, read_course
from gdanim.plaintoml import written_toml
from gdanim.spec import OPTIONS, Spec


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def course(text: str, **others: str) -> Course:
    for name, held in others.items():
        Path(f"{name}.toml").write_text(held, "utf-8")
    Path("course.toml").write_text(text, "utf-8")
    return read_course(["course.toml"])


def right(text: str, **others: str) -> Course:
    read = course(text, **others)
    assert [str(mistake) for mistake in read.mistakes] == []
    return read


def wrong(text: str, **others: str) -> list[str]:
    return [str(mistake) for mistake in course(text, **others).mistakes]


def test_a_figure_is_what_its_options_say_and_what_holds_for_all() -> None:
    read = right("""
        title = {en = "Slopes", pt = "Declives"}
        [defaults]
        size = "640x360"
        lr = 0.3
        formats = ["gif", "mp4"]
        [[figure]]
        name = "one"
        start = 5
        [[figure]]
        name = "part/two"
        learning-rate = 0.1
        loss = "bowl"
        formats = "pdf"
        note = "It goes down."
        ask = {en = "Where?", pt = "Onde?"}
        lang = "pt"
    """)
    one, two = read.figures
    assert one.spec == Spec(size=(640, 360), learning_rate=0.3, start=(5.0,))
    assert one.targets == ("one.gif", "one.mp4")
    assert two.spec == Spec(size=(640, 360), learning_rate=0.1, loss="bowl", lang="pt")
    assert (two.targets, two.note, two.ask) == (("part/two.pdf",), "It goes down.", "Onde?")
    assert read.title == {"en": "Slopes", "pt": "Declives"}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"let": {"a": 2}, "loss": "a*w^2", "start": [[1], [2]], "lr": [0.1, 1]},
        {"loss": "bowl", "run": ["adam lr=0.3 start=1,2", "gd"], "race": True, "view": "contour+history"},
        {"pause": "0:4,1:3", "strip": "0,1,last", "at": 3, "xlim": "-1,5", "log": False, "title": ""},
    ],
)
def test_the_keys_are_those_of_plain_data(data: dict[str, object]) -> None:
    spec = Spec.from_data(data)
    for held in (data, spec.to_data()):
        read = right(f'[[figure]]\nname = "a"\n{written_toml(held)}')
        assert [figure.spec for figure in read.figures] == [spec]


def test_every_option_may_stand_in_a_course_under_each_of_its_names() -> None:
    for option in OPTIONS.values():
        for key in option.keys:
            said = wrong(f'[[figure]]\nname = "a"\n{key} = [[[]]]')
            assert said, key
            assert not any("unknown key" in each for each in said), key
            assert all(each.startswith("course.toml: line 3: figure 'a': ") for each in said), said


def test_a_matrix_makes_a_figure_of_every_combination() -> None:
    read = right("""
        [defaults]
        matrix = {lang = ["en", "pt"]}
        [[figure]]
        name = "rates-{lr}-{lang}"
        title = "η = {lr}, {sic}"
        note = {en = "at {lr}", pt = "com {lr}"}
        matrix = {lr = [0.02, 1.05]}
        [[figure]]
        name = "all-{start}-{optimizer}"
        loss = "bowl"
        lang = "es"
        [figure.matrix]
        start = [[1, 2], [-1.5, 2]]
        optimizer = ["gd", "momentum:beta=0.9"]
    """)
    assert [figure.name for figure in read.figures] == [
        "rates-0.02-en",
        "rates-1.05-en",
        "rates-0.02-pt",
        "rates-1.05-pt",
        "all-1,2-gd",
        "all-1,2-momentum-beta=0.9",
        "all--1.5,2-gd",
        "all--1.5,2-momentum-beta=0.9",
    ]
    first, _, _, last, _, fast, *_ = read.figures
    assert first.spec == Spec(learning_rate=0.02, title="η = 0.02, {sic}")
    assert (last.spec.lang, last.note) == ("pt", "com 1.05")
    assert fast.spec == Spec(loss="bowl", lang="es", start=(1, 2), optimizer="momentum:beta=0.9")


def test_included_files_stand_before_and_what_is_nearer_holds() -> None:
    read = right(
        """
        include = ["common.toml", "part.toml"]
        [defaults]
        fps = 10
        [[figure]]
        name = "mine"
        """,
        common='[defaults]\nfps = 5\nlr = 0.2\ntheme = "dark"\n[[figure]]\nname = "common"',
        part='[defaults]\nlr = 0.4\n[[figure]]\nname = "part"',
    )
    common, part, mine = (figure.spec for figure in read.figures)
    assert [figure.name for figure in read.figures] == ["common", "part", "mine"]
    assert common == Spec(fps=5, learning_rate=0.2, theme="dark")
    assert part == Spec(fps=10, learning_rate=0.4, theme="dark")
    assert mine == Spec(fps=10, learning_rate=0.4, theme="dark")
    assert read.files == ("course.toml", "common.toml", "part.toml")


def test_files_are_named_from_where_they_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("lesson/data").mkdir(parents=True)
    Path("lesson/data/points.csv").write_text("x,y\n1,2\n2,3\n")
    Path("lesson/moons").write_text("x,y\n1,2\n2,3\n")
    Path("lesson/course.toml").write_text(
        '[[figure]]\nname = "a"\ndata = "data/points.csv"\nmodel = "linear"\n'
        '[[figure]]\nname = "b"\ndata = "circles"\nmodel = "logistic"\n'
        '[[figure]]\nname = "c"\ndata = "moons"\nmodel = "linear"'
    )
    read = read_course(["lesson/course.toml"])
    assert not read.mistakes
    assert [f.spec.data for f in read.figures] == ["lesson/data/points.csv", "circles", "lesson/moons"]


MISTAKES = {
    "lrr = 0.1": "course.toml: line 3: figure 'a': unknown key 'lrr'; did you mean 'lr'?",
    "lr = -1": "course.toml: line 3: figure 'a': lr: must be from 0 up, not -1.0",
    'lr = "fast"': "course.toml: line 3: figure 'a': lr: must be a finite number, not 'fast'",
    "lr = 1\nlearning-rate = 1": "course.toml: line 4: figure 'a': learning-rate: is given twice, also as "
    "'lr'",
    "formats = ['gfi']": "course.toml: line 3: figure 'a': formats: unknown format 'gfi'; did you mean "
    "'gif'? gdanim list formats shows all",
    "formats = []": "course.toml: line 3: figure 'a': formats: must be formats in brackets, such as "
    '["gif", "pdf"]',
    "formats = ['gif', 'gif']": "course.toml: line 3: figure 'a': formats: gif is given twice",
    "data = 'points.csv'": "course.toml: line 3: figure 'a': data: there is no file 'points.csv'; files are "
    "named from the folder of the course's file",
    "path = 'run.csv'": "course.toml: line 3: figure 'a': path: there is no file 'run.csv'; files are named "
    "from the folder of the course's file",
    "path = '-'": "course.toml: line 3: figure 'a': path: a course reads no standard input; name a file",
    "note = 3": "course.toml: line 3: figure 'a': note: must be a text, or one for each language, as in "
    '{en = "…", pt = "…"}',
    "ask = {xx = '?'}": "course.toml: line 3: figure 'a': ask: unknown language 'xx'; choose from en, "
    "pt, es, fr, de",
    "matrix = 3": "course.toml: line 3: figure 'a': matrix: must be lists by their keys, as in "
    "{lr = [0.1, 1]}",
    "matrix = {lr = 3}": "course.toml: line 3: figure 'a': matrix: lr: must be a list of values, not 3",
    "matrix = {iteration = [3]}": "course.toml: line 3: figure 'a': matrix: unknown key 'iteration'; "
    "did you mean 'iterations'?",
    "lr = 1\nmatrix = {lr = [1, 2]}": "course.toml: line 4: figure 'a': matrix: lr: is given twice, also "
    "outside the matrix",
    "matrix = {lr = [1, 2]}": "course.toml: line 2: figure 'a': name: writes 'a.gif', as does the same "
    "entry; put what tells them apart in the name",
    "axes = 'w1'": "course.toml: line 3: figure 'a': axes: must name two different parameters, as in w1,w3",
    "size = [10, 10]": "course.toml: line 3: figure 'a': size: 10x10 pixels cannot be drawn; from 320x240 to "
    "7680x4320 can",
}


@pytest.mark.parametrize("lines", MISTAKES)
def test_a_mistake_is_told_with_its_place_and_what_was_meant(lines: str) -> None:
    assert wrong(f"[[figure]]\nname = 'a'\n{lines}\n[[figure]]\nname = 'good'") == [MISTAKES[lines]]


NAMES = {
    "../a": "leaves the folder",
    "/a": "leaves the folder",
    "a/../../b": "leaves the folder",
    "a:b": "has ':'",
    "a\\\\b": "has '\\\\'",
    "a%d": "has '%'",
    "a\\nb": "has '\\n'",
    ".hidden": "is no name",
    "a//b": "is no name",
    "a/": "is no name",
    "": "must be a text",
    "a.": "is no name",
    "{lr}": "has {lr}, and there is no such key",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_stay_in_the_folder_and_are_names_everywhere(name: str) -> None:
    (said,) = wrong(f'[[figure]]\nname = "{name}"')
    assert said.startswith("course.toml: line 2: figure '") or not name
    assert NAMES[name] in said


def test_all_mistakes_are_told_at_once_and_each_once() -> None:
    said = wrong("""
[defaults]
fsp = 3
[[figure]]
name = "a"
lr = -1
seconds = "long"
matrix = {lang = ["en", "pt"]}
[[figure]]
title = "no name"
[[figure]]
name = "b"
[[figure]]
name = "B"
colour = "red"
[[figures]]
name = "c"
    """)
    assert [line.split(": ", 2)[1] for line in said] == [f"line {n}" for n in (3, 5, 6, 7, 9, 14, 15, 16)]


def test_a_default_that_is_wrong_is_told_once_for_its_place() -> None:
    said = wrong('[defaults]\nfsp = 3\n[[figure]]\nname = "a"\n[[figure]]\nname = "b"')
    assert said == ["course.toml: line 2: unknown key 'fsp'; did you mean 'fps'?"]


def test_two_figures_do_not_write_one_file() -> None:
    (said,) = wrong('[[figure]]\nname = "a"\n[[figure]]\nname = "A"')
    assert (
        said
        == "course.toml: line 4: figure 'A': name: writes 'A.gif', as does the figure at course.toml: line 1"
    )
    assert not wrong('[[figure]]\nname = "a"\n[[figure]]\nname = "a"\nformats = "pdf"')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "course.toml: has no figures; each begins with [[figure]]"),
        ("figure = 3", "course.toml: line 1: figure: must be tables"),
        ("[defaults]\n[figure]\nname = 'a'", "course.toml: line 2: figure: must be tables"),
        ("defaults = 3", "course.toml: line 1: defaults: must be a table"),
        ("include = 'a.toml'", "course.toml: line 1: include: must be names of files in brackets"),
        ("include = ['none.toml']", "course.toml: line 1: cannot read 'none.toml': no such file"),
        ("include = ['course.toml']", "course.toml: line 1: 'course.toml' includes itself"),
        (
            "lr = 3",
            "course.toml: line 1: unknown key 'lr'; what holds for all figures stands under [defaults]",
        ),
        ("a = ", "course.toml: is not TOML: invalid value (at line 1"),
        ("title = 3", "course.toml: line 1: title: must be a text"),
    ],
)
def test_what_is_no_course_gets_a_sentence(text: str, words: str) -> None:
    assert wrong(text)[0].startswith(words)


def test_a_course_has_at_most_so_many_figures() -> None:
    (said,) = wrong(
        '[[figure]]\nname = "{seed}{fps}"\n[figure.matrix]\nseed = ['
        + "1," * 1000
        + "]\nfps = ["
        + "1," * 101
        + "]"
    )
    assert "makes 101,000 figures, and a course can have 100,000" in said
