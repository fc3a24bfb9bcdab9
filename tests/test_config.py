"""The configuration: what it accepts, what it makes of it, and how it names what is wrong."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scraper.config import (
    Config,
    ExtractConfig,
    FetchConfig,
    OutputConfig,
    RunConfig,
    Section,
    SourceConfig,
)
from scraper.errors import ConfigError

FEED = "https://news.example/feed.xml"


def sources(*tables: dict[str, Any]) -> dict[str, Any]:
    return {"source": list(tables)}


def refused(data: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as caught:
        Config.from_dict(data)
    return str(caught.value)


# ---- reading files -----------------------------------------------------------------------------------


def test_a_toml_file_becomes_a_config(tmp_path: Path) -> None:
    file = tmp_path / "news.toml"
    file.write_text(
        f"""
        [run]
        workers = 0
        [clean]
        keep = ["author_bio"]
        [[source]]
        name = "Example Courier"
        feeds = ["{FEED}"]
        since = 2026-01-01
        """,
        encoding="utf-8",
    )
    config = Config.from_file(file)
    assert config.run.workers == 0
    assert config.clean.keep == ("author_bio",)
    [source] = config.source
    assert (source.name, source.feeds) == ("Example Courier", (FEED,))
    assert source.since == datetime(2026, 1, 1, tzinfo=UTC)


def test_relative_paths_are_taken_from_the_folder_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "addresses.txt").write_text("https://news.example/a\n", encoding="utf-8")
    file = tmp_path / "news.toml"
    file.write_text(
        """
        run.state = "kept/state.db"
        extract.site_rules = "rules"
        output = [{ path = "out" }, { path = "/elsewhere/all.jsonl.gz" }]
        source = [{ urls = "addresses.txt" }]
        """,
        encoding="utf-8",
    )
    config = Config.from_file(file)
    assert config.run.state == str(tmp_path / "kept/state.db")
    assert config.extract.site_rules == str(tmp_path / "rules")
    assert [output.path for output in config.output] == [str(tmp_path / "out"), "/elsewhere/all.jsonl.gz"]
    assert config.source[0].urls == str(tmp_path / "addresses.txt")


def test_an_output_is_remembered_by_its_path_as_written_so_that_the_folder_can_be_moved(
    tmp_path: Path,
) -> None:
    assert Config.from_dict({}, base=tmp_path).output[0].name == "articles"


def test_a_path_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    with pytest.raises(ConfigError, match=r"missing\.toml: cannot be read: No such file"):
        Config.from_file(missing)
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        Config.from_file(str(tmp_path))


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "news.toml"
    file.write_bytes(b"\xef\xbb\xbf[run]\nworkers = 3\n")
    assert Config.from_file(file).run.workers == 3


@pytest.mark.parametrize("content", [b"[run", b'run = "\xff"'])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "broken.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"broken\.toml: not valid TOML"):
        Config.from_file(file)


def test_an_error_in_a_file_names_file_and_key(tmp_path: Path) -> None:
    file = tmp_path / "news.toml"
    file.write_text("[fetch]\ndelay = 2\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"news\.toml: fetch\.delay: unknown key"):
        Config.from_file(file)


# ---- defaults ----------------------------------------------------------------------------------------


def test_nothing_but_sources_has_to_be_given() -> None:
    config = Config.from_dict({})
    assert config.source == ()
    assert config.run == RunConfig()
    assert config.fetch == FetchConfig()
    assert config.output == (OutputConfig(path="articles", name="articles"),)


def test_the_defaults_are_polite() -> None:
    fetch = FetchConfig()
    assert fetch.delay_s >= 1
    assert fetch.verify_tls
    assert fetch.proxy is None
    assert "{contact}" in fetch.user_agent


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ({"feeds": [FEED]}, "news.example"),
        ({"site": "http://Site.Example:8080/", "feeds": [FEED]}, "site.example"),
        ({"sections": ["https://section.example/politics"]}, "section.example"),
        ({"urls": ["https://list.example/a", "https://other.example/b"]}, "list.example"),
        ({"urls": ["http://[broken", "https://other.example/b"]}, "http://[broken"),
        ({"feeds": [FEED], "name": "Courier"}, "Courier"),
    ],
)
def test_a_source_without_name_is_called_after_its_first_address(table: dict[str, Any], name: str) -> None:
    assert Config.from_dict(sources(table)).source[0].name == name


def test_a_config_is_immutable() -> None:
    with pytest.raises(AttributeError):
        Config().run = RunConfig()  # type: ignore[misc]


def test_a_checked_config_may_be_checked_again() -> None:
    once = Config.from_dict(sources({"feeds": [FEED]}), base=Path("/conf"))
    assert once.checked() == once


# ---- dates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "since"),
    [
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T12:30:00", datetime(2026, 1, 31, 12, 30, tzinfo=UTC)),
        ("2026-01-31T12:30:00+02:00", datetime(2026, 1, 31, 10, 30, tzinfo=UTC)),
        ('"2026-01-31T12:30:00Z"', datetime(2026, 1, 31, 12, 30, tzinfo=UTC)),
    ],
)
def test_since_is_a_date_or_a_time_and_means_utc_without_a_zone(
    tmp_path: Path, written: str, since: datetime
) -> None:
    file = tmp_path / "news.toml"
    file.write_text(f'[[source]]\nfeeds = ["{FEED}"]\nsince = {written}\n', encoding="utf-8")
    found = Config.from_file(file).source[0].since
    assert found == since
    assert found.tzinfo == UTC


def test_a_time_given_in_python_is_turned_into_utc_too() -> None:
    east = timezone(timedelta(hours=3))
    naive = SourceConfig(feeds=(FEED,), since=datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test
    aware = SourceConfig(name="2", feeds=(FEED,), since=datetime(2026, 1, 1, 3, tzinfo=east))
    checked = Config(source=(naive, aware)).checked()
    assert [source.since for source in checked.source] == [datetime(2026, 1, 1, tzinfo=UTC)] * 2


# ---- what is refused, by its key ---------------------------------------------------------------------


def sections() -> list[tuple[str, type[Section]]]:
    named = [(field.encode_name, field.type) for field in msgspec.structs.fields(Config)]
    return [(name, kind) for name, kind in named if isinstance(kind, type) and issubclass(kind, Section)]


@pytest.mark.parametrize("section", [name for name, _ in sections()])
def test_an_unknown_key_is_an_error_with_its_path(section: str) -> None:
    assert refused({section: {"nonsense": 1}}) == f"{section}.nonsense: unknown key"


def test_unknown_keys_at_the_top_and_in_lists_are_errors_with_their_path() -> None:
    assert refused({"nonsense": []}) == "nonsense: unknown key"
    assert refused(sources({"feeds": [FEED]}, {"colour": 1})) == "source[1].colour: unknown key"
    assert refused({"output": [{"path": "out", "nonsense": "csv"}]}) == "output[0].nonsense: unknown key"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"sources": []}, "sources: unknown key; did you mean `source`?"),
        ({"fetch": {"dealy_s": 2}}, "fetch.dealy_s: unknown key; did you mean `delay_s`?"),
        (sources({"feeds": [FEED]}, {"feed": FEED}), "source[1].feed: unknown key; did you mean `feeds`?"),
    ],
)
def test_a_misspelt_key_is_told_with_the_one_that_is_meant(data: dict[str, Any], told: str) -> None:
    assert refused(data) == told


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (sources({"feeds": FEED}), "source[0].feeds: must be a list, not text"),
        ({"source": {"feeds": [FEED]}}, "source: must be a list, not a table"),
        ({"run": {"workers": "two"}}, "run.workers: must be a whole number, not text"),
        ({"run": {"workers": 1.5}}, "run.workers: must be a whole number, not a fraction"),
        ({"fetch": {"http2": "yes"}}, "fetch.http2: must be true or false, not text"),
        ({"clean": {"keep": [3]}}, "clean.keep[0]: must be text, not a number"),
        ({"output": [{}]}, "output[0].path: is missing"),
        ({"run": {"engine": "spark"}}, "run.engine: 'spark' is none of local, ray"),
        (
            {"output": [{"path": "a", "partition": "day"}]},
            "output[0].partition: 'day' is none of date, source",
        ),
        (
            sources({"feeds": [FEED], "since": "yesterday"}),
            "source[0].since: must be a date or a time, such as 2026-01-31 or 2026-01-31T18:00:00Z",
        ),
    ],
)
def test_a_wrong_value_is_told_in_the_words_of_toml(data: dict[str, Any], told: str) -> None:
    assert refused(data) == told


@pytest.mark.parametrize("state", [".", "..", "sub", "sub/"])
def test_a_state_that_is_a_folder_is_refused(tmp_path: Path, state: str) -> None:
    (tmp_path / "sub").mkdir()
    with pytest.raises(ConfigError, match=r"^run\.state: .* is a folder; name a file in it$"):
        Config.from_dict({"run": {"state": state}}, base=tmp_path)


@pytest.mark.parametrize(
    ("section", "key"),
    [(name, field.encode_name) for name, kind in sections() for field in msgspec.structs.fields(kind)],
)
def test_a_value_of_a_wrong_type_is_an_error_with_its_path(section: str, key: str) -> None:
    assert refused({section: {key: {"a": "table"}}}).startswith(f"{section}.{key}: must be ")


@pytest.mark.parametrize("key", [field.encode_name for field in msgspec.structs.fields(SourceConfig)])
def test_a_value_of_a_wrong_type_in_a_source_is_an_error_with_its_path(key: str) -> None:
    assert refused(sources({key: {"a": "table"}})).startswith(f"source[0].{key}: must be ")


@pytest.mark.parametrize(
    ("section", "key"),
    [
        (name, field.encode_name)
        for name, kind in sections()
        for field in msgspec.structs.fields(kind)
        if field.type in (int, float, int | None, float | None)
    ],
)
def test_no_number_may_be_negative(section: str, key: str) -> None:
    assert refused({section: {key: -1}}).startswith(f"{section}.{key}: -1 is too small; it must be ")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"run": {"page_timeout_s": 0}}, "run.page_timeout_s: 0 is too small; it must be more than 0"),
        ({"fetch": {"concurrency": 0}}, "fetch.concurrency: 0 is too small; it must be more than 0"),
        ({"fetch": {"delay_s": -3.0}}, "fetch.delay_s: -3 is too small; it must be 0 or more"),
        ({"fetch": {"delay_s": float("nan")}}, "fetch.delay_s: not a number"),
        (
            {"health": {"max_error_rate": 20}},
            "health.max_error_rate: 20 is too large; it is a share between 0 and 1",
        ),
        (
            sources({"feeds": [FEED], "max_articles": 0}),
            "source[0].max_articles: 0 is too small; it must be more than 0",
        ),
    ],
)
def test_numbers_without_sense_are_refused(data: dict[str, Any], message: str) -> None:
    assert refused(data) == message


def test_zero_is_a_choice_where_it_means_something() -> None:
    config = Config.from_dict(
        {
            "run": {"workers": 0, "grace_s": 0},
            "fetch": {"delay_s": 0, "retries": 0, "max_redirects": 0, "backoff_s": 0, "revisit_s": 0},
            "health": {"max_error_rate": 0, "max_failed_sources": 0, "min_articles": 0},
        }
    )
    assert config.run.workers == 0
    assert config.health.max_error_rate == 0


@pytest.mark.parametrize("key", ["site", "feeds", "sitemaps", "sections"])
@pytest.mark.parametrize(
    "address",
    ["news.example/feed", "ftp://news.example/feed", "https://", "http://[::1/feed", "", "file:///etc"],
)
def test_an_address_that_cannot_be_asked_is_refused(key: str, address: str) -> None:
    table = {"feeds": [FEED]} | {key: address if key == "site" else [FEED, address]}
    path = "site" if key == "site" else f"{key}[1]"
    assert refused(sources(table)) == f"source[0].{path}: {address!r} is not an http or https address"


@pytest.mark.parametrize("key", ["include", "exclude"])
def test_a_pattern_that_is_no_regular_expression_is_refused(key: str) -> None:
    message = refused(sources({"feeds": [FEED], key: ["/fine/", "/(unclosed"]}))
    assert message.startswith(f"source[0].{key}[1]: not a regular expression: '/(unclosed'")


def test_a_source_needs_something_to_read() -> None:
    assert refused(sources({"name": "Empty"})) == (
        "source[0]: needs one of site, feeds, sitemaps, sections, urls"
    )


def test_a_list_of_addresses_in_a_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^source\[0\]\.urls: no such file: .*list\.txt$"):
        Config.from_dict(sources({"urls": "list.txt"}), base=tmp_path)


def test_a_choice_that_does_not_exist_is_refused() -> None:
    assert refused({"extract": {"paywall": "climb"}}).startswith(
        "extract.paywall: 'climb' is none of drop, emit"
    )
    assert ExtractConfig().paywall == "drop"


def test_two_sources_of_one_name_are_refused() -> None:
    same_host = {"feeds": ["https://news.example/other.xml"]}
    assert refused(sources({"feeds": [FEED]}, same_host)) == (
        "source[1]: the name 'news.example' is used twice; give each one its own `name`"
    )
    assert len(Config.from_dict(sources({"feeds": [FEED]}, same_host | {"name": "Second"})).source) == 2


def test_two_outputs_of_one_name_or_in_one_folder_are_refused() -> None:
    assert "the name 'a' is used twice" in refused({"output": [{"path": "a"}, {"path": "b", "name": "a"}]})
    assert refused({"output": [{"path": "a", "name": "1"}, {"path": "x/../a/", "name": "2"}]}) == (
        "output[1]: the path 'a' is used twice; give each one its own `path`"
    )


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"fetch": {"user_agent": "reader {nonsense}"}}, "fetch.user_agent"),
        ({"fetch": {"user_agent": "reader {0}"}}, "fetch.user_agent"),
        ({"fetch": {"user_agent": "reader {"}}, "fetch.user_agent"),
        ({"fetch": {"contact": "büro@news.example"}}, "fetch.contact"),
        ({"fetch": {"contact": "a\r\nX-Other: b"}}, "fetch.contact"),
        ({"fetch": {"proxy": "nonsense"}}, "fetch.proxy"),
        ({"run": {"state": ""}}, "run.state"),
        ({"output": [{"path": ""}]}, "output[0].path"),
        ({"output": [{"path": "a"}, {"path": "articles.xlsx"}]}, "output[1].path"),
        ({"output": [{"path": "articles.json"}]}, "output[0].path"),
    ],
)
def test_a_value_that_would_fail_only_in_the_middle_of_a_run_is_refused(
    data: dict[str, Any], key: str
) -> None:
    assert refused(data).startswith(f"{key}: ")


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ({"path": "a", "format": "xlsx"}, "output[0].format"),
        ({"path": "a.csv", "format": "parquet"}, "output[0].path: 'a.csv' is csv"),
        ({"path": "a", "fields": ["titel"]}, "output[0].fields: no key of the record: titel"),
        ({"path": "a", "fields": ["title", "title"]}, "output[0].fields: a key is named twice"),
        ({"path": "a", "fields": ["title"], "fields_as": "fundus"}, "output[0]: name fields or fields_as"),
        ({"path": "a.db", "fields": ["title"]}, "output[0].fields: a table needs the id"),
        ({"path": "a.db", "fields_as": "fundus"}, "output[0].fields: a table needs the id"),
        ({"path": "a", "format": "text", "fields_as": "fundus"}, "output[0].fields_as: a plain text"),
        ({"path": "a.parquet", "partition": "date"}, "output[0].partition: only a folder"),
        ({"path": "a.db", "table": 'news"; --'}, "output[0].table"),
        ({"path": "state.db"}, "output[0].path: this is the state"),
    ],
)
def test_an_output_that_cannot_be_is_refused(output: dict[str, Any], message: str) -> None:
    assert refused({"output": [output]}).startswith(message)


def test_addresses_stand_as_they_are_and_two_tables_may_lie_in_one_database(tmp_path: Path) -> None:
    outputs: list[dict[str, Any]] = [
        {
            "path": "s3://news/articles",
            "format": "parquet",
            "options": {"endpoint_url": "http://127.0.0.1:9"},
        },
        {"path": "postgresql://db.example/news"},
        {"path": "postgresql://db.example/news", "table": "recent", "name": "recent"},
    ]
    config = Config.from_dict({"output": outputs}, base=tmp_path)
    assert [output.path for output in config.output] == [output["path"] for output in outputs]


def test_a_folder_may_have_a_dot_in_its_name() -> None:
    config = Config.from_dict({"output": [{"path": "articles.v2"}, {"path": "all.jsonl.gz"}]})
    assert [output.path for output in config.output] == ["articles.v2", "all.jsonl.gz"]


def test_a_user_name_in_an_address_is_refused_and_not_told() -> None:
    with pytest.raises(ConfigError, match=r"source\[0\]\.feeds\[0\]: an address with a user name") as refusal:
        Config.from_dict({"source": [{"feeds": ["https://me:secret@news.example/feed"]}]})
    assert "secret" not in str(refusal.value)
