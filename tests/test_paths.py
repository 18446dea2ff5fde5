"""Recorded paths: what programs write is read, and what is wrong is said with its place."""

import io
import json
import struct
import zipfile
from typing import Any

import numpy as np
import pytest

from gdanim import GdanimError, Spec, trace
from gdanim.numbers import as_csv, as_json
from gdanim.paths import read_paths

TWO = [[1.5, -2.0], [1.25, 0.5], [1e-3, 0.0]]
AB = ("a", "b")


def one(text: str | bytes, parameters: tuple[str, ...] | None = None, name: str = "run.csv") -> Any:
    data = text.encode() if isinstance(text, str) else text
    (path,) = read_paths(name, data, parameters)
    return path


READ = {
    "header": "a,b\n1.5,-2\n1.25,0.5\n1e-3,0\n",
    "other order": "b,a\n-2,1.5\n0.5,1.25\n0,1e-3\n",
    "windows": "a,b\r\n1.5,-2\r\n1.25,0.5\r\n1e-3,0",
    "old mac": "a,b\r1.5,-2\r1.25,0.5\r1e-3,0\r\r",
    "no header": "1.5,-2\n1.25,0.5\n0.001,0\n",
    "spaces after commas": "1.5, -2\n1.25, 0.5\n0.001, 0\n",
    "semicolons": "a;b\n1.5;-2\n1.25;0.5\n0.001;0\n",
    "semicolons and decimal commas": "a;b\n1,5;-2\n1,25;0,5\n0,001;0\n",
    "tabs and decimal commas": "a\tb\n1,5\t-2,0\n1,25\t0,5\n,001\t0\n",
    "spaces": "a b\n1.5 -2\n1.25   0.5\n.001 0.\n",
    "spaces and decimal commas": "1,5 -2,0\n1,25 0,5\n1,0e-3 0\n",
    "quoted": '"a","b"\n"1,5","-2"\n"1,25","0,5"\n"0,001","0"\n',
    "quoted numbers first": '"1,5","-2"\n"1,25","0,5"\n"0,001","0"\n',
    "trace": "k,a,b,L,∂L/∂a,∂L/∂b,η\n0,1.5,-2,7,1,1,0.1\n1,1.25,0.5,6,1,1,0.1\n2,1e-3,0,5,1,1,0.1\n",
    "trace with noise": "k,a,b,L,g_a,g_b\n0,1.5,-2,7,1,1\n1,1.25,0.5,6,1,1\n2,1e-3,0,5,1,1\n",
    "pandas": ",a,b\n0,1.5,-2\n1,1.25,0.5\n2,0.001,0\n",
    "numpy": "# a b\n1.500000000000000000e+00 -2.0e+00\n1.25e+00 5.0e-01\n1.0e-03 0.0e+00\n",
    "comments": "# lr 0.1, by hand\n#\n\n1.5,-2\n1.25,0.5\n0.001,0\n",
    "two comments": "# by hand\n# a b\n1.5 -2\n1.25 0.5\n0.001 0\n",
    "minus signs": "a,b\n1.5,−2\n1.25,0.5\n0.001,−0\n",
    "byte order mark": "\ufeffa,b\n1.5,-2\n1.25,0.5\n0.001,0\n",
    "empty lines around": "\n\na,b\n1.5,-2\n1.25,0.5\n0.001,0\n\n  \n",
}


@pytest.mark.parametrize("way", READ)
def test_every_way_to_write_columns_is_the_same_path(way: str) -> None:
    path = one(READ[way], AB, name="torch.csv")
    np.testing.assert_array_equal(path.theta, TWO)
    assert path.names == AB
    assert path.label == "torch"
    assert not path.theta.flags.writeable


@pytest.mark.parametrize("way", [way for way in READ if READ[way].lstrip("\ufeff\n# ,k")[0] in 'a"'])
def test_without_parameters_the_names_are_the_files(way: str) -> None:
    if way == "quoted numbers first":
        return
    assert one(READ[way]).names == AB


def test_columns_without_names_are_w() -> None:
    assert one("1.5 2\n1 2\n").names == ("w1", "w2")
    assert one("1.5\n1\n").names == ("w",)
    np.testing.assert_array_equal(one("w\n5,5\n4\n", ("w",)).theta, [[5.5], [4.0]])


def test_spreadsheets_in_utf_16() -> None:
    np.testing.assert_array_equal(one("a\tb\r\n1,5\t-2\r\n".encode("utf-16"), AB).theta, [[1.5, -2]])


def test_what_trace_writes_is_read_again() -> None:
    several = trace(Spec(loss="bowl", optimizer=("gd", "adam:beta1=0.8"), noise=0.1, schedule="cosine"))
    starts = trace(Spec(loss="bowl", start=((1.0, 2.0), (-1.0, 0.5))))
    for runs in (several, starts, trace(Spec(loss="ackley", start=(1.0, 2.0, 3.0))), trace(Spec())):
        texts = {"csv": "\n".join(as_csv(runs)), "json": "".join(as_json(runs))}
        for suffix, text in texts.items():
            paths = read_paths(f"there/x.{suffix}", text.encode(), runs[0].parameters)
            assert [p.label for p in paths] == [run.label or "x" for run in runs]
            for path, run in zip(paths, runs, strict=True):
                np.testing.assert_array_equal(path.theta, run.theta)
                assert path.names == run.parameters


JSON: dict[str, Any] = {
    "rows": TWO,
    "theta": {"theta": TWO},
    "names": {"theta": TWO, "parameters": ["a", "b"]},
    "names in another order": {"theta": [row[::-1] for row in TWO], "parameters": ["b", "a"]},
    "runs": {"runs": [{"theta": TWO, "label": "", "loss": [1, 2, 3]}]},
}


@pytest.mark.parametrize("way", JSON)
def test_every_way_to_write_json(way: str) -> None:
    for name in ("run.json", "run", "-"):
        np.testing.assert_array_equal(one(json.dumps(JSON[way]), AB, name=name).theta, TWO)


def test_labels_differ() -> None:
    runs = {"runs": [{"theta": [1]}, {"theta": [2], "label": "adam"}, {"theta": [3], "label": "adam"}]}
    paths = read_paths("a.json", json.dumps(runs).encode())
    assert [path.label for path in paths] == ["a 1", "adam", "adam (3)"]
    assert [path.theta.tolist() for path in paths] == [[[1.0]], [[2.0]], [[3.0]]]


def saved(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=True, **arrays)
    return stream.getvalue()


def zipped(content: bytes, name: str = "theta.npy", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def npy(header: str, content: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    return b"\x93NUMPY" + version + struct.pack("<H", len(header)) + header.encode() + content


@pytest.mark.parametrize("kind", ["<f8", ">f8", "<f4", "<i4", "<u2", "<f2", "longdouble"])
def test_arrays_of_any_real_kind(kind: str) -> None:
    array = np.array([[1, 2], [3, 4], [5, 6]], dtype=kind)
    for data, name in (
        (saved(theta=array, loss=np.zeros(3)), "x.npz"),
        (saved(path=array), "x.npz"),
        (saved(path=np.asfortranarray(array)), "data"),
    ):
        np.testing.assert_array_equal(one(data, AB, name=name).theta, [[1, 2], [3, 4], [5, 6]])
    assert one(saved(w=np.arange(3)), ("w",), name="x.npz").theta.tolist() == [[0.0], [1.0], [2.0]]
    stream = io.BytesIO()
    np.save(stream, array)
    assert one(stream.getvalue(), AB, name="x.npy").theta.shape == (3, 2)


def boom() -> None:
    raise AssertionError("a pickle was run")


class Bomb:
    def __reduce__(self) -> Any:
        return boom, ()


BAD_CSV = [
    ("", "run.csv: holds no iterates"),
    ("a,b\n", "holds no iterates"),
    ("a,b\n1,2\n1,x\n", r"path: run.csv: line 3, column 2 \(b\): 'x' is not a number"),
    ("a,b\n1,2\n1,nan\n", r"line 3, column 2 \(b\): 'nan' is not finite"),
    ("a,b\n1,-Infinity\n", r"line 2, column 2 \(b\): '-Infinity' is not finite"),
    ("nan,1.0\n", "line 1, column 1: 'nan' is not finite"),
    ("a,b\n1,1e999\n", r"line 2, column 2 \(b\): '1e999' is too large"),
    ("a,b\n1," + "9" * 5000 + "\n", r"line 2, column 2 \(b\): '9{80}…' is too large"),
    ("a,b\n1,\n", r"line 2, column 2 \(b\) is empty"),
    ("a,b\n1,2\n\n3,4\n", "line 3 is empty, in the middle of the path"),
    ("a,b\n1,2\n3\n", "line 3 has 1 cells, and those before it have 2"),
    ("a,b\n1,2,3\n", "line 2 has 3 cells, and those before it have 2"),
    ("a,c\n1,2\n", "line 1, column 2: 'c' is no parameter's name; those of the loss are a, b"),
    ("k,a\n0,2\n", "line 1: no column is called 'b'"),
    ("a,a\n1,2\n", "line 1: two columns are called 'a'"),
    ("a,b,time\n1,2,3\n", "line 1, column 3: 'time' is no parameter's name"),
    ("k,a,b\n0,1,2\n2,1,2\n", r"line 3, column 1 \(k\): 2 stands where the iterates count 1"),
    ("k,a,b\n1,1,2\n", r"line 2, column 1 \(k\): 1 stands where the iterates count 0"),
    (",a,b\n0,1,2\n5,1,2\n", r"line 3, column 1 \(k\): 5 stands where"),
    ("1.0,2,3\n", r"has 3 numbers in a row, and the loss has 2 \(a, b\)"),
    ("1.0,2,3\n1,2,3", r"the loss has 2 \(a, b\); it seems to lie on its side"),
    ("a;b\n1,5;2.5\n", r"line 2, column 2 \(b\): '2.5' has another decimal sign"),
    ("a;b\n1.234,5;2\n", r"line 2, column 1 \(a\): '1.234,5' is not a number"),
    ("5,0, 4,4\n", "line 1: a comma may be a decimal sign here or stand between columns"),
    ("1.0,x2\n", "line 1, column 2: 'x2' is not a number"),
    ("1_0,2\n", "line 1, column 1: '1_0' is not a number"),
    ("a,b\n0x10,2\n", "'0x10' is not a number"),
    ("a,b\n١,2\n", "'١' is not a number"),
    ('a,b\n"1,2\n', "line 2: unexpected end of data"),
    ("a,b\n1\0,2\n", "is not text"),
    (b"\xff\xfe\x00", "is not text in UTF-8"),
    (b"a,b\n\xe9,1\n", "is not text in UTF-8"),
    (b"\x89PNG\r\n\x1a\n\x00\x00", "is not text"),
    ("a,b\n" + "x" * 200_000 + ",1\n", "line 2: field larger than field limit"),
]


@pytest.mark.parametrize(("text", "words"), BAD_CSV)
def test_what_is_wrong_in_columns_is_said_with_its_place(text: str | bytes, words: str) -> None:
    with pytest.raises(GdanimError, match=words) as caught:
        one(text, AB)
    assert caught.value.where == ("path", "run.csv")
    assert len(str(caught.value).splitlines()) == 1


def test_two_columns_or_a_decimal_comma() -> None:
    """Nothing says which, unless there are two parameters, a header, or numbers that cannot be decimals."""
    for parameters in (None, ("w",)):
        with pytest.raises(GdanimError, match="line 1: '5,0' may be two columns or a decimal comma"):
            one("5,0\n4,4\n", parameters)
    assert one("5,0\n4,4\n", AB).theta.tolist() == [[5, 0], [4, 4]]
    assert one("w\n5,0\n4,4\n").theta.tolist() == [[5.0], [4.4]]
    assert one("5,0.5\n4,4\n").theta.tolist() == [[5, 0.5], [4, 4]]


BAD_JSON = [
    ("{", "run.json: line 1, column 2: Expecting property name"),
    ('{"theta": [[1, 2],\n [3, ]]}', "line 2, column "),
    ("[" * 100_000, "is not JSON that can be read"),
    ("[[1, " + "9" * 5000 + "]]", "holds a number that is not read"),
    ("[[1, " + "9" * 4000 + "]]", "holds a number that is too large"),
    ("[[1, 1e999]]", "iterate 0, column 2 is inf, which is not finite"),
    ("[[1, NaN]]", "holds NaN; a path is finite"),
    ("[[1, -Infinity]]", "holds -Infinity; a path is finite"),
    ("3", "has no list 'theta' of iterates"),
    ("{}", "has no list 'theta' of iterates"),
    ('{"theta": 3}', "has no list 'theta'"),
    ("[]", "holds no iterates"),
    ('{"runs": []}', "holds no iterates"),
    ('{"runs": 1}', "'runs' is not a list"),
    ('{"runs": [{"theta": [[1, 2]]}, 3]}', "run 2: has no list 'theta'"),
    ("[[1, 2], [3]]", "iterate 1 has 1 numbers, and iterate 0 has 2"),
    ("[[], []]", "iterate 0 has 0 numbers"),
    ("[[1, 2], [3, true]]", "iterate 1, column 2: true is not a number"),
    ('[[1, "2"]]', 'iterate 0, column 2: "2" is not a number'),
    ("[[1, [2]]]", r"iterate 0, column 2: \[2\] is not a number"),
    ('{"theta": [[1, 2]], "parameters": ["x", "y"]}', "its parameters are x, y, and the loss's are a, b"),
    ('{"theta": [[1, 2]], "parameters": ["x"]}', "'parameters' are not 2 different names"),
    ('{"theta": [[1, 2]], "parameters": ["x", "x"]}', "'parameters' are not 2 different names"),
    ('{"theta": [[1, 2]], "parameters": ["a", "$x"]}', "'parameters' are not 2 different names"),
    ('{"theta": [[1, 2]], "parameters": "ab"}', "'parameters' are not 2 different names"),
    ('{"theta": [[1, 2]], "label": 3}', "'label' is not text"),
    (b"\xff\xfe\xff", "is not JSON that can be read"),
]


@pytest.mark.parametrize(("text", "words"), BAD_JSON, ids=range(len(BAD_JSON)))
def test_what_is_wrong_in_json_is_said_with_its_place(text: str | bytes, words: str) -> None:
    with pytest.raises(GdanimError, match=words) as caught:
        one(text, AB, name="run.json")
    assert len(str(caught.value)) < 300


HEADER = "{'descr': '%s', 'fortran_order': False, 'shape': %s}\n"
GOOD = saved(theta=np.array(TWO))
BAD_NPZ = [
    (b"", "is not an npz file that can be read"),
    (b"PK\x03\x04", "is not an npz file"),
    (GOOD[:-30], "is not an npz file"),
    (GOOD[:80] + b"\0" * 40 + GOOD[120:], "is not an npz file"),
    (zipped(b"", name="nothing.npy"), "holds no array that can be read"),
    (saved(a=np.zeros(2), b=np.zeros(2)), r"holds several arrays \(a, b\) and none of them is called theta"),
    (saved(theta=np.array([Bomb(), None], dtype=object)), "holds Python objects, not real numbers"),
    (saved(theta=np.array(["1", "2"])), "holds <U1 values, not real numbers"),
    (saved(theta=np.array([1j, 2])), "holds complex128 values"),
    (saved(theta=np.array([True])), "holds bool values"),
    (saved(theta=np.array([(1, 2)], dtype="i4,i4")), "values, not real numbers"),
    (saved(theta=np.zeros((2, 2, 2))), r"holds an array of shape \(2, 2, 2\), not"),
    (saved(theta=np.float64(3)), r"holds an array of shape \(\), not"),
    (saved(theta=np.zeros((0, 2))), "holds no iterates"),
    (saved(theta=np.zeros((5, 0))), "holds no iterates"),
    (saved(theta=np.zeros((2, 9))), r"has 9 numbers in a row, and the loss has 2 \(a, b\); it seems to lie"),
    (saved(theta=np.array([[1, 2], [3, np.nan]])), "iterate 1, column 2 is nan, which is not finite"),
    (zipped(npy(HEADER % ("<f8", "(1000000000000, 2)"), b"\0" * 16)), "holds an array of 16 bytes, and its"),
    (zipped(npy(HEADER % ("<f8", "(-1, -2)"), b"\0" * 16)), "holds (an array|no array)"),
    (zipped(npy(HEADER % ("|O", "(1,)"), b"cos\nsystem\n(S'true'\ntR.")), "holds Python objects"),
    (zipped(npy("__import__('os')" + " " * 20)), "holds no array that can be read"),
    (zipped(npy("{'descr': " + "(" * 5000 + "}")), "holds no array that can be read"),
    (
        zipped(npy(HEADER % ("<f8", "(1, 2)"), b"\0" * 16, b"\x07\x00")),
        "holds (an array whose format|no array)",
    ),
    (zipped(b"\x93NUMPY\x01\x00\xff\xff{"), "holds no array that can be read"),
    (zipped(b"\0" * (65 * 2**20)), "holds an array larger than 64 MiB"),
]


@pytest.mark.parametrize(("data", "words"), BAD_NPZ, ids=range(len(BAD_NPZ)))
def test_hostile_arrays_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(GdanimError, match=words) as caught:
        one(data, AB, name="run.npz")
    assert len(str(caught.value)) < 300


def test_no_bytes_raise_anything_else() -> None:
    """Good files with bytes changed, cut and doubled: a path or a sentence."""
    rng = np.random.default_rng(5)
    files = {
        "x.npz": GOOD,
        "x.npy": npy(HEADER % ("<f8", "(3, 2)"), np.array(TWO).tobytes()),
        "x.csv": READ["trace"].encode(),
        "x.json": json.dumps(JSON["runs"]).encode(),
    }
    outcomes = set()
    for name, data in files.items():
        for _ in range(400):
            changed = bytearray(data)
            for place in rng.integers(0, len(data), rng.integers(1, 4)):
                changed[place] = rng.integers(0, 256)
            start, stop = sorted(rng.integers(0, len(data), 2))
            if rng.random() < 0.3:
                del changed[start:stop]
            try:
                paths = read_paths(name, bytes(changed), AB)
            except GdanimError as error:
                outcomes.add(name)
                assert error.where == ("path", name)  # noqa: PT017 (a path is as good)
            else:
                assert all(np.isfinite(path.theta).all() for path in paths)
    assert outcomes == set(files)


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(GdanimError, match=r"path: big\.csv: is larger than 64 MiB"):
        read_paths("big.csv", bytes(64 * 2**20 + 1))


def test_a_million_iterates_at_most() -> None:
    with pytest.raises(GdanimError, match="holds 1000002 iterates; at most 1000001 are read"):
        one(saved(theta=np.zeros(1_000_002)), ("w",), name="x.npz")
