"""Texts: words and the ends of sentences, from which a model learns the next word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from gdanim.data.base import Array, Table, drawn_out
from gdanim.data.files import bytes_of
from gdanim.decoding import decoded
from gdanim.errors import GdanimError, ending, nearest, shortened

END = "."  # of a sentence, which is a word like any other; what stands before its first word is one, too
OTHER = "<?>"  # a word for which there is no room in the vocabulary
WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*|\d+")
NOUN = re.compile(r"(?<=\w )[A-ZÄÖÜ]\w+")  # after a word
ENDS = re.compile(r"[.!?…]+|\n\s*\n")
LONGEST, MOST_WORDS = 24, 1_000_000  # letters of a word, and words of a text
Numbers = npt.NDArray[np.int64]

ENGLISH = """
The cat eats the fish. The dog eats the bone. The bird eats the seed. The mouse eats the cheese.
The cat sleeps in the house. The dog sleeps in the garden. The bird sleeps in the tree.
The mouse sleeps in the house. The cat sees the fish. The dog sees the bone. The bird sees the seed.
The mouse sees the cheese. The cat chases the mouse. The dog chases the cat. The bird sings in the tree.
In the house the cat eats the fish. In the garden the dog eats the fish.
"""
PORTUGUESE = """
O gato come o peixe. O cachorro come o osso. O pássaro come o milho. O rato come o queijo.
O gato dorme na casa. O cachorro dorme no jardim. O pássaro dorme no ninho. O rato dorme na casa.
O gato vê o peixe. O cachorro vê o osso. O pássaro vê o milho. O rato vê o queijo.
O gato persegue o rato. O cachorro persegue o gato. O pássaro canta no ninho.
Na casa o gato come o peixe. No jardim o cachorro come o peixe.
"""
SPANISH = """
El gato come el pescado. El perro come el hueso. El pájaro come el maíz. El ratón come el queso.
El gato duerme en la casa. El perro duerme en el jardín. El pájaro duerme en el nido.
El ratón duerme en la casa.
El gato ve el pescado. El perro ve el hueso. El pájaro ve el maíz. El ratón ve el queso.
El gato persigue al ratón. El perro persigue al gato. El pájaro canta en el nido.
En la casa el gato come el pescado. En el jardín el perro come el pescado.
"""
FRENCH = """
Le chat mange le poisson. Le chien mange le jambon. Le merle mange le grain. Le rat mange le fromage.
Le chat dort dans la maison. Le chien dort dans le jardin. Le merle dort dans le nid.
Le rat dort dans la maison.
Le chat voit le poisson. Le chien voit le jambon. Le merle voit le grain. Le rat voit le fromage.
Le chat poursuit le rat. Le chien poursuit le chat. Le merle chante dans le nid.
Dans la maison le chat mange le poisson. Dans le jardin le chien mange le poisson.
"""
GERMAN = """
Die Katze frisst den Fisch. Der Hund frisst den Knochen. Der Vogel frisst den Wurm. Die Maus frisst den Käse.
Die Katze schläft im Haus. Der Hund schläft im Garten. Der Vogel schläft im Nest. Die Maus schläft im Haus.
Die Katze sieht den Fisch. Der Hund sieht den Knochen. Der Vogel sieht den Wurm. Die Maus sieht den Käse.
Die Katze jagt die Maus. Der Hund jagt die Katze. Der Vogel singt im Nest.
Im Haus frisst die Katze den Fisch. Im Garten frisst der Hund den Fisch.
"""
OWN = {"en": ENGLISH, "pt": PORTUGUESE, "es": SPANISH, "fr": FRENCH, "de": GERMAN}


@dataclass(frozen=True, eq=False)
class Corpus(Table):
    """A text as a table: what stands before a word, and the word, which is the target.

    Its classes are the vocabulary, the most frequent word first; features and values are their numbers.

    Attributes:
        sentences: the numbers of the words of each, its end the last.
    """

    sentences: tuple[Numbers, ...] = ()

    @classmethod
    def of(cls, name: str, sentences: Sequence[Sequence[str]]) -> Corpus:
        """A corpus of sentences.

        Args:
            sentences: words in small letters, without their ends.
        """
        counts = Counter(word for sentence in sentences for word in (*sentence, END))
        words = [word for word, _ in counts.most_common()]  # of equal ones the first in the text first
        number = {word: i for i, word in enumerate(words)}
        coded = tuple(np.array([*(number[word] for word in sentence), number[END]]) for sentence in sentences)
        table = cls(
            name,
            ("before",),
            np.zeros((0, 1)),
            "next",
            np.zeros(0),
            tuple(words),
            sentences=coded,
        )
        return table.before(1)

    def before(self, context: int) -> Corpus:
        """The same, with so many words before each as its features, the nearest last.

        Before the first word of a sentence nothing stands but ends.
        """
        end = self.classes.index(END)
        parts = [np.concatenate([np.full(context, end), sentence]) for sentence in self.sentences]
        windows = [np.lib.stride_tricks.sliding_window_view(part, context + 1) for part in parts]
        rows = np.concatenate(windows).astype(np.float64)
        columns = ("before",) if context == 1 else tuple(f"before{i}" for i in range(context, 0, -1))
        return replace(
            self,
            columns=columns,
            features=rows[:, :-1],
            values=np.ascontiguousarray(rows[:, -1]),
            held=self.held.before(context) if isinstance(self.held, Corpus) else None,
        )

    def parted(self, share: float, seed: int) -> Corpus:
        """The same with a share of its sentences held out; the words of all of them keep their numbers.

        Raises:
            GdanimError: there are too few sentences for both parts.
        """
        order, note = drawn_out(len(self.sentences), share, seed, "sentence")
        kept, held = (replace(self, sentences=tuple(self.sentences[i] for i in part)) for part in order)
        return replace(kept, notes=(*self.notes, note), held=held).before(len(self.columns))

    def limited(self, most: int) -> Corpus:
        """The same with no more words than that, the most frequent ones; said in its notes."""
        if len(self.classes) <= most:
            return self
        kept = self.classes[: most - 1]
        kept = kept if END in kept else (*kept[:-1], END)
        note = (
            f"{ending(self.name)} has {len(self.classes) - 1:,} different words; the {len(kept) - 1} most"
            f" frequent are told apart, and all others are read as {OTHER}"
        )
        words = (*kept, OTHER)
        number = np.array([words.index(word if word in kept else OTHER) for word in self.classes])
        return replace(self._numbered(words, number), notes=(*self.notes, note))

    def _numbered(self, words: tuple[str, ...], number: Numbers) -> Corpus:
        """The same with other words, of which each of its own is that of this number."""
        held = self.held._numbered(words, number) if isinstance(self.held, Corpus) else None
        sentences = tuple(number[sentence] for sentence in self.sentences)
        return replace(self, classes=words, sentences=sentences, held=held).before(len(self.columns))

    def read(self, prompt: str) -> list[int]:
        """The numbers of a prompt's words.

        Raises:
            GdanimError: a word is not in the vocabulary.
        """
        found, small = [], [word.lower() for word in self.classes]
        for word in (word for sentence in words_of(prompt) for word in (*sentence, END)):
            if word not in small:
                near = nearest(word, self.classes)
                meant = f"; did you mean '{near}'?" if near else ""
                raise GdanimError(
                    f"'{shortened(word)}' is not among the {len(self.classes)} words that are learned{meant}",
                    where=["prompt"],
                )
            found.append(small.index(word))
        return found if ENDS.search(prompt.rstrip()[-1:]) else found[:-1]

    def following(self, context: Sequence[int]) -> Array:
        """How often each word follows these in the text: (V,); of features with as many words before."""
        same = (self.features == np.asarray(context)).all(axis=1)
        return np.bincount(self.values[same].astype(np.int64), minlength=len(self.classes)).astype(np.float64)

    @property
    def entropy(self) -> float:
        """−Σ f log f of the frequencies of its words: what a model can reach that knows nothing but these."""
        shares = np.bincount(self.values.astype(np.int64)) / len(self.values)
        return float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())


def words_of(text: str) -> list[list[str]]:
    """The sentences of a text, each as its words in small letters; other signs are left out.

    >>> words_of("The cat sat, and slept. It's 12!")
    [['the', 'cat', 'sat', 'and', 'slept'], ["it's", '12']]
    """
    found = [[word.lower().replace("’", "'") for word in WORD.findall(part)] for part in ENDS.split(text)]
    return [sentence for sentence in found if sentence]


def text(lang: str) -> Corpus:
    """Some 90 words in the picture's language, for next-word: what animals eat and where they sleep."""
    own = OWN.get(lang, ENGLISH)
    # A word that is not a sentence's first and has a capital keeps it, as nouns have it in German.
    nouns = {noun.lower(): noun for noun in NOUN.findall(own)}
    return Corpus.of("text", [[nouns.get(word, word) for word in sentence] for sentence in words_of(own)])


def read_text(name: str) -> Corpus:
    """The text in a file; "-" is standard input.

    Raises:
        GdanimError: it cannot be read, is not text, or has too few words, too many, or too long ones.
    """
    label = "standard input" if name == "-" else name
    data = bytes_of(name)
    try:
        found = decoded(data, remedy="; save it in UTF-8", placed=True)
        sentences = words_of(_checked(re.sub(r"\r\n?", "\n", found)))
    except GdanimError as error:
        raise GdanimError(f"{ending(label)}: {error.problem}", where=["data"]) from None
    corpus = Corpus.of(label, sentences)
    ends = len(sentences)
    said = (
        f"{ending(label)} has {len(corpus) - ends:,} words, {len(corpus.classes) - 1:,} different ones, in"
        f" {ends:,} sentence{'s' if ends > 1 else ''}; small letters, and no signs but the ends of sentences"
    )
    return replace(corpus, notes=(said,))


def _checked(content: str) -> str:
    """The text, if a model can learn from it."""
    words = Counter(WORD.findall(content.lower()))
    if not words:
        raise GdanimError("has no words; a text of some sentences is read")
    if len(words) < 2:
        raise GdanimError(
            f"has one word, '{next(iter(words))}', and no other; at least two different ones are needed"
        )
    if words.total() > MOST_WORDS:
        raise GdanimError(f"has {words.total():,} words; at most {MOST_WORDS:,} are read")
    long = next((word for word in words if len(word) > LONGEST), "")
    if long:
        small = content.lower()
        line = small[: small.index(long)].count("\n") + 1
        raise GdanimError(
            f"line {line}: '{shortened(long)}' has {len(long)} letters; words of up to {LONGEST} are read"
        )
    return content
