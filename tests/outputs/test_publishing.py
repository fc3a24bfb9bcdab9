"""Every medium gets every article, once, whatever happens between it and the state."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scraper.config import Config, OutputConfig
from scraper.errors import ConfigError, OutputError
from scraper.formats import Format
from scraper.outputs import Folder, SealedPart, Shape, table_of
from scraper.publish import Publisher, open_output
from scraper.records import Article, Report
from scraper.store import Store
from scraper.web.clock import SystemClock
from tests.outputs import reading
from tests.outputs.making import HARD, rows
from tests.outputs.servers import object_store, postgresql
from tests.store.making import HOUR, MORNING, article, link, meet, take

CHANGED = article("plain", text="Changed.", revision=2)
ARTICLES = (*HARD, CHANGED)
"""In the order in which they are stored; the last one replaces the first."""
BUCKET = "news"


class KilledError(BaseException):
    pass


class KilledAfterPublishing(Publisher):
    """Publishes, and is killed before the state knows of it."""

    def _record(self, name: str, *parts: SealedPart) -> None:
        del name, parts
        raise KilledError


def put(store: Store, *made: Article) -> None:
    for each in made:
        meet(store, "run-1", link(f"{each.id} {each.revision}"), now=MORNING)
        for queued in take(store, "run-1"):
            store.links.settle_article(queued, each, now=MORNING)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "state.db") as opened:
        put(opened, *ARTICLES)
        yield opened


def publish(store: Store, kind: type[Publisher] = Publisher, **output: Any) -> list[tuple[str, int]]:
    config = Config(output=(OutputConfig(**output),)).checked()
    publisher = kind(config, store, "run-1", SystemClock())
    publisher.open()
    sealed = publisher.seal()
    publisher.clear_unknown()
    report = Report(run_id="run-1", started_at=MORNING, ended_at=MORNING + HOUR, exit_code=0)
    publisher.close(report)
    return sealed


def newest(made: tuple[Article, ...]) -> list[Article]:
    """As a table has them: the last revision of each, by id."""
    return [each for _, each in sorted({each.id: each for each in made}.items())]


# ---- media -------------------------------------------------------------------------------------------


class Medium:
    """An output of a test, and what it holds."""

    output: dict[str, Any]
    held: Callable[[], list[Article]]
    all_of_them = True
    """Whether it holds all revisions."""


def parts_below(folder: Path) -> list[Path]:
    return sorted(folder.rglob("part-*"), key=lambda path: path.name)


def read(name: str, data: bytes) -> list[Article]:
    if name.endswith(".parquet"):
        return reading.from_parquet(io.BytesIO(data))
    content = reading.unpacked(data, name)
    return reading.from_csv(content) if ".csv" in name else reading.lines(content)


class Files(Medium):
    def __init__(self, path: Path, **output: Any) -> None:
        self.path = path
        self.output = {"path": str(path), **output}

    def held(self) -> list[Article]:
        files = [self.path] if self.path.is_file() else parts_below(self.path)
        return [each for file in files for each in read(file.name, file.read_bytes())]


class SqliteFile(Medium):
    all_of_them = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self.output = {"path": str(path)}

    def held(self) -> list[Article]:
        return reading.from_sqlite(self.path)


class PostgresqlServer(Medium):
    all_of_them = False

    def __init__(self, address: str) -> None:
        self.address = address
        self.output = {"path": address}

    def held(self) -> list[Article]:
        import psycopg  # noqa: PLC0415 - an extra
        from psycopg.rows import dict_row  # noqa: PLC0415 - as above

        with psycopg.connect(self.address, row_factory=dict_row) as db:
            return reading.from_rows(db.execute('SELECT * FROM articles ORDER BY id COLLATE "C"').fetchall())


class Remote(Medium):
    def __init__(self, address: str, options: dict[str, str], **output: Any) -> None:
        import fsspec  # noqa: PLC0415 - an extra

        self.files, self.root = fsspec.core.url_to_fs(address, **options)
        self.output = {"path": address, "options": options, **output}

    def held(self) -> list[Article]:
        self.files.invalidate_cache()
        found = self.files.find(self.root)
        names = [name for name in found if "part-" in name] or [self.root]
        names.sort(key=lambda name: name.rpartition("/")[2])
        return [each for name in names for each in read(name, self.files.cat_file(name))]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with postgresql() as address:
        yield address


@pytest.fixture(scope="module")
def bucket() -> Iterator[dict[str, str]]:
    with object_store(BUCKET) as options:
        yield options


LOCAL = {
    "parts of jsonl": {},
    "parts of jsonl.gz": {"format": "jsonl.gz"},
    "parts of jsonl.zst": {"format": "jsonl.zst"},
    "parts of csv.gz": {"format": "csv.gz"},
    "parts of parquet": {"format": "parquet"},
    "parquet by date": {"format": "parquet", "partition": "date"},
    "parquet by source": {"format": "parquet", "partition": "source"},
}
FILES = ("all.jsonl", "all.jsonl.gz", "all.jsonl.zst", "all.csv", "all.csv.zst", "all.parquet")
MEMORY = {"memory": {}, "memory parquet by date": {"format": "parquet", "partition": "date"}}
SERVERS = ("sqlite", "postgresql", "s3", "s3 by source", "s3 file")


@pytest.fixture(params=[*LOCAL, *FILES, *MEMORY, *SERVERS])
def medium(request: pytest.FixtureRequest, tmp_path: Path) -> Medium:
    kind = request.param
    if "parquet" in kind:
        pytest.importorskip("pyarrow")
    if kind in FILES or kind in LOCAL:
        return Files(tmp_path / "out" / (kind if kind in FILES else "articles"), **LOCAL.get(kind, {}))
    if kind == "sqlite":
        return SqliteFile(tmp_path / "news.db")
    if kind == "postgresql":
        return _emptied(PostgresqlServer(request.getfixturevalue("database")))
    name = tmp_path.name
    if kind in MEMORY:
        pytest.importorskip("fsspec")
        return Remote(f"memory://{name}/articles", {}, **MEMORY[kind])
    options = request.getfixturevalue("bucket")
    if kind == "s3 file":
        return Remote(f"s3://{BUCKET}/{name}/all.jsonl.gz", options)
    by_source = {"format": "jsonl.zst", "partition": "source"}
    return Remote(f"s3://{BUCKET}/{name}", options, **(by_source if "source" in kind else {}))


def _emptied(server: PostgresqlServer) -> PostgresqlServer:
    import psycopg  # noqa: PLC0415 - an extra

    with psycopg.connect(server.address) as db:
        db.execute("DROP TABLE IF EXISTS articles")
    return server


def assert_complete(medium: Medium, made: tuple[Article, ...] = ARTICLES) -> None:
    held = medium.held()
    if medium.all_of_them:
        assert sorted(held, key=lambda each: (each.id, each.revision)) == sorted(
            made, key=lambda each: (each.id, each.revision)
        )
    else:
        assert held == newest(made)


# S3's library, and the server that stands in for it, warn of what is none of our business.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


def test_every_article_arrives_once_record_for_record(store: Store, medium: Medium) -> None:
    assert sum(count for _, count in publish(store, **medium.output)) == len(ARTICLES)
    assert_complete(medium)
    assert publish(store, **medium.output) == []
    assert_complete(medium)


def test_a_crash_before_the_state_knows_repeats_nothing_and_loses_nothing(
    store: Store, medium: Medium, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraper.publish.PART_ROWS", 3)
    with pytest.raises(KilledError):
        publish(store, KilledAfterPublishing, **medium.output)
    publish(store, **medium.output)
    assert_complete(medium)
    more = article("more")
    put(store, more)
    publish(store, **medium.output)
    assert_complete(medium, (*ARTICLES, more))


# ---- tables ------------------------------------------------------------------------------------------


def test_a_table_that_was_taken_away_gets_everything_again(store: Store, database: str) -> None:
    server = _emptied(PostgresqlServer(database))
    publish(store, **server.output)
    _emptied(server)
    publish(store, **server.output)
    assert_complete(server)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("later", ["d", "defgh"])
def test_after_an_older_state_is_brought_back_nothing_new_is_left_out(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str, later: str
) -> None:
    table = (
        SqliteFile(tmp_path / "news.db")
        if kind == "sqlite"
        else _emptied(PostgresqlServer(request.getfixturevalue("database")))
    )
    state = tmp_path / "state.db"
    with Store(state) as store:
        put(store, article("a"))
        publish(store, **table.output)
    before = state.read_bytes(), (tmp_path / "state.db.sum").read_bytes()
    with Store(state) as store:
        put(store, article("b"), article("c"))
        publish(store, **table.output)
    state.write_bytes(before[0])
    (tmp_path / "state.db.sum").write_bytes(before[1])
    with Store(state) as store:
        publish(store, **table.output)  # as a run begins
        put(store, *map(article, later))
        publish(store, **table.output)
    assert [each.id for each in table.held()] == [f"id of {name}" for name in f"abc{later}"]


def test_two_states_may_fill_one_table(tmp_path: Path, database: str) -> None:
    server = _emptied(PostgresqlServer(database))
    for name in "ab":
        with Store(tmp_path / f"{name}.db") as store:
            put(store, article(name))
            publish(store, **server.output)
            publish(store, **server.output)
    assert [each.id for each in server.held()] == ["id of a", "id of b"]


def test_a_nul_is_no_text_for_postgresql_and_becomes_a_replacement(tmp_path: Path, database: str) -> None:
    server = _emptied(PostgresqlServer(database))
    with Store(tmp_path / "nul.db") as store:
        put(store, article("a", title="a\0b", tags=("\0",), text=r"\u0000"))
        publish(store, **server.output)
    [held] = server.held()
    assert (held.title, held.tags, held.text) == ("a\ufffdb", ("\ufffd",), r"\u0000")


def test_columns_of_postgresql_have_types(store: Store, database: str) -> None:
    server = _emptied(PostgresqlServer(database))
    publish(store, **server.output)
    import psycopg  # noqa: PLC0415 - an extra

    with psycopg.connect(database) as db:
        types = dict(
            db.execute(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'articles'"
            )
        )
    assert types["date_published"] == "timestamp with time zone"
    assert types["authors"] == "ARRAY"
    assert types["paragraphs"] == "jsonb"
    assert types["word_count"] == "bigint"
    assert types["is_accessible_for_free"] == "boolean"


def test_to_look_at_a_table_leaves_nothing(tmp_path: Path, database: str) -> None:
    import psycopg  # noqa: PLC0415 - an extra

    server = _emptied(PostgresqlServer(database))
    tables: tuple[tuple[Format, str], ...] = (("postgresql", database), ("sqlite", str(tmp_path / "news.db")))
    for kind, address in tables:
        table_of(kind, address, table="articles", shape=Shape.of(), state_id="").probe()
    assert not (tmp_path / "news.db").exists()
    with psycopg.connect(server.address) as db:
        assert db.execute("SELECT to_regclass('articles')").fetchone() == (None,)


def test_a_server_that_is_not_there_is_an_output_error(store: Store, tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(OutputError, match="cannot be written"):
        publish(store, path=f"postgresql:///nowhere?host={tmp_path}")


def test_a_file_that_is_no_database_is_an_output_error(store: Store, tmp_path: Path) -> None:
    (tmp_path / "news.db").write_text(
        "not a database, and long enough to look like one" * 20, encoding="utf-8"
    )
    with pytest.raises(OutputError, match="not a database"):
        publish(store, path=str(tmp_path / "news.db"))


# ---- folders -----------------------------------------------------------------------------------------


def test_partitions_are_folders_as_hive_has_them(store: Store, tmp_path: Path) -> None:
    publish(store, path=str(tmp_path / "by-day"), partition="date")
    publish(store, path=str(tmp_path / "by-source"), partition="source")
    day, source = parts_below(tmp_path / "by-day"), parts_below(tmp_path / "by-source")
    assert {part.parent.name for part in day} >= {"date=2026-03-01"}
    assert {part.parent.name for part in source} == {"source=Courier"}


def test_what_a_killed_run_left_in_a_partition_is_cleared(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    output: dict[str, Any] = {"path": str(folder), "partition": "source"}
    publish(store, **output)
    left = folder / "source=Gazette" / "part-000000009-0.jsonl"
    left.parent.mkdir()
    left.touch()
    publish(store, **output)
    assert not left.exists()
    assert {part.parent.name for part in parts_below(folder)} == {"source=Courier"}


@pytest.mark.parametrize("other", [{"format": "csv"}, {"partition": "date"}, {"format": "jsonl.gz"}])
def test_a_folder_holds_parts_of_one_kind(store: Store, tmp_path: Path, other: dict[str, Any]) -> None:
    publish(store, path=str(tmp_path / "articles"))
    with pytest.raises(OutputError, match="of another format or partition"):
        publish(store, path=str(tmp_path / "articles"), **other)


def test_what_others_have_below_an_address_is_left_alone(store: Store) -> None:
    fsspec = pytest.importorskip("fsspec")
    files = fsspec.filesystem("memory")
    others = ["/shared/notes.tmp", "/shared/deep/er/part-1.jsonl", "/shared/README"]
    for name in others:
        files.pipe_file(name, b"")
    publish(store, path="memory://shared")
    assert all(map(files.exists, others))


@pytest.mark.parametrize("name", ["The Saltmere Courier", "Zeitung für Ä/B=C%", "."])
def test_a_partition_can_be_read_by_any_name_of_a_source(tmp_path: Path, name: str) -> None:
    pytest.importorskip("pyarrow")
    from pyarrow import dataset  # noqa: PLC0415 - an extra

    output = OutputConfig(path=str(tmp_path / "hive"), format="parquet", partition="source")
    folder = open_output(output, state_id="state")
    assert isinstance(folder, Folder)
    folder.seal(rows(article("a"), source=name))
    table = dataset.dataset(tmp_path / "hive", format="parquet", partitioning="hive").to_table(["source"])
    assert table.column("source").to_pylist() == [name]


def test_an_address_that_nobody_knows_is_a_configuration_error(store: Store) -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(ConfigError, match="Protocol not known: gopher"):
        publish(store, path="gopher://news/a")


# ---- plain texts -------------------------------------------------------------------------------------


def test_each_article_is_a_text_file_with_its_newest_revision(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    publish(store, path=str(folder), format="text")
    files = [path for path in folder.rglob("*") if path.is_file()]
    texts = {path.read_text(encoding="utf-8") for path in files}
    assert len(files) == len(newest(ARTICLES))
    assert "Changed.\n" in texts
    assert f"{HARD[1].title}\n\n{HARD[1].text}\n" in texts
    for path in files:
        assert path.suffix == ".txt"
        assert path.parent.name == path.name[:2]
        assert int(path.stem, 16)


def test_a_text_holds_the_fields_that_are_asked_for(tmp_path: Path) -> None:
    with Store(tmp_path / "state.db") as store:
        made = article("a", id="0123456789abcdef", title="T", authors=("A", "B"), date_published=MORNING)
        put(store, made)
        fields = ("title", "authors", "date_published", "description", "text")
        publish(store, path=str(tmp_path / "texts"), format="text", fields=fields)
    text = (tmp_path / "texts" / "01" / "0123456789abcdef.txt").read_text(encoding="utf-8")
    assert text == "T\n\nA\nB\n\n2026-03-01T06:00:00+00:00\n\nThe text of a.\n"


def test_an_id_from_outside_leads_nowhere(tmp_path: Path) -> None:
    with Store(tmp_path / "state.db") as store:
        put(store, article("a", id="../../etc/passwd"))
        publish(store, path=str(tmp_path / "texts"), format="text")
    [file] = [path for path in (tmp_path / "texts").rglob("*") if path.is_file()]
    assert len(file.stem) == 32
