"""A font of one's own: text is set in it, what it lacks is not, and what is no font gets a sentence."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen

from gdanim import GdanimError, Spec, animate
from gdanim.plan import plan
from gdanim.themefile import theme_of
from gdanim.timeline import Moment
from gdanim.views.glyphs import Glyphs
from gdanim.views.pieces import pieces
from tests.conftest import Result
from tests.pictures import picture
from tests.test_fonts import made

ASCII = "".join(map(chr, range(33, 127)))


@pytest.fixture
def own(tmp_path: Path) -> str:
    """A font whose letters are squares: of ASCII all but z."""
    return made(tmp_path / "Own.ttf", "Own Sans", ASCII.replace("z", "") + " −")


def opentype(path: Path) -> str:
    """The same with outlines as PostScript has them, in an .otf."""
    pen = T2CharStringPen(1000, None)
    pen.moveTo((100, 0))
    for corner in ((100, 800), (900, 800), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    names = {ord(sign): f"sign{i}" for i, sign in enumerate(ASCII + " ")}
    order = [".notdef", *names.values()]
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)
    builder.setupCFF("OwnOpen", {}, dict.fromkeys(order, pen.getCharString()), {})
    builder.setupHorizontalMetrics(dict.fromkeys(order, (1000, 100)))
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": "Own Open", "styleName": "Regular", "psName": "OwnOpen"})
    builder.setupOS2(sTypoAscender=900, sTypoDescender=-100, usWinAscent=900, usWinDescent=100)
    builder.setupPost()
    builder.save(path)
    return str(path)


def test_text_is_set_in_it_and_letters_of_formulas_and_what_it_lacks_are_not(own: str) -> None:
    assert pieces("az $w_1 = 4$ é", "normal", False, own) == (
        ("a", own),
        ("z", "normal"),
        (" ", own),
        ("w", "italic"),
        ("₁\N{THIN SPACE}", "normal"),
        ("=", own),
        ("\N{THIN SPACE}", "normal"),
        ("4 ", own),
        ("é", "normal"),
    )
    mask = Glyphs(20.0, font=own).mask("ab")
    assert mask.shape[1] == 40  # each as wide as the text is high
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    assert np.ptp(rows) + 1 == pytest.approx(16, abs=1)
    assert np.ptp(columns) + 1 == pytest.approx(36, abs=1)
    title = Glyphs(20.0, "bold", font=own).mask("ab")
    assert np.array_equal(title, mask)


def test_every_label_of_a_figure_is_set_in_it(own: str) -> None:
    settings = {"loss": "bowl", "view": "contour+history", "iterations": 3}
    shown, usual = picture(**settings, font=own), picture(**settings)
    assert {shown.scene.glyphs.font, shown.scene.small.font, shown.scene.glyphs.at(30.0, "bold").font} == {
        own
    }
    assert not np.array_equal(shown.frame(Moment(3)), usual.frame(Moment(3)))
    again = picture(**settings, font=own)
    assert np.array_equal(shown.frame(Moment(2)), again.redraw(Moment(2)))


@pytest.mark.parametrize(
    "view", ["graph+contour", "network", "curve", "words", "weights", "confusion+history"]
)
def test_every_view_can_be_drawn_in_it(own: str, view: str) -> None:
    first = view.split("+")[0]
    settings = {
        "graph": {"loss": "himmelblau"},
        "network": {"data": "moons", "model": "mlp:hidden=2"},
        "words": {"model": "next-word"},
        "weights": {"data": "digits:n=60"},
        "confusion": {"data": "blobs:classes=3"},
    }.get(first, {})
    shown = picture(**settings, view=view, font=own, size=(1280, 720), iterations=2)
    assert shown.frame(Moment(1)).any()


@pytest.mark.parametrize("suffix", ["ttf", "otf"])
def test_a_pdf_has_it_inside_and_an_svg_names_it(tmp_path: Path, suffix: str) -> None:
    name = str(tmp_path / f"Own.{suffix}")
    family = "Own Sans" if suffix == "ttf" else "Own Open"
    _ = made(Path(name), family, ASCII + " −") if suffix == "ttf" else opentype(Path(name))
    spec = Spec(font=name, iterations=1, size=(480, 360))
    animate(spec, tmp_path / "a.pdf", tmp_path / "a.svg", tmp_path / "a.png", painters=0)
    assert family in (tmp_path / "a.svg").read_text("utf-8")
    assert family.replace(" ", "").encode() in (tmp_path / "a.pdf").read_bytes()
    assert "Font" in (tmp_path / "a.pdf").read_bytes().decode("latin-1")


def test_what_it_lacks_is_noted(own: str) -> None:
    made_of = animate(Spec(font=own, iterations=1, size=(480, 360), title="zé"), format="png")
    (note,) = (note for note in made_of.notes if "glyph" in note)
    assert note.startswith("Own Sans has no glyph for 'z', 'é', 'η'")
    assert note.endswith("; another font stands in")
    assert not [note for note in animate(Spec(iterations=1), format="png").notes if "glyph" in note]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is no font; name a .ttf or an .otf file"),
        (b"GIF89a", "is no font"),
        (b"wOF2" + bytes(100), "is a font for the web; name its .ttf or .otf"),
        (b"\0\1\0\0" + bytes(200), "is a font that cannot be drawn with; it may be damaged"),
        (b"OTTO", "is a font that cannot be drawn with"),
        (None, "cannot read '.*': no such file"),
    ],
)
@pytest.mark.parametrize("painters", [0, 1])
def test_what_is_no_font_gets_a_sentence(
    tmp_path: Path, data: bytes | None, words: str, painters: int
) -> None:
    path, target = tmp_path / "bad.ttf", tmp_path / "a.gif"
    target.write_text("earlier")
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(GdanimError, match=words) as caught:
        animate(Spec(font=str(path), iterations=1, size=(480, 360)), target, painters=painters)
    assert caught.value.where[0] == "font" or "font" in str(caught.value)
    assert target.read_text() == "earlier"


def test_a_damaged_font_gets_a_sentence(own: str, tmp_path: Path) -> None:
    whole = Path(own).read_bytes()
    refused = 0
    for cut in range(12, len(whole), len(whole) // 25):
        path = tmp_path / f"cut{cut}.ttf"
        path.write_bytes(whole[:cut])
        try:
            picture(font=str(path), size=(480, 360), iterations=1).frame(Moment(0))
        except GdanimError as error:
            refused += 1
            assert "cannot be drawn with" in error.problem  # noqa: PT017
    assert refused >= 10


def test_text_is_as_many_times_as_large(gdanim: Callable[..., Result], tmp_path: Path) -> None:
    assert plan(Spec(font_scale=1.25)).text_size == pytest.approx(1.25 * 14)
    assert plan(Spec(font_scale=1.25, theme="slides")).text_size == pytest.approx(1.25 * 1.4 * 14)
    assert picture(font_scale=1.5, size=(960, 540)).scene.sizes.ball == pytest.approx(1.5 * 0.95 * 14)
    with pytest.raises(GdanimError, match=r"font_scale: must be from 0\.8 up"):
        Spec(font_scale=0.1)
    done = gdanim("run", "--font-scale", "2.9", "--size", "320x240", "-o", str(tmp_path / "a.gif"))
    assert done.code == 2
    assert "has no room for the panels" in done.err or "set smaller text" in done.err


def test_a_theme_names_its_font_from_where_it_stands(own: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('font = "Own.ttf"')
    found = theme_of(str(tmp_path / "mine.toml"))
    assert found.font == own
    spec = Spec(theme=str(tmp_path / "mine.toml"))
    assert plan(spec).theme.font == own
    other = made(tmp_path / "Other.ttf", "Other", ASCII)
    assert plan(Spec(theme=spec.theme, font=other)).theme.font == other


def test_a_style_names_a_family(tmp_path: Path) -> None:
    style = tmp_path / "mine.mplstyle"
    style.write_text("font.family: sans-serif\nfont.sans-serif: No Such Font, DejaVu Sans")
    assert theme_of(str(style)).font == ""
    style.write_text("font.family: DejaVu Serif")
    assert Path(theme_of(str(style)).font).name == "DejaVuSerif.ttf"
    style.write_text("font.family: No Such Font")
    found = theme_of(str(style))
    assert found.font == ""
    assert "line 1: this machine has no font named No Such Font; see --font" in found.notes[0]
