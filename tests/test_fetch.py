"""The fetcher, against servers that do what servers do."""

import asyncio
import gzip
import random
import ssl
import time
import zlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import httpcore
import httpx
import msgspec
import pytest
import zstandard

import scraper
from scraper import transport
from scraper.config import FetchConfig
from scraper.fetch import Fetcher
from scraper.records import Drop, Link, NotModified, Page, Reason, SourceType, Stage
from scraper.web.guard import checked_addresses
from tests.clocks import FakeClock
from tests.servers import Asked, Handler, Server, answer, drip, in_turn, page, raw, redirect, stall

CONFIG = FetchConfig(
    delay_s=0.0, retries=2, backoff_s=1.0, contact="https://example.org/bot", allow_private=True
)
CHALLENGE = b"<html><title>Just a moment...</title><body>Verify you are human</body></html>"
FORBID = b"User-agent: *\nDisallow: /private\n"

Outcome = Page | NotModified | Drop


class World:
    """A server, a fetcher and a clock."""

    def __init__(self, server: Server, fetcher: Fetcher, clock: FakeClock) -> None:
        self.server, self.fetcher, self.clock = server, fetcher, clock

    async def get(self, target: str, **options: Any) -> Outcome:
        return await self.fetcher.get(self.server.url(target), **options)


def play(
    routes: dict[str, Handler],
    scene: Callable[[World], Awaitable[Any]],
    config: FetchConfig = CONFIG,
    **options: Any,
) -> Any:
    """Run a scene with a server that has these routes."""

    async def run() -> Any:
        clock = FakeClock()
        options.setdefault("clock", clock)
        options.setdefault("random", random.Random(1))  # noqa: S311 - the same jitter each time
        async with Server(routes) as server, Fetcher(config, **options) as fetcher:
            return await scene(World(server, fetcher, clock))

    return asyncio.run(run())


def get(handler: Handler, config: FetchConfig = CONFIG, **options: Any) -> Outcome:
    """What becomes of one address that is answered so."""
    outcome: Outcome = play({"/a": handler}, lambda world: world.get("/a", **options), config)
    return outcome


def dropped(handler: Handler, config: FetchConfig = CONFIG, **options: Any) -> Drop:
    outcome = get(handler, config, **options)
    assert isinstance(outcome, Drop)
    assert outcome.stage is Stage.FETCH
    return outcome


def got(handler: Handler, config: FetchConfig = CONFIG, **options: Any) -> Page:
    outcome = get(handler, config, **options)
    assert isinstance(outcome, Page), outcome
    return outcome


def altered(**changes: Any) -> FetchConfig:
    return msgspec.structs.replace(CONFIG, **changes)


class TestPages:
    def test_a_page_comes_with_what_the_server_said_of_it(self) -> None:
        link = Link(url="http://x.test/a", key="https://x.test/a", source="x", source_type=SourceType.RSS)
        page_ = got(
            page("<p>Hi</p>", ETag='"1"', Last_Modified="Sun, 01 Mar 2026 10:00:00 GMT", X_Thing="7"),
            link=link,
        )
        assert page_.body == b"<p>Hi</p>"
        assert page_.status == 200
        assert page_.content_type == "text/html; charset=utf-8"
        assert (page_.etag, page_.last_modified) == ('"1"', "Sun, 01 Mar 2026 10:00:00 GMT")
        assert ("x-thing", "7") in page_.headers
        assert page_.link is link
        assert page_.url == page_.requested_url

    def test_we_say_who_we_are(self) -> None:
        async def scene(world: World) -> dict[str, str]:
            await world.get("/a")
            return world.server.asked[-1].headers

        headers = play({"/a": page()}, scene)
        assert headers["user-agent"] == f"news-scraper/{scraper.__version__} (https://example.org/bot)"
        assert headers["accept-encoding"] == "gzip, deflate, br, zstd"

    def test_cookies_are_neither_kept_nor_sent(self) -> None:
        async def scene(world: World) -> tuple[Outcome, list[Asked]]:
            first = await world.get("/a")
            await world.get("/b")
            return first, world.server.asked

        first, asked = play({"/a": in_turn(redirect("/b")), "/b": page(Set_Cookie="id=1; Path=/")}, scene)
        assert all("cookie" not in request.headers for request in asked)
        assert isinstance(first, Page)
        assert all(name != "set-cookie" for name, _ in first.headers)

    def test_the_fragment_is_not_sent(self) -> None:
        async def scene(world: World) -> list[str]:
            await world.get("/a?x=1#part")
            return [asked.target for asked in world.server.asked]

        assert play({"/a": page()}, scene) == ["/robots.txt", "/a?x=1"]

    @pytest.mark.parametrize(
        "url", ["ftp://x.test/", "http://", "http://u:secret@127.0.0.1/", "http://[x/", "x"]
    )
    def test_an_address_that_cannot_be_asked_for_is_dropped_at_once(self, url: str) -> None:
        drop = play({}, lambda world: world.fetcher.get(url))
        assert drop.reason is Reason.INVALID_URL
        assert "secret" not in repr(drop)

    @pytest.mark.parametrize(
        "kind", ["image/png", "application/pdf", "video/mp4", "application/json", "text/css"]
    )
    def test_what_is_not_text_is_not_read(self, kind: str) -> None:
        drop = dropped(answer(200, b"x" * 100, kind))
        assert (drop.reason, drop.http_status) == (Reason.NOT_HTML, 200)
        assert kind in drop.detail

    def test_an_answer_without_type_is_looked_into(self) -> None:
        assert got(answer(200, b"<p>text</p>", None)).body == b"<p>text</p>"
        assert dropped(answer(200, b"\x89PNG\r\n\x1a\n\x00\x00", None)).reason is Reason.NOT_HTML

    def test_a_document_may_be_zipped_or_xml_but_no_picture(self) -> None:
        packed = gzip.compress(b"<urlset/>")
        assert got(answer(200, packed, "application/x-gzip"), accept="document").body == packed
        assert got(answer(200, b"<rss/>", "application/rss+xml"), accept="document").body == b"<rss/>"
        assert dropped(answer(200, b"GIF89a", "image/gif"), accept="document").reason is Reason.NOT_HTML


class TestConditions:
    def test_a_page_that_did_not_change_costs_a_304(self) -> None:
        async def scene(world: World) -> tuple[Outcome, dict[str, str]]:
            outcome = await world.get("/a", etag='"1"', last_modified="Sun, 01 Mar 2026 10:00:00 GMT")
            return outcome, world.server.asked[-1].headers

        outcome, headers = play({"/a": answer(304, ETag='"1"')}, scene)
        assert isinstance(outcome, NotModified)
        assert outcome.etag == '"1"'
        assert headers["if-none-match"] == '"1"'
        assert headers["if-modified-since"] == "Sun, 01 Mar 2026 10:00:00 GMT"

    def test_a_304_that_nobody_asked_for_is_an_error(self) -> None:
        assert dropped(answer(304)).http_status == 304

    def test_a_validator_with_control_characters_is_not_sent(self) -> None:
        assert isinstance(get(page(), etag='"1"\r\nX-Evil: 1'), Page)


class TestEncodings:
    TEXT = b"<p>Stra\xc3\x9fe</p>" * 500

    @pytest.mark.parametrize(
        ("name", "pack"),
        [
            ("gzip", gzip.compress),
            ("x-gzip", gzip.compress),
            ("deflate", zlib.compress),
            ("br", brotli.compress),
            ("zstd", zstandard.compress),
        ],
    )
    def test_each_is_undone(self, name: str, pack: Callable[[bytes], bytes]) -> None:
        assert got(answer(200, pack(self.TEXT), Content_Encoding=name)).body == self.TEXT

    def test_stacked_ones_are_undone_last_first(self) -> None:
        body = brotli.compress(gzip.compress(self.TEXT))
        assert got(answer(200, body, Content_Encoding="gzip, br")).body == self.TEXT

    @pytest.mark.parametrize(("name", "pack"), [("gzip", gzip.compress), ("br", brotli.compress)])
    def test_a_bomb_is_dropped(self, name: str, pack: Callable[[bytes], bytes]) -> None:
        bomb = pack(bytes(4_000_000))
        drop = dropped(answer(200, bomb, Content_Encoding=name), altered(max_decoded_bytes=100_000))
        assert drop.reason is Reason.TOO_LARGE

    def test_a_body_that_is_not_what_it_says_is_dropped(self) -> None:
        assert dropped(answer(200, b"<p>plain</p>", Content_Encoding="br")).reason is Reason.BAD_ENCODING

    def test_a_packed_body_that_breaks_off_is_a_lost_connection(self) -> None:
        body = gzip.compress(bytes(range(256)))[:-100]
        assert dropped(answer(200, body, Content_Encoding="gzip")).reason is Reason.CONNECTION_FAILED


class TestSize:
    def test_a_body_announced_as_too_large_is_not_read(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999999999\r\n\r\n"
        assert dropped(raw(head)).reason is Reason.TOO_LARGE

    def test_a_body_that_grows_too_large_is_given_up(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
        drop = dropped(raw(head + b"x" * 200_000), altered(max_wire_bytes=100_000))
        assert drop.reason is Reason.TOO_LARGE


class TestTime:
    def test_a_dripping_server_cannot_stretch_the_deadline(self) -> None:
        drop = dropped(drip(0.05), altered(total_timeout_s=1.0))
        assert drop.reason is Reason.TIMEOUT
        assert "1 s" in drop.detail

    def test_a_silent_server_is_given_up_and_asked_again(self) -> None:
        async def scene(world: World) -> Outcome:
            return await world.get("/a")

        outcome = play({"/a": in_turn(stall(), page())}, scene, altered(read_timeout_s=0.4))
        assert isinstance(outcome, Page)

    def test_redirects_share_one_deadline(self) -> None:
        async def slow(asked: Asked, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(0.3)
            await redirect(f"{asked.path}x")(asked, writer)

        drop = play({"*": slow}, lambda world: world.get("/a"), altered(total_timeout_s=1.0, retries=0))
        assert drop.reason is Reason.TIMEOUT

    def test_waiting_for_a_turn_does_not_count(self) -> None:
        async def scene(world: World) -> list[Outcome]:
            return [await world.get("/a"), await world.get("/a")]

        outcomes = play({"/a": page()}, scene, altered(delay_s=500.0, total_timeout_s=5.0))
        assert all(isinstance(outcome, Page) for outcome in outcomes)


class TestRedirects:
    def test_they_are_followed(self) -> None:
        outcome = play(
            {"/a": redirect("b", 301), "/b": redirect("/c#x", 308), "/c": page()},
            lambda world: world.get("/a"),
        )
        assert isinstance(outcome, Page)
        assert outcome.url.endswith("/c")
        assert outcome.requested_url is not None
        assert outcome.requested_url.endswith("/a")

    def test_a_circle_is_noticed(self) -> None:
        async def scene(world: World) -> tuple[Outcome, list[str]]:
            return await world.get("/a"), world.server.paths()

        outcome, paths = play({"/a": redirect("/b"), "/b": redirect("/a")}, scene)
        assert outcome.reason is Reason.TOO_MANY_REDIRECTS
        assert paths == ["/a", "/b"]

    def test_five_are_followed_and_no_more(self) -> None:
        async def on(asked: Asked, writer: asyncio.StreamWriter) -> None:
            await redirect(f"{asked.path}x")(asked, writer)

        async def scene(world: World) -> tuple[Outcome, list[str]]:
            return await world.get("/a"), world.server.paths()

        outcome, paths = play({"*": on}, scene)
        assert outcome.reason is Reason.TOO_MANY_REDIRECTS
        assert len(paths) == 6

    @pytest.mark.parametrize(
        "location", ["", "ftp://x.test/", "http://u:p@127.0.0.1/", "javascript:alert(1)", "http://[oops"]
    )
    def test_one_that_leads_nowhere_is_dropped(self, location: str) -> None:
        drop = dropped(redirect(location))
        assert drop.reason is Reason.BAD_REDIRECT
        assert "u:p" not in drop.detail

    def test_robots_are_asked_on_each_hop(self) -> None:
        async def run() -> tuple[Outcome, list[str]]:
            robots = answer(200, FORBID, "text/plain")
            async with Server({"/robots.txt": robots, "*": page()}) as other:
                routes = {"/a": redirect(other.url("/private/x"))}
                async with Server(routes) as server, Fetcher(CONFIG, clock=FakeClock()) as fetcher:
                    return await fetcher.get(server.url("/a")), other.paths()

        outcome, paths = asyncio.run(run())
        assert isinstance(outcome, Drop)
        assert outcome.reason is Reason.ROBOTS_DENIED
        assert paths == []

    def test_one_waits_in_the_queue_of_the_host_that_it_leads_to(self) -> None:
        async def run() -> tuple[float, float]:
            clock = FakeClock()
            async with Server({"*": page()}) as there:
                routes = {"/a": redirect(there.url("/b"))}
                async with Server(routes) as here, Fetcher(CONFIG, clock=clock) as fetcher:
                    await fetcher.get(there.url("/"))
                    fetcher.slow_down(there.url("/"), 70.0)
                    await fetcher.get(there.url("/first"))
                    before = clock.time
                    outcome = await fetcher.get(here.url("/a"))
                    assert isinstance(outcome, Page)
                    return before, clock.time

        before, after = asyncio.run(run())
        assert after - before == pytest.approx(70.0)

    def test_one_into_a_back_off_window_is_left_for_a_later_run(self) -> None:
        async def run() -> tuple[Outcome, list[str]]:
            async with Server({"/limit": answer(429, Retry_After="3600"), "*": page()}) as there:
                routes = {"/a": redirect(there.url("/b"))}
                async with Server(routes) as here, Fetcher(CONFIG, clock=FakeClock()) as fetcher:
                    await fetcher.get(there.url("/limit"))
                    return await fetcher.get(here.url("/a")), there.paths()

        outcome, paths = asyncio.run(run())
        assert isinstance(outcome, Drop)
        assert outcome.reason is Reason.RATE_LIMITED
        assert paths == ["/limit"]


class TestStatuses:
    @pytest.mark.parametrize(
        ("status", "reason"),
        [
            (400, Reason.CLIENT_ERROR),
            (404, Reason.NOT_FOUND),
            (410, Reason.NOT_FOUND),
            (418, Reason.CLIENT_ERROR),
            (429, Reason.RATE_LIMITED),
            (408, Reason.TIMEOUT),
            (500, Reason.SERVER_ERROR),
            (503, Reason.SERVER_ERROR),
            (999, Reason.SERVER_ERROR),
        ],
    )
    def test_each_has_its_reason(self, status: int, reason: Reason) -> None:
        drop = dropped(answer(status, b"<html>sorry</html>"))
        assert (drop.reason, drop.http_status) == (reason, status)

    @pytest.mark.parametrize("status", [401, 402, 403, 451])
    def test_the_page_behind_a_wall_is_for_others_to_judge(self, status: int) -> None:
        assert got(answer(status, CHALLENGE)).body == CHALLENGE
        assert got(answer(status, CHALLENGE)).status == status

    def test_a_wall_without_a_page_is_a_client_error(self) -> None:
        assert dropped(answer(403, b"no", "text/plain")).reason is Reason.CLIENT_ERROR

    @pytest.mark.parametrize("status", [403, 429, 503])
    def test_a_challenge_is_not_asked_again(self, status: int) -> None:
        async def scene(world: World) -> tuple[Outcome, list[str]]:
            return await world.get("/a"), world.server.paths()

        outcome, paths = play({"/a": answer(status, CHALLENGE, Cf_Mitigated="challenge")}, scene)
        assert isinstance(outcome, Page)
        assert (outcome.status, outcome.body) == (status, CHALLENGE)
        assert paths == ["/a"]


class TestAskingAgain:
    @pytest.mark.parametrize(
        "fault",
        [
            answer(500),
            answer(502),
            answer(429),
            answer(503),
            raw(b""),
            raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100\r\n\r\n<html>"),
            raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
            raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
            raw(b"HTTP/1.1 200 OK\r\nBroken header\r\n\r\n"),
        ],
    )
    def test_what_may_pass_is_asked_again(self, fault: Handler) -> None:
        async def scene(world: World) -> Outcome:
            return await world.get("/a")

        assert isinstance(play({"/a": in_turn(fault, fault, page())}, scene), Page)

    def test_a_cut_connection_that_stays_cut_is_dropped_after_the_tries(self) -> None:
        async def scene(world: World) -> tuple[Outcome, list[str]]:
            return await world.get("/a"), world.server.paths()

        outcome, paths = play({"/a": raw(b"")}, scene)
        assert outcome.reason is Reason.CONNECTION_FAILED
        assert len(paths) == 3

    def test_an_empty_answer_is_asked_for_again(self) -> None:
        async def scene(world: World) -> tuple[Outcome, list[str]]:
            return await world.get("/a"), world.server.paths()

        outcome, paths = play({"/a": in_turn(page(""), page())}, scene)
        assert isinstance(outcome, Page)
        assert len(paths) == 2

    def test_a_host_that_is_not_there_is_dropped(self) -> None:
        drop = play({}, lambda world: world.fetcher.get("http://127.0.0.1:1/"))
        assert drop.reason is Reason.ROBOTS_UNREACHABLE
        assert "ConnectError" in drop.detail

    def test_the_pause_doubles_with_jitter(self) -> None:
        async def scene(world: World) -> list[float]:
            await world.get("/a")
            return world.clock.slept

        first, *_ = slept = play({"/a": answer(500)}, scene, altered(backoff_s=10.0))
        assert 5.0 <= first <= 15.0
        assert 10.0 <= max(slept) <= 30.0

    @pytest.mark.parametrize("value", ["20", "Sun, 01 Mar 2026 12:00:20 GMT"])
    @pytest.mark.parametrize("status", [429, 503])
    def test_retry_after_is_obeyed_in_both_forms(self, value: str, status: int) -> None:
        async def scene(world: World) -> tuple[Outcome, float]:
            outcome = await world.get("/a")
            return outcome, world.clock.time - 1_000.0

        outcome, waited = play({"/a": in_turn(answer(status, Retry_After=value), page())}, scene)
        assert isinstance(outcome, Page)
        assert 20.0 <= waited <= 21.0

    def test_nobody_asks_the_domain_within_the_window(self) -> None:
        async def scene(world: World) -> list[float]:
            times: list[float] = []

            async def timed(target: str) -> None:
                await world.get(target)
                times.append(world.clock.time - 1_000.0)

            await world.get("/robots.txt")
            await asyncio.gather(timed("/a"), timed("/b"), timed("/c"))
            return times

        times = play({"/a": in_turn(answer(429, Retry_After="20"), page()), "*": page()}, scene)
        assert min(times) >= 20.0

    def test_a_longer_pause_is_for_a_later_run(self) -> None:
        async def scene(world: World) -> tuple[list[Outcome], list[str]]:
            return [await world.get("/a"), await world.get("/b")], world.server.paths()

        (first, second), paths = play({"/a": answer(429, Retry_After="3600"), "/b": page()}, scene)
        assert (first.reason, first.retry_after_s) == (Reason.RATE_LIMITED, 3600.0)
        assert second.reason is Reason.RATE_LIMITED
        assert 3500.0 < second.retry_after_s <= 3600.0
        assert paths == ["/a"]

    def test_a_host_that_keeps_failing_is_left_alone(self) -> None:
        async def scene(world: World) -> tuple[list[Outcome], list[str]]:
            return [await world.get(f"/{number}") for number in range(6)], world.server.paths()

        outcomes, paths = play({"*": answer(500)}, scene, altered(host_failures=4, retries=1))
        assert [outcome.reason for outcome in outcomes[:2]] == [Reason.SERVER_ERROR] * 2
        assert {outcome.reason for outcome in outcomes[2:]} == {Reason.HOST_UNAVAILABLE}
        assert len(paths) == 4


class Memory:
    """A robots cache."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[datetime, int, bytes]] = {}

    def get(self, origin: str) -> tuple[datetime, int, bytes] | None:
        return self.kept.get(origin)

    def put(self, origin: str, fetched_at: datetime, status: int, body: bytes) -> None:
        self.kept[origin] = (fetched_at, status, body)


class TestRobots:
    def test_what_is_forbidden_is_not_asked_for(self) -> None:
        async def scene(world: World) -> tuple[Outcome, Outcome, list[str]]:
            return await world.get("/private/a"), await world.get("/a"), world.server.paths()

        denied, allowed, paths = play({"/robots.txt": answer(200, FORBID, "text/plain"), "*": page()}, scene)
        assert denied.reason is Reason.ROBOTS_DENIED
        assert isinstance(allowed, Page)
        assert paths == ["/a"]

    def test_they_are_asked_for_once_however_many_wait(self) -> None:
        async def scene(world: World) -> int:
            await asyncio.gather(*(world.get(f"/{number}") for number in range(20)))
            return sum(asked.path == "/robots.txt" for asked in world.server.asked)

        assert play({"*": page()}, scene) == 1

    @pytest.mark.parametrize("status", [500, 503, 429])
    def test_a_failing_host_is_not_asked_for_pages(self, status: int) -> None:
        async def scene(world: World) -> tuple[Outcome, list[str]]:
            return await world.get("/a"), world.server.paths()

        outcome, paths = play({"/robots.txt": answer(status), "*": page()}, scene)
        assert outcome.reason is Reason.ROBOTS_UNREACHABLE
        assert str(status) in outcome.detail
        assert paths == []

    @pytest.mark.parametrize("trouble", [answer(503), answer(429), raw(b"")])
    def test_what_could_not_be_had_once_is_not_asked_for_again_in_the_run(
        self, trouble: Handler, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("scraper.fetch.ROBOTS_IN_MEMORY", 1)

        async def run() -> tuple[list[Outcome], list[str]]:
            routes = {"/robots.txt": in_turn(trouble, trouble, trouble, answer(404)), "*": page()}
            async with (
                Server(routes) as ill,
                Server({"*": page()}) as other,
                Server({"*": page()}) as third,
                Fetcher(CONFIG, clock=FakeClock()) as fetcher,
            ):
                outcomes = []
                for number in range(3):
                    outcomes.append(await fetcher.get(ill.url(f"/{number}")))
                    await fetcher.get(other.url("/"))
                    await fetcher.get(third.url("/"))
                return outcomes, [asked.path for asked in ill.asked]

        outcomes, asked = asyncio.run(run())
        assert {outcome.reason for outcome in outcomes if isinstance(outcome, Drop)} == {
            Reason.ROBOTS_UNREACHABLE
        }
        assert len(outcomes) == 3
        assert asked == ["/robots.txt"] * 3

    @pytest.mark.parametrize("status", [401, 403, 404, 410])
    def test_a_missing_file_forbids_nothing(self, status: int) -> None:
        outcome = play({"/robots.txt": answer(status), "*": page()}, lambda world: world.get("/a"))
        assert isinstance(outcome, Page)

    def test_redirects_of_the_file_are_followed(self) -> None:
        routes = {"/robots.txt": redirect("/r"), "/r": answer(200, FORBID, "text/plain"), "*": page()}
        assert play(routes, lambda world: world.get("/private")).reason is Reason.ROBOTS_DENIED

    def test_endless_redirects_of_the_file_mean_that_there_is_none(self) -> None:
        routes = {"/robots.txt": redirect("/robots.txt"), "*": page()}
        assert isinstance(play(routes, lambda world: world.get("/a")), Page)

    @pytest.mark.parametrize("pack", [lambda body: body, gzip.compress])
    def test_of_a_huge_file_the_beginning_counts(self, pack: Callable[[bytes], bytes]) -> None:
        body = pack(FORBID + b"# more\n" * 2_000_000)
        headers = {} if body.startswith(b"User") else {"Content_Encoding": "gzip"}
        routes = {"/robots.txt": answer(200, body, "text/plain", **headers), "*": page()}
        assert play(routes, lambda world: world.get("/private")).reason is Reason.ROBOTS_DENIED

    def test_a_bomb_is_no_way_to_be_read(self) -> None:
        bomb = brotli.compress(b"\n" * 20_000_000, quality=5)
        routes = {"/robots.txt": answer(200, bomb, "text/plain", Content_Encoding="br"), "*": page()}
        assert isinstance(play(routes, lambda world: world.get("/a")), Page)

    def test_crawl_delay_is_kept_between_requests(self) -> None:
        async def scene(world: World) -> float:
            for number in range(3):
                await world.get(f"/{number}")
            return world.clock.time - 1_000.0

        robots = answer(200, b"User-agent: *\nCrawl-delay: 7\n", "text/plain")
        assert 14.0 <= play({"/robots.txt": robots, "*": page()}, scene) < 22.0

    def test_the_cache_saves_the_request_for_a_day(self) -> None:
        cache = Memory()

        async def scene(world: World) -> list[str]:
            cache.put(world.server.url(""), world.clock.now() - timedelta(hours=23), 200, FORBID)
            assert not isinstance(await world.get("/private"), Page)
            assert world.server.asked == []
            await world.clock.sleep(7_200)
            await world.get("/private")
            return [asked.path for asked in world.server.asked]

        assert play({"*": page()}, scene, robots_cache=cache) == ["/robots.txt", "/private"]
        assert [status for _, status, _ in cache.kept.values()] == [404]

    def test_a_failure_in_an_earlier_run_is_not_held_against_the_host(self) -> None:
        cache = Memory()

        async def scene(world: World) -> Outcome:
            cache.put(world.server.url(""), world.clock.now(), 503, b"")
            return await world.get("/a")

        assert isinstance(play({"*": page()}, scene, robots_cache=cache), Page)


class TestTurns:
    def test_a_host_is_asked_one_thing_at_a_time_with_a_pause(self) -> None:
        async def scene(world: World) -> tuple[int, float]:
            await asyncio.gather(*(world.get(f"/{number}") for number in range(5)))
            return world.server.most_open, world.clock.time - 1_000.0

        most_open, took = play({"*": page()}, scene, altered(delay_s=3.0))
        assert most_open == 1
        assert took == pytest.approx(15.0)

    def test_hosts_are_asked_side_by_side(self) -> None:
        met = asyncio.Barrier(2)

        async def wait_for_the_other(asked: Asked, writer: asyncio.StreamWriter) -> None:
            await met.wait()
            await page()(asked, writer)

        async def run() -> tuple[Outcome, Outcome]:
            routes = {"/a": wait_for_the_other}
            async with Server(routes) as one, Server(routes) as other, Fetcher(CONFIG) as fetcher:
                return await asyncio.gather(fetcher.get(one.url("/a")), fetcher.get(other.url("/a")))

        assert all(isinstance(outcome, Page) for outcome in asyncio.run(run()))

    def test_without_delay_a_healthy_host_is_never_slept_on(self) -> None:
        async def scene(world: World) -> list[float]:
            await asyncio.gather(*(world.get(f"/{number}") for number in range(50)))
            return world.clock.slept

        assert play({"*": page()}, scene) == []

    def test_a_source_may_have_a_pace_of_its_own(self) -> None:
        async def run() -> float:
            clock = FakeClock()
            async with Server({"*": page()}) as server:
                delays = {f"127.0.0.1:{server.port}": 50.0}
                async with Fetcher(CONFIG, clock=clock, delays=delays) as fetcher:
                    await fetcher.get(server.url("/a"))
                    await fetcher.get(server.url("/b"))
            return clock.time - 1_000.0

        assert asyncio.run(run()) == pytest.approx(100.0)

    def test_a_host_that_turns_everyone_away_costs_the_others_nothing(self) -> None:
        async def run() -> list[Outcome]:
            async with (
                Server({"*": answer(429, Retry_After="25"), "/robots.txt": answer(404)}) as busy,
                Server({"*": page()}) as healthy,
                Fetcher(altered(concurrency=2)) as fetcher,
            ):
                waiting = [asyncio.create_task(fetcher.get(busy.url(f"/{number}"))) for number in range(5)]
                await busy.page_asked.wait()
                outcomes = [await fetcher.get(healthy.url(f"/{number}")) for number in range(20)]
                fetcher.stop()
                await asyncio.gather(*waiting)
                return outcomes

        # On the real clock: had they waited for the other host, this would take 25 s.
        started = time.monotonic()
        assert all(isinstance(outcome, Page) for outcome in asyncio.run(run()))
        assert time.monotonic() - started < 10.0

    def test_a_host_can_be_slowed_down_and_never_sped_up(self) -> None:
        async def scene(world: World) -> float:
            world.fetcher.slow_down(world.server.url("/"), 10.0)
            world.fetcher.slow_down(world.server.url("/"), 1.0)
            await world.get("/a")
            await world.get("/b")
            return world.clock.time - 1_000.0

        assert play({"*": page()}, scene) == pytest.approx(20.0)
        assert play({"*": page()}, scene, altered(delay_s=50.0)) == pytest.approx(100.0)


class TestStopping:
    def test_what_waits_is_dropped_and_what_is_under_way_ends_well(self) -> None:
        async def scene(world: World) -> tuple[list[Outcome], list[str]]:
            tasks = [asyncio.create_task(world.get(f"/{number}")) for number in range(5)]
            await world.server.page_asked.wait()
            world.fetcher.stop()
            outcomes = list(await asyncio.gather(*tasks))
            outcomes.append(await world.get("/late"))
            return outcomes, world.server.paths()

        async def slow(asked: Asked, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(0.02)
            await page()(asked, writer)

        outcomes, paths = play({"*": slow}, scene)
        assert sum(isinstance(outcome, Page) for outcome in outcomes) == 1
        assert [o.reason for o in outcomes if isinstance(o, Drop)] == [Reason.STOPPED] * 5
        assert len(paths) == 1

    def test_long_pauses_end_at_once(self) -> None:
        async def run() -> Outcome:
            async with Server({"*": page()}) as server, Fetcher(altered(delay_s=600.0)) as fetcher:
                await fetcher.robots(server.url())
                task = asyncio.create_task(fetcher.get(server.url("/a")))
                for _ in range(10):  # until it waits for its turn, which comes in ten minutes
                    await asyncio.sleep(0)
                fetcher.stop()
                return await task

        outcome = asyncio.run(run())
        assert isinstance(outcome, Drop)
        assert outcome.reason is Reason.STOPPED


class TestProxy:
    def test_everything_goes_through_it_in_absolute_form(self) -> None:
        async def run() -> tuple[Outcome, list[str]]:
            async with (
                Server({"*": page()}) as proxy,
                Fetcher(altered(proxy=proxy.url("")), clock=FakeClock()) as fetcher,
            ):
                outcome = await fetcher.get("http://news.example/a?b=1")
                return outcome, [asked.target for asked in proxy.asked]

        outcome, targets = asyncio.run(run())
        assert isinstance(outcome, Page)
        assert targets == ["http://news.example/robots.txt", "http://news.example/a?b=1"]

    def test_it_is_the_operator_s_choice_wherever_it_stands_and_resolves_itself(self) -> None:
        async def resolve(host: str) -> list[str]:
            raise AssertionError(host)

        async def run() -> Outcome:
            config = altered(allow_private=False)
            async with Server({"*": page()}) as proxy:
                config = msgspec.structs.replace(config, proxy=proxy.url(""))
                async with Fetcher(config, clock=FakeClock(), resolver=resolve) as fetcher:
                    return await fetcher.get("http://intranet.example/a")

        assert isinstance(asyncio.run(run()), Page)

    def test_the_environment_names_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
        assert isinstance(get(page()), Page)


class TestAddresses:
    CLOSED = altered(allow_private=False)

    def test_this_machine_is_not_asked_unless_the_operator_says_so(self) -> None:
        async def scene(world: World) -> tuple[Outcome, list[Asked]]:
            return await world.get("/a"), world.server.asked

        outcome, asked = play({"*": page()}, scene, self.CLOSED)
        assert isinstance(outcome, Drop)
        assert outcome.reason is Reason.FORBIDDEN_ADDRESS
        assert outcome.detail.startswith(
            "127.0.0.1 is a loopback address (RFC 1122, 3.2.1.3); `allow_private`"
        )
        assert asked == []

    def test_a_robots_txt_that_leads_there_is_no_leave_to_go_on(self) -> None:
        asked: list[str] = []

        def respond(request: httpx.Request) -> httpx.Response:
            asked.append(str(request.url))
            if request.url.path == "/robots.txt":
                return httpx.Response(302, headers={"location": "http://169.254.169.254/robots.txt"})
            return httpx.Response(200, html="<p>x</p>")

        class Guarded(httpx.MockTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                checked_addresses(
                    request.url.host, ["169.254.169.254"], allow_private="example" in request.url.host
                )
                return await super().handle_async_request(request)

        async def run() -> Outcome:
            async with Fetcher(self.CLOSED, clock=FakeClock(), transport=Guarded(respond)) as fetcher:
                return await fetcher.get("http://news.example/a")

        outcome = asyncio.run(run())
        assert isinstance(outcome, Drop)
        assert outcome.reason is Reason.ROBOTS_UNREACHABLE
        assert asked == ["http://news.example/robots.txt"]

    def test_the_address_that_answers_first_is_taken_and_the_others_are_let_go(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transport, "NEXT_ADDRESS_S", 0.001)
        ended: list[str] = []

        class Stream(httpcore.AsyncNetworkStream):
            async def aclose(self) -> None:
                ended.append("closed")

        async def silent() -> httpcore.AsyncNetworkStream:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("let go")
            raise AssertionError

        async def refused() -> httpcore.AsyncNetworkStream:
            raise httpcore.ConnectError("refused")

        there = Stream()

        async def answers() -> httpcore.AsyncNetworkStream:
            return there

        async def never() -> httpcore.AsyncNetworkStream:
            raise AssertionError("was not needed")

        async def run() -> None:
            attempts = [silent(), refused(), answers(), never()]
            assert await transport._first_of(attempts) is there  # noqa: SLF001 - the race itself
            with pytest.raises(httpcore.ConnectError):
                await transport._first_of([refused(), refused()])  # noqa: SLF001 - as above

        asyncio.run(run())
        assert ended == ["let go"]


class TestTls:
    def names(self, config: FetchConfig) -> tuple[Outcome, list[str], list[Asked]]:
        """What becomes of a page of a server with a certificate of its own making; names it was called by."""
        named: list[str] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(Path(__file__).parent / "hostile" / "self-signed.pem")
        context.sni_callback = lambda _, name, __: named.append(str(name))

        async def resolve(_: str) -> list[str]:
            return ["127.0.0.1"]

        async def run() -> tuple[Outcome, list[str], list[Asked]]:
            async with (
                Server({"*": page()}, tls=context) as server,
                Fetcher(config, clock=FakeClock(), resolver=resolve) as fetcher,
            ):
                outcome = await fetcher.get(server.url("/a", host="news.example"))
                return outcome, named, server.asked

        return asyncio.run(run())

    def test_a_certificate_that_nobody_vouches_for_ends_it_before_anything_is_asked(self) -> None:
        outcome, _, asked = self.names(altered(retries=0))
        assert isinstance(outcome, Drop)
        assert "CERTIFICATE_VERIFY_FAILED" in outcome.detail
        assert asked == []

    def test_the_server_is_called_by_its_name_whatever_address_was_connected_to(self) -> None:
        outcome, named, asked = self.names(altered(retries=0, verify_tls=False))
        assert isinstance(outcome, Page)
        assert set(named) == {"news.example"}
        assert asked[0].headers["host"].startswith("news.example:")


class TestDetails:
    def test_they_are_one_short_line(self) -> None:
        drop = dropped(answer(200, b"", "image/\x1b[31mred" + "x" * 500))
        assert drop.detail.isprintable()
        assert len(drop.detail) <= 200

    def test_a_transport_can_be_handed_in(self) -> None:
        def respond(request: httpx.Request) -> httpx.Response:
            return httpx.Response(200 if request.url.path == "/a" else 404, html="<p>x</p>")

        async def run() -> Outcome:
            async with Fetcher(CONFIG, clock=FakeClock(), transport=httpx.MockTransport(respond)) as fetcher:
                return await fetcher.get("http://news.example/a")

        assert isinstance(asyncio.run(run()), Page)

    def test_a_resolver_can_be_handed_in_and_the_host_keeps_its_name(self) -> None:
        asked_for: list[str] = []

        async def resolve(host: str) -> list[str]:
            asked_for.append(host)
            return ["127.0.0.2", "127.0.0.1"] if host == "news.example" else []

        async def scene(world: World) -> tuple[Outcome, Outcome, list[str]]:
            there = await world.fetcher.get(world.server.url("/a", host="news.example"))
            nowhere = await world.fetcher.get(world.server.url("/a", host="no.example"))
            return there, nowhere, [asked.headers["host"] for asked in world.server.asked]

        there, nowhere, hosts = play({"/a": page()}, scene, resolver=resolve)
        assert isinstance(there, Page)
        assert {host.partition(":")[0] for host in hosts} == {"news.example"}
        assert isinstance(nowhere, Drop)
        assert set(asked_for) == {"news.example", "no.example"}
