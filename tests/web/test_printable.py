"""What a terminal or a log is shown."""

import json
import logging

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.web.printable import json_line, log_visibly, visible, visible_lines

HOSTILE = (
    "\x1b]0;owned\x07\x1b[2J", "\x9b31m", "\u202egnp.exe", "\u2066x\u2069", "a\rb", "a\x08b", "\x7f",
    "a\u2028b", "\U000e0041", "\x00",
)  # fmt: skip


def steers(text: str) -> bool:
    return any(not char.isprintable() and char not in "\xa0\u200c\u200d\u3000" for char in text)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    assert not steers(visible(text))
    assert not steers(json_line({"url": text}))


def test_what_languages_need_stays() -> None:
    text = "Straße 東京\u3000駅 می\u200cروم 12\xa0km 👩\u200d🚀"
    assert visible(text) == text


def test_what_was_left_out_can_be_read_from_what_stands_there() -> None:
    assert visible("a\x1b[31mb\u202ec") == r"a\x1b[31mb\u202ec"
    assert visible_lines("a\x1b\nb\r\n") == "a\\x1b\nb\\r\n"


@given(st.dictionaries(st.text(), st.text() | st.integers()))
def test_a_line_of_json_is_one_line_and_gives_the_values_back(record: dict[str, str | int]) -> None:
    try:
        line = json_line(record)
    except UnicodeEncodeError:
        return  # unpaired surrogates are no text
    assert not steers(line)
    assert json.loads(line) == record
    assert msgspec.json.decode(line) == record


def test_what_a_library_logs_of_a_page_is_shown_so_too(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, root.handlers = root.handlers, []
    try:
        log_visibly()
        logging.getLogger("library").warning("discarded: %s", "\x1b[2J\u202e")
    finally:
        root.handlers = before
    assert capsys.readouterr().err == "scraper: library: discarded: \\x1b[2J\\u202e\n"
