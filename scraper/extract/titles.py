"""The headline as printed: chosen among what the page calls itself, without the site's name."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

MAX_TITLE_CHARS = 400

_SEPARATOR = re.compile(r"\s+(?:[|–—‒•·»«›:/~]|[-]{1,3}|::)\s+|\s*[|｜丨]\s*|\s+»\s*|--")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleSources:
    """What the parts of a page call it, each tidied; None when missing."""

    headline: str | None = None
    """JSON-LD or microdata."""
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


def folded(text: str) -> str:
    """`text` as it is compared: compatibility forms, case, punctuation and spaces put aside."""
    return "".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold())).replace("_", "")


def choose_title(sources: TitleSources) -> str | None:
    """The headline, by agreement of the sources first, then by rank."""
    bare = {name: without_site(value, sources) for name, value in _named(sources)}
    heads = [head for head in (without_site(text, sources) for text in sources.h1) if head]
    declared = [
        bare[name]
        for name in ("headline", "og", "twitter", "other", "document", "announced")
        if bare.get(name)
    ]
    declared_folds = [folded(text) for text in declared if text]
    for head in heads:
        fold = folded(head)
        if fold and fold in declared_folds:
            return head
    for name in ("headline", "og", "twitter", "other", "document", "announced"):
        value = bare.get(name)
        if value:
            return value
    return heads[0] if heads else None


def _named(sources: TitleSources) -> list[tuple[str, str]]:
    pairs = [
        ("headline", sources.headline),
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
    if is_site_name(text, sources.sitename, sources.hostname):
        return None
    wholes = {
        folded(value) for value in (sources.headline, sources.og, sources.twitter, *sources.h1) if value
    }
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
    host = hostname.removeprefix("www.")
    labels = host.split(".")
    names = {folded(sitename or ""), folded(host), *(folded(label) for label in labels[:-1])}
    names |= {folded(".".join(labels[start:])) for start in range(len(labels) - 1)}
    names.discard("")
    return fold in names or any(
        len(name) > 4
        and (fold.startswith(name) or name.startswith(fold))
        and abs(len(fold) - len(name)) <= max(6, len(name))
        for name in names
    )  # noqa: PLR2004


def first_filled(values: Iterable[str | None]) -> str | None:
    """The first value that is not empty."""
    return next((value for value in values if value), None)
