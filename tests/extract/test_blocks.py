"""The page as a stream of blocks: what is a piece of text, and what its text is."""

import pytest

from scraper.extract import blocks
from scraper.web import dom


def texts(html: str) -> list[str]:
    return [piece.text for piece in blocks.read(dom.parse(html)).pieces]


def tags(html: str) -> list[str]:
    return [blocks.block_tag(piece.box) for piece in blocks.read(dom.parse(html)).pieces]


def test_inline_elements_do_not_break_a_paragraph() -> None:
    assert texts("<p>The <b>old</b> mill, <a href=/x>sold</a><i>!</i></p>") == ["The old mill, sold!"]


def test_words_are_not_run_together_at_a_line_break() -> None:
    assert texts("<p>one<br>two</p>") == ["one two"]


def test_two_line_breaks_part_paragraphs() -> None:
    assert texts("<div>First.<br> <br>Second.</div>") == ["First.", "Second."]


def test_text_around_a_nested_block_stays_in_order() -> None:
    assert texts("<div>before<p>inside</p>after</div>") == ["before", "inside", "after"]


def test_scripts_styles_and_templates_are_not_text() -> None:
    html = "<p>seen</p><script>no()</script><style>no{}</style><template>no</template><noscript>no</noscript>"
    assert texts(html) == ["seen"]


def test_cells_of_a_table_row_are_one_readable_line() -> None:
    html = "<table><tr><th>Town<th>People</tr><tr><td>Ash<td>1,200</tr></table>"
    assert texts(html) == ["Town | People", "Ash | 1,200"]


def test_a_table_used_for_layout_keeps_its_paragraphs() -> None:
    long = "A sentence that goes on for quite a while. " * 10
    assert texts(f"<table><tr><td><p>{long}</p><p>{long}</p></td></tr></table>") == [long.strip()] * 2


def test_a_menu_is_one_piece_that_remembers_its_entries() -> None:
    stream = blocks.read(
        dom.parse("<ul><li><a href=/a>Home</a><li><a href=/b>Sport</a></ul><p>Text here.</p>")
    )
    assert [piece.text for piece in stream.pieces] == ["Home Sport", "Text here."]
    assert stream.pieces[0].items == ["Home", "Sport"]


def test_a_list_of_sentences_with_links_keeps_its_items() -> None:
    assert texts("<ul><li>One <a href=/a>thing</a> more<li>Two</ul>") == ["One thing more", "Two"]


@pytest.mark.parametrize(
    "text",
    ["これは日本語の文章です。", "هذه فقرة بالعربية.", "यह हिन्दी में एक वाक्य है।", "Ελληνικά και русский"],
)
def test_text_of_every_script_comes_through(text: str) -> None:
    assert texts(f"<p>{text}</p>") == [text]


@pytest.mark.parametrize(
    ("html", "tag"),
    [
        ("<h1>x</h1>", "h2"),
        ("<h2>x</h2>", "h2"),
        ("<h4>x</h4>", "h3"),
        ("<li><p>x</p></li>", "li"),
        ("<blockquote><p>x</p></blockquote>", "quote"),
        ("<pre>x</pre>", "pre"),
        ("<div>x</div>", "p"),
        ("<ul><li><article><p>x</p></article></li></ul>", "p"),
    ],
)
def test_a_block_is_named_after_the_nearest_element_that_says_what_it_is(html: str, tag: str) -> None:
    assert tags(html) == [tag]


def test_a_path_leads_from_the_root_down_in_lower_case() -> None:
    (piece,) = blocks.read(dom.parse('<div id="Main" class="Page wide"><p>x</p></div>')).pieces
    assert blocks.path(piece.box) == "body>div#main.page.wide>p"


@pytest.mark.parametrize(
    "html", ["", "<html></html>", "<body>   </body>", "<p></p><div><br><hr></div>", "<frameset>"]
)
def test_a_page_without_text_has_no_pieces(html: str) -> None:
    assert texts(html) == []


def test_deep_nesting_neither_fails_nor_loses_text() -> None:
    assert texts("<div>" * 100_000 + "deep down") == ["deep down"]


def test_the_walk_ends_on_pages_with_endless_blocks() -> None:
    assert len(texts("<p>a" * 50_000)) == blocks.MAX_PIECES
