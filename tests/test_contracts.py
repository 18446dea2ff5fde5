"""What every row of a table owes, whichever rows there are: a new one is tested by being listed.

Formats have theirs in test_files, panels' room in test_layout, expressions in test_expressions.
"""

import dataclasses
import re
from collections.abc import Iterable
from copy import deepcopy
from importlib import import_module
from string import Formatter
from typing import Any

import numpy as np
import pytest

from gdanim import Spec, trace
from gdanim.catalogue import LISTS, as_lines
from gdanim.data import DATA
from gdanim.formats import WRITERS
from gdanim.losses import LOSSES, make_loss
from gdanim.losses.base import Array, Loss
from gdanim.losses.models import MODELS
from gdanim.optimizers import OPTIMIZERS, SCHEDULES, make_optimizer, make_schedule
from gdanim.text import LANGUAGES, Text
from gdanim.theme import BASINS, THEMES, Theme
from gdanim.timeline import Moment
from gdanim.views import VIEWS
from tests.pictures import dealt, picture, suited

SET = ["quadratic", "double-well", "absolute", "plateau", "bowl", "himmelblau", "saddle", "ackley"]
RATES = {"newton": 0.5, "backtracking": 1.0, "lbfgs": 0.1, "adadelta": 1.0}
ITERATIONS = [0, 1, 2, 7, 40, 1000]


def points(loss: Loss, count: int) -> Array:
    low, high = np.array(loss.domain).T
    return np.random.default_rng(23).uniform(low, high, (count, len(low)))


def same(a: Any, b: Any) -> bool:
    """Whether two states are equal, numbers to the last bit, NaN equal to NaN."""
    if isinstance(a, tuple | list):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return bool(np.array_equal(a, b)) if isinstance(a, np.ndarray) else bool(a == b)


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_has_the_slope_it_says(name: str) -> None:
    """By differences of fourth order, whose own error is far under the tolerance."""
    loss = make_loss(name)
    theta, step = points(loss, 25), 1e-4
    gradient = loss.gradient(theta)
    out = np.full_like(theta, np.nan)
    loss.write_gradient(theta, out)
    np.testing.assert_array_equal(out, gradient)
    for i, shift in enumerate(step * np.eye(theta.shape[1])):
        kinked = name in ("absolute", "huber") and np.abs(theta - np.round(theta)).min() < 2 * step
        assert not kinked, "choose other points"
        near, far = (loss.value(theta + m * shift) - loss.value(theta - m * shift) for m in (1, 2))
        wanted = (8 * near - far) / (12 * step)
        np.testing.assert_allclose(gradient[:, i], wanted, rtol=1e-6, atol=1e-7 * np.abs(wanted).max())


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_says_what_a_picture_needs(name: str) -> None:
    loss = make_loss(name)
    n = len(loss.parameters)
    assert n == len(loss.start) == len(loss.domain) == len(loss.gradient_formula)
    assert loss.name.partition(":")[0] == name
    assert loss.source
    assert loss.formula
    assert loss.learning_rate > 0
    assert not loss.numerical
    for start, (low, high) in zip(loss.start, loss.domain, strict=True):
        assert low <= start <= high
    hessian = loss.hessian(np.array(loss.start))
    assert hessian.shape == (n, n)
    assert np.isfinite(hessian).all()
    np.testing.assert_array_equal(hessian, hessian.T)


@pytest.mark.parametrize("loss_name", SET)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_keeps_its_contract(name: str, loss_name: str) -> None:
    """Warnings are errors; pure, its arguments untouched, and a run in a batch as the run alone."""
    loss = make_loss(loss_name)
    optimizer = make_optimizer(name, loss)
    eta = RATES.get(name, 0.01)
    starts = points(loss, 6).reshape(2, 3, -1)
    theta, state = starts, optimizer.init(starts)
    alone, own = starts[1, 2], optimizer.init(starts[1, 2])
    for _ in range(6):
        gradient = loss.gradient(theta)
        given = gradient, state, theta
        before = deepcopy(given)
        step, new = optimizer.update(*given, eta)
        assert same(given, before)
        again = optimizer.update(*given, eta)
        assert same((step, new), again)
        assert step.shape == theta.shape
        assert np.isfinite(step).all()
        one, own = optimizer.update(loss.gradient(alone), own, alone, eta)
        np.testing.assert_allclose(step[1, 2], one, rtol=1e-9, atol=1e-12)
        theta, state, alone = theta + step, new, alone + one


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_stays_where_nothing_pulls(name: str) -> None:
    theta = np.zeros(2)
    loss = make_loss("bowl")
    optimizer = make_optimizer(name, loss)
    state = optimizer.init(theta)
    for _ in range(3):
        step, state = optimizer.update(np.zeros(2), state, theta, 0.1)
        assert not step.any()


@pytest.mark.parametrize("iterations", ITERATIONS)
@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_is_finite_and_never_negative(name: str, iterations: int) -> None:
    factors = np.array([make_schedule(name, iterations)(k) for k in range(iterations + 1)])
    assert np.isfinite(factors).all()
    assert (factors >= 0).all()
    assert (factors <= 1).all()
    assert factors.max() > 0 or iterations == 0
    (run,) = trace(Spec(schedule=name, learning_rate=0.25, iterations=min(iterations, 40)))
    wanted = [0.25 * make_schedule(name, run.iterations)(k) for k in range(run.iterations + 1)]
    assert run.rates.tolist() == pytest.approx(wanted, rel=1e-14)


@pytest.mark.parametrize(("name", "theme", "lang"), dealt(VIEWS, THEMES, LANGUAGES))
def test_every_view_depends_on_the_moment_alone(name: str, theme: str, lang: str) -> None:
    kind = VIEWS[name]
    moments = [Moment(k, fraction) for k in (0, 5, 12) for fraction in (0.0, 0.4) if k + fraction <= 12]
    settings: dict[str, Any] = {
        **suited(kind, "wavy", "himmelblau"),
        "view": name,
        "theme": theme,
        "lang": lang,
    }
    large = THEMES[theme].large
    width, height = (480, 360) if kind.least[1] < 12 else (640, 480)
    settings |= {"iterations": 12, "size": (round(large * width), round(large * height))}
    shown, checked = picture(**settings), picture(**settings)
    slowly = [checked.redraw(moment).copy() for moment in moments]
    for order in (range(len(moments)), [4, 1, 3, 0, 2]):
        for index in order:
            assert np.array_equal(shown.frame(moments[index]), slowly[index]), moments[index]
    assert not np.array_equal(slowly[0], slowly[-1])


NO_COLOURS = ("name", "runs", "basins", "large", "font", "clear", "about", "notes")
COLOURS = [f.name for f in dataclasses.fields(Theme) if f.name not in NO_COLOURS]


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.1) of #rrggbb."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("name", THEMES)
def test_every_theme_is_whole_and_can_be_read(name: str) -> None:
    theme = THEMES[name]
    assert theme.name == name
    for colour in [*(getattr(theme, field) for field in COLOURS), *theme.runs, *theme.basins]:
        assert re.fullmatch("#[0-9a-f]{6}", colour)
    assert len(set(theme.runs)) == len(theme.runs) == len(THEMES["light"].runs)
    assert len(set(theme.basins)) == len(theme.basins) == len(BASINS)
    ground = luminance(theme.background)

    def contrast(colour: str) -> float:
        high, low = sorted((luminance(colour), ground), reverse=True)
        return (high + 0.05) / (low + 0.05)

    assert contrast(theme.ink) >= 7  # text
    assert contrast(theme.muted) >= 4.5  # smaller text
    assert contrast(theme.now) >= 3  # marks
    assert contrast(theme.curve) >= 3
    assert contrast(theme.grid) < contrast(theme.muted)
    assert contrast(theme.before) < contrast(theme.now)


def fields(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_says_everything_with_the_same_parts(code: str) -> None:
    own, english = Text(code).words, Text("en").words
    assert list(own) == list(english)  # the same, in the same order
    assert {key: fields(words) for key, words in own.items()} == {
        key: fields(words) for key, words in english.items()
    }
    assert Text(code).decimal in (".", ",")
    assert Text(code).name
    assert vars(import_module(f"gdanim.lang.{code}"))["WORDS"] is own


def test_every_table_is_listed() -> None:
    tables: dict[str, Iterable[str]] = {
        "losses": LOSSES,
        "data": DATA,
        "models": MODELS,
        "optimizers": OPTIMIZERS,
        "schedules": SCHEDULES,
        "views": VIEWS,
        "themes": THEMES,
        "languages": dict.fromkeys(LANGUAGES),
    }
    for kind, table in tables.items():
        assert [row["name"] for row in LISTS[kind]()] == list(table)
        listed = [line.split()[0] for line in as_lines(LISTS[kind]()) if not line.startswith(" ")]
        assert listed == list(table)
    assert set(LISTS) == {*tables, "formats"}


def test_a_formats_description_states_its_frames_a_second() -> None:
    stated = {name: re.search(r"up to (\d+) frames a second", row.about) for name, row in WRITERS.items()}
    told = {name: int(found[1]) for name, found in stated.items() if found}
    assert told == {name: WRITERS[name].fastest for name in told}
    assert {"gif", "webp", "apng"} <= told.keys()
