"""Site memory: what a site repeats in different articles goes, whatever it says; nothing else does."""

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.clean import Cleaned, SiteMemory, clean_blocks, clean_text
from scraper.clean.learning import TURN, Learner
from scraper.clean.memory import MOST_DOCUMENTS, block_keys, learn, text_keys
from scraper.records import Block, Metadata

VOCABULARY = """
anchor barge beacon bell board bridge buoy cable canal captain cargo chain chart coast crane crew
crowd current dawn deck depth dike dock door engine ferry fish flag fog gale gate grain guide gull
harbour hull ice island kettle keel ladder lamp lock map mast mole net night oar pier pilot plank
pump quay rain rope rudder sail salt sand screw ship shore siren slip snow steam stone storm tide
tower tug wage wave weather wharf wheel winch wind window yard
""".split()
CLUB = "Members of the Lantern Club read the paper an evening early and sit in the front row at talks."
DESK = "Our night desk picks up the telephone until two in the morning."
PRINTER = "Printed by Lantern and Daughters at the Old Customs House, number 17 in the county's register."
FEED = "The Lantern takes no money from parties, banks or the owners of the ferry. " * 3


def paragraph(number: int, words: int = 24) -> str:
    """Text that no other number gives."""
    chosen = Random(number).choices(VOCABULARY, k=words)  # noqa: S311 - no secret
    return " ".join(chosen).capitalize() + "."


def article(number: int) -> list[str]:
    return [paragraph(10 * number + place) for place in range(5)]


def remembered(*documents: list[str]) -> SiteMemory:
    return learn([block_keys(document) for document in documents], for_others=True)


def clean(document: list[str] | list[Block], memory: SiteMemory, **metadata: str) -> Cleaned:
    blocks = [block if isinstance(block, Block) else Block(text=block, tag="p") for block in document]
    return clean_blocks(blocks, metadata=Metadata(**metadata), site=memory)  # type: ignore[arg-type]


def left(document: list[str] | list[Block], memory: SiteMemory, **metadata: str) -> list[str]:
    return [paragraph.text for paragraph in clean(document, memory, **metadata).paragraphs]


# ---- how often ---------------------------------------------------------------------------------------


def test_what_stands_in_three_articles_goes_with_kind_rule_and_share() -> None:
    body = article(9)
    earlier = [[*article(number)[:3], CLUB, *article(number)[3:]] for number in range(2)]

    result = clean([*body[:2], CLUB, *body[2:]], remembered(*earlier, article(3), article(4)))

    assert result.text == "\n\n".join(body)
    [removal] = result.removed
    assert (removal.kind, removal.rule, removal.score) == ("template", "memory.block", 0.5)
    assert (removal.text, removal.offset) == (CLUB, len("\n\n".join(body[:2])) + 2)


def test_what_two_articles_share_in_the_middle_stays() -> None:
    body = article(9)
    document = [*body[:2], CLUB, *body[2:]]

    memory = remembered([*article(1)[:3], CLUB, *article(1)[3:]], article(2), article(3))

    assert left(document, memory) == document


def test_what_two_articles_share_at_their_end_goes() -> None:
    body = article(9)

    assert left([*body, PRINTER], remembered([*article(1), PRINTER], article(2))) == body


def test_a_long_paragraph_at_the_end_of_two_articles_stays() -> None:
    document = [*article(9), paragraph(7, words=40)]

    assert left(document, remembered([*article(1), document[-1]], article(2))) == document


def test_what_two_articles_have_as_links_goes() -> None:
    body = article(9)
    teaser = Block(text="The week on the coast in pictures", tag="p", link_density=1.0)
    document = [Block(text=text, tag="p") for text in body]

    assert left([*document[:3], teaser, *document[3:]], remembered([teaser.text, *article(1)])) == body


def test_background_that_few_of_many_articles_share_stays() -> None:
    background = paragraph(8)
    earlier = [[*article(number), background] if number < 2 else article(number) for number in range(10, 25)]
    document = [*article(9)[:3], background, *article(9)[3:]]

    assert left(document, remembered(*earlier)) == document


def test_a_long_paragraph_in_the_middle_must_recur_often() -> None:
    body = article(9)
    document = [*body[:2], FEED, *body[2:]]

    def among(having: int) -> list[str]:
        earlier = [[*article(n)[:2], *([FEED] if n < having else []), *article(n)[2:]] for n in range(8)]
        return left(document, remembered(*earlier))

    assert among(3) == [*body[:2], FEED.strip(), *body[2:]]
    assert among(4) == body


def test_an_empty_memory_takes_nothing() -> None:
    document = [*article(9), PRINTER]

    assert left(document, remembered()) == document
    assert left(document, SiteMemory()) == document


def test_numbers_dates_and_names_of_months_do_not_matter() -> None:
    body = article(9)
    earlier = [
        [*article(1), "Read 1,204 times since 3 May 2024"],
        [*article(2), "Read 7 times since June 2025"],
    ]

    assert left([*body, "Read 88 times since 12 January 2026"], remembered(*earlier)) == body


def test_what_differs_in_its_numbers_alone_may_be_the_news() -> None:
    def close(number: int) -> list[str]:
        body = article(number)
        figures = (
            f"Herring closed at {number}1 crowns, up {number}.5 percent, and cod at {number}2, down {number}."
        )
        return [*body[:2], figures, *body[2:]]

    assert left(close(9), remembered(*map(close, range(8)))) == close(9)


def test_a_counter_in_the_middle_must_recur_often() -> None:
    body = article(9)
    document = [*body[:2], "We write to 4,000 gardeners on Thursdays.", *body[2:]]

    def among(having: int) -> list[str]:
        counter = "We write to {} gardeners on Thursdays."
        earlier = [
            [*article(n)[:2], *([counter.format(n + 90)] if n < having else []), *article(n)[2:]]
            for n in range(8)
        ]
        return left(document, remembered(*earlier))

    assert (among(3), among(4)) == (document, body)


# ---- what is protected -------------------------------------------------------------------------------


def test_title_dek_and_first_paragraph_stay_although_others_point_to_them() -> None:
    title, dek = "The ferry that came home with no one aboard it", "What the pilots of the island saw at dawn"
    body = article(9)
    earlier = [[*article(number), body[0], title, dek] for number in range(6)]
    document = [dek, body[0], *body[1:], title, body[1]]

    assert left(document, remembered(*earlier), title=title, description=dek) == document
    assert left(document, remembered(*earlier), title="Another") == [*body, body[1]]


def test_what_most_articles_begin_with_is_not_their_first_paragraph() -> None:
    body = article(9)
    earlier = [[CLUB, *article(number)] for number in range(4)]

    assert left([CLUB, *body], remembered(*earlier)) == body


def test_the_intro_of_a_series_stays() -> None:
    earlier = [[CLUB, *article(number)] if number < 2 else article(number) for number in range(6)]
    document = [CLUB, *article(9)]

    assert left(document, remembered(*earlier)) == document


def test_headings_stay_as_long_as_something_is_below_them() -> None:
    heading = Block(text="What the neighbours say", tag="h2")
    texts = [Block(text=text, tag="p") for text in article(9)]
    earlier = [[*article(n)[:2], heading.text, *article(n)[2:], CLUB] for n in range(4)]

    kept = left([*texts[:3], heading, texts[3], Block(text=CLUB, tag="p")], remembered(*earlier))
    gone = left([*texts[:3], heading, Block(text=CLUB, tag="p")], remembered(*earlier))

    assert kept == [*article(9)[:3], heading.text, texts[3].text]
    assert gone == article(9)[:3]


def test_what_a_document_says_in_many_places_is_how_it_is_built() -> None:
    def review(number: int) -> list[str]:
        body = article(number)
        return [body[0], "What we like about it", body[1], "What we like about it", body[2]]

    def short(number: int) -> list[str]:
        body = article(number)
        return [body[0], "Pros:", body[1], "Cons:", body[2]]

    assert left(short(9), remembered(*map(short, range(6)))) == short(9)
    structure = [text.replace("about it", "") for text in review(9)]
    earlier = [[text.replace("about it", "") for text in review(number)] for number in range(6)]
    assert left(structure, remembered(*earlier)) == [text.strip() for text in structure]


def test_the_kind_can_be_kept() -> None:
    document = [Block(text=text, tag="p") for text in [*article(9), CLUB]]
    memory = remembered([*article(1), CLUB], [*article(2), CLUB])

    kept = clean_blocks(document, metadata=Metadata(), keep=["template"], site=memory)

    assert CLUB in kept.text


# ---- which documents count ---------------------------------------------------------------------------


def test_an_article_does_not_count_for_itself() -> None:
    document = [*article(9), PRINTER]
    memory = learn([block_keys(document), block_keys(article(1)), block_keys(article(2))])

    assert left(document, memory.seen_from(0)) == document


def test_versions_of_one_story_count_as_one_and_never_take_its_text() -> None:
    story = [*article(9), paragraph(201)]
    versions = [[*story[:4], paragraph(202 + number), story[4]] for number in range(3)]

    assert left(story, remembered(*versions)) == story
    assert left(story, remembered(*versions, article(1), article(2), article(3))) == story
    assert learn([*map(block_keys, versions), block_keys(article(1))]).first_of == (0, 0, 0, 3)


def test_the_order_in_which_articles_were_met_does_not_matter() -> None:
    earlier = [[*article(number), CLUB, DESK, PRINTER][number % 2 :] for number in range(6)]
    document = [*article(9), DESK, CLUB, PRINTER]

    assert left(document, remembered(*earlier)) == left(document, remembered(*earlier[::-1])) == article(9)


def test_the_text_before_memory_is_the_same_however_much_is_known() -> None:
    document = [*article(9), CLUB, PRINTER]
    memory = remembered([*article(1), PRINTER], [*article(2), CLUB, PRINTER])

    assert clean(document, memory).text != clean(document, SiteMemory()).text
    assert clean(document, memory).before_memory == clean(document, SiteMemory()).before_memory


# ---- text without markup -----------------------------------------------------------------------------


def learnt(texts: list[str], source: str = "") -> Iterator[tuple[str, SiteMemory | None]]:
    learner = Learner()
    for text in texts:
        learner.add(source, text)
    for text in texts:
        yield text, learner.memory_for(source, text)


def test_lines_of_plain_texts_go() -> None:
    texts = ["\n\n".join([*article(number), DESK, PRINTER]) for number in range(5)]

    for number, (text, memory) in enumerate(learnt(texts)):
        assert clean_text(text, site=memory).text == "\n\n".join(article(number))


def test_sentences_go_where_a_text_is_one_line() -> None:
    texts = [" ".join([*article(number)[:3], DESK, *article(number)[3:]]) for number in range(5)]

    for number, (text, memory) in enumerate(learnt(texts)):
        result = clean_text(text, site=memory)
        assert result.text == " ".join(article(number))
        assert [removal.rule for removal in result.removed] == ["memory.sentence"]


FURNITURE = "lantern club members read paper evening early sit front row talks"


def stream(number: int, *more: str) -> str:
    first, *rest = (paragraph(number * 10 + place, 40).lower().rstrip(".") for place in range(3))
    return " ".join([first, *more, *rest])


def test_runs_of_tokens_in_three_of_five_go() -> None:
    texts = [stream(number, FURNITURE) if number < 3 else stream(number) for number in range(5)]

    for number, (text, memory) in enumerate(learnt(texts)):
        result = clean_text(text, site=memory)
        assert result.text == stream(number)
        if number < 3:
            [removal] = result.removed
            assert (removal.kind, removal.rule, removal.score) == ("template", "memory.run", 0.5)
            assert text[removal.offset :].startswith(removal.text)


def test_of_few_texts_two_are_enough_for_longer_runs() -> None:
    six, eleven = " ".join(FURNITURE.split()[:6]), FURNITURE

    def cleaned(furniture: str) -> list[str]:
        texts = [stream(number, furniture) for number in range(2)]
        return [clean_text(text, site=memory).text for text, memory in learnt(texts)]

    assert cleaned(eleven) == [stream(0), stream(1)]
    assert cleaned(six) == [stream(0, six), stream(1, six)]


def test_two_of_five_streams_may_say_the_same() -> None:
    texts = [stream(number, FURNITURE) if number < 2 else stream(number) for number in range(5)]

    assert [clean_text(text, site=memory).text for text, memory in learnt(texts)] == texts


def test_what_streams_begin_with_goes_only_where_others_begin_with_it() -> None:
    opening = " ".join(stream(0).split()[:20])
    texts = [stream(0), *(stream(number, opening) for number in range(1, 6))]
    first, *others = [clean_text(text, site=memory).text for text, memory in learnt(texts)]

    assert first == stream(0)
    assert others == [stream(number) for number in range(1, 6)]

    texts = [f"{FURNITURE} {stream(number)}" for number in range(6)]
    assert [clean_text(text, site=memory).text for text, memory in learnt(texts)] == list(
        map(stream, range(6))
    )


def test_rows_of_numbers_in_streams_stay() -> None:
    def table(number: int) -> str:
        return stream(number, " ".join(f"boat {number}{row} {number + row}" for row in range(6)))

    texts = list(map(table, range(6)))
    assert [clean_text(text, form="tokens", site=memory).text for text, memory in learnt(texts)] == texts


def test_sources_do_not_learn_from_each_other() -> None:
    learner = Learner()
    texts = ["\n\n".join([*article(number), PRINTER]) for number in range(3)]
    for number, text in enumerate(texts):
        learner.add(str(number), text)

    for number, text in enumerate(texts):
        assert clean_text(text, site=learner.memory_for(str(number), text)).text == text


@pytest.mark.parametrize("number", [TURN + 1, MOST_DOCUMENTS + 1])
def test_many_texts_are_learnt_from_a_turn_at_a_time(number: int) -> None:
    texts = ["\n\n".join([*article(place), CLUB, DESK]) for place in range(number)]

    for place, (text, memory) in enumerate(learnt(texts)):
        assert clean_text(text, site=memory).text == "\n\n".join(article(place))


@settings(max_examples=25)
@given(st.lists(st.lists(st.sampled_from([CLUB, DESK, PRINTER, *article(1), ""]), max_size=8), max_size=6))
def test_whatever_is_learnt_what_is_left_and_what_went_are_the_text(documents: list[list[str]]) -> None:
    memory = remembered(*documents)
    for document in documents:
        result = clean(document, memory)
        told = [*(paragraph.text for paragraph in result.paragraphs), *(r.text for r in result.removed)]
        assert sorted(told) == sorted(filter(None, document))
        assert result.removed == tuple(sorted(result.removed, key=lambda removal: removal.offset))


def test_a_document_that_others_have_nearly_all_of_is_left_alone() -> None:
    story = [
        "The county council voted on Tuesday to close the old swing bridge for at least fourteen months.",
        "Nobody in the harbour had been surprised, said the keeper of the lock, who works there.",
        "The repairs will cost four million, of which the ministry pays a little less than half.",
    ]
    news = ["Two people were found.", "Help is on its way.", "The road is open.", "It rains."]
    documents = ["\n\n".join([*story[:2], line, story[2]]) for line in news]
    site = learn([text_keys(text) for text in documents])
    for place, text in enumerate(documents):
        assert clean_text(text, site=site.seen_from(place)).text == text
