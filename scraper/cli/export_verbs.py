"""Verbs that hand over what is stored: export, schema."""

import sys
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from scraper.cli.app import EXIT_OK, EXIT_UNHEALTHY, Fields, FieldsAs, app, field_names
from scraper.cli.inputs import until_reader_leaves
from scraper.cli.state_verbs import DEFAULT_STATE, ShardOf, State, Where, named_states
from scraper.cli.wording import told_of
from scraper.config import Config, OutputConfig
from scraper.errors import ConfigError
from scraper.formats import Format, Medium, target_of
from scraper.web.printable import counted, visible


@app.command(no_args_is_help=True)
def export(
    config: Where = None,
    state: State = DEFAULT_STATE,
    shard: ShardOf = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            help="A file whose ending tells its format, or a folder: any name with another ending, or with / "
            "behind it; s3://bucket/prefix or postgresql://host/database; standard output when unset.",
            metavar="PATH|ADDRESS",
        ),
    ] = None,
    kind: Annotated[
        Format | None,
        typer.Option("--format", help="When the ending of PATH does not tell it; jsonl when nothing does."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="Articles of this day or time, and later.", metavar="DATE")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(help="Articles up to the end of this day, or before this time.", metavar="DATE"),
    ] = None,
    by: Annotated[
        Literal["published", "crawled"],
        typer.Option(help="Which date counts; one that is unknown goes by that of fetching."),
    ] = "published",
    source: Annotated[
        list[str] | None, typer.Option(help="Articles of this source; may be given again.", metavar="NAME")
    ] = None,
    latest: Annotated[
        bool, typer.Option("--latest", help="Only the newest revision of each article.")
    ] = False,
    fields: Fields = None,
    fields_as: FieldsAs = None,
    partition: Annotated[
        Literal["date", "source"] | None, typer.Option(help="Folders within the folder, as Hive has them.")
    ] = None,
    table: Annotated[str, typer.Option(help="Table of a database.", metavar="NAME")] = "articles",
) -> int:
    """Write stored articles in any format: all, or those of some days or sources.

    The state is only read, and a run may be at work; of a run in shards, the states of all are read. A folder
    of an earlier export is brought up to date, a file is replaced, and rows of a table are replaced by id.

    Example:  scraper export -c news.toml -o january.parquet --since 2026-01-01 --until 2026-01-31

    Or:  scraper export -c news.toml --fields url,title,date_published | head
    """
    from scraper.export import Selection, print_to
    from scraper.export import export as write
    from scraper.outputs import Shape
    from scraper.store import Store

    selection = Selection(
        since=moment("--since", since),
        until=moment("--until", until, end_of_day=True),
        by=by,
        sources=tuple(source or ()),
        latest=latest,
    )
    if selection.since and selection.until and selection.since >= selection.until:
        raise ConfigError(f"--since {since}: is later than --until {until}, so that no article is wanted")
    wanted = OutputConfig(
        path=output or "standard-output",
        format=kind,
        partition=partition,
        fields=field_names(fields),
        fields_as=fields_as,
        table=table,
    )
    with told_of():
        [wanted] = Config(output=(wanted,)).checked().output
    _, states = named_states(config, state, shard)
    for missing in states.missing:
        typer.echo(f"scraper: shard {missing} has no state here; its articles are not among these", err=True)
    with ExitStack() as stack:
        stores = [stack.enter_context(Store(path, read_only=True)) for path in states.paths]
        if output:
            if Path(output).absolute() in {path.absolute() for path in states.paths}:
                raise ConfigError(f"{output}: this is the state")
            with told_of():
                count = write(stores, wanted, selection)
        else:
            target = target_of(wanted.path, kind)
            if target.medium is not Medium.FOLDER or (target.format == "parquet" and sys.stdout.isatty()):
                raise ConfigError(f"{target.format} does not go to standard output; name an --output")
            shape = Shape.of(wanted.fields, wanted.fields_as)
            with until_reader_leaves():
                count = print_to(sys.stdout.buffer, stores, selection, kind=target.format, shape=shape)
                sys.stdout.buffer.flush()
    where = ""
    if output:
        folder = target_of(wanted.path, kind).medium in {Medium.FOLDER, Medium.TEXTS}
        where = f" to the folder {output}" if folder else f" to {output}"
    typer.echo(visible(f"{counted(count, 'article')}{where}"), err=True)
    return EXIT_OK if count else EXIT_UNHEALTHY


@app.command()
def schema() -> int:
    """Print the JSON Schema of an article, as JSON lines have it.

    `scraper report --schema` prints that of run.json.

    Example:  scraper schema > article.schema.json
    """
    from scraper.schema import article_schema

    with until_reader_leaves():
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(article_schema()), indent=2) + b"\n")
        sys.stdout.buffer.flush()
    return EXIT_OK


def moment(option: str, text: str | None, *, end_of_day: bool = False) -> datetime | None:
    """The time that an option means, in UTC; of a day its beginning, or its end.

    Raises:
        ConfigError: It is no date.
    """
    if text is None:
        return None
    try:
        if len(text) <= len("2026-01-01"):
            day = datetime.combine(date.fromisoformat(text), time(), UTC)
            return day + timedelta(days=1) if end_of_day else day
        when = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise ConfigError(f"{option} {text}: not a date such as 2026-01-31 or 2026-01-31T18:00") from error
    return when if when.tzinfo else when.replace(tzinfo=UTC)
