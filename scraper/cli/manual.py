"""The verb that shows the manual which ships with the package."""

import re
import sys
from importlib import resources
from typing import Annotated, Final

import typer

from scraper.cli.app import EXIT_OK, app
from scraper.cli.inputs import until_reader_leaves
from scraper.errors import InputError

SUFFIX: Final = ".md"
_HEADING: Final = re.compile(r"(#{1,6}) (.*)")


def page_names() -> list[str]:
    """The pages that there are, in alphabetical order."""
    folder = resources.files("scraper").joinpath("manual")
    return sorted(file.name.removesuffix(SUFFIX) for file in folder.iterdir() if file.name.endswith(SUFFIX))


def page_text(name: str) -> str:
    """A page, as Markdown.

    Raises:
        InputError: There is no such page.
    """
    if name not in page_names():
        raise InputError(f"no page {name!r} in the manual; there are {', '.join(page_names())}")
    page = resources.files("scraper").joinpath("manual", name + SUFFIX)
    return page.read_text(encoding="utf-8")


def headings(text: str) -> list[tuple[int, int, str]]:
    """The headings of a page: number of the line, level, and title."""
    found = []
    in_code = False
    for number, line in enumerate(text.splitlines()):
        in_code ^= line.startswith("```")
        if not in_code and (heading := _HEADING.fullmatch(line)):
            found.append((number, len(heading[1]), heading[2].replace("`", "")))
    return found


def section_of(text: str, wanted: str) -> str:
    """The section under the first heading that begins with `wanted`, or else holds it, in any case.

    Raises:
        InputError: No heading does.
    """
    there = headings(text)
    needle = wanted.casefold()
    for fits in (str.startswith, str.__contains__):
        for index, (start, level, title) in enumerate(there):
            if fits(title.casefold(), needle):
                ends = (line for line, deep, _ in there[index + 1 :] if deep <= level)
                return "\n".join(text.splitlines()[start : next(ends, None)]).rstrip() + "\n"
    titles = ", ".join(title for _, level, title in there if level == 2)  # noqa: PLR2004 - below the page's own
    raise InputError(f"no section {wanted!r} on this page; there are {titles}")


def _pages(incomplete: str) -> list[str]:
    return [name for name in page_names() if name.startswith(incomplete)]


@app.command()
def manual(
    page: Annotated[
        str | None,
        typer.Argument(help="Page to show; all are named when unset.", metavar="PAGE", autocompletion=_pages),
    ] = None,
    section: Annotated[
        str | None, typer.Argument(help="Only the section with this heading.", metavar="SECTION")
    ] = None,
) -> int:
    """Show the manual: every key, verb, field, exit code, metric and reason, and more.

    Formatted on a terminal, Markdown elsewhere.

    Example:  scraper manual reference "exit codes"
    """
    if page is None:
        text = "".join(f"- `{name}`: {headings(page_text(name))[0][2]}\n" for name in page_names())
    else:
        text = page_text(page)
        text = section_of(text, section) if section else text
    with until_reader_leaves():
        if sys.stdout.isatty():
            from rich.console import Console
            from rich.markdown import Markdown

            Console().print(Markdown(text))
        else:
            sys.stdout.write(text)
    return EXIT_OK
