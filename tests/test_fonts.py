"""Characters that DejaVu lacks: drawn by another font of the machine, or boxes and a sentence."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib import ft2font
from matplotlib.font_manager import findSystemFonts

from gdanim import GdanimError, Spec, animate
from gdanim.timeline import Moment
from gdanim.views import borrowing
from gdanim.views.borrowing import borrowed, files, unset
from gdanim.views.fonts import BOX, has, lacking, runs
from gdanim.views.glyphs import Glyphs, check_glyphs
from gdanim.views.pieces import pieces
from tests.conftest import Result
from tests.pictures import picture

Install = Callable[..., list[str]]
TEXT = "猫 吃 鱼. 狗 吃 肉. 猫 看 狗. мышь ест сыр."


def made(path: Path, family: str, signs: str, style: str = "Regular", *, outlines: bool = True) -> str:
    """A font whose glyphs are squares of 0.8 by 0.8 of its size, each as wide as that size."""
    names = {ord(sign): f"sign{i}" for i, sign in enumerate(signs)}
    pen = TTGlyphPen(None)
    if outlines:
        pen.moveTo((100, 0))
        for corner in ((100, 800), (900, 800), (900, 0)):
            pen.lineTo(corner)
        pen.closePath()
    square = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    builder.setupGlyf(dict.fromkeys([".notdef", *names.values()], square))
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names.values()], (1000, 100)))
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": family, "styleName": style, "psName": family.replace(" ", "")})
    builder.setupOS2(sTypoAscender=900, sTypoDescender=-100, usWinAscent=900, usWinDescent=100)
    builder.setupPost()
    builder.save(path)
    return str(path)


def forget() -> None:
    for kept in (files, borrowed, pieces):
        kept.cache_clear()


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Install]:
    """Make a machine whose only fonts are these, besides matplotlib's own."""

    def install(*these: tuple[str, str, str]) -> list[str]:
        paths = [made(tmp_path / f"{i}.ttf", *one) for i, one in enumerate(these)]
        monkeypatch.setattr(borrowing, "findSystemFonts", lambda: paths)
        forget()
        return paths

    yield install
    forget()


def test_greek_cyrillic_and_all_languages_borrow_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def searched() -> list[str]:
        raise AssertionError("fonts were searched for")

    monkeypatch.setattr(borrowing, "findSystemFonts", searched)
    forget()
    for text in ("Κάθοδος κλίσης", "Градиентный спуск", "œuvre «ß» „ñ“ ↓ ∇ λₘₐₓ", "x²"):
        assert not lacking(text)
        assert list(runs(text, "normal")) == [(text, "normal")]
    made = animate(Spec(title="Κάθοδος — спуск", iterations=1, size=(320, 240)), painters=0)
    assert made.notes == ()


@pytest.mark.parametrize("size", [12.0, 14.0, 28.0])
@pytest.mark.parametrize("face", ["normal", "bold"])
def test_what_dejavu_lacks_is_drawn_by_another_font(install: Install, size: float, face: str) -> None:
    (path,) = install(("Squares", "学习", "Regular"))
    assert list(runs("at 学习 5", face)) == [("at ", face), ("学习", path), (" 5", face)]
    glyphs = Glyphs(size, face)
    assert glyphs.width("学习") == pytest.approx(2 * size, abs=1)
    ink = glyphs.mask("学").sum(dtype=float) / 255
    assert ink == pytest.approx((0.8 * size) ** 2, rel=0.15)
    with_words = glyphs.mask("at 学习")
    assert np.array_equal(with_words[:, : glyphs.width("at ")], glyphs.mask("at ")[:, : glyphs.width("at ")])


def test_frames_with_borrowed_glyphs_equal_a_full_redraw(install: Install, tmp_path: Path) -> None:
    install(("Squares", "学习猫吃鱼狗肉", "Regular"))
    (tmp_path / "t.txt").write_text(TEXT, encoding="utf-8")
    settings: dict[str, Any] = {
        "model": "next-word",
        "data": str(tmp_path / "t.txt"),
        "view": "words+embedding",
        "title": "学习 $L$: рыба",
        "iterations": 3,
        "size": (800, 480),
    }
    shown, checked = picture(**settings), picture(**settings)
    for k in (2, 0, 3, 1):
        assert np.array_equal(shown.frame(Moment(k)), checked.redraw(Moment(k)))


def test_a_name_in_a_formula_stands_beside_its_letter(install: Install) -> None:
    (path,) = install(("Squares", "猫", "Regular"))
    assert pieces("$e_{猫1}$") == (("e", "italic"), ("猫", path), ("₁", "normal"))
    assert pieces(r"$L(e_{end,1}, \ldots, b_猫)$")[-3:] == (("b", "italic"), ("猫", path), (")", "normal"))
    assert "".join(signs for signs, _ in pieces(r"$e_{猫1}-\Delta e_{猫1}$")) == "e猫₁ − Δe猫₁".replace(
        " ", "\N{THIN SPACE}"
    )
    # What does not fit in a line has boxes, and no sign that mathtext warns of.
    ((formula, face),) = pieces(r"$\frac{1}{e_{猫,1}}$")
    assert (formula, face) == (rf"$\frac{{1}}{{e_{{{BOX},1}}}}$", "formula")
    assert Glyphs(14.0).mask(r"$\frac{1}{e_{猫,1}}$").any()


def test_without_a_font_boxes_stand_there_and_a_sentence_says_so(
    install: Install, gdanim: Callable[..., Result]
) -> None:
    install()
    glyphs = Glyphs(14.0)
    assert np.array_equal(glyphs.mask("a 猫"), glyphs.mask(f"a {BOX}"))
    (note,) = unset(["猫 and мышь", "狗"])
    assert note.startswith(f"no font of this machine has a glyph for '猫', '狗'; {BOX} stands there")
    assert note.endswith("fonts-noto-cjk")
    (note,) = unset(["".join(chr(0x4E00 + i) for i in range(30))])
    assert "and 22 more;" in note
    result = gdanim("run", "-n", "1", "--size", "320x240", "--title", "猫 $w^2$")
    assert result.code == 0
    assert "Note: no font of this machine has a glyph for '猫'" in result.err


@pytest.mark.parametrize(
    ("sign", "package"),
    [
        ("猫", "fonts-noto-cjk"),
        ("か", "fonts-noto-cjk"),
        ("한", "fonts-noto-cjk"),
        ("\u3000", "fonts-noto-cjk"),
        ("ह", "fonts-noto-core"),
        ("🦊", "fonts-symbola"),
    ],
)
def test_the_package_is_one_that_has_the_script(install: Install, sign: str, package: str) -> None:
    install()
    (note,) = unset([sign])
    assert note.endswith(package)


def test_where_a_font_has_it_there_is_no_sentence(install: Install, gdanim: Callable[..., Result]) -> None:
    install(("Squares", "猫", "Regular"))
    result = gdanim("run", "-n", "1", "--size", "320x240", "--title", "猫")
    assert "Note" not in result.err
    assert result.code == 0


def test_the_font_is_that_with_most_then_without_serifs_then_as_bold(install: Install) -> None:
    serif, most, bold, mono = install(
        ("A Serif", "学习", "Regular"),
        ("Squares", "学习", "Regular"),
        ("Squares", "学习", "Bold"),
        ("Squares Mono", "学习猫", "Regular"),
    )
    assert borrowed("学", "normal") == {"学": most}
    assert borrowed("学", "bold") == {"学": bold}
    assert borrowed("学猫", "normal") == dict.fromkeys("学猫", mono)
    assert serif not in borrowed("学习", "italic").values()
    _, second = install(("One", "学", "Regular"), ("Two", "猫", "Regular"))
    assert borrowed("学猫", "normal")["猫"] == second


def test_fonts_that_only_seem_to_have_it_are_passed_over(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install()
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    paths = [
        str(tmp_path / "broken.ttf"),
        str(tmp_path / "none.ttf"),
        made(tmp_path / "empty.ttf", "Empty", "学", outlines=False),
        made(tmp_path / "last.ttf", ".LastResort", "学"),
        made(tmp_path / "right.ttf", "Right", "学"),
    ]
    monkeypatch.setattr(borrowing, "findSystemFonts", lambda: paths)
    assert borrowed("学", "normal") == {"学": paths[-1]}


def test_svg_keeps_the_text_and_names_the_font_and_pdf_has_it_inside(install: Install) -> None:
    install(("Squares", "学习", "Regular"))
    shown = picture(title="学习 now", size=(320, 240), iterations=1)
    file = BytesIO()
    shown.save(Moment(1), file, "svg")
    texts = {"".join(e.itertext()): e.get("style", "") for e in ET.fromstring(file.getvalue()).iter()}
    assert "Squares" in texts["学习"]
    assert "DejaVu Sans" in texts["now"]
    file = BytesIO()
    shown.save(Moment(1), file, "pdf")
    assert b"+Squares" in file.getvalue()


def test_letters_that_older_matplotlib_does_not_join_are_said(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install()
    monkeypatch.setattr(ft2font, "__libraqm_version__", "0.10", raising=False)
    assert unset(["سلام"]) == []  # DejaVu has Arabic
    monkeypatch.delattr(ft2font, "__libraqm_version__")
    assert unset(["سلام"]) == [
        "Arabic letters are drawn one by one from the left, not joined; matplotlib 3.11 joins them"
    ]
    assert unset(["мир"]) == []


def test_a_control_character_is_refused(install: Install) -> None:
    install()
    for sign in ("\x07", "\ud800"):
        with pytest.raises(GdanimError, match=r"title: .* is a sign that cannot be drawn; leave it out"):
            check_glyphs(f"a {sign}", "title")


def test_fonts_of_this_machine() -> None:
    """The real ones: what matplotlib finds, and what it says of them."""
    forget()
    found = borrowed("学习", "normal")
    if not found:
        assert not [path for path in findSystemFonts() if "cjk" in path.lower()]
        pytest.skip("no font of this machine has Chinese characters; apt install fonts-wqy-zenhei")
    glyphs = Glyphs(28.0)
    assert all(has(path, sign) for sign, path in found.items())
    assert not np.array_equal(glyphs.mask("学"), glyphs.mask("习"))
    assert 14 <= glyphs.width("学") <= 42
    assert unset(["学习"]) == []
