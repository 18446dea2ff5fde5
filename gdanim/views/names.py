"""Optimizers and schedules in words, as one speaks of them, and not as they are typed."""

from __future__ import annotations

from contextlib import suppress

from gdanim.text import Text

# What they are called in every language; what has a word in each stands in gdanim/lang.
PROPER = {
    "adagrad": "AdaGrad",
    "rmsprop": "RMSProp",
    "adadelta": "AdaDelta",
    "adam": "Adam",
    "amsgrad": "AMSGrad",
    "adamw": "AdamW",
    "adamax": "AdaMax",
    "nadam": "NAdam",
    "radam": "RAdam",
    "rprop": "Rprop",
    "lion": "Lion",
    "yogi": "Yogi",
    "adabelief": "AdaBelief",
    "lbfgs": "L-BFGS",
}
# The letters of the papers and of PyTorch's documentation.
SYMBOLS = {
    "momentum": "μ",
    "dampening": "τ",
    "eps": "ε",
    "alpha": "α",
    "rho": "ρ",
    "beta1": "β₁",
    "beta2": "β₂",
    "weight_decay": "λ",
    "momentum_decay": "ψ",
    "down": "η⁻",
    "up": "η⁺",
    "c": "c₁",
}


def called(text: Text, kind: str, call: str) -> str:
    """What `NAME:KEY=VALUE,…` is called: its words, and the options that were given.

    Args:
        kind: "optimizer" or "schedule".

    >>> called(Text("pt"), "optimizer", "momentum:momentum=0.8")
    'momento, μ = 0,8'
    >>> called(Text("en"), "schedule", "step:every=5"), called(Text("en"), "optimizer", "mine")
    ('step schedule, every 5 steps', 'mine')
    """
    name, _, options = call.strip().partition(":")
    parts = [text.words.get(f"{kind}.{name}", PROPER.get(name, name))]
    for option in filter(None, (part.strip() for part in options.split(","))):
        key, _, value = (part.strip() for part in option.partition("="))
        parts.append(_option(text, key, value))
    return ", ".join(parts)


def batches(text: Text, size: int) -> str:
    """How many rows of the data each gradient is of; 0 for all.

    >>> batches(Text("en"), 8), batches(Text("pt"), 1), batches(Text("en"), 0)
    ('8 rows a step', '1 linha por passo', 'all rows')
    """
    return text({0: "batch.whole", 1: "batch.one"}.get(size, "batch"), size=size)


def _option(text: Text, key: str, value: str) -> str:
    with suppress(ValueError):  # what is not a number is shown as it is
        value = text.point([float(value)])
    words, sign = text.words.get(f"option.{key}"), "" if value.startswith("≈") else "= "
    return words.format(value=value) if words else f"{SYMBOLS.get(key, key)} {sign}{value}"
