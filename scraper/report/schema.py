"""The JSON Schema of `run.json`, made from the records and their docstrings, so that it can't lag behind."""

import ast
import inspect
from collections.abc import Mapping
from typing import Any

import msgspec

from scraper.records import Alarm, HostReport, Record, Report, SourceReport

DOCUMENTED: tuple[type[Record], ...] = (Report, SourceReport, Alarm, HostReport)


def report_schema() -> dict[str, Any]:
    """The schema (JSON Schema 2020-12) of what a run writes beside its articles."""
    schema = msgspec.json.schema(Report)
    for record in DOCUMENTED:
        definition = schema["$defs"][record.__name__]
        # A record is written with all its keys, also those that may be left out on the way in.
        definition["required"] = list(definition["properties"])
        for name, description in field_docs(record).items():
            definition["properties"][name]["description"] = description
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "run.json",
        "description": "What a run of scraper did.",
        **schema,
    }


def field_docs(record: type[Record]) -> Mapping[str, str]:
    """What the source says of each field: the string below it."""
    [definition] = ast.parse(inspect.getsource(record)).body
    if not isinstance(definition, ast.ClassDef):
        raise TypeError(f"{record.__name__} is no class")
    docs: dict[str, str] = {}
    field = None
    for statement in definition.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            field = statement.target.id
        elif field and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            docs[field] = inspect.cleandoc(str(statement.value.value)).replace("\n", " ")
            field = None
    return docs
