"""What one could keep or not: what stays with the text by default, and what goes."""

import pytest

from scraper.clean import clean_blocks, clean_text
from scraper.records import Block, Metadata

PROSE = (
    "The council voted on Tuesday to rebuild the old ferry pier, which it put off twice.",
    "The work will take two years, the harbour master, Ines Calder, said. It was asked for in 2009.",
    "A second vote, on the price of tickets, was put off until the spring.",
)

STAY = [
    "HARBOUR TOWN — The county will pay a third of what it costs.",
    "BEIJING, March 3 (Northern News) - The minister left on Monday.",
    "Correction: An earlier version of this article misstated the length of the pier. It is 310 metres.",
    "Editor’s note: This article has been updated with the ministry’s answer.",  # noqa: RUF001
    "Clarification: The vote was held on Tuesday morning.",
    "Why it took so long",
    "It was lost in a storm, twice, and twice it was built again: what a pier means to a town",
]
GO = [
    "Contact Tom Okafor at tokafor@courier.example",
    "Ines Calder reported from Harbour Town, and Tom Okafor from London.",
    "Reporting by Tom Okafor; Editing by Ines Calder",
    "This article was originally published in The Northern Review.",
    "This story was first published in The Northern Review.",
    "By Tom Okafor and Ines Calder",
    "Photo: Tom Okafor/Reuters",
]


@pytest.mark.parametrize("text", STAY)
def test_datelines_corrections_notes_headings_and_deks_stay(text: str) -> None:
    tag = "h2" if text == "Why it took so long" else "p"
    blocks = [Block(text=item, tag="p") for item in PROSE]
    for place in (0, 1, len(blocks)):
        around = [*blocks[:place], Block(text=text, tag=tag), *blocks[place:]]
        assert clean_blocks(around, metadata=Metadata(), language="en").removed == ()
        assert clean_text("\n\n".join(item.text for item in around)).removed == ()


@pytest.mark.parametrize("text", GO)
def test_contacts_sign_offs_and_notes_of_first_publication_go(text: str) -> None:
    blocks = [Block(text=item, tag="p") for item in (*PROSE, text)]
    assert clean_blocks(blocks, metadata=Metadata(), language="en").text == "\n\n".join(PROSE)
    assert clean_text("\n\n".join((*PROSE, text))).text == "\n\n".join(PROSE)
