"""The headline as printed: chosen among what the page calls itself, without the site's name."""

# ruff: noqa: RUF001 - dashes and quotes as pages print them

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

MAX_TITLE_CHARS = 400
SITE_NAME_CHARS = 5
"""Shorter names must be met exactly: "ABC" begins many words."""

_SEPARATOR = re.compile(r" (?:[|–—‒•·»«›:/~]|-{1,3}|::) | ?[|｜丨] ?| » ?|--")
_LEAD = re.compile(r"([^::]{3,60}?)\s?[::]\s+(?=\S)")
_WORD = re.compile(r"\w+")
_KICKER = re.compile(r" [–—-] | ?: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleSources:
    """What the parts of a page call it, each tidied; None when missing."""

    headline: str | None = None
    """JSON-LD."""
    marked: str | None = None
    """Microdata: the printed heading itself, as a rule."""
    og: str | None = None
    twitter: str | None = None
    other: tuple[str, ...] = ()
    """parsely-title, sailthru.title, dc.title, citation_title…"""
    document: str | None = None
    """The `title` element."""
    h1: tuple[str, ...] = ()
    announced: str | None = None
    """From the feed or sitemap."""
    sitename: str | None = None
    hostname: str = ""
    news: bool = False
    """Whether JSON-LD says it is a news article."""


@lru_cache(maxsize=256)
def folded(text: str) -> str:
    """`text` as it is compared: compatibility forms, case, punctuation and spaces put aside."""
    return "".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold())).replace("_", "")


LIKE_ENOUGH = 0.25
"""How alike a heading and the declared title nearest to it must be (F1 of their words) before the heading
is taken for the page's own; tuned on fundus and WCXB articles, flat between 0.2 and 0.35; five folds by site
choose the same and lose nothing on the pages held out."""


def choose_title(sources: TitleSources) -> str | None:
    """The headline: the printed heading that the declared titles speak of, else the best declared one.

    On news pages the newsroom's own word counts for more, see `_of_newsroom`.
    """
    named = {name: text for name, value in _named(sources) if (text := without_site(value, sources))}
    declared = list(named.values())
    heads = [head for text in sources.h1 if (head := without_site(text, sources))]
    if not declared:
        return heads[0] if heads else (sources.document or sources.og or None)
    if sources.news and heads and (own := _of_newsroom(heads, named)):
        return own
    folds = {folded(text) for text in declared}
    wholes = {folded(text) for name, text in named.items() if name != "marked"}
    for head in heads:
        if folded(head) in folds:
            return head if folded(head) in wholes else _without_kicker(head, declared)
    kinds = [_words(text) for text in declared]
    likest = max(heads, key=lambda head: _likeness(head, kinds), default=None)
    if likest is not None and _likeness(likest, kinds) >= LIKE_ENOUGH:
        return _without_kicker(likest, declared)
    return declared[0]


def _of_newsroom(heads: list[str], named: dict[str, str]) -> str | None:
    """The declared title of a news article where it outweighs the printed heading.

    That is so when JSON-LD and Open Graph agree against the heading, which then is a longer or older form.
    And when only Open Graph differs: heading, JSON-LD and `title` element are filled from one field, so
    their agreement is one voice, and the other was written for readers elsewhere. But a mere part of the
    heading is no wording of its own. On sites held out this sets 11 of fundus' 104 titles right and spoils
    2 of WCXB's 711.
    """
    headline, og = named.get("headline"), named.get("og")
    if headline is None or og is None:
        return None
    printed = {folded(head) for head in heads}
    if folded(og) in printed:
        return None
    if folded(headline) == folded(og):
        return og
    if folded(headline) not in printed or any(
        _without_kicker(head, [og]) != head or folded(head).startswith(folded(og)) for head in heads
    ):
        return None
    document = folded(named.get("document", ""))
    if document == folded(og):
        return None
    return og if document == folded(headline) or folded(named.get("twitter", "")) == folded(og) else None


def _without_kicker(head: str, declared: list[str]) -> str:
    """`head` without the line above it: a declared title has none, or one with other words."""
    for lead, rest in _halves(head):
        for text in declared:
            if folded(text) == folded(rest) or any(
                folded(other) == folded(rest) and _words(above).isdisjoint(_words(lead))
                for above, other in _halves(text)
            ):
                return rest.strip()
    return head


def _halves(text: str) -> list[tuple[str, str]]:
    """What stands before and behind each dash or colon."""
    return [(text[: found.start()], text[found.end() :]) for found in _KICKER.finditer(text)]


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold()) if len(word) > 1}


def _likeness(head: str, kinds: list[set[str]]) -> float:
    """F1 of a heading's words and those of the declared title nearest to it."""
    own = _words(head)
    return max((2 * len(own & words) / (len(own) + len(words) or 1) for words in kinds), default=0.0)


def _named(sources: TitleSources) -> list[tuple[str, str]]:
    pairs = [
        ("headline", sources.headline),
        ("marked", sources.marked),
        ("og", sources.og),
        ("twitter", sources.twitter),
        ("other", next(iter(sources.other), None)),
        ("document", sources.document),
        ("announced", sources.announced),
    ]
    return [(name, value[:MAX_TITLE_CHARS]) for name, value in pairs if value]


def without_site(text: str, sources: TitleSources) -> str | None:
    """`text` without a suffix or prefix that is the name of the site or a section.

    A part goes when it names the site, or when the rest is what another source has as a whole.
    """
    text = text.strip()
    if folded(text) in _site_names(sources.sitename or "", sources.hostname):
        return None
    led = _LEAD.match(text)
    if led and is_site_name(led[1], sources.sitename, sources.hostname) and not _printed(sources, text):
        text = text[led.end() :].strip()
    if not _SEPARATOR.search(text):
        return text or None
    others = (sources.headline, sources.og, sources.twitter, *sources.h1)
    wholes = {folded(value) for value in others if value}
    if sources.news and folded(text) == folded(sources.headline or "") == folded(sources.og or ""):
        wholes = set()  # the newsroom says twice that what stands before or behind belongs to it
    for _ in range(4):
        parts = list(_SEPARATOR.finditer(text))
        if not parts or folded(text) in _printed(sources, text):
            break
        first, last = parts[0], parts[-1]
        tail, lead = text[last.end() :], text[: first.start()]
        if is_site_name(tail, sources.sitename, sources.hostname) or folded(text[: last.start()]) in wholes:
            text = text[: last.start()].strip()
        elif is_site_name(lead, sources.sitename, sources.hostname) or folded(text[first.end() :]) in wholes:
            text = text[first.end() :].strip()
        else:
            break
    return text or None


def _printed(sources: TitleSources, text: str) -> set[str]:
    """Forms that the page prints as its heading: those are left as they are."""
    return {folded(value) for value in sources.h1 if value} & {folded(text)}


def is_site_name(text: str, sitename: str | None, hostname: str) -> bool:
    """Whether `text` names the site: as it calls itself, or as its address does."""
    fold = folded(text)
    if not fold:
        return True
    return any(fold == name or _extends(fold, name) for name in _site_names(sitename or "", hostname))


def _extends(fold: str, name: str) -> bool:
    """Whether one is the beginning or end of the other, not much shorter: "Mirror", "Mirror Online"."""
    short, long = sorted((fold, name), key=len)
    return (
        len(short) >= SITE_NAME_CHARS
        and (long.startswith(short) or long.endswith(short))
        and len(long) <= 2 * len(short)
    )


@lru_cache(maxsize=64)
def _site_names(sitename: str, hostname: str) -> frozenset[str]:
    host = hostname.removeprefix("www.")
    labels = host.split(".")
    names = {folded(sitename), folded(host), *(folded(label) for label in labels[:-1] if len(label) > 2)}  # noqa: PLR2004
    names |= {folded(".".join(labels[start:])) for start in range(len(labels) - 1)}
    return frozenset(names - {""})
