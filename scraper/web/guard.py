"""Which addresses are not of the web: the machine itself, private networks, tunnels, the reserved.

The tables are IANA's registries of special-purpose addresses (RFC 6890), as they stood in 2025:
https://www.iana.org/assignments/iana-ipv4-special-registry and
https://www.iana.org/assignments/iana-ipv6-special-registry, with multicast and IPv6's unassigned space beside
them. A block is in them even where the registry calls it globally reachable: no newspaper lives in the
anycast addresses of a protocol. `ipaddress.is_global` follows the registry of the Python at hand, lets
6to4 and multicast through, and knows no metadata services.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from itertools import zip_longest

Resolver = Callable[[str], Awaitable[Sequence[str]]]
"""Gives the addresses of a host name, in the order in which they are to be tried; none when it has none."""

_SPECIAL = (
    # IPv4
    ("0.0.0.0/8", "this network (RFC 791, 3.2)"),
    ("10.0.0.0/8", "a private network (RFC 1918)"),
    ("100.64.0.0/10", "an address shared by a provider's customers (RFC 6598)"),
    ("127.0.0.0/8", "a loopback address (RFC 1122, 3.2.1.3)"),
    ("168.63.129.16/32", "a cloud's metadata service (Azure's virtual public address)"),
    ("169.254.0.0/16", "a link-local address (RFC 3927)"),
    ("172.16.0.0/12", "a private network (RFC 1918)"),
    ("192.0.0.0/24", "an address of a protocol (RFC 6890, 2.1)"),
    ("192.0.2.0/24", "an address for documentation (RFC 5737)"),
    ("192.31.196.0/24", "an address of a protocol (AS112, RFC 7535)"),
    ("192.52.193.0/24", "an address of a protocol (AMT, RFC 7450)"),
    ("192.88.99.0/24", "a 6to4 relay (RFC 7526)"),
    ("192.168.0.0/16", "a private network (RFC 1918)"),
    ("192.175.48.0/24", "an address of a protocol (AS112, RFC 7534)"),
    ("198.18.0.0/15", "an address for benchmarks (RFC 2544)"),
    ("198.51.100.0/24", "an address for documentation (RFC 5737)"),
    ("203.0.113.0/24", "an address for documentation (RFC 5737)"),
    ("224.0.0.0/4", "a multicast address (RFC 5771)"),
    ("255.255.255.255/32", "the broadcast address (RFC 919, 7)"),
    ("240.0.0.0/4", "a reserved address (RFC 1112, 4)"),
    # IPv6
    ("::/128", "the unspecified address (RFC 4291, 2.5.2)"),
    ("::1/128", "a loopback address (RFC 4291, 2.5.3)"),
    ("::/96", "an IPv4-compatible address (RFC 4291, 2.5.5.1)"),
    ("::ffff:0:0/96", "an IPv4-mapped address (RFC 4291, 2.5.5.2)"),
    ("64:ff9b::/96", "an IPv4 address behind NAT64 (RFC 6052)"),
    ("64:ff9b:1::/48", "an IPv4 address behind a local NAT64 (RFC 8215)"),
    ("100::/64", "the discard prefix (RFC 6666)"),
    ("100:0:0:1::/64", "the dummy prefix (RFC 9780)"),
    ("2001::/32", "a Teredo address (RFC 4380)"),
    ("2001::/23", "an address of a protocol (RFC 2928)"),
    ("2001:db8::/32", "an address for documentation (RFC 3849)"),
    ("2002::/16", "a 6to4 address (RFC 3056)"),
    ("2620:4f:8000::/48", "an address of a protocol (AS112, RFC 7534)"),
    ("3fff::/20", "an address for documentation (RFC 9637)"),
    ("5f00::/16", "a segment of a router (RFC 9602)"),
    ("fc00::/7", "a private network (RFC 4193)"),
    ("fe80::/10", "a link-local address (RFC 4291, 2.5.6)"),
    ("fec0::/10", "a site-local address (RFC 3879)"),
    ("ff00::/8", "a multicast address (RFC 4291, 2.7)"),
)
"""Blocks with what they are, the narrower before those they lie in."""

_IPV4 = tuple((IPv4Network(block), what) for block, what in _SPECIAL if ":" not in block)
_IPV6 = tuple((IPv6Network(block), what) for block, what in _SPECIAL if ":" in block)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""The only IPv6 space from which addresses are handed out (RFC 4291, 2.4; RFC 3587)."""

_ISATAP = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")
"""Begins the last 64 bits of an address that stands for an IPv4 address of this site (RFC 5214, 6.1)."""


class ForbiddenAddressError(Exception):
    """A host has no address but such as are not the web's."""


@lru_cache(maxsize=4_096)
def why_forbidden(address: str) -> str | None:
    """What an address is when it is none of the public web; None when it may be connected to.

    Raises:
        ValueError: It is no IP address in its usual form.
    """
    parsed = ip_address(address)
    if isinstance(parsed, IPv4Address):
        return next((what for block, what in _IPV4 if parsed in block), None)
    return _why_forbidden_ipv6(parsed)


def _why_forbidden_ipv6(address: IPv6Address) -> str | None:
    if address.scope_id is not None:
        return "an address of one interface (RFC 4007, 11)"
    for block, what in _IPV6:
        if address in block:
            return what
    if address not in _GLOBAL_UNICAST:
        return "a reserved address (RFC 4291, 2.4)"
    if address.packed[8:12] in _ISATAP:
        return "an IPv4 address behind a tunnel (RFC 5214)"
    return None


def checked_addresses(host: str, addresses: Iterable[str], *, allow_private: bool) -> list[str]:
    """Those of the addresses of `host` that may be connected to, the families in turn (RFC 8305, 4).

    Raises:
        ForbiddenAddressError: It has some, and none of them may be.
    """
    found = list(dict.fromkeys(addresses))
    refused = {} if allow_private else {address: why for address in found if (why := _why(address))}
    if found and len(refused) == len(found):
        address, why = next(iter(refused.items()))
        at = "" if host == address else f" is at {address}, which"
        raise ForbiddenAddressError(f"{host}{at} is {why}")
    left = [address for address in found if address not in refused]
    first_is_ipv6 = bool(left) and ":" in left[0]
    one = [address for address in left if (":" in address) is first_is_ipv6]
    other = [address for address in left if (":" in address) is not first_is_ipv6]
    return [address for pair in zip_longest(one, other) for address in pair if address is not None]


def _why(address: str) -> str | None:
    try:
        return why_forbidden(address)
    except ValueError:
        return "no address"


def literal_address(host: str) -> str | None:
    """`host` where it is an IP address itself and not a name."""
    try:
        return str(ip_address(host))
    except ValueError:
        return None
