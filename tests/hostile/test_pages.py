"""Pages that are made to hang or to eat: an outcome each, in time, and no harm to others."""

import asyncio
from collections.abc import Iterable

from scraper.backends import WorkerProcesses
from scraper.page import PageOptions
from scraper.records import Article, Drop, Reason
from tests.hostile.inputs import PAGES, WORDS
from tests.hostile.sizes import page

SIZE = 10_000
FINE = b"<html><head><title>The sea wall</title></head><body><article>" + WORDS + b"</article></body></html>"
DEEP = 100_000
OURS_TO_ANSWER_FOR = {Reason.PAGE_FAILED, Reason.WORKER_DIED, Reason.WORKER_TIMEOUT}


def outcomes(
    bodies: Iterable[bytes], *, timeout_s: float = 30.0, memory_mb: int = 512
) -> list[Article | Drop]:
    """What becomes of the pages, one after the other, in one worker."""

    async def run() -> list[Article | Drop]:
        async with WorkerProcesses(
            PageOptions(), size=1, timeout_s=timeout_s, memory_mb=memory_mb
        ) as backend:
            return [(await backend.process(page(body), ())).outcome for body in bodies]

    return asyncio.run(run())


def told(outcome: Article | Drop) -> str:
    return f"{outcome.reason}: {outcome.detail}" if isinstance(outcome, Drop) else "article"


def test_each_gets_an_outcome_and_the_pages_after_it_are_unharmed() -> None:
    *hostile, fine = outcomes([*(make(SIZE) for make in PAGES.values()), FINE])
    broken = {
        name: told(outcome)
        for name, outcome in zip(PAGES, hostile, strict=True)
        if isinstance(outcome, Drop) and outcome.reason in OURS_TO_ANSWER_FOR
    }
    assert broken == {}
    assert isinstance(fine, Article)


def test_what_is_nested_deeply_or_is_no_text_is_worked_on_in_time() -> None:
    start = b"<html><title>The sea wall</title><body>"
    data = b"<script type='application/ld+json'>"
    bodies = {
        "elements": start + b"<div>" * DEEP + WORDS,
        "inline elements": start + b"<b>" * DEEP + WORDS,
        "arrays": start + data + b"[" * DEEP + b"]" * DEEP + b"</script>" + WORDS,
        "objects": start + data + b'{"a":' * DEEP + b"</script>" + WORDS,
        "no text": start + WORDS + b"<p>" + (b"\x00" + b"\xed\xa0\x80" + b"&#xdfff;") * DEEP,
        "an attribute": FINE.replace(b"<article>", b"<article class='" + b"a" * 2_000_000 + b"'>"),
    }
    found = dict(zip(bodies, map(told, outcomes(bodies.values())), strict=True))
    assert not {name: end for name, end in found.items() if end.partition(":")[0] in OURS_TO_ANSWER_FOR}


def test_a_page_that_takes_too_long_or_too_much_is_dropped_and_the_next_one_is_not() -> None:
    slow = PAGES["page: attributes"](3_000_000)
    dropped, fine = outcomes([slow, FINE], timeout_s=1.5)
    assert isinstance(dropped, Drop)
    assert dropped.reason is Reason.WORKER_TIMEOUT
    assert isinstance(fine, Article)
    large = PAGES["page: cells"](3_000_000)
    dropped, fine = outcomes([large, FINE], memory_mb=80)
    assert isinstance(dropped, Drop)
    assert dropped.reason in {Reason.WORKER_DIED, Reason.PAGE_FAILED}, told(dropped)
    assert isinstance(fine, Article)
