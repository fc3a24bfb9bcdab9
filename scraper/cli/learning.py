"""Learns what each source among the operator's texts repeats, before they are cleaned."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from scraper.clean.learning import Form, Learner
from scraper.clean.memory import SiteMemory
from scraper.cli.documents import LINES_SUFFIXES, Document, TextInput
from scraper.cli.inputs import STDIN
from scraper.web.urls import registrable_domain

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


class Learnt:
    """What there is to know of texts that are met a second time, in the same order."""

    def __init__(self, inputs: Iterable[TextInput], again: Iterable[TextInput], form: Form) -> None:
        """Read all texts: `inputs` for their names, `again` for what they hold."""
        self._beginnings: Counter[tuple[Path, str]] = Counter()
        self._files: Counter[Path] = Counter()
        for source in inputs:
            self._files[source.relative.parent] += 1
            if len(self._beginnings) < MOST_BEGINNINGS:
                self._beginnings[source.relative.parent, _beginning(source.relative)] += 1
        self._different = Counter(folder for folder, _ in self._beginnings)
        self._learner = Learner(form)
        for source in again:
            for document in source.documents():
                if document.text is not None:
                    self._learner.add(self._origin(source, document), document.text)

    def of(self, source: TextInput, document: Document) -> SiteMemory | None:
        """The memory for the next text."""
        if document.text is None:
            return None
        return self._learner.memory_for(self._origin(source, document), document.text)

    def _origin(self, source: TextInput, document: Document) -> str:
        """Where a text is from: as its record says, else by its folder and the beginning of its name."""
        named = _named_in(document.fields or {})
        if named or document.fields is not None:
            return named
        folder = source.relative.parent
        if self._different[folder] * LEAST_FILES <= self._files[folder]:
            return f"{folder}/{_beginning(source.relative)}"
        return str(folder)


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
