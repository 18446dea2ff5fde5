"""The one exception a user can meet: a full sentence that says where, what is wrong and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable

USAGE, FAILED = 2, 1


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
    """`; did you mean 'momentum'?`, or nothing when no allowed word is near."""
    import difflib  # only a mistake needs it

    near = difflib.get_close_matches(word, list(allowed), n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


def unknown(kind: str, word: str, allowed: Iterable[str], *, where: str) -> GdanimError:
    """The error for a name that is not in a table: names the nearest match and the whole choice."""
    choice = list(allowed)
    first, comma, _ = word.partition(",")
    if comma and first.strip() in choice:
        several = {
            "view": "; a+b stands side by side, a/b one below the other",
            "optimizer": "; to compare several, give each by itself",
        }.get(kind, "")
        return GdanimError(f"'{word}' is not one {kind}{several}", where=[where])
    return GdanimError(
        f"unknown {kind} '{word}'; choose from {', '.join(choice)}{did_you_mean(word, choice)}",
        where=[where],
    )
