"""`scraper report` and the options of `run` that say what happened."""

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from scraper import Config, run_batch
from scraper.cli import run
from scraper.config import ExtractConfig
from scraper.demo import DemoSite
from scraper.records import Event, Figure, SourceReport
from scraper.store import Store
from tests.report.making import run as made
from tests.report.making import source

ConfigFor = Callable[..., Config]


@pytest.fixture
def toml(site: DemoSite, tmp_path: Path) -> Path:
    path = tmp_path / "news.toml"
    path.write_text(
        '[run]\nworkers = 0\nmetrics = "metrics/scraper.prom"\n[fetch]\nallow_private = true\ndelay_s = 0\n'
        f'[[source]]\nname = "courier"\nfeeds = ["{site.url}/feed.xml"]\n',
        encoding="utf-8",
    )
    return path


def test_a_threshold_of_the_command_line_ends_the_run_with_1(
    toml: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["run", str(toml), "-q", "--fail-on", "articles>1000"]) == 0
    assert run(["run", str(toml), "-q", "--fail-on", "articles>1000", "--fail-on", "links<1000"]) == 1
    run(["report", "-c", str(toml)])
    assert "threshold missed links: 1 < 1000" in capsys.readouterr().out


def test_a_figure_that_there_is_not_ends_with_2_before_anything_is_asked(
    toml: Path, site: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["run", str(toml), "--fail-on", "eror_rate>0.2"]) == 2
    assert "no figure 'eror_rate'; there are links, articles" in capsys.readouterr().err
    assert site.requests == []


def test_a_dry_run_shows_what_would_be_fetched_and_leaves_nothing(
    toml: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["run", str(toml), "--dry-run"]) == 0
    dry = capsys.readouterr().out
    assert [file.name for file in toml.parent.iterdir()] == ["news.toml"]
    assert run(["discover", str(toml)]) == 0
    assert capsys.readouterr().out == dry


def test_each_line_of_the_log_names_the_run_and_what_it_is_about(
    toml: Path, site: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["run", str(toml)])
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert len({line["run_id"] for line in lines}) == 1
    about_links = [line for line in lines if line["event"] in {"document_read", "link_settled"}]
    assert len(about_links) > 10
    assert all(line["source"] == "courier" and line["url"].startswith(site.url) for line in about_links)
    assert all(line["at"].endswith("Z") for line in lines)


def test_a_run_writes_its_metrics_and_nothing_beside_them(toml: Path) -> None:
    run(["run", str(toml), "-q"])
    [file] = (toml.parent / "metrics").iterdir()
    assert file.name == "scraper.prom"
    assert 'scraper_source_links{outcome="stored",source="courier"} 6.0' in file.read_text(encoding="utf-8")


def test_metrics_that_cannot_be_written_are_told_after_all_is_published(
    toml: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (toml.parent / "metrics").write_text("a file in the place of the folder", encoding="utf-8")
    assert run(["run", str(toml), "-q"]) == 3
    assert "scraper.prom: cannot be written" in capsys.readouterr().err
    assert (toml.parent / "articles" / "_SUCCESS").exists()


def test_the_page_is_printed_or_written(toml: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["run", str(toml), "-q"])
    assert run(["report", "-c", str(toml), "--html"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("<!doctype html>")
    assert "courier" in printed
    page = toml.parent / "report.html"
    assert run(["report", "-c", str(toml), "--html", "-o", str(page), "--runs", "3"]) == 0
    assert page.read_text(encoding="utf-8") == printed


def test_the_page_of_an_earlier_run_ends_with_it(toml: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = []
    for _ in range(2):
        run(["run", str(toml), "-q"])
        run(["report", "-c", str(toml), "--json"])
        runs.append(json.loads(capsys.readouterr().out)["run_id"])
    run(["report", runs[0], "-c", str(toml), "--html"])
    page = capsys.readouterr().out
    assert runs[0] in page
    assert "last run</h2>" in page
    assert run(["report", "20010101", "-c", str(toml), "--html"]) == 2


def test_the_schema_needs_no_state(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "run.json"
    assert run(["report", "--schema", "-o", str(tmp_path / "schema.json")]) == 0
    assert json.loads((tmp_path / "schema.json").read_bytes())["$ref"] == "#/$defs/Report"


def test_a_table_can_be_written_too(toml: Path) -> None:
    run(["run", str(toml), "-q"])
    assert run(["report", "-c", str(toml), "-o", str(toml.parent / "report.txt")]) == 0
    assert "6 articles" in (toml.parent / "report.txt").read_text(encoding="utf-8")


# ---- what a run says of its sources ------------------------------------------------------------------


def remember(path: Path, one: SourceReport, *, runs: int = 20) -> None:
    """The state has seen the source do well."""
    with Store(path) as store:
        for number in range(runs):
            report = made(number, one)
            store.begin_run(report.run_id, report.started_at)
            store.end_run(report)


def test_a_source_that_gives_no_articles_any_more_is_told_everywhere(
    site: DemoSite, config_for: ConfigFor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_for(
        site.url,
        run={"metrics": "run.prom"},
        health={"min_pages": 5, "baseline_runs": 50, "fail_on_alarm": True},
    )
    # Nothing of the newspaper is as long as this asks for.
    config = msgspec.structs.replace(config, extract=ExtractConfig(min_words=5000))
    remember(tmp_path / "state.db", source("courier"))
    events: list[Event] = []
    report = run_batch(config, on_event=events.append)
    assert Figure.YIELD in {alarm.figure for alarm in report.alarms}
    assert report.exit_code == 1
    assert any(missed.startswith("alarm: courier: share of the pages") for missed in report.missed)
    assert [event.source for event in events if event.event == "alarm"] == ["courier"] * len(report.alarms)
    prom = (tmp_path / "run.prom").read_text(encoding="utf-8")
    assert 'scraper_source_alarm{cause="layout_change",figure="yield",source="courier"} 1.0' in prom
    run(["report", "-s", str(tmp_path / "state.db")])
    assert "alarm courier: share of the pages that are articles: 0 %" in capsys.readouterr().out


def test_what_cleaning_took_out_is_counted_whether_the_records_list_it_or_not(
    site: DemoSite, config_for: ConfigFor, tmp_path: Path
) -> None:
    report = run_batch(config_for(site.url))
    assert report.sources[0].removed
    [part] = (tmp_path / "articles").glob("part-*.jsonl")
    records = [json.loads(line) for line in part.read_bytes().splitlines()]
    assert {record["removed"] for record in records} == {None}


def test_dates_authors_announcements_and_hosts_of_a_run_are_counted(
    site: DemoSite, config_for: ConfigFor
) -> None:
    report = run_batch(config_for(site.url))
    [one] = report.sources
    assert one.announced == one.found > one.articles > one.stored
    assert one.newest[-1].isoformat() == "2026-11-13T21:50:00+00:00"
    assert one.tried == one.articles + sum(one.dropped.values()) + sum(one.deferred.values()) - (
        one.dropped["robots_denied"] + one.dropped["duplicate_text"]
    )
    assert report.requests == len(site.requests)
    assert report.hosts[0].failures == {"404": 1}
