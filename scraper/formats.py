"""What outputs there are, and which one a path or an address means."""

from collections.abc import Collection
from enum import StrEnum
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from scraper.errors import ConfigError
from scraper.records import Record

Format = Literal[
    "jsonl",
    "jsonl.gz",
    "jsonl.zst",
    "parquet",
    "csv",
    "csv.gz",
    "csv.zst",
    "text",
    "sqlite",
    "postgresql",
]

ENDINGS: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl.gz",
    ".jsonl.zst": "jsonl.zst",
    ".parquet": "parquet",
    ".csv": "csv",
    ".csv.gz": "csv.gz",
    ".csv.zst": "csv.zst",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
}
"""Endings by which a path is one file, and its format."""

OTHER_ENDINGS = (
    ".json", ".ndjson", ".tsv", ".txt", ".text", ".md", ".xml", ".html", ".htm", ".pdf", ".doc", ".docx",
    ".ods", ".xls", ".xlsx", ".arrow", ".feather", ".avro", ".orc", ".duckdb", ".pickle", ".pkl", ".toml",
    ".yaml", ".yml", ".log", ".gz", ".zst", ".bz2", ".xz", ".zip", ".tar", ".tgz", ".7z", ".warc",
)  # fmt: skip
"""Endings by which a path is meant as a file that cannot be written."""

POSTGRESQL_SCHEMES = ("postgresql://", "postgres://")


class Medium(StrEnum):
    """What a result is put into; each has its own way of publishing exactly once."""

    FOLDER = "folder"
    """Sealed parts."""
    FILE = "file"
    """One file with all articles, replaced whole."""
    TEXTS = "texts"
    """A folder with a plain text file for each article."""
    TABLE = "table"
    """A table of a database, a row for each article."""


class Target(Record, frozen=True, kw_only=True):
    """What a path or an address means."""

    medium: Medium
    format: Format
    remote: bool
    """Whether it is an address (`s3://bucket/prefix`) and no path of this machine."""


def is_remote(path: str) -> bool:
    """Whether a path is an address."""
    return "://" in path


def is_file(path: str, endings: Collection[str]) -> bool:
    """Whether a path names one file, by one of `endings`; else it names a folder.

    A folder may have any other ending but those of files that are not written, and any at all with a `/`
    behind it. What lies there already changes nothing.

    Raises:
        ConfigError: The path ends as a file that is not written.
    """
    low = path.lower()
    if low.endswith(tuple(endings)):
        return True
    if low.endswith((*ENDINGS, *OTHER_ENDINGS)):
        raise ConfigError(
            f"{path!r}: unknown format; name a file ending in {', '.join(endings)}, "
            f"or a folder, with a / behind it"
        )
    return False


def target_of(path: str, wanted: Format | None = None) -> Target:
    """What `path` means, in the format `wanted` or else in the one that its ending tells.

    Raises:
        ConfigError: The format cannot be told, or cannot be had there.
    """
    if not path:
        raise ConfigError("names no folder or file")
    remote = is_remote(path)
    if path.lower().startswith(POSTGRESQL_SCHEMES):
        _refuse_password(path)
        told: Format | None = "postgresql"
    else:
        told = _told(path)
    if told and wanted not in {None, told}:
        raise ConfigError(f"{path!r} is {told}, not {wanted}")
    kind = told or wanted or "jsonl"
    if kind == "postgresql" and not told:
        raise ConfigError(f"{path!r}: a PostgreSQL table is named by postgresql://HOST/DATABASE")
    if kind == "sqlite" and remote:
        raise ConfigError(f"{path!r}: an SQLite file is written on this machine only")
    return Target(medium=_medium(kind, is_file=told is not None), format=kind, remote=remote)


def _told(path: str) -> Format | None:
    if not is_file(path, ENDINGS):
        return None
    return ENDINGS[max((ending for ending in ENDINGS if path.lower().endswith(ending)), key=len)]


def _medium(kind: Format, *, is_file: bool) -> Medium:
    if kind in {"sqlite", "postgresql"}:
        return Medium.TABLE
    if kind == "text":
        return Medium.TEXTS
    return Medium.FILE if is_file else Medium.FOLDER


def _refuse_password(address: str) -> None:
    parts = urlsplit(address)
    if parts.password or any(key == "password" for key, _ in parse_qsl(parts.query)):
        # Not told back.
        raise ConfigError("an address with a password is not used; PGPASSWORD or ~/.pgpass may hold it")
