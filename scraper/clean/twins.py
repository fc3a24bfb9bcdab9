"""The catalogue as streams of bare tokens have it: phrases through the same mill, and what words weigh."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple

import snowballstemmer

from scraper.clean import patterns
from scraper.clean.catalogue import Catalogue, Phrase, Strength, catalogue
from scraper.clean.languages import ENGLISH
from scraper.clean.tokens import ELIDING, function_words
from scraper.rules.loader import load, weights_of

LEAST_WORDS: Final = 2
"""A phrase of which a single word is left says nothing."""
USUAL_WEIGHT: Final = 2.2
"""Nats that a word of a phrase weighs where nothing was learnt of it, as in most languages but English.

Chosen by trial so that forms in these languages reach the bars; what was learnt is 1.7 on average.
"""
TELLING: Final = 1.5
"""Nats from which a word shows that phrases may be near."""
SAMPLE: Final = 120
"""Words of a text that are stemmed to see whether they change."""
FEW_ENDINGS: Final = 0.1
"""Share of words with an ending that stems hardly have, below which a text may be stemmed.

References of the corpora, function words left out: English (149 texts) has 0.17 in the middle, its stems
0.05 at most; German (52) 0.38 at least, its stems 0.06 at most.
Of the other languages there were one to five texts:
stems had up to 0.1, whole words 0.37 and more, Russian 0.08.
"""
STEMS: Final = 0.85
"""Share of words that are their own stems from which a text is stemmed."""

_LOOSE: Final = re.compile(r"<(?:name|fullname)>")
_LEADING_GAP: Final = re.compile(r"^\[?<[^<>]*>\]?")
_TRAILING_GAPS: Final = re.compile(r"(?: <[^<>]*>| \[ <[^<>]*> \])+$")
"""A match ends at a word of the phrase: what a gap at its end would take is not known to belong."""
_ELIDED: Final = re.compile(r"^(?:[cdjlmnst]|qu|dell|all|nell|sull|dall|un)(?=[aeiouhéèêàâîïôû])")


Mill = Callable[[str], str]


class Twin(NamedTuple):
    """What a stream in some languages, stemmed or not, is compared with."""

    catalogue: Catalogue
    weights: dict[str, float]
    """Words, those of its phrases among them: log of how much more frequent one is in boilerplate than in
    articles."""
    telling: dict[str, float]
    """The heavy ones among them."""
    pairs: dict[tuple[str, str], float]
    """Words that follow each other: the same log."""
    stops: frozenset[str]
    """Words that count for nothing."""
    languages: frozenset[str]
    """Those of the phrases; all when it could be any."""


@cache
def twin(languages: frozenset[str] | None, *, stemmed: bool) -> Twin:
    """The phrases that still say something when function words, punctuation and capitals are gone."""
    stops = stop_words(languages)
    phrases: list[Phrase] = []
    for phrase in catalogue(languages).phrases:
        mills = _mills(phrase.language, stemmed=stemmed)
        sources = dict.fromkeys(_source(phrase, stops, mill) for mill in mills)
        phrases.extend(phrase._replace(source=source) for source in sources if source)
    weights: dict[str, float] = {}

    def weigh(word: str, weight: float, mills: Collection[Mill]) -> None:
        for mill in mills:
            form = mill(word)
            weights[form] = max(weight, weights.get(form, weight))

    known = learnt()
    for phrase in catalogue(languages).phrases:
        if phrase.strength.is_common:
            continue
        for word in literals(phrase.source):
            weigh(word, known.words.get(word, USUAL_WEIGHT), _mills(phrase.language, stemmed=stemmed))
    mills = _mills(ENGLISH, stemmed=stemmed)
    for word, weight in known.english.items():
        weigh(word, weight, mills)
    pairs = {(mill(one), mill(two)): weight for (one, two), weight in known.pairs.items() for mill in mills}
    if stemmed:
        stops |= {
            stem for word in stops for language in languages or (ENGLISH,) for stem in _stems(word, language)
        }
    telling = {word: weight for word, weight in weights.items() if weight >= TELLING}
    spoken = languages or frozenset(phrase.language for phrase in phrases)
    return Twin(Catalogue(phrases), weights, telling, pairs, stops, spoken)


@cache
def stop_words(languages: frozenset[str] | None) -> frozenset[str]:
    """Words that count for nothing in a stream: the union of the common lists of the languages."""
    stops = set(" ".join(load("stopwords.toml").values()).split())
    for language, words in function_words().items():
        if languages is None or language in languages:
            stops |= words
    return frozenset(stops)


def counts(word: str, stops: Collection[str]) -> bool:
    """Whether a word is one that processing leaves."""
    return len(word) > 1 and word.isalpha() and word not in stops


def is_stemmed(tokens: Sequence[str], languages: frozenset[str] | None) -> bool:
    """Whether the words are stems: hardly one has an ending, and a stemmer leaves them as they are."""
    text = " ".join(tokens) + " "
    # What is not of a language has no endings of it: English goes along with every other.
    named = (languages or frozenset()) - {ENGLISH} or languages or frozenset()
    for language, rule in load("stemming.toml").items():
        if language not in named:
            continue
        if sum(text.count(f"{ending} ") for ending in rule["endings"]) > FEW_ENDINGS * len(tokens):
            continue
        sample = [token for token in tokens[: 2 * SAMPLE] if counts(token, stop_words(languages))][:SAMPLE]
        same = sum(token in set(_stems(token, language)) for token in sample)
        if sample and same >= STEMS * len(sample):
            return True
    return False


class Learnt(NamedTuple):
    """What `tests.benchmarks.weights` learnt: logs of how much more frequent words are in boilerplate."""

    words: dict[str, float]
    """Words of phrases of any language."""
    english: dict[str, float]
    """Words of English boilerplate, whether a phrase has them or not."""
    pairs: dict[tuple[str, str], float]
    """Such words that follow each other."""


@cache
def learnt() -> Learnt:
    """What comes with the package."""
    tables = load("weights.toml")
    pairs = {}
    for pair, weight in weights_of(tables["pairs"]).items():
        one, _, two = pair.partition("_")
        pairs[one, two] = weight
    return Learnt(weights_of(tables["words"]), weights_of(tables["english"]), pairs)


def _source(phrase: Phrase, stops: Collection[str], mill: Mill) -> str | None:
    if phrase.strength is Strength.HINT or phrase.strength.is_common:
        return None
    if any(part in phrase.source for part in (":", "<rest>", "<names>")):
        return None
    source = _LOOSE.sub("<1-4>", phrase.source).replace("<handle>", "<0-1>").replace("<num>", "<0-1>")
    kept = []
    literals = 0
    for piece in patterns.pieces(_LEADING_GAP.sub("", source)):
        if piece in "()[]|" or piece[0] == "<":
            kept.append(piece)
        elif counts(piece.rstrip("*"), stops):
            literals += 1
            kept.append(piece if "*" in piece else mill(piece))
    if literals < LEAST_WORDS:
        return None
    source = _TRAILING_GAPS.sub("", " ".join(kept))
    return source if patterns.anchors(source) else None


def literals(source: str) -> Iterator[str]:
    """The whole words of a pattern, in order."""
    for piece in patterns.pieces(source):
        if piece not in "()[]|:" and piece[0] != "<" and "*" not in piece:
            yield piece.rstrip(":")


@cache
def _mills(language: str, *, stemmed: bool) -> tuple[Mill, ...]:
    """What may have become of a word: apostrophes may have parted it, and a stemmer may have cut it."""
    partings: list[Mill] = [str]
    if language in ELIDING:
        partings.append(lambda word: _ELIDED.sub("", word))
    if not stemmed or language not in load("stemming.toml"):
        return tuple(partings)
    count = len(load("stemming.toml")[language]["stemmers"])
    return tuple(
        lambda word, part=part, which=which: _stems(part(word), language)[which]
        for part in partings
        for which in range(count)
    )


@lru_cache(maxsize=20_000)
def _stems(word: str, language: str) -> tuple[str, ...]:
    rule = load("stemming.toml").get(language)
    return (
        tuple(stemmer.stemWord(word) for stemmer in _stemmers(tuple(rule["stemmers"]))) if rule else (word,)
    )


@cache
def _stemmers(names: tuple[str, ...]) -> tuple[snowballstemmer.stemmer, ...]:
    return tuple(map(snowballstemmer.stemmer, names))
