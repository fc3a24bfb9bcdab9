"""Which addresses are of the public web."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.web.guard import ForbiddenAddressError, checked_addresses, literal_address, why_forbidden

PUBLIC = "93.184.215.14"
PUBLIC_6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


@pytest.mark.parametrize(
    ("block", "what"),
    [
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "metadata"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarks"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/5", "reserved"),
        ("255.255.255.255/32", "broadcast"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::7f00:0/104", "IPv4-compatible"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("100::/64", "discard"),
        ("2001::/32", "Teredo"),
        ("2001:1::/32", "protocol"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("4000::/2", "reserved"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
        ("2a00:1450::5efe:0:0/96", "tunnel"),
    ],
)
def test_an_address_that_is_none_of_the_web_is_called_what_it_is(block: str, what: str) -> None:
    network = ip_network(block)
    for address in (network[0], network[-1], network[network.num_addresses // 2]):
        assert what in (why_forbidden(str(address)) or ""), address


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
     "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
     "198.20.0.0", "223.255.255.255", "2001:200::1", "2003::1", "2600::1", "2606:4700:4700::1111",
     "2a00:1450:4001:80b::200e", PUBLIC, PUBLIC_6],
)  # fmt: skip
def test_what_lies_beside_the_special_blocks_is_public(address: str) -> None:
    assert why_forbidden(address) is None


def test_an_address_of_one_interface_is_refused_whatever_it_is() -> None:
    assert why_forbidden("2606:4700::1%eth0") is not None


@given(st.ip_addresses())
def test_what_python_knows_as_not_global_is_never_public(address: object) -> None:
    if not ip_address(str(address)).is_global:
        assert why_forbidden(str(address)) is not None


@given(st.ip_addresses(v=4))
def test_no_way_to_write_ipv4_in_ipv6_is_public(address: object) -> None:
    number = int(ip_address(str(address)))
    inside = [number, 0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80]
    for each in inside:
        assert why_forbidden(str(ip_address(each.to_bytes(16)))) is not None


class TestChecking:
    def test_of_several_addresses_the_public_ones_are_left(self) -> None:
        found = ["10.0.0.1", PUBLIC, "::1", PUBLIC_6]
        assert checked_addresses("x.example", found, allow_private=False) == [PUBLIC, PUBLIC_6]

    def test_where_none_is_left_it_says_why(self) -> None:
        with pytest.raises(ForbiddenAddressError, match=r"x\.example is at 10\.0\.0\.1, which is a private"):
            checked_addresses("x.example", ["10.0.0.1", "::1"], allow_private=False)
        with pytest.raises(ForbiddenAddressError, match=r"^::1 is a loopback address"):
            checked_addresses("::1", ["::1"], allow_private=False)

    def test_what_is_no_address_is_refused(self) -> None:
        with pytest.raises(ForbiddenAddressError):
            checked_addresses("x.example", ["0x7f.1"], allow_private=False)

    def test_a_host_without_addresses_is_not_forbidden(self) -> None:
        assert checked_addresses("x.example", [], allow_private=False) == []

    def test_the_operator_may_open_all_of_them(self) -> None:
        assert checked_addresses("x.example", ["10.0.0.1", "::1"], allow_private=True) == ["10.0.0.1", "::1"]

    def test_the_families_take_turns_each_address_once(self) -> None:
        found = ["2600::1", "2600::2", "2600::1", "1.1.1.1", "2600::3"]
        expected = ["2600::1", "1.1.1.1", "2600::2", "2600::3"]
        assert checked_addresses("x.example", found, allow_private=False) == expected


def test_only_an_address_is_taken_literally() -> None:
    assert literal_address("::1") == "::1"
    assert literal_address("127.0.0.1") == "127.0.0.1"
    assert literal_address("127.1") is None
    assert literal_address("news.example") is None
