"""Draw every figure of the READMEs with the command that stands beside it: `python -m tests.figures`."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "examples/README.md", "examples/notebook.md")


def commands() -> list[list[str]]:
    """The arguments of every `gdanim run … -o examples/…`, each once."""
    lines = [
        line
        for page in PAGES
        for line in re.findall(r"^gdanim (run .*-o examples/\S+)$", (ROOT / page).read_text(), re.MULTILINE)
    ]
    return [shlex.split(line) for line in dict.fromkeys(lines)]


def main() -> None:
    for arguments in commands():
        subprocess.run([sys.executable, "-m", "gdanim", *arguments], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
