"""Records as other programs have them: their keys, in their order, with values of their kinds."""

import io
import json
from typing import Any

import pytest

from scraper.outputs import Shape, encoder
from scraper.outputs.others import OTHERS
from scraper.records import Image, Paragraph
from tests.outputs.making import records
from tests.outputs.reading import csv_cells
from tests.store.making import HOUR, MORNING, article

FULL = article(
    "ferry",
    canonical_url="https://news.example/ferry",
    sitename="The Courier",
    title="Ferry returns",
    description="It is back.",
    text="The ferry is back.\n\nWhy\n\nIt was mended.",
    paragraphs=(
        Paragraph(type="p", text="The ferry is back."),
        Paragraph(type="h2", text="Why"),
        Paragraph(type="p", text="It was mended."),
    ),
    authors=("Ada Marsh", "Bo Reed"),
    language="en",
    date_published=MORNING,
    date_modified=MORNING + HOUR,
    section="Islands",
    categories=("Islands", "Ships"),
    tags=("ferry", "sea"),
    image="https://news.example/a.jpg",
    images=(Image(url="https://news.example/a.jpg", caption="The ferry", credit="Cy Dunn", alt="A ship"),),
)


def as_(name: str, made: Any = FULL) -> dict[str, Any]:
    file = io.BytesIO()
    encoder("jsonl", Shape.of(fields_as=name)).write(file, records(made))
    found: dict[str, Any] = json.loads(file.getvalue())
    return found


def test_trafilatura() -> None:
    assert as_("trafilatura") == {
        "title": "Ferry returns",
        "author": "Ada Marsh; Bo Reed",
        "hostname": "news.example",
        "date": "2026-03-01",
        "fingerprint": "00000000000000ff",
        "id": "id of ferry",
        "license": None,
        "comments": "",
        "raw_text": "The ferry is back. Why It was mended.",
        "text": "The ferry is back.\nWhy\nIt was mended.",
        "language": "en",
        "image": "https://news.example/a.jpg",
        "pagetype": None,
        "filedate": "2026-03-01",
        "source": "https://news.example/ferry",
        "source-hostname": "The Courier",
        "excerpt": "It is back.",
        "categories": "Islands;Ships",
        "tags": "ferry;sea",
    }


def test_trafilatura_has_these_keys_in_this_order() -> None:
    trafilatura = pytest.importorskip("trafilatura")
    paragraph = (
        "The ferry that links the islands returned to service on Monday after four months of repairs. "
    )
    page = (
        f"<html><body><article><h1>Ferry returns</h1><p>{paragraph * 3}</p><p>{paragraph * 2}</p></article>"
    )
    written = trafilatura.extract(page, output_format="json", with_metadata=True)
    assert list(json.loads(written)) == [key for key, *_ in OTHERS["trafilatura"]]


def test_newspaper_has_these_keys_in_this_order() -> None:
    settings = pytest.importorskip("newspaper.settings", exc_type=ImportError)
    assert settings.article_json_fields == [key for key, *_ in OTHERS["newspaper"]]


def test_fundus() -> None:
    assert as_("fundus") == {
        "title": "Ferry returns",
        "body": {
            "summary": ["It is back."],
            "sections": [
                {"headline": [], "paragraphs": ["The ferry is back."]},
                {"headline": ["Why"], "paragraphs": ["It was mended."]},
            ],
        },
        "plaintext": FULL.text,
        "authors": ["Ada Marsh", "Bo Reed"],
        "publishing_date": "2026-03-01 06:00:00+00:00",
        "topics": ["ferry", "sea"],
        "free_access": True,
        "images": [
            {
                "versions": [
                    {"url": "https://news.example/a.jpg", "query_width": None, "size": None, "type": None}
                ],
                "is_cover": True,
                "description": "A ship",
                "caption": "The ferry",
                "authors": ["Cy Dunn"],
                "position": 0,
            }
        ],
        "lang": "en",
    }


def test_news_please() -> None:
    found = as_("news-please")
    assert list(found) == (
        "authors date_download date_modify date_publish description filename image_url language "
        "localpath maintext source_domain text title title_page title_rss url"
    ).split(" ")
    assert found["date_publish"] == "2026-03-01 06:00:00+00:00"
    assert found["filename"] == "https%3A%2F%2Fnews.example%2Fferry.json"
    assert found["source_domain"] == "news.example"
    assert found["maintext"] == FULL.text


def test_newspaper() -> None:
    found = as_("newspaper")
    assert found["publish_date"] == "2026-03-01T06:00:00+00:00"
    assert found["top_image"] == "https://news.example/a.jpg"
    assert found["images"] == ["https://news.example/a.jpg"]
    assert found["canonical_link"] == "https://news.example/ferry"
    assert found["movies"] == []


def test_schema_org() -> None:
    found = as_("schema.org")
    assert (found["@context"], found["@type"]) == ("https://schema.org", "NewsArticle")
    assert found["headline"] == "Ferry returns"
    assert found["author"] == [
        {"@type": "Person", "name": "Ada Marsh"},
        {"@type": "Person", "name": "Bo Reed"},
    ]
    assert found["publisher"] == {"@type": "Organization", "name": "The Courier"}
    assert found["datePublished"] == "2026-03-01T06:00:00Z"
    assert found["image"] == [
        {
            "@type": "ImageObject",
            "url": "https://news.example/a.jpg",
            "caption": "The ferry",
            "creditText": "Cy Dunn",
        }
    ]


@pytest.mark.parametrize("name", OTHERS)
def test_an_article_of_which_little_is_known_is_written_too(name: str) -> None:
    assert len(as_(name, article("bare"))) == len(OTHERS[name])


@pytest.mark.parametrize("name", OTHERS)
def test_what_others_have_goes_into_csv_and_parquet_as_well(name: str) -> None:
    shape, made = Shape.of(fields_as=name), records(FULL, article("bare"))
    file = io.BytesIO()
    encoder("csv", shape).write(file, made)
    assert [len(row) for row in csv_cells(file.getvalue())] == [len(OTHERS[name])] * 3
    pytest.importorskip("pyarrow")
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    file = io.BytesIO()
    encoder("parquet", shape).write(file, made)
    table = parquet.read_table(file)
    assert table.column_names == shape.names()
    assert table.num_rows == 2
