"""`scraper export`: any output, later, of all articles or of those that are wanted."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper.cli import run
from scraper.store import Store
from tests.outputs import reading
from tests.store.making import MORNING, article, link, meet, take

DAY = timedelta(days=1)
MADE = (
    ("Courier", article("a", date_published=MORNING - 40 * DAY, title="A")),
    ("Courier", article("b", date_published=MORNING)),
    ("Gazette", article("c", date_published=None)),
    ("Gazette", article("b", date_published=MORNING, text="Changed.", revision=2)),
)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    path = tmp_path / "state.db"
    with Store(path) as store:
        for number, (source, made) in enumerate(MADE):
            meet(store, "run-1", link(str(number), source=source), now=MORNING)
            for queued in take(store, "run-1"):
                store.links.settle_article(queued, made, now=MORNING)
    return path


def exported(state: Path, *options: str) -> list[tuple[str, int]]:
    out = state.with_name("out.jsonl")
    code = run(["export", "--state", str(state), "-o", str(out), *options])
    made = reading.lines(out.read_bytes())
    assert code == (0 if made else 1)
    return [(each.id.removeprefix("id of "), each.revision) for each in made]


def test_all_revisions_are_written_in_the_order_in_which_they_were_stored(state: Path) -> None:
    assert exported(state) == [("a", 1), ("b", 1), ("c", 1), ("b", 2)]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (["--latest"], [("a", 1), ("c", 1), ("b", 2)]),
        (["--source", "Courier"], [("a", 1), ("b", 1)]),
        (["--source", "Courier", "--source", "Gazette", "--latest"], [("a", 1), ("c", 1), ("b", 2)]),
        (["--since", "2026-03-01", "--until", "2026-03-01"], [("b", 1), ("c", 1), ("b", 2)]),
        (["--until", "2026-02-28"], [("a", 1)]),
        (["--since", "2026-03-01T06:00:01"], []),
        (["--until", "2026-03-01T07:00+01:00"], [("a", 1)]),
        (["--by", "crawled", "--until", "2026-02-28"], []),
        (["--by", "crawled", "--since", "2026-03-01", "--source", "Courier"], [("a", 1), ("b", 1)]),
    ],
)
def test_what_is_wanted_can_be_said(state: Path, options: list[str], wanted: list[tuple[str, int]]) -> None:
    assert exported(state, *options) == wanted


def test_without_an_output_it_goes_to_standard_output(
    state: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["export", "-s", str(state), "--fields", "title,url", "--source", "Courier"]) == 0
    shown = capfdbinary.readouterr()
    assert shown.out.splitlines()[0] == b'{"title":"A","url":"https://news.example/a"}'
    assert b"2 articles" in shown.err
    assert run(["export", "-s", str(state), "--fields-as", "schema.org"]) == 0
    assert json.loads(capfdbinary.readouterr().out.splitlines()[0])["@type"] == "NewsArticle"
    assert run(["export", "-s", str(state), "--format", "csv", "--fields", "title"]) == 0
    assert capfdbinary.readouterr().out == b'"title"\n"A"\n\n\n\n'


def test_a_folder_is_brought_up_to_date(state: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"

    def held() -> list[str]:
        parts = sorted(folder.glob("part-*.jsonl"))
        return [each.id for part in parts for each in reading.lines(part.read_bytes())]

    assert run(["export", "-s", str(state), "-o", str(folder)]) == 0
    before = sorted(file.name for file in folder.iterdir())
    assert len(held()) == 4
    assert run(["export", "-s", str(state), "-o", str(folder)]) == 0
    assert sorted(file.name for file in folder.iterdir()) == before
    assert "_SUCCESS" in before
    assert run(["export", "-s", str(state), "-o", str(folder), "--source", "Courier"]) == 0
    assert held() == ["id of a", "id of b"]


def test_the_folder_of_a_run_is_left_alone(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    with Store(state) as store:
        (folder / "_STATE").write_text(f"{store.id}\n", encoding="ascii")
    (folder / "part-000000001-0.jsonl").touch()
    assert run(["export", "-s", str(state), "-o", str(folder)]) == 3
    assert "holds parts of another state" in capsys.readouterr().err
    assert (folder / "part-000000001-0.jsonl").exists()


def test_a_table_gets_the_newest_revisions_and_can_be_filled_again(state: Path, tmp_path: Path) -> None:
    table = tmp_path / "news.sqlite"
    for _ in range(2):
        assert run(["export", "-s", str(state), "-o", str(table), "--table", "news"]) == 0
    made = reading.from_sqlite(table, "news")
    assert [(each.id, each.revision) for each in made] == [("id of a", 1), ("id of b", 2), ("id of c", 1)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--source", "Currier"], "the state has no article of it; there are Courier, Gazette"),
        (["--since", "yesterday"], "--since yesterday: not a date"),
        (["--since", "2026-03-02", "--until", "2026-03-01"], "is later than --until 2026-03-01"),
        (["--until", "9999-12-31"], "not a date"),
        (["--fields", "titel"], "no key of the record: titel"),
        (["--fields", "title,title"], "a key is named twice"),
        (["--fields", "title", "--fields-as", "fundus"], "name fields or fields_as, not both"),
        (["-o", "out.xlsx"], "unknown format"),
        (["-o", "out.csv", "--format", "parquet"], "is csv, not parquet"),
        (["-o", "out.db", "--fields", "title"], "a table needs the id"),
        (["-o", "out.csv", "--partition", "date"], "only a folder of parts"),
        (["-o", "postgresql://me:secret@host/news"], "an address with a password is not used"),
        (["--format", "sqlite"], "does not go to standard output"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_says_why(
    state: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", "-s", str(state), *options]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "secret" not in error


def test_of_many_sources_the_one_that_is_meant_is_named(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store(state) as store:
        for number in range(20):
            name = f"{number} Times"
            meet(store, "run-2", link(f"of {number}", source=name), now=MORNING)
            for queued in take(store, "run-2"):
                store.links.settle_article(queued, article(f"of {number}"), now=MORNING)
    assert run(["export", "-s", str(state), "--source", "Currier"]) == 2
    told = capsys.readouterr().err
    assert "did you mean Courier? `scraper status` names all 22\n" in told
    assert run(["export", "-s", str(state), "--source", "xyz"]) == 2
    assert "no article of it; `scraper status` names all 22\n" in capsys.readouterr().err


def test_the_state_is_never_written_over(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = state.read_bytes()
    assert run(["export", "-s", str(state), "-o", str(state)]) == 2
    assert "this is the state" in capsys.readouterr().err
    assert state.read_bytes() == before


def test_a_date_is_of_utc_when_it_says_nothing_else() -> None:
    from scraper.cli.export_verbs import moment  # noqa: PLC0415 - as the verb has it

    assert moment("--since", "2026-03-01") == datetime(2026, 3, 1, tzinfo=UTC)
    assert moment("--until", "2026-03-01", end_of_day=True) == datetime(2026, 3, 2, tzinfo=UTC)
    assert moment("--until", "2026-03-01T05:00", end_of_day=True) == datetime(2026, 3, 1, 5, tzinfo=UTC)


# ---- records of other verbs --------------------------------------------------------------------------

PARAGRAPH = "The ferry that links the islands returned to service on Monday after four months of repairs. "
PAGE = f"""<html lang="en"><head><title>Ferry returns to the islands</title></head><body><article>
<h1>Ferry returns to the islands</h1><p>{PARAGRAPH * 3}</p><p>{PARAGRAPH.replace("Monday", "Friday") * 3}</p>
</article></body></html>"""


def test_extract_writes_every_format_of_files(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    page = tmp_path / "page.html"
    page.write_text(PAGE, encoding="utf-8")
    files = {name: tmp_path / name for name in ("a.jsonl", "a.jsonl.zst", "a.csv", "a.parquet")}
    for file in files.values():
        url = ["--url", "https://news.example/ferry"]
        assert run(["extract", str(page), "-o", str(file), "--second-opinion", "never", *url]) == 0
    read = [
        reading.lines(files["a.jsonl"].read_bytes()),
        reading.lines(reading.unpacked(files["a.jsonl.zst"].read_bytes(), "a.zst")),
        reading.from_csv(files["a.csv"].read_bytes()),
        reading.from_parquet(files["a.parquet"]),
    ]
    assert {made[0].title for made in read} == {"Ferry returns to the islands"}
    assert len({made[0].content_hash for made in read}) == 1


def test_extract_prints_the_fields_that_are_asked_for(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE, encoding="utf-8")
    options = ["--url", "https://news.example/ferry", "--second-opinion", "never"]
    assert run(["extract", str(page), *options, "--fields", "hostname,title"]) == 0
    printed = capfdbinary.readouterr().out
    assert printed == b'{"hostname":"news.example","title":"Ferry returns to the islands"}\n'
    assert run(["extract", str(page), *options, "--fields-as", "trafilatura"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["source"] == "https://news.example/ferry"
    assert run(["extract", str(page), *options, "--fields", "titel"]) == 2


# ---- of shards ---------------------------------------------------------------------------------------


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    """Two of three shards, each with two articles."""
    for index in range(2):
        with Store(tmp_path / f"state.{index}-of-3.db") as store:
            for number in range(2):
                name = f"{index}{number}"
                meet(store, "run-1", link(name, source=f"Paper {index}"), now=MORNING)
                for queued in take(store, "run-1"):
                    store.links.settle_article(queued, article(name), now=MORNING)
    return tmp_path / "state.db"


@pytest.mark.parametrize("name", ["out.jsonl", "out.db", "out"])
def test_the_articles_of_all_shards_are_exported_together(
    shards: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = shards.with_name(name)
    for _ in range(2):
        assert run(["export", "-s", str(shards), "-o", str(out)]) == 0
    if name == "out":
        [part] = out.glob("part-*.jsonl")
        made = reading.lines(part.read_bytes())
    else:
        made = reading.from_sqlite(out) if name == "out.db" else reading.lines(out.read_bytes())
    assert sorted(each.id for each in made) == ["id of 00", "id of 01", "id of 10", "id of 11"]
    assert "shard 2/3 has no state here" in capsys.readouterr().err


def test_one_shard_can_be_exported(shards: Path) -> None:
    assert exported(shards, "--shard", "1/3") == [("10", 1), ("11", 1)]
    assert exported(shards, "--source", "Paper 0") == [("00", 1), ("01", 1)]
    assert run(["export", "-s", str(shards), "--shard", "2/3"]) == 2
