"""Publishing exactly once: what is stored goes into every output, and a repeat changes nothing."""

import gc
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.config import Config, OutputConfig
from scraper.errors import OutputError
from scraper.outputs import Folder, LocalPlace
from scraper.publish import PART_ROWS, Publisher, as_row
from scraper.records import Report
from scraper.store import Store
from scraper.web.clock import SystemClock
from tests.store.making import HOUR, MORNING, store_article


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "state.db") as opened:
        yield opened


def publisher(store: Store, *paths: Path) -> Publisher:
    config = Config(output=tuple(OutputConfig(path=str(path)) for path in paths)).checked()
    return Publisher(config, store, "run-1", SystemClock())


def parts(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("part*"))


def ids(file: Path) -> list[str]:
    content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return [json.loads(line)["id"] for line in content.splitlines()]


def test_every_output_gets_every_article_once(store: Store, tmp_path: Path) -> None:
    folder, file = tmp_path / "articles", tmp_path / "all.jsonl.gz"
    publish = publisher(store, folder, file)
    store_article(store, "a")
    store_article(store, "b")
    assert [rows for _, rows in publish.seal()] == [2, 2]
    assert publish.seal() == []
    store_article(store, "c")
    assert [rows for _, rows in publish.seal()] == [1, 1]
    assert [ids(folder / name) for name in parts(folder)] == [["id of a", "id of b"], ["id of c"]]
    assert ids(file) == ["id of a", "id of b", "id of c"]


def test_an_output_that_is_added_later_gets_what_was_stored_before(store: Store, tmp_path: Path) -> None:
    store_article(store, "a")
    publisher(store, tmp_path / "old").seal()
    publisher(store, tmp_path / "old", tmp_path / "new").seal()
    assert parts(tmp_path / "old") == parts(tmp_path / "new")


def test_a_part_that_a_killed_run_did_not_record_comes_out_the_same(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    store_article(store, "a")
    rows = store.articles.unpublished(str(folder), limit=PART_ROWS)
    [left] = Folder(LocalPlace(folder), state_id=store.id).seal(map(as_row, rows))
    before = (folder / left.name).read_bytes()

    publish = publisher(store, folder)
    assert publish.seal() == [(str(folder / left.name), 1)]
    publish.clear_unknown()
    assert parts(folder) == [left.name]
    assert (folder / left.name).read_bytes() == before


def test_what_the_state_does_not_know_is_cleared(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    publish = publisher(store, folder)
    store_article(store, "a")
    publish.seal()
    [known] = parts(folder)
    (folder / "part.tmp").touch()
    (folder / "part-000000009-0.jsonl").touch()
    publish.clear_unknown()
    assert parts(folder) == [known]


def test_the_report_lies_beside_what_was_published(store: Store, tmp_path: Path) -> None:
    folder, file = tmp_path / "articles", tmp_path / "all.jsonl"
    publish = publisher(store, folder, file)
    publish.open()
    complete = Report(run_id="run-1", started_at=MORNING, ended_at=MORNING + HOUR, exit_code=0)
    publish.close(complete)
    for report in (folder / "run.json", tmp_path / "all.jsonl.run.json"):
        assert json.loads(report.read_bytes())["run_id"] == "run-1"
    assert (folder / "_SUCCESS").read_text(encoding="ascii") == "run-1\n"


def test_a_run_that_ended_early_is_no_success(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    publish = publisher(store, folder)
    (folder / "_SUCCESS").touch()
    publish.open()
    stopped = Report(
        run_id="run-1", started_at=MORNING, ended_at=MORNING + HOUR, exit_code=5, stopped="signal"
    )
    publish.close(stopped)
    assert not (folder / "_SUCCESS").exists()
    assert (folder / "run.json").exists()


def test_an_output_that_cannot_be_written_leaves_no_query_open(
    store: Store, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    folder = tmp_path / "articles"
    publish = publisher(store, folder)
    store_article(store, "a")
    store_article(store, "b")
    (folder / "part.tmp").mkdir()
    with pytest.raises(OutputError, match="Is a directory"):
        publish.seal()
    store.close()
    gc.collect()
    assert not recwarn.list
