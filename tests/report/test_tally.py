"""The figures of a run: they add up, and say of each source and host what it gave."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.config import HealthConfig
from scraper.records import DEFERRED_REASONS, NotModified, Reason, Report, SourceReport
from scraper.report.tally import NOT_TRIED, SHOWN_HOSTS, HostTally, Tally
from tests.report.making import MORNING, article, drop, removal

BEGUN = datetime(2026, 3, 1, 6, tzinfo=UTC)
ENDED = datetime(2026, 3, 1, 7, tzinfo=UTC)
OUTCOMES = st.one_of(st.sampled_from(["stored", "unchanged"]), st.sampled_from(Reason))


def reported(tally: Tally, health: HealthConfig | None = None, stopped: str | None = None) -> Report:
    return tally.report(health or HealthConfig(), ended_at=ENDED, stopped=stopped)


def only_source(tally: Tally) -> SourceReport:
    [source] = reported(tally).sources
    return source


def count(tally: Tally, source: str, outcome: str) -> None:
    """A link of a source ends."""
    figures = tally[source]
    figures.found += 1
    if outcome == "stored":
        figures.store(article())
    elif outcome == "unchanged":
        figures.unchanged()
    else:
        figures.drop(Reason(outcome), deferred=outcome in DEFERRED_REASONS)


@given(st.lists(st.tuples(st.sampled_from(["One", "Two", "Three"]), OUTCOMES)))
def test_every_link_is_counted_as_exactly_one_outcome(links: list[tuple[str, str]]) -> None:
    tally = Tally("run", BEGUN)
    for name, outcome in links:
        count(tally, name, outcome)
    report = reported(tally)
    assert report.links == len(links)
    assert report.links == report.stored + report.unchanged + report.dropped + report.deferred
    for source in report.sources:
        dropped, deferred = sum(source.dropped.values()), sum(source.deferred.values())
        assert source.found == source.stored + source.unchanged + dropped + deferred
    assert report.stored == sum(source.stored for source in report.sources)
    assert report.deferred == sum(sum(source.deferred.values()) for source in report.sources)
    assert report.words == 300 * report.stored


def test_a_report_carries_what_the_run_was() -> None:
    tally = Tally("20260301T060000Z-abcdef", BEGUN)
    tally["Courier"].announce([], fresh=True)
    tally["Courier"].seconds += 1.23456
    tally.parts.append("out/part-000000001-0.jsonl")
    report = reported(tally)
    assert (report.run_id, report.started_at, report.ended_at) == ("20260301T060000Z-abcdef", BEGUN, ENDED)
    assert report.parts == ("out/part-000000001-0.jsonl",)
    assert report.sources[0].seconds == 1.235


def test_a_source_is_reported_although_nothing_happened() -> None:
    tally = Tally("run", BEGUN)
    _ = tally["Quiet"]
    assert [source.name for source in reported(tally).sources] == ["Quiet"]


def test_many_links_put_off_at_once_are_counted_at_once() -> None:
    tally = Tally("run", BEGUN)
    tally["One"].found += 40
    tally["One"].drop(Reason.OVER_LIMIT, deferred=True, count=40)
    report = reported(tally)
    assert (report.links, report.deferred) == (40, 40)
    assert report.sources[0].deferred == {"over_limit": 40}


def test_a_document_that_cannot_be_read_is_told_with_its_reason() -> None:
    tally = Tally("run", BEGUN)
    url = "https://news.example/feed.xml"
    tally["One"].fail(drop(Reason.TIMEOUT, url, "no answer in 20 s"))
    tally["One"].fail(drop(Reason.NOT_FOUND, url))
    assert reported(tally).sources[0].failures == (
        "https://news.example/feed.xml: timeout (no answer in 20 s)",
        "https://news.example/feed.xml: not_found",
    )


# ---- what the articles are like ----------------------------------------------------------------------


def test_dates_authors_and_lengths_are_counted_of_stored_articles() -> None:
    tally = Tally("run", BEGUN)
    tally["One"].store(article(word_count=100))
    tally["One"].store(article(word_count=200, date_published=None))
    tally["One"].store(article(word_count=900, authors=(), revision=2))
    source = only_source(tally)
    assert (source.stored, source.revised, source.words, source.median_words) == (3, 1, 1200, 200)
    assert (source.no_date, source.no_authors) == (1, 1)


def test_a_source_without_articles_has_no_median() -> None:
    tally = Tally("run", BEGUN)
    _ = tally["One"]
    assert only_source(tally).median_words is None


def test_what_cleaning_took_out_is_counted_by_kind() -> None:
    tally = Tally("run", BEGUN)
    tally["One"].remove((removal("newsletter", "Sign up"), removal("newsletter", "Join us")))
    tally["One"].remove((removal("robot_check", "I am no robot"),))
    source = only_source(tally)
    assert source.removed == {"newsletter": 2, "robot_check": 1}
    assert source.removed_chars == 27


def test_the_most_frequent_text_is_counted() -> None:
    tally = Tally("run", BEGUN)
    for text in ("a", "b", "a", "c", "a"):
        tally["One"].settle(article(content_hash=text))
    assert only_source(tally).same_text == 3


def test_an_article_is_an_article_whether_new_or_not() -> None:
    tally = Tally("run", BEGUN)
    tally["One"].settle(article())
    tally["One"].settle(NotModified(url="https://news.example/one"))
    tally["One"].settle(drop(Reason.LISTING))
    tally["One"].settle(drop(Reason.CHALLENGE))
    source = only_source(tally)
    assert (source.tried, source.articles, source.challenged) == (4, 2, 1)


@pytest.mark.parametrize("reason", sorted(NOT_TRIED))
def test_what_the_run_leaves_alone_is_not_tried(reason: Reason) -> None:
    tally = Tally("run", BEGUN)
    tally["One"].settle(drop(reason))
    assert only_source(tally).tried == 0


# ---- what is announced -------------------------------------------------------------------------------


def test_announcements_are_counted_and_the_newest_is_kept() -> None:
    tally = Tally("run", BEGUN)
    tally["One"].announce([MORNING.replace(hour=3), None, MORNING.replace(hour=5)], fresh=True)
    tally["One"].announce([], fresh=False)
    source = only_source(tally)
    assert (source.documents, source.fresh_documents, source.announced) == (2, 1, 3)
    assert source.newest == (MORNING.replace(hour=5),)


# ---- hosts -------------------------------------------------------------------------------------------


def test_a_host_has_its_requests_its_faults_and_its_seconds() -> None:
    hosts = HostTally()
    hosts.note("https://a.example/1", 0.5, None)
    hosts.note("https://a.example/2", 1.0, "404")
    hosts.note("https://a.example:8443/", 1.0, "timeout")
    slow, plain = hosts.report()
    assert (slow.host, slow.failures) == ("a.example:8443", {"timeout": 1})
    assert (plain.host, plain.requests, plain.errors, plain.seconds) == ("a.example", 2, 1, 1.5)


def test_a_report_names_the_slowest_and_the_most_failing_hosts_only() -> None:
    hosts = HostTally()
    for number in range(200):
        hosts.note(f"https://h{number}.example/", number / 10, "503" if number < 40 else None)
    hosts.note("https://h0.example/", 0.0, "503")
    report = hosts.report()
    assert hosts.requests == 201
    assert len(report) == 2 * SHOWN_HOSTS
    assert report[0].host == "h199.example"
    assert "h0.example" in {host.host for host in report}


def test_no_user_name_of_an_address_gets_into_a_report() -> None:
    hosts = HostTally()
    hosts.note("https://ada:secret@a.example/", 1.0, None)
    assert [host.host for host in hosts.report()] == ["a.example"]


def test_an_article_that_is_taken_back_counts_as_dropped() -> None:
    tally = Tally("run", BEGUN)["courier"]
    for _ in range(2):
        tally.store(article(word_count=300))
    tally.take_back(article(word_count=300), Reason.DUPLICATE_NEAR)
    report = tally.report()
    assert (report.stored, report.dropped, report.words) == (1, {"duplicate_near": 1}, 300)
