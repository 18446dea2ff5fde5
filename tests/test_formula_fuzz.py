"""Two thousand formulas over the whole grammar: refused in a sentence, or right; `make fuzz` tries more."""

from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.formulas import Tree, check, trees

EXAMPLES = 2_000


def fuzz(examples: int, *, repeatable: bool) -> Counter[str]:
    """How many formulas were refused, out of range, not finite, and equal to their reference."""
    tally: Counter[str] = Counter()

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
        tally[check(tree, seed)] += 1

    tried()
    return tally


def test_formulas_are_refused_or_right() -> None:
    tally = fuzz(EXAMPLES, repeatable=True)
    assert sum(tally.values()) >= EXAMPLES
    assert set(tally) <= {"refused", "out of range", "not finite", "equal"}
    assert tally["equal"] > EXAMPLES / 2  # so many were compared, and are right
    assert tally["not finite"] < EXAMPLES / 50


if __name__ == "__main__":
    import sys

    print(dict(fuzz(int(sys.argv[1]), repeatable=False)))
