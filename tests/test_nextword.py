"""A model of the next word: texts, gradients against PyTorch, what it reaches, and what it says."""

import json
import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gdanim import GdanimError, Spec, descend, trace
from gdanim.data import Corpus, load
from gdanim.data.texts import END, LONGEST, OTHER, words_of
from gdanim.losses import learned
from gdanim.losses.models import make_model
from gdanim.losses.nextword import MOST, NextWord
from gdanim.minimised import loss_of
from gdanim.paths import read_paths
from gdanim.text import LANGUAGES
from tests.conftest import Result

KEPT = json.loads((Path(__file__).parent / "data" / "torch_words.json").read_text())
MODELS = [
    "next-word",
    "next-word:context=1,embedding=1,hidden=1",
    "next-word:context=4,embedding=3,hidden=5,l2=0.01",
    "next-word:model=bigram,l2=0.1",
]
COMMAND: dict[str, Any] = {
    "model": "next-word",
    "optimizer": "adam",
    "learning_rate": 0.03,
    "iterations": 100,
}


def model(call: str = "next-word", **settings: Any) -> NextWord:
    loss = loss_of(Spec(model=call, **settings))
    assert isinstance(loss, NextWord)
    return loss


def kept(call: str) -> NextWord:
    loss = make_model(call, Corpus.of("kept", words_of(KEPT["text"])))
    assert isinstance(loss, NextWord)
    return loss


def written(path: Path, text: str, encoding: str = "utf-8") -> str:
    path.write_bytes(text.encode(encoding))
    return str(path)


@pytest.mark.parametrize("case", KEPT["cases"], ids=lambda case: case["model"])
def test_loss_and_gradient_equal_pytorchs(case: dict[str, Any]) -> None:
    loss = kept(case["model"])
    assert list(loss.words) == KEPT["words"]
    for point in case["points"]:
        theta, wanted = np.array(point["theta"]), np.array(point["gradient"])
        np.testing.assert_allclose(loss.value(theta), point["loss"], rtol=1e-12)
        np.testing.assert_allclose(
            loss.gradient(theta), wanted, rtol=1e-10, atol=1e-12 * np.abs(wanted).max()
        )
        out = np.full((1, theta.size), np.nan)
        loss.write_gradient(theta[None], out)
        np.testing.assert_allclose(out[0], wanted, rtol=1e-10, atol=1e-12 * np.abs(wanted).max())


@pytest.mark.parametrize("call", MODELS)
def test_the_gradient_equals_central_differences(call: str) -> None:
    loss = kept(call)
    theta, step = np.random.default_rng(5).normal(0.0, 0.7, (3, len(loss.parameters))), 1e-4
    gradient = loss.gradient(theta)
    for i, shift in enumerate(step * np.eye(theta.shape[1])):
        near, far = (loss.value(theta + m * shift) - loss.value(theta - m * shift) for m in (1, 2))
        wanted = (8 * near - far) / (12 * step)  # of fourth order
        np.testing.assert_allclose(gradient[:, i], wanted, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("call", MODELS)
def test_it_is_worked_out_in_parts_alike(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    loss = kept(call)
    theta = np.random.default_rng(2).normal(size=(3, 2, len(loss.parameters)))
    value, gradient = loss.value(theta), loss.gradient(theta)
    some = np.array([3, 1, 7])
    sample = loss.sampled_gradient(theta[0], some)
    for part in (7, 64, 900):
        monkeypatch.setattr(learned, "PART", part)
        monkeypatch.setattr("gdanim.losses.nextword.PART", part)
        again = kept(call)  # which keeps no table of zeros and ones
        np.testing.assert_allclose(again.value(theta), value, rtol=1e-12)
        np.testing.assert_allclose(again.gradient(theta), gradient, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(again.sampled_gradient(theta[0], some), sample, rtol=1e-12, atol=1e-15)
    rows = len(loss.table)
    each = [loss.sampled_gradient(theta[0], np.array([i])) for i in range(rows)]
    np.testing.assert_allclose(np.mean(each, axis=0), gradient[0], rtol=1e-9, atol=1e-12)


def test_sentences_are_words_in_small_letters_and_begin_after_an_end() -> None:
    said = words_of("It's RAINING — cats/dogs; 12 of them...\n\nno end\n\n\nÁgua-viva é?!")
    assert said == [
        ["it's", "raining", "cats", "dogs", "12", "of", "them"],
        ["no", "end"],
        ["água-viva", "é"],
    ]
    table = Corpus.of("t", words_of("A b. A c!")).before(2)
    words = [[table.classes[int(i)] for i in row] for row in np.column_stack([table.features, table.values])]
    assert words == [
        [END, END, "a"],
        [END, "a", "b"],
        ["a", "b", END],
        [END, END, "a"],
        [END, "a", "c"],
        ["a", "c", END],
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_text_of_our_own_is_small_and_in_the_language_of_the_picture(lang: str) -> None:
    table = load("text", lang=lang)
    assert isinstance(table, Corpus)
    assert 60 <= len(table) - len(table.sentences) <= 150
    assert 15 <= len(table.classes) <= 25
    assert model(lang=lang).words == model(data="text", lang=lang).words == table.classes
    assert {"en": "cat", "pt": "cachorro", "es": "perro", "fr": "chien", "de": "Hund"}[lang] in table.classes
    assert model(lang=lang).prompt(" ".join(table.classes[3:6]).upper()) == [3, 4, 5]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("call", ["next-word", "next-word:model=bigram"])
def test_it_learns_more_than_how_frequent_words_are(call: str, lang: str) -> None:
    """By the command of the README; the bounds are worked out from the text by counting."""
    loss = model(call, lang=lang)
    counts, pairs = Counter[str](), Counter[tuple[tuple[str, ...], str]]()
    for sentence in loss.table.sentences:
        words = [END] * loss.context + [loss.words[i] for i in sentence]
        for i in range(loss.context, len(words)):
            counts[words[i]] += 1
            pairs[tuple(words[i - loss.context : i]), words[i]] += 1
    total = counts.total()
    frequencies = -sum(n / total * math.log(n / total) for n in counts.values())
    before = Counter[tuple[str, ...]]()
    for (context, _), n in pairs.items():
        before[context] += n
    least = -sum(n / total * math.log(n / before[context]) for (context, _), n in pairs.items())
    assert loss.marks == pytest.approx({"guess": math.log(len(counts)), "frequencies": frequencies})
    (run,) = trace(Spec(**{**COMMAND, "model": call, "lang": lang}))
    assert least < run.loss[-1] < 0.5 * frequencies < 0.5 * run.loss[0]
    (usual,) = trace(Spec(model=call, lang=lang))  # with nothing said
    assert least < usual.loss[-1] < frequencies
    long = descend(loss, "adam", learning_rate=0.1, iterations=1500)
    assert long.loss[-1] == pytest.approx(least, abs=0.02)


def test_a_bigram_starts_with_a_guess_and_learns_the_frequencies_of_pairs() -> None:
    loss = model("next-word:model=bigram")
    start = np.array(loss.start)
    assert float(loss.value(start)) == pytest.approx(math.log(len(loss.words)), rel=1e-14)
    np.testing.assert_allclose(loss.probabilities(start, []), 1 / len(loss.words))
    run = descend(loss, learning_rate=20.0, iterations=3000)
    cat = loss.words.index("cat")
    follows = loss.table.following([cat])
    np.testing.assert_allclose(loss.probabilities(run.theta[-1], [cat]), follows / follows.sum(), atol=0.01)
    # p − y, as much as the word is frequent, is the gradient at its row of logits.
    theta = np.random.default_rng(0).normal(size=start.size)
    v = len(loss.words)
    error = loss.probabilities(theta, [cat]) - follows / follows.sum()
    np.testing.assert_allclose(
        loss.gradient(theta).reshape(v, v)[cat], error * follows.sum() / len(loss.table), atol=1e-14
    )


def test_perplexity_is_e_to_the_loss_without_the_penalty() -> None:
    (run,) = trace(Spec(model="next-word:l2=0.05", iterations=3))
    weights = [i for i, p in enumerate(run.parameters) if p[0] in "euw"]
    bare = run.loss - 0.05 * (run.theta[:, weights] ** 2).sum(axis=1)
    np.testing.assert_allclose(run.measures["perplexity"], np.exp(bare), rtol=1e-12)
    assert len(run.parameters) - len(weights) == 8 + 19  # biases are not held


def test_the_trace_has_the_perplexity_and_is_read_back(gdanim: Callable[..., Result]) -> None:
    result = gdanim("trace", "--model", "next-word:hidden=1", "-n", "2", "--format", "csv")
    header = result.out.splitlines()[0].split(",")
    assert header[header.index("L") + 1] == "perplexity"
    loss = model("next-word:hidden=1")
    (path,) = read_paths("a.csv", result.out.encode(), loss.parameters)
    assert path.theta.shape == (3, len(loss.parameters))
    (path,) = read_paths("a.csv", result.out.encode())
    assert path.names == loss.parameters
    result = gdanim("trace", "--model", "next-word", "-n", "2", "--format", "json")
    run = json.loads(result.out)["runs"][0]
    np.testing.assert_allclose(run["perplexity"], np.exp(run["loss"]), rtol=1e-12)
    assert "perplexity" in gdanim("trace", "--model", "next-word", "-n", "1").out.splitlines()[0]
    assert "perplexity" not in gdanim("trace", "-n", "1").out


def test_it_says_the_most_probable_word_up_to_the_sentences_end() -> None:
    loss = model()
    (run,) = trace(Spec(**COMMAND))
    theta, said = run.theta[-1], list[int]()
    prompt = loss.prompt("The cat")
    assert [loss.words[i] for i in prompt] == ["the", "cat"]
    while not said or loss.words[said[-1]] != END:
        seen = ([*prompt, *said])[-2:]
        said.append(int(loss.predict(theta, np.array([seen], dtype=float))[0].argmax()))
    assert loss.says(theta, prompt) == said
    assert " ".join(loss.words[i] for i in said) == "eats the fish ."
    assert loss.context_of(loss.prompt("the cat eats. The")) == [loss.words.index(w) for w in (END, "the")]
    assert loss.context_of([]) == [loss.words.index(END)] * 2
    assert loss.prompt("") == prompt  # how the text begins
    table = model("next-word:model=bigram")
    assert len(table.says(np.array(table.start), table.prompt("the cat"))) <= 12


def test_rare_words_are_one_where_there_are_too_many(tmp_path: Path) -> None:
    words = [chr(97 + i) + chr(97 + j) for i in range(12) for j in range(12)]
    text = (
        ". ".join(f"{one} {other}" for one, other in zip(words, words[1:] + words[:1], strict=True))
        + " aa aa."
    )
    name = written(tmp_path / "many.txt", text)
    for call, most in (("next-word", 87), ("next-word:model=bigram", 31), ("next-word:hidden=64", 10)):
        loss = model(call, data=name)
        assert len(loss.words) == most
        assert len(loss.parameters) <= MOST
        assert {"aa", END, OTHER} <= set(loss.words)
        assert (
            f"{most - 2} most frequent are told apart, and all others are read as <?>" in loss.table.notes[-1]
        )
        assert "144 different ones" in loss.table.notes[0]
    with pytest.raises(GdanimError, match="'zz' is not among the 87 words that are learned"):
        trace(Spec(model="next-word", data=name, prompt="zz"))


@pytest.mark.parametrize("call", MODELS)
def test_sentences_that_are_held_out_are_as_if_they_were_not_there(call: str) -> None:
    settings: dict[str, Any] = {"model": call, "test": 0.3, "test_seed": 2}
    (run,) = trace(Spec(**settings, iterations=5))
    loss = model(call, test=0.3, test_seed=2)
    whole = load("text")
    assert isinstance(whole, Corpus)
    order = np.random.default_rng(2).permutation(len(whole.sentences))
    parts = [[whole.sentences[i] for i in sorted(chosen)] for chosen in (order[5:], order[:5])]
    for sentences, table, values, hesitates in (
        (parts[0], loss.table, run.loss, run.measures["perplexity"]),
        (parts[1], loss.table.held, run.measures["L_test"], run.measures["perplexity_test"]),
    ):
        assert isinstance(table, Corpus)
        assert table.classes == whole.classes
        rows = [
            ([whole.classes.index(END)] * (loss.context - len(before)) + before, word)
            for sentence in sentences
            for i, word in enumerate(sentence.tolist())
            for before in [sentence[max(0, i - loss.context) : i].tolist()]
        ]
        penalty = run.theta**2 @ loss.decay
        for k in (0, 5):
            p = loss.predict(run.theta[k], np.array([row[0] for row in rows], dtype=float))
            mean = np.mean([-np.log(p[i, word]) for i, (_, word) in enumerate(rows)])
            assert values[k] == pytest.approx(mean + penalty[k], rel=1e-12)
            assert hesitates[k] == pytest.approx(math.exp(mean), rel=1e-12)


def test_held_out_sentences_are_in_the_trace_and_read_back(
    gdanim: Callable[..., Result], tmp_path: Path
) -> None:
    arguments = ("--model", "next-word:context=1,embedding=1,hidden=1", "--test", "0.3", "-n", "2")
    result = gdanim("trace", *arguments, "--format", "csv")
    names = result.out.splitlines()[0].split(",")
    start = names.index("L")
    assert names[start : start + 4] == ["L", "L_test", "perplexity", "perplexity_test"]
    assert "5 of 17 sentences are held out, drawn at random (--test-seed 0)" in result.err
    path = written(tmp_path / "path.csv", result.out)
    assert gdanim("trace", *arguments, "--path", path, "--format", "csv").code == 0
    table = gdanim("trace", *arguments)
    assert "held out" in table.out
    refused = gdanim("trace", "--model", "next-word", "--test", "0.01")
    assert "of 17 sentences a share of 0.01 is 0, and none is held out" in refused.err


def test_the_documented_command_learns_the_text_by_heart() -> None:
    settings: dict[str, Any] = {"learning_rate": 0.06, "iterations": 60, "test": 0.3}
    (run,) = trace(Spec(**{**COMMAND, **settings}))
    held = run.measures["L_test"]
    best = int(held.argmin())
    assert 5 < best < 40
    assert held[best] < 0.6 * held[0]
    assert held[-1] > 1.4 * held[best]
    assert run.loss[-1] < 0.7 * run.loss[best]


def test_of_rare_words_those_held_out_are_read_alike(tmp_path: Path) -> None:
    words = [chr(97 + i) + chr(97 + j) for i in range(12) for j in range(12)]
    name = written(tmp_path / "many.txt", ". ".join(f"{one} bb" for one in words))
    loss = model(data=name, test=0.5)
    held = loss.table.held
    assert isinstance(held, Corpus)
    assert held.classes == loss.words
    assert {loss.words[i] for sentence in held.sentences for i in sentence} <= {*loss.words}
    assert sum(map(len, held.sentences)) == 3 * 72
    assert np.isfinite(loss.measures(np.array([loss.start]), np.zeros(1))["perplexity_test"]).all()


TEXTS = [
    ("The cat sat.\nThe dog sat.\n", True),
    ("The cat, the dog.\nThe bird, the 7 mice.\n", True),
    ("one two three", True),
    ("hours score\n1 2\n2 3\n3 5\n", False),
    ("x\tclass\n1\tred\n2\tblue\n4\tblue", False),
    ("x;y\n1,5;2\n2;3,5\n3;4\n", False),
]


@pytest.mark.parametrize(("text", "prose"), TEXTS)
def test_a_file_of_text_needs_no_model(text: str, prose: bool, tmp_path: Path) -> None:
    name = written(tmp_path / "some.txt", text)
    assert isinstance(loss_of(Spec(data=name)), NextWord) is prose
    with pytest.raises(GdanimError):
        loss_of(Spec(data=name, model="linear" if prose else "next-word:model=lstm"))


BAD = [
    ("", "has no words; a text of some sentences is read"),
    ("... --- 。", "has no words"),
    ("word word. Word", "has one word, 'word', and no other"),
    ("one two\nthree " + "x" * (LONGEST + 1), f"line 2: '{'x' * 25}' has 25 letters; words of up to 24"),
    ("one\ntwo \0 three", "line 2 is not text"),
]


@pytest.mark.parametrize(("text", "words"), BAD)
def test_what_is_no_text_is_a_sentence(
    text: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "bad.txt", text)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GdanimError) as caught:
        trace(Spec(model="next-word", data="bad.txt"))
    assert str(caught.value).startswith("data: bad.txt")
    assert words in str(caught.value)


def test_encodings_are_told_apart(tmp_path: Path) -> None:
    text = "O pão é bom.\nA maçã é boa."
    wrong = written(tmp_path / "latin.txt", "bom.\n" + text, "latin-1")
    with pytest.raises(GdanimError, match="line 2 is not text in UTF-8; save it in UTF-8"):
        trace(Spec(model="next-word", data=wrong))
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        loss = model(data=written(tmp_path / "right.txt", text, encoding))
        assert {"pão", "maçã"} <= set(loss.words)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"prompt": "the cta"}, "prompt: 'cta' is not among the 19 words that are learned; did you mean 'cat'?"),
    ({"data": "moons"}, "data: next-word learns from a text, and 'moons' is numbers"),
    ({"model": "mlp", "data": "text"}, "model: mlp learns from numbers, and 'text' is a text"),
    ({"model": "a*before + b", "data": "text"}, "model: a formula is one of numbers, and 'text' is"),
    ({"cost": "squared"}, "cost: next-word learns by cross-entropy; leave --cost out"),
    ({"target": "x"}, "target: names a column of a file, and 'text' is made here"),
    ({"standardize": True}, "standardize: is for rows of numbers"),
    ({"let": {"a": 1}}, "let: belongs to a formula, and 'next-word' is a model"),
    ({"model": "next-word:context=5"}, "model: option 'context' of next-word must be from 1 up, under 5"),
    ({"model": "next-word:model=lstm"}, "model: unknown model of next-word 'lstm'"),
    ({"model": "next-word:model=bigram,context=2,hidden=3"}, "model: option 'hidden' belongs to next-word's"),
    ({"model": "next-word:context=4,embedding=16,hidden=64"}, "model: next-word with 64 hidden nodes"),
    ({"model": "linear", "data": "line", "prompt": "the"}, "prompt: is for a model of the next word"),
    ({"model": "", "prompt": "the"}, "prompt: belongs to a model that learns from data"),
]


@pytest.mark.parametrize(("settings", "words"), REFUSED, ids=lambda value: str(value)[:50])
def test_what_makes_no_sense_is_a_sentence(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(GdanimError) as caught:
        trace(Spec(**{"model": "next-word", **settings}))
    assert str(caught.value).startswith(words)


def test_a_text_from_the_command_line_says_how_it_was_read(
    gdanim: Callable[..., Result], tmp_path: Path
) -> None:
    name = written(tmp_path / "t.txt", "One two, three. One two!")
    result = gdanim("trace", "--model", "next-word", "--data", name, "-n", "1")
    assert result.code == 0
    assert "has 5 words, 3 different ones, in 2 sentences; small letters" in result.err


def test_it_descends_as_any_other_loss() -> None:
    runs = trace(
        Spec(
            model="next-word:seed=1", optimizer=("gd", "adam"), learning_rate=0.1, batch_size=8, iterations=30
        )
    )
    assert all(run.loss[-1] < run.loss[0] and run.batch_size == 8 for run in runs)
    assert not np.array_equal(np.array(model("next-word:seed=1").start), np.array(model().start))
    twice = np.array(model("next-word:scale=2").start)
    np.testing.assert_allclose(twice, 2 * np.array(model().start))


def test_the_lists_name_it_with_its_options(gdanim: Callable[..., Result]) -> None:
    out = gdanim("list", "models").out
    assert "model=mlp  context=2  embedding=2  hidden=8  l2=0  scale=1  seed=0" in out
    assert "activation=tanh" in out
    assert "what animals eat and where they sleep" in gdanim("list", "data").out
