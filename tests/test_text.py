import pytest

from gdanim import GdanimError, Spec, trace
from gdanim.text import Text
from gdanim.views.arithmetic import arithmetic


def test_portuguese_uses_the_notebooks_words_and_the_decimal_comma() -> None:
    text = Text("pt")
    assert text("title", loss="L(w)") == "Gradiente Descendente para Minimizar L(w)"
    assert text("learning_rate") == "Taxa de aprendizado"
    assert text.fixed(4.4) == "4,400"
    assert text.math("0.5 w^2") == "0{,}5 w^2"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0.000"),
        (-0.4, "−0.400"),
        (0.00049, "4.90×10⁻⁴"),
        (1e-9, "10⁻⁹".replace("10", "1.00×10")),
        (12345.678, "12345.7"),
        (3.2e12, "3.20×10¹²"),
    ],
)
def test_numbers_tiny_and_huge(value: float, shown: str) -> None:
    assert Text("en").fixed(value) == shown


def test_the_arithmetic_on_the_picture_is_true() -> None:
    assert arithmetic(Text("en"), 5.0, 0.1, 6.0, 4.4).words == "5.000 − 0.1·6.000 = 4.400"
    # 2.786432 − 0.1·1.572864 = 2.6291456, which the rounded numbers only come near to.
    worked = arithmetic(Text("en"), 2.786432, 0.1, 1.572864, 2.6291456).words
    assert worked == "2.786 − 0.1·1.573 ≈ 2.629"
    assert arithmetic(Text("pt"), -1.0, 0.5, -2.0, 0.0).words == "−1,000 − 0,5·(−2,000) = 0,000"


def test_zero_has_no_sign() -> None:
    text = Text("en")
    assert (text.fixed(-0.0), text.short(-0.0), text.point([-0.0, 1.0])) == ("0.000", "0", "0, 1")


def test_an_unknown_language_names_the_choice() -> None:
    with pytest.raises(GdanimError, match="lang: unknown language 'de'; choose from en, pt"):
        Text("de")
    with pytest.raises(GdanimError, match="lang: unknown language 'de'"):
        trace(Spec(lang="de"))  # also where nothing is said
