"""Short English lines that no phrase fills go by the weight of their words, and by where they stand."""

import pytest

from scraper.clean import clean_blocks, clean_text, wording, words
from scraper.clean.catalogue import KINDS
from scraper.clean.wording import LONGEST, RULE, Weights, learnt, lent, may_be_telling, weigh
from scraper.records import Block, Metadata

PROSE = (
    "The council met on Monday evening to discuss the old harbour crane, which many want to see restored.",
    "Several speakers said that the money would be better spent on the sea wall, damaged in winter's gales.",
    "A decision is expected in spring, when the county has said how much of the bill it is ready to carry.",
)
LINE = "Email the newsroom"


WEIGHTS = Weights(
    constant=-3.0,
    weights={"email": 3.0, "newsroom": 2.5},
    kinds={"email": "newsletter", "newsroom": "author_bio"},
)


@pytest.fixture(autouse=True)
def few_weights(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Weights that no training changes, but for tests of what was learnt."""
    if "learnt" not in request.node.name:
        monkeypatch.setattr(wording, "learnt", lambda: WEIGHTS)


def left(*lines: str, keep: tuple[str, ...] = ()) -> list[str]:
    return clean_text("\n\n".join(lines), keep=keep).text.split("\n\n")


def test_a_line_after_the_article_goes_with_the_words_that_spoke_against_it() -> None:
    cleaned = clean_text("\n\n".join((*PROSE, LINE)))
    assert cleaned.text == "\n\n".join(PROSE)
    (removal,) = cleaned.removed
    assert removal.text == LINE
    assert removal.rule.startswith(f"{RULE} (")
    assert "newsroom" in removal.rule
    assert removal.score is not None
    assert removal.score > 0.5


def test_the_same_line_amid_the_article_stays() -> None:
    assert LINE in left(PROSE[0], LINE, *PROSE[1:])


def test_amid_the_article_it_goes_between_other_boilerplate() -> None:
    share = "Share on Facebook"
    assert left(PROSE[0], share, share, LINE, share, share, *PROSE[1:]) == list(PROSE)


@pytest.mark.parametrize(
    "line",
    [
        f"“{LINE}”",
        "The crane is to be painted green",
        "Editor's note: This article has been updated with the county's answer.",
        "Ida Marlow",
        "A town without a harbour",
        "What happens next is up to the county",
    ],
)
def test_what_was_quoted_and_what_tells_of_the_world_stays_wherever_it_stands(line: str) -> None:
    assert line in left(*PROSE, line)
    assert line in left(line, *PROSE)


def test_a_kind_that_is_kept_is_kept_here_too() -> None:
    (removal,) = clean_text("\n\n".join((*PROSE, LINE))).removed
    assert LINE in left(*PROSE, LINE, keep=(removal.kind,))


def test_lines_of_another_language_are_not_weighed() -> None:
    german = (
        "Der Stadtrat hat am Montagabend über die Zukunft des alten Hafenkrans beraten, den viele gern "
        "wieder in Betrieb sehen würden, seit die Werft im Jahr 1998 ihre Tore geschlossen hat."
    )
    assert LINE in left(german, LINE)


def test_blocks_of_a_page_are_weighed_alike() -> None:
    blocks = [Block(text=text, tag="p") for text in (*PROSE, LINE)]
    assert clean_blocks(blocks, metadata=Metadata()).text == "\n\n".join(PROSE)


def test_a_longer_line_weighs_nothing() -> None:
    long = " ".join(["newsroom"] * (LONGEST + 1))
    assert weigh(long, words.fold(long), WEIGHTS) is None


def test_what_was_learnt_names_kinds_that_there_are() -> None:
    assert set(learnt().kinds.values()) <= KINDS
    assert set(learnt().kinds) <= set(learnt().weights)


def test_words_that_weigh_nothing_are_told_at_once() -> None:
    assert not may_be_telling(words.fold("Saltmere mourns its crane"), WEIGHTS)


def test_a_line_that_stands_alone_is_lent_what_prose_around_it_would() -> None:
    assert lent([]) == lent([-100.0, -100.0])
    assert lent([100.0]) == -lent([])
