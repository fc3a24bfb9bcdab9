"""Site rules: what an operator knows of a site's pages, in a folder of small files.

A rule speaks before the learnt extractor, and only for the hosts it names. Two formats may stand side by
side in one folder; other files and sub-folders are passed over.

**TOML with CSS selectors**, `HOST.toml`:

    # example.com.toml
    body = ["div.story-text", "article"]     # alternatives: the first that matches anything is used
    title = "h1.headline"
    authors = ".byline a"
    date = "time.published"
    strip = ["aside", ".newsletter-box"]     # each of them is taken out, before the body is looked for
    hosts = ["example.com", "*.example.org"] # when the file's name is not enough

Every key but `hosts` holds one CSS selector or a list of them, and any of them may be missing. All elements
that an entry of `body` matches make the body together, in the page's order. Of `meta` the `content` is read,
of `time` the `datetime`, of other elements the text; `selector::attr(name)` reads an attribute. Elements
whose text was taken as title, authors or date do not belong to the body. A file that cannot be used is a
`ConfigError`.

**fivefilters text with XPath 1.0**, `HOST.txt`: the site patterns of Full-Text RSS, and so of its
public-domain collection `ftr-site-config`, read as they are
(https://help.fivefilters.org/full-text-rss/site-patterns.html):

    # a comment stands on a line of its own
    title: //h1
    author: //span[@class='author']
    author: substring-after(//p[@class='byline'], 'By ')
    date: //meta[@property='article:published_time']/@content
    body: //div[@id='story']
    strip: //p[contains(., 'Read more')]
    strip_id_or_class: newsletter
    strip_image_src: ads.example.net
    find_string: <noscript>
    replace_string: <div>
    replace_string(</noscript>): </div>

Alternatives, and what becomes of the elements of title, author and date, are as above. Strings are replaced
in the source before it is parsed, by plain comparison, in the file's order. All of `strip` goes before the
body is looked for; so do all elements whose class or id *contains* the word of `strip_id_or_class`, and all
images whose address contains that of `strip_image_src`. `test_url`, `test_contains`, `http_header(…)`,
`prune`, `tidy` and `parser` are passed over silently; each other directive (`single_page_link`, …) is named
in `problems` once and passed over. `global.txt` and `fingerprint.*.txt` are the rules of no host, and not
used. A line whose XPath is broken is left out, and said in `problems`.

**Hosts.** `example.com` in a file's name or in `hosts` is that host, with or without `www.`; `.example.com`
(in `hosts` also `*.example.com`) is that host and all below it. (For the original, a wildcard leaves out the
host itself. Here it comes second to a file of that host's own.) The most telling name wins: the exact host,
then wildcards from the longest to the shortest; for one name, TOML before text.

**Speed.** TOML rules, which an operator writes by hand, are read at once, so that a mistake is told at the
start. Of text files only the names are read; a file is opened when its host is first met, and then kept.

**When a page differs** from what its rule expects, nothing is raised: what matched nothing is listed in
`RuleResult.missed`, and a rule whose `body` matched nothing gives no blocks, so that the learnt extractor
speaks. XPath is evaluated by libxml2 without a limit on time: a page made to exhaust it is the affair of
whoever limits the time of a page.
"""

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Self

import msgspec

from scraper.errors import ConfigError
from scraper.extract import blocks, lines
from scraper.extract.authors import clean_authors
from scraper.extract.dates import parse_date
from scraper.extract.rulefiles import Directive, SiteRule, read_text, read_toml
from scraper.extract.rulepages import CssPage, RulePage, SelectError, XPathPage
from scraper.records import Block, DateSource, Metadata, Record
from scraper.web import dom
from scraper.web.urls import hostname as host_of


class RuleResult(Record, frozen=True, kw_only=True):
    """What a rule found in a page."""

    file: str
    blocks: tuple[Block, ...] = ()
    """The body; empty when the rule names none, or when none was found."""
    title: str | None = None
    authors: tuple[str, ...] = ()
    """As printed, one for each element."""
    date: str | None = None
    """As printed."""
    missed: tuple[str, ...] = ()
    """Directives that matched nothing, each with file and line. Of alternatives, only where none matched."""
    stripped: str | None = None
    """The page as the rule changed it, where the rule names no body: the one to extract from."""


class SiteRules:
    """A folder of rules. Pickled as the folder's path, and so read anew where it is unpickled."""

    def __init__(self, folder: Path, toml: dict[str, SiteRule], texts: dict[str, str]) -> None:
        self.folder = folder
        self._toml = toml
        self._texts = texts
        self._read_texts: dict[str, SiteRule | None] = {}
        self._problems: list[str] = []
        self._ignored: set[str] = set()

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the TOML rules of a folder, and the names of its text rules.

        Raises:
            ConfigError: There is no such folder, or a TOML rule cannot be used; the message gives file and
                line.
        """
        try:
            with os.scandir(folder) as entries:
                names = sorted(entry.name for entry in entries if not entry.is_dir())
        except OSError as error:
            raise ConfigError(
                f"extract.site_rules: the folder {folder} cannot be read: {error.strerror}"
            ) from error
        toml: dict[str, SiteRule] = {}
        texts: dict[str, str] = {}
        for name in names:
            stem, ending = os.path.splitext(name)  # noqa: PTH122 - Path takes `.example.com` for a suffix
            if ending == ".txt":
                if key := _key(stem):
                    texts[key] = name
            elif ending == ".toml":
                _add_toml(folder, name, toml)
        return cls(folder, toml, texts)

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return type(self).load, (self.folder,)

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be used of the text rules read so far, each with file and line."""
        return tuple(self._problems)

    def check(self) -> tuple[str, ...]:
        """Read all text rules now, and return `problems`."""
        for key in self._texts:
            self._text_rule(key)
        return self.problems

    def rule_for(self, hostname: str) -> SiteRule | None:
        """The rule for a host (in lower case and ASCII, as `web.urls.hostname` gives it)."""
        for key in _keys(hostname):
            rule = self._toml.get(key) or self._text_rule(key)
            if rule is not None:
                return rule
        return None

    def _text_rule(self, key: str) -> SiteRule | None:
        name = self._texts.get(key)
        if name is None:
            return None
        if name not in self._read_texts:
            self._read_texts[name] = self._read(name)
        return self._read_texts[name]

    def _read(self, name: str) -> SiteRule | None:
        try:
            source = (self.folder / name).read_bytes()
        except OSError as error:
            self._problems.append(f"{name}: cannot be read: {error.strerror}")
            return None
        text = read_text(name, source)
        self._problems.extend(text.problems)
        for directive, line in text.ignored:
            if directive not in self._ignored:
                self._ignored.add(directive)
                self._problems.append(f"{name}:{line}: {directive} is not carried out (said once)")
        return text.rule


@lru_cache(maxsize=8)
def site_rules(folder: str) -> SiteRules:
    """`SiteRules.load`, once per process and folder."""
    return SiteRules.load(Path(folder))


def _add_toml(folder: Path, name: str, rules: dict[str, SiteRule]) -> None:
    try:
        source = (folder / name).read_bytes()
    except OSError as error:
        raise ConfigError(f"{name}: cannot be read: {error.strerror}") from error
    rule, hosts = read_toml(name, source)
    for host in hosts or (name.removesuffix(".toml"),):
        key = _key(host)
        if key is None:
            raise ConfigError(f"{name}: {host!r} is not a host")
        if key in rules:
            raise ConfigError(f"{name}: {rules[key].file} already has a rule for {host}")
        rules[key] = rule


def _key(host: str) -> str | None:
    """How a host, or a wildcard for it, is looked up: `example.com`, `.example.com`."""
    wildcard = host.startswith((".", "*."))
    bare = host.removeprefix("*").removeprefix(".")
    try:
        bare = host_of(f"http://{bare}/")
    except ValueError:
        return None
    return f".{bare}" if wildcard else bare


def _keys(hostname: str) -> Iterator[str]:
    """Names under which a host's rule may stand, the most telling first."""
    yield hostname
    if hostname.startswith("www."):
        yield hostname.removeprefix("www.")
    rest = hostname
    while rest:
        yield f".{rest}"
        rest = rest.partition(".")[2]


def apply(rule: SiteRule, html: str, url: str) -> RuleResult:
    """Read a page by a rule. Whatever the page holds, nothing is raised; see `RuleResult.missed`."""
    del url  # the page of a rule is known by its host alone; addresses are none of its results
    missed: list[str] = []
    replaced = _replaced(rule, html, missed)
    page: RulePage
    try:
        page = CssPage(replaced) if rule.language == "css" else XPathPage.parse(replaced)
    except SelectError as error:
        return RuleResult(file=rule.file, missed=(f"{rule.file}: the page cannot be read: {error}",))
    title = _texts(page, rule, rule.title, missed, only_first=True)
    authors = _texts(page, rule, rule.authors, missed)
    date = _texts(page, rule, rule.date, missed, only_first=True)
    _strip(page, rule, missed)
    found = _body(page, rule, missed)
    is_changed = page.changed or replaced != html
    return RuleResult(
        file=rule.file,
        blocks=found,
        title=title[0] if title else None,
        authors=authors,
        date=date[0] if date else None,
        missed=tuple(missed),
        stripped=page.source() if is_changed and not rule.body else None,
    )


def _replaced(rule: SiteRule, html: str, missed: list[str]) -> str:
    for directive in rule.replace:
        if directive.value in html:
            html = html.replace(directive.value, directive.replacement)
        else:
            missed.append(rule.place(directive))
    return html


def _texts(
    page: RulePage,
    rule: SiteRule,
    alternatives: tuple[Directive, ...],
    missed: list[str],
    *,
    only_first: bool = False,
) -> tuple[str, ...]:
    """What the first alternative that says anything says; its elements are taken out of the page."""
    failed: list[str] = []
    for directive in alternatives:
        matches = _select(page, rule, directive, missed)
        said = [(text, match) for match in matches or () if (text := page.text(match, directive.selector))]
        if said:
            said = said[:1] if only_first else said
            # What an attribute says can stand on any element, even on the one around the article.
            if getattr(directive.selector, "attribute", None) is None:
                page.remove([match for _, match in said])
            return tuple(dict.fromkeys(text for text, _ in said))
        if matches is not None:
            failed.append(rule.place(directive))
    missed.extend(failed)
    return ()


def _select(page: RulePage, rule: SiteRule, directive: Directive, missed: list[str]) -> list[object] | None:
    """The matches; None, and an entry in `missed`, where the selector cannot be evaluated."""
    try:
        return page.select(directive.selector)
    except SelectError as error:
        missed.append(f"{rule.place(directive)} ({error})")
        return None


def _strip(page: RulePage, rule: SiteRule, missed: list[str]) -> None:
    for directive in rule.strip:
        matches = _select(page, rule, directive, missed)
        if matches:
            page.remove(matches)
        elif matches is not None:
            missed.append(rule.place(directive))
    for directives, find in ((rule.strip_id_or_class, page.named), (rule.strip_image_src, page.images)):
        if not directives:
            continue
        found = find([directive.value for directive in directives])
        for directive in directives:
            if found[directive.value]:
                page.remove(found[directive.value])
            else:
                missed.append(rule.place(directive))


def _body(page: RulePage, rule: SiteRule, missed: list[str]) -> tuple[Block, ...]:
    failed: list[str] = []
    for directive in rule.body:
        matches = _select(page, rule, directive, missed)
        if matches and (found := _blocks(page.html(matches))):
            return found
        if matches is not None:
            failed.append(f"{rule.place(directive)}{' (no text in it)' if matches else ''}")
    missed.extend(failed)
    return ()


def _blocks(html: str) -> tuple[Block, ...]:
    """The running text of a piece of HTML; what is hidden counts only where all of it is."""
    pieces = blocks.read(dom.parse(html)).pieces
    shown = [piece for piece in pieces if not piece.box.flags & blocks.IS_HIDDEN]
    return tuple(
        Block(
            text=lines.printed(piece.text),
            tag=blocks.block_tag(piece.box),
            path=blocks.path(piece.box),
            link_density=min(1.0, round(piece.link_chars / len(piece.text), 3)),
        )
        for piece in shown or pieces
    )


def apply_for(folder: str | None, html: str, url: str) -> RuleResult | None:
    """Read a page by the rule that a folder holds for its host; None without folder, host or rule.

    Raises:
        ConfigError: The folder cannot be used.
    """
    if folder is None:
        return None
    rules = site_rules(folder)
    try:
        rule = rules.rule_for(host_of(url))
    except ValueError:
        return None
    return apply(rule, html, url) if rule else None


def amended(metadata: Metadata, result: RuleResult, *, hostname: str) -> Metadata:
    """`metadata` with what a rule found in place of what the page declares."""
    changes: dict[str, object] = {}
    if result.title:
        changes["title"] = result.title
    authors = clean_authors(result.authors, sitename=metadata.sitename, hostname=hostname)
    if authors:
        changes["authors"] = authors
    moment = parse_date(result.date, language=metadata.language) if result.date else None
    if moment:
        changes |= {
            "date_published": moment.utc,
            "date_source": DateSource.RULE,
            "date_precision": moment.precision,
            "tz_assumed": moment.assumed,
        }
    return msgspec.structs.replace(metadata, **changes)
