"""Every format gives back, record for record, what was put into it."""

import io
import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.formats import Format
from scraper.outputs import Shape, encoder, table_of
from scraper.outputs.encoders import FORMULA
from scraper.records import Article
from tests.outputs import reading
from tests.outputs.making import HARD, articles, records, rows
from tests.store.making import article

FILES: tuple[Format, ...] = ("jsonl", "jsonl.gz", "jsonl.zst", "csv", "csv.gz", "csv.zst", "parquet")


def written(kind: Format, made: list[Article], shape: Shape | None = None) -> bytes:
    if kind == "parquet":
        pytest.importorskip("pyarrow")
    file = io.BytesIO()
    encoder(kind, shape or Shape.of()).write(file, records(*made))
    return file.getvalue()


def read(kind: Format, data: bytes) -> list[Article]:
    if kind == "parquet":
        return reading.from_parquet(io.BytesIO(data))
    content = reading.unpacked(data, kind)
    return reading.from_csv(content) if kind.startswith("csv") else reading.lines(content)


@pytest.mark.parametrize("kind", FILES)
def test_a_file_gives_back_what_was_put_into_it(kind: Format) -> None:
    assert read(kind, written(kind, list(HARD))) == list(HARD)


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
@settings(max_examples=25)
@given(made=articles())
def test_a_file_gives_back_whatever_a_record_may_be(kind: Format, made: list[Article]) -> None:
    assert read(kind, written(kind, made)) == made


@settings(max_examples=12)
@given(made=articles())
def test_a_table_gives_back_whatever_a_record_may_be(
    tmp_path_factory: pytest.TempPathFactory, made: list[Article]
) -> None:
    path = tmp_path_factory.mktemp("table") / "news.db"
    table_of("sqlite", str(path), table="articles", shape=Shape.of(), state_id="state").put(rows(*made))
    assert reading.from_sqlite(path) == sorted(made, key=lambda each: each.id.encode())


@pytest.mark.parametrize("kind", FILES)
def test_equal_rows_give_equal_bytes(kind: Format) -> None:
    assert written(kind, list(HARD)) == written(kind, list(HARD))


@pytest.mark.parametrize("kind", FILES)
def test_a_file_of_nothing_can_be_read(kind: Format) -> None:
    assert read(kind, written(kind, [])) == []


def test_each_format_of_the_configuration_has_a_writer() -> None:
    assert set(FILES) | {"text", "sqlite", "postgresql"} == set(get_args(Format))


# ---- CSV ---------------------------------------------------------------------------------------------


@given(text=st.text("=+-@\t\r\n'\"a,\uff1d", max_size=6))
def test_no_cell_begins_as_a_formula_does_and_each_can_be_told_again(text: str) -> None:
    data = written("csv", [article("a", title=text)], Shape.of(["title"]))
    [_, [cell]] = reading.csv_cells(data)
    assert cell is not None
    assert not re.match("[=+\\-@\t\r\n\uff1d]", cell)
    assert (cell[1:] if FORMULA.match(cell) else cell) == text


def test_unknown_is_told_from_empty() -> None:
    data = written("csv", [article("a", title=None), article("b", title="")], Shape.of(["title", "tags"]))
    assert data == b'"title","tags"\n,"[]"\n"","[]"\n'


# ---- Parquet -----------------------------------------------------------------------------------------


def test_columns_have_types() -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    schema = parquet.read_schema(io.BytesIO(written("parquet", [])))
    assert schema.names == list(Article.__struct_fields__)
    times = [
        name
        for name in schema.names
        if name.startswith("date_") and name not in {"date_source", "date_precision"}
    ]
    for name in times:
        assert schema.field(name).type == pa.timestamp("us", "UTC")
    assert schema.field("word_count").type == pa.int64()
    assert schema.field("is_accessible_for_free").type == pa.bool_()
    assert schema.field("confidence").type == pa.float64()
    assert schema.field("authors").type == pa.list_(pa.string())
    assert schema.field("paragraphs").type == pa.list_(
        pa.struct([("type", pa.string()), ("text", pa.string())])
    )
    assert schema.field("removed").type.value_type.field("offset").type == pa.int64()


def test_row_groups_are_bounded_in_rows_and_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    from pyarrow import parquet as pq  # noqa: PLC0415 - an extra

    from scraper.outputs import parquet  # noqa: PLC0415 - as above

    def groups(*made: Article) -> list[int]:
        metadata = pq.read_metadata(io.BytesIO(written("parquet", list(made))))
        return [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]

    monkeypatch.setattr(parquet, "GROUP_ROWS", 3)
    assert groups(*(article(str(number)) for number in range(7))) == [3, 3, 1]
    monkeypatch.setattr(parquet, "GROUP_BYTES", 5_000)
    assert groups(article("a", text="x" * 6_000), article("b"), article("c")) == [1, 2]


def test_it_is_compressed_with_zstd() -> None:
    pytest.importorskip("pyarrow")
    from pyarrow import parquet as pq  # noqa: PLC0415 - an extra

    group = pq.read_metadata(io.BytesIO(written("parquet", [article("a")]))).row_group(0)
    assert {group.column(number).compression for number in range(group.num_columns)} == {"ZSTD"}


# ---- a table -----------------------------------------------------------------------------------------


def test_an_article_is_replaced_by_its_next_revision(tmp_path: Path) -> None:
    table = table_of("sqlite", str(tmp_path / "a.db"), table="news", shape=Shape.of(), state_id="state")
    first, other, second = article("a"), article("b"), article("a", text="Changed.", revision=2)
    table.put(rows(first, other))
    table.put(rows(second, first=3))
    assert reading.from_sqlite(tmp_path / "a.db", "news") == [second, other]


def test_a_column_that_a_later_version_has_more_is_added(tmp_path: Path) -> None:
    path = tmp_path / "a.db"

    def table(*fields: str) -> Any:
        return table_of("sqlite", str(path), table="articles", shape=Shape.of(fields), state_id="state")

    table("id", "title").put(rows(article("a", title="A")))
    table("id", "title", "language").put(rows(article("b", language="en"), first=2))
    import sqlite3  # noqa: PLC0415
    from contextlib import closing  # noqa: PLC0415

    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT id, title, language FROM articles ORDER BY id").fetchall() == [
            ("id of a", "A", None),
            ("id of b", None, "en"),
        ]


def test_a_line_of_chosen_fields_has_them_in_the_order_asked_for() -> None:
    line = written("jsonl", [article("a", title="T")], Shape.of(["title", "word_count", "authors"]))
    assert line == b'{"title":"T","word_count":4,"authors":[]}\n'
    assert msgspec.json.decode(line)["title"] == "T"
