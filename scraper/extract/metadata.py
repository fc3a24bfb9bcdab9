"""What a page says of itself, each field from the best of its sources."""

from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from scraper.extract import bylines, images, jsonld, nearby
from scraper.extract.authors import clean_authors, looks_like_person, opens_byline
from scraper.extract.jsonld import LinkedData, first_text, resolve, texts, tidy
from scraper.extract.language import choose_language
from scraper.extract.parts import Parts, gather
from scraper.extract.published import find_modified, find_published
from scraper.extract.tags import Tags, read_tags
from scraper.extract.titles import TitleSources, choose_title, folded, is_site_name
from scraper.records import DatePrecision, DateSource, Link, Metadata
from scraper.web import dom
from scraper.web.urls import hostname, registrable_domain

AUTHOR_META = (
    "parsely-author",
    "sailthru.author",
    "author",
    "article:author",
    "article:author_name",
    "dc.creator",
    "dcterms.creator",
    "dc.contributor",
    "cxenseparse:author",
    "citation_author",
    "byl",
    "authors",
    "article.author",
    "og:article:author",
)
TITLE_META = (
    "parsely-title",
    "sailthru.title",
    "dc.title",
    "dcterms.title",
    "citation_title",
    "cxenseparse:title",
    "title",
)
TAG_META = ("article:tag", "news_keywords", "parsely-tags", "sailthru.tags", "keywords")
MAX_TAGS = 50


def extract_metadata(tree: dom.Tree, *, html: str, url: str, link: Link | None = None) -> Metadata:
    """Read every field of the record; what the page lacks is filled from its announcement.

    Args:
        tree: The parsed page.
        html: Its source, searched for dates in the data of scripts when all else is silent.
        url: The final address.
        link: What the feed or sitemap said.
    """
    parts = gather(tree)
    data = jsonld.read_jsonld(parts, url)
    tags = read_tags(parts)
    near = cache(lambda: nearby.around_headline(parts))
    host = _host(url)
    sitename = _sitename(data, tags)
    times = cache(lambda: bylines.times(parts.times))
    published, source = find_published(parts, data, tags, html=html, url=url, near=near, printed=times)
    modified = find_modified(data, tags, url=url, near=near, printed=times)
    title = _title(parts, data, tags, host, sitename, link)
    authors = _authors(parts, html, data, tags, sitename, host, near)
    date_published = published.utc if published else None
    precision = published.precision if published else None
    if published is None and link and link.date_published:
        date_published, precision = link.date_published, DatePrecision.SECOND
        source = DateSource.SITEMAP if "sitemap" in link.source_type else DateSource.FEED
    main_image, pictures = images.read_images(parts, data, tags, url)
    body = first_text(data.article.get("articleBody"))
    return Metadata(
        canonical_url=_canonical(tags, url),
        sitename=sitename,
        title=title,
        description=_description(data, tags),
        authors=authors or (link.authors if link else ()),
        language=choose_language(parts, data, tags),
        date_published=date_published,
        date_modified=modified.utc if modified else (link.date_modified if link else None),
        date_source=source,
        date_precision=precision,
        tz_assumed=bool(published and published.assumed),
        section=_section(data, tags),
        categories=_categories(data, tags),
        tags=_tags(data, tags),
        image=main_image,
        images=pictures,
        is_accessible_for_free=_free(data, tags),
        pagetype=_pagetype(data, tags),
        article_body=body,
        declared_word_count=jsonld.number(data.article.get("wordCount")),
    )


def _host(url: str) -> str:
    try:
        return hostname(url)
    except ValueError:
        return ""


def _canonical(tags: Tags, url: str) -> str | None:
    """The address that the page names for itself, if it is of the same site and not the home page."""
    for value in (*tags.canonical, *tags.all("og:url")):
        address = images.whole_address(url, value)
        if address is None:
            continue
        parts = urlsplit(address)
        if _same_site(address, url) and (
            parts.path.strip("/") or parts.query or not urlsplit(url).path.strip("/")
        ):
            return address
    return None


def _same_site(address: str, url: str) -> bool:
    """Whether both belong to one registered domain; a stored page without address takes what it is told."""
    if not url.startswith("http") or urlsplit(address).netloc == urlsplit(url).netloc:
        return True
    try:
        return registrable_domain(address) == registrable_domain(url)
    except ValueError:
        return False


def _sitename(data: LinkedData, tags: Tags) -> str | None:
    title = folded(tags.first("og:title") or "")
    for value in tags.all("og:site_name"):
        if folded(value) not in {"", title} and not value.startswith(("http", "@")):
            return value
    for node in (data.article, *data.pages):
        for publisher in resolve(node.get("publisher"), data.by_id):
            name = first_text(publisher)
            if name and not name.startswith("http"):
                return name
    return tags.first(
        "application-name", "dc.publisher", "cxenseparse:site_name", "apple-mobile-web-app-title"
    )


def _title(
    parts: Parts, data: LinkedData, tags: Tags, host: str, sitename: str | None, link: Link | None
) -> str | None:
    element = parts.title
    heads = [text for node in parts.headings if (text := tidy(dom.text(node)[:1000]))]
    article = data.article
    return choose_title(
        TitleSources(
            headline=first_text(article.get("headline")),
            marked=next(iter(tags.items.get("headline", ())), None),
            og=tags.first("og:title"),
            twitter=tags.first("twitter:title"),
            other=tuple(tags.all(*TITLE_META)[:3]),
            document=tidy(dom.text(element)[:1000]) if element is not None else None,
            h1=tuple(heads),
            announced=tidy(link.title) if link and link.title else None,
            sitename=sitename,
            hostname=host,
            news=any(name in jsonld.NEWSROOM_TYPES for name in jsonld.types_of(article)),
        )
    )


def _description(data: LinkedData, tags: Tags) -> str | None:
    return (
        tags.first("og:description", "description")
        or first_text(data.article.get("description"))
        or tags.first("twitter:description", "dc.description", "sailthru.description", "parsely-description")
    )


def _authors(
    parts: Parts,
    html: str,
    data: LinkedData,
    tags: Tags,
    sitename: str | None,
    host: str,
    near: Callable[[], nearby.Nearby],
) -> tuple[str, ...]:
    """Names from the first source that gives any person; the publisher itself as the last resort."""
    fallback: tuple[str, ...] = ()
    section = folded(_section(data, tags) or "")
    people, organisations = _named_authors(data)
    for values in (people, tags.items.get("author", []), *_meta_authors(tags)):
        names = clean_authors(values, sitename=sitename, hostname=host) if values else ()
        names = tuple(name for name in names if folded(name) != section)
        if names and all(is_site_name(name, sitename, host) for name in names):
            fallback = fallback or names
        elif names:
            return names
    for values in bylines.bylines(parts.tree):
        names = clean_authors(values, sitename=sitename, hostname=host)
        if names and any(looks_like_person(name) for name in names):
            return names
    return (
        near().authors()
        or (nearby.credited(html) if (tags.language or "zh").lower().startswith("zh") else ())
        or clean_authors(organisations, sitename=sitename, hostname=host)
        or fallback
    )


def _meta_authors(tags: Tags) -> list[list[str]]:
    """The values of each name in turn; those of citations are written last name first."""
    found = [
        [_turned(value) if name == "citation_author" else value for value in tags.all(name)]
        for name in AUTHOR_META
    ]
    if opens_byline(tags.first("twitter:label1") or "") is not None:
        found.append(tags.all("twitter:data1")[:1])
    return found


def _turned(name: str) -> str:
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and "," not in first else name


def _named_authors(data: LinkedData) -> tuple[list[str], list[str]]:
    """Names of the JSON-LD's authors: of people, and of organisations where there are only those."""
    for node in data.articles:
        for key in ("author", "creator"):
            items = resolve(node.get(key), data.by_id)
            groups = [
                item for item in items if isinstance(item, dict) and "Organization" in str(item.get("@type"))
            ]
            people = [name for item in items if item not in groups for name in _names_of(item)]
            if people:
                return people, []
            if groups:
                return [], [name for item in groups for name in _names_of(item)]
    return [], []


def _names_of(item: Any) -> list[str]:  # noqa: ANN401 - JSON
    if not isinstance(item, dict):
        return texts(item)
    return texts(item.get("name")) or [
        " ".join(texts(item.get("givenName"))[:1] + texts(item.get("familyName"))[:1]).strip()
    ]


def _section(data: LinkedData, tags: Tags) -> str | None:
    return first_text(data.article.get("articleSection")) or tags.first(
        "article:section",
        "og:article:section",
        "parsely-section",
        "cxenseparse:section",
        "section",
        "dc.subject",
    )


def _categories(data: LinkedData, tags: Tags) -> tuple[str, ...]:
    values = texts(data.article.get("articleSection")) + tags.all("article:section", "parsely-section")
    return _distinct(values)


def _tags(data: LinkedData, tags: Tags) -> tuple[str, ...]:
    values = texts(data.article.get("keywords"))
    if len(values) == 1:
        values = _split_keywords(values[0])
    if not values:
        name = next((name for name in TAG_META if tags.meta.get(name)), None)
        values = tags.all(name) if name else []
        if len(values) == 1:
            values = _split_keywords(values[0])
    return _distinct(values)


def _split_keywords(text: str) -> list[str]:
    return text.split(";" if ";" in text and "," not in text else ",")


def _distinct(values: list[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for value in values:
        value = value.strip()  # noqa: PLW2901 - the value, trimmed
        if value and len(value) < 100:  # noqa: PLR2004 - a sentence is no tag
            kept.setdefault(value.casefold(), value)
    return tuple(kept.values())[:MAX_TAGS]


def _free(data: LinkedData, tags: Tags) -> bool | None:
    for node in (*data.articles, *data.pages):
        free = jsonld.boolean(node.get("isAccessibleForFree"))
        if free is not None:
            return free
    for node in data.articles:
        allowed = [jsonld.boolean(part.get("isAccessibleForFree")) for part in _parts_of(node, data)]
        if False in allowed:
            return False
    tier = (tags.first("article:content_tier", "og:article:content_tier") or "").lower()
    return {"free": True, "metered": None, "locked": False, "paid": False}.get(tier)


def _parts_of(node: jsonld.Thing, data: LinkedData) -> list[jsonld.Thing]:
    """What JSON-LD says of sections of the article, as for those behind a paywall."""
    return [part for part in resolve(node.get("hasPart"), data.by_id) if isinstance(part, dict)]


def _pagetype(data: LinkedData, tags: Tags) -> str | None:
    """The most specific type: of the article node, the microdata, Open Graph, the page."""
    own = jsonld.types_of(data.article)
    if own:
        return max(own, key=lambda name: (name in jsonld.NEWS_TYPES, name != "Article", len(name)))
    named = next((name for name in tags.item_types if name in jsonld.NEWS_TYPES), None)
    return (
        named
        or tags.first("og:type")
        or next((name for node in data.pages for name in jsonld.types_of(node)), None)
    )
