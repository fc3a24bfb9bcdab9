"""The JSON Schema of an article: complete, described, and kept by every output."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from scraper.cli import run
from scraper.config import OutputConfig
from scraper.export import Selection, export
from scraper.records import Article, Image, Paragraph, Removal
from scraper.schema import article_schema, field_docs
from scraper.store import Store
from tests.outputs import reading
from tests.outputs.making import HARD
from tests.outputs.test_publishing import put

VALIDATOR = jsonschema.Draft202012Validator(
    article_schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(article_schema())


@pytest.mark.parametrize("record", [Article, Paragraph, Image, Removal])
def test_every_key_is_described(record: Any) -> None:
    assert list(field_docs(record)) == list(record.__struct_fields__)


def test_every_key_is_required_and_nothing_is_amiss_with_a_record() -> None:
    record = json.loads(msgspec.json.encode(HARD[1]))
    VALIDATOR.validate(record)
    for key in record:
        without = {name: value for name, value in record.items() if name != key}
        with pytest.raises(jsonschema.ValidationError, match="is a required property"):
            VALIDATOR.validate(without)


def test_the_command_line_prints_it_and_the_package_has_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed) == json.loads(json.dumps(article_schema()))
    shipped = resources.files("scraper").joinpath("article.schema.json").read_text(encoding="utf-8")
    assert shipped == printed, "run: python -m tests.reference"


@pytest.mark.parametrize(
    "name", ["all.jsonl", "all.jsonl.gz", "all.jsonl.zst", "all.csv", "all.parquet", "all.db"]
)
def test_every_output_keeps_to_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    with Store(tmp_path / "state.sqlite") as store:
        put(store, *HARD)
        assert export([store], OutputConfig(path=str(path)), Selection()) == len(HARD)
    made = {
        ".csv": lambda: reading.from_csv(path.read_bytes()),
        ".parquet": lambda: reading.from_parquet(path),
        ".db": lambda: reading.from_sqlite(path),
    }.get(path.suffix, lambda: reading.lines(reading.unpacked(path.read_bytes(), name)))()
    assert len(made) == len(HARD)
    for each in made:
        VALIDATOR.validate(msgspec.json.decode(msgspec.json.encode(each)))
