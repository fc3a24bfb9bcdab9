"""What a path or an address means as an output."""

import pytest

from scraper.errors import ConfigError
from scraper.formats import ENDINGS, Medium, Target, target_of


@pytest.mark.parametrize(("ending", "kind"), ENDINGS.items())
def test_an_ending_tells_the_format_in_any_case(ending: str, kind: str) -> None:
    for path in (f"all{ending}", f"ALL{ending.upper()}", f"a.b/all.v2{ending}"):
        assert target_of(path).format == kind
        assert target_of(path).medium in {Medium.FILE, Medium.TABLE}


@pytest.mark.parametrize(
    ("path", "wanted", "target"),
    [
        ("articles", None, Target(medium=Medium.FOLDER, format="jsonl", remote=False)),
        ("articles", "parquet", Target(medium=Medium.FOLDER, format="parquet", remote=False)),
        ("articles.v2", None, Target(medium=Medium.FOLDER, format="jsonl", remote=False)),
        ("clean-1.0", None, Target(medium=Medium.FOLDER, format="jsonl", remote=False)),
        ("news.example", None, Target(medium=Medium.FOLDER, format="jsonl", remote=False)),
        ("all.json/", None, Target(medium=Medium.FOLDER, format="jsonl", remote=False)),
        ("all.parquet/", None, Target(medium=Medium.FOLDER, format="jsonl", remote=False)),
        ("articles.v2", "csv.zst", Target(medium=Medium.FOLDER, format="csv.zst", remote=False)),
        ("texts", "text", Target(medium=Medium.TEXTS, format="text", remote=False)),
        ("s3://b/news", None, Target(medium=Medium.FOLDER, format="jsonl", remote=True)),
        ("s3://b/news.parquet", None, Target(medium=Medium.FILE, format="parquet", remote=True)),
        ("s3://b/texts", "text", Target(medium=Medium.TEXTS, format="text", remote=True)),
        ("postgresql://h/news", None, Target(medium=Medium.TABLE, format="postgresql", remote=True)),
        ("postgres:///news.db", None, Target(medium=Medium.TABLE, format="postgresql", remote=True)),
        ("news.db", "sqlite", Target(medium=Medium.TABLE, format="sqlite", remote=False)),
        ("news", "sqlite", Target(medium=Medium.TABLE, format="sqlite", remote=False)),
    ],
)
def test_what_a_path_means(path: str, wanted: object, target: Target) -> None:
    assert target_of(path, wanted) == target  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "wanted", "message"),
    [
        ("", None, "names no folder or file"),
        ("all.json", None, "unknown format"),
        ("all.txt", "text", "unknown format"),
        ("ALL.PDF", None, "or a folder, with a / behind it"),
        ("all.csv", "parquet", "'all.csv' is csv, not parquet"),
        ("all.jsonl.gz", "jsonl", "is jsonl.gz, not jsonl"),
        ("news", "postgresql", "is named by postgresql://"),
        ("s3://b/news.db", None, "on this machine only"),
        ("postgresql://me:secret@h/news", None, "an address with a password is not used"),
        ("postgresql://h/news?password=secret", None, "an address with a password is not used"),
    ],
)
def test_what_cannot_be_is_refused_and_no_password_is_told(path: str, wanted: object, message: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        target_of(path, wanted)  # type: ignore[arg-type]
    assert message in str(refusal.value)
    assert "secret" not in str(refusal.value)
