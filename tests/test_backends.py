"""Page work in real worker processes: an outcome for every page, whatever it does to its worker."""

import asyncio
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.backends import InProcess, WorkerProcesses, work
from scraper.page import PageOptions
from scraper.records import Article, Drop, Page, Reason, Stage

OBEY = "tests.page_work:obey"
ARTICLE = """
<html lang="en"><head><title>Lighthouse to shine again</title></head>
<body><main><article>
<h1>Lighthouse to shine again</h1>
<p>The harbour office said on Tuesday that the old lighthouse would be painted before the winter storms,
and that its lamp, dark for eleven years, would be lit again once the wiring had been looked over.</p>
<p>Two painters from the next village will hang in ropes from the gallery for most of September. They have
asked the ferry to pass slowly, because its wake throws spray as high as their buckets.</p>
<p>The money comes from a bequest: a retired pilot, who for thirty years had steered by the light, left
his savings to the town on the condition that nobody would ever again have to steer without it.</p>
<p>Not everyone is pleased. Fishermen say that the channel has moved since the lamp went out, and that a
light in the wrong place is worse than none; the office has promised to survey the bank first.</p>
</article></main></body></html>
"""


def page(body: str) -> Page:
    return Page(
        url="https://news.example/a",
        body=body.encode(),
        content_type="text/html; charset=utf-8",
        status=200,
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
    )


def workers(
    *, size: int = 1, timeout_s: float = 60.0, job: str = OBEY, memory_mb: int = 512
) -> WorkerProcesses:
    return WorkerProcesses(PageOptions(), size=size, timeout_s=timeout_s, memory_mb=memory_mb, function=job)


async def each(backend: WorkerProcesses, *bodies: str) -> list[Article | Drop]:
    async with backend:
        return [(await backend.process(page(body), ())).outcome for body in bodies]


def reasons(outcomes: list[Article | Drop]) -> list[str]:
    return [outcome.reason if isinstance(outcome, Drop) else "article" for outcome in outcomes]


def test_a_worker_gives_the_same_article_as_this_process() -> None:
    async def here() -> Article | Drop:
        async with InProcess(PageOptions()) as backend:
            return (await backend.process(page(ARTICLE), ())).outcome

    [there] = asyncio.run(each(workers(job="scraper.backends:answer"), ARTICLE))
    assert isinstance(there, Article)
    assert "its lamp, dark for eleven years" in there.text
    assert there == asyncio.run(here())


def test_a_page_that_hangs_is_dropped_and_the_next_one_is_worked_on() -> None:
    hung, then = asyncio.run(each(workers(timeout_s=1.0), "hang", "fine"))
    assert isinstance(hung, Drop)
    assert (hung.stage, hung.reason) == (Stage.WORKER, Reason.WORKER_TIMEOUT)
    assert hung.detail == "no result within 1 s"
    assert hung.http_status == 200
    assert reasons([then]) == [Reason.EMPTY]


def test_a_worker_that_is_killed_while_it_works_is_replaced() -> None:
    killed, left, then = asyncio.run(each(workers(), "die", "exit", "fine"))
    assert isinstance(killed, Drop)
    assert isinstance(left, Drop)
    assert (killed.reason, killed.detail) == (Reason.WORKER_DIED, "killed by SIGKILL")
    assert (left.reason, left.detail) == (Reason.WORKER_DIED, "ended with code 7")
    assert reasons([then]) == [Reason.EMPTY]


def test_a_worker_that_was_killed_while_idle_costs_no_page() -> None:
    async def scenario() -> list[Article | Drop]:
        async with workers() as backend:
            first = (await backend.process(page("fine"), ())).outcome
            assert isinstance(first, Drop)
            pid = int(first.detail.removeprefix("by "))
            os.kill(pid, signal.SIGKILL)
            [worker] = backend._workers._all  # noqa: SLF001 - the test waits until the death is noticed
            await worker.wait()
            return [first, (await backend.process(page("fine"), ())).outcome]

    first, second = asyncio.run(scenario())
    assert reasons([first, second]) == [Reason.EMPTY, Reason.EMPTY]
    assert first != second


def test_a_page_that_eats_memory_is_dropped() -> None:
    outcomes = asyncio.run(each(workers(memory_mb=256), "eat", "fine"))
    assert reasons(outcomes) == [Reason.PAGE_FAILED, Reason.EMPTY]
    assert isinstance(outcomes[0], Drop)
    assert outcomes[0].detail.startswith("MemoryError at page_work.py:")


def test_a_worker_without_faults_keeps_its_process() -> None:
    first, second = asyncio.run(each(workers(size=2), "fine", "fine"))
    assert first == second


def test_workers_work_side_by_side() -> None:
    async def scenario() -> list[Article | Drop]:
        async with workers(size=2, timeout_s=5.0) as backend, asyncio.TaskGroup() as group:
            hanging = group.create_task(backend.process(page("hang"), ()))
            fine = await backend.process(page("fine"), ())
            assert not hanging.done()
            hanging.cancel()
        return [fine.outcome]

    assert reasons(asyncio.run(scenario())) == [Reason.EMPTY]


def test_what_a_library_prints_does_not_get_between_the_messages() -> None:
    assert reasons(asyncio.run(each(workers(), "print", "fine"))) == [Reason.EMPTY, Reason.EMPTY]


def test_a_signal_to_every_process_of_the_unit_leaves_workers_at_their_page() -> None:
    assert reasons(asyncio.run(each(workers(), "terminate"))) == [Reason.EMPTY]


def test_no_worker_outlives_its_backend() -> None:
    async def scenario() -> int:
        async with workers() as backend:
            first = (await backend.process(page("fine"), ())).outcome
            assert isinstance(first, Drop)
        return int(first.detail.removeprefix("by "))

    assert not Path(f"/proc/{asyncio.run(scenario())}").exists()


def test_no_worker_is_started_before_there_is_a_page() -> None:
    async def scenario() -> int:
        async with workers(size=4) as backend:
            return len(backend._workers._all)  # noqa: SLF001 - nothing else tells

    assert asyncio.run(scenario()) == 0


def test_a_worker_that_cannot_start_is_our_fault_and_not_the_page_s(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(RuntimeError, match="does not start"):
        asyncio.run(each(workers(job="tests.page_work:missing"), "fine"))
    assert "missing" in capfd.readouterr().err


def test_a_fault_of_ours_is_an_outcome_that_names_its_place() -> None:
    broken = object()
    outcome = work(page(ARTICLE), broken, ())  # type: ignore[arg-type]
    assert isinstance(outcome, Drop)
    assert (outcome.stage, outcome.reason) == (Stage.WORKER, Reason.PAGE_FAILED)
    assert outcome.detail.startswith("AttributeError at page.py:")
