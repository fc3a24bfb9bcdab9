"""Signs that tell a single article from lists, shops, forums and manuals, each a number."""

import math
import re
from collections import Counter
from functools import cache
from urllib.parse import urlsplit

from scraper.classify.features import ARTICLE_TYPES, Features
from scraper.classify.signatures import fold
from scraper.rules.loader import load
from scraper.web import dom

_COUNTED = "a,p,li,h1,h2,h3,img,pre,button,input,time,article,table,code"
_SLUG = re.compile(r"[^\W_]+(?:[-_][^\W_]+){3,}")
_NUMBER = re.compile(r"\d{3,}")
_YEAR = re.compile(r"/(?:19|20)\d\d(?:/|-|$)")
_SEGMENT_WORDS = re.compile(r"[a-z]+")
_TITLE_WORDS = re.compile(r"[^\W\d_]+")
_FORUM_PATH = re.compile(
    r"/threads?/|viewtopic|showthread|showtopic|/topic/\d|/t/[^/]+/\d|/questions?/\d|/discussions?/|/forums?/|"
    r"/comments/|/t5/|td-p|/d/\d|thread-\d|-t\d+\.html"
)
SENTENCE = 20
"""Words from which a block is prose."""
_STOP = (".", "!", "?", "…", "”", '"', "»", "。", "।")


@cache
def _words(group: str) -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in load("page_kinds.toml")[group].items()}


def signs(page: Features) -> dict[str, float]:
    """All signs of a page, by name; none of them looks at the words of the text itself."""
    return {**_of_address(page), **_of_data(page), **_of_tree(page), **_of_body(page)}


@cache
def _weights() -> tuple[dict[str, float], float]:
    table = load("page_kinds.toml")["weights"]
    return {name: value for name, value in table.items() if name != "constant"}, table["constant"]


def likelihood_of_other(page: Features) -> tuple[float, str]:
    """How likely the page is no article, 0 to 1, and the three signs that say so loudest."""
    weights, total = _weights()
    found = signs(page)
    parts = {name: found[name] * weight for name, weight in weights.items() if found.get(name)}
    total += sum(parts.values())
    loudest = sorted(parts, key=parts.__getitem__, reverse=True)[:3]
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, total)))), ", ".join(loudest)


def _of_address(page: Features) -> dict[str, float]:
    parts = urlsplit(page.page.url.lower())
    segments = [part for part in parts.path.split("/") if part]
    last = segments[-1] if segments else ""
    found: dict[str, float] = {
        "url.home": float(bool(parts.hostname) and not segments),
        "url.depth": min(len(segments), 6) / 6,
        "url.slug": float(bool(_SLUG.search(last))),
        "url.slug_words": min(last.count("-") + last.count("_"), 10) / 10,
        "url.number": float(bool(_NUMBER.search(last))),
        "url.year": float(bool(_YEAR.search(parts.path))),
        "url.query": float(bool(parts.query)),
        "url.slash": float(parts.path.endswith("/")),
        "url.short": float(len(segments) == 1 and last.count("-") < 2),  # noqa: PLR2004 - one or two words
    }
    host = set((parts.hostname or "").split(".")[:-1])
    path = {word for segment in segments[:-1] for word in _SEGMENT_WORDS.findall(segment)} | (
        {last} if "-" not in last else set()
    )
    for name, words in _words("host").items():
        found[f"host.{name}"] = float(bool(host & words))
    for name, words in _words("path").items():
        found[f"path.{name}"] = float(bool(path & words))
    found["url.thread"] = float(bool(_FORUM_PATH.search(f"{parts.path}?{parts.query}")))
    title = set(_TITLE_WORDS.findall(" ".join(page.titles)))
    for name, words in _words("title").items():
        found[f"title.{name}"] = float(bool(title & words))
    return found


def _of_data(page: Features) -> dict[str, float]:
    types, data = page.types, page.metadata
    found = {
        "data.date": float(data.date_published is not None and data.date_source in {"jsonld", "meta"}),
        "data.time": float(data.date_published is not None and data.date_source not in {"jsonld", "meta"}),
        "data.author": float(bool(data.authors)),
        "data.article": float(bool(types & ARTICLE_TYPES)),
        "data.news": float(any(name.endswith("NewsArticle") for name in types)),
        "og.article": float(page.og_type in {"article", "blog", "news"}),
        "og.product": float("product" in page.og_type),
        "og.website": float(page.og_type == "website"),
        "og.none": float(not page.og_type),
        "data.none": float(
            not (types & ARTICLE_TYPES)
            and page.og_type not in {"article", "blog", "news"}
            and data.date_published is None
            and not data.authors
        ),
        "data.described": float(bool(data.description)),
    }
    for name, words in _words("types").items():
        found[f"type.{name}"] = float(bool(types & words))
    generator = dom.first(page.tree, "meta[name='generator' i]")
    made_by = fold(dom.attribute(generator, "content")) if generator is not None else ""
    for name, words in _words("generator").items():
        found[f"generator.{name}"] = float(any(word in made_by for word in words))
    return found


def _of_tree(page: Features) -> dict[str, float]:
    counts = Counter(node.tag for node in dom.css(page.tree, _COUNTED))
    found = {f"count.{tag}": math.log1p(counts[tag]) / 5 for tag in _COUNTED.split(",")}
    words = page.body_words + 1
    found["links_per_word"] = min(counts["a"] / words, 2.0) / 2
    found["images_per_word"] = min(20 * counts["img"] / words, 2.0) / 2
    found["headings_per_word"] = min(20 * (counts["h2"] + counts["h3"]) / words, 2.0) / 2
    return found


def _of_body(page: Features) -> dict[str, float]:
    blocks = page.extraction.blocks
    lengths = page.block_words
    total = sum(lengths) or 1
    prose = sum(
        size
        for block, size in zip(blocks, lengths, strict=True)
        if block.tag in {"p", "quote"} and size >= SENTENCE
    )
    paths = Counter(block.path for block in blocks)
    marks = set(_SEGMENT_WORDS.findall(" ".join(paths)))
    found = {}
    for name, group in _words("marks").items():
        found[f"marks.{name}"] = float(bool(marks & group))
    return found | {
        "body.alike": max(paths.values(), default=0) / (len(blocks) or 1),
        "body.words": math.log1p(total) / 8,
        "body.prose": prose / total,
        "body.lists": sum(size for block, size in zip(blocks, lengths, strict=True) if block.tag == "li")
        / total,
        "body.code": sum(size for block, size in zip(blocks, lengths, strict=True) if block.tag == "pre")
        / total,
        "body.headings": sum(block.tag in {"h2", "h3"} for block in blocks) / (len(blocks) or 1),
        "body.linked": sum(block.link_density * size for block, size in zip(blocks, lengths, strict=True))
        / total,
        "body.mean": min(total / (len(blocks) or 1), 80) / 80,
        "body.stops": sum(block.text.rstrip().endswith(_STOP) for block in blocks) / (len(blocks) or 1),
        "body.sure": page.extraction.confidence,
        "body.none": float(page.body_words < page.min_words),
    }
