"""Themes from files: taken as they say, refused with their line, and what is faint named with its ratio."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib import rc_params_from_file
from matplotlib.colors import to_hex

from gdanim import GdanimError, Spec, animate
from gdanim.plan import plan
from gdanim.theme import DARK, LIGHT, THEMES, contrast
from gdanim.themefile import KEYS, faint, theme_of
from gdanim.timeline import Moment
from tests.conftest import Result
from tests.pictures import picture
from tests.test_contracts import luminance

STYLES = sorted((Path(matplotlib.get_data_path()) / "stylelib").glob("*.mplstyle"))
MINE = """\
# a talk
base = "dark"
now = "#FFD60A"
large = 1.25
runs = ["#fd0", "#2fd6a5"]
"""


@pytest.fixture
def theme(tmp_path: Path) -> Callable[..., str]:
    def write(text: str | bytes, suffix: str = "toml") -> str:
        path = tmp_path / f"mine.{suffix}"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    return write


def test_a_file_says_what_differs_from_its_base(theme: Callable[..., str]) -> None:
    found = theme_of(theme(MINE))
    runs = ("#ffdd00", "#2fd6a5")
    assert found == replace(DARK, name="mine", now="#ffd60a", large=1.25, runs=runs)
    assert theme_of(theme("")) == replace(LIGHT, name="mine")
    assert plan(Spec(theme=theme(MINE))).text_size == pytest.approx(1.25 * 14)
    shown = picture(theme=theme('background = "#fffaf0"'), size=(480, 360))
    assert tuple(shown.frame(Moment(0))[0, 0]) == (0xFF, 0xFA, 0xF0, 0xFF)


def test_every_key_of_a_theme_can_be_said(theme: Callable[..., str]) -> None:
    contrasting = THEMES["contrast"]

    def said(value: Any) -> str:
        return str([*value]) if isinstance(value, tuple) else repr(value)

    lines = [f"{key} = {said(getattr(contrasting, key))}" for key in KEYS if key not in ("base", "font")]
    assert theme_of(theme("\n".join(lines))) == replace(contrasting, name="mine", about="")


def test_many_runs_of_two_colours_are_told_apart_by_dash_and_marker(theme: Callable[..., str]) -> None:
    styles = picture(loss="bowl", learning_rate=(0.01, 0.02, 0.03, 0.04), theme=theme(MINE)).scene.styles
    assert [style.now for style in styles] == ["#ffdd00", "#2fd6a5"] * 2
    assert len({(style.marker, style.dashes) for style in styles}) == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            'base = "dark"\n\ninkk = "#000"',
            "line 3: unknown key 'inkk'; did you mean 'ink'. A theme has base, ",
        ),
        ('[colours]\nink = "#000"', "line 1: unknown key 'colours'"),
        ("x" * 300 + " = 1", "line 1: unknown key 'x{80}…'; a theme has base"),
        ('base = "drak"', "line 1: base: unknown theme 'drak'; did you mean 'dark'. Choose from light, dark"),
        ("base = 3", "line 1: base: unknown theme '3'"),
        ('ink = "blue"', "line 1: ink: must be a colour such as '#c75100', not 'blue'"),
        ('ink = "#12345"', "line 1: ink: must be a colour such as"),
        ("\nink = 0", "line 2: ink: must be a colour such as '#c75100', not 0"),
        ('now = ["#000000"]', "line 1: now: must be a colour"),
        ("runs = []", r"line 1: runs: must be 1 to 12 colours in brackets, not \[\]"),
        ('runs = "#000000"', "line 1: runs: must be 1 to 12 colours in brackets, not '#000000'"),
        ('runs = ["#000", "#000000"]', "line 1: runs: #000000 is given twice"),
        ('basins = ["#000"]', "line 1: basins: must be 7 colours"),
        ("large = 12", "line 1: large: must be a number from 0.8 to 3, not 12"),
        ("large = true", "line 1: large: must be a number"),
        ("large = nan", "line 1: large: must be a number"),
        ("font = 3", "line 1: font: must be a file, .ttf or .otf, not 3"),
        ('font = "gone.ttf"', r"line 1: font: cannot read '.*gone\.ttf': no such file"),
        ("ink = ", "is not TOML: .*line 1"),
        ('ink = "#000"\nink = "#111"', "is not TOML: .*line 2"),
        ("x = " + "[" * 50_000, "is not TOML"),
        (b"\xff\xfa\xff", "line 1 is not text in UTF-8"),
        (b"#" * (2**20 + 1), "is larger than a theme can be"),
        (
            'base = "dark"\nbackground = "#eef1f5"',
            "ink: #eef1f5 on the background #eef1f5 has a contrast of 1.00",
        ),
        ('curve = "#ffffff"', "line 1: curve: #ffffff on the background #ffffff .* data need 3, as #.* has"),
    ],
)
def test_what_makes_no_sense_says_where(theme: Callable[..., str], text: str | bytes, words: str) -> None:
    with pytest.raises(GdanimError, match=f"^theme: .*mine.toml: {words}") as caught:
        theme_of(theme(text))
    assert (caught.value.where, caught.value.exit_code) == (("theme",), 2)
    assert len(str(caught.value)) < 400


def test_a_file_that_is_not_there_or_is_something_else(tmp_path: Path) -> None:
    with pytest.raises(GdanimError, match=r"cannot read '.*gone.toml': no such file") as caught:
        theme_of(str(tmp_path / "gone.toml"))
    assert caught.value.exit_code == 1
    (tmp_path / "mine.json").write_text("{}")
    with pytest.raises(GdanimError, match=r"mine.json' is no theme; a file is a .toml or a .mplstyle"):
        theme_of(str(tmp_path / "mine.json"))
    with pytest.raises(GdanimError, match=r"unknown theme 'other.json'"):
        theme_of("other.json")


def test_faint_colours_are_named_with_their_ratio_and_what_would_do(theme: Callable[..., str]) -> None:
    found = theme_of(theme('base = "paper"\nnow = "#ff8c42"\nruns = ["#ff8c42", "#111111"]'))
    faded = "#ff8c42 on the background #ffffff has a contrast of"
    assert [note.split("mine.toml: ")[1] for note in found.notes] == [
        f"line 2: now: {faded} 2.31; words need 4.5, as #ae6231 has",
        f"line 3: runs: {faded} 2.31; data need 3, as #db7a3b has",
    ]
    ratio = (luminance("#ffffff") + 0.05) / (luminance("#ff8c42") + 0.05)
    assert f"{ratio:.3f}".startswith("2.31")
    for better, least in (("#ae6231", 4.5), ("#db7a3b", 3.0)):
        assert contrast(better, "#ffffff") >= least
    assert "mine.toml: line 1: now: #ff8c42" in plan(Spec(theme=theme('now = "#ff8c42"'))).notes[0]


def test_the_theme_of_the_readme_is_one_that_lacks_nothing(theme: Callable[..., str]) -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    (example,) = (part.split("```")[0] for part in readme.split("```toml\n")[1:] if "base =" in part)
    assert theme_of(theme(example)).notes == ()


@pytest.mark.parametrize("name", THEMES)
def test_no_colour_of_a_theme_of_ours_is_faint(name: str) -> None:
    assert faint(THEMES[name], {}) == []


def test_a_note_is_printed_and_the_picture_is_drawn(
    gdanim: Callable[..., Result], theme: Callable[..., str], tmp_path: Path
) -> None:
    target = tmp_path / "a.png"
    done = gdanim("run", "-n", "1", "--theme", theme('now = "#ff8c42"'), "-o", str(target))
    assert done.code == 0
    assert target.exists()
    assert "Note: " in done.err
    assert "mine.toml: line 1: now: #ff8c42 on the background #ffffff has a contrast of 2.31" in done.err
    refused = gdanim("run", "-n", "1", "--theme", theme("ink = 1"), "-o", str(target))
    assert refused.code == 2
    assert refused.err.startswith("Error: --theme: ")


def test_a_theme_is_not_written_over(theme: Callable[..., str]) -> None:
    name = theme(MINE)
    with pytest.raises(GdanimError, match="is read, for --theme; write to another file"):
        animate(Spec(theme=name, iterations=1), name, format="png")
    assert Path(name).read_text() == MINE


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
def test_styles_of_matplotlib_are_read_as_matplotlib_reads_them(path: Path) -> None:
    wanted = rc_params_from_file(path, use_default_template=False)
    try:
        found = theme_of(str(path))
    except GdanimError as error:
        assert "has a contrast of" in error.problem or "font.size" in error.problem  # noqa: PT017
        return
    if "axes.facecolor" in wanted:
        assert found.background == to_hex(wanted["axes.facecolor"])
    if "text.color" in wanted:
        assert found.ink == to_hex(wanted["text.color"])
    if "axes.prop_cycle" in wanted:
        colours = [to_hex(colour) for colour in wanted["axes.prop_cycle"].by_key()["color"]]
        seen = [colour for colour in dict.fromkeys(colours) if contrast(colour, found.background) >= 1.5]
        assert list(found.runs) == seen[:12]
        assert found.now == seen[0]
        gone = [colour for colour in colours if colour not in seen]
        assert all(any(f"{colour}" in note for note in found.notes) for colour in gone)
    if "font.size" in wanted:
        assert found.large == pytest.approx(wanted["font.size"] / 10)


def test_a_style_says_what_it_sets_and_what_changes_nothing(theme: Callable[..., str]) -> None:
    style = """\
# grey, from another program
axes.facecolor: 202020
text.color: "#f0f0f0"   # quoted, as its sign begins a comment
xtick.color: w
axes.prop_cycle: cycler('color', ['tab:orange', '8dd3c7']) + cycler('linestyle', ['-', ':'])
font.size: 12
lines.linewidth: 3
axes.grid: True
"""
    found = theme_of(theme(style, "mplstyle"))
    assert (found.background, found.ink, found.muted) == ("#202020", "#f0f0f0", "#ffffff")
    assert found.runs == ("#ff7f0e", "#8dd3c7")
    assert (found.now, found.large) == ("#ff7f0e", 1.2)
    assert contrast(found.now, "#202020") > contrast(found.before, "#202020") >= 3
    pale = theme_of(theme("axes.prop_cycle: cycler('color', ['fffff0', 'ffffff', '111111'])", "mplstyle"))
    assert pale.runs == ("#111111",)
    assert "left out of the cycle: #fffff0, #ffffff, not to be seen on #ffffff" in pale.notes[0]
    assert found.grid == DARK.grid  # of a ground that is dark
    assert contrast(found.curve, "#202020") >= 3
    ignored = [note for note in found.notes if "nothing" in note]
    assert len(ignored) == 1
    assert "lines.linewidth (line 7), axes.grid (line 8) change nothing; a theme takes" in ignored[0]


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("text.color black", "line 1: 'text.color black' is not a setting such as text.color: black"),
        ("\ntext.color: blakc", "line 2: text.color: 'blakc' is not a colour"),
        ("text.color: (0, 0, 0, 0.5)", "line 1: text.color: '.*' is not opaque"),
        ("axes.prop_cycle: cycler('lw', [1, 2])", "line 1: axes.prop_cycle: .* is not a cycler with colours"),
        ("axes.prop_cycle: __import__('os').getcwd()", "line 1: axes.prop_cycle: .* is not a cycler"),
        ("font.size: huge", "line 1: font.size: must be from 8 to 30 points, not 'huge'"),
        ("axes.facecolor: black\ntext.color: black", "line 2: ink: #000000 on the background #000000"),
    ],
)
def test_a_style_that_makes_no_sense_says_where(theme: Callable[..., str], style: str, words: str) -> None:
    with pytest.raises(GdanimError, match=f"mine.mplstyle: {words}"):
        theme_of(theme(style, "mplstyle"))


def test_two_runs_of_one_file_give_the_same_picture(theme: Callable[..., str]) -> None:
    spec = {"theme": theme(MINE), "size": (480, 360)}
    assert np.array_equal(picture(**spec).frame(Moment(3)), picture(**spec).frame(Moment(3)))
    assert Spec.from_data(Spec(theme=theme(MINE)).to_data()).theme == theme(MINE)
