"""Two thousand formulas over the whole grammar: refused in a sentence, or right; `make fuzz` tries more."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gdanim.losses.graph import Node
from gdanim.losses.operations import OPERATIONS
from tests.formulas import Tree, check, trees

EXAMPLES = 2_000
NAMED = 20  # formulas that are wrong


def fuzz(examples: int, *, repeatable: bool) -> Counter[str]:
    """How many formulas were refused, out of range, not finite, and equal to their reference.

    Raises:
        AssertionError: some were wrong; all are tried before the first few are named.
    """
    tally: Counter[str] = Counter()
    wrong: list[str] = []

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=repeatable,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(trees, st.integers(0, 2**32))
    def tried(tree: Tree, seed: int) -> None:
        try:
            tally[check(tree, seed)] += 1
        except AssertionError as error:
            wrong.append(f"{error}\n  with seed {seed}")

    tried()
    assert not wrong, f"{len(wrong)} of {examples:,} are wrong:\n" + "\n".join(wrong[:NAMED])
    return tally


def test_formulas_are_refused_or_right() -> None:
    tally = fuzz(EXAMPLES, repeatable=True)
    assert sum(tally.values()) >= EXAMPLES
    assert set(tally) <= {"refused", "out of range", "not finite", "equal"}
    assert tally["equal"] > EXAMPLES / 2  # so many were compared, and are right
    assert tally["not finite"] < EXAMPLES / 50


W = ("name", "w")
FAST = ("*", ("number", "1e6"), W)
CANCELS = ("/", ("abs", W), ("*", ("neg", W), ("/", ("number", "1e-12"), ("number", "2"))))


@pytest.mark.parametrize(
    "tree",
    [
        ("softmax", W, W, ("+", W, ("name", "v"))),  # its slope by w is none, as the sum of four shares
        # What is near 0 is rounded as what cancels in it was, and so is e to a difference of large numbers.
        ("^", ("log", ("number", "100")), ("^", ("logsumexp", W, ("name", "v")), ("number", "100"))),
        ("softmax", ("number", "256"), ("number", "1e3"), W),
        # A tie that only rounding makes, between a constant and what is less by 10⁻⁴³.
        ("min", ("/", W, W), ("softmax", ("number", "7.25"), W, ("number", "100"))),
        # An angle of 10^24, of which not even the whole turns are known.
        ("cos", ("/", ("^", ("number", "0.5"), W), ("^", ("number", "1e-12"), ("number", "2")))),
        CANCELS,  # its slope is the difference of terms of 10^12
        (
            "^",
            ("^", ("softmax", W, ("number", "100")), ("neg", W)),
            ("*", ("/", W, ("name", "v")), ("name", "v")),
        ),
        ("^", ("softmax", ("number", "1e6"), ("number", "1e6"), W), ("^", W, ("number", "3"))),
        ("-", ("sin", ("+", FAST, FAST)), ("*", ("number", "2"), ("*", ("sin", FAST), ("cos", FAST)))),
    ],
)
def test_what_rounding_leaves_of_terms_that_cancel_is_allowed(tree: Tree) -> None:
    found = {check(tree, seed) for seed in range(16)}
    assert found - {"refused", "out of range", "not finite"} == {"equal"}


def _tanh(y: Node, x: Node) -> list[Node]:
    return [1.0 - y * y]


def _sin(y: Node, x: Node) -> list[Node]:
    return [(1 + 1e-12) * x.graph.apply("cos", x)]


def _abs(y: Node, x: Node) -> list[Node]:
    return [(1 + 1e-9) * x.graph.apply("sign", x)]


@pytest.mark.parametrize(
    ("name", "wrong", "tree"),
    [
        ("tanh", _tanh, ("tanh", ("*", ("number", "7.25"), W))),  # loses its digits where it is small
        ("sin", _sin, ("*", ("number", "1e6"), ("sin", W))),
        ("abs", _abs, CANCELS),  # by a part in 10^9 of the terms that cancel
    ],
)
def test_a_wrong_derivative_is_caught(
    name: str, wrong: Callable[..., list[Node]], tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check(tree, 7) == "equal"
    monkeypatch.setitem(OPERATIONS, name, OPERATIONS[name]._replace(partials=wrong))
    with pytest.raises(AssertionError, match=r"derivative \('w',\) of"):
        check(tree, 7)


if __name__ == "__main__":
    import sys

    print(dict(fuzz(int(sys.argv[1]), repeatable=False)))
