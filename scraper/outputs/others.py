"""Keys and values as other programs have them, for those who move here: a table for each.

Read from the released programs: trafilatura 2.3 (`extract(output_format="json")`), Fundus 0.5
(`Article.to_json`), news-please (`NewsArticle.get_serializable_dict`), newspaper4k 0.9 (`Article.to_json`),
and https://schema.org/NewsArticle as JSON-LD. What such a program has and we do not is null or empty, as it
is there when it finds nothing.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from scraper.records import Article, Image, Paragraph, Record

HEADINGS: Final = frozenset({"h2", "h3"})


# ---- values ------------------------------------------------------------------------------------------


def _fixed(value: object) -> Callable[[Article], Any]:
    return lambda _: value


def _joined(field: str, separator: str) -> Callable[[Article], str]:
    return lambda article: separator.join(getattr(article, field))


def _day(field: str) -> Callable[[Article], str | None]:
    def value(article: Article) -> str | None:
        date: datetime | None = getattr(article, field)
        return f"{date:%Y-%m-%d}" if date else None

    return value


def _spaced(field: str) -> Callable[[Article], str | None]:
    """A time as `str` of Python's datetime gives it."""

    def value(article: Article) -> str | None:
        date: datetime | None = getattr(article, field)
        return str(date) if date else None

    return value


def _iso(field: str) -> Callable[[Article], str | None]:
    def value(article: Article) -> str | None:
        date: datetime | None = getattr(article, field)
        return date.isoformat() if date else None

    return value


def _image_urls(article: Article) -> tuple[str, ...]:
    return tuple(image.url for image in article.images) or ((article.image,) if article.image else ())


# ---- records within records --------------------------------------------------------------------------


class FundusSection(Record, frozen=True, kw_only=True):
    """A headline and what stands below it."""

    headline: tuple[str, ...]
    paragraphs: tuple[str, ...]


class FundusBody(Record, frozen=True, kw_only=True):
    """The text in sections."""

    summary: tuple[str, ...]
    sections: tuple[FundusSection, ...]


class FundusVersion(Record, frozen=True, kw_only=True):
    """A picture in one size."""

    url: str
    query_width: str | None = None
    size: str | None = None
    type: str | None = None


class FundusImage(Record, frozen=True, kw_only=True):
    """A picture."""

    versions: tuple[FundusVersion, ...]
    is_cover: bool
    description: str | None
    caption: str | None
    authors: tuple[str, ...]
    position: int


class Person(Record, frozen=True, kw_only=True, rename={"kind": "@type"}):
    """A schema.org Person."""

    kind: str = "Person"
    name: str


class Organization(Record, frozen=True, kw_only=True, rename={"kind": "@type"}):
    """A schema.org Organization."""

    kind: str = "Organization"
    name: str


class ImageObject(Record, frozen=True, kw_only=True, rename={"kind": "@type", "credit": "creditText"}):
    """A schema.org ImageObject."""

    kind: str = "ImageObject"
    url: str
    caption: str | None
    credit: str | None


def _fundus_body(article: Article) -> FundusBody:
    sections: list[tuple[tuple[str, ...], list[str]]] = []
    for paragraph in article.paragraphs or (Paragraph(type="p", text=article.text),):
        if paragraph.type in HEADINGS or not sections:
            heads = paragraph.type in HEADINGS
            sections.append(((paragraph.text,), []) if heads else ((), [paragraph.text]))
        else:
            sections[-1][1].append(paragraph.text)
    return FundusBody(
        summary=(article.description,) if article.description else (),
        sections=tuple(FundusSection(headline=head, paragraphs=tuple(below)) for head, below in sections),
    )


def _fundus_images(article: Article) -> tuple[FundusImage, ...]:
    return tuple(
        FundusImage(
            versions=(FundusVersion(url=image.url),),
            is_cover=image.url == article.image,
            description=image.alt,
            caption=image.caption,
            authors=(image.credit,) if image.credit else (),
            position=position,
        )
        for position, image in enumerate(article.images)
    )


def _persons(article: Article) -> tuple[Person, ...]:
    return tuple(Person(name=name) for name in article.authors)


def _publisher(article: Article) -> Organization:
    return Organization(name=article.sitename or article.hostname)


def _image_objects(article: Article) -> tuple[ImageObject, ...]:
    images = article.images or ((Image(url=article.image),) if article.image else ())
    return tuple(ImageObject(url=image.url, caption=image.caption, credit=image.credit) for image in images)


# ---- the tables --------------------------------------------------------------------------------------

Key = tuple[str, Any, str | Callable[[Article], Any] | None]
"""The key there; its kind; and our key, or what makes its value, or nothing."""

TEXTS = tuple[str, ...]

OTHERS: Final[Mapping[str, tuple[Key, ...]]] = {
    "trafilatura": (
        ("title", str, "title"),
        ("author", str, lambda article: "; ".join(article.authors) or None),
        ("hostname", str, "hostname"),
        ("date", str, _day("date_published")),
        ("fingerprint", str, "fingerprint"),
        ("id", str, "id"),
        ("license", str, None),
        ("comments", str, _fixed("")),
        ("raw_text", str, lambda article: " ".join(article.text.split())),
        ("text", str, lambda article: article.text.replace("\n\n", "\n")),
        ("language", str, "language"),
        ("image", str, "image"),
        ("pagetype", str, "pagetype"),
        ("filedate", str, _day("date_crawled")),
        ("source", str, "url"),
        ("source-hostname", str, "sitename"),
        ("excerpt", str, "description"),
        ("categories", str, _joined("categories", ";")),
        ("tags", str, _joined("tags", ";")),
    ),
    "fundus": (
        ("title", str, "title"),
        ("body", FundusBody, _fundus_body),
        ("plaintext", str, "text"),
        ("authors", TEXTS, "authors"),
        ("publishing_date", str, _spaced("date_published")),
        ("topics", TEXTS, "tags"),
        ("free_access", bool, lambda article: article.is_accessible_for_free is not False),
        ("images", tuple[FundusImage, ...], _fundus_images),
        ("lang", str, "language"),
    ),
    "news-please": (
        ("authors", TEXTS, "authors"),
        ("date_download", str, _spaced("date_crawled")),
        ("date_modify", str, _spaced("date_modified")),
        ("date_publish", str, _spaced("date_published")),
        ("description", str, "description"),
        ("filename", str, lambda article: quote(article.url, safe="") + ".json"),
        ("image_url", str, "image"),
        ("language", str, "language"),
        ("localpath", str, None),
        ("maintext", str, "text"),
        ("source_domain", str, "hostname"),
        ("text", str, "text"),
        ("title", str, "title"),
        ("title_page", str, None),
        ("title_rss", str, None),
        ("url", str, "url"),
    ),
    "newspaper": (
        ("url", str, "url"),
        ("read_more_link", str, _fixed("")),
        ("language", str, "language"),
        ("title", str, lambda article: article.title or ""),
        ("top_image", str, lambda article: article.image or ""),
        ("meta_img", str, lambda article: article.image or ""),
        ("images", TEXTS, _image_urls),
        ("movies", TEXTS, _fixed(())),
        ("keywords", TEXTS, _fixed(())),
        ("meta_keywords", TEXTS, "tags"),
        ("tags", TEXTS, "tags"),
        ("authors", TEXTS, "authors"),
        ("publish_date", str, _iso("date_published")),
        ("summary", str, _fixed("")),
        ("meta_description", str, lambda article: article.description or ""),
        ("meta_lang", str, lambda article: article.language or ""),
        ("meta_favicon", str, _fixed("")),
        ("meta_site_name", str, lambda article: article.sitename or ""),
        ("canonical_link", str, lambda article: article.canonical_url or ""),
        ("text", str, "text"),
    ),
    "schema.org": (
        ("@context", str, _fixed("https://schema.org")),
        ("@type", str, _fixed("NewsArticle")),
        ("@id", str, lambda article: article.canonical_url or article.url),
        ("identifier", str, "id"),
        ("url", str, "url"),
        ("headline", str, "title"),
        ("description", str, "description"),
        ("articleBody", str, "text"),
        ("wordCount", int, "word_count"),
        ("author", tuple[Person, ...], _persons),
        ("publisher", Organization, _publisher),
        ("datePublished", datetime, "date_published"),
        ("dateModified", datetime, "date_modified"),
        ("inLanguage", str, "language"),
        ("articleSection", str, "section"),
        ("keywords", TEXTS, "tags"),
        ("image", tuple[ImageObject, ...], _image_objects),
        ("isAccessibleForFree", bool, "is_accessible_for_free"),
    ),
}
"""By the name that `fields_as` gives."""
