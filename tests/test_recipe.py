"""Every file says how it is made again; what it says is checked as what strangers say."""

import json
import shlex
import struct
import subprocess
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from shutil import which
from typing import Any
from xml.etree import ElementTree

import av
import numpy as np
import pytest
from PIL import Image

import gdanim.recipe
from gdanim import Function, GdanimError, Spec, animate
from gdanim.cli.flags import words_of
from gdanim.formats import WRITERS
from gdanim.metadata import MOST_RECIPE, NAMESPACE, RECIPE, Metadata
from gdanim.output.carried import carried_by
from gdanim.output.marking import BLOCK, gif_comments, svg_marked, xmp
from gdanim.recipe import LIBRARIES, Recipe, digest_of
from tests.conftest import Result
from tests.test_fonts import made as font_of
from tests.test_spec import CASES, OTHER

SINGLE = [name for name, row in WRITERS.items() if not row.several]
SMALL: dict[str, Any] = {"size": (480, 360), "iterations": 2, "hold": 0.5, "view": "curve", "fps": 2}
TITLE = 'It\'s <b> & "ç" ]]> (η) \\ $\\eta$'


def made(folder: Path, format: str = "gif", name: str = "", **settings: Any) -> Path:
    file = folder / (name or f"a.{format}")
    animate(Spec(**{**SMALL, **settings}), file, format=format)
    return file


def recipe(file: Path) -> Recipe:
    return Recipe.from_json(carried_by(str(file)).recipe)


@pytest.mark.parametrize("format", SINGLE)
def test_a_file_carries_its_recipe_and_is_made_again_to_the_byte(
    format: str, tmp_path: Path, gdanim: Callable[..., Result]
) -> None:
    spec = Spec(**{**SMALL, "title": TITLE, "start": (-1.25,), "lang": "pt"})
    file, again = tmp_path / f"a.{format}", tmp_path / f"b.{format}"
    animate(spec, file)
    held = recipe(file)
    assert held.spec() == spec
    assert carried_by(str(file)).format == format
    assert held.versions.keys() == {"gdanim", "python", *LIBRARIES}
    assert held.versions["numpy"] == np.__version__
    result = gdanim("reproduce", str(file), "-o", str(again))
    assert result.code == 0, result.err
    assert again.read_bytes() == file.read_bytes()


@pytest.mark.parametrize("format", SINGLE)
def test_no_recipe_is_written_where_none_is_wanted(format: str, tmp_path: Path) -> None:
    file = tmp_path / f"a.{format}"
    animate(Spec(**SMALL), file, recipe=False)
    assert RECIPE.encode() not in file.read_bytes()
    assert b'"spec"' not in file.read_bytes()
    with pytest.raises(GdanimError, match="carries no recipe of gdanim"):
        carried_by(str(file))


def test_every_frame_of_a_sequence_carries_it(tmp_path: Path) -> None:
    animate(Spec(**SMALL), tmp_path / "f%d.png")
    files = sorted(tmp_path.iterdir())
    assert len(files) == 3
    assert all(recipe(file).spec() == Spec(**SMALL) for file in files)


def test_others_read_what_is_shown_and_how_it_was_made(tmp_path: Path) -> None:
    """Pillow, FFmpeg, an XML parser, and pdfinfo where there is one."""
    shown = animate(Spec(**SMALL, title=TITLE, lang="pt"), *(tmp_path / f"a.{name}" for name in SINGLE))
    title = 'It\'s <b> & "ç" ]]> (η) \\ η'
    still = shown.alt.replace("Animação do gradiente descendente", "Imagem do gradiente descendente em k = 2")
    for name in ("png", "apng"):
        with Image.open(tmp_path / f"a.{name}") as image:
            assert image.text["Title"] == title
            assert image.text["Description"] == (still if name == "png" else shown.alt)
            assert image.text["Description"].lang == "pt"
            assert json.loads(image.text[RECIPE])["spec"]["title"] == TITLE
    with Image.open(tmp_path / "a.gif") as image:
        assert shown.alt in image.info["comment"].decode()
        assert '"spec"' in image.info["comment"].decode()
    with Image.open(tmp_path / "a.webp") as image:
        described = ElementTree.fromstring(image.info["xmp"])
        texts = {element.tag.split("}")[1]: element.text for element in described.iter()}
        assert {title, shown.alt, "pt"} <= {element.text for element in described.iter()}
        assert json.loads(texts["recipe"] or "")["spec"]["title"] == TITLE
    for name in ("mp4", "webm"):
        with av.open(str(tmp_path / f"a.{name}")) as container:
            told = {key.lower(): text for key, text in container.metadata.items()}
            assert told["title"] == title
            assert told["description"] == shown.alt
            assert json.loads(told[RECIPE])["spec"]["title"] == TITLE
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    assert [child.tag.split("}")[1] for child in root][:3] == ["title", "desc", "metadata"]
    assert (root[0].text, root[1].text) == (title, still)
    assert json.loads(root[2][0].text or "")["spec"]["title"] == TITLE
    assert root[2][0].tag == f"{{{NAMESPACE}}}recipe"
    if which("pdfinfo"):
        said = subprocess.run(
            ["pdfinfo", tmp_path / "a.pdf"], capture_output=True, text=True, check=True
        ).stdout
        assert title in said
        assert still[:40] in said


@pytest.mark.parametrize(("name", "value"), CASES, ids=lambda x: str(x)[:30])
def test_the_words_of_a_command_say_the_same_as_the_spec(
    name: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = Spec(**{name: value})
    assert spec_of(words_of(spec), monkeypatch) == spec


def test_the_words_of_a_command_say_all_options_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    several = ("start", "learning_rate", "optimizer", "schedule", "noise", "seed", "run", "caption")
    values = {name: values[-1] for name, values in OTHER.items() if name not in several}
    spec = Spec(**values, start=(-1.0, 2.5e-17), learning_rate=1 / 3, optimizer="adam")
    words = words_of(spec)
    assert spec_of(words, monkeypatch) == spec
    assert spec_of(shlex.split(shlex.join(words)), monkeypatch) == spec


def spec_of(words: list[str], monkeypatch: pytest.MonkeyPatch) -> Spec:
    """The Spec that a command line draws."""
    from gdanim import cli

    found: list[Spec] = []
    monkeypatch.setattr(cli, "draw", lambda spec, *_, **__: found.append(spec))
    cli.cli.main(["run", *words], standalone_mode=False)
    return found[0]


def test_inspect_says_the_command_and_it_makes_the_file(
    tmp_path: Path, gdanim: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "some data.csv").write_text("hours,score\n1,2\n2,3\n3,5\n")
    arguments = ["--data", "some data.csv", "--lr", "0.05", "-n", "2", "--size", "400x300"]
    assert gdanim("run", *arguments, "-o", "a.gif").code == 0
    said = gdanim("inspect", "a.gif")
    assert said.code == 0
    words = shlex.split(said.out)
    assert words[:2] == ["gdanim", "run"]
    assert "Reads some data.csv, SHA-256 " + digest_of("some data.csv") in said.err
    assert "Made with gdanim " in said.err
    assert ", as here" in said.err
    before = Path("a.gif").read_bytes()
    Path("a.gif").unlink()
    assert gdanim(*words[1:]).code == 0
    assert Path("a.gif").read_bytes() == before
    held = json.loads(gdanim("inspect", "a.gif", "--json").out)
    assert held["spec"]["data"] == "some data.csv"
    Path("a.gif").rename("a.bin")
    words = shlex.split(gdanim("inspect", "a.bin").out)
    assert gdanim(*words[1:]).code == 0
    assert Path("a.bin").read_bytes() == before


def test_flags_change_what_is_made_again_and_the_environment_does_not(
    tmp_path: Path, gdanim: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = made(tmp_path, learning_rate=0.1, caption=True)
    monkeypatch.setenv("GDANIM_LANG", "de")
    monkeypatch.setenv("GDANIM_LR", "0.7")
    monkeypatch.setenv("GDANIM_OUTPUT", str(tmp_path / "c.gif"))
    again = tmp_path / "b.mp4"
    result = gdanim(
        "reproduce", str(file), "-o", str(again), "--lr", "0.2", "--no-caption", "--theme", "dark"
    )
    assert result.code == 0, result.err
    assert recipe(again).spec() == Spec(**SMALL, learning_rate=0.2, theme="dark")
    missing = gdanim("reproduce", str(file))
    assert (missing.code, missing.err) == (2, "Error: --output: say where it goes, as in -o again.gif\n")
    assert not (tmp_path / "c.gif").exists()


def test_files_are_found_by_name_and_known_by_their_bytes(
    tmp_path: Path, gdanim: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    (here / "d.csv").write_text("x,y\n1,2\n2,3\n3,5\n")
    file = made(here, data=str(here / "d.csv"), view="fit")
    assert str(tmp_path).encode() not in file.read_bytes()
    monkeypatch.chdir(there)
    first = gdanim("reproduce", str(file), "-o", "b.gif")  # the data stand beside the file
    assert first.code == 0, first.err
    assert Path("b.gif").read_bytes() == file.read_bytes()
    (there / "d.csv").write_text("x,y\n9,9\n2,3\n3,5\n")
    assert gdanim("reproduce", str(file), "-o", "b.gif").code == 0  # nor is another of that name taken
    assert Path("b.gif").read_bytes() == file.read_bytes()
    (here / "d.csv").unlink()
    changed = gdanim("reproduce", str(file), "-o", "b.gif")
    assert changed.code == 2
    assert changed.err.startswith("Error: --data: 'd.csv' is not the file that the figure was made from")
    (there / "d.csv").rename(there / "e.csv")
    gone = gdanim("reproduce", str(file), "-o", "b.gif")
    assert gone.code == 2
    assert "the figure reads 'd.csv', and there is no" in gone.err
    assert gdanim("reproduce", str(file), "-o", "b.gif", "--data", "e.csv").code == 0
    assert recipe(there / "b.gif").files == {"e.csv": digest_of("e.csv")}


def test_themes_and_fonts_are_read_as_data_are(
    tmp_path: Path, gdanim: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text('now = "#8a3800"')
    font = font_of(tmp_path / "Own.ttf", "Own Sans", "".join(map(chr, range(32, 127))))
    file = made(tmp_path, theme=str(tmp_path / "mine.toml"), font=font, transparent=True)
    assert set(recipe(file).files) == {"mine.toml", "Own.ttf"}
    assert str(tmp_path).encode() not in file.read_bytes()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    again = gdanim("reproduce", str(file), "-o", "b.gif")
    assert again.code == 0, again.err
    assert Path("b.gif").read_bytes() == file.read_bytes()
    (tmp_path / "mine.toml").write_text('now = "#1f2933"')
    changed = gdanim("reproduce", str(file), "-o", "b.gif")
    assert changed.code == 2
    assert (
        changed.err.startswith("Error: --theme: 'mine.toml' is not the file") or "mine.toml'" in changed.err
    )


def test_data_that_are_made_here_are_not_read_from_a_file_of_their_name(
    tmp_path: Path, gdanim: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made(tmp_path, data="line:n=5", view="fit")
    Path("line:n=5").write_text("x,y\n1,2\n2,3\n")
    said = gdanim("reproduce", "a.gif", "-o", "b.gif")
    assert said.code == 2
    assert "a file of that name would be read" in said.err
    assert not Path("b.gif").exists()


def test_recorded_paths_are_in_it_and_two_of_one_name_are_refused(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "p.csv").write_text(f"w\n5\n4\n{len(folder)}\n{folder == 'one':d}\n")
    file = made(tmp_path, path=str(tmp_path / "one/p.csv"))
    assert recipe(file).data["path"] == ["p.csv"]
    assert recipe(file).files == {"p.csv": digest_of(str(tmp_path / "one/p.csv"))}
    with pytest.raises(GdanimError, match="reads two different files called 'p\\.csv'"):
        made(tmp_path, path=[str(tmp_path / "one/p.csv"), str(tmp_path / "two/p.csv")])
    with pytest.raises(GdanimError, match="cannot read"):
        digest_of(str(tmp_path / "none"))


def test_what_came_from_python_is_said(tmp_path: Path, gdanim: Callable[..., Result]) -> None:
    file = tmp_path / "a.gif"
    animate(Spec(**SMALL), file, loss=Function(lambda w: w[0] ** 2, start=(1.0,)))
    said = gdanim("inspect", str(file))
    assert (said.code, said.out) == (0, "")
    assert "was made from Python with a loss of its own, which no command can name" in said.err
    again = gdanim("reproduce", str(file), "-o", str(tmp_path / "b.gif"))
    assert again.code == 2
    assert "run that program again" in again.err
    assert not (tmp_path / "b.gif").exists()


def test_other_versions_are_named(
    tmp_path: Path, gdanim: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, usual = made(tmp_path), gdanim_versions()
    monkeypatch.setattr(gdanim_recipe(), "versions", lambda: {**usual, "matplotlib": "9.9"})
    for command in (("inspect", str(file)), ("reproduce", str(file), "-o", str(tmp_path / "b.gif"))):
        said = gdanim(*command)
        assert said.code == 0
        assert f"matplotlib {usual['matplotlib']} (here 9.9)" in said.err
        assert "as here" not in said.err


def gdanim_recipe() -> Any:
    return gdanim.recipe


def gdanim_versions() -> dict[str, str]:
    return gdanim.recipe.versions()


HOSTILE: list[tuple[Any, str]] = [
    ("", "cannot be read"),
    ("{", "cannot be read"),
    ("[" * 100_000, "cannot be read"),
    ("[]", "has no spec"),
    ('{"spec": 3}', "has no spec"),
    ('{"spec": {}, "run": "rm"}', "has 'run', which is no part of one"),
    ('{"spec": {}, "files": {"../a.csv": ""}}', "names a file in another folder"),
    ('{"spec": {}, "files": {"..": ""}}', "names a file in another folder"),
    ('{"spec": {}, "files": []}', "has a part that is no table"),
    ('{"spec": {}, "gdanim": {"a": 3}}', "has a part that is no text"),
    ('{"spec": {}, "own": ["os.system"]}', "has a part that is none"),
    (" " * (MOST_RECIPE + 1), "is too long"),
    ('{"spec": {"yes": true}}', "unknown option 'yes'"),
    ('{"spec": {"output": "x.gif"}}', "unknown option 'output'"),
    ('{"spec": {"iterations": 1e400}}', "iterations"),
    ('{"spec": {"iterations": 100000000}}', "iterations: must be at most"),
    ('{"spec": {"size": [100000, 100000]}}', "pixels cannot be drawn"),
    ('{"spec": {"loss": "__import__(\'os\')"}}', "loss"),
    ('{"spec": {"lang": "../../etc"}}', "lang"),
    ('{"spec": {"data": "/etc/passwd"}}', "names a file in another folder"),
    ('{"spec": {"data": "../d.csv"}, "files": {"d.csv": ""}}', "names a file in another folder"),
    ('{"spec": {"data": "-"}, "files": {"-": ""}}', "was read from standard input; say where"),
    ('{"spec": {"path": ["/etc/passwd"]}}', "names a file in another folder"),
    ('{"spec": {"theme": "/etc/theme.toml"}}', "names a file in another folder"),
    ('{"spec": {"font": "/etc/passwd"}}', "names a file in another folder"),
    ('{"spec": {"font": "../a.ttf"}, "files": {"a.ttf": ""}}', "names a file in another folder"),
    ('{"spec": {"path": ["a.csv"]}, "files": {"a.csv": ""}}', "the figure reads 'a.csv', and there is no"),
]


@pytest.mark.parametrize(("told", "words"), HOSTILE, ids=range(len(HOSTILE)))
def test_a_strangers_recipe_gets_one_sentence(
    told: str, words: str, tmp_path: Path, gdanim: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    import re

    monkeypatch.chdir(tmp_path)
    text = b"tEXtSoftware\0gdanim"
    data = RECIPE.encode() + b"\0\0\0\0\0" + told.encode()
    chunks = [struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in
              (text, b"iTXt" + data, b"IEND")]  # fmt: skip
    Path("a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    said = gdanim("reproduce", "a.png", "-o", "b.gif")
    assert said.code in (1, 2)
    assert said.err.startswith("Error: ")
    assert said.err.count("\n") == (3 if "\n    " in said.err else 1)  # a formula with its place
    assert re.search(f"{words}|carries no recipe", said.err), said.err
    assert not Path("b.gif").exists()


@pytest.mark.parametrize("format", SINGLE)
def test_a_damaged_file_gets_one_sentence_or_is_read(format: str, tmp_path: Path) -> None:
    whole = made(tmp_path, format).read_bytes()
    chance = np.random.default_rng(5)
    cuts = [whole[:n] for n in (0, 1, 5, 8, 13, 14, 100, len(whole) // 2, len(whole) - 9)]
    for _ in range(40):
        bad = bytearray(whole)
        for place in chance.integers(0, min(len(bad), 3000), 6):
            bad[place] = chance.integers(256)
        cuts.append(bytes(bad))
    broken = tmp_path / "broken"
    for data in cuts:
        broken.write_bytes(data)
        with suppress(GdanimError):
            assert isinstance(Recipe.from_json(carried_by(str(broken)).recipe).spec(), Spec)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is no file that gdanim writes"),
        (b"\x7fELF" + bytes(100), "is no file that gdanim writes"),
        (
            b"GIF89a" + bytes(7) + b"!\xfe" + b'\xff{"' + b"a" * 253 + (b"\xff" + b"a" * 255) * 20_000,
            "carries no",
        ),
        (b"GIF89a" + bytes(7) + b"!\xfe\0" * 200_000, "carries no"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff\xff\xff\xffiTXt", "carries no"),
        (b"RIFF\xff\xff\xff\xffWEBP" + b"ANMF\0\0\0\0" * 200_000, "carries no"),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><svg>&b;</svg>", "carries no"),
        (b"\0\0\0\x20ftypisom" + bytes(50), "carries no"),
        (b"%PDF-1.4 /Keywords (" + b"\\" * 5000, "carries no"),
    ],
    ids=range(9),
)
def test_what_is_made_to_hurt_ends_soon(data: bytes, words: str, tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(data)
    with pytest.raises(GdanimError, match=words):
        carried_by(str(file))


def test_a_file_that_is_not_there_or_a_folder_gets_a_sentence(
    tmp_path: Path, gdanim: Callable[..., Result]
) -> None:
    for name, words in (("none.gif", "no such file"), (".", "is a directory")):
        said = gdanim("inspect", str(tmp_path / name))
        assert said.code == 1
        assert said.err.startswith("Error: FILE: cannot read ")
        assert words in said.err


def test_long_texts_are_cut_into_blocks_and_signs_of_xml_are_text() -> None:
    metadata = Metadata("a<b", "é" * 400, "pt", '{"spec": {"title": "</g:recipe>&"}}')
    comments = gif_comments(metadata)
    assert comments[:3] == b"!\xfe" + bytes([BLOCK])
    assert comments.count(b"!\xfe") == 2
    assert ElementTree.fromstring(xmp(metadata)) is not None
    marked = svg_marked(b'<?xml version="1.0"?><svg xmlns="a"><g/></svg>', metadata)
    root = ElementTree.fromstring(marked)
    assert [child.tag.split("}")[-1] for child in root] == ["title", "desc", "metadata", "g"]
    assert (root[2][0].text, root[0].text) == (metadata.recipe, "a<b")
    assert (xmp(Metadata()), gif_comments(Metadata())) == (b"", b"")
