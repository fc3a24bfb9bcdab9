"""The verb that shows why a text came out as it did."""

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from scraper.cli.app import EXIT_OK, EXIT_UNHEALTHY, AllowPrivate, app
from scraper.cli.inputs import (
    HTML_SUFFIXES,
    STDIN,
    Source,
    is_address,
    read_inputs,
    until_reader_leaves,
)
from scraper.cli.text_verbs import Keep
from scraper.errors import InputError
from scraper.records import Drop, NotModified, Page
from scraper.web.printable import visible

if TYPE_CHECKING:
    from scraper.explain import Explanation
    from scraper.page import PageOptions

NARROWEST = 20


@app.command(no_args_is_help=True)
def explain(
    what: Annotated[str, typer.Argument(help="A page or a text.", metavar="FILE|URL|-")],
    html: Annotated[bool, typer.Option("--html", help="One HTML page that needs nothing else.")] = False,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", help="Where to write it; `.html` makes it a page.", metavar="FILE"),
    ] = None,
    form: Annotated[
        Literal["auto", "html", "text", "tokens"],
        typer.Option(help="A page, text with punctuation, or bare lower-case tokens; told by itself."),
    ] = "auto",
    language: Annotated[
        str | None, typer.Option(help="Language of a text, such as en; told by itself.")
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="Where a stored page came from, if it does not say.", metavar="URL")
    ] = None,
    keep: Keep = None,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours on a terminal.")] = False,
    allow_private: AllowPrivate = False,
) -> int:
    """Show what was kept and what was removed, side by side, and why.

    Of a page it also says what it was taken for and how its text was found.

    Example:  scraper explain page.html

    Or:  scraper explain article.txt -o why.html
    """
    from scraper.clean.catalogue import check_kinds
    from scraper.config import CleanConfig
    from scraper.explain import as_lines, as_webpage
    from scraper.outputs import write_atomically
    from scraper.page import PageOptions

    check_kinds(keep or ())
    options = PageOptions(clean=CleanConfig(keep=tuple(keep or ())))
    if is_address(what):
        import asyncio

        answer = asyncio.run(_fetched(what, allow_private=allow_private))
        shown = _of_answer(answer, options)
    else:
        source = _source(what)
        shown = source.problem or _of_source(source, options, form=form, language=language, url=url)
    if isinstance(shown, str):
        sys.stderr.write(visible(f"scraper: {what}: {shown}") + "\n")
        return EXIT_UNHEALTHY
    if html or (output is not None and output.lower().endswith((".html", ".htm"))):
        text = as_webpage(shown)
    else:
        colour = output is None and not no_color and not os.environ.get("NO_COLOR") and sys.stdout.isatty()
        width = max(NARROWEST, shutil.get_terminal_size((100, 24)).columns)
        text = as_lines(shown, width=width, colour=colour)
    if output is not None:
        write_atomically(Path(output), text.encode("utf-8", "replace"))
        return EXIT_OK
    with until_reader_leaves():
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    return EXIT_OK


def _source(what: str) -> Source:
    if what != STDIN and Path(what).is_dir():
        raise InputError(f"{what}: is a folder; name one page or text of it")
    return next(read_inputs(what, ()))


def _of_source(
    source: Source, options: "PageOptions", *, form: str, language: str | None, url: str | None
) -> "Explanation | str":
    from scraper.cli.cleaning import is_html
    from scraper.cli.documents import read_text
    from scraper.explain import explain_page, explain_text

    named_so = source.relative.name.lower().removesuffix(".gz").endswith(HTML_SUFFIXES)
    if form == "html" or (form == "auto" and (named_so or is_html(source.body[:4_096].decode("latin-1")))):
        page = Page(url=url or "", body=source.body, fetched_at=datetime.now(UTC))
        return explain_page(page, options, name=source.name)
    text, problem = read_text(source.body)
    if text is None:
        return problem or "is not text"
    wanted: Literal["auto", "text", "tokens"] = (
        "tokens" if form == "tokens" else "text" if form == "text" else "auto"
    )
    return explain_text(text, name=source.name, form=wanted, language=language, keep=options.clean.keep)


def _of_answer(answer: Page | NotModified | Drop, options: "PageOptions") -> "Explanation | str":
    from scraper.explain import explain_page

    if isinstance(answer, Page):
        return explain_page(answer, options, name=answer.url)
    if isinstance(answer, Drop):
        return f"{answer.reason}" + (f" ({answer.detail})" if answer.detail else "")
    return "not modified, although nobody asked"


async def _fetched(url: str, *, allow_private: bool) -> Page | NotModified | Drop:
    from scraper.config import FetchConfig
    from scraper.fetch import Fetcher

    async with Fetcher(FetchConfig(allow_private=allow_private)) as fetcher:
        return await fetcher.get(url)
