"""Addresses: made absolute, compared, and put down to the site they belong to."""

import re
import socket
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote_plus, urljoin, urlsplit, urlunsplit

import idna
from tld import get_fld
from w3lib.url import canonicalize_url, safe_url_string

MAX_URL_LENGTH = 8_192
"""Longer addresses are not used. RFC 9110, 4.1 asks servers for 8000 octets."""

TRACKING_PREFIXES = (
    "utm_", "mtm_", "pk_", "piwik_", "matomo_", "at_custom", "at_medium", "at_campaign", "at_link_",
    "at_ptr_", "at_bbc_", "at_format", "hsa_", "__hs", "_hs", "oly_", "stm_", "itm_", "ns_campaign",
    "ns_mchannel", "ns_source", "ns_linkname", "ns_fee", "vero_", "trk_", "wt_", "sc_c", "amp_gsa",
    "amp_js", "amp_latest", "aspsessionid", "elqtrack", "fb_action", "fb_comment", "fb_ref", "fb_source",
    "ga_campaign", "ga_content", "ga_medium", "ga_source", "ga_term", "gad_", "guce_", "hsct", "hss_",
    "ml_subscriber", "soc_src", "soc_trk", "ss_campaign", "ss_email", "ss_source", "_branch_", "_x_tr_",
)  # fmt: skip
"""Beginnings of query parameters that name a campaign, never a page (in lower case)."""

TRACKING_PARAMETERS = frozenset(
    {
        "fbclid", "gclid", "gclsrc", "gbraid", "wbraid", "dclid", "msclkid", "yclid", "ysclid", "ymclid",
        "twclid", "ttclid", "igshid", "igsh", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "srsltid", "_ga",
        "_gl", "ocid", "cmpid", "smid", "ncid", "xtor", "rb_clickid", "s_kwcid", "s_cid", "ftag",
        "guccounter", "guce_referrer", "guce_referrer_sig", "echobox", "traffic_source", "cvid", "wtrid",
        "ecid", "dgcid", "efid", "rss_id", "sr_share", "share_id", "__s", "__source",
        "__twitter_impression", "_openstat", "bxid", "cndid", "dm_i", "emci", "emdi", "epik", "icid",
        "int_campaign", "int_cid", "intcid", "jsessionid", "mbid", "oft_id", "oft_k", "phpsessid",
        "ref_src", "ref_url", "sfmc_id", "sfmc_sub", "spm", "taid", "trkid", "tsrc", "usqp", "wickedid",
        "wpisrc", "wpmm",
    }
)  # fmt: skip
"""Query parameters that name a click, a mailing or a campaign, never a page (in lower case)."""

VARIANTS = frozenset(
    {
        *((name, value) for name in ("amp", "_amp", "print") for value in ("", "1", "true", "yes", "y")),
        ("outputtype", "amp"), ("view", "amp"), ("view", "print"), ("layout", "amp"), ("format", "amp"),
    }
)  # fmt: skip
"""Parameters with which the page is the same one in another dress (in lower case)."""

_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
"""What Java servers write into the path for visitors without cookies."""
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PLAIN = re.compile(r"[A-Za-z0-9\-._~:/?&=+,;@!$'()*%]+")
_USERINFO = re.compile(r"(https?:[/\\]{0,9}|//)[^\s/\\?#]{0,1024}@", re.IGNORECASE)
_EDGE = "".join(map(chr, range(0x21)))
_INSIDE = str.maketrans("", "", "\t\r\n")


def canonicalise(url: str) -> str:
    """The form of an address by which two of them are compared. Idempotent.

    It is for comparing only, not for asking: `http` is written as `https` where no port is named, as
    both lead to the same page. Also gone are the default port, the fragment, tracking parameters, ids of
    sessions, what asks for the page as AMP or for print, the order of the other parameters, and an empty
    query; the host is in lower case and ASCII. What can tell two pages apart is kept: the case of the path,
    `www.`, `m.`, `/amp` and a slash at its end. (Such a page names the address that it stands for.)

    Raises:
        ValueError: It is not an http or https address with a host, or it carries a user name.
    """
    parts = _checked(_trimmed(url))
    scheme = "https" if parts.port is None else parts.scheme
    path = _SESSION.sub("", parts.path) if ";" in parts.path else parts.path
    # Some spellings come to rest only in the second round (a percent sign that was itself encoded).
    before, text = "", urlunsplit((scheme, parts.netloc, path or "/", _kept_query(parts.query), ""))
    for _ in range(3):
        if text == before:
            break
        before, text = text, canonicalize_url(text)
    return text


def absolute(base: str, href: str) -> str | None:
    """The address that `href` means on the page `base`, without fragment; None if it can't be fetched.

    Read as browsers do (WHATWG URL, 4.4): white space around it and line breaks inside it do not
    count, a backslash is a slash. Addresses that carry a user name are refused.
    """
    href = _trimmed(href)
    if not href or href.startswith("#"):
        return None
    head, mark, query = href.partition("?")
    try:
        joined = urljoin(base, head.replace("\\", "/") + mark + query)
        parts = _checked(joined)
    except ValueError:
        return None
    url = urlunsplit((parts.scheme, parts.netloc, parts.path or "/", parts.query, ""))
    if _PLAIN.fullmatch(url):
        return url
    try:
        return safe_url_string(url)
    except (ValueError, UnicodeError):
        return None


def without_userinfo(text: str) -> str:
    """`text` with the user names and passwords of the addresses in it left out, however those are written."""
    return _USERINFO.sub(r"\1", text) if "@" in text else text


def hostname(url: str) -> str:
    """The host of an address, in lower case and ASCII, without port.

    Raises:
        ValueError: It is not an http or https address with a host.
    """
    return _checked(_trimmed(url)).hostname or ""


def registrable_domain(url: str) -> str:
    """The domain that its owner registered, by the Public Suffix List (`example.co.uk`).

    It is what politeness is counted by. An IP address or a name without dot stands for itself, with
    its port. A domain that the list does not know keeps its last two labels.

    Raises:
        ValueError: It is not an http or https address with a host.
    """
    return _domain_of(_checked(_trimmed(url)).netloc)


@lru_cache(maxsize=8_192)
def _domain_of(netloc: str) -> str:
    parts = urlsplit(f"//{netloc}")
    host = parts.hostname or ""
    if "." not in host or _is_ip(host):
        return netloc
    known = get_fld(f"http://{host}/", fail_silently=True)
    return known or ".".join(host.split(".")[-2:])


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _trimmed(url: str) -> str:
    return url.strip(_EDGE).translate(_INSIDE)


def _checked(url: str) -> SplitResult:
    """`url` in its parts, the host in its one spelling, the default port off."""
    if len(url) > MAX_URL_LENGTH:
        raise ValueError("the address is too long")
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError("not an http or https address")
    if "@" in parts.netloc:
        raise ValueError("an address with a user name is not used")
    host = _ascii_host(parts.hostname or "")
    port = parts.port
    netloc = host if port is None or port == _DEFAULT_PORTS[parts.scheme] else f"{host}:{port}"
    return parts._replace(netloc=netloc)


@lru_cache(maxsize=8_192)
def _ascii_host(host: str) -> str:
    """The host as it goes into DNS: UTS 46 for names, compressed form for IPv6."""
    if ":" in host:
        if "%" in host:
            raise ValueError("an address with a zone is not used")
        return f"[{ip_address(host).compressed}]"
    if not host.isascii():
        # idna.IDNAError is a UnicodeError, and so a ValueError.
        host = idna.encode(host, uts46=True).decode("ascii")
    host = host.lower().removesuffix(".")
    if not _HOST.fullmatch(host) or len(host) > 253:  # noqa: PLR2004 - RFC 1035, 2.3.4
        raise ValueError("the address has no usable host")
    return _dotted(host) if _NUMBER.fullmatch(host.rpartition(".")[2]) else host


def _dotted(host: str) -> str:
    """An IPv4 address in its usual form: browsers and resolvers take fewer parts, octal and hexadecimal, too.

    A host whose last label is a number is an address, or nothing (WHATWG URL, 3.5 and 4.3).
    """
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError as error:
        raise ValueError("the address has no usable host") from error


def _kept_query(query: str) -> str:
    if not query:
        return ""
    return "&".join(pair for pair in query.split("&") if pair and not _is_tracking(pair))


def _is_tracking(pair: str) -> bool:
    name, _, value = pair.partition("=")
    # An ampersand that was escaped once too often.
    name = unquote_plus(name).strip().lower().removeprefix("amp;")
    if name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES):
        return True
    return (name, value.strip().lower()) in VARIANTS
