"""`scraper explain`: what was kept and removed, and why, on a terminal and as a page."""

import sys
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.cli import run
from scraper.demo import DemoSite
from scraper.explain import Explanation, as_lines, as_webpage, explain_page, explain_text
from scraper.page import PageOptions
from scraper.records import Page

PROSE = """\
HARBOUR TOWN — The council voted on Tuesday to rebuild the old ferry pier, which it had put off twice since \
the storm of 2019 took the outer end of it away, and to ask the county for a third of the cost.
The work is to begin in the spring and to take two years, while the ferries will call at the fish quay. \
Follow Ines Calder on Twitter: @InesCalder. It will be longer than the old one, the harbour master said.
Nobody spoke against the plan, although some of those who live beside the quay asked that engines be \
turned off while the ferries wait, and were told that the company had promised as much already.""".split("\n")
ADS = ("Sign up for our daily newsletter", "Advertisement\nRead more: Fares rise")
TEXT = f"{PROSE[0]}\n\n{ADS[0]}\n\n{PROSE[1]}\n\n{ADS[1]}\n\n{PROSE[2]}\n"
HOSTILE = "\x1b[31mred\x1b]0;title\x07 \x9b2J \u202eback \x00<script>alert('x')</script> & \"quoted\""
PAGE = (
    '<html lang="en"><head><title>Pier to be rebuilt</title></head><body><article><h1>Pier to be rebuilt</h1>'
    f"<p>{PROSE[0]}</p><p>Sign up for our daily newsletter</p><h2>Why so long</h2><p>{PROSE[1]}</p>"
    f"<blockquote><p>{PROSE[2]}</p></blockquote></article></body></html>"
)


def explained(html: str) -> Explanation:
    page = Page(
        url="https://x.example/pier", body=html.encode(), fetched_at=datetime(2026, 11, 23, tzinfo=UTC)
    )
    return explain_page(page, PageOptions(), name="pier.html")


class Reader(HTMLParser):
    """Elements and text of a page, as a browser would have them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_kept_and_removed_stand_side_by_side_in_the_order_of_the_text() -> None:
    rows = explain_text(TEXT, name="a.txt").rows

    assert [(row.kept and row.kept.text[:9], row.gone and row.gone.text) for row in rows] == [
        ("HARBOUR T", "Sign up for our daily newsletter"),
        ("The work ", "Follow Ines Calder on Twitter: @InesCalder."),
        ("It will b", "Advertisement"),
        (None, "Read more: Fares rise"),
        ("Nobody sp", None),
    ]


@pytest.mark.parametrize("form", ["text", "tokens"])
@settings(max_examples=25)
@given(
    text=st.lists(
        st.sampled_from([*TEXT.split("\n"), "Share this article", " ", "a\u200bb"]), max_size=12
    ).map("\n".join)
)
def test_the_pieces_are_the_text(form: str, text: str) -> None:
    explanation = explain_text(text, name="", form=form, language="en")  # type: ignore[arg-type]

    together = " ".join(piece.text for piece in explanation.pieces)
    assert "".join(together.split()) == "".join(text.split())


def test_the_summary_counts_by_kind() -> None:
    explanation = explain_text(TEXT, name="a.txt")

    assert {(count.kind, count.pieces, count.words) for count in explanation.kinds} == {
        ("newsletter", 1, 6),
        ("share", 1, 6),
        ("advertisement", 1, 1),
        ("related", 1, 4),
    }
    assert explanation.words_removed == 17


def test_of_a_page_it_is_told_what_the_extractor_did() -> None:
    explanation = explained(PAGE)

    facts = dict(explanation.facts)
    assert facts["outcome"] == "an article"
    assert facts["page is"].startswith("article")
    assert "sure" in facts["extracted by"]
    assert facts["title"] == "Pier to be rebuilt"
    assert {piece.tag for piece in explanation.pieces} >= {"p", "h2", "quote"}


def test_of_a_page_that_is_no_article_it_is_told_by_which_rule_and_on_what_evidence() -> None:
    challenge = (
        '<html><head><title>Just a moment...</title></head><body><div id="challenge-form">'
        "Checking your browser before accessing the site.</div></body></html>"
    )

    facts = dict(explained(challenge).facts)

    assert facts["outcome"].startswith("no article: challenge, decided by classify")
    assert facts["page is"].startswith("challenge, by the rule challenge.")
    assert facts["evidence"]


@pytest.mark.parametrize("width", [100, 40])
def test_nothing_in_the_text_steers_a_terminal(width: int) -> None:
    explanation = explain_text(f"{HOSTILE}\n\nAdvertisement\n\n{HOSTILE}", name=HOSTILE)

    for colour in (False, True):
        shown = as_lines(explanation, width=width, colour=colour)
        bare = shown.replace("\x1b[", "") if colour else shown
        assert all(char == "\n" or char.isprintable() for char in bare)
        assert "\x1b[31mred" not in shown
        assert "\\x1b[31mred" in shown
        assert "[advertisement]" in shown
    assert "\x1b[" in shown


def test_no_line_is_wider_than_the_terminal() -> None:
    explanation = explain_text(f"{'x' * 500}\n\n{TEXT}", name="a.txt", form="text")

    for width in (30, 60, 72, 120):
        assert max(map(len, as_lines(explanation, width=width).splitlines())) <= width


def test_a_narrow_terminal_has_kept_and_removed_below_each_other() -> None:
    lines = as_lines(explain_text(TEXT, name="a.txt"), width=50).splitlines()

    assert "| [newsletter] Sign up for our daily newsletter" in lines


def test_the_page_holds_no_markup_of_the_text_and_needs_nothing_from_elsewhere() -> None:
    page = as_webpage(explain_text(f"{HOSTILE}\n\nAdvertisement\n", name=HOSTILE, form="text"))
    reader = Reader(page)

    tags = [tag for tag, _ in reader.tags]
    assert "script" not in tags
    assert "img" not in tags
    assert "link" not in tags
    assert "<script>alert('x')</script> & \"quoted\"" in "".join(reader.texts)
    assert all(char == "\n" or char.isprintable() for char in page)
    targets = [attributes["href"] for tag, attributes in reader.tags if tag == "a"]
    assert all(str(target).startswith("#") for target in targets)
    assert "default-src 'none'" in page
    assert "url(" not in page


def test_every_removal_can_be_reached_by_keyboard() -> None:
    reader = Reader(as_webpage(explain_text(TEXT, name="a.txt")))

    ids = {str(attributes["id"]) for _, attributes in reader.tags if "id" in attributes}
    targets = {str(attributes["href"])[1:] for tag, attributes in reader.tags if tag == "a"}
    assert targets <= ids
    assert {f"r{number}" for number in range(1, 5)} <= targets


def test_the_page_fits_narrow_windows_and_dark_mode() -> None:
    page = as_webpage(explained(PAGE))

    assert 'name="viewport" content="width=device-width' in page
    assert "prefers-color-scheme: dark" in page
    assert "max-width: 44rem" in page
    assert 'lang="en"' in page


def test_the_verb_tells_pages_from_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "a.html").write_text(PAGE, encoding="utf-8")

    assert run(["explain", str(tmp_path / "a.txt")]) == 0
    shown = capsys.readouterr().out
    assert "form: text with punctuation" in shown
    assert "\x1b" not in shown
    assert run(["explain", str(tmp_path / "a.html"), "--keep", "newsletter"]) == 0
    shown = capsys.readouterr().out
    assert "extracted by: " in shown
    assert "[newsletter]" not in shown
    assert run(["explain", str(tmp_path / "a.html"), "--form", "text"]) == 0
    assert "<blockquote>" in capsys.readouterr().out


def test_the_verb_writes_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")

    assert run(["explain", str(tmp_path / "a.txt"), "--html"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("<!doctype html>")
    assert run(["explain", str(tmp_path / "a.txt"), "-o", str(tmp_path / "why.html")]) == 0
    assert (tmp_path / "why.html").read_text(encoding="utf-8") == page
    assert run(["explain", str(tmp_path / "a.txt"), "-o", str(tmp_path / "why.txt")]) == 0
    assert "[newsletter]" in (tmp_path / "why.txt").read_text(encoding="utf-8")


def test_the_verb_fetches_an_address(site: DemoSite, capsys: pytest.CaptureFixture[str]) -> None:
    path = next(path for path in site.expected if "robots" not in path)
    assert run(["explain", site.url + path, "--allow-private"]) == 0
    assert "outcome: an article" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["none.html"], 2, "no such file"),
        (["."], 2, "is a folder"),
        (["a.txt", "--keep", "letters"], 2, "there are advertisement"),
        (["b.bin"], 1, "is not text"),
    ],
)
def test_what_cannot_be_explained_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.bin").write_bytes(bytes(range(256)))
    assert run(["explain", *arguments]) == code
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [([], {}, True), (["--no-color"], {}, False), ([], {"NO_COLOR": "1"}, False)],
)
def test_a_terminal_has_colours_unless_they_are_not_wanted(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    environment: dict[str, str],
    *,
    coloured: bool,
) -> None:
    (tmp_path / "a.txt").write_text("It rained.\n\nAdvertisement\n", encoding="utf-8")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run(["explain", str(tmp_path / "a.txt"), *arguments]) == 0
    shown = capsys.readouterr().out
    assert ("\x1b[" in shown) == coloured
    assert "[advertisement]" in shown
