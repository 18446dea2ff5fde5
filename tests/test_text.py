import re
from typing import Any

import pytest

from gdanim import GdanimError, Spec, trace
from gdanim.calls import options_of
from gdanim.lang import pt
from gdanim.optimizers import OPTIMIZERS, SCHEDULES
from gdanim.text import LANGUAGES, Text
from gdanim.views.arithmetic import arithmetic
from gdanim.views.glyphs import check_glyphs
from gdanim.views.header import subtitle
from gdanim.views.names import called
from tests.pictures import picture


def test_portuguese_uses_the_notebooks_words_and_the_decimal_comma() -> None:
    text = Text("pt")
    assert text("title", loss="L(w)") == "Gradiente Descendente para Minimizar L(w)"
    assert text("learning_rate") == "Taxa de aprendizado"
    assert text.fixed(4.4) == "4,400"
    assert text.math("0.5 w^2") == "0{,}5 w^2"


def test_the_notebooks_own_words_stand_as_it_has_them() -> None:
    own = ("Função de erro", "Taxa de aprendizado", "Ponto de início", "Mínimo")
    assert tuple(pt.WORDS[key] for key in ("loss", "learning_rate", "start", "minimum")) == own
    assert pt.WORDS["title"].startswith("Gradiente Descendente para Minimizar")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("kind", "table"), [("optimizer", OPTIMIZERS), ("schedule", SCHEDULES)])
def test_optimizers_and_schedules_are_named_in_words(lang: str, kind: str, table: dict[str, Any]) -> None:
    text, names = Text(lang), set()
    for name, factory in table.items():
        options = [f"{key}={value}" for key, value in options_of(factory).items()]
        words = called(text, kind, f"{name}:{','.join(options)}")
        check_glyphs(words, "title")
        assert not re.search(r"[:_]|\w=\w", words), words
        assert len(re.findall(r"\d+(?:[.,]\d+)?(?:×10\S+)?|10⁻\S+", words)) >= len(options), words
        assert lang == "en" or not re.search(r"\d\.\d", words), words
        bare = called(text, kind, name)
        assert bare in words
        assert bare != name or name in ("momentum",), name
        names.add(bare)
    assert len(names) == len(table)


def test_what_has_no_words_shows_its_name() -> None:
    for lang in LANGUAGES:
        assert called(Text(lang), "optimizer", "mine") == "mine"
        assert called(Text(lang), "schedule", "mine:how=far") == "mine, how = far"


def test_a_picture_speaks_in_words() -> None:
    shown = picture(
        lang="pt", optimizer=("momentum:momentum=0.8", "adam:beta1=0.85"), schedule=("cosine",), iterations=3
    )
    assert shown.strip.names == ["momento, μ = 0,8", "Adam, β₁ = 0,85"]  # type: ignore[union-attr]
    said = [part[0] for part in subtitle(shown.scene)]
    assert "agenda cosseno" in said
    alone = picture(lang="en", optimizer="momentum:momentum=0.8", iterations=3)
    assert "Optimizer momentum, μ = 0.8" in [part[0] for part in subtitle(alone.scene)]


@pytest.mark.parametrize(("lang", "words"), [("en", "$w_2$ held"), ("pt", "$w_2$ fixo")])
def test_one_parameter_is_held_and_several_are(lang: str, words: str) -> None:
    (names, _) = picture(loss="bowl", view="slices", lang=lang).views[0].slices  # type: ignore[attr-defined]
    assert f"({words})" in names.names[1]
    several = picture(loss="rastrigin", start=(1.0, 2.0, 0.5), view="slices", lang="pt").views[0]
    assert "fixos" in several.slices[0].names[1]  # type: ignore[attr-defined]


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
    with pytest.raises(GdanimError, match="lang: unknown language 'nl'; choose from en, pt, es, fr, de"):
        Text("nl")
    with pytest.raises(GdanimError, match="lang: unknown language 'nl'"):
        trace(Spec(lang="nl"))  # also where nothing is said
