"""Articles from archives: what a run kept, what others stored, and where reading stops and goes on."""

import gzip
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
import pytest

from scraper import Article, Config, archives, run_batch
from scraper.archives import Order
from scraper.demo import DemoSite
from scraper.errors import StateLocked
from scraper.records import Event, Reason, Report, Skip
from scraper.reprocess import reprocess
from scraper.store import Store, locked
from scraper.web.warc import Archive, Wanted
from tests import warcs

pytest.importorskip("fastwarc", reason="the `warc` extra is not installed")
warcio = pytest.importorskip("warcio.archiveiterator", reason="the `warc` extra is not installed")

ConfigFor = Callable[..., Config]
PLACES = ("Saltmere", "Dunfold", "Easterwick", "Hartle", "Marrow Bay", "Northend", "Oxley", "Pennock")


class Killed(Exception):  # noqa: N818 - what happens to a process
    pass


def config_in(folder: Path, **changes: dict[str, object]) -> Config:
    """A configuration without sources; page work in this process unless `workers` says otherwise."""
    sections: dict[str, object] = {"run": {"workers": 0}, "output": [{"path": "articles"}]}
    return Config.from_dict(sections | changes, base=folder)


def articles_in(folder: Path) -> list[Article]:
    parts = sorted((folder / "articles").glob("part-*.jsonl"))
    return [
        msgspec.json.decode(line, type=Article) for part in parts for line in part.read_bytes().splitlines()
    ]


def pages(places: Iterable[str]) -> list[bytes]:
    return [
        warcs.record(f"https://{place.lower().replace(' ', '-')}.example/road", warcs.article(place))
        for place in places
    ]


@pytest.fixture
def archive(tmp_path: Path) -> str:
    """Eight articles, each with its request, and a page that is none."""
    records = [warcs.record("https://a.example/", kind="warcinfo")]
    for page in pages(PLACES):
        records += [warcs.record("https://a.example/", kind="request"), page]
    records.append(warcs.record("https://a.example/none", "<html><body><p>Nothing here.</p></body></html>"))
    return str(warcs.write(tmp_path / "CC-TEST-20260301000000-00001.warc.gz", records))


def assert_accounted(report: Report) -> None:
    assert report.links == report.stored + report.unchanged + report.dropped + report.deferred
    assert report.skipped == sum(sum(source.skipped.values()) for source in report.sources)


# ---- what others stored ------------------------------------------------------------------------------


def test_every_record_has_one_outcome(archive: str, tmp_path: Path) -> None:
    report = reprocess([archive], config_in(tmp_path))
    assert_accounted(report)
    assert (report.kind, report.exit_code) == ("reprocess", 0)
    assert (report.stored, report.dropped, report.skipped) == (8, 1, 9)
    [source] = report.sources
    assert source.name == "CC-TEST-20260301000000-00001.warc.gz"
    assert source.skipped == {Skip.REQUEST: 8, Skip.OTHER_RECORD: 1}
    assert source.dropped == {Reason.LISTING: 1}


def test_articles_say_where_their_page_lies(archive: str, tmp_path: Path) -> None:
    reprocess([archive], config_in(tmp_path))
    found = articles_in(tmp_path)
    assert [article.title for article in found] == [f"Road of {place} to close" for place in PLACES]
    for article in found:
        assert article.source_type == "warc"
        assert article.date_crawled.isoformat() == "2026-03-01T00:00:00+00:00"
        name, _, offset = (article.warc_ref or "").partition("#")
        assert article.url.encode() in gzip.decompress((tmp_path / name).read_bytes()[int(offset) :])


def test_worker_processes_publish_the_same(archive: str, tmp_path: Path) -> None:
    reprocess([archive], config_in(tmp_path))
    reprocess([archive], config_in(tmp_path / "other", run={"workers": 2}))
    here, there = articles_in(tmp_path), articles_in(tmp_path / "other")
    assert [msgspec.structs.replace(each, run_id=None) for each in here] == [
        msgspec.structs.replace(each, run_id=None) for each in there
    ]


def test_no_more_is_learnt_of_a_site_than_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = " ".join(f"In street {number} of it the lamps stay lit." for number in range(30))
    records = [
        warcs.record(f"https://one.example/{number}", warcs.article(f"Town {number}", f"{number}. {town}"))
        for number in range(30)
    ]
    file = str(warcs.write(tmp_path / "one.warc.gz", records))
    reprocess([file], config_in(tmp_path / "all"))
    monkeypatch.setattr(archives, "LEARNT_OF_A_SITE", 3)
    reprocess([file], config_in(tmp_path / "few"))
    learnt = {}
    for name in ("all", "few"):
        with Store(tmp_path / name / "state.db") as store:
            learnt[name] = {seen.key: seen.blocks for seen in store.templates.of("one.example")}
    assert len(learnt["all"]) == 30
    assert learnt["few"] == {
        key: learnt["all"][key] for key in (f"https://one.example/{at}" for at in range(3))
    }
    everything, few = articles_in(tmp_path / "all"), articles_in(tmp_path / "few")
    assert [each.text for each in everything] == [each.text for each in few]


def test_an_archive_is_read_once(archive: str, tmp_path: Path) -> None:
    config = config_in(tmp_path)
    reprocess([archive], config)
    assert (reprocess([archive], config).links, len(articles_in(tmp_path))) == (0, 8)
    again = reprocess([archive], config, order=Order(again=True))
    assert (again.unchanged, again.dropped, len(articles_in(tmp_path))) == (8, 1, 8)


def test_an_archive_that_has_another_size_is_another_one(archive: str, tmp_path: Path) -> None:
    config = config_in(tmp_path)
    reprocess([archive], config)
    with Path(archive).open("ab") as file:
        file.write(gzip.compress(pages(["Quarrel"])[0]))
    report = reprocess([archive], config)
    assert (report.stored, report.unchanged) == (1, 8)


def test_what_is_wanted_is_another_order(archive: str, tmp_path: Path) -> None:
    config = config_in(tmp_path)
    one = reprocess([archive], config, order=Order(wanted=Wanted(hosts=("oxley.example",))))
    assert (one.stored, one.sources[0].skipped[Skip.OTHER_HOST]) == (1, 8)
    assert reprocess([archive], config).stored == 7


def test_articles_in_other_languages_are_left_out(archive: str, tmp_path: Path) -> None:
    report = reprocess([archive], config_in(tmp_path), order=Order(languages=("de",)))
    assert report.sources[0].skipped[Skip.OTHER_LANGUAGE] == 8
    assert reprocess([archive], config_in(tmp_path), order=Order(languages=("en",))).stored == 8


def test_a_later_copy_is_a_revision_and_an_earlier_one_changes_nothing(tmp_path: Path) -> None:
    url = "https://saltmere.example/road"
    first = warcs.record(url, warcs.article("Saltmere"), date="2026-03-01T00:00:00Z")
    second = warcs.record(
        url,
        warcs.article("Saltmere", "A ferry will cross in {place} instead, free of charge for all."),
        date="2026-03-02T00:00:00Z",
    )
    path = str(warcs.write(tmp_path / "two.warc.gz", [first, second]))
    config = config_in(tmp_path)
    assert reprocess([path], config).stored == 2
    before, after = articles_in(tmp_path)
    assert (after.id, after.revision, after.supersedes) == (before.id, 2, before.content_hash)
    again = reprocess([path], config, order=Order(again=True))
    assert again.sources[0].dropped == {Reason.OUTDATED: 1}
    assert (again.stored, again.unchanged) == (0, 1)


def test_the_rest_of_a_broken_archive_is_read(tmp_path: Path) -> None:
    parts = warcs.members(pages(PLACES))
    broken = bytearray(parts[3])
    broken[len(broken) // 2] ^= 0xFF
    path = tmp_path / "broken.warc.gz"
    path.write_bytes(b"".join([*parts[:3], bytes(broken), *parts[4:]])[:-200])
    report = reprocess([str(path)], config_in(tmp_path))
    assert report.stored == 6
    assert report.sources[0].skipped == {Skip.BROKEN: 1, Skip.TRUNCATED: 1}
    assert report.exit_code == 1
    assert any("broken.warc.gz: breaks off" in line for line in report.missed)


def test_an_archive_that_broke_off_is_read_again_once_it_is_whole(tmp_path: Path) -> None:
    whole = b"".join(warcs.members(pages(PLACES)))
    path = tmp_path / "late.warc.gz"
    path.write_bytes(whole[:-200])
    config = config_in(tmp_path)
    assert (reprocess([str(path)], config).stored, reprocess([str(path)], config).links) == (7, 0)
    path.write_bytes(whole)
    report = reprocess([str(path)], config)
    assert (report.stored, report.unchanged, report.exit_code) == (1, 7, 0)


@pytest.mark.parametrize("content", [b"", b"junk"])
def test_what_is_no_archive_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "none.warc"
    path.write_bytes(content)
    report = reprocess([str(path)], config_in(tmp_path))
    assert (report.stored, report.exit_code) == (0, 1)
    assert any("none.warc" in line for line in report.missed)


def test_an_archive_that_cannot_be_read_is_named_and_the_others_are_read(
    archive: str, tmp_path: Path
) -> None:
    missing = str(tmp_path / "missing.warc.gz")
    report = reprocess([missing, archive], config_in(tmp_path))
    assert (report.stored, report.exit_code) == (8, 1)
    assert any("missing.warc.gz" in line for line in report.missed)


# ---- stopping and going on ---------------------------------------------------------------------------


def test_a_run_that_is_stopped_is_sealed_and_the_next_goes_on(
    archive: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraper.pieces.BUNDLE_PAGES", 1)
    monkeypatch.setattr("scraper.archives.MOST_BUNDLES", 1)
    stop = threading.Event()
    config = config_in(tmp_path, run={"workers": 0, "max_runtime_s": 1000.0})
    begun: list[Event] = []

    def stop_early(event: Event) -> None:
        begun.append(event)
        if event.event == "link_settled":
            stop.set()

    reports = [reprocess([archive], config, on_event=stop_early, stop=stop)]
    while reports[-1].stopped:
        stop.clear()
        reports.append(reprocess([archive], config))
    assert reports[-1].exit_code == 0
    assert sum(report.stored for report in reports) == len(articles_in(tmp_path)) == 8
    assert sum(report.links + report.skipped for report in reports) == 18


def test_a_run_whose_time_is_up_counts_what_it_has_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraper.pieces.BUNDLE_PAGES", 1)
    monkeypatch.setattr("scraper.running.STOP_POLL_S", 0.01)
    records = [
        warcs.record(f"https://{number}.example/road", warcs.article(f"Town {number}"))
        for number in range(120)
    ]
    file = str(warcs.write(tmp_path / "many.warc.gz", records))
    stop = threading.Event()

    def stop_early(event: Event) -> None:
        if event.event == "link_settled":
            stop.set()

    hasty = config_in(tmp_path, run={"workers": 1, "grace_s": 0.0})
    report = reprocess([file], hasty, on_event=stop_early, stop=stop)
    assert report.stopped
    assert 0 < report.links < 120
    assert len(articles_in(tmp_path)) == report.stored
    rest = reprocess([file], config_in(tmp_path))
    assert report.links + rest.links == 120
    assert len(articles_in(tmp_path)) == report.stored + rest.stored == 120


def test_a_run_that_is_told_to_stop_says_so(archive: str, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    report = reprocess([archive], config_in(tmp_path), stop=stop)
    assert (report.stopped, report.exit_code) == ("signal", 5)
    assert_accounted(report)
    rest = reprocess([archive], config_in(tmp_path))
    assert (rest.exit_code, report.stored + rest.stored) == (0, 8)


def test_what_a_killed_run_did_not_record_is_done_again(
    archive: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraper.pieces.BUNDLE_PAGES", 1)
    monkeypatch.setattr("scraper.archives.COMMIT_RECORDS", 3)
    config = config_in(tmp_path)
    for fatal in range(1, 9):
        settled = 0

        def die(event: Event, fatal: int = fatal) -> None:
            nonlocal settled
            settled += event.event == "link_settled"
            if settled == fatal:
                raise Killed

        with pytest.raises(Killed):
            reprocess([archive], config_in(tmp_path / str(fatal)), on_event=die)
        reprocess([archive], config_in(tmp_path / str(fatal)))
        assert len(articles_in(tmp_path / str(fatal))) == 8
    assert reprocess([archive], config).stored == 8


def test_only_one_run_at_a_time_has_the_state(archive: str, tmp_path: Path) -> None:
    with locked(tmp_path / "state.db"), pytest.raises(StateLocked):
        reprocess([archive], config_in(tmp_path))


# ---- what a run kept ---------------------------------------------------------------------------------


@pytest.fixture
def kept(site: DemoSite, config_for: ConfigFor) -> Config:
    """The configuration of a run that has kept its pages."""
    config = config_for(site.url, archive={"warc": "archive"})
    assert run_batch(config).stored
    return config


def archives_of(folder: Path) -> list[str]:
    return sorted(map(str, (folder / "archive").iterdir()))


def test_other_tools_read_what_a_run_kept(kept: Config, tmp_path: Path) -> None:
    del kept
    [path] = archives_of(tmp_path)
    kinds = []
    with Path(path).open("rb") as file:
        for record in warcio.ArchiveIterator(file, check_digests="raise"):
            kinds.append(record.rec_type)
            content = record.content_stream().read()
            assert record.rec_headers.protocol == "WARC/1.1"
            if record.rec_type == "response":
                assert int(record.http_headers.get_header("content-length")) == len(content)
            if record.rec_type == "request":
                assert "news-scraper/" in record.http_headers.get_header("user-agent")
    assert kinds[0] == "warcinfo"
    assert kinds.count("response") == kinds.count("request") == len(kinds) // 2


def test_what_a_killed_run_kept_is_closed_off_by_the_next(
    site: DemoSite, config_for: ConfigFor, tmp_path: Path
) -> None:
    config = config_for(site.url, archive={"warc": "archive"})
    settled = 0

    def die(event: Event) -> None:
        nonlocal settled
        settled += event.event == "link_settled"
        if settled == 4:
            raise Killed

    with pytest.raises(Killed):
        run_batch(config, on_event=die)
    assert [Path(path).suffix for path in archives_of(tmp_path)] == [".tmp"]
    run_batch(config)
    assert {Path(path).suffix for path in archives_of(tmp_path)} == {".gz"}
    known = {
        entry.stored.page.warc_ref
        for path in archives_of(tmp_path)
        for entry in Archive(path).entries()
        if entry.stored
    }
    assert {article.warc_ref for article in articles_in(tmp_path)} <= known


def test_articles_point_to_the_page_that_was_kept(kept: Config, tmp_path: Path) -> None:
    del kept
    [path] = archives_of(tmp_path)
    known = {entry.stored.page.warc_ref: entry.stored for entry in Archive(path).entries() if entry.stored}
    found = articles_in(tmp_path)
    assert found
    for article in found:
        stored = known[article.warc_ref]
        assert (stored.page.url, stored.page.requested_url) == (article.url, article.requested_url)
        assert stored.page.fetched_at == article.date_crawled


def test_an_archive_gives_the_articles_that_the_run_had(kept: Config, tmp_path: Path) -> None:
    del kept
    reprocess(archives_of(tmp_path), config_in(tmp_path / "new"))
    fetched = {article.id: article for article in articles_in(tmp_path)}
    read = {article.id: article for article in articles_in(tmp_path / "new")}
    assert read.keys() == fetched.keys()
    for key, article in read.items():
        assert msgspec.structs.replace(article, run_id=fetched[key].run_id) == fetched[key]


def test_reading_the_archive_again_into_the_state_of_the_run_changes_nothing(
    kept: Config, tmp_path: Path
) -> None:
    before = articles_in(tmp_path)
    report = reprocess(archives_of(tmp_path), kept)
    assert_accounted(report)
    assert (report.stored, report.unchanged) == (0, len(before))
    assert articles_in(tmp_path) == before


def test_a_better_extraction_gives_revisions_where_the_text_changed(kept: Config, tmp_path: Path) -> None:
    before = {article.id: article for article in articles_in(tmp_path)}
    other = msgspec.structs.replace(kept, clean=msgspec.structs.replace(kept.clean, keep=("byline",)))
    report = reprocess(archives_of(tmp_path), other)
    revisions = articles_in(tmp_path)[len(before) :]
    assert 0 < len(revisions) == report.stored < len(before)
    assert report.unchanged == len(before) - len(revisions)
    for article in revisions:
        old = before[article.id]
        assert (article.revision, article.supersedes) == (2, old.content_hash)
        assert article.text != old.text
        assert (article.date_crawled, article.warc_ref) == (old.date_crawled, old.warc_ref)
    assert reprocess(archives_of(tmp_path), other).links == 0


def test_what_the_web_says_now_stands_over_what_was_kept(
    kept: Config, site: DemoSite, tmp_path: Path
) -> None:
    site.edition = 2
    assert run_batch(kept).sources[0].revised
    before = articles_in(tmp_path)
    report = reprocess(archives_of(tmp_path), kept)
    assert report.stored == 0
    # Two runs within a second are in either order by their names.
    assert sum(source.dropped.get(Reason.OUTDATED, 0) for source in report.sources) > 0
    assert articles_in(tmp_path) == before
