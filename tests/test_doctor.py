"""The doctor: a line for each thing that a run stands on, what is wrong with it, and what to do."""

import asyncio
import json
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper import run_batch
from scraper.cli import run
from scraper.config import Config
from scraper.demo import DemoSite
from scraper.doctor import Check, Level, examine
from scraper.store import locked
from tests.clocks import FakeClock

Write = Callable[..., Path]


@pytest.fixture
def write(site: DemoSite, tmp_path: Path) -> Write:
    """Writes a configuration for the newspaper, with more of it where a test wants."""

    def written(
        *, run: str = "", fetch: str = 'contact = "desk@news.example"', source: str = "", more: str = ""
    ) -> Path:
        path = tmp_path / "news.toml"
        lines = (
            f"[run]\nworkers = 0\n{run}",
            f"[fetch]\nallow_private = true\ndelay_s = 0\nretries = 0\n{fetch}",
            more,
            '[[source]]\nname = "courier"',
            source or f'feeds = ["{site.url}/feed.xml"]',
        )
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return written


def checks(path: Path, clock: FakeClock | None = None) -> list[Check]:
    async def look() -> list[Check]:
        return [check async for check in examine(path, clock=clock)]

    return asyncio.run(look())


def of(name: str, found: list[Check]) -> Check:
    [check] = [check for check in found if check.name == name]
    return check


def test_where_all_is_well_every_check_says_so_and_nothing_is_left_behind(
    write: Write, site: DemoSite, tmp_path: Path
) -> None:
    found = checks(write())
    assert {check.level for check in found} == {Level.OK}
    assert {check.name for check in found} == {
        "config",
        "contact",
        "state",
        "output",
        "disk",
        "source",
        "robots",
        "clock",
    }
    assert "13 links, the newest of 2026-11-13" in of("source", found).detail
    assert {path for _, path, _ in site.requests} == {"/robots.txt", "/feed.xml"}
    assert [file.name for file in tmp_path.iterdir()] == ["news.toml"]


def test_whatever_is_not_well_comes_with_advice(write: Write, site: DemoSite) -> None:
    path = write(fetch="", source=f'feeds = ["{site.url}/nothing"]')
    found = checks(path)
    assert all(check.advice for check in found if check.level is not Level.OK)
    assert of("contact", found).level is Level.WARN
    missing = of("source", found)
    assert missing.level is Level.FAIL
    assert "not found: the server answered 404" in missing.detail
    assert "scraper discover" in missing.advice


@pytest.mark.parametrize(
    "more", ["[clean]\nkeep = ['nonsense']", "[health]\nfail_on = ['nonsense>1']", "[odd]"]
)
def test_a_configuration_that_cannot_be_used_is_all_that_is_told(
    write: Write, site: DemoSite, more: str
) -> None:
    [check] = checks(write(more=more))
    assert (check.name, check.level) == ("config", Level.FAIL)
    assert site.requests == []


def test_a_source_that_announces_nothing_fails(write: Write, tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_text("# none yet\n", encoding="utf-8")
    found = checks(write(source='urls = "urls.txt"'))
    assert [check.detail for check in found if check.level is Level.FAIL] == ["courier: announces no article"]


def test_a_page_that_is_no_feed_fails(write: Write, site: DemoSite) -> None:
    check = of("source", checks(write(source=f'feeds = ["{site.url}/archive/lighthouse.html"]')))
    assert check.level is Level.FAIL
    assert "not a feed" in check.detail


def test_a_host_that_does_not_answer_fails(write: Write) -> None:
    check = of("source", checks(write(source='feeds = ["http://127.0.0.1:1/feed.xml"]')))
    assert check.level is Level.FAIL
    assert "Try again later" in check.advice


def test_robots_txt_that_forbids_what_is_announced_is_told(write: Write, site: DemoSite) -> None:
    check = of("robots", checks(write(source=f'urls = ["{site.url}/private/editors-notes"]')))
    assert check.level is Level.WARN
    assert "robots.txt forbids" in check.detail


def test_the_state_is_looked_into(write: Write) -> None:
    path = write()
    run_batch(Config.from_file(path))
    found = checks(path)
    assert of("lock", found).level is Level.OK
    assert "6 articles, 1 link waiting" in of("state", found).detail
    with locked(path.parent / "state.db"):
        assert of("lock", checks(path)).level is Level.WARN


def test_a_damaged_state_fails(write: Write, tmp_path: Path) -> None:
    (tmp_path / "state.db").write_bytes(b"this is no database, whatever its name says" * 100)
    check = of("state", checks(write()))
    assert check.level is Level.FAIL
    assert "damaged" in check.detail


def test_parts_without_their_state_fail(write: Write, tmp_path: Path) -> None:
    path = write()
    run_batch(Config.from_file(path))
    for file in tmp_path.glob("state.db*"):
        file.unlink()
    assert of("output", checks(path)).level is Level.FAIL


def test_every_output_is_looked_at_and_nothing_is_left_in_it(write: Write, tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    more = "".join(
        f'[[output]]\npath = "{path}"\n'
        for path in (
            "articles",
            "all.csv",
            "news.db",
            "memory://doctor/articles",
            "memory://doctor/all.jsonl",
        )
    )
    found = [check for check in checks(write(more=more)) if check.name == "output"]
    assert [check.level for check in found] == [Level.OK] * 5
    assert [file.name for file in tmp_path.iterdir()] == ["news.toml"]


def test_an_output_that_cannot_be_reached_fails(write: Write, tmp_path: Path) -> None:
    (tmp_path / "news.db").write_text(
        "not a database, and long enough to look like one" * 20, encoding="utf-8"
    )
    check = of("output", checks(write(more='[[output]]\npath = "news.db"\n')))
    assert check.level is Level.FAIL
    assert "news.db: cannot be written: file is not a database" in check.detail


def test_a_library_that_is_missing_is_named_with_its_extra(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    for missing in ("pyarrow", "fsspec", "psycopg"):
        monkeypatch.setitem(sys.modules, missing, None)
    for module in ("parquet", "postgresql"):
        monkeypatch.delitem(sys.modules, f"scraper.outputs.{module}", raising=False)
    for path, extra in (("a.parquet", "parquet"), ("s3://b/a", "s3"), ("postgresql://h/d", "postgres")):
        check = of("config", checks(write(more=f'[[output]]\npath = "{path}"\n')))
        assert check.level is Level.FAIL
        assert f"pip install '.[{extra}]'" in check.detail


def test_a_place_that_cannot_be_written_fails(write: Write) -> None:
    # Even the superuser makes no file there.
    found = checks(write(run='metrics = "/proc/scraper/run.prom"\nstate = "/proc/scraper/state.db"'))
    assert of("metrics", found).level is Level.FAIL
    assert of("state", found).level is Level.FAIL


@pytest.mark.parametrize(("free", "level"), [(2**40, Level.OK), (2**30, Level.WARN), (2**20, Level.FAIL)])
def test_a_disk_that_runs_full_is_told(
    write: Write, monkeypatch: pytest.MonkeyPatch, free: int, level: Level
) -> None:
    usage = shutil.disk_usage("/")._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert of("disk", checks(write())).level is level


@pytest.mark.parametrize(
    ("ahead", "level"),
    [
        (timedelta(seconds=5), Level.OK),
        (timedelta(minutes=5), Level.WARN),
        (timedelta(days=-1), Level.FAIL),
    ],
)
def test_the_clock_is_held_against_those_of_the_servers(write: Write, ahead: timedelta, level: Level) -> None:
    class Ahead(FakeClock):
        def now(self) -> datetime:
            return datetime.now(UTC) + ahead

    assert of("clock", checks(write(), Ahead())).level is level


def test_the_verb_prints_a_line_each_and_ends_with_1_where_something_fails(
    write: Write, site: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["doctor", str(write())]) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[0].startswith("ok    config")
    assert shown.err == "8 checks, 0 failed, 0 warnings\n"
    assert run(["doctor", str(write(source=f'feeds = ["{site.url}/nothing"]')), "--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["level"] for line in lines} == {"ok", "fail", "warn"}


def test_one_of_a_thing_is_told_as_one(write: Write) -> None:
    [detail] = [check.detail for check in checks(write()) if check.name == "config"]
    assert detail.endswith(": 1 source, 1 output")
