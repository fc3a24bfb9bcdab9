"""Learns what each source among the operator's texts and pages repeats, before they are cleaned."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from scraper.clean.learning import Form, Learner, PageLearner
from scraper.clean.memory import KIND, SiteMemory
from scraper.cli.documents import LINES_SUFFIXES, Document, TextInput
from scraper.cli.inputs import HTML_SUFFIXES, STDIN, named_files, read_inputs
from scraper.records import Page
from scraper.web.urls import registrable_domain

if TYPE_CHECKING:
    from scraper.page import PageOptions

SOURCE_FIELDS: Final = ("hostname", "domain", "site", "sitename", "source", "publisher")
ADDRESS_FIELDS: Final = ("url", "canonical_url", "requested_url")
LEAST_FILES: Final = 3
"""Files with the same beginning of their names, on average, from which on that says where they are from."""
MOST_BEGINNINGS: Final = 100_000
_BEGINNING: Final = re.compile(r"([^_]+)_|([^-]+)-")


def is_worth_it(what: str, field: str | None) -> bool:
    """Whether several texts are named, which can be read twice."""
    if what == STDIN:
        return False
    lines = what.lower().removesuffix(".gz").endswith(LINES_SUFFIXES)
    return lines or field is not None or Path(what).is_dir()


class Names:
    """Which sources the folders of files tell, and the beginnings of their names."""

    def __init__(self, paths: Iterable[Path]) -> None:
        """`paths` are those of all files."""
        beginnings: set[tuple[Path, str]] = set()
        self._files: Counter[Path] = Counter()
        for path in paths:
            self._files[path.parent] += 1
            if len(beginnings) < MOST_BEGINNINGS:
                beginnings.add((path.parent, _beginning(path)))
        self._different = Counter(folder for folder, _ in beginnings)

    def source_of(self, path: Path) -> str:
        """The folder of a file, with the beginning of its name where that says something."""
        folder = path.parent
        if self._different[folder] * LEAST_FILES <= self._files[folder]:
            return f"{folder}/{_beginning(path)}"
        return str(folder)


class LearntPages:
    """What there is to know of stored pages that are met a second time."""

    def __init__(self, options: "PageOptions") -> None:
        """`options` are those that the pages are worked on with the second time."""
        self._options = options
        self._learner = PageLearner()
        self._places: dict[int, tuple[str, int]] = {}

    def add(self, page: Page, source: str = "", *, otherwise: str = "") -> None:
        """Learn from a page.

        Args:
            page: The page.
            source: Where it is from, as its record says; unset, the site of the address that it gives itself.
            otherwise: Where it is from if it gives itself none.
        """
        from scraper.backends import work_on

        result = work_on(page, self._options, (), SiteMemory())
        if result.article is not None:
            address = result.article.canonical_url or result.article.url
            source = source or _domain(address) or otherwise
            self._places[_hash(page)] = source, self._learner.add(source, result.blocks)

    def of(self, page: Page) -> SiteMemory | None:
        """The memory for a page; none where it is no article, or the only one of its source."""
        known = self._places.get(_hash(page))
        return self._learner.memory_for(*known) if known else None


def learnt_pages(
    what: str, options: "PageOptions", *, url: str | None, now: datetime, max_bytes: int
) -> LearntPages | None:
    """What the pages of a folder repeat, where `what` is one and it is not to be left in."""
    if KIND in options.clean.keep or what == STDIN or not Path(what).is_dir():
        return None
    names = Names(relative for _, relative in named_files(what, HTML_SUFFIXES))
    learnt = LearntPages(options)
    for source in read_inputs(what, HTML_SUFFIXES, max_bytes=max_bytes):
        if not source.problem:
            page = Page(url=url or "", body=source.body, fetched_at=now)
            learnt.add(page, otherwise=names.source_of(source.relative))
    return learnt


class Learnt:
    """What there is to know of texts that are met a second time, in the same order."""

    def __init__(
        self,
        inputs: Iterable[TextInput],
        again: Iterable[TextInput],
        form: Form,
        pages: LearntPages | None = None,
        *,
        page_of: Callable[[str], Page | None] = lambda _: None,
    ) -> None:
        """Read all texts.

        Args:
            inputs: Where they are, for their names.
            again: The same, for what they hold.
            form: As `clean_text` is given it.
            pages: Learns from those texts that are pages.
            page_of: Tells these from the others.
        """
        self._names = Names(source.relative for source in inputs)
        self._learner = Learner(form)
        self._pages = pages
        self._page_of = page_of
        for source in again:
            for document in source.documents():
                if document.text is None:
                    continue
                page = page_of(document.text)
                if page is None:
                    self._learner.add(self._origin(source, document), document.text)
                elif pages is not None:
                    named = _named_in(document.fields or {})
                    pages.add(page, named, otherwise=self._origin(source, document))

    def of(self, source: TextInput, document: Document) -> SiteMemory | None:
        """The memory for the next text."""
        if document.text is None:
            return None
        page = self._page_of(document.text)
        if page is not None:
            return self._pages.of(page) if self._pages else None
        return self._learner.memory_for(self._origin(source, document), document.text)

    def _origin(self, source: TextInput, document: Document) -> str:
        """Where a text is from: as its record says, else by its folder and the beginning of its name."""
        named = _named_in(document.fields or {})
        if named or document.fields is not None:
            return named
        return self._names.source_of(source.relative)


def _hash(page: Page) -> int:
    return int.from_bytes(blake2b(page.body, digest_size=8).digest())


def _beginning(path: Path) -> str:
    found = _BEGINNING.match(path.name)
    return (found[1] or found[2]) if found else ""


def _named_in(fields: dict[str, msgspec.Raw]) -> str:
    for name in SOURCE_FIELDS:
        if value := _text_of(fields, name):
            return _domain(f"https://{value}") or value
    for name in ADDRESS_FIELDS:
        if value := _domain(_text_of(fields, name)):
            return value
    return ""


def _domain(address: str) -> str:
    try:
        return registrable_domain(address)
    except ValueError:
        return ""


def _text_of(fields: dict[str, msgspec.Raw], name: str) -> str:
    if name not in fields:
        return ""
    try:
        return msgspec.json.decode(fields[name], type=str)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""  # something else than a text says nothing here
