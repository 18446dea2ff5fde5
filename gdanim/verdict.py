"""An outcome in words."""

from __future__ import annotations

from gdanim.diagnosis import Outcome
from gdanim.text import Text


def verdict(outcome: Outcome, text: Text, learning_rate: float) -> str:
    """What happened and why, in a sentence.

    >>> verdict(Outcome("diverged", 3, limit=1.0), Text("en"), 1.1)
    'Diverges from k = 3 on, because η = 1.1 > 2/λₘₐₓ = 1'
    """
    key = "outcome." + outcome.kind
    facts = {name: text.short(value) for name, value in outcome.facts().items() if isinstance(value, float)}
    for candidate in (f"{key}.why", f"{key}.one" if outcome.step == 1 else key, key):
        try:
            sentence = text(candidate, k=outcome.step, rate=text.short(learning_rate), **facts)
        except KeyError:  # no such words, or not all that they say is known
            continue
        break
    if outcome.manner:
        sentence += text("manner." + outcome.manner)
    if outcome.overflow:
        sentence += text("outcome.overflow")
    return sentence
