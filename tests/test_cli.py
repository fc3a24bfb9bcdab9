"""The command line: every verb helps, works, and ends with the code that it promises."""

import gzip
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scraper.cli import EPILOG, app, run
from scraper.config import Config
from scraper.demo import DemoSite
from scraper.demo.site import ARTICLE
from scraper.store import locked

VERBS = [
    "run",
    "demo",
    "init",
    "doctor",
    "discover",
    "fetch",
    "extract",
    "clean",
    "explain",
    "report",
    "status",
    "export",
    "reprocess",
    "schema",
    "manual",
]

PARAGRAPH = (
    "The council met on Tuesday to discuss the repair of the sea wall, which was damaged in the storms of "
    "last winter and has been closed to walkers since February, and agreed to start the work in the spring."
)
PAGE = f"""<html lang="en"><head><title>Council agrees to mend the sea wall</title>
<link rel="canonical" href="https://courier.example/2026/11/sea-wall"></head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Council agrees to mend the sea wall</h1><p>{PARAGRAPH}</p>
<div class="newsletter"><p>Please verify you're not a robot by clicking the box.</p></div>
<p>{PARAGRAPH.replace("sea wall", "harbour light").replace("Tuesday", "Monday")}</p></article>
<footer>Copyright</footer></body></html>"""


@pytest.fixture
def toml(site: DemoSite, tmp_path: Path) -> Path:
    path = tmp_path / "news.toml"
    path.write_text(
        "[run]\nworkers = 0\n[fetch]\ndelay_s = 0\nallow_private = true\n"
        f'[[source]]\nname = "courier"\nfeeds = ["{site.url}/feed.xml"]\n'
        f'sitemaps = ["{site.url}/sitemap.xml"]\n',
        encoding="utf-8",
    )
    return path


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_the_verbs_are_the_promised_ones() -> None:
    assert sorted(
        command.callback.__name__ for command in app.registered_commands if command.callback
    ) == sorted(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([verb, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"scraper {verb}" in shown.split("Example:")[1]


def test_help_documents_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert " ".join(EPILOG.split("\n\n")[0].split()) in shown


def test_run_publishes_and_ends_with_0(toml: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", str(toml)]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    events = [json.loads(line) for line in captured.err.splitlines()]
    assert events[0]["event"] == "run_started"
    assert events[-1]["event"] == "run_ended"
    assert len({event["run_id"] for event in events}) == 1
    assert list((toml.parent / "articles").glob("part-*.jsonl"))


def test_run_writes_to_the_output_that_is_named(toml: Path, tmp_path: Path) -> None:
    assert run(["run", str(toml), "-q", "-o", str(tmp_path / "all.jsonl.gz")]) == 0
    lines = gzip.decompress((tmp_path / "all.jsonl.gz").read_bytes()).splitlines()
    assert len(lines) == 7


def test_a_missed_threshold_ends_with_1(toml: Path) -> None:
    toml.write_text(toml.read_text(encoding="utf-8") + "[health]\nmin_articles = 99\n", encoding="utf-8")
    assert run(["run", str(toml), "-q"]) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("[[source]]\nfeed = ['https://x.example/f']\n", "source[0].feed: unknown key"),
        ("[run]\nworkers = 'two'\n", "run.workers"),
        ("not toml", "not valid TOML"),
        ("", "add a [[source]]"),
    ],
)
def test_a_configuration_that_cannot_be_used_ends_with_2_and_names_the_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, told: str
) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(content, encoding="utf-8")
    assert run(["run", str(path)]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["run"], ["run", "a", "b"], ["nonsense"], ["run", "--nonsense", "x"]])
def test_wrong_usage_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert capsys.readouterr().err


def test_an_internal_error_ends_with_3(
    toml: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "state.db").write_bytes(b"this is no database, whatever its name says" * 100)
    assert run(["run", str(toml), "-q"]) == 3
    assert "damaged" in capsys.readouterr().err


def test_a_locked_state_ends_with_4(toml: Path, site: DemoSite) -> None:
    with locked(toml.parent / "state.db"):
        assert run(["run", str(toml), "-q"]) == 4
    assert site.requests == []


def test_the_end_of_the_time_budget_ends_with_5(toml: Path) -> None:
    assert run(["run", str(toml), "-q", "--max-runtime", "0.001"]) == 5


def test_sigterm_before_a_run_listens_is_as_good_as_ctrl_c() -> None:
    program = (
        "import os, signal\n"
        "from scraper import config\n"
        "from scraper.cli import main\n"
        "config.Config.from_file = lambda _: os.kill(os.getpid(), signal.SIGTERM)\n"
        "main(['run', 'news.toml'])\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=60
    )
    assert (ended.returncode, ended.stderr) == (5, "scraper: interrupted\n")


def test_init_writes_a_configuration_that_can_be_read_and_never_overwrites(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "news.toml"
    assert run(["init", str(path)]) == 0
    assert Config.from_file(path).source[0].name == "Example Courier"
    assert run(["init", str(path)]) == 2
    assert "exists already" in capsys.readouterr().err


def test_the_starter_shows_every_key_of_the_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "-"]) == 0
    starter = capsys.readouterr().out
    # Rarely touched, and described in the reference.
    left_out = {
        "user_agent",
        "connect_timeout_s",
        "read_timeout_s",
        "max_wire_bytes",
        "max_decoded_bytes",
        "max_redirects",
        "backoff_s",
        "max_retry_after_s",
        "host_failures",
        "http2",
        "verify_tls",
        "worker_memory_mb",
    }
    for section in ("run", "fetch", "extract", "clean", "health"):
        for key in getattr(Config(), section).__struct_fields__:
            assert key in starter or key in left_out, key


def test_what_the_starter_shows_commented_out_is_the_default_or_said_to_be_unset(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["init", "-"]) == 0
    starter = capsys.readouterr().out.partition("# [[source]]\n")[0]
    defaults = Config.from_dict(tomllib.loads(starter))
    section = ""
    shown = 0
    for line in starter.splitlines():
        if heading := re.match(r"\[+(\w+)\]", line):
            section = heading[1]
        elif assignment := re.match(r"# (\w+ = .*?) +# (.*)|# (\w+ = .*)", line):
            assert assignment[2], f"{line}: has no comment"
            [(key, value)] = tomllib.loads(assignment[1]).items()
            found = getattr(defaults, section)
            default = getattr(found[0] if isinstance(found, tuple) else found, key)
            if re.match(r"unset\b", assignment[2]):
                assert default is None or default in ((), {}), line
            else:
                assert value == default, line
            shown += 1
    assert shown > 40


def test_discover_lists_what_would_be_fetched_and_why_not(
    toml: Path, site: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["discover", str(toml)]) == 0
    lines = capsys.readouterr().out.splitlines()
    wanted = [line for line in lines if line.startswith("fetch")]
    assert len(wanted) == len(site.expected) - 1
    assert [line for line in lines if "/private/editors-notes" in line and "robots_denied" in line]
    asked = {path for _, path, _ in site.requests}
    assert asked == {"/feed.xml", "/robots.txt", "/sitemap.xml", "/news-sitemap.xml"}


def test_discover_takes_an_address_and_gives_json(site: DemoSite, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["discover", f"{site.url}/sitemap.xml", "--json", "--allow-private"]) == 0
    steps = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {step["link"]["source_type"] for step in steps if step["fetch"]} == {"news_sitemap"}
    assert {step["url"].removeprefix(site.url) for step in steps} <= set(site.expected)


def test_discover_refuses_an_address_that_is_not_of_the_web(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["discover", "ftp://news.example/"]) == 2
    assert "ftp://news.example/: not an http or https address" in capsys.readouterr().err


def test_discover_knows_what_the_state_has(toml: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["run", str(toml), "-q"])
    capsys.readouterr()
    assert run(["discover", str(toml)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if "known, and nothing announces a change" in line]) >= 7


def test_fetch_prints_articles_and_tells_what_is_none(
    site: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    article = next(path for path, ending in site.expected.items() if ending == ARTICLE)
    assert run(["fetch", site.url + article, "--allow-private"]) == 0
    assert json.loads(capsys.readouterr().out)["url"] == site.url + article
    assert run(["fetch", site.url + "/2026/09/20/regatta-results/", "--allow-private"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "not_found" in captured.err


def test_extract_gives_a_record_or_text(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["extract", str(page)]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["canonical_url"] == "https://courier.example/2026/11/sea-wall"
    assert "robot" not in record["text"]
    assert run(["extract", str(page), "--text"]) == 0
    assert capsys.readouterr().out.startswith("Council agrees to mend the sea wall\n\nThe council met")


def test_extract_reads_a_folder_and_writes_one_file_or_a_folder(page: Path, tmp_path: Path) -> None:
    pages = tmp_path / "pages" / "deep"
    pages.mkdir(parents=True)
    (pages / "one.html").write_bytes(page.read_bytes())
    (pages / "two.html.gz").write_bytes(gzip.compress(page.read_bytes()))
    assert run(["extract", str(tmp_path / "pages"), "-o", str(tmp_path / "all.jsonl")]) == 0
    assert len((tmp_path / "all.jsonl").read_bytes().splitlines()) == 2
    assert run(["extract", str(tmp_path / "pages"), "--text", "-o", str(tmp_path / "texts")]) == 0
    assert sorted(file.name for file in (tmp_path / "texts" / "deep").iterdir()) == [
        "one.html.txt",
        "two.html.txt",
    ]


def test_a_page_that_is_no_article_is_named_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.html").write_bytes(b"")
    assert run(["extract", str(tmp_path / "empty.html")]) == 1
    assert "empty.html: empty" in capsys.readouterr().err


def test_clean_takes_boilerplate_out_of_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "article.txt"
    path.write_text(
        f"{PARAGRAPH}\n\nSign up for our daily newsletter\n\n{PARAGRAPH[:90]}.\n", encoding="utf-8"
    )
    assert run(["clean", str(path), "--removed"]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{PARAGRAPH}\n\n{PARAGRAPH[:90]}.\n"
    assert json.loads(captured.err)["kind"] == "newsletter"


def test_clean_keeps_names_of_a_folder_and_reports_what_is_no_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "good.txt").write_text(PARAGRAPH, encoding="utf-8")
    (folder / "bad.txt").write_bytes(b"\x00\x01\x02")
    assert run(["clean", str(folder), "-o", str(tmp_path / "clean")]) == 1
    assert (tmp_path / "clean" / "good.txt").read_text(encoding="utf-8").strip() == PARAGRAPH
    assert "bad.txt: is not text" in capsys.readouterr().err


def test_an_unknown_kind_to_keep_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(PARAGRAPH, encoding="utf-8")
    assert run(["clean", str(tmp_path / "a.txt"), "--keep", "nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().err


def test_an_input_that_is_not_there_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["extract", "no-such-file.html"]) == 2
    assert "no such file" in capsys.readouterr().err


def test_an_output_of_unknown_format_ends_with_2(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["extract", str(page), "-o", str(page.parent / "out.xlsx")]) == 2
    assert "unknown format" in capsys.readouterr().err


def test_report_and_status_tell_of_the_last_run(toml: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["run", str(toml), "-q"])
    assert run(["report", "-c", str(toml)]) == 0
    shown = capsys.readouterr().out
    assert "courier" in shown
    assert "7 articles" in shown
    assert run(["report", "-c", str(toml), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert run(["report", report["run_id"], "-s", str(toml.parent / "state.db"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == report
    assert run(["status", "-c", str(toml)]) == 0
    assert "Waiting for a later run: 1 challenge" in capsys.readouterr().out
    assert run(["status", "-c", str(toml), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["articles"] == 7


def test_status_names_each_run_on_one_line_of_80_columns(
    toml: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    run(["run", str(toml), "-q"])
    capsys.readouterr()
    run(["status", "-c", str(toml)])
    shown = capsys.readouterr().out
    [name] = re.findall(r"\d{8}T\d{6}Z", shown)
    assert run(["report", name, "-c", str(toml)]) == 0


def test_a_state_that_is_not_there_is_told_and_not_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["status", "-s", str(tmp_path / "none.db")]) == 2
    assert "the first `scraper run` makes it" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_demo_tells_its_story(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "-o", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    for promised in ("First run", "Second run", "paywall_stub", "removed", "kept", "part-*.jsonl", "304"):
        assert promised in shown


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    for number in range(200):
        (tmp_path / f"{number}.txt").write_text(PARAGRAPH * 50, encoding="utf-8")
    command = f"{sys.executable} -m scraper clean {tmp_path} | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        check=False,
        capture_output=True,
        env=os.environ,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr


def test_a_reader_of_discover_that_goes_away_is_no_error(toml: Path) -> None:
    command = f"{sys.executable} -m scraper discover {toml} | true"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], check=False, capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr


def test_a_log_whose_reader_goes_away_does_not_end_the_run(toml: Path) -> None:
    command = f"{sys.executable} -m scraper run {toml} 2>&1 >/dev/null | true"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], check=False, capture_output=True, timeout=60
    )
    assert done.returncode == 0
    assert (toml.parent / "articles" / "_SUCCESS").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("verb", ["extract", "init"])
def test_a_disk_without_room_for_the_results_ends_with_3_and_one_line(
    page: Path, verb: str, unbuffered: str
) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scraper", verb, {"extract": str(page), "init": "-"}[verb]],
            check=False,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert done.returncode == 3
    assert done.stderr.splitlines()[0] == "scraper: cannot go on: No space left on device"
    assert "Traceback" not in done.stderr


def test_help_is_there_at_once_without_the_network_stack() -> None:
    code = "import sys; from scraper.cli import run; run(['--help']); sys.exit('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, timeout=60)
    assert done.returncode == 0


def test_every_verb_is_described_in_the_readme() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    for verb in VERBS:
        assert f"scraper {verb}" in readme, verb


def test_the_python_examples_of_the_readme_run() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    blocks = [part.split("```")[0] for part in readme.split("```python\n")[1:]]
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - our own text, run as the reader would


def test_a_stored_page_that_unpacks_to_too_much_is_named_and_the_others_are_done(
    page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bomb.html.gz").write_bytes(gzip.compress(b"<p>" + b"a " * 1_000_000))
    (tmp_path / "picture.jpg").write_bytes(b"\xff\xd8")

    assert run(["extract", str(tmp_path), "--max-bytes", "100000"]) == 1

    captured = capsys.readouterr()
    assert [json.loads(line)["title"] for line in captured.out.splitlines()] == [
        "Council agrees to mend the sea wall"
    ]
    assert captured.err.splitlines() == [
        f"scraper: {tmp_path}/bomb.html.gz: cannot be read: more than 100,000 bytes",
        f"scraper: {tmp_path}: 1 file of other types passed over (.jpg)",
    ]
    assert page.exists()
