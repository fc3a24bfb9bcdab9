"""The golden pages agree with themselves: what they expect stands on them, and so does what they forbid."""

import re
from html import unescape

import pytest

from tests.golden import Golden, load

GOLDEN = load()
PYTHON_NAMES = {"shift_jis": "cp932", "gb2312": "gb18030", "iso-8859-1": "cp1252"}
"""Charsets that the web reads as a larger one (WHATWG Encoding Standard, 4.2)."""
each_page = pytest.mark.parametrize("page", GOLDEN, ids=lambda page: page.slug)


def visible(page: Golden) -> str:
    """The page's text without any white space, so that markup between words does not matter."""
    declared = re.search(rb"charset=[\"']?([\w-]+)", page.html)
    name = declared.group(1).decode().lower() if declared else "utf-8"
    markup = page.html.decode(PYTHON_NAMES.get(name, name))
    markup = re.sub(r"(?s)<(head|script|style)\b.*?</\1>|<!--.*?-->", "", markup)
    return squeezed(unescape(re.sub(r"<[^>]+>", "", markup)))


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00ad\u200b]+", "", text)


def test_there_are_at_least_forty_pages_in_ten_languages() -> None:
    assert len(GOLDEN) >= 40
    assert len({page.expected.language for page in GOLDEN}) >= 10
    assert len({page.expected.kind for page in GOLDEN}) >= 30


@each_page
def test_expected_paragraphs_stand_on_the_page_in_order(page: Golden) -> None:
    text, position = visible(page), 0
    for paragraph in page.expected.paragraphs:
        for cell in paragraph.text.split(" | "):
            found = text.find(squeezed(cell), position)
            assert found >= 0, paragraph.text
            position = found


@each_page
def test_expected_paragraphs_are_clean(page: Golden) -> None:
    for paragraph in page.expected.paragraphs:
        assert paragraph.type in {"p", "h2", "h3", "li", "quote", "pre"}
        assert paragraph.text.strip() == paragraph.text != ""
        assert paragraph.type == "pre" or "\n" not in paragraph.text
        assert not re.search(r"[\u00ad\u200b\ufffd]", paragraph.text)


@each_page
def test_forbidden_snippets_stand_on_the_page_and_not_in_the_expected_text(page: Golden) -> None:
    text = visible(page)
    assert len(page.expected.must_not) >= 5
    for snippet in page.expected.must_not:
        assert squeezed(snippet) in text, snippet
        assert snippet not in page.expected.text, snippet


@each_page
def test_the_headline_stands_on_the_page(page: Golden) -> None:
    assert squeezed(page.expected.title) in visible(page)
