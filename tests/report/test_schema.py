"""The schema of `run.json`: whole, documented, and true of what a run writes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from scraper import Config, run_batch
from scraper.demo import DemoSite
from scraper.report.schema import DOCUMENTED, report_schema
from scraper.schema import field_docs

VALIDATOR = jsonschema.Draft202012Validator(
    report_schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(report_schema())


@pytest.mark.parametrize("record", DOCUMENTED)
def test_every_field_is_documented(record: Any) -> None:
    assert list(field_docs(record)) == list(record.__struct_fields__)


def test_what_a_run_writes_is_true_to_it(
    site: DemoSite, config_for: Callable[..., Config], tmp_path: Path
) -> None:
    run_batch(config_for(site.url, clean={"removed": True}))
    written = json.loads((tmp_path / "articles" / "run.json").read_bytes())
    VALIDATOR.validate(written)
    assert written["sources"][0]["removed"]
    assert written["hosts"][0]["requests"] == written["requests"] > 10


def test_a_report_that_lacks_a_key_is_not(
    site: DemoSite, config_for: Callable[..., Config], tmp_path: Path
) -> None:
    run_batch(config_for(site.url, source={"feeds": [], "sections": []}))
    written = json.loads((tmp_path / "articles" / "run.json").read_bytes())
    del written["sources"][0]["tried"]
    with pytest.raises(jsonschema.ValidationError, match="'tried' is a required property"):
        VALIDATOR.validate(written)
