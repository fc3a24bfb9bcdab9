"""The entries of a live blog are found by their times, however a page wraps them."""

from scraper.web import dom
from scraper.web.timeline import squeezed, timelines

WRAPPED = "<main>{}</main>".format(
    "".join(f"<article><header><time>1{n}:00</time></header><p>Entry {n}.</p></article>" for n in range(3))
)
FLAT = "<main>{}</main>".format("".join(f"<time>1{n}:00</time><p>Entry {n}.</p>" for n in range(3)))
HEADED = "<main>{}</main>".format(
    "".join(f"<h3><span><time>1{n}:00</time></span> News {n}</h3><p>Entry {n}.</p>" for n in range(3))
)


def test_wrapped_flat_and_headed_entries_are_the_same_to_a_reader() -> None:
    for html in (WRAPPED, FLAT, HEADED):
        entries = timelines(dom.parse(html))[0]
        assert [entry.printed for entry in entries] == ["10:00", "11:00", "12:00"]
        assert all(f"Entry{n}." in entry.text for n, entry in enumerate(entries))


def test_an_entry_with_a_second_time_in_it_is_one_entry() -> None:
    html = WRAPPED.replace("Entry 1.", "Entry 1 <q>Post of <time>Monday</time></q>.")
    assert [entry.printed for entry in timelines(dom.parse(html))[0]] == ["10:00", "11:00", "12:00"]


def test_the_longest_list_comes_first() -> None:
    html = "<aside><p><time>1</time></p><p><time>2</time></p></aside>" + WRAPPED
    assert next(len(entries) for entries in timelines(dom.parse(html))) == 3


def test_a_single_time_is_no_list() -> None:
    assert timelines(dom.parse("<main><p><time>10:00</time> Text</p></main>")) == []


def test_a_declared_moment_is_kept_beside_the_printed_time() -> None:
    html = "".join(f"<p><time datetime=2026-11-02T1{n}:00Z>{n} h ago</time> x</p>" for n in range(2))
    assert timelines(dom.parse(f"<div>{html}</div>"))[0][1].moment == "2026-11-02T11:00Z"


def test_white_space_makes_no_odds_when_entries_are_compared() -> None:
    assert squeezed("a \u00a0b\n\tc") == "abc"
