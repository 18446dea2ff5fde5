"""Next word: a language model that reads some words, and gives a probability to each that may follow."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import numpy as np

from gdanim.calls import Limits, NotNegative
from gdanim.data import Corpus, Table
from gdanim.data.made import Seed
from gdanim.data.texts import END, Numbers
from gdanim.errors import GdanimError, unknown
from gdanim.losses.base import Array
from gdanim.losses.costs import Cost, of_classes
from gdanim.losses.learned import PART, Learned, Rows
from gdanim.losses.measures import Measures
from gdanim.losses.nets import shares, surprise

Context = Annotated[int, Limits(1, 5)]
Length = Annotated[int, Limits(1, 17)]
Hidden = Annotated[int, Limits(1, 65)]
Scale = Annotated[float, Limits(0, 1e3)]
KINDS = ("mlp", "bigram")
CONTEXT, LENGTH, HIDDEN = 2, 2, 8
MOST = 1000  # parameters
LONGEST = 12  # words that it says after a prompt


class Layers(NamedTuple):
    """The parts of θ, (R, …) each; a bigram has its table only.

    Attributes:
        embeddings: (R, V, d), a vector for each word.
        hidden, hidden_bias: (R, h, c·d) and (R, h, 1).
        output, bias: (R, V, h) and (R, V, 1).
    """

    embeddings: Array
    hidden: Array
    hidden_bias: Array
    output: Array
    bias: Array


class NextWord(Learned):
    """The mean over a text of −log of the probability given to the word that stands there.

    mlp: the vectors e of the c words before, side by side, are what a net reads:
    p = softmax(W tanh(U (e₁, …, e_c) + a) + b). bigram: p = softmax(t), where t is the last word's row
    of a table of logits. All is shaped (R, …, m), R points θ and m rows. A word is a column of zeros and
    a one, so that to look up its vector is a product of matrices, and so is the way back.

    Args:
        name: as `--model` takes it.
        table: a text with as many words before each as are read.
        length: of a word's vector; 0 for a bigram.
        hidden: nodes of the hidden layer.
        l2: times which the square of every parameter but the biases is added to the loss.

    Attributes:
        length: of the vectors; 0 where there are none.
        hidden: nodes of the hidden layer.
        context: how many words are read.
        words: the vocabulary.

    Source: Bengio, Ducharme, Vincent and Jauvin (2003), A neural probabilistic language model, section 2,
    without the direct connections.
    """

    table: Corpus

    def __init__(
        self, name: str, table: Corpus, length: int, hidden: int, l2: float, scale: float, seed: int
    ) -> None:
        self.name, self.table, self.cost = name, table, of_classes()
        self.length, self.words, self.context = length, table.classes, len(table.columns)
        v, c = len(self.words), self.context
        self.hidden = hidden
        x = c * length
        self._ends = tuple(np.cumsum([v * length, hidden * x, hidden, v * hidden]).tolist())
        self.parameters = _names(self.words, length, c * length, hidden)
        self.decay = np.array([0.0 if p.startswith(("a_", "b_")) else l2 for p in self.parameters])
        self.arrays = (c + 4) * v + (3 * c * length + 3 * hidden)
        self.take()
        self.model = self._said()
        self.formula = rf"\frac{{1}}{{{len(table)}}}\sum \left({self.cost.formula}\right)"
        self.gradient_formula = (r"\ldots",) * len(self.parameters)
        self.start = tuple(self._begin(scale, seed).tolist())
        self.settle()

    @property
    def marks(self) -> dict[str, float]:
        """What guessing reaches, and what knowing how frequent each word is."""
        return {"guess": math.log(len(self.words)), "frequencies": self.table.entropy}

    def take(self) -> None:
        v, c = len(self.words), self.context
        self._numbers = self.table.features.T.astype(np.int64)  # (c, m)
        self._targets = self.table.values.astype(np.int64)
        self._row_numbers = np.arange(len(self.table))
        self._ones = _ones(self._numbers, v) if v * c * len(self.table) <= PART else None

    def measures(self, theta: Array, loss: Array) -> Mapping[str, Array]:
        """The perplexity, e to the mean cross-entropy: among how many words it hesitates.

        Also of the sentences that are held out, and their loss.
        """
        found: dict[str, Callable[[Array], Array]] = {
            "perplexity": lambda theta: np.exp(loss - self._penalty(theta))
        }
        if (held := self.held) is not None:
            found = {"L_test": held.value, **found}
            found["perplexity_test"] = lambda theta: np.exp(held.value(theta) - self._penalty(theta))
        return Measures(found, theta)

    def layers(self, theta: Array) -> Layers:
        """θ (R, n) as its parts, which are views of it."""
        v, d, h, x = len(self.words), self.length, self.hidden, self.context * self.length
        if not d:
            none = theta[:, :0, None]
            return Layers(none, none, none, theta.reshape(-1, v, v).swapaxes(-1, -2), none)
        i, j, k, n = self._ends
        return Layers(
            theta[:, :i].reshape(-1, v, d),
            theta[:, i:j].reshape(-1, h, x),
            theta[:, j:k, None],
            theta[:, k:n].reshape(-1, v, h),
            theta[:, n:, None],
        )

    def output(self, theta: Array, features: Array) -> Array:
        """The logits: (..., n), (m, c) → (..., m, V)."""
        flat = self._flat(theta)
        z = self._forward(self.layers(flat), _ones(features.T.astype(np.int64), len(self.words)))[-1]
        return np.asarray(z.swapaxes(-1, -2).reshape(*np.shape(theta)[:-1], len(features), -1))

    def passed(self, theta: Array, features: Array) -> list[Array]:
        """Numbers of the words read, their vectors, the hidden layer, the logits: (width, m) each, at a θ.

        Of a table the numbers of the words and the logits.
        """
        numbers = features.T.astype(np.int64)
        x, h, z = self._forward(self.layers(self._flat(theta)), _ones(numbers, len(self.words)))
        return [features.T, x[0], h[0], z[0]] if self.length else [features.T, z[0]]

    def predict(self, theta: Array, features: Array) -> Array:
        """The probability of each word: (..., n), (m, c) → (..., m, V)."""
        with np.errstate(all="ignore"):
            return shares(self.output(theta, features), axis=-1)

    def costs(self, theta: Array, rows: Rows) -> Array:
        z = self._forward(self.layers(theta), self._read(rows))[-1]
        return np.asarray(surprise(z, self._right(rows)).sum(axis=-1))

    def slopes(self, theta: Array, rows: Rows) -> Array:
        """Backpropagation: δ = p − y at the logits, back to W, tanh, U, and to each word that was read."""
        layers, ones, targets = self.layers(theta), self._read(rows), self._targets[rows]
        x, h, z = self._forward(layers, ones)
        delta = shares(z, axis=-2)
        # Of the right word p − 1, as minus the others' share: it keeps its digits where p is nearly 1.
        own = (slice(None), targets, self._row_numbers[: len(targets)])
        delta[own] = 0.0
        delta[own] = -delta.sum(axis=-2)
        found = np.empty_like(theta)
        slope = self.layers(found)  # whose parts are written one by one
        np.matmul(delta, h.swapaxes(-1, -2), out=slope.output)
        if not self.length:
            return found
        inner = layers.output.swapaxes(-1, -2) @ delta
        inner *= 1.0 - h * h
        back = layers.hidden.swapaxes(-1, -2) @ inner
        back = back.reshape(len(theta), self.context, self.length, -1)
        (ones @ back.swapaxes(-1, -2)).sum(axis=1, out=slope.embeddings)
        np.matmul(inner, x.swapaxes(-1, -2), out=slope.hidden)
        inner.sum(axis=-1, keepdims=True, out=slope.hidden_bias)
        delta.sum(axis=-1, keepdims=True, out=slope.bias)
        return found

    def _forward(self, layers: Layers, ones: Array) -> tuple[Array, Array, Array]:
        """What is read (R, c·d, m), what is in the hidden layer (R, h, m), and the logits (R, V, m)."""
        if not self.length:
            return ones[-1][None], ones[-1][None], layers.output @ ones[-1]
        looked_up = layers.embeddings.swapaxes(-1, -2)[:, None] @ ones
        x = looked_up.reshape(len(looked_up), -1, ones.shape[-1])
        h = layers.hidden @ x
        h += layers.hidden_bias
        z = layers.output @ np.tanh(h, out=h)
        z += layers.bias
        return x, h, z

    def _read(self, rows: Rows) -> Array:
        """The words that are read in some rows as zeros and ones, (c, V, b)."""
        if self._ones is not None:
            return self._ones[:, :, rows]
        return _ones(self._numbers[:, rows], len(self.words))

    def _right(self, rows: Rows) -> Any:
        """Which word stands there, (V, b)."""
        return self._targets[rows] == np.arange(len(self.words))[:, None]

    def _begin(self, scale: float, seed: int) -> Array:
        """Vectors within ±scale, weights within ±scale·√(6/(in + out)), biases 0; a table of zeros."""
        v, d, h, x = len(self.words), self.length, self.hidden, self.context * self.length
        if not d:
            return np.zeros(v * v)
        rng = np.random.default_rng(seed)

        def weights(inputs: int, outputs: int) -> Array:
            reach = scale * math.sqrt(6.0 / (inputs + outputs))
            return rng.uniform(-reach, reach, inputs * outputs)

        vectors = rng.uniform(-scale, scale, v * d)
        return np.concatenate([vectors, weights(x, h), np.zeros(h), weights(h, v), np.zeros(v)])

    def _rate(self, origin: Array) -> float:
        """Half of what leads down step by step: with batches, and later on, the way is steeper."""
        found = super()._rate(origin)
        return float(f"{found / 2:.0e}") if self.length else found

    def _said(self) -> str:
        """The model in short."""
        if not self.length:
            return r"p = \mathrm{softmax}(t_{w_{-1}})"
        read = ", ".join(rf"e_{{-{i}}}" for i in range(self.context, 0, -1))
        return rf"p = \mathrm{{softmax}}(Wh + b), h = \tanh(U({read}) + a)"

    # What it says.

    def context_of(self, words: Sequence[int]) -> list[int]:
        """The words that it reads after some others: the last ones, and ends before a sentence's first."""
        end = self.words.index(END)
        before = [end] * self.context + list(words)
        last = len(before) - 1 - before[::-1].index(end)
        return ([end] * self.context + before[last + 1 :])[-self.context :]

    def probabilities(self, theta: Array, words: Sequence[int]) -> Array:
        """Of each word after some others: (..., n) → (..., V)."""
        return self.predict(theta, np.array([self.context_of(words)], dtype=np.float64))[..., 0, :]

    def prompt(self, text: str) -> list[int]:
        """The words of a prompt; where it is empty, those with which the text begins.

        Raises:
            GdanimError: a word is not in the vocabulary.
        """
        if text.strip():
            return self.table.read(text)
        first = self.table.sentences[0]
        return [int(word) for word in first[: min(2, len(first) - 1)]]

    def says(self, theta: Array, words: Sequence[int]) -> list[int]:
        """What it says after some words: again and again the most probable one, up to the sentence's end."""
        end, found = self.words.index(END), list[int]()
        while len(found) < LONGEST and (not found or found[-1] != end):
            found.append(int(self.probabilities(theta, [*words, *found]).argmax()))
        return found


def _ones(numbers: Numbers, count: int) -> Array:
    """Numbers of words (..., m) as columns of zeros and a one: (..., V, m)."""
    return np.asarray(numbers[..., None, :] == np.arange(count)[:, None], dtype=np.float64)


def _names(words: Sequence[str], length: int, inputs: int, hidden: int) -> tuple[str, ...]:
    """Names of θ's numbers: e_cat_1, u_1_1, a_1, w_cat_1, b_cat; of a table t_the_cat."""
    plain = [re.sub(r"\W", "", word) or "end" for word in words]
    plain = [w if plain.count(w) == 1 else f"{w}{i}" for i, w in enumerate(plain, 1)]
    if not length:
        return tuple(f"t_{one}_{other}" for one in plain for other in plain)
    each = range(1, hidden + 1)
    return (
        *(f"e_{word}_{i}" for word in plain for i in range(1, length + 1)),
        *(f"u_{j}_{i}" for j in each for i in range(1, inputs + 1)),
        *(f"a_{j}" for j in each),
        *(f"w_{word}_{j}" for word in plain for j in each),
        *(f"b_{word}" for word in plain),
    )


def next_word(
    data: Table,
    cost: Cost,
    model: str = "mlp",
    context: Context = CONTEXT,
    embedding: Length = LENGTH,
    hidden: Hidden = HIDDEN,
    l2: NotNegative = 0.0,
    scale: Scale = 1.0,
    seed: Seed = 0,
) -> Learned:
    """A probability for each word that may follow, of a text; model mlp, or bigram, which is a table."""
    if not isinstance(data, Corpus):
        raise GdanimError(
            f"next-word learns from a text, and '{data.name}' is numbers; a text file is read, and 'text' is"
            " made here",
            where=["data"],
        )
    if model not in KINDS:
        raise unknown("model of next-word", model, KINDS, where="model")
    if model == "bigram":
        _check_table(context, embedding, hidden, scale, seed)
        most = math.isqrt(MOST)
        return NextWord("next-word", data.limited(most).before(1), 0, 0, l2, scale, seed)
    fixed = hidden * (context * embedding + 1)
    most = (MOST - fixed) // (embedding + hidden + 1)
    if most < 3:
        raise GdanimError(
            f"next-word with {hidden} hidden nodes, which read {context} vectors of {embedding}, has"
            f" {fixed + 3 * (embedding + hidden + 1):,} parameters with three words only; at most {MOST:,}"
            " are descended along",
            where=["model"],
        )
    return NextWord("next-word", data.limited(most).before(context), embedding, hidden, l2, scale, seed)


def _check_table(context: int, embedding: int, hidden: int, scale: float, seed: int) -> None:
    """Refuse what a table of logits has no use for."""
    for option, given, usual in (
        ("context", context, (1, CONTEXT)),
        ("embedding", embedding, (LENGTH,)),
        ("hidden", hidden, (HIDDEN,)),
        ("scale", scale, (1.0,)),
        ("seed", seed, (0,)),
    ):
        if given not in usual:
            raise GdanimError(
                f"option '{option}' belongs to next-word's mlp; a bigram reads one word, and starts with a"
                " table of zeros",
                where=["model"],
            )
