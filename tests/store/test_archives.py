"""How far archives were read, and what is recorded together."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.store import Progress, Store

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HALF = Progress(size=100, offset=40, records=7, here=2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


def test_progress_is_remembered_for_the_work_that_was_done(path: Path) -> None:
    with Store(path) as store:
        assert store.archives.progress("a.warc.gz", "work") is None
        store.archives.advance("a.warc.gz", "work", HALF, run_id="run", now=NOW)
    with Store(path) as store:
        assert store.archives.progress("a.warc.gz", "work") == HALF
        assert store.archives.progress("a.warc.gz", "other work") is None
        assert store.archives.progress("b.warc.gz", "work") is None


def record_both(store: Store, *, fail: bool) -> None:
    with store.together():
        store.begin_run("run", NOW)
        store.archives.advance("a.warc.gz", "work", HALF, run_id="run", now=NOW)
        if fail:
            raise InterruptedError


def test_what_is_recorded_together_is_recorded_whole_or_not_at_all(path: Path) -> None:
    with Store(path) as store:
        with pytest.raises(InterruptedError):
            record_both(store, fail=True)
        assert not store.knows_run("run")
        assert store.archives.progress("a.warc.gz", "work") is None
        record_both(store, fail=False)
        assert store.knows_run("run")
        assert store.archives.progress("a.warc.gz", "work") == HALF
