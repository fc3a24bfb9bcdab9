"""Authors are people; agencies and newsrooms only where there is no person."""

# ruff: noqa: RUF001 - full-width punctuation as pages print it

import pytest

from scraper.extract.authors import clean_authors
from scraper.extract.metadata import extract_metadata
from scraper.web import dom

URL = "https://www.harbour.example/sea/the-ferry-returns"


def authors(head: str = "", body: str = "", *, lang: str = "en") -> tuple[str, ...]:
    html = f'<!DOCTYPE html><html lang="{lang}"><head>{head}</head><body>{body}</body></html>'
    return extract_metadata(dom.parse(html), html=html, url=URL).authors


class TestOneValue:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("Ada Lund, Digital Security Expert", ("Ada Lund",)),
            ("Ada Lund, Head of Marketing & Community Development", ("Ada Lund",)),
            ("Ada Lund, 10+ Years in the Moving Trade", ("Ada Lund",)),
            ("Ada Lund Content Marketing Coordinator", ("Ada Lund",)),
            ("Ada  (Lundin)  Lund", ("Ada Lund",)),
            ("Ada Lund, Trial Attorney at the Sand chambers", ("Ada Lund",)),
            ("Written By", ()),
            ("Nachrichten", ()),
        ],
    )
    def test_what_describes_a_person_is_no_name(self, value: str, expected: tuple[str, ...]) -> None:
        assert clean_authors([value]) == expected

    def test_the_newsroom_as_a_whole_is_no_author_beside_a_person(self) -> None:
        names = ["Ada Lund", "Harbour Post Editorial Team", "The Harbour Post"]
        assert clean_authors(names, sitename="Harbour Post") == ("Ada Lund",)

    def test_the_newsroom_is_the_author_where_nobody_else_is(self) -> None:
        assert clean_authors(["Harbour Post Editorial Team"], sitename="Harbour Post") == (
            "Harbour Post Editorial Team",
        )

    def test_another_team_is_kept_beside_a_person(self) -> None:
        assert clean_authors(["Ada Lund", "Charts Team"], sitename="Post") == ("Ada Lund", "Charts Team")

    def test_an_agency_is_kept_beside_a_person(self) -> None:
        assert clean_authors(["Ada Lund", "AFP"]) == ("Ada Lund", "AFP")


class TestTheRestOfThePage:
    def test_the_section_is_no_author(self) -> None:
        head = '<meta name="author" content="Sea"><meta property="article:section" content="Sea">'
        assert authors(head, '<h1>x</h1><p class="byline">By Ada Lund</p>') == ("Ada Lund",)


class TestPrintedBylines:
    def test_names_in_elements_of_their_own_that_commas_join(self) -> None:
        body = (
            "<h1>The ferry returns</h1><ul><li>By: <span><a href=/ada>Ada Lund</a>,</span> "
            "<span><a href=/jon>Jón Örn</a></span> and <span>Mia Sand</span></li></ul><p>Text.</p>"
        )
        assert authors("", body) == ("Ada Lund", "Jón Örn", "Mia Sand")

    def test_what_no_comma_joins_is_no_further_name(self) -> None:
        body = "<h1>The ferry returns</h1><div>By <a>Ada Lund</a> <b>Harbour Market</b></div><p>Text.</p>"
        assert authors("", body) == ("Ada Lund",)

    def test_authors_side_by_side_in_boxes_of_one_kind(self) -> None:
        box = '<div class="who"><a rel="author" href="/x">{}</a></div>'
        body = f"<h1>x</h1><div>{box.format('Ada Lund')}{box.format('Jón Örn')}</div>"
        assert authors("", body) == ("Ada Lund", "Jón Örn")

    def test_words_that_only_begin_like_author_mark_nothing(self) -> None:
        assert authors("", '<h1>x</h1><p class="autumn-sale">Harbour Market</p>') == ()

    def test_editors_behind_a_chinese_label_at_the_end_of_the_text(self) -> None:
        text = "<p>轮渡在十一个月之后恢复运行，岛上的居民在码头迎接。</p>"
        assert authors("", f"<h1>轮渡恢复</h1>{text}<div>(责编：王小明、李华)</div>", lang="zh") == (
            "王小明",
            "李华",
        )
