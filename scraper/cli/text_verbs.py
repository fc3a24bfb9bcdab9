"""Verbs that work on what is already here: extract, clean."""

import asyncio
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from scraper.cli.app import EXIT_OK, EXIT_UNHEALTHY, AllowPrivate, Output, app
from scraper.cli.inputs import Source, deliver, is_address, read_inputs
from scraper.config import CleanConfig, Config, ExtractConfig, FetchConfig
from scraper.records import Article, Drop, Page
from scraper.web.printable import json_line, visible

HTML_SUFFIXES = (".html", ".htm", ".xhtml")
TEXT_SUFFIXES = (".txt", ".text", ".md")
ARTICLE_FILES = (".jsonl", ".jsonl.gz")
TEXT_FILES = (".txt", ".txt.gz", ".jsonl", ".jsonl.gz")

Keep = Annotated[
    list[str] | None,
    typer.Option(
        help="A kind of boilerplate to leave in, such as newsletter; may be given again.", metavar="KIND"
    ),
]


@app.command(no_args_is_help=True)
def extract(
    what: Annotated[str, typer.Argument(help="Stored HTML, or an address.", metavar="FILE|DIR|URL|-")],
    output: Output = None,
    text: Annotated[bool, typer.Option("--text", help="Title and text instead of JSON.")] = False,
    url: Annotated[
        str | None, typer.Option(help="Where a stored page came from, if it does not say.", metavar="URL")
    ] = None,
    removed: Annotated[bool, typer.Option("--removed", help="List what cleaning took out.")] = False,
    keep: Keep = None,
    second_opinion: Annotated[
        Literal["auto", "never", "always"], typer.Option(help="When trafilatura is asked too.")
    ] = "auto",
    allow_private: AllowPrivate = False,
) -> int:
    """Extract articles from stored HTML as JSON lines.

    No network, unless an address is given. Pages that are no article are named on standard error with the
    reason, and make the exit code 1.

    Example:  scraper extract page.html --text
    """
    from scraper.backends import work
    from scraper.oneoff import fetch_articles
    from scraper.page import PageOptions

    options = PageOptions(
        extract=ExtractConfig(second_opinion=second_opinion),
        clean=CleanConfig(keep=tuple(keep or ()), removed=removed),
    )
    if is_address(what):
        fetch = FetchConfig(allow_private=allow_private)
        config = Config(fetch=fetch, extract=options.extract, clean=options.clean)

        async def fetched() -> list[Article | Drop]:
            return [outcome async for outcome in fetch_articles([what], config)]

        return deliver_outcomes(((Path("article"), o) for o in asyncio.run(fetched())), output, text=text)

    def outcomes() -> Iterator[tuple[Path, Article | Drop | str]]:
        now = datetime.now(UTC)
        for source in read_inputs(what, HTML_SUFFIXES):
            if source.problem:
                yield source.relative, f"{source.name}: {source.problem}"
                continue
            outcome = work(Page(url=url or "", body=source.body, fetched_at=now), options, ())
            yield source.relative, _named(outcome, source)

    return deliver_outcomes(outcomes(), output, text=text)


@app.command(no_args_is_help=True)
def clean(
    what: Annotated[str, typer.Argument(help="Plain text.", metavar="FILE|DIR|-")],
    output: Output = None,
    form: Annotated[
        Literal["auto", "plain", "tokens"],
        typer.Option(help="Text with punctuation, or a stream of lower-case tokens; told by itself."),
    ] = "auto",
    language: Annotated[
        str | None, typer.Option(help="Language of the text, such as en; all are tried when unset.")
    ] = None,
    keep: Keep = None,
    removed: Annotated[
        bool, typer.Option("--removed", help="List what was taken out, on standard error, as JSON lines.")
    ] = False,
) -> int:
    """Take boilerplate out of plain text or token streams.

    Newsletter forms, robot checks, share prompts and page furniture go; the article stays.

    Example:  scraper clean article.txt > clean.txt
    """
    from scraper.clean import clean_text
    from scraper.web.charset import decode

    problems: list[str] = []
    as_lines = bool(output) and str(output).removesuffix(".gz").endswith(".jsonl")

    def results() -> Iterator[tuple[Path, bytes]]:
        for source in read_inputs(what, TEXT_SUFFIXES):
            problem = source.problem or ("is not text" if b"\0" in source.body else None)
            if problem:
                problems.append(f"{source.name}: {problem}")
                continue
            cleaned = clean_text(
                decode(source.body, "text/plain"), form=form, language=language, keep=tuple(keep or ())
            )
            if removed:
                for removal in cleaned.removed:
                    line = {"file": source.name, **msgspec.structs.asdict(removal)}
                    sys.stderr.write(json_line(line) + "\n")
            if not cleaned.text:
                problems.append(f"{source.name}: nothing is left after cleaning")
            if as_lines:
                record = {"file": str(source.relative), "text": cleaned.text, "removed": cleaned.removed}
                yield source.relative, msgspec.json.encode(record)
            else:
                yield source.relative, cleaned.text.encode()

    # A folder's results keep their inputs' names and endings.
    deliver(results(), output, suffix="", file_suffixes=TEXT_FILES)
    for problem in problems:
        sys.stderr.write(visible(f"scraper: {problem}") + "\n")
    return EXIT_UNHEALTHY if problems else EXIT_OK


def deliver_outcomes(
    outcomes: Iterable[tuple[Path, Article | Drop | str]], output: str | None, *, text: bool
) -> int:
    """Write the articles among `outcomes`, name the others on standard error; returns the exit code."""
    dropped = 0

    def articles() -> Iterator[tuple[Path, bytes]]:
        nonlocal dropped
        for relative, outcome in outcomes:
            if isinstance(outcome, Article):
                yield relative, as_text(outcome) if text else msgspec.json.encode(outcome)
                continue
            dropped += 1
            if isinstance(outcome, Drop):
                detail = f" ({outcome.detail})" if outcome.detail else ""
                line = f"scraper: {outcome.url or relative}: {outcome.reason}{detail}"
            else:
                line = f"scraper: {outcome}"
            sys.stderr.write(visible(line) + "\n")

    suffixes = (".txt", ".txt.gz") if text else ARTICLE_FILES
    deliver(articles(), output, suffix=".txt" if text else ".json", file_suffixes=suffixes)
    return EXIT_UNHEALTHY if dropped else EXIT_OK


def as_text(article: Article) -> bytes:
    """Title, blank line, text."""
    return f"{article.title}\n\n{article.text}".encode() if article.title else article.text.encode()


def _named(outcome: Article | Drop, source: Source) -> Article | Drop:
    """A drop of a stored page without address goes by the file's name."""
    if isinstance(outcome, Drop) and not outcome.url:
        return msgspec.structs.replace(outcome, url=source.name)
    return outcome
