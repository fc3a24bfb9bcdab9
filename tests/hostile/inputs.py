"""Documents and pages that are made to take all the time or memory there is, in any size."""

import gzip
import json
from collections.abc import Callable, Mapping

Make = Callable[[int], bytes]
"""Gives an input of about so many bytes."""


def _filled(start: bytes, filler: bytes, end: bytes = b"") -> Make:
    return lambda size: start + filler * max(1, (size - len(start) - len(end)) // len(filler)) + end


def _numbered(start: bytes, filler: bytes, end: bytes = b"") -> Make:
    """`filler` holds a `%d`, which counts."""
    return lambda size: start + b"".join(filler % n for n in range(size // (len(filler) + 3))) + end


def _bomb(root: bytes, place: bytes) -> Make:
    """Ten entities, each ten of the one before: a billion letters, when expanded (the "billion laughs")."""
    entities = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha">' + entities + b"]>" + root + place
    return lambda size: bomb + b"&j;" * max(1, size // 3_000)


def _outside(root: bytes, place: bytes) -> Make:
    """Entities that are files of this machine and addresses within its network."""
    entities = b'<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY u SYSTEM "http://127.0.0.1:9/u">'
    start = (
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd" ['
        + entities
        + b'<!ENTITY % p SYSTEM "file:///etc/hosts">%p;]>'
    )
    return lambda size: start + root + place + b"&f;&u;" * max(1, size // 6)


RSS = b'<?xml version="1.0"?><rss version="2.0"><channel>'

FEEDS: Mapping[str, Make] = {
    "feed: items": _filled(RSS, b"<item><link>/a</link></item>"),
    "feed: items without end": _filled(RSS, b"<item>"),
    "feed: elements without end": _filled(RSS, b"<a>"),
    "feed: elements without end in an item": _filled(RSS + b"<item><title>", b"<div>"),
    "feed: angle brackets": _filled(RSS, b"<"),
    "feed: names without end": _filled(RSS, b"<a:"),
    "feed: descriptions without end": _filled(RSS, b"<description>"),
    "feed: descriptions without angle": _filled(RSS, b"<description "),
    "feed: quoted descriptions": _filled(RSS, b"<description><![CDATA["),
    "feed: quotes": _filled(RSS, b"<![CDATA[]]>"),
    "feed: ampersands": _filled(RSS + b"<item><title>", b"&"),
    "feed: references": _filled(RSS + b"<item><title>", b"&lt;"),
    "feed: attributes": _filled(RSS + b"<item ", b"a='b' ", b">"),
    "feed: namespaces": _numbered(RSS + b"<item ", b"xmlns:a%d='b' ", b">"),
    "feed: authors": _filled(RSS + b"<item>", b"<author>a@b.c</author>"),
    "feed: links": _filled(
        b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>", b"<link href='/a' rel='alternate'/>"
    ),
    "feed: dates": _filled(RSS + b"<item>", b"<pubDate>Mon, 1 Jan 2024</pubDate>"),
    "feed: one title": _filled(RSS + b"<item><title>", b"a "),
    "feed: broken items": _filled(RSS, b"<item><link>/a</link><title>&x <b></title></item>"),
    "feed: comments": _filled(RSS, b"<!-- x -->"),
    "feed: comments without end": _filled(b"", b"<!--", b"<rss>"),
    "feed: instructions": _filled(RSS, b"<?x ?>"),
    "feed: entities": _filled(b"<!DOCTYPE rss [", b"<!ENTITY a 'b'>", b"]><rss><channel></channel></rss>"),
    "feed: bomb": _bomb(RSS, b"<item><link>/a</link><title>"),
    "feed: entities from outside": _outside(RSS, b"<item><link>/a</link><title>"),
    "feed: white space": _filled(b"", b" ", b"<rss>"),
    "feed: UTF-16": lambda size: (RSS.decode() + "<item><link>/a</link></item>" * (size // 56)).encode(
        "utf-16"
    ),
    "feed: no encoding at all": _filled(b"", bytes(range(128, 256)), b"<rss>"),
    "feed: HTML": _filled(b"<!doctype html><html><body>", b"<p>Not found</p>"),
    "feed: JSON, deep": _filled(b'{"items":', b"["),
    "feed: JSON, deep objects": _filled(b'{"items":[', b'{"a":'),
    "feed: JSON, empty items": _filled(
        b'{"version":"https://jsonfeed.org/version/1","items":[', b"{},", b"{}]}"
    ),
    "feed: JSON, one number": _filled(b'{"items":[],"a":', b"9", b"}"),
    "feed: JSON, keys": _numbered(b'{"items":[{', b'"%d":1,', b'"a":1}]}'),
}

SITEMAPS: Mapping[str, Make] = {
    "sitemap: addresses": _filled(b"<urlset>", b"<url><loc>/a</loc></url>"),
    "sitemap: nothing in them": _filled(b"<urlset>", b"<url/>"),
    "sitemap: other elements": _filled(b"<urlset>", b"<a/>"),
    "sitemap: elements without end": _filled(b"<urlset>", b"<a>"),
    "sitemap: one address": _filled(b"<urlset><url><loc>", b"a"),
    "sitemap: one name": _filled(b"<urlset><url ", b"a"),
    "sitemap: attributes": _numbered(b"<urlset><url ", b"a%d='' "),
    "sitemap: namespaces": _numbered(b"<urlset>", b"<url xmlns:a%d='b'/>"),
    "sitemap: ampersands": _filled(b"<urlset><url><loc>", b"&"),
    "sitemap: parts of one": _filled(b"<urlset><url>", b"<loc/>"),
    "sitemap: comments": _filled(b"<urlset>", b"<!---->"),
    "sitemap: angle brackets": _filled(b"<urlset>", b"<"),
    "sitemap: lines": _filled(b"http://x.example/a\n", b"http://x.example/a\n"),
    "sitemap: lines of nothing": _filled(b"http://x.example/a\n", b"x\n"),
    "sitemap: bomb": _bomb(b"<urlset>", b"<url><loc>/"),
    "sitemap: entities from outside": _outside(b"<urlset>", b"<url><loc>/"),
    "sitemap: packed, ten times the size": lambda size: gzip.compress(b"<urlset>" + b"<url/>" * (2 * size)),
    "sitemap: UTF-32": lambda size: ("<urlset>" + "<url><loc>/a</loc></url>" * (size // 96)).encode("utf-32"),
    "sitemap: HTML": _filled(b"<!doctype html><html><body>", b"<p>Not found</p>"),
}  # fmt: skip


WORDS = b"".join(
    b"<p>" + text + b"</p>"
    for text in (
        b"The sea wall was mended on Tuesday, and the council thanked all who had carried stones to it.",
        b"Work began in March, after the storm that took forty metres of it away in a single night.",
        b"Those who live behind it had waited for the money since the autumn, and some had given up hope.",
        b"The harbour master says that it will hold for another century, if nobody takes stones out of it.",
    )
)
"""An article, so that there is something to find in a page."""


def _ld(inside: Make) -> Make:
    return lambda size: (
        b"<html><head><title>The sea wall</title><script type='application/ld+json'>"
        + inside(size)
        + b"</script></head><body><article><h1>The sea wall</h1>"
        + WORDS
        + b"</article></body></html>"
    )


def _article(start: bytes, filler: bytes, end: bytes = b"") -> Make:
    """An article with something else in its midst."""
    head = b"<html><head><title>The sea wall</title></head><body><article><h1>The sea wall</h1>" + WORDS
    return _filled(head + start, filler, end + WORDS + b"</article></body></html>")


PAGES: Mapping[str, Make] = {
    "page: nested elements": _article(b"", b"<div>"),
    "page: nested inline elements": _article(b"", b"<b>"),
    "page: nested tables": _article(b"", b"<table><tr><td>"),
    "page: nested lists": _article(b"", b"<ul><li>"),
    "page: nested links": _article(b"", b"<a href=/a>"),
    "page: nested forms of text": _article(b"", b"<p><font><a>"),
    "page: tiny elements": _article(b"", b"<i></i>"),
    "page: tiny paragraphs": _article(b"", b"<p>a"),
    "page: tiny links": _article(b"<p>", b"<a>a</a>"),
    "page: line breaks": _article(b"<p>", b"a<br>"),
    "page: cells": _article(b"<table>", b"<td>a"),
    "page: items": _article(b"<ul>", b"<li>a"),
    "page: one attribute": _article(b"<p class='", b"a", b"'>"),
    "page: one attribute of words": _article(b"<p class='", b"share ", b"'>"),
    "page: one identity": _article(b"<p id='", b"comment-", b"'>"),
    "page: attributes": _numbered(b"<article><p ", b"a%d ", b">"),
    "page: one paragraph": _article(b"<p>", b"word "),
    "page: one word": _article(b"<p>", b"a"),
    "page: one line of commas": _article(b"<p>", b", "),
    "page: sentences": _article(b"<p>", b"A sea. "),
    "page: lines of preformatted text": _article(b"<pre>", b"a\n"),
    "page: white space": _article(b"<p>", b" \n\t"),
    "page: NUL bytes": _article(b"<p>", b"\x00"),
    "page: NUL bytes in tags": _article(b"", b"<p\x00>\x00"),
    "page: surrogates": _article(b"<p>", b"\xed\xa0\x80"),
    "page: numeric surrogates": _article(b"<p>", b"&#xd800;"),
    "page: references": _article(b"<p>", b"&amp;"),
    "page: broken references": _article(b"<p>", b"&#"),
    "page: combining marks": _article(b"<p>a", "\u0301".encode()),
    "page: marks of direction": _article(b"<p>", "\u202e".encode()),
    "page: zero width": _article(b"<p>", "\u200d\u200b".encode()),
    "page: mojibake": _article(b"<p>", "Ã©".encode()),
    "page: emphasis": _article(b"<p>", b"<em>a</em> "),
    "page: images": _article(b"", b"<img src=/a.jpg alt=a>"),
    "page: figures": _article(b"", b"<figure><img src=/a.jpg><figcaption>A sea</figcaption></figure>"),
    "page: headings": _article(b"", b"<h2>A sea</h2>"),
    "page: comments": _article(b"", b"<!-- a -->"),
    "page: comments without end": _article(b"", b"<!--"),
    "page: scripts": _article(b"", b"<script>a</script>"),
    "page: script without end": _article(b"<script>", b"<!--<script>"),
    "page: style": _article(b"<style>", b"a{}", b"</style>"),
    "page: angle brackets": _article(b"", b"<"),
    "page: tags without end": _article(b"", b"<a b"),
    "page: end tags": _article(b"", b"</p>"),
    "page: end tags of nothing": _article(b"", b"</a></b></c>"),
    "page: templates": _article(b"", b"<template>"),
    "page: SVG": _article(b"<svg>", b"<g>"),
    "page: selects": _article(b"<select>", b"<option>a"),
    "page: metas": _filled(b"<title>A sea</title>", b"<meta property='article:tag' content='a'>"),
    "page: bases": _filled(b"", b"<base href=/x>"),
    "page: titles": _filled(b"", b"<title>a</title>"),
    "page: one title": _filled(b"<title>", b"a - ", b"</title>"),
    "page: times": _article(b"", b"<time datetime=2024-01-01>1 January 2024</time>"),
    "page: dates in words": _article(b"<p>", b"1 January 2024 "),
    "page: bylines": _article(b"", b"<p class=byline>By Ann Other and "),
    "page: digits": _article(b"<p>", b"1"),
    "page: dates of digits": _article(b"<p>", b"2024-"),
    "page: addresses": _article(b"<p>", b"https://a.b/"),
    "page: e-mail": _article(b"<p>", b"a@"),
    "page: boilerplate": _article(b"<p>", b"Sign up for our newsletter. "),
    "page: furniture": _article(b"", b"<p>Share</p><p>Read more</p>"),
    "page: JSON-LD, deep arrays": _ld(_filled(b"", b"[")),
    "page: JSON-LD, deep objects": _ld(_filled(b'{"@type":"NewsArticle","a":', b'{"a":')),
    "page: JSON-LD, deep and closed": _ld(
        lambda size: b'{"@graph":' + b"[" * (size // 2) + b"]" * (size // 2) + b"}"
    ),
    "page: JSON-LD, not a number": _ld(
        _filled(b'{"@type":"NewsArticle","a":[', b"NaN,Infinity,", b"-Infinity]}")
    ),
    "page: JSON-LD, one number": _ld(_filled(b'{"@type":"NewsArticle","wordCount":', b"9", b"}")),
    "page: JSON-LD, one exponent": _ld(_filled(b'{"@type":"NewsArticle","wordCount":1e', b"9", b"}")),
    "page: JSON-LD, authors": _ld(_filled(b'{"@type":"NewsArticle","author":[', b'{"name":"a"},', b'"b"]}')),
    "page: JSON-LD, one author": _ld(_filled(b'{"@type":"NewsArticle","author":"', b"Ann Other, ", b'"}')),
    "page: JSON-LD, one body": _ld(_filled(b'{"@type":"NewsArticle","articleBody":"', b"a ", b'"}')),
    "page: JSON-LD, surrogates": _ld(_filled(b'{"@type":"NewsArticle","headline":"', b"\\ud800", b'"}')),
    "page: JSON-LD, not closed": _ld(_filled(b'{"@type":"NewsArticle","headline":"', b"\\")),
    "page: JSON-LD, keys": _ld(_numbered(b"{", b'"%d":1,', b'"@type":"NewsArticle"}')),
    "page: JSON-LD, graph": _ld(
        lambda size: json.dumps({"@graph": [{"@type": "NewsArticle", "@id": "#"}] * (size // 40)}).encode()
    ),
    "page: JSON-LD blocks": _filled(
        b"", b'<script type="application/ld+json">{"@type":"NewsArticle"}</script>'
    ),
    "page: UTF-16": lambda size: (b"\xff\xfe" + ("<p>a" * (size // 8)).encode("utf-16-le")),
    "page: no encoding at all": _article(b"<p>", bytes(range(128, 256))),
}  # fmt: skip
