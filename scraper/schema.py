"""JSON Schemas, made from the records and the docstrings of their fields, so that they can't lag behind."""

import ast
import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from scraper.records import Article, Image, Paragraph, Record, Removal


def article_schema() -> dict[str, Any]:
    """The schema (JSON Schema 2020-12) of an article, as JSON lines have it."""
    return described_schema(
        (Article, Paragraph, Image, Removal),
        title="article",
        description="One news article: clean text and what is known of it.",
    )


def described_schema(records: Sequence[type[Record]], *, title: str, description: str) -> dict[str, Any]:
    """The schema of the first of `records`, with the descriptions of all of them."""
    schema = msgspec.json.schema(records[0])
    for record in records:
        definition = schema["$defs"][record.__name__]
        # A record is written with all its keys, also those that may be left out on the way in.
        definition["required"] = list(definition["properties"])
        for name, text in field_docs(record).items():
            definition["properties"][name]["description"] = text
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": description,
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
