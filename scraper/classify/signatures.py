"""The signatures of bot checks, consent pages and paywalls, read from `rules` and made ready to compare."""

# ruff: noqa: RUF001 - dashes and quotes as pages print them

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from ahocorasick_rs import BytesAhoCorasick, Implementation

from scraper.rules.loader import load

_STRAIGHT = (
    ("’", "'"),
    ("‘", "'"),
    ("ʼ", "'"),
    ("“", '"'),
    ("”", '"'),
    ("„", '"'),
    ("\u200b", ""),
    ("\u00ad", ""),
)


def fold(text: str) -> str:
    """`text` as signatures are compared: lower case, straight quotes, single spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        for printed, straight in _STRAIGHT:  # five times faster than `translate`
            text = text.replace(printed, straight)
    return " ".join(text.lower().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """How one product, or one kind of page, gives itself away."""

    name: str
    headers: tuple[tuple[str, str], ...] = ()
    urls: tuple[str, ...] = ()
    markup: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    widgets: tuple[str, ...] = ()

    def in_url(self, url: str) -> str | None:
        """The part of the address that gives it away."""
        return next((part for part in self.urls if part in url), None)

    def in_markup(self, html: str) -> str | None:
        """The part of the source that gives it away."""
        return next((part for part in self.markup if part in html), None)

    def in_widgets(self, html: str) -> str | None:
        """The test for humans that the source holds; forms of any page may hold it too."""
        return next((part for part in self.widgets if part in html), None)

    def in_title(self, title: str) -> str | None:
        """The pattern that a folded title matches: whole, or where `*` stands for any text."""
        return next((pattern for pattern in self.titles if _matches(pattern, title)), None)

    def in_words(self, text: str) -> list[str]:
        """The phrases that a folded text holds."""
        return [phrase for phrase in self.words if phrase in text]

    def speaks_in(self, text: str) -> bool:
        """Whether a folded text holds any of the phrases."""
        return bool(_search(self.words).find_matches_as_indexes(text.encode("utf-8", "ignore")))


@cache
def _search(phrases: tuple[str, ...]) -> BytesAhoCorasick:
    return BytesAhoCorasick([phrase.encode() for phrase in phrases], implementation=Implementation.DFA)


def _matches(pattern: str, text: str) -> bool:
    if "*" not in pattern:
        return text == pattern
    start, *rest = pattern.split("*")
    if not text.startswith(start):
        return False
    position = len(start)
    for part in rest:
        position = text.find(part, position)
        if position < 0:
            return False
        position += len(part)
    return True


def _signature(entry: dict[str, Any], name: str) -> Signature:
    return Signature(
        name=entry.get("name", name),
        headers=tuple((key.lower(), value.lower()) for key, value in entry.get("headers", ())),
        urls=tuple(part.lower() for part in entry.get("urls", ())),
        markup=tuple(entry.get("markup", ())),
        widgets=tuple(entry.get("widgets", ())),
        titles=tuple(fold(pattern) for pattern in entry.get("titles", ())),
        words=tuple(dict.fromkeys(fold(phrase) for phrase in entry.get("words", ()))),
    )


@cache
def challenges() -> tuple[Signature, ...]:
    """Bot checks, product by product."""
    return tuple(_signature(entry, "challenge") for entry in load("challenges.toml")["signature"])


@cache
def stems() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Stems of who must prove to be human, and of proving."""
    table = load("challenges.toml")["stems"]
    return tuple(map(fold_stem, table["who"])), tuple(map(fold_stem, table["proof"]))


def fold_stem(text: str) -> str:
    """As `fold`; a space at the end of a stem says that the word ends there."""
    return fold(text) + (" " if text.endswith(" ") else "")


@cache
def consent() -> Signature:
    """Consent and "pur" pages."""
    return _signature(load("consent.toml"), "consent")


@cache
def common_consent() -> frozenset[str]:
    """Phrases of consent pages that the footer of any page may print."""
    return frozenset(fold(phrase) for phrase in load("consent.toml")["common"])


@cache
def paywall_phrases() -> tuple[str, ...]:
    """Phrases that stand where a teaser ends."""
    return tuple(dict.fromkeys(fold(phrase) for phrase in load("paywalls.toml")["phrases"]))


@cache
def cut_ends() -> tuple[str, ...]:
    """Endings of a text that was cut off."""
    return tuple(load("paywalls.toml")["cut_ends"])


@cache
def other_titles(kind: str) -> re.Pattern[str]:
    """Titles of error, missing and login pages."""
    joined = "|".join(load("other_pages.toml")[kind])
    return re.compile(rf"(?:{joined})", re.IGNORECASE)


@cache
def live_words() -> re.Pattern[str]:
    """Words by which titles and addresses announce a live blog."""
    words = sorted((fold(word) for word in load("other_pages.toml")["live"]), key=len, reverse=True)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, words))})(?![^\W_])")


@cache
def media_css() -> str:
    """A selector of players and galleries."""
    return ",".join(load("other_pages.toml")["media"]["css"])


@cache
def media_words() -> tuple[str, ...]:
    """Segments of addresses at which films and pictures are shown."""
    return tuple(load("other_pages.toml")["media"]["paths"])


@cache
def paywall_css() -> str:
    """A selector of the containers in which sites put what is to be paid for, or the offer."""
    return ",".join(load("paywalls.toml")["containers"])
