"""What leaves the text but not the record: captions and credits go to pictures, bylines to authors."""

import pytest

from scraper.moved import pictured, signed
from scraper.page import extract_article
from scraper.records import Article, Block, Image, Metadata, Removal

PARAGRAPHS = """\
The council voted on Tuesday to rebuild the old ferry pier, which it had put off twice since the storm of \
2019 took the outer end of it away, and to ask the county for a third of what the work will cost.
The work is to begin in the spring and to take two years, the harbour master told the meeting, during \
which the ferries will call at the fish quay, where there is room for one of them at a time.
Nobody spoke against the plan, although some of those who live beside the quay asked that engines be \
turned off while the ferries wait, and were told that the company had promised as much already.""".split("\n")


def caption(text: str, offset: int = 0, rule: str = "place.caption") -> Removal:
    return Removal(rule=rule, kind="caption", text=text, offset=offset)


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("The pier in 1931. Photo: Tom Okafor", ("The pier in 1931.", "Photo: Tom Okafor")),
        ("The pier (Reuters)", ("The pier", "Reuters")),
        ("The old pier | © Ines Calder", ("The old pier", "© Ines Calder")),
        ("A photo of the source of the river", ("A photo of the source of the river", None)),
        ("Foto: dpa", (None, "Foto: dpa")),
    ],
)
def test_what_is_alone_goes_to_the_only_picture_without_caption(
    text: str, moved: tuple[str | None, str | None]
) -> None:
    pictures = (Image(url="https://x.example/a.jpg", caption="Another"), Image(url="https://x.example/b.jpg"))

    _, picture = pictured(pictures, None, [caption(text)])

    assert (picture.caption, picture.credit) == moved


def test_a_credit_goes_to_the_picture_of_the_caption_before_it() -> None:
    pictures = (
        Image(url="https://x.example/a.jpg", caption="The harbour"),
        Image(url="https://x.example/b.jpg", caption="The pier in 1931"),
    )
    credit = caption("Photo: Tom Okafor", offset=18, rule="en.caption: photo <1-12>")

    _, picture = pictured(pictures, None, [caption("The pier in 1931."), credit])

    assert picture.credit == "Photo: Tom Okafor"


def test_a_page_that_names_only_its_main_picture_has_the_caption_with_it() -> None:
    main = "https://x.example/main.jpg"

    assert pictured((), main, [caption("The pier")]) == (Image(url=main, caption="The pier"),)


def test_nothing_is_guessed_where_two_pictures_could_be_meant() -> None:
    pictures = (Image(url="https://x.example/a.jpg"), Image(url="https://x.example/b.jpg"))

    assert pictured(pictures, None, [caption("The pier")]) == pictures


def test_words_of_a_viewer_are_no_caption() -> None:
    pictures = (Image(url="https://x.example/a.jpg"),)

    assert pictured(pictures, None, [caption("Enlarge image", rule="en.caption: enlarge")]) == pictures


@pytest.mark.parametrize(
    ("declared", "text", "names"),
    [
        ((), "By Tom Okafor and Ines Calder", ("Tom Okafor", "Ines Calder")),
        (("Ada Brook",), "By Tom Okafor", ("Ada Brook",)),
        ((), "By staff reporters", ()),
    ],
)
def test_a_byline_names_the_authors_where_the_page_declares_none(
    declared: tuple[str, ...], text: str, names: tuple[str, ...]
) -> None:
    blocks = [Block(text=text, tag="p"), *(Block(text=item, tag="p") for item in PARAGRAPHS)]
    removed = [Removal(rule="en.byline: by", kind="byline", text=text, offset=0)]

    assert signed(Metadata(authors=declared), blocks, removed, "https://x.example/") == names


def test_an_article_loses_the_byline_and_the_caption_from_its_text_and_has_them_in_its_record() -> None:
    page = f"""<html lang="en"><head><title>Pier to be rebuilt</title>
    <meta property="og:image" content="https://x.example/pier.jpg"></head><body><article>
    <h1>Pier to be rebuilt</h1><p>By Tom Okafor and Ines Calder</p>
    <p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>
    <figure><img src="/quay.jpg"><figcaption>The fish quay at dawn. Photo: Ada Brook</figcaption></figure>
    <p>{PARAGRAPHS[2]}</p></article></body></html>"""

    article = extract_article(page, "https://x.example/pier")

    assert isinstance(article, Article)
    assert article.text == "\n\n".join(PARAGRAPHS)
    assert article.authors == ("Tom Okafor", "Ines Calder")
    (picture,) = article.images
    assert (picture.caption, picture.credit) == ("The fish quay at dawn.", "Photo: Ada Brook")
