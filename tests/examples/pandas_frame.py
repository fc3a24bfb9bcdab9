"""Articles as a data frame: from pages in memory, or from the JSON lines that a run has published."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import pandas as pd

from scraper import Article, extract_article
from scraper.demo import DemoSite

PATHS = ("/news/tram-line-nine-15384", "/de/deich-waechst-streit", "/topics/harbour/")


def rows(pages: Iterable[tuple[str, bytes]]) -> Iterator[dict[str, Any]]:
    """A row for each page that is an article."""
    for url, html in pages:
        outcome = extract_article(html, url)
        if isinstance(outcome, Article):
            yield msgspec.structs.asdict(outcome)


with DemoSite() as site:
    frame = pd.DataFrame(rows((site.url + path, site.answer(path).body) for path in PATHS))

print(frame[["language", "title", "word_count", "date_published"]].to_string())
print(frame.groupby("language")["word_count"].sum())
# What a run has published is read with pd.read_json("articles/part-….jsonl", lines=True).
