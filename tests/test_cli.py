import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Result

Gdanim = Callable[..., Result]
SMALL = ["--size", "320x240"]


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_run_writes_the_notebooks_file_name(gdanim: Gdanim) -> None:
    result = gdanim("run", *SMALL)
    assert (result.code, result.out) == (0, "")
    size = os.path.getsize("gradient_descent.gif")
    assert result.err.splitlines() == [
        "Still descending after 20 iterations",
        f"Wrote gradient_descent.gif (21 frames, 12.5 s, {size / 1000:.0f} kB)",
    ]


def test_run_to_standard_output_writes_only_the_file() -> None:
    command = [sys.executable, "-m", "gdanim", "run", *SMALL, "-n", "2", "-o", "-", "--format", "gif"]
    result = subprocess.run(command, capture_output=True, check=True)
    assert result.stdout.startswith(b"GIF89a")
    assert result.stdout.endswith(b";")
    assert result.stderr.endswith(b"\nWrote standard output (3 frames, 3.5 s)\n")
    assert os.listdir() == []


def test_quiet_says_nothing(gdanim: Gdanim) -> None:
    assert gdanim("run", *SMALL, "-n", "1", "--quiet", "-o", "a.gif") == (0, "", "")


def test_a_diverging_run_is_a_result(gdanim: Gdanim) -> None:
    result = gdanim("run", "--size", "400x300", "--lr", "1.1", "-o", "a.gif")
    assert result.code == 0
    assert "Diverges from k = 1 on, because η = 1.1 > 2/λₘₐₓ = 1" in result.err
    assert Path("a.gif").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "-o", "a.mpeg"], 2, "--output: unknown format 'mpeg'; gdanim list formats shows all"),
        (["run", "-o", "a"], 2, "--output: 'a' has no suffix; call it 'a.gif', or say --format gif|mp4|webm"),
        (["run", "-o", "frames/"], 2, "--output: 'frames/' names a folder; name a file in it"),
        (["run", "-o", "-"], 2, "--output: standard output has no suffix; say --format gif|mp4"),
        (["run", "-o", "a.png", "--at", "21"], 2, "--at: there is no iterate 21; the last is 20"),
        (["run", "-o", "a.png", "--at", "-1"], 2, "--at: must be from 0 up, not -1"),
        (["run", "-o", "a.png", "--at", "first"], 2, "'first' is not an iterate such as 7, nor 'last'"),
        (["run", "-o", "a.gif", "-o", "a.gif"], 2, "--output: 'a.gif' is named twice"),
        (["run", "-o", "no/a.gif"], 1, "--output: cannot write 'no/a.gif': there is no folder 'no'"),
        (["run", "-o", "."], 1, "is a folder"),
        (["run", "--fps", "60"], 2, "--fps: a GIF cannot hold 60 frames a second; the nearest"),
        (
            ["run", "--theme", "drak"],
            2,
            "--theme: unknown theme 'drak'; did you mean 'dark'? Choose from light",
        ),
        (["run", "--lang", "xx"], 2, "--lang: unknown language 'xx'"),
        (["run", "--size", "640"], 2, "'640' is not a size such as 960x540"),
        (["run", "--size", "10x10"], 2, "--size: 10x10 pixels cannot be drawn"),
        (["run", "--lr", "nan"], 2, "--lr: must be a finite number"),
        (["run", "--start", "5;2"], 2, "'5;2' is not a number"),
        (["run", "--start", "nan"], 2, "--start: must be a finite number"),
        (["trace", "--loss", "cliff", "--start", "1,2"], 2, "--start: cliff takes 1 number (w), not 2"),
        (["run", "--frobnicate"], 2, "No such option"),
        (["run", "--lr", "0,1"], 2, "'0,1' is not a number; the decimal sign is a point"),
        (["run", "--let", "a=1,5"], 2, "not an assignment such as lam=0.1; the decimal sign is a point"),
        (
            ["run", "--loss", "bowl:condition=0,5"],
            2,
            "'5' is no option of bowl; options stand between commas",
        ),
        (["run", "--start", "5", "2"], 2, "commas between the numbers of a start"),
        (["run", "--loss", "w1^2", "+", "w2^2"], 2, "Put quotes around a formula"),
        (["run", "--title", "a", "--title", "b"], 2, "--title can be given once only"),
        (["run", "-n", "3", "-n", "4"], 2, "--iterations can be given once only"),
        (["run", "--optimizer", "adam,sgd"], 2, "not one optimizer; to compare several, give each by itself"),
        (["run", "--view", "curve,history"], 2, "not one view; a+b stands side by side"),
        (["run", "--loss", "(x-1)(x+2)"], 2, "a product is written with *"),
        (["run", "--loss", "L(w) = w^2"], 2, "write name = formula, without its arguments"),
        (["run", "--loss", "|x|"], 2, "write abs(x) for |x|"),
        (["run", "--loss", "if*x^2"], 2, "'if' cannot name a parameter"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_nothing(
    gdanim: Gdanim, arguments: list[str], code: int, words: str
) -> None:
    result = gdanim(*arguments)
    assert (result.code, result.out) == (code, "")
    assert words in result.err
    assert "Traceback" not in result.err
    assert os.listdir() == []


@pytest.mark.parametrize(
    ("arguments", "notes"),
    [
        (
            ["--orbit", "90"],
            ["--orbit changed nothing: no view is shown that it could change; see --view surf"],
        ),
        (["--field"], ["--field changed nothing: no view is shown that it could change; see --view contour"]),
        (["--seed", "3"], ["--seed changed nothing: there is no noise"]),
        (["--race", "--grid"], ["--grid changed nothing: there is only one", "--race changed nothing"]),
        (["--loss", "bowl", "--field"], []),
        (["--loss", "bowl", "--view", "surface", "--orbit", "9"], []),
        (["--lr", "0.1", "--lr", "0.2", "--race"], []),
        (["--field", "--quiet"], []),
    ],
)
def test_an_option_without_effect_is_noted(gdanim: Gdanim, arguments: list[str], notes: list[str]) -> None:
    result = gdanim("run", "-n", "1", "--size", "400x300", *arguments)
    assert result.code == 0
    lines = [line for line in result.err.splitlines() if line.startswith("Note: ")]
    assert [line[6 : 6 + len(note)] for line, note in zip(lines, notes, strict=True)] == notes


def test_a_very_long_animation_is_noted(gdanim: Gdanim) -> None:
    arguments = ["run", "-n", "20", "--size", "320x240", "--fps", "0.05"]
    assert "Note: it plays for 7 minutes; see --seconds" in gdanim(*arguments).err
    assert "Note" not in gdanim(*arguments, "--seconds", "9").err


def test_trace_prints_a_table(gdanim: Gdanim) -> None:
    lines = gdanim("trace", "--lr", "0.1", "--start", "5").out.splitlines()
    assert lines[0].split() == ["k", "w", "L", "dL/dw"]
    assert lines[1].split() == ["0", "5", "9", "6"]
    assert lines[21].split()[:2] == ["20", "2.0345876"]  # 2 + 3·0.8²⁰
    assert lines[-1] == "Still descending after 20 iterations"


def test_trace_csv_has_every_digit(gdanim: Gdanim) -> None:
    rows = list(csv.DictReader(io.StringIO(gdanim("trace", "--format", "csv").out)))
    assert len(rows) == 21
    assert float(rows[20]["w"]) == pytest.approx(2 + 3 * 0.8**20, rel=1e-15)
    assert rows[1]["L"] == "5.760000000000002"


def test_trace_json_has_the_promised_names(gdanim: Gdanim) -> None:
    (run,) = json.loads(gdanim("trace", "-n", "0", "--format", "json").out)["runs"]
    assert list(run) == [
        "label",
        "optimizer",
        "learning_rate",
        "parameters",
        "theta",
        "loss",
        "gradient",
        "outcome",
    ]
    assert (run["theta"], run["loss"], run["gradient"]) == ([[5.0]], [9.0], [[6.0]])
    assert run["outcome"]["kind"] == "start"


def test_options_come_from_the_environment_too(gdanim: Gdanim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GDANIM_LR", "0.5")
    assert gdanim("trace", "-n", "1").out.splitlines()[2].split() == ["1", "2", "0", "0"]


def test_help_needs_neither_numpy_nor_matplotlib() -> None:
    code = (
        "import sys\nfrom gdanim.cli import cli\n"
        "try: cli(['run', '--help'])\nexcept SystemExit: pass\n"
        "print(*(m for m in ('numpy', 'matplotlib', 'imageio', 'PIL', 'av') if m in sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == ""
    assert "[default: 960x540]" in " ".join(result.stdout.split())


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_leaves_the_earlier_file(number: int, code: int) -> None:
    Path("a.gif").write_bytes(b"earlier")
    command = [sys.executable, "-m", "gdanim", "run", "-n", "100000", "-o", "a.gif"]
    # A shell's background jobs, and what they start, ignore SIGINT from birth; this one must not.
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    ) as process:
        while len(os.listdir()) < 2:  # until the file beside it has been begun
            assert process.poll() is None
            os.sched_yield()
        process.send_signal(number)
        assert process.wait() == code
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()
    assert os.listdir() == ["a.gif"]
    assert Path("a.gif").read_bytes() == b"earlier"


def test_advice_on_quotes_is_given_where_it_helps(gdanim: Callable[..., Result]) -> None:
    assert "Put quotes around a formula" in gdanim("run", "--loss", "w1^2", "+", "w2^2").err
    assert "Put quotes" not in gdanim("run", "--nonsense").err
    assert "Put quotes" not in gdanim("run", "--lr").err


def test_advice_on_quotes_is_not_given_for_a_wrong_number(gdanim: Callable[..., Result]) -> None:
    wrong = gdanim("run", "--fps", "abc")
    assert wrong.code == 2
    assert "abc" in wrong.err
    assert "Put quotes" not in wrong.err


@pytest.mark.parametrize(
    "options",
    [
        ("--lr", "0.3"),
        ("--schedule", "step:every=1,factor=0.5"),
        ("--optimizer", "momentum"),
        ("--start", "4"),
        ("--noise", "0.5"),
        ("--noise", "0.5", "--seed", "3"),
        ("--loss", "wavy"),
    ],
)
def test_what_changes_a_descent_changes_its_numbers(
    gdanim: Callable[..., Result], options: tuple[str, ...]
) -> None:
    plain, other = gdanim("trace", "-n", "4"), gdanim("trace", "-n", "4", *options)
    assert (plain.code, other.code) == (0, 0)
    assert plain.out != other.out
    if "--seed" in options:
        assert other.out != gdanim("trace", "-n", "4", *options[:2]).out


def test_what_the_system_says_of_a_full_disk_is_said_once() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gdanim", "trace"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 1
    assert done.stderr == "Error: cannot write to standard output: no space left on device\n"


def test_the_verdict_is_in_the_pictures_language_and_all_else_in_english(gdanim: Gdanim) -> None:
    found = {}
    for lang in ("en", "pt"):
        asked = ["--loss", "double-well", "-n", "4", "--lang", lang]
        found[lang] = gdanim("run", *asked, "--size", "400x300", "--race").err.splitlines()
        assert found[lang][0] == gdanim("trace", *asked).out.splitlines()[-1]
    assert found["pt"][0] != found["en"][0]
    assert found["pt"][1].startswith("Wrote gradient_descent.gif (5 frames")
    assert found["pt"][2:] == found["en"][2:] != []
