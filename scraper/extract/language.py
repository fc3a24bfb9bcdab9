"""The language of a page: what it declares, checked against what is written on it."""

import re
from collections import Counter
from functools import cache
from itertools import chain

from scraper.extract.jsonld import LinkedData, first_text
from scraper.extract.parts import Parts
from scraper.extract.tags import Tags
from scraper.rules.loader import load
from scraper.web import dom

SAMPLE_CHARS = 1_000
PARAGRAPH_CHARS = 40
"""Shorter paragraphs are labels, and often in the language of the template."""
LEAST_WORDS = 40
"""A shorter sample could be of any language."""
CLEAR = 0.12
"""Share of telling words from which a text is surely of a language. Running text of the languages known
here has 0.15 to 0.3 of its own words, and below 0.08 of another's, near relatives apart."""
FAINT = 0.5
"""A declared language with this share of the best one's words stands."""
LETTERS = 0.3
"""Share of letters of one script from which a text is written in it."""

_CODE = re.compile(r"([a-zA-Z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*$")
_WORDS = re.compile(r"[^\W\d_]+")
_OWN_LETTERS = re.compile("[\u0370-\u03ff\u0530-\u1cff\u1f00-\u1fff\u2e80-\ud7af]")
"""Letters outside Latin and Cyrillic."""
_SAME = {"nb": "no", "nn": "no", "cmn": "zh", "iw": "he", "in": "id"}
"""Codes that mean what another does in the table of words, and outdated ones (RFC 5646, 2.2.1)."""
_OUTDATED = {"iw": "he", "in": "id", "ji": "yi", "mo": "ro"}


def choose_language(parts: Parts, data: LinkedData, tags: Tags) -> str | None:
    """The language as a two-letter (or three-letter) code.

    The declared one, unless the text clearly speaks another: templates are translated less often than
    texts are written.
    """
    values = (
        tags.language,
        first_text(data.article.get("inLanguage")),
        tags.first("og:locale", "content-language", "dc.language", "language"),
    )
    declared = [found[1].lower() for value in values if value and (found := _CODE.match(value.strip()))]
    return settled(declared, _sample(parts))


def settled(declared: list[str], text: str) -> str | None:
    """Which of the declared languages a text is in, or the one it is clearly in; else the first declared."""
    declared = [_OUTDATED.get(code, code) for code in declared]
    shares = shares_of(text)
    best = max(shares, key=lambda name: shares[name], default=None)
    if best is None:
        return declared[0] if declared else None
    for code in declared:
        own = _SAME.get(code, code)
        if shares.get(own, 0.0) >= FAINT * shares[best] or best in _relatives().get(own, ()):
            return code
    return best


def shares_of(text: str) -> dict[str, float]:
    """How much of a text speaks for each language; empty where nothing is clear."""
    if not text.isascii() and _OWN_LETTERS.search(text):
        letters = sum(map(str.isalpha, text))
        for name, pattern in _scripts():
            if len(pattern.findall(text)) >= letters * (LETTERS if name != "ja" else LETTERS / 3):
                return {name: 1.0}
    words = _WORDS.findall(text.casefold())
    if len(words) < LEAST_WORDS:
        return {}
    telling = _telling()
    counts = Counter(chain.from_iterable(telling[word] for word in words if word in telling))
    found = {name: count / len(words) for name, count in counts.items()}
    return found if max(found.values(), default=0.0) >= CLEAR else {}


def _sample(parts: Parts) -> str:
    """The beginning of the long paragraphs."""
    taken: list[str] = []
    size = 0
    for node in parts.paragraphs:
        text = dom.text(node)
        if len(text) >= PARAGRAPH_CHARS:
            taken.append(text[:SAMPLE_CHARS])
            size += len(text)
            if size >= SAMPLE_CHARS:
                break
    return " ".join(taken)[:SAMPLE_CHARS]


@cache
def _telling() -> dict[str, tuple[str, ...]]:
    """Languages by the word that speaks for them."""
    found: dict[str, list[str]] = {}
    for name, words in load("languages.toml").items():
        for word in words.split():
            found.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in found.items()}


@cache
def _relatives() -> dict[str, frozenset[str]]:
    return {name: frozenset(others.split()) for name, others in load("language_relatives.toml").items()}


@cache
def _scripts() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Languages by the letters that only they use, those that decide first."""
    return (
        ("ja", re.compile("[\u3040-\u30ff]")),
        ("ko", re.compile("[\uac00-\ud7a3]")),
        ("zh", re.compile("[\u4e00-\u9fff]")),
        ("ar", re.compile("[\u0620-\u06ff]")),
        ("he", re.compile("[\u05d0-\u05ea]")),
        ("el", re.compile("[\u0370-\u03ff\u1f00-\u1fff]")),
        ("hi", re.compile("[\u0904-\u0939]")),
        ("bn", re.compile("[\u0985-\u09b9]")),
        ("ta", re.compile("[\u0b85-\u0bb9]")),
        ("te", re.compile("[\u0c05-\u0c39]")),
        ("th", re.compile("[\u0e01-\u0e30]")),
        ("ka", re.compile("[\u10d0-\u10ff]")),
        ("hy", re.compile("[\u0561-\u0587]")),
    )
