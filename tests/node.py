"""Node, for tests of JavaScript."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

FOUND = shutil.which("node") or shutil.which("nodejs")
needs_node = pytest.mark.skipif(FOUND is None, reason="there is no Node here")
# JSON has no NaN and no infinity.
PLAIN = """
function plain(x) {
  return Array.isArray(x) ? x.map(plain)
    : typeof x === "number" && !Number.isFinite(x) ? String(x)
    : x && typeof x === "object" ? Object.fromEntries(Object.entries(x).map(([k, v]) => [k, plain(v)])) : x;
}
"""


def worth(script: str, expression: str) -> Any:
    """What an expression is after a script; numbers that are not finite are floats all the same."""
    assert FOUND is not None
    text = f'"use strict";\n{script}\n{PLAIN}\nprocess.stdout.write(JSON.stringify(plain({expression})));'
    made = subprocess.run(
        [FOUND, "-"], input=text, capture_output=True, text=True, encoding="utf-8", timeout=100
    )
    assert made.returncode == 0, made.stderr[-2000:]
    return _floats(json.loads(made.stdout))


def _floats(found: Any) -> Any:
    if isinstance(found, list):
        return [_floats(each) for each in found]
    if isinstance(found, dict):
        return {key: _floats(each) for key, each in found.items()}
    names = {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}
    if isinstance(found, str):
        return float(names[found]) if found in names else found
    return found if isinstance(found, bool) or found is None else float(found)
