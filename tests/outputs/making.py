"""Articles for outputs: any that a record may be, and some with what usually breaks a format."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import strategies as st

from scraper.outputs import Row
from scraper.records import Article, Image, Paragraph, Removal, SourceType
from tests.store.making import article
from tests.test_records import instances

HARD = (
    article("plain"),
    article(
        "full",
        title='=HYPERLINK("https://evil.example")',
        description="-1+1\r\nwith, commas; \"quotes\" and 'more'",
        text="First.\n\nSecond\u2028line, 東京 \U0001f469\u200d\U0001f680.\n\nThird.",
        paragraphs=(Paragraph(type="p", text="First."), Paragraph(type="h2", text="@Second")),
        authors=("Ada Marsh", "", "'=Bo"),
        categories=(),
        tags=("null", "[]"),
        images=(Image(url="https://news.example/a.jpg", caption="", credit=None, alt="\tx"),),
        removed=(Removal(rule="r", kind="k", text="Sign up", offset=3, score=0.25),),
        date_published=datetime(2026, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC),
        date_modified=datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
        is_accessible_for_free=False,
        tz_assumed=True,
        source_type=SourceType.NEWS_SITEMAP,
        word_count=2**63 - 1,
        http_status=-(2**63),
        confidence=0.1,
    ),
    article(
        "empty", text="", title="", sitename="'", section="''=1", etag="\t", language="\uff1d1", removed=()
    ),
)
"""With the characters, numbers and times at which formats break."""


def articles() -> st.SearchStrategy[list[Any]]:
    """Some articles with ids of their own."""
    return st.lists(instances(Article), max_size=4, unique_by=lambda made: made.id)


def rows(*made: Article, first: int = 1, source: str = "Courier") -> list[Row]:
    return [Row(seq, msgspec.json.encode(each), source) for seq, each in enumerate(made, first)]


def records(*made: Article) -> list[bytes]:
    return [msgspec.json.encode(each) for each in made]
