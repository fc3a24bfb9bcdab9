"""What a robots.txt allows (RFC 9309)."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.web.robots import MAX_ROBOTS_BYTES, RobotsRules, product_token

US = "news-scraper/0.1 (+https://example.org/bot)"


def allows(body: str, path: str, user_agent: str = US) -> bool:
    return RobotsRules.parse(body.encode()).allows(f"https://example.com{path}", user_agent)


class TestRules:
    @pytest.mark.parametrize(
        ("path", "allowed"),
        [("/", True), ("/private", False), ("/private/open", True), ("/a.pdf", False), ("/a.pdf?x", True)],
    )
    def test_the_longest_match_counts(self, path: str, allowed: bool) -> None:  # noqa: FBT001
        body = "User-agent: *\nDisallow: /private\nAllow: /private/open\nDisallow: /*.pdf$\n"
        assert allows(body, path) is allowed

    def test_an_empty_file_and_an_empty_rule_allow_everything(self) -> None:
        assert allows("", "/a")
        assert allows("User-agent: *\nDisallow:\n", "/a")

    def test_non_ascii_paths_are_compared_in_their_encoded_form(self) -> None:
        assert not allows("User-agent: *\nDisallow: /straße\n", "/stra%C3%9Fe/x")

    def test_robots_txt_itself_is_always_allowed(self) -> None:
        assert allows("User-agent: *\nDisallow: /\n", "/robots.txt")


class TestGroups:
    FILE = "User-agent: *\nDisallow: /\n\nUser-agent: News-Scraper\nDisallow: /own\n"

    def test_our_own_group_stands_in_for_the_general_one(self) -> None:
        assert allows(self.FILE, "/a")
        assert not allows(self.FILE, "/own")
        assert not allows(self.FILE, "/a", "other/1.0")

    @pytest.mark.parametrize("token", ["news", "scraper", "news-scraper-images", "newsscraper"])
    def test_a_token_that_is_only_like_ours_is_not_ours(self, token: str) -> None:
        assert allows(f"User-agent: {token}\nDisallow: /\n", "/a")

    def test_a_version_behind_our_token_does_not_matter(self) -> None:
        assert not allows("User-agent: news-scraper/0.1\nDisallow: /\n", "/a")

    def test_several_agents_may_share_a_group(self) -> None:
        assert not allows("User-agent: a\nUser-agent: news-scraper\nDisallow: /\n", "/a")

    def test_groups_of_one_agent_are_one(self) -> None:
        body = "User-agent: news-scraper\nDisallow: /a\n\nUser-agent: news-scraper\nDisallow: /b\n"
        assert not allows(body, "/a")
        assert not allows(body, "/b")

    def test_the_token_is_what_stands_before_the_slash(self) -> None:
        assert product_token("News-Scraper/0.1 (+x)") == "news-scraper"


class TestForms:
    @pytest.mark.parametrize("prefix", ["\ufeff", "\ufeff# comment\n", "\x00"])
    def test_a_mark_at_the_start_does_not_hide_the_first_line(self, prefix: str) -> None:
        assert not allows(prefix + "User-agent: *\nDisallow: /a\n", "/a")

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_any_line_end_will_do(self, end: str) -> None:
        assert not allows(end.join(["User-agent: news-scraper", "Disallow: /a", ""]), "/a")

    def test_html_in_its_place_forbids_nothing(self) -> None:
        assert allows("<!doctype html><html><body><p>Not found</p></body></html>", "/a")

    def test_what_lies_behind_500_kib_is_not_read(self) -> None:
        filler = "# filler\n" * (MAX_ROBOTS_BYTES // 9)
        assert allows(f"User-agent: *\nDisallow: /a\n{filler}Disallow: /b\n", "/b")

    def test_the_line_at_the_limit_is_left_out_and_not_cut(self) -> None:
        start = "User-agent: *\n"
        filler = "#" * (MAX_ROBOTS_BYTES - len(start) - 12) + "\n"
        assert allows(f"{start}{filler}Disallow: /private\n", "/a")

    def test_sitemaps_are_told(self) -> None:
        rules = RobotsRules.parse(b"Sitemap: https://example.com/a.xml\nsitemap: https://example.com/b.xml\n")
        assert rules.sitemaps == ("https://example.com/a.xml", "https://example.com/b.xml")

    @given(st.binary(max_size=500))
    def test_nothing_makes_it_fail(self, body: bytes) -> None:
        rules = RobotsRules.parse(body)
        rules.allows("https://example.com/a", US)
        rules.crawl_delay(US)

    def test_many_wildcards_take_a_bounded_time(self) -> None:
        body = "User-agent: *\n" + "Disallow: /" + "a*" * 2_000 + "b\n"
        started = time.process_time()
        assert allows(body, "/" + "a" * 5_000)
        assert time.process_time() - started < 1.0


class TestCrawlDelay:
    @pytest.mark.parametrize(
        ("value", "delay"),
        [("2", 2.0), ("0.5", 0.5), ("86400", 120.0), ("x", None), ("-1", None), ("nan", None)],
    )
    def test_it_is_kept_up_to_two_minutes(self, value: str, delay: float | None) -> None:
        rules = RobotsRules.parse(f"User-agent: *\nCrawl-delay: {value}\n".encode())
        assert rules.crawl_delay(US) == delay


class TestAnswers:
    @pytest.mark.parametrize("status", [0, 429, 500, 503, 599])
    def test_no_answer_and_server_errors_forbid_everything(self, status: int) -> None:
        rules = RobotsRules.from_answer(status, b"")
        assert rules.unreachable
        assert not rules.allows("https://example.com/", US)

    @pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410])
    def test_other_failures_forbid_nothing(self, status: int) -> None:
        assert RobotsRules.from_answer(status, b"User-agent: *\nDisallow: /\n").allows(
            "https://example.com/", US
        )

    def test_an_answer_is_read(self) -> None:
        assert not RobotsRules.from_answer(200, b"User-agent: *\nDisallow: /\n").allows(
            "https://example.com/", US
        )
