"""TOML with the lines of its keys, and written so that others read the same."""

import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdanim.errors import GdanimError
from gdanim.plaintoml import line_of, lines_of, read_toml, written_toml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TEXT = '''title = "a [b] # no comment"   # one
[defaults]   # another
size = "960x540"
lr = [
    0.1,  # of a list
    1,
]
note = """
[[figure]]
name = 'no key'
"""
[[figure]]
name = 'x = 1'
matrix.lr = [1]
"odd key" = {a = 1, b = [
  2]}
[figure.let]
a = 2
[[figure]]
name = "y"
'''


def test_every_key_has_its_line() -> None:
    read_toml(TEXT)
    assert lines_of(TEXT) == {
        ("title",): 1,
        ("defaults",): 2,
        ("defaults", "size"): 3,
        ("defaults", "lr"): 4,
        ("defaults", "note"): 8,
        ("figure",): 12,
        ("figure", 0): 12,
        ("figure", 0, "name"): 13,
        ("figure", 0, "matrix", "lr"): 14,
        ("figure", 0, "matrix"): 14,
        ("figure", 0, "odd key"): 15,
        ("figure", 0, "let"): 17,
        ("figure", 0, "let", "a"): 18,
        ("figure", 1): 19,
        ("figure", 1, "name"): 20,
    }


def test_what_has_no_line_of_its_own_has_that_of_what_holds_it() -> None:
    lines = lines_of(TEXT)
    assert line_of(lines, ("figure", 0, "odd key", "a")) == 15
    assert line_of(lines, ("figure", 1, "lr")) == 19
    assert line_of(lines, ("nowhere",)) == 0


PLAIN = st.recursive(
    st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab- é\"'.", min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abc_-é .'\"", min_size=1, max_size=5), PLAIN, max_size=4))
def test_what_is_written_is_read_as_the_same(data: dict[str, object]) -> None:
    text = written_toml(data)
    assert tomllib.loads(text) == data
    assert set(lines_of(text)) == {(key,) for key in data}


@pytest.mark.parametrize("text", ["a = ", "[a", "a = 1\na = 2", "a = " + "[" * 100_000])
def test_what_is_no_toml_is_said_in_a_sentence(text: str) -> None:
    with pytest.raises(GdanimError, match="is not TOML"):
        read_toml(text)


def test_numbers_keep_their_digits() -> None:
    assert tomllib.loads(written_toml({"x": math.pi, "y": 1e-300, "z": 1e22})) == {
        "x": math.pi,
        "y": 1e-300,
        "z": 1e22,
    }
