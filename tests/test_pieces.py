"""Archives that an engine reads: what is settled is what a run that reads by itself settles."""

import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from scraper import Article, Config
from scraper.archives import Order
from scraper.config import SourceConfig
from scraper.errors import ConfigError, EngineError
from scraper.memories import Memories
from scraper.onray import RayArchives, run_shards
from scraper.onray.archives import in_turn
from scraper.pieces import Assignment, Piece, Templates, Terms, pieces_of
from scraper.records import Report
from scraper.reprocess import reprocess
from scraper.store.templates import Seen, seen
from tests import warcs

pytest.importorskip("fastwarc", reason="the `warc` extra is not installed")
pytest.importorskip("warcio", reason="the `warc` extra is not installed")

PLACES = ("Saltmere", "Dunfold", "Easterwick", "Hartle", "Marrow Bay", "Northend", "Oxley", "Pennock")


class Elsewhere:
    """An engine that is no machine but this one; all that would cross a wire is encoded."""

    def __init__(self) -> None:
        self.assignments: Sequence[Assignment] = ()
        self.templates: Templates = {}
        self.lost_at: tuple[int, int] | None = None

    def pieces(
        self, assignments: Sequence[Assignment], terms: Terms, templates: Templates
    ) -> Generator[Piece, None, None]:
        yield from in_turn(self._pieces(assignments, terms, templates))

    def _pieces(
        self, assignments: Sequence[Assignment], terms: Terms, templates: Templates
    ) -> Iterator[Piece]:
        self.assignments, self.templates = assignments, templates
        terms = msgspec.msgpack.decode(msgspec.msgpack.encode(terms), type=Terms)
        memories = Memories(self, most=8) if terms.site_memory else None
        for assignment in assignments:
            sent = msgspec.msgpack.decode(msgspec.msgpack.encode(assignment), type=Assignment)
            for piece in pieces_of(sent, terms, memories):
                if (piece.archive, piece.serial) == self.lost_at:
                    raise EngineError("gone")
                yield msgspec.msgpack.decode(msgspec.msgpack.encode(piece), type=Piece)

    def of(self, site: str) -> list[Seen]:
        return [seen(key, blocks) for key, blocks in self.templates.get(site, ())]


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    """What `engine = "ray"` leads to."""
    engine = Elsewhere()
    monkeypatch.setattr(RayArchives, "__enter__", lambda _: engine)
    return engine


@pytest.fixture
def archives(tmp_path: Path) -> list[str]:
    """Four archives: articles, a page that is none, two versions of one article, the end cut off."""
    files = []
    for number in range(4):
        records = [warcs.record("https://a.example/", kind="request")]
        for place in PLACES[number : number + 5]:
            url = f"https://{place.lower().replace(' ', '-')}.example/road-{number}"
            records.append(warcs.record(url, warcs.article(place, f"As of week {number} it stays so. " * 9)))
        records.append(warcs.record(f"https://none.example/{number}", "<html><body><p>No.</p></body></html>"))
        changing = warcs.article("Quarrel", f"This was changed for the time {number}. " * 12)
        records.append(warcs.record("https://quarrel.example/road", changing))
        file = warcs.write(tmp_path / f"CC-TEST-2026030{number + 1}000000-0000{number}.warc.gz", records)
        files.append(str(file))
    cut = Path(files[-1])
    cut.write_bytes(cut.read_bytes()[:-40])
    return files


def config_in(folder: Path, engine: str = "local", **run: object) -> Config:
    return Config.from_dict(
        {"run": {"workers": 0, "engine": engine, **run}, "output": [{"path": "articles"}]}, base=folder
    )


def articles_in(folder: Path) -> list[Article]:
    """As they were published, but for the run."""
    parts = sorted((folder / "articles").rglob("part-*.jsonl"))
    found = [
        msgspec.json.decode(line, type=Article) for part in parts for line in part.read_bytes().splitlines()
    ]
    return [msgspec.structs.replace(each, run_id=None) for each in found]


def figures(report: Report) -> Report:
    moment = report.started_at
    return msgspec.structs.replace(report, run_id="", ended_at=moment, started_at=moment, parts=())


def test_an_engine_leads_to_the_same_articles_in_the_same_order(
    archives: list[str], tmp_path: Path, elsewhere: Elsewhere
) -> None:
    here = reprocess(archives, config_in(tmp_path / "here"))
    there = reprocess(archives, config_in(tmp_path / "there", "ray"))
    assert [each.address for each in elsewhere.assignments] == archives
    assert articles_in(tmp_path / "there") == articles_in(tmp_path / "here")
    assert len(articles_in(tmp_path / "here")) == here.stored > 20
    assert figures(there).sources == figures(here).sources
    assert here.exit_code == there.exit_code


def test_an_engine_knows_what_earlier_runs_have_learnt(
    archives: list[str], tmp_path: Path, elsewhere: Elsewhere
) -> None:
    for folder, engine in (("here", "local"), ("there", "ray")):
        config = config_in(tmp_path / folder, engine)
        reprocess(archives[:2], config)
        reprocess(archives[2:], config)
    assert "saltmere.example" in elsewhere.templates
    assert articles_in(tmp_path / "there") == articles_in(tmp_path / "here")


def test_a_run_goes_on_where_the_cluster_was_lost(
    archives: list[str], tmp_path: Path, elsewhere: Elsewhere
) -> None:
    config = config_in(tmp_path, "ray")
    elsewhere.lost_at = (2, 1)
    with pytest.raises(EngineError, match="gone"):
        reprocess(archives, config)
    elsewhere.lost_at = None
    report = reprocess(archives, config)
    assert [line for line in report.missed if "breaks off" not in line] == []
    whole = config_in(tmp_path / "whole")
    assert reprocess(archives, whole).links == 27
    assert articles_in(tmp_path) == articles_in(tmp_path / "whole")
    assert reprocess(archives, config).links == 0
    assert all(each.known and each.known.done for each in elsewhere.assignments)
    assert reprocess(archives, config, order=Order(again=True)).links == 27


def test_an_archive_that_cannot_be_read_is_named(
    archives: list[str], tmp_path: Path, elsewhere: Elsewhere
) -> None:
    report = reprocess([*archives[:1], str(tmp_path / "none.warc.gz")], config_in(tmp_path, "ray"))
    assert report.exit_code == 1
    assert "none.warc.gz" in report.missed[0]
    assert report.stored == 6
    assert elsewhere.assignments


def test_the_shards_of_archives_are_all_of_them_once(archives: list[str], tmp_path: Path) -> None:
    reports = [reprocess(archives, config_in(tmp_path, shard=f"{index}/3")) for index in range(3)]
    names = [source.name for report in reports for source in report.sources]
    assert sorted(names) == [Path(path).name for path in archives]
    assert sum(report.links for report in reports) == 27
    assert len(list(tmp_path.glob("state.*-of-3.db"))) == 3


def pieces(*places: tuple[int, int]) -> list[Piece]:
    return [Piece(archive=archive, serial=serial) for archive, serial in places]


def test_what_a_repeated_task_sends_again_is_passed_over() -> None:
    sent = pieces((0, 0), (0, 1), (0, 0), (0, 1), (0, 2), (1, 0), (0, 2), (1, 1))
    assert list(in_turn(iter(sent))) == pieces((0, 0), (0, 1), (0, 2), (1, 0), (1, 1))


@pytest.mark.parametrize("gap", [pieces((0, 0), (0, 2)), pieces((0, 0), (2, 0)), pieces((0, 1))])
def test_nothing_is_lost_without_a_word(gap: list[Piece]) -> None:
    with pytest.raises(EngineError, match="is missing"):
        list(in_turn(iter(gap)))


@pytest.mark.parametrize("start", [lambda config: reprocess([], config), run_shards])
def test_without_ray_the_extra_is_named(
    start: Callable[[Config], Report], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setitem(sys.modules, "ray.data", None)
    source = SourceConfig(name="one", urls=("https://news.example/one",))
    config = msgspec.structs.replace(config_in(tmp_path, "ray"), source=(source,))
    with pytest.raises(ConfigError, match=r"\.\[ray\]"):
        start(config)
