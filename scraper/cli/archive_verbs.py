"""The verb that works on archives: reprocess."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from scraper.cli.app import Engine, MaxRuntime, Output, app
from scraper.cli.batch_verbs import Quiet
from scraper.config import Config, OutputConfig, RunConfig
from scraper.errors import ConfigError, InputError

GIVEN: Final = {
    "run.shard": "--shard",
    "run.workers": "--workers",
    "health.fail_on": "--fail-on",
    "run.state": "--state",
}
"""Options by the keys of the configuration that they are put into."""


@app.command(no_args_is_help=True)
def reprocess(
    warc: Annotated[
        list[str],
        typer.Argument(
            help="WARC files (.warc, .warc.gz, .warc.zst), folders of them, http(s):// or s3:// addresses, "
            "or listings with a path on each line (.paths, .paths.gz).",
            metavar="WARC...",
        ),
    ],
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", help="Takes state, outputs and options from it.", metavar="CONFIG"),
    ] = None,
    output: Output = None,
    state: Annotated[
        Path | None,
        typer.Option(
            "--state", "-s", help=f"State file, without -c; {RunConfig().state} when unset.", metavar="FILE"
        ),
    ] = None,
    prefix: Annotated[
        str | None,
        typer.Option(
            help="What goes before the paths of a listing, such as https://data.commoncrawl.org/. Unset, it "
            "is told from where the listing lies.",
            metavar="ADDRESS",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            help="Only pages fetched at this time or later, by the date of their record (WARC-Date, in UTC), "
            "not of their publication. Files of a listing with earlier times in their names are left alone.",
            metavar="DATE",
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(help="As above; a day without time is included.", metavar="DATE"),
    ] = None,
    host: Annotated[
        list[str] | None,
        typer.Option(help="Only pages of this host and those below it; may be given again.", metavar="NAME"),
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(
            help="Only articles in this language, as the page tells it, such as de; may be given again.",
            metavar="CODE",
        ),
    ] = None,
    status: Annotated[
        list[int] | None,
        typer.Option(help="Only answers with this status, such as 200; may be given again.", metavar="CODE"),
    ] = None,
    mime: Annotated[
        list[str] | None,
        typer.Option(
            help="Only answers of this type, such as text/html; may be given again.", metavar="TYPE"
        ),
    ] = None,
    engine: Engine = None,
    shard: Annotated[
        str | None,
        typer.Option(
            help="Read a part of the files only, K from 0 to N - 1: one of N runs that share them out by "
            "name, each with a state and outputs of its own.",
            metavar="K/N",
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Read files, too, that this version has read with these options.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(help="Worker processes; all cores when unset.", min=0, metavar="N")
    ] = None,
    max_runtime: MaxRuntime = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            help="End with 1 where a figure is so, such as drop_rate>0.9; `scraper run --help` names them. "
            "May be given again.",
            metavar="FIGURE>NUMBER",
        ),
    ] = None,
    quiet: Quiet = False,
) -> int:
    """Take articles from stored pages (WARC) instead of fetching them.

    For archives that runs have written ([archive] in CONFIG), once a new version extracts better: where the
    cleaned text of an article changed it is published as a revision, where it did not nothing is. And for
    those of others, such as CC-NEWS.

    What was read is remembered in the state: a rerun goes on where this one stopped or was killed, and passes
    over files that this version has read with these options and filters. Each record ends as one outcome. A
    file that cannot be read to its end is named, and makes the exit code 1; the next run tries again.

    Example:  scraper reprocess archive/ -c news.toml

    Or:  scraper reprocess https://data.commoncrawl.org/crawl-data/CC-NEWS/2026/03/warc.paths.gz
    --since 2026-03-01 --until 2026-03-02 --language de -o articles/ --state cc.db
    """
    from scraper.archives import Order
    from scraper.cli.terminal import console, follow_run, show_report
    from scraper.cli.wording import OUTPUT_OPTIONS, told_of
    from scraper.listings import archives
    from scraper.reprocess import reprocess as carry_out
    from scraper.web.warc import Wanted

    settings = _settings(config, output, state)
    run = {"workers": workers, "max_runtime_s": max_runtime, "engine": engine, "shard": shard}
    given = {key: value for key, value in run.items() if value is not None}
    health = msgspec.structs.replace(settings.health, fail_on=tuple(fail_on or ()))
    settings = msgspec.structs.replace(
        settings, run=msgspec.structs.replace(settings.run, **given), health=health
    )
    wanted = Wanted(
        hosts=tuple(name.lower().strip(".") for name in host or ()),
        since=_moment("since", since),
        until=_moment("until", until, end=True),
        statuses=tuple(status or ()),
        types=tuple(name.lower() for name in mime or ()),
    )
    languages = tuple(code.lower() for code in language or ())
    named = list(archives(warc, prefix=prefix, since=wanted.since, until=wanted.until))
    if not named:
        raise InputError("no archive is named, or none of the time asked for")
    with follow_run(quiet=quiet) as on_event:
        order = Order(wanted=wanted, languages=languages, again=again)
        with told_of(GIVEN if config else GIVEN | OUTPUT_OPTIONS, file=config):
            report = carry_out(named, settings, order=order, on_event=on_event)
    if console().is_terminal and not quiet:
        show_report(report)
    return report.exit_code


def _settings(config: Path | None, output: str | None, state: Path | None) -> Config:
    if config and state:
        raise ConfigError("--state: the configuration names the state; give one or the other")
    if config:
        settings = Config.from_file(config)
        if not output:
            return settings
        return msgspec.structs.replace(settings, output=(OutputConfig(path=output),))
    if not output:
        raise ConfigError("where are the articles to go? Give -c CONFIG, or -o OUT and perhaps --state FILE")
    return Config.from_dict({"run": {"state": str(state or RunConfig().state)}, "output": [{"path": output}]})


def _moment(option: str, text: str | None, *, end: bool = False) -> datetime | None:
    """A day or a time as a moment in UTC; of a day its beginning, or its end."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise ConfigError(f"--{option}: {text!r} is no date such as 2026-03-01") from error
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.combine(day + timedelta(days=end), time(), UTC)
