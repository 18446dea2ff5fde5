"""The views of a model of the next word: bars, p − y, what it writes, vectors and the table."""

import math
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from gdanim import GdanimError, Spec
from gdanim.losses.nextword import NextWord
from gdanim.plan import plan
from gdanim.timeline import Moment
from gdanim.views.base import View
from gdanim.views.embedding import Embedding
from gdanim.views.history import History
from gdanim.views.marks import Dots, Label, Stroke, overlap
from gdanim.views.nextword import Bars, NextWords
from gdanim.views.table import Cells, Table
from tests.conftest import Result
from tests.pictures import ink, picture

LEARNT: dict[str, Any] = {"model": "next-word", "optimizer": "adam", "learning_rate": 0.05, "iterations": 60}


def view_of(**settings: Any) -> View:
    return picture(**{**LEARNT, "view": "words", "size": (640, 480), **settings}).views[0]


def texts(view: View, moment: Moment) -> list[str]:
    still = [mark.text for mark in view.still() if isinstance(mark, Label)]
    return [*still, *(mark.text for mark in view.update(moment) if isinstance(mark, Label))]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"prompt": "the cat eats the"},
        {"model": "next-word:model=bigram", "prompt": "dog"},
        {"model": "next-word:context=4,embedding=3", "lang": "pt"},
        {"size": (1280, 720)},
    ],
    ids=str,
)
def test_bars_are_as_long_as_the_probabilities_and_the_numbers_are_theirs(settings: dict[str, Any]) -> None:
    view = view_of(**settings)
    assert isinstance(view, NextWords)
    loss, theta = cast(NextWord, view.scene.loss), view.scene.runs[0].theta
    text = view.scene.text
    prompt = loss.prompt(view.scene.spec.prompt)
    list(view.still())
    for moment in (Moment(0), Moment(25), Moment(60)):
        p = loss.probabilities(theta[moment.k], prompt)
        y = loss.table.following(loss.context_of(prompt))
        total, y = y.sum(), y / y.sum()
        marks = list(view.update(moment))
        wrong, right, ticks = (mark for mark in marks if isinstance(mark, Bars))
        boxes = np.vstack([right.boxes, wrong.boxes])
        boxes = boxes[np.argsort(-boxes[:, 3])]  # from the top
        length = view.place.right - view.place.left
        shares = (boxes[:, 2] - boxes[:, 0]) / length
        wanted = p[view.shown]
        np.testing.assert_allclose(shares[: len(wanted)], wanted, atol=1e-9)
        assert shares.sum() == pytest.approx(1.0)  # with all that have no row of their own
        middles = (ticks.boxes[:, 0] + ticks.boxes[:, 2]) / 2
        known = sorted(y[y > 0], reverse=True)
        np.testing.assert_allclose((middles - view.place.left) / length, known, atol=1.6 / length)
        words = [mark.text for mark in marks if isinstance(mark, Label)]
        first = view.shown[0]
        printed = round(float(p[first]), 3)
        assert words[:3] == [
            text.fixed(printed, 3),
            f"{round(y[first] * total)}/{total:.0f}",
            text.fixed(round(printed - y[first], 3), 3),
        ]
        cost = -(y[y > 0] * np.log(p[y > 0])).sum()
        guess = text.fixed(math.log(len(loss.words)))
        (line,) = (word for word in words if guess in word)
        assert f"= {text.fixed(float(cost))}" in line
        assert line.startswith("−log $p$ =" if (y > 0).sum() == 1 else "−Σ $y$ log $p$ =")


def test_p_minus_y_is_the_gradient_at_the_logits() -> None:
    """Of the output's biases it is the mean of p − y over all rows of the text."""
    loss = cast(NextWord, view_of().scene.loss)
    theta = np.random.default_rng(0).normal(size=len(loss.parameters))
    total = np.zeros(len(loss.words))
    for context in np.unique(loss.table.features, axis=0):
        y = loss.table.following(context.astype(int))
        total += y.sum() * loss.predict(theta, context[None])[0] - y
    v = len(loss.words)
    np.testing.assert_allclose(loss.gradient(theta)[-v:], total / len(loss.table), atol=1e-12)


def test_words_and_their_order_stay_and_those_of_the_text_come_first() -> None:
    view = view_of(prompt="the dog")
    assert isinstance(view, NextWords)
    loss = cast(NextWord, view.scene.loss)
    y = loss.table.following(loss.prompt("the dog"))
    shown = view.shown
    assert (y[shown] > 0).tolist() == sorted((y[shown] > 0).tolist(), reverse=True)
    assert set(np.flatnonzero(y)) <= set(shown)
    others = [i for i in range(len(y)) if i not in shown]
    most = loss.probabilities(view.scene.runs[0].theta, loss.prompt("the dog")).max(axis=0)
    assert most[others].max() <= most[shown][y[shown] == 0].min()
    still = {mark.text for mark in view.still() if isinstance(mark, Label)}
    assert {"after “the dog”", "y: what follows there in the text, 5 times", f"{len(others)} others"} <= still


def test_it_writes_what_the_model_says_at_that_moment() -> None:
    view = view_of(prompt="In the house the cat")
    loss, theta = cast(NextWord, view.scene.loss), view.scene.runs[0].theta
    list(view.still())
    for k in (0, 10, 60):
        words = [mark.text for mark in view.update(Moment(k)) if isinstance(mark, Label)]
        said = " ".join(loss.words[i] for i in loss.says(theta[k], loss.prompt("the cat"))).replace(" .", ".")
        assert words[-2] == "writes: in the house the cat"
        assert words[-1] == said or (words[-1].endswith(" …") and said.startswith(words[-1][:-2]))
    assert words[-1] == "eats the fish."


def test_what_is_not_in_the_text_has_no_y() -> None:
    view = view_of(prompt="cat the")
    words = texts(view, Moment(5))
    assert "nowhere in the text, which says no y" in words
    assert "$y$" not in words
    assert not any("log" in word for word in words)
    seen = texts(view_of(prompt="the"), Moment(0))
    assert "after “. the”" in seen  # the sentence before has ended


def test_the_vectors_are_where_they_are_and_limits_hold_all_of_them() -> None:
    view = view_of(view="embedding")
    assert isinstance(view, Embedding)
    theta, v = view.scene.runs[0].theta, 19
    every = theta[:, : 2 * v].reshape(-1, 2)
    limits = np.array([view.axes.get_xlim(), view.axes.get_ylim()])
    assert (every >= limits[:, 0]).all()
    assert (every <= limits[:, 1]).all()
    for k in (0, 30):
        dots, lit = (mark for mark in view.update(Moment(k)) if isinstance(mark, Dots))
        wanted = view.axes.transData.transform(theta[k, : 2 * v].reshape(v, 2))
        np.testing.assert_allclose(dots.points, wanted, atol=1e-6)
        assert not len(lit.points)


def test_longer_vectors_are_seen_in_their_main_plane() -> None:
    view = view_of(view="embedding", model="next-word:embedding=5", lang="pt")
    assert isinstance(view, Embedding)
    last = view.scene.runs[0].theta[-1, : 19 * 5 + 5].reshape(20, 5)
    values, vectors = np.linalg.eigh(np.cov(last.T))
    shares = 100 * values[::-1] / values.sum()
    names = [f"direção principal {i + 1} ({shares[i]:.0f} % da última variância)" for i in (0, 1)]
    assert list(view.names) == names
    spots = next(mark for mark in view.update(Moment(60)) if isinstance(mark, Dots)).points
    found = view.axes.transData.inverted().transform(spots)
    wanted = (last - last.mean(axis=0)) @ vectors[:, [-1, -2]]
    np.testing.assert_allclose(np.abs(found), np.abs(wanted), atol=1e-6)


def test_names_keep_clear_of_each_other() -> None:
    view = view_of(view="embedding", size=(960, 540))
    for k in (0, 20, 60):
        names = [mark for mark in view.update(Moment(k)) if isinstance(mark, Label)]
        assert len(names) == 19
        assert {name.text for name in names} >= {"cat", "(end)"}
        covered = [pair for pair in combinations(names, 2) if overlap(ink(pair[0]), ink(pair[1]))]
        assert len(covered) <= 1


def test_the_vectors_that_a_batch_changes_are_lit() -> None:
    settings: dict[str, Any] = {"view": "embedding", "batch_size": 4, "optimizer": "gd", "seed": 3}
    view = view_of(model="next-word:l2=0.01", **settings)
    assert isinstance(view, Embedding)
    loss = cast(NextWord, view.scene.loss)
    rng, waiting = np.random.default_rng(3), np.empty(0, dtype=int)
    for k in range(30):
        if len(waiting) < 4:
            waiting = rng.permutation(len(loss.table))
        rows, waiting = waiting[:4], waiting[4:]
        wanted = set(loss.table.features[rows].astype(int).ravel())
        assert set(np.flatnonzero(view.lit(k))) == wanted
        words = [mark.text for mark in view.update(Moment(k)) if isinstance(mark, Label)]
        assert (
            f"lit: changed by this step, {len(wanted)} of 19" in words or f"lit: {len(wanted)} of 19" in words
        )
    assert not view.lit(60).any()  # no step follows
    for other in (view_of(view="embedding"), view_of(noise=0.1, **settings)):  # in which all are changed
        assert isinstance(other, Embedding)
        assert not other.lit(3).any()


def test_the_table_is_the_whole_model() -> None:
    view = view_of(model="next-word:model=bigram", view="table", prompt="the cat")
    assert isinstance(view, Table)
    loss, theta = cast(NextWord, view.scene.loss), view.scene.runs[0].theta
    cells, frame = list(view.update(Moment(40)))
    assert isinstance(cells, Cells)
    assert isinstance(frame, Stroke)
    logits = theta[40].reshape(19, 19)
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(cells.values, shares, rtol=1e-10)
    image = cells.image()[::-1]
    height, width = image.shape[:2]
    row, column = np.unravel_index(int(shares.argmax()), shares.shape)
    at = image[int((row + 0.5) * height / 19), int((column + 0.5) * width / 19)]
    assert np.abs(at.astype(int) - image.reshape(-1, 4).astype(int)).sum(axis=1).min() == 0
    assert at[:3].sum() == image[..., :3].sum(axis=2).min()  # the strongest colour
    low, top = view.box[1], view.box[3]
    cat = loss.words.index("cat")
    high = top - cat * (top - low) / 19
    assert frame.points[:, 1].max() == pytest.approx(high, abs=1)
    still = [mark.text for mark in view.still() if isinstance(mark, Label)]
    assert still.count("cat") == 2  # down and across


def test_the_history_shows_what_guessing_reaches() -> None:
    for lang, names in (
        ("en", ("guessing, ln V", "word frequencies")),
        ("pt", ("palpite, ln V", "frequência das palavras")),
    ):
        view = view_of(view="history", lang=lang)
        assert isinstance(view, History)
        marks = list(view.still())
        lines = [mark.points[0, 1] for mark in marks if isinstance(mark, Stroke)]
        wanted = view.to_pixels(0.0, np.array(list(view.scene.loss.marks.values())))[:, 1]
        np.testing.assert_allclose(lines, wanted)
        assert set(names) <= {mark.text for mark in marks if isinstance(mark, Label)}
    plain = picture(loss="bowl", view="history").views[0]
    assert not any(isinstance(mark, Stroke) for mark in plain.still())


def test_the_numbers_under_the_panels_have_the_perplexity() -> None:
    shown = picture(**LEARNT)
    assert "perplexity" in [mark.text for mark in shown.strip.still if isinstance(mark, Label)]
    last = shown.scene.runs[0].measures["perplexity"][-1]
    words = [mark.text for mark in shown.strip.update(Moment(60)) if isinstance(mark, Label)]
    assert words[-1].endswith(f"perplexity = {last:.3f}")


def test_what_is_shown_where_nothing_is_said() -> None:
    def kinds(**settings: Any) -> list[str]:
        return [kind.name for kind in plan(Spec(**settings)).layout.kinds]

    assert kinds(model="next-word") == ["words", "embedding"]
    assert kinds(model="next-word:embedding=1") == ["words", "history"]
    assert kinds(data="text", model="next-word:model=bigram") == ["words", "table"]
    assert kinds(model="next-word", optimizer=("gd", "adam"), learning_rate=0.1) == ["history"]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"loss": "bowl", "view": "words"}, "'words' shows a model of the next word, and the loss has no data"),
    (
        {"data": "moons", "view": "words"},
        "'words' shows a model of the next word, and this one has 2 features",
    ),
    ({"model": "next-word", "view": "table"}, "'table' shows a model of the next word that is a table"),
    (
        {"model": "next-word:embedding=1", "view": "embedding"},
        "with vectors of two numbers or more, and this one has vectors of 1 number",
    ),
    ({"model": "next-word", "view": "fit"}, "'fit' shows a model of 1 feature or"),
    (
        {"model": "next-word", "view": "words", "optimizer": ("gd", "adam")},
        "'words' shows one run, and there",
    ),
]


@pytest.mark.parametrize(("settings", "words"), REFUSED, ids=lambda value: str(value)[:60])
def test_what_cannot_be_shown_is_a_sentence(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(GdanimError) as caught:
        plan(Spec(**settings))
    assert words in str(caught.value)


def test_a_prompt_that_nothing_shows_is_said(gdanim: Callable[..., Result], tmp_path: Path) -> None:
    target = str(tmp_path / "a.gif")
    flags = ["run", "--model", "next-word", "-n", "1", "--size", "640x480", "-o", target]
    assert "--prompt" not in gdanim(*flags, "--prompt", "the dog").err
    result = gdanim(*flags, "--prompt", "the dog", "--view", "history")
    assert "--prompt changed nothing: no view is shown that it could change; see --view words" in result.err
    result = gdanim(*flags, "--prompt", "the dgo")
    assert result.code == 2
    assert "--prompt: 'dgo' is not among the 19 words that are learned; did you mean 'dog'?" in result.err


def table_of(**settings: Any) -> Table:
    model = {"model": "next-word:model=bigram", "view": "table", "learning_rate": 2.0, **settings}
    view = view_of(**model)
    assert isinstance(view, Table)
    return view


@pytest.mark.parametrize(("size", "prompt"), [((480, 360), "sings"), ((640, 480), "dog"), ((420, 600), "")])
def test_a_table_without_room_for_all_words_has_the_most_frequent_and_the_sum_of_the_others(
    size: tuple[int, int], prompt: str
) -> None:
    view = table_of(size=size, prompt=prompt)
    loss, theta = cast(NextWord, view.scene.loss), view.scene.runs[0].theta
    words = [mark.text for mark in view.still() if isinstance(mark, Label)]
    every, shown = len(loss.words), view.shown
    p = loss.predict(theta[9], np.arange(every, dtype=np.float64)[:, None])
    cells = next(mark for mark in view.update(Moment(9)) if isinstance(mark, Cells))
    columns = len(shown) + (len(shown) < every)
    assert cells.values.shape == (len(shown), columns)
    np.testing.assert_allclose(cells.values[:, : len(shown)], p[np.ix_(shown, shown)])
    np.testing.assert_allclose(cells.values.sum(axis=1), 1.0)
    if size == (480, 360):
        assert len(shown) < every
    if len(shown) < every:
        assert any(f"{len(shown)} of {every} words" in text for text in words), words
        assert f"{every - len(shown)} others" in words
        last = loss.words.index(prompt) if prompt else 0
        assert set(shown) - {last} == set(range(len(shown) - (last not in range(len(shown)))))
        assert last in shown


SMALL: list[dict[str, Any]] = [
    {"model": "next-word:model=bigram", "view": "table"},
    {"model": "next-word", "view": "embedding"},
    {"model": "next-word", "view": "network"},
    {"data": "digits", "model": "softmax", "view": "confusion"},
    {"data": "digits", "model": "softmax", "view": "weights"},
    {"data": "moons", "model": "mlp:hidden=3", "view": "network"},
    {"data": "line", "view": "network"},
    {"data": "line", "model": "a*x + b", "view": "graph"},
]


@pytest.mark.parametrize("size", [(480, 360), (640, 480), (1280, 720)], ids=str)
@pytest.mark.parametrize("settings", SMALL, ids=str)
def test_no_text_of_a_view_is_smaller_than_the_least(settings: dict[str, Any], size: Any) -> None:
    try:
        shown = picture(**settings, iterations=2, size=size)
    except GdanimError as refused:
        assert refused.where == ("size",)  # noqa: PT017 - a picture or a sentence
        return
    view = shown.views[0]
    labels = [
        mark for mark in (*view.still(), *view.update(Moment(1))) if isinstance(mark, Label) and mark.text
    ]
    assert len(labels) > 8
    assert min(label.size for label in labels) >= shown.scene.small.size - 1e-9


def test_the_key_of_a_table_stands_between_its_numbers() -> None:
    for size in ((640, 480), (960, 540)):
        shown = picture(model="next-word:model=bigram", view="table", size=size, iterations=1)
        marks = [*shown.views[0].still(), *shown.views[0].update(Moment(0))]
        key = min((m for m in marks if isinstance(m, Cells)), key=lambda m: m.box[3] - m.box[1])
        zero, one = (
            next(m for m in marks if isinstance(m, Label) and m.text == text) for text in ("$p$  0", "1")
        )
        assert ink(zero)[2] < key.box[0] < key.box[2] < ink(one)[0]
