"""DuckDB, pandas and Polars read what a run publishes, as the manual says."""

import re
from pathlib import Path
from typing import Any

import pytest

import scraper
from scraper.config import Config, OutputConfig
from scraper.publish import Publisher
from scraper.records import Report
from scraper.store import Store
from scraper.web.clock import SystemClock
from tests.outputs.making import HARD
from tests.outputs.test_publishing import put
from tests.store.making import HOUR, MORNING, article

MANUAL = Path(scraper.__file__).parent / "manual" / "outputs.md"
BLOCKS = re.findall(
    r"<!-- reading Parquet, run by a test -->\n```py\n(import (\w+)\n.*?)```",
    MANUAL.read_text(encoding="utf-8"),
    re.DOTALL,
)


@pytest.fixture
def articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """A folder of Parquet in the working directory; how many articles are in it."""
    pytest.importorskip("pyarrow")
    made = (
        *HARD,
        article("long", word_count=500, title="Long", authors=("Ada", "Bo"), date_published=MORNING),
    )
    output = OutputConfig(path="articles", format="parquet", partition="date")
    monkeypatch.chdir(tmp_path)
    with Store(tmp_path / "state.db") as store:
        put(store, *made)
        publisher = Publisher(Config(output=(output,)).checked(), store, "run-1", SystemClock())
        publisher.seal()
        publisher.close(Report(run_id="run-1", started_at=MORNING, ended_at=MORNING + HOUR, exit_code=0))
    return len(made)


def test_the_readme_shows_three_engines() -> None:
    assert [engine for _, engine in BLOCKS] == ["duckdb", "pandas", "polars"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("block", "engine"), BLOCKS, ids=[engine for _, engine in BLOCKS])
def test_an_engine_reads_parquet_as_the_readme_shows(block: str, engine: str, articles: int) -> None:
    library = pytest.importorskip(engine)
    names: dict[str, Any] = {}
    exec(compile(block, MANUAL.name, "exec"), names)  # noqa: S102 - our own text, run as the reader would
    if engine == "duckdb":
        counted = "SELECT count(*), count(date_published) FROM 'articles/**/*.parquet'"
        assert library.sql(counted).fetchall() == [(articles, 2)]
    if engine == "pandas":
        assert set(names["articles"]["title"]) == {'=HYPERLINK("https://evil.example")', "Long"}
        assert str(names["articles"]["date_published"].dtype) == "datetime64[us, UTC]"
    if engine == "polars":
        assert names["authors"].filter(library.col("title") == "Long")["authors"].to_list() == ["Ada", "Bo"]
