"""Articles about newsletters, captchas, cookies, paywalls and subscriptions come through whole."""

import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from scraper.clean import clean_blocks, clean_text
from scraper.clean.tokens import as_tokens
from scraper.records import Block, Metadata


class Article(NamedTuple):
    """One of the articles."""

    name: str
    language: str
    text: str


ARTICLES = [
    Article(name, article.get("language", "en"), article["text"].strip())
    for file in sorted((Path(__file__).parent / "about").glob("*.toml"))
    for name, article in tomllib.loads(file.read_text(encoding="utf-8")).items()
]


def test_there_are_forty() -> None:
    assert len(ARTICLES) == 40


@pytest.mark.parametrize("article", ARTICLES, ids=[article.name for article in ARTICLES])
def test_an_article_about_such_things_comes_through_whole(article: Article) -> None:
    blocks = [Block(text=text, tag="p") for text in article.text.split("\n\n")]
    tokens = as_tokens(article.text, article.language)

    assert clean_blocks(blocks, metadata=Metadata()).removed == ()
    assert clean_text(article.text, form="text").removed == ()
    assert clean_text(tokens, form="tokens").removed == ()
