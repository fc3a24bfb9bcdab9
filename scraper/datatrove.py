"""Blocks for pipelines of datatrove: an extractor in place of Trafilatura's, and a cleaner of texts.

pipeline = [WarcReader("crawl/"), ScraperExtractor(), LanguageFilter(), JsonlWriter("articles/")]
"""

import contextlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from scraper.backends import work
from scraper.clean import clean_text
from scraper.errors import ConfigError
from scraper.page import PageOptions
from scraper.records import Article, Page
from scraper.web.addresses import needed
from scraper.web.times import parse_time
from scraper.web.urls import absolute

_base: Any = needed("datatrove.pipeline.extractors.base", extra="datatrove", what="scraper.datatrove")
_formatters: Any = needed("datatrove.pipeline.formatters.base", extra="datatrove", what="scraper.datatrove")

METADATA = (
    "title",
    "authors",
    "date_published",
    "date_modified",
    "language",
    "sitename",
    "canonical_url",
    "is_accessible_for_free",
    "content_hash",
)
"""Keys of the record that documents get, where they are known."""
TIMEOUT_S = 30.0


class ScraperExtractor(_base.BaseExtractor):  # type: ignore[misc]  # Any, as far as the type check knows
    """HTML documents to the clean text of the article in them; what is no article is dropped.

    Each reason for a drop is a statistic (`dropped_listing`, `dropped_paywall_stub`, …). `url` and `date` of
    a document are made use of where its reader gives them, as that of WARC files does.
    """

    name = "📰 news-scraper"

    def __init__(
        self,
        timeout: float = TIMEOUT_S,
        *,
        options: PageOptions | None = None,
        metadata: Iterable[str] = METADATA,
        exclusion_writer: Any = None,  # noqa: ANN401 - a DiskWriter
    ) -> None:
        """Prepare the block.

        Args:
            timeout: Seconds that a document may take.
            options: How to extract and clean.
            metadata: Keys of the record to put into each document's metadata.
            exclusion_writer: A writer for what is dropped, with `filter_reason` in the metadata.

        Raises:
            ConfigError: `metadata` names a key that records do not have.
        """
        super().__init__(timeout)
        self.options = options or PageOptions()
        self.metadata = tuple(metadata)
        self.exclusion_writer = exclusion_writer
        unknown = set(self.metadata) - set(Article.__struct_fields__)
        if unknown:
            raise ConfigError(f"metadata: records have no key {', '.join(sorted(unknown))}")

    def extract(self, text: str) -> str:
        """The text of the article in a page; nothing where there is none."""
        found, _ = self.examine(text)
        return found

    def examine(self, html: str, url: str = "", date: str = "") -> tuple[str, dict[str, Any]]:
        """Text and metadata of the article in a page; no text and the `filter_reason` where there is none."""
        page = Page(
            url=absolute(url, url) or "",
            body=html.encode("utf-8", "replace"),
            content_type="text/html; charset=utf-8",
            fetched_at=parse_time(date) or datetime.now(UTC),
        )
        outcome = work(page, self.options, ())
        if not isinstance(outcome, Article):
            return "", {"filter_reason": str(outcome.reason)}
        known = msgspec.to_builtins({key: getattr(outcome, key) for key in self.metadata})
        return outcome.text, {key: value for key, value in known.items() if value not in (None, [], ())}

    def run(self, data: Iterable[Any], rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        """Pass on the documents that are articles, as text."""
        del world_size
        # What takes long to load is there before the sandbox begins, which would count it as a page's time.
        self.examine("")
        writer = self.exclusion_writer or contextlib.nullcontext()
        with writer as excluded, _base.ExtractorSandbox(timeout=self.timeout, warmup_text="") as sandbox:
            for document in data:
                self.stat_update("total")
                with self.track_time():
                    text, found = self._sandboxed(sandbox, document)
                document.metadata |= found
                if text:
                    document.text = text
                    self.stat_update("forwarded")
                    self.update_doc_stats(document)
                    yield document
                    continue
                self.stat_update("dropped", f"dropped_{found['filter_reason']}")
                if excluded is not None:
                    excluded.write(document, rank)

    def _sandboxed(self, sandbox: Any, document: Any) -> tuple[str, dict[str, Any]]:  # noqa: ANN401 - datatrove's
        url, date = (str(document.metadata.get(key) or "") for key in ("url", "date"))
        try:
            page = (document.text, url, date)
            found: tuple[str, dict[str, Any]] = sandbox.process_document(page, self.examine)
        except TimeoutError:
            return "", {"filter_reason": "timeout"}
        except EOFError:
            return "", {"filter_reason": "broken_process"}
        return found


class ScraperCleaner(_formatters.BaseFormatter):  # type: ignore[misc]  # as above
    """Texts without boilerplate: what was extracted by others, or never was HTML."""

    name = "🧹 news-scraper"

    def __init__(self, keep: Iterable[str] = ()) -> None:
        """`keep` names kinds of boilerplate to leave in."""
        super().__init__()
        self.keep = tuple(keep)

    def format(self, text: str) -> str:
        """The text without its boilerplate; what went is counted by its kind."""
        cleaned = clean_text(text, keep=self.keep)
        for removal in cleaned.removed:
            self.stat_update(f"removed_{removal.kind}", value=len(removal.text), unit="chars")
        return cleaned.text
