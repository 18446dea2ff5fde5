"""The flags, made from the Spec's options: every one is also an environment variable GDANIM_…."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from gettext import ngettext
from typing import Any, TypeVar

import click

from gdanim.kinds import FLAG
from gdanim.option import Group, Option
from gdanim.spec import OPTIONS, Spec

F = TypeVar("F", bound=Callable[..., Any])


class Value(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A value of one of the Spec's options, or a part of it where the flag is repeated."""

    def __init__(self, option: Option) -> None:
        self.name = option.name
        self._option = option

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return self._option.read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)

    def split_envvar_value(self, rv: str) -> list[str]:
        """The values of a repeatable option that an environment variable holds."""
        if self._option.joined:
            return [rv]
        return [part for part in rv.split(self._option.kind.separator) if part.strip()]


class Grouped(click.Option):
    """An option that knows its part of `--help`."""

    def __init__(self, *names: Any, group: Group, **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.group = group


class Command(click.Command):
    """A command whose `--help` is in groups, and which takes no word silently.

    It does not take the last of several values, and says what words are too many.
    """

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        groups: dict[str, list[tuple[str, str]]] = {group.value: [] for group in Group}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                name = parameter.group.value if isinstance(parameter, Grouped) else "Options"
                groups.setdefault(name, []).append(record)
        for name, records in groups.items():
            if records:
                with formatter.section(name):
                    formatter.write_dl(records)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given = self.make_parser(ctx).parse_args(list(args))[2]
        for option in given:
            if given.count(option) > 1 and isinstance(option, click.Option) and not option.multiple:
                raise click.UsageError(f"{option.opts[0]} can be given once only.", ctx)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            if error.message.startswith(ngettext("Got unexpected extra argument", "", 1)):
                raise click.UsageError(
                    f"{error.message.rstrip('.')}. Put quotes around a formula and commas between the numbers"
                    " of a start; to compare, repeat the option.",
                    ctx,
                ) from None
            raise


def option(
    *names: str, group: Group, off: str = "", environment: bool = True, **settings: Any
) -> Callable[[F], F]:
    """A Click option that is also an environment variable GDANIM_… under each of its names.

    Args:
        off: the flag that says no where the first says yes.
        environment: whether it is such a variable.
    """
    variables = ["GDANIM_" + n[2:].replace("-", "_").upper() for n in names if n.startswith("--")]
    variables = variables if environment else []
    names = (f"{names[0]}/{off}", *names[1:]) if off else names
    return click.option(*names, cls=Grouped, group=group, envvar=variables, **settings)


def spec_options(options: Iterable[Option], environment: bool = True) -> Callable[[F], F]:
    """A flag for each option, in their order; what is not given does not reach the command."""
    chosen = list(options)

    def decorate(command: F) -> F:
        for one in reversed(chosen):
            command = _flag(one, environment)(command)
        return command

    return decorate


def _flag(one: Option, environment: bool) -> Callable[[F], F]:
    settings: dict[str, Any] = {"group": one.group, "help": _help(one), "environment": environment}
    if isinstance(one.default, bool) and environment:
        return option(*one.flags, one.name, is_flag=True, **settings)
    if isinstance(one.default, bool):  # which a recipe may have said yes to
        return option(*one.flags, one.name, off=f"--no-{one.flag[2:]}", default=None, **settings)
    if one.kind is FLAG:  # neither yes nor no where nothing is said
        return option(*one.flags, one.name, off=f"--no-{one.flag[2:]}", default=None, **settings)
    several = one.compared or one.kind.collected or one.joined
    return option(
        *one.flags, one.name, type=Value(one), multiple=several, metavar=one.metavar, default=None, **settings
    )


def _help(one: Option) -> str:
    """What the option means, and what holds where it is not given."""
    default = one.unsaid or ("" if one.default in (None, (), "") else _written(one.default))
    shown = default and not isinstance(one.default, bool)
    return f"{one.help}  [default: {default}]" if shown else one.help


def _written(value: Any) -> str:
    return "x".join(map(str, value)) if isinstance(value, tuple) else f"{value}"


def given(flags: dict[str, Any]) -> dict[str, Any]:
    """The Spec's settings among a command's flags: those that were given."""
    settings: dict[str, Any] = {}
    for name, value in flags.items():
        if value is None or value == ():
            continue
        settings[name] = "+".join(value) if OPTIONS[name].joined else value
    return settings


def words_of(spec: Spec) -> list[str]:
    """The words after `gdanim run` that say the same as a Spec, as a shell hands them over."""
    words: list[str] = []
    for one in spec.given:
        value = getattr(spec, one.name)
        if one.kind is FLAG:
            words.append(one.flag if value else f"--no-{one.flag[2:]}")
            continue
        parts = value if one.kind.collected or one.is_several(value) else [value]
        for text in map(one.kind.say, parts):
            words += [f"{one.flag}={text}"] if text.startswith("-") else [one.flag, text]
    return words
