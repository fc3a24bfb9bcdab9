"""Names what is done with pages, so that archives are read again when, and only when, it changes."""

from functools import cache
from hashlib import blake2b
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from scraper.page import PageOptions

_PARTS = (
    "classify",
    "clean",
    "extract",
    "rules",
    "web",
    "dedupe",
    "dedupe.py",
    "moved.py",
    "page.py",
    "records.py",
)
"""What of the package decides on an article's text and data."""
_LIBRARIES = ("trafilatura", "selectolax", "lxml", "ftfy", "charset-normalizer", "tld")
"""And whose word counts too."""


def work_name(options: PageOptions, *others: msgspec.Struct | str) -> str:
    """A name for the program as it is, with these options; another program or other options, another name."""
    digest = blake2b(_program(), digest_size=16)
    for part in (options, *others):
        digest.update(msgspec.json.encode(part))
    rules = options.extract.site_rules
    if rules:
        for file in sorted(path for path in Path(rules).rglob("*") if path.is_file()):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


@cache
def _program() -> bytes:
    digest = blake2b(digest_size=32)
    package = Path(str(resources.files("scraper")))
    for part in _PARTS:
        for file in sorted((package / part).rglob("*")) or [package / part]:
            if file.is_file() and file.suffix != ".pyc":
                digest.update(f"{file.relative_to(package)}\0".encode() + file.read_bytes())
    for library in _LIBRARIES:
        try:
            digest.update(f"{library} {version(library)}\0".encode())
        except PackageNotFoundError:
            continue
    return digest.digest()
