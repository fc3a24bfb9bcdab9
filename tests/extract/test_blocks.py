"""The page as a stream of blocks: what is a piece of text, and what its text is."""

import pytest

from scraper.extract import blocks, lines
from scraper.web import dom


def texts(html: str) -> list[str]:
    return [piece.text for piece in blocks.read(dom.parse(html)).pieces]


def tags(html: str) -> list[str]:
    return [blocks.block_tag(piece.box) for piece in blocks.read(dom.parse(html)).pieces]


def test_inline_elements_do_not_break_a_paragraph() -> None:
    assert texts("<p>The <b>old</b> mill, <a href=/x>sold</a><i>!</i></p>") == ["The old mill, sold!"]


def test_a_line_break_parts_lines_of_one_paragraph() -> None:
    assert texts("<p>12 Quay Street <br/>\nGannet   Point<br> \n</p>") == ["12 Quay Street\nGannet Point"]


def test_two_line_breaks_part_paragraphs() -> None:
    assert texts("<div>First.<br> <br>Second.</div>") == ["First.", "Second."]


def test_lines_that_were_wrapped_to_fit_are_joined() -> None:
    wrapped = (
        "The harbour board met on Tuesday evening to hear what had become of<br>the pier, and nobody<br>came."
    )
    assert texts(f"<p>{wrapped}</p>") == [
        "The harbour board met on Tuesday evening to hear what had become of the pier, and nobody\ncame."
    ]


def test_a_line_below_another_that_ended_its_sentence_stays_one() -> None:
    prose = "The harbour board met on Tuesday evening to hear what had become of it."
    assert texts(f"<p>{prose}<br>e-mail: board@example.org</p>") == [f"{prose}\ne-mail: board@example.org"]


def test_preformatted_text_keeps_its_lines_and_one_empty_line_between() -> None:
    html = "<pre>\n  The pier\r\nwent <b>out</b>\n<i> </i>\n\n\nin a gale<br>and\u00a0 came\tback\n\n</pre>"
    (text,) = texts(html)
    assert lines.printed(text) == "The pier\nwent out\n\nin a gale\nand came back"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<h2>The last keeper<br>of Gannet Point</h2>", "The last keeper of Gannet Point"),
        ("<ul><li><a href=/a>House and<br>garden</a><li><a href=/b>Sport</a></ul>", "House and garden Sport"),
        ("<table><tr><th>Quay<br>Street<td>open<br>daily</table>", "Quay Street | open daily"),
    ],
)
def test_headings_menus_and_table_rows_are_on_one_line(html: str, text: str) -> None:
    assert texts(html) == [text]


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
