"""A live blog is one article: its entries in the order of the page, each behind its time."""

import json
from collections.abc import Sequence

import pytest

from scraper import Article, extract_article
from scraper.extract.liveblog import completed, updates, with_times
from scraper.records import Block, Extraction, Paragraph
from scraper.web import dom

URL = "https://courier.example/live/2026/nov/02/sea-wall-repairs-live"
ENTRIES = (
    (
        "14:52",
        "The gate is shut",
        "The last stone went in at ten to three, and nobody on the quay said a word.",
    ),
    ("13:10", "Lunch", "The masons have gone for soup. The tide, which has not, is a metre below the mark."),
    (
        "09:02",
        "First stone",
        "A crane has lifted the first of forty stones over the railing of the promenade.",
    ),
    (
        "08:00",
        "Good morning",
        "It is four degrees, and the harbour master has already fallen into the harbour.",
    ),
)


def entry(time: str, headline: str, text: str) -> str:
    return f"<article class=post><header>{time}<h2>{headline}</h2></header><p>{text}</p></article>"


def page(entries: str, *, head: str = "", title: str = "Sea wall repairs live: stones go in") -> str:
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title>"
        f'<meta property="og:type" content="article">{head}</head><body><nav><a href="/">Home</a></nav>'
        f"<main><h1>{title}</h1><p>The old wall is being closed today, stone by stone. We follow it from the "
        f"promenade.</p><section>{entries}</section></main><footer>Imprint</footer></body></html>"
    )


def jsonld(entries: Sequence[tuple[str, str, str]], day: str = "2026-11-02") -> str:
    node = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting",
        "headline": "Sea wall repairs live: stones go in",
        "datePublished": "2026-11-02T08:00:00+01:00",
        "liveBlogUpdate": [
            {
                "@type": "BlogPosting",
                "headline": headline,
                "datePublished": f"{day}T{time}:00+01:00",
                "articleBody": text,
            }
            for time, headline, text in entries
        ],
    }
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def extracted(html: str) -> Article:
    outcome = extract_article(html, URL)
    assert isinstance(outcome, Article), outcome
    return outcome


def printed(mark: str = "<time datetime=2026-11-02T{0}:00Z>{0}</time>") -> str:
    return "".join(entry(mark.format(time), headline, text) for time, headline, text in ENTRIES)


def lines(article: Article) -> list[str]:
    texts = [paragraph.text for paragraph in article.paragraphs]
    return texts[texts.index(ENTRIES[0][0]) :]


EXPECTED = [part for time, headline, text in ENTRIES for part in (time, headline, text)]


def test_each_printed_time_stands_before_its_entry_in_the_order_of_the_page() -> None:
    article = extracted(page(printed()))
    assert lines(article) == EXPECTED
    assert article.text == "\n\n".join(paragraph.text for paragraph in article.paragraphs)
    assert {p.type for p in article.paragraphs if p.text == "14:52"} == {"h3"}


def test_how_long_ago_an_entry_was_written_is_turned_into_its_clock() -> None:
    article = extracted(page(printed("<time datetime=2026-11-02T{0}:00+01:00>2 hours ago</time>")))
    assert lines(article) == EXPECTED


def test_times_that_the_page_holds_in_its_data_alone_are_taken_from_there() -> None:
    article = extracted(page(printed(""), head=jsonld(ENTRIES)))
    assert lines(article) == EXPECTED


def test_data_that_list_the_oldest_entry_first_leave_the_order_of_the_page() -> None:
    article = extracted(page(printed(""), head=jsonld(ENTRIES[::-1])))
    assert lines(article) == EXPECTED


def test_entries_that_a_script_would_print_are_taken_from_the_data() -> None:
    article = extracted(page("", head=jsonld(ENTRIES)))
    assert lines(article) == EXPECTED


def test_an_entry_that_is_printed_is_not_added_again() -> None:
    article = extracted(page(printed(), head=jsonld(ENTRIES)))
    assert lines(article) == EXPECTED


def test_an_article_that_quotes_times_stays_as_it_is() -> None:
    html = page("".join(f"<p>{text}</p>" for _, _, text in ENTRIES), title="Sea wall closed after two years")
    assert "14:52" not in extracted(html).text


def test_a_heading_that_begins_with_its_time_is_left_alone() -> None:
    marks = "".join(f"<h3><time>{t}</time> {h}</h3><p>{x}</p>" for t, h, x in ENTRIES)
    paragraphs = [Paragraph(type=k, text=v) for t, h, x in ENTRIES for k, v in (("h3", f"{t} {h}"), ("p", x))]
    assert with_times(paragraphs, dom.parse(page(marks)), URL) == tuple(paragraphs)


def test_entries_of_several_days_say_the_day() -> None:
    html = page(printed(""), head=jsonld(ENTRIES[:2])[:-9]).replace("</head>", "</script></head>")
    days = json.loads(html.partition('json">')[2].partition("</script>")[0])
    days["liveBlogUpdate"][1]["datePublished"] = "2026-11-01T13:10:00Z"
    tree = dom.parse(f'<script type="application/ld+json">{json.dumps(days)}</script>')
    paragraphs = [Paragraph(type="p", text=text) for _, _, text in ENTRIES[:2]]
    times = [p.text for p in with_times(paragraphs, tree, URL) if p.type == "h3"]
    assert times == ["2026-11-02 14:52", "2026-11-01 13:10"]


@pytest.mark.parametrize("value", ["x", 7, None, [None, 3, "y"], [{"articleBody": 5}], {"@id": "#a"}])
def test_data_of_the_wrong_kind_are_no_entries(value: object) -> None:
    node = json.dumps({"@type": "LiveBlogPosting", "headline": "h", "liveBlogUpdate": value})
    tree = dom.parse(f'<script type="application/ld+json">{node}</script>')
    assert updates(tree, URL) == ()
    before = Extraction(blocks=(Block(text="A", tag="p"),), method="blocks", confidence=1.0)
    assert completed(before, tree, URL) == before


def test_tags_and_line_breaks_in_the_data_part_paragraphs() -> None:
    node = {
        "@type": "LiveBlogPosting",
        "liveBlogUpdate": [{"articleBody": "<p>One &amp; two</p><p>Three</p>\nFour"}],
    }
    tree = dom.parse(f'<script type="application/ld+json">{json.dumps(node)}</script>')
    assert updates(tree, URL)[0].lines == ("One & two", "Three", "Four")
