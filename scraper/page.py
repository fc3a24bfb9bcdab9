"""`process_page`: one page in, one outcome out; no network, no clock, no files but the site rules named."""

from datetime import UTC, datetime
from functools import partial

import msgspec

from scraper.classify import classify_page, classify_response
from scraper.clean import Cleaned, SiteMemory, clean_blocks
from scraper.clean.hygiene import tidy
from scraper.clean.tokens import as_tokens, spoken
from scraper.config import CleanConfig, ExtractConfig
from scraper.dedupe import article_id, content_hash, fingerprint, sketch, words_of
from scraper.extract.body import extract_body
from scraper.extract.liveblog import completed, with_times
from scraper.extract.metadata import extract_metadata
from scraper.extract.siterules import amended, apply_for
from scraper.moved import pictured, signed
from scraper.records import (
    Article,
    Drop,
    Extraction,
    Metadata,
    Page,
    PageKind,
    Paragraph,
    Reason,
    Record,
    Sketch,
    Stage,
    Verdict,
)
from scraper.web.charset import decode
from scraper.web.dom import Tree, parse
from scraper.web.urls import hostname

ARTICLES = frozenset({PageKind.ARTICLE, PageKind.LIVE_BLOG})
WALLS = frozenset({PageKind.CHALLENGE, PageKind.CONSENT_WALL, PageKind.PAYWALL_STUB, PageKind.LOGIN})
"""What an answer with an error status may still tell of itself; anything else is just the error."""
FIRST_ERROR_STATUS = 400


class PageOptions(Record, frozen=True, kw_only=True):
    """The part of the configuration that page work needs."""

    extract: ExtractConfig = ExtractConfig()
    clean: CleanConfig = CleanConfig()


class Examined(Record, frozen=True, kw_only=True):
    """A page's outcome, and how it came about, as far as the page got."""

    outcome: Article | Drop
    verdict: Verdict
    metadata: Metadata | None = None
    extraction: Extraction | None = None
    cleaned: Cleaned | None = None
    sketch: Sketch | None = None
    """Of an article's text: by which copies of it are found."""


def process_page(
    page: Page, options: PageOptions, memory: SiteMemory | None = None, *, keep: tuple[str, ...] = ()
) -> Article | Drop:
    """Turn a page into an article, or say why it is none.

    Args:
        page: The answer as it came; its `link` supplies what the page itself lacks.
        options: How to extract and clean.
        memory: What other articles of the site repeat.
        keep: Kinds of boilerplate to leave in, beside those of the options.
    """
    return examine_page(page, options, memory, keep=keep).outcome


def examine_page(
    page: Page, options: PageOptions, memory: SiteMemory | None = None, *, keep: tuple[str, ...] = ()
) -> Examined:
    """As `process_page`, with what was found on the way."""
    verdict = classify_response(page)
    if verdict is not None:
        return Examined(outcome=_drop(page, verdict), verdict=verdict)
    html = decode(page.body, page.content_type)
    tree = parse(html)
    metadata, extraction = _extracted(tree, html, page, options.extract)
    verdict = classify_page(
        page, tree, html=html, metadata=metadata, extraction=extraction, min_words=options.extract.min_words
    )
    emitted_stub = verdict.kind is PageKind.PAYWALL_STUB and options.extract.paywall == "emit"
    examined = partial(Examined, verdict=verdict, metadata=metadata, extraction=extraction)
    if verdict.kind not in ARTICLES and not emitted_stub:
        return examined(outcome=_drop(page, verdict))
    if (page.status or 0) >= FIRST_ERROR_STATUS:
        return examined(outcome=_drop(page, verdict))
    cleaned = clean_blocks(
        extraction.blocks,
        metadata=metadata,
        language=metadata.language,
        keep=frozenset((*options.clean.keep, *keep)),
        site=memory,
    )
    if verdict.kind is PageKind.LIVE_BLOG:
        cleaned = _timed(cleaned, tree, page.url)
    words = words_of(cleaned.text)
    if len(words) < options.extract.min_words and not emitted_stub:
        detail = f"{len(words)} words are left after cleaning"
        drop = Drop(
            url=page.url, stage=Stage.CLEAN, reason=Reason.TOO_SHORT, detail=detail, http_status=page.status
        )
        return examined(outcome=drop, cleaned=cleaned)
    article = _article(page, options.clean, metadata, extraction, cleaned, words)
    if emitted_stub:
        article = msgspec.structs.replace(article, is_accessible_for_free=False)
    return examined(outcome=article, cleaned=cleaned, sketch=sketch(words))


def _article(
    page: Page,
    options: CleanConfig,
    metadata: Metadata,
    extraction: Extraction,
    cleaned: Cleaned,
    words: list[str],
) -> Article:
    url = page.url or metadata.canonical_url or ""
    known = {name: getattr(metadata, name) for name in _SHARED_FIELDS}
    known |= {name: _printable(known[name]) for name in _WORDED_FIELDS}
    known["authors"] = signed(metadata, extraction.blocks, cleaned.removed, url)
    known["images"] = pictured(metadata.images, metadata.image, cleaned.removed)
    # A page that did not change stays the same, however much was learnt of its site in between.
    own = words if cleaned.before_memory == cleaned.text else words_of(cleaned.before_memory)
    text, paragraphs = cleaned.text, cleaned.paragraphs
    if options.profile == "tokens":
        text, paragraphs = _in_tokens(cleaned, metadata.language)
    link = page.link
    return Article(
        **known,
        id=article_id(metadata.canonical_url or url or cleaned.text),
        url=url,
        requested_url=page.requested_url or url,
        hostname=hostname(url) if url else "",
        text=text,
        paragraphs=paragraphs,
        date_crawled=page.fetched_at,
        word_count=len(words) if options.profile == "text" else text.count(" ") + bool(text),
        content_hash=content_hash(own),
        fingerprint=fingerprint(own),
        removed=cleaned.removed if options.removed else None,
        source_type=link.source_type if link else None,
        source_url=link.source_url if link else None,
        http_status=page.status,
        etag=page.etag,
        last_modified=page.last_modified,
        warc_ref=page.warc_ref,
        method=extraction.method,
        confidence=round(extraction.confidence, 4),
        notes=extraction.notes,
    )


def _timed(cleaned: Cleaned, tree: Tree, url: str) -> Cleaned:
    """A live blog's text with the time of each entry before it."""
    paragraphs = with_times(cleaned.paragraphs, tree, url)
    text = "\n\n".join([paragraph.text for paragraph in paragraphs])
    return msgspec.structs.replace(cleaned, text=text, paragraphs=paragraphs)


def _in_tokens(cleaned: Cleaned, language: str | None) -> tuple[str, tuple[Paragraph, ...]]:
    language = language or spoken(cleaned.text)
    paragraphs = tuple(
        msgspec.structs.replace(paragraph, text=tokens)
        for paragraph in cleaned.paragraphs
        if (tokens := as_tokens(paragraph.text, language))
    )
    return " ".join(paragraph.text for paragraph in paragraphs), paragraphs


def _extracted(tree: Tree, html: str, page: Page, options: ExtractConfig) -> tuple[Metadata, Extraction]:
    """Metadata and body: by the rule for the page's host, as far as there is one and it matches."""
    metadata = extract_metadata(tree, html=html, url=page.url, link=page.link)
    url = page.url or metadata.canonical_url or ""
    ruled = apply_for(options.site_rules, html, url)
    if ruled is not None:
        metadata = amended(metadata, ruled, hostname=hostname(url))
        if ruled.blocks:
            method = f"rule:{ruled.file}"
            return metadata, Extraction(blocks=ruled.blocks, method=method, confidence=1.0)
    stripped = ruled.stripped if ruled is not None else None
    extraction = extract_body(
        tree if stripped is None else parse(stripped),
        html=html if stripped is None else stripped,
        url=page.url or None,
        metadata=metadata,
        second_opinion=options.second_opinion,
    )
    if ruled is not None and stripped is None:
        extraction = msgspec.structs.replace(extraction, notes=ruled.missed)
    if "liveBlogUpdate" in html:
        extraction = completed(extraction, tree, page.url)
    return metadata, extraction


_WORDED_FIELDS = ("sitename", "title", "description", "section", "categories", "tags")
"""What pages say in words and records hold as text: as clean as the text itself, on one line."""


def _printable(value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
    if isinstance(value, tuple):
        return tuple(" ".join(tidy(text).split()) for text in value)
    return " ".join(tidy(value).split()) if value else value


_SHARED_FIELDS = (
    "canonical_url",
    "sitename",
    "title",
    "description",
    "authors",
    "language",
    "date_published",
    "date_modified",
    "date_source",
    "date_precision",
    "tz_assumed",
    "section",
    "categories",
    "tags",
    "image",
    "images",
    "is_accessible_for_free",
    "pagetype",
)


def _drop(page: Page, verdict: Verdict) -> Drop:
    if (page.status or 0) >= FIRST_ERROR_STATUS and verdict.kind not in WALLS:
        return Drop(
            url=page.url,
            stage=Stage.FETCH,
            reason=Reason.CLIENT_ERROR,
            detail=f"status {page.status}",
            http_status=page.status,
        )
    detail = f"{verdict.rule}: {verdict.evidence}" if verdict.evidence else verdict.rule
    return Drop(
        url=page.url,
        stage=Stage.CLASSIFY,
        reason=Reason(verdict.kind),
        detail=detail,
        http_status=page.status,
    )


def extract_article(
    html: bytes | str,
    url: str | None = None,
    *,
    options: PageOptions | None = None,
    date_crawled: datetime | None = None,
) -> Article | Drop:
    """Extract the article from one HTML page: no network, no state.

    Args:
        html: The page, as text or as bytes; the charset of bytes is found as browsers do.
        url: Where it came from. Relative addresses are resolved against it; without it the page's own
            canonical address stands in.
        options: How to extract and clean; the defaults when unset.
        date_crawled: When the page was fetched; now when unset.

    Returns:
        The article, or a `Drop` whose `reason` says why the page is none.
    """
    body = html if isinstance(html, bytes) else html.encode("utf-8", "replace")
    page = Page(
        url=url or "",
        body=body,
        content_type=None if isinstance(html, bytes) else "text/html; charset=utf-8",
        fetched_at=date_crawled or datetime.now(UTC),
    )
    return process_page(page, options or PageOptions())
