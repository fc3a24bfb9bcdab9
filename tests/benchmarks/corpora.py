"""Readers of the public corpora of pages with reference texts, in their publishers' layouts."""

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tld import get_fld

LANG = re.compile(r"<html\b[^<>]*?\blang\s*=\s*[\"']?\s*([a-zA-Z]{2,3})", re.IGNORECASE)
META_CHARSET = re.compile(rb"<meta[^<>]*?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:-]+)", re.IGNORECASE)
HEAD_BYTES = 4096

AEB = "article-extraction-benchmark"
WCXB = "wcxb"
FUNDUS = "fundus"


class Sample(NamedTuple):
    """One page and what its publisher says the text is."""

    suite: str
    name: str
    url: str
    site: str
    """Registrable domain: pages of one site stay together when a corpus is split."""
    language: str
    kind: str
    """Page type of WCXB (article, forum, …); `article` elsewhere."""
    html: str
    reference: str
    present: tuple[str, ...] = ()
    """Snippets that must appear (WCXB)."""
    absent: tuple[str, ...] = ()
    """Snippets that must not appear (WCXB)."""


def read(paths: Iterable[Path]) -> Iterator[Sample]:
    """All samples below the given folders, whichever of the known layouts each has.

    Raises:
        ValueError: A folder has none of the known layouts.
    """
    for path in paths:
        if (path / "ground-truth.json").is_file() and (path / "html").is_dir():
            yield from _article_extraction_benchmark(path)
        elif (path / "dev" / "ground-truth").is_dir():
            yield from _wcxb(path)
        elif any(path.glob("*/meta.info")):
            yield from _fundus(path)
        else:
            raise ValueError(f"{path}: not a layout that is known here")


def decode(data: bytes) -> str:
    """Text of a stored page: UTF-8 where that is possible, else the declared charset."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = META_CHARSET.search(data[:HEAD_BYTES])
        name = declared[1].decode("ascii").lower() if declared else "windows-1252"
        if name in {"utf-8", "utf8"}:
            return data.decode("utf-8", "replace")
        try:
            return data.decode("gb18030" if name.startswith("gb") else name, "replace")
        except LookupError:
            return data.decode("windows-1252", "replace")


def _page(path: Path) -> str:
    data = path.read_bytes()
    return decode(gzip.decompress(data) if path.suffix == ".gz" else data)


def _language(html: str) -> str:
    found = LANG.search(html, 0, 20_000)
    return found[1].lower()[:2] if found else "?"


def _site(url: str) -> str:
    site = get_fld(url, fail_silently=True, fix_protocol=True)
    return site if isinstance(site, str) else url


def _article_extraction_benchmark(folder: Path) -> Iterator[Sample]:
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    for name, record in sorted(truth.items()):
        path = folder / "html" / f"{name}.html.gz"
        if not path.is_file():
            continue
        html = _page(path)
        url = record.get("url") or ""
        yield Sample(
            AEB, name, url, _site(url), _language(html), "article", html, record.get("articleBody") or ""
        )


def _wcxb(folder: Path) -> Iterator[Sample]:
    for split in ("dev", "test"):
        for truth_path in sorted((folder / split / "ground-truth").glob("*.json")):
            path = folder / split / "html" / f"{truth_path.stem}.html.gz"
            if not path.is_file():
                continue
            record = json.loads(truth_path.read_text(encoding="utf-8"))
            truth = record["ground_truth"]
            html = _page(path)
            yield Sample(
                suite=WCXB,
                name=truth_path.stem,
                url=record["url"],
                site=_site(record["url"]),
                language=_language(html),
                kind=record["_internal"]["page_type"]["primary"],
                html=html,
                reference=truth.get("main_content") or "",
                present=tuple(truth.get("with") or ()),
                absent=tuple(truth.get("without") or ()),
            )


def _fundus(folder: Path) -> Iterator[Sample]:
    for meta_path in sorted(folder.glob("*/meta.info")):
        meta = json.loads(meta_path.read_text(encoding="utf-8"))
        for name, info in sorted(meta.items()):
            path = meta_path.parent / name
            if not path.is_file():
                continue
            publisher = name.split("_")[0]
            versions = json.loads((meta_path.parent / f"{publisher}.json").read_text(encoding="utf-8"))
            html = _page(path)
            url = info["url"]
            yield Sample(
                suite=FUNDUS,
                name=f"{meta_path.parent.name}/{name.removesuffix('.html.gz')}",
                url=url,
                site=_site(url),
                language=_language(html),
                kind="article",
                html=html,
                reference=_version_of(html, [_body_text(record) for record in versions.values()]),
            )


def _body_text(record: dict[str, Any]) -> str:
    body = record.get("body") or {}
    lines = list(body.get("summary") or ())
    for section in body.get("sections") or ():
        lines += section.get("headline") or ()
        lines += section.get("paragraphs") or ()
    return "\n".join(lines)


def _version_of(html: str, texts: list[str]) -> str:
    """The version that belongs to the page: the one whose words stand in it most (the last of equals).

    Fundus keeps one record for each generation of a publisher's parser, without naming the page.
    """

    def share(text: str) -> float:
        words = text.split()
        groups = [" ".join(words[i : i + 3]) for i in range(0, len(words), 3)]
        return sum(group in html for group in groups) / (len(groups) or 1)

    return max(reversed(texts), key=share)
