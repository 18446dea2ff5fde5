"""The one exception a user can meet: a full sentence that says where, what is wrong and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable

USAGE, FAILED = 2, 1
MOST_NAMES, LONGEST = 8, 80  # in a message: how many names, how many characters of one
# What `gdanim list` lists, by the word for one of it.
LISTED = {
    "loss": "losses",
    "optimizer": "optimizers",
    "schedule": "schedules",
    "view": "views",
    "theme": "themes",
    "language": "languages",
    "format": "formats",
    "data": "data",
    "model": "models",
}


class GdanimError(Exception):
    """Something the user can mend.

    Args:
        problem: what is wrong and what is allowed, as a sentence without the place.
        where: the place, outermost first: a file, a figure's name, an option's name.
        exit_code: 2 for a request that makes no sense, 1 for one that could not be carried out.
    """

    def __init__(self, problem: str, *, where: Iterable[str] = (), exit_code: int = USAGE) -> None:
        super().__init__(problem)
        self.problem = problem
        self.where = tuple(where)
        self.exit_code = exit_code

    def __str__(self) -> str:
        return ": ".join((*self.where, self.problem))

    def at(self, *where: str) -> GdanimError:
        """The same error, seen from further out.

        >>> str(GdanimError("must be positive", where=["fps"]).at("course.toml", "figure 2"))
        'course.toml: figure 2: fps: must be positive'
        """
        return GdanimError(self.problem, where=(*where, *self.where), exit_code=self.exit_code)


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """`; did you mean 'momentum'?`, or nothing when no allowed word is near; capitals do not count."""
    near = nearest(word, allowed)
    return f"; did you mean '{near}'?" if near else ""


def nearest(word: str, allowed: Iterable[str]) -> str:
    """The allowed word that was probably meant, or ""."""
    import difflib  # only a mistake needs it

    small = {name.lower(): name for name in allowed}
    near = difflib.get_close_matches(word.lower(), small, n=1)
    return small[near[0]] if near else ""


def unknown(kind: str, word: str, allowed: Iterable[str], *, where: str) -> GdanimError:
    """The error for a name that is not in a table: the nearest match first, then the choice.

    >>> print(unknown("theme", "drak", ["light", "dark"], where="theme"))
    theme: unknown theme 'drak'; did you mean 'dark'? Choose from light, dark
    """
    choice = list(allowed)
    first, comma, _ = word.partition(",")
    if comma and first.strip() in choice:
        several = {
            "view": "; a+b stands side by side, a/b one below the other",
            "optimizer": "; to compare several, give each by itself",
        }.get(kind, "")
        return GdanimError(f"'{word}' is not one {kind}{several}", where=[where])
    meant = did_you_mean(word, choice)
    rest = _choice(kind, choice)
    after = f" {rest}" if meant else f"; {rest[0].lower()}{rest[1:]}"
    return GdanimError(f"unknown {kind} '{shortened(word)}'{meant}{after}", where=[where])


def shortened(text: str) -> str:
    """What was typed, as far as a message has room for it."""
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def ending(name: str) -> str:
    """A file's name as far as a message has room for it: of a long path the end, which tells it from others.

    >>> ending("a.csv"), ending("/home" * 40 + "/a.csv")[-11:]
    ('a.csv', '/home/a.csv')
    """
    return name if len(name) <= LONGEST else "…" + name[-LONGEST:]


def _choice(kind: str, choice: list[str]) -> str:
    if len(choice) <= MOST_NAMES:
        return f"Choose from {', '.join(choice)}"
    if kind in LISTED:
        return f"gdanim list {LISTED[kind]} shows all"
    return f"Choose from {', '.join(choice[:MOST_NAMES])} …"
