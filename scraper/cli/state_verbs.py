"""Verbs about configuration and state: init, doctor, report, status."""

import sys
import tomllib
from importlib import resources
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from scraper.cli.app import EXIT_OK, EXIT_UNHEALTHY, app
from scraper.cli.inputs import until_reader_leaves
from scraper.config import Config, HealthConfig, RunConfig
from scraper.errors import ConfigError
from scraper.web.printable import json_line, visible

if TYPE_CHECKING:
    from scraper.report.states import States

Where = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Configuration that names the state.", metavar="CONFIG"),
]
State = Annotated[
    Path, typer.Option("--state", "-s", help="State file, when no configuration is given.", metavar="FILE")
]
ShardOf = Annotated[
    str | None,
    typer.Option("--shard", help="Only this shard, such as 3/16; all together when unset.", metavar="K/N"),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DEFAULT_STATE = Path(RunConfig().state)
FILE_WIDTH = 120
"""Columns of a table that goes into a file."""


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="File to write; - is standard output.", metavar="FILE")] = Path(
        "scraper.toml"
    ),
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Source list of another reader: OPML, news-please's sitelist.hjson, or addresses in lines.",
            metavar="LIST",
        ),
    ] = None,
) -> int:
    """Write a commented starter configuration.

    Example:  scraper init news.toml

    Or:  scraper init news.toml --from subscriptions.opml
    """
    starter = resources.files("scraper").joinpath("starter.toml").read_text(encoding="utf-8")
    if from_:
        from scraper.cli.sourcelists import as_configuration, read_source_list

        found = read_source_list(from_)
        for note in found.notes:
            typer.echo(visible(f"scraper: {note}"), err=True)
        starter = as_configuration(starter, found, from_.name)
        Config.from_dict(tomllib.loads(starter)).require_sources()
    if str(path) == "-":
        sys.stdout.write(starter)
        return EXIT_OK
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(starter)
    except FileExistsError as error:
        raise ConfigError(f"{path}: exists already; nothing was changed") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error
    edit = f"look at its {len(found.sources)}" if from_ else "edit its"
    typer.echo(f"wrote {path}; {edit} [[source]] and try: scraper discover {path}", err=True)
    return EXIT_OK


@app.command(no_args_is_help=True)
def doctor(
    config: Annotated[Path, typer.Argument(help="The configuration to look at.", metavar="CONFIG")],
    json: Json = False,
) -> int:
    """Look whether all that a run stands on is well, before the first one.

    Configuration, contact, state, lock, outputs, disk, each source, robots.txt and the clock: a line each,
    and what to do. Asks the sources, but for no article. Ends with 1 where something is not well.

    Example:  scraper doctor news.toml
    """
    import asyncio

    from scraper.doctor import Check, Level, examine

    async def look() -> list[Check]:
        checks = []
        async for check in examine(config):
            checks.append(check)
            if json:
                typer.echo(json_line(check))
            else:
                typer.echo(visible(f"{check.level:5} {check.name:8} {check.detail}"))
                if check.advice:
                    typer.echo(visible(f"{'':14} → {check.advice}"))
        return checks

    with until_reader_leaves():
        checks = asyncio.run(look())
        failed = sum(check.level is Level.FAIL for check in checks)
        warned = sum(check.level is Level.WARN for check in checks)
        typer.echo(f"{len(checks)} checks, {failed} failed, {warned} warnings", err=True)
        return EXIT_UNHEALTHY if failed else EXIT_OK
    return EXIT_OK


@app.command()
def report(
    run: Annotated[
        str | None, typer.Argument(help="Run id, or its beginning; the last run when unset.", metavar="[RUN]")
    ] = None,
    config: Where = None,
    state: State = DEFAULT_STATE,
    shard: ShardOf = None,
    json: Json = False,
    html: Annotated[
        bool, typer.Option("--html", help="One self-contained web page, with the runs before.")
    ] = False,
    runs: Annotated[int, typer.Option(help="Runs that the page shows.", min=1, metavar="N")] = 30,
    schema: Annotated[
        bool, typer.Option("--schema", help="The JSON Schema of run.json, and nothing else.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write in place of printing.", metavar="FILE"),
    ] = None,
) -> int:
    """Show what a run did, source by source.

    Of a run in shards: the last run of each, as one.

    Example:  scraper report -c news.toml --html -o report.html
    """
    if schema:
        from scraper.report.schema import report_schema

        return _deliver(msgspec.json.format(msgspec.json.encode(report_schema()), indent=2), output)
    health, states = named_states(config, state, shard)
    if html:
        page = _page(states, run, runs=runs, health=health)
        return _deliver(page.encode("utf-8", "replace"), output)
    found = states.report(run)
    if json:
        return _deliver(msgspec.json.format(msgspec.json.encode(found), indent=2), output)
    from rich.console import Console

    from scraper.cli.terminal import show_report

    with until_reader_leaves():
        if output:
            with StringIO() as text:
                show_report(found, Console(file=text, width=FILE_WIDTH))
                return _deliver(text.getvalue().encode(), output)
        show_report(found, Console())
    return EXIT_OK


def named_states(config: Path | None, state: Path, shard: str | None) -> "tuple[HealthConfig, States]":
    """The thresholds of the configuration, and the states that it or the command line names."""
    from scraper.report.states import States, shard_state, states_at

    settings = Config.from_file(config) if config else None
    health = settings.health if settings else HealthConfig()
    path = Path(settings.run.state) if settings else state
    shard = shard or (settings.run.shard if settings else None)
    if shard:
        return health, States(shard_state(path, shard), {}, 0, health)
    return health, states_at(path, health)


def _page(states: "States", run: str | None, *, runs: int, health: HealthConfig) -> str:
    from scraper.report import Past
    from scraper.report.webpage import report_page

    newest, *earlier = states.past(run, limit=health.baseline_runs + 1)
    shown = states.reports(run, limit=runs)
    return report_page(
        shown, title=str(states.path), past=Past(earlier, now=newest.started_at), health=health
    )


def _deliver(data: bytes, output: Path | None) -> int:
    if output:
        from scraper.outputs import write_atomically

        write_atomically(output, data.rstrip(b"\n") + b"\n")
        return EXIT_OK
    with until_reader_leaves():
        sys.stdout.buffer.write(data.rstrip(b"\n") + b"\n")
        sys.stdout.buffer.flush()
    return EXIT_OK


@app.command()
def status(
    config: Where = None,
    state: State = DEFAULT_STATE,
    shard: ShardOf = None,
    json: Json = False,
) -> int:
    """Show what the state holds and what waits, and why.

    Of a run in shards: all states as one, and each in a line.

    Example:  scraper status -c news.toml
    """
    from scraper.cli.terminal import show_status

    _, states = named_states(config, state, shard)
    found = states.status()
    with until_reader_leaves():
        if json:
            typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        else:
            show_status(found)
    return EXIT_OK
