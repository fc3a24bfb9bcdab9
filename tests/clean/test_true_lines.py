"""Lines of articles, in all languages that have phrases, that come close to what pages say of themselves."""

import tomllib
from pathlib import Path

import pytest

from scraper.clean import clean_blocks, clean_text
from scraper.records import Block, Metadata

PROSE = (
    "The council voted on Tuesday to rebuild the old ferry pier, which it put off twice.",
    "The work will take two years, the harbour master, Ines Calder, said. It was asked for in 2009.",
)


LINES = [
    (language, line)
    for language, text in tomllib.loads(
        Path(__file__).with_name("true_lines.toml").read_text(encoding="utf-8")
    ).items()
    for line in text.splitlines()
    if line
]


@pytest.mark.parametrize(("language", "line"), LINES)
def test_true_lines_stay(language: str, line: str) -> None:
    texts = (PROSE[0], line, PROSE[1])
    blocks = [Block(text=text, tag="p") for text in texts]
    assert clean_blocks(blocks, metadata=Metadata(), language=language).removed == ()
    assert clean_text("\n\n".join(texts), language=language).removed == ()


@pytest.mark.parametrize(("language", "line"), LINES)
def test_true_sentences_stay_within_paragraphs(language: str, line: str) -> None:
    text = f"{PROSE[0]} {line} {PROSE[1]}"
    assert clean_text(text, language=language).removed == ()
