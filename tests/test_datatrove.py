"""The blocks in a real pipeline of datatrove: pages in, clean text out, each drop with its reason."""

from pathlib import Path
from typing import Any

import pytest

from scraper.errors import ConfigError
from tests import warcs

pytestmark = pytest.mark.filterwarnings("ignore")
data = pytest.importorskip("datatrove.data", reason="the `datatrove` extra is not installed")
executor = pytest.importorskip("datatrove.executor")
readers = pytest.importorskip("datatrove.pipeline.readers")
writers = pytest.importorskip("datatrove.pipeline.writers")
pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")
blocks = pytest.importorskip("scraper.datatrove")

PLACES = ("Saltmere", "Dunfold", "Easterwick")
FORM = "<form class='newsletter'><p>Sign up for our newsletter and never miss a story.</p></form>"
NOTHING = "<html><body><p>Nothing here.</p></body></html>"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Three articles, and a page that is none."""
    documents: list[dict[str, Any]] = [
        {
            "id": place,
            "text": warcs.article(place).replace("</article>", f"{FORM}</article>"),
            "url": f"https://news.example/{place.lower()}",
            "date": "2026-03-01T00:00:00Z",
        }
        for place in PLACES
    ]
    documents.append({"id": "none", "text": NOTHING, "url": None, "date": None})
    folder = tmp_path / "pages"
    folder.mkdir()
    parquet.write_table(pa.Table.from_pylist(documents), folder / "pages.parquet")
    return folder


def run(*steps: Any, folder: Path) -> list[dict[str, int]]:
    """Carry a pipeline out; returns the totals of each of its blocks."""
    stats = executor.LocalPipelineExecutor(list(steps), tasks=1, logging_dir=str(folder / "logs")).run()
    return [totals(each) for each in stats.stats]


def totals(stats: Any) -> dict[str, int]:
    return {name: stat.total for name, stat in stats.stats.items()}


def written(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parquet.read_table(folder).to_pylist()
    return found


def test_the_extractor_takes_the_place_of_another_in_a_pipeline(pages: Path, tmp_path: Path) -> None:
    excluded = writers.ParquetWriter(str(tmp_path / "excluded"))
    stats = run(
        readers.ParquetReader(str(pages)),
        blocks.ScraperExtractor(exclusion_writer=excluded),
        writers.ParquetWriter(str(tmp_path / "articles")),
        folder=tmp_path,
    )
    found = written(tmp_path / "articles")
    assert [each["id"] for each in found] == list(PLACES)
    assert all("<" not in each["text"] and "newsletter" not in each["text"] for each in found)
    assert found[0]["text"].startswith("The council of Saltmere decided on Tuesday")
    assert found[0]["text"].count("\n\n") == 3
    assert found[0]["metadata"]["title"] == "Road of Saltmere to close"
    assert found[0]["metadata"]["url"] == "https://news.example/saltmere"
    [dropped] = written(tmp_path / "excluded")
    reason = dropped["metadata"]["filter_reason"]
    counted = stats[1]
    assert dropped["id"] == "none"
    assert (counted["total"], counted["forwarded"], counted["dropped"]) == (4, 3, 1)
    assert counted[f"dropped_{reason}"] == 1


def test_the_cleaner_takes_texts_of_others(tmp_path: Path) -> None:
    line = "Sign up for our daily newsletter"
    document = data.Document(text=f"The council met.\n\n{line}\n\nIt will meet again in May.", id="1")
    stats = run(
        [document], blocks.ScraperCleaner(), writers.ParquetWriter(str(tmp_path / "texts")), folder=tmp_path
    )
    [found] = written(tmp_path / "texts")
    assert found["text"] == "The council met.\n\nIt will meet again in May."
    assert stats[-2]["removed_newsletter"] == len(line)


def test_a_page_that_takes_too_long_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    extractor = blocks.ScraperExtractor(timeout=0.5)
    monkeypatch.setattr(blocks.ScraperExtractor, "examine", _examined_for_ever)
    documents = [data.Document(text=text, id=text) for text in ("for ever", "at once")]
    assert [each.id for each in extractor.run(documents)] == ["at once"]
    assert totals(extractor.stats)["dropped_timeout"] == 1


def _examined_for_ever(_: object, html: str, *_more: str) -> tuple[str, dict[str, Any]]:
    while html == "for ever":
        pass
    return html, {}


def test_by_itself_the_extractor_gives_text_or_nothing() -> None:
    assert blocks.ScraperExtractor().extract(warcs.article("Hartle")).startswith("The council of Hartle")
    assert blocks.ScraperExtractor().extract(NOTHING) == ""


def test_a_key_that_records_do_not_have_is_refused() -> None:
    with pytest.raises(ConfigError, match="headline"):
        blocks.ScraperExtractor(metadata=["headline"])
