"""The reports of shards as one: nothing lost in the sum, thresholds held against the whole."""

from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from scraper.config import HealthConfig
from scraper.records import HostReport, Report, SourceReport
from scraper.report.combined import combined
from tests.report.making import HOUR, MORNING

counts = st.integers(0, 50)


def source(name: str, **figures: Any) -> SourceReport:
    return msgspec.structs.replace(SourceReport(name=name), **figures)


def report(*sources: SourceReport, **more: Any) -> Report:
    made = Report(
        run_id="shard",
        started_at=MORNING,
        ended_at=MORNING + HOUR,
        exit_code=0,
        links=sum(each.found for each in sources),
        stored=sum(each.stored for each in sources),
        sources=sources,
    )
    return msgspec.structs.replace(made, **more)


def whole(*reports: Report, health: HealthConfig | None = None, stopped: str | None = None) -> Report:
    return combined(
        reports,
        health or HealthConfig(),
        run_id="whole",
        started_at=MORNING,
        ended_at=MORNING + timedelta(hours=2),
        stopped=stopped,
    )


@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=5))
def test_figures_add_up(shards: list[tuple[int, int]]) -> None:
    reports = [
        report(source("own", found=found, stored=found), source(f"site-{index}", found=other, stored=other))
        for index, (found, other) in enumerate(shards)
    ]
    one = whole(*reports)
    assert one.links == sum(map(sum, shards))
    assert one.stored == sum(each.stored for each in one.sources) == one.links
    assert [each.name for each in one.sources].count("own") == 1
    assert len(one.sources) == len(shards) + 1


def test_a_source_in_all_shards_is_one_source() -> None:
    one = whole(
        report(source("list", found=3, stored=3, dropped={"too_short": 1}, median_words=300, same_text=2)),
        report(source("list", found=9, stored=9, dropped={"too_short": 2, "listing": 1}, median_words=500)),
    )
    [listed] = one.sources
    assert (listed.found, listed.dropped) == (12, {"too_short": 3, "listing": 1})
    assert (listed.median_words, listed.same_text) == (500, 2)


def test_thresholds_hold_for_the_sum() -> None:
    health = HealthConfig(min_articles=4)
    few = report(source("one", found=2, stored=2))
    assert whole(few, health=health).exit_code == 1
    assert whole(few, report(source("two", found=2, stored=2)), health=health).exit_code == 0


def test_a_shard_that_was_stopped_stops_the_whole() -> None:
    one = whole(report(), report(stopped="signal", exit_code=5))
    assert (one.stopped, one.exit_code) == ("signal", 5)
    assert whole(report(), stopped="max_runtime").stopped == "max_runtime"


def test_the_slowest_and_most_failing_hosts_are_shown() -> None:
    hosts = [HostReport(host=f"host-{number}", requests=1, seconds=float(number)) for number in range(60)]
    failing = HostReport(host="failing", requests=9, errors=9)
    one = whole(report(hosts=tuple(hosts[:30])), report(hosts=(*hosts[30:], failing)))
    assert one.hosts[0].host == "host-59"
    assert "failing" in {host.host for host in one.hosts}
    assert len(one.hosts) == 21
