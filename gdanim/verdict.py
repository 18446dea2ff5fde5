"""An outcome in words."""

from __future__ import annotations

from gdanim.diagnosis import Outcome
from gdanim.text import Text, digits_of

DIGITS = 4  # of a number, as long as they tell what is compared apart
MOST_DIGITS = 17
COMPARED = (("rate", "limit"), ("sigma", "slope"), ("share", "left"))


def verdict(outcome: Outcome, text: Text, learning_rate: float) -> str:
    """What happened and why, in a sentence.

    >>> verdict(Outcome("diverged", 3, limit=1.0), Text("en"), 1.1)
    'Diverges from k = 3 on, because η = 1.1 > 2/λₘₐₓ = 1'
    """
    facts = outcome.facts()
    numbers = {name: value for name, value in facts.items() if isinstance(value, float)}
    words: dict[str, object] = {name: text.short(value) for name, value in numbers.items()}
    words["rate"] = text.short(learning_rate, digits_of(learning_rate))
    for name, than in COMPARED:
        value = learning_rate if name == "rate" else numbers.get(name)
        if value is not None and than in numbers:
            least = digits_of(value) if name == "rate" else DIGITS
            words[name], words[than] = apart(text, value, numbers[than], least)
    if outcome.parameter:
        words["parameter"] = outcome.parameter
    sentence = _sentence(outcome, text, words)
    if outcome.manner:
        sentence += text("manner." + outcome.manner)
    if outcome.overflow:
        sentence += text("outcome.overflow")
    return sentence


def verdicts(outcome: Outcome, text: Text, learning_rate: float) -> list[str]:
    """The verdict, the longest first: with its cause, without it, and in a word.

    >>> verdicts(Outcome("diverged", 3, limit=1.0), Text("en"), 1.1)[1:]
    ['Diverges from k = 3 on', 'Diverges']
    """
    found = [verdict(outcome, text, learning_rate)]
    for key in (f"outcome.{outcome.kind}.one" if outcome.step == 1 else "", f"outcome.{outcome.kind}"):
        if key in text.words:
            found.append(text(key, k=outcome.step))
    return list(dict.fromkeys([*found, text(f"short.{outcome.kind}")]))


def _sentence(outcome: Outcome, text: Text, words: dict[str, object]) -> str:
    """The words that say most, of those for which all is known."""
    key = "outcome." + outcome.kind
    ways = (f"{key}.which", f"{key}.why", f"{key}.one" if outcome.step == 1 else key, key)
    for way in ways:
        try:
            return text(way, k=outcome.step, **words)
        except KeyError:  # no such words, or not all that they say is known
            continue
    raise KeyError(key)


def apart(text: Text, one: float, other: float, least: int = DIGITS) -> tuple[str, str]:
    """Two numbers with as many digits as it takes to see which is larger.

    >>> apart(Text("en"), 0.311791, 0.311804), apart(Text("en"), 0.1, 1.0)
    (('0.31179', '0.3118'), ('0.1', '1'))
    """
    for digits in range(least, MOST_DIGITS):
        if float(f"{one:.{digits}g}") != float(f"{other:.{digits}g}") or one == other:
            break
    return text.short(one, digits), text.short(other, digits)
