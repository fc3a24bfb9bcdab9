"""Writes from the code the manual's reference and the schema that is shipped: `python -m tests.reference`.

Tests hold both files to it.
"""

import ast
import inspect
import re
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import typer

import scraper
from scraper import records
from scraper.clean import KINDS
from scraper.cli import app
from scraper.cli.app import EXIT_CODES, placeholder
from scraper.config import Config, OutputConfig, SourceConfig
from scraper.report.journal import EVENTS
from scraper.report.metrics import METRICS
from scraper.report.thresholds import FIGURES
from scraper.schema import article_schema

PAGE = Path(scraper.__file__).parent / "manual" / "reference.md"
SCHEMA = Path(scraper.__file__).parent / "article.schema.json"

INTRODUCTION = """# Reference

Every verb, key, field, exit code, reason, event, figure and metric, written from the program itself.
`scraper manual reference SECTION` shows one section, such as `"[fetch]"` or `"scraper run"`.
"""

PARTS_OF_ARTICLES = (records.Paragraph, records.Image, records.Removal)
PARTS_OF_REPORTS = (records.SourceReport, records.HostReport, records.Alarm)

SIMPLE: Mapping[Any, str] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "true or false",
    datetime: "time",
    type(None): "null",
}


def documented(thing: type) -> dict[str, str]:
    """The strings that stand behind the fields of a class, or behind the members of an enumeration."""
    [node] = ast.parse(inspect.getsource(thing)).body
    assert isinstance(node, ast.ClassDef)
    found = {}
    for line, following in zip(node.body, node.body[1:], strict=False):
        target = line.target if isinstance(line, ast.AnnAssign) else None
        if isinstance(line, ast.Assign):
            [target] = line.targets  # type: ignore[assignment]
        if isinstance(target, ast.Name) and isinstance(following, ast.Expr):
            assert isinstance(following.value, ast.Constant)
            found[target.id] = " ".join(str(following.value.value).split())
    return found


def summary(thing: type) -> str:
    """The first paragraph of a class's docstring."""
    return " ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].split())


def type_name(kind: Any) -> str:  # noqa: PLR0911 - a kind of type each
    """A type in the words of somebody who writes TOML or reads JSON."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Literal:
        return ", ".join(f"`{part}`" for part in parts)
    if origin in {Union, types.UnionType}:
        return " or ".join(type_name(part) for part in parts)
    if origin is tuple:
        return f"list of {type_name(parts[0])}"
    if origin is dict:
        return f"table of {type_name(parts[1])}"
    if kind in SIMPLE:
        return SIMPLE[kind]
    if issubclass(kind, StrEnum):
        return ", ".join(f"`{member}`" for member in kind)
    return f"[{kind.__name__}](#{kind.__name__.lower()})"


def default_of(field: msgspec.structs.FieldInfo) -> str:
    """A default as TOML has it."""
    if field.required:
        return "required"
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    if value is None:
        return "unset"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple | list):
        return "`[]`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A Markdown table."""
    heads = tuple(heads)
    yield f"| {' | '.join(heads)} |"
    yield f"| {' | '.join('---' for _ in heads)} |"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


def _verbs() -> Iterator[str]:
    group: Any = typer.main.get_command(app)
    hints = {
        info.callback.__name__: get_type_hints(info.callback)
        for info in app.registered_commands
        if info.callback
    }
    yield from ("## Verbs", "")
    for name, command in group.commands.items():
        places = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
        options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
        usage = " ".join(["scraper", name, *(["[OPTIONS]"] if options else []), *map(_place, places)])
        yield from (f"### scraper {name}", "", f"`{usage}`", "")
        for paragraph in command.help.split("\n\n"):
            text = " ".join(paragraph.split())
            example = re.fullmatch(r"(?:Example|Or): (.*)", text)
            yield from ("```sh", example[1].strip(), "```", "") if example else (text, "")
        rows = [(f"`{_place(place)}`", place.help) for place in places]
        rows += [(_option(option, hints[name].get(option.name)), option.help) for option in options]
        yield from table(("argument or option", "what"), rows) if rows else ()
    yield from ("### Options of the program", "")
    yield from table(("option", "what"), [(_option(option), option.help) for option in group.params])


def _place(argument: Any) -> str:
    return placeholder(*argument.get_usage_pieces(None))


def _option(option: Any, hint: Any = None) -> str:
    names = ", ".join(f"`{name}`" for name in sorted(option.opts, key=len))
    for kind in (hint, *get_args(hint)):
        if get_origin(kind) is Literal:
            return f"{names} {type_name(kind)}"
    return f"{names} `{option.metavar}`" if option.metavar else names


def _configuration() -> Iterator[str]:
    yield from (
        "## Configuration",
        "",
        summary(Config) + " An unknown key is an error that names its place.",
        "",
    )
    lists = {"output": OutputConfig, "source": SourceConfig}
    hints = get_type_hints(Config)
    for name in Config.__struct_fields__:
        section = lists.get(name) or hints[name]
        title = f"[[{name}]]" if name in lists else f"[{name}]"
        yield from (f"### {title}", "", summary(section), "")
        yield from table(("key", "type", "default", "what"), _keys(section))


def _keys(section: type) -> Iterator[tuple[str, ...]]:
    texts = documented(section)
    hints = get_type_hints(section)
    for field in msgspec.structs.fields(section):
        kind = hints[field.name]
        if type(None) in get_args(kind):
            kind = Union[tuple(part for part in get_args(kind) if part is not type(None))]  # noqa: UP007
        yield f"`{field.name}`", type_name(kind), default_of(field), texts[field.name]


def _record(thing: type[msgspec.Struct], title: str, level: int = 3) -> Iterator[str]:
    texts, hints = documented(thing), get_type_hints(thing)
    yield from (f"{'#' * level} {title}", "", summary(thing), "")
    rows = [(f"`{name}`", type_name(hints[name]), texts[name]) for name in thing.__struct_fields__]
    yield from table(("key", "type", "what"), rows)


def _records() -> Iterator[str]:
    yield from _record(records.Article, "Article", 2)
    yield from (
        "Every key is always there. Times are RFC 3339 in UTC. `scraper schema` prints the JSON Schema, and",
        "the package has it as `article.schema.json`.",
        "",
    )
    for part in PARTS_OF_ARTICLES:
        yield from _record(part, part.__name__)
    yield from _record(records.Report, "Report", 2)
    for share in PARTS_OF_REPORTS:
        yield from _record(share, share.__name__)


def _exit_codes() -> Iterator[str]:
    yield from ("## Exit codes", "")
    yield from table(("code", "meaning"), ((str(code), meaning) for code, meaning in EXIT_CODES.items()))


def _reasons() -> Iterator[str]:
    texts = documented(records.Reason)
    yield from ("## Reasons", "", "Why a link did not become an article.", "")
    rows = [
        (f"`{reason}`", "a later run asks again" if reason in records.DEFERRED_REASONS else "dropped", what)
        for reason in records.Reason
        for what in [texts[reason.name]]
    ]
    yield from table(("reason", "what becomes of it", "when"), rows)
    yield from ("### Skipped records", "", "Why a record of an archive is not looked at as a page.", "")
    yield from _members(records.Skip, "reason")


def _members(thing: type[StrEnum], head: str) -> Iterator[str]:
    texts = documented(thing)
    yield from table((head, "what"), [(f"`{member}`", texts[member.name]) for member in thing])


def _kinds() -> Iterator[str]:
    kinds = ", ".join(f"`{kind}`" for kind in sorted(KINDS))
    yield from ("## Kinds of boilerplate", "", f"For `--keep` and `keep`, and in `removed`: {kinds}.", "")


def _figures() -> Iterator[str]:
    yield from (
        "## Thresholds",
        "",
        "Figures for `[health] fail_on` and `--fail-on`, with `>`, `>=`, `<`, `<=`.",
        "",
    )
    yield from table(("figure", "what"), [(f"`{name}`", what) for name, (what, _) in FIGURES.items()])
    yield from ("## Alarms", "", summary(records.Alarm), "")
    yield from _members(records.Figure, "figure")
    yield from _members(records.Cause, "likely cause")


def _events() -> Iterator[str]:
    yield from (
        "## Events",
        "",
        "Each is a line of JSON on standard error, or what `on_event` is called with.",
        "",
    )
    yield from table(("event", "when"), [(f"`{name}`", what) for name, what in EVENTS.items()])


def _metrics() -> Iterator[str]:
    yield from ("## Metrics", "", "Written to the file that `[run] metrics` names; all are gauges.", "")
    rows = [
        (f"`{name}`", ", ".join(f"`{label}`" for label in labels) or "none", what)
        for name, (what, labels) in METRICS.items()
    ]
    yield from table(("metric", "labels", "what"), rows)


def reference() -> str:
    """The page as it ought to be."""
    parts = (_verbs, _configuration, _records, _exit_codes, _reasons, _kinds, _figures, _events, _metrics)
    lines = [line for part in parts for line in part()]
    return INTRODUCTION + "\n" + "\n".join(lines).rstrip() + "\n"


def schema() -> bytes:
    """The file as it ought to be: what `scraper schema` prints."""
    return msgspec.json.format(msgspec.json.encode(article_schema()), indent=2) + b"\n"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    SCHEMA.write_bytes(schema())
    sys.stderr.write(f"wrote {PAGE} and {SCHEMA}\n")
