"""Verbs that work on what is already here: extract, clean."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer

from scraper.cli.app import (
    EXIT_OK,
    EXIT_UNHEALTHY,
    AllowPrivate,
    Fields,
    FieldsAs,
    Keep,
    Output,
    ProfileOption,
    Removed,
    app,
    field_names,
)
from scraper.cli.inputs import (
    HTML_SUFFIXES,
    MOST_BYTES,
    Source,
    deliver,
    is_address,
    is_file_here,
    read_inputs,
    require_address,
    tell_passed_over,
)
from scraper.cli.wording import told_of
from scraper.config import CleanConfig, Config, ExtractConfig, FetchConfig
from scraper.formats import Medium, target_of
from scraper.records import Article, Drop, Page
from scraper.web.printable import visible

if TYPE_CHECKING:
    from scraper.outputs import Shape

TEXT_SUFFIXES = (".txt", ".text", ".md")
TEXT_ENDINGS = (".txt", ".txt.gz")
ARTICLE_FILES = (".jsonl", ".jsonl.gz")


MaxBytes = Annotated[
    int,
    typer.Option(
        help="Most bytes of one document, or of one line of JSON, once unpacked; what has more is named and "
        "left out.",
        min=1,
        metavar="N",
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
    removed: Removed = False,
    keep: Keep = None,
    profile: ProfileOption = "text",
    second_opinion: Annotated[
        Literal["auto", "never", "always"], typer.Option(help="When trafilatura is asked too.")
    ] = "auto",
    fields: Fields = None,
    fields_as: FieldsAs = None,
    max_bytes: MaxBytes = MOST_BYTES,
    allow_private: AllowPrivate = False,
) -> int:
    """Extract articles from stored HTML as JSON lines.

    No network, unless an address is given. Pages that are no article are named on standard error with the
    reason, and make the exit code 1.

    What several pages of a folder repeat that are of one site goes; for that they are read twice (--keep
    template leaves it in, and is faster).

    Example:  scraper extract page.html --text

    Or:  scraper extract pages/ -o articles.parquet

    Or:  scraper extract pages/ --text --profile tokens -o corpus/
    """
    import asyncio

    from scraper.backends import work_on
    from scraper.clean.catalogue import check_kinds
    from scraper.cli.learning import learnt_pages
    from scraper.oneoff import fetch_articles
    from scraper.page import PageOptions

    options = PageOptions(
        extract=ExtractConfig(second_opinion=second_opinion),
        clean=CleanConfig(keep=tuple(keep or ()), removed=removed, profile=profile),
    )
    with told_of({"keep": "--keep"}):
        check_kinds(options.clean.keep)
    shape = shape_of(fields, fields_as)
    check_output(output, text=text)
    if url is not None:
        require_address("--url", url)
    if is_address(what):
        fetch = FetchConfig(allow_private=allow_private)
        config = Config(fetch=fetch, extract=options.extract, clean=options.clean)

        async def fetched() -> list[Article | Drop]:
            return [outcome async for outcome in fetch_articles([what], config)]

        answers = ((Path("article"), outcome) for outcome in asyncio.run(fetched()))
        return deliver_outcomes(answers, output, text=text, titled=profile == "text", shape=shape)

    def outcomes() -> Iterator[tuple[Path, Article | Drop | str]]:
        now = datetime.now(UTC)
        learnt = learnt_pages(what, options, url=url, now=now, max_bytes=max_bytes)
        passed_over: Counter[str] = Counter()
        for source in read_inputs(what, HTML_SUFFIXES, max_bytes=max_bytes, passed_over=passed_over):
            if source.problem:
                yield source.relative, f"{source.name}: {source.problem}"
                continue
            page = Page(url=url or "", body=source.body, fetched_at=now)
            outcome = work_on(page, options, (), learnt.of(page) if learnt else None).outcome
            yield source.relative, _named(outcome, source)
        tell_passed_over(what, passed_over)

    return deliver_outcomes(outcomes(), output, text=text, titled=profile == "text", shape=shape)


@app.command(no_args_is_help=True)
def clean(
    what: Annotated[str, typer.Argument(help="Text, JSON lines, or gzip of these.", metavar="FILE|DIR|-")],
    output: Output = None,
    field: Annotated[
        str | None,
        typer.Option(help="What holds the text in JSON lines; `text` when unset.", metavar="NAME"),
    ] = None,
    form: Annotated[
        Literal["auto", "html", "text", "tokens"],
        typer.Option(help="Pages, text with punctuation, or bare lower-case tokens; told by itself."),
    ] = "auto",
    profile: ProfileOption = "text",
    language: Annotated[
        str | None,
        typer.Option(help="Language of the text, such as en; told by itself.", metavar="CODE"),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of text files; told by itself.", metavar="NAME")
    ] = None,
    keep: Keep = None,
    removed: Annotated[
        bool, typer.Option("--removed", help="List what was taken out, on standard error, as JSON lines.")
    ] = False,
    max_bytes: MaxBytes = MOST_BYTES,
) -> int:
    """Take boilerplate out of text.

    Newsletter forms, robot checks, share prompts and page furniture go; the article stays. A folder's results
    keep their names; what cannot be read, and what has nothing left, is named on standard error and makes the
    exit code 1.

    JSON lines come out as many as they were, in their order, and only the text changes: a line that is no
    object, or has no such text, is named and passed on as it is (one that is too long, as an empty line).

    What several texts of one source repeat goes too; for that they are read twice (--keep template leaves it
    in). The source is told by fields such as hostname or url, by the address that a page gives itself, by
    sub-folders, or by what names have before their first underscore.

    Example:  scraper clean article.txt > clean.txt

    Or:  scraper clean texts/ -o clean/

    Or:  scraper clean corpus.jsonl.gz --field body -o clean.jsonl.gz
    """
    from scraper.clean.catalogue import check_kinds
    from scraper.clean.memory import KIND
    from scraper.cli.cleaning import Cleaning, Wanted, page_of, page_options
    from scraper.cli.documents import JSON_FILES, TEXT_FILES, text_inputs, write_results
    from scraper.cli.learning import Learnt, LearntPages, is_worth_it

    with told_of({"keep": "--keep"}):
        check_kinds(keep or ())
    if output:
        is_file_here(output, (*TEXT_FILES, *JSON_FILES))
    wanted = Wanted(
        form=form,
        profile=profile,
        language=language,
        keep=tuple(keep or ()),
        list_removed=removed,
        texts_as_records=bool(output) and str(output).lower().endswith(JSON_FILES),
        texts_only=output if output and output.lower().endswith(TEXT_FILES) else None,
    )
    suffixes = (*TEXT_SUFFIXES, *HTML_SUFFIXES) if form in {"auto", "html"} else TEXT_SUFFIXES
    inputs = partial(
        text_inputs, what, suffixes, field=field, encoding=encoding, output=output, max_bytes=max_bytes
    )
    learnt = None
    if KIND not in wanted.keep and is_worth_it(what, field):
        pages = LearntPages(page_options(wanted)) if form in {"auto", "html"} else None
        text_form = "auto" if form == "html" else form
        learnt = Learnt(inputs(), inputs(), text_form, pages, page_of=partial(page_of, form=form))
    cleaning = Cleaning(wanted, learnt)
    passed_over: Counter[str] = Counter()
    write_results(cleaning.results(inputs(passed_over=passed_over)), output)
    tell_passed_over(what, passed_over)
    return EXIT_UNHEALTHY if cleaning.problems else EXIT_OK


def check_output(output: str | None, *, text: bool) -> None:
    """Look, before any work is done, whether results can go where they are to go.

    Raises:
        ConfigError: They cannot, or a library is missing.
    """
    from scraper.outputs import Shape, encoder, require

    if output is None:
        return
    if text or target_of(output).medium is not Medium.FILE:
        is_file_here(output, TEXT_ENDINGS if text else ARTICLE_FILES)
        return
    target = target_of(output)
    encoder(target.format, Shape.of())
    if target.remote:
        require(output)


def deliver_outcomes(
    outcomes: Iterable[tuple[Path, Article | Drop | str]],
    output: str | None,
    *,
    text: bool,
    titled: bool = True,
    shape: "Shape | None" = None,
) -> int:
    """Write the articles among `outcomes`, name the others on standard error; returns the exit code."""
    from scraper.outputs import Shape, WholeFile, encoder

    shape = shape or Shape.of()
    dropped = 0

    def articles() -> Iterator[tuple[Path, bytes]]:
        nonlocal dropped
        for relative, outcome in outcomes:
            if isinstance(outcome, Article):
                yield relative, as_text(outcome, titled=titled) if text else msgspec.json.encode(outcome)
                continue
            dropped += 1
            if isinstance(outcome, Drop):
                detail = f" ({outcome.detail})" if outcome.detail else ""
                line = f"scraper: {outcome.url or relative}: {outcome.reason}{detail}"
            else:
                line = f"scraper: {outcome}"
            sys.stderr.write(visible(line) + "\n")

    if text:
        deliver(articles(), output, suffix=".txt", file_suffixes=TEXT_ENDINGS)
    elif output and target_of(output).medium is Medium.FILE:
        target = target_of(output)
        file = WholeFile(output, encoder(target.format, shape), {}, remote=target.remote)
        file.write(record for _, record in articles())
    else:
        lines = ((relative, shape.line(record)) for relative, record in articles())
        deliver(lines, output, suffix=".json", file_suffixes=ARTICLE_FILES)
    return EXIT_UNHEALTHY if dropped else EXIT_OK


def shape_of(fields: str | None, fields_as: str | None) -> "Shape":
    """What `--fields` and `--fields-as` ask for.

    Raises:
        ConfigError: There is no such key, or both are given.
    """
    from scraper.outputs import Shape

    output = {"path": "articles", "fields": field_names(fields), "fields_as": fields_as}
    with told_of():
        [wanted] = Config.from_dict({"output": [output]}).output
    return Shape.of(wanted.fields, wanted.fields_as)


def as_text(article: Article, *, titled: bool = True) -> bytes:
    """Title, blank line, text; or the text alone."""
    head = f"{article.title}\n\n" if titled and article.title else ""
    return (head + article.text).encode()


def _named(outcome: Article | Drop, source: Source) -> Article | Drop:
    """A drop of a stored page without address goes by the file's name."""
    if isinstance(outcome, Drop) and not outcome.url:
        return msgspec.structs.replace(outcome, url=source.name)
    return outcome
