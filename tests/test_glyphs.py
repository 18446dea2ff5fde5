import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import get_font

from gdanim.views.fonts import face_path
from gdanim.views.glyphs import Glyphs, check_glyphs, properties, shaded
from gdanim.views.pieces import DIGITS, pieces, simple_math


@pytest.mark.parametrize("size", [9.0, 12.0, 14.0, 16.1, 28.0, 42.0])
@pytest.mark.parametrize("face", ["normal", "bold"])
def test_numerals_stand_still(size: float, face: str) -> None:
    glyphs = Glyphs(size, face)
    assert len({glyphs.width(digit) for digit in DIGITS}) == 1
    assert glyphs.width("3.14") == glyphs.width("2.71")


@pytest.mark.parametrize("size", [9.6, 10.2, 11.4, 14.0, 18.7, 21.5, 24.3, 29.9])
@pytest.mark.parametrize(
    "text", ["$w_3$", "$w_3(w_4 - w_3^2)$", "$400w_3(1 - w_7)$", "10⁻⁵", "$f(x)$ y", "√ ∇"]
)
def test_nothing_is_cut_off_where_a_letter_is_wider_than_it_advances(size: float, text: str) -> None:
    glyphs = Glyphs(size)
    mask, whole = glyphs.mask(text).astype(int), 0
    for characters, face in pieces(text):
        font = get_font(face_path(face))
        font.set_size(size, 72.0)
        font.set_text(characters, 0.0)
        font.draw_glyphs_to_bitmap(antialiased=True)
        whole += int(shaded(np.asarray(font.get_image())).sum(dtype=int))
    assert mask.sum() >= 0.97 * whole  # less where one letter lies over another
    assert glyphs.width(text) <= mask.shape[1] <= glyphs.width(text) + 0.3 * size


@pytest.mark.parametrize("size", [9.6, 12.0, 18.7, 21.5, 24.266666666666666])
def test_indices_are_as_wide_as_each_other(size: float) -> None:
    glyphs = Glyphs(size)
    assert len({glyphs.width(f"$w_{digit}$") for digit in DIGITS}) == 1
    assert len({glyphs.width(f"$w^{digit}$") for digit in DIGITS}) == 1
    assert len({glyphs.width(f"$w_{digit}($") for digit in DIGITS}) == 1


def test_text_has_ink_and_no_more_than_its_width() -> None:
    glyphs = Glyphs(14.0)
    for text in ("Iteration $k$", "5.000 − 0.1·6.000", r"$\frac{1}{2}w_1^2$", "$(w-2)^2$"):
        mask = glyphs.mask(text)
        assert len(mask) == glyphs.height
        assert 0 <= mask.shape[1] - glyphs.width(text) <= 1
        assert mask.max() == 255
        assert len(np.unique(mask)) <= 16


def test_simple_formulas_are_set_here_and_others_by_mathtext() -> None:
    characters = simple_math(r"w_{12} \leftarrow w - \eta \cdot \partial L/\partial w_1")
    assert characters is not None
    assert "".join(c for c, _ in characters).replace("\N{THIN SPACE}", "") == "w₁₂←w−η·∂L/∂w₁"
    assert simple_math(r"\sqrt{w}") is None
    assert pieces(r"$\sqrt{w}$") == ((r"$\sqrt{w}$", "formula"),)


def test_a_sign_is_set_apart_only_between_two_terms() -> None:
    def text(formula: str) -> str:
        return "".join(c for c, _ in simple_math(formula) or [])

    thin = "\N{THIN SPACE}"
    assert text("-w") == "−w"
    assert text("a-w") == f"a{thin}−{thin}w"
    assert text("(-w)") == "(−w)"


@pytest.mark.parametrize("size", [10.8, 12.0, 14.0, 28.0])
@pytest.mark.parametrize("formula", [r"\sqrt{w^2+1}", r"\sqrt{\frac{w^2}{3}}", r"\frac{1}{1+\frac{1}{w}}"])
def test_no_formula_is_cut(formula: str, size: float) -> None:
    glyphs = Glyphs(size)
    mask = glyphs.mask(f"at ${formula}$")
    whole = RendererAgg(400, 200, 72.0)
    context = whole.new_gc()
    context.set_foreground("black")
    whole.draw_mathtext(context, 0, 100, f"${formula}$", properties("normal", size), 0)
    ink = np.asarray(whole.buffer_rgba())[..., 3]
    rows, shown = np.flatnonzero(ink.any(axis=1)), mask[:, glyphs.width("at ") :]
    assert np.flatnonzero(shown.any(axis=1))[[0, -1]] == pytest.approx(
        rows[[0, -1]] - 100 + len(mask) - glyphs.drop(f"at ${formula}$"), abs=1
    )
    assert int(shown.sum()) == pytest.approx(int(ink.sum()), rel=0.05)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        (r"Costs \$5 and \$6", "Costs $5 and $6"),
        ("Costs $5", "Costs $5"),
        (r"\$5 for $w^2$ \$", "$5 for w² $"),
        ("$w^2$ for $5", "w² for $5"),
    ],
)
def test_an_escaped_dollar_and_one_alone_are_dollars(title: str, shown: str) -> None:
    assert "".join(characters for characters, _ in pieces(title, single=False)) == shown
    check_glyphs(title, "title")
