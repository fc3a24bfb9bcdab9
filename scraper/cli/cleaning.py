"""What `scraper clean` does with each input: clean it, say what is wrong with it, hand over what is left."""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from scraper.clean import Cleaned, SiteMemory, clean_text
from scraper.clean.tokens import Profile
from scraper.cli.documents import JSON_FILES, Document, TextInput
from scraper.cli.learning import Learnt
from scraper.config import CleanConfig
from scraper.errors import ConfigError
from scraper.records import Article, Page, Record
from scraper.web.printable import json_line, visible

if TYPE_CHECKING:
    from scraper.page import PageOptions

Form = Literal["auto", "html", "text", "tokens"]

_HTML: Final = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?><!--.*?-->\s*)*+<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE
)


class Wanted(Record, frozen=True, kw_only=True):
    """What the operator asked for."""

    form: Form = "auto"
    profile: Profile = "text"
    language: str | None = None
    keep: tuple[str, ...] = ()
    list_removed: bool = False
    """On standard error, as JSON lines."""
    texts_as_records: bool = False
    """Whether texts without a record get one."""
    texts_only: str | None = None
    """The file into which all goes, where it is one of text."""


class Cleaning:
    """The work on some inputs, and how many of them had something wrong."""

    def __init__(self, wanted: Wanted, learnt: Learnt | None = None) -> None:
        """`learnt` is what the same inputs repeat, where that was looked for."""
        self.wanted = wanted
        self._learnt = learnt
        self.problems = 0

    def results(self, inputs: Iterator[TextInput]) -> Iterator[tuple[Path, Iterator[bytes]]]:
        """What came of each input, a line at a time; nothing of those of which nothing did.

        Raises:
            ConfigError: JSON lines are to go into a file of text.
        """
        for source in inputs:
            if source.field is not None and self.wanted.texts_only:
                raise ConfigError(
                    f"{self.wanted.texts_only}: {source.name} is JSON lines, and so is what comes of it; "
                    f"name a folder, or a file ending in {', '.join(JSON_FILES)}"
                )
            rows = self._rows(source)
            first = next(rows, None)
            if first is not None:
                # A text of which nothing is left is an empty file.
                emptied = source.field is None and not first
                yield source.relative, rows if emptied else chain((first,), rows)

    def _rows(self, source: TextInput) -> Iterator[bytes]:
        for document in source.documents():
            memory = self._learnt.of(source, document) if self._learnt else None
            cleaned = self._cleaned(document, memory)
            if cleaned is not None:
                yield self._row(source, document, cleaned)
            elif document.line is not None:
                yield document.line

    def _cleaned(self, document: Document, memory: SiteMemory | None) -> Cleaned | None:
        cleaned: Cleaned | str | None = document.problem
        if document.text is not None:
            cleaned = clean_document(document.text, self.wanted, memory)
        if not isinstance(cleaned, Cleaned):
            if cleaned:
                self._tell(document, cleaned)
            return None
        if not cleaned.text:
            self._tell(document, "nothing is left after cleaning")
        if self.wanted.list_removed:
            for removal in cleaned.removed:
                line = {"file": document.name, **msgspec.structs.asdict(removal)}
                sys.stderr.write(json_line(line) + "\n")
        return cleaned

    def _row(self, source: TextInput, document: Document, cleaned: Cleaned) -> bytes:
        if document.fields is not None and source.field is not None:
            text = msgspec.Raw(msgspec.json.encode(cleaned.text))
            return msgspec.json.encode(document.fields | {source.field: text})
        if self.wanted.texts_as_records:
            record = {"file": str(source.relative), "text": cleaned.text, "removed": cleaned.removed}
            return msgspec.json.encode(record)
        return cleaned.text.encode()

    def _tell(self, document: Document, problem: str) -> None:
        self.problems += 1
        sys.stderr.write(visible(f"scraper: {document.name}: {problem}") + "\n")


def is_html(text: str) -> bool:
    """Whether a text is a page."""
    return _HTML.match(text[:4_096].lstrip("\ufeff")) is not None


def clean_document(text: str, wanted: Wanted, memory: SiteMemory | None = None) -> Cleaned | str:
    """A text cleaned, or why nothing came of it."""
    page = page_of(text, wanted.form)
    if page is not None:
        return _clean_page(page, wanted, memory)
    return clean_text(
        text,
        form="auto" if wanted.form == "html" else wanted.form,
        language=wanted.language,
        keep=wanted.keep,
        site=memory,
        profile=wanted.profile,
    )


def page_options(wanted: Wanted) -> "PageOptions":
    """How the pages among the inputs are worked on."""
    # Loads the extractor, which plain text does without.
    from scraper.page import PageOptions

    return PageOptions(clean=CleanConfig(keep=wanted.keep, removed=True, profile=wanted.profile))


def page_of(text: str, form: Form) -> Page | None:
    """The page that a text is, if it is one."""
    if form != "html" and not (form == "auto" and is_html(text)):
        return None
    return Page(
        url="",
        body=text.encode("utf-8", "replace"),
        content_type="text/html; charset=utf-8",
        fetched_at=datetime.now(UTC),
    )


def _clean_page(page: Page, wanted: Wanted, memory: SiteMemory | None) -> Cleaned | str:
    from scraper.page import process_page

    outcome = process_page(page, page_options(wanted), memory)
    if not isinstance(outcome, Article):
        return f"is no article: {outcome.reason}" + (f" ({outcome.detail})" if outcome.detail else "")
    return Cleaned(text=outcome.text, paragraphs=outcome.paragraphs, removed=outcome.removed or ())
