"""Which text of a page is the article."""

import time
from typing import Final

import pytest

from scraper.extract import blocks, body
from scraper.extract.body import ASK_PIECES, METHOD, METHOD_BOTH, extract_body, without_tail
from scraper.records import Block, Extraction, Metadata
from scraper.web import dom

PARAGRAPHS: Final = """
The harbour board voted on Tuesday to dredge the inner basin, ending a dispute that has kept larger boats \
out of the port since the storm of last winter.
“We could not wait for another season,” said the board's chair, Ingrid Vale, after the meeting, adding that \
the work would begin in March and last about six weeks.
Fishermen had warned that the silt, now more than a metre deep at low tide, would force them to land their \
catch thirty kilometres up the coast, where fees are higher.
The cost, put at 2.4 million, is to be shared between the town and the county, although the county council \
has yet to confirm its part and meets again at the end of the month.
""".strip().splitlines()
NAVIGATION: Final = (
    "<nav><ul>" + "".join(f"<li><a href=/{n}>Section {n}</a></li>" for n in range(12)) + "</ul></nav>"
)
FOOTER: Final = (
    "<footer><p>© 2026 The Harbour Post. All rights reserved.</p><ul><li><a href=/t>Terms</a>"
    "<li><a href=/p>Privacy</a></ul></footer>"
)
RELATED: Final = (
    '<aside class="related-articles"><h3>Related</h3><ul><li><a href=/1>Ferry timetable changes again as '
    "the new boat is late</a><li><a href=/2>Lighthouse keeper retires after forty years on the rock</a>"
    "</ul></aside>"
)


def page(body: str) -> str:
    return (
        f"<html lang=en><head><title>Harbour to be dredged</title></head><body>{NAVIGATION}<main><article>"
        f"<h1>Harbour to be dredged</h1>{body}</article>{RELATED}</main>{FOOTER}</body></html>"
    )


def extract(html: str, metadata: Metadata | None = None) -> Extraction:
    return extract_body(
        dom.parse(html),
        html=html,
        url="https://harbour.example/news/1",
        metadata=metadata or Metadata(title="Harbour to be dredged"),
        second_opinion="never",
    )


def texts(extraction: Extraction) -> list[str]:
    return [block.text for block in extraction.blocks]


ARTICLE: Final = page('<div class="article-body">' + "".join(f"<p>{p}</p>" for p in PARAGRAPHS) + "</div>")


def test_the_paragraphs_of_an_article_are_found_in_order() -> None:
    found = texts(extract(ARTICLE))
    assert [text for text in found if text in PARAGRAPHS] == PARAGRAPHS


def test_navigation_footer_and_related_links_stay_out() -> None:
    found = " ".join(texts(extract(ARTICLE)))
    for unwanted in ("Section 3", "All rights reserved", "Lighthouse keeper", "Terms"):
        assert unwanted not in found


def test_a_clear_page_is_found_with_confidence_and_by_ourselves() -> None:
    extraction = extract(ARTICLE)
    assert extraction.confidence > 0.85
    assert extraction.method == METHOD


def test_a_paragraph_that_stands_twice_is_kept_once() -> None:
    twice = "".join(f"<p>{p}</p>" for p in [*PARAGRAPHS, *PARAGRAPHS])
    found = texts(extract(page(f'<div class="article-body">{twice}</div>')))
    assert sorted(set(found)) == sorted(found)


def test_a_paragraph_that_stands_again_in_other_lines_is_kept_once() -> None:
    again = PARAGRAPHS[0].replace(" on Tuesday", "<br>on Tuesday")
    paragraphs = "".join(f"<p>{p}</p>" for p in [*PARAGRAPHS, again])
    found = texts(extract(page(f'<div class="article-body">{paragraphs}</div>')))
    assert [text for text in found if "Tuesday" in text] == PARAGRAPHS[:1]


def test_a_copy_of_the_whole_text_in_one_block_is_left_out() -> None:
    many = [*PARAGRAPHS, *(paragraph.replace("the", "this") for paragraph in PARAGRAPHS)]
    copy = f'<div class="article-text">{" ".join(many[1:] + many[:1])}</div>'
    found = texts(
        extract(page(f'<div class="article-body">{"".join(f"<p>{p}</p>" for p in many)}</div>{copy}'))
    )
    assert found == many


def test_a_second_article_below_the_first_is_left_out() -> None:
    first = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    second = "".join(f"<p>{p.replace('harbour', 'lighthouse')}</p>" for p in reversed(PARAGRAPHS))
    found = texts(
        extract(
            f"<html><body>{NAVIGATION}<div class=stream>"
            f"<article class=story><h1 class=headline>Harbour to be dredged</h1>{first}</article>"
            f"<article class=story><h2 class=headline>Lighthouse to be painted</h2>{second}</article>"
            f"</div>{FOOTER}</body></html>"
        )
    )
    assert found == PARAGRAPHS


@pytest.mark.parametrize(("likely", "kept"), [(0.7, 4), (0.95, 6)])
def test_what_follows_the_home_of_the_text_must_be_sure(likely: float, kept: int) -> None:
    story = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    dialogue = "<section><p>We have sent you an e-mail.</p><p>Look into your spam folder.</p></section>"
    pieces = blocks.read(dom.parse(f"<main>{story}</main>{dialogue}")).pieces

    left = without_tail(pieces, list(range(6)), [0.9, 0.9, 0.6, 0.9, likely, likely])

    assert left == list(range(kept))


def test_a_text_in_many_boxes_has_its_last_one_within() -> None:
    sections = "".join(f"<section><p>{text}</p></section>" for text in PARAGRAPHS)
    pieces = blocks.read(dom.parse(sections)).pieces

    assert without_tail(pieces, [0, 1, 2, 3], [0.6] * 4) == [0, 1, 2, 3]


def test_what_a_page_names_its_lead_belongs_to_the_article() -> None:
    lead = "A vote ends the long quarrel over the basin, and the larger boats will be back by the summer."
    found = texts(
        extract(
            page(
                f'<p class="standfirst">{lead}</p><div class="article-body">'
                + "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
                + "</div>"
            )
        )
    )
    assert found == [lead, *PARAGRAPHS]


def test_headings_lists_and_quotes_keep_their_kind() -> None:
    body = (
        f'<div class="article-body"><p>{PARAGRAPHS[0]}</p><h2>What the fishermen say</h2>'
        f"<p>{PARAGRAPHS[2]}</p><blockquote><p>{PARAGRAPHS[1]}</p></blockquote><p>{PARAGRAPHS[3]}</p></div>"
    )
    kinds = {block.text: block.tag for block in extract(page(body)).blocks}
    assert kinds["What the fishermen say"] == "h2"
    assert kinds[PARAGRAPHS[1]] == "quote"
    assert kinds[PARAGRAPHS[0]] == "p"


def test_a_standfirst_that_is_the_description_too_belongs_to_the_article() -> None:
    lead = "Boats have waited a year for deeper water; now the board has set a date and a price for it."
    body = f'<header><div class="x9">{lead}</div></header><div>' + "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    found = texts(extract(page(body), Metadata(title="Harbour to be dredged", description=lead)))
    assert found.index(lead) < found.index(PARAGRAPHS[0])


def test_the_tree_is_left_as_it_was() -> None:
    tree = dom.parse(ARTICLE)
    before = tree.html
    extract_body(tree, html=ARTICLE, url=None, metadata=Metadata(), second_opinion="always")
    assert tree.html == before


def test_the_same_page_gives_the_same_result() -> None:
    assert extract(ARTICLE) == extract(ARTICLE)


@pytest.mark.parametrize(("entries", "method"), [(40, METHOD_BOTH), (ASK_PIECES, METHOD)])
def test_a_second_opinion_is_asked_of_doubtful_pages_but_not_of_long_ones(
    entries: int, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "ASK_BELOW", 1.0)  # whatever the model thinks of it, the page is doubtful
    rows = "".join(
        f"<p>Pier {n} has {n} boats, of which {n // 2} went out today.</p>" for n in range(entries)
    )
    html = f"<html><body>{NAVIGATION}<div>{rows}</div></body></html>"

    extraction = extract_body(dom.parse(html), html=html, url=None, metadata=Metadata(title="Piers"))

    assert extraction.blocks
    assert extraction.method == method


def test_a_second_opinion_confirms_a_clear_page() -> None:
    both = extract_body(
        dom.parse(ARTICLE),
        html=ARTICLE,
        url=None,
        metadata=Metadata(title="Harbour"),
        second_opinion="always",
    )
    assert set(PARAGRAPHS) <= set(texts(both))
    assert "trafilatura" in both.method


@pytest.mark.parametrize("html", ["", " ", "<html></html>", "\0", "<p></p>", "<!-- -->", "<frameset>"])
def test_an_empty_page_has_no_body(html: str) -> None:
    assert extract(html, Metadata()).blocks == ()


def test_blocks_say_where_they_stood_and_how_much_of_them_is_links() -> None:
    block: Block = next(block for block in extract(ARTICLE).blocks if block.text == PARAGRAPHS[0])
    assert block.path == "body>main>article>div.article-body>p"
    assert block.link_density == 0.0


def test_hostile_pages_take_bounded_time() -> None:
    for html in (
        "<div>" * 100_000 + "x",
        "<p>a" * 100_000,
        "<table><tr>" + "<td>a" * 50_000,
        "<b>x</b>" * 100_000,
    ):
        began = time.process_time()
        extract(html, Metadata())
        assert time.process_time() - began < 5
