"""An outcome in words."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from gdanim.diagnosis import Outcome
from gdanim.text import Text, digits_of

if TYPE_CHECKING:
    from gdanim.descent import Trajectory

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


def measured(run: Trajectory, text: Text) -> str:
    """The last loss and what else says how good the run has become, such as what share is right; or nothing.

    >>> from gdanim import Spec, trace
    >>> measured(trace(Spec(data="moons", test=0.5))[0], Text("en"))
    'L = 0.371, held out 0.261, 82.0 % right, held out 89.0 %'
    """
    measures = measures_in_words(run, text)
    return ", ".join([f"L = {text.loss(float(run.loss[-1]))}", *measures]) if measures else ""


def measures_in_words(run: Trajectory, text: Text) -> list[str]:
    """Of the last iterate what else is known of it than its loss, beside which it is said."""
    said = {name: measure_in_words(name, float(values[-1]), text) for name, values in run.measures.items()}
    return [
        text(f"measured.{name}", value=value)
        if f"measured.{name}" in text.words
        else f"{text(f'measure.{name}')} = {value}"
        for name, value in said.items()
    ]


def measure_in_words(name: str, value: float, text: Text) -> str:
    """A loss with its digits, ∞ for one that has overflowed, and a share in percent.

    >>> measure_in_words("accuracy", 0.5, Text("pt")), measure_in_words("L_test", 2.0, Text("en"))
    ('50,0 %', '2.000')
    """
    if value == inf:
        return "∞"
    return f"{text.fixed(100 * value, 1)} %" if name.startswith("accuracy") else text.loss(value)


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
