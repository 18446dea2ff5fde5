"""Fonts cut to the glyphs that a PDF shows: what is left is as it was, as others read it."""

import io
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont
from matplotlib.backends import backend_pdf
from matplotlib.ft2font import FT2Font
from PIL import Image

from gdanim.timeline import Moment
from gdanim.views.embeddedfonts import cut_quickly
from gdanim.views.fonts import FACES, face_path
from gdanim.views.truetype import subset
from tests.pictures import picture

BACKEND: Any = vars(backend_pdf)["_backend_pdf_ps"]


def outline(font: TTFont, number: int) -> Any:
    """What a pen draws of a glyph, its parts put in their places."""
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[font.getGlyphName(number)].draw(pen)
    return pen.value


@pytest.mark.parametrize("face", FACES)
def test_glyphs_are_those_of_the_whole_font(face: str) -> None:
    """Letters with accents among them, which are put together from others, and those last in the file."""
    data = Path(face_path(face)).read_bytes()
    whole = TTFont(io.BytesIO(data))
    cmap, last = whole.getBestCmap(), len(whole.getGlyphOrder()) - 1
    wanted = {whole.getGlyphID(cmap[ord(sign)]) for sign in "Lw−²∇ÜéçñǘΔжẵ∂ℓ↘"} | {0, last, last - 1}
    assert any(whole["glyf"][whole.getGlyphName(glyph)].isComposite() for glyph in wanted)
    cut = subset(data, wanted)
    assert cut is not None
    font, numbers = cut
    made = TTFont(io.BytesIO(font), checkChecksums=2)
    assert wanted <= set(numbers)
    assert sorted(numbers.values()) == list(range(made["maxp"].numGlyphs))
    for old, new in numbers.items():
        assert outline(made, new) == outline(whole, old)
        assert made["hmtx"][made.getGlyphName(new)] == whole["hmtx"][whole.getGlyphName(old)]
    assert made["name"].getDebugName(0) == whole["name"].getDebugName(0)
    assert len(font) < 60_000
    freetype = FT2Font(io.BytesIO(font))
    assert freetype.postscript_name == FT2Font(face_path(face)).postscript_name
    assert freetype.num_glyphs == len(numbers)


def test_a_font_of_short_places_and_of_one_width() -> None:
    """As small fonts are: places in 16 bits, and one advance that the last glyphs share."""
    data = Path(face_path("normal")).read_bytes()
    font, numbers = subset(data, [36, 37, 38]) or (b"", {})
    small = TTFont(io.BytesIO(font))
    assert len(small["glyf"]) == len(numbers)  # what has been read is written anew
    for name in small.getGlyphOrder():
        small["hmtx"][name] = (700, small["hmtx"][name][1])
    file = io.BytesIO()
    small.save(file)
    assert TTFont(io.BytesIO(file.getvalue()))["head"].indexToLocFormat == 0
    assert TTFont(io.BytesIO(file.getvalue()))["hhea"].numberOfHMetrics == 1
    again, numbers = subset(file.getvalue(), [2, 3]) or (b"", {})
    made, whole = TTFont(io.BytesIO(again), checkChecksums=2), TTFont(io.BytesIO(file.getvalue()))
    for old, new in numbers.items():
        assert outline(made, new) == outline(whole, old)
        assert made["hmtx"][made.getGlyphName(new)] == whole["hmtx"][whole.getGlyphName(old)]


def postscript() -> bytes:
    """A font whose outlines are PostScript's."""
    pen = T2CharStringPen(500, None)
    pen.moveTo((0, 0))
    pen.lineTo((500, 0))
    pen.lineTo((0, 500))
    pen.closePath()
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder([".notdef", "A"])
    builder.setupCharacterMap({65: "A"})
    shape = pen.getCharString()
    builder.setupCFF("Three", {"FullName": "Three"}, {".notdef": shape, "A": shape}, {})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "A": (500, 0)})
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": "Three", "styleName": "Regular", "psName": "Three"})
    builder.setupOS2()
    builder.setupPost()
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()


def test_other_fonts_are_left_to_matplotlib(tmp_path: Path) -> None:
    assert subset(postscript(), [1]) is None
    assert subset(b"ttcf" + bytes(60), [1]) is None
    if not hasattr(BACKEND, "SubsetResults"):
        pytest.skip("this matplotlib asks by characters, and is left alone")
    from matplotlib.font_manager import FontPath

    file = tmp_path / "three.otf"
    file.write_bytes(postscript())
    with cut_quickly():
        with BACKEND.get_glyphs_subset(FontPath(str(file), 0), {1}) as found:
            assert isinstance(found.font, TTFont)
            assert BACKEND.font_as_file(found.font).getvalue()[:4] == b"OTTO"
        with BACKEND.get_glyphs_subset(FontPath(face_path("normal"), 0), {36}) as found:
            assert BACKEND.font_as_file(found.font).getvalue() == found.font


def test_matplotlib_is_as_it_was_afterwards() -> None:
    before = BACKEND.get_glyphs_subset, BACKEND.font_as_file
    picture().save(Moment(0), io.BytesIO(), "pdf")
    assert (BACKEND.get_glyphs_subset, BACKEND.font_as_file) == before
    with pytest.raises(ZeroDivisionError), cut_quickly():
        raise ZeroDivisionError
    assert (BACKEND.get_glyphs_subset, BACKEND.font_as_file) == before


def test_what_cuts_fonts_slowly_is_not_loaded(tmp_path: Path) -> None:
    if not hasattr(BACKEND, "SubsetResults"):
        pytest.skip("this matplotlib asks by characters, and is left alone")
    script = (
        "import sys; from gdanim import Spec, animate\n"
        "animate(Spec(), 'a.pdf', painters=0)\n"
        "assert 'fontTools.ttLib' not in sys.modules\n"
        "from fontTools import subset; print(subset.Options.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("Options\n", "")


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler-utils are not installed")
@pytest.mark.parametrize("lang", ["en", "pt"])
def test_a_pdf_looks_and_reads_as_with_fonts_that_others_cut(
    tmp_path: Path, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown(name: str) -> tuple[str, Any]:
        made = picture(loss="bowl", view="contour+history", lang=lang, title="Ü é ∇ $\\frac{1}{2}w_1^2$")
        with (tmp_path / name).open("wb") as file:
            made.save(Moment(5), file, "pdf")
        subprocess.run(["pdftoppm", "-png", "-singlefile", name, name], cwd=tmp_path, check=True)
        text = subprocess.run(
            ["pdftotext", name, "-"], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        with Image.open(tmp_path / f"{name}.png") as image:
            return text.stdout, np.array(image)

    (text, pixels) = shown("a.pdf")
    monkeypatch.setattr("gdanim.views.embeddedfonts.subset", lambda *_: None)
    other_text, other = shown("b.pdf")
    assert text == other_text
    assert np.array_equal(pixels, other)
    assert (tmp_path / "a.pdf").stat().st_size < (tmp_path / "b.pdf").stat().st_size
