"""Words of every language: none is English by mistake, none says two things, each is written as its own."""

import re
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest

from gdanim import Spec, trace
from gdanim.losses.mathtext import symbol
from gdanim.text import LANGUAGES, Text
from gdanim.verdict import verdict
from gdanim.views.fonts import lacking
from gdanim.views.header import subtitle
from tests.conftest import Result
from tests.pictures import picture

OTHERS = [lang for lang in LANGUAGES if lang != "en"]
# What is the same word in both, or no word.
SAME = {
    "deviation": OTHERS,
    "minimum": ["fr", "de"],
    "iteration": ["de"],
    "short.maximum": ["fr", "de"],
    "short.plateau": ["fr", "de"],
    "optimizer.momentum": ["fr"],
}
ENGLISH = re.compile(
    r"\b(the|of|and|with|steps?|rows?|loss|rate|start|after|from|held|out|mean|path|noise)\b"
)
ALSO = {"de": {"rate", "start"}}  # which are German words, too
TERMS = {
    "es": ("descenso de gradiente", "tasa de aprendizaje", "función de pérdida", "punto de silla", "semilla"),
    "fr": (
        "descente de gradient",
        "taux d’apprentissage",
        "fonction de perte",
        "point-selle",
        "pas",
        "graine",
    ),
    "de": ("Gradientenabstieg", "Lernrate", "Verlustfunktion", "Sattelpunkt", "Momentum", "Schritt"),
}
# Nouns, as a part of a word or by themselves; of no other kind of word.
NOUNS = "gradient minim maxim zeile lern verlust schritt punkt pfad ebene knoten kante wort text modell"


def bare(words: str) -> str:
    """The words without what is put in, and without formulas."""
    return re.sub(r"\{\{?\w*\}?\}|\$[^$]*\$", " ", words)


def written(lang: str) -> list[str]:
    return [bare(words) for words in Text(lang).words.values()]


@pytest.mark.parametrize("lang", OTHERS)
def test_none_is_english(lang: str) -> None:
    own, english = Text(lang).words, Text("en").words
    letters = [key for key in own if re.search("[a-z]{2}", bare(english[key]))]
    kept = {key for key in letters if own[key] == english[key]}
    assert kept == {key for key in letters if lang in SAME.get(key, [])}
    found = {word for words in written(lang) for word in ENGLISH.findall(words.lower())}
    assert found <= ALSO.get(lang, set())


@pytest.mark.parametrize("lang", OTHERS)
def test_what_differs_in_english_differs(lang: str) -> None:
    own, english = Text(lang).words, Text("en").words
    families: dict[str, list[str]] = {}
    for key in own:
        families.setdefault(key.partition(".")[0], []).append(key)
    alike = [
        (a, b)
        for keys in families.values()
        for a, b in combinations(keys, 2)
        if own[a].lower() == own[b].lower() and english[a].lower() != english[b].lower()
    ]
    assert not alike


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_is_singular(lang: str) -> None:
    words = Text(lang).words
    ones = [key for key in words if key.endswith((".one", "_one")) and key != "words.one"]
    assert len(ones) >= 5
    for key in ones:
        several = words[re.sub("[._]one$", "", key)]
        put = dict.fromkeys(re.findall(r"\{(\w+)\}", several), "1")
        one = words[key].format(**put)
        # Of adjectives that do not bend, as in English, one and several are the same.
        assert one != several.format(**put) or key == "held_one", key


@pytest.mark.parametrize("lang", TERMS)
def test_terms_are_the_fields(lang: str) -> None:
    said = "\n".join(written(lang))
    for term in TERMS[lang]:
        assert term in said if lang == "de" else term in said.lower()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_letter_is_in_the_font(lang: str) -> None:
    for words in Text(lang).words.values():
        assert not lacking(words), words
        assert not lacking(words, "bold"), words


def test_german_nouns_have_capitals() -> None:
    found = [w for words in written("de") for w in re.findall(r"\w+", words) if w[0].islower()]
    assert not [w for w in found if w.startswith(tuple(NOUNS.split()))]
    # After a colon a whole sentence begins with a capital.
    assert all("Der Verlust" in Text("de").words[f"outcome.{kind}"] for kind in ("falling", "rising"))


def test_french_signs_stand_apart_by_a_narrow_space_that_does_not_break() -> None:
    narrow = "\N{NARROW NO-BREAK SPACE}"
    for words in Text("fr").words.values():
        assert not re.search(rf"(?<![{narrow}])[:;!?»]", words), words
        assert not re.search(rf"«(?!{narrow})", words), words
        assert "'" not in words, words  # but ’
    assert Text("fr").point([0.5, 2.0]) == f"0,5{narrow}; 2"


@pytest.mark.parametrize(("lang", "quotes"), [("en", "“”"), ("pt", "“”"), ("es", "«»"), ("de", "„“")])
def test_quotes_are_the_languages(lang: str, quotes: str) -> None:
    for words in Text(lang).words.values():
        assert set(re.findall('[“”„«»‘"]', words)) <= set(quotes), words
    assert all(quote in Text(lang).words["words.after"] for quote in quotes)


@pytest.mark.parametrize("lang", OTHERS)
def test_numbers_have_a_decimal_comma(lang: str) -> None:
    text = Text(lang)
    assert (text.fixed(4.4), text.short(-3.2e12), text.short(0.05)) == ("4,400", "−3,2×10¹²", "0,05")
    said = [words for lengths in subtitle(picture(lang=lang).scene) for words in lengths]
    assert any("0,1" in words for words in said)
    assert not [words for words in said if re.search(r"\d\.\d", words)]


def test_a_word_of_a_text_keeps_the_capital_of_a_noun() -> None:
    view = picture(model="next-word", view="words", lang="de", iterations=1, size=(640, 480)).views[0]
    assert "Hund" in view.scene.loss.words  # type: ignore[attr-defined]
    assert symbol("e_Hund_1") == "e_{Hund,1}"


@pytest.mark.parametrize("lang", OTHERS)
def test_on_the_terminal_only_how_a_run_ended_is_in_the_pictures_language(
    lang: str, gdanim: Callable[..., Result], tmp_path: Path
) -> None:
    settings = [
        "--data",
        "line",
        "--test",
        "0.25",
        "--view",
        "history",
        "--row",
        "2",
        "--lr",
        "1.1",
        "-n",
        "2",
    ]
    made = gdanim("run", "--lang", lang, *settings, "-o", str(tmp_path / "a.gif"))
    assert made.code == 0
    said, wrote, *notes = made.err.splitlines()
    (run,) = trace(Spec(data="line", test=0.25, learning_rate=1.1, iterations=2, lang=lang))
    assert verdict(run.outcome, Text(lang), run.learning_rate) in said
    assert wrote.startswith("Wrote ")
    assert notes
    assert all(note.startswith("Note: ") for note in notes)
    assert "6 of 24 rows are held out, drawn at random" in notes[0]
    refused = gdanim("run", "--lang", lang, "--lr", "x", "-o", str(tmp_path / "b.gif"))
    assert "Error: " in refused.err
    helped = gdanim("run", "--lang", lang, "--help")
    assert "Draw one animation." in helped.out
