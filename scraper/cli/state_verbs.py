"""Verbs about configuration and state: init, report, status."""

import sys
from importlib import resources
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from scraper.cli.app import EXIT_OK, app
from scraper.cli.inputs import until_reader_leaves
from scraper.config import Config, RunConfig
from scraper.errors import ConfigError, InputError

Where = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Configuration that names the state.", metavar="CONFIG"),
]
State = Annotated[
    Path, typer.Option("--state", "-s", help="State file, when no configuration is given.", metavar="FILE")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DEFAULT_STATE = Path(RunConfig().state)


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="File to write; - is standard output.", metavar="FILE")] = Path(
        "scraper.toml"
    ),
) -> int:
    """Write a commented starter configuration.

    Example:  scraper init news.toml
    """
    starter = resources.files("scraper").joinpath("starter.toml").read_text(encoding="utf-8")
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
    typer.echo(f"wrote {path}; edit its [[source]] and try: scraper discover {path}", err=True)
    return EXIT_OK


@app.command()
def report(
    run: Annotated[
        str | None, typer.Argument(help="Run id, or its beginning; the last run when unset.", metavar="[RUN]")
    ] = None,
    config: Where = None,
    state: State = DEFAULT_STATE,
    json: Json = False,
) -> int:
    """Show what a run did, source by source.

    Example:  scraper report -c news.toml
    """
    from rich.console import Console

    from scraper.cli.terminal import show_report
    from scraper.store import Store

    path = _state_path(config, state)
    with Store(path, read_only=True) as store:
        found = store.report(run)
    if found is None:
        raise InputError(f"{path}: no run {run!r}" if run else f"{path}: no run has ended yet")
    with until_reader_leaves():
        if json:
            typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        else:
            show_report(found, Console())
    return EXIT_OK


@app.command()
def status(
    config: Where = None,
    state: State = DEFAULT_STATE,
    json: Json = False,
) -> int:
    """Show what the state holds and what waits, and why.

    Example:  scraper status -c news.toml
    """
    from scraper.cli.terminal import show_status
    from scraper.store import Store

    with Store(_state_path(config, state), read_only=True) as store:
        found = store.status()
    with until_reader_leaves():
        if json:
            typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        else:
            show_status(found)
    return EXIT_OK


def _state_path(config: Path | None, state: Path) -> Path:
    path = Path(Config.from_file(config).run.state) if config else state
    if not path.is_file():
        raise InputError(f"{path}: there is no state here; the first `scraper run` makes it")
    return path
