"""The law of removals, in each form: stretches of the text that came; the rest is what is left."""

from collections.abc import Sequence

from hypothesis import example, given
from hypothesis import strategies as st

from scraper.clean import clean_blocks, clean_text
from scraper.clean.hygiene import tidy
from scraper.clean.mojibake import mend
from scraper.records import Block, Metadata, Removal

PIECES = [
    "The council voted on Tuesday. It took an hour.",
    "It wasn’t over; “it” was.",  # noqa: RUF001
    "It wasnâ€™t over; â€œitâ€\x9d was.",
    "Adver\u00adtisement",
    "\u200bSign up for our daily\u00a0newsletter.",
    "Sign up for our newsletter. It rained. Follow Ines Calder on Twitter: @InesCalder.",
    "Follow Ines Calder on Twitter: @InesCalder.\u00ad It rained.",
    "Share this article",
    "Facebook",
    "Photo: Tom Okafor/Reuters",
    "By Tom Okafor and Ines Calder",
    "责任编辑：王小明",  # noqa: RUF001
    "市议会周二投票。责任编辑：王小明。船没有来。",  # noqa: RUF001
    "من می\u200cخواهم",  # noqa: RUF001
    "e\u0301te\u0301",
    " \t",
    "",
]
TOKENS = (
    "ferry pier council please verify youre robot clicking box invalid email address please enter must "
    "select newsletter subscribe version article appears print page headline order reprints todays paper "
    "subscribe"
).split()


def assert_law(original: str, removed: Sequence[Removal], left: str) -> None:
    """Put back, the removals give the text that came; without them, it is what is left, hygiene apart."""
    kept = []
    done = 0
    for removal in removed:
        assert removal.text
        assert removal.offset >= done
        assert original[removal.offset : removal.offset + len(removal.text)] == removal.text
        kept.append(original[done : removal.offset])
        done = removal.offset + len(removal.text)
    kept.append(original[done:])
    together = "".join(
        part for pair in zip(kept, [*(item.text for item in removed), ""], strict=True) for part in pair
    )
    assert together == original
    assert letters(mend(" ".join(kept)).text) == letters(left)


def letters(text: str) -> str:
    return "".join(tidy(text).split())


@given(
    st.lists(st.sampled_from(PIECES), max_size=9),
    st.lists(st.sampled_from(["\n", "\n\n", "\r\n", " "]), min_size=9, max_size=9),
)
@example(["Adver\u00adtisement", "It wasnâ€™t over; â€œitâ€\x9d was."], ["\n"] * 9)
def test_of_text_with_lines(pieces: list[str], joints: list[str]) -> None:
    text = "".join(piece + joint for piece, joint in zip(pieces, joints, strict=False))

    result = clean_text(text, form="text", language="zh")

    assert_law(text, result.removed, result.text)


@given(st.lists(st.sampled_from(PIECES), max_size=9))
def test_of_blocks(pieces: list[str]) -> None:
    blocks = [Block(text=piece, tag="p") for piece in pieces]

    result = clean_blocks(blocks, metadata=Metadata(authors=("Tom Okafor", "Ines Calder"), language="zh"))

    assert_law("\n\n".join(pieces), result.removed, result.text)


@given(
    st.lists(st.sampled_from([" ".join(TOKENS[3:17]), " ".join(TOKENS[17:]), *TOKENS]), max_size=40),
    st.sampled_from([" ", "  ", "\n", "\u00a0", " \u200b"]),
)
def test_of_streams_of_tokens(tokens: list[str], joint: str) -> None:
    text = joint.join(tokens)

    result = clean_text(text, form="tokens", language="en")

    assert_law(text, result.removed, result.text)
