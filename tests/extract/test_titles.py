"""A title is the headline as printed, or the newsroom's wording where its declarations agree."""

# ruff: noqa: E501, RUF001 - quotes and dashes as pages print them

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.extract.titles import TitleSources, choose_title

PRINTED = "Ferry returns to island after eleven months"
SHARED = "After eleven months of silence, an island hears its ferry again"


class TestThePrintedHeading:
    def test_it_stands_where_a_declared_title_says_the_same(self) -> None:
        found = choose_title(TitleSources(og=PRINTED.upper(), h1=("Sea", PRINTED)))
        assert found == PRINTED

    def test_it_is_told_from_a_logo_by_the_words_of_the_declared_titles(self) -> None:
        found = choose_title(TitleSources(og="Ferry returns to the island", h1=("Boats", PRINTED)))
        assert found == PRINTED

    def test_a_heading_that_speaks_of_something_else_is_not_the_title(self) -> None:
        found = choose_title(
            TitleSources(og=PRINTED, document=PRINTED + " | Post", h1=("Most read today", "Newsletters"))
        )
        assert found == PRINTED

    def test_one_common_word_does_not_make_a_heading_the_title(self) -> None:
        declared = "How we found a bug in Discord, Mintlify and hundreds of other companies in one week"
        assert choose_title(TitleSources(og=declared, h1=("select an option", "Discord"))) == declared

    def test_a_page_that_declares_nothing_has_its_first_heading(self) -> None:
        assert choose_title(TitleSources(h1=(PRINTED, "More"))) == PRINTED


class TestTheNewsroomsWording:
    def test_json_ld_and_open_graph_together_outweigh_the_heading(self) -> None:
        found = choose_title(TitleSources(news=True, headline=SHARED, og=SHARED, h1=(PRINTED,)))
        assert found == SHARED

    def test_a_blog_that_fills_both_for_search_engines_is_read_as_printed(self) -> None:
        declared = "Ferry returns to island: 7 things to know"
        assert choose_title(TitleSources(headline=declared, og=declared, h1=(PRINTED,))) == PRINTED

    def test_open_graph_alone_counts_where_all_others_come_from_one_field(self) -> None:
        sources = TitleSources(
            news=True,
            headline=PRINTED,
            document=f"{PRINTED} | Post",
            og=SHARED,
            h1=(PRINTED,),
            sitename="Post",
        )
        assert choose_title(sources) == SHARED

    def test_open_graph_that_repeats_the_title_element_is_no_wording_of_its_own(self) -> None:
        sources = TitleSources(
            news=True, headline=PRINTED, document=SHARED, og=SHARED, twitter=SHARED, h1=(PRINTED,)
        )
        assert choose_title(sources) == PRINTED

    def test_a_mere_part_of_the_heading_is_no_wording_of_its_own(self) -> None:
        full = "Harbour council: " + PRINTED
        sources = TitleSources(news=True, headline=full, document=full, og=PRINTED, h1=(full,))
        assert choose_title(sources) == full


class TestWhatStandsAroundTheHeadline:
    def test_a_line_above_goes_where_only_the_heading_itself_has_it(self) -> None:
        sources = TitleSources(marked=f"Sea - {PRINTED}", og=PRINTED, h1=(f"Sea - {PRINTED}",))
        assert choose_title(sources) == PRINTED

    def test_a_line_above_stays_where_another_source_has_it_too(self) -> None:
        sources = TitleSources(document=f"Sea: {PRINTED}", og=PRINTED, h1=(f"Sea: {PRINTED}",))
        assert choose_title(sources) == f"Sea: {PRINTED}"

    def test_a_line_above_goes_where_another_source_has_other_words_there(self) -> None:
        sources = TitleSources(
            og="Storm on the coast: “We did not sleep”", h1=("A long night - “We did not sleep”",)
        )
        assert choose_title(sources) == "“We did not sleep”"

    def test_what_stands_before_the_colon_stays_where_sources_only_word_it_differently(self) -> None:
        sources = TitleSources(
            og="Pilot Brandt: “We did not sleep”", h1=("Harbour pilot Brandt: “We did not sleep”",)
        )
        assert choose_title(sources) == "Harbour pilot Brandt: “We did not sleep”"

    def test_a_column_that_is_called_like_the_site_stays_where_it_is_printed(self) -> None:
        headline = "Harbour Notes: how the pilots slept"
        sources = TitleSources(og=headline, h1=(headline,), hostname="harbournotes.example")
        assert choose_title(sources) == headline

    def test_a_line_above_stays_where_the_newsroom_declares_it_twice(self) -> None:
        sources = TitleSources(
            news=True, headline=f"At sea - {PRINTED}", og=f"At sea: {PRINTED}", h1=(PRINTED,)
        )
        assert choose_title(sources) == f"At sea: {PRINTED}"

    @pytest.mark.parametrize(
        "title",
        [
            f"{PRINTED} | The Harbour Post",
            f"{PRINTED} - Harbour Post",
            f"{PRINTED} — The Harbour Post Online",
            f"The Harbour Post | {PRINTED}",
            f"{PRINTED}｜The Harbour Post",
            f"{PRINTED} :: harbourpost.example",
        ],
    )
    def test_the_name_of_the_site_goes_on_either_side(self, title: str) -> None:
        sources = TitleSources(
            document=title, sitename="The Harbour Post", hostname="www.harbourpost.example"
        )
        assert choose_title(sources) == PRINTED

    def test_quotes_case_and_dashes_of_the_headline_are_kept(self) -> None:
        headline = "«Nie wieder» – was der KAPITÄN sagt: ein Protokoll"
        assert choose_title(TitleSources(og=headline, h1=(headline,))) == headline


texts = st.text(max_size=30)


@given(st.builds(
    TitleSources, headline=st.none() | texts, og=st.none() | texts, twitter=st.none() | texts, document=st.none() | texts,
    h1=st.lists(texts, max_size=3).map(tuple), sitename=st.none() | texts, news=st.booleans(),
))  # fmt: skip
def test_the_title_is_always_part_of_one_of_its_sources(sources: TitleSources) -> None:
    title = choose_title(sources)
    named = (sources.headline, sources.og, sources.twitter, sources.document, *sources.h1)
    assert title is None or any(title in value for value in named if value)
