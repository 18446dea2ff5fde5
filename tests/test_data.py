"""Data: made here, from CSV and npz; what is wrong in a file is said with its place, and a remedy."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest

from gdanim import GdanimError
from gdanim.calls import options_of
from gdanim.data import DATA, Table, load
from gdanim.data.digits import prototypes

NUMBERS = [name for name in DATA if name != "text"]  # of which there are as many as one asks for


def loaded(tmp_path: Path, text: str, target: str = "") -> Table:
    path = tmp_path / "scores.csv"
    path.write_text(text, encoding="utf-8")
    return load(str(path), target=target)


@pytest.mark.parametrize("name", NUMBERS)
def test_made_data_have_as_many_rows_as_their_options_say(name: str) -> None:
    assert len(load(name)) == options_of(DATA[name])["n"]


@pytest.mark.parametrize("name", NUMBERS)
def test_made_data_are_seeded_and_sized(name: str) -> None:
    one, again, other = (load(f"{name}:n=50,seed={seed}") for seed in (3, 3, 4))
    assert len(one) == 50
    assert one.features.shape == (50, len(one.columns))
    np.testing.assert_array_equal(one.features, again.features)
    np.testing.assert_array_equal(one.values, again.values)
    assert not np.array_equal(one.features, other.features)
    if one.classes:
        assert set(one.values) == set(range(len(one.classes)))
        assert abs((one.values == 0).mean() - 1 / len(one.classes)) < 0.05


def test_made_data_are_what_they_say_without_noise() -> None:
    line, sine = load("line:noise=0"), load("sine:noise=0")
    np.testing.assert_allclose(line.values, 2 * line.features[:, 0] + 1)
    np.testing.assert_allclose(sine.values, np.sin(sine.features[:, 0]))
    circles, xor, moons = (load(f"{name}:noise=0") for name in ("circles", "xor", "moons"))
    np.testing.assert_allclose(np.hypot(*circles.features.T), np.where(circles.values, 0.5, 1.0))
    assert ((np.prod(xor.features, axis=1) < 0) == (xor.values == 1)).all()
    centre = np.where(moons.values[:, None] == 1, (1.0, 0.5), (0.0, 0.0))
    np.testing.assert_allclose(np.hypot(*(moons.features - centre).T), 1.0)
    spiral = load("spiral:noise=0,classes=3")
    radius, angle = np.hypot(*spiral.features.T), np.arctan2(*spiral.features.T[::-1])
    turned = angle - 2 * np.pi * (radius / 1.5 + spiral.values / 3)
    np.testing.assert_allclose(np.cos(turned), 1.0)


@pytest.mark.parametrize("sign", [",", ";", "\t", "  "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_is_read_whatever_stands_between(tmp_path: Path, sign: str, end: str) -> None:
    rows = [("hours", "sleep", "score"), ("1.5", "8", "40"), ("-2", "7e0", "55.25")]
    path = tmp_path / "scores.csv"
    path.write_bytes(end.join(sign.join(row) for row in rows).encode("utf-8-sig"))
    table = load(str(path))
    assert (table.columns, table.target) == (("hours", "sleep"), "score")
    assert table.features.tolist() == [[1.5, 8.0], [-2.0, 7.0]]
    assert table.values.tolist() == [40.0, 55.25]
    word = {",": "commas", ";": "semicolons", "\t": "tabs", "  ": "spaces"}[sign]
    (note,) = table.notes
    assert note.endswith(
        f"2 rows: hours, sleep, and score as the target; {word} between columns, decimal points"
    )


def test_decimal_commas_are_found_and_said(tmp_path: Path) -> None:
    table = loaded(tmp_path, 'horas;"nota final"\n1,5;4\n−2;5,25\n')
    assert table.features.tolist() == [[1.5], [-2.0]]
    assert table.values.tolist() == [4.0, 5.25]
    assert table.notes[0].endswith("semicolons between columns, decimal commas")


def test_a_target_may_be_any_column_and_words(tmp_path: Path) -> None:
    table = load(str(_written(tmp_path, "kind,x\nred,1\nblue,2\nred,3\n")), target="kind")
    assert table.classes == ("blue", "red")
    assert table.values.tolist() == [1.0, 0.0, 1.0]
    assert load(str(_written(tmp_path, "x,y\n1,2\n3,4\n")), target="x").columns == ("y",)


def _written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "scores.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x,y\n1,2\n3,\n", "line 3, column 2 (y) is empty; fill it in, or leave the row out"),
        ("x,y\n1,2\nNA,4\n", "line 3, column 1 (x) is 'NA', a missing value; fill it in, or leave"),
        ("x,y\n1,2\nnan,4\n", "line 3, column 1 (x) is 'nan', a missing value"),
        ("x,y\n1,2\ntwo,4\n", "line 3, column 1 (x): 'two' is not a number; mend it"),
        ("x,y\n1,2\n2,four\n", "line 3, column 2 (y): 'four' is not a number"),
        ("x,y\n1_0,2\n", "line 2, column 1 (x): '1_0' is not a number"),
        ("x,y\ninf,2\n", "line 2, column 1 (x): 'inf' is not a number"),
        ("x,y\n1e999,2\n", "line 2, column 1 (x): '1e999' is too large"),
        ("x,kind\n1,a\n2,\n", "line 3, column 2 (kind) is empty"),
        ("x;y\n1,5;2\n1.5;3\n", "column 1 (x): the decimal sign is a comma in some numbers of the file"),
        ("x,y\n", "has a header and no rows"),
        ("", "is empty; a header and rows of numbers are read"),
        ("\n \n", "is empty"),
        ("x,y\n1,2\n3,4,5\n", "line 3 has 3 cells, and the header has 2"),
        ("x,y\n1,2\n3\n", "line 3 has 1 cell, and the header has 2"),
        ("1,2\n3,4\n", "line 1, column 1 is '1': the first line must be a header"),
        ("x\n1\n", "line 1 names one column, 'x'; a feature and a target are needed"),
        ("x,x\n1,2\n", "line 1: two columns are called 'x'"),
        ("x,\n1,2\n", "line 1, column 2 has no name"),
        ('x,y\n1,"2\n', "line 2: a quotation mark is opened and not closed"),
        ("x,y\n1,2\0\n", "is not text"),
        ("x,y\n" + "".join(f"{i},w{i}\n" for i in range(30)), "has 30 different words"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(GdanimError) as caught:
        load(str(_written(tmp_path, text)))
    assert "scores.csv: " in str(caught.value)
    assert words in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("cell", ["$5", "5 %", "1,234", "1.315,5", "1 000", "2024-01-31", "31/1/2024"])
def test_numbers_in_disguise_are_no_classes(tmp_path: Path, cell: str) -> None:
    quoted = f'"{cell}"'
    with pytest.raises(GdanimError, match="line 2, column 2"):
        loaded(tmp_path, f"x,y\n1,{quoted}\n2,{quoted}\n3,{quoted}\n4,{quoted}\n")


def test_a_comma_before_three_digits_is_taken_for_one_sign_only_where_others_say_so(tmp_path: Path) -> None:
    assert loaded(tmp_path, 'x,y\n1,"1,234"\n2,"2,5"\n').values.tolist() == [1.234, 2.5]
    assert loaded(tmp_path, "x;y\n1;1,234\n2;2,345\n").values.tolist() == [1.234, 2.345]
    with pytest.raises(GdanimError, match=r"'1,234' may stand between thousands .* write 1234 or 1\.234"):
        loaded(tmp_path, 'x,y\n1,"1,234"\n2,"2,345"\n')


def test_a_word_a_row_and_numbers_with_decimals_are_no_classes(tmp_path: Path) -> None:
    with pytest.raises(GdanimError, match=r"target: .*another word in every row \('5 kg', '6 kg', …\)"):
        loaded(tmp_path, "x,y\n1,5 kg\n2,6 kg\n3,7 kg\n")
    table = loaded(tmp_path, "x,y\n1,2.5\n2,3.5\n3,2.5\n4,4\n")
    with pytest.raises(GdanimError, match=r"numbers such as 2\.5, which are no classes"):
        table.in_classes()
    assert loaded(tmp_path, "x,y\n1,2.5\n2,3.5\n3,2.5\n").in_classes().classes == ("2.5", "3.5")


def test_an_unknown_column_or_name_is_put_right(tmp_path: Path) -> None:
    with pytest.raises(GdanimError, match=r"target: .*unknown column 'scoer'; did you mean 'score'"):
        load(str(_written(tmp_path, "hours,score\n1,2\n")), target="scoer")
    with pytest.raises(GdanimError, match=r"did you mean 'moons'"):
        load("mons")
    with pytest.raises(GdanimError, match="option 'n' of line must be from 2 up"):
        load("line:n=1")
    with pytest.raises(GdanimError, match=r"cannot read 'missing\.csv': no such file") as caught:
        load("missing.csv")
    assert caught.value.exit_code == 1
    with pytest.raises(GdanimError, match="target: names a column of a file"):
        load("line", target="y")


def test_one_class_is_refused(tmp_path: Path) -> None:
    for text in ("x,kind\n1,a\n2,a\n", "x,kind\n1,1\n2,1\n"):
        table = load(str(_written(tmp_path, text)))
        with pytest.raises(GdanimError, match="in every row; a classifier learns from two classes"):
            table.in_classes()
    numbers = load(str(_written(tmp_path, "x,kind\n1,7\n2,3\n")))
    assert numbers.in_classes().classes == ("3", "7")
    assert numbers.in_classes().values.tolist() == [1.0, 0.0]


def test_standardized_features_have_mean_0_and_deviation_1(tmp_path: Path) -> None:
    table = load("blobs", standardize=True)
    np.testing.assert_allclose(table.features.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(table.features.std(axis=0), 1.0)
    assert table.standardized
    with pytest.raises(GdanimError, match=r"column 'x' of .* is 3 in every row"):
        load(str(_written(tmp_path, "x,y\n3,1\n3,2\n")), standardize=True)


STRANGE: list[tuple[dict[str, object], str]] = [
    (
        {"X": [[1.0], [2.0]], "x": [3.0, 4.0], "y": [1.0, 2.0]},
        "two of its columns are called 'x'; rename one",
    ),
    ({"X": [[1.0, 2.0]], "x1": [3.0], "y": [1.0]}, "two of its columns are called 'x1'; rename one"),
    ({}, "holds no columns; a feature and a target are needed"),
    ({"X": np.zeros((3, 0)), "y": [1.0, 2.0, 3.0]}, "holds one column, 'y'; a feature and a target"),
    ({"X": [[1.0], [np.nan]], "y": [1.0, 2.0]}, "row 2 of 'x' is nan, which is not finite"),
    ({"X": [[1.0], [2.0]], "y": [np.inf, 2.0]}, "row 1 of 'y' is inf, which is not finite"),
    ({"X": np.zeros((3, 2)), "y": [1.0, 2.0]}, "its columns have different lengths: x1 3, x2 3, y 2"),
    ({"X": np.zeros((3, 2, 2)), "y": [1.0, 2.0, 3.0]}, "array 'X' is 3-dimensional"),
    ({"X": np.zeros((3, 2)), "y": 3.0}, "array 'y' is 0-dimensional"),
    ({"X": np.zeros((2, 2), dtype=complex), "y": [1.0, 2.0]}, "array 'X' does not hold numbers"),
    ({"X": np.zeros((2, 2)), "y": ["a", "b"]}, "array 'y' does not hold numbers"),
    ({"X": np.array([{}, 1], dtype=object), "y": [1.0, 2.0]}, "is not an npz of numbers"),
    ({"X": np.zeros((0, 2)), "y": np.zeros(0)}, "has no rows"),
]


@pytest.mark.parametrize(("arrays", "words"), STRANGE, ids=lambda value: str(value)[:40])
def test_of_an_npz_nothing_is_left_out_unsaid(tmp_path: Path, arrays: dict[str, object], words: str) -> None:
    path = tmp_path / "strange.npz"
    np.savez(path, **arrays)  # type: ignore[arg-type]
    with pytest.raises(GdanimError) as caught:
        load(str(path))
    assert f"strange.npz: {words}" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('x,"y\n1,2\n', "line 1: a quotation mark is opened and not closed; close it"),
        ('x,y\n1,2\n3,"4\n5,6\n7,8\n', "line 3: a quotation mark is opened and not closed"),
        ('x,y\n"1",2\n"3\n",4\n5,"6\n', "line 5: a quotation mark is opened and not closed"),
        ('x,y\n1,2\n"3"a,4\n', "line 3: something stands after a closing quotation mark"),
    ],
)
def test_a_quotation_mark_is_missed_where_it_was_opened(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "quoted.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GdanimError) as caught:
        load(str(path))
    assert words in str(caught.value)


def test_a_name_over_two_lines_is_one(tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_text('"hours\nof  sleep",mood\n1,"so\nso"\n2,good\n3,good\n', encoding="utf-8")
    table = load(str(path))
    assert (table.columns, table.classes) == (("hours of sleep",), ("good", "so so"))


def test_npz_and_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "data.npz"
    np.savez(path, X=np.arange(6.0).reshape(3, 2), y=np.array([1, 0, 1]))
    table = load(str(path))
    assert (table.columns, table.target, table.values.tolist()) == (("x1", "x2"), "y", [1.0, 0.0, 1.0])
    np.savez(path, hours=np.arange(3.0), score=np.arange(3.0))
    assert load(str(path)).columns == ("hours",)
    np.savez(path, X=np.array(["a", "b"]), y=np.arange(2.0))
    with pytest.raises(GdanimError, match="array 'X' does not hold numbers"):
        load(str(path))
    np.savez(path, X=np.array([1.0, np.nan]), y=np.arange(2.0))
    with pytest.raises(GdanimError, match="row 2 of 'x' is nan"):
        load(str(path))
    np.savez(path, X=np.zeros((2, 2, 2)), y=np.arange(2.0))
    with pytest.raises(GdanimError, match="array 'X' is 3-dimensional"):
        load(str(path))
    np.savez(path, X=np.zeros((0, 2)), y=np.zeros(0))
    with pytest.raises(GdanimError, match="has no rows"):
        load(str(path))
    np.savez(path, X=np.arange(3.0), y=np.arange(2.0))
    with pytest.raises(GdanimError, match="its columns have different lengths: x 3, y 2"):
        load(str(path))
    stream = io.TextIOWrapper(io.BytesIO(b"x,y\n1,2\n3,4\n"))
    monkeypatch.setattr(sys, "stdin", stream)
    assert load("-").values.tolist() == [2.0, 4.0]


def test_many_rows_are_read_to_the_last_bit(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    numbers = np.random.default_rng(0).normal(size=(100_000, 2))
    np.savetxt(path, numbers, delimiter=",", header="x,y", comments="")
    table = load(str(path))
    np.testing.assert_array_equal(np.stack([table.features[:, 0], table.values], axis=1), numbers)


def test_digits_are_the_drawn_ones_put_aside() -> None:
    shapes = prototypes()
    assert len({shape.tobytes() for shape in shapes}) == 10
    border = np.ones((8, 8), bool)
    border[1:-1, 1:-1] = False
    assert not shapes[:, border].any()  # so that none loses ink where it is moved
    table = load("digits:n=40,noise=0,classes=7,seed=2")
    assert table.classes == tuple("0123456")
    assert len(table.columns) == 64
    seen = set()
    for picture, kind in zip(table.features.reshape(-1, 8, 8), table.values, strict=True):
        moves = [
            (down, right)
            for down in (-1, 0, 1)
            for right in (-1, 0, 1)
            if np.array_equal(np.roll(shapes[int(kind)], (down, right), axis=(0, 1)), picture)
        ]
        assert len(moves) == 1
        seen |= set(moves)
    assert len(seen) == 9
    noisy = load("digits:noise=0.5").features
    assert (noisy.min(), noisy.max()) == (0.0, 1.0)
    np.testing.assert_array_equal(noisy, load("digits:noise=0.5").features)
