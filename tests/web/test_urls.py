"""Addresses: how they are joined, compared, and put down to a site."""

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scraper.web.urls import absolute, canonicalise, hostname, registrable_domain, without_userinfo


class TestCanonicalise:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("https://Example.COM/a", "https://example.com/a"),
            ("http://example.com/a", "https://example.com/a"),
            ("http://example.com:80/a", "https://example.com:443/a"),
            ("https://example.com./a", "https://example.com/a"),
            ("https://example.com", "https://example.com/"),
            ("https://example.com/a?", "https://example.com/a"),
            ("https://example.com/a#part", "https://example.com/a"),
            ("https://example.com/a/../b", "https://example.com/b"),
            ("https://example.com/a?b=1&a=2", "https://example.com/a?a=2&b=1"),
            ("https://example.com/a?utm_source=x&UTM_Medium=y&id=1", "https://example.com/a?id=1"),
            ("https://example.com/a?fbclid=x", "https://example.com/a"),
            ("https://example.com/a?&&id=1&", "https://example.com/a?id=1"),
            ("https://example.com/a?id=1&amp;utm_source=x", "https://example.com/a?id=1"),
            (
                "https://example.com/a?id=1&gad_source=1&__twitter_impression=true",
                "https://example.com/a?id=1",
            ),
            ("https://example.com/a?PHPSESSID=0a1b&id=1", "https://example.com/a?id=1"),
            ("https://example.com/a;jsessionid=0A1B.node2?id=1", "https://example.com/a?id=1"),
            ("https://example.com/a;JSESSIONID=0A1B/b", "https://example.com/a/b"),
            ("https://example.com/a?amp", "https://example.com/a"),
            ("https://example.com/a?amp=1&id=1", "https://example.com/a?id=1"),
            ("https://example.com/a?outputType=amp", "https://example.com/a"),
            ("https://example.com/a?print=true", "https://example.com/a"),
            ("https://example.com/%7euser", "https://example.com/~user"),
            ("https://example.com/stra%c3%9fe", "https://example.com/straße"),
            ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
            ("https://\uff45xample.com/a", "https://example.com/a"),
            ("  https://example.com/\n a ", "https://example.com/%20a"),
            ("https://[2001:DB8::0:1]/", "https://[2001:db8::1]/"),
        ],
    )
    def test_two_spellings_of_one_page_are_equal(self, one: str, other: str) -> None:
        assert canonicalise(one) == canonicalise(other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("https://example.com/A", "https://example.com/a"),
            ("https://www.example.com/a", "https://example.com/a"),
            ("https://example.com/a/", "https://example.com/a"),
            ("https://example.com/a?id=1", "https://example.com/a?id=2"),
            ("https://example.com/a?amp=2", "https://example.com/a"),
            ("https://example.com/a?amp;id=1", "https://example.com/a?id=1"),
            ("https://example.com/a?print=first-edition", "https://example.com/a"),
            ("https://example.com/a?ref=1", "https://example.com/a"),
            ("https://example.com/a;version=2", "https://example.com/a"),
            ("https://example.com/a/amp", "https://example.com/a"),
            ("https://m.example.com/a", "https://example.com/a"),
            ("https://example.com/a?q=%26b=1", "https://example.com/a?q=&b=1"),
            ("https://example.com/a%2Fb", "https://example.com/a/b"),
            ("http://example.com:8080/", "http://example.com/"),
            ("http://127.0.0.1:1/", "http://127.0.0.1:2/"),
        ],
    )
    def test_two_pages_stay_two(self, one: str, other: str) -> None:
        assert canonicalise(one) != canonicalise(other)

    @pytest.mark.parametrize(
        "url",
        ["", "/a", "ftp://example.com/", "mailto:a@example.com", "http://", "http:///a", "http://[::1/",
         "http://example.com:99999/", "http://me:pw@example.com/", "http://[fe80::1%25eth0]/", "http://..",
         "http://a b/", "http://" + "x" * 9_000,
         "http://" + "a" * 300 + ".com/", "http://a\x00b.com/", "http://xn--\u00e9.com/"],
    )  # fmt: skip
    def test_what_is_no_usable_address_is_refused(self, url: str) -> None:
        with pytest.raises(ValueError, match=r"."):
            canonicalise(url)

    @given(
        st.one_of(
            st.text(),
            st.builds(
                "http{}://{}{}/{}?{}#{}".format,
                st.sampled_from(["", "s"]),
                st.sampled_from(["example.com", "Bücher.example", "127.0.0.1", "[::1]", "a_b.example"]),
                st.sampled_from(["", ":80", ":443", ":8080", ":"]),
                st.text(st.sampled_from("aZ/.%25éß ;:=@\\~+2f&?")) | st.just("a;jsessionid=;jsessionid=b;c"),
                st.text(st.sampled_from("aZ=&%25éß ;+utm_/?2f")),
                st.text(max_size=5),
            ),
        )
    )
    @example("http://example.com/%2525?a=%2525")
    @example("http://example.com//a/..//b;x=1/./?&=&a")
    def test_it_is_idempotent_and_never_fails_otherwise(self, url: str) -> None:
        with contextlib.suppress(ValueError):
            once = canonicalise(url)
            assert canonicalise(once) == once


class TestAbsolute:
    @pytest.mark.parametrize(
        ("href", "expected"),
        [
            ("b", "https://example.com/x/b"),
            ("/b", "https://example.com/b"),
            ("../b", "https://example.com/b"),
            ("//other.example/b", "https://other.example/b"),
            ("?p=2", "https://example.com/x/y?p=2"),
            ("  b\n", "https://example.com/x/b"),
            ("/a\n\tb", "https://example.com/ab"),
            ("\\b\\c", "https://example.com/b/c"),
            ("/b?x=\\", "https://example.com/b?x=%5C"),
            ("b#c", "https://example.com/x/b"),
            ("/a b", "https://example.com/a%20b"),
            ("/straße", "https://example.com/stra%C3%9Fe"),
            ("/100%", "https://example.com/100%"),
            ("HTTP://EXAMPLE.com:80", "http://example.com/"),
            ("http://bücher.example/", "http://xn--bcher-kva.example/"),
            ("/Case?Q=1&utm_source=x", "https://example.com/Case?Q=1&utm_source=x"),
        ],
    )
    def test_a_link_is_read_as_browsers_read_it(self, href: str, expected: str) -> None:
        assert absolute("https://example.com/x/y", href) == expected

    @pytest.mark.parametrize(
        "href",
        ["", "  ", "#", "#top", "mailto:a@b.example", "javascript:void(0)", "data:text/html,x", "tel:1",
         "https://me@example.com/", "https://me:pw@example.com/", "http://[", "http://example.com:x/", "http://"],
    )  # fmt: skip
    def test_what_cannot_be_fetched_is_none(self, href: str) -> None:
        assert absolute("https://example.com/x/y", href) is None

    @given(st.text(), st.text())
    def test_it_never_fails(self, base: str, href: str) -> None:
        found = absolute(base, href)
        assert found is None or (found.isascii() and "#" not in found and absolute(found, found) == found)


class TestSites:
    @pytest.mark.parametrize(
        ("url", "domain"),
        [
            ("https://www.example.com/a", "example.com"),
            ("https://news.bbc.co.uk:8443/a", "bbc.co.uk"),
            ("https://one.github.io/", "one.github.io"),
            ("https://a.b.unknown-tld/", "b.unknown-tld"),
            ("https://co.uk/", "co.uk"),
            ("https://www.xn--bcher-kva.de/", "xn--bcher-kva.de"),
            ("http://127.0.0.1:8000/a", "127.0.0.1:8000"),
            ("http://[::1]:8000/a", "[::1]:8000"),
            ("http://localhost:8000/a", "localhost:8000"),
            ("http://localhost/a", "localhost"),
        ],
    )
    def test_the_registrable_domain_is_what_its_owner_registered(self, url: str, domain: str) -> None:
        assert registrable_domain(url) == domain

    def test_the_hostname_has_neither_port_nor_capitals(self) -> None:
        assert hostname("https://WWW.Example.com:8443/a") == "www.example.com"
        assert hostname("http://[::1]:80/") == "::1"


class TestNumbers:
    @pytest.mark.parametrize(
        ("host", "dotted"),
        [("127.1", "127.0.0.1"), ("2130706433", "127.0.0.1"), ("0x7f.0.1", "127.0.0.1"),
         ("0301.1", "193.0.0.1"), ("0X5DB8D70E", "93.184.215.14"),
         ("93.184.55054", "93.184.215.14"), ("1.2.3.4.", "1.2.3.4"),
         ("\uff19\uff13.184.215.14", "93.184.215.14")],
    )  # fmt: skip
    def test_an_ipv4_address_has_one_form(self, host: str, dotted: str) -> None:
        assert hostname(f"http://{host}/") == dotted
        assert registrable_domain(f"http://{host}/") == dotted

    @pytest.mark.parametrize(
        "host", ["256.1.1.1", "1.2.3.4.5", "4294967296", "0x", "news.0x", "news.1", "09.1"]
    )
    def test_what_ends_in_a_number_and_is_no_address_is_refused(self, host: str) -> None:
        with pytest.raises(ValueError, match="no usable host"):
            hostname(f"http://{host}/")

    @pytest.mark.parametrize("host", ["0x.example", "1.example", "7news.com", "0xcafe.io"])
    def test_a_name_may_begin_like_a_number(self, host: str) -> None:
        assert hostname(f"http://{host}/") == host


class TestUserinfo:
    @pytest.mark.parametrize(
        "text",
        ["http://me:secret@x.example/a", "https://secret@x.example", "//me:secret@x.example/",
         "http:me:secret@x.example/", "http:/me:secret@x.example",
         "http:\\\\me:secret@x.example", "HTTPS:\\/me:secret@x.example",
         "see http://a@b:secret@x.example/ and https://secret@y.example/",
         "redirect to 'http://me:secret@x.example'",
         "http://" + "m" * 600 + ":secret@x.example"],
    )  # fmt: skip
    def test_it_is_left_out_however_the_address_is_written(self, text: str) -> None:
        assert "secret" not in without_userinfo(text)
        assert "x.example" in without_userinfo(text)

    @pytest.mark.parametrize(
        "text",
        ["https://x.example/@author/story", "https://x.example?q=a@b", "mail me@x.example", "12:30@noon"],
    )
    def test_other_signs_stay(self, text: str) -> None:
        assert without_userinfo(text) == text
