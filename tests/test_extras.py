"""Without the optional parts everything else works, and what needs one names the extra that brings it."""

import json
import re
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pytest

import scraper
from tests.warcs import article, record

LIBRARIES = {
    "parquet": ("pyarrow",),
    "s3": ("s3fs", "aiobotocore", "botocore", "boto3"),
    "postgres": ("psycopg",),
    "hjson": ("hjson",),
    "warc": ("aiohttp", "fastwarc", "fsspec", "warcio"),
    "ray": ("ray",),
    "datatrove": ("datatrove",),
}
"""The modules that each extra brings."""

FOR_DEVELOPERS = {"dev", "train", "bench"}

HEAVY = (
    *("httpx", "httpcore", "trafilatura", "selectolax", "lxml", "feedparser", "ftfy", "charset_normalizer"),
    *(
        "rich.progress",
        "rich.table",
        "rich.markdown",
        "prometheus_client",
        "sqlite3",
        "protego",
        "asyncio",
        "zstandard",
    ),
    *(library for libraries in LIBRARIES.values() for library in libraries),
)
"""What takes long to load, and helps nobody who asks for help."""

HIDING = """
import contextlib, io, json, sys

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

hidden = set(json.loads(sys.argv[1]))
sys.meta_path.insert(0, Hidden())
import scraper
from scraper.cli import run

def called(*arguments):
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(list(arguments))
    out.flush()
    return code, out.buffer.getvalue().decode(), err.getvalue()

results = {}
"""


def probed(folder: Path, hidden: set[str], steps: str) -> dict[str, Any]:
    """What the steps found in a program that cannot import `hidden`."""
    program = HIDING + textwrap.dedent(steps) + "\nsys.__stdout__.write(json.dumps(results))\n"
    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps(sorted(hidden))],
        cwd=folder,
        env={"PYTHONPATH": str(Path(scraper.__file__).parent.parent), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    results: dict[str, Any] = json.loads(done.stdout)
    return results


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a plain installation does: no library of any extra can be imported."""
    folder = tmp_path_factory.mktemp("plain")
    (folder / "pages.warc").write_bytes(record("https://news.example/a", article("Saltmere")))
    (folder / "sitelist.hjson").write_text("{base_urls: []}", encoding="utf-8")
    (folder / "page.html").write_text(article("Saltmere"), encoding="utf-8")
    return probed(
        folder,
        {library for libraries in LIBRARIES.values() for library in libraries},
        """
        from pathlib import Path
        from scraper.demo import DemoSite

        results["help"] = called("--help")
        results["extract"] = called("extract", "page.html", "--text")
        with DemoSite() as site:
            basic = "[run]\\nworkers = 0\\n[fetch]\\ndelay_s = 0\\nallow_private = true\\n"
            basic += f'[[source]]\\nfeeds = ["{site.url}/feed.xml"]\\n'

            def configured(name, more):
                Path(name).write_text(more + basic)
                return name

            results["run"] = called("run", configured("plain.toml", ""), "-q")
            output = '[[output]]\\npath = "%s"\\n'
            steps = {
                "parquet": ("run", configured("parquet.toml", output % "articles.parquet")),
                "s3": ("run", configured("s3.toml", output % "s3://bucket/news")),
                "postgres": ("run", configured("postgres.toml", output % "postgresql://host/news")),
                "warc": ("reprocess", "pages.warc", "-o", "from-warc"),
                "warc, written": ("run", configured("warc.toml", '[archive]\\nwarc = "kept"\\n')),
                "warc, by address": ("reprocess", "https://news.example/a.warc.gz", "-o", "from-warc"),
                "parquet, exported": ("export", "-o", "articles.parquet"),
                "parquet, extracted": ("extract", "page.html", "-o", "articles.parquet"),
                "hjson": ("init", "-", "--from", "sitelist.hjson"),
                "ray": ("run", "plain.toml", "--engine", "ray"),
            }
            for name, arguments in steps.items():
                results[name] = called(*arguments)
            results["doctor"] = called("doctor", "parquet.toml")
        try:
            import scraper.datatrove
        except scraper.ScraperError as error:
            results["datatrove"] = [type(error).__name__, str(error)]
        """,
    )


def test_every_extra_is_looked_at() -> None:
    pyproject = Path(__file__).parent.parent / "pyproject.toml"
    table = pyproject.read_text(encoding="utf-8").partition("[project.optional-dependencies]")[2]
    extras = set(re.findall(r"^(\w+) = \[", table.partition("\n[")[0], re.MULTILINE))
    assert extras == LIBRARIES.keys() | FOR_DEVELOPERS


@pytest.mark.parametrize("what", ["help", "extract", "run"])
def test_a_plain_installation_does_what_needs_no_extra(plain: dict[str, Any], what: str) -> None:
    code, out, err = plain[what]
    assert code == 0, err
    assert err == ""
    assert bool(out) == (what != "run")


@pytest.mark.parametrize(
    ("what", "extra"),
    [
        *(("parquet", "parquet"), ("parquet, exported", "parquet"), ("parquet, extracted", "parquet")),
        *(("s3", "s3"), ("postgres", "postgres"), ("hjson", "hjson"), ("ray", "ray")),
        *(("warc", "warc"), ("warc, written", "warc"), ("warc, by address", "warc")),
    ],
)
def test_what_needs_an_extra_names_it(plain: dict[str, Any], what: str, extra: str) -> None:
    code, out, err = plain[what]
    assert (code, out) == (2, ""), err
    assert f"pip install '.[{extra}]'" in err
    assert err.count("scraper: ") == 1


def test_the_doctor_names_the_extra_that_a_configuration_needs(plain: dict[str, Any]) -> None:
    code, out, _ = plain["doctor"]
    assert code == 1
    assert "pip install '.[parquet]'" in out


def test_a_module_that_needs_an_extra_names_it(plain: dict[str, Any]) -> None:
    kind, told = plain["datatrove"]
    assert kind == "ConfigError"
    assert "pip install '.[datatrove]'" in told


def test_an_address_names_the_extra_where_only_its_own_library_is_missing(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    pytest.importorskip("fastwarc")
    found = probed(
        tmp_path,
        {"aiohttp", "s3fs"},
        """
        results["http"] = called("reprocess", "http://127.0.0.1:9/a.warc.gz", "-o", "out")
        results["s3"] = called("reprocess", "s3://bucket/a.warc.gz", "-o", "out")
        """,
    )
    for name, extra in (("http", "warc"), ("s3", "s3")):
        code, _, err = found[name]
        assert code == 2, err
        assert f"pip install '.[{extra}]'" in err


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    found = probed(
        tmp_path,
        set(),
        """
        for arguments in (["--version"], ["--help"], ["run", "--help"], ["reprocess", "--help"]):
            assert called(*arguments)[0] == 0
        results["loaded"] = sorted(sys.modules)
        """,
    )
    assert set(found["loaded"]) & set(HEAVY) == set()


def test_what_cannot_begin_for_want_of_an_extra_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(b"")
    found = probed(
        tmp_path,
        set(LIBRARIES["warc"]),
        'results["ended"] = called("reprocess", "a.warc", "-o", "articles", "-s", "state.db")',
    )
    code, _, err = found["ended"]
    assert code == 2
    assert (
        err
        == "scraper: to read WARC files needs fastwarc: pip install '.[warc]' in your clone of the program\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["a.warc"]


def test_the_readme_names_every_extra() -> None:
    root = Path(__file__).parent.parent
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    rows = re.findall(r"(?m)^\| (`\w+`(?:, `\w+`)*) \|", (root / "README.md").read_text(encoding="utf-8"))
    named = {name.strip("`") for row in rows for name in row.split(", ")}
    assert named == set(project["optional-dependencies"]) - {"dev"}
