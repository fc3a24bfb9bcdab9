"""The load commands on a small web: what they would notice, and that nothing of it happens."""

from pathlib import Path

import pytest

from tests.load import soak
from tests.load.articles import page, words_of
from tests.load.soak import impolite, rise
from tests.load.throughput import has_all, known
from tests.load.web import PRIVATE, Asked, fault, hosts

ARGUMENTS = ["--urls", "60", "--hosts", "6", "--faults", "0.3"]


def test_a_short_soak_on_a_web_with_faults_keeps_every_promise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["soak", *ARGUMENTS, "--folder", str(tmp_path)])
    code = soak.main()
    told = capsys.readouterr().out
    assert code == 0, told
    assert "texts exactly as printed  0 of 0" not in told


def asked(path: str, begun: float, *, host: str = "127.1.0.1", peace_s: float = 0) -> Asked:
    return Asked(host, path, begun, begun + 0.01, peace_s)


def test_requests_that_come_too_early_or_are_forbidden_are_found() -> None:
    polite = [asked("/a", 0), asked("/b", 0.2), asked("/a", 0.05, host="127.1.0.2")]
    assert list(impolite(polite)) == []
    assert len(list(impolite([*polite, asked("/c", 0.25)]))) == 1
    assert len(list(impolite([asked("/a", 0, peace_s=1), asked("/b", 0.9)]))) == 1
    assert len(list(impolite([asked(PRIVATE, 0)]))) == 1


def test_growth_is_what_a_line_rises() -> None:
    assert rise([(count, 50 + count / 1000) for count in range(0, 10_000, 100)]) == pytest.approx(9.9)
    assert rise([(1, 50.0)]) == 0


def test_no_page_is_like_another_and_each_is_always_the_same() -> None:
    names = [(host, number) for host in hosts(3) for number in range(3)]
    assert len({page(*name) for name in names}) == len(names)
    assert page("127.1.0.1", 1) == page("127.1.0.1", 1)
    assert len(page("127.1.0.1", 1, light=True)) < len(page("127.1.0.1", 1)) / 4


def test_the_share_of_faults_is_as_asked() -> None:
    found = [fault("127.1.0.1", number, 0.05) for number in range(4_000)]
    assert 150 < sum(kind is not None for kind in found) < 250


def test_a_text_is_whole_when_it_has_each_paragraph() -> None:
    name = ("127.1.0.1", 1)
    _, author, paragraphs = words_of(*name)
    bodies = known([name])
    assert has_all(" ".join(["A title", f"By {author}", *paragraphs, "Sign up"]), bodies)
    assert not has_all(" ".join(paragraphs[:-1]), bodies)
    assert not has_all("Something else", bodies)
