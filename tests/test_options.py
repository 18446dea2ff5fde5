import pytest

from gdanim import GdanimError, Spec
from gdanim.losses import make_loss


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("quadratik", "loss: unknown loss 'quadratik'; choose from .*; did you mean 'quadratic'?"),
        ("quadratic:center=1", "unknown option 'center' of quadratic.*did you mean 'centre'?"),
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
