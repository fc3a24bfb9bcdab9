"""A run that is killed while it publishes leaves every medium so that the next run makes it good."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from scraper.records import Article
from tests.faults import bench as benches
from tests.faults.bench import Bench, Scene
from tests.faults.runner import Plan
from tests.faults.syscalls import unavailable
from tests.outputs import reading

MEMORY = Path("/dev/shm")  # noqa: S108 - each bench makes a folder of its own there
MORE = """
[[output]]
path = "hive"
format = "parquet"
partition = "source"

[[output]]
path = "all.parquet"

[[output]]
path = "texts"
format = "text"

[[output]]
path = "news.db"
"""
PUBLISHING = ("hive", "all.parquet", "texts", "news.db")
TRIALS = 3


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    pytest.importorskip("pyarrow")
    missing = unavailable()
    if missing:
        pytest.skip(missing)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(benches, "CONFIG", benches.CONFIG.replace("[[source]]", f"{MORE}\n[[source]]", 1))
        with Bench(folder=MEMORY if os.access(MEMORY, os.W_OK) else None) as made:
            yield made


def held(folder: Path) -> dict[str, Sequence[object]]:
    """What each medium has, without the ids of runs."""

    def plain(articles: list[Article]) -> Sequence[object]:
        same = (msgspec.structs.replace(each, run_id=None) for each in articles)
        return sorted(msgspec.json.encode(each).decode() for each in same)

    parts = sorted((folder / "hive").rglob("part-*"))
    texts = sorted(path for path in (folder / "texts").rglob("*") if path.is_file())
    return {
        "hive": plain([each for part in parts for each in reading.from_parquet(part)]),
        "all.parquet": plain(reading.from_parquet(folder / "all.parquet")),
        "texts": [(path.name, path.read_text(encoding="utf-8")) for path in texts],
        "news.db": plain(reading.from_sqlite(folder / "news.db")),
    }


def test_what_a_killed_run_left_is_made_good(bench: Bench) -> None:
    folder = bench.folder(Scene.SECOND)
    ran = bench.run(folder, watched=True)
    assert ran.code == 0, ran.said
    ought = held(folder)
    assert all(ought.values())
    points = [
        number for number, call in enumerate(ran.calls, 1) if any(f" {name}" in call for name in PUBLISHING)
    ]
    assert len(points) > TRIALS
    for point in points[:: len(points) // TRIALS]:
        folder = bench.folder(Scene.SECOND)
        assert bench.run(folder, Plan(kill_at=point)).hit
        bench.until_done(folder)
        assert held(folder) == ought, ran.calls[point - 1]
