"""The records: immutable, portable between processes, and named as users are promised."""

import pickle
from datetime import UTC, datetime
from types import UnionType
from typing import Any, get_args, get_origin

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scraper
from scraper import records
from scraper.records import DEFERRED_REASONS, Article, Drop, PageKind, Reason, Record, Stage

RECORDS = [
    kind
    for kind in vars(records).values()
    if isinstance(kind, type) and issubclass(kind, Record) and kind is not Record
]
LEAVES: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(codec="utf-8"), max_size=20),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    datetime: st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type."""
    parts = get_args(kind)
    if get_origin(kind) is UnionType:
        return st.one_of([values(part) for part in parts])
    if get_origin(kind) is dict:
        return st.dictionaries(*map(values, parts), max_size=2)
    if get_origin(kind) is tuple and parts[-1] is Ellipsis:
        return st.lists(values(parts[0]), max_size=2).map(tuple)
    if get_origin(kind) is tuple:
        return st.tuples(*map(values, parts))
    if isinstance(kind, type) and issubclass(kind, Record):
        return instances(kind)
    return LEAVES[kind] if kind in LEAVES else st.from_type(kind)


def instances(kind: type[Record]) -> st.SearchStrategy[Record]:
    """Any instance of a record."""
    return st.builds(kind, **{field.name: values(field.type) for field in msgspec.structs.fields(kind)})


@pytest.mark.parametrize("kind", RECORDS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_record_comes_back_from_pickle_messagepack_and_json(
    kind: type[Record], data: st.DataObject
) -> None:
    record = data.draw(instances(kind))
    assert pickle.loads(pickle.dumps(record)) == record  # noqa: S301 - our own
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(record), type=kind) == record
    assert msgspec.json.decode(msgspec.json.encode(record), type=kind) == record


@pytest.mark.parametrize("kind", RECORDS)
@settings(max_examples=1, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_record_is_immutable_and_has_no_room_for_more(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(instances(kind))
    with pytest.raises(AttributeError):
        setattr(record, msgspec.structs.fields(kind)[0].name, None)
    assert not hasattr(record, "__dict__")


@pytest.mark.parametrize("kind", RECORDS)
def test_a_record_is_built_by_names_only(kind: type[Record]) -> None:
    with pytest.raises(TypeError):
        kind("a value without a name")


def test_sequences_are_tuples() -> None:
    kinds = {get_origin(field.type) for kind in RECORDS for field in msgspec.structs.fields(kind)}
    assert list not in kinds
    assert set not in kinds


def test_times_are_written_as_rfc_3339_in_utc_and_unknown_fields_as_null() -> None:
    article = Article(
        id="0",
        url="https://news.example/a",
        requested_url="https://news.example/a",
        hostname="news.example",
        text="",
        paragraphs=(),
        date_crawled=datetime(2026, 3, 1, 12, tzinfo=UTC),
        word_count=0,
        content_hash="",
        fingerprint="",
        method="",
        confidence=0,
    )
    written = msgspec.json.decode(msgspec.json.encode(article))
    assert written["date_crawled"] == "2026-03-01T12:00:00Z"
    assert written["date_published"] is None
    assert list(written) == [field.name for field in msgspec.structs.fields(Article)]


# ---- enumerations ------------------------------------------------------------------------------------


def test_each_page_kind_but_articles_is_a_reason() -> None:
    articles = {PageKind.ARTICLE, PageKind.LIVE_BLOG}
    assert {kind.value for kind in PageKind} & {reason.value for reason in Reason} == {
        kind.value for kind in PageKind if kind not in articles
    }


@pytest.mark.parametrize("reason", Reason)
def test_a_drop_is_final_or_deferred_by_its_reason(reason: Reason) -> None:
    drop = Drop(url="https://news.example/a", stage=Stage.FETCH, reason=reason)
    assert drop.deferred is (reason in DEFERRED_REASONS)


def test_deferred_is_what_may_pass() -> None:
    assert {
        Reason.SERVER_ERROR,
        Reason.RATE_LIMITED,
        Reason.TIMEOUT,
        Reason.CONNECTION_FAILED,
        Reason.STOPPED,
        Reason.OVER_LIMIT,
    } <= DEFERRED_REASONS
    assert not {Reason.NOT_FOUND, Reason.GAVE_UP, Reason.DUPLICATE_TEXT, Reason.EXCLUDED} & DEFERRED_REASONS


@pytest.mark.parametrize("kind", [Stage, PageKind, Reason, records.SourceType, records.Outcome])
def test_names_and_values_of_an_enumeration_agree(kind: Any) -> None:
    assert all(member.value == member.name.lower() for member in kind)


# ---- the public names --------------------------------------------------------------------------------


def test_the_public_names_are_exactly_these() -> None:
    assert scraper.__all__ == [
        "Article",
        "Config",
        "Drop",
        "ScraperError",
        "clean_text",
        "extract_article",
        "run_batch",
    ]


@pytest.mark.parametrize("name", scraper.__all__)
def test_each_public_name_is_there_and_documented(name: str) -> None:
    assert getattr(scraper, name).__doc__
    assert name in dir(scraper)


def test_any_other_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Scraper'"):
        _ = scraper.Scraper
