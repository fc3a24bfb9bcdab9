"""The verb that shows why a text came out as it did."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer

from scraper.cli.app import EXIT_OK, EXIT_UNHEALTHY, AllowPrivate, Keep, app
from scraper.cli.inputs import (
    HTML_SUFFIXES,
    STDIN,
    Source,
    is_address,
    read_inputs,
    require_address,
    until_reader_leaves,
)
from scraper.cli.wording import told_of
from scraper.errors import InputError
from scraper.records import Drop, NotModified, Page, Record
from scraper.web.printable import visible

if TYPE_CHECKING:
    from scraper.clean import SiteMemory
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
        str | None,
        typer.Option(help="Language of a text, such as en; told by itself.", metavar="CODE"),
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="Where a stored page came from, if it does not say.", metavar="URL")
    ] = None,
    keep: Keep = None,
    state: Annotated[
        Path | None,
        typer.Option(
            "--state", "-s", help="State of a run: with what the site of a page repeats.", metavar="FILE"
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            help="Extract and clean a page as this configuration does, with its state.",
            metavar="CONFIG",
        ),
    ] = None,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours on a terminal.")] = False,
    allow_private: AllowPrivate = False,
) -> int:
    """Show what was kept and what was removed, side by side, and why.

    Of a page it also says what it was taken for and how its text was found. Ends with 0 also where that is no
    article.

    Example:  scraper explain page.html

    Or:  scraper explain article.txt -o why.html

    Or:  scraper explain https://news.example/a -c news.toml
    """
    from scraper.clean.catalogue import check_kinds
    from scraper.explain import as_lines, as_webpage
    from scraper.outputs import write_atomically

    with told_of({"keep": "--keep"}):
        check_kinds(keep or ())
    if url is not None:
        require_address("--url", url)
    way, path = _way(config, state, tuple(keep or ()))
    with _memory(path) as memory_of:
        way = msgspec.structs.replace(way, memory_of=memory_of)
        if is_address(what):
            import asyncio

            answer = asyncio.run(_fetched(what, allow_private=allow_private))
            shown = _of_answer(answer, way)
        else:
            source = _source(what)
            shown = source.problem or _of_source(source, way, form=form, language=language, url=url)
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


class _Way(Record, frozen=True, kw_only=True):
    """How pages are worked on."""

    options: "PageOptions"
    memory_of: Callable[[str], "SiteMemory | None"] | None = None
    """What a page's site repeats, by the page's address."""


def _way(config: Path | None, state: Path | None, keep: tuple[str, ...]) -> tuple[_Way, Path | None]:
    """How pages are worked on, and the state to look into."""
    from scraper.batch import page_options
    from scraper.config import Config

    settings = Config.from_file(config) if config else Config()
    options = page_options(settings)
    clean = msgspec.structs.replace(options.clean, keep=(*options.clean.keep, *keep))
    if config is not None and state is None and settings.clean.site_memory:
        state = Path(settings.run.state)
    return _Way(options=msgspec.structs.replace(options, clean=clean)), state


@contextmanager
def _memory(state: Path | None) -> Iterator[Callable[[str], "SiteMemory | None"] | None]:
    """What sites repeat as a state knows it, by the address of a page."""
    if state is None:
        yield None
        return
    from scraper.memories import Memories
    from scraper.store import Store
    from scraper.web.urls import canonicalise, registrable_domain

    if not state.is_file():
        raise InputError(f"{state}: there is no state here; the first `scraper run` makes it")
    with Store(state, read_only=True) as store:
        memories = Memories(store.templates, most=1)
        yield lambda url: memories.of(registrable_domain(url), canonicalise(url))


def _source(what: str) -> Source:
    if what != STDIN and Path(what).is_dir():
        raise InputError(f"{what}: is a folder; name one page or text of it")
    return next(read_inputs(what, ()))


def _of_source(
    source: Source, way: _Way, *, form: str, language: str | None, url: str | None
) -> "Explanation | str":
    from scraper.cli.cleaning import is_html
    from scraper.cli.documents import read_text
    from scraper.explain import explain_page, explain_text

    named_so = source.relative.name.lower().removesuffix(".gz").endswith(HTML_SUFFIXES)
    if form == "html" or (form == "auto" and (named_so or is_html(source.body[:4_096].decode("latin-1")))):
        page = Page(url=url or "", body=source.body, fetched_at=datetime.now(UTC))
        return explain_page(page, way.options, name=source.name, memory_of=way.memory_of)
    text, problem = read_text(source.body)
    if text is None:
        return problem or "is not text"
    wanted: Literal["auto", "text", "tokens"] = (
        "tokens" if form == "tokens" else "text" if form == "text" else "auto"
    )
    return explain_text(text, name=source.name, form=wanted, language=language, keep=way.options.clean.keep)


def _of_answer(answer: Page | NotModified | Drop, way: _Way) -> "Explanation | str":
    from scraper.explain import explain_page

    if isinstance(answer, Page):
        return explain_page(answer, way.options, name=answer.url, memory_of=way.memory_of)
    if isinstance(answer, Drop):
        return f"{answer.reason}" + (f" ({answer.detail})" if answer.detail else "")
    return "not modified, although nobody asked"


async def _fetched(url: str, *, allow_private: bool) -> Page | NotModified | Drop:
    from scraper.config import FetchConfig
    from scraper.fetch import Fetcher

    async with Fetcher(FetchConfig(allow_private=allow_private)) as fetcher:
        return await fetcher.get(url)
