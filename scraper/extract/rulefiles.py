"""Files of site rules, read into one form: our TOML with CSS, and fivefilters text with XPath.

What the two formats say is described in `extract.siterules`.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import msgspec
from lxml import etree

from scraper.errors import ConfigError
from scraper.records import Record
from scraper.web import dom

SILENT = frozenset("test_url test_contains http_header prune tidy parser".split())
"""Directives of text files that say nothing about where things stand in a page."""

_XPATH_DIRECTIVES = {"body": "body", "title": "title", "author": "authors", "date": "date", "strip": "strip"}
"""Directives of text files that hold XPath, and the field of `SiteRule` each one goes to."""
_WORD_DIRECTIVES = frozenset({"strip_id_or_class", "strip_image_src"})
_ONE_LINE_REPLACE = "replace_string("
_ATTRIBUTE = re.compile(r"::attr\(\s*([\w:.-]{1,80})\s*\)\s*$")


class CssSelector(NamedTuple):
    """A CSS selector, and the attribute to read of what it selects."""

    css: str
    attribute: str | None


class Directive(Record, frozen=True, kw_only=True):
    """One selector or word of a rule file, with the place where it stands."""

    name: str
    value: str
    line: int
    selector: Any = None
    """A `CssSelector`, a compiled `etree.XPath`, or None where `value` is a plain word."""
    replacement: str = ""
    """Of a `find_string`: what is put in its place."""


class SiteRule(Record, frozen=True, kw_only=True):
    """Where body, title, authors and date stand in the pages of a site, and what is taken out of them."""

    file: str
    language: Literal["css", "xpath"]
    body: tuple[Directive, ...] = ()
    title: tuple[Directive, ...] = ()
    authors: tuple[Directive, ...] = ()
    date: tuple[Directive, ...] = ()
    strip: tuple[Directive, ...] = ()
    strip_id_or_class: tuple[Directive, ...] = ()
    strip_image_src: tuple[Directive, ...] = ()
    replace: tuple[Directive, ...] = ()

    def place(self, directive: Directive) -> str:
        """Where a directive stands and what it says, for messages."""
        return f"{self.file}:{directive.line}: {directive.name}: {directive.value}"


class TextRule(NamedTuple):
    """A text file as far as it can be used."""

    rule: SiteRule | None
    """None where no line can be used."""
    problems: tuple[str, ...]
    ignored: tuple[tuple[str, int], ...]
    """Directives that are not carried out, each with its first line."""


class _TomlFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a TOML rule."""

    hosts: str | list[str] = []
    body: str | list[str] = []
    title: str | list[str] = []
    authors: str | list[str] = []
    date: str | list[str] = []
    strip: str | list[str] = []


def read_toml(file: str, source: bytes) -> tuple[SiteRule, tuple[str, ...]]:
    """Read a TOML rule: the rule, and the hosts that it names itself.

    Raises:
        ConfigError: It cannot be used; the message gives file and line.
    """
    try:
        text = source.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{file}:{line}: not UTF-8") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        message = str(error)[: found.start()] if found else str(error)
        raise ConfigError(f"{file}:{line}: not TOML: {message}") from error
    try:
        values = msgspec.convert(table, _TomlFile)
    except msgspec.ValidationError as error:
        unknown = next((key for key in table if key not in _TomlFile.__struct_fields__), None)
        if unknown is not None:
            raise ConfigError(f"{file}:{_key_line(text, unknown)}: unknown key: {unknown}") from error
        path = re.search(r"\$\.(\w+)", str(error))
        key = path[1] if path else ""
        raise ConfigError(f"{file}:{_key_line(text, key)}: {key} is a string or a list of strings") from error
    fields = {
        key: tuple(_css_directives(file, text, key, _listed(getattr(values, key))))
        for key in _TomlFile.__struct_fields__
        if key != "hosts"
    }
    if not any(fields.values()):
        raise ConfigError(f"{file}:1: names none of body, title, authors, date, strip")
    return SiteRule(file=file, language="css", **fields), tuple(_listed(values.hosts))


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _css_directives(file: str, text: str, key: str, values: list[str]) -> Iterator[Directive]:
    at_key = _key_line(text, key)
    for value in values:
        line = _value_line(text, value, at_key)
        found = _ATTRIBUTE.search(value)
        selector = CssSelector(value[: found.start()] if found else value, found[1] if found else None)
        if not _is_css(selector.css):
            raise ConfigError(f"{file}:{line}: {key}: not a CSS selector: {value!r}")
        yield Directive(name=key, value=value, line=line, selector=selector)


def _is_css(selector: str) -> bool:
    try:
        dom.parse("").css(selector)
    except Exception:  # noqa: BLE001 - `web.dom` does not name the parser's own error
        return False
    return True


def _key_line(text: str, key: str) -> int:
    """The line on which a key of a TOML document stands; 1 when it is spelt in an unusual way."""
    found = re.search(rf"^[ \t]*[\[\"']*{re.escape(key)}\b", text, re.MULTILINE)
    return text.count("\n", 0, found.end()) + 1 if found else 1


def _value_line(text: str, value: str, first_line: int) -> int:
    """The line, from `first_line` on, that holds a value; `first_line` when it is written with escapes."""
    for number, line in enumerate(text.split("\n")[first_line - 1 :], first_line):
        if value in line:
            return number
    return first_line


def read_text(file: str, source: bytes) -> TextRule:
    """Read a text rule. What can't be used is left out and told of; the rest stands."""
    # Bytes that are not UTF-8 stand mostly in comments: no reason to lose the file.
    text = source.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    reading = _Reading(file)
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if line and not line.startswith("#"):
            reading.take(number, line)
    return reading.result()


class _Reading:
    """A text file while it is read."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._fields: dict[str, list[Directive]] = {}
        self._finds: list[Directive] = []
        self._replacements: list[str] = []
        self._problems: list[str] = []
        self._ignored: dict[str, int] = {}

    def take(self, number: int, line: str) -> None:
        """Take in a line that is neither empty nor a comment."""
        end = line.find("):") if line.startswith(_ONE_LINE_REPLACE) else -1
        if end > 0:
            find = line[len(_ONE_LINE_REPLACE) : end]
            self._finds.append(Directive(name="replace_string", value=find, line=number))
            self._replacements.append(line[end + 2 :].strip())
            return
        name, colon, value = line.partition(":")
        name, value = name.rstrip().lower(), value.strip()
        if not colon:
            self._problems.append(f"{self._file}:{number}: not a directive: {line[:80]}")
        elif name == "replace_string":
            self._replacements.append(value)
        elif value:
            self._directive(number, name, value)

    def _directive(self, number: int, name: str, value: str) -> None:
        if name in _XPATH_DIRECTIVES:
            try:
                selector = etree.XPath(value)
            except (etree.XPathError, ValueError) as error:
                self._problems.append(f"{self._file}:{number}: {name}: not XPath 1.0: {value} ({error})")
                return
            directive = Directive(name=name, value=value, line=number, selector=selector)
            self._fields.setdefault(_XPATH_DIRECTIVES[name], []).append(directive)
        elif name in _WORD_DIRECTIVES:
            # The original builds a quoted XPath of it, and so takes quotes out.
            word = value.replace("'", "").replace('"', "")
            if word:
                self._fields.setdefault(name, []).append(Directive(name=name, value=word, line=number))
        elif name == "find_string":
            self._finds.append(Directive(name=name, value=value, line=number))
        elif (word := name.partition("(")[0].rstrip()) not in SILENT:
            self._ignored.setdefault(word, number)

    def result(self) -> TextRule:
        """What the file says."""
        finds, replacements = self._finds, self._replacements
        if len(finds) == len(replacements):
            self._fields["replace"] = [
                msgspec.structs.replace(find, replacement=replacement)
                for find, replacement in zip(finds, replacements, strict=True)
                if find.value
            ]
        else:
            counts = f"{len(finds)} find_string, {len(replacements)} replace_string"
            self._problems.append(f"{self._file}: nothing is replaced, as they do not pair up: {counts}")
        usable = {name: tuple(directives) for name, directives in self._fields.items() if directives}
        rule = SiteRule(file=self._file, language="xpath", **usable) if usable else None
        return TextRule(rule, tuple(self._problems), tuple(self._ignored.items()))
