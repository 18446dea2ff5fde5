"""The import rules of the architecture."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "gdanim"
FILES = sorted(PACKAGE.rglob("*.py"))

# Outside libraries and where alone they may be imported; everything else is forbidden everywhere.
ALLOWED = {
    "click": ("cli/",),
    "imageio": ("output/",),
    "PIL": ("output/",),
    "av": ("output/",),
    "matplotlib": ("render.py", "strip.py", "views/", "startup.py", "mplstyle.py"),
    "tomli": ("plaintoml.py",),  # tomllib of older Pythons
    "contourpy": ("views/boundary.py",),  # matplotlib's own, without which it is not installed
    "numpy": (
        "arrivals.py",
        "descent.py",
        "sweep.py",
        "replay.py",
        "numbers.py",
        "heights.py",
        "planes.py",
        "play.py",
        "diagnosis/",
        "sources.py",
        "starts.py",
        "checks.py",
        "plan.py",
        "optimizers/",
        "data/",
        "losses/",
        "symbols/",
        "paths/",
        "views/",
        "render.py",
        "strip.py",
        "parallel.py",
        "output/",
    ),
}
STANDARD = {"__future__", *__import__("sys").stdlib_module_names}
# A module may import from its own level and below, never from above.
LEVELS = [
    ("errors.py", "lang/", "metadata.py", "startup.py", "interrupts.py", "streams.py"),
    (
        "decoding.py",
        "plaintoml.py",
        "kinds.py",
        "calls.py",
        "text.py",
        "theme.py",
        "themefile.py",
        "mplstyle.py",
        "timeline.py",
    ),
    ("plain.py",),
    ("option.py",),
    ("runs.py", "learning.py", "delivery.py", "looks.py"),
    ("spec.py",),
    ("losses/mathtext.py", "losses/written.py", "data/"),
    ("losses/base.py",),
    ("losses/",),
    ("optimizers/", "diagnosis/", "sources.py", "starts.py", "minimised.py", "lesson.py"),
    ("passes.py", "telling.py", "symbols/"),
    ("descent.py", "sweep.py", "replay.py", "verdict.py"),
    ("arrivals.py",),
    ("comparison.py", "heights.py", "planes.py", "views/__init__.py", "paths/"),
    ("layout.py",),
    ("checks.py", "notes.py", "plan.py"),
    (
        "numbers.py",
        "output/",
        "formats.py",
        "views/glyphs.py",
        "views/marks.py",
        "views/symbols.py",
        "views/",
    ),
    ("render.py",),
    ("strip.py",),
    ("parallel.py", "catalogue.py", "alt.py", "recipe.py"),
    ("story.py", "play.py"),
    ("animation.py",),
    ("batch/source.py", "batch/preloaded.py", "batch/worker.py"),
    ("batch/pool.py", "batch/values.py"),
    ("batch/course.py", "batch/job.py"),
    ("batch/",),
    ("checkup.py",),
    ("cli/",),
    ("__init__.py", "__main__.py"),
]


NAMES = {str(path.relative_to(PACKAGE)) for path in FILES}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
            if node.module == "gdanim":  # a submodule may be meant
                found |= {f"gdanim.{a.name}" for a in node.names if home(f"gdanim.{a.name}") in NAMES}
    return found


def level(name: str) -> int:
    for number, members in enumerate(LEVELS):
        if any(name == m or (m.endswith("/") and name.startswith(m)) for m in members):
            return number
    raise AssertionError(f"{name} has no level")


def home(module: str) -> str:
    """gdanim.losses.base → losses/base.py"""
    path = module.removeprefix("gdanim").strip(".").replace(".", "/")
    if not path:
        return "errors.py"  # `from gdanim import __version__` and the like
    return f"{path}/__init__.py" if (PACKAGE / path).is_dir() else f"{path}.py"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_keep_the_rules(path: Path) -> None:
    name = str(path.relative_to(PACKAGE))
    for module in imports(path):
        root = module.split(".")[0]
        if root == "gdanim":
            assert level(home(module)) <= level(name), f"{name} imports {module} upwards"
        elif root not in STANDARD:
            places = ALLOWED.get(root, ())
            assert any(name == p or (p.endswith("/") and name.startswith(p)) for p in places), (
                f"{name} must not import {root}"
            )
        assert "pyplot" not in module
