"""Whose turn it is, and when."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest

from scraper.web.throttle import FORGET_ABOVE, Gate, RefusedError, StoppedError, Throttle
from tests.clocks import FakeClock


def play(scene: Callable[[Throttle, FakeClock], Awaitable[Any]], **options: Any) -> Any:
    """Run a scene with a throttle; time starts at 0 and moves only by sleeping."""

    async def run() -> Any:
        clock = FakeClock()
        clock.time = 0.0
        return await scene(Throttle(clock=clock, **{"delay_s": 1.0, **options}), clock)

    return asyncio.run(run())


async def ask(
    throttle: Throttle,
    clock: FakeClock,
    name: str = "a",
    *,
    took_s: float = 0.0,
    fails: bool = False,
    **options: Any,
) -> float:
    """One request; the time at which it was sent."""
    async with throttle.slot(name, **options) as slot:
        sent = clock.time
        clock.time += took_s
        if fails:
            slot.fail()
    return sent


class TestPauses:
    def test_the_pause_counts_from_the_end_of_the_request(self) -> None:
        async def scene(throttle: Throttle, clock: FakeClock) -> list[float]:
            return [await ask(throttle, clock, took_s=0.5) for _ in range(3)]

        assert play(scene) == [0.0, 1.5, 3.0]

    def test_turns_come_in_the_order_of_asking_one_at_a_time(self) -> None:
        async def scene(throttle: Throttle, _: FakeClock) -> list[str]:
            seen: list[str] = []

            async def one(name: str) -> None:
                async with throttle.slot("a"):
                    seen.append(f"{name} in")
                    await asyncio.sleep(0)
                    seen.append(f"{name} out")

            await asyncio.gather(one("x"), one("y"), one("z"))
            return seen

        assert play(scene) == ["x in", "x out", "y in", "y out", "z in", "z out"]

    def test_domains_do_not_wait_for_each_other(self) -> None:
        async def scene(throttle: Throttle, clock: FakeClock) -> list[float]:
            return [await ask(throttle, clock, name) for name in "abc"]

        assert play(scene) == [0.0, 0.0, 0.0]

    def test_a_domain_may_have_a_pause_of_its_own(self) -> None:
        async def scene(throttle: Throttle, clock: FakeClock) -> list[float]:
            return [await ask(throttle, clock, "a") for _ in range(2)]

        assert play(scene, delays={"a": 9.0}) == [0.0, 9.0]

    def test_the_wish_of_the_host_makes_it_longer_and_never_shorter(self) -> None:
        async def scene(throttle: Throttle, clock: FakeClock) -> list[float]:
            return [await ask(throttle, clock, delay_s=delay) for delay in (5.0, 0.1, None)]

        assert play(scene) == [0.0, 5.0, 6.0]

    def test_a_slow_host_gets_slower_and_recovers(self) -> None:
        async def scene(throttle: Throttle, clock: FakeClock) -> list[float]:
            sent = [await ask(throttle, clock, took_s=8.0)]
            sent += [await ask(throttle, clock) for _ in range(6)]
            return [later - earlier for earlier, later in pairwise(sent)]

        assert play(scene) == [16.0, 4.0, 2.0, 1.0, 1.0, 1.0]

    def test_each_failure_in_a_row_doubles_the_pause(self) -> None:
        async def scene(throttle: Throttle, clock: FakeClock) -> list[float]:
            sent = [await ask(throttle, clock, fails=True) for _ in range(4)]
            return [later - earlier for earlier, later in pairwise(sent)]

        assert play(scene) == [1.0, 2.0, 4.0]

    def test_a_healthy_host_without_delay_is_never_slept_on(self) -> None:
        async def scene(throttle: Throttle, clock: FakeClock) -> list[float]:
            await asyncio.gather(*(ask(throttle, clock, name) for name in "aabbaabb"))
            return clock.slept

        assert play(scene, delay_s=0.0) == []

    def test_no_more_requests_are_under_way_than_agreed(self) -> None:
        async def scene(throttle: Throttle, _: FakeClock) -> int:
            now = most = 0

            async def one(name: str) -> None:
                nonlocal now, most
                async with throttle.slot(name):
                    now += 1
                    most = max(most, now)
                    await asyncio.sleep(0)
                    now -= 1

            await asyncio.gather(*(one(f"host-{number}") for number in range(20)))
            return most

        assert play(scene, concurrency=3) == 3


class TestPeace:
    def test_nothing_is_sent_within_the_window(self) -> None:
        async def scene(throttle: Throttle, clock: FakeClock) -> list[float]:
            async with throttle.slot("a") as slot:
                slot.silence(20.0)
            return list(await asyncio.gather(*(ask(throttle, clock) for _ in range(2))))

        assert play(scene) == [20.0, 21.0]

    def test_a_longer_window_is_not_waited_for(self) -> None:
        async def scene(throttle: Throttle, clock: FakeClock) -> float:
            async with throttle.slot("a") as slot:
                slot.silence(100.0)
            with pytest.raises(RefusedError) as refusal:
                await ask(throttle, clock)
            assert refusal.value.retry_after_s == 100.0
            clock.time = 80.0
            return await ask(throttle, clock)

        assert play(scene) == 100.0

    def test_a_domain_that_keeps_failing_is_not_asked_again(self) -> None:
        async def scene(throttle: Throttle, clock: FakeClock) -> None:
            for _ in range(3):
                await ask(throttle, clock, fails=True)
            clock.time += 100_000.0
            with pytest.raises(RefusedError) as refusal:
                await ask(throttle, clock)
            assert refusal.value.retry_after_s is None
            await ask(throttle, clock, "b")

        play(scene, max_failures=3)

    def test_those_who_wait_when_it_breaks_are_sent_away_at_once(self) -> None:
        async def scene(throttle: Throttle, clock: FakeClock) -> tuple[list[Any], float]:
            tasks = [ask(throttle, clock, fails=True) for _ in range(5)]
            return await asyncio.gather(*tasks, return_exceptions=True), clock.time

        outcomes, took = play(scene, max_failures=2)
        assert [type(outcome) for outcome in outcomes] == [float, float, *[RefusedError] * 3]
        assert took < 5.0

    def test_one_success_forgives(self) -> None:
        async def scene(throttle: Throttle, clock: FakeClock) -> None:
            for fails in [True, True, False] * 4:
                await ask(throttle, clock, fails=fails)

        play(scene, max_failures=3)


class TestStopping:
    def test_everyone_who_waits_is_sent_away(self) -> None:
        async def scene(throttle: Throttle, clock: FakeClock) -> list[Any]:
            async with throttle.slot("a"):
                waiting = [asyncio.create_task(ask(throttle, clock)) for _ in range(3)]
                await asyncio.sleep(0)
                throttle.stop()
                return await asyncio.gather(*waiting, return_exceptions=True)

        assert [type(outcome) for outcome in play(scene)] == [StoppedError] * 3

    @pytest.mark.parametrize("name", ["a", "new"])
    def test_whoever_comes_later_too(self, name: str) -> None:
        async def scene(throttle: Throttle, clock: FakeClock) -> None:
            await ask(throttle, clock, "a")
            throttle.stop()
            with pytest.raises(StoppedError):
                await ask(throttle, clock, name)
            with pytest.raises(StoppedError):
                await throttle.pause(0.0)

        play(scene)

    def test_a_task_that_is_cancelled_leaves_the_queue_to_the_others(self) -> None:
        async def scene(throttle: Throttle, clock: FakeClock) -> float:
            async with throttle.slot("a"):
                gone = asyncio.create_task(ask(throttle, clock))
                stays = asyncio.create_task(ask(throttle, clock))
                await asyncio.sleep(0)
                gone.cancel()
            return await stays

        assert play(scene) == 1.0

    def test_a_turn_that_comes_to_a_cancelled_task_goes_on_to_the_next(self) -> None:
        async def run() -> None:
            gate = Gate(1)
            await gate.enter()
            gone, stays = (asyncio.create_task(gate.enter()) for _ in range(2))
            await asyncio.sleep(0)
            gate.leave()
            gone.cancel()
            await stays
            assert gate.waiting == 0

        asyncio.run(run())


class TestMemory:
    def test_idle_domains_are_forgotten_and_those_with_a_past_are_not(self) -> None:
        async def scene(throttle: Throttle, clock: FakeClock) -> int:
            await ask(throttle, clock, "failed", fails=True)
            for number in range(5 * FORGET_ABOVE):
                await ask(throttle, clock, f"host-{number}")
                clock.time += 1.0
            with pytest.raises(RefusedError):
                await ask(throttle, clock, "failed")
            return len(throttle._domains)  # noqa: SLF001 - what is promised is its size

        assert play(scene, max_failures=1) <= FORGET_ABOVE

    def test_forgetting_shortens_no_pause(self) -> None:
        async def scene(throttle: Throttle, clock: FakeClock) -> float:
            await ask(throttle, clock, "last")
            for number in range(3 * FORGET_ABOVE):
                await ask(throttle, clock, f"host-{number}")
            return await ask(throttle, clock, "last")

        assert play(scene, delay_s=50.0) == 50.0
