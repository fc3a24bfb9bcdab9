"""What the health of a source is told by: how figures are worked out, how far they may move, their names."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import msgspec

from scraper.records import Alarm, Cause, Figure, Reason, Record, SourceReport

MIN_DOCUMENTS = 3
"""Feeds and the like, or runs that read some, that a figure about them is worked out from."""


class Counts(msgspec.Struct, gc=False):
    """What the health of a source asks of an earlier report."""

    name: str
    stored: int
    dropped: dict[str, int]
    deferred: dict[str, int]
    documents: int
    failures: tuple[str, ...]
    newest: msgspec.Raw
    """Read only when it is wanted, which is once for all runs."""
    fresh_documents: int
    announced: int
    tried: int
    articles: int
    median_words: int | None
    no_date: int
    no_authors: int
    challenged: int
    same_text: int


class Measure(Record, frozen=True, kw_only=True):
    """How a figure is worked out, and how far it may move."""

    part: Callable[[SourceReport | Counts], float]
    whole: Callable[[SourceReport | Counts], float]
    falls: bool = False
    """Whether it is low that is bad."""
    by_chance: bool = True
    """Whether it varies with each page, as in drawing lots; a feed that fails does so for a reason."""
    margin: float = 0.3
    """How much a share may rise."""
    remains: float = 0.5
    """How much of the baseline is to be left of what falls."""
    at_least: int | None = None
    """Size of a pool, where it is not `min_pages`."""


def _texts(source: SourceReport | Counts) -> int:
    copies = (Reason.DUPLICATE_TEXT, Reason.DUPLICATE_NEAR)
    return source.stored + sum(source.dropped.get(reason, 0) for reason in copies)


MEASURES: Mapping[Figure, Measure] = MappingProxyType(
    {
        Figure.YIELD: Measure(part=lambda s: s.articles, whole=lambda s: s.tried, falls=True),
        Figure.TEXT_LENGTH: Measure(
            part=lambda s: (s.median_words or 0) * s.stored,
            whole=lambda s: s.stored,
            falls=True,
            by_chance=False,
        ),
        Figure.DATES_MISSING: Measure(part=lambda s: s.no_date, whole=lambda s: s.stored),
        Figure.AUTHORS_MISSING: Measure(part=lambda s: s.no_authors, whole=lambda s: s.stored),
        Figure.CHALLENGES: Measure(part=lambda s: s.challenged, whole=lambda s: s.tried, margin=0.2),
        Figure.SAME_TEXT: Measure(
            part=lambda s: min(s.same_text, _texts(s)) if s.same_text > 1 else 0, whole=_texts
        ),
        Figure.UNREAD: Measure(
            part=lambda s: len(s.failures),
            whole=lambda s: s.documents + len(s.failures),
            margin=0.5,
            by_chance=False,
            at_least=MIN_DOCUMENTS,
        ),
        Figure.ANNOUNCED: Measure(
            part=lambda s: s.announced,
            # A run in which something was read afresh; which documents these are differs from run to run.
            whole=lambda s: min(1, s.fresh_documents),
            falls=True,
            remains=0.1,
            by_chance=False,
            at_least=MIN_DOCUMENTS,
        ),
    }
)

CAUSES: Mapping[Cause, frozenset[Reason]] = MappingProxyType(
    {
        Cause.BLOCK: frozenset(
            {Reason.CHALLENGE, Reason.CLIENT_ERROR, Reason.RATE_LIMITED, Reason.CONSENT_WALL}
        ),
        Cause.PAYWALL: frozenset({Reason.PAYWALL_STUB, Reason.LOGIN}),
        Cause.DEAD_FEED: frozenset({Reason.NOT_FOUND, Reason.SOFT_404}),
        Cause.SITE_DOWN: frozenset(
            {
                Reason.SERVER_ERROR,
                Reason.TIMEOUT,
                Reason.CONNECTION_FAILED,
                Reason.HOST_UNAVAILABLE,
                Reason.ROBOTS_UNREACHABLE,
                Reason.ERROR_PAGE,
            }
        ),
        Cause.LAYOUT_CHANGE: frozenset(
            {Reason.LISTING, Reason.TOO_SHORT, Reason.EMPTY, Reason.GALLERY_OR_VIDEO, Reason.NOT_HTML}
        ),
    }
)
"""Which reasons speak for what."""

UNITS: Mapping[Figure, str] = MappingProxyType(
    {Figure.TEXT_LENGTH: "words", Figure.ANNOUNCED: "links", Figure.FROZEN: "hours"}
)
"""Of the figures that are no share."""

WORDING: Mapping[Figure, str] = MappingProxyType(
    {
        Figure.YIELD: "share of the pages that are articles",
        Figure.TEXT_LENGTH: "length of the median article",
        Figure.DATES_MISSING: "share of articles without a date",
        Figure.AUTHORS_MISSING: "share of articles without an author",
        Figure.CHALLENGES: "share of the pages that ask for a proof that we are human",
        Figure.SAME_TEXT: "share of the pages with one and the same text",
        Figure.UNREAD: "share of the feeds, sitemaps and sections that cannot be read",
        Figure.ANNOUNCED: "links that feeds, sitemaps and sections announce in a run",
        Figure.FROZEN: "time since the newest announcement",
    }
)


def amount(figure: Figure, value: float) -> str:
    """A value of a figure, as one says it: 12 %, 340 words, 4.2 days."""
    if figure is Figure.FROZEN:
        return f"{value / 24:.1f} days" if value >= 48 else f"{value:.1f} hours"  # noqa: PLR2004 - two days
    if figure in UNITS:
        return f"{value:,.0f} {UNITS[figure]}"
    return f"{value * 100:.0f} %"


def described(alarm: Alarm) -> str:
    """An alarm in a line."""
    usual = "usual gap" if alarm.figure is Figure.FROZEN else "usually"
    return (
        f"{alarm.source}: {WORDING[alarm.figure]}: {amount(alarm.figure, alarm.value)}, "
        f"{usual} {amount(alarm.figure, alarm.baseline)}; likely cause: {alarm.cause.replace('_', ' ')}"
    )
