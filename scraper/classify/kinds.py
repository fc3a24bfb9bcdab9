"""Signs that tell a single article from lists, shops, forums and manuals: numbers, and what they weigh."""

import math
import re
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
from ahocorasick_rs import BytesAhoCorasick, Implementation

from scraper.classify.features import ARTICLE_TYPES, COUNTED, Features
from scraper.rules.loader import load
from scraper.web import dom

_SLUG = re.compile(r"[^\W_][-_][^\W_]+[-_][^\W_]+[-_][^\W_]")
_NUMBER = re.compile(r"\d{3,}")
_YEAR = re.compile(r"/(?:19|20)\d\d(?:/|-|$)")
_SEGMENT_WORDS = re.compile(r"[a-z]+")
_TITLE_WORDS = re.compile(r"[^\W\d_]+")
_CURRENCIES = ("$", "£", "€", "¥")
_FORUM_PATH = re.compile(
    r"/threads?/|viewtopic|showthread|showtopic|/topic/\d|/t/[^/]+/\d|/questions?/\d|/discussions?/|/forums?/|"
    r"/comments/|/t5/|td-p|/d/\d|thread-\d|-t\d+\.html"
)
SENTENCE = 20
"""Words from which a block is prose."""
LONG_BLOCK = 40
LISTENED = 40
"""Blocks of the body in which voices are told."""
HEARD = 100
"""Words that the body is taken to have at least, when voices are told: one "our" in a brief is no voice."""
OPENING = 25
"""Words from which a block may be the first of the text."""
VARIED = 300
"""Words of the body among which those that come again are counted."""
MOST_PICTURES = 5
HEADINGS = 30
HEADING_CHARS = 100
HEADING_WORDS = 12
MOST_LOUD = 3
FURNITURE = ("say.", "furniture.")
"""How the names of the signs begin that are read from the whole text of the page."""
_DIVIDERS = ("|", " - ", "–")  # noqa: RUF001 - the dash as titles print it
_STOP = (".", "!", "?", "…", "”", '"', "»", "。", "।")


class Weights(msgspec.Struct, frozen=True):
    """The layout of `rules/page_kinds.json`: a logit against "article" for each kind."""

    about: dict[str, Any]
    likely: float
    """Likelihood of "no article" from which a page is none."""
    kinds: list[str]
    constant: list[float]
    signs: dict[str, list[float]]
    """By sign, a weight for each kind."""


class Opinion(NamedTuple):
    """What the signs say of a page."""

    likelihood: float
    """How likely it is no article, 0 to 1."""
    kind: str
    """What it is likeliest to be, if it is none."""
    loudest: tuple[str, ...]
    """The signs that say so loudest."""


def read_weights(data: bytes) -> Weights:
    """The weights in the bytes of a weights file."""
    return msgspec.json.decode(data, type=Weights)


@cache
def weights() -> Weights:
    """The weights that ship with the package."""
    return read_weights(files("scraper.rules").joinpath("page_kinds.json").read_bytes())


def opinion(page: Features) -> Opinion:
    """What the signs of a page say, by the weights that ship with the package.

    The furniture of the page is costly to read; it is left unread where it could not make the page likely
    to be no article.
    """
    by = weights()
    found = _cheap_signs(page)
    totals = _totals(found, by)
    most = _odds([total + more for total, more in zip(totals, _most_of_furniture(), strict=True)])
    if most * (1 - by.likely) < by.likely:
        return _said(found, totals, by)
    return weigh(found | _of_furniture(page), by)


def weigh(found: dict[str, float], by: Weights) -> Opinion:
    """Sum the signs for each kind; the kinds' likelihoods against "article" are those of a softmax."""
    return _said(found, _totals(found, by), by)


def _totals(found: dict[str, float], by: Weights) -> list[float]:
    rows = [(value, by.signs[name]) for name, value in found.items() if value and name in by.signs]
    return [
        constant + sum([value * row[column] for value, row in rows])
        for column, constant in enumerate(by.constant)
    ]


def _odds(totals: list[float]) -> float:
    return sum([math.exp(max(-50.0, min(50.0, total))) for total in totals])


def _said(found: dict[str, float], totals: list[float], by: Weights) -> Opinion:
    best = max(range(len(totals)), key=totals.__getitem__)
    parts = {
        name: value * by.signs[name][best] for name, value in found.items() if value and name in by.signs
    }
    loudest = sorted((name for name in parts if parts[name] > 0), key=lambda name: -parts[name])
    odds = _odds(totals)
    return Opinion(odds / (1 + odds), by.kinds[best], tuple(loudest[:MOST_LOUD]))


def _most_of_furniture() -> list[float]:
    """For each kind, the most that the furniture can add: no sign of it is above 1."""
    by = weights()
    rows = [row for name, row in by.signs.items() if name.startswith(FURNITURE)]
    return [sum([max(0.0, row[column]) for row in rows]) for column in range(len(by.kinds))]


def signs(page: Features) -> dict[str, float]:
    """All signs of a page, by name, each 0 to 1."""
    return _cheap_signs(page) | _of_furniture(page)


def _cheap_signs(page: Features) -> dict[str, float]:
    return {
        **_of_address(page),
        **_of_data(page),
        **_of_tree(page),
        **_of_headings(page),
        **_of_body(page),
        **_of_prose(page),
    }


@cache
def _words(group: str) -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in load("page_kinds.toml")[group].items()}


@cache
def _phrases() -> tuple[BytesAhoCorasick, tuple[str, ...]]:
    """A search for all phrases of `[say]`, and the group of each."""
    pairs = [(phrase, name) for name, phrases in load("page_kinds.toml")["say"].items() for phrase in phrases]
    search = BytesAhoCorasick([phrase.encode() for phrase, _ in pairs], implementation=Implementation.DFA)
    return search, tuple(name for _, name in pairs)


def _of_address(page: Features) -> dict[str, float]:
    parts = urlsplit(page.page.url.lower())
    segments = [part for part in parts.path.split("/") if part]
    last = segments[-1] if segments else ""
    found: dict[str, float] = {
        "url.depth": min(len(segments), 6) / 6,
        "url.slug": float(bool(_SLUG.search(last))),
        "url.slug_words": min(last.count("-") + last.count("_"), 10) / 10,
        "url.number": float(bool(_NUMBER.search(last))),
        "url.year": float(bool(_YEAR.search(parts.path))),
        "url.query": float(bool(parts.query)),
        "url.slash": float(parts.path.endswith("/")),
        "url.short": float(len(segments) == 1 and last.count("-") < 2),  # noqa: PLR2004 - one or two words
        "url.thread": float(bool(_FORUM_PATH.search(f"{parts.path}?{parts.query}"))),
    }
    host = set((parts.hostname or "").split("."))
    above = {word for segment in segments[:-1] for word in _SEGMENT_WORDS.findall(segment)}
    _groups(found, "host", host)
    _groups(found, "path", above if "-" in last else above | {last})
    sections = _words("path")["article"]
    found["path.article"] = float(not sections.isdisjoint(above))
    found["path.section"] = float(last in sections)
    _groups(found, "title", set(_TITLE_WORDS.findall(" ".join(page.titles))))
    return found


def _groups(found: dict[str, float], prefix: str, held: set[str] | frozenset[str]) -> None:
    """A sign for each group of words of which the page holds one."""
    for name, words in _words(prefix).items():
        found[f"{prefix}.{name}"] = 0.0 if words.isdisjoint(held) else 1.0


def _of_data(page: Features) -> dict[str, float]:
    types, data = page.types, page.metadata
    says = not types.isdisjoint(ARTICLE_TYPES)
    og_says = page.og_type in {"article", "blog", "news"}
    nobody = data.date_published is None and not data.authors
    found = {
        "data.date": float(data.date_published is not None and data.date_source in {"jsonld", "meta"}),
        "data.time": float(data.date_published is not None and data.date_source not in {"jsonld", "meta"}),
        "data.author": float(bool(data.authors)),
        "data.article": float(says),
        "data.news": float(any(name.endswith("NewsArticle") for name in types)),
        "data.page": float("WebPage" in types and not says),
        "data.none": float(not says and not og_says and nobody),
        "data.described": float(bool(data.description)),
        "data.pictures": min(len(data.images), MOST_PICTURES) / MOST_PICTURES,
        "og.article": float(og_says),
        "og.bare": float(og_says and nobody and not says),
        "og.product": float("product" in page.og_type),
        "og.website": float(page.og_type == "website"),
        "og.none": float(not page.og_type),
    }
    _groups(found, "type", types)
    for name, words in _words("generator").items():
        found[f"generator.{name}"] = float(any(word in page.generator for word in words))
    return found


def _of_tree(page: Features) -> dict[str, float]:
    counts = page.elements.counts
    found = {f"count.{tag}": math.log1p(counts.get(tag, 0)) / 5 for tag in COUNTED if tag != "h1"}
    words = page.body_words + 1
    found["links_per_word"] = min(counts.get("a", 0) / words, 2.0) / 2
    found["images_per_word"] = min(20 * counts.get("img", 0) / words, 2.0) / 2
    found["headings_per_word"] = min(20 * (counts.get("h2", 0) + counts.get("h3", 0)) / words, 2.0) / 2
    outer: set[str] = set()
    for node in (page.tree.root, page.tree.body):
        if node is not None:
            names = f"{dom.attribute(node, 'class')} {dom.attribute(node, 'id')}".lower()
            outer.update(name.rstrip("0123456789").rstrip("-") for name in names.split()[:60])
    _groups(found, "outer", outer)
    return found


def _of_headings(page: Features) -> dict[str, float]:
    """How the page is called and divided: "Ropes | Moorings | Shop", "Why choose us"."""
    nodes = page.elements.nodes
    title = dom.text(nodes["title"][0]) if "title" in nodes else ""
    heads = [dom.text(node)[:HEADING_CHARS] for tag in ("h2", "h3") for node in nodes.get(tag, ())[:HEADINGS]]
    joined = " | ".join(heads).lower()
    own = [len(block.text.split()) for block in page.extraction.blocks if block.tag in {"h2", "h3"}]
    return {
        "title.parts": min(sum([title.count(mark) for mark in _DIVIDERS]), 3) / 3,
        "heads.sell": min(sum([joined.count(phrase) for phrase in _words("heads")["sell"]]), 6) / 6,
        "heads.long": min(sum(own) / (len(own) or 1), HEADING_WORDS) / HEADING_WORDS,
    }


def _of_body(page: Features) -> dict[str, float]:
    blocks, lengths = page.extraction.blocks, page.block_words
    total, count = sum(lengths) or 1, len(blocks) or 1
    sizes: Counter[str] = Counter()
    prose = linked = 0.0
    for block, size in zip(blocks, lengths, strict=True):
        sizes[block.tag] += size
        linked += block.link_density * size
        if size >= SENTENCE and block.tag in {"p", "quote"}:
            prose += size
    paths = Counter([block.path for block in blocks])
    steps = {step for path in paths for step in path.split(">")}
    boxes: Counter[str] = Counter()
    for block, size in zip(blocks, lengths, strict=True):
        boxes[block.path.rpartition(">")[0]] += size
    headings = sum([block.tag in {"h2", "h3"} for block in blocks]) / count
    found: dict[str, float] = {}
    _groups(found, "marks", set(_SEGMENT_WORDS.findall(" ".join(steps))))
    return found | {
        "body.alike": max(paths.values(), default=0) / count,
        "body.words": math.log1p(total) / 8,
        "body.prose": prose / total,
        "body.lists": sizes["li"] / total,
        "body.code": sizes["pre"] / total,
        "body.headings": headings,
        "body.headed": headings**2,
        "body.one_box": max(boxes.values(), default=0) / total,
        "body.linked": linked / total,
        "body.mean": min(total / count, 80) / 80,
        "body.stops": sum([block.text.endswith(_STOP) for block in blocks]) / count,
        "body.none": float(page.body_words < page.min_words),
    }


def _of_prose(page: Features) -> dict[str, float]:
    """How the body is told: by whom, to whom, in what runs of paragraphs."""
    blocks, lengths = page.extraction.blocks, page.block_words
    text = " ".join([block.text for block in blocks[:LISTENED]]).lower()
    total = max(sum(lengths[:LISTENED]), HEARD)
    read = text.split()
    spoken = Counter(read)
    found = {}
    for name, words in _words("voice").items():
        said = sum([spoken[word] for word in words])
        found[f"voice.{name}"] = min(30 * said / total, 3.0) / 3
    found["body.asks"] = min(10 * text.count("?") / (len(blocks[:LISTENED]) or 1), 3.0) / 3
    found["body.shouts"] = min(10 * text.count("!") / (len(blocks[:LISTENED]) or 1), 3.0) / 3
    found["body.varied"] = len(set(read[:VARIED])) / (len(read[:VARIED]) or 1)
    run = longest = long = 0
    opening = SENTENCE
    for index, (block, size) in enumerate(zip(blocks, lengths, strict=True)):
        if block.tag in {"h2", "h3"}:
            run = 0
        elif block.tag in {"p", "quote"} and size >= SENTENCE:
            run += 1
            longest = max(longest, run)
            long += size >= LONG_BLOCK
            if size >= OPENING:
                opening = min(opening, index)
    found["body.run"] = min(longest, 10) / 10
    found["body.long"] = min(long, 20) / 20
    found["body.opening"] = opening / SENTENCE
    return found


def _of_furniture(page: Features) -> dict[str, float]:
    """What the page says around its body: buttons, offers, invitations."""
    text = page.visible.lower()
    search, groups = _phrases()
    held = {
        index
        for index, _, _ in search.find_matches_as_indexes(text.encode("utf-8", "ignore"), overlapping=True)
    }
    said = Counter([groups[index] for index in held])
    found = {f"say.{name}": min(said[name], 5) / 5 for name in load("page_kinds.toml")["say"]}
    found["say.price"] = min(math.log1p(sum([text.count(sign) for sign in _CURRENCIES])) / 5, 1.0)
    found["furniture.body"] = min(page.body_words / (page.visible_words or 1), 1.0)
    found["furniture.words"] = min(math.log1p(page.visible_words) / 10, 1.0)
    return found
