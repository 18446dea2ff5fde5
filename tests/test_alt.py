"""Alt texts: true, in one language, without mathtext, and written as any other output."""

import re
from pathlib import Path
from typing import Any

import pytest

from gdanim import GdanimError, Spec, animate
from gdanim.alt import FACTS, LONGEST, LONGEST_PART, alt_text, metadata_of, title_of
from gdanim.comparison import FACTS as COMPARED
from gdanim.losses import LOSSES, make_loss
from gdanim.plain import formula, plain
from gdanim.plan import plan
from gdanim.text import LANGUAGES, Text
from gdanim.views import VIEWS
from tests.conftest import Result

SMALL: dict[str, Any] = {"size": (320, 240), "iterations": 2}


def of(moving: bool = True, **settings: Any) -> str:
    return alt_text(plan(Spec(**settings), moving=moving))


def test_it_says_what_is_shown_and_what_happened() -> None:
    """On (w − 2)² from 5 with η = 0.1, w = 2 + 3·0.8ᵏ and L = 9·0.64ᵏ."""
    w, loss = 2 + 3 * 0.8**20, 9 * 0.64**20
    assert of(learning_rate=0.1, start=5, view="curve/history") == (
        "Animation of gradient descent: the descent on the curve of the loss, the loss at every iterate."
        " Loss function L = (w − 2)². Learning rate η = 0.1, start 5."
        f" Still descending after 20 iterations. After 20 iterations: w = {w:.3f}, L = {loss:.5f}."
    )
    assert of(learning_rate=1.1, lang="pt", view="curve") == (
        "Animação do gradiente descendente: a descida na curva da função de erro."
        " Função de erro L = (w − 2)². Taxa de aprendizado η = 1,1; início 5."
        " Diverge a partir de k = 1, porque η = 1,1 > 2/λₘₐₓ = 1."
        " Após 20 iterações: w = 117,013; L = 13227,9."
    )


def test_a_picture_says_which_iterate_it_shows_and_nothing_that_comes_later() -> None:
    still = of(moving=False, at=7)
    assert still.startswith("Picture of gradient descent at k = 7: ")
    assert still.endswith(f"start 5. After 7 iterations: w = {2 + 3 * 0.8**7:.3f}, L = {9 * 0.64**7:.3f}.")
    later: dict[str, Any] = {
        "loss": "sqrt(x)",
        "start": 0.5,
        "learning_rate": 0.3,
    }  # leaves its domain after k = 2
    assert "Leaves the domain" not in of(moving=False, at=1, **later)
    assert "Leaves the domain of the loss after k = 2" in of(moving=False, at=2, **later)
    assert "Leaves the domain" in of(at=1, **later)  # what moves shows all


def test_of_compared_runs_each_has_a_clause_and_those_without_room_are_counted() -> None:
    said = of(loss="bowl", optimizer=("gd", "momentum:momentum=0.8"), view="contour")
    assert " 2 runs are compared, 20 iterations. Gradient descent: " in said
    assert re.search(r"\. Momentum, μ = 0\.8: [^.]*; L = 0\.\d+\.$", said)
    assert "start −2.5, 1.2" in said  # shared, and said once
    rates = tuple(0.001 * i for i in range(1, 13))
    many = of(loss="beale", learning_rate=rates)
    told = len(re.findall(r"η = 0\.\d+:", many))
    assert len(many) <= LONGEST
    assert many.endswith(f" … and {12 - told} more")
    assert 3 <= told < 12
    still = of(moving=False, at=3, learning_rate=(0.1, 0.2))
    assert still.endswith(f"η = 0.1: L = {9 * 0.64**3:.3f}. η = 0.2: L = {9 * 0.36**3:.3f}.")


def test_a_model_has_its_data_and_how_good_it_became(tmp_path: Path) -> None:
    said = of(data="moons", test=0.5, learning_rate=1.0)
    assert "Model p = σ(z), z = w₁ · x₁ + w₂ · x₂ + b; 100 rows of moons, 100 held out." in said
    assert "Loss function L = mean of −y log p − (1 − y) log(1 − p)." in said
    assert re.search(r", L = 0\.\d+, held out 0\.\d+, \d\d\.\d % right, held out \d\d\.\d %\.$", said)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "rows.csv").write_text("x,y\n1,2\n2,3\n3,5\n")
    path = tmp_path / "path.csv"
    path.write_text("w\n5\n4\n")
    for said in (of(data=str(tmp_path / "secret" / "rows.csv")), of(path=(str(path),))):
        assert str(tmp_path) not in said  # whose machine it was made on is nobody's business
        assert "rows.csv" in said or "Recorded path path." in said


def test_what_shakes_is_said() -> None:
    said = of(loss="bowl", noise=0.3, seed=4, optimizer="adam", schedule="cosine")
    for words in ("optimizer Adam", "cosine schedule", "g = ∇L + noise (σ = 0.3)", "seed 4"):
        assert words in said.replace("Optimizer", "optimizer"), said
    assert "seed" not in of(loss="bowl")
    assert list(FACTS) == sorted(FACTS, key=list(FACTS).index)
    assert set(FACTS) == set(COMPARED)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_view_has_words(lang: str) -> None:
    missing = [name for name in VIEWS if f"alt.view.{name}" not in Text(lang).words]
    assert missing == []
    assert (
        of(lang=lang, iterations=0).count(Text(lang)("finished_none", theta="", loss="").split(":")[0]) == 1
    )


@pytest.mark.parametrize("name", LOSSES)
def test_no_formula_keeps_a_command(name: str) -> None:
    loss = make_loss(name)
    for words in map(formula, (*loss.equations, *loss.gradient_formula)):
        assert not set(words) & set("\\{}$"), words
        assert words.count("(") == words.count(")")
    assert not set(of(loss=name, iterations=1)) & set("\\{}$")


@pytest.mark.parametrize(
    ("mathtext", "words"),
    [
        (r"x_1^2 + x_{12}^{10}", "x₁² + x₁₂¹⁰"),
        (r"\frac{\partial L}{\partial w}", "(∂L)/(∂w)"),
        (r"-20e^{-0.2r} - \sqrt{\sum_i w_i^2/n}", "−20e^(−0.2r) − √(Σᵢ wᵢ²/n)"),
        (r"\sin^2(3\pi w_1) \leq \mathrm{ReLU}(x)", "sin²(3πw₁) ≤ ReLU(x)"),
        (r"\left(\hat{y} - y\right)^2", "(ŷ − y)²"),
        (r"w \leftarrow w - \eta \cdot g", "w ← w − η· g"),
        (r"\unheard{of} \frac{1}{2", "unheardof 1/2"),  # what is no mathtext is read as far as it goes
        (r"a\\b}", "a\\b}"),
    ],
)
def test_formulas_are_read_as_they_are_meant(mathtext: str, words: str) -> None:
    assert formula(mathtext) == words


def test_titles_are_plain() -> None:
    title = r"Why   $\eta$ costs \$5 <b>&"
    assert title_of(plan(Spec(**SMALL, title=title))) == "Why η costs $5 <b>&"
    assert plain("no formula: $5 and") == "no formula: $5 and"
    assert title_of(plan(Spec(**SMALL, title=""))) == "Gradient descent to minimise L(w)"
    long = plan(Spec(loss="+".join(f"w{i}^2" for i in range(1, 90)), iterations=1, view="history"))
    assert title_of(long) == "Gradient descent to minimise L(w₁, w₂, w₃, w₄, w₅, w₆, w₇, …, w₈₉)"
    assert len(re.findall(r"L = ([^.]*)\.", alt_text(long))[0]) <= LONGEST_PART - len("L = ")


def test_it_comes_with_what_is_drawn(tmp_path: Path) -> None:
    spec = Spec(**SMALL, lang="pt")
    made = animate(spec, tmp_path / "a.gif", alt=tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text("utf-8") == f"{made.alt}\n"
    figure = plan(spec)
    assert metadata_of(figure)[:3] == (title_of(figure), made.alt, "pt")
    assert made.alt == alt_text(figure) != ""
    assert [output.target for output in made.outputs] == [str(tmp_path / "a.gif")]
    assert animate(spec, alt=tmp_path / "b.txt").data == (tmp_path / "a.gif").read_bytes()
    assert (tmp_path / "b.txt").read_text("utf-8") == f"{made.alt}\n"


def test_it_is_written_as_any_other_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alt, gif, data = tmp_path / "a.txt", tmp_path / "a.gif", tmp_path / "rows.csv"
    data.write_text("x,y\n1,2\n2,3\n3,5\n")
    alt.write_text("earlier")
    for path, words in (
        (gif, "is named twice"),
        (data, "is read, for --data; write to another file"),
        (tmp_path / "no" / "a.txt", "there is no folder"),
        (tmp_path, "is a folder"),
    ):
        with pytest.raises(GdanimError, match=words):
            animate(Spec(**SMALL, data=str(data)), gif, alt=path)
    with pytest.raises(GdanimError, match=r"'.*0001.png' is among the files of"):
        animate(Spec(**SMALL), tmp_path / "%04d.png", alt=tmp_path / "0001.png")
    with pytest.raises(GdanimError, match="too long for this size"):
        animate(Spec(**SMALL, title="long " * 99), gif, alt=alt)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "rows.csv"]
    assert alt.read_text() == "earlier"


def test_on_the_command_line(gdanim: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    small = ("run", "--size", "320x240", "-n", "2", "-o", "a.gif")
    made: Result = gdanim(*small, "--alt", "a.txt")
    assert made.err.splitlines()[-1] == "Wrote a.txt (alt text)"
    told: Result = gdanim(*small, "--alt", "-")
    assert told.out == Path("a.txt").read_text("utf-8")
    monkeypatch.setenv("GDANIM_ALT", "b.txt")
    assert gdanim(*small, "--quiet") == (0, "", "")
    assert Path("b.txt").read_text("utf-8") == told.out
