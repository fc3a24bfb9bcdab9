"""The records that travel between stages: immutable, keyword-only, picklable.

Sequences are tuples and times are aware datetimes in UTC. The names of `Article` are
the ones users get in every output.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

SCHEMA_VERSION = 1
REPORT_VERSION = 1


class Stage(StrEnum):
    """Where in the corridor an outcome was decided."""

    DISCOVER = "discover"
    FETCH = "fetch"
    CLASSIFY = "classify"
    EXTRACT = "extract"
    CLEAN = "clean"
    DEDUPE = "dedupe"
    WORKER = "worker"


class PageKind(StrEnum):
    """What a page is, as `classify` tells it."""

    ARTICLE = "article"
    LIVE_BLOG = "live_blog"
    CHALLENGE = "challenge"
    CONSENT_WALL = "consent_wall"
    PAYWALL_STUB = "paywall_stub"
    LISTING = "listing"
    GALLERY_OR_VIDEO = "gallery_or_video"
    SOFT_404 = "soft_404"
    LOGIN = "login"
    ERROR_PAGE = "error_page"
    NOT_HTML = "not_html"
    TOO_SHORT = "too_short"
    EMPTY = "empty"


class Reason(StrEnum):
    """Why a link did not become an article. Each value reads as it stands in reports."""

    # discover
    EXCLUDED = "excluded"
    """`include` or `exclude` of its source leaves it out."""
    TOO_OLD = "too_old"
    """Announced with a date before `since` of its source."""
    INVALID_URL = "invalid_url"
    """No address that can be asked for."""
    OVER_LIMIT = "over_limit"
    """Beyond `max_articles` of its source in this run."""
    UNREADABLE = "unreadable"
    """A feed, sitemap or section that cannot be read as one."""
    # fetch
    ROBOTS_DENIED = "robots_denied"
    """robots.txt forbids it."""
    ROBOTS_UNREACHABLE = "robots_unreachable"
    """robots.txt could not be had, which forbids everything for this run (RFC 9309, 2.3.1.4)."""
    NOT_FOUND = "not_found"
    """Answered with 404 or 410."""
    FORBIDDEN_ADDRESS = "forbidden_address"
    """Leads to this machine, a private network or a metadata service."""
    CLIENT_ERROR = "client_error"
    """Answered with another status from 400 to 499."""
    SERVER_ERROR = "server_error"
    """Answered with a status of 500 or above."""
    RATE_LIMITED = "rate_limited"
    """Answered with 429, or asked for a pause longer than `fetch.max_retry_after_s`."""
    TIMEOUT = "timeout"
    """No whole answer within the limits of `[fetch]`."""
    CONNECTION_FAILED = "connection_failed"
    """No connection, or one that broke."""
    TOO_LARGE = "too_large"
    """More bytes than `fetch.max_wire_bytes` or `fetch.max_decoded_bytes`."""
    BAD_ENCODING = "bad_encoding"
    """Compressed in a way that cannot be undone."""
    BAD_REDIRECT = "bad_redirect"
    """Redirected to nowhere that can be asked."""
    TOO_MANY_REDIRECTS = "too_many_redirects"
    """Redirected more often than `fetch.max_redirects`."""
    HOST_UNAVAILABLE = "host_unavailable"
    """Its host failed, or asked for a proof that we are human, so often that this run asks it no more."""
    STOPPED = "stopped"
    """The run ended before its turn came."""
    GAVE_UP = "gave_up"
    """Failed in `fetch.max_attempts` runs."""
    # classify: one for each page kind that is not an article
    CHALLENGE = "challenge"
    """Asks for a proof that we are human, or blocks us outright."""
    CONSENT_WALL = "consent_wall"
    """Shows nothing before cookies are accepted."""
    PAYWALL_STUB = "paywall_stub"
    """Only the beginning of an article that must be paid for."""
    LISTING = "listing"
    """A front, section, topic or search page, a forum, a shop or the like."""
    GALLERY_OR_VIDEO = "gallery_or_video"
    """Pictures, film or sound with little text."""
    SOFT_404 = "soft_404"
    """Says that nothing is there, but with status 200."""
    LOGIN = "login"
    """A form to log in or to register."""
    ERROR_PAGE = "error_page"
    """An error message in the place of an article."""
    NOT_HTML = "not_html"
    """Something else than a page, such as a PDF."""
    TOO_SHORT = "too_short"
    """Less article text than `extract.min_words`."""
    EMPTY = "empty"
    """No text at all."""
    # dedupe
    OUTDATED = "outdated"
    """From an archive, and older than the revision that is stored."""
    DUPLICATE_URL = "duplicate_url"
    """An article that another address has given already."""
    DUPLICATE_TEXT = "duplicate_text"
    """The same text as an article of another address."""
    DUPLICATE_NEAR = "duplicate_near"
    """Almost the same text as an article of another site, with `dedupe.action = "drop"`."""
    # page work
    WORKER_TIMEOUT = "worker_timeout"
    """Kept a worker longer than `run.page_timeout_s`."""
    WORKER_DIED = "worker_died"
    """Its worker ended, mostly for want of memory (`run.worker_memory_mb`)."""
    PAGE_FAILED = "page_failed"
    """Met an error of ours, which the log describes."""


class Skip(StrEnum):
    """Why a record of an archive is not looked at as a page."""

    REQUEST = "request"
    """What was asked for, and no answer."""
    REVISIT = "revisit"
    """Says that an answer is as an earlier one was."""
    METADATA = "metadata"
    """Tells of another record."""
    OTHER_RECORD = "other_record"
    """Of another kind still, such as `warcinfo`."""
    NOT_HTTP = "not_http"
    """An answer of something else than HTTP, such as DNS."""
    NOT_HTML = "not_html"
    """An answer that is no page."""
    REDIRECT = "redirect"
    """An answer that names another address."""
    INVALID_URL = "invalid_url"
    """Its address is none that a page can have."""
    TOO_LARGE = "too_large"
    """More bytes than are taken up."""
    BROKEN = "broken"
    """What lies there cannot be read; what follows can."""
    TRUNCATED = "truncated"
    """The file breaks off, or nothing behind this place can be read."""
    # what the operator did not ask for
    OTHER_HOST = "other_host"
    """Left out by `--host`."""
    OTHER_DATE = "other_date"
    """Left out by `--since` or `--until`."""
    OTHER_STATUS = "other_status"
    """Left out by `--status`."""
    OTHER_TYPE = "other_type"
    """Left out by `--mime`."""
    OTHER_LANGUAGE = "other_language"
    """Left out by `--language`."""


DEFERRED_REASONS = frozenset(
    {
        Reason.OVER_LIMIT,
        Reason.ROBOTS_UNREACHABLE,
        Reason.SERVER_ERROR,
        Reason.RATE_LIMITED,
        Reason.TIMEOUT,
        Reason.CONNECTION_FAILED,
        Reason.BAD_ENCODING,
        Reason.HOST_UNAVAILABLE,
        Reason.STOPPED,
        Reason.CHALLENGE,
    }
)
"""Reasons that may pass: the link stays in the state and a later run asks again."""


class SourceType(StrEnum):
    """How a link was found."""

    RSS = "rss"
    ATOM = "atom"
    JSONFEED = "jsonfeed"
    SITEMAP = "sitemap"
    NEWS_SITEMAP = "news_sitemap"
    LINK = "link"
    LIST = "list"
    WARC = "warc"
    FILE = "file"


class DateSource(StrEnum):
    """Which part of the page, or of its announcement, a date was taken from."""

    JSONLD = "jsonld"
    META = "meta"
    TIME = "time"
    URL = "url"
    FEED = "feed"
    SITEMAP = "sitemap"
    RULE = "rule"


class DatePrecision(StrEnum):
    """How much of a date the page really gave."""

    DAY = "day"
    MINUTE = "minute"
    SECOND = "second"


class Outcome(StrEnum):
    """How a link of a run ended; every link ends as exactly one."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    DROPPED = "dropped"
    DEFERRED = "deferred"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all records."""


class Link(Record, frozen=True, kw_only=True):
    """An address worth asking for, with what its announcement said of it."""

    url: str
    """As found, made absolute, without fragment."""
    key: str
    """Canonical form, by which links are compared (`web.urls.canonicalise`)."""
    source: str
    """Name of the configured source."""
    source_type: SourceType
    source_url: str | None = None
    """The feed, sitemap or section page that named it."""
    title: str | None = None
    authors: tuple[str, ...] = ()
    date_published: datetime | None = None
    date_modified: datetime | None = None


class Page(Record, frozen=True, kw_only=True):
    """One answer of the web, or one stored page, as bytes."""

    url: str
    """Final address, after redirects."""
    body: bytes
    """Decoded from its content encoding, not from its charset."""
    requested_url: str | None = None
    status: int | None = None
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    """Names in lower case."""
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    link: Link | None = None
    warc_ref: str | None = None


class NotModified(Record, frozen=True, kw_only=True):
    """The server said 304: what we have is current."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


class Verdict(Record, frozen=True, kw_only=True):
    """What a page is, by which rule, on what evidence."""

    kind: PageKind
    rule: str
    evidence: str = ""


class Block(Record, frozen=True, kw_only=True):
    """A piece of running text of the page, in document order."""

    text: str
    """Line breaks in it are part of the text."""
    tag: str
    """One of p, h2, h3, li, quote, pre."""
    path: str = ""
    """Ancestors from the root down, as `tag#id.class` joined by `>`, in lower case."""
    link_density: float = 0.0
    """Share of the characters that stand in links, 0 to 1."""


class Paragraph(Record, frozen=True, kw_only=True):
    """A block of the cleaned article, as users get it."""

    type: str
    """One of p, h2, h3, li, quote, pre."""
    text: str
    """A line break in it is one that the page makes (`br`, lines of `pre`); headings have none."""


class Image(Record, frozen=True, kw_only=True):
    """A picture of the article."""

    url: str
    """Absolute."""
    caption: str | None = None
    """What stands below it."""
    credit: str | None = None
    """Who made it."""
    alt: str | None = None
    """What is told to those who cannot see it."""


class Metadata(Record, frozen=True, kw_only=True):
    """What the page says of itself; the names are those of `Article`."""

    canonical_url: str | None = None
    sitename: str | None = None
    title: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    date_published: datetime | None = None
    date_modified: datetime | None = None
    date_source: DateSource | None = None
    date_precision: DatePrecision | None = None
    tz_assumed: bool = False
    section: str | None = None
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    image: str | None = None
    images: tuple[Image, ...] = ()
    is_accessible_for_free: bool | None = None
    pagetype: str | None = None
    """The most specific schema.org or Open Graph type that the page declares."""
    article_body: str | None = None
    """JSON-LD `articleBody`: an anchor for the extractor, never the text itself."""
    declared_word_count: int | None = None


class Extraction(Record, frozen=True, kw_only=True):
    """The body of a page, before cleaning."""

    blocks: tuple[Block, ...]
    method: str
    """Which extractor spoke."""
    confidence: float
    """0 to 1; an estimate of the share of the text that is right."""
    notes: tuple[str, ...] = ()
    """What the operator should know: lines of a site rule that matched nothing, where it fell back."""


class Removal(Record, frozen=True, kw_only=True):
    """A stretch of text that cleaning took out, and why."""

    rule: str
    """Name of the rule."""
    kind: str
    """What it was, such as newsletter."""
    text: str
    """What was taken out."""
    offset: int
    """Characters from the start of the text that was cleaned."""
    score: float = 1.0
    """How sure the rule is, 0 to 1."""


class Article(Record, frozen=True, kw_only=True):
    """One news article: clean text and what is known of it. Unknown fields are None."""

    schema_version: int = SCHEMA_VERSION
    """Rises when a key changes its meaning or goes."""
    id: str
    """Hash of `canonical_url`, or of `url` where the page names no usable one."""
    url: str
    """Where the page was found in the end, after redirects."""
    requested_url: str
    """The address that was asked for."""
    canonical_url: str | None = None
    """The address that the page declares as its own."""
    hostname: str
    """Host of `url`, in lower case and ASCII."""
    sitename: str | None = None
    """Name of the publication, as the page gives it."""
    title: str | None = None
    """Headline, without the name of the publication."""
    description: str | None = None
    """What the page says of itself in a sentence or two; no part of `text`."""
    text: str
    """The article as plain text: paragraphs with a blank line between them."""
    paragraphs: tuple[Paragraph, ...]
    """The same, paragraph by paragraph, each with what it is."""
    authors: tuple[str, ...] = ()
    """Names, without roles and newsrooms."""
    language: str | None = None
    """Of the text, by its ISO 639 code."""
    date_published: datetime | None = None
    """When it was published first."""
    date_modified: datetime | None = None
    """When it was changed last, by its own account."""
    date_crawled: datetime
    """When it was fetched."""
    date_source: DateSource | None = None
    """Where `date_published` was found."""
    date_precision: DatePrecision | None = None
    """How much of a date the page gave; a day stands as its midnight."""
    tz_assumed: bool = False
    """Whether the page gave a time without a zone, which was taken as UTC."""
    section: str | None = None
    """The part of the publication that it stands in."""
    categories: tuple[str, ...] = ()
    """Sections and subjects, as the page names them."""
    tags: tuple[str, ...] = ()
    """Keywords, as the page names them."""
    image: str | None = None
    """Address of the leading picture."""
    images: tuple[Image, ...] = ()
    """Pictures of the article."""
    is_accessible_for_free: bool | None = None
    """Whether it can be read without paying, where the page says so."""
    pagetype: str | None = None
    """The most specific schema.org or Open Graph type that the page declares."""
    word_count: int
    """Words of `text`."""
    content_hash: str
    """Of the words before what the site repeats was taken out: it changes when the page does."""
    fingerprint: str
    """SimHash of the text, 64 bits in hexadecimal: few bits differ between texts that are alike."""
    dup_of: str | None = None
    """`id` of the article that this one repeats."""
    revision: int = 1
    """1, and one more each time that the article has changed."""
    supersedes: str | None = None
    """`content_hash` of the revision that this one replaces."""
    removed: tuple[Removal, ...] | None = None
    """What cleaning took out; null unless it was asked for."""
    source_type: SourceType | None = None
    """What announced it."""
    source_url: str | None = None
    """The feed, sitemap, section page or list that announced it."""
    http_status: int | None = None
    """Of the answer."""
    etag: str | None = None
    """Of the answer."""
    last_modified: str | None = None
    """Of the answer."""
    warc_ref: str | None = None
    """Where the answer lies in an archive."""
    method: str
    """Which extractor spoke: the learnt model, the second opinion, or a site rule."""
    confidence: float
    """0 to 1; an estimate of the share of the text that is right."""
    notes: tuple[str, ...] = ()
    """What the operator should look at, such as a site rule that matched nothing."""
    run_id: str | None = None
    """The run that stored it."""


class Known(Record, frozen=True, kw_only=True):
    """What the state remembers of an article's latest revision, as far as deduplication asks."""

    id: str
    revision: int
    key: str
    """Canonical form of the address it was fetched from."""
    content_hash: str
    fingerprint: str


class Sketch(Record, frozen=True, kw_only=True):
    """A sample of an article's phrases, by which near-duplicates are found (`dedupe.near`)."""

    keys: tuple[int, ...]
    """64 bits with a sign: what the index knows the text by."""
    sample: bytes
    """Hashes of 32 bits, in ascending order."""


class Drop(Record, frozen=True, kw_only=True):
    """A link or page that did not become an article, and why."""

    url: str
    stage: Stage
    reason: Reason
    detail: str = ""
    http_status: int | None = None
    retry_after_s: float | None = None

    @property
    def deferred(self) -> bool:
        """Whether a later run asks again."""
        return self.reason in DEFERRED_REASONS


class Figure(StrEnum):
    """What the health of a source is told by, each against the source's own past."""

    YIELD = "yield"
    """Share of the pages tried that were articles."""
    TEXT_LENGTH = "text_length"
    """Words of the median article."""
    DATES_MISSING = "dates_missing"
    """Share of the articles without a date."""
    AUTHORS_MISSING = "authors_missing"
    """Share of the articles without an author."""
    CHALLENGES = "challenges"
    """Share of the pages tried that asked for a proof that we are human."""
    SAME_TEXT = "same_text"
    """Share of the texts that are the most frequent one."""
    UNREAD = "unread"
    """Share of the feeds, sitemaps and section pages that could not be read."""
    ANNOUNCED = "announced"
    """Links that feeds, sitemaps and section pages announce in a run."""
    FROZEN = "frozen"
    """Hours since the newest announcement."""


class Cause(StrEnum):
    """What most likely lies behind an alarm."""

    LAYOUT_CHANGE = "layout_change"
    """The site has other markup than before; the extractor or a site rule no longer fits."""
    BLOCK = "block"
    """The site refuses us, or asks for a proof that we are human."""
    PAYWALL = "paywall"
    """What was free must now be paid for."""
    DEAD_FEED = "dead_feed"
    """A feed or sitemap is gone, empty, or no longer kept up."""
    SITE_DOWN = "site_down"
    """The site does not answer, or only with errors."""


class Alarm(Record, frozen=True, kw_only=True):
    """A source that does not do as it used to."""

    source: str
    """Name of the source."""
    figure: Figure
    """What has moved."""
    value: float
    """Where it is now, pooled over the newest runs that give enough of it."""
    baseline: float
    """Where it used to be: the median of the source's earlier runs; for `frozen`, the usual gap in hours."""
    count: int
    """Pages, texts or documents that `value` was worked out from."""
    cause: Cause
    """What most likely lies behind it."""


class HostReport(Record, frozen=True, kw_only=True):
    """How a host answered in a run."""

    host: str
    """Its name, with the port where that is not the usual one."""
    requests: int = 0
    """Requests that were sent, retries, redirects and robots.txt included."""
    errors: int = 0
    """Requests that failed or were answered with a status of 400 or above."""
    seconds: float = 0.0
    """Time that its answers took, added up, without the pauses of politeness."""
    failures: dict[str, int] = {}
    """Count by status or by what went wrong."""


class SourceReport(Record, frozen=True, kw_only=True):
    """What a run did for one source: `found == stored + unchanged + dropped + deferred`."""

    name: str
    """As configured, or the host of its first address."""
    found: int = 0
    """Links that the run met, those left over from earlier runs included."""
    fetched: int = 0
    """Pages that were answered with a body."""
    stored: int = 0
    """New and changed articles."""
    unchanged: int = 0
    """Links with nothing new."""
    dropped: dict[str, int] = {}
    """Count by reason."""
    deferred: dict[str, int] = {}
    """Count by reason."""
    words: int = 0
    """Words of the stored articles."""
    notes: int = 0
    """Articles with something to look at, such as a site rule that matched nothing."""
    seconds: float = 0.0
    """Time spent waiting for this source's answers, added up."""
    documents: int = 0
    """Feeds, sitemaps, section pages and lists that were read."""
    failures: tuple[str, ...] = ()
    """Documents that could not be read, each with the reason."""
    fresh_documents: int = 0
    """Documents that were answered in full, and not with "not modified"."""
    announced: int = 0
    """Links in those documents, whether known or not."""
    newest: tuple[datetime, ...] = ()
    """The date of the newest announcement, each time that it moved: the last 20 times, oldest first."""
    tried: int = 0
    """Links whose page the run tried to get, whatever came of it."""
    articles: int = 0
    """Pages tried that were articles: new, changed, the same as before, or the same as another's."""
    revised: int = 0
    """Stored articles that replace an earlier revision."""
    copies: int = 0
    """Stored articles that tell what another one tells: `dup_of` names it."""
    median_words: int | None = None
    """Words of the median stored article."""
    no_date: int = 0
    """Stored articles without a date of publication."""
    no_authors: int = 0
    """Stored articles without an author."""
    challenged: int = 0
    """Pages that asked for a proof that we are human."""
    same_text: int = 0
    """Pages that had the most frequent text; 1 where all differ."""
    removed: dict[str, int] = {}
    """Pieces that cleaning took out of the stored articles, by kind."""
    removed_chars: int = 0
    """Characters of those pieces."""
    skipped: dict[str, int] = {}
    """Records of an archive that are no page, or none that was asked for; count by reason."""


class Report(Record, frozen=True, kw_only=True):
    """One run, as `run.json` and `scraper report` give it."""

    schema_version: int = REPORT_VERSION
    """Rises when a key changes its meaning or goes."""
    run_id: str
    """The time of its start and a random end."""
    started_at: datetime
    """By the clock of the machine, in UTC."""
    ended_at: datetime
    """As above."""
    exit_code: int
    """0 healthy, 1 a threshold was missed, 5 stopped early."""
    stopped: str | None = None
    """Why the run ended early: `signal` or `max_runtime`."""
    missed: tuple[str, ...] = ()
    """Health thresholds that were missed."""
    links: int = 0
    """Links that the run met; each ends as exactly one of the four below."""
    stored: int = 0
    """New and changed articles."""
    unchanged: int = 0
    """Links with nothing new."""
    dropped: int = 0
    """Links that are no articles, for good."""
    deferred: int = 0
    """Links that a later run asks for again."""
    words: int = 0
    """Words of the stored articles."""
    sources: tuple[SourceReport, ...] = ()
    """One for each source of the configuration."""
    parts: tuple[str, ...] = ()
    """Output files that this run added."""
    alarms: tuple[Alarm, ...] = ()
    """Sources that do not do as they used to."""
    requests: int = 0
    """Requests that were sent."""
    hosts: tuple[HostReport, ...] = ()
    """The slowest and the most failing hosts, not all."""
    kind: str = "run"
    """`run`, or `reprocess`: then its sources are archives, and its links the pages in them."""
    skipped: int = 0
    """Records of archives that are no page, or none that was asked for; not among the links."""


class Event(Record, frozen=True, kw_only=True):
    """Something that happened in a run: one log line, one step of a progress bar."""

    at: datetime
    event: str
    """Which; `report.journal.EVENTS` tells what each means."""
    run_id: str
    source: str | None = None
    url: str | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    detail: str | None = None
    count: int | None = None
    """Links of a document or queue, records of an archive, rows of a part."""
    words: int | None = None
    title: str | None = None
