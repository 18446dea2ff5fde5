from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
import pytest

from gdanim import GdanimError, Spec, trace
from gdanim.calls import Limits, build, limits_of, options_of
from gdanim.errors import unknown
from gdanim.losses import LOSSES, make_loss
from gdanim.optimizers import OPTIMIZERS, SCHEDULES

TABLES: dict[str, dict[str, Callable[..., Any]]] = {
    "loss": dict(LOSSES),
    "optimizer": dict(OPTIMIZERS),
    "schedule": dict(SCHEDULES),
}
OPTIONS = [
    (kind, f"{name}:{key}")
    for kind, table in TABLES.items()
    for name, factory in table.items()
    for key in options_of(factory)
]
WORDS = ["nan", "inf", "-inf", "1e400", "", " ", "x", "0x10", "1e", "9" * 5000]
NUMBERS = ["-1", "0", "-0.0", "5e-324", "1e-9", "0.9999999999999999", "1", "1.5", "1e6", "1e9", "9" * 30]
NUMBERS += ["1e300", "-1e300", "1e308", "-1e308"]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            "quadratik",
            "loss: unknown loss 'quadratik'; did you mean 'quadratic'. gdanim list losses shows all$",
        ),
        (
            "quadratic:center=1",
            "unknown option 'center' of quadratic; did you mean 'centre'. It takes centre, curvature$",
        ),
        ("quadratic:centre", "option 'centre' of quadratic needs a value"),
        ("quadratic:centre=x", "must be a number, not 'x'"),
        ("quadratic:centre=nan", "must be a number, not 'nan'"),
        ("quadratic:centre=1,centre=2", "given twice"),
        ("quadratic:dimension=0", "unknown option 'dimension' of quadratic; it takes centre, curvature"),
        ("bowl:condition=-1", "option 'condition' of bowl must be from 1e-06 up, under 1e.09, not -1"),
    ],
)
def test_a_bad_name_or_option_says_what_is_allowed(call: str, words: str) -> None:
    with pytest.raises(GdanimError, match=words):
        make_loss(call)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("iterations", -1),
        ("iterations", 2.5),
        ("learning_rate", float("nan")),
        ("start", (float("inf"),)),
        ("fps", 0.0),
        ("seconds", -1.0),
        ("hold", -0.1),
        ("scale", 0.0),
        ("size", (100, 100)),
        ("size", (100_000, 540)),
        ("iterations", 100_000_000),
        ("hold", 1e9),
        ("optimizer", ("gd", "gd")),
        ("learning_rate", (0.1, 0.1)),
    ],
)
def test_a_spec_that_makes_no_sense_says_where(field: str, value: object) -> None:
    with pytest.raises(GdanimError) as caught:
        Spec(**{field: value})  # type: ignore[arg-type]
    assert caught.value.where[0] == field


def test_an_error_can_be_seen_from_further_out() -> None:
    error = GdanimError("must be positive", where=["fps"])
    assert str(error.at("course.toml", "figure 2")) == "course.toml: figure 2: fps: must be positive"


@pytest.mark.parametrize(("kind", "option"), OPTIONS)
def test_what_is_no_number_is_refused(kind: str, option: str) -> None:
    for value in WORDS:
        words = f"option '{option.partition(':')[2]}' of .* (must be|needs)"
        with pytest.raises(GdanimError, match=words) as caught:
            trace(Spec(**{kind: f"{option}={value}"}, iterations=1))  # type: ignore[arg-type]
        assert caught.value.where == (kind,)
        assert len(str(caught.value)) < 250


@pytest.mark.parametrize(("kind", "option"), OPTIONS)
def test_any_number_is_refused_or_gives_finite_numbers(kind: str, option: str) -> None:
    allowed = 0
    for value in NUMBERS:
        spec = Spec(**{kind: f"{option}={value}"}, iterations=12)  # type: ignore[arg-type]
        try:
            (run,) = trace(spec)
        except GdanimError:
            continue
        allowed += 1
        for array in (run.theta, run.loss, run.gradient, run.rates):
            assert np.isfinite(array).all(), value
    assert allowed


@pytest.mark.parametrize("kind", TABLES)
def test_every_default_is_within_its_limits(kind: str) -> None:
    for name, factory in TABLES[kind].items():
        for key, limits in limits_of(factory).items():
            assert limits.allow(options_of(factory)[key]), (name, key)


def test_limits_stand_beside_the_parameter() -> None:
    def half(share: Annotated[float, Limits(0, 1)] = 0.5, plain: float = 1.0) -> float:
        return share / 2

    assert limits_of(half) == {"share": Limits(0, 1)}
    assert build("half", {"half": half}, "half:share=0.25,plain=7") == 0.125
    with pytest.raises(GdanimError, match=r"half: option 'share' of half must be from 0 up, under 1, not 1"):
        build("half", {"half": half}, "half:share=1")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("momentum=0.9", "optimizer: 'momentum=0.9' names no optimizer; write momentum:momentum=0.9"),
        ("beta1 = 0.5", "optimizer: 'beta1 = 0.5' names no optimizer; write adam:beta1=0.5"),
        ("nadam beta1=0.5", "optimizer: 'nadam beta1=0.5' names no optimizer; write nadam:beta1=0.5"),
        ("nadam,beta1=0.5", "optimizer: 'nadam,beta1=0.5' names no optimizer; write nadam:beta1=0.5"),
        ("gd,adam", "optimizer: 'gd,adam' is not one optimizer; to compare several, give each by itself"),
        (
            "ADAM",
            "optimizer: unknown optimizer 'ADAM'; did you mean 'adam'? gdanim list optimizers shows all",
        ),
        ("qqq=1", "optimizer: unknown optimizer 'qqq=1'; gdanim list optimizers shows all"),
    ],
)
def test_an_option_without_its_optimizer_is_put_right(call: str, words: str) -> None:
    with pytest.raises(GdanimError) as caught:
        trace(Spec(optimizer=call))
    assert str(caught.value) == words


def test_long_lists_are_left_to_gdanim_list() -> None:
    many = [f"name{i}" for i in range(9)]
    assert str(unknown("view", "qqq", many[:8], where="view")).endswith(
        "; choose from " + ", ".join(many[:8])
    )
    assert str(unknown("view", "qqq", many, where="view")).endswith("'qqq'; gdanim list views shows all")
    assert str(unknown("letter", "qqq", many, where="x")).endswith(
        "; choose from " + ", ".join(many[:8]) + " …"
    )
    assert "…" in str(unknown("view", "q" * 1000, many, where="view"))
