"""Verbs that ask the web: run, demo, discover, fetch."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from scraper.cli.app import (
    EXIT_OK,
    EXIT_UNHEALTHY,
    AllowPrivate,
    Engine,
    Fields,
    FieldsAs,
    Keep,
    MaxRuntime,
    Output,
    ProfileOption,
    Removed,
    app,
)
from scraper.cli.inputs import is_address, require_address, until_reader_leaves
from scraper.cli.wording import told_of
from scraper.config import CleanConfig, Config, OutputConfig
from scraper.errors import ConfigError
from scraper.web.printable import json_line, visible

Proxy = Annotated[str | None, typer.Option(help="Proxy to go through.", metavar="URL")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no log: only errors.")]


@app.command(no_args_is_help=True)
def run(
    config: Annotated[Path, typer.Argument(help="TOML file; `scraper init` writes one.", metavar="CONFIG")],
    output: Output = None,
    max_runtime: MaxRuntime = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            help="End with 1 where a figure is so: error_rate>0.2. May be given again. Figures: "
            "links, articles, words, dropped, deferred, error_rate, drop_rate, defer_rate, challenge_rate, "
            "no_date_rate, no_authors_rate, failed_sources, alarms, notes, seconds.",
            metavar="FIGURE>NUMBER",
        ),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(
            help="Ask a part of the sources only, K from 0 to N - 1: one of N runs that share them out by "
            "site, each with a state and outputs of its own.",
            metavar="K/N",
        ),
    ] = None,
    engine: Engine = None,
    shards: Annotated[
        int | None,
        typer.Option(
            help="With --engine ray: shards to split the run into, a task each; the same number in each run.",
            min=1,
            metavar="N",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be fetched, as `discover` does.")
    ] = False,
    quiet: Quiet = False,
) -> int:
    """Fetch what is new and publish it as clean text.

    Asks all sources of CONFIG. State is kept, so a run can be repeated, killed or scheduled: the next
    one goes on where this one stopped, and nothing is published twice.

    Example:  scraper run news.toml --fail-on 'error_rate>0.2'
    """
    from scraper.batch import check, check_thresholds, run_batch
    from scraper.cli.terminal import console, follow_run, show_report

    settings = Config.from_file(config)
    chosen = {"shard": shard, "engine": engine, "shards": shards, "max_runtime_s": max_runtime}
    given = {key: value for key, value in chosen.items() if value is not None}
    settings = msgspec.structs.replace(settings, run=msgspec.structs.replace(settings.run, **given))
    options = {f"run.{key}": f"--{key.removesuffix('_s').replace('_', '-')}" for key in given}
    if output:
        settings = msgspec.structs.replace(settings, output=(OutputConfig(path=output),))
        options["output[0].path"] = "--output"
    with told_of(options, file=config):
        checked = check(settings)
    if fail_on:
        with told_of({"health.fail_on": "--fail-on"}):
            check_thresholds(fail_on)
        thresholds = (*settings.health.fail_on, *fail_on)
        settings = msgspec.structs.replace(
            settings, health=msgspec.structs.replace(settings.health, fail_on=thresholds)
        )
    if dry_run:
        with until_reader_leaves():
            return _discovered(checked, as_json=False)
    with follow_run(quiet=quiet) as on_event:
        if settings.run.engine == "ray":
            from scraper.onray import run_shards

            report = run_shards(settings, on_event=None if quiet else on_event)
        else:
            report = run_batch(settings, on_event=on_event)
    if console().is_terminal and not quiet:
        show_report(report)
    return report.exit_code


@app.command()
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to work in.", metavar="DIR")] = Path(
        "demo-output"
    ),
) -> int:
    """Run the batch twice against a small built-in news site.

    No internet is needed. Shows what was kept, what was removed and where the output lies.

    Example:  scraper demo
    """
    from scraper.cli.tour import tour

    with until_reader_leaves():
        return tour(output / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}")


@app.command(no_args_is_help=True)
def discover(
    what: Annotated[
        str,
        typer.Argument(help="A configuration, or a site, feed, sitemap or section.", metavar="CONFIG|URL"),
    ],
    json: Annotated[bool, typer.Option("--json", help="One JSON object for each link.")] = False,
    proxy: Proxy = None,
    allow_private: AllowPrivate = False,
) -> int:
    """Dry run: what would be fetched, and why not.

    Reads feeds, sitemaps, sections and robots.txt, but no article, and stores nothing. Ends with 1 where it
    finds no link that a run would ask for, or has asked for already.

    Example:  scraper discover https://news.example/
    """
    from scraper.oneoff import with_fetch

    with told_of({"fetch.proxy": "--proxy"}):
        config = with_fetch(_sources_of(what), proxy=proxy, allow_private=allow_private or None).checked()
    with until_reader_leaves():
        return _discovered(config, as_json=json)


@app.command(no_args_is_help=True)
def fetch(
    urls: Annotated[list[str], typer.Argument(help="Article addresses.", metavar="URL...")],
    output: Output = None,
    text: Annotated[bool, typer.Option("--text", help="Title and text instead of JSON.")] = False,
    proxy: Proxy = None,
    removed: Removed = False,
    keep: Keep = None,
    profile: ProfileOption = "text",
    fields: Fields = None,
    fields_as: FieldsAs = None,
    allow_private: AllowPrivate = False,
) -> int:
    """Fetch single articles now, politely, and print them. Keeps no state.

    Example:  scraper fetch https://news.example/2026/11/some-article
    """
    import asyncio

    from scraper.clean.catalogue import check_kinds
    from scraper.cli.text_verbs import check_output, deliver_outcomes, shape_of
    from scraper.oneoff import fetch_articles, with_fetch

    for url in urls:
        require_address("URL", url)
    with told_of({"keep": "--keep"}):
        check_kinds(keep or ())
    clean = CleanConfig(keep=tuple(keep or ()), removed=removed, profile=profile)
    with told_of({"fetch.proxy": "--proxy"}):
        config = with_fetch(Config(clean=clean), proxy=proxy, allow_private=allow_private).checked()
    shape = shape_of(fields, fields_as)
    check_output(output, text=text)

    async def collect() -> int:
        outcomes = [o async for o in fetch_articles(urls, config)]
        names = [Path(f"article-{number}") for number, _ in enumerate(outcomes, 1)]
        results = zip(names, outcomes, strict=True)
        return deliver_outcomes(results, output, text=text, titled=profile == "text", shape=shape)

    return asyncio.run(collect())


def _sources_of(what: str) -> Config:
    if is_address(what):
        return Config.from_dict({"source": [_source_for(what)]})
    if "://" in what:
        raise ConfigError(f"{what}: not an http or https address")
    return Config.from_file(what)


def _source_for(url: str) -> dict[str, Any]:
    """A source for a bare address, by what its path looks like."""
    path = url.lower().partition("?")[0]
    if "sitemap" in path:
        return {"sitemaps": [url]}
    if path.endswith((".xml", ".rss", ".atom", ".json", ".rdf", "/feed", "/feed/", "/rss", "/rss/")):
        return {"feeds": [url]}
    return {"site": url} if path.count("/") <= 3 else {"sections": [url]}  # noqa: PLR2004 - scheme and host


def _discovered(config: Config, *, as_json: bool) -> int:
    import asyncio

    return asyncio.run(_discover(config, as_json=as_json))


async def _discover(config: Config, *, as_json: bool) -> int:
    from scraper.oneoff import preview

    config.require_sources()
    wanted = unwanted = known = 0
    async for step in preview(config):
        wanted += step.fetch
        unwanted += not step.fetch
        known += step.known
        if as_json:
            typer.echo(json_line(step))
        else:
            date = step.link.date_published if step.link else None
            mark = "fetch" if step.fetch else "skip "
            note = f"  # {step.why_not}" if step.why_not else ""
            day = f"{date:%Y-%m-%d}" if date else ""
            typer.echo(visible(f"{mark}  {day:10}  {step.url}{note}"))
    typer.echo(f"{wanted} to fetch, {unwanted} not", err=True)
    return EXIT_OK if wanted or known else EXIT_UNHEALTHY
