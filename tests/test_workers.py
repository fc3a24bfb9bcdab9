"""A function in processes of its own: an answer for every message, whatever it does to its process."""

import asyncio
import re
from collections.abc import Sequence

import pytest

from scraper.records import Reason
from scraper.workers import Lost, Workers

OBEY = "tests.worker_function:obey"


def ask(
    *messages: bytes, function: str = OBEY, timeout_s: float = 60.0, memory_mb: int = 256
) -> Sequence[bytes | Lost]:
    async def run() -> list[bytes | Lost]:
        async with Workers(function, size=1, timeout_s=timeout_s, memory_mb=memory_mb) as workers:
            return [await workers.ask(message) for message in messages]

    return asyncio.run(run())


def test_it_gives_what_the_function_gives_and_keeps_its_process() -> None:
    first, second = ask(b"pid", b"pid")
    assert first == second
    assert isinstance(first, bytes)


def test_an_empty_answer_is_an_answer() -> None:
    assert ask(b"nothing", b"echo") == [b"", b"echo"]


def test_a_message_that_hangs_is_lost_and_the_next_one_is_not() -> None:
    assert ask(b"hang", b"echo", timeout_s=0.5) == [
        Lost(Reason.WORKER_TIMEOUT, "no result within 0.5 s"),
        b"echo",
    ]


def test_a_message_that_kills_its_process_or_eats_its_memory_is_lost_and_the_next_one_is_not() -> None:
    killed, eaten, ended, then = ask(b"die", b"eat", b"exit", b"echo")
    assert killed == Lost(Reason.WORKER_DIED, "killed by SIGKILL")
    assert isinstance(eaten, Lost)
    assert eaten.detail.startswith("MemoryError at worker_function.py:")
    assert ended == Lost(Reason.WORKER_DIED, "ended with code 7")
    assert then == b"echo"


def test_a_fault_of_ours_is_told_with_its_place_and_harmless_to_look_at() -> None:
    [failed] = ask(b"raise")
    assert isinstance(failed, Lost)
    assert failed.reason is Reason.PAGE_FAILED
    assert re.fullmatch(r"ValueError at worker_function\.py:\d+: \\x1b\[2J", failed.detail)


def test_what_a_library_prints_does_not_get_between_the_messages() -> None:
    assert ask(b"print", b"echo") == [b"print", b"echo"]


def test_a_function_that_is_not_there_is_our_fault(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="does not start"):
        ask(b"echo", function="tests.worker_function:missing")
    assert "missing" in capfd.readouterr().err
