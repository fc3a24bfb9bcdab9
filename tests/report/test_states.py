"""`scraper report` and `scraper status` over the states of shards: one report of all, and a line for each."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scraper.cli import run
from scraper.demo import DemoSite
from scraper.records import Report, SourceReport
from scraper.shards import states_of_shards
from scraper.store import Store
from tests.report.making import run as made
from tests.report.making import source

Out = pytest.CaptureFixture[str]
Write = Callable[..., None]
SHARDS = 3


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    path = tmp_path / "news.toml"
    path.write_text('[[source]]\nname = "a"\nurls = ["https://a.example/"]\n', encoding="utf-8")
    return path


def remember(state: Path, *reports: Report) -> None:
    """A state in which these runs have ended."""
    with Store(state) as store:
        for report in reports:
            store.begin_run(report.run_id, report.started_at)
            store.end_run(report)


def shard(folder: Path, index: int, count: int = SHARDS) -> Path:
    return folder / f"state.{index}-of-{count}.db"


@pytest.fixture
def shards(tmp_path: Path, toml: Path) -> Path:
    """Three shards that have run on two days; a list of addresses is in all of them."""
    for index in range(SHARDS):
        days = [
            made(
                day,
                source(f"site-{index}", found=30 + day, stored=30 + day),
                source("list", found=10, stored=4, dropped={"listing": 6}),
                run_id=f"2026030{day + 1}T06000{index}Z-abcdef",
                dropped=6,
                links=40 + day,
                stored=34 + day,
            )
            for day in range(2)
        ]
        remember(shard(tmp_path, index), *days)
    return toml


def told(capsys: Out, *arguments: str) -> Any:
    assert run([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


# ---- report ------------------------------------------------------------------------------------------


def test_the_last_run_of_each_shard_is_one_report(shards: Path, capsys: Out) -> None:
    report = told(capsys, "report", "-c", str(shards))
    assert report["run_id"] == "20260302T060000Z-of-3"
    assert (report["links"], report["stored"], report["dropped"]) == (123, 105, 18)
    found = {each["name"]: each["found"] for each in report["sources"]}
    assert found == {"site-0": 31, "site-1": 31, "site-2": 31, "list": 30}
    assert (report["exit_code"], report["missed"]) == (0, [])


def test_a_run_is_named_by_what_its_ids_begin_with(shards: Path, capsys: Out) -> None:
    first = told(capsys, "report", "20260301", "-c", str(shards))
    assert (first["run_id"], first["links"]) == ("20260301T060000Z-of-3", 120)
    one = told(capsys, "report", "20260302T060001Z", "-c", str(shards))
    assert {each["name"] for each in one["sources"]} == {"site-1", "list"}
    assert run(["report", "20010101", "-c", str(shards)]) == 2


def test_thresholds_hold_for_the_sum(shards: Path, capsys: Out) -> None:
    text = shards.read_text(encoding="utf-8")
    shards.write_text(f'[health]\nfail_on = ["links<100"]\n{text}', encoding="utf-8")
    assert told(capsys, "report", "-c", str(shards))["exit_code"] == 0
    shards.write_text(f'[health]\nfail_on = ["links<200"]\n{text}', encoding="utf-8")
    assert told(capsys, "report", "-c", str(shards))["exit_code"] == 1


def test_a_shard_that_has_not_run_or_cannot_be_read_is_named(
    shards: Path, tmp_path: Path, capsys: Out
) -> None:
    shard(tmp_path, 0).unlink()
    shard(tmp_path, 1).write_bytes(b"This was a state. " * 400)
    report = told(capsys, "report", "-c", str(shards))
    assert (report["links"], report["exit_code"]) == (41, 1)
    assert report["missed"][0] == "shard 0/3: no run has ended yet"
    assert report["missed"][1].startswith("shard 1/3: ")
    assert "not a database" in report["missed"][1]
    assert run(["report", "-c", str(shards)]) == 0
    assert "shard 0/3: no run has ended yet" in capsys.readouterr().out


def test_where_no_state_can_be_read_it_is_told(shards: Path, tmp_path: Path, capsys: Out) -> None:
    for index in range(SHARDS):
        shard(tmp_path, index).write_bytes(b"This was a state. " * 400)
    assert run(["report", "-c", str(shards)]) == 3
    assert "state.0-of-3.db" in capsys.readouterr().err


def test_the_page_shows_the_runs_of_all_shards(shards: Path, capsys: Out) -> None:
    assert run(["report", "-c", str(shards), "--html"]) == 0
    page = capsys.readouterr().out
    for text in ("20260302T060000Z-of-3", "site-0", "site-1", "site-2"):
        assert text in page


def test_archives_that_were_not_read_to_their_end_are_told_of_all_shards(
    toml: Path, tmp_path: Path, capsys: Out
) -> None:
    for index in range(2):
        lost = ("gone away",) if index else ()
        one = SourceReport(name=f"{index}.warc.gz", found=3, stored=3, failures=lost)
        report = made(0, one, kind="reprocess", missed=lost, exit_code=len(lost))
        remember(shard(tmp_path, index, 2), report)
    report = told(capsys, "report", "-c", str(toml))
    assert (report["kind"], report["exit_code"]) == ("reprocess", 1)
    assert report["missed"] == ["not read to its end: gone away"]


# ---- which states ------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["report", "status"])
def test_one_shard_can_be_asked_for(verb: str, shards: Path, capsys: Out) -> None:
    found = told(capsys, verb, "-c", str(shards), "--shard", "1/3")
    names = [each["name"] for each in found["runs"][0]["sources"]] if verb == "status" else None
    assert (names or [each["name"] for each in found["sources"]]) == ["site-1", "list"]
    assert run([verb, "-c", str(shards), "--shard", "1/4"]) == 2
    assert run([verb, "-c", str(shards), "--shard", "4/3"]) == 2


def test_a_configured_shard_is_the_one_that_is_shown(shards: Path, capsys: Out) -> None:
    text = shards.read_text(encoding="utf-8")
    shards.write_text(f'[run]\nshard = "2/3"\n{text}', encoding="utf-8")
    assert told(capsys, "report", "-c", str(shards))["run_id"].startswith("20260302T060002Z")


def test_what_ran_last_is_shown_where_the_number_of_shards_has_changed(
    shards: Path, tmp_path: Path, capsys: Out
) -> None:
    remember(tmp_path / "state.db", made(0, source("alone")))
    remember(shard(tmp_path, 0, 2), made(5, source("half")))
    assert [each["name"] for each in told(capsys, "report", "-c", str(shards))["sources"]] == ["half"]
    remember(tmp_path / "state.db", made(6, source("alone")))
    assert [each["name"] for each in told(capsys, "report", "-c", str(shards))["sources"]] == ["alone"]
    assert told(capsys, "status", "-c", str(shards))["shards"] == []


def test_only_states_of_this_name_are_taken(tmp_path: Path) -> None:
    for name in (
        *("state.0-of-2.db", "state.1-of-2.db", "state.0-of-2.db.lock", "state.0-of-2.db-wal"),
        *("state.2-of-2.db", "other.0-of-2.db", "state.0-of-2", "state.x-of-2.db", "state.00-of-2.db"),
    ):
        (tmp_path / name).touch()
    found = states_of_shards(tmp_path / "state.db")
    assert found == {2: {0: tmp_path / "state.0-of-2.db", 1: tmp_path / "state.1-of-2.db"}}
    assert states_of_shards(tmp_path / "nowhere" / "state.db") == {}


# ---- status ------------------------------------------------------------------------------------------


def test_the_status_is_of_all_shards_and_of_each(shards: Path, tmp_path: Path, capsys: Out) -> None:
    shard(tmp_path, 0).unlink()
    shard(tmp_path, 1).write_bytes(b"This was a state. " * 400)
    status = told(capsys, "status", "-c", str(shards))
    assert [each["run_id"] for each in status["runs"]] == ["20260302T060000Z-of-3", "20260301T060000Z-of-3"]
    none, broken, well = status["shards"]
    assert (none["shard"], none["path"], none["last"]) == ("0/3", None, None)
    assert "not a database" in broken["error"]
    assert (well["shard"], well["last"]["links"]) == ("2/3", 41)
    assert run(["status", "-c", str(shards)]) == 0
    shown = capsys.readouterr().out
    assert "2026-03-02 06:00" in shown
    assert "not a database" in shown


def test_shards_that_have_run_are_told_of_together(site: DemoSite, tmp_path: Path, capsys: Out) -> None:
    toml = tmp_path / "news.toml"
    toml.write_text(
        "[run]\nworkers = 0\n[fetch]\nallow_private = true\ndelay_s = 0\n"
        f'[[source]]\nname = "courier"\nfeeds = ["{site.url}/feed.xml"]\n',
        encoding="utf-8",
    )
    for index in range(2):
        assert run(["run", str(toml), "--shard", f"{index}/2", "-q"]) == 0
    capsys.readouterr()
    report, status = told(capsys, "report", "-c", str(toml)), told(capsys, "status", "-c", str(toml))
    assert report["stored"] == status["articles"] == 6
    assert sorted(each["articles"] for each in status["shards"]) == [0, 6]
    assert [report["run_id"]] == [each["run_id"] for each in status["runs"]]
