"""The configuration: value objects, read from TOML or built in Python, checked on the way in."""

import math
import os.path
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

import msgspec

from scraper.errors import ConfigError
from scraper.formats import Format, Medium, target_of
from scraper.records import Article
from scraper.wrongvalues import readable


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all sections: immutable, and an unknown key is an error."""


class RunConfig(Section, frozen=True, kw_only=True):
    """How a run is carried out."""

    state: str = "state.db"
    """SQLite file that remembers what was seen; made when it does not exist."""
    workers: int | None = None
    """Processes for page work; 0 works in this process; the number of usable cores when unset."""
    max_runtime_s: float | None = None
    """After this the run seals what it has, reports, and ends with exit code 5."""
    grace_s: float = 20.0
    """How long work in hand may go on after a signal or the end of `max_runtime_s`."""
    page_timeout_s: float = 30.0
    """A page that keeps a worker longer than this is dropped, and the worker replaced."""
    worker_memory_mb: int = 2048
    """Address space above its start that a worker may use; a page that needs more is dropped."""
    shard: str | None = None
    """Which part of the sources to ask, as `3/16`: the fourth of sixteen runs that share them out by site."""
    engine: Literal["local", "ray"] = "local"
    """Where the work is done: on this machine, or on a Ray cluster."""
    shards: int | None = None
    """Into how many shards the engine `ray` splits a run; as many as the cluster has cores when unset. A run
    with another number begins anew, so name one."""
    metrics: str | None = None
    """File for the figures of the last run in the text format of Prometheus."""


class OutputConfig(Section, frozen=True, kw_only=True):
    """Where articles go, and in which format."""

    path: str
    """A folder, a file whose ending tells its format, `s3://bucket/prefix` or the like, or
    `postgresql://user@host/database`."""
    name: str | None = None
    """Under which the state remembers what this output has; the path when unset."""
    format: Format | None = None
    """Told by the ending of `path` when unset; a folder gets JSON lines."""
    partition: Literal["date", "source"] | None = None
    """Folders within the folder, by the day of fetching (`date=2026-03-01`) or by source."""
    fields: tuple[str, ...] = ()
    """Keys of the record that are written, in this order; all when unset."""
    fields_as: Literal["trafilatura", "fundus", "news-please", "newspaper", "schema.org"] | None = None
    """Keys and values as another program, or a vocabulary, has them."""
    table: str = "articles"
    """Table of a database."""
    options: dict[str, str | int | bool] = {}
    """What an address needs beside, such as `endpoint_url`; handed to fsspec. Secrets go elsewhere."""


class FetchConfig(Section, frozen=True, kw_only=True):
    """How pages are asked for. The defaults are polite; make them slower, not faster."""

    user_agent: str = "news-scraper/{version} ({contact})"
    """What requests say of us; `{version}` and `{contact}` are filled in."""
    contact: str = "no contact given"
    """An address or e-mail under which a site's operator can reach you."""
    proxy: str | None = None
    """Address of a proxy to go through; no variable of the environment names one."""
    delay_s: float = 1.0
    """Pause between two requests to one registrable domain, counted from the end of the first."""
    concurrency: int = 32
    """Domains asked side by side."""
    connect_timeout_s: float = 10.0
    """Longest time for a connection to stand, its TLS included."""
    read_timeout_s: float = 20.0
    """Longest silence within an answer."""
    total_timeout_s: float = 60.0
    """Longest time for one address, redirects and waiting for the body included."""
    max_wire_bytes: int = 10_000_000
    """Most bytes of an answer as they are sent, compressed or not."""
    max_decoded_bytes: int = 30_000_000
    """Most bytes of an answer once it is unpacked."""
    max_redirects: int = 5
    """Redirects that are followed for one address."""
    retries: int = 2
    """Further tries within a run after a failure that may pass."""
    backoff_s: float = 1.0
    """Pause before the first such try; it doubles, with jitter."""
    max_retry_after_s: float = 30.0
    """A server that asks for a longer pause is left for a later run."""
    max_attempts: int = 12
    """Runs in which an address may fail before it is given up."""
    retry_gap_s: float = 600.0
    """Pause before an address that failed in two runs is asked again; with each further one it doubles and
    a bit (1, 3, 7, … times this), up to a day. After one failure the next run asks, whenever it comes."""
    host_failures: int = 5
    """Failures in a row after which a host is left alone for the rest of the run."""
    revisit_s: float = 21_600.0
    """Age at which a known page is asked for again (conditionally) although nothing announced a change."""
    http2: bool = True
    """Whether to speak HTTP/2 with servers that can."""
    verify_tls: bool = True
    """Whether a server must prove that it is the one that was asked."""
    allow_private: bool = False
    """Whether addresses that are not of the public web (this machine, an intranet) may be asked. With a
    proxy it is the proxy that resolves names, and that decides."""


class ExtractConfig(Section, frozen=True, kw_only=True):
    """How the body is found."""

    second_opinion: Literal["auto", "never", "always"] = "auto"
    """When trafilatura is asked too: when ours is unsure, never, or for every page."""
    min_words: int = 25
    """A page with less article text than this is dropped as too short."""
    paywall: Literal["drop", "emit"] = "drop"
    """What becomes of the teaser of an article that must be paid for."""
    site_rules: str | None = None
    """Folder of site rules."""


class CleanConfig(Section, frozen=True, kw_only=True):
    """How boilerplate is taken out."""

    keep: tuple[str, ...] = ()
    """Kinds of boilerplate to leave in."""
    site_memory: bool = True
    """Whether to learn what each site repeats, and to take it out."""
    removed: bool = False
    """Whether the record lists what was taken out."""
    profile: Literal["text", "tokens"] = "text"
    """Running text, or lower case without punctuation, digits and function words."""


class DedupeConfig(Section, frozen=True, kw_only=True):
    """What becomes of articles that tell what another one tells already."""

    action: Literal["link", "drop", "keep"] = "link"
    """Copies that another site prints are published with the original in `dup_of`, or dropped, or published
    like any other article. The same text under another address of one site is dropped in any case but the
    last."""
    threshold: float = 0.4
    """Share of the shorter text's phrases of five words that stand in the longer one, from which on it is a
    copy; 0 to 1."""


class ArchiveConfig(Section, frozen=True, kw_only=True):
    """Keeping what was fetched, so that `scraper reprocess` can read it again."""

    warc: str | None = None
    """Folder for WARC files with each page that was answered, and the request for it; none when unset."""


class HealthConfig(Section, frozen=True, kw_only=True):
    """Thresholds; a run that misses one ends with exit code 1. None is not checked."""

    min_articles: int | None = None
    """Fewest new and changed articles."""
    max_error_rate: float | None = None
    """Share of links that could not be had: failed, refused, challenged, given up, or lost with a worker."""
    max_drop_rate: float | None = None
    """Share of links that were dropped, whatever the reason."""
    max_challenge_rate: float | None = None
    """Share of links that ended at a challenge."""
    max_failed_sources: int | None = None
    """Sources none of whose feeds, sitemaps or sections could be read."""
    fail_on: tuple[str, ...] = ()
    """Further thresholds, such as `words<1000`; the names are those of `report.thresholds.FIGURES`."""
    fail_on_alarm: bool = False
    """Whether an alarm of a source, too, makes exit code 1."""
    baseline_runs: int = 200
    """Earlier runs, of the last 30 days, that a source is held against; 0 turns alarms off."""
    min_pages: int = 20
    """Fewest pages that a figure is worked out from; runs are pooled until there are so many."""


class SourceConfig(Section, frozen=True, kw_only=True):
    """One publication, or one list of addresses."""

    name: str | None = None
    """The host of the first address when unset."""
    site: str | None = None
    """Home page, from which feeds and sitemaps are found."""
    feeds: tuple[str, ...] = ()
    """Feeds: RSS, Atom, RDF or JSON Feed."""
    sitemaps: tuple[str, ...] = ()
    """Sitemaps, and indexes of them."""
    sections: tuple[str, ...] = ()
    """Front or section pages whose links to articles are followed."""
    urls: tuple[str, ...] | str = ()
    """Article addresses, or the path of a file with one on each line."""
    include: tuple[str, ...] = ()
    """Regular expressions; a link must match one, where there are any."""
    exclude: tuple[str, ...] = ()
    """Regular expressions; a link that matches one is not asked for."""
    delay_s: float | None = None
    """Pause between two requests to its sites, in place of `fetch.delay_s`."""
    max_articles: int | None = None
    """Most links taken up in one run; the others wait for the next."""
    since: datetime | None = None
    """Links announced with an earlier date are left out."""
    keep: tuple[str, ...] = ()
    """Kinds of boilerplate to leave in, beside those of `[clean]`."""


class Config(Section, frozen=True, kw_only=True):
    """Everything a batch needs. Each value has a default but the sources."""

    run: RunConfig = RunConfig()
    fetch: FetchConfig = FetchConfig()
    extract: ExtractConfig = ExtractConfig()
    clean: CleanConfig = CleanConfig()
    dedupe: DedupeConfig = DedupeConfig()
    archive: ArchiveConfig = ArchiveConfig()
    health: HealthConfig = HealthConfig()
    output: tuple[OutputConfig, ...] = (OutputConfig(path="articles"),)
    source: tuple[SourceConfig, ...] = ()

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """Read a TOML file; relative paths in it are taken from the file's own folder.

        Raises:
            ConfigError: The file cannot be read, is not TOML, or holds an unknown key or a wrong value.
        """
        path = Path(path)
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{path}: not valid TOML: {error}") from error
        try:
            return cls.from_dict(data, base=path.parent)
        except ConfigError as error:
            raise ConfigError(f"{path}: {error}") from error

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, base: Path | None = None) -> Self:
        """Check a mapping of the shape of the TOML file; relative paths are taken from `base`.

        Raises:
            ConfigError: With the path of the key that is unknown or wrong.
        """
        try:
            config = msgspec.convert(_with_times(data), cls)
        except msgspec.ValidationError as error:
            raise ConfigError(readable(str(error), cls)) from error
        return config.checked(base)

    def require_sources(self) -> None:
        """Refuse to go on without anything to ask.

        Raises:
            ConfigError: There is no source.
        """
        if not self.source:
            raise ConfigError("source: nothing to do; add a [[source]] section")

    def checked(self, base: Path | None = None) -> Self:
        """This configuration with sources named and paths resolved.

        Raises:
            ConfigError: With the path of the key whose value cannot be used.
        """
        _check_numbers(self)
        _check_fetch(self.fetch)
        if not self.run.state:
            raise ConfigError("run.state: names no file")
        if Path(_resolved(self.run.state, base)).is_dir():
            raise ConfigError(f"run.state: {self.run.state!r} is a folder; name a file in it")
        outputs = tuple(_checked_output(output, index, base) for index, output in enumerate(self.output))
        for index, output in enumerate(outputs):
            if output.path == _resolved(self.run.state, base):
                raise ConfigError(f"output[{index}].path: this is the state")
        _refuse_repeats("output", "name", (output.name for output in outputs))
        _refuse_repeats("output", "path", (_place(output) for output in outputs))
        sources = tuple(_checked_source(source, index, base) for index, source in enumerate(self.source))
        _refuse_repeats("source", "name", (source.name for source in sources))
        rules = self.extract.site_rules
        warc = self.archive.warc
        if warc == "":
            raise ConfigError("archive.warc: names no folder")
        return msgspec.structs.replace(
            self,
            run=msgspec.structs.replace(
                self.run,
                state=_resolved(self.run.state, base),
                metrics=self.run.metrics and _resolved(self.run.metrics, base),
            ),
            extract=msgspec.structs.replace(self.extract, site_rules=rules and _resolved(rules, base)),
            archive=msgspec.structs.replace(self.archive, warc=warc and _resolved(warc, base)),
            output=outputs,
            source=sources,
        )


MAY_BE_ZERO = frozenset(
    {"delay_s", "workers", "retries", "max_redirects", "grace_s", "revisit_s", "backoff_s", "retry_gap_s"}
)


def _with_times(value: Any) -> Any:  # noqa: ANN401 - whatever TOML can hold
    """`value` with each date or time as an aware time in UTC: `since = 2026-01-01` works."""
    if isinstance(value, Mapping):
        return {key: _with_times(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_times(item) for item in value]
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC)
    return _in_utc(value) if isinstance(value, datetime) else value


def _in_utc(value: datetime) -> datetime:
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _check_numbers(config: Config) -> None:
    for section_name in ("run", "fetch", "extract", "dedupe", "health"):
        _check_section(section_name, getattr(config, section_name))
    for index, source in enumerate(config.source):
        _check_section(f"source[{index}]", source)


def _check_section(where: str, section: Section) -> None:
    for key in section.__struct_fields__:
        value = getattr(section, key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if math.isnan(value):
            raise ConfigError(f"{where}.{key}: not a number")
        zero = key in MAY_BE_ZERO or where == "health"
        if value < 0 or (value == 0 and not zero):
            bound = "0 or more" if zero else "more than 0"
            raise ConfigError(f"{where}.{key}: {value:g} is too small; it must be {bound}")
        if value > 1 and (key.endswith("_rate") or key == "threshold"):
            raise ConfigError(f"{where}.{key}: {value:g} is too large; it is a share between 0 and 1")


def _check_fetch(fetch: FetchConfig) -> None:
    for key in ("user_agent", "contact"):
        value = getattr(fetch, key)
        if not (value.isascii() and value.isprintable()):
            raise ConfigError(f"fetch.{key}: {value!r}: a request can carry printable ASCII only")
    try:
        fetch.user_agent.format(version="", contact="")
    except (LookupError, ValueError, AttributeError) as error:
        raise ConfigError(
            f"fetch.user_agent: {fetch.user_agent!r}: only {{version}} and {{contact}} are filled in"
        ) from error
    if fetch.proxy is not None and not _host(fetch.proxy):
        raise ConfigError(f"fetch.proxy: {fetch.proxy!r} is not an http or https address")


def _checked_output(output: OutputConfig, index: int, base: Path | None) -> OutputConfig:
    where = f"output[{index}]"
    try:
        target = target_of(output.path, output.format)
    except ConfigError as error:
        raise ConfigError(f"{where}.path: {error}") from error
    unknown = [field for field in output.fields if field not in Article.__struct_fields__]
    if unknown or len(set(output.fields)) < len(output.fields):
        what = f"no key of the record: {', '.join(unknown)}" if unknown else "a key is named twice"
        raise ConfigError(f"{where}.fields: {what}")
    if output.fields and output.fields_as:
        raise ConfigError(f"{where}: name fields or fields_as, not both")
    if target.medium is Medium.TABLE and (output.fields_as or (output.fields and "id" not in output.fields)):
        raise ConfigError(f"{where}.fields: a table needs the id of each article")
    if target.medium is Medium.TEXTS and output.fields_as:
        raise ConfigError(f"{where}.fields_as: a plain text has no keys")
    if output.partition and target.medium is not Medium.FOLDER:
        raise ConfigError(f"{where}.partition: only a folder of parts can be partitioned")
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,48}", output.table):
        raise ConfigError(f"{where}.table: {output.table!r}: letters, digits and _ only")
    path = output.path if target.remote else _resolved(output.path, base)
    return msgspec.structs.replace(output, path=path, name=output.name or output.path)


def _place(output: OutputConfig) -> str:
    """By which two outputs are told apart."""
    target = target_of(output.path, output.format)
    place = output.path if target.remote else os.path.normpath(output.path)
    return f"{place} {output.table}" if target.medium is Medium.TABLE else place


def _checked_source(source: SourceConfig, index: int, base: Path | None) -> SourceConfig:
    where = f"source[{index}]"
    listed = (source.urls,) if isinstance(source.urls, str) else source.urls
    addresses = dict(_addresses(source))
    if not addresses and not listed:
        raise ConfigError(f"{where}: needs one of site, feeds, sitemaps, sections, urls")
    for key, address in addresses.items():
        if not _host(address):
            raise ConfigError(f"{where}.{key}: {address!r} is not an http or https address")
        if "@" in urlsplit(address).netloc:
            # Not told back: it may hold a password.
            raise ConfigError(f"{where}.{key}: an address with a user name is not used")
    for key, patterns in (("include", source.include), ("exclude", source.exclude)):
        for at, pattern in enumerate(patterns):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ConfigError(
                    f"{where}.{key}[{at}]: not a regular expression: {pattern!r}: {error}"
                ) from error
    urls = source.urls
    if isinstance(urls, str):
        urls = _resolved(urls, base)
        if not Path(urls).is_file():
            raise ConfigError(f"{where}.urls: no such file: {urls}")
    name = source.name or next((_host(a) or a for a in (*addresses.values(), *listed)), where)
    since = source.since and _in_utc(source.since)
    return msgspec.structs.replace(source, name=name, urls=urls, since=since)


def _addresses(source: SourceConfig) -> Iterator[tuple[str, str]]:
    """The addresses that are asked for links, each with its key."""
    if source.site is not None:
        yield "site", source.site
    for key in ("feeds", "sitemaps", "sections"):
        for index, address in enumerate(getattr(source, key)):
            yield f"{key}[{index}]", address


def _host(address: str) -> str | None:
    """The host of an http or https address, None for anything else."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in {"http", "https"} else None


def _resolved(path: str, base: Path | None) -> str:
    return str(base / path) if base else path


def _refuse_repeats(section: str, key: str, values: Iterable[str | None]) -> None:
    seen: set[str | None] = set()
    for index, value in enumerate(values):
        if value in seen:
            raise ConfigError(
                f"{section}[{index}]: the {key} {value!r} is used twice; give each one its own `{key}`"
            )
        seen.add(value)
