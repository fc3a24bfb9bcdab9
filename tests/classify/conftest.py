"""What the tests of verdicts share: a page through metadata, body and verdict, as the corridor does it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from scraper.classify import classify_page, classify_response
from scraper.extract.body import extract_body
from scraper.extract.metadata import extract_metadata
from scraper.records import Page, Verdict
from scraper.web import dom

Classify = Callable[..., Verdict]

URL = "https://www.harbour.example/2025/04/02/the-ferry-returns-to-the-island"


@pytest.fixture
def classify() -> Classify:
    """Classify a page's source as the corridor would."""

    def run(
        html: str, *, url: str = URL, headers: tuple[tuple[str, str], ...] = (), status: int = 200
    ) -> Verdict:
        page = Page(
            url=url,
            body=html.encode(),
            status=status,
            content_type="text/html; charset=utf-8",
            headers=headers,
            fetched_at=datetime(2025, 4, 3, tzinfo=UTC),
        )
        early = classify_response(page)
        if early is not None:
            return early
        tree = dom.parse(html)
        metadata = extract_metadata(tree, html=html, url=url)
        extraction = extract_body(tree, html=html, url=url, metadata=metadata, second_opinion="never")
        return classify_page(page, tree, html=html, metadata=metadata, extraction=extraction, min_words=25)

    return run
