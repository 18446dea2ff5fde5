"""The README's command reference, generated from --help; `python -m tests.reference` writes it."""

from __future__ import annotations

from pathlib import Path

import click

from gdanim.cli import cli

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- reference: begin -->\n", "<!-- reference: end -->\n"


def reference() -> str:
    """Every command's --help, 88 columns wide."""
    group = _context(cli, "gdanim")
    contexts = [group, *(_context(c, name, group) for name, c in cli.commands.items())]
    return "\n".join(
        f"### `{context.command_path}`\n\n```text\n{context.get_help()}\n```\n" for context in contexts
    )


def _context(command: click.Command, name: str, parent: click.Context | None = None) -> click.Context:
    return click.Context(
        command, parent, name, terminal_width=88, max_content_width=88, help_option_names=["-h", "--help"]
    )


def section(readme: str) -> str:
    return readme.split(BEGIN)[1].split(END)[0]


def main() -> None:
    before, rest = README.read_text().split(BEGIN)
    README.write_text(before + BEGIN + reference() + END + rest.split(END)[1])


if __name__ == "__main__":
    main()
