"""The JSON Schema of `run.json`, made from the records and their docstrings, so that it can't lag behind."""

from typing import Any

from scraper.records import Alarm, HostReport, Record, Report, SourceReport
from scraper.schema import described_schema

DOCUMENTED: tuple[type[Record], ...] = (Report, SourceReport, Alarm, HostReport)


def report_schema() -> dict[str, Any]:
    """The schema (JSON Schema 2020-12) of what a run writes beside its articles."""
    return described_schema(DOCUMENTED, title="run.json", description="What a run of scraper did.")
