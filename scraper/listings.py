"""The archives that the operator names: files, folders, addresses, and listings such as those of CC-NEWS."""

import gzip
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from scraper.errors import InputError
from scraper.web.addresses import described, is_remote, opened

WARC_SUFFIXES = (".warc", ".warc.gz", ".warc.zst")
LISTING_SUFFIXES = (".paths", ".paths.gz")
MAX_LISTING_BYTES = 256_000_000
"""A listing of a whole year of CC-NEWS has a hundredth of it."""
_TIME = re.compile(r"(?<!\d)(\d{14})(?!\d)")
_GZIP_MAGIC = b"\x1f\x8b"


def archives(
    named: Iterable[str],
    *,
    prefix: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[str]:
    """The archives that are named, in order, each once.

    Args:
        named: WARC files, folders of such, addresses, and listings (a path on each line; ending in `.paths`
            or `.paths.gz`).
        prefix: What goes before each path of a listing. Unset, it is where the listing lies, or, where the
            listing's own address has the first part of its paths in it, what stands before that.
        since: Archives of a listing that were finished before are left out, told by the time in their names.
        until: Those that were begun then or later are left out.

    Raises:
        InputError: Something that is named is not there.
    """
    seen: set[str] = set()
    for address in _all(named, prefix=prefix, since=since, until=until):
        if address not in seen:
            seen.add(address)
            yield address


def _all(
    named: Iterable[str], *, prefix: str | None, since: datetime | None, until: datetime | None
) -> Iterator[str]:
    for address in named:
        if address.lower().endswith(LISTING_SUFFIXES):
            paths = listed(address)
            before = _base(address, paths) if prefix is None else prefix
            yield from (_joined(before, path) for path in in_range(paths, since=since, until=until))
        elif is_remote(address):
            yield address
        elif Path(address).is_dir():
            found = sorted(
                path
                for path in Path(address).rglob("*")
                if path.name.endswith(WARC_SUFFIXES) and path.is_file()
            )
            if not found:
                raise InputError(
                    f"{address}: no files ending in {', '.join(WARC_SUFFIXES)} below this folder"
                )
            yield from map(_absolute, found)
        elif Path(address).is_file():
            yield _absolute(Path(address))
        else:
            raise InputError(f"{address}: no such file or folder")


def _below(folder: Path) -> Iterator[str]:
    found = [path for path in folder.rglob("*") if path.name.endswith(WARC_SUFFIXES) and path.is_file()]
    if not found:
        raise InputError(f"{folder}: no files ending in {', '.join(WARC_SUFFIXES)} below this folder")
    yield from map(_absolute, sorted(found))


def listed(address: str) -> list[str]:
    """The paths of a listing, plain or gzip.

    Raises:
        InputError: It cannot be read.
    """
    with closing(opened(address)) as file:
        try:
            data = file.read(MAX_LISTING_BYTES)
            if data.startswith(_GZIP_MAGIC):
                data = gzip.GzipFile(fileobj=BytesIO(data)).read(MAX_LISTING_BYTES)
        except Exception as error:
            # Each of fsspec's file systems has exceptions of its own.
            raise InputError(f"{address}: cannot be read: {described(error)}") from error
    return [line.strip() for line in data.decode("utf-8", "replace").splitlines() if line.strip()]


def in_range(
    paths: Iterable[str], *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[str]:
    """The paths of archives that may hold pages from `since` to `until`, by the times in their names.

    The time (`CC-NEWS-20260301005512-00123.warc.gz`) is that of an archive's first record; its last one
    comes before the next archive's time. Paths without a time are given too.
    """
    timed = [(_time_of(path), path) for path in paths]
    known = sorted({time for time, _ in timed if time})
    following = dict(pairwise(known))
    for time, path in timed:
        if time:
            ends = following.get(time)
            if (until and time >= until) or (since and ends and ends <= since):
                continue
        yield path


def _time_of(path: str) -> datetime | None:
    found = _TIME.search(path.rpartition("/")[2])
    try:
        return datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def _base(listing: str, paths: list[str]) -> str:
    """Where the paths of a listing begin."""
    first = paths[0].partition("/")[0] if paths else ""
    before, found, _ = listing.partition(f"/{first}/")
    return before if first and found else listing.rpartition("/")[0]


def _joined(before: str, path: str) -> str:
    if is_remote(path) or path.startswith("/") or not before:
        return path
    joined = f"{before.rstrip('/')}/{path}"
    return joined if is_remote(joined) else _absolute(Path(joined))


def _absolute(path: Path) -> str:
    return str(path.absolute())
