"""When a page came out and when it was last changed: its sources weighed against each other."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from scraper.extract import bylines, dates, nearby
from scraper.extract.bylines import Times
from scraper.extract.dates import Moment
from scraper.extract.jsonld import LinkedData, texts
from scraper.extract.nearby import Nearby
from scraper.extract.parts import Parts
from scraper.extract.tags import Tags
from scraper.records import DatePrecision, DateSource

PUBLISHED_META = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:publishtime",
    "cxenseparse:recs:publishtime",
    "datepublished",
    "date_published",
    "publish-date",
    "publish_date",
    "publishdate",
    "published_time",
    "pubdate",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date.created",
    "dcterms.created",
    "dc.created",
    "citation_publication_date",
    "citation_date",
    "article.published",
    "article_date_original",
    "originalpublicationdate",
    "og:pubdate",
    "bt:pubdate",
    "article.created",
)
"""Names of meta elements that give the day of publication, the most trustworthy first."""
VAGUE_META = ("date", "dcterms.date", "dc.date", "og:release_date", "release_date", "displaydate")
"""Names that some sites use for the day of the last change."""
ONE_DAY = timedelta(days=1)
_DAY_FIRST = frozenset({"uk", "au", "nz", "ie", "in", "za", "sg", "ng", "ke", "gh", "pk", "my", "mt"})
"""Countries where English is written with the day before the month (CLDR, short date formats)."""
_NAMES_PUBLISHED = re.compile(r"publi(?:sh|cat).{0,12}(?:date|time|ed$|_at$|on$)|(?:date|time).{0,6}publi")
MODIFIED_META = (
    "article:modified_time",
    "og:article:modified_time",
    "og:updated_time",
    "article:modified",
    "datemodified",
    "dc.date.modified",
    "dcterms.modified",
    "last-modified",
    "lastmod",
    "article.updated",
    "revised",
    "bt:moddate",
    "updated",
    "last-updated",
    "last_updated",
    "updated_time",
    "date_modified",
    "cxenseparse:articledata:moddate",
)


def find_published(
    parts: Parts,
    data: LinkedData,
    tags: Tags,
    *,
    html: str,
    url: str,
    near: Callable[[], Nearby],
    printed: Callable[[], Times],
) -> tuple[Moment | None, DateSource | None]:
    """When the page came out: the best source, corrected by those that agree with it.

    Args:
        parts: The elements of the page.
        data: Its JSON-LD.
        tags: Its meta elements and microdata.
        html: Its source, searched for dates in the data of scripts when markup is silent.
        url: Its address.
        near: Reads the text around the headline, which is done only when it is needed.
        printed: Reads the `time` elements, likewise.
    """
    language = written_in(tags, url)
    found = _read(_declared(data, tags), language)
    if _is_settled(found):
        return _agreed(found)
    times = printed()
    found += _read(_printed(times), language)
    in_url = dates.date_in_url(urlsplit(url).path)
    if in_url:
        found.append((in_url, DateSource.URL))
    weak = all(source in {DateSource.URL, DateSource.TIME} for _, source in found)
    if weak or _alone(found):
        changed = [
            moment for value in times.changed if (moment := dates.parse_date(value, language=language))
        ]
        best = near().published(language)
        if best and not times.published and not any(best.on_same_day(moment) for moment in changed):
            found[:0] = [(best, DateSource.TIME)]
    if weak:
        found += [(moment, DateSource.META) for moment in nearby.in_state(html)]
    if not found:
        found = [(moment, DateSource.TIME) for moment in _last_resort(parts, language)]
    return _agreed(found)


def _last_resort(parts: Parts, language: str | None) -> list[Moment]:
    """The day on which all `time` elements agree, or the first date that a class announces."""
    texts_of_time = bylines.only_day(parts.times)
    if not texts_of_time:
        texts_of_time = [text for text in bylines.dated(parts.tree) if nearby.speaks_of_publication(text)]
    moments = (dates.parse_date(text, language=language) for text in texts_of_time)
    return [moment for moment in moments if moment][:1]


def written_in(tags: Tags, url: str) -> str | None:
    """The declared language, with the region where the address of an English page tells it.

    "en" alone is read as American, month first, except on addresses of countries that write the day first.
    """
    language = (tags.language or "")[:5].replace("_", "-").lower()
    if language in {"", "en"} and _top_level(url) in _DAY_FIRST:
        return "en-gb"
    return language or None


def _top_level(url: str) -> str:
    return (urlsplit(url).hostname or "").rpartition(".")[2] if url.startswith("http") else ""


def _read(values: Iterator[tuple[DateSource, str]], language: str | None) -> list[tuple[Moment, DateSource]]:
    return [
        (moment, source) for source, value in values if (moment := dates.parse_date(value, language=language))
    ]


def _is_settled(found: list[tuple[Moment, DateSource]]) -> bool:
    """Whether JSON-LD and meta elements name the same moment, so that nothing printed could mend it."""
    if len(found) < 2:  # noqa: PLR2004 - agreement takes two
        return False
    best, source = found[0]
    return (
        not best.assumed
        and best.precision is not DatePrecision.DAY
        and any(kind is not source and abs(other.utc - best.utc) < ONE_DAY for other, kind in found[1:])
    )


def _printed(times: Times) -> Iterator[tuple[DateSource, str]]:
    yield from ((DateSource.TIME, value) for value in (*times.published[:3], *times.others[:2]))


def _declared(data: LinkedData, tags: Tags) -> Iterator[tuple[DateSource, str]]:
    """What markup says is the date of publication, the most trustworthy first."""
    for key in ("datePublished", "uploadDate", "dateCreated"):
        for node in data.articles[:3]:
            yield from ((DateSource.JSONLD, value) for value in texts(node.get(key))[:1])
    names = [*PUBLISHED_META, *(name for name in tags.meta if _NAMES_PUBLISHED.search(name)), *VAGUE_META]
    yield from ((DateSource.META, value) for value in tags.all(*dict.fromkeys(names)))
    yield from ((DateSource.TIME, value) for value in tags.items.get("datePublished", ()))
    for node in data.pages[:2]:
        yield from ((DateSource.JSONLD, value) for value in texts(node.get("datePublished"))[:1])


def _alone(found: list[tuple[Moment, DateSource]]) -> bool:
    """Whether the best date is a bare day that no other kind of source confirms: often the template's."""
    best, source = found[0]
    return best.precision is DatePrecision.DAY and not any(
        other.on_same_day(best) for other, kind in found if kind is not source
    )


def _agreed(found: list[tuple[Moment, DateSource]]) -> tuple[Moment | None, DateSource | None]:
    """The first source, unless it stands alone against two others that agree; the finest form of it."""
    if not found:
        return None, None
    best, source = found[0]
    rest = found[1:]
    if not any(best.on_same_day(other) for other, _ in rest):
        days = Counter(other.when.date() for other, kind in rest if kind is not DateSource.TIME)
        day, count = days.most_common(1)[0] if days else (None, 0)
        if count > 2:  # noqa: PLR2004 - three voices against one
            best, source = next((other, kind) for other, kind in rest if other.when.date() == day)
    alike = [other for other, _ in found if other.on_same_day(best)]
    if best.precision is DatePrecision.DAY:
        finer = next(
            (
                (other, kind)
                for other, kind in found
                if other.on_same_day(best) and other.precision is not DatePrecision.DAY
            ),
            None,
        )
        if finer:
            best, source = finer
    return dates.with_zone_of(best, alike), source


def find_modified(
    data: LinkedData, tags: Tags, *, url: str, near: Callable[[], Nearby], printed: Callable[[], Times]
) -> Moment | None:
    """When the page was last changed: as markup says, or as is printed near the headline."""
    values = [
        value
        for node in (*data.articles[:3], *data.pages[:2])
        for value in texts(node.get("dateModified"))[:1]
    ]
    values += tags.all(*MODIFIED_META) + tags.items.get("dateModified", [])
    values = values or printed().changed
    language = written_in(tags, url)
    moments = [moment for value in values[:10] if (moment := dates.parse_date(value, language=language))]
    return dates.with_zone_of(moments[0], moments) if moments else near().modified(language)
